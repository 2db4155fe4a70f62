/* Bounces: which letter came back, which address is dead, who is written to instead, and who is alive again.
 */
#include "tests/unit/desk_fixture.h"

#define ID "0123456789abcdef0123456789abcdef01234567@shili.example"

static void reminded(const char *id, const char *to, const char *cc, const char *committee)
{
    BookLetter *letter = book_letter_new();
    put(&letter->message_id, id);
    put(&letter->to, to);
    put(&letter->cc, cc);
    put(&letter->committee, committee);
    book_add_letter(book, letter);
}

static void bounce(const char *from, const char *subject, const char *body)
{
    mail(from, subject);
    facts->automatic = FACTS_AUTO_BOUNCE;
    put(&facts->body, body);
}

static void report(const char *text)
{
    FactsAttachment *part = attach_to(facts->attachments, "", "text/plain", 400, text);
    put(&part->declared_type, "message/delivery-status");
    put(&part->text, text);
}

static void expect_dead(const char *address)
{
    assert_int_equal(judge()->whose, WHOSE_AUTOMATIC);
    assert_null(verdict->receipt);
    if (!address) {
        assert_int_equal(verdict->dead->len, 0);
        return;
    }
    if (verdict->dead->len != 1) fail_msg("%u dead addresses", verdict->dead->len);
    assert_string_equal(verdict->dead->pdata[0], address);
}

static void a_report_names_one_of_two(void **state)
{
    reminded(ID, WEN, WEN2, "W");
    bounce("mailer-daemon@shili.example", "Undelivered Mail Returned to Sender", "could not be delivered");
    put(&facts->bounced, ID);
    report("Reporting-MTA: dns; mx.shili.example\n\nFinal-Recipient: rfc822; " WEN "\nAction: failed\n"
           "Status: 5.1.1\n\nFinal-Recipient: rfc822; " WEN2 "\nAction: relayed\nStatus: 2.0.0");
    expect_dead(WEN);
    assert_text(todo("bounce"), "文学院党委");
    assert_text(todo("bounce"), WEN " 已停用");
    assert_text(todo("bounce"), "改发 " WEN2);
}

static void what_passes_kills_nobody(void **state)
{
    static const char *const passing[] = {
        "Final-Recipient: rfc822; " WEN "\nAction: delayed\nStatus: 4.4.1\nWill-Retry-Until: later",
        "Final-Recipient: rfc822; " WEN
        "\nAction: failed\nStatus: 5.2.2\nDiagnostic-Code: smtp; 552 over quota",
        "Final-Recipient: rfc822; " WEN "\nAction: failed\nStatus: 5.7.1\nDiagnostic-Code: smtp; 550 spam",
        "Final-Recipient: rfc822; " WEN "\nAction: failed\nStatus: 4.4.7\nDiagnostic-Code: smtp; timed out",
    };
    reminded(ID, WEN, WEN2, "W");
    for (gsize i = 0; i < G_N_ELEMENTS(passing); i++) {
        bounce("mailer-daemon@shili.example", "Undelivered", "");
        put(&facts->bounced, ID);
        report(passing[i]);
        expect_dead(NULL);
        assert_text(todo("bounce"), WEN);
        assert_no_text(todo("bounce"), "已停用");
    }
}

#define FAILED "Final-Recipient: rfc822; " WEN "\nAction: failed\nStatus: "

/* Whether the report of each kills the address. */
static void only_evidence_kills(void **state)
{
    static const struct {
        const char *report;
        gboolean dead;
    } rows[] = {
        {FAILED "5.1.1", TRUE},
        {FAILED "5.1.2", TRUE},
        {FAILED "5.1.3 (bad syntax)", TRUE},
        {FAILED "5.1.10\nDiagnostic-Code: smtp; 550 5.1.10 RESOLVER.ADR.RecipientNotFound", TRUE},
        {FAILED "5.0.0\nDiagnostic-Code: smtp; 550 User not found: wen", TRUE},
        {FAILED "5.0.0\nDiagnostic-Code: smtp; 550 User not exist", TRUE},
        {FAILED "5.0.0\nDiagnostic-Code: smtp; 550 Unrouteable address", TRUE},
        {FAILED "5.0.0\nDiagnostic-Code: smtp; 550 收件人不存在", TRUE},
        {FAILED "5.0.0", FALSE},
        {FAILED "5.1.7\nDiagnostic-Code: smtp; 550 bad sender", FALSE},
        {FAILED "5.1.8", FALSE},
        {FAILED "5.0.0\nDiagnostic-Code: smtp; 550 Mail content denied. http://service.mail.qq.example/1",
         FALSE},
        {FAILED "5.0.0\nDiagnostic-Code: smtp; 554 MI:SPB 163 smtp", FALSE},
        {FAILED "5.4.1\nDiagnostic-Code: smtp; 550 5.4.1 Recipient address rejected: Access denied", FALSE},
        {FAILED "5.4.4\nDiagnostic-Code: smtp; host not found", FALSE},
        {FAILED "5.0.0\nDiagnostic-Code: smtp; 552 Message content rejected", FALSE},
        {FAILED "5.0.0\nDiagnostic-Code: smtp; 550 Connection denied", FALSE},
        {FAILED "5.0.0\nDiagnostic-Code: smtp; 554 refused [10.5.1.1] 25.1.1.10", FALSE},
        {FAILED "4.0.0\nDiagnostic-Code: smtp; connect to mx timed-out, user unknown or away", FALSE},
        {FAILED "5.7.1\nDiagnostic-Code: smtp; 554 spam, or no such user", FALSE},
    };
    reminded(ID, WEN, WEN2, "W");
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        bounce("mailer-daemon@shili.example", "Undelivered", "");
        put(&facts->bounced, ID);
        report(rows[i].report);
        judge();
        if (verdict->dead->len != (rows[i].dead ? 1 : 0)) fail_msg("%s", rows[i].report);
        assert_text(todo("bounce"), WEN);
    }
}

static void a_list_of_possible_reasons(void **state)
{
    reminded(ID, WEN, WEN2, "W");
    bounce("postmaster@qq.example", "系统退信",
           "无法发送到 " WEN "\n可能的原因：地址不存在，或邮件被对方拒收。\nMessage-ID: <" ID ">");
    expect_dead(NULL);
    /* the letter that came back is not what the machine says */
    bounce("mailer-daemon@mx.example", "failure notice",
           "<" WEN ">:\nSorry, no mailbox here by that name.\n\n--- Below this line is a copy of the "
           "message.\n\nMessage-ID: <" ID ">\nX-Spam-Status: No\n");
    expect_dead(WEN);
}

static void letters_in_chinese(void **state)
{
    reminded(ID, WEN, WEN2, "W");
    bounce("postmaster@qq.example", "系统退信",
           "无法发送到 " WEN2 "\n收件人邮件地址不存在，邮件无法送达。\n主题：提醒：创新活动总结材料还缺1项");
    expect_dead(WEN2);
    assert_string_equal(verdict->committee, "W");
    /* quoting our Message-ID is enough */
    bounce("postmaster@163.example", "系统退信", "收件人 " WEN " 不存在。\nMessage-ID: <" ID ">");
    expect_dead(WEN);
}

static void other_peoples_bounces(void **state)
{
    reminded(ID, WEN, "", "W");
    bounce("postmaster@qq.example", "系统退信", "无法发送到 " WEN "\n主题：下周例会");
    assert_int_equal(judge()->whose, WHOSE_CORRESPONDENCE);
    assert_int_equal(verdict->dead->len, 0);
    bounce("postmaster@qq.example", "系统退信", "无法发送到 x" WEN "\n主题：创新活动");
    assert_int_equal(judge()->whose, WHOSE_CORRESPONDENCE);
}

static void reminders_go_to_the_next(void **state)
{
    now_at = at("2014-05-26T09:30");
    book_mark_dead(book, WEN, now_at);
    book_mark_dead(book, SHU, now_at);
    g_autoptr (GPtrArray) unreachable = g_ptr_array_new_with_free_func(g_free);
    g_autoptr (GPtrArray) letters = desk_remind(config, book, now_at, unreachable);
    const Letter *first = letters->pdata[0];
    assert_string_equal(first->committee, "W");
    assert_string_equal(first->to, WEN2);
    assert_int_equal(first->cc->len, 0);
    gboolean named = FALSE;
    for (guint i = 0; i < unreachable->len; i++) named |= strcmp(unreachable->pdata[i], "S") == 0;
    assert_true(named);
}

static void who_writes_is_alive(void **state)
{
    book_mark_dead(book, WEN, received_at - 3600);
    mail("WEN@shili.example", "【报送】读书会");
    doc("读书会.docx");
    judge();
    assert_string_equal(verdict->alive, WEN);
    assert_non_null(verdict->receipt);
    received_at -= 7200; /* it was written before the bounce */
    judge();
    assert_string_equal(verdict->alive, "");
    received_at += 7200;
    facts->automatic = FACTS_AUTO_REPLY;
    judge();
    assert_string_equal(verdict->alive, "");
}

/* Another instance whose headers a gateway has removed: its subject is still that of a machine. */
static void a_receipt_is_not_answered(void **state)
{
    static const char *const ours[] = {"回执：〔CX2014-003〕已登记《创新活动》",
                                       "提醒：创新活动总结材料还缺1项"};
    for (gsize i = 0; i < G_N_ELEMENTS(ours); i++) {
        mail(WEN, ours[i]);
        judge();
        assert_null(verdict->receipt);
        g_autofree char *reply = g_strconcat("回复：", ours[i], NULL);
        mail(WEN, reply);
        put(&facts->body, "第二项材料何时能登记？请告知。");
        judge();
        assert_non_null(verdict->receipt);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_report_names_one_of_two), TEST(what_passes_kills_nobody), TEST(letters_in_chinese),
        TEST(other_peoples_bounces),     TEST(reminders_go_to_the_next), TEST(who_writes_is_alive),
        TEST(a_receipt_is_not_answered), TEST(only_evidence_kills),      TEST(a_list_of_possible_reasons),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
