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
 * inside others come first. */
GPtrArray *pdf_grids_find(const GArray *rules, const PdfLetters *letters);

/* The one in which a letter at that place stands, or NULL. */
PdfGrid *pdf_grids_at(const GPtrArray *grids, const PdfRectangle *place);

/* Puts it there as a table. Once. */
void pdf_grid_put(PdfGrid *grid, TextOut *out);
