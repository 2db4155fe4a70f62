/* pdf_table.h - the tables of a PDF page. A PDF has none, only words that stand in rows and columns.
 *
 * At least two lines of at least two words or cells each, with gaps between them, that follow each other
 * closely. Lines of a cell that has several are joined where they begin below the line before, in a column
 * that is not the first. What is long in all its columns is text set in columns, and no table.
 */
#pragma once

#include <glib.h>

/* Appends what the pieces of one page (GArray of PdfPiece, in any order) show, up to LIMIT_TABLES tables in
 * all, LIMIT_TABLE_ROWS rows each, and as many cells as `*cells_left` says. Where all rows keep to the same
 * columns, empty cells have their place; else a row has the cells that it shows. */
void pdf_table_find(const GArray *pieces, GPtrArray *tables, gsize *cells_left);
