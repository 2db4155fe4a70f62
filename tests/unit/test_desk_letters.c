/* Receipts and reminders: who gets them, and what they say. */
#include "tests/unit/desk_fixture.h"

#include <jansson.h>

static const char *text(void)
{
    if (!verdict->receipt) fail_msg("no receipt for “%s”: whose %d", facts->subject, verdict->whose);
    return verdict->receipt->text->str;
}

static void submit(const char *from, const char *subject)
{
    mail(from, subject);
    doc("读书会总结.docx");
    judge();
}

static void receipt_says_what_was_understood(void **state)
{
    submit(WEN, "【报送】文学院党委-学习型-读书会");
    const Letter *letter = verdict->receipt;
    assert_string_equal(letter->to, WEN);
    assert_string_equal(letter->to_name, "文学院党委");
    assert_string_equal(letter->subject, "回执：〔CX2014-001〕已登记《读书会》");
    assert_string_equal(letter->in_reply_to, facts->message_id);
    assert_string_equal(letter->committee, "W");
    assert_int_equal(letter->numbers->len, 1);
    const FactsAttachment *file = facts->attachments->pdata[0];
    const char *const wanted[] = {"文学院党委：",
                                  "CX2014-001",
                                  "读书会",
                                  "创新学习型党组织建设",
                                  "读书会总结.docx",
                                  "39 KB",
                                  file->sha256,
                                  "5月28日 10:00",
                                  "文学院党委 已报 1 项，应报不少于 2 项",
                                  "还缺 1 项，请于6月2日（星期一）24:00前报送",
                                  "示例大学党委组织部",
                                  "联系人甲",
                                  "010-00000000",
                                  "2014年5月28日",
                                  "请勿通过互联网邮箱报送涉密材料"};
    for (gsize i = 0; i < G_N_ELEMENTS(wanted); i++) {
        assert_text(letter->text->str, wanted[i]);
        assert_text(letter->html->str, wanted[i]);
    }
    assert_true(g_str_has_suffix(letter->text->str, "请勿通过互联网邮箱报送涉密材料\n\n"));
}

static void record(void **state)
{
    submit(WEN, "【报送】读\"书\"会");
    json_t *json = json_incref(verdict->receipt->record);
    assert_non_null(json);
    json_t *first = json_array_get(json_object_get(json, "items"), 0);
    assert_int_equal(json_integer_value(json_object_get(json, "v")), 1);
    assert_string_equal(json_string_value(json_object_get(json, "kind")), "receipt");
    assert_string_equal(json_string_value(json_object_get(json, "cause")), verdict->receipt->cause);
    assert_int_equal(json_integer_value(json_object_get(first, "n")), 1);
    assert_string_equal(json_string_value(json_object_get(first, "committee")), "W");
    assert_string_equal(json_string_value(json_object_get(first, "title")), "读\"书\"会");
    assert_string_equal(json_string_value(json_object_get(first, "kind")), "summary");
    assert_int_equal(json_integer_value(json_object_get(first, "at")), received_at);
    assert_true(json_is_true(json_object_get(first, "counts")));
    json_decref(json);
    mail(WEN, "【报送】");
    judge();
    json = json_incref(verdict->receipt->record);
    assert_int_equal(json_array_size(json_object_get(json, "items")), 0);
    json_decref(json);
}

static void strangers_read_only_their_own_mail(void **state)
{
    mail(WEN, "【报送】读书会");
    g_autofree char *known = g_strdup(doc("a.docx")->sha256);
    settle();
    submit(STRANGE, "【报送】文学院党委-田间党课");
    assert_text(text(), "CX2014-002");
    assert_text(text(), "待核实");
    assert_no_text(text(), "应报");
    assert_no_text(text(), "CX2014-001");
    assert_no_text(text(), "已报 ");
    mail(STRANGE, "【修订】文学院党委 CX2014-001"); /* a guessed number */
    doc("附件.docx");
    judge();
    assert_true(item(0)->is_new);
    assert_no_text(text(), "读书会");
    assert_no_text(verdict->receipt->subject, "读书会");
    mail(STRANGE, "【报送】文学院党委-田间地头"); /* the very document: what is settled of it is not told */
    put(&((FactsAttachment *)attach_to(facts->attachments, "a.docx", DOCX, 40000, ""))->sha256, known);
    judge();
    assert_false(item(0)->is_new);
    assert_string_equal(item(0)->title, "读书会");
    assert_text(text(), "田间地头");
    assert_no_text(text(), "读书会");
    assert_no_text(text(), "CX2014-001");
    assert_no_text(text(), "次提交");
    assert_no_text(verdict->receipt->subject, "CX2014");
    submit(STRANGE, "【修订】文学院党委-另一项党课");
    assert_int_equal(item(0)->duplicate_of, 1);
    assert_text(text(), "可能与已报材料重复");
    assert_no_text(text(), "CX2014-001");
    submit(STRANGE, "【报送】读书会");
    assert_text(text(), "未能确认报送单位");
    assert_text(text(), "全称");
    mail(STRANGE, "【查询】文学院党委 党建创新");
    judge();
    if (verdict->receipt) assert_no_text(text(), "读书会");
    submit(WEN, "【报送】数学学院党委-读书会"); /* a clerk of one committee who names another */
    assert_no_text(text(), "应报");
}

/* An address outside the roster may mend what it handed in itself. */
static void strangers_mend_their_own(void **state)
{
    mail(STRANGE, "【报送】文学院党委-读书会");
    doc("附件.docx");
    const char *id = settle();
    assert_int_equal(item(0)->number, 1);
    static const char *const subjects[] = {"回复：回执", "【修订】文学院党委 CX2014-001",
                                           "【报送】文学院党委-读书会"};
    for (gsize i = 0; i < G_N_ELEMENTS(subjects); i++) {
        mail(STRANGE, subjects[i]);
        if (i == 0) put(&facts->in_reply_to, id);
        doc("附件.docx");
        judge();
        assert_int_equal(item(0)->number, 1);
        assert_false(item(0)->is_new);
        assert_text(verdict->receipt->subject, "《读书会》");
    }
    mail("other@qq.example", "【报送】文学院党委-读书会");
    put(&facts->in_reply_to, id);
    doc("附件.docx");
    judge();
    assert_true(item(0)->is_new);
    assert_int_equal(item(0)->duplicate_of, 1);
}

static void who_is_never_answered(void **state)
{
    static const char *const machines[] = {"no-reply@shili.example", "MAILER-DAEMON@shili.example", "nobody"};
    for (gsize i = 0; i < G_N_ELEMENTS(machines); i++) {
        submit(machines[i], "【报送】文学院党委-读书会");
        assert_null(verdict->receipt);
    }
    submit(DESK, "【报送】文学院党委-读书会");
    assert_int_equal(verdict->whose, WHOSE_CAMPAIGN);
    assert_null(verdict->receipt);
    assert_string_equal(verdict->committee, "W");

    mail(WEN, "【报送】读书会");
    doc("a.docx");
    const char *id = settle();
    mail(WEN, "Re: 回执");
    put(&facts->in_reply_to, id);
    doc("b.docx");
    facts->automatic = FACTS_AUTO_BULK; /* Coremail of a whole office calls itself bulk */
    judge();
    assert_int_equal(verdict->whose, WHOSE_CAMPAIGN);
    assert_null(verdict->receipt);
}

static void daily_cap(void **state)
{
    config->smtp.per_address_daily = 2;
    g_hash_table_insert(book->daily, g_strdup(WEN " 2014-05-28"), GUINT_TO_POINTER(2));
    submit(WEN, "【报送】读书会");
    assert_non_null(verdict->receipt);
    assert_true(verdict->hold);
    assert_text(todo("no-answer"), "baosong release");
    assert_int_equal(verdict->items->len, 1);
    submit(WEN2, "【报送】读书会");
    if (!verdict->receipt) fail_msg("no receipt for “%s”: whose %d", facts->subject, verdict->whose);
    assert_false(verdict->hold);
    now_at = at("2014-05-29T00:00:01");
    submit(WEN, "【报送】读书会");
    assert_false(verdict->hold);
    if (!verdict->receipt) fail_msg("no receipt for “%s”: whose %d", facts->subject, verdict->whose);
}

static void reply_to(void **state)
{
    mail(WEN, "【报送】读书会");
    doc("a.docx");
    mailbox(facts->reply_to, "", "thief@shili.example");
    judge();
    assert_string_equal(verdict->receipt->to, WEN);
    mailbox(facts->reply_to, "", WEN2);
    judge();
    assert_string_equal(verdict->receipt->to, WEN2);
    mail(WEN, "【报送】读书会");
    doc("a.docx");
    mailbox(facts->reply_to, "", SHU); /* of another committee */
    judge();
    assert_string_equal(verdict->receipt->to, WEN);
}

static void withdrawal(void **state)
{
    mail(WEN, "【报送】读书会");
    doc("a.docx");
    settle();
    mail(WEN, "【撤回】CX2014-001");
    doc("说明.docx");
    judge();
    assert_int_equal(verdict->items->len, 0);
    assert_text(todo("withdraw"), "文学院党委");
    assert_int_equal(((VerdictTodo *)verdict->todos->pdata[0])->number, 1);
    assert_text(text(), "工作人员处理");
    assert_text(text(), "原登记内容不变");
    mail(WEN, "【撤回】读书会");
    judge();
    assert_int_equal(((VerdictTodo *)verdict->todos->pdata[0])->number, 1);
    desk_settle(book, &(DeskMail){.facts = facts}, verdict);
    assert_false(book_item(book, 1)->withdrawn);
    mail(WEN,
         "撤回: 【报送】读书会"); /* by the button of the mail program: a person decides, nothing is new */
    facts->notice = FACTS_NOTICE_RECALL;
    judge();
    assert_int_equal(verdict->items->len, 0);
    assert_text(todo("withdraw"), "文学院党委");
    assert_false(book_item(book, 1)->withdrawn);
    mail(WEN, "【撤回】原稿，【报送】新稿 田间党课");
    doc("新稿.docx");
    judge();
    assert_int_equal(verdict->items->len, 1);
    assert_non_null(todo("withdraw"));
}

/* As they stand before compose.c puts In-Reply-To behind them. */
static void references(void **state)
{
    mail(WEN, "【报送】读书会");
    doc("a.docx");
    judge();
    assert_string_equal(verdict->receipt->in_reply_to, facts->message_id);
    assert_int_equal(verdict->receipt->references->len, 0);
    put(&facts->in_reply_to, "parent@client.example");
    judge();
    assert_int_equal(verdict->receipt->references->len, 1);
    g_ptr_array_add(facts->references, g_strdup("root@client.example"));
    g_ptr_array_add(facts->references, g_strdup(facts->message_id));
    judge();
    assert_int_equal(verdict->receipt->references->len, 1);
    assert_string_equal(verdict->receipt->references->pdata[0], "root@client.example");
}

static void answers_to_our_letters(void **state)
{
    static const struct {
        const char *body, *code;
        gboolean answered;
    } cases[] = {
        {"收到，谢谢！\n\n------------------ 原始邮件 ------------------\n请在附件……", "confirm", FALSE},
        {"谢谢老师，辛苦了！张", "confirm", FALSE},
        {"确认无误，谢谢。\n> 登记编号", "confirm", TRUE},
        {"活动名称应为“书香支部”读书会，请更正。", "question", TRUE},
        {"附件为修改后的材料，请查收。", "no-attachment", TRUE},
        {"见附件", "no-attachment", TRUE},
        {"请查收，谢谢！", "no-attachment", TRUE},
        {"附件", "no-attachment", TRUE},
        {"附件收到，谢谢！", "confirm", FALSE},
        {"已阅，谢谢！", "confirm", FALSE},
        {"老师好，请审阅！", "question", TRUE},
        {"表格内容正确，请审阅。", "confirm", TRUE},
        {"无", "question", TRUE},
        {"编号正确，单位应为历史学院", "question", TRUE},
        {"收到，谢谢！\n\n-- \n甲某\n文学院党委办公室\n电话：010-00000000", "confirm", FALSE},
        {"收到，谢谢老师！\n\n| |\n甲某\n|\n|\n邮箱：a@x.example\n|", "confirm", FALSE},
        {"收到。\n\n此致\n敬礼！\n文学院党委\n2014年5月30日", "confirm", FALSE},
        {"确认无误。\n文学院 甲某", "confirm", TRUE},
        {"收到\n\n单位应为历史学院", "question", TRUE},
        {"收到\n题目是历史学院", "question", TRUE},
        {"收到\n另报历史学院一项", "question", TRUE},
        {"收到\n电话联系我一下", "question", TRUE},
        {"收到\n联系电话变更010-00000000", "question", TRUE},
        {"收到\n\n还有一项\n文学院", "question", TRUE},
        {"收到。\n\n请问还缺几项？\n甲某", "question", TRUE},
        {"", "confirm", FALSE},
        {"收到\n\n在 2014年5月28日，写道：\n> 回执", "confirm", FALSE},
        {"发自内心感谢，另请问答辩时间。", "question", TRUE},
        {"【撤回】\n该项材料有误。", "withdraw", TRUE},
        {"老师您好：\n【撤回】读书会", "withdraw", TRUE},
        {"老师好！\n我院申请撤回该项，另报一项。", "withdraw", TRUE},
        {"老师，我们不撤回了，请按原登记办理。", "question", TRUE},
        {"好的，我们会尽快报送，谢谢！", "confirm", FALSE},
        {"收到！[握手][玫瑰]", "confirm", FALSE},
        {"已报送", "question", TRUE},
        {"报过了", "question", TRUE},
        {"已知悉，谢谢", "confirm", FALSE},
        {"收到，已转告，谢谢！", "confirm", FALSE},
        {"已了解", "confirm", FALSE},
        {"不客气！", "confirm", FALSE},
        {"好的，明天报", "confirm", FALSE},
        {"收到，我院6月1日前报送，谢谢老师提醒！", "confirm", FALSE},
        {"知道了，我们马上补交", "confirm", FALSE},
        {"好的，会按时报送", "confirm", FALSE},
        {"按时报送有困难", "question", TRUE},
        {"今天报了", "question", TRUE},
        {"今天补齐了", "question", TRUE},
        {"明天报行吗", "question", TRUE},
        {"昨天发了", "question", TRUE},
        {"已核实，无误。", "confirm", TRUE},
        {"确认无误，不再修改。", "confirm", TRUE},
        {"没错，谢谢！", "confirm", TRUE},
        {"麻烦确认一下", "question", TRUE},
        {"放弃", "question", TRUE},
        {"作废", "withdraw", TRUE},
        {"老师您好：\n撤销。", "withdraw", TRUE},
        {"这一项我们决定不参评了，请予撤销，谢谢！", "withdraw", TRUE},
        {"请问收到了吗", "question", TRUE},
        {"收到了？", "question", TRUE},
        {"没收到", "question", TRUE},
        {"有误", "question", TRUE},
        {"请确认", "question", TRUE},
        {"请确认是否收到，谢谢！", "question", TRUE},
        {"已确认，没有问题。", "confirm", TRUE},
    };
    mail(WEN, "【报送】读书会");
    doc("a.docx");
    const char *id = settle();
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        mail(WEN, "回复：回执：〔CX2014-001〕已登记《读书会》");
        put(&facts->in_reply_to, id);
        put(&facts->body, cases[i].body);
        put(&facts->new_text, cases[i].body);
        judge();
        assert_int_equal(verdict->whose, WHOSE_CAMPAIGN);
        assert_int_equal(verdict->items->len, 0);
        if (!todo(cases[i].code)) fail_msg("“%s” makes no row %s", cases[i].body, cases[i].code);
        if ((verdict->receipt != NULL) != cases[i].answered) fail_msg("“%s”", cases[i].body);
    }
}

/* Without tag, without file: forgotten, or a question? */
static void about_the_campaign(void **state)
{
    static const struct {
        const char *text, *subject;
    } cases[] = {
        {"现将我院材料报上，请查收。", "回执：未见附件，请补发"},
        {"老师，请问活动报送截止到几号？", "回执：来信收悉，待人工处理"},
        {"材料已放在附件，请问收到了吗？", "回执：未见附件，请补发"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        mail(WEN, "关于党建创新的事");
        put(&facts->new_text, cases[i].text);
        judge();
        assert_string_equal(verdict->receipt->subject, cases[i].subject);
    }
}

static void query(void **state)
{
    mail(WEN, "【报送】读书会");
    doc("a.docx");
    settle();
    mail(SHU, "【报送】别家的活动名");
    doc("b.docx");
    settle();
    mail(WEN, "【查询】进度");
    judge();
    assert_text(text(), "CX2014-001");
    assert_text(text(), "已报 1 项");
    assert_no_text(text(), "别家");
    assert_int_equal(verdict->items->len, 0);
}

static void classified(void **state)
{
    static const char *const marks[] = {"机密★", "绝密★启用前", "秘密★5年", "机密 10年", "秘密★长期"};
    for (gsize i = 0; i < G_N_ELEMENTS(marks); i++) {
        mail(WEN, "【报送】猎户座行动");
        g_autofree char *head = g_strconcat(marks[i], "\n猎户座行动总结", NULL);
        put(&doc("猎户座.docx")->text, head);
        judge();
        assert_true(has_problem("classified-marking"));
        assert_non_null(todo("classified-marking"));
        assert_text(text(), "电话");
        assert_no_text(text(), "猎户座");
        assert_no_text(verdict->receipt->html->str, "猎户座");
        assert_no_text(verdict->receipt->subject, "猎户座");
        g_autofree char *record = json_dumps(verdict->receipt->record, JSON_COMPACT);
        assert_no_text(record, "猎户座");
        assert_null(strstr(item(0)->title, "猎户座"));
    }
    mail(WEN, "【报送】机密★猎户座");
    doc("a.docx");
    assert_true((judge(), has_problem("classified-marking")));
    assert_no_text(text(), "猎户座");
    mail(WEN, "【报送】保守国家秘密教育活动");
    put(&doc("保密教育.docx")->text, "保守国家秘密、防止机密泄露");
    assert_false((judge(), has_problem("classified-marking")));
}

static void problems_come_with_remedies(void **state)
{
    static const char *const codes[] = {"unreadable",     "encrypted",    "damaged",
                                        "unsupported",    "archive-bomb", "macro",
                                        "empty-document", "scanned-only", "split-volume"};
    for (gsize i = 0; i < G_N_ELEMENTS(codes); i++) {
        mail(WEN, "【报送】读书会");
        facts_add_problem(doc("读书会.docx")->problems, codes[i], "english detail");
        judge();
        assert_text(text(), desk_problem_text(codes[i]));
        assert_text(text(), desk_problem_remedy(codes[i]));
        assert_text(text(), "《读书会.docx》");
        assert_no_text(text(), "english");
        assert_true(*desk_problem_remedy(codes[i]));
    }
    mail(WEN, "【报送】读书会"); /* what we did not read to its end is no business of the sender's */
    facts_add_problem(doc("读书会.docx")->problems, "too-large", "");
    facts_add_problem(facts->problems, "truncated", "the subject was cut");
    judge();
    assert_no_text(text(), "过大");
    assert_no_text(text(), "超出");
    assert_text(verdict->receipt->subject, "已登记");
    assert_text(todo("truncated"), "打开原件");
    mail(WEN, "【报送】读书会"); /* only the header was read: then its structure says nothing */
    facts_add_problem(facts->problems, "damaged", "");
    facts_add_problem(facts->problems, "too-large", "");
    judge();
    assert_text(text(), "邮件过大");
    assert_no_text(text(), "损坏");
    assert_no_text(text(), "未见附件");
    assert_non_null(desk_problem_text("no such code"));
    assert_string_equal(desk_problem_remedy("no such code"), "");
    mail(WEN, "【报送】读书会"); /* a format that only machines cannot read is nobody's fault */
    facts_add_problem(doc("读书会.pdf")->problems, "unsupported", "");
    judge();
    assert_text(verdict->receipt->subject, "已登记");
    assert_no_text(text(), "需要您处理");
    facts_add_problem(doc("x.docx")->problems, "encrypted", "");
    judge();
    assert_text(verdict->receipt->subject, "需补正");
}

/* A hundred drawings in an archive are one line, not a hundred. */
static void members_share_a_line(void **state)
{
    mail(WEN, "【报送】读书会");
    FactsAttachment *archive = doc("照片.zip");
    for (guint i = 1; i <= 100; i++) {
        g_autofree char *name = g_strdup_printf("图/%u.dwg", i);
        FactsAttachment *photo = attach_to(archive->children, name, "application/acad", 90000, name);
        facts_add_problem(photo->problems, "unsupported", "");
        if (i == 7) facts_add_problem(photo->problems, "damaged", "");
    }
    FactsAttachment *inner = attach_to(archive->children, "内.zip", "application/zip", 90000, "inner");
    facts_add_problem(attach_to(inner->children, "表.docx", DOCX, 900, "x")->problems, "damaged", "");
    judge();
    assert_int_equal(verdict->problems->len, 2);
    assert_text(text(), "《照片.zip》内 100 个文件（《1.dwg》《2.dwg》《3.dwg》等）");
    assert_text(text(), "文件已损坏：《照片.zip》内 2 个文件（《7.dwg》《表.docx》）。");
    facts_add_problem(doc("单.zip")->problems, "macro", "");
    FactsAttachment *one = doc("又.zip");
    facts_add_problem(attach_to(one->children, "锁.docx", DOCX, 900, "y")->problems, "encrypted", "");
    judge();
    assert_text(text(), "文件已加密：《又.zip》内《锁.docx》。");
}

static void html_is_escaped(void **state)
{
    mail(WEN, "【报送】读书会");
    FactsAttachment *a = doc("<img src=x onerror=alert(1)>\r\n\"&.docx");
    field(a, "活动名称", "<b>读书会</b>");
    field(a, "负责人", "甲\r\n乙\x01");
    judge();
    const char *html = verdict->receipt->html->str;
    assert_no_text(html, "<img");
    assert_no_text(html, "<b>");
    assert_text(html, "&lt;img src=x");
    assert_text(text(), "甲 乙");
}

static void letter_blocks(void **state)
{
    g_autoptr (Letter) letter = letter_new(LETTER_RECEIPT);
    letter_heading(letter, "标\n题");
    letter_paragraph(letter, "%s", "100%s \xe2\x80\xaetxt");
    letter_rows_begin(letter);
    letter_row(letter, "名<称", "值&");
    letter_rows_end(letter);
    letter_list_begin(letter);
    letter_list_item(letter, "%d", 7);
    letter_list_end(letter);
    assert_string_equal(letter->text->str, "标 题\n100%s txt\n\n  名<称：值&\n\n  · 7\n\n");
    assert_text(letter->html->str, "名&lt;称");
    assert_text(letter->html->str, "值&amp;");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(receipt_says_what_was_understood),
        TEST(record),
        TEST(strangers_read_only_their_own_mail),
        TEST(strangers_mend_their_own),
        TEST(who_is_never_answered),
        TEST(daily_cap),
        TEST(reply_to),
        TEST(withdrawal),
        TEST(about_the_campaign),
        TEST(references),
        TEST(answers_to_our_letters),
        TEST(query),
        TEST(classified),
        TEST(problems_come_with_remedies),
        TEST(members_share_a_line),
        TEST(html_is_escaped),
        TEST(letter_blocks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
