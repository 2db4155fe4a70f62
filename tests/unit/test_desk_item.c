/* Items, versions, what counts and when it came. */
#include "tests/unit/desk_fixture.h"

/* --- versions --------------------------------------------------------------------------------- */

/* One settled item of 文学院党委 called 读书会, from read.docx; the id of its receipt. */
static const char *first_item(void)
{
    mail(WEN, "【报送】读书会");
    field(doc("read.docx"), "活动名称", "读书会");
    const char *id = settle();
    assert_int_equal(item(0)->number, 1);
    return id;
}

static void expect_item(guint number, gboolean is_new, guint duplicate_of)
{
    judge();
    if (item(0)->number != number || item(0)->is_new != is_new || item(0)->duplicate_of != duplicate_of)
        fail_msg("“%s”: %u %s, duplicate of %u", facts->subject, item(0)->number,
                 item(0)->is_new ? "new" : "old", item(0)->duplicate_of);
}

static void versions_by_reply(void **state)
{
    const char *id = first_item();
    mail(WEN, "回复：回执：〔CX2014-001〕已登记《读书会》");
    put(&facts->in_reply_to, id);
    doc("附件.docx");
    expect_item(1, FALSE, 0);

    mail(STRANGE, "新的一版"); /* our letter went to the committee, and was passed on */
    g_ptr_array_add(facts->references, g_strdup(id));
    doc("附件.docx");
    expect_item(2, TRUE, 1);
    assert_string_equal(verdict->committee, "W");
    assert_int_equal(verdict->certainty, CERTAINTY_PROBABLE);
    assert_true(has_problem("sender-unverified"));

    mail(WEN,
         "回复：回执：〔CX2014-001〕已登记《读书会》"); /* Reply pressed to hand in the second activity */
    put(&facts->in_reply_to, id);
    field(doc("附件.docx"), "活动名称", "田间党课");
    expect_item(2, TRUE, 1);
    put(&facts->subject, "回复：【修订】回执：〔CX2014-001〕");
    expect_item(1, FALSE, 0);
}

static void versions_by_number(void **state)
{
    first_item();
    mail(WEN2, "【修订】ＣＸ２０１４－００１");
    doc("附件.docx");
    expect_item(1, FALSE, 0);
    mail(WEN, "cx2014 001 更新的材料");
    doc("附件.docx");
    expect_item(1, FALSE, 0);
    mail(SHU, "【修订】CX2014-001"); /* another committee guesses a number */
    doc("附件.docx");
    expect_item(2, TRUE, 0);
    assert_string_equal(verdict->committee, "S");
    mail(STRANGE, "【修订】CX2014-001");
    doc("附件.docx");
    expect_item(2, TRUE, 0);
    mail(STRANGE, "【修订】文学院党委 CX2014-001"); /* and even the committee */
    doc("附件.docx");
    expect_item(2, TRUE, 1);
    assert_int_equal(verdict->certainty, CERTAINTY_PROBABLE);
    assert_text(todo("verify"), "CX2014-001");
    mail(WEN, "【修订】CX2014-777");
    doc("附件.docx");
    expect_item(2, TRUE, 1);
    mail(WEN, "【修订】CX2014-99999999999999999999");
    doc("附件.docx");
    expect_item(2, TRUE, 1);
}

static void versions_by_document(void **state)
{
    first_item();
    const BookItem *old = book_item(book, 1);
    mail(WEN, "【报送】再发一次");
    FactsAttachment *a = doc("x.docx");
    put(&a->sha256, old->documents->pdata[0]);
    expect_item(1, FALSE, 0);
    doc("more.docx"); /* known and unknown together: doubt */
    expect_item(2, TRUE, 1);

    mail(SHU, "【报送】另一项"); /* the same document from another committee is theirs, and staff are told */
    a = doc("x.docx");
    put(&a->sha256, old->documents->pdata[0]);
    expect_item(2, TRUE, 0);
    assert_non_null(todo("possible-duplicate"));
    assert_no_text(verdict->receipt->text->str, "CX2014-001");

    mail(WEN, "【报送】另一项活动"); /* one picture in two mails proves nothing */
    a = attach_to(facts->attachments, "logo.png", "image/png", 90000, "same");
    put(&a->sha256, old->documents->pdata[0]);
    doc("z.docx");
    expect_item(2, TRUE, 0);
}

static void versions_by_title(void **state)
{
    static const struct {
        const char *from, *subject;
        guint number;
        gboolean is_new;
        guint duplicate_of;
    } cases[] = {
        {WEN, "【报送】《读书会》总结", 1, FALSE, 0},
        {WEN2, "【修订】读书会（修改稿）", 1, FALSE, 0},
        {STRANGE, "【报送】文学院党委-读书会", 2, TRUE, 1},
        {SHU, "【报送】读书会", 2, TRUE, 0},
        {STRANGE, "【报送】读书会", 2, TRUE, 0},
        {WEN, "【方案】读书会", 2, TRUE, 0},
        {WEN, "【报送】田间党课", 2, TRUE, 0},
        {WEN, "【修订】田间党课", 2, TRUE, 1},
        {WEN, "【补充】", 2, TRUE, 1},
        {SHU, "【修订】田间党课", 2, TRUE, 0},
        {WEN, "总结材料 党建创新", 2, TRUE, 0},
    };
    first_item();
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        mail(cases[i].from, cases[i].subject);
        doc("附件.docx");
        expect_item(cases[i].number, cases[i].is_new, cases[i].duplicate_of);
    }
}

/* What is settled stays until a form or a tag says otherwise. */
static void versions_keep_what_was_known(void **state)
{
    mail(WEN, "【报送】服务型-读书会");
    doc("a.docx");
    const char *id = settle();
    mail(WEN, "再发");
    put(&facts->in_reply_to, id);
    put(&doc("另一个文件名.docx")->text, "志愿");
    settle();
    assert_string_equal(item(0)->title, "读书会");
    assert_string_equal(book_item(book, 1)->title, "读书会");
    assert_string_equal(book_item(book, 1)->theme, "着眼于功能定位，创新服务型党组织建设");
    mail(WEN, "【修订】再发 CX2014-001");
    FactsAttachment *a = doc("表.docx");
    field(a, "活动名称", "读书沙龙");
    field(a, "活动主题", "学习型");
    settle();
    assert_string_equal(book_item(book, 1)->title, "读书沙龙");
    assert_string_equal(book_item(book, 1)->theme, "着眼于能力素质，创新学习型党组织建设");
}

static void near_titles(void **state)
{
    static const struct {
        const char *title;
        guint duplicate_of;
    } cases[] = {{"实验室安全党员巡查队", 1},
                 {"实验室安全党员巡察", 1},
                 {"实验室安全党员巡查（二）", 0},
                 {"图书馆安全巡查", 0}};
    mail(WEN, "【报送】实验室安全党员巡查");
    doc("a.docx");
    settle();
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *subject = g_strconcat("【报送】", cases[i].title, NULL);
        mail(WEN, subject);
        doc("b.docx");
        expect_item(2, TRUE, cases[i].duplicate_of);
        assert_int_equal(has_problem("possible-duplicate"), cases[i].duplicate_of > 0);
    }
}

static void two_mails_called_summary(void **state)
{
    mail(WEN, "总结材料（党建创新）");
    doc("总结材料.docx");
    settle();
    mail(WEN, "总结材料（党建创新）");
    doc("总结材料.docx");
    expect_item(2, TRUE, 1);
    assert_text(todo("possible-duplicate"), "CX2014-001");
    assert_true(item(0)->counts);
}

static void withdrawn_items_stay_withdrawn(void **state)
{
    const char *id = first_item();
    book_item(book, 1)->withdrawn = TRUE;
    mail(WEN, "【报送】读书会");
    doc("a.docx");
    expect_item(2, TRUE, 0);
    mail(WEN, "回复：回执");
    put(&facts->in_reply_to, id);
    doc("a.docx");
    expect_item(1, FALSE, 0);
    assert_false(item(0)->counts);
    assert_non_null(todo("withdraw"));
}

static void claimed_by_reply(void **state)
{
    mail(STRANGE, "【报送】读书会");
    doc("a.docx");
    const char *id = settle();
    assert_false(book_item(book, 1)->counts);
    mail(STRANGE, "回复：文学院党委");
    put(&facts->in_reply_to, id);
    doc("a.docx");
    settle();
    assert_int_equal(item(0)->number, 1);
    assert_string_equal(book_item(book, 1)->committee, "W");
    assert_int_equal(book_counting(book, "W"), 1);
}

/* --- several in one mail, and what is a file -------------------------------------------------- */

static void several_forms(void **state)
{
    mail(WEN, "【报送】文学院党委两项活动");
    field(doc("表一.docx"), "活动名称", "读书会");
    field(doc("表二.docx"), "活动名称", "田间党课");
    doc("田间党课照片.zip");
    doc("其他.docx");
    judge();
    assert_int_equal(verdict->items->len, 2);
    assert_string_equal(item(0)->title, "读书会");
    assert_string_equal(item(1)->title, "田间党课");
    assert_int_equal(item(0)->files->len, 2);
    assert_int_equal(item(1)->files->len, 2);
    assert_int_equal(item(0)->number, 1);
    assert_int_equal(item(1)->number, 2);
    assert_text(verdict->receipt->subject, "等2项");
    assert_text(verdict->receipt->text->str, "已报 2 项");
}

static void several_summaries(void **state)
{
    mail(WEN, "【报送】文学院党委");
    doc("读书会总结.docx");
    doc("田间党课总结.docx");
    assert_int_equal(judge()->items->len, 2);
    mail(WEN, "【报送】文学院党委");
    doc("读书会总结.docx");
    doc("读书会申报表.docx");
    doc("田间党课照片.docx");
    assert_int_equal(judge()->items->len, 1);
    mail(WEN, "【报送】文学院党委");
    doc("读书会总结.docx");
    doc("教工读书会总结.docx");
    assert_int_equal(judge()->items->len, 1);
}

static void one_form_with_all_its_files(void **state)
{
    mail(WEN, "【报送】读书会");
    field(doc("表.docx"), "活动名称", "读书会");
    doc("总结.docx");
    attach_to(facts->attachments, "照片1.jpg", "image/jpeg", 900000, "photo");
    attach_to(facts->attachments, "image001.png", "image/png", 3000, "logo");
    attach_to(facts->attachments, "ATT00001.txt", "text/plain", 10, "x");
    attach_to(facts->attachments, "smime.p7s", "application/pkcs7-signature", 4000, "s");
    judge();
    assert_int_equal(verdict->items->len, 1);
    assert_int_equal(item(0)->files->len, 3);
}

static void two_activities_in_one_form(void **state)
{
    mail(WEN, "【报送】读书会");
    FactsAttachment *a = doc("表.docx");
    field(a, "活动名称", "读书会");
    field(a, "活动名称（2）", "田间党课"); /* as the worker calls it */
    judge();
    assert_int_equal(verdict->items->len, 1);
    assert_text(todo("verify"), "多个活动名称");
}

static void forwarded_mail(void **state)
{
    mail(WEN, "Fw: 【报送】党员旁听党委会");
    FactsAttachment *inner = attach_to(facts->attachments, "支部材料.eml", "message/rfc822", 50000, "eml");
    FactsAttachment *deeper = attach_to(inner->children, "再转.eml", "message/rfc822", 40000, "eml2");
    FactsAttachment *form = attach_to(deeper->children, "表.docx", DOCX, 30000, "form");
    field(form, "活动名称", "党员旁听党委会");
    attach_to(deeper->children, "logo.gif", "image/gif", 900, "gif");
    judge();
    assert_int_equal(item(0)->files->len, 1);
    assert_ptr_equal(item(0)->files->pdata[0], form);
    assert_true(item(0)->counts);

    mail(WEN, "【报送】党员旁听党委会"); /* signed by Outlook, as one file */
    inner = attach_to(facts->attachments, "smime.p7m", "application/pkcs7-mime", 50000, "p7m");
    form = attach_to(inner->children, "表.docx", DOCX, 30000, "form");
    attach_to(inner->children, "表.docx", "application/applefile", 90000, "fork"); /* and by a Macintosh */
    judge();
    assert_int_equal(item(0)->files->len, 1);
    assert_ptr_equal(item(0)->files->pdata[0], form);

    mail(WEN, "Fw: 【报送】旁听"); /* a forwarded mail without files brings nothing */
    inner = attach_to(facts->attachments, "支部材料.eml", "message/rfc822", 50000, "eml");
    put(&inner->text, "主题: 通知");
    judge();
    assert_true(has_problem("no-attachment"));
    assert_int_equal(verdict->items->len, 0);

    FactsAttachment *page = attach_to(facts->attachments, "总结.mht", "multipart/related", 50000, "mht");
    put(&page->declared_type, "message/rfc822"); /* Windows says so */
    put(&page->text, "党员旁听党委会");
    judge();
    assert_int_equal(item(0)->files->len, 1);
    assert_ptr_equal(item(0)->files->pdata[0], page);
    g_ptr_array_remove_index(facts->attachments, 1);

    put(&inner->text, ""); /* one that nobody could look into may bring something */
    judge();
    assert_false(has_problem("no-attachment"));
    assert_int_equal(item(0)->files->len, 1);
    inner->offset = -1; /* but what we do not hold does not count */
    judge();
    assert_false(item(0)->counts);
}

/* --- counting and time ------------------------------------------------------------------------ */

static void counting(void **state)
{
    static const struct {
        const char *from, *subject, *problem;
        gboolean counts;
    } cases[] = {
        {WEN, "【报送】甲乙丙", NULL, TRUE},           {WEN, "【报送】甲乙丙", "encrypted", FALSE},
        {WEN, "【报送】甲乙丙", "damaged", FALSE},     {WEN, "【报送】甲乙丙", "empty-document", FALSE},
        {WEN, "【报送】甲乙丙", "cloud-link", FALSE},  {WEN, "【报送】甲乙丙", "unsupported", TRUE},
        {WEN, "【报送】甲乙丙", "scanned-only", TRUE}, {WEN, "【报送】甲乙丙", "macro", TRUE},
        {WEN, "【方案】甲乙丙", NULL, FALSE},          {WEN, "【典型】甲乙丙", NULL, FALSE},
        {STRANGE, "【报送】甲乙丙", NULL, FALSE},      {STRANGE, "【报送】文学院党委-甲乙丙", NULL, TRUE},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        mail(cases[i].from, cases[i].subject);
        FactsAttachment *a = doc("附件.docx");
        if (cases[i].problem) facts_add_problem(a->problems, cases[i].problem, "detail");
        judge();
        if (item(0)->counts != cases[i].counts) fail_msg("“%s” %s", cases[i].subject, cases[i].problem);
        if (cases[i].problem) assert_true(has_problem(cases[i].problem));
    }
    mail(WEN, "【报送】甲乙丙");
    facts_add_problem(doc("a.docx")->problems, "encrypted", "");
    doc("b.docx");
    assert_true((judge(), item(0)->counts));
    mail(WEN, "【报送】甲乙丙");
    doc("a.docx")->size = 0;
    assert_false((judge(), item(0)->counts));
    assert_false(item(0)->sound);
    mail(WEN, "【补充】甲乙丙");
    doc("照片清单.docx");
    assert_false((judge(), item(0)->sound));
    mail(WEN, "【修订】甲乙丙");
    doc("a.docx");
    assert_true((judge(), item(0)->sound));
}

static void nothing_attached(void **state)
{
    mail(WEN, "【报送】读书会");
    attach_to(facts->attachments, "image001.png", "image/png", 3000, "logo");
    judge();
    assert_true(has_problem("no-attachment"));
    assert_int_equal(verdict->items->len, 0);
    assert_non_null(todo("no-attachment"));
    assert_text(verdict->receipt->text->str, "未见附件");

    facts_add_link(facts->links, "link", "https://x.invalid/", "通知.pdf");
    FactsLink *cloud = facts_add_link(facts->links, "qq", "https://x.invalid/", "读书会.docx");
    g_free(cloud->size);
    cloud->size = g_strdup("52.1M");
    g_free(cloud->expires);
    cloud->expires = g_strdup("2014-06-30 14:02");
    judge();
    assert_true(has_problem("cloud-link"));
    assert_false(has_problem("no-attachment"));
    assert_false(item(0)->counts);
    assert_text(verdict->receipt->text->str, "超大附件");
    assert_text(verdict->receipt->text->str, "《读书会.docx》（52.1M，2014-06-30 14:02 到期）");
    assert_null(strstr(verdict->receipt->text->str, "通知.pdf"));
}

static void header_only(void **state)
{
    static const char *const problems[] = {"too-large", "unreadable"};
    for (guint i = 0; i < 2; i++) {
        mail(WEN, "【报送】读书会");
        g_autofree char *identity = facts_identity(facts);
        DeskMail m = {
            .received_at = received_at, .identity = identity, .facts = facts, .problem = problems[i]};
        g_clear_pointer(&verdict, verdict_free);
        g_autoptr (Desk) desk = desk_new(config);
        verdict = desk_judge(desk, book, &m, now_at);
        assert_true(has_problem(problems[i]));
        assert_int_equal(verdict->items->len, 1);
        assert_false(item(0)->counts);
        assert_non_null(verdict->receipt);
    }
}

static void on_time(void **state)
{
    static const struct {
        const char *internal, *received;
        gboolean on_time, moved;
    } cases[] = {
        {"2014-06-02T23:59:59", "", TRUE, FALSE},
        {"2014-06-03T00:00:00", "", FALSE, FALSE},
        {"2014-06-03T00:30:00", "2014-06-02T23:50:00+08:00", FALSE,
         FALSE}, /* under an hour: the clock decides */
        {"2014-06-05T09:00:00", "2014-06-02T23:50:00+08:00", TRUE, TRUE},
        {"2014-06-05T09:00:00", "2014-06-04T23:50:00+08:00", FALSE, FALSE},
        {"2014-06-02T12:00:00", "2014-06-04T12:00:00+08:00", TRUE, FALSE},
        {"2014-06-05T09:00:00", "2014-06-02T15:59:59Z", TRUE, TRUE},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        mail(WEN, "【报送】读书会");
        doc("a.docx");
        put(&facts->date, "2014-05-01T00:00:00+08:00"); /* never looked at */
        put(&facts->received, cases[i].received);
        received_at = at(cases[i].internal);
        judge();
        assert_int_equal(item(0)->on_time, cases[i].on_time);
        assert_int_equal(has_problem("late"), !cases[i].on_time);
        assert_int_equal(todo("moved") != NULL, cases[i].moved);
        assert_true(item(0)->counts);
    }
}

static void late_versions(void **state)
{
    const char *id = first_item();
    received_at = at("2014-06-05");
    mail(WEN, "回复：回执");
    put(&facts->in_reply_to, id);
    facts_add_problem(doc("a.docx")->problems, "encrypted", "");
    settle();
    assert_true(item(0)->on_time); /* the first version was */
    assert_true(item(0)->counts);  /* a spoilt revision takes nothing away */
    assert_true(has_problem("late"));
    assert_int_equal(book_item(book, 1)->versions, 2);

    received_at = at("2014-06-01");
    mail(WEN, "【报送】田间党课");
    facts_add_problem(doc("b.docx")->problems, "encrypted", "");
    id = settle();
    received_at = at("2014-06-05");
    mail(WEN, "回复：回执");
    put(&facts->in_reply_to, id);
    doc("b.docx");
    judge();
    assert_true(item(0)->counts);
    assert_false(item(0)->on_time); /* what came in time could not be read */
}

static void over_quota(void **state)
{
    static const char *const titles[] = {"甲项活动", "乙类讲堂", "丙组学社", "丁班实践"};
    for (gsize i = 0; i < G_N_ELEMENTS(titles); i++) {
        g_autofree char *subject = g_strconcat("【报送】", titles[i], NULL);
        mail(WEN, subject);
        doc("a.docx");
        settle();
        assert_int_equal(has_problem("over-quota"), i == 3);
        assert_true(item(0)->counts);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(versions_by_reply),
        TEST(versions_by_number),
        TEST(versions_by_document),
        TEST(versions_by_title),
        TEST(versions_keep_what_was_known),
        TEST(near_titles),
        TEST(two_mails_called_summary),
        TEST(withdrawn_items_stay_withdrawn),
        TEST(claimed_by_reply),
        TEST(several_forms),
        TEST(several_summaries),
        TEST(one_form_with_all_its_files),
        TEST(two_activities_in_one_form),
        TEST(forwarded_mail),
        TEST(counting),
        TEST(nothing_attached),
        TEST(header_only),
        TEST(on_time),
        TEST(late_versions),
        TEST(over_quota),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
