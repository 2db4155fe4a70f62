/* Formatting of characters and paragraphs: lists of changes (grpprl) in pages of 512 bytes. */
#include "parsers/doc_parts.h"

#define PAGE            512
#define PAGES_MAX       100000
#define RANGES_MAX      2000000
#define PAIR_RUNS       12 /* [2.5.6] */
#define PAIR_PARAGRAPHS 13

/* Changes that are looked at [2.6]. */
enum {
    CHANGE_DELETED = 0x0800,
    CHANGE_OBJECT = 0x080A,
    CHANGE_PICTURE = 0x6A03,
    CHANGE_PLACE_OF_OBJECT = 0x680E,
    CHANGE_SYMBOL = 0x6A09,
    CHANGE_FONT = 0x4A4F,
    CHANGE_IN_TABLE = 0x2416,
    CHANGE_ROW_END = 0x2417,
    CHANGE_INNER_CELL_END = 0x244B,
    CHANGE_INNER_ROW_END = 0x244C,
    CHANGE_LEVEL = 0x6649,
    CHANGE_HUGE = 0x6645,
    CHANGE_HUGE_2 = 0x6646,
    CHANGE_TABLE = 0x646B,
    CHANGE_TABS = 0xC615,
    CHANGE_TABLE_10 = 0xD606,
    CHANGE_ROW = 0xD608
};

#define LEVEL_MAX 20 /* of tables in each other */

/* --- lists ------------------------------------------------------------------------------------ */

/* Length of an operand, with the bytes that say it [2.2.5.2]. */
static gsize operand_length(DocBytes list, guint code)
{
    static const gsize lengths[] = {1, 1, 2, 4, 2, 2, 0, 3};
    guint kind = code >> 13;
    if (kind != 6) return lengths[kind];
    if (code == CHANGE_ROW || code == CHANGE_TABLE_10) return 1 + (gsize)doc_u16(list, 2);
    guint said = doc_u8(list, 2);
    if (code != CHANGE_TABS || said != 255) return 1 + (gsize)said;
    gsize deleted = doc_u8(list, 3), added = doc_u8(list, 4 + 4 * deleted);
    return 3 + 4 * deleted + 3 * added;
}

gboolean doc_next_change(DocBytes *list, guint *code, DocBytes *operand)
{
    if (list->length < 3) return FALSE;
    *code = doc_u16(*list, 0);
    gsize length = 2 + operand_length(*list, *code);
    *operand = doc_part(*list, 2, length - 2);
    *list = doc_part(*list, length, list->length);
    return TRUE;
}

/* Single changes that a piece may bring instead of a list, by their numbers [2.9.215]. */
enum { PIECE_IN_TABLE = 0x18, PIECE_ROW_END = 0x19, PIECE_DELETED = 0x41 };

static gboolean piece_change(guint16 prm, guint number)
{
    return !(prm & 1) && ((prm >> 1) & 0x7F) == number && prm >> 8 == 1;
}

/* The list of changes that a piece brings [2.9.214]. */
static DocBytes piece_changes(const Doc *doc, guint16 prm)
{
    static const DocBytes none = {0};
    guint index = prm >> 1;
    if (!(prm & 1) || index >= doc->piece_changes->len) return none;
    return g_array_index(doc->piece_changes, DocBytes, index);
}

/* --- pages ------------------------------------------------------------------------------------ */

static void add_range(GArray *ranges, DocBytes page, guint i, DocBytes changes)
{
    const DocRange range = {doc_u32(page, 4 * (gsize)i), doc_u32(page, 4 * (gsize)i + 4), changes};
    if (range.begin < range.end && ranges->len < RANGES_MAX) g_array_append_val(ranges, range);
}

/* [2.9.33]: a length, then the changes. */
static void read_run_page(Doc *doc, DocBytes page)
{
    guint n = doc_u8(page, PAGE - 1);
    for (guint i = 0; i < n; i++) {
        gsize at = 2 * (gsize)doc_u8(page, 4 * (gsize)(n + 1) + i);
        add_range(doc->runs, page, i, doc_part(page, at + 1, at ? doc_u8(page, at) : 0));
    }
}

/* [2.9.174]: a length in one of two ways, a style, then the changes. */
static void read_paragraph_page(Doc *doc, DocBytes page)
{
    guint n = doc_u8(page, PAGE - 1);
    for (guint i = 0; i < n; i++) {
        gsize at = 2 * (gsize)doc_u8(page, 4 * (gsize)(n + 1) + 13 * (gsize)i), length = 0;
        if (at > 0) {
            length = 2 * (gsize)doc_u8(page, at);
            if (length == 0)
                length = 2 * (gsize)doc_u8(page, ++at);
            else
                length--;
        }
        add_range(doc->paragraphs, page, i, doc_part(page, at + 3, length > 2 ? length - 2 : 0));
    }
}

static int by_begin(gconstpointer left, gconstpointer right)
{
    const DocRange *a = left, *b = right;
    return a->begin < b->begin ? -1 : a->begin > b->begin;
}

static void read_pages(Doc *doc, guint pair, void (*read_page)(Doc *doc, DocBytes page), GArray *ranges)
{
    DocBytes list = doc_table_part(doc, pair);
    gsize n = list.length < 4 ? 0 : (list.length - 4) / 8;
    for (gsize i = 0; i < MIN(n, PAGES_MAX); i++) {
        gsize number = doc_u32(list, 4 * (n + 1) + 4 * i) & 0x3FFFFF;
        DocBytes page = doc_part(doc->word, number * PAGE, PAGE);
        if (page.length == PAGE) read_page(doc, page);
    }
    g_array_sort(ranges, by_begin);
}

void doc_read_properties(Doc *doc)
{
    read_pages(doc, PAIR_RUNS, read_run_page, doc->runs);
    read_pages(doc, PAIR_PARAGRAPHS, read_paragraph_page, doc->paragraphs);
}

/* The range with this place, or NULL; then *next is where the next one begins. */
static const DocRange *find_range(const GArray *ranges, guint32 fc, guint32 *next)
{
    guint low = 0, high = ranges->len;
    while (low < high) {
        guint middle = low + (high - low) / 2;
        if (g_array_index(ranges, DocRange, middle).begin <= fc)
            low = middle + 1;
        else
            high = middle;
    }
    *next = low < ranges->len ? g_array_index(ranges, DocRange, low).begin : G_MAXUINT32;
    const DocRange *range = low > 0 ? &g_array_index(ranges, DocRange, low - 1) : NULL;
    return range && fc < range->end ? range : NULL;
}

/* --- characters ------------------------------------------------------------------------------- */

static void change_character(DocCharacter *character, DocBytes list)
{
    guint code;
    DocBytes operand;
    while (doc_next_change(&list, &code, &operand)) {
        switch (code) {
        case CHANGE_DELETED: character->deleted = doc_u8(operand, 0) & 1; break; /* 0x81: not as the style */
        case CHANGE_FONT: character->font = doc_u16(operand, 0); break;
        case CHANGE_SYMBOL:
            character->has_symbol = TRUE;
            character->symbol_font = doc_u16(operand, 0);
            character->symbol = doc_u16(operand, 2);
            break;
        case CHANGE_PICTURE:
            character->has_picture = TRUE;
            character->picture = doc_u32(operand, 0);
            break;
        case CHANGE_OBJECT: character->is_object = doc_u8(operand, 0) & 1; break;
        case CHANGE_PLACE_OF_OBJECT:
            character->has_object = TRUE;
            character->object = doc_u32(operand, 0);
            break;
        default: break;
        }
    }
}

DocCharacter doc_character(const Doc *doc, guint32 fc, guint16 prm)
{
    guint32 next;
    const DocRange *range = find_range(doc->runs, fc, &next);
    DocCharacter character = {.begin = fc, .end = range ? range->end : next, .font = G_MAXUINT};
    if (range) change_character(&character, range->changes);
    change_character(&character, piece_changes(doc, prm));
    character.deleted |= piece_change(prm, PIECE_DELETED);
    return character;
}

/* --- paragraphs ------------------------------------------------------------------------------- */

/* A list that lies in the data stream, behind its length. */
static DocBytes far_list(const Doc *doc, DocBytes operand)
{
    guint32 at = doc_u32(operand, 0);
    return doc_part(doc->data, (gsize)at + 2, doc_u16(doc->data, at));
}

static void change_paragraph(const Doc *doc, DocParagraph *paragraph, DocBytes list, gboolean far)
{
    guint code;
    DocBytes operand;
    const DocBytes whole = list;
    while (doc_next_change(&list, &code, &operand)) {
        gboolean on = doc_u8(operand, 0) != 0;
        switch (code) {
        case CHANGE_IN_TABLE: paragraph->level = MAX(paragraph->level, on ? 1 : 0); break;
        case CHANGE_ROW_END: paragraph->row_end = on; break;
        case CHANGE_INNER_CELL_END: paragraph->cell_end = on; break;
        case CHANGE_INNER_ROW_END: paragraph->row_end |= on; break;
        case CHANGE_LEVEL: paragraph->level = MIN(doc_u32(operand, 0), LEVEL_MAX); break;
        case CHANGE_ROW: paragraph->row[far] = whole; break;
        case CHANGE_HUGE:
        case CHANGE_HUGE_2:
        case CHANGE_TABLE:
            if (!far) change_paragraph(doc, paragraph, far_list(doc, operand), TRUE);
            break;
        default: break;
        }
    }
}

DocParagraph doc_paragraph(const Doc *doc, guint32 fc, guint16 prm)
{
    guint32 next;
    const DocRange *range = find_range(doc->paragraphs, fc, &next);
    DocParagraph paragraph = {.known = range != NULL};
    if (range) change_paragraph(doc, &paragraph, range->changes, FALSE);
    change_paragraph(doc, &paragraph, piece_changes(doc, prm), FALSE);
    if (piece_change(prm, PIECE_IN_TABLE)) paragraph.level = MAX(paragraph.level, 1);
    paragraph.row_end |= piece_change(prm, PIECE_ROW_END);
    return paragraph;
}
