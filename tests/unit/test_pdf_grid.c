/* What is read of PDF by the lines around cells: tables, forms, boxes to be ticked. */
#include "tests/unit/pdf_maker.h"

/* Lines around cells: level at each y, upright at each x, as strokes and as narrow boxes. */
static void rule(GString *content, int x1, int y1, int x2, int y2)
{
    if (x1 == x2)
        g_string_append_printf(content, "%d %d m %d %d l S\n", x1, y1, x2, y2);
    else
        g_string_append_printf(content, "%d %d %d 0.5 re f\n", x1, y1, x2 - x1);
}

typedef struct Rule {
    int x1, y1, x2, y2; /* x1 0 ends a list */
} Rule;

static void rule_all(GString *content, const Rule *all)
{
    for (; all->x1; all++) rule(content, all->x1, all->y1, all->x2, all->y2);
}

/* Cells too narrow for a number or an address break it; two numbers below each other are two. */
static void mends_broken_numbers(void **state)
{
    g_autoptr (GString) content = g_string_new(NULL);
    for (int y = 580; y <= 700; y += 30) rule(content, 50, y, 180, y);
    rule_all(content, (const Rule[]){{50, 580, 50, 700}, {120, 580, 120, 700}, {180, 580, 180, 700}, {0}});
    show_all(content, (const Shown[]){{52, 680, "联系电话"},
                                      {122, 686, "13800001"},
                                      {122, 674, "234"},
                                      {52, 650, "邮箱"},
                                      {122, 656, "abc@x.ed"},
                                      {122, 644, "u.cn"},
                                      {52, 620, "办公电话"},
                                      {122, 626, "85012345"},
                                      {122, 614, "13800001"},
                                      {52, 590, "备注"},
                                      {122, 596, "New paper"},
                                      {122, 584, "2014"},
                                      {0}});
    g_autoptr (FactsAttachment) pdf = read_page(content->str, "");
    expect_text("fields", fields_text(pdf),
                "联系电话=13800001234;邮箱=abc@x.edu.cn;办公电话=85012345 13800001;备注=New paper 2014");
}

/* Those that are narrower still; two telephones in one are two, and a figure above one is none of it. */
static void mends_numbers_over_lines(void **state)
{
    static const int levels[] = {700, 652, 592, 544, 484, 400, 352};
    g_autoptr (GString) content = g_string_new(NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(levels); i++) rule(content, 50, levels[i], 150, levels[i]);
    rule_all(content, (const Rule[]){{50, 352, 50, 700}, {120, 352, 120, 700}, {150, 352, 150, 700}, {0}});
    show_all(content, (const Shown[]){{52, 680, "联系电话"}, {122, 686, "1380"},    {122, 674, "0001"},
                                      {122, 662, "234"},     {52, 632, "邮箱"},     {122, 638, "abcd"},
                                      {122, 626, "efg@x"},   {122, 614, ".edu."},   {122, 602, "cn"},
                                      {52, 572, "办公电话"}, {122, 578, "010-6"},   {122, 566, "27512"},
                                      {122, 554, "34"},      {52, 524, "起止时间"}, {122, 530, "2014."},
                                      {122, 518, "04.01-"},  {122, 506, "2014."},   {122, 494, "05.20"},
                                      {52, 464, "手机"},     {122, 470, "13800"},   {122, 458, "00123"},
                                      {122, 446, "4"},       {122, 434, "13900"},   {122, 422, "00123"},
                                      {122, 410, "4"},       {52, 380, "人数"},     {122, 386, "130"},
                                      {122, 374, "1234"},    {122, 362, "5678"},    {0}});
    g_autoptr (FactsAttachment) pdf = read_page(content->str, "");
    expect_text("fields", fields_text(pdf),
                "联系电话=13800001234;邮箱=abcdefg@x.edu.cn;办公电话=010-62751234;起止时间=2014.04.01-2014."
                "05.20;手机=13800001234 13900001234;人数=130 1234 5678");
}

/* Four columns; a value over three; a label over two rows whose value is too; a cell with two labels; a long
 * value that is broken in its middle and a short line that ends. */
static void reads_tables_with_lines(void **state)
{
    g_autoptr (GString) content = g_string_new(NULL);
    for (int y = 600; y <= 700; y += 20) rule(content, y == 640 ? 150 : 50, y, 450, y);
    rule_all(content, (const Rule[]){{50, 600, 50, 700},
                                     {450, 600, 450, 700},
                                     {150, 620, 150, 700},
                                     {250, 620, 250, 680},
                                     {350, 620, 350, 680},
                                     {250, 640, 350, 640},
                                     {0}});
    show_all(content, (const Shown[]){{50, 720, "申报表"},
                                      {52, 685, "活动名称"},
                                      {152, 685, "三会一课"},
                                      {52, 665, "负责人"},
                                      {152, 665, "联系人甲"},
                                      {252, 665, "联 系 电 话"},
                                      {352, 665, "010-00000000"},
                                      {52, 642, "单位"},
                                      {152, 645, "文学院"},
                                      {252, 645, "日期"},
                                      {352, 645, "2014年5月"},
                                      {152, 625, "党委"},
                                      {252, 625, "备注"},
                                      {52, 605, "邮箱：a@b.example　地点：礼堂"},
                                      {50, 580, "主题：服务"},
                                      {0}});
    g_autoptr (FactsAttachment) pdf = read_page(content->str, "");
    expect_text(
        "tables", tables_text(pdf),
        "活动名称|三会一课||/负责人|联系人甲|联 系 电 话|010-00000000/单位|文学院|日期|2014年5月/|党委|备注|/"
        "邮箱：a@b.example 地点：礼堂|||");
    expect_text(
        "fields", fields_text(pdf),
        "活动名称=三会一课;负责人=联系人甲;联系电话=010-00000000;单位=文学院\n党委;日期=2014年5月;备注=;"
        "邮箱=a@b.example;地点=礼堂;主题=服务");
    assert_true(g_str_has_prefix(pdf->text, "申报表\n活动名称\t三会一课\n负责人\t联系人甲"));
    assert_true(g_str_has_suffix(pdf->text, "\n主题：服务"));

    g_string_truncate(content, 0);
    rule_all(content, (const Rule[]){{50, 700, 250, 700},
                                     {50, 600, 250, 600},
                                     {50, 600, 50, 700},
                                     {110, 600, 110, 700},
                                     {250, 600, 250, 700},
                                     {0}});
    show_all(content, (const Shown[]){{52, 680, "活动简介"},
                                      {112, 680, "我们在支部里一起读书，"},
                                      {112, 668, "还写信。"},
                                      {112, 656, "效果好。"},
                                      {0}});
    g_autoptr (FactsAttachment) lines = read_page(content->str, "");
    expect_text("lines", fields_text(lines), "活动简介=我们在支部里一起读书，\n还写信。\n效果好。");
}

/* A grid of lines: rows at each y, columns at each x, both ended by 0. */
static void grid(GString *content, const int *ys, const int *xs)
{
    guint rows = 0, columns = 0;
    while (ys[rows + 1]) rows++;
    while (xs[columns + 1]) columns++;
    for (guint i = 0; i <= rows; i++) rule(content, xs[0], ys[i], xs[columns], ys[i]);
    for (guint i = 0; i <= columns; i++) rule(content, xs[i], ys[0], xs[i], ys[rows]);
}

/* What stands above columns is read together with them, and is lines of its own all the same. */
static void parts_what_stands_above(void **state)
{
    g_autoptr (GString) content = g_string_new(NULL);
    grid(content, (const int[]){660, 687, 704, 0}, (const int[]){66, 144, 222, 300, 378, 456, 534, 0});
    show_all(content, (const Shown[]){{72, 706, "填报单位：文学院党委（盖章）"},
                                      {261, 706, "填报人：甲"},
                                      {335, 706, "联系电话：010-00000000"},
                                      {72, 690, "序号"},
                                      {150, 690, "活动名称"},
                                      {228, 690, "申报支部"},
                                      {306, 690, "负责人"},
                                      {384, 690, "联系电话"},
                                      {462, 690, "备注"},
                                      {72, 677, "1"},
                                      {150, 677, "读书会"},
                                      {228, 677, "第一党支部"},
                                      {306, 677, "乙"},
                                      {384, 677, "010-"},
                                      {384, 664, "00000001"},
                                      {0}});
    g_autoptr (FactsAttachment) pdf = read_page(content->str, "");
    expect_text("fields above", fields_text(pdf),
                "填报单位=文学院党委（盖章）;填报人=甲;联系电话=010-00000000");
}

/* A row is broken at the end of a page, and again; the head is printed anew; another table does not go on. */
static void reads_tables_over_pages(void **state)
{
    static const int four[] = {50, 150, 250, 350, 450, 0}, two[] = {50, 150, 450, 0},
                     other[] = {50, 200, 400, 0};
    GString *pages[5];
    Maker maker;
    maker_init(&maker);
    for (guint i = 0; i < G_N_ELEMENTS(pages); i++) pages[i] = g_string_new(NULL);
    grid(pages[0], (const int[]){140, 160, 0}, four);
    grid(pages[0], (const int[]){100, 140, 0}, two);
    show(pages[0], 52, 145, "负责人"), show(pages[0], 152, 145, "联系人甲");
    show(pages[0], 252, 145, "电话"), show(pages[0], 352, 145, "010-00000000");
    show(pages[0], 52, 120, "活动简介"), show(pages[0], 152, 125, "一"), show(pages[0], 152, 105, "二");
    show(pages[0], 280, 30, "第 1 页 共 5 页");
    grid(pages[1], (const int[]){60, 760, 0}, two);
    show(pages[1], 152, 740, "三");
    grid(pages[2], (const int[]){720, 760, 0}, two);
    grid(pages[2], (const int[]){700, 720, 0}, four);
    show(pages[2], 152, 740, "四");
    show(pages[2], 52, 705, "单位"), show(pages[2], 152, 705, "文学院");
    show(pages[2], 252, 705, "备注"), show(pages[2], 352, 705, "无");
    grid(pages[3], (const int[]){680, 700, 720, 0}, other);
    show(pages[3], 52, 705, "序号"), show(pages[3], 202, 705, "姓名");
    show(pages[3], 52, 685, "1"), show(pages[3], 202, 685, "甲");
    grid(pages[4], (const int[]){680, 700, 720, 0}, other);
    show(pages[4], 52, 705, "序号"), show(pages[4], 202, 705, "姓名");
    show(pages[4], 52, 685, "2"), show(pages[4], 202, 685, "乙");
    for (guint i = 0; i < G_N_ELEMENTS(pages); i++) {
        add_page(&maker, pages[i]->str, pages[i]->len, "");
        g_string_free(pages[i], TRUE);
    }
    g_autoptr (FactsAttachment) pdf = read_as(maker_end(&maker), "a.pdf");
    expect_text("tables", tables_text(pdf),
                "负责人|联系人甲|电话|010-00000000/活动简介|一\n二\n三\n四||/单位|文学院|备注|无#序号|姓名/"
                "1|甲/2|乙");
    expect_text("fields", fields_text(pdf),
                "负责人=联系人甲;电话=010-00000000;活动简介=一\n二\n三\n四;单位=文学院;备注=无");
    assert_non_null(strstr(pdf->text, "第 1 页 共 5 页"));
}

/* Ticks: of fonts of symbols, and boxes that are drawn, whose lines are none of the table's. */
static void reads_ticks(void **state)
{
    g_autoptr (GString)
        content = g_string_new("BT /W 10 Tf 152 645 Td (R) Tj ET BT /W 10 Tf 202 645 Td (\\243) Tj ET\n");
    grid(content, (const int[]){620, 640, 660, 0}, (const int[]){50, 150, 450, 0});
    show(content, 52, 645, "主题类别"), show(content, 162, 645, "理论"), show(content, 212, 645, "实践");
    grid(content, (const int[]){625, 635, 0}, (const int[]){155, 165, 0});
    grid(content, (const int[]){625, 635, 0}, (const int[]){205, 215, 0});
    show(content, 52, 625, "创新类型"), show(content, 167, 625, "甲"), show(content, 217, 625, "乙");
    g_autoptr (FactsAttachment) pdf = read_page(content->str, "");
    expect_text("ticks", tables_text(pdf), "主题类别|☑ 理论 ☐ 实践/创新类型|甲 乙");
}

/* What lines do not make a table of: a box around a text, words that run across, a list with lines between
 * columns. */
static void tells_lines_from_tables(void **state)
{
    g_autoptr (GString) box = g_string_new(NULL), across = g_string_new(NULL), list = g_string_new(NULL);
    for (int k = 0; k < 3; k++) {
        GString *content = k == 0 ? box : k == 1 ? across : list;
        rule(content, 50, 700, 350, 700);
        rule(content, 50, 600, 350, 600);
        for (int x = 50; x <= 350; x += k == 0 ? 300 : 100) rule(content, x, 600, x, 700);
    }
    show(box, 60, 680, "活动名称：读书会");
    show(across, 60, 680, "这一行的文字从左边的格子一直写到右边的格子里面去");
    for (int i = 0; i < 3; i++) {
        show(list, 60, 680 - 20 * i, "甲乙");
        show(list, 160, 680 - 20 * i, "文学院");
        show(list, 260, 680 - 20 * i, "完成");
    }
    g_autoptr (FactsAttachment) one = read_page(box->str, "");
    assert_int_equal(one->tables->len, 0);
    expect_text("box", fields_text(one), "活动名称=读书会");
    g_autoptr (FactsAttachment) two = read_page(across->str, "");
    assert_int_equal(two->tables->len, 0);
    expect_text("across", g_strdup(two->text), "这一行的文字从左边的格子一直写到右边的格子里面去");
    g_autoptr (FactsAttachment) three = read_page(list->str, "");
    expect_text("list", tables_text(three), "甲乙|文学院|完成/甲乙|文学院|完成/甲乙|文学院|完成");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_tables_with_lines),  cmocka_unit_test(mends_broken_numbers),
        cmocka_unit_test(mends_numbers_over_lines), cmocka_unit_test(parts_what_stands_above),
        cmocka_unit_test(reads_tables_over_pages),  cmocka_unit_test(reads_ticks),
        cmocka_unit_test(tells_lines_from_tables),
    };
    setlocale(LC_ALL, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
