#include "parsers/doc.h"

#include "parsers/doc_parts.h"

/* The order in which the parts of the text are read. */
static const DocStory order[] = {DOC_MAIN,    DOC_FOOTNOTES,    DOC_ENDNOTES, DOC_BOXES,
                                 DOC_HEADERS, DOC_HEADER_BOXES, DOC_COMMENTS};

#define PAIR_HEADERS   11 /* [2.5.6] */
#define SEPARATORS     6  /* the first headers are lines between text and notes [2.3.5] */
#define HEADERS_MAX    2000
#define HEADER_KEY_MAX 4096 /* characters of a header that are compared */

static guint32 story_begin(const Doc *doc, DocStory story)
{
    guint32 begin = 0;
    for (guint i = 0; i < story; i++) begin += doc->lengths[i];
    return begin;
}

/* What a header says, to know it again: sections often repeat theirs. */
static char *header_key(const Doc *doc, guint32 begin, guint32 end)
{
    GString *key = g_string_new(NULL);
    for (guint i = 0; i < doc->pieces->len; i++) {
        const DocPiece *piece = &g_array_index(doc->pieces, DocPiece, i);
        gsize width = piece->coding == DOC_UNICODE ? 2 : 1;
        for (guint32 cp = MAX(begin, piece->begin); cp < MIN(end, piece->end) && key->len < HEADER_KEY_MAX;
             cp++) {
            gsize fc = piece->fc + width * (cp - piece->begin);
            guint unit = width == 2 ? doc_u16(doc->word, fc) : doc_u8(doc->word, fc);
            if (unit != 0x0D) g_string_append_printf(key, "%x.", unit);
        }
    }
    return g_string_free(key, FALSE);
}

static void put_headers(Doc *doc, TextOut *out)
{
    guint32 begin = story_begin(doc, DOC_HEADERS), length = doc->lengths[DOC_HEADERS];
    DocBytes list = doc_table_part(doc, PAIR_HEADERS);
    guint n = doc->old ? 0 : (guint)MIN(list.length / 4, HEADERS_MAX);
    if (n <= SEPARATORS) {
        doc_put_text(doc, out, begin, begin + length);
        return;
    }
    g_autoptr (GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = SEPARATORS; i + 1 < n; i++) {
        guint32 from = doc_u32(list, 4 * (gsize)i), to = MIN(doc_u32(list, 4 * (gsize)i + 4), length);
        if (from < to && g_hash_table_add(seen, header_key(doc, begin + from, begin + to)))
            doc_put_text(doc, out, begin + from, begin + to);
    }
}

static gboolean has_text(const char *text)
{
    for (; *text; text = g_utf8_next_char(text))
        if (!g_unichar_isspace(g_utf8_get_char(text))) return TRUE;
    return FALSE;
}

void doc_read(FactsAttachment *attachment, GBytes *bytes)
{
    gboolean whole = TRUE;
    g_autoptr (Doc) doc = doc_open(bytes, attachment, &whole);
    if (!doc) return;
    g_autoptr (TextOut) out = textout_new();
    for (gsize i = 0; i < G_N_ELEMENTS(order); i++) {
        guint32 begin = story_begin(doc, order[i]), length = doc->lengths[order[i]];
        if (length > 0 && order[i] == DOC_HEADERS)
            put_headers(doc, out);
        else if (length > 0)
            doc_put_text(doc, out, begin, begin + length);
    }
    textout_finish(out, attachment);
    if (!whole)
        facts_add_problem(attachment->problems, "damaged", "the file is cut off");
    else if (!has_text(attachment->text) && doc->picture)
        facts_add_problem(attachment->problems, "scanned-only", "pictures or objects, and no text");
    else if (!has_text(attachment->text))
        facts_add_problem(attachment->problems, "empty-document", "no text, no picture");
}
