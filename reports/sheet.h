/* sheet.h - the one writer of worksheets that are tables: columns and rows in, a sheet that filters, scrolls
 * and prints out. */
#pragma once

#include "config/config.h"
#include "reports/source.h"
#include "reports/style.h"

/* A new worksheet. Row 1 has the headings; returns the number of rows written, headings included, 0 if
 * libxlsxwriter refused something. */
guint sheet_write(lxw_workbook *workbook, const Style *style, const Config *config, ColumnsSheet sheet,
                  const SourceRows *rows);

/* For other writers: text of any origin as a string cell, never as anything else. */
lxw_error sheet_text(lxw_worksheet *worksheet, lxw_row_t row, lxw_col_t column, const char *text, guint most,
                     lxw_format *format);
