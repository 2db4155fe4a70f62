/* What is read of PDF: text, forms by where things stand, what is no text, faults. */
#include "tests/unit/reader_fixture.h"

#include "parsers/limits.h"
#include "tests/unit/archive_maker.h"

/* --- making ----------------------------------------------------------------------------------- */

/* Objects 1 catalog, 2 pages, 3 font; whatever else the test adds. */
typedef struct Maker {
    GPtrArray *objects; /* of GString*, by number less one */
    GString *kids;
    guint pages;
    const char *catalog, *trailer; /* more entries of these */
} Maker;

static void string_free(gpointer string)
{
    g_string_free(string, TRUE);
}

static guint add_object(Maker *maker, const char *text, gsize n)
{
    g_ptr_array_add(maker->objects, g_string_new_len(text, (gssize)n));
    return maker->objects->len;
}

/* A font that PDF writers of Chinese systems do not embed: its characters are GBK. */
static void maker_init(Maker *maker)
{
    static const char font[] =
        "<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/GBKp-EUC-H/DescendantFonts[<</Type/Font"
        "/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/"
        "Supplement 2>>"
        "/DW 1000/W[1 95 500 814 939 500]/FontDescriptor<</Type/FontDescriptor/FontName/STSong-Light/Flags 4"
        "/FontBBox[0 -200 1000 900]/ItalicAngle 0/Ascent 800/Descent -200/CapHeight 700/StemV 80>>>>]>>";
    *maker = (Maker){.objects = g_ptr_array_new_with_free_func(string_free),
                     .kids = g_string_new(NULL),
                     .catalog = "",
                     .trailer = ""};
    add_object(maker, "", 0);
    add_object(maker, "", 0);
    add_object(maker, font, sizeof font - 1);
}

static void add_page(Maker *maker, const char *content, gsize n, const char *more)
{
    g_autoptr (GString) stream = g_string_new(NULL);
    g_string_append_printf(stream, "<</Length %zu>>stream\n", n);
    g_string_append_len(stream, content, (gssize)n);
    g_string_append(stream, "\nendstream");
    guint number = add_object(maker, stream->str, stream->len);
    g_autofree char *page = g_strdup_printf("<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents %u 0 R"
                                            "/Resources<</Font<</F 3 0 R/W<</Type/Font/Subtype/TrueType"
                                            "/BaseFont/ABCDEF+Wingdings2/Encoding/WinAnsiEncoding>>>>"
                                            "/XObject<</I %u 0 R>>>>%s>>",
                                            number, number + 2, more);
    g_string_append_printf(maker->kids, "%u 0 R ", add_object(maker, page, strlen(page)));
    maker->pages++;
    static const char image[] = "<</Type/XObject/Subtype/Image/Width 1/Height 1/BitsPerComponent 8/ColorSpace"
                                "/DeviceGray/Length 1>>stream\nx\nendstream";
    add_object(maker, image, sizeof image - 1);
}

static GBytes *maker_end(Maker *maker)
{
    GString *pdf = g_string_new("%PDF-1.6\n");
    g_autofree char *catalog = g_strdup_printf("<</Type/Catalog/Pages 2 0 R%s>>", maker->catalog);
    g_autofree char *pages =
        g_strdup_printf("<</Type/Pages/Count %u/Kids[%s]>>", maker->pages, maker->kids->str);
    g_string_assign(maker->objects->pdata[0], catalog);
    g_string_assign(maker->objects->pdata[1], pages);
    g_autoptr (GString) table = g_string_new("0000000000 65535 f \n");
    for (guint i = 0; i < maker->objects->len; i++) {
        const GString *object = maker->objects->pdata[i];
        g_string_append_printf(table, "%010zu 00000 n \n", pdf->len);
        g_string_append_printf(pdf, "%u 0 obj\n", i + 1);
        g_string_append_len(pdf, object->str, (gssize)object->len);
        g_string_append(pdf, "\nendobj\n");
    }
    gsize at = pdf->len;
    guint n = maker->objects->len + 1;
    g_string_append_printf(pdf, "xref\n0 %u\n%strailer\n<</Size %u/Root 1 0 R%s>>\nstartxref\n%zu\n%%%%EOF\n",
                           n, table->str, n, maker->trailer, at);
    g_ptr_array_unref(maker->objects);
    g_string_free(maker->kids, TRUE);
    return g_string_free_to_bytes(pdf);
}

/* Places texts: x, y, UTF-8. */
static void show(GString *content, int x, int y, const char *text)
{
    gsize n;
    g_autofree char *gbk = g_convert(text, -1, "GB18030", "UTF-8", NULL, &n, NULL);
    g_string_append_printf(content, "BT /F 10 Tf %d %d Td <", x, y);
    for (gsize i = 0; i < n; i++) g_string_append_printf(content, "%02X", (guint8)gbk[i]);
    g_string_append(content, "> Tj ET\n");
}

static FactsAttachment *read_page(const char *content, const char *more)
{
    Maker maker;
    maker_init(&maker);
    add_page(&maker, content, strlen(content), more);
    return read_as(maker_end(&maker), "a.pdf");
}

/* --- tests ------------------------------------------------------------------------------------ */

static void reads_text(void **state)
{
    g_autoptr (GString) content = g_string_new(NULL);
    Maker maker;
    maker_init(&maker);
    show(content, 50, 700, "关于读书会的总结");
    show(content, 50, 680, "联系人：联系人甲");
    add_page(&maker, content->str, content->len, "");
    g_string_truncate(content, 0);
    show(content, 50, 700, "Second page, 第二页");
    add_page(&maker, content->str, content->len, "");
    g_autoptr (FactsAttachment) pdf = read_as(maker_end(&maker), "a.doc");
    assert_string_equal(pdf->type, "application/pdf");
    assert_true(g_str_has_prefix(pdf->text, "关于读书会的总结\n联系人：联系人甲\n"));
    assert_true(g_str_has_suffix(pdf->text, "Second page, 第二页"));
    expect_text("fields", fields_text(pdf), "联系人=联系人甲");
    expect_text("codes", problems_text(pdf), "misnamed");
}

static void reads_forms_by_place(void **state)
{
    g_autoptr (GString) content = g_string_new(NULL);
    show(content, 50, 700, "活动名称");
    show(content, 150, 706, "三会一课创新实践活动读书会和"); /* of two lines, the label in the middle */
    show(content, 150, 694, "红色经典诵读");
    show(content, 50, 670, "联");
    show(content, 70, 670, "系");
    show(content, 90, 670, "人");
    show(content, 150, 670, "联系人甲");
    show(content, 300, 670, "电话");
    show(content, 350, 670, "010-00000000");
    show(content, 50, 640, "活动简介"); /* the label at the top */
    show(content, 150, 640, "第一行");
    show(content, 150, 628, "第二行");
    show(content, 50, 600, "备注"); /* empty */
    g_autoptr (FactsAttachment) pdf = read_page(content->str, "");
    expect_text("form", fields_text(pdf),
                "活动名称=三会一课创新实践活动读书会和红色经典诵读;联系人=联系人甲;电话=010-00000000;"
                "活动简介=第一行第二行");
}

/* Labels that are spread to one width, before a colon that belongs to the value's text. */
static void reads_spread_labels(void **state)
{
    g_autoptr (GString) content = g_string_new(NULL);
    show(content, 50, 700, "姓");
    show(content, 80, 700, "名：联系人甲");
    show(content, 50, 680, "职");
    show(content, 80, 680, "务：");
    show(content, 130, 680, "书记");
    show(content, 50, 660, "活动名称");
    show(content, 105, 660, "：读书会");
    show(content, 50, 640, "甲");
    show(content, 80, 640, "组：不是标签");
    g_autoptr (FactsAttachment) page = read_page(content->str, "");
    expect_text("spread", fields_text(page), "姓名=联系人甲;职务=书记;活动名称=读书会");
}

/* Rows and columns by where the words stand: a cell of two lines, an empty one, a spread label; prose is
 * none. */
static void reads_tables(void **state)
{
    static const char *const grid[][4] = {
        {"序号", "姓名", "单位", "备注"}, {"1", "联系人甲", "文学院", ""}, {"2", "联系人乙", "", "预备党员"}};
    g_autoptr (GString) content = g_string_new(NULL);
    show(content, 50, 760, "参加人员名单如下，名单之外的人员请另行报名，联系人见附表");
    for (int r = 0; r < 3; r++)
        for (int c = 0; c < 4; c++)
            if (*grid[r][c]) show(content, 50 + 100 * c, 720 - 20 * r, grid[r][c]);
    show(content, 50, 600, "活动名称");
    show(content, 150, 600, "读书会");
    show(content, 50, 580, "联");
    show(content, 70, 580, "系");
    show(content, 90, 580, "人");
    show(content, 150, 580, "联系人甲");
    show(content, 300, 580, "电话");
    show(content, 400, 580, "010-00000000");
    show(content, 50, 560, "活动简介");
    show(content, 150, 560, "第一行");
    show(content, 150, 548, "第二行");
    g_autoptr (FactsAttachment) pdf = read_page(content->str, "");
    expect_text("tables", tables_text(pdf),
                "序号|姓名|单位|备注/1|联系人甲|文学院|/2|联系人乙||预备党员#"
                "活动名称|读书会||/联系人|联系人甲|电话|010-00000000/活动简介|第一行第二行||");

    g_string_truncate(content, 0);
    for (int i = 0; i < 5; i++) {
        show(content, 50, 700 - 12 * i, "两栏排版的文章左边一栏的文字不是表格");
        show(content, 300, 700 - 12 * i, "右边一栏也是文章的文字而不是表格的单元格");
    }
    g_autoptr (FactsAttachment) prose = read_page(content->str, "");
    assert_int_equal(prose->tables->len, 0);
}

/* Lines around cells: level at each y, upright at each x, as strokes and as narrow boxes. */
static void rule(GString *content, int x1, int y1, int x2, int y2)
{
    if (x1 == x2)
        g_string_append_printf(content, "%d %d m %d %d l S\n", x1, y1, x2, y2);
    else
        g_string_append_printf(content, "%d %d %d 0.5 re f\n", x1, y1, x2 - x1);
}

/* Four columns; a value over three; a label over two rows whose value is too; a cell with two labels; a long
 * value that is broken in its middle and a short line that ends. */
static void reads_tables_with_lines(void **state)
{
    g_autoptr (GString) content = g_string_new(NULL);
    for (int y = 600; y <= 700; y += 20) rule(content, y == 640 ? 150 : 50, y, 450, y);
    rule(content, 50, 600, 50, 700);
    rule(content, 450, 600, 450, 700);
    rule(content, 150, 620, 150, 700);
    rule(content, 250, 620, 250, 680);
    rule(content, 350, 620, 350, 680);
    rule(content, 250, 640, 350, 640);
    show(content, 50, 720, "申报表");
    show(content, 52, 685, "活动名称");
    show(content, 152, 685, "三会一课");
    show(content, 52, 665, "负责人");
    show(content, 152, 665, "联系人甲");
    show(content, 252, 665, "联 系 电 话");
    show(content, 352, 665, "010-00000000");
    show(content, 52, 642, "单位");
    show(content, 152, 645, "文学院");
    show(content, 252, 645, "日期");
    show(content, 352, 645, "2014年5月");
    show(content, 152, 625, "党委");
    show(content, 252, 625, "备注");
    show(content, 52, 605, "邮箱：a@b.example　地点：礼堂");
    show(content, 50, 580, "主题：服务");
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
    rule(content, 50, 700, 250, 700);
    rule(content, 50, 600, 250, 600);
    rule(content, 50, 600, 50, 700);
    rule(content, 110, 600, 110, 700);
    rule(content, 250, 600, 250, 700);
    show(content, 52, 680, "活动简介");
    show(content, 112, 680, "我们在支部里一起读书，");
    show(content, 112, 668, "还写信。");
    show(content, 112, 656, "效果好。");
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

static void reads_what_was_filled_in(void **state)
{
    g_autoptr (GString) content = g_string_new(NULL);
    show(content, 50, 700, "党支部活动申报表，请用正楷填写");
    Maker maker;
    maker_init(&maker);
    maker.catalog = "/AcroForm<</Fields[7 0 R 8 0 R]>>";
    add_page(&maker, content->str, content->len, "/Annots[7 0 R 8 0 R 9 0 R]");
    static const char *const widgets[] = {
        "<</Type/Annot/Subtype/Widget/FT/Tx/T(Text1)/TU<FEFF6D3B52A8540D79F0>/V<FEFF8BFB4E664F1A>/Rect[50 "
        "600 200 620]>>",
        "<</Type/Annot/Subtype/Widget/FT/Ch/Ff 131072/T(c)/Opt[(a)(b)]/V(b)/Rect[50 500 200 520]>>",
        "<</Type/Annot/Subtype/FreeText/Contents<FEFF4E597EC4>/DA(/F 10 Tf)/Rect[50 400 200 420]>>"};
    for (gsize i = 0; i < G_N_ELEMENTS(widgets); i++) add_object(&maker, widgets[i], strlen(widgets[i]));
    g_autoptr (FactsAttachment) pdf = read_as(maker_end(&maker), "a.pdf");
    expect_text("text", g_strdup(pdf->text), "党支部活动申报表，请用正楷填写\n活动名称：读书会\nb\n乙组");
    expect_text("fields", fields_text(pdf), "活动名称=读书会");
}

/* Values in the boxes of a printed form, boxes before what they are about, and captions that only drawings
 * have. */
static void reads_marks_in_their_places(void **state)
{
    g_autoptr (GString) content = g_string_new(NULL);
    show(content, 50, 700, "活动名称");
    show(content, 50, 680, "推荐单位：");
    show(content, 95, 660, "理论创新");
    show(content, 95, 640, "□实践创新");
    show(content, 50, 620, "备注");
    Maker maker;
    maker_init(&maker);
    maker.catalog = "/AcroForm<</Fields[7 0 R 8 0 R 9 0 R 10 0 R 11 0 R 12 0 R]/DR<</Font<</F 3 0 R>>>>>>";
    add_page(&maker, content->str, content->len, "/Annots[7 0 R 8 0 R 9 0 R 10 0 R 11 0 R 12 0 R 13 0 R]");
    static const char *const objects[] = {
        "<</Type/Annot/Subtype/Widget/FT/Tx/T(Text1)/V<FEFF8BFB4E664F1A>/Rect[150 695 400 715]>>",
        "<</Type/Annot/Subtype/Widget/FT/Ch/T(c)/Opt[<FEFF75325B669662><FEFF4E595B669662>]/"
        "V<FEFF4E595B669662>"
        "/Rect[100 675 250 695]>>",
        "<</Type/Annot/Subtype/Widget/FT/Btn/T(a)/V/Off/AS/Off/AP<</N<</Yes 14 0 R/Off 14 0 R>>>>/Rect[80 "
        "660 92 670]>>",
        "<</Type/Annot/Subtype/Widget/FT/Btn/T(b)/V/Yes/AS/Yes/AP<</N<</Yes 14 0 R/Off 14 0 R>>>>/Rect[95 "
        "639 105 649]>>",
        "<</Type/Annot/Subtype/Widget/FT/Btn/Ff 65536/T(p)/AP<</N 15 0 R>>/Rect[50 500 150 520]>>",
        "<</Type/Annot/Subtype/Widget/FT/Tx/T(Text2)/AP<</N 15 0 R>>/Rect[100 615 200 635]>>",
        "<</Type/Annot/Subtype/FreeText/Contents<FEFF4E597EC4>/DA(/F 10 Tf)/Rect[50 400 200 420]>>",
        "<</Type/XObject/Subtype/Form/BBox[0 0 10 10]/Length 0>>stream\n\nendstream",
        "<</Type/XObject/Subtype/Form/BBox[0 0 100 20]/Resources<</Font<</F 3 0 R>>>>/Length 42>>stream\n"
        "BT /F 10 Tf 5 5 Td <CDEAB3C9> Tj ET          \nendstream"};
    for (gsize i = 0; i < G_N_ELEMENTS(objects); i++) add_object(&maker, objects[i], strlen(objects[i]));
    g_autoptr (FactsAttachment) pdf = read_as(maker_end(&maker), "a.pdf");
    expect_text("text", g_strdup(pdf->text),
                "活动名称\t读书会\n推荐单位：乙学院\n☐理论创新\n☑实践创新\n备注\t完成\n完成\n乙组");
    expect_text("fields", fields_text(pdf), "推荐单位=乙学院;活动名称=读书会;备注=完成");
}

static void tells_scans_from_empty_pages(void **state)
{
    static const struct {
        const char *content, *codes;
    } cases[] = {{"q 500 0 0 500 0 0 cm /I Do Q", "scanned-only"},
                 {"q 500 0 0 500 0 0 cm /I Do Q BT /F 9 Tf <D3C9C9A8C3E8> Tj ET", "scanned-only"},
                 {"10 10 m 100 100 l 100 10 l f", "scanned-only"},
                 {"", "empty-document"},
                 {"BT /F 9 Tf <D6D5> Tj ET", ""}};
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr (FactsAttachment) pdf = read_page(cases[i].content, "");
        expect_text(cases[i].content, problems_text(pdf), cases[i].codes);
    }
}

static void rc4(const guint8 *key, gsize key_length, guint8 *data, gsize n)
{
    guint8 s[256], swap;
    for (guint i = 0; i < 256; i++) s[i] = (guint8)i;
    for (guint i = 0, j = 0; i < 256; i++) {
        j = (j + s[i] + key[i % key_length]) & 0xFF;
        swap = s[i], s[i] = s[j], s[j] = swap;
    }
    for (gsize k = 0, i = 0, j = 0; k < n; k++) {
        i = (i + 1) & 0xFF;
        j = (j + s[i]) & 0xFF;
        swap = s[i], s[i] = s[j], s[j] = swap;
        data[k] ^= s[(s[i] + s[j]) & 0xFF];
    }
}

static void md5(const guint8 *data, gsize n, guint8 *digest)
{
    gsize length = 16;
    g_autoptr (GChecksum) sum = g_checksum_new(G_CHECKSUM_MD5);
    g_checksum_update(sum, data, (gssize)n);
    g_checksum_get_digest(sum, digest, &length);
}

/* The standard handler, version 1 (PDF 32000-1, 7.6.3), for an empty password: printing is forbidden. */
static void reads_locked_files_that_open(void **state)
{
    static const guint8 pad[] = "\x28\xBF\x4E\x5E\x4E\x75\x8A\x41\x64\x00\x4E\x56\xFF\xFA\x01\x08"
                                "\x2E\x2E\x00\xB6\xD0\x68\x3E\x80\x2F\x0C\xA9\xFE\x64\x53\x69\x7A";
    guint8 key[16], object_key[16], user[32], seed[32 + 32 + 4 + 4];
    memcpy(seed, pad, 32);
    memset(seed + 32, 'O', 32);
    memcpy(seed + 64,
           "\xC0\xFF\xFF\xFF"
           "idid",
           8);
    md5(seed, sizeof seed, key);
    memcpy(user, pad, 32);
    rc4(key, 5, user, 32);
    guint8 content[] = "BT /F 10 Tf 50 700 Td <5265616420627920616E79626F6479> Tj ET";
    guint8 object_seed[10];
    memcpy(object_seed, key, 5);
    memcpy(object_seed + 5, "\x04\0\0\0\0", 5);
    md5(object_seed, 10, object_key);
    rc4(object_key, 10, content, sizeof content - 1);
    g_autoptr (GString)
        trailer = g_string_new("/ID[(idid)(idid)]/Encrypt<</Filter/Standard/V 1/R 2/P -64/O<");
    for (int i = 0; i < 32; i++) g_string_append(trailer, "4F");
    g_string_append(trailer, ">/U<");
    for (int i = 0; i < 32; i++) g_string_append_printf(trailer, "%02X", user[i]);
    g_string_append(trailer, ">>>");
    for (int wrong = 0; wrong < 2; wrong++) {
        Maker maker;
        maker_init(&maker);
        g_string_assign(maker.objects->pdata[2], "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>");
        add_page(&maker, (const char *)content, sizeof content - 1, "");
        if (wrong) memcpy(strstr(trailer->str, "/U<") + 3, "FFFFFFFF", 8);
        maker.trailer = trailer->str;
        g_autoptr (FactsAttachment) pdf = read_as(maker_end(&maker), "a.pdf");
        expect_text("text", g_strdup(pdf->text), wrong ? "" : "Read by anybody");
        expect_text("codes", problems_text(pdf), wrong ? "encrypted" : "");
    }
}

static void reads_embedded_files(void **state)
{
    static const char spec[] = "<</Type/Filespec/F(a.txt)/UF<FEFF9644002E007400780074>/EF<</F 8 0 R>>>>",
                      file[] = "<</Type/EmbeddedFile/Length 6>>stream\n正文\nendstream";
    g_autoptr (GString) content = g_string_new(NULL);
    show(content, 50, 700, "材料见附件，请审阅，谢谢，此致敬礼");
    Maker maker;
    maker_init(&maker);
    maker.catalog = "/Names<</EmbeddedFiles<</Names[(a) 7 0 R]>>>>";
    add_page(&maker, content->str, content->len, "");
    add_object(&maker, spec, sizeof spec - 1);
    add_object(&maker, file, sizeof file - 1);
    g_autoptr (FactsAttachment) pdf = read_as(maker_end(&maker), "a.pdf");
    expect_text("children", tree_line(pdf), "附.txt");
    assert_string_equal(((FactsAttachment *)pdf->children->pdata[0])->text, "正文");
}

static void tells_damage(void **state)
{
    g_autoptr (FactsAttachment) nothing = read_text_as("%PDF-1.4\n1 0 obj\n<<", "a.pdf");
    expect_text("nothing", problems_text(nothing), "damaged");
    g_autoptr (GString) content = g_string_new(NULL);
    show(content, 50, 700, "关于读书会的总结关于读书会的总结");
    Maker maker;
    maker_init(&maker);
    add_page(&maker, content->str, content->len, "");
    g_autoptr (GBytes) whole = maker_end(&maker);
    gsize n;
    const char *data = g_bytes_get_data(whole, &n), *end = g_strrstr_len(data, (gssize)n, "startxref");
    assert_non_null(end);
    g_autoptr (FactsAttachment) cut = read_as(g_bytes_new_from_bytes(whole, 0, (gsize)(end - data)), "a.pdf");
    expect_text("cut", problems_text(cut), "damaged");
    assert_string_equal(cut->text, "关于读书会的总结关于读书会的总结");
}

static void stops_at_many_pages(void **state)
{
    Maker maker;
    maker_init(&maker);
    for (int i = 0; i <= LIMIT_PDF_PAGES; i++) add_page(&maker, "", 0, "");
    g_autoptr (FactsAttachment) pdf = read_as(maker_end(&maker), "a.pdf");
    assert_non_null(pdf);
    g_autofree char *codes = problems_text(pdf);
    assert_true(g_str_has_prefix(codes, "truncated"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_text),
        cmocka_unit_test(reads_forms_by_place),
        cmocka_unit_test(reads_spread_labels),
        cmocka_unit_test(reads_tables),
        cmocka_unit_test(reads_tables_with_lines),
        cmocka_unit_test(reads_tables_over_pages),
        cmocka_unit_test(reads_ticks),
        cmocka_unit_test(tells_lines_from_tables),
        cmocka_unit_test(reads_what_was_filled_in),
        cmocka_unit_test(reads_marks_in_their_places),
        cmocka_unit_test(tells_scans_from_empty_pages),
        cmocka_unit_test(reads_locked_files_that_open),
        cmocka_unit_test(reads_embedded_files),
        cmocka_unit_test(tells_damage),
        cmocka_unit_test(stops_at_many_pages),
    };
    setlocale(LC_ALL, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
