/* What people add to their mails, and how they answer: the clerk's eye on each. */
#include "tests/unit/desk_fixture.h"

/* A reply to that letter of ours, or a mail of its own if there is none. */
static void write_to(const char *id, const char *from, const char *subject, const char *body)
{
    mail(from, subject);
    if (id) put(&facts->in_reply_to, id);
    put(&facts->new_text, body);
}

/* QQ Mail draws a line of dashes above a signature. */
static void signature_below_a_line(void **state)
{
    static const char *const lines[] = {"------------------", "--", "————————"};
    for (gsize i = 0; i < G_N_ELEMENTS(lines); i++) {
        g_autofree char *body =
            g_strdup_printf("老师，材料在附件。\n\n%s\n图书馆党总支办公室\n联系人戊", lines[i]);
        write_to(NULL, STRANGE, "党建创新", body);
        doc("总结.docx");
        judge();
        assert_string_equal(verdict->committee, "T");
        assert_int_equal(verdict->certainty, CERTAINTY_PROBABLE);
        assert_false(has_problem("unknown-committee"));
        const char *id = (mail(WEN, "【报送】读书会"), doc("a.docx"), settle());
        g_autofree char *thanks = g_strdup_printf(
            "收到，谢谢老师提醒。\n%s\n文学院党委办公室\n联系人甲\n地址：示例路1号", lines[i]);
        write_to(id, WEN, "回复：回执", thanks);
        judge();
        assert_non_null(todo("confirm"));
        assert_null(verdict->receipt);
    }
    write_to(NULL, STRANGE, "党建创新",
             "请查收。\n------------------ 原始邮件 ------------------\n图书馆党总支");
    doc("总结.docx");
    assert_string_equal(judge()->committee, "");
}

static const char *receipt_of_one(void)
{
    mail(WEN, "【报送】文学院党委-读书会");
    doc("读书会.docx");
    return settle();
}

/* In reply to the receipt of an item they speak of that item: no 零报告 of the whole committee. */
static void an_item_is_given_up(void **state)
{
    static const struct {
        const char *body, *code;
    } cases[] = {
        {"因负责人调离，此项目不再申报，请撤下，谢谢。", "withdraw"},
        {"这一项不报了，谢谢老师。", "withdraw"},
        {"该活动放弃申报。", "withdraw"},
        {"我院只报这一项，不再申报其他项目。", "decline"},
        {"可以不参评吗？", "question"},
    };
    const char *id = receipt_of_one();
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        write_to(id, WEN, "回复：回执：〔CX2014-001〕已登记《读书会》", cases[i].body);
        judge();
        if (!todo(cases[i].code) || verdict->todos->len != 1) fail_msg("“%s”", cases[i].body);
        assert_int_equal(verdict->items->len, 0);
    }
    write_to(id, WEN, "回复：回执：〔CX2014-001〕已登记《读书会》", "这一项不报了，换成附件里这个。");
    doc("沙盘党课.docx");
    judge();
    assert_int_equal(verdict->items->len, 1);
    assert_non_null(todo("withdraw"));
}

/* Why it is late, or when it will come: for a person, not asked for an attachment, and no activity. */
static void excuses(void **state)
{
    static const char *const cases[][3] = {
        {"关于党建创新活动材料迟报的说明", "因中考组织工作，材料将于6月6日报送，特此说明。", NULL},
        {"关于党建创新活动材料迟报的说明（盖章）", "见附件。", "说明.docx"},
        {"党建创新活动", "请老师审批。", "文学院党委延期报送申请.pdf"},
        {"党建创新活动", "我院材料还在完善，预计6月5日报送，请老师谅解。", NULL},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        write_to(NULL, WEN, cases[i][0], cases[i][1]);
        if (cases[i][2]) doc(cases[i][2]);
        judge();
        if (verdict->items->len || !todo("question") || has_problem("no-attachment"))
            fail_msg("“%s”", cases[i][1]);
        assert_text(verdict->receipt->text->str, "已转工作人员阅处");
    }
    write_to(NULL, WEN, "回复：关于开展基层党建工作创新活动的通知", "收到，已转发各支部。");
    doc("关于开展基层党建工作创新活动的通知.docx");
    judge();
    assert_int_equal(verdict->items->len, 0);
    assert_non_null(todo("question"));
    write_to(NULL, WEN, "【报送】文学院党委-读书会", "迟报一天，说明见附件。");
    doc("迟报说明.docx");
    doc("读书会.docx");
    assert_int_equal(judge()->items->len, 1);
    write_to(NULL, WEN, "【报送】文学院党委-读书会", "预计下周还有一项，这项请查收附件。");
    assert_true((judge(), has_problem("no-attachment")));
}

/* A promise needs no answer of staff, however it is worded. */
static void promises(void **state)
{
    static const char *const cases[] = {"收到，已安排，遵照执行",
                                        "老师好，收到，谢谢！\n此致\n敬礼\n文学院党委",
                                        "辛苦老师了，节日快乐！",
                                        "收到，会尽快组织材料",
                                        "收到，我院正在整理，月底前一定报送，谢谢提醒！",
                                        "好的，我们预计5月30日前报送。",
                                        "收到，我单位明天上午一定补报"};
    const char *id = receipt_of_one();
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        write_to(id, WEN, "回复：回执", cases[i]);
        judge();
        if (!todo("confirm") || verdict->receipt) fail_msg("“%s”", cases[i]);
    }
    write_to(id, WEN, "回复：回执", "材料正在修改，6月5日报送可以吗？");
    assert_non_null((judge(), todo("question")));
}

static FactsAttachment *photo(const char *name)
{
    FactsAttachment *a = doc(name);
    put(&a->type, "image/jpeg");
    facts_add_problem(a->problems, "unsupported", "");
    return a;
}

/* Photographs for an activity whose document is there: nobody asks for that again. */
static void photographs_for_an_item(void **state)
{
    const char *id = receipt_of_one();
    write_to(id, WEN, "回复：回执：〔CX2014-001〕已登记《读书会》", "补充活动照片。");
    photo("照片1.jpg");
    judge();
    assert_int_equal(item(0)->number, 1);
    assert_int_equal(verdict->problems->len, 0);
    assert_null(strstr(verdict->receipt->text->str, "电子版"));
}

/* A mail program that puts nothing before our subject: what brings a file is answered all the same. */
static void our_subject_as_it_was(void **state)
{
    const char *id = receipt_of_one();
    static const char subject[] = "提醒：创新活动总结材料还缺1项，请于6月2日（星期一）24:00前报送";
    write_to(id, WEN, subject, "第二项报上。");
    doc("田间党课.docx");
    judge();
    assert_non_null(verdict->receipt);
    write_to(id, WEN, subject, "");
    assert_null((judge(), verdict->receipt)); /* another desk, perhaps */
}

static void late_version_of_what_was_in_time(void **state)
{
    const char *id = receipt_of_one();
    received_at = at("2014-06-03T09:00");
    now_at = received_at + 60;
    write_to(id, WEN, "回复：回执：〔CX2014-001〕已登记《读书会》", "又改了一版，请以附件为准。");
    doc("读书会（新）.docx");
    judge();
    assert_true(item(0)->on_time);
    assert_true(has_problem("late"));
    assert_text(verdict->receipt->text->str, "首次报送按时，登记不变");
    assert_null(strstr(verdict->receipt->text->str, "注明逾期"));
    mail(WEN, "【报送】文学院党委-田间党课");
    doc("田间党课.docx");
    judge();
    assert_text(verdict->receipt->text->str, "注明逾期");
}

/* What stands beside a title is no part of it. */
static void titles_with_asides(void **state)
{
    static const char *const cases[][2] = {
        {"★★★【紧急】【报送】【文学院党委】【田间党课】★★★", "田间党课"},
        {"【报送】文学院党委-田间党课（上一封作废）", "田间党课"},
        {"【报送】文学院党委-田间党课（以此为准！）", "田间党课"},
        {"【报送】文学院党委-田间党课【请用这版】", "田间党课"},
        {"【报送】文学院党总支-田间党课", "田间党课"},
        {"【报送】文学院 党委 —— 田间党课", "田间党课"},
        {"【报送】图书馆党支部、文学院分党委-田间党课", "田间党课"},
        {"【报送】图书馆党支部书记论坛", "党支部书记论坛"},
        {"【报送】文学院党委-田间党课（2/3）", "田间党课"},
        {"【报送】文学院党委-田间党课（共三封，第二封）", "田间党课"},
        {"【报送】文学院党委-田间党课（二）", "田间党课(二)"},
        {"党建创新活动材料更新（以此为准）", "总结材料（未命名）"},
        {"转发：提醒：创新活动总结材料还缺1项，请于6月2日（星期一）24:00前报送", "总结材料（未命名）"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        mail(WEN, cases[i][0]);
        doc("附件.docx");
        judge();
        if (strcmp(item(0)->title, cases[i][1]) != 0) fail_msg("“%s”: “%s”", cases[i][0], item(0)->title);
    }
}

/* Three mails because one would be too large are one activity, and so is what has another day behind it. */
static void one_activity_in_parts(void **state)
{
    static const char *const subjects[] = {
        "【报送】文学院党委-读书会（1/3）", "【报送】文学院党委-读书会（2/3）",
        "【报送】文学院党委-读书会 第三封", "【报送】文学院党委-读书会5.28",
        "【报送】文学院党委-读书会5.30修改稿"};
    for (gsize i = 0; i < G_N_ELEMENTS(subjects); i++) {
        mail(WEN, subjects[i]);
        doc("附件.docx");
        settle();
        if (item(0)->number != 1) fail_msg("“%s” is another item", subjects[i]);
    }
    static const char *const more[] = {"修改",     "完整版",   "已盖章",
                                       "补充照片", "重新上传", "联系人甲13800000000"};
    for (gsize i = 0; i < G_N_ELEMENTS(more); i++) {
        g_autofree char *subject = g_strdup_printf("【报送】文学院党委-读书会（%s）", more[i]);
        mail(WEN, subject);
        doc("附件.docx");
        settle();
        if (item(0)->number != 1) fail_msg("“%s” is another item", subject);
    }
    mail(WEN, "【报送】文学院党委-读书会（领导已阅）"); /* nobody can list them all: then we ask */
    doc("附件.docx");
    judge();
    assert_int_equal(item(0)->duplicate_of, 1);
    mail(WEN, "【报送】文学院党委-读书会（二）");
    doc("附件.docx");
    settle();
    assert_int_equal(item(0)->number, 2);
    assert_int_equal(item(0)->duplicate_of, 0);
    mail(WEN, "【报送】文学院党委-Web2.0读书会");
    doc("附件.docx");
    judge();
    assert_true(item(0)->is_new);
}

static FactsAttachment *member(FactsAttachment *archive, const char *name)
{
    FactsAttachment *a = attach_to(archive->children, name, DOCX, 40000, name);
    a->offset = -1;
    return a;
}

/* 材料.zip with a folder for each activity, and 总结.docx in each. */
static void a_folder_for_each_activity(void **state)
{
    static const struct {
        const char *files[3];
        const char *titles[2];
    } cases[] = {
        {{"田间党课/总结.docx", "田间党课/名单.docx", "夜话沙龙/总结.docx"}, {"田间党课", "夜话沙龙"}},
        {{"文学院/1.田间党课/活动总结.docx", "文学院/2.夜话沙龙/活动总结.docx",
          "文学院/2.夜话沙龙/名单.docx"},
         {"田间党课", "夜话沙龙"}},
        {{"第一阶段/总结.docx", "第二阶段/总结.docx", "田间党课.docx"}, {NULL, NULL}},
        {{"总结材料/总结.docx", "附件/总结.docx", "田间党课.docx"}, {NULL, NULL}},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        mail(WEN, "【报送】文学院党委创新活动材料");
        FactsAttachment *zip = attach_to(facts->attachments, "材料.zip", "application/zip", 80000, "zip");
        for (guint k = 0; k < 3; k++) member(zip, cases[i].files[k]);
        judge();
        assert_int_equal(verdict->items->len, cases[i].titles[0] ? 2 : 1);
        for (guint k = 0; k < 2 && cases[i].titles[0]; k++)
            assert_string_equal(item(k)->title, cases[i].titles[k]);
    }
}

/* 两项 in the subject, and both listed in the text: that is no mail of several. */
static void both_are_listed(void **state)
{
    write_to(NULL, WEN, "【报送】文学院党委 两项", "第一项：田间党课\n第二项：夜话沙龙\n材料在压缩包。");
    FactsAttachment *zip = attach_to(facts->attachments, "大地红.zip", "application/zip", 80000, "zip");
    member(zip, "田间党课.docx");
    member(zip, "夜话沙龙.docx");
    assert_int_equal(judge()->items->len, 2);
    write_to(NULL, WEN, "【报送】文学院党委 两项", "共两项，分两封，这是第二项。");
    doc("田间党课.docx");
    judge();
    assert_int_equal(verdict->items->len, 1);
    assert_null(todo("verify"));
}

/* The second activity by Reply to the receipt of the first, with words that say so. */
static void another_by_reply(void **state)
{
    static const struct {
        const char *body, *file;
        guint number;
    } cases[] = {
        {"另一项活动的总结也一并报上，请查收。", "田间党课总结.docx", 2},
        {"老师好，这是我院第二项，请查收。", "夜话沙龙.docx", 3},
        {"第二项的电话有误，已改好，请查收。", "读书会（改）.docx", 1},
        {"又改了一版，以此为准，另一项不变。", "红色讲堂.docx", 1},
        {"请查收。", "附件.docx", 1},
    };
    const char *first = receipt_of_one();
    g_autofree char *id = g_strdup(first);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        write_to(id, WEN, "回复：回执：〔CX2014-001〕已登记《读书会》", cases[i].body);
        doc(cases[i].file);
        settle();
        if (item(0)->number != cases[i].number || todo("possible-duplicate"))
            fail_msg("“%s” is item %u", cases[i].body, item(0)->number);
    }
}

/* Who asks something beside a file is told that a person will answer, and a person is told. */
static void questions_beside_material(void **state)
{
    static const struct {
        const char *body, *question; /* NULL: none */
    } cases[] = {
        {"联合活动，由我总支报送，两家各算一项可否？请查收。", "两家各算一项可否？"},
        {"材料见附件。\n请问答辩时间定了吗", "请问答辩时间定了吗"},
        {"请查收，收到了吗？", NULL},
        {"附件能打开吗？请确认是否收到。", NULL},
        {"请查收附件。", NULL},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        write_to(NULL, WEN, "【报送】文学院党委-读书会", cases[i].body);
        doc("读书会.docx");
        judge();
        assert_int_equal(verdict->items->len, 1);
        gboolean said = strstr(verdict->receipt->text->str, "询问已转工作人员答复") != NULL;
        if (said != (cases[i].question != NULL) || (todo("question") != NULL) != said)
            fail_msg("“%s”", cases[i].body);
        if (said) assert_text(todo("question"), cases[i].question);
    }
}

static FactsAttachment *form(const char *name, const char *title, const char *text)
{
    FactsAttachment *a =
        attach_to(facts->attachments, name, DOCX, 40000, title); /* blank ones are all the same */
    put(&a->text, text);
    field(a, "活动名称", title);
    field(a, "推荐单位", "");
    field(a, "活动主题", "□组织设置 □学习型 □服务型");
    field(a, "负责人", "");
    return a;
}

/* The form of the notice as it was: nothing was handed in, and the sender is told. */
static void blank_forms(void **state)
{
    static const char blank[] =
        "申报表\n活动名称\n推荐单位\n活动主题 □组织设置 □学习型 □服务型\n负责人\n（盖章）年 月 日";
    mail(WEN, "【报送】文学院党委-申报表");
    form("附件1：申报表.docx", "", blank);
    settle();
    assert_false(item(0)->counts);
    assert_non_null(todo("empty-document"));
    assert_text(verdict->receipt->subject, "需补正");
    assert_text(verdict->receipt->text->str, "空白表格");
    assert_text(verdict->receipt->text->str, "还缺 2 项");

    mail(SHU, "【报送】数学学院党委-数学沙龙"); /* beside the filled one it is of no interest */
    form("空表.docx", "", blank);
    form("申报表.docx", "数学沙龙", blank);
    judge();
    assert_true(item(0)->counts);
    assert_int_equal(verdict->problems->len, 0);
    assert_int_equal(verdict->todos->len, 0);

    g_autofree char *prose = g_strnfill(400, 'x'); /* filled in where no field is seen */
    g_autofree char *filled = g_strconcat(blank, prose, NULL);
    mail(WEN, "【报送】文学院党委-读书会");
    form("申报表.docx", "", filled);
    judge();
    assert_true(item(0)->counts);
}

/* The form says 理论微课堂, the summary 理论微课堂活动. */
static void one_title_with_and_without_its_kind(void **state)
{
    mail(WEN, "【报送】文学院党委材料");
    form("申报表.docx", "“理论微课堂”", "x");
    form("总结.docx", "理论微课堂活动", "y");
    judge();
    assert_int_equal(verdict->items->len, 1);
    assert_int_equal(item(0)->files->len, 2);
    mail(WEN, "【报送】文学院党委材料");
    form("申报表.docx", "理论微课堂", "x");
    form("总结.docx", "理论微论坛活动", "y");
    assert_int_equal(judge()->items->len, 2);
}

/* Two forms in one file, and 两项 in the subject. */
static void two_forms_in_one_file(void **state)
{
    for (guint again = 0; again < 2; again++) {
        mail(WEN, "【报送】文学院党委两项活动");
        FactsAttachment *a = attach_to(facts->attachments, "申报表.docx", DOCX, 40000, "both");
        field(a, "活动名称", "案例党课");
        field(a, "负责人", "联系人甲");
        field(a, "活动名称（2）", "沙盘讲堂");
        field(a, "负责人（2）", "联系人乙");
        settle();
        assert_int_equal(verdict->items->len, 2);
        assert_string_equal(item(1)->title, "沙盘讲堂");
        assert_string_equal(item(1)->leader, ""); /* not the first one's */
        assert_true(item(0)->counts && item(1)->counts);
        assert_int_equal(item(0)->number, 1);
        assert_int_equal(item(1)->number, 2);
        assert_int_equal(verdict->todos->len, 0);
        assert_text(verdict->receipt->text->str, "已报 2 项");
    }
}

/* An old letter of ours is as good as a blank one to write the next mail in. */
static void another_subject_in_the_same_thread(void **state)
{
    const char *id = receipt_of_one();
    write_to(id, WEN, "【报送】文学院党委-田间党课", "请查收");
    doc("田间党课.docx");
    judge();
    assert_true(item(0)->is_new);
    assert_int_equal(item(0)->duplicate_of, 0);
    write_to(id, WEN, "【报送】文学院党委-补充说明", "请查收");
    doc("附件.docx");
    judge();
    assert_int_equal(item(0)->number, 1);
    write_to(id, WEN, "【修订】文学院党委-材料", "请查收");
    doc("田间党课.docx");
    judge();
    assert_int_equal(item(0)->number, 1);
}

/* A stranger who answers a receipt that went to others is no stranger to the campaign: staff look. */
static void strangers_who_name_an_item(void **state)
{
    receipt_of_one();
    mail(STRANGE, "回复：回执：〔CX2014-001〕已登记《读书会》");
    doc("新闻稿.docx");
    judge();
    assert_int_equal(verdict->whose, WHOSE_SUSPECT);
    assert_non_null(todo("suspect"));
    assert_null(verdict->receipt);
}

static void only_photographs(void **state)
{
    mail(WEN, "【报送】文学院党委-读书会");
    photo("IMG_0001.jpg");
    settle();
    assert_true(item(0)->counts);
    assert_text(todo("verify"), "没有文档");
    mail(WEN, "【补充】文学院党委-读书会");
    photo("IMG_0002.jpg");
    judge();
    assert_int_equal(item(0)->number, 1);
    assert_null(todo("verify"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(signature_below_a_line),
        TEST(an_item_is_given_up),
        TEST(excuses),
        TEST(promises),
        TEST(titles_with_asides),
        TEST(one_activity_in_parts),
        TEST(a_folder_for_each_activity),
        TEST(both_are_listed),
        TEST(another_by_reply),
        TEST(questions_beside_material),
        TEST(two_forms_in_one_file),
        TEST(another_subject_in_the_same_thread),
        TEST(strangers_who_name_an_item),
        TEST(only_photographs),
        TEST(blank_forms),
        TEST(one_title_with_and_without_its_kind),
        TEST(photographs_for_an_item),
        TEST(our_subject_as_it_was),
        TEST(late_version_of_what_was_in_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
