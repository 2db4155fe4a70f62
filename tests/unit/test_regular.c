/* Multiparts that are read without GMime: which are, and that GMime would have said the same of each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "parsers/entity_parts.h"
#include "parsers/header.h"
#include "parsers/limits.h"
#include "parsers/mime.h"
#include "parsers/params.h"
#include "parsers/regular.h"

#define MIXED "multipart/mixed; boundary=b"
#define FILE1 "--b\nContent-Type: a/b; name=1.doc\nContent-Disposition: attachment\n\nx\n"
#define MAIL  "Content-Type: message/rfc822\n\nSubject: inner\nDate: Fri, 30 May 2014 09:00:00 +0800\n"

static const struct Case {
    const char *what, *type, *body;
    gboolean regular;
} CASES[] = {
    {"a text and a file", MIXED, "--b\n\ntext\n" FILE1 "--b--\n", TRUE},
    {"CRLF", MIXED, "--b\r\n\r\ntext\r\n--b\r\nContent-Type: a/b\r\n\r\n\r\n\r\n--b--\r\n", TRUE},
    {"text around the parts", MIXED, "\n--\nbefore\n\n--b\n\ntext\n--b--\n--\nafter\n", TRUE},
    {"no line end behind the last line", MIXED, "--b\n\ntext\n--b--", TRUE},
    {"white space behind boundaries", MIXED, "--b \t\n\ntext\n--b-- \n", TRUE},
    {"a quoted boundary between parameters", "multipart/mixed; charset=utf-8;\n boundary=\"=_b 1\"; type=x",
     "--=_b 1\n\ntext\n--=_b 1--\n", FALSE}, /* a space */
    {"the same without the space", "Multipart/Mixed; charset=utf-8;\n boundary=\"=_b:1\"; type=x",
     "--=_b:1\n\ntext\n--=_b:1--\n", TRUE},
    {"parts in parts", MIXED,
     "--b\nContent-Type: multipart/alternative; boundary=c\n\n\n--c\n\ntext\n--c\nContent-Type: text/html\n\n"
     "<p>x\n--c--\n\n" FILE1 "--b--\n",
     TRUE},
    {"a forwarded mail", MIXED, "--b\n" MAIL "\ntext\n" FILE1 "--b--\n", TRUE},
    {"a forwarded mail with parts", MIXED,
     "--b\n" MAIL "Content-Type: multipart/mixed; boundary=c\n\n--c\n\ntext\n--c--\n\n" FILE1 "--b--\n",
     TRUE},
    {"a report", "multipart/report; report-type=delivery-status; boundary=b",
     "--b\n\ntext\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x.example\n\n"
     "Final-Recipient: rfc822; a@x.example\nAction: failed\n--b--\n",
     TRUE},
    {"an empty part with a header", MIXED, "--b\nContent-Type: text/plain\n\n--b--\n", TRUE},
    {"an empty field, a folded one", MIXED,
     "--b\nX-Empty:\nX-Long: a\n\tb \nContent-Type:\n text/html\n\n<b>\n--b--\n", TRUE},
    {"not closed", MIXED, "--b\n\ntext\n" FILE1, TRUE},
    {"cut off", MIXED, "--b\n\ntext\n--b\nContent-Type: a/b\n\nx", TRUE},
    {"cut off behind parts in parts", MIXED,
     "--b\nContent-Type: multipart/alternative; boundary=c\n\n--c\n\ntext\n--c--\nmore\n", TRUE},
    {"cut off in a forwarded mail", MIXED, "--b\n" MAIL "\ntext\n", TRUE},
    /* GMime's */
    {"an empty part", MIXED, "--b\n\n--b\n\ntext\n--b--\n", FALSE},
    {"nothing but a closing line", MIXED, "text\n--b--\n", FALSE},
    {"closed twice", MIXED, "--b\n\ntext\n--b--\n--b--\n", FALSE},
    {"a line that begins like a boundary", MIXED, "--b\n\n--bb\n--b--\n", FALSE},
    {"the inner multipart is not closed", MIXED,
     "--b\nContent-Type: multipart/alternative; boundary=c\n\n--c\n\ntext\n" FILE1 "--b--\n", FALSE},
    {"one boundary for two levels", MIXED,
     "--b\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\ntext\n--b--\n--b--\n", FALSE},
    {"line ends of two kinds", MIXED, "--b\n\ntext\r\n--b--\n", FALSE},
    {"a header without its blank line", MIXED, "--b\nContent-Type: text/plain\n--b--\n", FALSE},
    {"a line in the header that is no field", MIXED, "--b\nContent-Type: text/plain\nhello\n\ntext\n--b--\n",
     FALSE},
    {"two types", MIXED, "--b\nContent-Type: text/plain\nContent-Type: text/html\n\ntext\n--b--\n", FALSE},
    {"an encoded mail", MIXED,
     "--b\nContent-Transfer-Encoding: base64\nContent-Type: "
     "message/rfc822\n\nU3ViamVjdDogeAoKdGV4dAo=\n--b--\n",
     FALSE},
    {"a digest", "multipart/digest; boundary=b", "--b\n\nSubject: x\n\ntext\n--b--\n", FALSE},
    {"no boundary", "multipart/mixed", "--b\n\ntext\n--b--\n", FALSE},
    {"two boundaries", "multipart/mixed; boundary=a; boundary=b", "--b\n\ntext\n--b--\n", FALSE},
    {"a boundary in pieces", "multipart/mixed; boundary*0=b", "--b\n\ntext\n--b--\n", FALSE},
    {"no body", MIXED, "", FALSE},
};

static gboolean is_regular(const char *type, GBytes *body)
{
    guint parts = 0;
    Entity *top = entity_new();
    top->text = g_strdup(type);
    const EntityField field = {"Content-Type", top->text};
    g_array_append_val(top->fields, field);
    entity_read_type(top, "");
    gboolean regular = regular_read(top, body, 0, &parts);
    assert_true(regular ? parts > 1 && top->children->len > 0 : parts == 0 && !top->children);
    entity_free(top);
    return regular;
}

static char *facts_of(const char *mail, gsize length)
{
    static const char none[] = "0000000000000000000000000000000000000000000000000000000000000000";
    g_autoptr (GBytes) bytes = g_bytes_new(mail, length); /* nothing behind the last byte */
    g_autoptr (Facts) facts = mime_read_known(bytes, none, NULL, NULL);
    return facts_to_json(facts, TRUE);
}

/* A line before all parts that begins like the boundary: GMime passes over it, regular.c does not. `body` is
 * where it goes. */
static void assert_same_by_gmime(const char *mail, gsize length, gsize body, const char *boundary)
{
    g_autofree char *line = g_strdup_printf("--%sx\n", boundary);
    g_autoptr (GString) odd = g_string_new_len(mail, (gssize)length);
    g_string_insert(odd, (gssize)body, line);
    g_autofree char *ours = facts_of(mail, length), *gmimes = facts_of(odd->str, odd->len);
    assert_string_equal(ours, gmimes);
}

static void test_cases(void **state)
{
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
        const struct Case *c = &CASES[i];
        g_autoptr (GBytes) body = g_bytes_new(c->body, strlen(c->body));
        if (is_regular(c->type, body) != c->regular) fail_msg("%s", c->what);
        if (!c->regular) continue;
        g_autofree char *mail = g_strdup_printf("Subject: x\nContent-Type: %s\n\n%s", c->type, c->body),
                        *boundary = params_get(c->type, "boundary");
        assert_same_by_gmime(mail, strlen(mail), strlen(mail) - strlen(c->body), boundary);
    }
}

/* What is cut off anywhere, or has any byte of it changed, is read to its end and no further. */
static void test_cut(void **state)
{
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++)
        for (gsize n = 0, length = strlen(CASES[i].body); n <= length; n++) {
            g_autoptr (GBytes) cut = g_bytes_new(CASES[i].body, n);
            is_regular(CASES[i].type, cut);
            g_autofree char *changed = g_strdup(CASES[i].body);
            if (n < length) changed[n] = "\n\r -:\tb"[n % 7];
            g_autoptr (GBytes) bytes = g_bytes_new(changed, length);
            is_regular(CASES[i].type, bytes);
        }
}

/* Parts count, those of a multipart that turns out to be irregular do not. */
static void test_caps(void **state)
{
    g_autoptr (GString) body = g_string_new(NULL);
    for (guint i = 0; i < LIMIT_MAIL_PARTS - 1; i++) g_string_append(body, "--b\n\nx\n");
    g_string_append(body, "--b--\n");
    g_autoptr (GBytes) most = g_bytes_new(body->str, body->len);
    g_string_prepend(body, "--b\n\nx\n");
    g_autoptr (GBytes) more = g_bytes_new(body->str, body->len);
    assert_true(is_regular(MIXED, most));
    assert_false(is_regular(MIXED, more));
    g_string_assign(body, "");
    for (guint i = 0; i < 2 * LIMIT_MAIL_DEPTH; i++)
        g_string_append_printf(body, "--b%03u\nContent-Type: multipart/mixed; boundary=b%03u\n\n", i, i + 1);
    for (guint i = 2 * LIMIT_MAIL_DEPTH; i-- > 0;) g_string_append_printf(body, "--b%03u--\n", i);
    g_autoptr (GBytes) deep = g_bytes_new(body->str, body->len);
    assert_false(is_regular("multipart/mixed; boundary=b000", deep));
}

/* Mails that nobody here wrote. */
static void test_corpus(void **state)
{
    const char *root = g_getenv("BAOSONG_CORPUS") ? g_getenv("BAOSONG_CORPUS") : "../shared/corpus";
    g_autofree char *folder = g_build_filename(root, "eml", NULL);
    g_autoptr (GDir) sources = g_dir_open(folder, 0, NULL);
    guint compared = 0;
    for (const char *source; sources && (source = g_dir_read_name(sources));) {
        g_autofree char *path = g_build_filename(folder, source, NULL);
        g_autoptr (GDir) mails = g_dir_open(path, 0, NULL);
        for (const char *name; mails && (name = g_dir_read_name(mails));) {
            g_autofree char *file = g_build_filename(path, name, NULL), *mail = NULL;
            gsize length = 0;
            guint parts = 0;
            g_auto(Header) header = {.fields = NULL};
            if (!g_file_get_contents(file, &mail, &length, NULL)) continue;
            if (!memchr(mail, '\n', length)) continue; /* of a Macintosh: our line would not be one */
            if (strstr(mail, ";\nboundary=") || strstr(mail, ";\r\nboundary=")) continue; /* lost on GMime */
            g_autoptr (GBytes) bytes = g_bytes_new(mail, length);
            g_auto(EntityTree) tree = entity_parse(bytes, 0, &parts);
            const char *type = tree.top ? entity_field(tree.top, "Content-Type") : NULL;
            g_autofree char *boundary = type ? params_get(type, "boundary") : NULL;
            if (!boundary || !header_read(bytes, &header) || !is_regular(type, header.body)) continue;
            const char *start = g_bytes_get_data(bytes, NULL), *begin = g_bytes_get_data(header.body, NULL);
            assert_same_by_gmime(mail, length, (gsize)(begin - start), boundary);
            compared++;
        }
    }
    print_message("%u mails of the corpus\n", compared);
}

static int start(void **state)
{
    mime_init();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_cases), cmocka_unit_test(test_cut),
                                       cmocka_unit_test(test_caps), cmocka_unit_test(test_corpus)};
    return cmocka_run_group_tests(tests, start, NULL);
}
