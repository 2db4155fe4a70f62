/* Paragraphs to lines, cells and rows. */
#include <string.h>

#include "parsers/doc_parts.h"
#include "parsers/doc_run.h"

#define LEVELS 8 /* of tables in each other; deeper ones are text of the last */

/* A paragraph: where it ends, and what its mark says. */
typedef struct Paragraph {
    guint32 end; /* cp behind the mark */
    guint32 fc;  /* of the mark */
    guint16 prm;
    guint8 mark; /* 0 at the end of the text */
    guint8 level;
    gboolean row_end : 1, cell_end : 1;
} Paragraph;

/* A table that is open. */
typedef struct Level {
    gboolean row_open, cell_open;
    guint cell; /* of the row */
    DocRow row;
    DocGrid grid;
} Level;

typedef struct Walk {
    DocRun run;
    GArray *paragraphs; /* of Paragraph */
    Level levels[LEVELS];
    guint n_levels;
} Walk;

/* --- paragraphs ------------------------------------------------------------------------------- */

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
    guint from = walk->run.piece;
    guint32 start = begin;
    g_autoptr (GArray) open = g_array_new(FALSE, FALSE, sizeof(guint32));
    Paragraph paragraph = {0};
    for (guint32 cp = begin; cp < end; cp++) {
        const DocPiece *piece = doc_piece_at(walk->run.doc, &from, cp);
        if (!piece) cp = doc_behind_gap(walk->run.doc, from);
        if (cp >= end) break;
        if (!piece) piece = doc_piece_at(walk->run.doc, &from, cp);
        guint unit = doc_unit_at(walk->run.doc, piece, cp);
        note_field(walk, open, unit, cp);
        paragraph.end = cp + 1;
        paragraph.fc = doc_place_of(piece, cp);
        paragraph.prm = piece->prm;
        paragraph.mark = 0;
        if (!is_mark(unit)) continue;
        paragraph.mark = (guint8)unit;
        describe(walk->run.doc, &paragraph, start);
        g_array_append_val(walk->paragraphs, paragraph);
        start = paragraph.end;
    }
    if (paragraph.end > start) { /* the last one has no mark */
        paragraph.level = 0;
        paragraph.row_end = paragraph.cell_end = FALSE;
        g_array_append_val(walk->paragraphs, paragraph);
    }
    for (guint i = 0; i < open->len; i++)
        g_hash_table_add(walk->run.stray, GUINT_TO_POINTER(g_array_index(open, guint32, i)));
}

static const Paragraph *paragraph_at(const Walk *walk, guint i)
{
    return i < walk->paragraphs->len ? &g_array_index(walk->paragraphs, Paragraph, i) : NULL;
}

/* --- tables ----------------------------------------------------------------------------------- */

static void end_cell(Walk *walk)
{
    Level *level = &walk->levels[walk->n_levels - 1];
    if (!level->cell_open) return;
    doc_run_flush(&walk->run);
    textout_end(walk->run.out);
    level->cell_open = FALSE;
    level->cell++;
}

static void end_row(Walk *walk)
{
    Level *level = &walk->levels[walk->n_levels - 1];
    end_cell(walk);
    if (level->row_open) textout_end(walk->run.out);
    level->row_open = FALSE;
}

static void end_table(Walk *walk)
{
    end_row(walk);
    textout_end(walk->run.out);
    walk->n_levels--;
}

static void describe_row(const Walk *walk, const Paragraph *paragraph, DocRow *row)
{
    const DocParagraph end = doc_paragraph(walk->run.doc, paragraph->fc, paragraph->prm);
    doc_row(&end, row);
}

/* Columns of the table whose first paragraph is number i. */
static void begin_table(Walk *walk, guint i)
{
    doc_run_flush(&walk->run);
    textout_begin(walk->run.out, TEXTOUT_TABLE);
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
    textout_begin(walk->run.out, TEXTOUT_ROW);
    level->row_open = TRUE;
    level->cell = 0;
    memset(&level->row, 0, sizeof level->row);
    const Paragraph *paragraph;
    for (; (paragraph = paragraph_at(walk, i)) && paragraph->level >= walk->n_levels; i++) {
        if (!paragraph->row_end || paragraph->level != walk->n_levels) continue;
        describe_row(walk, paragraph, &level->row);
        if (level->row.n > 0)
            textout_row_skip(walk->run.out,
                             doc_grid_columns(&level->grid, level->grid.edges[0], level->row.edges[0]));
        return;
    }
}

static void begin_cell(Walk *walk)
{
    Level *level = &walk->levels[walk->n_levels - 1];
    textout_begin(walk->run.out, TEXTOUT_CELL);
    level->cell_open = TRUE;
    if (level->cell >= level->row.n) return;
    const gint *edges = level->row.edges + level->cell;
    textout_cell_span(walk->run.out, MAX(doc_grid_columns(&level->grid, edges[0], edges[1]), 1));
    gboolean left = level->row.left[level->cell], above = level->row.above[level->cell];
    if (left || above) textout_cell_continues(walk->run.out, above && !left);
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
    doc_run_flush(&walk->run);
    gboolean dropped = walk->run.fields.in_code > 0 || walk->run.character.deleted;
    if (paragraph->level > 0 && paragraph->row_end) {
        end_row(walk);
    } else if (paragraph->mark == CHAR_CELL || paragraph->cell_end) {
        if (walk->n_levels > 0) end_cell(walk);
    } else if (!dropped || paragraph->mark == 0) {
        textout_paragraph(walk->run.out);
    }
}

static void walk_paragraphs(Walk *walk)
{
    for (guint i = 0; i < walk->paragraphs->len; i++) {
        const Paragraph *paragraph = paragraph_at(walk, i);
        enter(walk, i);
        doc_run_to(&walk->run, paragraph->end);
        leave(walk, paragraph);
    }
    while (walk->n_levels > 0) end_table(walk);
}

void doc_put_text(Doc *doc, TextOut *out, guint32 begin, guint32 end)
{
    Walk walk = {.paragraphs = g_array_new(FALSE, FALSE, sizeof(Paragraph))};
    doc_run_init(&walk.run, doc, out, begin);
    find_paragraphs(&walk, begin, end);
    walk_paragraphs(&walk);
    doc_run_flush(&walk.run);
    doc_run_clear(&walk.run);
    g_array_free(walk.paragraphs, TRUE);
}
