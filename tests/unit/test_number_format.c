/* Numbers as cells show them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "parsers/number_format.h"

#define DAY 41789.6041666667 /* 2014-05-30 14:30:00, a Friday */

static const struct {
    double value;
    const char *code, *shown;
} cases[] = {
    /* General: 11 characters */
    {0, "General", "0"},
    {-0.0, NULL, "0"},
    {1234567, "", "1234567"},
    {0.1 + 0.2, "General", "0.3"},
    {12345678901, "General", "12345678901"},
    {123456789012, "G/通用格式", "1.23457E+11"},
    {-1234.5678, "General", "-1234.5678"},
    {3.14159265358979, "General", "3.141592654"},
    {0.0001234, "General", "0.0001234"},
    {0.000012345678, "General", "1.23457E-05"},
    {1e-10, "General", "1E-10"},
    {1e300, "General", "1E+300"},
    {99999999999.6, "General", "1E+11"},
    /* digits */
    {1234.5, "0", "1235"},
    {2.5, "0", "3"},
    {1.005, "0.00", "1.01"},
    {-0.5, "0", "-1"},
    {1234567.891, "#,##0.00", "1,234,567.89"},
    {0.5, "#.##", ".5"},
    {12, "0000", "0012"},
    {5, "0,000", "0,005"},
    {1234567, "#,##0,", "1,235"},
    {1234567, "0.0,,\"百万\"", "1.2百万"},
    {0.285, "0%", "29%"},
    {0.12345, "0.00%", "12.35%"},
    {12345.678, "0.00E+00", "1.23E+04"},
    {9.996, "0.00E+00", "1.00E+01"},
    {0.00012, "0.0E-0", "1.2E-4"},
    {123.45, "##0.0E+0", "123.5E+0"},
    {12345.678, "##0.0E+0", "12.3E+3"},
    {1.5, "# ?/?", "1 1/2"},
    {0.3333333, "# ?\?/?\?", "1/3"},
    {2.125, "# ?/8", "2 1/8"},
    {3, "# ?/?", "3"},
    {13912345678, "000-0000-0000", "139-1234-5678"},
    {5, "\"第\"0\"名\"", "第5名"},
    {5, "0\\件", "5件"},
    {5, "0\"\xE4\xBB\xB6", "5件"}, /* a quote that does not end */
    /* sections */
    {-5, "0;(0)", "(5)"},
    {0, "0;(0);\"无\"", "无"},
    {5, "0;(0);\"无\";@", "5"},
    {5, ";;;", ""},
    {5, "[Red]0", "5"},
    {60, "[>=60]\"及格\";\"不及格\"", "及格"},
    {59, "[>=60]\"及格\";\"不及格\"", "不及格"},
    {-5, "[>100]0;0.0", "-5.0"},
    {-5, "[<0]\"负\"0;0", "负5"},
    {1234.5, "_(\"$\"* #,##0.00_);_(\"$\"* \\(#,##0.00\\);_(\"$\"* \"-\"??_);_(@_)", "$1,234.50"},
    {0, "_(\"$\"* #,##0.00_);_(\"$\"* \\(#,##0.00\\);_(\"$\"* \"-\"??_);_(@_)", "$-"},
    {1234.5, "[$¥-804]#,##0.00", "¥1,234.50"},
    {42, "@", "42"},
    /* dates and times */
    {DAY, "yyyy-mm-dd", "2014-05-30"},
    {DAY, "yyyy/m/d h:mm", "2014/5/30 14:30"},
    {DAY, "yyyy\"年\"m\"月\"d\"日\"", "2014年5月30日"},
    {DAY, "yyyy年m月d日", "2014年5月30日"},
    {DAY, "[$-804]yyyy\"年\"m\"月\";@", "2014年5月"},
    {DAY, "[DBNum1][$-804]yyyy\"年\"m\"月\"d\"日\"", "二〇一四年五月三十日"},
    {DAY, "[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy", "2014年5月30日"},
    {DAY, "aaaa", "星期五"},
    {DAY, "[$-804]ddd", "周五"},
    {DAY, "ddd, d mmmm yy", "Fri, 30 May 14"},
    {DAY, "上午/下午h\"时\"mm\"分\"", "下午2时30分"},
    {DAY, "h:mm:ss AM/PM", "2:30:00 PM"},
    {0.5, "h AM/PM", "12 PM"},
    {0.999999, "h:mm", "0:00"},
    {1.25, "[h]:mm:ss", "30:00:00"},
    {0.0423, "[mm]:ss", "60:55"},
    {0.00001, "ss.00", "00.86"},
    {1, "yyyy-mm-dd", "1900-01-01"},
    {60, "yyyy-mm-dd", "1900-02-29"}, /* Excel's own */
    {61, "yyyy-mm-dd", "1900-03-01"},
    {36585, "yyyy-mm-dd", "2000-02-29"},
    {2958465, "yyyy-mm-dd", "9999-12-31"},
    {2958466, "yyyy-mm-dd", "2958466"},
    {-1, "yyyy-mm-dd", "-1"},
    /* Chinese numerals */
    {1203, "[DBNum1]General", "一千二百〇三"},
    {100000000, "[DBNum1]General", "一亿"},
    {10010, "[DBNum2][$-804]G/通用格式", "壹万零壹拾"},
    {1.5, "[DBNum1]G/通用格式", "一.五"},
    {123, "[DBNum1]0", "一二三"},
    {0, "[DBNum2]General", "零"},
};

static void test_shown(void **state)
{
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *shown = number_format(cases[i].value, cases[i].code, FALSE);
        if (g_strcmp0(shown, cases[i].shown) != 0)
            fail_msg("%.15g as %s: \"%s\", not \"%s\"", cases[i].value, cases[i].code, shown, cases[i].shown);
    }
}

static void test_1904(void **state)
{
    g_autofree char *first = number_format(0, "yyyy-mm-dd", TRUE);
    g_autofree char *day = number_format(40327, "yyyy-mm-dd aaaa", TRUE);
    assert_string_equal(first, "1904-01-01");
    assert_string_equal(day, "2014-05-30 星期五");
}

static void test_builtin(void **state)
{
    static const struct {
        guint id;
        const char *shown;
    } ids[] = {{0, "41789.60417"},      {1, "41790"},          {4, "41,789.60"},    {14, "2014/5/30"},
               {22, "2014/5/30 14:30"}, {31, "2014年5月30日"}, {32, "14时30分"},    {55, "下午2时30分"},
               {57, "2014年5月"},       {46, "1002950:30:00"}, {10, "4178960.42%"}, {49, "41789.60417"},
               {41, "41,790"},          {25, "41789.60417"}};
    for (gsize i = 0; i < G_N_ELEMENTS(ids); i++) {
        g_autofree char *shown = number_format(DAY, number_format_builtin(ids[i].id), FALSE);
        assert_string_equal(shown, ids[i].shown);
    }
    assert_null(number_format_builtin(59));
    assert_null(number_format_builtin(G_MAXUINT));
}

static void test_text(void **state)
{
    static const struct {
        const char *code, *shown;
    } texts[] = {{NULL, "甲"},
                 {"0.00", "甲"},
                 {"@", "甲"},
                 {"\"单位：\"@", "单位：甲"},
                 {"0;0;0;@\"（盖章）\"", "甲（盖章）"}};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autofree char *shown = number_format_text("甲", texts[i].code);
        assert_string_equal(shown, texts[i].shown);
    }
}

/* Codes that no program writes must come to some text all the same. */
static void test_hostile(void **state)
{
    g_autofree char *zeros = g_strnfill(900, '0'), *percents = g_strnfill(900, '%');
    g_autofree char *long_code = g_strnfill(5000, '#');
    const char *const codes[] = {zeros,
                                 percents,
                                 long_code,
                                 "[",
                                 "[h",
                                 "\"",
                                 "\\",
                                 "_",
                                 "*",
                                 ";;;;;;",
                                 "0;",
                                 "E+0",
                                 "0E+",
                                 "/",
                                 "0/",
                                 "/0",
                                 "#/0",
                                 "[DBNum9]0",
                                 "[$",
                                 "[$-]0",
                                 "\xFF\xFE",
                                 "e",
                                 "aaa",
                                 "[>x]0;0",
                                 "0.0.0.0",
                                 "mmmmmmmmm",
                                 "s.000000000000",
                                 "AM/PM",
                                 "上午",
                                 "0,0,0,0,,,,",
                                 "?/?\?\?\?\?\?"};
    const double values[] = {0, 1, -1, 1e308, -1e308, 5e-324, 41789.9999999, 1e15, INFINITY, -INFINITY, NAN};
    for (gsize i = 0; i < G_N_ELEMENTS(codes); i++)
        for (gsize k = 0; k < G_N_ELEMENTS(values); k++) {
            g_autofree char *shown = number_format(values[k], codes[i], k % 2);
            assert_true(g_utf8_validate(shown, -1, NULL));
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shown), cmocka_unit_test(test_1904),    cmocka_unit_test(test_builtin),
        cmocka_unit_test(test_text),  cmocka_unit_test(test_hostile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
