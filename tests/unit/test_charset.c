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
    {BYTES("\xB1\xA8\xCB\xCD"), "us-ascii", "报送", TRUE},
    {BYTES("\xB1\xA8\xCB\xCD"), "../../etc/passwd", "报送", TRUE},
    {BYTES("\xE6\x8A\xA5\xE9\x80\x81"), NULL, "报送", TRUE},
    {BYTES("\xEF\xBB\xBF\xE6\x8A\xA5"), NULL, "报", TRUE},
    {BYTES("\xEF\xBB\xBF\xE6\x8A\xA5"), "gbk", "报", TRUE},
    {BYTES("\xFF\xFE\xA5\x62\x01\x90"), NULL, "报送", TRUE},
    {BYTES("\xFE\xFF\x62\xA5\x90\x01"), NULL, "报送", TRUE},
    {BYTES("\x62\xA5\0a"), "utf-16", "报a", TRUE}, /* no mark: the zeros tell */
    {BYTES("\xB1\xA8\xCB\xCD"), "utf-8", "报送", TRUE},
    {BYTES("\xE6\x8A\xA5\xE9\x80"), NULL, "报\uFFFD\uFFFD", FALSE}, /* cut inside a character: still UTF-8 */
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
