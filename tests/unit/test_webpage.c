/* Files that are text: plain, CSV, HTML. */
#include "parsers/limits.h"
#include "parsers/mime.h"
#include "tests/unit/reader_fixture.h"

static const struct {
    const char *what, *html, *text, *tables, *fields;
} pages[] = {
    {"paragraphs", "<html><title>t</title><body><h1>总结</h1><p>第 \n 一<b>段</b></p><div>a<br>b</div>c",
     "总结\n第 一段\na\nb\nc", "", ""},
    {"no text", "<html><style>p{}</style><script>1<2</script><!-- x --><p>a&amp;b&nbsp;&#x4E2D;",
     "a&b\u00A0中", "", ""},
    {"form",
     "<table><tr><td>活动名称</td><td colspan=2><p>读书会</p></td></tr>\n<tr><th>联系人<td>甲<td>x</table>后",
     "活动名称\t读书会\n联系人\t甲\tx\n后", "活动名称|读书会|/联系人|甲|x", "活动名称=读书会;联系人=甲"},
    {"table in table", "<table><tr><td>a<table><tr><td>b</table>c<td>d</table>", "a\nb\nc\td", "a\nc|d#b",
     ""},
    {"text astray in a table", "<table>x<tr>y<td>z</table>", "x\ny\tz", "x/y|z", ""},
    {"cells over rows",
     "<table><tr><td rowspan=2>主题<td>☐甲<td rowspan='3'>x<tr><td>☑乙<tr><td "
     "colspan=2>a<tr><td>b<td>c<td>d</table>",
     "主题\t☐甲\tx\n\t☑乙\t\na\t\nb\tc\td", "主题|☐甲|x/|☑乙|/a||/b|c|d", "主题=☐甲 x\n☑乙"},
    {"groups of rows",
     "<table><tr><td rowspan=2>基本情况<td>负责人<td>甲<tr><td>电话<td>1<tr><td colspan=2>单位<td>乙</table>",
     "基本情况\t负责人\t甲\n\t电话\t1\n单位\t乙", "基本情况|负责人|甲/|电话|1/单位||乙",
     "负责人=甲;电话=1;单位=乙"},
    {"Chinese broken by a program", "<html><p>三会\r\n一课\n<b>\n创新</b> 甲\na", "三会一课创新 甲 a", "",
     ""},
    {"ticks in fonts",
     "<html><p><span style='font-family:\"Wingdings 2\"'>R<b>&#163;</b></span>R<br><font "
     "face=Wingdings>&#168;</font>甲",
     "☑☐R\n☐甲", "", ""},
    {"conditions of Word",
     "<html><!--[if gte mso 9]><xml>x</xml><![endif]--><p>甲<![if !vml]>乙<![endif]></p>", "甲 乙", "", ""},
    {"what was typed and ticked",
     "<html><p>活动名称：<input value=读书会><p><input type=checkbox checked>甲<input type=radio>乙<input "
     "type=hidden value=x>",
     "活动名称：读书会\n☑甲☐乙", "", "活动名称=读书会"},
    {"preformatted", "<html><pre>a  b\n c</pre>", "a  b\n c", "", ""},
    {"not shown",
     "<html><body style='display:none'><p>总结<span style=\"DISPLAY: "
     "none;mso-hide:all\">旧<b>稿</b></span>一</p>"
     "<div style=display:none><table><tr><td>菜单<br></table></div><table><tr><td>甲<td>乙<tr "
     "style='height:0;display:none'>"
     "<td>丙<td>丁<tr><td>戊<td>己</table><p style='display:block'>二",
     "总结一\n甲\t乙\n戊\t己\n二", "甲|乙/戊|己", ""},
};

static void reads_pages(void **state)
{
    for (gsize i = 0; i < G_N_ELEMENTS(pages); i++) {
        g_autoptr (FactsAttachment) page = read_text_as(pages[i].html, "a.html");
        assert_string_equal(page->type, "text/html");
        expect_text(pages[i].what, g_strdup(page->text), pages[i].text);
        expect_text(pages[i].what, tables_text(page), pages[i].tables);
        expect_text(pages[i].what, fields_text(page), pages[i].fields);
        expect_text(pages[i].what, problems_text(page), "");
    }
}

static void reads_charsets(void **state)
{
    static const char *const htmls[] = {
        "<html><meta http-equiv=Content-Type content='text/html; charset=gb2312'><p>\xD7\xDC\xBD\xE1",
        "<html><p>\xD7\xDC\xBD\xE1", "\xEF\xBB\xBF<html><meta charset=gbk><p>总结",
        "<html><meta charset=\"big5\"><p>\xC1\x60\xB5\xB2", /* 總結 */
    };
    for (gsize i = 0; i < G_N_ELEMENTS(htmls); i++) {
        g_autoptr (FactsAttachment) page = read_text_as(htmls[i], "a.htm");
        expect_text(htmls[i], g_strdup(page->text), i == 3 ? "總結" : "总结");
    }
}

static void survives_nesting(void **state)
{
    static const char *const tags[] = {"<table><tr><td>", "<div>", "</table>", "<td>", "<a href=x>"};
    for (gsize k = 0; k < G_N_ELEMENTS(tags); k++) {
        g_autoptr (GString) html = g_string_new("<html>");
        for (int i = 0; i < 20000; i++) g_string_append(html, tags[k]);
        g_string_append(html, "末");
        g_autoptr (FactsAttachment) page = read_text_as(html->str, "a.html");
        if (!g_str_has_suffix(page->text, "末")) fail_msg("%s: %s", tags[k], page->text);
    }
}

static void finds_empty_pages(void **state)
{
    g_autoptr (FactsAttachment) page = read_text_as("<html><title>总结</title><p>&nbsp;</p>", "a.html");
    expect_text("empty", problems_text(page), "empty-document");
}

#define PAGE  "Content-Type: text/html; charset=\"gb2312\"\r\nContent-Transfer-Encoding: quoted-printable\r\n"
#define PAGES "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=\"----=_b.1\""

/* 单个文件网页, as Word, Excel and browsers save it. */
static void reads_saved_pages(void **state)
{
    static const struct {
        const char *what, *file, *text, *tables, *fields, *problems;
    } files[] = {
        {"Word",
         PAGES
         "\r\n\r\n此文档为“单个文件网页”。\r\n\r\n------=_b.1\r\nContent-Location: "
         "file:///C:/F6/a.htm\r\n" PAGE "\r\n<html><meta http-equiv=3DContent-Type content=3D\"text/html; "
         "charset=3Dutf-8\"><title>x</title>\r\n"
         "<table><tr><td>=BB=EE=B6=AF=C3=FB=B3=C6<td>=B6=C1=CA=E9=BB=\r\n=E1</table><img "
         "src=3D\"a.jpg\">\r\n\r\n"
         "------=_b.1\r\nContent-Location: file:///C:/F6/a.files/a.jpg\r\nContent-Transfer-Encoding: "
         "base64\r\n"
         "Content-Type: image/jpeg\r\n\r\n/9j/4AAQ\r\n------=_b.1\r\nContent-Type: text/xml\r\n\r\n<xml/>\r\n"
         "------=_b.1--\r\n",
         "活动名称\t读书会", "活动名称|读书会", "活动名称=读书会", ""},
        {"a browser, and pages in the page",
         "From: <Saved by Blink>\r\nSnapshot-Content-Location: http://x.example/\r\nSubject: x\r\n" PAGES
         "; start=\"<2@x>\"\r\n\r\n------=_b.1\r\nContent-ID: <1@x>\r\nContent-Type: "
         "text/html\r\n\r\n<p>框\r\n"
         "------=_b.1\r\nContent-ID: <2@x>\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: "
         "base64\r\n\r\n"
         "PHA+6aG1\r\n------=_b.1\r\nContent-Type: text/css\r\n\r\np{}\r\n------=_b.1--\r\n",
         "页\n框", "", "", ""},
        {"Internet Explorer, no pictures",
         "From: =?gb2312?B?08kgSW50ZXJuZXQgRXhwbG9yZXIgsaO05g==?=\r\nSubject: x\r\nMIME-Version: 1.0\r\n" PAGE
         "Content-Location: http://x.example/\r\n\r\n<p>=C9=EA=B1=A8",
         "申报", "", "", ""},
        {"pictures alone",
         PAGES "\r\n\r\n------=_b.1\r\n" PAGE "\r\n<img src=3Da.jpg>\r\n------=_b.1\r\nContent-Type: "
               "image/jpeg\r\n\r\nx\r\n------=_b.1--\r\n",
         "", "", "", "scanned-only"},
        {"a program",
         PAGES "\r\n\r\n------=_b.1\r\n" PAGE "\r\n<p>a\r\n------=_b.1\r\nContent-Location: "
               "file:///C:/a.files/EditData.mso\r\n\r\nx\r\n------=_b.1--\r\n",
         "a", "", "", "macro"},
        {"nothing", PAGES "\r\n\r\n------=_b.1\r\n" PAGE "\r\n<p>\r\n------=_b.1--\r\n", "", "", "",
         "empty-document"},
        {"cut off", PAGES "\r\n\r\n此文档为", "", "", "", "damaged"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autoptr (FactsAttachment) page = read_text_as(files[i].file, "a.mht");
        expect_text(files[i].what, g_strdup(page->type), "multipart/related");
        expect_text(files[i].what, g_strdup(page->text), files[i].text);
        expect_text(files[i].what, tables_text(page), files[i].tables);
        expect_text(files[i].what, fields_text(page), files[i].fields);
        expect_text(files[i].what, problems_text(page), files[i].problems);
        assert_int_equal(page->children->len, 0);
    }
    g_autoptr (FactsAttachment) saved = read_text_as(files[0].file, "申报表.doc"); /* as Word does */
    expect_text("saved", problems_text(saved), "");
    g_autoptr (FactsAttachment) renamed = read_text_as(files[0].file, "申报表.docx");
    expect_text("renamed", fields_text(renamed), files[0].fields);
    expect_text("renamed", problems_text(renamed), "misnamed");
}

/* Its table as one line; good until the next call. */
static const char *read_csv_as(const char *bytes)
{
    static char *line;
    g_autoptr (FactsAttachment) read = read_text_as(bytes, "a.csv");
    g_free(line);
    return line = tables_text(read);
}

static void reads_csv(void **state)
{
    g_autoptr (FactsAttachment)
        table = read_text_as("\xD0\xF2\xBA\xC5,\xC3\xFB\xB3\xC6\r\n1,\"a,b\"\r\n",
                             "\xE6\xB1\x87\xE6\x80\xBB.CSV");
    assert_string_equal(table->type, "text/csv");
    expect_text("table", tables_text(table), "序号|名称/1|a,b");
    assert_string_equal(table->text, "序号\t名称\n1\ta,b");
    assert_string_equal(read_csv_as("a \"b\" c,\"open\nd\n"), "a \"b\" c|\"open/d");
    assert_string_equal(read_csv_as("\"a\"b,=\"001\"\n"), "ab|001");
    assert_string_equal(read_csv_as("sep=;\n\"a,b\";c\n"), "a,b|c");
    assert_string_equal(read_csv_as("\xFF\xFF,1\n"), "\uFFFD\uFFFD|1");
    assert_string_equal(read_csv_as(",,\n\n"), "");
}

/* What is too long is read as far as the caps go. */
static void reads_long_csv(void **state)
{
    g_autoptr (GString) text = g_string_new("序号,名称\r\n");
    for (int i = 1; i <= 2000000; i++) g_string_append(text, "\"1\",乙\r\n");
    g_autoptr (FactsAttachment) table = read_text_as(text->str, "a.csv");
    assert_true(g_str_has_prefix(table->text, "序号\t名称\n1\t乙\n1\t乙\n"));
    assert_int_equal(table->tables->len, 1);
    const Table *cells = table->tables->pdata[0];
    assert_int_equal(cells->rows->len, LIMIT_TABLE_ROWS);
    assert_string_equal(table_cell(cells, LIMIT_TABLE_ROWS - 1, 1), "乙");
    expect_text("what was cut", problems_text(table), "too-large");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_pages),       cmocka_unit_test(reads_charsets),
        cmocka_unit_test(survives_nesting),  cmocka_unit_test(finds_empty_pages),
        cmocka_unit_test(reads_saved_pages), cmocka_unit_test(reads_csv),
        cmocka_unit_test(reads_long_csv),
    };
    setlocale(LC_ALL, "C.UTF-8");
    mime_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
