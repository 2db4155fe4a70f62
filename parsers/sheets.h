/* sheets.h - where the readers of workbooks put the cells that they find.
 *
 * Cells may come in any order. Each sheet that shows anything becomes a stretch of text (its name, then a
 * line per row with the cells parted by tabs), a Table (index of a cell = column, TableRow.line = row, both
 * as in the sheet; rows without text are left out, cells of a merged range are empty but the first) and form
 * fields (fields.h; merged ranges count as one cell). The caps of limits.h hold for the workbook as a whole.
 */
#pragma once

#include "parsers/facts.h"

typedef struct Sheets Sheets;

Sheets *sheets_new(void);
void sheets_free(Sheets *sheets);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Sheets, sheets_free)

/* The following cells belong to this sheet. `hidden` sheets say so behind their name in the text. */
void sheets_begin(Sheets *sheets, const char *name, gboolean hidden);

/* For files that say so only behind the cells. */
void sheets_hide(Sheets *sheets);

/* A cell as it is shown (UTF-8), rows and columns from 0; white space at its ends is not kept. An empty one
 * is no cell; a second one in the same place replaces the first. FALSE when a cap is reached: more will not
 * be kept. */
gboolean sheets_cell(Sheets *sheets, guint row, guint column, const char *text);

/* A number in a cell, as it is shown under a format code (see number_format.h; NULL is General). General
 * keeps up to 15 digits, as in the line above the sheet, where the cell would show but eleven places, and
 * what another format hides comes behind the cells of the sheet, in the text only, after 原值: the number
 * with all its digits where it is rounded or grouped, and the whole date where the year is not shown. FALSE
 * as sheets_cell(). */
gboolean sheets_number(Sheets *sheets, guint row, guint column, double value, const char *format,
                       gboolean date1904);

/* These cells, all inclusive, are one. */
void sheets_merge(Sheets *sheets, guint first_row, guint first_column, guint last_row, guint last_column);

/* For sheets_number(): something to stand after 原值. */
void sheets_full_value(Sheets *sheets, const char *text);

/* Text that lies above the cells: it comes behind them, in the text only. */
void sheets_box(Sheets *sheets, const char *text);

/* Text of a control that lies above a cell (or above a merged range, of which this is any cell): a check box
 * with its label, a field. It becomes part of the cell's text, behind what is there (a box without a
 * label before it); of several the upper ones come first, then the left ones, by `across`. */
void sheets_control(Sheets *sheets, guint row, guint column, guint across, const char *text);

/* A header or footer of the sheet as files have it, with its codes: each of its parts is a box, but those
 * with the number of the page, a date or the like are left out. */
void sheets_header(Sheets *sheets, const char *code);

/* Whether anything was put in at all. */
gboolean sheets_empty(const Sheets *sheets);

/* Hands over to the attachment, behind what it has: text, tables, fields, and the problem too-large if a cap
 * was reached. Call once, at the end. */
void sheets_finish(Sheets *sheets, FactsAttachment *attachment);
