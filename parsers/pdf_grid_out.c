/* pdf_grid_out.c - tables with lines, from one page to the next. */
#include <string.h>

#include "parsers/fields.h"
#include "parsers/pdf_grid_parts.h"

/* --- a row ------------------------------------------------------------------------------------ */

static void put_text(TextOut *out, const char *text)
{
    for (; *text; text += *text == '\n') {
        gsize n = strcspn(text, "\n");
        textout_text(out, text, n);
        textout_paragraph(out);
        text += n;
    }
}

/* How many cells of a row are one from c on. */
static guint span_of(const PdfGrid *grid, guint r, guint c)
{
    guint i = r * grid->columns + c, region = pdf_grid_region(grid, i), span = 1;
    while (c + span < grid->columns && pdf_grid_region(grid, i + span) == region) span++;
    return span;
}

/* "" for one that begins further above. */
static char *cell_text(const PdfGrid *grid, guint r, guint c)
{
    guint i = r * grid->columns + c;
    GArray *letters = pdf_grid_region(grid, i) == i ? grid->cells[i].letters : NULL;
    double width = pdf_grid_border(grid->xs, c + span_of(grid, r, c)) - pdf_grid_border(grid->xs, c);
    return letters ? pdf_grid_text(letters, width) : g_strdup("");
}

/* How many of the borders lie to the left of that place. */
static guint borders_before(const PdfGrid *grid, double x)
{
    guint n = 0;
    while (n < grid->xs->len && pdf_grid_border(grid->xs, n) < x - PDF_GRID_NEAR) n++;
    return n;
}

/* `widest` has all columns of the tables that are put as one. */
static void put_row(const PdfGrid *grid, guint r, const PdfGrid *widest, TextOut *out)
{
    textout_begin(out, TEXTOUT_ROW);
    for (guint c = 0, span; c < grid->columns; c += span) {
        guint i = r * grid->columns + c, region = pdf_grid_region(grid, i);
        span = span_of(grid, r, c);
        guint from = borders_before(widest, pdf_grid_border(grid->xs, c)),
              to = borders_before(widest, pdf_grid_border(grid->xs, c + span));
        textout_begin(out, TEXTOUT_CELL);
        textout_cell_span(out, MAX(to, from + 1) - from);
        if (region != i) textout_cell_continues(out, TRUE);
        g_autofree char *text = cell_text(grid, r, c);
        put_text(out, text);
        textout_end(out);
    }
    textout_end(out);
}

/* --- from page to page ------------------------------------------------------------------------ */

static gboolean is_near(double one, double other)
{
    return ABS(one - other) <= PDF_GRID_NEAR;
}

/* Whether all borders of the one are among those of the other. */
static gboolean has_borders(const PdfGrid *all, const PdfGrid *some)
{
    for (guint i = 0; i < some->xs->len; i++) {
        double x = pdf_grid_border(some->xs, i);
        guint at = borders_before(all, x);
        if (at == all->xs->len || !is_near(pdf_grid_border(all->xs, at), x)) return FALSE;
    }
    return TRUE;
}

/* The cell of row r that has the edges of the cell at c of the first row below; G_MAXUINT if there is none.
 */
static guint cell_above(const PdfGrid *above, guint r, const PdfGrid *below, guint c)
{
    double from = pdf_grid_border(below->xs, c), to = pdf_grid_border(below->xs, c + span_of(below, 0, c));
    for (guint k = 0, span; k < above->columns; k += span) {
        span = span_of(above, r, k);
        if (is_near(pdf_grid_border(above->xs, k), from) && is_near(pdf_grid_border(above->xs, k + span), to))
            return k;
    }
    return G_MAXUINT;
}

static gboolean is_head_again(const PdfGrid *first, const PdfGrid *below)
{
    gboolean same = first->rows > 1 && below->rows > 1, any = FALSE;
    for (guint c = 0; same && c < below->columns; c += span_of(below, 0, c)) {
        guint k = cell_above(first, 0, below, c);
        g_autofree char *one = k == G_MAXUINT ? NULL : cell_text(first, 0, k),
                        *other = cell_text(below, 0, c);
        same = one && strcmp(one, other) == 0;
        any |= *other != '\0';
    }
    return same && any;
}

/* Points from the top of the one to the bottom of the other: a table that goes on has come to the end of its
 * page. */
#define PAGE_LEAST 400

gboolean pdf_grid_continues(const PdfGrid *above, const PdfGrid *below)
{
    return MIN(above->columns, below->columns) > 1 &&
           (pdf_grid_border(above->ys, above->rows) - pdf_grid_border(below->ys, 0) >= PAGE_LEAST ||
            is_head_again(above, below)) &&
           is_near(pdf_grid_border(above->xs, 0), pdf_grid_border(below->xs, 0)) &&
           is_near(pdf_grid_border(above->xs, above->columns), pdf_grid_border(below->xs, below->columns)) &&
           (has_borders(above, below) || has_borders(below, above));
}

/* A row of which the top is on the page before has the same cells, and no label here; one of them goes on. */
static gboolean is_broken(const PdfGrid *above, const PdfGrid *below)
{
    gboolean any = FALSE;
    for (guint c = 0; c < below->columns; c += span_of(below, 0, c)) {
        g_autofree char *text = cell_text(below, 0, c);
        if (cell_above(above, above->rows - 1, below, c) == G_MAXUINT) return FALSE;
        if ((*text && (c == 0 || any)) || fields_is_label(text)) return FALSE;
        any |= *text != '\0';
    }
    return any;
}

/* Gives the letters of the first row to the last one of the page before, as if they stood below it. */
static void join_row(PdfGrid *above, PdfGrid *below)
{
    const double down = pdf_grid_border(above->ys, above->rows) - pdf_grid_border(below->ys, 0);
    for (guint c = 0; c < below->columns; c += span_of(below, 0, c)) {
        guint last = above->rows - 1;
        guint at = pdf_grid_region(above, last * above->columns + cell_above(above, last, below, c));
        GArray *letters = below->cells[c].letters;
        PdfGridCell *cell = &above->cells[at];
        if (!letters) continue;
        if (!cell->letters) cell->letters = g_array_new(FALSE, FALSE, sizeof(PdfGridLetter));
        for (guint i = 0; i < letters->len; i++) {
            PdfGridLetter letter = g_array_index(letters, PdfGridLetter, i);
            letter.place.y1 += down;
            letter.place.y2 += down;
            g_array_append_val(cell->letters, letter);
        }
        g_clear_pointer(&below->cells[c].letters, g_array_unref);
    }
    below->done = 1;
}

void pdf_grids_put(const GPtrArray *grids, TextOut *out)
{
    const PdfGrid *widest = grids->pdata[0];
    for (guint i = grids->len; i-- > 1;) { /* the last first: a row may go on for several pages */
        PdfGrid *above = grids->pdata[i - 1], *below = grids->pdata[i];
        if (below->columns > widest->columns) widest = below;
        if (is_head_again(grids->pdata[0], below))
            below->done = 1;
        else if (is_broken(above, below))
            join_row(above, below);
    }
    textout_begin(out, TEXTOUT_TABLE);
    for (guint i = 0; i < grids->len; i++) {
        const PdfGrid *grid = grids->pdata[i];
        for (guint r = grid->done; r < grid->rows; r++) put_row(grid, r, widest, out);
    }
    textout_end(out);
}
