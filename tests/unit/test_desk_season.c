/* What secretaries write in a season, and what a clerk would make of it. */
#include "tests/unit/desk_fixture.h"

#define PRESS "press@shili.example"
#define ADULT "adult@shili.example"

static const char AWKWARD[] =
    "代码,单位名称,类型,简称,邮箱,联系人,电话,书记,书记邮箱,党支部数,应报数\n"
    "E,教育学院党委,学院党委,教育学院,edu@shili.example,联系人甲,,,,,\n"
    "A,继续教育学院（网络教育学院）党总支,党总支,继教学院,adult@shili.example,联系人乙,,,,,\n"
    "P,出版社（期刊中心）直属党支部,直属,,press@shili.example,联系人丙,,,,,\n"
    "Q,期刊中心党支部,直属,,qk@shili.example,联系人丁,,,,,\n"
    "D,电子工程学院党委,学院党委,电院,ee@shili.example,联系人戊,,,,,\n"
    "J,机关党委,机关,,jg@shili.example,联系人庚,,,,,\n"
    "K,机关第一党总支,机关,一总支,jg@shili.example,联系人庚,,,,,\n"
    "N,网络与信息中心直属党支部,直属,网信中心,net@shili.example,联系人己,,,,,\n";

static int set_up_awkward(void **state)
{
    set_up(state);
    roster_free(config->roster);
    g_autoptr (Table) table = table_read_csv(AWKWARD, strlen(AWKWARD), NULL);
    g_autoptr (GPtrArray) faults = g_ptr_array_new_with_free_func(g_free);
    config->roster = roster_from_table(table, faults);
    if (!config->roster) fail_msg("%s", (char *)faults->pdata[0]);
    return 0;
}

/* --- whose ------------------------------------------------------------------------------------ */

static void names_as_people_write_them(void **state)
{
    static const struct {
        const char *from, *subject, *committee, *title;
    } cases[] = {
        {STRANGE, "【报送】继续教育学院党总支-在线党课", "A", "在线党课"},
        {STRANGE, "【报送】继续教育学院（网络教育学院）党总支 在线党课", "A", "在线党课"},
        {STRANGE, "【报送】教育学院党委 支教队", "E", "支教队"},
        {STRANGE, "【报送】出版社(期刊中心)直属党支部-编校责任区", "P", "编校责任区"},
        {STRANGE, "【报送】出版社直属党支部-编校责任区", "P", "编校责任区"},
        {STRANGE, "【报送】期刊中心党支部-双语党刊", "Q", "双语党刊"},
        {STRANGE, "【报送】电院党委-微电影党课", "D", "微电影党课"},
        {STRANGE, "【报送】网信中心党支部-运维先锋岗", "N", "运维先锋岗"},
        {PRESS, "【报送】出版社（期刊中心）直属党支部-编校责任区", "P", "编校责任区"},
        {PRESS, "【报送】出版社（期刊中心）-编校责任区", "P", "编校责任区"},
        {ADULT, "【报送】继续教育学院党总支-在线党课", "A", "在线党课"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        mail(cases[i].from, cases[i].subject);
        doc("附件.docx");
        judge();
        if (strcmp(verdict->committee, cases[i].committee) != 0 || verdict->certainty != CERTAINTY_CERTAIN ||
            strcmp(item(0)->title, cases[i].title) != 0)
            fail_msg("“%s” is %s (%d), “%s”", cases[i].subject, verdict->committee, verdict->certainty,
                     item(0)->title);
    }
}

static void tags_that_ran_together(void **state)
{
    static const struct {
        const char *from, *subject;
        Whose whose;
    } cases[] = {
        {WEN, "文学院申报材料2份", WHOSE_CAMPAIGN},
        {WEN, "文学院党委报送材料（1）", WHOSE_CAMPAIGN},
        {STRANGE, "文学院党委报送材料", WHOSE_CAMPAIGN},
        {WEN, "報送：文學院黨委－讀書沙龍", WHOSE_CAMPAIGN},
        {WEN, "报送文学院党委材料-读书会", WHOSE_CAMPAIGN},
        {WEN, "报送文学院学生名单", WHOSE_SUSPECT},
        {WEN, "文学院总结材料", WHOSE_SUSPECT},
        {WEN, "文学院申报国家课题材料", WHOSE_SUSPECT},
        {STRANGE, "申报材料代写", WHOSE_CORRESPONDENCE},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        mail(cases[i].from, cases[i].subject);
        doc("附件.docx");
        judge();
        if (verdict->whose != cases[i].whose) fail_msg("“%s” is %d", cases[i].subject, verdict->whose);
    }
    mail(WEN, "文学院申报材料"); /* nothing is attached */
    judge();
    assert_int_equal(verdict->whose, WHOSE_CORRESPONDENCE);
    mail(WEN, "宣传报道材料：读书会");
    doc("a.docx");
    judge();
    assert_int_equal(item(0)->kind, ITEM_CASE);
}

/* 机关党委 and 机关第一党总支 are one office with one mailbox. */
static void one_mailbox_of_two(void **state)
{
    mail("JG@shili.example", "【报送】机关第一党总支-联学共建");
    doc("联学共建.docx");
    judge();
    assert_string_equal(verdict->committee, "K");
    assert_int_equal(verdict->certainty, CERTAINTY_CERTAIN);
    assert_false(has_problem("sender-unverified"));
    assert_int_equal(verdict->todos->len, 0);
    assert_text(verdict->receipt->text->str, "机关第一党总支 已报 1 项");

    mail("jg@shili.example", "【报送】处室共学日");
    field(doc("申报表.docx"), "推荐单位", "机关党委");
    judge();
    assert_string_equal(verdict->committee, "J");
    assert_int_equal(verdict->certainty, CERTAINTY_CERTAIN);

    mail("jg@shili.example", "【报送】窗口微笑服务"); /* whose? */
    doc("窗口微笑服务.docx");
    const char *id = settle();
    assert_string_equal(verdict->committee, "");
    assert_text(todo("claim"), "为多个单位共用");
    assert_text(verdict->receipt->text->str, "在主题中写明所属二级党组织全称");
    mail("jg@shili.example", "回复：机关党委 窗口微笑服务");
    put(&facts->in_reply_to, id);
    doc("窗口微笑服务.docx");
    judge();
    assert_string_equal(verdict->committee, "J");

    mail("jg@shili.example", "本周工作安排"); /* what has no keyword is suspected as from any committee */
    doc("安排.docx");
    judge();
    assert_int_equal(verdict->whose, WHOSE_SUSPECT);

    now_at = at("2014-05-30T09:00");
    g_autoptr (GPtrArray) letters = desk_remind(config, book, now_at, NULL);
    guint n = 0;
    for (guint i = 0; i < letters->len; i++)
        n += strcmp(((Letter *)letters->pdata[i])->to, "jg@shili.example") == 0;
    assert_int_equal(n, 2); /* a letter each */
}

/* 优秀党务工作者 are chosen by mail to the same box. */
static void another_campaign_in_the_mailbox(void **state)
{
    static const struct {
        const char *from, *subject;
        Whose whose;
    } cases[] = {
        {WEN, "【报送】文学院-优秀党务工作者推荐表", WHOSE_CORRESPONDENCE},
        {WEN, "【报送】文学院党建创新-读书会", WHOSE_CAMPAIGN},
        {WEN, "【报送】文学院-读书会", WHOSE_SUSPECT},
        {WEN, "党建创新与优秀党务工作者材料", WHOSE_SUSPECT},
        {STRANGE, "【报送】优秀党务工作者推荐表", WHOSE_CORRESPONDENCE},
        {WEN, "CX2014-001 补充", WHOSE_CAMPAIGN},
        {WEN, "本学期工作情况", WHOSE_SUSPECT}, /* as without */
    };
    config->campaign.others = g_ptr_array_new_with_free_func(g_free);
    words(config->campaign.others, "优秀党务工作者");
    mail(WEN, "【报送】文学院党建创新-读书会");
    doc("读书会.docx");
    settle();
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        mail(cases[i].from, cases[i].subject);
        doc("材料.docx");
        judge();
        if (verdict->whose != cases[i].whose) fail_msg("“%s” is %d", cases[i].subject, verdict->whose);
        assert_int_equal(verdict->receipt != NULL, cases[i].whose == WHOSE_CAMPAIGN);
    }
    g_ptr_array_unref(config->campaign.others);
    config->campaign.others = NULL;
}

/* --- which item ------------------------------------------------------------------------------- */

/* The letter that was settled last becomes a reminder that lists item 1. */
static const char *reminder(void)
{
    BookLetter *letter = book_letter_new();
    put(&letter->message_id, "reminder-1");
    put(&letter->to, WEN);
    put(&letter->committee, "W");
    letter->number = 1;
    letter->reminder = TRUE;
    book_add_letter(book, letter);
    return "reminder-1";
}

static void answer_to_a_reminder(void **state)
{
    mail(WEN, "【报送】文学院-读书会");
    doc("读书会.docx");
    settle();
    const char *id = reminder();
    mail(WEN, "回复：提醒：创新活动总结材料还缺1项，请于6月2日（星期一）24:00前报送");
    put(&facts->in_reply_to, id);
    put(&doc("志愿讲解队.docx")->text, "志愿讲解队\n正文。");
    judge();
    assert_true(item(0)->is_new); /* what was missing, not another version of what was there */
    assert_int_equal(item(0)->duplicate_of, 0);
    assert_true(item(0)->counts);
    assert_string_equal(item(0)->title, "志愿讲解队");
    assert_text(verdict->receipt->text->str, "已报 2 项，应报不少于 2 项，不超过 3 项，已报齐。");
}

static void answer_to_a_reminder_that_lists_a_plan(void **state)
{
    mail(WEN, "【方案】文学院-读书会");
    doc("读书会活动方案.docx");
    settle();
    assert_int_equal(item(0)->kind, ITEM_PLAN);
    assert_text(verdict->receipt->text->str, "是否计入：不计入（应报的是总结材料）");
    const char *id = reminder();
    mail(WEN, "回复：提醒：创新活动总结材料还缺2项，请于6月2日（星期一）24:00前报送");
    put(&facts->in_reply_to, id);
    doc("读书会总结.docx");
    judge();
    assert_int_equal(item(0)->kind, ITEM_SUMMARY);
    assert_true(item(0)->is_new && item(0)->counts);
}

/* The receipt asks for the committee: who answers with its name alone is told to attach the file, and staff
 * know; with the file, or from the committee's own address, it is claimed. */
static void claimed_without_a_file(void **state)
{
    mail(STRANGE, "【报送】文学院党委与数学学院党委共建");
    attach_to(facts->attachments, "a.docx", DOCX, 40000, "the same");
    const char *id = settle();
    assert_string_equal(verdict->committee, "");
    mail(STRANGE, "文学院党委 回复：回执：〔CX2014-001〕已收到，需补正");
    put(&facts->in_reply_to, id);
    put(&facts->new_text, "见主题。");
    id = settle();
    assert_null(todo("confirm"));
    assert_text(todo("claim"), "CX2014-001");
    assert_text(verdict->receipt->subject, "未见附件");
    mail(STRANGE, "回复：回执：未见附件，请补发");
    put(&facts->in_reply_to, id);
    attach_to(facts->attachments, "a.docx", DOCX, 40000, "the same");
    judge();
    assert_int_equal(item(0)->number, 1);
    assert_null(todo("possible-duplicate"));
    mail(WEN, "【报送】共建");
    attach_to(facts->attachments, "a.docx", DOCX, 40000, "the same");
    judge();
    assert_int_equal(item(0)->number, 1);
    mail(WEN, "【报送】共建");
    doc("b.docx");
    judge();
    assert_int_equal(item(0)->number, 2);
}

static void what_comes_instead(void **state)
{
    mail(WEN, "【报送】文学院党委-科普讲堂");
    doc("科普讲堂.docx");
    settle();
    mail(WEN, "【报送】文学院党委-科普讲座");
    doc("科普讲座.docx");
    judge();
    assert_int_equal(item(0)->duplicate_of, 0); /* too short to tell */
    put(&facts->new_text, "刚才标题有一字之误，请以此为准。");
    judge();
    assert_true(item(0)->is_new);
    assert_int_equal(item(0)->duplicate_of, 1);
    assert_non_null(todo("possible-duplicate"));
    assert_text(verdict->receipt->text->str, "可能与已报材料重复：CX2014-001");
    put(&facts->new_text, "附件电话有误，请以此件为准。");
    put(&facts->subject, "文学院党委报送材料_20140512_科普讲堂_最终版");
    judge();
    assert_false(item(0)->is_new);
}

/* Late once, and in time since the deadline was put off. */
static void deadline_put_off(void **state)
{
    received_at = now_at = at("2014-06-03T08:00");
    mail(WEN, "【报送】文学院党委-迟到的讲堂");
    field(doc("迟到的讲堂.docx"), "活动名称", "迟到的讲堂");
    settle();
    assert_false(item(0)->on_time);
    assert_text(verdict->receipt->text->str, "是否按时：逾期");
    assert_true(calendar_parse(config->calendar, "2014-06-12", TRUE, &config->campaign.deadline_at));
    received_at = now_at = at("2014-06-04T08:00");
    mail(WEN, "【修订】文学院党委-迟到的讲堂");
    doc("改.docx");
    judge();
    assert_true(item(0)->on_time);
    assert_false(has_problem("late"));
    assert_text(verdict->receipt->text->str, "是否按时：按时");
    mail(WEN, "【查询】");
    judge();
    assert_text(verdict->receipt->text->str, "按时，计入");
    assert_text(verdict->receipt->text->str, "请于6月12日（星期四）24:00前报送");
}

static void as_many_as_the_sender_says(void **state)
{
    static const struct {
        const char *subject, *body;
        guint files, items;
        gboolean look;
    } cases[] = {
        {"【报送】文学院创新活动（两项）", "", 2, 2, FALSE},
        {"【报送】文学院党委", "组织部：\n现报上我院创新活动2项，请查收。", 2, 2, FALSE},
        {"【报送】文学院党委", "我院推荐三个创新活动，材料附后。", 3, 3, FALSE},
        {"【报送】文学院党委", "我院推荐三项，见附件。", 2, 1, TRUE},
        {"【报送】文学院党委", "共推荐两项，都写在一个文件里。", 1, 1, TRUE},
        {"【报送】文学院党委", "共推荐两项，这是第二项。", 1, 1, FALSE},
        {"【报送】文学院党委“五项工程”", "请查收。", 2, 1, FALSE},
        {"转发：提醒：创新活动总结材料还缺2项，请于6月2日（星期一）24:00前报送", "材料见附件。", 1, 1, FALSE},
        {"Re: 提醒：创新活动总结材料还缺2项，请于6月2日（星期一）24:00前报送", "请查收。", 2, 1, FALSE},
        {"【报送】文学院党委", "附件两份，请查收。", 2, 1, FALSE},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        static const char *const names[] = {"活动一：社区治理学堂.docx", "活动二：政务见习.docx",
                                            "活动三：田间党课.docx"};
        mail(WEN, cases[i].subject);
        put(&facts->new_text, cases[i].body);
        for (guint k = 0; k < cases[i].files; k++) doc(names[k]);
        judge();
        if (verdict->items->len != cases[i].items || (todo("verify") != NULL) != cases[i].look)
            fail_msg("“%s” “%s”: %u items, %s", cases[i].subject, cases[i].body, verdict->items->len,
                     todo("verify"));
    }
    mail(WEN, "【报送】文学院创新活动（两项）");
    doc("活动一：社区治理学堂.docx");
    doc("活动二：政务见习.docx");
    judge();
    assert_string_equal(item(0)->title, "社区治理学堂");
    assert_string_equal(item(1)->title, "政务见习");
    assert_int_equal(item(1)->files->len, 1);
}

static void titles_without_labels(void **state)
{
    static const struct {
        const char *subject, *title;
    } cases[] = {
        {"【报送】单位：文学院党委 主题：二 活动名称：田间党课", "田间党课"},
        {"【报送】文学院-创新类型：制度创新-责任清单", "责任清单"},
        {"【报送】文学院党委_20140509_党员助学岗_V2最终版", "党员助学岗"},
        {"文学院党委—报送—田间党课.docx", "田间党课"},
        {"【报送】文学院党委 田间党课.DOC", "田间党课"},
        {"【报送】文学院党委 “数学建模+党建”活动", "“数学建模+党建”活动"},
        {"【报送】文学院党委“三个一”活动", "“三个一”活动"},
        {"【报送】文学院党委 119 联动", "119 联动"},
        {"【报送】文学院（二）田间党课", "田间党课"},
        {"【报送】文学院 学习型党组织 田间党课", "田间党课"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        mail(WEN, cases[i].subject);
        doc("附件1.docx");
        judge();
        if (strcmp(item(0)->title, cases[i].title) != 0)
            fail_msg("“%s” is “%s”, not “%s”", cases[i].subject, item(0)->title, cases[i].title);
    }
    static const char *const second[] = {"【报送】文学院（二）田间党课", "【报送】文学院-主题：二-田间党课",
                                         "【报送】文学院 学习型党组织 田间党课"};
    for (gsize i = 0; i < G_N_ELEMENTS(second); i++) {
        mail(WEN, second[i]);
        doc("附件1.docx");
        judge();
        assert_string_equal(item(0)->theme, "着眼于能力素质，创新学习型党组织建设");
    }
}

/* --- nothing to hand in, and questions -------------------------------------------------------- */

static void nothing_to_hand_in(void **state)
{
    static const struct {
        const char *subject, *text, *file;
    } cases[] = {
        {"【报送】文学院党委 零报告", "我院本次没有推荐项目。", NULL},
        {"关于不申报基层党建创新活动的说明", "特此说明。", NULL},
        {"党建创新活动", "我院今年放弃申报，请知悉。", NULL},
        {"【报送】文学院党委零报告", "盖章件见附件。", "说明.pdf"},
        {"【报送】文学院党委", "见附件。", "文学院党委无申报项目的说明.pdf"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        mail(WEN, cases[i].subject);
        put(&facts->new_text, cases[i].text);
        if (cases[i].file) doc(cases[i].file);
        judge();
        if (verdict->items->len != 0 || has_problem("no-attachment") || !todo("decline"))
            fail_msg("“%s”: %u items, todo %s", cases[i].subject, verdict->items->len, todo("decline"));
        assert_text(verdict->receipt->subject, "不申报说明收悉");
        assert_no_text(verdict->receipt->text->str, "未见附件");
        assert_no_text(verdict->receipt->text->str, "还缺");
    }
    mail(WEN, "文学院今年无申报项目"); /* no tag, no keyword: staff see it, and nobody is answered */
    judge();
    assert_int_equal(verdict->whose, WHOSE_SUSPECT);
    assert_text(todo("suspect"), "零报告");
    assert_null(verdict->receipt);
}

static void something_is_handed_in_all_the_same(void **state)
{
    mail(WEN, "【报送】文学院党委-读书会");
    put(&facts->new_text, "我院申报一项，不再申报其他项目。");
    doc("读书会.docx");
    judge();
    assert_int_equal(verdict->items->len, 1);
    assert_null(todo("decline"));
}

static void questions_forgot_nothing(void **state)
{
    static const char *const asked[][2] = {
        {"请问党建创新活动报送截止日期可以延长吗？", "我院材料还在修改。"},
        {"党建创新活动", "老师您好，能否延期到6月5日报送？"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(asked); i++) {
        mail(WEN, asked[i][0]);
        put(&facts->new_text, asked[i][1]);
        judge();
        assert_false(has_problem("no-attachment"));
        assert_non_null(todo("question"));
        assert_text(verdict->receipt->text->str, "已转工作人员阅处");
    }
    mail(WEN, "【报送】如何建设“学习型”支部？"); /* a title */
    put(&facts->new_text, "材料见附件。");
    judge();
    assert_true(has_problem("no-attachment"));
    mail(WEN, "党建创新活动推进会");
    attach_to(facts->attachments, "", "text/calendar", 300, "BEGIN:VCALENDAR");
    judge();
    assert_false(has_problem("no-attachment"));
}

/* --- files that are none ---------------------------------------------------------------------- */

static void shortcuts_and_programs(void **state)
{
    static const char *const names[] = {"田间党课.docx.lnk", "田间党课.exe", "~$田间党课.docx",
                                        ".~田间党课.docx", "desktop.ini"};
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        mail(WEN, "【报送】文学院党委-田间党课");
        FactsAttachment *a = doc(names[i]);
        put(&a->type, "application/octet-stream");
        facts_add_problem(a->problems, "unsupported", "");
        judge();
        if (verdict->items->len != 1 || item(0)->counts || !has_problem("not-document") ||
            !todo("not-document"))
            fail_msg("%s counts, or nobody is told", names[i]);
        assert_false(has_problem("unsupported")); /* which says that nothing need be sent again */
        assert_text(verdict->receipt->subject, "需补正");
        assert_text(verdict->receipt->text->str, "快捷方式");
        assert_text(verdict->receipt->text->str, "还缺 2 项");
    }
    mail(WEN, "【报送】文学院党委-田间党课");
    doc("~$田间党课.docx");
    doc("Thumbs.db");
    doc("田间党课.docx");
    judge();
    assert_int_equal(item(0)->files->len, 1); /* the others came along by mistake */
    assert_false(has_problem("not-document"));
    assert_true(item(0)->counts);
}

static FactsAttachment *photo(const char *name)
{
    FactsAttachment *a = doc(name);
    put(&a->type, "image/jpeg");
    facts_add_problem(a->problems, "unsupported", "");
    return a;
}

static void photographs(void **state)
{
    mail(WEN, "【报送】文学院党委-田间党课");
    doc("田间党课.docx");
    photo("照片1.jpg");
    photo("照片2.jpg");
    judge();
    assert_int_equal(item(0)->files->len, 3);
    assert_int_equal(verdict->problems->len, 0); /* they are there to be looked at */
    mail(WEN, "【报送】文学院党委-田间党课");
    photo("IMG_0001.jpg");
    judge();
    assert_true(has_problem("scanned-only"));
    assert_true(item(0)->counts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(names_as_people_write_them, set_up_awkward, tear_down),
        cmocka_unit_test_setup_teardown(one_mailbox_of_two, set_up_awkward, tear_down),
        TEST(another_campaign_in_the_mailbox),
        TEST(tags_that_ran_together),
        TEST(what_comes_instead),
        TEST(deadline_put_off),
        TEST(answer_to_a_reminder),
        TEST(answer_to_a_reminder_that_lists_a_plan),
        TEST(claimed_without_a_file),
        TEST(as_many_as_the_sender_says),
        TEST(titles_without_labels),
        TEST(nothing_to_hand_in),
        TEST(something_is_handed_in_all_the_same),
        TEST(questions_forgot_nothing),
        TEST(shortcuts_and_programs),
        TEST(photographs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
