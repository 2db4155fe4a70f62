/* Is a mail from whom its From names? */
#include "tests/unit/desk_fixture.h"

#define OURS "mx.shili.example"

/* "mx.shili.example@1 spf=fail/x.example dkim=none": one field. */
static void verified(const char *text)
{
    g_auto(GStrv) words_of_it = g_strsplit(text, " ", -1);
    FactsAuthentication *said = facts_add_authentication(facts->authentication);
    g_auto(GStrv) head = g_strsplit(words_of_it[0], "@", 2);
    put(&said->server, head[0]);
    said->hop = g_ascii_strtoull(head[1], NULL, 10);
    for (char **word = words_of_it + 1; *word; word++) {
        FactsResult *result = facts_add_result(said->results);
        g_auto(GStrv) parts = g_strsplit_set(*word, "=/", 3);
        put(&result->method, parts[0]);
        put(&result->result, parts[1]);
        if (parts[2]) put(&result->domain, parts[2]);
    }
}

static void servers(const char *list)
{
    g_ptr_array_set_size(config->imap.authserv_id, 0);
    if (*list) words(config->imap.authserv_id, list);
}

static void who_is_believed(void **state)
{
    static const struct {
        const char *known, *fields[3];
        gboolean doubted;
    } cases[] = {
        /* our server says so */
        {OURS, {OURS "@1 spf=fail/shili.example dkim=none dmarc=fail/shili.example"}, TRUE},
        {OURS, {OURS "@1 spf=fail/shili.example dkim=none"}, TRUE},
        {OURS, {OURS "@1 spf=hardfail/shili.example"}, TRUE},
        {OURS, {OURS "@1 dmarc=fail dkim=pass/shili.example"}, TRUE},
        {OURS, {OURS "@1 spf=pass/evil.example dkim=pass/evil.example dmarc=none/shili.example"}, TRUE},
        {OURS, {OURS "@1 spf=pass/evil.example dmarc=pass/evil.example"}, TRUE},
        {OURS, {OURS "@1 spf=fail/shili.example dkim=pass/notshili.example"}, TRUE},
        {OURS, {OURS "@1 spf=fail/shili.example dkim=pass/example"}, TRUE},
        {OURS, {OURS "@1 spf=fail/shili.example auth=pass/evil.example"}, TRUE},
        /* it says otherwise, or nothing */
        {OURS, {NULL}, FALSE},
        {OURS, {OURS "@1"}, FALSE},
        {OURS, {OURS "@1 spf=pass/shili.example dkim=pass/shili.example dmarc=pass/shili.example"}, FALSE},
        {OURS, {OURS "@1 spf=pass/shili.example dkim=none"}, FALSE},
        {OURS, {OURS "@1 spf=fail/relay.example dkim=pass/shili.example"}, FALSE},
        {OURS, {OURS "@1 spf=fail/relay.example dkim=fail/list.example dkim=pass/mail.shili.example"}, FALSE},
        {OURS, {OURS "@1 spf=pass/bounce.shili.example"}, FALSE},
        {OURS, {OURS "@1 spf=pass/list.example dmarc=pass/shili.example"}, FALSE},
        {OURS, {OURS "@1 spf=fail/shili.example auth=pass/shili.example"}, FALSE},
        {OURS, {OURS "@1 dmarc=fail/shili.example auth=pass/wen"}, FALSE},
        {OURS, {OURS "@1 spf=softfail/shili.example dkim=temperror dmarc=permerror/shili.example"}, FALSE},
        {OURS, {OURS "@1 spf=none/shili.example dkim=none dmarc=none/shili.example"}, FALSE},
        {OURS, {OURS "@1 spf=pass"}, FALSE}, /* a bounce's empty MAIL FROM */
        /* others say so: not asked */
        {OURS, {"mx.relay.example@1 spf=fail/shili.example dmarc=fail/shili.example"}, FALSE},
        {"-", {OURS "@1 spf=fail/shili.example dmarc=fail/shili.example"}, FALSE},
        /* names */
        {"MX*", {"mx27@3 spf=fail/shili.example"}, TRUE},
        {"mx?,app*", {"mx27@3 spf=fail/shili.example"}, FALSE},
        {"mx?,app*", {"app1@3 spf=fail/shili.example"}, TRUE},
        {"*", {"@1 spf=fail/shili.example"}, TRUE},
        /* what the sender writes beside it: above ours (Coremail puts its field last) or below */
        {"mx27",
         {"mx27@1 spf=pass/shili.example dkim=pass/shili.example", "mx27@1 spf=fail/shili.example"},
         TRUE},
        {"mx27", {"mx27@1 spf=fail/shili.example", "mx27@1 auth=pass/wen dmarc=pass/shili.example"}, TRUE},
        /* above the first Received only our servers write: one field for each method */
        {OURS,
         {OURS "@0 dkim=pass/shili.example", OURS "@0 spf=fail/relay.example", "other@0 dmarc=fail"},
         FALSE},
        {OURS, {OURS "@0 spf=fail/shili.example", OURS "@0 dkim=fail/shili.example"}, TRUE},
        {OURS, {OURS "@0 spf=fail/shili.example", OURS "@1 dkim=pass/shili.example"}, TRUE},
        /* no server is named: a failed DMARC, whoever says so */
        {"", {"any@2 spf=fail/shili.example dmarc=fail/shili.example"}, TRUE},
        {"", {"any@1 spf=fail/shili.example dkim=none"}, FALSE},
        {"", {"any@1 spf=pass/evil.example dmarc=pass/evil.example"}, FALSE},
        {"", {"any@0 dmarc=fail/shili.example auth=pass/wen"}, FALSE},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        servers(cases[i].known);
        mail(WEN, "【报送】文学院党委-读书会");
        doc("材料.docx");
        for (guint k = 0; k < G_N_ELEMENTS(cases[i].fields) && cases[i].fields[k]; k++)
            verified(cases[i].fields[k]);
        judge();
        if (has_problem("sender-unverified") != cases[i].doubted ||
            (verdict->certainty == CERTAINTY_PROBABLE) != cases[i].doubted)
            fail_msg("“%s”, %s %s: %s", cases[i].known, cases[i].fields[0], cases[i].fields[1],
                     cases[i].doubted ? "believed" : "doubted");
    }
}

/* It is registered and answered all the same: to the address itself, which learns that somebody used it. */
static void a_forged_mail(void **state)
{
    servers(OURS);
    mail(WEN, "【报送】文学院党委-读书会");
    mailbox(facts->reply_to, "", "evil@evil.example");
    doc("材料.docx");
    verified(OURS "@1 spf=fail/shili.example dkim=none dmarc=fail/shili.example");
    judge();
    assert_int_equal(verdict->whose, WHOSE_CAMPAIGN);
    assert_string_equal(verdict->committee, "W");
    assert_int_equal(verdict->certainty, CERTAINTY_PROBABLE);
    assert_true(item(0)->counts);
    assert_text(todo("verify"), WEN);
    assert_text(todo("verify"), "DMARC 验证未通过");
    assert_string_equal(verdict->receipt->to, WEN);
    const char *text = verdict->receipt->text->str;
    assert_text(text, "文学院党委（待核实）");
    assert_text(text, "发件人身份待核实");
    assert_text(text, "DMARC");
}

/* Strangers, the department's own address, and what needs a look beside submissions. */
static void others(void **state)
{
    servers(OURS);
    mail(STRANGE, "【报送】文学院党委-读书会");
    doc("材料.docx");
    verified(OURS "@1 spf=fail/qq.example");
    assert_int_equal(judge()->certainty, CERTAINTY_PROBABLE);
    assert_text(todo("verify"), "SPF 验证未通过");

    mail(DESK, "【报送】文学院党委-读书会");
    doc("材料.docx");
    verified(OURS "@1 spf=pass/evil.example");
    judge();
    assert_int_equal(verdict->certainty, CERTAINTY_PROBABLE);
    assert_text(todo("verify"), "实际发信域是 evil.example");
    assert_null(verdict->receipt);

    mail(WEN, "【撤回】读书会");
    verified(OURS "@1 dmarc=fail/shili.example");
    judge();
    assert_non_null(todo("withdraw"));
    assert_non_null(todo("verify"));

    mail("", "报送");
    verified(OURS "@1 dmarc=fail/shili.example");
    judge();
    assert_false(has_problem("sender-unverified"));
}

/* A dead address is not alive because somebody writes in its name. */
static void a_dead_address(void **state)
{
    servers(OURS);
    gint64 *since = g_new(gint64, 1);
    *since = received_at - 3600;
    g_hash_table_insert(book->dead, g_strdup(WEN), since);
    for (guint forged = 0; forged < 2; forged++) {
        mail(WEN, "【报送】读书会");
        doc("材料.docx");
        verified(forged ? OURS "@1 dmarc=fail/shili.example" : OURS "@1 dmarc=pass/shili.example");
        assert_string_equal(judge()->alive, forged ? "" : WEN);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(who_is_believed), TEST(a_forged_mail), TEST(others),
                                       TEST(a_dead_address)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
