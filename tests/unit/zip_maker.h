/* zip_maker.h - zip and .docx files made in memory, for tests. */
#pragma once

#include <archive.h>
#include <archive_entry.h>
#include <glib.h>
#include <string.h>

#define MAKER_W    "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\""
#define MAKER_MAIN "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"

static inline void zip_put(struct archive *zip, const char *name, const void *content, gsize length)
{
    struct archive_entry *entry = archive_entry_new();
    archive_entry_set_pathname(entry, name);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_size(entry, (gint64)length);
    g_assert_cmpint(archive_write_header(zip, entry), ==, ARCHIVE_OK);
    archive_write_data(zip, content, length);
    archive_entry_free(entry);
}

/* A zip of name, content, name, content …, NULL, and a last member (NULL: none). `password` NULL: none. */
static inline GBytes *zip_make_with(const char *password, const char *const *pairs, const char *last,
                                    GBytes *content)
{
    gsize room = 1 << 20;
    for (const char *const *p = pairs; *p; p++) room += strlen(*p);
    g_autofree char *buffer = g_malloc(room);
    gsize used = 0;
    struct archive *zip = archive_write_new();
    archive_write_set_format_zip(zip);
    archive_write_set_bytes_per_block(zip, 0);
    if (password) archive_write_set_options(zip, "zip:encryption=aes128");
    if (password) archive_write_set_passphrase(zip, password);
    g_assert_cmpint(archive_write_open_memory(zip, buffer, room, &used), ==, ARCHIVE_OK);
    for (const char *const *p = pairs; *p; p += 2) zip_put(zip, p[0], p[1], strlen(p[1]));
    if (last) zip_put(zip, last, g_bytes_get_data(content, NULL), g_bytes_get_size(content));
    archive_write_close(zip);
    archive_write_free(zip);
    return g_bytes_new(buffer, used);
}

static inline GBytes *zip_make(const char *password, const char *const *pairs)
{
    return zip_make_with(password, pairs, NULL, NULL);
}

/* A .docx whose w:body holds `body`; `footnotes` (the inside of w:footnotes), `header` (of w:hdr) may be
 * NULL. */
static inline GBytes *docx_make(const char *body, const char *footnotes, const char *header)
{
    g_autofree char *document =
        g_strdup_printf("<?xml version=\"1.0\" encoding=\"UTF-8\"?><w:document " MAKER_W
                        " xmlns:mc=\"http://schemas.openxmlformats.org/markup-compatibility/2006\""
                        " xmlns:w14=\"http://schemas.microsoft.com/office/word/2010/wordml\" "
                        "xmlns:v=\"urn:schemas-microsoft-com:vml\">"
                        "<w:body>%s<w:sectPr/></w:body></w:document>",
                        body);
    g_autofree char *notes =
        g_strdup_printf("<w:footnotes " MAKER_W ">%s</w:footnotes>", footnotes ? footnotes : "");
    g_autofree char *head = g_strdup_printf("<w:hdr " MAKER_W ">%s</w:hdr>", header ? header : "<w:p/>");
    const char *const pairs[] = {
        "[Content_Types].xml",
        "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">"
        "<Default Extension=\"xml\" ContentType=\"application/xml\"/>"
        "<Override PartName=\"/word/document.xml\" ContentType=\"" MAKER_MAIN "\"/></Types>",
        "_rels/.rels",
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship "
        "Id=\"r1\" "
        "Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" "
        "Target=\"word/document.xml\"/></Relationships>",
        "word/_rels/document.xml.rels",
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship "
        "Id=\"r1\" "
        "Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes\" "
        "Target=\"footnotes.xml\"/><Relationship Id=\"r2\" "
        "Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/header\" "
        "Target=\"/word/header1.xml\"/></Relationships>",
        "word/document.xml",
        document,
        "word/footnotes.xml",
        notes,
        "word/header1.xml",
        head,
        NULL};
    return zip_make(NULL, pairs);
}
