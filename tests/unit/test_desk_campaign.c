/* A campaign that asks for something else: 微党课, with forms, counts and names of its own. */
#include "tests/unit/desk_fixture.h"

static int set_up_lectures(void **state)
{
    set_up(state);
    CampaignConfig *c = &config->campaign;
    put(&c->title, "2014年度“优秀微党课”征集评选活动");
    put(&c->item_word, "微党课");
    g_ptr_array_set_size(c->keywords, 0);
    words(c->keywords, "微党课,优秀党课");
    return 0;
}

static FactsAttachment *form(const char *name, const char *title_label, const char *title,
                             const char *leader_label)
{
    FactsAttachment *a = doc(name);
    put(&a->text, "优秀微党课推荐表\n");
    field(a, title_label, title);
    field(a, "推荐单位", "文学院党委");
    field(a, leader_label, "联系人庚");
    field(a, "联系人", "联系人辛");
    return a;
}

/* The form says it, whatever the campaign calls it; two forms of one kind are two. */
static void forms_of_another_kind(void **state)
{
    static const char *const labels[][2] = {{"微党课名称", "主讲人"},         {"党课题目", "授课人"},
                                            {"优秀微党课标题", "微党课作者"}, {"作品名称", "作者"},
                                            {"案例名称", "案例负责人"},       {"题目", "申请人"}};
    for (gsize i = 0; i < G_N_ELEMENTS(labels); i++) {
        mail(WEN, "文学院党委优秀微党课推荐表");
        form("推荐表.docx", labels[i][0], "一封家书", labels[i][1]);
        judge();
        if (strcmp(item(0)->title, "一封家书") != 0) fail_msg("%s: “%s”", labels[i][0], item(0)->title);
        if (strcmp(item(0)->leader, "联系人庚") != 0) fail_msg("%s: “%s”", labels[i][1], item(0)->leader);
    }
    mail(WEN, "文学院党委微党课");
    form("推荐表.docx", "团队名称", "田间讲师团", "单位负责人");
    judge();
    assert_string_equal(item(0)->title, "总结材料（未命名）");
    assert_string_equal(item(0)->leader, "联系人辛");
    mail(WEN, "文学院党委微党课一");
    form("微党课一.docx", "微党课题目", "一封家书", "主讲人");
    settle();
    mail(WEN, "文学院党委微党课二");
    form("微党课二.docx", "微党课题目", "半条被子", "主讲人");
    settle();
    assert_true(item(0)->is_new);
    assert_string_equal(item(0)->title, "半条被子");
    assert_null(todo("possible-duplicate"));
}

/* One cell for both. */
static void who_and_how_to_call_them(void **state)
{
    static const char *const cases[][4] = {
        {"负责人及联系电话", "联系人庚 010-00000000", "联系人庚", "010-00000000"},
        {"主讲人及联系方式", "联系人庚（13000000000）", "联系人庚", "13000000000"},
        {"联系人、电话", "联系人庚：010 0000 0000", "联系人庚", "010 0000 0000"},
        {"负责人/手机", "联系人庚", "联系人庚", ""},
        {"负责人及电话", "010-00000000", "", "010-00000000"},
        {"单位及电话", "文学院 010-00000000", "", ""},
        {"支部书记", "联系人庚", "联系人庚", ""},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        mail(WEN, "文学院优秀微党课推荐表");
        FactsAttachment *a = doc("推荐表.docx");
        field(a, "微党课名称", "一封家书");
        field(a, cases[i][0], cases[i][1]);
        judge();
        if (strcmp(item(0)->leader, cases[i][2]) != 0 || strcmp(item(0)->telephone, cases[i][3]) != 0)
            fail_msg("%s %s: “%s” “%s”", cases[i][0], cases[i][1], item(0)->leader, item(0)->telephone);
    }
}

/* What only says of which kind it is names nothing, and is in no name. */
static void titles_of_another_kind(void **state)
{
    static const char *const cases[][2] = {
        {"文学院党委优秀微党课（题目：一封家书）", "一封家书"},
        {"文学院：微党课讲稿（初稿）——一封家书", "一封家书"},
        {"文学院党委微党课参赛作品：一封家书（主讲人：联系人庚）", "一封家书"},
        {"文学院 微党课 讲稿+视频+课件", "总结材料（未命名）"},
        {"关于报送优秀微党课的函", "总结材料（未命名）"},
        {"文学院报送微党课2节", "总结材料（未命名）"},
        {"2014年文学院优秀微党课推荐材料", "总结材料（未命名）"},
        {"【报送】文学院-微视频里的党史", "微视频里的党史"},
        {"【报送】文学院-主讲人说", "主讲人说"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        mail(WEN, cases[i][0]);
        put(&doc("附件.docx")->text, "优秀微党课推荐表\n");
        judge();
        if (strcmp(item(0)->title, cases[i][1]) != 0) fail_msg("“%s”: “%s”", cases[i][0], item(0)->title);
    }
}

static void a_name_with_what_it_is(void **state)
{
    mail(WEN, "【报送】文学院-鲁迅的书架微党课");
    doc("1.docx");
    settle();
    mail(WEN, "【报送】文学院-鲁迅的书架");
    doc("2.docx");
    judge();
    assert_int_equal(item(0)->number, 1);
    assert_false(item(0)->is_new);
}

/* What letters ask for is called as the notice calls it; who owes nothing is not told that it is all there.
 */
static void letters_in_its_own_words(void **state)
{
    mail(WEN, "【报送】文学院-微党课名称：一封家书");
    doc("附件.docx");
    judge();
    assert_string_equal(item(0)->title, "一封家书");
    assert_text(verdict->receipt->text->str, "微党课名称：一封家书");
    assert_no_text(verdict->receipt->text->str, "活动");
    ((Quota *)config->quotas->pdata[0])->least = 0;
    judge();
    assert_text(verdict->receipt->text->str, "文学院党委 已报 1 项，最多可报 3 项。");
}

/* The cells of a form, and the heads of a list, are no headings. */
static void cells_are_no_headings(void **state)
{
    mail(WEN, "文学院优秀微党课推荐表");
    FactsAttachment *a = doc("推荐表.docx");
    put(&a->text, "优秀微党课推荐表\n微党课名称\t\n推荐单位\t文学院党委\n");
    field(a, "微党课名称", "");
    field(a, "推荐单位", "文学院党委");
    judge();
    assert_string_equal(item(0)->title, "总结材料（未命名）");
    mail(WEN, "文学院优秀微党课材料");
    put(&doc("材料.xlsx")->text, "序号\t选送课程\t主讲\n1\t一封家书\t甲\n");
    judge();
    assert_string_equal(item(0)->title, "总结材料（未命名）");
}

/* 两节, 3堂, 两个微党课: as many, if as many documents have names of their own. */
static void counts_of_another_kind(void **state)
{
    static const char *const subjects[] = {"文学院报送微党课2节", "文学院微党课（2堂）材料",
                                           "文学院报送两个微党课", "文学院两节优秀微党课",
                                           "【报送】文学院-两节党课"};
    for (gsize i = 0; i < G_N_ELEMENTS(subjects); i++) {
        mail(WEN, subjects[i]);
        doc("一封家书.docx");
        doc("半条被子.docx");
        judge();
        if (verdict->items->len != 2) fail_msg("“%s”: %u", subjects[i], verdict->items->len);
    }
    mail(WEN, "文学院报送第2节微党课"); /* is one of several */
    doc("一封家书.docx");
    doc("半条被子.docx");
    judge();
    assert_int_equal(verdict->items->len, 1);
}

/* Another one, in answer to the receipt of the first. */
static void another_of_them(void **state)
{
    static const struct {
        const char *text;
        gboolean another;
    } cases[] = {{"另报一节微党课，请查收。", TRUE},
                 {"这是第二节党课。", TRUE},
                 {"还有一个微党课，请查收。", TRUE},
                 {"微党课讲稿附上，请查收。", FALSE},
                 {"第二节微党课稍后报送，这是第一节的讲稿。", FALSE}};
    mail(WEN, "【报送】文学院-一封家书");
    doc("一封家书.docx");
    g_autofree char *receipt = g_strdup(settle());
    g_autofree char *subject = g_strconcat("回复：", verdict->receipt->subject, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        mail(WEN, subject);
        put(&facts->in_reply_to, receipt);
        put(&facts->new_text, cases[i].text);
        doc("半条被子.docx");
        judge();
        if (item(0)->is_new != cases[i].another) fail_msg("“%s”: %u", cases[i].text, item(0)->number);
    }
}

/* A list of what is handed in counts, but someone looks: what is listed may come, or have come. */
static void a_list_is_looked_at(void **state)
{
    mail(WEN, "文学院优秀微党课汇总表");
    doc("文学院优秀微党课汇总表.xlsx");
    judge();
    assert_text(todo("verify"), "只有随附材料（《");
    static const char *const others[] = {"答辩PPT.pptx", "文学院党委-一封家书-答辩.pptx", "答辩回执.docx",
                                         "关于推荐微党课的公示.pdf", "文学院党委联系人信息表.docx"};
    for (gsize i = 0; i < G_N_ELEMENTS(others); i++) {
        mail(WEN, "文学院优秀微党课");
        doc(others[i]);
        if (!(judge(), todo("verify"))) fail_msg("%s", others[i]);
    }
    mail(WEN, "文学院优秀微党课答辩PPT");
    doc("演示.pptx");
    assert_non_null((judge(), todo("verify")));
    static const char *const itself[] = {"附件.docx", "附件2.docx", "一封家书情况说明.docx"};
    for (gsize i = 0; i < G_N_ELEMENTS(itself); i++) {
        mail(WEN, "【报送】文学院优秀微党课-一封家书");
        doc(itself[i]);
        if (judge(), todo("verify")) fail_msg("%s", itself[i]);
    }
    mail(WEN, "文学院优秀微党课");
    doc("文学院优秀微党课汇总表.xlsx");
    doc("一封家书.docx");
    judge();
    assert_null(todo("verify"));
    mail(WEN, "文学院优秀微党课");
    form("汇总表.xlsx", "微党课名称", "一封家书", "主讲人");
    judge();
    assert_null(todo("verify"));
}

/* A short recording is no logo. */
static void recordings_are_files(void **state)
{
    mail(WEN, "【报送】文学院-一封家书");
    attach_to(facts->attachments, "一封家书.mp3", "audio/mpeg", 20000, "sound");
    attach_to(facts->attachments, "logo.png", "image/png", 20000, "logo");
    judge();
    assert_false(has_problem("no-attachment"));
    assert_int_equal(item(0)->files->len, 1);
}

/* What the campaign collects is no 典型 or 方案 beside it. */
static void the_kind_that_is_asked_for(void **state)
{
    static const struct {
        const char *item_word, *subject;
        ItemKind kind;
    } cases[] = {
        {"典型案例", "【典型案例】文学院-田间党课", ITEM_SUMMARY},
        {"案例", "【典型】文学院-田间党课", ITEM_SUMMARY},
        {"案例", "【方案】文学院-田间党课", ITEM_PLAN},
        {"工作方案", "【方案】文学院-田间党课", ITEM_SUMMARY},
        {"微党课", "【典型案例】文学院-田间党课", ITEM_CASE},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        put(&config->campaign.item_word, cases[i].item_word);
        mail(WEN, cases[i].subject);
        doc("田间党课.docx");
        judge();
        assert_int_equal(item(0)->kind, cases[i].kind);
        assert_int_equal(item(0)->counts, cases[i].kind == ITEM_SUMMARY);
    }
}

#define LECTURES(name) cmocka_unit_test_setup_teardown(name, set_up_lectures, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LECTURES(forms_of_another_kind),      LECTURES(who_and_how_to_call_them),
        LECTURES(titles_of_another_kind),     LECTURES(letters_in_its_own_words),
        LECTURES(a_name_with_what_it_is),     LECTURES(cells_are_no_headings),
        LECTURES(counts_of_another_kind),     LECTURES(another_of_them),
        LECTURES(a_list_is_looked_at),        LECTURES(recordings_are_files),
        LECTURES(the_kind_that_is_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
