/* Whose mail is it, and which committee speaks. */
#include "tests/unit/desk_fixture.h"

typedef enum Brings { NOTHING, DOCUMENT, LOGO, KEYWORD_FILE, FORM } Brings;

static void bring(Brings what)
{
    FactsAttachment *a;
    switch (what) {
    case NOTHING: return;
    case DOCUMENT: doc("材料.docx"); return;
    case LOGO: attach_to(facts->attachments, "image001.png", "image/png", 4000, "logo"); return;
    case KEYWORD_FILE: doc("党建创新总结.docx"); return;
    case FORM:
        a = doc("附件1.docx");
        field(a, "活动名称", "田间党课");
        return;
    }
}

static void whose(void **state)
{
    static const struct {
        const char *from, *subject;
        Brings brings;
        Whose whose;
    } cases[] = {
        /* tags */
        {WEN, "【报送】文学院党委-读书会", DOCUMENT, WHOSE_CAMPAIGN},
        {WEN, "报送 读书会", NOTHING, WHOSE_CAMPAIGN},
        {STRANGE, "【报送】读书会", DOCUMENT, WHOSE_CAMPAIGN},
        {STRANGE, "报送-读书会", NOTHING, WHOSE_CAMPAIGN},
        {STRANGE, "［推荐］文学院党委－读书会", NOTHING, WHOSE_CAMPAIGN},
        {STRANGE, "转发：【推荐】读书会", DOCUMENT, WHOSE_CAMPAIGN},
        /* everyday words of strangers */
        {STRANGE, "好书 推荐 限时优惠", NOTHING, WHOSE_CORRESPONDENCE},
        {STRANGE, "增值税 申报 电子发票", NOTHING, WHOSE_CORRESPONDENCE},
        {STRANGE, "增值税 申报 电子发票", DOCUMENT, WHOSE_SUSPECT},
        {STRANGE, "【推荐】理财产品", NOTHING, WHOSE_SUSPECT},
        {STRANGE, "推荐书目一览", DOCUMENT, WHOSE_CORRESPONDENCE},
        {STRANGE, "您有一张电子发票", DOCUMENT, WHOSE_CORRESPONDENCE},
        {STRANGE, "系统更新通知", NOTHING, WHOSE_CORRESPONDENCE},
        /* keywords */
        {WEN, "总结", KEYWORD_FILE, WHOSE_CAMPAIGN},
        {WEN, "关于党建 创新 材料", NOTHING, WHOSE_CAMPAIGN},
        {STRANGE, "总结", KEYWORD_FILE, WHOSE_CAMPAIGN},
        {STRANGE, "党建创新培训班火热招生", NOTHING, WHOSE_SUSPECT},
        {STRANGE, "材料", FORM, WHOSE_CORRESPONDENCE},
        {STRANGE, "报送材料", FORM, WHOSE_CAMPAIGN},
        /* a committee's other business */
        {WEN, "关于推荐优秀共产党员的表", DOCUMENT, WHOSE_SUSPECT},
        {WEN, "有关材料", DOCUMENT, WHOSE_SUSPECT},
        {WEN, "下周例会时间", LOGO, WHOSE_CORRESPONDENCE},
        {WEN, "下周例会时间", NOTHING, WHOSE_CORRESPONDENCE},
        {WEN, "实验楼工程进度", NOTHING, WHOSE_CORRESPONDENCE},
        {WEN, "【查询】进度", NOTHING, WHOSE_CAMPAIGN},
        {"shuji@shili.example", "【报送】读书会", DOCUMENT, WHOSE_CAMPAIGN},
        /* ourselves */
        {DESK, "回执：〔CX2014-001〕", NOTHING, WHOSE_OURS},
        {DESK, "【评分】结果", DOCUMENT, WHOSE_STAFF},
        {DESK, "【报送】文学院党委-读书会", DOCUMENT, WHOSE_CAMPAIGN},
        {"", "", NOTHING, WHOSE_CORRESPONDENCE},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        mail(cases[i].from, cases[i].subject);
        bring(cases[i].brings);
        judge();
        if (verdict->whose != cases[i].whose)
            fail_msg("%s: “%s” is %d, not %d", cases[i].from, cases[i].subject, verdict->whose,
                     cases[i].whose);
        if (verdict->whose == WHOSE_SUSPECT) assert_non_null(todo("suspect"));
        if (verdict->whose != WHOSE_CAMPAIGN) assert_null(verdict->receipt);
    }
}

static void form_keyword_and_heading(void **state)
{
    mail(WEN, "材料");
    field(doc("附件1.docx"), "活动类别", "基层党建工作创新");
    assert_int_equal(judge()->whose, WHOSE_CAMPAIGN);
    mail(WEN, "材料");
    put(&doc("附件1.docx")->text, "示例大学\n基层党建　工作创新\n活动总结");
    assert_int_equal(judge()->whose, WHOSE_CAMPAIGN);
}

/* A committee's clerk at home: only the text says what it is. */
static void keyword_in_the_text(void **state)
{
    static const struct {
        const char *text;
        Brings brings;
        Whose whose;
    } cases[] = {
        {"老师好：\n现报上我院基层党建工作创新活动材料。", DOCUMENT, WHOSE_SUSPECT},
        {"老师好：\n现报上我院基层党建工作创新活动材料。", NOTHING, WHOSE_CORRESPONDENCE},
        {"老师好：\n会议材料见附件。", DOCUMENT, WHOSE_CORRESPONDENCE},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        mail(STRANGE, "材料");
        put(&facts->new_text, cases[i].text);
        bring(cases[i].brings);
        assert_int_equal(judge()->whose, cases[i].whose);
        assert_null(verdict->receipt);
    }
}

static void machines(void **state)
{
    mail(WEN, "【报送】读书会");
    doc("读书会.docx");
    const char *id = settle();

    mail(WEN, "自动回复：您好");
    put(&facts->in_reply_to, id);
    facts->automatic = FACTS_AUTO_REPLY;
    assert_int_equal(judge()->whose, WHOSE_AUTOMATIC);
    assert_null(todo("bounce"));

    mail(WEN, "自动回复：回执：〔CX2014-001〕已登记《读书会》"); /* QQ Mail: no header says so */
    assert_int_equal(judge()->whose, WHOSE_AUTOMATIC);
    assert_null(verdict->receipt);

    mail("mailer-daemon@shili.example", "Undelivered Mail Returned to Sender");
    facts->automatic = FACTS_AUTO_BOUNCE;
    put(&facts->bounced, id);
    assert_int_equal(judge()->whose, WHOSE_AUTOMATIC);
    assert_text(todo("bounce"), "文学院党委");
    assert_text(todo("bounce"), WEN);

    mail("mailer-daemon@shili.example", "Undelivered");
    facts->automatic = FACTS_AUTO_BOUNCE;
    assert_int_equal(judge()->whose, WHOSE_CORRESPONDENCE);

    mail("news@list.example", "党建创新巡礼");
    facts->automatic = FACTS_AUTO_BULK;
    doc("党建创新.docx");
    assert_int_equal(judge()->whose, WHOSE_CORRESPONDENCE);
    put(&((FactsMailbox *)facts->from->pdata[0])->address, WEN);
    assert_int_equal(judge()->whose, WHOSE_SUSPECT);
}

static void loops(void **state)
{
    mail(DESK, "回执：〔CX2014-001〕【报送】");
    doc("a.docx");
    put(&facts->loop, "party-2014");
    assert_int_equal(judge()->whose, WHOSE_OURS);
    mail(WEN, "【报送】读书会"); /* somebody's machine copies our headers back */
    doc("a.docx");
    put(&facts->loop, "party-2014");
    assert_int_equal(judge()->whose, WHOSE_CAMPAIGN);
    assert_null(verdict->receipt);
}

static void junk(void **state)
{
    folder = DESK_JUNK;
    mail(STRANGE, "【报送】文学院党委-读书会");
    doc("党建创新.docx");
    assert_int_equal(judge()->whose, WHOSE_CORRESPONDENCE);
    mail(WEN, "【报送】读书会");
    doc("a.docx");
    assert_int_equal(judge()->whose, WHOSE_CAMPAIGN);
    assert_non_null(todo("junk"));
}

static void before_the_start(void **state)
{
    mail(WEN, "【报送】读书会");
    doc("a.docx");
    received_at = at("2014-03-31T23:59:59");
    assert_int_equal(judge()->whose, WHOSE_CORRESPONDENCE);
    received_at = at("2014-04-20");
    put(&facts->received, "2013-05-20T09:00:00+08:00"); /* the mailbox was moved */
    assert_int_equal(judge()->whose, WHOSE_CORRESPONDENCE);
}

static void dedicated_mailbox(void **state)
{
    config->imap.use = MAILBOX_DEDICATED;
    mail(WEN, "有关材料");
    doc("材料.docx");
    assert_int_equal(judge()->whose, WHOSE_SUSPECT);
    assert_non_null(verdict->receipt);
    assert_text(verdict->receipt->text->str, "【报送】");
    assert_int_equal(verdict->items->len, 0);
}

static void committee(void **state)
{
    static const struct {
        const char *from, *subject, *code;
        Certainty certainty;
    } cases[] = {
        {WEN, "【报送】读书会", "W", CERTAINTY_CERTAIN},
        {"WEN@SHILI.example", "【报送】读书会", "W", CERTAINTY_CERTAIN},
        {STRANGE, "【报送】文学院党委-读书会", "W", CERTAINTY_CERTAIN},
        {STRANGE, "【报送】人文学院-读书会", "R", CERTAINTY_CERTAIN},
        {STRANGE, "【报送】人文学院党委读书会", "R", CERTAINTY_CERTAIN},
        {STRANGE, "【报送】数学学院研究生党总支-读书会", "Y", CERTAINTY_CERTAIN},
        {STRANGE, "【报送】数学学院-读书会", "S", CERTAINTY_CERTAIN},
        {STRANGE, "【报送】示例大学文学院读书会", "W", CERTAINTY_CERTAIN},
        {STRANGE, "报送文学院党委党建创新材料 报送", "W", CERTAINTY_CERTAIN},
        /* the tail of a name that the roster does not know; a word of the language */
        {STRANGE, "【报送】外国语言文学院读书会", "W", CERTAINTY_PROBABLE},
        {STRANGE, "【报送】趣味数学党课", "S", CERTAINTY_PROBABLE},
        {STRANGE, "【报送】calibre 读书会", "", CERTAINTY_NONE},
        {STRANGE, "【报送】LIB 读书会", "T", CERTAINTY_CERTAIN},
        {STRANGE, "【报送】文学院与数学学院共建", "", CERTAINTY_NONE},
        {STRANGE, "【报送】文学院-与数学学院党委共建读书会", "W", CERTAINTY_PROBABLE},
        {STRANGE, "【报送】读书会", "", CERTAINTY_NONE},
        /* the address against the subject */
        {WEN, "【报送】数学学院党委-读书会", "S", CERTAINTY_PROBABLE},
        {WEN, "【报送】与数学学院党委联合开展读书会", "W", CERTAINTY_CERTAIN},
        {YAN, "【报送】数学学院研究生党总支-数学学院党委共建", "Y", CERTAINTY_CERTAIN},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        mail(cases[i].from, cases[i].subject);
        doc("材料.docx");
        judge();
        if (strcmp(verdict->committee, cases[i].code) != 0 || verdict->certainty != cases[i].certainty)
            fail_msg("%s “%s”: %s %d, not %s %d", cases[i].from, cases[i].subject, verdict->committee,
                     verdict->certainty, cases[i].code, cases[i].certainty);
        if (verdict->certainty == CERTAINTY_PROBABLE) assert_non_null(todo("verify"));
        if (verdict->certainty == CERTAINTY_NONE) {
            assert_non_null(todo("claim"));
            assert_true(has_problem("unknown-committee"));
        }
    }
}

static void committee_elsewhere(void **state)
{
    mail(STRANGE, "【报送】读书会");
    doc("文学院党委总结.docx");
    assert_string_equal(judge()->committee, "W");
    assert_int_equal(verdict->certainty, CERTAINTY_PROBABLE);

    mail(STRANGE, "【报送】读书会");
    field(doc("总结.docx"), "推荐单位", "数学学院研究生党总支");
    assert_string_equal(judge()->committee, "Y");

    mail(STRANGE, "【报送】读书会");
    doc("总结.docx");
    put(&facts->body,
        "请查收。\n\n图书馆党总支\n联系人戊\n\n------------------ 原始邮件 ------------------\n文学院党委");
    put(&facts->new_text, "请查收。\n\n图书馆党总支\n联系人戊");
    assert_string_equal(judge()->committee, "T");
    assert_int_equal(verdict->certainty, CERTAINTY_PROBABLE);

    mail(STRANGE, "【报送】读书会");
    doc("文学院党委.docx");
    doc("数学学院党委.docx");
    assert_string_equal(judge()->committee, "");
}

/* The address is believed; staff are told that the form says another. */
static void form_of_another(void **state)
{
    static const struct {
        const char *label, *value;
        gboolean told;
    } cases[] = {
        {"推荐单位", "数学学院党委", TRUE}, {"申报单位", "数学学院", TRUE},
        {"推荐单位", "文学院党委", FALSE},  {"推荐单位", "文学院党委、数学学院党委", FALSE},
        {"所在单位", "数学学院", FALSE},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        mail(WEN, "【报送】读书会");
        field(doc("总结.docx"), cases[i].label, cases[i].value);
        assert_string_equal(judge()->committee, "W");
        assert_int_equal(verdict->certainty, CERTAINTY_CERTAIN);
        assert_true(item(0)->counts);
        if (cases[i].told)
            assert_text(todo("verify"), "表格写的是数学学院");
        else
            assert_null(todo("verify"));
    }
}

/* A moved mailbox whose mails lost their Received; a telephone with a wrong clock looks the same. */
static void dated_long_before(void **state)
{
    static const struct {
        const char *date, *received;
        Whose whose;
    } cases[] = {
        {"2009-05-28T10:00:00+08:00", "", WHOSE_SUSPECT},
        {"2014-03-01T10:00:00+08:00", "", WHOSE_SUSPECT},
        {"2014-03-20T10:00:00+08:00", "", WHOSE_CAMPAIGN},
        {"1970-01-01T00:00:00Z", "2014-05-28T10:00:00+08:00", WHOSE_CAMPAIGN},
        {"", "", WHOSE_CAMPAIGN},
    };
    for (gsize i = 0; i < 2 * G_N_ELEMENTS(cases); i++) {
        config->imap.use = i % 2 ? MAILBOX_DEDICATED : MAILBOX_SHARED;
        mail(WEN, "【报送】读书会");
        doc("总结.docx");
        put(&facts->date, cases[i / 2].date);
        put(&facts->received, cases[i / 2].received);
        judge();
        assert_int_equal(verdict->whose, cases[i / 2].whose);
        assert_true((verdict->receipt != NULL) == (cases[i / 2].whose == WHOSE_CAMPAIGN));
        if (verdict->whose == WHOSE_SUSPECT) assert_text(todo("suspect"), "早于活动开始");
    }
    const char *id = (mail(WEN, "【报送】读书会"), doc("总结.docx"), settle());
    mail(WEN, "回复");
    put(&facts->in_reply_to, id);
    put(&facts->date, cases[0].date);
    assert_int_equal(judge()->whose, WHOSE_CAMPAIGN);
}

static void nobody_and_nothing(void **state)
{
    mail("", "【报送】读书会");
    doc("总结.docx");
    judge();
    assert_text(todo("claim"), "发件地址 （未注明） 不在名册内");
    mail(STRANGE, "党建创新培训班火热招生");
    judge();
    assert_int_equal(verdict->whose, WHOSE_SUSPECT);
    assert_text(todo("suspect"), "没有附件");
}

static void strangers_are_unverified(void **state)
{
    mail(STRANGE, "【报送】文学院党委-读书会");
    doc("总结.docx");
    judge();
    assert_true(has_problem("sender-unverified"));
    assert_non_null(todo("verify"));
    assert_true(item(0)->counts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(whose),
        TEST(form_keyword_and_heading),
        TEST(keyword_in_the_text),
        TEST(machines),
        TEST(loops),
        TEST(junk),
        TEST(before_the_start),
        TEST(committee),
        TEST(committee_elsewhere),
        TEST(form_of_another),
        TEST(dedicated_mailbox),
        TEST(dated_long_before),
        TEST(nobody_and_nothing),
        TEST(strangers_are_unverified),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
