/* What is read of the parts of an .xlsx: fonts of symbols in cells and runs. */
#include "tests/unit/reader_fixture.h"
#include "tests/unit/zip_maker.h"

#define MAIN_NS "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\""
#define OFFICE  "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define RELATION(id, kind, target)                                                                           \
    "<Relationship Id=\"" id "\" Type=\"" OFFICE "/" kind "\" Target=\"" target "\"/>"
#define RELATIONS(list)                                                                                      \
    "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">" list            \
    "</Relationships>"

/* `cells` may go on behind </sheetData>, which then ends them. */
static FactsAttachment *read_book(const char *strings, const char *styles, const char *cells)
{
    const char *close = strstr(cells, "</sheetData>") ? "" : "</sheetData>";
    g_autofree char *sst = g_strdup_printf("<sst " MAIN_NS ">%s</sst>", strings);
    g_autofree char *sheet = g_strdup_printf("<styleSheet " MAIN_NS ">%s</styleSheet>", styles);
    g_autofree char *data =
        g_strdup_printf("<worksheet " MAIN_NS "><sheetData>%s%s</worksheet>", cells, close);
    const char *const pairs[] = {
        "[Content_Types].xml",
        "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default "
        "Extension=\"xml\" ContentType=\"application/xml\"/><Override PartName=\"/xl/workbook.xml\" "
        "ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/></"
        "Types>",
        "_rels/.rels",
        RELATIONS(RELATION("r1", "officeDocument", "xl/workbook.xml")),
        "xl/_rels/workbook.xml.rels",
        RELATIONS(RELATION("r1", "worksheet", "sheet1.xml") RELATION("r2", "sharedStrings", "strings.xml")
                      RELATION("r3", "styles", "styles.xml")),
        "xl/workbook.xml",
        "<workbook " MAIN_NS " xmlns:r=\"" OFFICE
        "\"><workbookPr date1904=\"1\"/><sheets><sheet name=\"Sheet1\" sheetId=\"1\" "
        "r:id=\"r1\"/></sheets><extLst><ext><x15:workbookPr xmlns:x15=\"urn:x15\" "
        "chartTrackingRefBase=\"1\"/></ext>"
        "</extLst></workbook>",
        "xl/strings.xml",
        sst,
        "xl/styles.xml",
        sheet,
        "xl/sheet1.xml",
        data,
        NULL};
    return read_as(zip_make(NULL, pairs), "a.xlsx");
}

#define RUN(font, text) "<r><rPr><rFont val=\"" font "\"/></rPr><t>" text "</t></r>"
#define STYLES                                                                                               \
    "<fonts><font><name val=\"宋体\"/></font><font><name val=\"Wingdings 2\"/></font></fonts>"             \
    "<cellXfs><xf fontId=\"0\"/><xf fontId=\"1\"/></cellXfs>"                                                \
    "<dxfs><dxf><font><name val=\"Wingdings\"/></font></dxf></dxfs>"

static void reads_fonts_of_symbols(void **state)
{
    g_autoptr (FactsAttachment)
        book = read_book(
            "<si>" RUN("Wingdings 2", "£") RUN("宋体", "甲 R ")
                RUN("Wingdings 2", "R") "<r><t>乙 R</t></r></si><si><t>R</t></si>",
            STYLES,
            "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" s=\"1\" t=\"s\"><v>0</v></c>"
            "</row><row r=\"2\"><c r=\"A2\" s=\"1\" t=\"s\"><v>1</v></c><c r=\"B2\" t=\"s\"><v>1</v></c>"
            "<c r=\"C2\" s=\"1\" t=\"inlineStr\"><is><t>R丙</t></is></c><c r=\"D2\" "
            "t=\"inlineStr\"><is>" RUN("Wingdings", "þ") RUN("宋体", "R") "</is></c></row>");
    expect_text("cells", tables_text(book), "☐甲 R ☑乙 R|☐甲 R ☑乙 R/☑|R|☑丙|☑R");
    expect_text("problems", problems_text(book), "");
}

/* Excel on a Mac counts from 1904, and says so in one of two elements of the same name. */
static void counts_from_1904(void **state)
{
    g_autoptr (FactsAttachment)
        book = read_book("", "<cellXfs><xf/><xf numFmtId=\"14\"/></cellXfs>",
                         "<row><c s=\"1\"><v>40327</v></c></row>");
    expect_text("cells", tables_text(book), "2014/5/30");
}

/* Programs that cannot count leave results out; an empty text is a result. */
static void shows_formulas_without_results(void **state)
{
    g_autoptr (FactsAttachment)
        book = read_book("", "",
                         "<row><c><v>1</v></c><c><f>A1&amp;\"x\"</f></c><c><f>A1+1</f><v/></c><c t=\"str\">"
                         "<f>T(Z1)</f><v></v></c><c><f>A1*3</f><v>3</v></c></row>");
    expect_text("cells", tables_text(book), "1|=A1&\"x\"|=A1+1||3");
    expect_text("problems", problems_text(book), "");
}

/* The parts of a workbook up to its only sheet, whose text comes next. */
#define BOOK_OF_ONE_SHEET                                                                                    \
    "[Content_Types].xml",                                                                                   \
        "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Override "           \
        "PartName=\"/xl/workbook.xml\" ContentType=\"application/vnd.openxmlformats-officedocument."         \
        "spreadsheetml.sheet.main+xml\"/></Types>",                                                          \
        "_rels/.rels", RELATIONS(RELATION("r1", "officeDocument", "xl/workbook.xml")),                       \
        "xl/_rels/workbook.xml.rels", RELATIONS(RELATION("r1", "worksheet", "sheet1.xml")),                  \
        "xl/workbook.xml",                                                                                   \
        "<workbook " MAIN_NS " xmlns:r=\"" OFFICE                                                            \
        "\"><sheets><sheet name=\"Sheet1\" r:id=\"r1\"/></sheets></workbook>",                               \
        "xl/sheet1.xml"

/* Controls are of the cells that they lie above: Excel's boxes, LibreOffice's (the state is elsewhere),
 * ActiveX with a shape and without. */
static void reads_controls_in_cells(void **state)
{
#define SHAPE(id, kind, anchor, label, more)                                                                 \
    "<v:shape id=\"" id "\"><v:textbox><div>" label "</div></v:textbox><x:ClientData ObjectType=\"" kind     \
    "\"><x:Anchor> " anchor "</x:Anchor>" more "</x:ClientData></v:shape>"
#define OCX(value)                                                                                           \
    "<ax:ocx ax:classid=\"{8BD21D40-EC42-11CE-9E0D-00AA006002F3}\" xmlns:ax=\"urn:ax\"><ax:ocxPr "           \
    "ax:name=\"Value\" ax:value=\"" value "\"/><ax:ocxPr ax:name=\"Caption\" ax:value=\"校级\"/></ax:ocx>"
    static const char vml[] =
        "<xml xmlns:v=\"urn:schemas-microsoft-com:vml\" "
        "xmlns:x=\"urn:schemas-microsoft-com:office:excel\">" SHAPE("_x0000_s1026", "Checkbox",
                                                                    "1, 90, 0, 18, 2, 0, 1, 15", "实践", "")
            SHAPE("_x0000_s1025", "Checkbox", "1,2,1,3,2,0,1,17", "理论", "<x:Checked>1</x:Checked>")
                SHAPE("shape_0", "Radio", "1,2,2,3,2,0,2,17", "是", "")
                    SHAPE("_x0000_s1028", "Pict", "1,2,3,3,2,0,3,17", "", "") "</xml>";
    const char *const pairs[] = {
        BOOK_OF_ONE_SHEET,
        "<worksheet " MAIN_NS " xmlns:r=\"" OFFICE
        "\"><sheetData><row><c t=\"inlineStr\"><is><t>活动名称</t></is></c></row><row><c "
        "t=\"inlineStr\"><is><t>主题类别</t></is></c></row></sheetData><controls><control shapeId=\"1025\" "
        "r:id=\"c1\"/><control shapeId=\"1026\" r:id=\"c1\"/><control shapeId=\"9\" r:id=\"c2\"/><control "
        "shapeId=\"1028\" r:id=\"c3\"/><control shapeId=\"1028\" r:id=\"c3\"/><control shapeId=\"1029\" "
        "r:id=\"c4\"/></controls></worksheet>",
        "xl/_rels/sheet1.xml.rels",
        RELATIONS(RELATION("r2", "vmlDrawing", "v.vml") RELATION("c1", "ctrlProp", "p1.xml")
                      RELATION("c2", "ctrlProp", "p2.xml") RELATION("c3", "control", "a1.xml")
                          RELATION("c4", "control", "a2.xml")),
        "xl/p1.xml",
        "<formControlPr objectType=\"CheckBox\"/>",
        "xl/p2.xml",
        "<formControlPr objectType=\"Radio\" checked=\"Checked\"/>",
        "xl/a1.xml",
        OCX("1"),
        "xl/a2.xml",
        OCX("0"),
        "xl/v.vml",
        vml,
        NULL};
    g_autoptr (FactsAttachment) book = read_as(zip_make(NULL, pairs), "a.xlsx");
    expect_text("cells", tables_text(book), "活动名称/主题类别|☑理论 ☐实践/|☑是/|☑校级");
    assert_true(g_str_has_suffix(book->text, "\n☐校级"));
    expect_text("fields", fields_text(book), "活动名称=;主题类别=☑理论 ☐实践");
    expect_text("problems", problems_text(book), "");
}

/* What the file keeps as the value of a cell with a picture is shown by nobody. */
static void reads_no_pictures_in_cells(void **state)
{
    static const char wps[] = "<c t=\"str\"><f>_xlfn.DISPIMG(&quot;ID_1&quot;,1)</f>"
                              "<v>=DISPIMG(&quot;ID_1&quot;,1)</v></c>";
    g_autofree char *some = g_strconcat("<row><c t=\"inlineStr\"><is><t>照片</t></is></c>", wps,
                                        "<c t=\"e\"><v>#VALUE!</v></c></row>", NULL);
    g_autoptr (FactsAttachment) book = read_book("", "", some);
    expect_text("cells", tables_text(book), "照片||#VALUE!");
    expect_text("problems", problems_text(book), "");
    g_autofree char *only = g_strconcat("<row>", wps, "</row>", NULL);
    g_autoptr (FactsAttachment) scan = read_book("", "", only);
    expect_text("nothing else", problems_text(scan), "scanned-only");
}

/* Check boxes lie on a sheet: their state is in one drawing, their label in two. */
static void reads_check_boxes(void **state)
{
    static const char drawing[] =
        "<xdr:wsDr xmlns:xdr=\"urn:xdr\" "
        "xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\"><xdr:sp>"
        "<a:p><a:t>理论创新</a:t></a:p></xdr:sp><xdr:sp><a:p><a:t>说明</a:t></a:p></xdr:sp></xdr:wsDr>";
    static const char vml[] =
        "<xml xmlns:v=\"urn:schemas-microsoft-com:vml\" xmlns:x=\"urn:schemas-microsoft-com:office:excel\">"
        "<v:shape><v:textbox><div><font>理论创新</font></div></v:textbox><x:ClientData "
        "ObjectType=\"Checkbox\">"
        "<x:Anchor>1, 2</x:Anchor><x:Checked>1</x:Checked></x:ClientData></v:shape>"
        "<v:shape><v:textbox>实践<br/>创新</v:textbox><x:ClientData ObjectType=\"Checkbox\"/></v:shape>"
        "<v:shape><v:textbox>批注</v:textbox><x:ClientData ObjectType=\"Note\"/></v:shape><v:shape>";
    const char *const pairs[] = {
        BOOK_OF_ONE_SHEET,
        "<worksheet " MAIN_NS "><sheetData><row><c><v>1</v></c></row></sheetData></worksheet>",
        "xl/_rels/sheet1.xml.rels",
        RELATIONS(RELATION("r1", "drawing", "d.xml") RELATION("r2", "vmlDrawing", "v.vml")),
        "xl/d.xml",
        drawing,
        "xl/v.vml",
        vml,
        NULL};
    g_autoptr (FactsAttachment) book = read_as(zip_make(NULL, pairs), "a.xlsx");
    expect_text("text", g_strdup(book->text), "1\n☑理论创新\n☐实践创新\n说明");
    expect_text("problems", problems_text(book), "");
}

static void reads_headers(void **state)
{
    g_autoptr (FactsAttachment)
        book =
            read_book("", "",
                      "<row><c><v>1</v></c></row></sheetData><headerFooter><oddHeader>&amp;L机密★&amp;R&amp;P"
                      "</oddHeader><oddFooter>&amp;C填报单位</oddFooter></headerFooter>");
    expect_text("text", g_strdup(book->text), "1\n机密★\n填报单位");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_fonts_of_symbols), cmocka_unit_test(reads_no_pictures_in_cells),
        cmocka_unit_test(counts_from_1904),       cmocka_unit_test(shows_formulas_without_results),
        cmocka_unit_test(reads_check_boxes),      cmocka_unit_test(reads_controls_in_cells),
        cmocka_unit_test(reads_headers),
    };
    setlocale(LC_ALL, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
