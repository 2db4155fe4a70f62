/* Mail without a file: who answers the notice, and who only speaks of material. */
#include "tests/unit/desk_fixture.h"

/* A reply to that mail, or one of its own. */
static void write_to(const char *id, const char *from, const char *subject, const char *body)
{
    mail(from, subject);
    if (id) put(&facts->in_reply_to, id);
    put(&facts->new_text, body);
}

/* Who speaks of material without a file has not always forgotten it. */
static void material_that_is_spoken_of(void **state)
{
    static const char *const forgotten[] = {
        "现将我院创新活动总结材料报送，请查收。",
        "老师好，我院材料已报送，见附件。",
        "材料已发送，请查收附件。",
        "附件请查收，如打不开请告知我重新发送。",
        "报送材料如下：读书会",
        "随信附上我院材料，请老师把意见发给我。",
        "麻烦老师收到后给我发个回执，材料见附件。",
        "王老师：您好！我院创新活动材料报送给您，请审阅。",
        "经党委会研究，报送读书会一项。",
        "我院按要求报送材料两份，请审阅。",
        "我院创新活动材料因文件较大，已通过微信发给您，请查收。",
        "我院创新活动材料已于今日报送，请查收附件。",
        "经党委会评审后报送创新活动材料两份，请审阅。",
        "之前报送的创新活动材料有误，现重新报送，见附件。",
    };
    static const char *const spoken_of[] = {
        "我院已于5月20日报送两项，请查收核对。",        "材料已报送。",
        "因学院换届，材料晚两天报送，望理解。",         "收到，我院将延后报送。",
        "学院已组织各支部申报，正在评审，评审后报送。", "今后由李四负责报送工作，特此告知。",
        "老师您好，附件打不开，请重新发一份。",         "请将附件2的申报表再发一次。",
        "通知里的附件没有收到，麻烦再发一下，谢谢！",   "我院报送联系人：张三，电话 010-62510000。",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(forgotten); i++) {
        write_to(NULL, WEN, "党建创新", forgotten[i]);
        if (!(judge(), has_problem("no-attachment")) || todo("question")) fail_msg("“%s”", forgotten[i]);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(spoken_of); i++) {
        write_to(NULL, WEN, "回复：党建创新活动的通知", spoken_of[i]);
        if (!(judge(), todo("question"))) fail_msg("“%s”", spoken_of[i]);
    }
    const char *id = (mail(WEN, "【报送】读书会"), doc("a.docx"), settle());
    write_to(id, WEN, "回复：回执", "附件打不开，请重新发一份。");
    assert_non_null((judge(), todo("question")));
    write_to(NULL, WEN, "回复：党建创新活动的通知", "收到，我院暂无符合条件的活动。");
    assert_text((judge(), todo("decline")),
                "来信写道：收到，我院暂无符合条件的活动。"); /* not our own subject alone */
}

/* The department sent the notice by hand, from this mailbox, and sixty offices answer it. */
static void answers_to_the_notice(void **state)
{
    static const char *const subject = "回复：关于报送党建创新活动的通知";
    static const struct {
        const char *body, *code; /* "" = a row, and no letter */
    } cases[] = {
        {"收到，谢谢！\n\n文学院党委 张三", ""},
        {"收到，我们会按时报送。", ""},
        {"已收悉，我院将按要求于5月30日前报送材料。", ""},
        {"收到！\n--\n文学院党委办公室\n电话：010-62510000", ""},
        {"收到。我院拟报送两项，材料月底前发来。", ""},
        {"收到。请问照片有大小要求吗？", "question"},
        {"收到，我院将报送两项，第二项的形式与往年不同，想和您商量。", "question"},
        {"收到，材料请查收。", "no-attachment"},
        {"收到，6月上旬报送。", ""},
        {"收到，请放心。", ""},
        {"老师好，请审阅，谢谢！", "question"}, /* what was to be read is not there */
        {"老师好，收到请回复，谢谢！", "question"},
        {"老师好，材料，谢谢！", "question"},
        {"材料正在准备，谢谢老师提醒。", ""},
        {"收到，请老师速来电。", "question"},
        {"收到。有急事找您。", "question"},
        {"现将我院总结材料报上。", "no-attachment"},
        {"", "question"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        write_to("notice@shili.example", WEN, subject, cases[i].body);
        judge();
        const gboolean thanks = !*cases[i].code;
        print_message("%s\n", cases[i].body);
        assert_int_equal(verdict->whose, WHOSE_CAMPAIGN);
        assert_true(thanks == !verdict->receipt && thanks == (todo("confirm") != NULL));
        assert_true(thanks || todo(cases[i].code) || has_problem(cases[i].code));
    }
    write_to("notice@shili.example", STRANGE, subject, "收到，谢谢！"); /* her own mailbox */
    assert_int_equal(judge()->whose, WHOSE_CORRESPONDENCE);
    write_to("notice@shili.example", STRANGE, subject, "收到，请问交到哪里？");
    assert_int_equal(judge()->whose, WHOSE_SUSPECT);
    write_to("notice@shili.example", STRANGE, subject, "收到，请来电。");
    assert_int_equal(judge()->whose, WHOSE_SUSPECT);
    write_to(NULL, STRANGE, "回复：回执：〔CX2014-001〕读书会", "确认无误");
    assert_int_equal(judge()->whose, WHOSE_SUSPECT);
    /* a subject of her own says that something was to come with it */
    write_to("notice@shili.example", WEN, "【报送】文学院党委-读书会", "收到，按时报送。");
    assert_true((judge(), has_problem("no-attachment")));
    write_to(NULL, WEN, "回复：【报送】文学院党委-读书会", "老师好，谢谢！");
    assert_true((judge(), has_problem("no-attachment")));
    write_to(NULL, WEN, "回复：【报送】文学院党委-读书会", "收到，谢谢！");
    assert_non_null((judge(), todo("confirm")));
    write_to(NULL, WEN, "回复：【报送】文学院党委-读书会", "收到，谢谢！");
    doc("读书会.docx");
    assert_int_equal(judge()->items->len, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(answers_to_the_notice),
        TEST(material_that_is_spoken_of),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
