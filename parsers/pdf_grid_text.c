/* pdf_grid_text.c - what stands in the cells of a table with lines. */
#include "parsers/pdf_grid_parts.h"

#include <stdlib.h>
#include <string.h>

#include "parsers/pdf_piece.h"

enum { LONG_CELL = 150 }; /* letters: half of the cells at most are longer */

/* --- letters ---------------------------------------------------------------------------------- */

static const PdfGridLetter *letter_at(const GArray *letters, guint i)
{
    return &g_array_index(letters, PdfGridLetter, i);
}

static int by_middle(gconstpointer a, gconstpointer b)
{
    const PdfRectangle *one = &((const PdfGridLetter *)a)->place, *other = &((const PdfGridLetter *)b)->place;
    const double by = one->y1 + one->y2 - other->y1 - other->y2;
    return by < 0 ? -1 : by > 0;
}

static int by_left(gconstpointer a, gconstpointer b)
{
    const PdfRectangle *one = &((const PdfGridLetter *)a)->place, *other = &((const PdfGridLetter *)b)->place;
    return one->x1 < other->x1 ? -1 : one->x1 > other->x1;
}

/* Between which two of the numbers it is; as many as there are if it is outside. */
static guint place_in(const GArray *numbers, double at)
{
    guint low = 0, high = numbers->len - 1;
    if (at < pdf_grid_border(numbers, 0) || at > pdf_grid_border(numbers, high)) return numbers->len;
    while (high - low > 1) {
        guint middle = (low + high) / 2;
        if (at < pdf_grid_border(numbers, middle))
            high = middle;
        else
            low = middle;
    }
    return low;
}

/* The first cell of those that are one around the place; NULL if it is outside. */
static PdfGridCell *cell_at(const PdfGrid *grid, const PdfRectangle *place)
{
    guint c = place_in(grid->xs, (place->x1 + place->x2) / 2);
    guint r = place_in(grid->ys, (place->y1 + place->y2) / 2);
    return c < grid->columns && r < grid->rows ? &grid->cells[pdf_grid_region(grid, r * grid->columns + c)]
                                               : NULL;
}

PdfGrid *pdf_grids_at(const GPtrArray *grids, const PdfRectangle *place)
{
    for (guint i = 0; i < grids->len; i++)
        if (cell_at(grids->pdata[i], place)) return grids->pdata[i];
    return NULL;
}

/* Whether the one letter follows the other in a word. */
static gboolean follows(const PdfRectangle *before, const PdfRectangle *after)
{
    double height = before->y2 - before->y1, gap = after->x1 - before->x2;
    return ABS(before->y1 - after->y1) < 0.3 * height && ABS(gap) < 0.1 * height;
}

/* What is too long for its cell stays in it. */
static void forget_letters(PdfGrid *grid)
{
    grid->torn = 0;
    for (guint i = 0; i < grid->columns * grid->rows; i++)
        g_clear_pointer(&grid->cells[i].letters, g_array_unref);
}

void pdf_grids_fill(const GPtrArray *grids, const PdfLetters *letters)
{
    guint i = 0;
    PdfGridCell *last = NULL;
    for (guint k = 0; k < grids->len; k++) forget_letters(grids->pdata[k]);
    for (const char *p = letters->text; *p && i < letters->n; p = g_utf8_next_char(p), i++) {
        const PdfGridLetter letter = {g_utf8_get_char(p), letters->places[i]};
        PdfGrid *grid = g_unichar_isspace(letter.c) ? NULL : pdf_grids_at(grids, &letter.place);
        PdfGridCell *cell = grid ? cell_at(grid, &letter.place) : NULL;
        if (cell && last && cell != last && follows(&letters->places[i - 1], &letter.place)) {
            grid->torn++;
            cell = last;
        }
        last = cell;
        if (!cell) continue;
        if (!cell->letters) cell->letters = g_array_new(FALSE, FALSE, sizeof(PdfGridLetter));
        g_array_append_val(cell->letters, letter);
    }
}

/* The middles of its lines, from the top down. */
static GArray *lines_of(const PdfGridCell *cell)
{
    GArray *lines = g_array_new(FALSE, FALSE, sizeof(double));
    g_array_sort(cell->letters, by_middle);
    const PdfRectangle *before = NULL;
    for (guint i = 0; i < cell->letters->len; i++) {
        const PdfRectangle *place = &letter_at(cell->letters, i)->place;
        const double middle = (place->y1 + place->y2) / 2;
        if (!before || middle - (before->y1 + before->y2) / 2 > 0.5 * (place->y2 - place->y1))
            g_array_append_val(lines, middle);
        before = place;
    }
    return lines;
}

/* Whether all cells of the row have as many lines beside each other: rows of a list that has lines between
 * columns alone. */
static gboolean is_list(const PdfGrid *grid, guint r)
{
    enum { COLUMNS = 3, LINES = 3 }; /* at least */
    guint columns = 0;
    g_autoptr (GArray) first = NULL;
    for (guint c = 0; c < grid->columns; c++) {
        guint i = r * grid->columns + c;
        const PdfGridCell *cell = &grid->cells[i];
        if (cell->region != i) continue;
        if (!cell->letters) return FALSE;
        g_autoptr (GArray) lines = lines_of(cell);
        if (lines->len < LINES || (first && lines->len != first->len)) return FALSE;
        for (guint k = 0; first && k < lines->len; k++)
            if (ABS(pdf_grid_border(first, k) - pdf_grid_border(lines, k)) > PDF_GRID_NEAR) return FALSE;
        if (!first) first = g_steal_pointer(&lines);
        columns++;
    }
    return columns >= COLUMNS;
}

/* A box around text, a chart, rules between columns: too few cells have letters, or too many have too many,
 * or what is written keeps to no cells. */
gboolean pdf_grid_is_table(const PdfGrid *grid)
{
    guint regions = 0, filled = 0, wordy = 0;
    for (guint i = 0; i < grid->columns * grid->rows; i++) {
        const PdfGridCell *cell = &grid->cells[i];
        if (cell->region != i) continue;
        regions++;
        filled += cell->letters != NULL;
        wordy += cell->letters && cell->letters->len > LONG_CELL;
    }
    if (filled < 2 || filled * 5 < regions || wordy * 2 > filled || grid->torn * 8 > filled) return FALSE;
    for (guint r = 0; r < grid->rows; r++)
        if (is_list(grid, r)) return FALSE;
    return TRUE;
}

gboolean pdf_grid_has_text(const PdfGrid *grid)
{
    for (guint i = 0; i < grid->columns * grid->rows; i++)
        if (grid->cells[i].letters) return TRUE;
    return FALSE;
}

/* --- text ------------------------------------------------------------------------------------- */

/* The end of the line that begins with letter i; its letters are then in order. */
static guint end_of_line(GArray *letters, guint i)
{
    const PdfRectangle *first = &letter_at(letters, i)->place;
    guint end = i + 1;
    for (; end < letters->len; end++) {
        const PdfRectangle *next = &letter_at(letters, end)->place;
        double shared = MIN(first->y2, next->y2) - MAX(first->y1, next->y1);
        if (shared < 0.4 * MIN(first->y2 - first->y1, next->y2 - next->y1)) break;
    }
    qsort(letters->data + i * sizeof(PdfGridLetter), end - i, sizeof(PdfGridLetter), by_left);
    return end;
}

static gboolean is_space(const PdfGridLetter *before, const PdfGridLetter *after)
{
    const PdfRectangle *one = &before->place, *other = &after->place;
    gboolean wide = g_unichar_iswide(before->c) || g_unichar_iswide(after->c);
    double height = one->y2 - one->y1, gap = other->x1 - one->x2;
    return gap > (wide ? 0.15 : 0.12) * height && !pdf_piece_is_glue(one, before->c, other, after->c);
}

/* How wide the first word of a line is: what would have stood on the line above if there had been room. */
static double word_width(const GArray *letters, guint i, guint end)
{
    const PdfGridLetter *first = letter_at(letters, i);
    guint last = i;
    while (last + 1 < end && !g_unichar_iswide(letter_at(letters, last)->c) &&
           !g_unichar_iswide(letter_at(letters, last + 1)->c) &&
           !is_space(letter_at(letters, last), letter_at(letters, last + 1)))
        last++;
    return letter_at(letters, last)->place.x2 - first->place.x1;
}

char *pdf_grid_text(GArray *letters, double width)
{
    g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    g_array_sort(letters, by_middle);
    double room = 0;
    for (guint i = 0, end; i < letters->len; i = end) {
        end = end_of_line(letters, i);
        const PdfGridLetter *first = letter_at(letters, i);
        double letter = first->place.y2 - first->place.y1;
        const gboolean own = i > 0 && room > word_width(letters, i, end) + letter;
        GString *line = g_string_new(own ? "\n" : NULL);
        for (guint k = i; k < end; k++) {
            if (k > i && is_space(letter_at(letters, k - 1), letter_at(letters, k)))
                g_string_append_c(line, ' ');
            g_string_append_unichar(line, letter_at(letters, k)->c);
        }
        g_ptr_array_add(lines, g_string_free(line, FALSE));
        room = width - (letter_at(letters, end - 1)->place.x2 - first->place.x1);
    }
    return pdf_piece_join_lines(lines);
}
