/* test_smtp.c - what became of a mail, against every way in which a server can say no or say nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "daemon/net/smtp.h"
#include "fake_server.h"

#define LINE 1024

/* Replies; NULL = the usual; "" = hang up without a word. */
typedef struct Script {
    const char *greeting, *auth, *mail, *rcpt, *data, *dot;
    gboolean offers_auth;
    guint one_mail;   /* the connection takes so many mails, then closes at the next MAIL; 0 = any number */
    const char *then; /* what it says at that MAIL */
    guint seconds;    /* deadline of the client; 0 = long enough for a slow machine */
    const char *ehlo; /* to EHLO and HELO; "full" = refuses what is neither full name nor own address */
    int body;         /* descriptor to which the mail's body goes as it was received, or 0 */
} Script;

/* --- the server ------------------------------------------------------------------------------- */

static gboolean say(FILE *stream, const char *ours, const char *usual)
{
    const char *text = ours != NULL ? ours : usual;
    fake_say(stream, text);
    return *text != '\0';
}

static gboolean take_body(FILE *stream, const Script *script)
{
    g_autoptr (GString) body = g_string_new(NULL);
    while (!g_str_has_suffix(body->str, "\r\n.\r\n")) {
        int c = fgetc(stream);
        if (c == EOF) return FALSE;
        g_string_append_c(body, (char)c);
    }
    if (script->body > 0 && write(script->body, body->str, body->len) < 0) return FALSE;
    return say(stream, script->dot, "250 queued\r\n");
}

static gboolean take_data(FILE *stream, const Script *script)
{
    if (!say(stream, script->data, "354 go\r\n")) return FALSE;
    return script->data != NULL || take_body(stream, script);
}

static gboolean take_auth(FILE *stream, const Script *script)
{
    char line[LINE];
    fake_say(stream, "334 \r\n");
    return fake_hear(stream, line, LINE) != NULL && say(stream, script->auth, "235 in\r\n");
}

static const char *refusal_of_name(const char *line, const Script *script)
{
    if (g_strcmp0(script->ehlo, "full") != 0) return script->ehlo;
    const char *host = g_get_host_name(), *name = line + strlen("EHLO ");
    gboolean right = strcmp(name, strchr(host, '.') != NULL ? host : "[127.0.0.1]") == 0;
    return right ? NULL : "504 5.5.2 need fully-qualified hostname\r\n";
}

static gboolean command(FILE *stream, const char *line, const Script *script, guint *mails)
{
    gboolean names = g_str_has_prefix(line, "EHLO") || g_str_has_prefix(line, "HELO");
    if (names && refusal_of_name(line, script) != NULL)
        return say(stream, refusal_of_name(line, script), NULL);
    if (g_str_has_prefix(line, "EHLO"))
        return say(stream,
                   script->offers_auth ? "250-x\r\n250 AUTH PLAIN\r\n" : "250-x\r\n250 SIZE 1000000\r\n",
                   NULL);
    if (g_str_has_prefix(line, "AUTH")) return take_auth(stream, script);
    if (g_str_has_prefix(line, "MAIL")) {
        if (script->one_mail > 0 && ++*mails > script->one_mail) {
            fake_say(stream, script->then);
            return FALSE;
        }
        return say(stream, script->mail, "250 ok\r\n");
    }
    gboolean closes = strstr(line, "<away") != NULL || strstr(line, "<busy") != NULL;
    if (g_str_has_prefix(line, "RCPT"))
        return (say(stream,
                    strstr(line, "<bad") != NULL    ? "450-4.2.1 box\r\n450 4.2.1 busy\r\n"
                    : strstr(line, "<gone") != NULL ? "550 5.1.1 no such user\r\n"
                    : strstr(line, "<away") != NULL ? "521 5.7.1 go away\r\n"
                    : strstr(line, "<busy") != NULL ? "421 4.7.0 closing\r\n"
                    : strstr(line, "<club") != NULL ? "554 5.7.1 Sender address rejected: Access denied\r\n"
                                                    : script->rcpt,
                    "250 ok\r\n") &&
                !closes);
    if (g_str_has_prefix(line, "DATA")) return take_data(stream, script);
    if (g_str_has_prefix(line, "QUIT")) return say(stream, "221 bye\r\n", NULL);
    return say(stream, "250 ok\r\n", NULL);
}

static void serve(FILE *stream, gconstpointer data)
{
    const Script *script = data;
    char line[LINE];
    guint mails = 0;
    if (!say(stream, script->greeting, "220 hello\r\n")) return;
    while (fake_hear(stream, line, LINE) != NULL && command(stream, line, script, &mails)) continue;
}

/* --- the client ------------------------------------------------------------------------------- */

static const char *const one[] = {"a@a.example", NULL};
static const char *const three[] = {"a@a.example", "bad@a.example", "b@a.example", NULL};

typedef struct Try {
    FakeServer server;
    SmtpSession *session;
} Try;

static Try start(const Script *script)
{
    Try try = {.server = fake_start(serve, script)};
    char password[] = "secret";
    g_autofree char *url = g_strdup_printf("smtp://127.0.0.1:%u", try.server.port);
    NetEndpoint endpoint = {.url = url,
                            .user = script->offers_auth ? "u" : NULL,
                            .password = password,
                            .command_timeout_seconds = script->seconds > 0 ? script->seconds : 60};
    try.session = smtp_open(&endpoint, NULL);
    assert_non_null(try.session);
    assert_string_equal(password, "");
    return try;
}

static void stop(Try *try)
{
    smtp_close(try->session);
    fake_stop(&try->server);
}

static SmtpResult *send_to(SmtpSession *session, const char *const *recipients)
{
    g_autoptr (GBytes) mail = g_bytes_new_static("Subject: x\r\n\r\nline\r\n", 20);
    return smtp_send(session, &(SmtpEnvelope){.from = "desk@b.example", .recipients = recipients}, mail);
}

static void expect(Script script, SmtpOutcome outcome, int code, const char *text, int error)
{
    Try try = start(&script);
    g_autoptr (SmtpResult) result = send_to(try.session, one);
    if (result->outcome != outcome || result->code != code || strstr(result->text, text) == NULL)
        fail_msg("outcome %d code %d text %s instead of %s", result->outcome, result->code, result->text,
                 text);
    assert_int_equal(result->error == NULL ? -1 : result->error->code, error);
    stop(&try);
}

static void accepted(void **state)
{
    expect((Script){0}, SMTP_ACCEPTED, 250, "250 queued", -1);
    expect((Script){.offers_auth = TRUE}, SMTP_ACCEPTED, 250, "250 queued", -1);
    expect((Script){.ehlo = "full"}, SMTP_ACCEPTED, 250, "250 queued", -1);
}

static void fate_of_the_mail(void **state)
{
    expect((Script){.rcpt = "550 \xb7\xa2\xbc\xfe\xc8\xcb\r\n"}, SMTP_PERMANENT, 550, "550 发件人",
           -1); /* GBK */
    expect((Script){.rcpt = "550-5.1.1 no such\r\n550 5.1.1 user\r\n"}, SMTP_PERMANENT, 550,
           "no such 5.1.1 user", -1);
    expect((Script){.rcpt = "450 later\r\n"}, SMTP_TEMPORARY, 450, "later", -1);
    expect((Script){.data = "554 no\r\n"}, SMTP_PERMANENT, 554, "554 no", -1);
    expect((Script){.dot = "550 spam\x1b[31m\r\n"}, SMTP_PERMANENT, 550, "550 spam\\x1B[31m", -1);
    expect((Script){.dot = "452 full\r\n"}, SMTP_TEMPORARY, 452, "452 full", -1);
}

static void trouble_of_the_server(void **state)
{
    expect((Script){.greeting = "421 busy\r\n"}, SMTP_TEMPORARY, 0, "421 busy", NET_ERROR_CONNECT);
    expect((Script){.ehlo = "550 5.7.1 not from there\r\n"}, SMTP_TEMPORARY, 0,
           "turned us away: \"550 5.7.1 not", NET_ERROR_CONNECT);
    expect((Script){.greeting = "554-go\r\n554 away\r\n"}, SMTP_TEMPORARY, 0, "554 go away",
           NET_ERROR_CONNECT);
    /* the sender is the same in all letters: none fails for him, and a person is told */
    expect((Script){.mail = "553 Mail from must equal authorized user\r\n"}, SMTP_TEMPORARY, 553,
           "authorized", NET_ERROR_AUTH);
    expect((Script){.mail = "450 4.7.1 Error: too much mail from 127.0.0.1\r\n"}, SMTP_TEMPORARY, 450,
           "too much mail", NET_ERROR_CONNECT);
    expect((Script){.mail = "552 5.3.4 too large\r\n"}, SMTP_PERMANENT, 552, "too large", -1);
    expect((Script){.mail = "530 login first\r\n"}, SMTP_TEMPORARY, 530, "login first", NET_ERROR_AUTH);
    expect((Script){.mail = "421 closing\r\n"}, SMTP_TEMPORARY, 421, "closing", NET_ERROR_CONNECT);
    expect((Script){.auth = "535-5.7.8 no\r\n535 \xca\xda\xc8\xa8\xc2\xeb\r\n", .offers_auth = TRUE},
           SMTP_TEMPORARY, 0, "535 5.7.8 no 授权码", NET_ERROR_AUTH);
    expect((Script){.auth = "454 later\r\n", .offers_auth = TRUE}, SMTP_TEMPORARY, 0, "454 later",
           NET_ERROR_CONNECT);
    expect((Script){.mail = ""}, SMTP_TEMPORARY, 0, "127.0.0.1:", NET_ERROR_CLOSED);
    expect((Script){.rcpt = ""}, SMTP_TEMPORARY, 0, "127.0.0.1:", NET_ERROR_CLOSED);
}

/* An answer to bytes that nobody said comes first, and is taken for the answer to our command. */
static void out_of_step(void **state)
{
    expect((Script){.mail = "500 what?\r\n"}, SMTP_TEMPORARY, 500, "500 what?", -1);
    expect((Script){.rcpt = "500 what?\r\n"}, SMTP_TEMPORARY, 500, "500 what?", -1);
    expect((Script){.data = "502 cannot\r\n"}, SMTP_TEMPORARY, 502, "502 cannot", -1);
    expect((Script){.rcpt = "501 Syntax: MAIL FROM: <address>\r\n"}, SMTP_TEMPORARY, 501, "MAIL FROM", -1);
    expect((Script){.rcpt = "501 5.1.3 syntax\r\n"}, SMTP_PERMANENT, 501, "syntax", -1);
    expect((Script){.mail = "503 not now\r\n"}, SMTP_TEMPORARY, 503, "503 not now", NET_ERROR_PROTOCOL);
}

/* Refused where the recipient is asked for, or the text has come, and not because of them. */
static void against_us(void **state)
{
    expect((Script){.rcpt = "554 5.7.1 <desk@b.example>: Sender address rejected: not owned by user u\r\n"},
           SMTP_TEMPORARY, 554, "not owned by user u", NET_ERROR_AUTH);
    expect((Script){.dot = "553 Mail from must equal authorized user\r\n"}, SMTP_TEMPORARY, 553, "must equal",
           NET_ERROR_AUTH);
    expect((Script){.rcpt = "504 5.5.2 <vm>: Helo command rejected: need fully-qualified hostname\r\n"},
           SMTP_TEMPORARY, 504, "Helo command", NET_ERROR_AUTH);
    expect((Script){.rcpt = "450 4.7.1 Client host rejected: cannot find your hostname\r\n"}, SMTP_TEMPORARY,
           450, "cannot find", NET_ERROR_CONNECT);
    expect((Script){.rcpt =
                        "550 5.1.1 <a@a.example>: Recipient address rejected: undeliverable address: host "
                        "mx.a.example said: 550 Client host rejected\r\n"},
           SMTP_PERMANENT, 550, "undeliverable", -1);
    expect((Script){.rcpt = "450 4.7.1 <unknown[192.0.2.1]>: Client host rejected: Greylisted\r\n"},
           SMTP_TEMPORARY, 450, "Greylisted", -1);
}

/* One of two says what he has against the sender; and one takes no mail from outside, as others do. */
static void against_us_or_not(void **state)
{
    static const char *const two[] = {"club@a.example", "gone@a.example", NULL};
    static const char *const club[] = {"club@a.example", NULL}, *const other[] = {"club2@a.example", NULL};
    Script script = {0};
    Try try = start(&script);
    g_autoptr (SmtpResult) first = send_to(try.session, two);
    assert_int_equal(first->outcome, SMTP_TEMPORARY);
    assert_int_equal(first->error->code, NET_ERROR_AUTH);
    g_autoptr (SmtpResult) taken = send_to(try.session, one);
    assert_int_equal(taken->outcome, SMTP_ACCEPTED);
    g_autoptr (SmtpResult) then = send_to(try.session, club);
    assert_int_equal(then->outcome, SMTP_PERMANENT);
    assert_null(then->error);
    g_autoptr (SmtpResult) again = send_to(try.session, club);
    assert_int_equal(again->outcome, SMTP_PERMANENT); /* what he said before is no news */
    assert_null(again->error);
    g_autoptr (SmtpResult) next = send_to(try.session, other);
    assert_int_equal(next->error->code, NET_ERROR_AUTH); /* the next one, too: so it is us */
    assert_true(next->doubtful);
    g_autoptr (SmtpResult) more = send_to(try.session, one);
    assert_int_equal(more->outcome, SMTP_ACCEPTED);
    g_autoptr (SmtpResult) both = send_to(try.session, two);
    assert_int_equal(both->outcome, SMTP_PERMANENT);
    assert_int_equal(both->code, 554); /* what the first of the letter's addresses was told */
    stop(&try);
    /* whatever it took before: MAIL names no recipient */
    Script locks = {.one_mail = 1, .then = "550 5.7.1 <desk@b.example>: Sender address rejected: locked\r\n"};
    try = start(&locks);
    g_autoptr (SmtpResult) before = send_to(try.session, one);
    assert_int_equal(before->outcome, SMTP_ACCEPTED);
    g_autoptr (SmtpResult) locked = send_to(try.session, one);
    assert_int_equal(locked->outcome, SMTP_TEMPORARY);
    assert_int_equal(locked->error->code, NET_ERROR_AUTH);
    assert_false(locked->doubtful);
    stop(&try);
}

static void nobody_knows(void **state)
{
    expect((Script){.dot = ""}, SMTP_UNKNOWN, 0, "127.0.0.1:", NET_ERROR_CLOSED);
    expect((Script){.dot = "\r", .seconds = 1}, SMTP_UNKNOWN, 0, "no answer in time", NET_ERROR_TIMEOUT);
}

static void some_recipients(void **state)
{
    Script script = {0};
    Try try = start(&script);
    g_autoptr (SmtpResult) result = send_to(try.session, three);
    assert_int_equal(result->outcome, SMTP_ACCEPTED);
    assert_int_equal(result->refused->len, 1);
    const SmtpRefusal *refusal = result->refused->pdata[0];
    assert_string_equal(refusal->address, "bad@a.example");
    assert_int_equal(refusal->code, 450);
    assert_non_null(strstr(refusal->text, "busy"));
    stop(&try);

    Script mixed = {.rcpt = "550 never\r\n"}; /* all refused, one of them for now: try again */
    try = start(&mixed);
    g_autoptr (SmtpResult) second = send_to(try.session, three);
    assert_int_equal(second->outcome, SMTP_TEMPORARY);
    assert_int_equal(second->refused->len, 3);
    stop(&try);
}

static gboolean never(gpointer asked)
{
    ++*(guint *)asked;
    return FALSE;
}

/* Whoever lost the lease while the server was slow to answer sends no text. */
static void too_late(void **state)
{
    int got[2];
    char text[100];
    guint asked = 0;
    assert_int_equal(pipe(got), 0);
    Script script = {.body = got[1]};
    Try try = start(&script);
    g_autoptr (GBytes) mail = g_bytes_new_static("Subject: x\r\n\r\nline\r\n", 20);
    SmtpEnvelope envelope = {.from = "desk@b.example", .recipients = one, .may_send = never, .data = &asked};
    g_autoptr (SmtpResult) result = smtp_send(try.session, &envelope, mail);
    assert_int_equal(result->outcome, SMTP_TEMPORARY);
    assert_true(g_error_matches(result->error, NET_ERROR, NET_ERROR_TIMEOUT));
    assert_int_equal(asked, 1);
    stop(&try);
    close(got[1]);
    assert_int_equal(read(got[0], text, sizeof text), 0); /* no final dot came */
    close(got[0]);
}

/* The final dot is said only for whom it is worth it. */
static void all_or_nobody(void **state)
{
    static const struct {
        const char *const recipients[3];
        gboolean together;
        SmtpOutcome outcome;
        int code;
    } tries[] = {
        {{"a@a.example", "b@a.example"}, TRUE, SMTP_ACCEPTED, 250},
        {{"a@a.example", "bad@a.example"}, FALSE, SMTP_ACCEPTED, 250},
        {{"a@a.example", "bad@a.example"}, TRUE, SMTP_TEMPORARY, 450},
        {{"bad@a.example"}, FALSE, SMTP_TEMPORARY, 450}, /* the copy alone would prove what is not so */
        {{"gone@a.example"}, FALSE, SMTP_PERMANENT, 550},
        {{"gone@a.example", "bad@a.example"}, FALSE, SMTP_TEMPORARY, 450},
        {{"gone@a.example", "a@a.example"}, TRUE, SMTP_ACCEPTED, 250},
    };
    Script script = {0};
    Try try = start(&script);
    g_autoptr (GBytes) mail = g_bytes_new_static("Subject: x\r\n\r\nline\r\n", 20);
    for (gsize i = 0; i < G_N_ELEMENTS(tries); i++) {
        SmtpEnvelope envelope = {.from = "desk@b.example",
                                 .recipients = tries[i].recipients,
                                 .copy_to = "desk@b.example",
                                 .together = tries[i].together};
        g_autoptr (SmtpResult) result = smtp_send(try.session, &envelope, mail);
        if (result->outcome != tries[i].outcome || result->code != tries[i].code || result->error)
            fail_msg("try %zu: outcome %d, %s", i, result->outcome, result->text);
    }
    stop(&try);
}

/* A server that closes with the refusal of one recipient: the others get the letter all the same. */
static void one_that_ends_the_connection(void **state)
{
    static const struct {
        const char *const recipients[4];
        gboolean together;
        SmtpOutcome outcome;
        int code;
        guint refused;
    } tries[] = {
        {{"a@a.example", "away@a.example"}, TRUE, SMTP_ACCEPTED, 250, 1},
        {{"away@a.example", "a@a.example", "away2@a.example"}, TRUE, SMTP_ACCEPTED, 250, 2},
        {{"a@a.example", "gone@a.example", "away@a.example"}, TRUE, SMTP_ACCEPTED, 250, 2},
        {{"away@a.example", "away2@a.example"}, TRUE, SMTP_PERMANENT, 521, 2},
        {{"a@a.example", "busy@a.example"}, TRUE, SMTP_TEMPORARY, 421, 1},
        {{"a@a.example", "busy@a.example"}, FALSE, SMTP_ACCEPTED, 250, 1},
        {{"a@a.example", "away@历史.example"}, TRUE, SMTP_ACCEPTED, 250, 1}, /* RCPT says xn--… */
    };
    Script script = {0};
    g_autoptr (GBytes) mail = g_bytes_new_static("Subject: x\r\n\r\nline\r\n", 20);
    for (gsize i = 0; i < G_N_ELEMENTS(tries); i++) {
        Try try = start(&script);
        SmtpEnvelope envelope = {
            .from = "desk@b.example", .recipients = tries[i].recipients, .together = tries[i].together};
        g_autoptr (SmtpResult) result = smtp_send(try.session, &envelope, mail);
        if (result->outcome != tries[i].outcome || result->code != tries[i].code || result->error ||
            result->refused->len != tries[i].refused)
            fail_msg("try %zu: outcome %d, %u refused, %s", i, result->outcome, result->refused->len,
                     result->text);
        stop(&try);
    }
}

static void one_connection(void **state)
{
    static const Script scripts[] = {
        {0}, {.one_mail = 1, .then = ""}, {.one_mail = 1, .then = "421 idle too long\r\n"}};
    for (gsize i = 0; i < G_N_ELEMENTS(scripts); i++) {
        Try try = start(&scripts[i]);
        for (int mail = 0; mail < 3; mail++) { /* a connection that went stale is replaced, unnoticed */
            g_autoptr (SmtpResult) result = send_to(try.session, one);
            assert_int_equal(result->outcome, SMTP_ACCEPTED);
        }
        Script refused = {.rcpt = "550 no\r\n"};
        stop(&try);
        try = start(&refused); /* a refusal does not spoil what follows */
        for (int mail = 0; mail < 2; mail++) {
            g_autoptr (SmtpResult) result = send_to(try.session, one);
            assert_int_equal(result->outcome, SMTP_PERMANENT);
        }
        stop(&try);
    }
}

static void line_ends_and_dots(void **state)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    Script script = {.body = ends[1]};
    Try try = start(&script);
    g_autoptr (GBytes) mail = g_bytes_new_static("Subject: x\n\n.\r\n..\rbare\n.end", 27);
    g_autoptr (SmtpResult)
        result = smtp_send(try.session, &(SmtpEnvelope){.from = "", .recipients = one}, mail);
    assert_int_equal(result->outcome, SMTP_ACCEPTED);
    char body[LINE] = "";
    assert_true(read(ends[0], body, sizeof body - 1) > 0);
    assert_string_equal(body, "Subject: x\r\n\r\n..\r\n...\r\nbare\r\n..end\r\n.\r\n");
    stop(&try);
    close(ends[0]);
    close(ends[1]);
}

static void addresses_that_inject(void **state)
{
    static const char *const wrong[] = {"a@a.example>\r\nRCPT TO:<b@b.example", "a b@a.example",
                                        "<a@a.example>", "", "a@a.example\n"};
    Script script = {0};
    Try try = start(&script);
    for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
        const char *const recipients[] = {"a@a.example", wrong[i], NULL};
        g_autoptr (SmtpResult) result = send_to(try.session, recipients);
        assert_int_equal(result->outcome, SMTP_PERMANENT);
        assert_null(strchr(result->text, '\n'));
    }
    stop(&try);
}

static void nobody_listens(void **state)
{
    NetEndpoint endpoint = {.url = "smtp://127.0.0.1:1"};
    g_autoptr (SmtpSession) session = smtp_open(&endpoint, NULL);
    g_autoptr (SmtpResult) result = send_to(session, one);
    assert_int_equal(result->outcome, SMTP_TEMPORARY);
    assert_int_equal(result->error->code, NET_ERROR_CONNECT);
}

/* STARTTLS is not negotiable, except on loopback without ca_file. */
static void tls_is_required(void **state)
{
    g_autofree char *ca = g_build_filename(g_get_tmp_dir(), "baosong-test-ca.XXXXXX", NULL);
    /* the shape of a certificate: nobody gets to look into it */
    const guchar der[3 + 128] = {0x30, 0x81, 128};
    g_autofree char *base64 = g_base64_encode(der, sizeof der);
    g_autofree char *pem =
        g_strdup_printf("-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n", base64);
    int fd = g_mkstemp(ca);
    assert_true(fd >= 0 && write(fd, pem, strlen(pem)) == (ssize_t)strlen(pem));
    close(fd);
    Script script = {0};
    FakeServer server = fake_start(serve, &script);
    g_autofree char *url = g_strdup_printf("smtp://127.0.0.1:%u", server.port);
    NetEndpoint endpoint = {.url = url, .ca_file = ca};
    g_autoptr (SmtpSession) session = smtp_open(&endpoint, NULL);
    g_autoptr (SmtpResult) result = send_to(session, one);
    assert_int_equal(result->outcome, SMTP_TEMPORARY);
    assert_int_equal(result->error->code, NET_ERROR_TLS);
    assert_non_null(strstr(result->text, "STARTTLS"));
    fake_stop(&server);
    unlink(ca);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepted),
        cmocka_unit_test(fate_of_the_mail),
        cmocka_unit_test(trouble_of_the_server),
        cmocka_unit_test(out_of_step),
        cmocka_unit_test(against_us),
        cmocka_unit_test(against_us_or_not),
        cmocka_unit_test(nobody_knows),
        cmocka_unit_test(some_recipients),
        cmocka_unit_test(too_late),
        cmocka_unit_test(all_or_nobody),
        cmocka_unit_test(one_that_ends_the_connection),
        cmocka_unit_test(one_connection),
        cmocka_unit_test(line_ends_and_dots),
        cmocka_unit_test(addresses_that_inject),
        cmocka_unit_test(nobody_listens),
        cmocka_unit_test(tls_is_required),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
