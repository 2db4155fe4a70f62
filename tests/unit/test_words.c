/* Header words: what Chinese mail programs really write into Subject and names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "parsers/words.h"

static const struct Case {
    const char *what, *raw, *want;
} CASES[] = {
    {"plain", "Hello", "Hello"},
    {"nothing", "", ""},
    {"base64", "=?UTF-8?B?5oql6YCB?=", "报送"},
    {"quoted-printable, underscore", "=?utf-8?q?a_b=20=E6=8A=A5?=", "a b 报"},
    {"folded", "=?utf-8?B?5oql?=\r\n =?utf-8?B?6YCB?=", "报送"},
    {"white space between words vanishes", "=?utf-8?B?5oql?= \t =?utf-8?B?6YCB?=", "报送"},
    {"white space before text stays", "=?utf-8?B?5oql?= x =?utf-8?B?6YCB?=", "报 x 送"},
    {"no white space between words", "=?utf-8?B?5oql?==?utf-8?B?6YCB?=", "报送"},
    {"glued to text", "Re:=?utf-8?B?5oql6YCB?=.", "Re:报送."},
    {"gb2312 as QQ writes it", "=?gb2312?B?tbO9qLGouOY=?=", "党建报告"},
    {"a character of GBK under the label gb2312 (镕)", "=?gb2312?B?6UY=?=", "镕"},
    {"a character of GB18030 under the label GBK (㐆)", "=?GBK?Q?=81=39=EF=35?=", "㐆"},
    {"character cut between words, padding in the first", "=?utf-8?B?5oql6Q==?= =?utf-8?B?gIE=?=", "报送"},
    {"character cut between words of gbk", "=?gbk?B?sag=?= =?gbk?B?yw==?= =?gbk?B?zQ==?=", "报送"},
    {"character cut, quoted", "=?utf-8?Q?=E6=8A=A5=E9=80?= =?utf-8?Q?=81?=", "报送"},
    {"base64 group cut between words", "=?utf-8?B?5oql6?= =?utf-8?B?YCB?=", "报送"},
    {"base64 group cut after two", "=?utf-8?B?5oql6Y?= =?utf-8?B?CB?=", "报送"},
    {"base64 group cut after three", "=?utf-8?B?5oql6YC?= =?utf-8?B?B?=", "报送"},
    {"missing padding", "=?utf-8?B?5oqlYQ?=", "报a"},
    {"missing padding in both words", "=?utf-8?B?5oqlYQ?= =?utf-8?B?5oqlYQ?=", "报a报a"},
    {"padding in the middle of one word", "=?utf-8?B?5oqlYQ==6YCB?=", "报a送"},
    {"B and Q of one charset, cut", "=?utf-8?B?5oql6Q==?= =?UTF-8?Q?=80=81?=", "报送"},
    {"two charsets", "=?utf-8?B?5oql?= =?gb2312?B?y80=?=", "报送"},
    {"misspelt utf8", "=?utf8?B?5oql6YCB?=", "报送"},
    {"cp936", "=?cp936?B?sajL?= =?cp936?B?zQ==?=", "报送"},
    {"gb-2312", "=?gb-2312?B?sajLzQ==?=", "报送"},
    {"unknown charset finds out", "=?x-nonsense?B?5oql6YCB?=", "报送"},
    {"no charset", "=??B?5oql6YCB?=", "报送"},
    {"language", "=?utf-8*zh-cn?B?5oql6YCB?=", "报送"},
    {"raw UTF-8", "【报送】读书会", "【报送】读书会"},
    {"raw GBK", "\xb1\xa8\xcb\xcd", "报送"},
    {"raw GBK folded in a character", "\xb1\r\n \xa8\xcb\xcd", "报送"},
    {"raw GBK folded in two characters, by tabs", "\xb1\n\t\xa8\xcb\n\t\xcd", "报送"},
    {"raw GBK folded between characters", "\xb1\xa8\r\n \xcb\xcd", "报 送"},
    {"raw GBK folded before a second byte that ASCII has (報)", "\xcb\xcd\x88\r\n \xf3\xd5\r\n \\", "送報誠"},
    {"raw UTF-8 folded in a character", "报\xe9\r\n \x80\x81", "报送"},
    {"raw UTF-8 folded in two characters", "\xe6\x8a\n \xa5\xe9\n  \x80\x81", "报送"},
    {"raw UTF-8 folded between characters", "报\r\n 送", "报 送"},
    {"raw Latin letters at the end of a line", "caf\xe9\r\n au lait", "caf\uFFFD au lait"},
    {"raw GBK beside a word", "\xb1\xa8\xcb\xcd =?utf-8?B?5oql?=", "报送 报"},
    {"white space in base64", "=?utf-8?B?5oql 6YCB?=", "报送"},
    {"space in Q", "=?utf-8?Q?a b?=", "a b"},
    {"question mark in Q", "=?utf-8?Q?who? me?=", "who? me"},
    {"encoded twice", "=?utf-8?B?PT91dGYtOD9CPzVvcWw2WUNCPz0=?=", "报送"},
    {"encoded word inside quoted text", "\"=?utf-8?B?5oql6YCB?=\"", "\"报送\""},
    {"cut off at the end", "=?utf-8?B?5oql6YCB", "报送"},
    {"next word opens before this one closes", "=?utf-8?B?5oql =?utf-8?B?6YCB?=", "报送"},
    {"no word at all", "=?utf-8?X?abc?= 1=?2", "=?utf-8?X?abc?= 1=?2"},
    {"empty words", "=?utf-8?B?\?= =?utf-8?Q?\?=x", "x"},
    {"iso-2022-jp", "=?ISO-2022-JP?B?GyRCRnxLXBsoQg==?=", "日本"},
    {"big5", "=?big5?B?s+am7A==?=", "單位"},
    {"hz-gb-2312", "=?hz-gb-2312?Q?~{1(KM~}_=7E{AO~}?=", "报送 料"},
    {"utf-7", "=?utf-7?Q?+YqWQAQ-?=", "报送"},
    {"iso-2022-cn", "=?iso-2022-cn?B?GyQpQQ4xKEtNDw==?=", "报送"},
    {"misspelt uft-8", "=?uft-8?B?5oql6YCB?=", "报送"},
    {"gb2312 label, unknown words beside it", "=?gbk?B?sajL?= =?gb2312?B?zQ==?=", "报送"},
    {"control characters",
     "a\x01"
     "b\tc",
     "a b c"},
    {"no injection", "=?utf-8?Q?a=0D=0ABcc:_x?=", "a  Bcc: x"},
    {"NUL in a word", "=?utf-8?Q?a=00b?=", "a b"},
};

static void test_decode(void **state)
{
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autofree char *got = words_decode(CASES[i].raw);
        if (strcmp(got, CASES[i].want) != 0)
            fail_msg("%s: %s\n got  [%s]\n want [%s]", CASES[i].what, CASES[i].raw, got, CASES[i].want);
    }
    g_autofree char *none = words_decode(NULL);
    assert_string_equal(none, "");
}

/* "=?charset?B?…?=" of these bytes, with padding. */
static void add_padded(GString *out, const char *charset, const char *bytes, gsize length)
{
    g_autofree char *base64 = g_base64_encode((const guchar *)bytes, length);
    g_string_append_printf(out, "%s=?%s?B?%s?=", out->len ? "\r\n " : "", charset, base64);
}

static void add_quoted(GString *out, const char *charset, const char *bytes, gsize length)
{
    g_string_append_printf(out, "%s=?%s?Q?", out->len ? " " : "", charset);
    for (gsize i = 0; i < length; i++) g_string_append_printf(out, "=%02X", (guchar)bytes[i]);
    g_string_append(out, "?=");
}

static void expect_words(const GString *raw, const char *want)
{
    g_autofree char *got = words_decode(raw->str);
    if (strcmp(got, want) != 0) fail_msg("%s\n got  [%s]\n want [%s]", raw->str, got, want);
}

/* A subject cut into two or three words wherever it can be cut: inside characters, inside escapes, inside
 * groups of base64; each word padded for itself, or none. */
static void test_cut_anywhere(void **state)
{
    static const struct {
        const char *label, *charset, *text;
    } KINDS[] = {
        {"utf-8", "UTF-8", "【报送】读书会a"},   {"gb2312", "GB18030", "【报送】读书会a"},
        {"GBK", "GB18030", "【报送】朱镕基a"},   {"gb18030", "GB18030", "㐂报送a"},
        {"big5", "BIG5", "【報送】讀書會a"},     {"iso-2022-jp", "ISO-2022-JP", "読書会a"},
        {"iso-2022-cn", "ISO-2022-CN", "报送a"}, {"iso-2022-kr", "ISO-2022-KR", "독서회a"},
        {"utf-7", "UTF-7", "【报送】读书会a"},   {"x-unheard-of", "GB18030", "【报送】读书会a"},
    };
    for (gsize k = 0; k < G_N_ELEMENTS(KINDS); k++) {
        gsize n = 0;
        g_autofree char *bytes = g_convert(KINDS[k].text, -1, KINDS[k].charset, "UTF-8", NULL, &n, NULL);
        assert_non_null(bytes);
        g_autofree char *whole = g_base64_encode((const guchar *)bytes, n);
        for (gsize cut = 1; cut < n; cut++) {
            g_autoptr (GString) padded = g_string_new(NULL);
            g_autoptr (GString) quoted = g_string_new(NULL);
            g_autoptr (GString) mixed = g_string_new(NULL);
            add_padded(padded, KINDS[k].label, bytes, cut);
            add_padded(padded, KINDS[k].label, bytes + cut, n - cut);
            expect_words(padded, KINDS[k].text);
            add_quoted(quoted, KINDS[k].label, bytes, cut);
            add_quoted(quoted, KINDS[k].label, bytes + cut, n - cut);
            expect_words(quoted, KINDS[k].text);
            add_quoted(mixed, KINDS[k].label, bytes, cut / 2);
            add_padded(mixed, KINDS[k].label, bytes + cut / 2, cut - cut / 2);
            add_quoted(mixed, KINDS[k].label, bytes + cut, n - cut);
            expect_words(mixed, KINDS[k].text);
        }
        for (gsize cut = 4; cut < strlen(whole) - 4; cut++) { /* one stream of base64, cut */
            g_autoptr (GString) stream = g_string_new(NULL);
            g_string_printf(stream, "=?%s?B?%.*s?=\r\n =?%s?B?%s?=", KINDS[k].label, (int)cut, whole,
                            KINDS[k].label, whole + cut);
            expect_words(stream, KINDS[k].text);
        }
    }
}

static void test_hostile(void **state)
{
    /* Long, deep and torn input stays linear and inside its buffers. */
    g_autoptr (GString) many = g_string_new(NULL);
    for (guint i = 0; i < 20000; i++) g_string_append(many, "=?utf-8?B?");
    g_autofree char *opened = words_decode(many->str);
    assert_true(g_utf8_validate(opened, -1, NULL));
    g_string_truncate(many, 0);
    for (guint i = 0; i < 20000; i++) g_string_append(many, "=?");
    g_autofree char *half = words_decode(many->str);
    assert_true(strlen(half) <= 65536);
    for (guint length = 0; length < strlen(CASES[2].raw); length++) {
        g_autofree char *cut = g_strndup(CASES[2].raw, length);
        g_autofree char *got = words_decode(cut);
        assert_true(g_utf8_validate(got, -1, NULL));
    }
}

static void test_percent(void **state)
{
    gsize length = 0;
    g_autofree char *bytes = words_percent("a%e6%8A%A5%2", &length);
    assert_string_equal(bytes, "a报%2");
    assert_int_equal(length, 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_decode),
        cmocka_unit_test(test_cut_anywhere),
        cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_percent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
