#include "parsers/rtf_table.h"

#include <string.h>

/* --- descriptions of rows --------------------------------------------------------------------- */

void rtf_row_begin(RtfRow *row)
{
    memset(row, 0, sizeof *row);
}

void rtf_row_cover(RtfRow *row, gboolean above)
{
    row->pending_covered = TRUE;
    row->pending_above = above;
}

void rtf_row_define(RtfRow *row)
{
    if (row->defined < RTF_CELLS_MAX) {
        row->above[row->defined] = row->pending_above;
        row->covered[row->defined++] = row->pending_covered;
    }
    row->pending_covered = row->pending_above = FALSE;
}

/* --- opening and closing ---------------------------------------------------------------------- */

static void close_cell(RtfTables *tables)
{
    if (tables->levels[tables->open - 1].cell) textout_end(tables->out);
    tables->levels[tables->open - 1].cell = FALSE;
}

static void close_to(RtfTables *tables, guint level)
{
    for (; tables->open > level; tables->open--) {
        close_cell(tables);
        if (tables->levels[tables->open - 1].row) textout_end(tables->out);
        textout_end(tables->out);
    }
}

/* So many tables, a row in each, and a cell in each but perhaps the last. */
static void open_rows(RtfTables *tables, guint level)
{
    for (guint i = 0; i < level; i++) {
        if (i == tables->open) {
            textout_begin(tables->out, TEXTOUT_TABLE);
            memset(&tables->levels[tables->open++], 0, sizeof tables->levels[0]);
        }
        if (!tables->levels[i].row) {
            textout_begin(tables->out, TEXTOUT_ROW);
            tables->levels[i].row = TRUE;
            tables->levels[i].column = 0;
        }
        if (i + 1 < level && !tables->levels[i].cell) {
            textout_begin(tables->out, TEXTOUT_CELL);
            tables->levels[i].cell = TRUE;
        }
    }
}

static void open_cell(RtfTables *tables, guint level)
{
    open_rows(tables, level);
    if (!tables->levels[level - 1].cell) textout_begin(tables->out, TEXTOUT_CELL);
    tables->levels[level - 1].cell = TRUE;
}

void rtf_tables_enter(RtfTables *tables, guint level)
{
    level = MIN(level, RTF_TABLES_MAX);
    for (guint i = tables->open; i > 0 && level == 0; i--)
        if (tables->levels[i - 1].row) level = i;
    close_to(tables, level);
    if (level > 0) open_cell(tables, level);
}

void rtf_tables_end_cell(RtfTables *tables, guint level)
{
    level = CLAMP(level, 1, RTF_TABLES_MAX);
    close_to(tables, level);
    open_cell(tables, level);
    guint column = tables->levels[level - 1].column++;
    if (level == 1 && column < RTF_CELLS_MAX && tables->row.covered[column])
        textout_cell_continues(tables->out, tables->row.above[column]);
    close_cell(tables);
}

void rtf_tables_end_row(RtfTables *tables, guint level)
{
    level = CLAMP(level, 1, RTF_TABLES_MAX);
    if (tables->open < level || !tables->levels[level - 1].row) return;
    close_to(tables, level);
    if (tables->levels[level - 1].cell) rtf_tables_end_cell(tables, level);
    for (guint i = level > 1 ? tables->nest.defined : 0; i-- > 0;)
        if (tables->nest.covered[i]) textout_row_continues(tables->out, i, tables->nest.above[i]);
    textout_end(tables->out);
    tables->levels[level - 1].row = FALSE;
}

void rtf_tables_close(RtfTables *tables)
{
    close_to(tables, 0);
}
