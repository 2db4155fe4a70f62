/* test_imap.c - an IMAP session against servers that are odd or hostile. Well-behaved ones are the end-to-end
 * tests'. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "daemon/net/imap.h"
#include "daemon/net/imap_session.h"
#include "fake_server.h"

#define LINE 512

/* What the server answers; %T in an answer is the command's tag. NULL = the usual. */
typedef struct Script {
    const char *capability, *id, *list, *examine, *uids, *bodies, *idle, *append;
    const char *news; /* untagged, at the end of what EXAMINE is told, and before "+" of APPEND */
    const char *rest; /* before "+" of APPEND: of a response that began after what EXAMINE is told */
    gboolean flood;   /* after EXAMINE: untagged answers without end */
    gboolean drip;    /* after EXAMINE: a byte now and then, for ever */
    guint seconds;    /* deadline of the client; 0 = long enough for a slow machine */
} Script;

/* --- the server ------------------------------------------------------------------------------- */

static void answer(FILE *stream, const char *tag, const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, "%T", -1);
    g_autofree char *whole = g_strjoinv(tag, parts);
    fake_say(stream, whole);
}

static void misbehave(FILE *stream, const Script *script)
{
    g_autoptr (GString) many = g_string_new(NULL);
    for (int i = 0; i < 1000; i++) g_string_append(many, "* 1 FETCH (FLAGS (\\Seen))\r\n");
    while (script->flood && fputs(many->str, stream) >= 0) fflush(stream);
    while (script->drip && fputs("x", stream) >= 0) g_usleep(20000);
}

static const char *const id_usual = "* ID (\"name\" \"Co\\\"re\" \"x\" NIL)\r\n%T OK done\r\n";
static const char *const examine_usual = "* FLAGS (\\Seen)\r\n* 5 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n"
                                         "* OK [UIDNEXT 10] x\r\n%T OK [READ-ONLY] done\r\n";

static const char *choose(const char *ours, const char *usual)
{
    return ours != NULL ? ours : usual;
}

static void take_append(FILE *stream, const char *tag, const char *command, const Script *script)
{
    const char *open = strrchr(command, '{');
    gsize left = open == NULL ? 0 : (gsize)g_ascii_strtoull(open + 1, NULL, 10) + 2;
    if (script->append != NULL) {
        answer(stream, tag, script->append);
        return;
    }
    g_autofree char *go = g_strconcat(choose(script->rest, ""), choose(script->news, ""), "+ go\r\n", NULL);
    fake_say(stream, go);
    while (left-- > 0) (void)fgetc(stream);
    answer(stream, tag, "%T OK [APPENDUID 7 42] done\r\n");
}

static void command(FILE *stream, const char *tag, const char *verb, const Script *script)
{
    static const char done[] = "%T OK done\r\n";
    if (g_str_has_prefix(verb, "CAPABILITY"))
        answer(stream, tag,
               choose(script->capability, "* CAPABILITY IMAP4rev1 UIDPLUS IDLE ID\r\n%T OK done\r\n"));
    else if (g_str_has_prefix(verb, "ID "))
        answer(stream, tag, choose(script->id, id_usual));
    else if (g_str_has_prefix(verb, "LIST"))
        answer(stream, tag, choose(script->list, done));
    else if (g_str_has_prefix(verb, "EXAMINE")) {
        g_autofree char *told =
            g_strconcat(choose(script->examine, examine_usual), choose(script->news, ""), NULL);
        misbehave(stream, script);
        answer(stream, tag, told);
    } else if (g_str_has_prefix(verb, "UID FETCH"))
        answer(stream, tag, choose(strstr(verb, "INTERNALDATE") ? script->uids : script->bodies, done));
    else if (g_str_has_prefix(verb, "IDLE"))
        answer(stream, tag, choose(script->idle, "+ idling\r\n"));
    else if (g_str_has_prefix(verb, "APPEND"))
        take_append(stream, tag, verb, script);
    else
        answer(stream, tag, done);
}

static void serve(FILE *stream, gconstpointer script)
{
    char line[LINE], idle_tag[LINE] = "";
    while (fake_hear(stream, line, LINE) != NULL) {
        if (strcmp(line, "DONE") == 0) {
            answer(stream, idle_tag, "%T OK done\r\n");
            continue;
        }
        char *space = strchr(line, ' ');
        if (space == NULL) return;
        *space = '\0';
        if (g_str_has_prefix(space + 1, "LOGOUT")) return;
        if (g_str_has_prefix(space + 1, "IDLE")) g_strlcpy(idle_tag, line, sizeof idle_tag);
        command(stream, line, space + 1, script);
    }
}

/* --- the client ------------------------------------------------------------------------------- */

typedef struct Try {
    FakeServer server;
    ImapSession *session;
    GError *error;
} Try;

static Try start(const Script *script)
{
    Try try = {.server = fake_start(serve, script)};
    try.session = imap_session_over(fake_connect(try.server.port), "imap.test:993",
                                    script->seconds > 0 ? script->seconds : 60, NULL, &try.error);
    return try;
}

static Try start_reading(const Script *script)
{
    Try try = start(script);
    ImapStatus status;
    assert_non_null(try.session);
    assert_true(imap_examine(try.session, "INBOX", &status, &try.error));
    assert_int_equal(status.uidvalidity, 7);
    assert_int_equal(status.uidnext, 10);
    assert_int_equal(status.exists, 5);
    return try;
}

static void stop(Try *try)
{
    imap_close(try->session);
    g_clear_error(&try->error);
    fake_stop(&try->server);
}

/* One more command, which is answered. */
static gboolean goes_on(ImapSession *session, GError **error)
{
    g_autoptr (GPtrArray) folders = imap_list_folders(session, error);
    return folders != NULL;
}

static void expect_dead(Try *try, int code)
{
    assert_non_null(try->error);
    assert_int_equal(try->error->domain, NET_ERROR);
    assert_int_equal(try->error->code, code);
    assert_true(g_str_has_prefix(try->error->message, "imap.test:993: "));
    assert_false(imap_alive(try->session));
    assert_false(goes_on(try->session, NULL)); /* at once, not after a deadline */
}

static void expect_examine(Script script, int code)
{
    if (code == NET_ERROR_TIMEOUT) script.seconds = 1;
    Try try = start(&script);
    ImapStatus status;
    assert_non_null(try.session);
    assert_false(imap_examine(try.session, "INBOX", &status, &try.error));
    expect_dead(&try, code);
    stop(&try);
}

static void expect_uids(const char *uids, int code)
{
    Script script = {.uids = uids, .seconds = code == NET_ERROR_TIMEOUT ? 1 : 0};
    Try try = start_reading(&script);
    assert_null(imap_list_uids(try.session, 1, 0, &try.error));
    expect_dead(&try, code);
    stop(&try);
}

/* --- hostile ---------------------------------------------------------------------------------- */

static void endings(void **state)
{
    expect_examine((Script){.examine = "* BYE shutting down\r\n"}, NET_ERROR_CLOSED);
    expect_examine((Script){.examine = "* 5 EXISTS\r\n* BYE shutting down\r\n%T OK x\r\n"}, NET_ERROR_CLOSED);
    expect_examine((Script){.examine = "%T BAD what\r\n"}, NET_ERROR_PROTOCOL);
    expect_examine((Script){.examine = "zz OK what\r\n"}, NET_ERROR_PROTOCOL);
    expect_examine((Script){.examine = ""}, NET_ERROR_TIMEOUT);
    expect_examine((Script){.drip = TRUE}, NET_ERROR_TIMEOUT);
    expect_examine((Script){.flood = TRUE}, NET_ERROR_LIMIT);
}

static void answers(void **state)
{
    g_autofree char *deep = g_strnfill(20000, '(');
    g_autofree char *structure = g_strconcat("* 1 FETCH (BODYSTRUCTURE ", deep, "\r\n", NULL);
    g_autofree char *hidden = g_strconcat("* 1 FETCH (X \"", deep, "\"\r\n", NULL);
    expect_uids(structure, NET_ERROR_LIMIT);
    expect_uids(hidden, NET_ERROR_LIMIT);
    expect_uids("* 1 FETCH (UID 1 BODY[] {4000000000}\r\n", NET_ERROR_LIMIT);
    expect_uids("* 1 FETCH (UID 1 BODY[] {4294967301}\r\nhello)\r\n%T OK x\r\n", NET_ERROR_LIMIT);
    expect_uids("* 1 FETCH (UID 1 BODY[] {1000}\r\nabc", NET_ERROR_TIMEOUT);
    expect_uids("* 1 FETCH (UID 3 BODY[] {5}hello RFC822.SIZE 100)\r\n%T OK x\r\n", NET_ERROR_TIMEOUT);
    expect_uids("* 1 FETCH (UID )\r\n%T OK x\r\n", NET_ERROR_PROTOCOL);
    expect_uids("* 1 FETCH\r\n%T OK x\r\n", NET_ERROR_PROTOCOL);
    expect_uids("* 1 FETCH (ENVELOPE (NIL NIL))\r\n%T OK x\r\n", NET_ERROR_PROTOCOL);
    expect_uids("\x01\xff\x80 junk \"(\r\n", NET_ERROR_PROTOCOL);
}

/* --- odd but harmless ------------------------------------------------------------------------- */

static void listing(void **state)
{
    Script script = {
        .uids =
            "\r\n* 5 FETCH (UID 9 RFC822.SIZE 4294967295 INTERNALDATE \"31-Feb-2014 25:61:61 +9999\")\r\n"
            "* 1 FETCH (UID 9)\r\n* OK still here\r\n"
            "* 1 FETCH (INTERNALDATE \"30-May-2014 09:00:00 +0800\" RFC822.SIZE 100 UID 4)\r\n"
            "* 2 FETCH (UID 3 INTERNALDATE \" 1-Jan-2014 00:00:00 -0330\")\r\n"
            "* 9 EXPUNGE\r\n* STATUS\r\n* 2 EXISTS\r\n* 3 FETCH (UID 5 INTERNALDATE NIL RFC822.SIZE NIL)\r\n"
            "* 6 FETCH (UID 6 INTERNALDATE \"01-Jan-1970 00:00:00 +0000\" RFC822.SIZE 7)\r\n"
            "* 4 FETCH (FLAGS (\\Seen $x))\r\n* 7 FETCH (UID 8 FLAGS ())\r\n* 2 FETCH (UID 2)\r\n"
            "%T OK done\r\n"};
    Try try = start_reading(&script);
    g_autoptr (GArray) entries = imap_list_uids(try.session, 3, 0, &try.error);
    if (entries == NULL) fail_msg("%s", try.error->message);
    const ImapEntry expected[] = {{3, 0, 1388547000},
                                  {4, 100, 1401411600},
                                  {5, 0, G_MININT64},
                                  {6, 7, G_MININT64},
                                  {9, G_MAXUINT32, G_MININT64}};
    assert_int_equal(entries->len, G_N_ELEMENTS(expected));
    for (guint i = 0; i < entries->len; i++) {
        const ImapEntry *entry = &g_array_index(entries, ImapEntry, i);
        assert_int_equal(entry->uid, expected[i].uid);
        assert_int_equal(entry->size, expected[i].size);
        assert_int_equal(entry->internal_at, expected[i].internal_at);
    }
    assert_true(goes_on(try.session, &try.error));
    stop(&try);
}

static gboolean keep(guint32 uid, GBytes *raw, gpointer data)
{
    gsize length = 0;
    const char *bytes = g_bytes_get_data(raw, &length);
    g_string_append_printf(data, "%u=", uid);
    g_string_append_len(data, bytes, (gssize)length);
    g_string_append_c(data, ';');
    return TRUE;
}

static void expect_bodies(const char *bodies, gboolean done, const char *expected)
{
    Script script = {.bodies = bodies};
    Try try = start_reading(&script);
    const ImapEntry asked[] = {{3, 100, 0}, {4, 100, 0}, {8, 100, 0}};
    g_autoptr (GString) got = g_string_new(NULL);
    assert_int_equal(imap_fetch_mails(try.session, asked, 3, keep, got, &try.error), done);
    if (!done) assert_int_equal(try.error->code, NET_ERROR_REFUSED);
    assert_string_equal(got->str, expected);
    assert_true(goes_on(try.session, NULL));
    stop(&try);
}

static void bodies(void **state)
{
    expect_bodies(
        "* 1 FETCH (UID 3 BODY[] {3}\r\nabc)\r\n* 2 FETCH (BODY[] {5}\r\n((((\n FLAGS (\\Seen) UID 8)\r\n"
        "%T OK x\r\n",
        TRUE, "3=abc;8=((((\n;");
    expect_bodies("%T OK nothing left\r\n", TRUE, "");
    /* they have 100 bytes each */
    expect_bodies("* 1 FETCH (UID 3 BODY[] NIL)\r\n* 2 FETCH (UID 4 BODY[] {0}\r\n)\r\n"
                  "* 3 FETCH (UID 8 BODY[] \"\")\r\n%T OK x\r\n",
                  TRUE, "");
    expect_bodies("* 2 FETCH (UID 4 BODY[] {0}\r\n)\r\n* 2 FETCH (UID 4 BODY[] {3}\r\nabc)\r\n%T OK x\r\n",
                  TRUE, "4=abc;");
    expect_bodies("* 1 FETCH (UID 3 BODY[] \"ab\\\"c\")\r\n* 1 FETCH (UID 3 BODY[] \"twice\")\r\n"
                  "* 1 FETCH (UID 77 BODY[] \"alien\")\r\n* 1 FETCH (BODY[] \"nameless\")\r\n%T OK x\r\n",
                  TRUE, "3=ab\"c;");
    expect_bodies("* 1 FETCH (UID 3 BODY[] {3}\r\nabc)\r\n%T NO some failed\r\n", FALSE, "3=abc;");
    expect_bodies("%T NO none\r\n", FALSE, "");
}

static gboolean keep_one(guint32 uid, GBytes *raw, gpointer data)
{
    keep(uid, raw, data);
    return FALSE;
}

/* OK, and not a word of five mails: no empty folder. Behind some UID there may be nothing. */
static void silence(void **state)
{
    static const char *const names[] = {"MESSAGE-ID", NULL};
    Script script = {0};
    Try try = start_reading(&script);
    g_autoptr (GString) got = g_string_new(NULL);
    assert_null(imap_list_uids(try.session, 1, 0, &try.error));
    assert_true(g_error_matches(try.error, NET_ERROR, NET_ERROR_PROTOCOL));
    g_clear_error(&try.error);
    assert_false(imap_fetch_fields(try.session, 1, 0, names, keep, got, &try.error));
    assert_true(g_error_matches(try.error, NET_ERROR, NET_ERROR_PROTOCOL));
    g_autoptr (GArray) rest = imap_list_uids(try.session, 6, 0, NULL);
    assert_int_equal(rest->len, 0);
    assert_true(imap_fetch_fields(try.session, 6, 0, names, keep, got, NULL));
    assert_true(goes_on(try.session, NULL));
    stop(&try);
}

static void stopping(void **state)
{
    Script script = {.bodies =
                         "* 1 FETCH (UID 3 BODY[] \"a\")\r\n* 2 FETCH (UID 4 BODY[] \"b\")\r\n%T OK x\r\n"};
    Try try = start_reading(&script);
    const ImapEntry asked[] = {{3, 100, 0}, {4, 100, 0}};
    g_autoptr (GString) got = g_string_new(NULL);
    assert_true(imap_fetch_mails(try.session, asked, 2, keep_one, got, &try.error));
    assert_string_equal(got->str, "3=a;");
    assert_true(
        imap_fetch_mails(try.session, asked, 0, keep, got, &try.error)); /* nothing asked: nothing sent */
    stop(&try);
}

/* Who says nothing of what it can, or says it too late, can nothing more than RFC 3501 has. */
static void no_capabilities(void **state)
{
    static const char *const said[] = {"%T OK done\r\n", "%T OK done\r\n* CAPABILITY IMAP4rev1 IDLE\r\n",
                                       "%T BAD what\r\n", "* OK x\r\n%T NO not now\r\n"};
    for (gsize i = 0; i < G_N_ELEMENTS(said); i++) {
        Script script = {.capability = said[i]};
        Try try = start_reading(&script);
        assert_false(imap_has(try.session, "IDLE"));
        assert_true(goes_on(try.session, &try.error));
        stop(&try);
    }
}

static void folders(void **state)
{
    Script script = {
        .list = "* LIST (\\HasNoChildren) \"/\" INBOX\r\n* LIST () \"/\" \"&XfJT0ZAB-\"\r\n"
                "* LIST (\\Noselect) \"/\" Sent\r\n* LIST (\\Sent) NIL {6}\r\nGesend\r\n"
                "* LIST () \"/\" \"a/Junk E-mail\"\r\n* LIST () \"/\" \"raw \xb9\xd8\"\r\n%T OK x\r\n"};
    Try try = start(&script);
    g_autoptr (GPtrArray) found = imap_list_folders(try.session, &try.error);
    assert_non_null(found);
    assert_int_equal(found->len, 6);
    assert_string_equal(imap_find_role(found, IMAP_ROLE_SENT)->name, "Gesend");
    assert_true(imap_find_role(found, IMAP_ROLE_SENT)->role_certain);
    assert_string_equal(imap_find_role(found, IMAP_ROLE_JUNK)->name, "a/Junk E-mail");
    assert_string_equal(((ImapFolder *)found->pdata[1])->name, "已发送");
    assert_int_equal(((ImapFolder *)found->pdata[1])->role, IMAP_ROLE_SENT);
    assert_null(imap_find_role(found, IMAP_ROLE_TRASH));
    stop(&try);

    Script refusing = {.list = "* LIST () \"/\" INBOX\r\n%T NO cannot\r\n"};
    try = start(&refusing);
    assert_null(imap_list_folders(try.session, &try.error));
    assert_int_equal(try.error->code, NET_ERROR_REFUSED);
    stop(&try);
}

static void refusals(void **state)
{
    ImapStatus status;
    Script script = {.id = "%T BAD what\r\n",
                     .examine = "%T NO no such \xb9\xd8\r\n",
                     .append = "%T NO [OVERQUOTA] full\r\n"};
    Try try = start(&script);
    assert_non_null(try.session); /* a server that does not like ID is fine */
    assert_false(imap_examine(try.session, "已发送", &status, &try.error));
    assert_int_equal(try.error->code, NET_ERROR_REFUSED);
    assert_non_null(strstr(try.error->message, "no such 关"));
    g_clear_error(&try.error);
    g_autoptr (GBytes) mail = g_bytes_new_static("a\nb\r\n", 5);
    assert_false(imap_append(try.session, "Sent", mail, IMAP_FLAG_SEEN, 0, NULL, &try.error));
    assert_int_equal(try.error->code, NET_ERROR_REFUSED);
    assert_true(goes_on(try.session, NULL));
    stop(&try);

    Script anonymous = {.examine = "* 5 EXISTS\r\n%T OK x\r\n"};
    try = start(&anonymous);
    assert_false(imap_examine(try.session, "INBOX", &status, &try.error));
    assert_non_null(strstr(try.error->message, "UIDVALIDITY"));
    stop(&try);
}

static void appending(void **state)
{
    Script script = {0};
    Try try = start(&script);
    g_autoptr (GBytes) mail = g_bytes_new_static("Subject: x\n\nline\r\nlast", 22);
    ImapAppended appended;
    assert_true(imap_append(try.session, "Sent", mail, IMAP_FLAG_SEEN, 1401411600, &appended, &try.error));
    assert_int_equal(appended.uidvalidity, 7);
    assert_int_equal(appended.uid, 42);
    assert_true(imap_append(try.session, "Sent", mail, 0, G_MININT64, NULL, &try.error));
    stop(&try);
}

/* A server may say what it likes before it asks for the literal, and between two commands (RFC 3501, 5.2 and
 * 7). */
static void appending_amid_news(void **state)
{
    Script script = {.news = "* 6 EXISTS\r\n* OK still here\r\n* 2 FETCH (BODY[] {3}\r\n+ x)\r\n",
                     .seconds = 5};
    Try try = start_reading(&script);
    g_autoptr (GBytes) mail = g_bytes_new_static("Subject: x\r\n\r\ntext\r\n", 20);
    ImapAppended appended = {0};
    for (int i = 0; i < 2; i++) {
        if (!imap_append(try.session, "Sent", mail, IMAP_FLAG_SEEN, 1401411600, &appended, &try.error))
            fail_msg("%s", try.error->message);
        assert_int_equal(appended.uid, 42);
    }
    assert_true(goes_on(try.session, &try.error));
    stop(&try);
}

/* What nobody has read yet of a response may be its beginning only. */
static void appending_amid_a_response(void **state)
{
    g_autofree char *begun = g_strconcat(examine_usual, "* 2 FETCH (BODY[] {5}\r\n+ ", NULL);
    g_autofree char *filler = g_strnfill(5000, 'x');
    g_autofree char *longer = g_strconcat(examine_usual, "* OK ", filler, NULL);
    const Script scripts[] = {{.examine = begun, .rest = "go\n)\r\n", .seconds = 5},
                              {.examine = longer, .rest = " and so on\r\n", .seconds = 5}};
    for (gsize i = 0; i < G_N_ELEMENTS(scripts); i++) {
        Try try = start_reading(&scripts[i]);
        g_autoptr (GBytes) mail = g_bytes_new_static("Subject: x\r\n\r\ntext\r\n", 20);
        if (!imap_append(try.session, "Sent", mail, IMAP_FLAG_SEEN, 1401411600, NULL, &try.error))
            fail_msg("%s", try.error->message);
        assert_true(goes_on(try.session, &try.error));
        stop(&try);
    }
}

/* --- IDLE ------------------------------------------------------------------------------------- */

static void expect_idle(const char *idle, ImapWake wake)
{
    Script script = {.idle = idle};
    Try try = start(&script);
    assert_true(imap_idle_start(try.session, &try.error));
    assert_int_equal(imap_idle_wait(try.session, NULL, 0, wake == IMAP_WAKE_TIMEOUT ? 0 : 5, &try.error),
                     wake);
    assert_true(imap_idle_done(try.session, &try.error));
    assert_true(goes_on(try.session, &try.error));
    stop(&try);
}

static void idling(void **state)
{
    expect_idle("+ idling\r\n", IMAP_WAKE_TIMEOUT);
    expect_idle("* OK Still here\r\n+ idling\r\n* OK Still here\r\n", IMAP_WAKE_TIMEOUT);
    expect_idle("* 6 EXISTS\r\n+ idling\r\n", IMAP_WAKE_SERVER); /* said before we could poll */
    expect_idle("+ idling\r\n* 6 EXISTS\r\n", IMAP_WAKE_SERVER); /* in the packet of the go-ahead */
    Script refusing = {.idle = "%T BAD no such command\r\n"};
    Try try = start(&refusing);
    assert_false(imap_idle_start(try.session, &try.error));
    assert_int_equal(try.error->code, NET_ERROR_REFUSED);
    assert_true(goes_on(try.session, NULL));
    stop(&try);
}

static void idling_with_others(void **state)
{
    Script script = {0};
    Try try = start(&script);
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    struct pollfd extra = {.fd = ends[0], .events = POLLIN};
    assert_true(imap_idle_start(try.session, &try.error));
    assert_int_equal(imap_idle_wait(try.session, &extra, 1, 0, &try.error), IMAP_WAKE_TIMEOUT);
    assert_int_equal(write(ends[1], "x", 1), 1);
    assert_int_equal(imap_idle_wait(try.session, &extra, 1, 5, &try.error), IMAP_WAKE_CALLER);
    assert_true(extra.revents & POLLIN);
    fake_stop(&try.server); /* the server dies while we wait */
    extra.fd = -1;
    assert_int_equal(imap_idle_wait(try.session, &extra, 1, 5, &try.error), IMAP_WAKE_ERROR);
    assert_int_equal(try.error->code, NET_ERROR_CLOSED);
    imap_close(try.session);
    g_clear_error(&try.error);
    close(ends[0]);
    close(ends[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(endings),
        cmocka_unit_test(answers),
        cmocka_unit_test(listing),
        cmocka_unit_test(bodies),
        cmocka_unit_test(silence),
        cmocka_unit_test(stopping),
        cmocka_unit_test(no_capabilities),
        cmocka_unit_test(folders),
        cmocka_unit_test(refusals),
        cmocka_unit_test(appending),
        cmocka_unit_test(appending_amid_news),
        cmocka_unit_test(appending_amid_a_response),
        cmocka_unit_test(idling),
        cmocka_unit_test(idling_with_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
