/* Characters to text, paragraphs to lines and cells. */
#include <string.h>

#include "parsers/codepage.h"
#include "parsers/doc_parts.h"
#include "parsers/symbols.h"

#define CODE_BYTES_MAX 400   /* of a field's code that are kept */
#define CODES_MAX      65536 /* of all that are open */
#define PENDING        8192  /* bytes that are put together */
#define LEVELS         8     /* of tables in each other; deeper ones are text of the last */

enum {
    CHAR_PICTURE = 0x01,
    CHAR_CELL = 0x07,
    CHAR_DRAWN = 0x08,
    CHAR_TAB = 0x09,
    CHAR_LINE = 0x0B,
    CHAR_PAGE = 0x0C,
    CHAR_PARAGRAPH = 0x0D,
    CHAR_COLUMN = 0x0E,
    CHAR_FIELD = 0x13,
    CHAR_FIELD_RESULT = 0x14,
    CHAR_FIELD_END = 0x15,
    CHAR_HYPHEN = 0x1E,
    CHAR_SOFT_HYPHEN = 0x1F
};

/* A paragraph: where it ends, and what its mark says. */
typedef struct Paragraph {
    guint32 end; /* cp behind the mark */
    guint32 fc;  /* of the mark */
    guint16 prm;
    guint8 mark; /* 0 at the end of the text */
    guint8 level;
    gboolean row_end : 1, cell_end : 1;
} Paragraph;

/* A field that is open. */
typedef struct Field {
    gboolean code; /* its code is being read, not its result */
    gsize begin;   /* of its code in Walk.codes */
    guint64 puts;  /* Walk.puts at the beginning of its result */
} Field;

/* A table that is open. */
typedef struct Level {
    gboolean row_open, cell_open;
    guint cell; /* of the row */
    DocRow row;
    DocGrid grid;
} Level;

typedef struct Walk {
    Doc *doc;
    TextOut *out;
    GArray *paragraphs; /* of Paragraph */
    GHashTable *stray;  /* cp of fields that have no end */
    /* where we are */
    guint32 cp;
    guint piece;
    DocCharacter character;
    gboolean character_known;
    /* text on its way out */
    GString *pending;  /* UTF-8 */
    GByteArray *bytes; /* in the code page */
    guint high;        /* first half of a pair */
    guint64 puts;      /* characters so far */
    GArray *fields;    /* of Field */
    guint in_code;     /* how many of them are */
    GString *codes;
    Level levels[LEVELS];
    guint n_levels;
} Walk;

/* --- characters
 * ---------------------------------------------------------------------------------------------- */

/* The piece with this position; `from` is where to look first. NULL in a gap. */
static const DocPiece *piece_at(const Doc *doc, guint *from, guint32 cp)
{
    while (*from < doc->pieces->len && g_array_index(doc->pieces, DocPiece, *from).end <= cp) (*from)++;
    if (*from >= doc->pieces->len) return NULL;
    const DocPiece *piece = &g_array_index(doc->pieces, DocPiece, *from);
    return piece->begin <= cp ? piece : NULL;
}

static guint32 place_of(const DocPiece *piece, guint32 cp)
{
    return piece->fc + (cp - piece->begin) * (piece->coding == DOC_UNICODE ? 2 : 1);
}

static guint unit_at(const Doc *doc, const DocPiece *piece, guint32 cp)
{
    guint32 fc = place_of(piece, cp);
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

static void flush_bytes(Walk *walk)
{
    if (walk->high) g_string_append_unichar(walk->pending, 0xFFFD);
    walk->high = 0;
    if (walk->bytes->len == 0) return;
    g_autofree char *text = codepage_to_utf8(walk->bytes->data, walk->bytes->len, walk->doc->codepage);
    g_string_append(walk->pending, text);
    g_byte_array_set_size(walk->bytes, 0);
}

static void flush(Walk *walk)
{
    flush_bytes(walk);
    textout_text(walk->out, walk->pending->str, walk->pending->len);
    g_string_truncate(walk->pending, 0);
}

static void put_text(Walk *walk, const char *text)
{
    flush_bytes(walk);
    g_string_append(walk->pending, text);
    walk->puts++;
}

static void put_character(Walk *walk, gunichar c)
{
    flush_bytes(walk);
    if (c >= ' ' || c == '\t' || c == '\n') g_string_append_unichar(walk->pending, c);
    walk->puts++;
}

/* A unit of UTF-16; halves of pairs may come apart. */
static void put_unit(Walk *walk, guint unit)
{
    gboolean high = unit >= 0xD800 && unit <= 0xDBFF, low = unit >= 0xDC00 && unit <= 0xDFFF;
    if (low && walk->high) {
        gunichar c = 0x10000 + ((walk->high - 0xD800) << 10) + (unit - 0xDC00);
        walk->high = 0;
        put_character(walk, c);
    } else if (high) {
        flush_bytes(walk);
        walk->high = unit;
    } else {
        put_character(walk, low ? 0xFFFD : unit);
    }
}

static void put_symbol(Walk *walk, guint code, guint font)
{
    const char *name = font < walk->doc->fonts->len ? walk->doc->fonts->pdata[font] : "";
    const char *text = symbol_text(name, code);
    if (text)
        put_text(walk, text);
    else if (code >= ' ' && (code < 0xE000 || code > 0xF8FF)) /* nothing is known of private characters */
        put_unit(walk, code);
}

static void put_form_field(Walk *walk)
{
    g_autofree char *text = doc_form_field(walk->doc, walk->character.picture);
    if (text) put_text(walk, text);
}

/* --- fields
 * -------------------------------------------------------------------------------------------------- */

static Field *top_field(Walk *walk)
{
    guint n = walk->fields->len;
    return n ? &g_array_index(walk->fields, Field, n - 1) : NULL;
}

static void on_field(Walk *walk)
{
    const Field field = {.code = TRUE, .begin = walk->codes->len};
    if (g_hash_table_contains(walk->stray, GUINT_TO_POINTER(walk->cp))) return;
    g_array_append_val(walk->fields, field);
    walk->in_code++;
}

static void on_field_result(Walk *walk)
{
    Field *field = top_field(walk);
    if (!field || !field->code) return;
    field->code = FALSE;
    field->puts = walk->puts;
    walk->in_code--;
}

static void on_field_end(Walk *walk)
{
    Field *field = top_field(walk);
    if (!field) return;
    gboolean nothing = field->code || field->puts == walk->puts;
    if (field->code) walk->in_code--;
    gsize begin = field->begin;
    g_array_set_size(walk->fields, walk->fields->len - 1);
    g_autofree char *text = nothing && walk->in_code == 0 ? doc_code_text(walk->codes->str + begin) : NULL;
    if (text) put_text(walk, text);
    g_string_truncate(walk->codes, begin);
}

static void on_code(Walk *walk, guint unit, DocCoding coding)
{
    const Field *field = top_field(walk);
    if (unit == CHAR_PICTURE && walk->character.has_picture) {
        put_form_field(walk);
    } else if (unit >= ' ' && walk->codes->len - field->begin < CODE_BYTES_MAX &&
               walk->codes->len < CODES_MAX && (unit < 0xD800 || unit > 0xDFFF)) {
        g_string_append_unichar(walk->codes, coding == DOC_WESTERN ? western(unit) : unit);
    }
}

/* --- one character
 * ------------------------------------------------------------------------------------------- */

static void on_plain(Walk *walk, guint unit, DocCoding coding)
{
    if (unit < 0x80 && coding != DOC_UNICODE && walk->bytes->len == 0)
        put_character(walk, unit);
    else if (coding == DOC_CODEPAGE)
        g_byte_array_append(walk->bytes, (const guint8[]){(guint8)unit}, 1), walk->puts++;
    else if (unit == 0xA0)
        put_character(walk, ' ');
    else if (coding == DOC_WESTERN)
        put_character(walk, western(unit));
    else if (unit >= 0xF000 && unit <= 0xF0FF)
        put_symbol(walk, unit, walk->character.font);
    else
        put_unit(walk, unit);
}

static void on_control(Walk *walk, guint unit)
{
    switch (unit) {
    case CHAR_PICTURE:
    case CHAR_DRAWN: walk->doc->picture = TRUE; break;
    case CHAR_TAB: put_character(walk, '\t'); break;
    case CHAR_LINE:
    case CHAR_COLUMN: put_character(walk, '\n'); break;
    case CHAR_HYPHEN: put_character(walk, '-'); break;
    default: break; /* numbers of notes, soft hyphens, marks of paragraphs */
    }
}

static void on_character(Walk *walk, const DocPiece *piece)
{
    guint32 fc = place_of(piece, walk->cp);
    guint unit = unit_at(walk->doc, piece, walk->cp);
    if (!walk->character_known || fc < walk->character.begin || fc >= walk->character.end) {
        walk->character = doc_character(walk->doc, fc, piece->prm);
        walk->character_known = TRUE;
    }
    const DocCharacter *character = &walk->character;
    if (unit == CHAR_FIELD)
        on_field(walk);
    else if (unit == CHAR_FIELD_RESULT)
        on_field_result(walk);
    else if (unit == CHAR_FIELD_END)
        on_field_end(walk);
    else if (character->deleted)
        return;
    else if (walk->in_code > 0)
        on_code(walk, unit, piece->coding);
    else if (unit < ' ')
        on_control(walk, unit);
    else if (character->has_symbol && unit == '(')
        put_symbol(walk, character->symbol, character->symbol_font);
    else
        on_plain(walk, unit, piece->coding);
    if (walk->pending->len > PENDING) flush(walk);
}

/* --- paragraphs
 * ---------------------------------------------------------------------------------------------- */

static gboolean is_mark(guint unit)
{
    return unit == CHAR_PARAGRAPH || unit == CHAR_CELL || unit == CHAR_PAGE;
}

/* What the mark says. Of files that say nothing about paragraphs, two marks of cells in a row end one. */
static void describe(const Doc *doc, Paragraph *paragraph, guint32 begin)
{
    const DocParagraph found = doc_paragraph(doc, paragraph->fc, paragraph->prm);
    paragraph->level = (guint8)MIN(found.level, LEVELS);
    paragraph->row_end = found.row_end;
    paragraph->cell_end = found.cell_end;
    if (paragraph->mark != CHAR_CELL) return;
    paragraph->level = MAX(paragraph->level, 1);
    if (!found.known) paragraph->row_end = paragraph->end - begin == 1 && begin > 0;
}

/* Fields that begin and never end must not swallow the text behind them. */
static void note_field(Walk *walk, GArray *open, guint unit, guint32 cp)
{
    if (unit == CHAR_FIELD) g_array_append_val(open, cp);
    if (unit == CHAR_FIELD_END && open->len > 0) g_array_set_size(open, open->len - 1);
}

static void find_paragraphs(Walk *walk, guint32 begin, guint32 end)
{
    guint from = 0;
    guint32 start = begin;
    g_autoptr (GArray) open = g_array_new(FALSE, FALSE, sizeof(guint32));
    Paragraph paragraph = {0};
    for (guint32 cp = begin; cp < end; cp++) {
        const DocPiece *piece = piece_at(walk->doc, &from, cp);
        if (!piece && from >= walk->doc->pieces->len) break;
        if (!piece) {
            cp = g_array_index(walk->doc->pieces, DocPiece, from).begin - 1;
            continue;
        }
        guint unit = unit_at(walk->doc, piece, cp);
        note_field(walk, open, unit, cp);
        paragraph.end = cp + 1;
        paragraph.fc = place_of(piece, cp);
        paragraph.prm = piece->prm;
        paragraph.mark = 0;
        if (!is_mark(unit)) continue;
        paragraph.mark = (guint8)unit;
        describe(walk->doc, &paragraph, start);
        g_array_append_val(walk->paragraphs, paragraph);
        start = paragraph.end;
    }
    if (paragraph.end > start) { /* the last one has no mark */
        paragraph.level = 0;
        paragraph.row_end = paragraph.cell_end = FALSE;
        g_array_append_val(walk->paragraphs, paragraph);
    }
    for (guint i = 0; i < open->len; i++)
        g_hash_table_add(walk->stray, GUINT_TO_POINTER(g_array_index(open, guint32, i)));
}

static const Paragraph *paragraph_at(const Walk *walk, guint i)
{
    return i < walk->paragraphs->len ? &g_array_index(walk->paragraphs, Paragraph, i) : NULL;
}

/* --- tables
 * -------------------------------------------------------------------------------------------------- */

static void end_cell(Walk *walk)
{
    Level *level = &walk->levels[walk->n_levels - 1];
    if (!level->cell_open) return;
    flush(walk);
    textout_end(walk->out);
    level->cell_open = FALSE;
    level->cell++;
}

static void end_row(Walk *walk)
{
    Level *level = &walk->levels[walk->n_levels - 1];
    end_cell(walk);
    if (level->row_open) textout_end(walk->out);
    level->row_open = FALSE;
}

static void end_table(Walk *walk)
{
    end_row(walk);
    textout_end(walk->out);
    walk->n_levels--;
}

static void describe_row(const Walk *walk, const Paragraph *paragraph, DocRow *row)
{
    const DocParagraph end = doc_paragraph(walk->doc, paragraph->fc, paragraph->prm);
    doc_row(&end, row);
}

/* Columns of the table whose first paragraph is number i. */
static void begin_table(Walk *walk, guint i)
{
    flush(walk);
    textout_begin(walk->out, TEXTOUT_TABLE);
    Level *level = &walk->levels[walk->n_levels++];
    memset(level, 0, sizeof *level);
    const Paragraph *paragraph;
    for (; (paragraph = paragraph_at(walk, i)) && paragraph->level >= walk->n_levels; i++) {
        DocRow row;
        if (!paragraph->row_end || paragraph->level != walk->n_levels) continue;
        describe_row(walk, paragraph, &row);
        doc_grid_add(&level->grid, &row);
    }
}

static void begin_row(Walk *walk, guint i)
{
    Level *level = &walk->levels[walk->n_levels - 1];
    textout_begin(walk->out, TEXTOUT_ROW);
    level->row_open = TRUE;
    level->cell = 0;
    memset(&level->row, 0, sizeof level->row);
    const Paragraph *paragraph;
    for (; (paragraph = paragraph_at(walk, i)) && paragraph->level >= walk->n_levels; i++) {
        if (!paragraph->row_end || paragraph->level != walk->n_levels) continue;
        describe_row(walk, paragraph, &level->row);
        if (level->row.n > 0)
            textout_row_skip(walk->out,
                             doc_grid_columns(&level->grid, level->grid.edges[0], level->row.edges[0]));
        return;
    }
}

static void begin_cell(Walk *walk)
{
    Level *level = &walk->levels[walk->n_levels - 1];
    textout_begin(walk->out, TEXTOUT_CELL);
    level->cell_open = TRUE;
    if (level->cell >= level->row.n) return;
    const gint *edges = level->row.edges + level->cell;
    textout_cell_span(walk->out, MAX(doc_grid_columns(&level->grid, edges[0], edges[1]), 1));
    if (level->row.continues[level->cell]) textout_cell_continues(walk->out);
}

/* Opens and closes tables, rows and cells so that paragraph i may come. */
static void enter(Walk *walk, guint i)
{
    const Paragraph *paragraph = paragraph_at(walk, i);
    while (walk->n_levels > paragraph->level) end_table(walk);
    for (guint n = 1; n <= paragraph->level; n++) {
        if (walk->n_levels < n) begin_table(walk, i);
        const Level *level = &walk->levels[n - 1];
        gboolean end = n == paragraph->level && paragraph->row_end;
        if (!level->row_open && !end) begin_row(walk, i);
        if (!level->cell_open && !end) begin_cell(walk);
    }
}

static void leave(Walk *walk, const Paragraph *paragraph)
{
    flush(walk);
    gboolean dropped = walk->in_code > 0 || walk->character.deleted;
    if (paragraph->level > 0 && paragraph->row_end) {
        end_row(walk);
    } else if (paragraph->mark == CHAR_CELL || paragraph->cell_end) {
        if (walk->n_levels > 0) end_cell(walk);
    } else if (!dropped || paragraph->mark == 0) {
        textout_paragraph(walk->out);
    }
}

/* --- all
 * ------------------------------------------------------------------------------------------------------ */

static void walk_paragraphs(Walk *walk, guint32 begin)
{
    walk->cp = begin;
    for (guint i = 0; i < walk->paragraphs->len; i++) {
        const Paragraph *paragraph = paragraph_at(walk, i);
        enter(walk, i);
        for (; walk->cp < paragraph->end; walk->cp++) {
            guint before = walk->piece;
            const DocPiece *piece = piece_at(walk->doc, &walk->piece, walk->cp);
            if (walk->piece != before) walk->character_known = FALSE;
            if (piece) on_character(walk, piece);
        }
        leave(walk, paragraph);
    }
    while (walk->n_levels > 0) end_table(walk);
}

void doc_put_text(Doc *doc, TextOut *out, guint32 begin, guint32 end)
{
    Walk walk = {.doc = doc, .out = out};
    walk.paragraphs = g_array_new(FALSE, FALSE, sizeof(Paragraph));
    walk.stray = g_hash_table_new(NULL, NULL);
    walk.pending = g_string_new(NULL);
    walk.bytes = g_byte_array_new();
    walk.fields = g_array_new(FALSE, FALSE, sizeof(Field));
    walk.codes = g_string_new(NULL);
    find_paragraphs(&walk, begin, end);
    walk_paragraphs(&walk, begin);
    flush(&walk);
    g_array_free(walk.paragraphs, TRUE);
    g_hash_table_unref(walk.stray);
    g_string_free(walk.pending, TRUE);
    g_byte_array_unref(walk.bytes);
    g_array_free(walk.fields, TRUE);
    g_string_free(walk.codes, TRUE);
}
