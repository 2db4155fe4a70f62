/* What is read of PDF: text, forms by where things stand, what is no text, faults. */
#include "tests/unit/pdf_maker.h"

#include "parsers/limits.h"
#include "tests/unit/archive_maker.h"

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

/* Fonts draw radicals with the glyphs of the characters that they are, and programs then say that the glyph
 * is the radical (or a compatibility ideograph): people see no difference, but search, compare and copy. */
static void reads_radicals_as_characters(void **state)
{
    static const char map[] = "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
                              "1 begincodespacerange <8140> <FEFE> endcodespacerange\n"
                              "6 beginbfchar <B9A4> <2F2F> <C3F1> <2EA0> <B3A4> <2ED3> <B5B3> <515A>\n"
                              "<C0ED> <F9E4> <D4B1> <5458> endbfchar endcmap end end";
    g_autoptr (GString) content = g_string_new(NULL);
    Maker maker;
    maker_init(&maker);
    show(content, 50, 700, "民工党员长理");
    add_page(&maker, content->str, content->len, "");
    GString *font = maker.objects->pdata[2];
    g_string_truncate(font, font->len - 2);
    g_autofree char *stream = g_strdup_printf("<</Length %zu>>stream\n%s\nendstream", sizeof map - 1, map);
    g_string_append_printf(font, "/ToUnicode %u 0 R>>", add_object(&maker, stream, strlen(stream)));
    g_autoptr (FactsAttachment) pdf = read_as(maker_end(&maker), "a.pdf");
    assert_string_equal(pdf->text, "民工党员长理");
}

/* What people see cannot be known from numbers of glyphs. */
static void tells_fonts_without_letters(void **state)
{
    static const char font[] =
        "<</Type/Font/Subtype/Type0/BaseFont/ABCDEF+SimSun/Encoding/Identity-H/DescendantFonts[<</Type/Font"
        "/Subtype/CIDFontType2/BaseFont/ABCDEF+SimSun/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)"
        "/Supplement 0>>/DW 1000/FontDescriptor<</Type/FontDescriptor/FontName/ABCDEF+SimSun/Flags 4"
        "/FontBBox[0 -200 1000 900]/ItalicAngle 0/Ascent 800/Descent -200/CapHeight 700/StemV 80>>>>]>>";
    static const char content[] =
        "BT /F 12 Tf 50 700 Td <0F2A1003130014001B23> Tj <0005061507160003001500130014> Tj ET";
    Maker maker;
    maker_init(&maker);
    g_string_assign(maker.objects->pdata[2], font);
    add_page(&maker, content, sizeof content - 1, "");
    g_autoptr (FactsAttachment) pdf = read_as(maker_end(&maker), "a.pdf");
    expect_text("codes", problems_text(pdf), "scanned-only");
}

static void reads_forms_by_place(void **state)
{
    g_autoptr (GString) content = g_string_new(NULL);
    show(content, 50, 700, "活动名称");
    show(content, 150, 706, "三会一课创新实践活动读书会和"); /* of two lines, the label in the middle */
    show_all(content, (const Shown[]){{150, 694, "红色经典诵读"},
                                      {50, 670, "联"},
                                      {70, 670, "系"},
                                      {90, 670, "人"},
                                      {150, 670, "联系人甲"},
                                      {300, 670, "电话"},
                                      {350, 670, "010-00000000"},
                                      {0}});
    show(content, 50, 640, "活动简介"); /* the label at the top */
    show(content, 150, 640, "第一行");
    show(content, 150, 628, "第二行");
    show(content, 50, 600, "备注"); /* empty */
    g_autoptr (FactsAttachment) pdf = read_page(content->str, "");
    expect_text("form", fields_text(pdf),
                "活动名称=三会一课创新实践活动读书会和红色经典诵读;联系人=联系人甲;电话=010-00000000;"
                "活动简介=第一行第二行");
}

/* The text goes down the labels before the values: what stands beside a label is its value, not the line
 * below. */
static void reads_values_beside(void **state)
{
    g_autoptr (GString) content = g_string_new(NULL);
    show_all(content, (const Shown[]){{57, 700, "活动名称："},
                                      {57, 660, "申报日期："},
                                      {57, 646, "党委组织部制"},
                                      {250, 700, "读书会"},
                                      {250, 660, "2014年5月30日"},
                                      {0}});
    g_autoptr (FactsAttachment) page = read_page(content->str, "");
    expect_text("beside", fields_text(page), "活动名称=读书会;申报日期=2014年5月30日");
}

/* Labels that are spread to one width, before a colon that belongs to the value's text. */
static void reads_spread_labels(void **state)
{
    g_autoptr (GString) content = g_string_new(NULL);
    show_all(content, (const Shown[]){{50, 700, "姓"},
                                      {80, 700, "名：联系人甲"},
                                      {50, 680, "职"},
                                      {80, 680, "务："},
                                      {130, 680, "书记"},
                                      {50, 660, "活动名称"},
                                      {105, 660, "：读书会"},
                                      {50, 640, "甲"},
                                      {80, 640, "组：不是标签"},
                                      {0}});
    g_autoptr (FactsAttachment) page = read_page(content->str, "");
    expect_text("spread", fields_text(page), "姓名=联系人甲;职务=书记;活动名称=读书会");
}

/* A title whose letters stand apart is one line, though poppler makes lines of them. */
static void reads_spread_titles(void **state)
{
    g_autoptr (GString) content = g_string_new(NULL);
    show_all(content,
             (const Shown[]){{260, 740, "总"},
                             {290, 740, "结"},
                             {50, 700, "为深入推进学习型党组织建设，我院组织全体党员开展了读书会活动，现将"},
                             {50, 680, "有关情况总结如下，请组织部审阅，不足之处请批评指正，谢谢大家的支持"},
                             {50, 660, "一、背"},
                             {102, 660, "景"},
                             {50, 640, "全院党员按照统一安排，分别参加了三次集中学习，并结合实际撰写心得体"},
                             {0}});
    g_autoptr (FactsAttachment) page = read_page(content->str, "");
    assert_true(g_str_has_prefix(page->text, "总 结\n为深入"));
    assert_non_null(strstr(page->text, "一、背 景\n全院"));

    /* lines below that poppler takes for a column */
    g_string_truncate(content, 0);
    show_all(content, (const Shown[]){{150, 740, "申"},
                                      {190, 740, "报"},
                                      {230, 740, "表"},
                                      {50, 700, "活动名称：读书会"},
                                      {50, 680, "推荐单位：文学院党委"},
                                      {50, 660, "一、背景"},
                                      {0}});
    g_autoptr (FactsAttachment) cover = read_page(content->str, "");
    assert_string_equal(cover->text, "申 报 表\n活动名称：读书会\n推荐单位：文学院党委\n一、背景");
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
    show_all(content, (const Shown[]){{50, 600, "活动名称"},
                                      {150, 600, "读书会"},
                                      {50, 580, "联"},
                                      {70, 580, "系"},
                                      {90, 580, "人"},
                                      {150, 580, "联系人甲"},
                                      {300, 580, "电话"},
                                      {400, 580, "010-00000000"},
                                      {50, 560, "活动简介"},
                                      {150, 560, "第一行"},
                                      {150, 548, "第二行"},
                                      {0}});
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

static void reads_what_was_filled_in(void **state)
{
    g_autoptr (GString) content = g_string_new(NULL);
    show(content, 50, 700, "党支部活动申报表，请用正楷填写");
    Maker maker;
    maker_init(&maker);
    maker.catalog = "/AcroForm<</Fields[7 0 R 8 0 R]>>";
    add_page(&maker, content->str, content->len, "/Annots[7 0 R 8 0 R 9 0 R]");
    static const char *const widgets[] = {
        ("<</Type/Annot/Subtype/Widget/FT/Tx/T(Text1)/TU<FEFF6D3B52A8540D79F0>/V<FEFF8BFB4E664F1A>/Rect[50 "
         "600 200 620]>>"),
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
    show_all(content, (const Shown[]){{50, 700, "活动名称"},
                                      {50, 680, "推荐单位："},
                                      {95, 660, "理论创新"},
                                      {95, 640, "□实践创新"},
                                      {50, 620, "备注"},
                                      {0}});
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
        cmocka_unit_test(reads_radicals_as_characters),
        cmocka_unit_test(tells_fonts_without_letters),
        cmocka_unit_test(reads_forms_by_place),
        cmocka_unit_test(reads_spread_labels),
        cmocka_unit_test(reads_spread_titles),
        cmocka_unit_test(reads_values_beside),
        cmocka_unit_test(reads_tables),
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
