/* What is read of OpenDocument: texts (.odt) and workbooks (.ods). */
#include "tests/unit/reader_fixture.h"
#include "tests/unit/zip_maker.h"

#define NS(prefix, name) " xmlns:" prefix "=\"urn:oasis:names:tc:opendocument:xmlns:" name ":1.0\""
#define HEAD                                                                                                 \
    "<office:document-content" NS("office", "office") NS("text", "text") NS("table", "table")                \
        NS("style", "style") NS("draw", "drawing") NS("form", "form") NS("svg", "svg-compatible")            \
            NS("field", "field")
#define P(text)    "<text:p>" text "</text:p>"
#define CELL(text) "<table:table-cell>" P(text) "</table:table-cell>"
#define SPAN(across, down, text)                                                                             \
    "<table:table-cell table:number-columns-spanned=\"" across "\" table:number-rows-spanned=\"" down        \
    "\">" P(text) "</table:table-cell>"
#define COVERED    "<table:covered-table-cell/>"
#define ROW(cells) "<table:table-row>" cells "</table:table-row>"

/* `before` is what comes before the body: styles. */
static FactsAttachment *read_package(const char *kind, const char *before, const char *body,
                                     const char *styles)
{
    g_autofree char *type = g_strconcat("application/vnd.oasis.opendocument.", kind, NULL);
    g_autofree char *content =
        g_strdup_printf(HEAD ">%s<office:body>%s</office:body></office:document-content>", before, body);
    const char *const pairs[] = {"mimetype", type, "content.xml", content, "styles.xml", styles, NULL};
    return read_as(zip_make(NULL, pairs), *kind == 't' ? "a.odt" : "a.ods");
}

static const struct {
    const char *what, *body, *text;
} texts[] = {
    {"paragraphs", "<text:h>题</text:h>" P("一") P("二"), "题\n一\n二"},
    {"white space", P(" a \n  b<text:s text:c=\"2\"/>c<text:tab/>d<text:line-break/> e"), "a b  c\td\ne"},
    {"deletions",
     "<text:tracked-changes><text:deletion>" P("旧") "</text:deletion></text:tracked-changes>" P("新"), "新"},
    {"comments", P("a<office:annotation>" P("批注") "</office:annotation>b"), "ab"},
    {"notes",
     P("a<text:note><text:note-citation>1</text:note-citation><text:note-body>" P(
         "注") "</text:note-body></text:note>b"),
     "ab\n注"},
    {"boxes",
     P("a<draw:frame><draw:text-box>" P("框") "</draw:text-box><svg:title>名</svg:title></draw:frame>b"),
     "ab\n框"},
    {"ticks of fonts", P("<text:span text:style-name=\"T1\">R</text:span>甲<text:span>R</text:span>"),
     "☑甲R"},
    {"form fields",
     P("<field:fieldmark field:type=\"x.FORMCHECKBOX\"><field:param field:name=\"Checkbox_Checked\" "
       "field:value=\"true\"/></field:fieldmark>甲<field:fieldmark "
       "field:type=\"x.FORMCHECKBOX\"/>乙<field:fieldmark "
       "field:type=\"x.FORMDROPDOWN\"><field:param field:name=\"Dropdown_ListEntry\" "
       "field:value=\"校级\"/><field:param "
       "field:name=\"Dropdown_ListEntry\" field:value=\"院级\"/><field:param "
       "field:name=\"Dropdown_Selected\" "
       "field:value=\"1\"/></field:fieldmark>"),
     "☑甲☐乙院级"},
    {"controls",
     "<office:forms><form:form><form:checkbox form:id=\"c\" form:label=\"甲\" "
     "form:current-state=\"checked\"/>"
     "<form:radio form:id=\"r\" form:label=\"乙\"/><form:text form:id=\"t\" form:value=\"旧\" "
     "form:current-value=\"丙\"/>"
     "<form:listbox form:id=\"l\"><form:option form:label=\"丁\"/><form:option form:label=\"戊\" "
     "form:current-selected=\"true\"/></form:listbox></form:form></office:forms>" P(
         "<draw:control draw:control=\"c\"/><draw:control draw:control=\"r\"/>")
         P("<draw:control draw:control=\"t\"/>")
             P("<draw:control draw:control=\"l\"/><draw:control draw:control=\"x\"/>"),
     "☑甲☐乙\n丙\n戊"},
};

#define FONT                                                                                                 \
    "<office:automatic-styles><style:style style:name=\"T1\"><style:text-properties "                        \
    "style:font-name=\"Wingdings "                                                                           \
    "2\"/></style:style><style:style style:name=\"ta\"><style:table-properties "                             \
    "table:display=\"false\"/></style:style></office:automatic-styles>"

static void reads_texts(void **state)
{
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr (FactsAttachment) text = read_package("text", FONT, texts[i].body, "");
        expect_text(texts[i].what, g_strdup(text->text), texts[i].text);
        expect_text(texts[i].what, problems_text(text), "");
    }
    g_autoptr (FactsAttachment)
        header = read_package("text-template", "", P("文"),
                              HEAD "><style:header>" P("页眉") "</style:header></office:document-content>");
    expect_text("header", g_strdup(header->text), "文\n页眉");
}

static void reads_tables(void **state)
{
    g_autoptr (FactsAttachment)
        form = read_package(
            "text", "",
            "<table:table>" ROW(CELL("活动名称") SPAN("3", "1", "读书会") COVERED COVERED)
                ROW(SPAN("1", "2", "主题") CELL("☐甲") CELL("电话") CELL("010-00000000"))
                    ROW(COVERED CELL("☑乙") CELL("负责人") "<table:table-cell>" P("") "<table:table>" ROW(
                        CELL("姓名") CELL("联系人甲")) "</table:table></table:table-cell>") "</table:table>",
            "");
    expect_text("tables", tables_text(form),
                "活动名称|读书会||/主题|☐甲|电话|010-00000000/|☑乙|负责人|#姓名|联系人甲");
    expect_text("fields", fields_text(form),
                "活动名称=读书会;主题=☐甲\n☑乙;电话=010-00000000;负责人=;姓名=联系人甲");
}

static void reads_workbooks(void **state)
{
    g_autoptr (FactsAttachment)
        book = read_package(
            "spreadsheet", FONT,
            "<table:table table:name=\"申报表\"><office:forms><form:form><form:checkbox form:id=\"c\" "
            "form:label=\"甲\" "
            "form:current-state=\"checked\"/></form:form></office:forms>" ROW(
                CELL("活动名称") SPAN("2", "1", "读书会") COVERED)
                ROW(CELL("日期") "<table:table-cell office:value-type=\"date\" "
                                 "office:date-value=\"2014-05-30\">" P(
                                     "2014年5月30日") "<office:annotation>" P("批注") "</office:annotation></"
                                                                                      "table:table-cell>")
                    ROW(CELL("主题") "<table:table-cell><draw:control "
                                     "draw:control=\"c\"/></table:table-cell>") "<table:table-row "
                                                                                "table:number-rows-repeated="
                                                                                "\"2\"><table:table-cell "
                                                                                "table:number-columns-"
                                                                                "repeated=\"2\">" P(
                                                                                    "x") "</"
                                                                                         "table:table-cell></"
                                                                                         "table:table-row>"
                                                                                         "<table:table-row "
                                                                                         "table:number-rows-"
                                                                                         "repeated="
                                                                                         "\"1048000\"><table:"
                                                                                         "table-cell "
                                                                                         "table:number-"
                                                                                         "columns-repeated="
                                                                                         "\"16384\"/></"
                                                                                         "table:table-row></"
                                                                                         "table:table>"
                                                                                         "<table:table "
                                                                                         "table:name=\"二\" "
                                                                                         "table:style-name="
                                                                                         "\"ta\">" ROW(CELL(
                                                                                             "藏")) "</"
                                                                                                    "table:"
                                                                                                    "table>",
            "");
    expect_text("text", g_strdup(book->text),
                "申报表\n活动名称\t读书会\n日期\t2014年5月30日\n主题\t☑甲\nx\tx\nx\tx\n批注\n\n二（隐藏的工作"
                "表）\n藏");
    expect_text("fields", fields_text(book), "活动名称=读书会;日期=2014年5月30日;主题=☑甲");
    expect_text("problems", problems_text(book), "");
}

static void says_what_is_wrong(void **state)
{
    static const struct {
        const char *body, *codes;
    } cases[] = {{"", "empty-document"},
                 {P("<draw:frame><draw:image/></draw:frame>"), "scanned-only"},
                 {"<text:p>a", "damaged"}};
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr (FactsAttachment) text = read_package("text", "", cases[i].body, "");
        expect_text(cases[i].body, problems_text(text), cases[i].codes);
    }
    const char *const macro[] = {"mimetype",
                                 "application/vnd.oasis.opendocument.text",
                                 "Basic/Standard/M.xml",
                                 "<x/>",
                                 "content.xml",
                                 HEAD "><office:body>" P("a") "</office:body></office:document-content>",
                                 NULL};
    g_autoptr (FactsAttachment) program = read_as(zip_make(NULL, macro), "a.odt");
    expect_text("macro", problems_text(program), "macro");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_texts),
        cmocka_unit_test(reads_tables),
        cmocka_unit_test(reads_workbooks),
        cmocka_unit_test(says_what_is_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
