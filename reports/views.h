/* views.h - what the sheets are made of, as SQL. Pure: text. */
#pragma once

#include "reports/columns.h"

/* The TEMP tables and views of a connection. The tables are filled by C: campaign (one row), theme,
 * innovation, and file and folder (where the files of the items lie in the share: reports/files.c). */
const char *const *views_scripts(void); /* NULL-terminated, to be run in order; static */

/* The SELECT of a sheet that is a table; NULL for 总览. Its result columns are those of columns_of_sheet().
 */
const char *views_select(ColumnsSheet sheet);
