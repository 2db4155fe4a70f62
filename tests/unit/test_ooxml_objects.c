/* Files that are embedded in .docx and .xlsx. */
#include "tests/unit/reader_fixture.h"

#include "tests/unit/ole2_maker.h"
#include "tests/unit/zip_maker.h"

#define OFFICE                "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
#define REL(id, kind, target) "<Relationship Id=\"" id "\" Type=\"" OFFICE kind "\" Target=\"" target "\"/>"
#define RELS(content)                                                                                        \
    "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">" content         \
    "</Relationships>"

/* What programs call a package: a file with its name. */
static GBytes *package(void)
{
    static const char head[] = "\xB8\xBD\xBC\xFE.txt\0C:\\a.txt\0\0\0\3\0\2\0\0\0x";
    g_autoptr (GByteArray) native = g_byte_array_new();
    put_n(native, 100, 4), put_n(native, 2, 2), put_bytes(native, head, sizeof head);
    put_n(native, 6, 4), put_bytes(native, "附件", 6);
    return ole2_make(&(Ole2Stream){"\001Ole10Native", native}, 1);
}

/* name type text, of each child. */
static char *children_text(const FactsAttachment *file)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < file->children->len; i++) {
        const FactsAttachment *child = file->children->pdata[i];
        g_autofree char *codes = problems_text(child);
        g_string_append_printf(text, "%s%s %s %s%s", i > 0 ? ";" : "", child->name, child->type, child->text,
                               codes);
    }
    return g_string_free(text, FALSE);
}

/* A document of that body, with a text, a file that nothing embeds, a package, and what only a program knows.
 */
static FactsAttachment *document(const char *body)
{
    g_autofree char *main =
        g_strconcat("<w:document " MAKER_W "><w:body>", body, "</w:body></w:document>", NULL);
    const char *const pairs[] = {"_rels/.rels",
                                 RELS(REL("r1", "officeDocument", "word/document.xml")),
                                 "word/document.xml",
                                 main,
                                 "word/_rels/document.xml.rels",
                                 RELS(REL("a", "package", "embeddings/sheet.csv")
                                          REL("b", "oleObject", "embeddings/oleObject1.bin")
                                              REL("c", "package", "embeddings/sheet.csv")
                                                  REL("d", "oleObject", "embeddings/oleObject2.bin")
                                                      REL("e", "package", "embeddings/missing.docx")),
                                 "word/embeddings/sheet.csv",
                                 "经费,500",
                                 "word/embeddings/other.csv",
                                 "别的",
                                 "word/embeddings/oleObject2.bin",
                                 "MathType",
                                 NULL};
    g_autoptr (GBytes) object = package();
    return read_as(zip_make_with(NULL, pairs, "word/embeddings/oleObject1.bin", object), "a.docx");
}

static void reads_objects_of_documents(void **state)
{
    g_autoptr (FactsAttachment) with = document("<w:p><w:r><w:t>总结</w:t></w:r></w:p>");
    assert_string_equal(with->text, "总结");
    expect_text("children", children_text(with), "嵌入对象1.csv text/csv 经费\t500;附件.txt text/plain 附件");
    expect_text("problems", problems_text(with), "");
    g_autoptr (FactsAttachment) alone = document("<w:p><w:r><w:object/></w:r></w:p>");
    assert_int_equal(alone->children->len, 2);
    expect_text("nothing else", problems_text(alone), "");
}

/* A workbook, too, and where the part is a document itself that is called an object. */
static void reads_objects_of_sheets(void **state)
{
    static const char *const pairs[] = {
        "_rels/.rels",
        RELS(REL("r1", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml",
        "<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\""
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets><sheet name=\"a\" "
        "sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>",
        "xl/_rels/workbook.xml.rels",
        RELS(REL("r1", "worksheet", "worksheets/sheet1.xml")),
        "xl/worksheets/sheet1.xml",
        "<worksheet "
        "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData/></worksheet>",
        "xl/worksheets/_rels/sheet1.xml.rels",
        RELS(REL("r1", "oleObject", "../embeddings/oleObject1.bin")),
        NULL};
    g_autoptr (GByteArray) stream = g_byte_array_new();
    put_n(stream, 0, 4);
    g_autoptr (GBytes) object = ole2_make(&(Ole2Stream){"WordDocument", stream}, 1);
    g_autoptr (FactsAttachment)
        book = read_as(zip_make_with(NULL, pairs, "xl/embeddings/oleObject1.bin", object), "a.xlsx");
    expect_text("children", children_text(book), "嵌入对象1 application/msword damaged");
    expect_text("problems", problems_text(book), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_objects_of_documents),
        cmocka_unit_test(reads_objects_of_sheets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
