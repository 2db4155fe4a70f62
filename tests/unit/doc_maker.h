/* doc_maker.h - Word documents made stream by stream, for tests: a head, pieces of text, pages of formatting.
 */
#pragma once

#include "tests/unit/ole2_maker.h"

typedef struct Maker {
    GByteArray *word, *table, *data;
    GByteArray *about, *contents;           /* of a control with the number 5; NULL without */
    GByteArray *positions, *pieces, *lists; /* of the piece table */
    guint32 cp;
    GArray *runs, *paragraphs; /* of Range */
    guint n_lists;
} Maker;

typedef struct Range {
    guint32 begin, end;
    const char *changes; /* hexadecimal */
} Range;

static inline void make_begin(Maker *maker, guint version, guint flags, guint language)
{
    memset(maker, 0, sizeof *maker);
    maker->word = g_byte_array_new();
    maker->table = g_byte_array_new();
    maker->data = g_byte_array_new();
    maker->positions = g_byte_array_new();
    maker->pieces = g_byte_array_new();
    maker->lists = g_byte_array_new();
    maker->runs = g_array_new(FALSE, FALSE, sizeof(Range));
    maker->paragraphs = g_array_new(FALSE, FALSE, sizeof(Range));
    set_n(maker->word, 0, version < 0x6A ? 0xA5DC : 0xA5EC, 2);
    set_n(maker->word, 2, version, 2);
    set_n(maker->word, 6, language, 2);
    set_n(maker->word, 10, flags, 2);
    set_n(maker->word, 0x600 - 1, 0, 1);
    put_n(maker->positions, 0, 4);
}

static inline void begin_97(Maker *maker)
{
    make_begin(maker, 0xC1, 0x0200, 0x0804);
}

/* A piece of the bytes at the end of the file. */
static inline void add_piece(Maker *maker, guint32 fc, guint characters, gboolean bytes, guint prm)
{
    maker->cp += characters;
    put_n(maker->positions, maker->cp, 4);
    put_n(maker->pieces, 0, 2);
    put_n(maker->pieces, bytes ? fc * 2 | 0x40000000u : fc, 4);
    put_n(maker->pieces, prm, 2);
}

/* Text in UTF-16; \a ends cells, \r paragraphs. Returns where it lies. */
static inline guint32 text_16(Maker *maker, const char *text, guint prm)
{
    if (maker->word->len % 2) put_n(maker->word, 0, 1);
    guint32 fc = maker->word->len;
    add_piece(maker, fc, put_utf16(maker->word, text), FALSE, prm);
    return fc;
}

static inline guint32 text_8(Maker *maker, const char *text, guint prm)
{
    guint32 fc = maker->word->len;
    put_bytes(maker->word, text, strlen(text));
    add_piece(maker, fc, (guint)strlen(text), TRUE, prm);
    return fc;
}

static inline void format(GArray *ranges, guint32 begin, guint32 end, const char *changes)
{
    const Range range = {begin, end, changes};
    g_array_append_val(ranges, range);
}

/* A paragraph of UTF-16 with formatting of its own. */
static inline void paragraph(Maker *maker, const char *text, const char *changes)
{
    guint32 fc = text_16(maker, text, 0);
    format(maker->paragraphs, fc, maker->word->len, changes);
}

/* A list of changes for pieces; returns their prm. */
static inline guint list(Maker *maker, const char *changes)
{
    put_n(maker->lists, 1, 1);
    put_n(maker->lists, strlen(changes) / 2, 2);
    unhex(maker->lists, changes);
    return (maker->n_lists++ << 1) | 1;
}

static inline void set_pair(Maker *maker, guint number, const GByteArray *bytes)
{
    set_n(maker->word, 0x9A + 8 * number, maker->table->len, 4);
    set_n(maker->word, 0x9A + 8 * number + 4, bytes->len, 4);
    g_byte_array_append(maker->table, bytes->data, bytes->len);
}

/* All ranges in one page of 512 bytes; those of paragraphs have 13 bytes each and a style before the changes.
 */
static inline void add_page(Maker *maker, const GArray *ranges, gboolean of_paragraphs, guint pair)
{
    g_autoptr (GByteArray) list_of_pages = g_byte_array_new();
    guint n = ranges->len, width = of_paragraphs ? 13 : 1, free_at = 510;
    if (n == 0) return;
    while (maker->word->len % 512) put_n(maker->word, 0, 1);
    gsize page = maker->word->len;
    set_n(maker->word, page + 511, n, 1);
    for (guint i = 0; i < n; i++) {
        const Range *range = &g_array_index(ranges, Range, i);
        g_autoptr (GByteArray) entry = g_byte_array_new();
        gsize length = strlen(range->changes) / 2;
        if (of_paragraphs) {
            length += 2;
            put_n(entry, length % 2 ? (length + 1) / 2 : 0, 1);
            if (length % 2 == 0) put_n(entry, length / 2, 1);
            put_n(entry, 0, 2);
        } else {
            put_n(entry, length, 1);
        }
        unhex(entry, range->changes);
        free_at = (free_at - entry->len) & ~1u;
        memcpy(maker->word->data + page + free_at, entry->data, entry->len);
        set_n(maker->word, page + 4 * i, range->begin, 4);
        set_n(maker->word, page + 4 * i + 4, range->end, 4);
        set_n(maker->word, page + 4 * (n + 1) + width * i, free_at / 2, 1);
    }
    put_n(list_of_pages, 0, 4), put_n(list_of_pages, maker->word->len, 4),
        put_n(list_of_pages, page / 512, 4);
    set_pair(maker, pair, list_of_pages);
}

static inline GBytes *make_end(Maker *maker, guint main_length)
{
    g_autoptr (GByteArray) clx = g_byte_array_new();
    add_page(maker, maker->runs, FALSE, 12);
    add_page(maker, maker->paragraphs, TRUE, 13);
    g_byte_array_append(clx, maker->lists->data, maker->lists->len);
    put_n(clx, 2, 1), put_n(clx, maker->positions->len + maker->pieces->len, 4);
    g_byte_array_append(clx, maker->positions->data, maker->positions->len);
    g_byte_array_append(clx, maker->pieces->data, maker->pieces->len);
    set_pair(maker, 33, clx);
    set_n(maker->word, 0x4C, main_length ? main_length : maker->cp, 4);
    const Ole2Stream streams[] = {{"WordDocument", maker->word},
                                  {"1Table", maker->table},
                                  {"Data", maker->data},
                                  {"ObjectPool/_5/\001CompObj", maker->about},
                                  {"ObjectPool/_5/contents", maker->contents}};
    GBytes *bytes = ole2_make(streams, maker->contents ? 5 : 3);
    g_clear_pointer(&maker->about, g_byte_array_unref);
    g_clear_pointer(&maker->contents, g_byte_array_unref);
    GByteArray *const arrays[] = {maker->word,      maker->table,  maker->data,
                                  maker->positions, maker->pieces, maker->lists};
    for (gsize i = 0; i < G_N_ELEMENTS(arrays); i++) g_byte_array_unref(arrays[i]);
    g_array_unref(maker->runs);
    g_array_unref(maker->paragraphs);
    return bytes;
}
