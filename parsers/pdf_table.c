/* pdf_table.c - see pdf_table.h. */
#include "parsers/pdf_table.h"

#include <string.h>

#include "parsers/limits.h"
#include "parsers/pdf_piece.h"
#include "parsers/table.h"

enum {
    CELL_LINES = 40, /* of one cell, above and below */
    HEAD_CHARS = 14, /* most on average in the first column of two */
    CELL_CHARS = 25  /* most on average in all columns of more */
};

typedef struct Line {
    GPtrArray *pieces; /* of PdfPiece*, from left to right, each with a text of its own */
    double top, bottom;
} Line;

typedef struct Span {
    double left, right;
} Span;

static void line_free(gpointer data)
{
    Line *line = data;
    g_ptr_array_unref(line->pieces);
    g_free(line);
}

static int by_top(gconstpointer a, gconstpointer b)
{
    const PdfPiece *one = *(PdfPiece *const *)a, *other = *(PdfPiece *const *)b;
    return one->top < other->top ? -1 : one->top > other->top;
}

static int by_left(gconstpointer a, gconstpointer b)
{
    const PdfPiece *one = *(PdfPiece *const *)a, *other = *(PdfPiece *const *)b;
    return one->left < other->left ? -1 : one->left > other->left;
}

static void piece_free(gpointer data)
{
    PdfPiece *piece = data;
    g_free((char *)piece->text);
    g_free(piece);
}

static gboolean is_letter(const PdfPiece *piece)
{
    return (guchar)*piece->text >= 0x80 && *g_utf8_next_char(piece->text) == '\0';
}

/* Letters that were spread to the width of the others, 联 系 人, are one cell. */
static void join_letters(Line *line)
{
    g_autoptr (GPtrArray) pieces = line->pieces;
    const PdfPiece *before = NULL;
    line->pieces = g_ptr_array_new_with_free_func(piece_free);
    g_ptr_array_sort(pieces, by_left);
    for (guint i = 0; i < pieces->len; i++) {
        const PdfPiece *piece = pieces->pdata[i];
        PdfPiece *last = line->pieces->len ? line->pieces->pdata[line->pieces->len - 1] : NULL;
        double reach = 3 * (piece->bottom - piece->top);
        if (before && is_letter(before) && is_letter(piece) && piece->left - before->right < reach) {
            char *joined = g_strconcat(last->text, piece->text, NULL);
            g_free((char *)last->text);
            last->text = joined;
            last->right = piece->right;
        } else {
            PdfPiece *cell = g_memdup2(piece, sizeof *piece);
            cell->text = g_strdup(piece->text);
            g_ptr_array_add(line->pieces, cell);
        }
        before = piece;
    }
}

/* All pieces as lines, from the top down. */
static GPtrArray *lines_of(const GArray *pieces)
{
    g_autoptr (GPtrArray) sorted = g_ptr_array_new();
    GPtrArray *lines = g_ptr_array_new_with_free_func(line_free);
    Line *line = NULL;
    for (guint i = 0; i < pieces->len; i++) g_ptr_array_add(sorted, &g_array_index(pieces, PdfPiece, i));
    g_ptr_array_sort(sorted, by_top);
    for (guint i = 0; i < sorted->len; i++) {
        PdfPiece *piece = sorted->pdata[i];
        if (!line || !pdf_piece_is_beside(line->pieces->pdata[0], piece)) {
            line = g_new0(Line, 1);
            line->pieces = g_ptr_array_new();
            line->top = piece->top;
            g_ptr_array_add(lines, line);
        }
        line->bottom = MAX(line->bottom, piece->bottom);
        g_ptr_array_add(line->pieces, piece);
    }
    for (guint i = 0; i < lines->len; i++) join_letters(lines->pdata[i]);
    return lines;
}

static const PdfPiece *first_of(const Line *line)
{
    return line->pieces->pdata[0];
}

static double gap(const Line *above, const Line *below)
{
    return below->top - above->bottom;
}

/* --- which lines ------------------------------------------------------------------------------ */

/* One more line of a cell that is not in the first column: it begins where a cell of a neighbouring row does.
 */
static gboolean goes_on(const Line *line, const Line *row)
{
    if (line->pieces->len > 1) return FALSE;
    for (guint i = 1; i < row->pieces->len; i++)
        if (ABS(((const PdfPiece *)row->pieces->pdata[i])->left - first_of(line)->left) < 3) return TRUE;
    return FALSE;
}

/* The line behind the table that begins at `start`; `start` itself if there is none. */
static guint end_of_table(const GPtrArray *lines, guint start)
{
    guint end = start;
    const Line *row = NULL;
    for (guint i = start; i < lines->len; i++) {
        const Line *line = lines->pdata[i];
        const Line *before = i > start ? lines->pdata[i - 1] : NULL;
        if (before && gap(before, line) > 2.5 * (before->bottom - before->top)) break;
        gboolean is_row = line->pieces->len > 1;
        if (!is_row && !(row && goes_on(line, row))) break;
        if (is_row) row = line;
        end = i + 1;
    }
    return end;
}

static glong mean_chars(const GPtrArray *lines, guint start, guint end, gboolean heads)
{
    glong chars = 0, cells = 0;
    for (guint i = start; i < end; i++) {
        const Line *line = lines->pdata[i];
        if (heads && line->pieces->len < 2) continue;
        for (guint k = 0; k < (heads ? 1 : line->pieces->len); k++, cells++)
            chars += g_utf8_strlen(((const PdfPiece *)line->pieces->pdata[k])->text, -1);
    }
    return cells ? chars / cells : 0;
}

static gboolean is_table(const GPtrArray *lines, guint start, guint end)
{
    guint rows = 0, widest = 0;
    for (guint i = start; i < end; i++) {
        const Line *line = lines->pdata[i];
        rows += line->pieces->len > 1;
        widest = MAX(widest, line->pieces->len);
    }
    return rows > 1 && mean_chars(lines, start, end, TRUE) <= (widest == 2 ? HEAD_CHARS : CELL_CHARS) &&
           (widest == 2 || mean_chars(lines, start, end, FALSE) <= CELL_CHARS);
}

/* --- which columns ---------------------------------------------------------------------------- */

/* Puts the piece into the only column that it touches, or makes one of it. FALSE if it touches several. */
static gboolean widen(GArray *columns, const PdfPiece *piece)
{
    guint place = 0, touched = 0, which = 0;
    for (guint i = 0; i < columns->len; i++) {
        const Span *column = &g_array_index(columns, Span, i);
        place += column->right <= piece->left;
        if (piece->left >= column->right || piece->right <= column->left) continue;
        touched++;
        which = i;
    }
    if (touched > 1) return FALSE;
    if (touched == 0) {
        Span span = {piece->left, piece->right};
        g_array_insert_val(columns, place, span);
        return TRUE;
    }
    Span *column = &g_array_index(columns, Span, which);
    column->left = MIN(column->left, piece->left);
    column->right = MAX(column->right, piece->right);
    return which + 1 == columns->len || column->right <= g_array_index(columns, Span, which + 1).left;
}

static guint column_of(const GArray *columns, const PdfPiece *piece)
{
    guint i = 0;
    while (i + 1 < columns->len && g_array_index(columns, Span, i).right <= piece->left) i++;
    return i;
}

/* The columns that all rows keep to; NULL if cells reach over several, or two stand in one. */
static GArray *columns_of(const GPtrArray *lines, guint start, guint end)
{
    g_autoptr (GArray) columns = g_array_new(FALSE, FALSE, sizeof(Span));
    for (guint i = start; i < end; i++) {
        const Line *line = lines->pdata[i];
        for (guint k = 0; k < line->pieces->len; k++)
            if (!widen(columns, line->pieces->pdata[k])) return NULL;
    }
    for (guint i = start; i < end; i++) {
        const Line *line = lines->pdata[i];
        for (guint k = 1; k < line->pieces->len; k++)
            if (column_of(columns, line->pieces->pdata[k]) == column_of(columns, line->pieces->pdata[k - 1]))
                return NULL;
    }
    return g_steal_pointer(&columns);
}

/* --- the rows --------------------------------------------------------------------------------- */

/* The cell of a row in which a line that goes on stands. */
static guint cell_below(const Line *row, const Line *line)
{
    for (guint i = 1; i < row->pieces->len; i++)
        if (ABS(((const PdfPiece *)row->pieces->pdata[i])->left - first_of(line)->left) < 3) return i;
    return row->pieces->len - 1;
}

/* The row to which the line belongs that is no row itself: the nearer one, above or below. */
static guint row_of(const GPtrArray *lines, guint start, guint end, guint i)
{
    guint above = i, below = i;
    while (above > start && above + CELL_LINES > i && ((const Line *)lines->pdata[above])->pieces->len < 2)
        above--;
    while (below < end && below < i + CELL_LINES && ((const Line *)lines->pdata[below])->pieces->len < 2)
        below++;
    if (below == end || !goes_on(lines->pdata[i], lines->pdata[below])) return above;
    double up = gap(lines->pdata[i - 1], lines->pdata[i]), down = gap(lines->pdata[i], lines->pdata[i + 1]);
    return up <= down + 1 ? above : below;
}

/* The text of cell `k` of the row in line `r`, with the lines of it above and below. */
static char *cell_text(const GPtrArray *lines, guint start, guint end, guint r, guint k)
{
    const Line *row = lines->pdata[r];
    g_autoptr (GPtrArray) pieces = g_ptr_array_new();
    guint first = r > start + CELL_LINES ? r - CELL_LINES : start, last = MIN(end, r + CELL_LINES);
    for (guint i = first; i < last; i++) {
        const Line *line = lines->pdata[i];
        if (i == r)
            g_ptr_array_add(pieces, row->pieces->pdata[k]);
        else if (line->pieces->len < 2 && cell_below(row, line) == k && row_of(lines, start, end, i) == r)
            g_ptr_array_add(pieces, line->pieces->pdata[0]);
    }
    return pdf_piece_join(pieces);
}

static void add_row(Table *table, const GPtrArray *lines, guint start, guint end, guint r,
                    const GArray *columns, gsize *cells_left)
{
    const Line *row = lines->pdata[r];
    TableRow *added = table_add_row(table, table->rows->len + 1);
    for (guint k = 0; k<row->pieces->len && * cells_left> 0; k++, --*cells_left) {
        guint column = columns ? column_of(columns, row->pieces->pdata[k]) : k;
        for (; added->cells->len<column && * cells_left> 1; --*cells_left)
            g_ptr_array_add(added->cells, g_strdup(""));
        g_ptr_array_add(added->cells, cell_text(lines, start, end, r, k));
    }
    for (; columns && added->cells->len<columns->len && * cells_left> 0; --*cells_left)
        g_ptr_array_add(added->cells, g_strdup(""));
}

void pdf_table_find(const GArray *pieces, GPtrArray *tables, gsize *cells_left)
{
    g_autoptr (GPtrArray) lines = lines_of(pieces);
    for (guint start = 0, end; start < lines->len && tables->len < LIMIT_TABLES;
         start = MAX(end, start + 1)) {
        end = end_of_table(lines, start);
        if (!is_table(lines, start, end)) continue;
        g_autoptr (GArray) columns = columns_of(lines, start, end);
        Table *table = table_new();
        g_ptr_array_add(tables, table);
        for (guint i = start; i < end && table->rows->len<LIMIT_TABLE_ROWS && * cells_left> 0; i++)
            if (((const Line *)lines->pdata[i])->pieces->len > 1)
                add_row(table, lines, start, end, i, columns, cells_left);
    }
}
