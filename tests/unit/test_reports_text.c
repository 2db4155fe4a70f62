#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "reports/cell.h"
#include "reports/name.h"

typedef struct Case {
    const char *raw, *expected;
} Case;

static void check_cells(const Case *cases, gsize n)
{
    for (gsize i = 0; i < n; i++) {
        g_autofree char *got = cell_text(cases[i].raw, 0);
        assert_string_equal(got, cases[i].expected);
    }
}

static void test_cell_text(void **state)
{
    static const Case CASES[] = {
        {NULL, ""},
        {"文学院党委", "文学院党委"},
        {"=HYPERLINK(\"x\")", "=HYPERLINK(\"x\")"}, /* a string cell: harmless as it is */
        {"+1", "+1"},
        {"@x", "@x"},
        {" \n 两端 \n", "两端"},
        {"a\r\nb\rc\nd", "a\nb\nc\nd"},
        {"a\tb", "a b"},
        {"a\x01\x1b[31mb\x7f", "a\xEF\xBF\xBD\xEF\xBF\xBD[31mb\xEF\xBF\xBD"},
        {"a\xC2\x85", "a\xEF\xBF\xBD"}, /* C1 */
        {"gpj.\xE2\x80\xAE"
         "exe",
         "gpj.\xEF\xBF\xBD"
         "exe"}, /* turns the reading direction */
        {"\xEF\xBB\xBF"
         "a\xE2\x80\x8B"
         "b",
         "ab"},                                                     /* marks that nobody sees */
        {"\xEF\xBF\xBE\xEF\xBF\xBF", "\xEF\xBF\xBD\xEF\xBF\xBD"},   /* U+FFFE U+FFFF */
        {"\xF0\x9F\xBF\xBF", "\xEF\xBF\xBD"},                       /* U+1FFFF */
        {"\xED\xA0\x80x", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBDx"}, /* a lone surrogate */
        {"\xB0\xB1", "\xEF\xBF\xBD\xEF\xBF\xBD"},                   /* no UTF-8 */
        {"📚👨‍👩‍👧", "📚👨‍👩‍👧"},
        {"_x0041_", "_x005F_x0041_"},
        {"_x0041_x0042_", "_x005F_x0041_x005F_x0042_"},
        {"_x00g1_ _x41_ _X0041_", "_x00g1_ _x41_ _X0041_"},
    };
    check_cells(CASES, G_N_ELEMENTS(CASES));
}

/* Where one escape ends the next may begin: every one that a reader could take must be escaped. */
static void test_cell_escape_overlap(void **state)
{
    g_autofree char *got = cell_text("_x0041__x0042_", 0);
    assert_string_equal(got, "_x005F_x0041__x005F_x0042_");
}

static void test_cell_cut(void **state)
{
    g_autofree char *short_one = cell_text("一二三四五", 5);
    g_autofree char *cut = cell_text("一二三四五六", 5);
    assert_string_equal(short_one, "一二三四五");
    assert_string_equal(cut, "一二三四…");

    g_autofree char *many = g_strnfill(40000, 'x');
    g_autofree char *capped = cell_text(many, 0);
    assert_int_equal(g_utf8_strlen(capped, -1), CELL_UNITS);
    assert_true(g_str_has_suffix(capped, "…"));

    g_autoptr (GString) books = g_string_new(NULL); /* two UTF-16 units each */
    for (guint i = 0; i < 20000; i++) g_string_append(books, "📚");
    g_autofree char *units = cell_text(books->str, 0);
    glong n = 0;
    g_autofree gunichar2 *utf16 = g_utf8_to_utf16(units, -1, NULL, &n, NULL);
    assert_non_null(utf16);
    assert_in_range(n, CELL_UNITS - 1, CELL_UNITS);
}

static void test_cell_room(void **state)
{
    assert_int_equal(cell_width("文学院 ab"), 9);
    assert_int_equal(cell_width("短\n较长的行"), 8);
    assert_int_equal(cell_lines("", 10), 1);
    assert_int_equal(cell_lines("一二三四五", 10), 1);
    assert_int_equal(cell_lines("一二三四五六", 10), 2);
    assert_int_equal(cell_lines("a\n\nb", 10), 3);
    assert_int_equal(cell_lines("一二三四 words words", 10), 3);      /* a word is not torn */
    assert_int_equal(cell_lines("xxxxxxxxxxxxxxxxxxxxxxxxx", 10), 3); /* unless it is wider than the line */
    assert_int_equal(cell_lines("任意", 0), 2);
}

static void test_cell_fit(void **state)
{
    static const struct {
        const char *text;
        guint width;
        const char *expected;
    } CASES[] = {{"总结.docx", 20, "总结.docx"},
                 {"文学院党委基层党建工作创新活动总结.docx", 21, "文学院党委…总结.docx"},
                 {"a\nb", 20, "a b"},
                 {"xxxxxxxxxxxxxxxxxxxx", 10, "xxxx…xxxx"},
                 {"一二三四五六", 0, "一…六"}};
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autofree char *got = cell_fit(CASES[i].text, CASES[i].width);
        assert_string_equal(got, CASES[i].expected);
    }
}

static void test_names(void **state)
{
    static const Case CASES[] = {
        {"总结.docx", "总结.docx"},
        {"../../etc/passwd", "passwd"},
        {"..", "附件"},
        {" . ", "附件"},
        {"", "附件"},
        {NULL, "附件"},
        {"C:\\a\\b.doc", "b.doc"},
        {"a/", "a／"},
        {"a*b?c\"d<e>f|g#h%41.doc", "a＊b？c＂d＜e＞f｜g＃h％41.doc"},
        {"总结.docx. ", "总结.docx"},
        {"总结.docx　", "总结.docx"},
        {"CON", "_CON"},
        {"con.txt", "_con.txt"},
        {"Lpt1 .tar.gz", "_Lpt1 .tar.gz"},
        {"COM¹.doc", "_COM¹.doc"},
        {"console.doc", "console.doc"},
        {"~$总结.docx", "_总结.docx"},
        {".htaccess", "htaccess"},
        {"照片\xE2\x80\xAEgpj.exe", "照片gpj.exe_"},
        {"a.EXE", "a.EXE_"},
        {"a.exe .", "a.exe_"},
        {"打开.lnk", "打开.lnk_"},
        {"desktop.ini", "desktop.ini_"},
        {"a\x01\nb\x7f.doc", "a b.doc"},
        {"e\xCC\x81.doc", "é.doc"}, /* NFC */
        {"\xB0\xB1.doc", "__.doc"},
        {"📚.doc", "📚.doc"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autofree char *got = name_safe_file(CASES[i].raw, 80, "附件");
        assert_string_equal(got, CASES[i].expected);
    }
}

static void test_name_length(void **state)
{
    g_autoptr (GString) wide = g_string_new(NULL);
    for (guint i = 0; i < 300; i++) g_string_append(wide, "长");
    g_string_append(wide, ".docx");
    g_autofree char *cut = name_safe_file(wide->str, 80, "附件");
    assert_true(g_str_has_suffix(cut, "长.docx"));
    assert_true(strlen(cut) <= 200 && g_utf8_strlen(cut, -1) <= 80);
    assert_true(g_utf8_validate(cut, -1, NULL));

    g_autofree char *narrow = g_strnfill(5000, 'x');
    g_autofree char *folder = name_safe(narrow, 60, "附件");
    assert_int_equal(strlen(folder), 60);
}

static void test_name_numbers(void **state)
{
    g_autofree char *a = name_numbered("总结.docx", 2), *b = name_numbered("总结", 3);
    g_autofree char *upper = name_key("A总结.DOCX"), *lower = name_key("a总结.docx");
    assert_string_equal(a, "总结（2）.docx");
    assert_string_equal(b, "总结（3）");
    assert_string_equal(upper, lower);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cell_text),   cmocka_unit_test(test_cell_escape_overlap),
        cmocka_unit_test(test_cell_cut),    cmocka_unit_test(test_cell_room),
        cmocka_unit_test(test_cell_fit),    cmocka_unit_test(test_names),
        cmocka_unit_test(test_name_length), cmocka_unit_test(test_name_numbers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
