#include "parsers/doc_run.h"

#include <string.h>

#include "parsers/codepage.h"
#include "parsers/symbols.h"

#define PENDING 8192 /* bytes that are put together */

/* --- places ----------------------------------------------------------------------------------- */

const DocPiece *doc_piece_at(const Doc *doc, guint *from, guint32 cp)
{
    while (*from < doc->pieces->len && g_array_index(doc->pieces, DocPiece, *from).end <= cp) (*from)++;
    if (*from >= doc->pieces->len) return NULL;
    const DocPiece *piece = &g_array_index(doc->pieces, DocPiece, *from);
    return piece->begin <= cp ? piece : NULL;
}

guint doc_first_piece(const Doc *doc, guint32 cp)
{
    guint low = 0, high = doc->pieces->len;
    while (low < high) {
        guint middle = low + (high - low) / 2;
        if (g_array_index(doc->pieces, DocPiece, middle).end <= cp)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

guint32 doc_behind_gap(const Doc *doc, guint from)
{
    return from < doc->pieces->len ? g_array_index(doc->pieces, DocPiece, from).begin : G_MAXUINT32;
}

guint32 doc_place_of(const DocPiece *piece, guint32 cp)
{
    return piece->fc + (cp - piece->begin) * (piece->coding == DOC_UNICODE ? 2 : 1);
}

guint doc_unit_at(const Doc *doc, const DocPiece *piece, guint32 cp)
{
    guint32 fc = doc_place_of(piece, cp);
    return piece->coding == DOC_UNICODE ? doc_u16(doc->word, fc) : doc_u8(doc->word, fc);
}

/* Upper controls of Windows-1252; the others are what they are in Unicode. */
static gunichar western(guint byte)
{
    static const guint16 upper[] = {0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                    0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D,   0x017D, 0x8F,
                                    0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                    0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};
    return byte >= 0x80 && byte < 0xA0 ? upper[byte - 0x80] : byte;
}

static void flush_bytes(DocRun *run)
{
    if (run->high) g_string_append_unichar(run->pending, 0xFFFD);
    run->high = 0;
    if (run->bytes->len == 0) return;
    g_autofree char *text = codepage_to_utf8(run->bytes->data, run->bytes->len, run->doc->codepage);
    g_string_append(run->pending, text);
    g_byte_array_set_size(run->bytes, 0);
}

void doc_run_flush(DocRun *run)
{
    flush_bytes(run);
    textout_text(run->out, run->pending->str, run->pending->len);
    g_string_truncate(run->pending, 0);
}

static void put_text(DocRun *run, const char *text)
{
    flush_bytes(run);
    g_string_append(run->pending, text);
    run->puts++;
}

static void put_character(DocRun *run, gunichar c)
{
    flush_bytes(run);
    if (c >= ' ' || c == '\t' || c == '\n') g_string_append_unichar(run->pending, c);
    run->puts++;
}

/* A unit of UTF-16; halves of pairs may come apart. */
static void put_unit(DocRun *run, guint unit)
{
    gboolean high = unit >= 0xD800 && unit <= 0xDBFF, low = unit >= 0xDC00 && unit <= 0xDFFF;
    if (low && run->high) {
        gunichar c = 0x10000 + ((run->high - 0xD800) << 10) + (unit - 0xDC00);
        run->high = 0;
        put_character(run, c);
    } else if (high) {
        flush_bytes(run);
        run->high = unit;
    } else {
        put_character(run, low ? 0xFFFD : unit);
    }
}

static void put_symbol(DocRun *run, guint code, guint font)
{
    const char *name = font < run->doc->fonts->len ? run->doc->fonts->pdata[font] : "";
    const char *text = symbol_text(name, code);
    if (text)
        put_text(run, text);
    else if (code >= ' ' && (code < 0xE000 || code > 0xF8FF)) /* nothing is known of private characters */
        put_unit(run, code);
}

static void put_form_field(DocRun *run)
{
    g_autofree char *text = doc_form_field(run->doc, run->character.picture);
    if (text) put_text(run, text);
}

/* A control is the result of a field, whose characters all may say which. */
static void put_control(DocRun *run)
{
    const DocCharacter *character = &run->character;
    guint32 number = character->has_object ? character->object : character->picture;
    if (!character->has_object && !(character->is_object && character->has_picture)) return;
    if (number == run->control) return;
    run->control = number;
    g_autofree char *text = doc_control(run->doc, number);
    if (text) put_text(run, text);
}

/* --- fields ----------------------------------------------------------------------------------- */

static void on_field(DocRun *run)
{
    if (!g_hash_table_contains(run->stray, GUINT_TO_POINTER(run->cp))) field_begin(&run->fields);
}

static void on_field_end(DocRun *run)
{
    g_autofree char *text = field_end(&run->fields, run->puts);
    if (text) put_text(run, text);
}

static void on_code(DocRun *run, guint unit, DocCoding coding)
{
    char utf8[6];
    if (unit == CHAR_PICTURE && run->character.has_picture) {
        put_form_field(run);
    } else if (unit >= ' ' && (unit < 0xD800 || unit > 0xDFFF)) {
        gsize n = (gsize)g_unichar_to_utf8(coding == DOC_WESTERN ? western(unit) : unit, utf8);
        field_code(&run->fields, utf8, n);
    }
}

/* --- one character ---------------------------------------------------------------------------- */

static void on_plain(DocRun *run, guint unit, DocCoding coding)
{
    if (unit < 0x80 && coding != DOC_UNICODE && run->bytes->len == 0)
        put_character(run, unit);
    else if (coding == DOC_CODEPAGE)
        g_byte_array_append(run->bytes, (const guint8[]){(guint8)unit}, 1), run->puts++;
    else if (unit == 0xA0)
        put_character(run, ' ');
    else if (coding == DOC_WESTERN)
        put_character(run, western(unit));
    else if (unit >= 0xF000 && unit <= 0xF0FF)
        put_symbol(run, unit, run->character.font);
    else
        put_unit(run, unit);
}

static void on_control(DocRun *run, guint unit)
{
    switch (unit) {
    case CHAR_PICTURE:
    case CHAR_DRAWN: run->doc->picture = TRUE; break;
    case CHAR_TAB: put_character(run, '\t'); break;
    case CHAR_LINE:
    case CHAR_COLUMN: put_character(run, '\n'); break;
    case CHAR_HYPHEN: put_character(run, '-'); break;
    default: break; /* numbers of notes, soft hyphens, marks of paragraphs */
    }
}

static void on_character(DocRun *run, const DocPiece *piece)
{
    guint32 fc = doc_place_of(piece, run->cp);
    guint unit = doc_unit_at(run->doc, piece, run->cp);
    if (!run->character_known || fc < run->character.begin || fc >= run->character.end) {
        run->character = doc_character(run->doc, fc, piece->prm);
        run->character_known = TRUE;
    }
    const DocCharacter *character = &run->character;
    if (unit == CHAR_FIELD_RESULT) field_result(&run->fields, run->puts);
    if (unit < ' ' && !character->deleted && run->fields.in_code == 0) put_control(run);
    if (unit == CHAR_FIELD)
        on_field(run);
    else if (unit == CHAR_FIELD_RESULT)
        return;
    else if (unit == CHAR_FIELD_END)
        on_field_end(run);
    else if (character->deleted)
        return;
    else if (run->fields.in_code > 0)
        on_code(run, unit, piece->coding);
    else if (unit < ' ')
        on_control(run, unit);
    else if (character->has_symbol && unit == '(')
        put_symbol(run, character->symbol, character->symbol_font);
    else
        on_plain(run, unit, piece->coding);
    if (run->pending->len > PENDING) doc_run_flush(run);
}

void doc_run_to(DocRun *run, guint32 end)
{
    while (run->cp < end) {
        guint before = run->piece;
        const DocPiece *piece = doc_piece_at(run->doc, &run->piece, run->cp);
        if (run->piece != before) run->character_known = FALSE;
        if (piece) on_character(run, piece);
        run->cp = piece ? run->cp + 1 : MIN(doc_behind_gap(run->doc, run->piece), end);
    }
}

void doc_run_init(DocRun *run, Doc *doc, TextOut *out, guint32 begin)
{
    memset(run, 0, sizeof *run);
    run->doc = doc;
    run->out = out;
    run->cp = begin;
    run->piece = doc_first_piece(doc, begin);
    run->stray = g_hash_table_new(NULL, NULL);
    run->pending = g_string_new(NULL);
    run->bytes = g_byte_array_new();
    field_stack_init(&run->fields);
}

void doc_run_clear(DocRun *run)
{
    g_hash_table_unref(run->stray);
    g_string_free(run->pending, TRUE);
    g_byte_array_unref(run->bytes);
    field_stack_clear(&run->fields);
}
