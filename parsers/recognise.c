#include "parsers/recognise.h"

#include <string.h>

#include "parsers/archive.h"
#include "parsers/biff.h"
#include "parsers/charset.h"
#include "parsers/charset_census.h"
#include "parsers/locked.h"
#include "parsers/misnamed.h"
#include "parsers/ole2.h"
#include "parsers/opendocument.h"
#include "parsers/works.h"
#include "parsers/zip.h"

/* --- results ---------------------------------------------------------------------------------- */

void recognised_set(Recognised *found, const char *type, const char *what)
{
    g_free(found->type);
    found->type = g_strdup(type);
    found->what = what;
}

void recognised_problem(Recognised *found, const char *problem, const char *detail)
{
    if (found->problem) return;
    found->problem = problem;
    g_free(found->detail);
    found->detail = g_strdup(detail);
}

void recognised_free(Recognised *found)
{
    if (!found) return;
    ooxml_free(found->ooxml);
    unpacked_free(found->zip);
    g_free(found->type);
    g_free(found->detail);
    g_free(found);
}

/* --- containers ------------------------------------------------------------------------------- */

typedef struct Input {
    GBytes *bytes;
    const guint8 *data;
    gsize length;
    const char *name;
} Input;

static gboolean zip_want(const char *name, gpointer user)
{
    return ooxml_want(name, user) || strcmp(name, "META-INF/manifest.xml") == 0 ||
           strcmp(name, "mimetype") == 0 || strcmp(name, "content.xml") == 0 ||
           strcmp(name, "styles.xml") == 0;
}

static GBytes *zip_content(Recognised *found, const char *name)
{
    UnpackMember *member = unpacked_find(found->zip, name);
    return member ? unpacked_content(found->zip, member) : NULL;
}

/* Members that say what a zip is, if it is no OOXML package. */
static const struct {
    const char *member, *type, *what;
} zip_kinds[] = {
    {"OFD.xml", "application/ofd", "OFD document"},
    {"Index/Document.iwa", "application/vnd.apple.pages", "Apple iWork document"},
    {"index.apxl", "application/vnd.apple.keynote", "Apple Keynote slides"},
    {"AndroidManifest.xml", "application/vnd.android.package-archive", "Android program"},
    {"META-INF/MANIFEST.MF", "application/java-archive", "Java archive"},
};

/* Modules of OpenDocument; the lists of them are there without any, too. */
static gboolean has_program(const Unpacked *zip)
{
    for (guint i = 0; i < zip->members->len; i++) {
        const char *name = ((const UnpackMember *)zip->members->pdata[i])->name;
        gboolean basic = g_str_has_prefix(name, "Basic/") && g_str_has_suffix(name, ".xml");
        if (g_str_has_prefix(name, "Scripts/") && !g_str_has_suffix(name, "/")) return TRUE;
        if (basic && !strstr(name, "script-l")) return TRUE; /* script-lb.xml, script-lc.xml */
    }
    return FALSE;
}

/* ODF and EPUB state their type in a member of its own; encrypted ODF says so in its manifest. */
static gboolean probe_odf(Recognised *found)
{
    GBytes *mimetype = zip_content(found, "mimetype"), *manifest;
    if (!mimetype) return FALSE;
    gsize length;
    const char *data = g_bytes_get_data(mimetype, &length);
    g_autofree char *type = g_strstrip(g_strndup(data ? data : "", MIN(length, 100)));
    if (!g_str_has_prefix(type, "application/") ||
        strspn(type + 12, "abcdefghijklmnopqrstuvwxyz0123456789.+-") != strlen(type + 12))
        return FALSE;
    recognised_set(found, type, "OpenDocument or similar package");
    gboolean sheets;
    if (opendocument_is_type(type, &sheets))
        found->reader = sheets ? RECOGNISE_ODF_WORKBOOK : RECOGNISE_ODF_TEXT;
    found->macro = has_program(found->zip);
    manifest = zip_content(found, "META-INF/manifest.xml");
    const char *text = manifest ? g_bytes_get_data(manifest, &length) : NULL;
    if (text && g_strstr_len(text, (gssize)length, "encryption-data"))
        recognised_problem(found, "encrypted", "a password is needed");
    return TRUE;
}

/* Other packages than OOXML, and plain archives. */
static void probe_package(Recognised *found)
{
    gboolean known = probe_odf(found);
    for (gsize i = 0; !known && i < G_N_ELEMENTS(zip_kinds); i++) {
        known = unpacked_find(found->zip, zip_kinds[i].member) != NULL;
        if (known) recognised_set(found, zip_kinds[i].type, zip_kinds[i].what);
    }
    if (!known) {
        found->reader = RECOGNISE_ARCHIVE;
        return;
    }
    if (found->zip->encrypted) recognised_problem(found, "encrypted", "a password is needed");
    if (found->zip->list_bad && found->reader == RECOGNISE_NONE)
        recognised_problem(found, found->zip->problem, found->zip->detail);
}

/* The readers report the faults of the zip, beside what could be read. */
static const struct {
    const char *what;
    RecogniseReader reader;
} ooxml_kinds[] = {
    [OOXML_OTHER] = {"Office document", RECOGNISE_NONE},
    [OOXML_WORD] = {"Word document", RECOGNISE_WORD},
    [OOXML_WORKBOOK] = {"Excel workbook", RECOGNISE_WORKBOOK},
    [OOXML_WORKBOOK_BINARY] = {"binary Excel workbook", RECOGNISE_NONE},
    [OOXML_SLIDES] = {"PowerPoint slides", RECOGNISE_NONE},
    [OOXML_DRAWING] = {"Visio drawing", RECOGNISE_NONE},
};

static void probe_ooxml(Recognised *found)
{
    recognised_set(found, found->ooxml->type, ooxml_kinds[found->ooxml->kind].what);
    found->macro = found->ooxml->macro;
    found->reader = ooxml_kinds[found->ooxml->kind].reader;
    if (found->reader == RECOGNISE_NONE && found->zip->problem)
        recognised_problem(found, found->zip->problem, found->zip->detail);
}

static void probe_zip(Recognised *found, const Input *input)
{
    found->zip = unpack(input->bytes, NULL, NULL);
    if (!found->zip->zip) { /* without its directory: what may be needed is read at once */
        unpacked_free(found->zip);
        found->zip = unpack(input->bytes, zip_want, NULL);
    }
    found->ooxml = found->zip->encrypted ? NULL : ooxml_open(found->zip);
    if (!found->ooxml) {
        probe_package(found);
        return;
    }
    probe_ooxml(found);
}

static void probe_archive(Recognised *found, const Input *input)
{
    found->reader = RECOGNISE_ARCHIVE;
}

static void probe_gzip(Recognised *found, const Input *input)
{
    found->reader = RECOGNISE_GZIP;
}

static void probe_pdf(Recognised *found, const Input *input)
{
    found->reader = RECOGNISE_PDF;
}

static void probe_rtf(Recognised *found, const Input *input)
{
    found->reader = RECOGNISE_RTF;
}

static void probe_tnef(Recognised *found, const Input *input)
{
    found->reader = RECOGNISE_TNEF;
}

static void probe_ole2(Recognised *found, const Input *input)
{
    ole2_recognise(found, input->bytes, input->name);
}

/* --- magic ------------------------------------------------------------------------------------ */

#define MAGIC(offset, bytes) offset, bytes, sizeof bytes - 1

/* First match wins. */
static const struct {
    gsize offset;
    const char *bytes;
    gsize length;
    const char *type, *what;
    void (*probe)(Recognised *found, const Input *input); /* may be NULL */
} magics[] = {
    {MAGIC(0, "PK\x03\x04"), "application/zip", "zip archive", probe_zip},
    {MAGIC(0, "PK\x05\x06"), "application/zip", "zip archive", probe_zip},
    {MAGIC(0, "PK\x07\x08"), "application/zip", "zip archive", probe_zip},
    {MAGIC(0, "PK00PK\x03\x04"), "application/zip", "zip archive", probe_zip},
    {MAGIC(0, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), "application/x-ole-storage", "OLE2 file", probe_ole2},
    {MAGIC(0, "Rar!\x1A\x07\x00"), "application/vnd.rar", "rar archive", probe_archive},
    {MAGIC(0, "Rar!\x1A\x07\x01\x00"), "application/vnd.rar", "rar 5 archive", probe_archive},
    {MAGIC(0, "7z\xBC\xAF\x27\x1C"), "application/x-7z-compressed", "7z archive", probe_archive},
    {MAGIC(0, "\x1F\x8B\x08"), "application/gzip", "gzip file", probe_gzip},
    {MAGIC(4, "1AY&SY"), "application/x-bzip2", "bzip2 file", NULL}, /* BZh is the start of a word, too */
    {MAGIC(0, "\xFD"
              "7zXZ\0"),
     "application/x-xz", "xz file", NULL},
    {MAGIC(257, "ustar"), "application/x-tar", "tar archive", probe_archive},
    {MAGIC(0, "MSCF\0\0\0\0"), "application/vnd.ms-cab-compressed", "cabinet", NULL},
    {MAGIC(0, "{\\rtf"), "application/rtf", "RTF document", probe_rtf},
    {MAGIC(0, "\x78\x9F\x3E\x22"), "application/ms-tnef", "TNEF (winmail.dat)", probe_tnef},
    {MAGIC(0, "\0\5\x16\7"), "application/applefile", "resource fork of a Macintosh", NULL},
    {MAGIC(0, "\x89PNG\r\n\x1A\n"), "image/png", "PNG picture", NULL},
    {MAGIC(0, "\xFF\xD8\xFF"), "image/jpeg", "JPEG picture", NULL},
    {MAGIC(0, "GIF87a"), "image/gif", "GIF picture", NULL},
    {MAGIC(0, "GIF89a"), "image/gif", "GIF picture", NULL},
    {MAGIC(0, "II*\0"), "image/tiff", "TIFF picture", NULL},
    {MAGIC(0, "MM\0*"), "image/tiff", "TIFF picture", NULL},
    {MAGIC(8, "WEBPVP8"), "image/webp", "WebP picture", NULL},
    {MAGIC(4, "ftypheic"), "image/heic", "HEIC picture", NULL},
    {MAGIC(4, "ftypheix"), "image/heic", "HEIC picture", NULL},
    {MAGIC(4, "ftypmif1"), "image/heif", "HEIF picture", NULL},
    {MAGIC(4, "ftypmsf1"), "image/heif", "HEIF picture", NULL},
    {MAGIC(4, "ftypavif"), "image/avif", "AVIF picture", NULL},
    {MAGIC(4, "ftypqt"), "video/quicktime", "QuickTime film", NULL},
    {MAGIC(4, "ftypM4A"), "audio/mp4", "MPEG-4 sound", NULL},
    {MAGIC(4, "ftyp"), "video/mp4", "MPEG-4 film", NULL},
    {MAGIC(4, "moov"), "video/quicktime", "QuickTime film", NULL},
    {MAGIC(4, "mdat"), "video/quicktime", "QuickTime film", NULL},
    {MAGIC(8, "AVI LIST"), "video/x-msvideo", "AVI film", NULL},
    {MAGIC(8, "WAVEfmt"), "audio/wav", "WAV sound", NULL},
    {MAGIC(0, "ID3\x02"), "audio/mpeg", "MP3 sound", NULL},
    {MAGIC(0, "ID3\x03"), "audio/mpeg", "MP3 sound", NULL},
    {MAGIC(0, "ID3\x04"), "audio/mpeg", "MP3 sound", NULL},
    {MAGIC(0, "\xFF\xFB"), "audio/mpeg", "MP3 sound", NULL},
    {MAGIC(0, "\xFF\xF3"), "audio/mpeg", "MP3 sound", NULL},
    {MAGIC(0, "#!AMR"), "audio/amr", "AMR sound", NULL},
    {MAGIC(0, "FLV\x01"), "video/x-flv", "Flash film", NULL},
    {MAGIC(0, "\x30\x26\xB2\x75\x8E\x66\xCF\x11"), "video/x-ms-wmv", "Windows Media file", NULL},
    {MAGIC(0, "\x1A\x45\xDF\xA3"), "video/x-matroska", "Matroska film", NULL},
    {MAGIC(0, "\0\0\x01\xBA"), "video/mpeg", "MPEG film", NULL},
    {MAGIC(0, "\0\0\x01\xB3"), "video/mpeg", "MPEG film", NULL},
    {MAGIC(0, ".RMF\0\0\0"), "video/vnd.rn-realvideo", "RealMedia film", NULL},
    {MAGIC(0, "8BPS\0\x01"), "image/vnd.adobe.photoshop", "Photoshop picture", NULL},
    {MAGIC(0, "\xD7\xCD\xC6\x9A"), "image/wmf", "WMF picture", NULL},
    {MAGIC(40, " EMF\0\0"), "image/emf", "EMF picture", NULL},
    {MAGIC(0, "%!PS"), "application/postscript", "PostScript", NULL},
    {MAGIC(0, "CAJ\0"), "application/x-caj", "CAJ document", NULL},
    {MAGIC(0, "L\0\0\0\x01\x14\x02\0"), "application/x-ms-shortcut", "Windows shortcut", NULL},
    {MAGIC(0, "MZP\0"), "application/vnd.microsoft.portable-executable", "Windows program", NULL},
    {MAGIC(0, "MZ\x90\0"), "application/vnd.microsoft.portable-executable", "Windows program", NULL},
    {MAGIC(0, "\x7F"
              "ELF"),
     "application/x-executable", "program", NULL},
};

static gboolean match_magic(Recognised *found, const Input *input)
{
    for (gsize i = 0; i < G_N_ELEMENTS(magics); i++) {
        gsize end = magics[i].offset + magics[i].length;
        if (input->length < end ||
            memcmp(input->data + magics[i].offset, magics[i].bytes, magics[i].length) != 0)
            continue;
        recognised_set(found, magics[i].type, magics[i].what);
        if (magics[i].probe) magics[i].probe(found, input);
        return TRUE;
    }
    if (works_is_stream(input->data, input->length)) {
        recognised_set(found, "application/vnd.ms-works", "Works document");
        found->reader = RECOGNISE_WORKS;
        return TRUE;
    }
    if (biff_is_stream(input->data, input->length)) {
        recognised_set(found, "application/vnd.ms-excel", "Excel workbook");
        found->reader = RECOGNISE_BIFF;
        return TRUE;
    }
    if (memmem(input->data, MIN(input->length, 1024), "%PDF-", 5)) {
        recognised_set(found, "application/pdf", "PDF document");
        probe_pdf(found, input);
        return TRUE;
    }
    /* "BM" alone would take every text that begins so: the reserved words of a bitmap are zero. */
    if (input->length > 26 && memcmp(input->data, "BM", 2) == 0 &&
        memcmp(input->data + 6, "\0\0\0\0", 4) == 0) {
        recognised_set(found, "image/bmp", "bitmap picture");
        return TRUE;
    }
    return FALSE;
}

/* --- text ------------------------------------------------------------------------------------- */

static gboolean has_suffix(const char *name, const char *suffix)
{
    gsize length = strlen(name), n = strlen(suffix);
    return length >= n && g_ascii_strcasecmp(name + length - n, suffix) == 0;
}

/* Whether the first bytes hold nothing that text does not: no controls, except in UTF-16. Programs leave one
 * here and there (LibreOffice in its pages, an old editor at the end): in UTF-8, and in everyday Chinese, one
 * in fifty bytes is no sign of anything else. */
static gboolean looks_like_text(const Input *input)
{
    gsize looked = MIN(input->length, 8192), controls = 0;
    if (input->length >= 2 &&
        (memcmp(input->data, "\xFF\xFE", 2) == 0 || memcmp(input->data, "\xFE\xFF", 2) == 0))
        return TRUE;
    const gboolean zero = memchr(input->data, 0, looked) != NULL;
    if (zero && census_utf16(input->data, input->length)) return TRUE;
    if (looked == input->length && looked > 0 && input->data[looked - 1] == 0x1A) looked--; /* of DOS */
    for (gsize i = 0; i < looked; i++)
        controls +=
            input->data[i] == 0x7F || (input->data[i] < ' ' && !memchr("\t\n\r\f\x1B", input->data[i], 5));
    if (controls == 0) return TRUE;
    const Utf8Census utf8 = census_utf8(input->data, looked);
    if ((utf8.bad <= utf8.cut && (utf8.wide > 0 || !zero)) ||
        strcmp(census_contradict("CP1252", input->data, looked), "GB18030") == 0)
        return controls * 50 <= looked;
    return !zero && census_utf16(input->data, input->length);
}

/* What the header says at the start of a text, as far as a page saved as one file (.mht) is to be told from a
 * mail.
 */
typedef struct Header {
    guint known;    /* fields of those that mails have */
    gboolean sent;  /* from somebody to somebody */
    gboolean paged; /* it is said where it was found, or who saved it */
    gboolean html, related;
} Header;

static void note_field(Header *header, const char *line, gsize length)
{
    static const struct {
        const char *name, *holds; /* that its value has to hold, NULL: anything */
        gsize offset;             /* of what it says */
    } SIGNS[] = {
        {"received:", NULL, G_STRUCT_OFFSET(Header, sent)},
        {"to:", NULL, G_STRUCT_OFFSET(Header, sent)},
        {"message-id:", NULL, G_STRUCT_OFFSET(Header, sent)},
        {"from:", "@", G_STRUCT_OFFSET(Header, sent)},
        {"from:", NULL, G_STRUCT_OFFSET(Header, paged)},
        {"content-location:", NULL, G_STRUCT_OFFSET(Header, paged)},
        {"content-type:", "text/html", G_STRUCT_OFFSET(Header, html)},
        {"content-type:", "multipart/related", G_STRUCT_OFFSET(Header, related)},
    };
    g_autofree char *lower = g_ascii_strdown(line, (gssize)MIN(length, 400));
    for (gsize i = 0; i < G_N_ELEMENTS(SIGNS); i++)
        if (g_str_has_prefix(lower, SIGNS[i].name) && (!SIGNS[i].holds || strstr(lower, SIGNS[i].holds)))
            G_STRUCT_MEMBER(gboolean, header, SIGNS[i].offset) = TRUE;
}

/* Whether the text begins as a mail does: at least two header fields of those that mails have. */
static gboolean looks_like_mail(const char *text, Header *header)
{
    static const char *const headers[] = {
        "from:",       "to:",           "date:",         "subject:",      "received:", "return-path:",
        "message-id:", "mime-version:", "delivered-to:", "content-type:", "x-mailer:", "reply-to:"};
    const char *line = text;
    for (int n = 0; n < 60 && *line; n++) {
        gsize length = strcspn(line, "\r\n"), whole = length;
        gboolean folded = *line == ' ' || *line == '\t';
        if (length == 0 || (!folded && !memchr(line, ':', length))) break;
        for (gsize i = 0; i < G_N_ELEMENTS(headers); i++)
            header->known += g_ascii_strncasecmp(line, headers[i], strlen(headers[i])) == 0;
        for (const char *p = line + whole; !folded && whole < 400; p = line + whole) { /* with its folds */
            p += strspn(p, "\r");
            if (*p != '\n' || (p[1] != ' ' && p[1] != '\t')) break;
            whole = (gsize)(p + 1 - line) + strcspn(p + 1, "\r\n");
        }
        if (!folded) note_field(header, line, whole);
        line += length;
        line += strspn(line, "\r");
        if (*line == '\n') line++;
    }
    return header->known >= 2;
}

/* A page with its pictures, or, from Internet Explorer, without any. */
static gboolean is_saved_page(const Header *header)
{
    return !header->sent && (header->related || (header->html && header->paged));
}

#define PGP_ENCRYPTED "application/pgp-encrypted"

/* Marks near the start of a text, in lower case; first match wins. `first`: the text must begin with it. */
static const struct {
    const char *mark;
    gboolean first;
    const char *type, *what;
    RecogniseReader reader;
} text_kinds[] = {
    {"<?mso-application progid=\"word.document\"", FALSE, "application/msword+xml", "Word 2003 XML document",
     RECOGNISE_WORDXML},
    {"<!doctype html", TRUE, "text/html", "web page", RECOGNISE_HTML},
    {"<html", FALSE, "text/html", "web page", RECOGNISE_HTML},
    {"urn:schemas-microsoft-com:office:spreadsheet", FALSE, "application/vnd.ms-excel+xml",
     "Excel 2003 XML workbook", RECOGNISE_SHEETML},
    {"<?xml", TRUE, "application/xml", "XML", RECOGNISE_NONE},
    {"<head", TRUE, "text/html", "web page", RECOGNISE_HTML},
    {"<body", TRUE, "text/html", "web page", RECOGNISE_HTML},
    {"<meta", TRUE, "text/html", "web page", RECOGNISE_HTML},
    {"<table", TRUE, "text/html", "web page", RECOGNISE_HTML},
    {"<div", TRUE, "text/html", "web page", RECOGNISE_HTML},
    {"<style", TRUE, "text/html", "web page", RECOGNISE_HTML},
    {"<title", TRUE, "text/html", "web page", RECOGNISE_HTML},
    {"<p>", TRUE, "text/html", "web page", RECOGNISE_HTML},
    {"<p ", TRUE, "text/html", "web page", RECOGNISE_HTML},
    {"<br", TRUE, "text/html", "web page", RECOGNISE_HTML},
    {"<span", TRUE, "text/html", "web page", RECOGNISE_HTML},
    {"<font", TRUE, "text/html", "web page", RECOGNISE_HTML},
    {"<center", TRUE, "text/html", "web page", RECOGNISE_HTML},
    {"begin:vcalendar", TRUE, "text/calendar", "calendar entry", RECOGNISE_NONE},
    {"begin:vcard", TRUE, "text/vcard", "address card", RECOGNISE_NONE},
    {"-----begin pgp message", TRUE, PGP_ENCRYPTED, "PGP message", RECOGNISE_NONE},
    {"-----begin pgp signature", TRUE, "application/pgp-signature", "PGP signature", RECOGNISE_NONE},
    {"-----begin pgp public", TRUE, "application/pgp-keys", "PGP key", RECOGNISE_NONE},
    {"-----begin pgp private", TRUE, "application/pgp-keys", "secret PGP key", RECOGNISE_NONE},
};

/* Web systems export tables under the names of workbooks, and Excel opens them. */
static gboolean is_table_of(const char *name, const char *text)
{
    static const char *const suffixes[] = {".xls", ".xlsx", ".et"};
    for (gsize i = 0; i < G_N_ELEMENTS(suffixes); i++)
        if (has_suffix(name, suffixes[i])) return strcspn(text, "\t,") < strcspn(text, "\r\n");
    return FALSE;
}

static gboolean match_text(Recognised *found, const Input *input)
{
    if (!looks_like_text(input)) return FALSE;
    gboolean exact;
    g_autofree char *text =
        charset_to_utf8((const char *)input->data, MIN(input->length, 8192), NULL, &exact);
    const char *begin = text + strspn(text, " \t\r\n\f");
    g_autofree char *lower = g_ascii_strdown(begin, (gssize)MIN(strlen(begin), 2048));
    Header header = {.known = 0};
    if (looks_like_mail(begin, &header)) {
        gboolean archive = !has_suffix(input->name, ".eml") && is_saved_page(&header);
        recognised_set(found, archive ? "multipart/related" : "message/rfc822",
                       archive ? "web archive" : "mail");
        if (archive) found->reader = RECOGNISE_WEB_ARCHIVE;
        return TRUE;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(text_kinds); i++) {
        gboolean hit = text_kinds[i].first ? g_str_has_prefix(lower, text_kinds[i].mark)
                                           : *lower == '<' && strstr(lower, text_kinds[i].mark);
        if (!hit) continue;
        recognised_set(found, text_kinds[i].type, text_kinds[i].what);
        found->reader = text_kinds[i].reader;
        if (strcmp(found->type, PGP_ENCRYPTED) == 0)
            recognised_problem(found, "encrypted", "it is encrypted (PGP)");
        return TRUE;
    }
    if (*lower == '<' && (has_suffix(input->name, ".htm") || has_suffix(input->name, ".html"))) {
        recognised_set(found, "text/html", "web page");
        found->reader = RECOGNISE_HTML;
        return TRUE;
    }
    gboolean csv =
        has_suffix(input->name, ".csv") || has_suffix(input->name, ".tsv") || is_table_of(input->name, begin);
    recognised_set(found, csv ? "text/csv" : "text/plain", csv ? "CSV table" : "plain text");
    found->reader = csv ? RECOGNISE_CSV : RECOGNISE_TEXT;
    return TRUE;
}

/* --- asking ----------------------------------------------------------------------------------- */

/* A declared type is believed only of bytes that say nothing, and only if it looks like one. */
static void believe(Recognised *found, const char *declared_type)
{
    g_autofree char *type = g_ascii_strdown(declared_type, -1);
    gsize good = strspn(type, "abcdefghijklmnopqrstuvwxyz0123456789.+-/_");
    const char *slash = strchr(type, '/');
    gboolean usable = good > 2 && good < 100 && type[good] == '\0' && slash && slash == strrchr(type, '/');
    recognised_set(found, usable ? type : "application/octet-stream", "file of unknown kind");
}

Recognised *recognise(GBytes *bytes, const char *name, const char *declared_type)
{
    Recognised *found = g_new0(Recognised, 1);
    found->detail = g_strdup("");
    Input input = {.bytes = bytes, .name = name ? name : ""};
    input.data = g_bytes_get_data(bytes, &input.length);
    const char *fault = locked_fault(input.data, input.length);
    if (input.length == 0) {
        recognised_set(found, "application/x-empty", "empty file");
        recognised_problem(found, "empty-document", "the file has no bytes");
    } else if (locked_by_office(input.data, input.length)) {
        believe(found, "");
        recognised_problem(found, "encrypted", "a program of the sender's office encrypts its files");
    } else if (!fault && (match_magic(found, &input) || match_text(found, &input))) {
        return found;
    } else if (zip_ends_here(bytes)) {
        recognised_set(found, "application/zip", "zip archive");
        probe_zip(found, &input);
    } else {
        believe(found, declared_type ? declared_type : "");
        if (fault || misnamed_promises(input.name))
            recognised_problem(found, "damaged", fault ? fault : "not what its name says");
        if (archive_is_volume_name(input.name))
            recognised_problem(found, "split-volume", "one part of an archive that was split into several");
    }
    return found;
}
