/* Labels that lie, torn and bad bytes: charset.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "parsers/charset.h"

#define BYTES(text) text, sizeof text - 1

static const struct {
    const char *bytes;
    gsize length;
    const char *label, *want;
    gboolean exact;
} cases[] = {
    /* one family, many names */
    {BYTES("\xB1\xA8\xCB\xCD"), "GB2312", "报送", TRUE},
    {BYTES("\xB1\xA8\xCB\xCD"), "gb_2312-80", "报送", TRUE},
    {BYTES("\xB1\xA8\xCB\xCD"), "x-gbk", "报送", TRUE},
    {BYTES("\xB1\xA8\xCB\xCD"), "cp-936", "报送", TRUE},
    {BYTES("\xB1\xA8\xCB\xCD"), "\"GB2312\"", "报送", TRUE},
    {BYTES("\xB1\xA8\xCB\xCD"), "charset=gbk", "报送", TRUE},
    {BYTES("\xB1\xA8\xCB\xCD"), "ansi", "报送", TRUE},
    {BYTES("\xB1\xA8\xCB\xCD"), "gb18030-2005", "报送", TRUE},
    {BYTES("\x81\x39\xEF\x31"), "gb2312", "㐂", TRUE}, /* four bytes: only GB18030 has it */
    {BYTES("\xE6\x8A\xA5\xE9\x80\x81"), "utf8", "报送", TRUE},
    {BYTES("\xE6\x8A\xA5\xE9\x80\x81"), "utf-8bom", "报送", TRUE},
    {BYTES("\xE6\x8A\xA5\xE9\x80\x81"), "UTF-8//TRANSLIT", "报送", TRUE},
    {BYTES("~{1(KM~} ok ~~"), "hz-gb-2312", "报送 ok ~", TRUE},
    {BYTES("+YqWQAQ- a"), "utf-7", "报送 a", TRUE},
    {BYTES("\xB3\xF8\xB0\x65"), "big5", "報送", TRUE},
    {BYTES("caf\xE9 \x93q\x94"), "iso-8859-1", "café “q”", TRUE},
    /* finding out */
    {BYTES("\xB1\xA8\xCB\xCD"), NULL, "报送", TRUE},
    {BYTES("\xB1\xA8\xCB\xCD"), "no-such-charset", "报送", TRUE},
    {BYTES("读书会\0活动方案"), NULL, "读书会 活动方案", FALSE},
    {BYTES("\xB1\xA8\xCB\xCD"), "us-ascii", "报送", TRUE},
    {BYTES("\xB1\xA8\xCB\xCD"), "../../etc/passwd", "报送", TRUE},
    {BYTES("\xE6\x8A\xA5\xE9\x80\x81"), NULL, "报送", TRUE},
    {BYTES("\xEF\xBB\xBF\xE6\x8A\xA5"), NULL, "报", TRUE},
    {BYTES("\xEF\xBB\xBF\xE6\x8A\xA5"), "gbk", "报", TRUE},
    {BYTES("\xFF\xFE\xA5\x62\x01\x90"), NULL, "报送", TRUE},
    {BYTES("\xFE\xFF\x62\xA5\x90\x01"), NULL, "报送", TRUE},
    {BYTES("\x62\xA5\0a"), "utf-16", "报a", TRUE}, /* no mark: the zeros tell */
    /* and without zeros, or with those of 开 and 一 alone */
    {BYTES("\xA5\x62\x01\x90\x50\x67\x99\x65\x0C\xFF\xF7\x8B\xE5\x67\x36\x65\x02\x30"), NULL,
     "报送材料，请查收。", TRUE},
    {BYTES("\x62\xA5\x90\x01\x67\x50\x65\x99\xFF\x0C\x8B\xF7\x67\xE5\x65\x36\x30\x02"), NULL,
     "报送材料，请查收。", TRUE},
    {BYTES("\x00\x5F\x55\x5C\x08\xFF\x00\x4E\x09\xFF\x3B\x6D\xA8\x52\x3B\x60\xD3\x7E"), NULL,
     "开展（一）活动总结", TRUE},
    {BYTES("\xB1\xA8\xCB\xCD"), "utf-8", "报送", TRUE},
    {BYTES("\xE6\x8A\xA5\xE9\x80"), NULL, "报\uFFFD\uFFFD", FALSE}, /* cut inside a character: still UTF-8 */
    /* bytes that cannot be what they are called */
    {BYTES("\xC4\xFA\xBA\xC3\xA3\xAC\xCF\xD6\xB1\xA8\xCB\xCD\xB2\xC4\xC1\xCF"), "iso-2022-jp",
     "您好，现报送材料", TRUE},
    {BYTES(
         "\xC4\xFA\xBA\xC3\xA3\xAC\xC7\xEB\xC9\xF3\xD4\xC4\xA1\xA3\xC1\xAA\xCF\xB5\xC8\xCB\xA3\xBA\xBC\xD7"),
     "big5", "您好，请审阅。联系人：甲", TRUE},
    {BYTES("\xB1z\xA6n\xA1"
           "A\xB2{\xB3\xF8\xB0"
           "e\xA7\xF7\xAE\xC6\xFF"),
     "big5", "您好，現報送材料\uFFFD", FALSE},
    {BYTES(
         "\xE6\x82\xA8\xE5\xA5\xBD\xEF\xBC\x8C\xE7\x8E\xB0\xE6\x8A\xA5\xE9\x80\x81\xE6\x9D\x90\xE6\x96\x99"),
     "utf-16", "您好，现报送材料", TRUE},
    {BYTES("see below"), "utf-16", "see below", TRUE},
    {BYTES("请各单位 A-1 于五月底前报送。\n"), "utf-16le", "请各单位 A-1 于五月底前报送。\n", TRUE},
    {BYTES("报送材料"), "UTF-16BE", "报送材料", TRUE},
    {BYTES("IlW["), "utf-16le", "汉字", TRUE}, /* hanzi, and Cyrillic, that are UTF-8 by chance */
    {BYTES("IlW["), "utf-16", "汉字", TRUE},
    {BYTES("mYl_Y'[f"), "utf-16be", "浙江大学", TRUE},
    {BYTES("\x1F\x04\x40\x04\x38\x04\x32\x04\x35\x04\x42\x04"), "utf-16le", "Привет", TRUE},
    /* EUC-KR under the labels of others is no Chinese */
    {BYTES("\xB0\xA8\xBB\xE7\xC7\xD5\xB4\xCF\xB4\xD9"), "iso-2022-kr",
     "\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD", FALSE},
    {BYTES("\xB0\xA8\xBB\xE7\xC7\xD5\xB4\xCF\xB4\xD9"), "iso-2022-jp",
     "\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD", FALSE},
    /* HZ that nobody labelled, and what only looks like it */
    {BYTES("~{No@mQ'T:~} A\r\n~{5D;n6/~}"), NULL, "物理学院 A\r\n的活动", TRUE},
    {BYTES("~{1(KM~}"), "gb2312", "报送", TRUE},
    {BYTES("~{1(KM~}"), "utf-8", "~{1(KM~}", TRUE},
    {BYTES("~{1(KM~} ~{"), NULL, "~{1(KM~} ~{", TRUE},
    {BYTES("~{1(\nKM~}"), NULL, "~{1(\nKM~}", TRUE},
    {BYTES("~{1(K~}"), NULL, "~{1(K~}", TRUE},
    {BYTES("~{HOME~} ~{V1P0~} ~{}~}"), NULL, "~{HOME~} ~{V1P0~} ~{}~}", TRUE},
    {BYTES("(format t \"~{~a~^, ~}\" list)"), NULL, "(format t \"~{~a~^, ~}\" list)", TRUE},
    {BYTES("~{name~}"), NULL, "~{name~}", TRUE},
    /* labels written on what nobody looked at */
    {BYTES("\xE3\x80\x90\xE6\x8A\xA5\xE9\x80\x81\xE3\x80\x91\xE6\x96\x87\xE5\xAD\xA6\xE9\x99\xA2\xE5\x85\x9A"
           "\xE5\xA7\x94\xEF\xBC\x9A\xE5\x9F\xBA\xE5\xB1\x82\xE5\x85\x9A\xE5\xBB\xBA\xE5\x88\x9B\xE6\x96\xB0"
           "\xE6\xB4\xBB\xE5\x8A\xA8\xE6\x80\xBB\xE7\xBB\x93\xE6\x9D\x90\xE6\x96\x99"),
     "gb2312", "【报送】文学院党委：基层党建创新活动总结材料", TRUE},
    {BYTES("\xA1\xBE\xB1\xA8\xCB\xCD\xA1\xBF\xCE\xC4\xD1\xA7\xD4\xBA\xB5\xB3\xCE\xAF\xA3\xBA\xBB\xF9\xB2\xE3"
           "\xB5\xB3\xBD\xA8\xB4\xB4\xD0\xC2\xBB\xEE\xB6\xAF\xD7\xDC\xBD\xE1\xB2\xC4\xC1\xCF"),
     "utf-8", "【报送】文学院党委：基层党建创新活动总结材料", TRUE},
    {BYTES("\xA1\xBE\xB1\xA8\xCB\xCD\xA1\xBF\xCE\xC4\xD1\xA7\xD4\xBA\xB5\xB3\xCE\xAF\xA3\xBA\xBB\xF9\xB2\xE3"
           "\xB5\xB3\xBD\xA8\xB4\xB4\xD0\xC2\xBB\xEE\xB6\xAF\xD7\xDC\xBD\xE1\xB2\xC4\xC1\xCF"),
     "iso-8859-1", "【报送】文学院党委：基层党建创新活动总结材料", TRUE},
    {BYTES("\xE3\x80\x90\xE6\x8A\xA5\xE9\x80\x81\xE3\x80\x91\xE6\x96\x87\xE5\xAD\xA6\xE9\x99\xA2\xE5\x85\x9A"
           "\xE5\xA7\x94\xEF\xBC\x9A\xE5\x9F\xBA\xE5\xB1\x82\xE5\x85\x9A\xE5\xBB\xBA\xE5\x88\x9B\xE6\x96\xB0"
           "\xE6\xB4\xBB\xE5\x8A\xA8\xE6\x80\xBB\xE7\xBB\x93\xE6\x9D\x90\xE6\x96\x99"),
     "iso-8859-1", "【报送】文学院党委：基层党建创新活动总结材料", TRUE},
    {BYTES("\xE6\xB3\x95\xE5\xAD\xA6\xE9\x99\xA2\xE6\x80\xBB\xE7\xBB\x93"), "gb2312", "法学院总结", TRUE},
    {BYTES("\xB7\xA8\xD1\xA7\xD4\xBA\xD7\xDC\xBD\xE1"), "utf-8", "法学院总结", TRUE},
    {BYTES("\xB7\xA8\xD1\xA7\xD4\xBA\xD7\xDC\xBD\xE1"), "iso-8859-1", "法学院总结", TRUE},
    {BYTES("\xE6\xB3\x95\xE5\xAD\xA6\xE9\x99\xA2\xE6\x80\xBB\xE7\xBB\x93"), "iso-8859-1", "法学院总结", TRUE},
    {BYTES("\xE5\x9B\x9E\xE5\xA4\x8D\xEF\xBC\x9A\xE9\x80\x9A\xE7\x9F\xA5"), "gb2312", "回复：通知", TRUE},
    {BYTES("\xBB\xD8\xB8\xB4\xA3\xBA\xCD\xA8\xD6\xAA"), "utf-8", "回复：通知", TRUE},
    {BYTES("\xBB\xD8\xB8\xB4\xA3\xBA\xCD\xA8\xD6\xAA"), "iso-8859-1", "回复：通知", TRUE},
    {BYTES("\xE5\x9B\x9E\xE5\xA4\x8D\xEF\xBC\x9A\xE9\x80\x9A\xE7\x9F\xA5"), "iso-8859-1", "回复：通知", TRUE},
    {BYTES("\xE5\x85\xB3\xE4\xBA\x8E\xE6\x8A\xA5\xE9\x80\x81\xE5\x9F\xBA\xE5\xB1\x82\xE5\x85\x9A\xE5\xBB\xBA"
           "\xE5\xB7\xA5\xE4\xBD\x9C\xE5\x88\x9B\xE6\x96\xB0\xE6\xB4\xBB\xE5\x8A\xA8\xE7\x9A\x84\xE8\xAF\xB7"
           "\xE7\xA4\xBA"),
     "gb2312", "关于报送基层党建工作创新活动的请示", TRUE},
    {BYTES("\xB9\xD8\xD3\xDA\xB1\xA8\xCB\xCD\xBB\xF9\xB2\xE3\xB5\xB3\xBD\xA8\xB9\xA4\xD7\xF7\xB4\xB4\xD0\xC2"
           "\xBB\xEE\xB6\xAF\xB5\xC4\xC7\xEB\xCA\xBE"),
     "utf-8", "关于报送基层党建工作创新活动的请示", TRUE},
    {BYTES("\xB9\xD8\xD3\xDA\xB1\xA8\xCB\xCD\xBB\xF9\xB2\xE3\xB5\xB3\xBD\xA8\xB9\xA4\xD7\xF7\xB4\xB4\xD0\xC2"
           "\xBB\xEE\xB6\xAF\xB5\xC4\xC7\xEB\xCA\xBE"),
     "iso-8859-1", "关于报送基层党建工作创新活动的请示", TRUE},
    {BYTES("\xE5\x85\xB3\xE4\xBA\x8E\xE6\x8A\xA5\xE9\x80\x81\xE5\x9F\xBA\xE5\xB1\x82\xE5\x85\x9A\xE5\xBB\xBA"
           "\xE5\xB7\xA5\xE4\xBD\x9C\xE5\x88\x9B\xE6\x96\xB0\xE6\xB4\xBB\xE5\x8A\xA8\xE7\x9A\x84\xE8\xAF\xB7"
           "\xE7\xA4\xBA"),
     "iso-8859-1", "关于报送基层党建工作创新活动的请示", TRUE},
    {BYTES("\xE5\x9B\xBE\xE4\xB9\xA6\xE9\xA6\x86\xE7\x9B\xB4\xE5\xB1\x9E\xE5\x85\x9A\xE6\x94\xAF\xE9\x83\xA8"
           "\xE6\x80\xBB\xE7\xBB\x93\xE6\x9D\x90\xE6\x96\x99"),
     "gb2312", "图书馆直属党支部总结材料", TRUE},
    {BYTES(
         "\xCD\xBC\xCA\xE9\xB9\xDD\xD6\xB1\xCA\xF4\xB5\xB3\xD6\xA7\xB2\xBF\xD7\xDC\xBD\xE1\xB2\xC4\xC1\xCF"),
     "utf-8", "图书馆直属党支部总结材料", TRUE},
    {BYTES(
         "\xCD\xBC\xCA\xE9\xB9\xDD\xD6\xB1\xCA\xF4\xB5\xB3\xD6\xA7\xB2\xBF\xD7\xDC\xBD\xE1\xB2\xC4\xC1\xCF"),
     "iso-8859-1", "图书馆直属党支部总结材料", TRUE},
    {BYTES("\xE5\x9B\xBE\xE4\xB9\xA6\xE9\xA6\x86\xE7\x9B\xB4\xE5\xB1\x9E\xE5\x85\x9A\xE6\x94\xAF\xE9\x83\xA8"
           "\xE6\x80\xBB\xE7\xBB\x93\xE6\x9D\x90\xE6\x96\x99"),
     "iso-8859-1", "图书馆直属党支部总结材料", TRUE},
    {BYTES("\x66\xFC\x72\x20\xD6\x6C\x66\xE4\x73\x73\x65\x72\x2C\x20\x6E\x61\xEF\x76\x65\x20\x66\x61\xE7\x61"
           "\x64\x65"),
     "iso-8859-1", "für Ölfässer, naïve façade", TRUE},
    {BYTES("\x66\xC3\xBC\x72\x20\xC3\x96\x6C\x66\xC3\xA4\x73\x73\x65\x72\x2C\x20\x6E\x61\xC3\xAF\x76\x65\x20"
           "\x66\x61\xC3\xA7\x61\x64\x65"),
     "utf-8", "für Ölfässer, naïve façade", TRUE},
    {BYTES("\x66\xC3\xBC\x72\x20\xC3\x96\x6C\x66\xC3\xA4\x73\x73\x65\x72\x2C\x20\x6E\x61\xC3\xAF\x76\x65\x20"
           "\x66\x61\xC3\xA7\x61\x64\x65"),
     "iso-8859-1", "für Ölfässer, naïve façade", TRUE},
    {BYTES("\xC4\x72\x67\x65\x72\x20\xFC\x62\x65\x72\x20\x33\x20\xB0\x43\x20\x96\x20\x84\x73\x6F\x93"),
     "windows-1252", "Ärger über 3 °C – „so“", TRUE},
    {BYTES("\xC3\xF6\xA9\xF3\xB2\xD5\xC2\xB4\xC4\xD2\xAD\xFB\xAC\xA1\xB0\xCA\xAA\xBA\xC1\x60\xB5\xB2"), "",
     "關於組織黨員活動的總結", TRUE},
    {BYTES("\xC1\x60\xB5\xB2\xA7\xF7\xAE\xC6\x2E\x64\x6F\x63\x78"), "", "總結材料.docx", TRUE},
    {BYTES("\xB9\xD8\xD3\xDA\xD7\xE9\xD6\xAF\xB5\xB3\xD4\xB1\xBB\xEE\xB6\xAF\xB5\xC4\xD7\xDC\xBD\xE1\xA3\xBA"
           "\xEF\xBF\xBD\xEF\xBF\xBD"),
     "gb2312", "关于组织党员活动的总结：锟斤拷", TRUE},
    {BYTES("\x5A\x51\xFA\x5E\x20\x00\x61\x00\x62\x00\x63\x00\x0D\x00\x0A\x00"), "", "党建 abc\r\n", TRUE},
    {BYTES("\x51\x5A\x5E\xFA\x00\x20\x00\x61\x00\x62\x00\x63\x00\x0D\x00\x0A"), "", "党建 abc\r\n", TRUE},
    {BYTES("\xCA\x92\xCA\xCF\xBC\xD2\xD7\x56\xD1\xD0\xBE\xBF"), "utf-8", "蕭氏家譜研究", TRUE},
    {BYTES("\xD6\xD0\xCE\xC4\xA1\xB0\xD2\xFD\xBA\xC5\xA1\xB1"), "gbk", "中文“引号”", TRUE},
    {BYTES("\xBB\xAF\xD1\xA7\xD1\xA7\xD4\xBA"), "utf-8", "化学学院", TRUE},
    {BYTES("\xC9\xEA\xB1\xA8\xB1\xED\r\n"), "utf-8", "申报表\r\n", TRUE},
    {BYTES("\xC3\xF6\xA9\xF3\xB2\xD5\xC2\xB4\xC4\xD2\xAD\xFB\xAC\xA1\xB0\xCA\xAA\xBA\xC1\x60\xB5\xB2"),
     "gb2312", "關於組織黨員活動的總結", TRUE},
    /* bad bytes */
    {BYTES("\xB1\xA8\xCB"), "gbk", "报\uFFFD", FALSE},
    {BYTES("\xB1\xA8\xFF"
           "a\xCB\xCD"),
     "gbk",
     "报\uFFFD"
     "a送",
     FALSE},
    {BYTES("\xB1 \xB1\xA8"), "gbk", "\uFFFD 报", FALSE},
    {BYTES("\x80"), "gbk", "€", TRUE},
    {BYTES("a\xC0\x80\xE6\x8A\xA5"), "utf-8", "a\uFFFD\uFFFD报", FALSE},
    {BYTES("\xED\xA0\xBD\xE6\x8A\xA5"), "utf-8", "\uFFFD\uFFFD\uFFFD报", FALSE},
    {BYTES("\x3D\xD8"
           "a\0"),
     "utf-16le",
     "\uFFFD"
     "a",
     FALSE},
    {BYTES("+2D0-"), "utf-7", "\uFFFD", FALSE},
    {BYTES("a\0b"), "utf-8", "a b", FALSE},
    {BYTES(""), "gbk", "", TRUE},
};

static void decodes(void **state)
{
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        gboolean exact = !cases[i].exact;
        g_autofree char *got = charset_to_utf8(cases[i].bytes, cases[i].length, cases[i].label, &exact);
        if (g_strcmp0(got, cases[i].want) != 0 || exact != cases[i].exact)
            fail_msg("case %zu (%s): got \"%s\" exact %d", i, cases[i].label ? cases[i].label : "-", got,
                     exact);
    }
}

static void accepts_nothing(void **state)
{
    g_autofree char *got = charset_to_utf8(NULL, 0, NULL, NULL);
    assert_string_equal(got, "");
}

/* Whatever the bytes and the label: valid UTF-8, no NUL. */
static void survives_noise(void **state)
{
    static const char *const labels[] = {NULL,          "gbk",         "utf-8",  "utf-7",     "utf-16",
                                         "hz",          "big5",        "euc-kr", "shift_jis", "utf-32",
                                         "iso-2022-jp", "iso-2022-cn", "cp1252"};
    g_autoptr (GRand) noise = g_rand_new_with_seed(2014);
    for (int round = 0; round < 2000; round++) {
        char bytes[64];
        for (gsize i = 0; i < sizeof bytes; i++) bytes[i] = (char)g_rand_int_range(noise, 0, 256);
        gsize length = (gsize)g_rand_int_range(noise, 0, sizeof bytes);
        g_autofree char *got =
            charset_to_utf8(bytes, length, labels[(gsize)round % G_N_ELEMENTS(labels)], NULL);
        assert_true(g_utf8_validate(got, -1, NULL));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(decodes), cmocka_unit_test(accepts_nothing),
                                       cmocka_unit_test(survives_noise)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
