/* What .docx files keep in parts of their own: styles, controls, diagrams. */
#include "tests/unit/reader_fixture.h"

#include "parsers/forms_control.h"
#include "tests/unit/ole2_maker.h"
#include "tests/unit/zip_maker.h"

#define OFFICE                "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
#define RUN(text)             "<w:r><w:t>" text "</w:t></w:r>"
#define REL(id, kind, target) "<Relationship Id=\"" id "\" Type=\"" OFFICE kind "\" Target=\"" target "\"/>"
#define RELS(content)                                                                                        \
    "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">" content         \
    "</Relationships>"

/* The text of a document of that body, with parts (name, content … NULL) to which it has those relationships.
 */
static void expect_body(const char *what, const char *body, const char *relations, const char *const *parts,
                        const char *text)
{
    g_autofree char *document = g_strconcat("<w:document " MAKER_W " xmlns:r=\"", OFFICE, "\"><w:body>", body,
                                            "</w:body></w:document>", NULL);
    g_autofree char *all =
        g_strconcat("<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">",
                    relations, "</Relationships>", NULL);
    const char *pairs[20] = {
        "[Content_Types].xml",
        "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Override "
        "PartName=\"/word/document.xml\" ContentType=\"" MAKER_MAIN "\"/></Types>",
        "_rels/.rels",
        RELS(REL("r1", "officeDocument", "word/document.xml")),
        "word/_rels/document.xml.rels",
        all,
        "word/document.xml",
        document};
    for (gsize i = 0; parts[i]; i++) pairs[8 + i] = parts[i];
    g_autoptr (FactsAttachment) attachment = read_as(zip_make(NULL, pairs), "a.docx");
    expect_text(what, g_strdup(attachment->text), text);
}

#define STYLED(style, fonts, text)                                                                           \
    "<w:r><w:rPr><w:rStyle w:val=\"" style "\"/>" fonts "</w:rPr><w:t>" text "</w:t></w:r>"
#define STYLE(type, id, content) "<w:style w:type=\"" type "\" w:styleId=\"" id "\">" content "</w:style>"
#define FONT(name)               "<w:rPr><w:rFonts w:ascii=\"" name "\" w:hAnsi=\"" name "\"/></w:rPr>"
#define PARAGRAPH(style, runs)   "<w:p><w:pPr><w:pStyle w:val=\"" style "\"/></w:pPr>" runs "</w:p>"

/* A box whose font is that of a style of letters or of a paragraph, or of one on which it is based. */
static void reads_boxes_in_styles(void **state)
{
    static const char *const parts[] = {
        "word/styles.xml",
        "<w:styles " MAKER_W ">" STYLE("character", "box", "<w:basedOn w:val=\"tick\"/>")
            STYLE("character", "tick", FONT("Wingdings 2"))
                STYLE("character", "loop", "<w:basedOn w:val=\"loop\"/>")
                    STYLE("paragraph", "line", FONT("Wingdings 2"))
                        STYLE("paragraph", "below", "<w:basedOn w:val=\"line\"/>") "</w:styles>",
        NULL};
    expect_body("characters",
                "<w:p>" STYLED("tick", "", "R") RUN("理论R") STYLED("box", "", "\u00A3") RUN("实践")
                    STYLED("tick", "<w:rFonts w:ascii=\"宋体\"/>", "R") STYLED("loop", "", "R")
                        STYLED("none", "", "R") "</w:p>",
                REL("r1", "styles", "styles.xml"), parts, "☑理论R☐实践RRR");
    expect_body("paragraphs",
                PARAGRAPH("line", RUN("R") RUN("理论") RUN("Real") "<w:r>" FONT("宋体") "<w:t>R</w:t></w:r>")
                    PARAGRAPH("below", RUN("\u00A3实践"))
                        PARAGRAPH("none", RUN("R")) "<w:p>" RUN("R") "</w:p>",
                REL("r1", "styles", "styles.xml"), parts, "☑理论RealR\n☐实践\nR\nR");
}

#define CONTROL(id) "<w:r><w:object><w:control r:id=\"" id "\"/></w:object></w:r>"
#define OCX(class, properties)                                                                               \
    "<ax:ocx xmlns:ax=\"http://schemas.microsoft.com/office/2006/activeX\" ax:classid=\"{" class             \
        "-EC42-11CE-9E0D-00AA006002F3}\">" properties "</ax:ocx>"
#define PROPERTY(name, value) "<ax:ocxPr ax:name=\"" name "\" ax:value=\"" value "\"/>"

static void reads_controls(void **state)
{
    static const char *const parts[] = {"word/activeX/activeX1.xml",
                                        OCX("8BD21D40", PROPERTY("Value", "1") PROPERTY("Caption", "理论")),
                                        "word/activeX/activeX2.xml",
                                        OCX("8BD21D50", PROPERTY("Caption", "实践") PROPERTY("Value", "0")),
                                        "word/activeX/activeX3.xml",
                                        OCX("8BD21D10", PROPERTY("Value", "读书会")),
                                        "word/activeX/activeX4.xml",
                                        OCX("D7053240", PROPERTY("Caption", "按钮")),
                                        NULL};
    expect_body("properties",
                "<w:p>" CONTROL("a") CONTROL("b") CONTROL("c") CONTROL("d") CONTROL("e") "</w:p>",
                REL("a", "control", "activeX/activeX1.xml") REL("b", "control", "activeX/activeX2.xml")
                    REL("c", "control", "activeX/activeX3.xml") REL("d", "control", "activeX/activeX4.xml")
                        REL("e", "control", "activeX/none.xml"),
                parts, "☑理论☐实践读书会");
}

static GByteArray *unhexed(const char *hex)
{
    GByteArray *bytes = g_byte_array_new();
    for (; hex[0] && hex[1]; hex += 2) {
        const guint8 byte = (guint8)(g_ascii_xdigit_value(hex[0]) << 4 | g_ascii_xdigit_value(hex[1]));
        g_byte_array_append(bytes, &byte, 1);
    }
    return bytes;
}

#define BOX_CLASS   "401DD28B42ECCE119E0D00AA006002F3"
#define FIELD_CLASS "101DD28B42ECCE119E0D00AA006002F3"
#define LABEL_CLASS "239E8C97B0D4CE11BF2D00AA003F40D0"
/* colours, style 4, sizes, the value, the caption as bytes and in UTF-16 */
#define BOX(value)                                                                                           \
    "000234004601C08000000000FFFFFF00000000000400000001000080090000800000000000000000" value                 \
    "000000436865636B426F78310000"
#define BOX_WIDE                                                                                             \
    "00023000460"                                                                                            \
    "1C08000000000FFFFFF0000000000040000000100008004000000"                                                  \
    "0000000000000000"                                                                                       \
    "31000000"                                                                                               \
    "0674BA8B"

/* Stored as bytes behind the class, and in an OLE2 file; whatever is cut off or wrong. */
static void reads_stored_controls(void **state)
{
    static const struct {
        const char *hex, *shown;
    } cases[] = {
        {BOX_CLASS BOX("31"), "☑CheckBox1"},
        {BOX_CLASS BOX("30"), "☐CheckBox1"},
        {BOX_CLASS BOX_WIDE, "☑理论"},
        {LABEL_CLASS "000220002B00000000000000FFFFFF00060000804C6162656C310000EC0900007B020000", "Label1"},
        {FIELD_CLASS "000214000101008000000000"
                     "1B48802CEC0900007B020000",
         NULL},
        {BOX_CLASS "0002", NULL},
        {BOX_CLASS "00020400FFFFFFFF", NULL},
        {BOX_CLASS "00020800FFFFFFFFFFFFFFFF", NULL},
        {"00", NULL},
        {"400000000000000000000000000000000002000000", NULL}};
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr (GByteArray) raw = unhexed(cases[i].hex);
        g_autoptr (GBytes) bytes = g_bytes_new(raw->data, raw->len);
        g_autofree char *shown = forms_control_text(bytes, NULL);
        if (g_strcmp0(shown, cases[i].shown)) fail_msg("case %zu: \"%s\"", i, shown);
    }
    g_autoptr (GByteArray)
        about = unhexed("0100FEFF030A0000FFFFFFFF" BOX_CLASS "00"), contents = unhexed(BOX("31"));
    const Ole2Stream streams[] = {{"\x01"
                                   "CompObj",
                                   about},
                                  {"contents", contents}};
    g_autoptr (GBytes) file = ole2_make(streams, G_N_ELEMENTS(streams));
    expect_text("storage", forms_control_text(file, NULL), "☑CheckBox1");
    g_autoptr (GBytes) bare = ole2_make(streams + 1, 1);
    expect_text("class by the document", forms_control_text(bare, "{8BD21D40-EC42-11CE-9E0D-00AA006002F3}"),
                "☑CheckBox1");
    assert_null(forms_control_text(bare, NULL));
    assert_null(forms_control_text(bare, "{8BD21D40"));
}

static void reads_diagrams(void **state)
{
    static const char *const parts[] = {
        "word/diagrams/data1.xml",
        "<dgm:dataModel xmlns:dgm=\"http://schemas.openxmlformats.org/drawingml/2006/diagram\" "
        "xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\"><dgm:t><a:p><a:r><a:t>第一步</"
        "a:t></a:r>"
        "</a:p></dgm:t></dgm:dataModel>",
        NULL};
    expect_body("diagram", "<w:p>" RUN("流程") "</w:p>", REL("a", "diagramData", "diagrams/data1.xml"), parts,
                "流程\n第一步");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_boxes_in_styles),
        cmocka_unit_test(reads_controls),
        cmocka_unit_test(reads_stored_controls),
        cmocka_unit_test(reads_diagrams),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
