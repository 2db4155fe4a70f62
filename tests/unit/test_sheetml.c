/* Workbooks of Excel 2003's XML, and other texts under the name of a workbook. */
#include "tests/unit/reader_fixture.h"

#define BOOK(content)                                                                                        \
    "<?xml version=\"1.0\"?>\n<?mso-application progid=\"Excel.Sheet\"?>\n"                                  \
    "<Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\" "                                      \
    "xmlns:ss=\"urn:schemas-microsoft-com:office:spreadsheet\" "                                             \
    "xmlns:x=\"urn:schemas-microsoft-com:office:excel\" "                                                    \
    "xmlns:html=\"http://www.w3.org/TR/REC-html40\">" content "</Workbook>"
#define CELL(type, value) "<Cell><Data ss:Type=\"" type "\">" value "</Data></Cell>"
#define STYLED(id, type, value)                                                                              \
    "<Cell ss:StyleID=\"" id "\"><Data ss:Type=\"" type "\">" value "</Data></Cell>"

static void reads_cells(void **state)
{
    g_autoptr (FactsAttachment)
        book = read_text_as(
            BOOK(
                "<Styles><Style ss:ID=\"Default\"/>"
                "<Style ss:ID=\"d\"><NumberFormat ss:Format=\"yyyy&quot;年&quot;m&quot;月&quot;\"/></Style>"
                "<Style ss:ID=\"d2\" ss:Parent=\"d\"/><Style ss:ID=\"p\"><NumberFormat "
                "ss:Format=\"Percent\"/></Style>"
                "<Style ss:ID=\"t\"><NumberFormat ss:Format=\"Short Time\"/></Style>"
                "<Style ss:ID=\"w\"><Font ss:FontName=\"Wingdings\"/></Style></Styles>"
                "<Worksheet ss:Name=\"汇总\"><Table><Row>"
                "<Cell ss:MergeAcross=\"1\"><Data ss:Type=\"String\">申报表</Data></Cell>" CELL(
                    "String",
                    "末") "</Row><Row ss:Index=\"3\">" CELL("String",
                                                            "活动名称") "<Cell ss:Index=\"3\"><ss:Data "
                                                                        "ss:Type=\"String\" "
                                                                        "xmlns=\"http://www.w3.org/TR/"
                                                                        "REC-html40\"><B>读书</B>会"
                                                                        "</ss:Data><Comment><ss:Data>批注</"
                                                                        "ss:Data></Comment></Cell></"
                                                                        "Row><Row>" STYLED(
                                                                            "d2", "DateTime",
                                                                            "2014-05-30T00:00:"
                                                                            "00.000") STYLED("t", "DateTime",
                                                                                             "1899-12-31T10:"
                                                                                             "42:00.000") CELL("DateTime",
                                                                                                               "2014-05-30T00:"
                                                                                                               "00:00.000")
                                                                            STYLED("p", "Number", "0.5") CELL(
                                                                                "Number", "1101011990030712"
                                                                                          "34") CELL("Boole"
                                                                                                     "an",
                                                                                                     "1")
                                                                                CELL("Error", "#N/A") STYLED(
                                                                                    "w", "String",
                                                                                    "\u00FE") "</Row></"
                                                                                              "Table><"
                                                                                              "WorksheetOptio"
                                                                                              "ns "
                                                                                              "xmlns=\"urn:"
                                                                                              "schemas-"
                                                                                              "microsoft-com:"
                                                                                              "office:"
                                                                                              "excel\"><"
                                                                                              "PageSetup>"
                                                                                              "<Header "
                                                                                              "x:Data=\"&amp;"
                                                                                              "C机密★\"/></"
                                                                                              "PageSetup></"
                                                                                              "WorksheetOptio"
                                                                                              "ns></"
                                                                                              "Worksheet>"
                                                                                              "<Worksheet "
                                                                                              "ss:Name="
                                                                                              "\"旧\"><Table>"
                                                                                              "<Row>" CELL(
                                                                                                  "String",
                                                                                                  "乙") "</"
                                                                                                        "Row>"
                                                                                                        "</"
                                                                                                        "Tabl"
                                                                                                        "e>"
                                                                                                        "<Wor"
                                                                                                        "kshe"
                                                                                                        "etOp"
                                                                                                        "tion"
                                                                                                        "s "
                                                                                                        "xmln"
                                                                                                        "s="
                                                                                                        "\"ur"
                                                                                                        "n:"
                                                                                                        "sche"
                                                                                                        "mas-"
                                                                                                        "micr"
                                                                                                        "osof"
                                                                                                        "t-"
                                                                                                        "com:"
                                                                                                        "offi"
                                                                                                        "ce:"
                                                                                                        "exce"
                                                                                                        "l\">"
                                                                                                        "<Vis"
                                                                                                        "ible"
                                                                                                        ">She"
                                                                                                        "etHi"
                                                                                                        "dden"
                                                                                                        "</"
                                                                                                        "Visi"
                                                                                                        "ble>"
                                                                                                        "</"
                                                                                                        "Work"
                                                                                                        "shee"
                                                                                                        "tOpt"
                                                                                                        "ions"
                                                                                                        "></"
                                                                                                        "Work"
                                                                                                        "shee"
                                                                                                        "t>"),
            "汇总.xls");
    assert_string_equal(book->type, "application/vnd.ms-excel+xml");
    expect_text(
        "cells", tables_text(book),
        "申报表||末/活动名称||读书会/2014年5月|10:42|2014/5/30|50.00%|110101199003071000|TRUE|#N/A|☑#乙");
    expect_text("text", g_strdup(book->text),
                "汇总\n申报表\t末\n活动名称\t读书会\n2014年5月\t10:42\t2014/5/"
                "30\t50.00%\t110101199003071000\tTRUE\t#N/A\t☑"
                "\n原值：0.5\n批注\n机密★\n\n旧（隐藏的工作表）\n乙");
    expect_text("problems", problems_text(book), "");
}

static void tells_troubles(void **state)
{
    g_autoptr (FactsAttachment) empty = read_text_as(BOOK("<Worksheet ss:Name=\"a\"/>"), "a.xml");
    expect_text("empty", problems_text(empty), "empty-document");
    g_autoptr (FactsAttachment)
        torn = read_text_as(BOOK("<Worksheet><Table><Row>" CELL("String", "甲") "<Cell>"), "a.xml");
    expect_text("torn", problems_text(torn), "damaged");
    assert_string_equal(torn->text, "甲");
    g_autoptr (FactsAttachment)
        far = read_text_as(
            BOOK("<Worksheet><Table><Row><Cell ss:Index=\"99999999999\" ss:MergeDown=\"-1\" "
                 "ss:MergeAcross=\"99999999999\"/>" CELL("String", "甲") "</Row></Table></Worksheet>"),
            "a.xml");
    expect_text("far", tables_text(far), "");
}

/* Web systems export text and call it .xls; Excel asks, and opens it. */
static void reads_tables_of_text(void **state)
{
    g_autoptr (FactsAttachment)
        tabs = read_text_as("\xB5\xA5\xCE\xBB\t\xCA\xFD\r\n\xBC\xD7\t=\"01\"\r\n", "a.xls");
    expect_text("tabs", tables_text(tabs), "单位|数/甲|01");
    expect_text("problems", problems_text(tabs), "misnamed");
    g_autoptr (FactsAttachment) prose = read_text_as("第一行\n第二行, 未完\n", "a.xls");
    expect_text("prose", tables_text(prose), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_cells),
        cmocka_unit_test(tells_troubles),
        cmocka_unit_test(reads_tables_of_text),
    };
    setlocale(LC_ALL, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
