/* How the cells of a table's row lie [2.9.328, 2.9.314]. */
#include <string.h>

#include "parsers/doc_parts.h"

#define CELL_BYTES 20 /* of a cell in the description of a row */
#define NEAR       60 /* twips: edges closer than a millimetre are one */

enum { CHANGE_ROW = 0xD608, CHANGE_MERGE = 0x5624, CHANGE_VERTICAL = 0xD62B };
enum { CELL_MERGED = 0x0002, CELL_VERTICAL = 0x0020, CELL_VERTICAL_FIRST = 0x0040 };

static void on_row(DocRow *row, DocBytes operand)
{
    memset(row, 0, sizeof *row);
    guint n = doc_u8(operand, 2);
    if (n == 0 || n > DOC_CELLS_MAX || operand.length < 3 + 2 * (gsize)(n + 1)) return;
    row->n = n;
    for (guint i = 0; i <= n; i++) row->edges[i] = (gint16)doc_u16(operand, 3 + 2 * (gsize)i);
    gsize cells = 3 + 2 * (gsize)(n + 1);
    for (guint i = 0; i < n; i++) {
        guint flags = doc_u16(operand, cells + CELL_BYTES * (gsize)i);
        row->left[i] = (flags & CELL_MERGED) != 0;
        row->above[i] = (flags & CELL_VERTICAL) && !(flags & CELL_VERTICAL_FIRST);
    }
}

/* Cells from the first to before the last become one. */
static void on_merge(DocRow *row, DocBytes operand)
{
    for (guint i = doc_u8(operand, 0) + 1; i < doc_u8(operand, 1) && i < row->n; i++) row->left[i] = TRUE;
}

static void on_vertical(DocRow *row, DocBytes operand)
{
    guint i = doc_u8(operand, 1);
    if (i < row->n) row->above[i] = doc_u8(operand, 2) == 1;
}

void doc_row(const DocParagraph *end, DocRow *row)
{
    memset(row, 0, sizeof *row);
    for (gsize i = 0; i < G_N_ELEMENTS(end->row); i++) {
        DocBytes list = end->row[i], operand;
        guint code;
        while (doc_next_change(&list, &code, &operand)) {
            if (code == CHANGE_ROW) on_row(row, operand);
            if (code == CHANGE_MERGE) on_merge(row, operand);
            if (code == CHANGE_VERTICAL) on_vertical(row, operand);
        }
    }
}

/* --- columns ---------------------------------------------------------------------------------- */

void doc_grid_add(DocGrid *grid, const DocRow *row)
{
    for (guint i = 0; row->n > 0 && i <= row->n; i++) {
        guint at = 0;
        while (at < grid->n && grid->edges[at] < row->edges[i] - NEAR) at++;
        if (at < grid->n && grid->edges[at] <= row->edges[i] + NEAR) continue;
        if (grid->n > DOC_CELLS_MAX) return;
        memmove(grid->edges + at + 1, grid->edges + at, (grid->n - at) * sizeof grid->edges[0]);
        grid->edges[at] = row->edges[i];
        grid->n++;
    }
}

static guint column_of(const DocGrid *grid, gint edge)
{
    guint at = 0;
    while (at < grid->n && grid->edges[at] < edge - NEAR) at++;
    return at;
}

guint doc_grid_columns(const DocGrid *grid, gint from, gint to)
{
    guint first = column_of(grid, from), last = column_of(grid, to);
    return last > first ? last - first : 0;
}
