/* What a file is, by its bytes, and whether it can be read: document.h and recognise.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "parsers/document.h"
#include "parsers/mime.h"
#include "parsers/unpack.h"
#include "tests/unit/zip_maker.h"

#define BYTES(text) text, sizeof text - 1
#define WORD        "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

static FactsAttachment *read_bytes(GBytes *bytes, const char *name, const char *declared)
{
    FactsAttachment *attachment = facts_attachment_new();
    g_free(attachment->name);
    g_free(attachment->declared_type);
    attachment->name = g_strdup(name);
    attachment->declared_type = g_strdup(declared);
    document_read(attachment, bytes);
    return attachment;
}

static char *problems_of(const FactsAttachment *attachment)
{
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < attachment->problems->len; i++)
        g_string_append_printf(out, "%s%s", i ? "," : "",
                               ((FactsProblem *)attachment->problems->pdata[i])->code);
    return g_string_free(out, FALSE);
}

/* Takes the bytes. */
static void expect(GBytes *bytes, const char *name, const char *type, const char *problems)
{
    g_autoptr (GBytes) mine = bytes;
    g_autoptr (FactsAttachment) attachment = read_bytes(mine, name, "");
    g_autofree char *got = problems_of(attachment);
    if (g_strcmp0(attachment->type, type) || g_strcmp0(got, problems))
        fail_msg("%s: got %s, %s", name, attachment->type, got);
}

static const struct {
    const char *bytes;
    gsize length;
    const char *name, *type, *problems;
} cases[] = {
    {BYTES(""), "总结.docx", "application/x-empty", "empty-document"},
    {BYTES(" \r\n\t"), "总结.txt", "text/plain", "empty-document"},
    {BYTES("\xB1\xA8\xCB\xCD"), "总结.docx", "text/plain", "misnamed"},
    {BYTES("\xFF\xFE\xA5\x62\x01\x90"), "a.txt", "text/plain", ""},
    {BYTES("\xA5\x62\x01\x90\r\0\n\0"), "a.txt", "text/plain", ""},         /* UTF-16 without its mark */
    {BYTES("\x00\x4E\xA5\x62\x01\x90\r\0\n\0"), "a.txt", "text/plain", ""}, /* 一 has a zero too */
    {BYTES("\x4E\0\x62\xA5\0\r\0\n"), "a.txt", "text/plain", ""},
    {BYTES("{\\rtf1 a}"), "总结.doc", "application/rtf", "misnamed"},
    {BYTES("\x89PNG\r\n\x1A\n\0\0\0\rIHDR"), "总结.doc", "image/png", "unsupported,misnamed"},
    {BYTES("\xFF\xD8\xFF\xE0\0\x10JFIF"), "照片", "image/jpeg", "unsupported"},
    {BYTES("GIF89a...."), "a", "image/gif", "unsupported"},
    {BYTES("BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x02\0\0\0\x02\0\0\0\x01\0"), "a", "image/bmp",
     "unsupported"},
    {BYTES("BM plain words of text, nothing more"), "a", "text/plain", ""},
    {BYTES("RIFF\x10\0\0\0WEBPVP8 "), "a", "image/webp", "unsupported"},
    {BYTES("RIFF\x10\0\0\0AVI LIST"), "a", "video/x-msvideo", "unsupported"},
    {BYTES("RIFF\x10\0\0\0WAVEfmt "), "a", "audio/wav", "unsupported"},
    {BYTES("\0\0\0\x18"
           "ftypheic\0\0\0\0"),
     "a", "image/heic", "unsupported"},
    {BYTES("\0\0\0\x18"
           "ftypmp42\0\0\0\0"),
     "a", "video/mp4", "unsupported"},
    {BYTES("\0\0\0\x14"
           "ftypqt  \0\0\0\0"),
     "a", "video/quicktime", "unsupported"},
    {BYTES("ID3\x03\0\0\0\0"), "a", "audio/mpeg", "unsupported"},
    {BYTES("ID3 and BZh are words of a text"), "a", "text/plain", ""},
    {BYTES("BZhello is one, too"), "a", "text/plain", ""},
    {BYTES(".RMF\0\0\0\x12\0\0"), "a.rmvb", "video/vnd.rn-realvideo", "unsupported"},
    {BYTES("MZP\0\x02\0\0\0"), "a.exe", "application/vnd.microsoft.portable-executable", "unsupported"},
    {BYTES("II*\0\x08\0\0\0"), "a", "image/tiff", "unsupported"},
    {BYTES("\x1F\x8B\x08\0\0\0\0\0"), "a.tgz", "application/gzip", "damaged"},
    {BYTES("\x78\x9F\x3E\x22\0\0\x01"), "winmail.dat", "application/ms-tnef", "damaged"},
    {BYTES("<!DOCTYPE html><p>a"), "a.doc", "text/html", "misnamed"},
    {BYTES("<p class=a>a</p>"), "a.doc", "text/html", "misnamed"},
    {BYTES("<h1>a</h1>"), "ATT00001.htm", "text/html", ""},
    {BYTES("<h1>a</h1>"), "a.txt", "text/plain", ""},
    {BYTES("\r\n<div><html>"), "a.xls", "text/html", "empty-document"},
    {BYTES("<?xml version=\"1.0\"?><a/>"), "a", "application/xml", "unsupported"},
    {BYTES("<?xml version=\"1.0\"?><?mso-application progid=\"Word.Document\"?>"), "a.doc",
     "application/msword+xml", "damaged"},
    {BYTES("From: a@b.example\r\nSubject: x\r\n\r\nbody"), "a.eml", "message/rfc822", "unsupported"},
    {BYTES("MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n"), "a.doc", "multipart/related",
     "damaged"},
    {BYTES("注意: 这是正文\n时间: 六月"), "a", "text/plain", ""},
    {BYTES("BEGIN:VCALENDAR"), "a.ics", "text/calendar", "unsupported"},
    {BYTES("\x01\x02\x03\x04"), "a.bin", "application/octet-stream", "unsupported"},
    {BYTES("\0\0\0\0\0\0\0\0"), "总结.docx", "application/octet-stream", "damaged"},
    {BYTES("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"), "总结.docx",
     "application/octet-stream", "damaged"},
    {BYTES("\x01\x02\x03\x04"), "总结.DOCX", "application/octet-stream", "damaged"},
    {BYTES("\x01\x02\x03\x04"), "材料.zip", "application/octet-stream", "damaged"},
    /* broken or closed, told apart from merely not read */
    {BYTES("PK\x03\x04\x14\0\0\0\x08\0"), "总结.docx", "application/zip", "damaged"},
    {BYTES("PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"), "a.zip", "application/zip", "empty-document"},
    {BYTES("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 cut off"), "总结.doc", "application/x-ole-storage", "damaged"},
    {BYTES("%PDF-1.4\n1 0 obj\n<<"), "a.pdf", "application/pdf", "damaged"},
    {BYTES("7z\xBC\xAF\x27\x1C\0\x04\0\0\0\0\xFF\xFF\0\0\0\0\0\0\x10\0\0\0\0\0\0\0\0\0\0\0"), "a.7z",
     "application/x-7z-compressed", "damaged"},
    {BYTES("Rar!\x1A\x07\x00 cut"), "a.rar", "application/vnd.rar", "damaged"},
    /* by the sender's office, whatever they are called */
    {BYTES("%TSD-Header-###%\0\1\2\3\x89\x50"), "总结.docx", "application/octet-stream", "encrypted"},
    {BYTES("\x76\xE8\x04\x60\xC4\x11\xE3\x86\0\1"), "message.rpmsg", "application/octet-stream", "encrypted"},
    {BYTES("b\x14#e\x9d\0c\1\0\0\0\1E-SafeNet\0\0\0LOCK\0\0"), "申报表.pdf", "application/octet-stream",
     "encrypted"},
    {BYTES("c\x14#e\x02\x11\xD5"), "说明.txt", "application/octet-stream", "encrypted"},
    {BYTES("E-SafeNet 是一种加密软件"), "说明.txt", "text/plain", ""},
    /* an encryption header right after the signature */
    {BYTES("Rar!\x1A\x07\x01\x00\0\0\0\0\x03\x04\0\0"), "a.rar", "application/vnd.rar", "encrypted"},
};

static void recognises(void **state)
{
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr (GBytes) bytes = g_bytes_new_static(cases[i].bytes, cases[i].length);
        g_autoptr (FactsAttachment) attachment = read_bytes(bytes, cases[i].name, "");
        g_autofree char *problems = problems_of(attachment);
        if (g_strcmp0(attachment->type, cases[i].type) || g_strcmp0(problems, cases[i].problems))
            fail_msg("case %zu (%s): got %s, \"%s\", wanted %s", i, cases[i].name, attachment->type, problems,
                     cases[i].type);
    }
}

static void believes_declared_type_last(void **state)
{
    static const struct {
        const char *declared, *type;
    } types[] = {{"Application/PKCS7-signature", "application/pkcs7-signature"},
                 {"x", "application/octet-stream"},
                 {"a/b/c", "application/octet-stream"},
                 {"text/<b>", "application/octet-stream"}};
    for (gsize i = 0; i < G_N_ELEMENTS(types); i++) {
        g_autoptr (GBytes) bytes = g_bytes_new_static("\x01\x02\x03", 3);
        g_autoptr (FactsAttachment) attachment = read_bytes(bytes, "a", types[i].declared);
        assert_string_equal(attachment->type, types[i].type);
    }
}

/* LibreOffice leaves controls in its pages, old editors at the end; a file that is full of them is no text.
 */
/* A document in base64 that nobody said is in it; a text that begins so is one. */
static void notices_base64(void **state)
{
    g_autofree guint8 *bytes = g_malloc0(1500);
    memcpy(bytes, "PK\x03\x04", 4);
    g_autofree char *encoded = g_base64_encode(bytes, 1500);
    expect(g_bytes_new(encoded, strlen(encoded)), "申报表.docx", "application/octet-stream", "damaged");
    g_autofree char *words = g_strnfill(1500, ' ');
    memcpy(words, "UEsDB is how base64 begins", 26);
    expect(g_bytes_new(words, strlen(words)), "说明.txt", "text/plain", "");
}

static void recognises_texts_with_controls(void **state)
{
    static const char end[] = "报送材料：关于开展创新学习型党组织建设活动的总结。\x1A";
    static const char page[] = "<!DOCTYPE html><html><head><title>报送</title></head><body><p>\x04"
                               "报送材料\x05</p><p>关于开展创新学习型党组织建设活动</p></body></html>";
    expect(g_bytes_new(page, sizeof page - 1), "a.html", "text/html", "");
    expect(g_bytes_new(end, sizeof end - 1), "a.txt", "text/plain", "");
    static const char dos[] = "\xB1\xA8\xCB\xCD\xB2\xC4\xC1\xCF\r\n\x1A";
    expect(g_bytes_new(dos, sizeof dos - 1), "a.txt", "text/plain", "");
    static const char nul[] = "报送材料：关于开展创新学习型\0党组织建设活动的总结。";
    expect(g_bytes_new(nul, sizeof nul - 1), "a.txt", "text/plain", "");
    expect(g_bytes_new("\x01\x02\x03\x04 a", 6), "a.txt", "application/octet-stream", "unsupported");
}

static void recognises_zips(void **state)
{
    expect(docx_make("<w:p><w:r><w:t>a</w:t></w:r></w:p>", NULL, NULL), "a.pdf", WORD, "misnamed");
    expect(zip_make(NULL, (const char *const[]){"a.txt", "a", NULL}), "a.docx", "application/zip",
           "misnamed");
    expect(zip_make("secret", (const char *const[]){"a.txt", "a", NULL}), "a.zip", "application/zip",
           "encrypted");
    expect(zip_make(NULL, (const char *const[]){"mimetype", "application/vnd.oasis.opendocument.text",
                                                "content.xml", "<a/>", NULL}),
           "a.odt", "application/vnd.oasis.opendocument.text", "empty-document");
    expect(zip_make(NULL, (const char *const[]){"mimetype", "application/vnd.oasis.opendocument.graphics",
                                                "content.xml", "<a/>", NULL}),
           "a.odg", "application/vnd.oasis.opendocument.graphics", "unsupported");
    expect(zip_make(NULL, (const char *const[]){"mimetype", "application/vnd.oasis.opendocument.text",
                                                "META-INF/manifest.xml", "<m><manifest:encryption-data/></m>",
                                                NULL}),
           "a.odt", "application/vnd.oasis.opendocument.text", "encrypted");
    expect(zip_make(NULL, (const char *const[]){"OFD.xml", "<a/>", NULL}), "a", "application/ofd",
           "unsupported");
    expect(zip_make(NULL, (const char *const[]){"[Content_Types].xml", "<Types/>", "xl/workbook.xml", "<a/>",
                                                NULL}),
           "a", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "empty-document");
    expect(zip_make(NULL,
                    (const char *const[]){
                        "[Content_Types].xml",
                        "<Types><Override PartName=\"/word/document.xml\" ContentType=\"application/"
                        "vnd.ms-word.document.macroEnabled.main+xml\"/></Types>",
                        "word/document.xml",
                        "<w:document " MAKER_W "><w:p><w:r><w:t>a</w:t></w:r></w:p></w:document>",
                        "word/vbaProject.bin", "x", NULL}),
           "a.docx", "application/vnd.ms-word.document.macroEnabled.12", "macro");
    expect(
        zip_make(NULL,
                 (const char *const[]){
                     "[Content_Types].xml", "<Types/>", "_rels/.rels",
                     "<R><Relationship Type=\"x/officeDocument\" Target=\"word/document.xml\"/></R>", NULL}),
        "a.docx", WORD, "damaged");
}

static void notices_cut_docx(void **state)
{
    g_autoptr (GBytes) whole = docx_make("<w:p><w:r><w:t>总结</w:t></w:r></w:p>", NULL, NULL);
    gsize length = g_bytes_get_size(whole);
    for (gsize cut = length / 4; cut < length - 30; cut += 37) {
        g_autoptr (GBytes) part = g_bytes_new_from_bytes(whole, 0, cut);
        g_autoptr (FactsAttachment) attachment = read_bytes(part, "a.docx", "");
        g_autofree char *problems = problems_of(attachment);
        if (!strstr(problems, "damaged")) fail_msg("cut at %zu of %zu: \"%s\"", cut, length, problems);
    }
}

/* Any byte changed anywhere: no crash, and a type always. */
static void survives_changes(void **state)
{
    g_autoptr (GBytes)
        whole = docx_make("<w:tbl><w:tr><w:tc><w:p><w:r><w:t>总结</w:t></w:r></w:p></w:tc></w:tr></w:tbl>",
                          NULL, NULL);
    gsize length;
    const guint8 *data = g_bytes_get_data(whole, &length);
    for (gsize i = 0; i < length; i++) {
        g_autofree guint8 *copy = g_memdup2(data, length);
        copy[i] ^= (guint8)(1u << (i % 8));
        g_autoptr (GBytes) bytes = g_bytes_new_static(copy, length);
        g_autoptr (FactsAttachment) attachment = read_bytes(bytes, "a.docx", "");
        assert_true(*attachment->type);
        unpack_reset();
    }
}

static void stops_bombs(void **state)
{
    g_autoptr (GString) body = g_string_new("<w:p><w:r><w:t>");
    for (int i = 0; i < 3 << 20; i++) g_string_append_c(body, 'a');
    g_string_append(body, "</w:t></w:r></w:p>");
    g_autoptr (GBytes) bomb = docx_make(body->str, NULL, NULL);
    assert_true(g_bytes_get_size(bomb) < 16 << 10);
    g_autoptr (FactsAttachment) attachment = read_bytes(bomb, "a.docx", "");
    g_autofree char *problems = problems_of(attachment);
    assert_string_equal(problems, "archive-bomb");
}

static void reads_plain_text(void **state)
{
    g_autoptr (GBytes) bytes = g_bytes_new_static(BYTES("活动名称：读书会\r\n\r\n负责人：联系人甲\r第三行"));
    g_autoptr (FactsAttachment) attachment = read_bytes(bytes, "a.txt", "");
    assert_string_equal(attachment->text, "活动名称：读书会\n\n负责人：联系人甲\n第三行");
    assert_string_equal(facts_field(attachment, "活动名称"), "读书会");
    assert_string_equal(facts_field(attachment, "负责人"), "联系人甲");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recognises),       cmocka_unit_test(believes_declared_type_last),
        cmocka_unit_test(recognises_zips),  cmocka_unit_test(recognises_texts_with_controls),
        cmocka_unit_test(notices_cut_docx), cmocka_unit_test(survives_changes),
        cmocka_unit_test(stops_bombs),      cmocka_unit_test(notices_base64),
        cmocka_unit_test(reads_plain_text),
    };
    mime_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
