/* rtf_table.h - tables of RTF, and tables in them (1.9.1, "Table Definitions", "Nested Tables").
 *
 * RTF knows rows of cells and says of each paragraph how many tables are around it; where a table begins and
 * ends follows. A row of the outermost table is described before its cells, one of a table in a table behind
 * them.
 */
#pragma once

#include "parsers/textout.h"

#define RTF_CELLS_MAX  63 /* Word's own limit of columns */
#define RTF_TABLES_MAX 8  /* in each other; deeper ones are text of the last */

/* Which cells of a row are part of another one. */
typedef struct RtfRow {
    gboolean covered[RTF_CELLS_MAX], above[RTF_CELLS_MAX];
    guint defined;
    gboolean pending_covered, pending_above; /* said of the next one */
} RtfRow;

typedef struct RtfTables {
    TextOut *out; /* borrowed */
    struct {
        gboolean row, cell; /* are open */
        guint column;
    } levels[RTF_TABLES_MAX];
    guint open;       /* tables */
    RtfRow row, nest; /* the last description of either kind */
} RtfTables;

void rtf_row_begin(RtfRow *row);
void rtf_row_cover(RtfRow *row, gboolean above);
void rtf_row_define(RtfRow *row);

/* Text comes with so many tables around it: opens and closes what is needed. 0 ends the tables, unless a cell
 * is open: then it belongs there. */
void rtf_tables_enter(RtfTables *tables, guint level);

/* The cell or row of the table with level-1 tables around it ends. */
void rtf_tables_end_cell(RtfTables *tables, guint level);
void rtf_tables_end_row(RtfTables *tables, guint level);

void rtf_tables_close(RtfTables *tables);
