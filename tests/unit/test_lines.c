/* Mails whose lines end, or go on, as they should not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "parsers/mime.h"

#define GBK_BOUNDARY "\xb1\xdf\xbd\xe7"

static Facts *read_bytes(const GString *mail)
{
    g_autoptr (GBytes) bytes = g_bytes_new(mail->str, mail->len);
    return mime_read(bytes, NULL, NULL);
}

static const FactsAttachment *attachment(const Facts *facts, guint i)
{
    assert_true(i < facts->attachments->len);
    return g_ptr_array_index(facts->attachments, i);
}

/* Bodies in each encoding, a folded header, a mail in the mail: with LF. */
static const char MAIL[] =
    "From: a@x.example\nSubject: =?utf-8?B?5oql?=\n =?utf-8?B?6YCB?=\nMIME-Version: 1.0\n"
    "Content-Type: multipart/mixed;\n boundary=b\n\nThis is a multi-part message.\n"
    "--b\nContent-Type: text/plain; charset=utf-8\n\n一\n\n二\n"
    "--b\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: "
    "quoted-printable\n\n=E4=B8=\n=89\n"
    "--b\nContent-Type: text/plain; charset=utf-8; format=flowed\n\nflows \non\nbegin 644 "
    "u.txt\n#86)C\n`\nend\n"
    "--b\nContent-Type: application/msword; name=a.doc\nContent-Transfer-Encoding: base64\n\nAA\nEC\n"
    "--b\nContent-Type: message/rfc822; name=i.eml\n\nSubject: in\nContent-Type: multipart/mixed; "
    "boundary=c\n\n"
    "--c\n\nin\n--c\nContent-Type: application/pdf; name=b.pdf\nContent-Transfer-Encoding: "
    "base64\n\nJVBERg==\n"
    "--c--\n--b--\n";

/* `text` with other line ends: those of the header (up to the first blank line) and those behind it. */
static GString *with_ends(const char *text, const char *header, const char *body)
{
    GString *out = g_string_new(NULL);
    const char *blank = strstr(text, "\n\n");
    for (const char *p = text; *p; p++) {
        if (*p == '\n')
            g_string_append(out, p <= blank + 1 ? header : body);
        else
            g_string_append_c(out, *p);
    }
    return out;
}

static void test_ends(void **state)
{
    static const struct {
        const char *header, *body;
    } ENDS[] = {{"\n", "\n"},       {"\r\n", "\r\n"},   {"\r\r\n", "\r\r\n"},
                {"\r", "\r"},       {"\r\n", "\r\r\n"}, {"\n", "\r\r\n"},
                {"\r\r\n", "\r\n"}, {"\r\n", "\n"},     {"\r\r\r\n", "\r\r\r\n"},
                {"\n", "\r\n"},     {"\n", "\r"}};
    for (gsize i = 0; i < G_N_ELEMENTS(ENDS); i++) {
        g_autoptr (GString) mail = with_ends(MAIL, ENDS[i].header, ENDS[i].body);
        g_autoptr (Facts) facts = read_bytes(mail);
        g_autofree char *raw = facts_sha256(mail->str, mail->len);
        assert_string_equal(facts->sha256, raw); /* that of what came */
        assert_string_equal(facts->subject, "报送");
        assert_string_equal(facts->body, "一\n\n二\n三\nflows on\n");
        assert_int_equal(facts->attachments->len, 3);
        assert_int_equal(facts->problems->len, 0);
        assert_string_equal(attachment(facts, 0)->name, "u.txt");
        assert_int_equal(attachment(facts, 0)->size, 3);
        assert_string_equal(attachment(facts, 1)->name, "a.doc");
        assert_int_equal(attachment(facts, 1)->size, 3);
        const FactsAttachment *inner = attachment(facts, 2);
        assert_int_equal(inner->children->len, 1);
        assert_string_equal(((FactsAttachment *)inner->children->pdata[0])->name, "b.pdf");
        assert_int_equal(((FactsAttachment *)inner->children->pdata[0])->size, 4);
    }
}

/* Only the mail that was forwarded has such ends; the second time GMime reads the parts. */
static void test_forwarded(void **state)
{
    static const char OUTER[] = "Subject: x\nContent-Type: multipart/mixed; boundary=o\n\n%s--o\n"
                                "Content-Type: message/rfc822\n\n%s--o--\n";
    g_autoptr (GString) inner = with_ends(MAIL, "\r\r\n", "\r\r\n");
    for (gsize i = 0; i < 2; i++) {
        g_autoptr (GString) mail = g_string_new(NULL);
        g_string_printf(mail, OUTER, i ? "--ox\n" : "", inner->str);
        g_autoptr (Facts) facts = read_bytes(mail);
        const FactsAttachment *forwarded = attachment(facts, 0);
        assert_string_equal(forwarded->name, "报送.eml");
        assert_int_equal(forwarded->children->len, 3);
        assert_string_equal(((FactsAttachment *)forwarded->children->pdata[1])->name, "a.doc");
        assert_int_equal(((FactsAttachment *)forwarded->children->pdata[1])->size, 3);
    }
}

/* Bytes of files that only look like such ends stay. */
static void test_binary(void **state)
{
    static const char TEXT[] = "Subject: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\ntext\n"
                               "--b\nContent-Type: application/x; name=a\n\n1\r\r\n2\r3\n--b--\n";
    g_autoptr (GString) mail = g_string_new(TEXT);
    g_autoptr (Facts) facts = read_bytes(mail);
    assert_int_equal(attachment(facts, 0)->size, strlen("1\r\r\n2\r3"));
}

static void test_text_in_base64(void **state)
{
    g_autoptr (GString)
        mail = g_string_new("Subject: x\nContent-Type: text/plain\n"
                            "Content-Transfer-Encoding: base64\n\nYQ0NCmINDQoNDQpjDWQ=\n");
    g_autoptr (Facts) facts = read_bytes(mail);
    assert_string_equal(facts->body, "a\nb\n\nc\nd");
}

/* The white space before what goes on with a field is missing. */
static void test_unfolded(void **state)
{
    static const char TEXT[] =
        "From: a@x.example\nSubject: =?utf-8?B?5oql?=\n=?utf-8?B?6YCB?=\nX-Mailer: x\n"
        "Content-Type: multipart/mixed;\nboundary=\"b\"\n\n--b\n\n正文\n"
        "--b\nContent-Type: application/msword;\nname=\"x.doc\"\nContent-Disposition: attachment;\n"
        "filename*0*=utf-8''%E6%8A%A5;\nfilename*1=.doc\nContent-Transfer-Encoding: base64\n\nAAEC\n--b--\n";
    g_autoptr (GString) mail = g_string_new(TEXT);
    g_autoptr (Facts) facts = read_bytes(mail);
    assert_string_equal(facts->subject, "报送");
    assert_string_equal(facts->body, "正文");
    assert_int_equal(facts->problems->len, 0);
    assert_string_equal(attachment(facts, 0)->name, "报.doc");
    assert_int_equal(attachment(facts, 0)->size, 3);
}

/* What only looks so: a text behind a forgotten blank line, a field behind a semicolon. */
static void test_not_unfolded(void **state)
{
    g_autoptr (GString) text = g_string_new("From: a@x.example\nSubject: x\n你好，请查收。\n二\n");
    g_autoptr (Facts) facts = read_bytes(text);
    assert_string_equal(facts->subject, "x");
    assert_string_equal(facts->body, "你好，请查收。\n二\n");
    g_autoptr (GString) fields = g_string_new("From: a@x.example;\nSubject: a=b\n\n正文");
    g_autoptr (Facts) other = read_bytes(fields);
    assert_string_equal(other->subject, "a=b");
    assert_string_equal(other->body, "正文");
}

/* "From :" is a field (RFC 822 allows the space), and no line of a mailbox file. */
static void test_space_before_colon(void **state)
{
    g_autoptr (GString) mail = g_string_new("From : a@x.example\nSubject : 报送\n\n正文");
    g_autoptr (Facts) facts = read_bytes(mail);
    assert_int_equal(facts->from->len, 1);
    assert_string_equal(facts->subject, "报送");
    g_string_prepend(mail, "From a@x.example Fri May 30 09:00:00 2014\n");
    g_autoptr (Facts) boxed = read_bytes(mail);
    assert_string_equal(((FactsMailbox *)boxed->from->pdata[0])->address, "a@x.example");
}

static void test_nul(void **state)
{
    static const char TEXT[] = "Subject: a\0b\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n正\0文\n"
                               "--b\nContent-Type: application/x; name=\"报\0送.doc\"\n\nx\0y\n--b--\n";
    g_autoptr (GString) mail = g_string_new_len(TEXT, sizeof TEXT - 1);
    g_autoptr (Facts) facts = read_bytes(mail);
    assert_string_equal(facts->subject, "a b");
    assert_string_equal(facts->body, "正 文");
    assert_string_equal(attachment(facts, 0)->name, "报 送.doc");
    assert_int_equal(attachment(facts, 0)->size, 3);
}

/* Boundaries are bytes, whatever they mean. */
static void test_wide_boundary(void **state)
{
    static const char *const BOUNDARIES[] = {"边界", GBK_BOUNDARY};
    for (gsize i = 0; i < G_N_ELEMENTS(BOUNDARIES); i++) {
        g_autoptr (GString) mail = g_string_new(NULL);
        g_string_printf(mail,
                        "Subject: x\nContent-Type: multipart/mixed; boundary=\"%s\"\n\n--%s\n\n正文\n"
                        "--%s\nContent-Type: a/b; name=a.doc\n\nx\n--%s--\n",
                        BOUNDARIES[i], BOUNDARIES[i], BOUNDARIES[i], BOUNDARIES[i]);
        g_autoptr (Facts) facts = read_bytes(mail);
        assert_string_equal(facts->body, "正文");
        assert_string_equal(attachment(facts, 0)->name, "a.doc");
        assert_int_equal(facts->problems->len, 0);
    }
}

static int setup(void **state)
{
    mime_init();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ends),
        cmocka_unit_test(test_forwarded),
        cmocka_unit_test(test_binary),
        cmocka_unit_test(test_text_in_base64),
        cmocka_unit_test(test_unfolded),
        cmocka_unit_test(test_not_unfolded),
        cmocka_unit_test(test_nul),
        cmocka_unit_test(test_wide_boundary),
        cmocka_unit_test(test_space_before_colon),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
