/* From an OLE2 file to the piece table. */
#include <string.h>

#include "parsers/codepage.h"
#include "parsers/doc_parts.h"
#include "parsers/limits.h"
#include "parsers/ole2.h"

/* The head of the file [2.5.1 to 2.5.6]. */
enum {
    FIB_VERSION = 0x02,
    FIB_LANGUAGE = 0x06,
    FIB_FLAGS = 0x0A,
    FIB_TEXT_BEGIN = 0x18,
    FIB_LENGTHS_OLD = 0x34,
    FIB_LANGUAGE_ASIAN = 0x3C,
    FIB_LENGTHS = 0x4C,
    FIB_PAIRS = 0x9A,
    FIB_PIECES_OLD = 0x160
};
enum { FLAG_COMPLEX = 0x0004, FLAG_ENCRYPTED = 0x0100, FLAG_TABLE_1 = 0x0200, FLAG_OBFUSCATED = 0x8000 };
enum { PAIR_FONTS = 15, PAIR_PIECES = 33 };

#define VERSION_OLD    0x6A /* all before are Word 95 or older */
#define MAGIC_OLD      0xA5DC
#define FC_BYTES       0x40000000u /* of a piece: 8 bits, and its place is twice what it is */
#define CHARACTERS_MAX (4u << 20)  /* of a document: several times the text that is kept */
#define PIECES_MAX     200000
#define FONTS_MAX      2000

/* --- bytes ------------------------------------------------------------------------------------ */

guint doc_u8(DocBytes bytes, gsize offset)
{
    return offset < bytes.length ? bytes.data[offset] : 0;
}

guint doc_u16(DocBytes bytes, gsize offset)
{
    return doc_u8(bytes, offset) | doc_u8(bytes, offset + 1) << 8;
}

guint32 doc_u32(DocBytes bytes, gsize offset)
{
    return doc_u16(bytes, offset) | (guint32)doc_u16(bytes, offset + 2) << 16;
}

DocBytes doc_part(DocBytes bytes, gsize offset, gsize length)
{
    offset = MIN(offset, bytes.length);
    const DocBytes part = {bytes.data ? bytes.data + offset : NULL, MIN(length, bytes.length - offset)};
    return part;
}

DocBytes doc_table_part(const Doc *doc, guint number)
{
    gsize at = FIB_PAIRS + 8 * (gsize)number;
    return doc_part(doc->table, doc_u32(doc->word, at), doc_u32(doc->word, at + 4));
}

/* --- pieces ----------------------------------------------------------------------------------- */

/* Bytes that are said to be Western, of a Chinese document and plainly Chinese, are not believed. */
static DocCoding coding_of_bytes(const Doc *doc, guint32 fc, guint32 length)
{
    DocBytes text = doc_part(doc->word, fc, length);
    if (doc->old) return DOC_CODEPAGE;
    return doc->codepage == 936 && codepage_looks_chinese(text.data, text.length) ? DOC_CODEPAGE
                                                                                  : DOC_WESTERN;
}

/* What lies outside of the file is left out; positions stay what they are. */
static void add_piece(Doc *doc, guint32 begin, guint32 end, guint32 place, guint16 prm)
{
    guint n = doc->pieces->len;
    if (n > 0 && begin < g_array_index(doc->pieces, DocPiece, n - 1).end) return;
    gboolean bytes = doc->old || place & FC_BYTES;
    DocPiece piece = {.begin = begin, .fc = place, .prm = prm};
    if (place & FC_BYTES) piece.fc = (place & ~FC_BYTES) / 2;
    gsize there = (doc->word.length - MIN(piece.fc, doc->word.length)) / (bytes ? 1 : 2);
    piece.end = begin + (guint32)MIN(end - begin, there);
    if (piece.end == begin || piece.end > CHARACTERS_MAX) return;
    piece.coding = bytes ? coding_of_bytes(doc, piece.fc, piece.end - begin) : DOC_UNICODE;
    g_array_append_val(doc->pieces, piece);
}

/* [2.9.38]: lists of changes, then the positions and descriptions of the pieces. */
static void read_pieces(Doc *doc, DocBytes clx)
{
    gsize at = 0;
    while (doc_u8(clx, at) == 0x01 && at < clx.length) {
        gsize length = doc_u16(clx, at + 1);
        const DocBytes changes = doc_part(clx, at + 3, length);
        g_array_append_val(doc->piece_changes, changes);
        at += 3 + length;
    }
    if (doc_u8(clx, at) != 0x02) return;
    DocBytes plc = doc_part(clx, at + 5, doc_u32(clx, at + 1));
    if (plc.length < 4) return;
    gsize n = (plc.length - 4) / 12, descriptions = 4 * (n + 1);
    for (gsize i = 0; i < n && i < PIECES_MAX; i++) {
        guint32 begin = doc_u32(plc, 4 * i), end = doc_u32(plc, 4 * i + 4);
        gsize piece = descriptions + 8 * i;
        if (end > begin)
            add_piece(doc, begin, end, doc_u32(plc, piece + 2), (guint16)doc_u16(plc, piece + 6));
    }
}

/* --- the rest of the head --------------------------------------------------------------------- */

static void read_fonts(Doc *doc)
{
    DocBytes list = doc_table_part(doc, PAIR_FONTS);
    guint n = doc_u16(list, 0);
    gsize at = 4;
    for (guint i = 0; i < n && i < FONTS_MAX && at < list.length; i++) {
        gsize length = doc_u8(list, at); /* [2.9.81]: 39 bytes, then the name in UTF-16 */
        GString *name = g_string_new(NULL);
        for (gsize k = 40; k + 1 <= length; k += 2) {
            guint unit = doc_u16(list, at + k);
            if (unit == 0) break;
            if (unit < 0xD800 || unit > 0xDFFF) g_string_append_unichar(name, unit);
        }
        g_ptr_array_add(doc->fonts, g_string_free(name, FALSE));
        at += length + 1;
    }
}

static void read_lengths(Doc *doc)
{
    gsize at = doc->old ? FIB_LENGTHS_OLD : FIB_LENGTHS;
    for (guint i = 0; i < DOC_STORIES; i++)
        doc->lengths[i] = MIN(doc_u32(doc->word, at + 4 * i), CHARACTERS_MAX);
}

static void read_head(Doc *doc)
{
    guint language = doc_u16(doc->word, FIB_LANGUAGE);
    doc->old = doc_u16(doc->word, 0) == MAGIC_OLD || doc_u16(doc->word, FIB_VERSION) < VERSION_OLD;
    doc->codepage = codepage_of_language(language);
    if (!doc->old && codepage_of_language(doc_u16(doc->word, FIB_LANGUAGE_ASIAN)) == 936) doc->codepage = 936;
    read_lengths(doc);
    if (!doc->old) {
        read_pieces(doc, doc_table_part(doc, PAIR_PIECES));
        read_fonts(doc);
        doc_read_properties(doc);
        return;
    }
    DocBytes clx =
        doc_part(doc->word, doc_u32(doc->word, FIB_PIECES_OLD), doc_u32(doc->word, FIB_PIECES_OLD + 4));
    if (doc_u16(doc->word, FIB_FLAGS) & FLAG_COMPLEX) read_pieces(doc, clx);
    guint32 begin = doc_u32(doc->word, FIB_TEXT_BEGIN), end = doc_u32(doc->word, FIB_TEXT_BEGIN + 4);
    if (doc->pieces->len == 0 && end > begin) add_piece(doc, 0, end - begin, begin, 0);
}

/* --- opening ---------------------------------------------------------------------------------- */

static DocBytes stream_bytes(GBytes *bytes)
{
    DocBytes view = {0};
    if (bytes) view.data = g_bytes_get_data(bytes, &view.length);
    return view;
}

static void open_streams(Doc *doc, Ole2 *ole2, gboolean *whole)
{
    gboolean good[3] = {TRUE, TRUE, TRUE};
    doc->streams[0] = ole2_stream(ole2, "WordDocument", &good[0]);
    doc->word = stream_bytes(doc->streams[0]);
    gboolean first = doc_u16(doc->word, FIB_FLAGS) & FLAG_TABLE_1;
    doc->streams[1] = ole2_stream(ole2, first ? "1Table" : "0Table", &good[1]);
    if (!doc->streams[1]) doc->streams[1] = ole2_stream(ole2, first ? "0Table" : "1Table", &good[1]);
    doc->table = stream_bytes(doc->streams[1]);
    doc->streams[2] = ole2_stream(ole2, "Data", &good[2]);
    doc->data = stream_bytes(doc->streams[2]);
    *whole = good[0] && good[1] && good[2];
}

Doc *doc_open(GBytes *bytes, FactsAttachment *attachment, gboolean *whole)
{
    const char *why = NULL;
    g_autoptr (Ole2) ole2 = ole2_open(bytes, &why);
    if (!ole2) {
        facts_add_problem(attachment->problems, "damaged", why);
        return NULL;
    }
    g_autoptr (Doc) doc = g_new0(Doc, 1);
    doc->pieces = g_array_new(FALSE, FALSE, sizeof(DocPiece));
    doc->piece_changes = g_array_new(FALSE, FALSE, sizeof(DocBytes));
    doc->runs = g_array_new(FALSE, FALSE, sizeof(DocRange));
    doc->paragraphs = g_array_new(FALSE, FALSE, sizeof(DocRange));
    doc->fonts = g_ptr_array_new_with_free_func(g_free);
    doc->ole2 = g_steal_pointer(&ole2);
    open_streams(doc, doc->ole2, whole);
    if (doc_u16(doc->word, FIB_FLAGS) & (FLAG_ENCRYPTED | FLAG_OBFUSCATED)) {
        facts_add_problem(attachment->problems, "encrypted", "a password is needed");
        return NULL;
    }
    read_head(doc);
    if (doc->pieces->len == 0 && doc->lengths[DOC_MAIN] > 0) {
        facts_add_problem(attachment->problems, "damaged", "the document does not say where its text is");
        return NULL;
    }
    return g_steal_pointer(&doc);
}

void doc_close(Doc *doc)
{
    if (!doc) return;
    for (gsize i = 0; i < G_N_ELEMENTS(doc->streams); i++) g_clear_pointer(&doc->streams[i], g_bytes_unref);
    ole2_close(doc->ole2);
    g_array_free(doc->pieces, TRUE);
    g_array_free(doc->piece_changes, TRUE);
    g_array_free(doc->runs, TRUE);
    g_array_free(doc->paragraphs, TRUE);
    g_ptr_array_unref(doc->fonts);
    g_free(doc);
}
