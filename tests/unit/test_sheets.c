/* Cells to text, tables and fields. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "parsers/limits.h"
#include "parsers/sheets.h"
#include "tests/unit/facts_text.h"

static void put(Sheets *sheets, guint row, guint column, const char *text)
{
    assert_true(sheets_cell(sheets, row, column, text));
}

static void test_order(void **state)
{
    g_autoptr (Sheets) sheets = sheets_new();
    g_autoptr (FactsAttachment) attachment = facts_attachment_new();
    assert_true(sheets_empty(sheets));
    sheets_begin(sheets, "汇总", FALSE);
    put(sheets, 4, 2, "丙");
    put(sheets, 0, 1, "  甲 ");
    put(sheets, 4, 0, "乙\r\n二");
    put(sheets, 4, 0, "乙");
    put(sheets, 2, 0, " \t");
    sheets_box(sheets, "说明");
    assert_false(sheets_empty(sheets));
    sheets_begin(sheets, "Sheet2", FALSE);
    sheets_begin(sheets, "旧", TRUE);
    put(sheets, 0, 0, "丁");
    sheets_finish(sheets, attachment);
    assert_string_equal(attachment->text, "汇总\n甲\n乙\t丙\n说明\n\n旧（隐藏的工作表）\n丁");
    g_autofree char *tables = tables_text(attachment);
    assert_string_equal(tables, "|甲/乙||丙#丁");
    const Table *table = attachment->tables->pdata[0];
    assert_int_equal(((TableRow *)table->rows->pdata[0])->line, 1);
    assert_int_equal(((TableRow *)table->rows->pdata[1])->line, 5);
    assert_int_equal(attachment->problems->len, 0);
}

/* A form with its values in merged ranges, beside an empty one. */
static void test_fields(void **state)
{
    static const struct {
        guint row, column;
        const char *text;
    } cells[] = {{0, 0, "申报表"},   {1, 0, "活动名称"}, {1, 1, "读书会"}, {2, 0, "推荐单位"},
                 {2, 1, "物理学院"}, {2, 3, "联系人"},   {2, 4, "甲"},     {3, 0, "联系电话"},
                 {3, 3, "邮箱"},     {3, 4, "a@b.test"}};
    g_autoptr (Sheets) sheets = sheets_new();
    g_autoptr (FactsAttachment) attachment = facts_attachment_new();
    sheets_begin(sheets, "Sheet1", FALSE);
    for (gsize i = 0; i < G_N_ELEMENTS(cells); i++) put(sheets, cells[i].row, cells[i].column, cells[i].text);
    sheets_merge(sheets, 0, 0, 0, 4);
    sheets_merge(sheets, 1, 1, 1, 4);
    sheets_merge(sheets, 2, 1, 2, 2);
    sheets_merge(sheets, 3, 1, 3, 2);
    sheets_finish(sheets, attachment);
    g_autofree char *fields = fields_text(attachment);
    assert_string_equal(fields, "活动名称=读书会;推荐单位=物理学院;联系人=甲;联系电话=;邮箱=a@b.test");
}

/* A label merged over rows; the head of a list, and a line that lacks its last cell. */
static void test_merged_label_and_list(void **state)
{
    static const char *const form[][2] = {{"活动主题", "☐甲"}, {"", "☑乙"}, {"单位", "文学院"}};
    static const char *const list[][3] = {
        {"单位", "完成数", "备注"}, {"文学院", "2", "好"}, {"法学院", "3", ""}};
    g_autoptr (Sheets) sheets = sheets_new();
    g_autoptr (FactsAttachment) attachment = facts_attachment_new();
    sheets_begin(sheets, "Sheet1", FALSE);
    for (guint r = 0; r < G_N_ELEMENTS(form); r++)
        for (guint c = 0; c < 2; c++) put(sheets, r, c, form[r][c]);
    sheets_merge(sheets, 0, 0, 1, 0);
    sheets_begin(sheets, "Sheet2", FALSE);
    for (guint r = 0; r < G_N_ELEMENTS(list); r++)
        for (guint c = 0; c < 3; c++) put(sheets, r, c, list[r][c]);
    sheets_finish(sheets, attachment);
    g_autofree char *fields = fields_text(attachment);
    assert_string_equal(fields, "活动主题=☐甲\n☑乙;单位=文学院");
}

/* Rows parted by "/", cells by "|"; `merges`: four numbers each. */
static char *fields_of(const char *text, const guint (*merges)[4], gsize n)
{
    g_autoptr (Sheets) sheets = sheets_new();
    g_autoptr (FactsAttachment) attachment = facts_attachment_new();
    g_auto(GStrv) rows = g_strsplit(text, "/", -1);
    sheets_begin(sheets, "Sheet1", FALSE);
    for (guint r = 0; rows[r]; r++) {
        g_auto(GStrv) cells = g_strsplit(rows[r], "|", -1);
        for (guint c = 0; cells[c]; c++) put(sheets, r, c, cells[c]);
    }
    for (gsize i = 0; i < n; i++)
        sheets_merge(sheets, merges[i][0], merges[i][1], merges[i][2], merges[i][3]);
    sheets_finish(sheets, attachment);
    return fields_text(attachment);
}

/* Sheets leave out what is empty: before a row's first cell, behind its last, whole rows. */
static void test_left_out(void **state)
{
    static const guint merges[][4] = {{1, 1, 1, 3}, {0, 0, 0, 3}};
    static const struct {
        const char *text, *fields;
        gsize merges;
    } cases[] = {
        {"负责人信息|姓名|甲|职务|书记/|电话|010|邮箱|a@b.test/活动名称|读书会",
         "负责人=甲;姓名=甲;职务=书记;电话=010;邮箱=a@b.test;活动名称=读书会", 0},
        {"活动名称|读书会/支部意见|党委意见|组织部意见/同意|同意",
         "活动名称=读书会;支部意见=同意;党委意见=同意;组织部意见=", 0},
        {"活动名称|读书会/进度安排|时间|内容|负责人/|4月|动员|乙/|5月|总结/推荐单位|文学院",
         "活动名称=读书会;推荐单位=文学院", 0},
        {"申报表/活动名称/推荐单位|文学院|负责人/邮箱", "活动名称=;推荐单位=文学院;负责人=;邮箱=", 2},
        {"活动名称/读书会/负责人//请于五月底前报送", "活动名称=读书会;负责人=", 0},
        {"活动名称：//读书会/负责人：//甲", "活动名称=读书会;负责人=甲", 0},
        {"|活动一|活动二/活动名称|读书会|歌咏会/负责人|甲|乙",
         "活动名称=读书会;负责人=甲;活动名称（2）=歌咏会;负责人（2）=乙", 0},
        {"申报表//活动名称|推荐单位|备注/读书会|文学院//填表人：乙",
         "活动名称=读书会;推荐单位=文学院;备注=;填表人=乙", 0},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *fields = fields_of(cases[i].text, merges, cases[i].merges);
        assert_string_equal(fields, cases[i].fields);
    }
}

static void test_limits(void **state)
{
    g_autoptr (Sheets) sheets = sheets_new();
    g_autoptr (FactsAttachment) attachment = facts_attachment_new();
    g_autofree char *big = g_strnfill(LIMIT_TEXT_BYTES / 2, 'x');
    sheets_begin(sheets, "", FALSE);
    put(sheets, 0, 0, big);
    assert_false(sheets_cell(sheets, 1, 0, big) && sheets_cell(sheets, 2, 0, big));
    sheets_finish(sheets, attachment);
    assert_true(strlen(attachment->text) <= LIMIT_TEXT_BYTES);
    g_autofree char *problems = problems_text(attachment);
    assert_string_equal(problems, "too-large");
}

/* Cells at the far end of rows: what lies between them counts. */
static void test_fillers(void **state)
{
    g_autoptr (Sheets) sheets = sheets_new();
    g_autoptr (FactsAttachment) attachment = facts_attachment_new();
    for (guint row = 0; row < 100; row++) put(sheets, row, 16383, "x");
    put(sheets, 0, G_MAXUINT, "x");
    sheets_finish(sheets, attachment);
    const Table *table = attachment->tables->pdata[0];
    assert_int_equal(table->rows->len, LIMIT_TABLE_CELLS / 16384);
    g_autofree char *problems = problems_text(attachment);
    assert_string_equal(problems, "too-large");
}

/* Numbers without a format, as in the line above the sheet; what a format hides comes behind. */
static void test_numbers(void **state)
{
    static const struct {
        double value;
        const char *format, *text;
    } cases[] = {
        {0.1 + 0.2, NULL, "0.3"},
        {-1234567.891, NULL, "-1234567.891"},
        {110101199003071234., NULL, "110101199003071000"}, /* an identity number that was typed as a number */
        {-9.99999999999999999e15, NULL, "-10000000000000000"},
        {1e20, NULL, "100000000000000000000"},
        {1.5e21, NULL, "1.5E+21"},
        {0.0000103028696685215, NULL, "1.03028696685215E-05"},
        {1234.5, "#,##0", "1,235\n原值：1234.5"},
        {1.23456789e-7, "0.00E+00", "1.23E-07\n原值：1.23456789E-07"},
        {41789, "m\"月\"d\"日\"", "5月30日\n原值：2014-05-30"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr (Sheets) sheets = sheets_new();
        g_autoptr (FactsAttachment) attachment = facts_attachment_new();
        assert_true(sheets_number(sheets, 0, 0, cases[i].value, cases[i].format, FALSE));
        sheets_finish(sheets, attachment);
        assert_string_equal(attachment->text, cases[i].text);
    }
}

static void test_headers(void **state)
{
    g_autoptr (Sheets) sheets = sheets_new();
    g_autoptr (FactsAttachment) attachment = facts_attachment_new();
    sheets_header(sheets, "&L&\"宋体,加粗\"&14机密★&C&KFF0000第 &P 页&R填报&&单位&");
    sheets_header(sheets, "&C\nx");
    sheets_header(sheets, "&\"open");
    sheets_finish(sheets, attachment);
    assert_string_equal(attachment->text, "机密★\n填报&单位&\nx");
}

/* A row that ends in an empty cell is of the list all the same. */
static void test_scores(void **state)
{
    static const char *const ROWS[][5] = {{"推荐单位", "文学院", "负责人", "甲"},
                                          {"评审项目", "分值", "得分", "备注"},
                                          {"主题", "20", "18"},
                                          {"活动内容", "30", "28"}};
    g_autoptr (Sheets) sheets = sheets_new();
    g_autoptr (FactsAttachment) attachment = facts_attachment_new();
    sheets_begin(sheets, "Sheet1", FALSE);
    for (guint r = 0; r < G_N_ELEMENTS(ROWS); r++)
        for (guint c = 0; ROWS[r][c]; c++) put(sheets, r, c, ROWS[r][c]);
    sheets_finish(sheets, attachment);
    g_autofree char *fields = fields_text(attachment);
    assert_string_equal(fields, "推荐单位=文学院;负责人=甲");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_fields),
        cmocka_unit_test(test_merged_label_and_list),
        cmocka_unit_test(test_left_out),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_fillers),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_headers),
        cmocka_unit_test(test_scores),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
