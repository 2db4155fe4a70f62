/* sheets_form.h - the rows of a sheet as fields.h wants them: each cell once, what is merged known. */
#pragma once

#include "parsers/table.h"

/* Rows and columns from 0, all four of it. */
typedef struct SheetsMerge {
    guint first_row, first_column, last_row, last_column;
} SheetsMerge;

/* Rows (GPtrArray) of cells (char*, of the table, or constant) with FIELDS_CONTINUES where a range goes on
 * below. Sheets leave out what is empty: it is given where a label lacks its value, in lines of lists, and as
 * an empty row between two of one cell. Lines of TableRow count from 1. The caller owns it, while the table
 * lives. */
GPtrArray *sheets_form_rows(const Table *table, const GArray *merges);
