/* pdf_layout.h - one page of a PDF as text, and the form in it: a PDF knows no tables, only where each letter
 * stands.
 */
#pragma once

#include <glib.h>

#include "parsers/pdf_grid.h"
#include "parsers/pdf_marks.h"

typedef struct PdfLayout PdfLayout;

/* Stands in the text where a table of pdf_grid.h does. */
#define PDF_LAYOUT_GRID '\x1D'

/* Appends the tables of the page that have no lines to `tables`: see pdf_table.h. Those that have (`grids`,
 * which must outlive the layout) are left out of all that a layout has. */
PdfLayout *pdf_layout_new(const PdfLetters *letters, const GPtrArray *grids, GPtrArray *tables,
                          gsize *cells_left);
void pdf_layout_free(PdfLayout *layout);

/* In reading order, as poppler finds it, with a tab wherever a line has a gap as wide as a letter. Owned by
 * the layout. */
const char *pdf_layout_text(const PdfLayout *layout);

/* The table that the nth mark in it, from 0, stands for. */
PdfGrid *pdf_layout_grid(const PdfLayout *layout, guint n);

/* Appends a row (GPtrArray of two char*: label, value) for each word that forms use as a label and what
 * stands to the right of it: on the same line, up to the next label, and on the lines above and below that
 * belong to the same cell by their distance. At most LIMIT_FIELDS rows. */
void pdf_layout_rows(const PdfLayout *layout, GPtrArray *rows);

/* Appends one of them. */
void pdf_layout_add_row(GPtrArray *rows, const char *label, const char *value);

/* Appends the fields of such rows, unless there is one with that label and a value already. What `text` has
 * on the line below a label is no such value: a row knows what stands beside it. */
void pdf_layout_fields(const GPtrArray *rows, const char *text, GPtrArray *fields);
