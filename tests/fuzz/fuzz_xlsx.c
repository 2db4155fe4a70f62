/* The XML of an .xlsx: sheet, shared strings, styles, workbook and its relations, VML of the sheet, states of
 * two controls (r2 a box, r3 ActiveX), parted by 0xFF. An input that is a workbook of Excel 2003's XML is
 * read as that. */
#include <string.h>

#include "tests/fuzz/fuzz.h"

#define REL  "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
#define MAIN "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\""

static const char TYPES[] = "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">"
                            "<Override PartName=\"/xl/workbook.xml\" ContentType=\"application/"
                            "vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/></Types>";
static const char ROOT[] =
    "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
    "<Relationship Id=\"r1\" Type=\"" REL "officeDocument\" Target=\"xl/workbook.xml\"/>"
    "</Relationships>";
static const char WORKBOOK[] =
    "<workbook " MAIN " xmlns:r=\"" REL "\"><sheets><sheet name=\"表\" sheetId=\"1\" "
    "r:id=\"r1\"/></sheets></workbook>";
static const char RELS[] =
    "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
    "<Relationship Id=\"r1\" Type=\"" REL "worksheet\" Target=\"worksheets/sheet1.xml\"/>"
    "<Relationship Id=\"r2\" Type=\"" REL "sharedStrings\" Target=\"sharedStrings.xml\"/>"
    "<Relationship Id=\"r3\" Type=\"" REL "styles\" Target=\"styles.xml\"/></Relationships>";
static const char SHEET_RELS[] =
    "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
    "<Relationship Id=\"r1\" Type=\"" REL "vmlDrawing\" Target=\"../v.vml\"/>"
    "<Relationship Id=\"r2\" Type=\"" REL "ctrlProp\" Target=\"../p.xml\"/>"
    "<Relationship Id=\"r3\" Type=\"" REL "control\" Target=\"../c.xml\"/></Relationships>";
static const char STATE[] = "<formControlPr objectType=\"CheckBox\" checked=\"Checked\"/>";
static const char CONTROL[] =
    "<ax:ocx ax:classid=\"{8BD21D40-EC42-11CE-9E0D-00AA006002F3}\" xmlns:ax=\"a\"><ax:ocxPr "
    "ax:name=\"Value\" ax:value=\"1\"/></ax:ocx>";
static const char STRINGS[] =
    "<sst " MAIN "><si><t>活动名称</t></si><si><r><t>a</t></r><r><t>b</t></r></si></sst>";
static const char STYLES[] =
    "<styleSheet " MAIN "><numFmts><numFmt numFmtId=\"176\" formatCode=\"yyyy年m月d日\"/>"
    "</numFmts><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"176\"/>"
    "</cellXfs></styleSheet>";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 9 && memcmp(data, "<Workbook", 9) == 0) {
        g_autoptr (GBytes) sheetml = g_bytes_new(data, size);
        fuzz_document(sheetml, "a.xls");
        return 0;
    }
    const FuzzMember members[] = {
        {"[Content_Types].xml", TYPES, sizeof TYPES - 1},
        {"_rels/.rels", ROOT, sizeof ROOT - 1},
        fuzz_member("xl/workbook.xml", data, size, 3, WORKBOOK),
        fuzz_member("xl/_rels/workbook.xml.rels", data, size, 4, RELS),
        fuzz_member("xl/worksheets/sheet1.xml", data, size, 0, ""),
        fuzz_member("xl/sharedStrings.xml", data, size, 1, STRINGS),
        fuzz_member("xl/styles.xml", data, size, 2, STYLES),
        {"xl/worksheets/_rels/sheet1.xml.rels", SHEET_RELS, sizeof SHEET_RELS - 1},
        fuzz_member("xl/v.vml", data, size, 5, ""),
        fuzz_member("xl/p.xml", data, size, 6, STATE),
        fuzz_member("xl/c.xml", data, size, 7, CONTROL),
    };
    g_autoptr (GBytes) bytes = fuzz_zip(members, G_N_ELEMENTS(members));
    fuzz_document(bytes, "a.xlsx");
    return 0;
}
