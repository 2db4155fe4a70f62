/* pdf_grid.h - the tables of a PDF page that have lines around their cells: forms, mostly.
 *
 * Lines that cross make a grid; where the line between two cells is missing they are one. A letter belongs to
 * the cell in which its middle lies. Boxes around a text, charts and rules between columns are no tables.
 */
#pragma once

#include "parsers/pdf_marks.h"
#include "parsers/textout.h"

typedef struct PdfGrid PdfGrid;

/* The tables that `rules` (of PdfRectangle) draw around letters: of PdfGrid*, freed with the array. Those
 * inside others come first. What may go on with the table `above`, on the page before (NULL without), is one
 * even if it would be none alone. */
GPtrArray *pdf_grids_find(const GArray *rules, const PdfLetters *letters, const PdfGrid *above);

/* The one in which a letter at that place stands, or NULL. */
PdfGrid *pdf_grids_at(const GPtrArray *grids, const PdfRectangle *place);

void pdf_grid_free(gpointer grid);

/* Whether a table at the top of a page goes on with the one at the bottom of the page before: it is as wide,
 * and the columns of one are among those of the other. */
gboolean pdf_grid_continues(const PdfGrid *above, const PdfGrid *below);

/* Puts tables (PdfGrid*) there as one, each going on with the one before: the head that is printed on each
 * page comes once, and a row that was broken at the end of a page is one again. Once. */
void pdf_grids_put(const GPtrArray *grids, TextOut *out);
