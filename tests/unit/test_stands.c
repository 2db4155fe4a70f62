/* Parts that stand for something else: encrypted mails, pieces of mails, files that lie elsewhere; and types
 * that mean the text. */
#include "tests/unit/reader_fixture.h"

#include <string.h>

#include "parsers/mime.h"

#define MIXED "Subject: x\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n正文\n--b\n"

static Facts *read_mail(const char *text)
{
    g_autoptr (GBytes) bytes = g_bytes_new(text, strlen(text));
    return mime_read(bytes, NULL, NULL);
}

static const FactsAttachment *only(const Facts *facts)
{
    assert_int_equal(facts->attachments->len, 1);
    return facts->attachments->pdata[0];
}

static const char *code(const GPtrArray *problems)
{
    assert_int_equal(problems->len, 1);
    return ((FactsProblem *)problems->pdata[0])->code;
}

/* EnvelopedData, said by the type, by the content alone, or behind a type that a gateway has changed;
 * EncryptedData; AuthEnvelopedData. */
static void test_smime(void **state)
{
    static const struct {
        const char *type, *base64;
    } MAILS[] = {
        {"application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m", "AAEC"},
        {"application/pkcs7-mime; name=smime.p7m", "MIAGCSqGSIb3DQEHA6CA"},
        {"application/x-pkcs7-mime", "MAsGCSqGSIb3DQEHBg=="},
        {"application/octet-stream; name=SMIME.P7M", "MIAGCSqGSIb3DQEHA6CA"},
        {"application/pkcs7-mime", "MA0GCyqGSIb3DQEJEAEX"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(MAILS); i++) {
        g_autofree char *mail =
            g_strdup_printf("Subject: x\nContent-Type: %s\nContent-Transfer-Encoding: base64\n\n%s\n",
                            MAILS[i].type, MAILS[i].base64);
        g_autoptr (Facts) facts = read_mail(mail);
        assert_string_equal(code(facts->problems), "encrypted");
        assert_string_equal(code(only(facts)->problems), "encrypted");
    }
    g_autoptr (Facts)
        torn = read_mail("Subject: x\nContent-Type: application/pkcs7-mime\n"
                         "Content-Transfer-Encoding: base64\n\nMIAGCSqGSIb3\n");
    assert_int_equal(torn->problems->len, 0);
}

static void test_pgp(void **state)
{
    g_autoptr (Facts)
        text = read_mail("Subject: x\n\n-----BEGIN PGP MESSAGE-----\n\nhQEMA\n-----END PGP MESSAGE-----\n");
    assert_string_equal(code(text->problems), "encrypted");
    g_autoptr (Facts) quoted = read_mail("Subject: x\n\n> -----BEGIN PGP MESSAGE-----\n");
    assert_int_equal(quoted->problems->len, 0);
    g_autoptr (Facts) clear = read_mail("Subject: x\n\n-----BEGIN PGP SIGNED MESSAGE-----\n\n正文\n");
    assert_int_equal(clear->problems->len, 0);
    static const struct {
        const char *text, *type, *codes;
    } FILES[] = {
        {"-----BEGIN PGP MESSAGE-----\n", "application/pgp-encrypted", "encrypted"},
        {"-----BEGIN PGP SIGNATURE-----\n", "application/pgp-signature", "unsupported"},
        {"-----BEGIN PGP PUBLIC KEY BLOCK-----\n", "application/pgp-keys", "unsupported"},
        {"\r\n-----BEGIN PGP PRIVATE KEY BLOCK-----\nVersion: 1\n", "application/pgp-keys", "unsupported"},
        {"-----BEGIN PGP SIGNED MESSAGE-----\n", "text/plain", ""}};
    for (gsize i = 0; i < G_N_ELEMENTS(FILES); i++) {
        g_autoptr (FactsAttachment) file = read_text_as(FILES[i].text, "报送.docx");
        assert_string_equal(file->type, FILES[i].type);
        g_autofree char *codes = problems_text(file);
        if (*FILES[i].codes) assert_non_null(strstr(codes, FILES[i].codes));
    }
}

static void test_elsewhere(void **state)
{
    g_autoptr (Facts)
        facts = read_mail(MIXED "Content-Type: message/external-body; access-type=URL;\n"
                                " URL=\"https://pan.baidu.com/s/\n 1abc\"; name=\"报送.doc\"\n\n"
                                "Content-Type: application/msword\nContent-ID: <1@x.example>\n\n--b--\n");
    assert_string_equal(only(facts)->name, "报送.doc");
    assert_string_equal(only(facts)->type, "message/external-body");
    assert_string_equal(only(facts)->text, "");
    assert_string_equal(code(only(facts)->problems), "cloud-link");
    const FactsLink *item = facts->links->pdata[0];
    assert_string_equal(item->kind, "baidu");
    assert_string_equal(item->url, "https://pan.baidu.com/s/1abc");
    assert_string_equal(item->name, "报送.doc");
    g_autoptr (Facts)
        other = read_mail("Subject: x\nContent-Type: message/external-body; access-type=ANON-FTP; "
                          "site=ftp.x.example; name=a.doc\n\nContent-Type: application/msword\n\n");
    assert_string_equal(code(only(other)->problems), "cloud-link");
    assert_int_equal(other->links->len, 0);
}

static void test_pieces(void **state)
{
    g_autoptr (Facts)
        first = read_mail("Subject: out\nContent-Type: message/partial; id=i; number=1; total=3\n\n"
                          "Subject: in\nContent-Type: application/msword; name=a.doc\n"
                          "Content-Transfer-Encoding: base64\n\nAAEC\n");
    const FactsAttachment *piece = only(first);
    assert_string_equal(piece->type, "message/partial");
    assert_string_equal(code(piece->problems), "split-volume");
    assert_non_null(strstr(((FactsProblem *)piece->problems->pdata[0])->detail, "piece 1 of 3"));
    assert_int_equal(piece->children->len, 1);
    assert_string_equal(((FactsAttachment *)piece->children->pdata[0])->name, "a.doc");
    g_autoptr (Facts)
        second = read_mail("Subject: out\nContent-Type: message/partial; id=i; number=2\n\nAAEC\n");
    assert_string_equal(code(only(second)->problems), "split-volume");
    assert_int_equal(only(second)->children->len, 0);
}

/* Types of texts, as scripts write them and programs add for their own kind. */
static void test_texts(void **state)
{
    static const char *const TYPES[] = {"plain/text; charset=utf-8", "text/x-plain", "html/text",
                                        "text/enriched", ""};
    for (gsize i = 0; i < G_N_ELEMENTS(TYPES); i++) {
        g_autofree char *mail = g_strdup_printf("Subject: x\nContent-Type: %s\n\n正文\n", TYPES[i]);
        g_autoptr (Facts) facts = read_mail(mail);
        assert_int_equal(facts->attachments->len, 0);
        assert_non_null(strstr(facts->body, "正文"));
    }
    g_autoptr (Facts)
        three = read_mail("Subject: x\nContent-Type: multipart/alternative; boundary=b\n\n"
                          "--b\nContent-Type: text/plain\n\n正文\n--b\nContent-Type: text/x-amp-html\n\n"
                          "<p>AMP</p>\n--b\nContent-Type: text/html\n\n<p>HTML</p>\n--b--\n");
    assert_int_equal(three->attachments->len, 0);
    assert_string_equal(three->body, "正文");
}

/* The plain text says only that there is HTML: some programs put that there. */
static void test_stub(void **state)
{
    static const struct {
        const char *plain, *body;
    } CASES[] = {
        {"To view the message, please use an HTML compatible email viewer!",
         "总结见附件，请查收。谢谢！联系人甲，各位老师辛苦了。"},
        {"您的邮箱不支持HTML格式邮件", "总结见附件，请查收。谢谢！联系人甲，各位老师辛苦了。"},
        {"(Html邮件，请用支持html的客户端打开)", "总结见附件，请查收。谢谢！联系人甲，各位老师辛苦了。"},
        {"如果您看不到此邮件，请点击这里", "总结见附件，请查收。谢谢！联系人甲，各位老师辛苦了。"},
        {"网站改版为HTML格式", "网站改版为HTML格式"}};
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autofree char *mail = g_strdup_printf(
            "Subject: x\nContent-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: "
            "text/plain\n\n%s\n"
            "--b\nContent-Type: "
            "text/html\n\n<p>总结见附件，请查收。谢谢！联系人甲，各位老师辛苦了。</p>\n--b--\n",
            CASES[i].plain);
        g_autoptr (Facts) facts = read_mail(mail);
        assert_string_equal(facts->body, CASES[i].body);
    }
}

/* multipart/appledouble: the file has its name twice, the other is not misnamed. */
static void test_resource_fork(void **state)
{
    g_autoptr (Facts)
        facts = read_mail(
            MIXED "Content-Type: multipart/appledouble; boundary=a\n\n--a\nContent-Type: "
                  "application/applefile; name=a.doc\nContent-Transfer-Encoding: base64\n\nAAUWBwACAAA=\n"
                  "--a\nContent-Type: application/msword; name=a.doc\nContent-Transfer-Encoding: base64\n\n"
                  "AAEC\n--a--\n--b--\n");
    assert_int_equal(facts->attachments->len, 2);
    const FactsAttachment *fork = facts->attachments->pdata[0];
    assert_string_equal(fork->type, "application/applefile");
    assert_string_equal(code(fork->problems), "unsupported");
}

/* A name in an encoded word; more spaces lost at the ends of lines than there is text. */
static void test_uuencode(void **state)
{
    g_autoptr (Facts)
        facts = read_mail("Subject: x\n\nbegin 644 =?utf-8?B?5oql6YCBLnR4dA==?=\n"
                          "M0V%T\n#0V%T\n`\nend\n");
    assert_string_equal(only(facts)->name, "报送.txt");
    assert_int_equal(only(facts)->size, 48);
    g_autoptr (GString) bomb = g_string_new("Subject: x\n\nbegin 644 a\n"); /* two bytes a line become 45 */
    for (guint i = 0; i < 1000; i++) g_string_append(bomb, "M\n");
    g_string_append(bomb, "end\n");
    g_autoptr (Facts) none = read_mail(bomb->str);
    assert_int_equal(none->attachments->len, 0);
    g_autoptr (Facts) torn = read_mail("Subject: x\n\nbegin 644 THE DAY\nWITH A SMILE\nAND MORE\n");
    assert_int_equal(torn->attachments->len, 0);
}

static int setup(void **state)
{
    mime_init();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_smime),    cmocka_unit_test(test_pgp),   cmocka_unit_test(test_elsewhere),
        cmocka_unit_test(test_pieces),   cmocka_unit_test(test_texts), cmocka_unit_test(test_resource_fork),
        cmocka_unit_test(test_uuencode), cmocka_unit_test(test_stub),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
