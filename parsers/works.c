#include "parsers/works.h"

#include <string.h>

#include "parsers/charset.h"
#include "parsers/codepage.h"
#include "parsers/doc_parts.h"
#include "parsers/ole2.h"

/* The head of Works 1 to 4: where the text begins and ends. */
enum { HEAD_BEGIN = 0x22, HEAD_END = 0x26, TEXT_BEGIN = 0x100 };

/* Of Works 2000: a mark, and for each chunk its length, name, kind, place and size. */
enum { CHUNKS = 0x20, CHUNK_BYTES = 24, CHUNK_PLACE = 16, CHUNK_SIZE = 20, CHUNKS_MAX = 1000 };
static const char chunks_mark[] = "CHNKWKS";

static void put_text(const char *text, TextOut *out)
{
    for (const char *p = text; *p;) {
        gsize n = strcspn(p, "\r\n\v\f\x01\x02");
        textout_text(out, p, n);
        p += n;
        if (*p == '\v') textout_text(out, "\n", 1);
        if (*p == '\n' || (*p == '\r' && p[1] != '\n')) textout_paragraph(out);
        if (*p) p++;
    }
}

gboolean works_is_stream(const guint8 *data, gsize length)
{
    const DocBytes bytes = {data, length};
    return length > TEXT_BEGIN && data[0] >= 1 && data[0] <= 6 && data[1] == 0xFE &&
           doc_u32(bytes, HEAD_BEGIN) == TEXT_BEGIN && doc_u32(bytes, HEAD_END) >= TEXT_BEGIN;
}

static void read_4(DocBytes bytes, TextOut *out)
{
    DocBytes part = doc_part(bytes, TEXT_BEGIN, doc_u32(bytes, HEAD_END) - TEXT_BEGIN);
    g_autofree char *text = codepage_to_utf8(part.data, part.length, 1252);
    put_text(text, out);
}

static void read_chunks(DocBytes bytes, TextOut *out)
{
    for (gsize i = 0, at = CHUNKS; i < CHUNKS_MAX && doc_u16(bytes, at) == CHUNK_BYTES;
         i++, at += CHUNK_BYTES) {
        DocBytes name = doc_part(bytes, at + 2, 4);
        if (name.length < 4 || memcmp(name.data, "TEXT", 4) != 0) continue;
        DocBytes part = doc_part(bytes, doc_u32(bytes, at + CHUNK_PLACE), doc_u32(bytes, at + CHUNK_SIZE));
        g_autofree char *text = charset_to_utf8((const char *)part.data, part.length, "utf-16le", NULL);
        put_text(text, out);
        return;
    }
}

static gboolean has_text(const char *text)
{
    return strspn(text, " \t\n") < strlen(text);
}

void works_read(FactsAttachment *attachment, GBytes *bytes)
{
    DocBytes all = {0};
    gboolean whole = TRUE;
    all.data = g_bytes_get_data(bytes, &all.length);
    g_autoptr (Ole2) ole2 = works_is_stream(all.data, all.length) ? NULL : ole2_open(bytes, NULL);
    g_autoptr (GBytes) stream = ole2 ? ole2_stream(ole2, "MN0", &whole) : g_bytes_ref(bytes);
    if (!stream) stream = ole2_stream(ole2, "CONTENTS", &whole);
    g_autoptr (TextOut) out = textout_new();
    if (stream) all.data = g_bytes_get_data(stream, &all.length);
    gboolean chunks = all.length > CHUNKS && memcmp(all.data, chunks_mark, strlen(chunks_mark)) == 0;
    gboolean known = stream && (chunks || works_is_stream(all.data, all.length));
    if (known && chunks) read_chunks(all, out);
    if (known && !chunks) read_4(all, out);
    textout_finish(out, attachment);
    if (!known || !whole)
        facts_add_problem(attachment->problems, "damaged", "it does not say where its text is");
    else if (!has_text(attachment->text))
        facts_add_problem(attachment->problems, "empty-document", "no text");
}
