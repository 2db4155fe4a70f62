/* The XML of a .docx: document, footnotes, header, content types, relations and styles, parted by 0xFF. */
#include "tests/fuzz/fuzz.h"

#define REL "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"

static const char TYPES[] =
    "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">"
    "<Override PartName=\"/word/document.xml\" ContentType=\"application/"
    "vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/></Types>";
static const char ROOT[] =
    "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
    "<Relationship Id=\"r1\" Type=\"" REL "officeDocument\" Target=\"word/document.xml\"/>"
    "</Relationships>";
static const char RELS[] =
    "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
    "<Relationship Id=\"r1\" Type=\"" REL "footnotes\" Target=\"footnotes.xml\"/>"
    "<Relationship Id=\"r2\" Type=\"" REL "header\" Target=\"/word/header1.xml\"/>"
    "<Relationship Id=\"r3\" Type=\"" REL "styles\" Target=\"styles.xml\"/>"
    "</Relationships>";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const FuzzMember members[] = {
        fuzz_member("[Content_Types].xml", data, size, 3, TYPES),
        {"_rels/.rels", ROOT, sizeof ROOT - 1},
        fuzz_member("word/_rels/document.xml.rels", data, size, 4, RELS),
        fuzz_member("word/document.xml", data, size, 0, ""),
        fuzz_member("word/footnotes.xml", data, size, 1, ""),
        fuzz_member("word/header1.xml", data, size, 2, ""),
        fuzz_member("word/styles.xml", data, size, 5, ""),
    };
    g_autoptr (GBytes) bytes = fuzz_zip(members, G_N_ELEMENTS(members));
    fuzz_document(bytes, "a.docx");
    return 0;
}
