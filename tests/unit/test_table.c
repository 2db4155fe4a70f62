/* CSV as Excel and WPS save it: table.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "parsers/limits.h"
#include "parsers/table.h"

/* "line:cell|cell" per row, rows parted by "/"; an error is "code: message". */
static char *read_csv(const char *bytes, gsize length)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (Table) table = table_read_csv(bytes, length, &error);
    if (!table) return g_strdup_printf("%d: %s", error->code, error->message);
    GString *out = g_string_new(NULL);
    for (guint r = 0; r < table->rows->len; r++) {
        const TableRow *row = table->rows->pdata[r];
        g_string_append_printf(out, "%s%u:", r ? "/" : "", row->line);
        for (guint c = 0; c < row->cells->len; c++)
            g_string_append_printf(out, "%s%s", c ? "|" : "", table_cell(table, r, c));
    }
    return g_string_free(out, FALSE);
}

#define CSV(text, want)                                                                                      \
    do {                                                                                                     \
        g_autofree char *got = read_csv(text, sizeof(text) - 1);                                             \
        assert_string_equal(got, want);                                                                      \
    } while (0)

static void reads(void **state)
{
    CSV("a,b\r\nc,d\r\n", "1:a|b/2:c|d");
    CSV("a,b\rc,d", "1:a|b/2:c|d");
    CSV("a,b\n\n , \n,,\nc", "1:a|b/5:c");
    CSV("\"a,1\",\"b \"\"q\"\"\"\n\"x\r\ny\",z\nw", "1:a,1|b \"q\"/2:x\ny|z/4:w");
    CSV(" a ,\xE3\x80\x80"
        "b\xC2\xA0, \"c\" ",
        "1:a|b|c");
    CSV("a,b,", "1:a|b|");
    CSV("a\tb,c\td\n1\t2", "1:a|b,c|d/2:1|2");
    CSV("a;b;c\n1;2,5;3", "1:a|b|c/2:1|2,5|3");
    CSV("\"a;b;c;d\",e\n1,2", "1:a;b;c;d|e/2:1|2");
    CSV("it's 5\" long,b", "1:it's 5\" long|b");
    CSV("", "");
}

static void decodes(void **state)
{
    CSV("\xEF\xBB\xBF代码,单位名称\n", "1:代码|单位名称");
    CSV("\xB4\xFA\xC2\xEB,\xB5\xA5\xCE\xBB\n", "1:代码|单位");
}

static void decodes_utf16(void **state)
{
    static const char bytes[] = "\xFF\xFE\xE3\x4E\x2C\x00\x61\x00\x0A\x00\x62\x00";
    g_autofree char *got = read_csv(bytes, sizeof bytes - 1);
    assert_string_equal(got, "1:\u4EE3|a/2:b");
}

static void refuses(void **state)
{
    CSV("a,b\n\"c,d\ne,f\n", "2: line 2: the cell that begins here with a quote (\") is never closed");
    CSV("a\n\"b\nc\",d\n\"e\nf,\"g\"\n", "2: line 5: text follows the closing quote of the cell that was "
                                         "opened on line 4; quotes inside a cell are "
                                         "written twice (\"\")");
    CSV("a\nb,\xFF\xFF\n",
        "1: line 2: bytes that are neither UTF-8 nor GB18030; save the file as \"CSV UTF-8\"");
}

static void keeps_caps(void **state)
{
    g_autoptr (GString) wide = g_string_new("a\n");
    for (int i = 0; i < LIMIT_CSV_COLUMNS; i++) g_string_append_c(wide, ',');
    g_autofree char *columns = read_csv(wide->str, wide->len);
    assert_string_equal(columns, "0: line 2: more than 200 columns");
    g_autoptr (GString) tall = g_string_new(NULL);
    for (int i = 0; i <= LIMIT_CSV_ROWS; i++) g_string_append(tall, "x\n");
    g_autofree char *rows = read_csv(tall->str, tall->len);
    assert_string_equal(rows, "0: line 20001: more than 20000 rows");
    g_autofree char *large = g_malloc0(LIMIT_CSV_BYTES + 1);
    g_autofree char *bytes = read_csv(large, LIMIT_CSV_BYTES + 1);
    assert_true(g_str_has_prefix(bytes, "0: the file has 4194305 bytes"));
}

static void cells_outside_are_empty(void **state)
{
    g_autoptr (Table) table = table_new();
    table_add_row(table, 1);
    assert_string_equal(table_cell(table, 0, 0), "");
    assert_string_equal(table_cell(table, 7, 7), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads),   cmocka_unit_test(decodes),    cmocka_unit_test(decodes_utf16),
        cmocka_unit_test(refuses), cmocka_unit_test(keeps_caps), cmocka_unit_test(cells_outside_are_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
