/* test_imap_folders.c - servers that keep folders in ways of their own, with the answers that Courier 5.0 and
 * Cyrus 3.6 give. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "daemon/net/imap.h"
#include "daemon/net/imap_session.h"
#include "fake_server.h"

#define LINE 512

typedef struct Server {
    gboolean below;    /* takes folders below INBOX alone */
    gboolean unsafe;   /* opens no folder for those who did not say ID, which it does not name */
    gboolean guarded;  /* takes no mail into the folder that is open */
    const char *uses;  /* how it answers LIST RETURN (SPECIAL-USE); NULL = it does not offer it */
    const char *list;  /* and a plain LIST; NULL = as Courier */
    const char *space; /* and NAMESPACE: then it takes folders below Mail/ alone */
    gboolean
        moves; /* makes folders of people below 其他文件夹, which holds no mail; or takes them there alone */
    gboolean strict;
} Server;

static const char courier_list[] = "* LIST (\\Unmarked \\HasChildren) \".\" \"INBOX\"\r\n";
static const char made_list[] = "* LIST (\\HasNoChildren) \".\" \"INBOX.Baosong\"\r\n";
static const char made_by_people[] = "* LIST (\\HasNoChildren) \"/\" \"&UXZO1mWHTvZZOQ-/Baosong\"\r\n";
static const char made_with_prefix[] = "* LIST (\\HasNoChildren) \"/\" Mail/Baosong\r\n";

static void end(FILE *stream, const char *tag, const char *text)
{
    g_autofree char *line = g_strdup_printf("%s %s\r\n", tag, text);
    fake_say(stream, line);
}

static void take_list(FILE *stream, const char *tag, const char *command, const Server *server, gboolean made)
{
    gboolean extended = strstr(command, "RETURN") != NULL;
    if (extended && !g_str_has_suffix(command, "\"*\" RETURN (SPECIAL-USE)\r\n")) {
        end(stream, tag, "BAD Unexpected extra arguments to List");
        return;
    }
    fake_say(stream, extended ? server->uses : server->list ? server->list : courier_list);
    if (made) fake_say(stream, server->moves ? made_by_people : server->space ? made_with_prefix : made_list);
    if (!extended || g_str_has_prefix(server->uses, "*"))
        end(stream, tag, "OK LIST completed");
    else
        end(stream, tag, "BAD what");
}

static void take_append(FILE *stream, const char *tag, const char *command, gboolean refused)
{
    if (refused) {
        end(stream, tag, "NO Current box is selected READ-ONLY.");
        return;
    }
    fake_say(stream, "+ OK\r\n");
    for (gulong left = strtoul(strrchr(command, '{') + 1, NULL, 10) + 2; left > 0; left--)
        (void)fgetc(stream);
    end(stream, tag, "OK [APPENDUID 7 42] APPEND Ok.");
}

static void serve(FILE *stream, gconstpointer script)
{
    const Server *server = script;
    gboolean made = FALSE, open = FALSE, named = FALSE;
    char line[LINE];
    while (fgets(line, LINE, stream) != NULL) {
        g_auto(GStrv) words = g_strsplit(line, " ", 3);
        const char *tag = words[0], *verb = words[1], *rest = words[2] != NULL ? words[2] : "";
        if (g_str_has_prefix(verb, "LOGOUT")) return;
        if (g_str_has_prefix(verb, "CAPABILITY")) {
            fake_say(stream, server->uses ? "* CAPABILITY IMAP4rev1 UIDPLUS LIST-EXTENDED SPECIAL-USE\r\n"
                                          : "* CAPABILITY IMAP4rev1 UIDPLUS NAMESPACE\r\n");
            end(stream, tag, "OK done");
        } else if (g_str_has_prefix(verb, "LIST")) {
            take_list(stream, tag, rest, server, made);
        } else if (g_str_has_prefix(verb, "CREATE")) {
            const char *taken = server->strict  ? "&UXZO1mWHTvZZOQ-/Baosong"
                                : server->space ? "Mail/Baosong"
                                : server->below ? "INBOX.Baosong"
                                                : rest;
            made = strstr(rest, taken) != NULL;
            end(stream, tag, made ? "OK Created" : "NO Invalid mailbox name.");
        } else if (g_str_has_prefix(verb, "NAMESPACE") && server->space) {
            fake_say(stream, server->space);
            end(stream, tag, *server->space ? "OK done" : "BAD what");
        } else if (g_str_has_prefix(verb, "EXAMINE") && server->unsafe && !named) {
            end(stream, tag, "NO EXAMINE Unsafe Login. Please contact kefu@netease.example for help");
        } else if (g_str_has_prefix(verb, "EXAMINE")) {
            open = strstr(rest, "INBOX.Baosong") != NULL;
            fake_say(stream, "* 0 EXISTS\r\n* OK [UIDVALIDITY 7] Ok\r\n* OK [UIDNEXT 42] Ok\r\n");
            end(stream, tag, "OK [READ-ONLY] Ok");
        } else if (g_str_has_prefix(verb, "CLOSE")) {
            open = FALSE;
            end(stream, tag, "OK mailbox closed.");
        } else if (g_str_has_prefix(verb, "UID")) {
            end(stream, tag, open ? "OK FETCH completed." : "BAD no folder");
        } else if (g_str_has_prefix(verb, "APPEND")) {
            take_append(stream, tag, rest, open && server->guarded);
        } else {
            named |= g_str_has_prefix(verb, "ID");
            end(stream, tag, "OK done");
        }
    }
}

static ImapSession *start(FakeServer *fake, const Server *server)
{
    GError *error = NULL;
    *fake = fake_start(serve, server);
    ImapSession *session = imap_session_over(fake_connect(fake->port), "imap.test:993", 60, NULL, &error);
    assert_null(error);
    return session;
}

static void stop(FakeServer *fake, ImapSession *session)
{
    assert_true(imap_alive(session));
    imap_close(session);
    fake_stop(fake);
}

/* What is configured as Baosong is made and found as INBOX.Baosong, also when both names are written in full.
 */
static void folders_below_inbox(void **state)
{
    FakeServer fake;
    GError *error = NULL;
    ImapSession *session = start(&fake, &(Server){.below = TRUE});
    g_autoptr (GPtrArray) before = imap_list_folders(session, &error);
    assert_null(imap_find_folder(before, "Baosong"));
    assert_true(imap_ensure_folder(session, "Baosong", &error));
    assert_true(imap_ensure_folder(session, "Baosong", &error));
    g_autoptr (GPtrArray) after = imap_list_folders(session, &error);
    assert_string_equal(imap_find_folder(after, "Baosong")->name, "INBOX.Baosong");
    assert_string_equal(imap_find_folder(after, "INBOX.Baosong")->name, "INBOX.Baosong");
    assert_null(imap_find_folder(after, "Bao"));
    stop(&fake, session);
}

/* Dovecot with a namespace that has a prefix: nothing may be made outside of it. */
static void folders_with_a_prefix(void **state)
{
    static const char list[] = "* LIST (\\NoInferiors) \"/\" INBOX\r\n* LIST (\\Noselect) \"/\" Mail\r\n"
                               "* LIST () \"/\" Mail/Sent\r\n";
    static const char alone[] = "* LIST (\\NoInferiors) \"/\" INBOX\r\n";
    static const char *const lists[] = {list, alone};
    for (gsize i = 0; i < G_N_ELEMENTS(lists); i++) {
        FakeServer fake;
        GError *error = NULL;
        ImapSession *session =
            start(&fake, &(Server){.list = lists[i],
                                   .space = "* NAMESPACE ((\"Mail/\" \"/\")) NIL ((\"#pub/\" \"/\"))\r\n"});
        assert_true(imap_ensure_folder(session, "Baosong", &error));
        assert_true(imap_ensure_folder(session, "Baosong", &error));
        g_autoptr (GPtrArray) folders = imap_list_folders(session, &error);
        assert_string_equal(imap_find_folder(folders, "Baosong")->name, "Mail/Baosong");
        assert_null(imap_find_folder(folders, "Mail"));
        stop(&fake, session);
    }
}

/* Nothing is lost by asking: what cannot be used is no prefix. */
static void answers_about_a_prefix(void **state)
{
    static const char *const answers[] = {
        "",
        "* NAMESPACE NIL NIL NIL\r\n",
        "* NAMESPACE ((\"\" \"/\")(\"Mail/\" \"/\")) NIL NIL\r\n",
        "* NAMESPACE ((\"Mail\r\n",
        "* NAMESPACE ((\"\\\"/\" \"/\")) NIL NIL\r\n",
        "* NAMESPACE ((NIL NIL)) (\r\n* 3 EXISTS\r\n",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(answers); i++) {
        FakeServer fake;
        g_autoptr (GError) error = NULL;
        ImapSession *session = start(&fake, &(Server){.space = answers[i]});
        assert_false(imap_ensure_folder(session, "Baosong", &error));
        assert_int_equal(error->code, NET_ERROR_REFUSED);
        stop(&fake, session);
    }
}

/* Somebody's archive of an earlier year comes first in the list. */
static void the_nearest_folder_has_the_role(void **state)
{
    static const char list[] = "* LIST () \"/\" INBOX\r\n* LIST () \"/\" 2013/Sent\r\n"
                               "* LIST () \"/\" 2013/Junk\r\n* LIST () \"/\" Sent\r\n"
                               "* LIST (\\Junk) \"/\" a/b/c\r\n";
    FakeServer fake;
    GError *error = NULL;
    ImapSession *session = start(&fake, &(Server){.list = list});
    g_autoptr (GPtrArray) folders = imap_list_folders(session, &error);
    assert_string_equal(imap_find_role(folders, IMAP_ROLE_SENT)->name, "Sent");
    assert_string_equal(imap_find_role(folders, IMAP_ROLE_JUNK)->name, "a/b/c"); /* the server says so */
    stop(&fake, session);
}

/* A folder that only holds others (\Noselect) is none to put mail into. */
static void a_folder_of_folders(void **state)
{
    static const char list[] = "* LIST () \"/\" INBOX\r\n* LIST (\\Noselect) \"/\" Baosong\r\n"
                               "* LIST () \"/\" INBOX/Baosong\r\n";
    FakeServer fake;
    GError *error = NULL;
    ImapSession *session = start(&fake, &(Server){.uses = list});
    g_autoptr (GPtrArray) folders = imap_list_folders(session, &error);
    assert_string_equal(imap_find_folder(folders, "Baosong")->name, "INBOX/Baosong");
    stop(&fake, session);
}

/* As QQ's: who asks for Baosong gets 其他文件夹/Baosong, or must ask for that. */
static void folders_of_people(void **state)
{
    static const char list[] = "* LIST (\\NoSelect \\HasChildren) \"/\" \"&UXZO1mWHTvZZOQ-\"\r\n"
                               "* LIST (\\HasNoChildren) \"/\" \"INBOX\"\r\n"
                               "* LIST (\\HasNoChildren) \"/\" \"Sent Messages\"\r\n";
    for (int strict = 0; strict < 2; strict++) {
        FakeServer fake;
        GError *error = NULL;
        ImapSession *session = start(&fake, &(Server){.list = list, .moves = TRUE, .strict = strict != 0});
        assert_true(imap_ensure_folder(session, "Baosong", &error));
        assert_true(imap_ensure_folder(session, "Baosong", &error));
        g_autoptr (GPtrArray) folders = imap_list_folders(session, &error);
        assert_string_equal(imap_find_folder(folders, "Baosong")->name, "其他文件夹/Baosong");
        assert_null(imap_find_folder(folders, "其他文件夹"));
        stop(&fake, session);
    }
}

/* The server's own words are told, not those about the second try. */
static void a_folder_that_nobody_may_make(void **state)
{
    FakeServer fake;
    g_autoptr (GError) error = NULL;
    ImapSession *session = start(&fake, &(Server){.below = TRUE});
    assert_false(imap_ensure_folder(session, "报送", &error));
    assert_int_equal(error->code, NET_ERROR_REFUSED);
    assert_non_null(strstr(error->message, "CREATE of folder 报送: \"Invalid mailbox name.\""));
    stop(&fake, session);
}

static void mail_for_the_folder_that_is_open(void **state)
{
    FakeServer fake;
    GError *error = NULL;
    ImapStatus status;
    ImapAppended appended;
    ImapSession *session = start(&fake, &(Server){.below = TRUE, .guarded = TRUE});
    g_autoptr (GBytes) mail = g_bytes_new_static("Subject: x\r\n\r\ny\r\n", 17);
    assert_true(imap_ensure_folder(session, "Baosong", &error));
    assert_true(imap_examine(session, "INBOX.Baosong", &status, &error));
    assert_true(imap_append(session, "INBOX.Baosong", mail, IMAP_FLAG_SEEN, G_MININT64, &appended, &error));
    assert_int_equal(appended.uid, 42);
    g_autoptr (GArray) uids = imap_list_uids(session, 1, 0, &error); /* it is open as before */
    assert_non_null(uids);
    stop(&fake, session);
}

/* NetEase's software under the name of a university. */
static void a_server_that_wants_to_know_us(void **state)
{
    FakeServer fake;
    GError *error = NULL;
    ImapStatus status;
    ImapSession *session = start(&fake, &(Server){.unsafe = TRUE});
    if (!imap_examine(session, "INBOX", &status, &error)) fail_msg("%s", error->message);
    assert_int_equal(status.uidvalidity, 7);
    stop(&fake, session);
}

static void special_uses(void **state)
{
    static const char named[] =
        "* LIST (\\HasChildren) \".\" INBOX\r\n* LIST (\\Sent) \".\" INBOX.Ausgang\r\n";
    FakeServer fake;
    GError *error = NULL;
    ImapSession *session = start(&fake, &(Server){.uses = named});
    g_autoptr (GPtrArray) folders = imap_list_folders(session, &error);
    assert_non_null(folders);
    assert_string_equal(imap_find_role(folders, IMAP_ROLE_SENT)->name, "INBOX.Ausgang");
    stop(&fake, session);

    session = start(&fake, &(Server){.uses = ""}); /* offers it and says BAD */
    g_autoptr (GPtrArray) plain = imap_list_folders(session, &error);
    assert_non_null(plain);
    assert_int_equal(plain->len, 1);
    stop(&fake, session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folders_below_inbox),
        cmocka_unit_test(folders_with_a_prefix),
        cmocka_unit_test(answers_about_a_prefix),
        cmocka_unit_test(the_nearest_folder_has_the_role),
        cmocka_unit_test(a_folder_of_folders),
        cmocka_unit_test(folders_of_people),
        cmocka_unit_test(a_folder_that_nobody_may_make),
        cmocka_unit_test(mail_for_the_folder_that_is_open),
        cmocka_unit_test(a_server_that_wants_to_know_us),
        cmocka_unit_test(special_uses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
