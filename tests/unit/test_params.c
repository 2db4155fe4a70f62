/* File names and other parameters: RFC 2231, RFC 2047 where it may not be, and raw bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "parsers/params.h"

static const struct Case {
    const char *what, *raw, *want; /* of "filename" */
} CASES[] = {
    {"none", "attachment", NULL},
    {"nothing at all", "", NULL},
    {"another", "attachment; size=3", NULL},
    {"token", "attachment; filename=a.doc", "a.doc"},
    {"case", "attachment; FileName=a.doc", "a.doc"},
    {"spaces around", "attachment ; filename = \"a.doc\" ; size=3", "a.doc"},
    {"token with spaces", "attachment; filename=my file.doc; size=3", "my file.doc"},
    {"quoted semicolon", "attachment; filename=\"a;b.doc\"", "a;b.doc"},
    {"escaped quote", "attachment; filename=\"a\\\"b.doc\"", "a\"b.doc"},
    {"quotes not escaped", "attachment; filename=\"a\"b\".doc\"", "a\"b\".doc"},
    {"quote not closed", "attachment; filename=\"a.doc", "a.doc"},
    {"semicolon missing", "attachment; filename=\"a.doc\" size=3", "a.doc"},
    {"a backslash is an escape", "attachment; filename=\"C:\\files\\a.doc\"", "C:filesa.doc"},
    {"parentheses belong to the name", "attachment; filename=报告(终稿).doc", "报告(终稿).doc"},
    {"encoded word in quotes", "attachment; filename=\"=?gb2312?B?sai45g==?=.doc\"", "报告.doc"},
    {"encoded words folded", "attachment;\r\n filename=\"=?utf-8?B?5oql?=\r\n =?utf-8?B?6YCB?=.doc\"",
     "报送.doc"},
    {"encoded words torn in a character",
     "attachment; filename=\"=?utf-8?B?5oql6Q==?= =?utf-8?B?gIEuZG9j?=\"", "报送.doc"},
    {"encoded word without quotes", "attachment; filename==?utf-8?Q?=E6=8A=A5=2Edoc?=; size=3", "报.doc"},
    {"of a browser's form", "attachment; filename=\"&#25253;&#36865;-1.doc\"", "报送-1.doc"},
    {"of no form", "attachment; filename=\"a&#38;b&#x;&#25253.doc\"", "a&#38;b&#x;&#25253.doc"},
    {"raw UTF-8", "attachment; filename=\"报送.doc\"", "报送.doc"},
    {"raw GBK", "attachment; filename=\"\xb1\xa8\xcb\xcd.doc\"", "报送.doc"},
    {"raw GBK whose second byte is a backslash (誠)", "attachment; filename=\"\xd5\x5c\"; size=3", "誠"},
    {"RFC 2231", "attachment; filename*=UTF-8''%E6%8A%A5%E9%80%81.doc", "报送.doc"},
    {"RFC 2231 gb2312 and language", "attachment; filename*=gb2312'zh-cn'%B1%A8%CB%CD.doc", "报送.doc"},
    {"RFC 2231 in quotes", "attachment; filename*=\"utf-8''%E6%8A%A5.doc\"", "报.doc"},
    {"RFC 2231 without charset", "attachment; filename*=%E6%8A%A5.doc", "报.doc"},
    {"RFC 2231 raw bytes after the charset", "attachment; filename*=utf-8''报.doc", "报.doc"},
    {"continuations", "attachment; filename*0=\"long na\"; filename*1=\"me.doc\"", "long name.doc"},
    {"continuations cut in a character",
     "attachment; filename*0*=utf-8''%E6%8A; filename*1*=%A5%E9; filename*2*=%80%81.doc", "报送.doc"},
    {"continuations cut in an escape",
     "attachment; filename*0*=utf-8''%E6%8A%A; filename*1*=5%E9%8; filename*2*=0%81.doc", "报送.doc"},
    {"gb18030 cut in a character",
     "attachment; filename*0*=gbk''%B1; filename*1*=%A8%CB; filename*2*=%CD.doc", "报送.doc"},
    {"out of order", "attachment; filename*2=.doc; filename*0*=utf-8''%E6%8A%A5; filename*1*=%E9%80%81",
     "报送.doc"},
    {"eleven pieces in order of numbers",
     "a; filename*10=k; filename*0=a; filename*1=b; filename*2=c; filename*3=d; filename*4=e; filename*5=f; "
     "filename*6=g; filename*7=h; filename*8=i; filename*9=j",
     "abcdefghijk"},
    {"plain piece between", "a; filename*0*=utf-8''%E6%8A%A5; filename*1=-2014-; filename*2*=%E9%80%81.doc",
     "报-2014-送.doc"},
    {"plain % in a plain piece", "a; filename*0*=utf-8''%E6%8A%A5; filename*1=50%25.doc", "报50%25.doc"},
    {"encoded words in continuations", "a; filename*0=\"=?utf-8?B?5oql\"; filename*1=\"6YCB?=.doc\"",
     "报送.doc"},
    {"RFC 2231 beats plain", "a; filename=\"??.doc\"; filename*=utf-8''%E6%8A%A5.doc", "报.doc"},
    {"first of two", "a; filename=a.doc; filename=b.doc", "a.doc"},
    {"URL escapes", "a; filename=\"%E6%8A%A5%E9%80%81.doc\"", "报送.doc"},
    {"URL escapes of GBK", "a; filename=\"%CE%C4%D1%A7%D4%BA%20%B1%A8%CB%CD.doc\"", "文学院 报送.doc"},
    {"URL escapes of Latin 1", "a; filename=\"caf%E9s.doc\"", "caf%E9s.doc"},
    {"per cent", "a; filename=\"100%25.doc\"", "100%25.doc"},
    {"RFC 2231 without its star", "a; filename=\"UTF-8''%E6%8A%A5%E9%80%81.doc\"", "报送.doc"},
    {"pieces without their stars", "a; filename*0=\"gb2312''%B1%A8%CB\"; filename*1=\"%CD.doc\"", "报送.doc"},
    {"an encoded word in RFC 2231", "a; filename*=utf-8''%3D%3Futf-8%3FB%3F5oql6YCB%3F%3D.doc", "报送.doc"},
    {"an encoded word behind a star", "a; filename*=\"=?utf-8?B?5oql6YCB?=.doc\"", "报送.doc"},
    {"an encoded word in an encoded word", "a; filename=\"=?utf-8?B?PT91dGYtOD9CPzVvcWw2WUNCPz0=?=.doc\"",
     "报送.doc"},
    {"hz-gb-2312", "a; filename=\"=?hz-gb-2312?Q?~{1(KM~}?=.doc\"", "报送.doc"},
    {"utf-7", "a; filename=\"=?utf-7?Q?+YqWQAQ-?=.doc\"", "报送.doc"},
    {"big5 in RFC 2231", "a; filename*=big5''%B3%F8%B0e.doc", "報送.doc"},
    {"an unknown charset in RFC 2231", "a; filename*=x-none''%B1%A8%CB%CD.doc", "报送.doc"},
    {"a wrong charset in RFC 2231", "a; filename*=utf-8''%B1%A8%CB%CD.doc", "报送.doc"},
    {"an apostrophe in a plain name", "a; filename=\"it's 50% of Li's.doc\"", "it's 50% of Li's.doc"},
    {"each piece says the charset", "a; filename*0*=utf-8''%E6%8A%A5; filename*1*=UTF-8''%E9%80%81.doc",
     "报送.doc"},
    {"the second piece has quotes of its own", "a; filename*0*=utf-8''%E6%8A%A5; filename*1*='a'b.doc",
     "报'a'b.doc"},
    {"RFC 2231 in an encoded word", "a; filename=\"=?utf-8?Q?UTF-8''%E6%8A%A5.doc?=\"", "报.doc"},
    {"quotes of the other kind", "a; filename='报送.doc'; size=3", "报送.doc"},
    {"quotes in quotes", "a; filename=\"\"报送.doc\"\"; size=3", "报送.doc"},
    {"an encoded word in quotes in quotes", "a; filename=\"\"=?utf-8?B?5oql6YCB?=.doc\"\"", "报送.doc"},
    {"a name that is quoted at one end", "a; filename='90s.doc", "'90s.doc"},
    {"raw GBK folded in a character", "a; filename=\"\xb1\r\n \xa8\xcb\xcd.doc\"", "报送.doc"},
    {"quoted pieces, one charset, folded",
     "a;\r\n filename*0*=\"utf-8''%E6%8A\";\r\n filename*1*=\"%A5.doc\"", "报.doc"},
    {"piece 0 missing", "a; filename*1*=%E6%8A%A5; filename*2=.doc", "报.doc"},
    {"a piece twice", "a; filename*0*=utf-8''%E6%8A%A5; filename*0*=utf-8''x; filename*1=.doc", "报.doc"},
    {"other names that begin alike", "a; filenames=x; filename*x=y; filename=z", "z"},
    {"index too large", "a; filename*99999999999=x; filename=z", "z"},
};

static void test_get(void **state)
{
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autofree char *got = params_get(CASES[i].raw, "filename");
        if (g_strcmp0(got, CASES[i].want) != 0)
            fail_msg("%s: %s\n got  [%s]\n want [%s]", CASES[i].what, CASES[i].raw, got, CASES[i].want);
    }
    assert_null(params_get(NULL, "name"));
    g_autofree char *path = params_path("a; filename=\"C:\\files\\\\a \\\"b\\\".doc\"", "filename");
    assert_string_equal(path, "C:\\files\\a \"b\".doc");
}

static void test_value(void **state)
{
    g_autofree char *a = params_value("Text/HTML ; charset=gb2312");
    g_autofree char *b = params_value(NULL);
    g_autofree char *c = params_value("inline (comment)");
    assert_string_equal(a, "text/html");
    assert_string_equal(b, "");
    assert_string_equal(c, "inline");
}

/* RFC 2231 with the bytes of the name cut anywhere into pieces, in any order, each escaped or not. */
static void test_pieces(void **state)
{
    static const struct {
        const char *label, *charset;
    } CHARSETS[] = {
        {"utf-8", "UTF-8"}, {"gb2312", "GB18030"}, {"GB18030", "GB18030"}, {"iso-2022-jp", "ISO-2022-JP"}};
    const char *text = "報告 書a.doc";
    for (gsize k = 0; k < G_N_ELEMENTS(CHARSETS); k++) {
        gsize n = 0;
        g_autofree char *bytes = g_convert(text, -1, CHARSETS[k].charset, "UTF-8", NULL, &n, NULL);
        for (gsize cut = 0; cut <= n; cut++) {
            g_autoptr (GString) first = g_string_new(NULL);
            g_autoptr (GString) second = g_string_new("; filename*1*=");
            g_autoptr (GString) last = g_string_new("; filename*2=.doc");
            GString *pieces[] = {first, second, last};
            g_string_printf(pieces[0], "; filename*0*=%s'zh-cn'", CHARSETS[k].label);
            for (gsize i = 0; i < n - 4; i++)
                g_string_append_printf(pieces[i >= cut], "%%%02x", (guchar)bytes[i]);
            static const guint ORDERS[][3] = {{0, 1, 2}, {2, 1, 0}, {1, 0, 2}, {2, 0, 1}};
            for (gsize o = 0; o < G_N_ELEMENTS(ORDERS); o++) {
                const guint *order = ORDERS[o];
                g_autofree char *raw = g_strconcat("attachment", pieces[order[0]]->str, pieces[order[1]]->str,
                                                   pieces[order[2]]->str, NULL);
                g_autofree char *got = params_get(raw, "filename");
                if (g_strcmp0(got, text) != 0) fail_msg("%s\n got [%s]", raw, got);
            }
        }
    }
}

/* Parameters that have lost what should be before them. */
static void test_astray(void **state)
{
    static const struct {
        const char *raw, *value, *filename, *name;
    } ASTRAY[] = {
        {"attachment filename=\"报告.doc\"", "attachment", "报告.doc", NULL},
        {"attachment, filename=\"报告.doc\"; size=3", "attachment", "报告.doc", NULL},
        {"filename=\"报告.doc\"", "", "报告.doc", NULL},
        {"attachment filename*=utf-8''%E6%8A%A5.doc", "attachment", "报.doc", NULL},
        {"attachment; name=\"报告.doc\"", "attachment", NULL, "报告.doc"},
        {"application/octet-stream name=\"=?gb2312?B?sai45g==?=.doc\"", "application/octet-stream", NULL,
         "报告.doc"},
        {"text/plain; x-name=a; filenames=b", "text/plain", NULL, NULL},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(ASTRAY); i++) {
        g_autofree char *value = params_value(ASTRAY[i].raw);
        g_autofree char *filename = params_astray(ASTRAY[i].raw, "filename");
        g_autofree char *name = params_astray(ASTRAY[i].raw, "name");
        assert_string_equal(value, ASTRAY[i].value);
        if (g_strcmp0(filename, ASTRAY[i].filename) != 0 || g_strcmp0(name, ASTRAY[i].name) != 0)
            fail_msg("%s: got [%s] [%s]", ASTRAY[i].raw, filename, name);
    }
}

static void test_torn(void **state)
{
    /* Every prefix of every case is read inside its bounds. */
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++)
        for (gsize length = 0; length < strlen(CASES[i].raw); length++) {
            g_autofree char *cut = g_strndup(CASES[i].raw, length);
            g_autofree char *got = params_get(cut, "filename");
            if (got) assert_true(g_utf8_validate(got, -1, NULL));
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_get),    cmocka_unit_test(test_value), cmocka_unit_test(test_pieces),
        cmocka_unit_test(test_astray), cmocka_unit_test(test_torn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
