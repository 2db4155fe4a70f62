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
    {"per cent", "a; filename=\"100%25.doc\"", "100%25.doc"},
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
    g_autofree char *boundary = params_raw("a/b; boundary=\"=_%41=?utf-8?B?YQ==?=\"; x=y", "boundary");
    assert_string_equal(boundary, "=_%41=?utf-8?B?YQ==?=");
    g_autofree char *pieces = params_raw("a/b; boundary*1=b; boundary*0=a", "boundary");
    assert_string_equal(pieces, "ab");
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
        cmocka_unit_test(test_get),
        cmocka_unit_test(test_value),
        cmocka_unit_test(test_torn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
