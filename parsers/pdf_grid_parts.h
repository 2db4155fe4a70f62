/* pdf_grid_parts.h - what the files of pdf_grid.h share. */
#pragma once

#include "parsers/pdf_grid.h"

#define PDF_GRID_NEAR 3.0 /* points between lines that are meant to be one, or to touch */

typedef struct PdfGridLetter {
    gunichar c;
    PdfRectangle place;
} PdfGridLetter;

typedef struct PdfGridCell {
    guint region; /* the first of the cells that are one */
    GArray
        *letters; /* of PdfGridLetter; NULL where there are none. Those of a region are in its first cell */
} PdfGridCell;

struct PdfGrid {
    GArray *xs, *ys; /* of double, ascending: the lines between which the cells are */
    guint columns, rows;
    PdfGridCell *cells; /* row by row */
    guint torn;         /* times that a word went on across a line */
    guint done;         /* rows at the top that are part of another table */
};

/* The first of the cells with which that one is one. */
guint pdf_grid_region(const PdfGrid *grid, guint cell);

/* A border by its number. */
static inline double pdf_grid_border(const GArray *borders, guint i)
{
    return g_array_index(borders, double, i);
}

/* Gives the letters to the cells in which they stand. What is too long for its cell stays in it. */
void pdf_grids_fill(const GPtrArray *grids, const PdfLetters *letters);

/* The text of a cell that is so wide. A line ends where the next word would have had its place. Caller frees.
 */
char *pdf_grid_text(GArray *letters, double width);

/* No table is a box around text, a chart, rules between columns: too few cells have letters, or too many have
 * too many, or what is written keeps to no cells. */
gboolean pdf_grid_is_table(const PdfGrid *grid);
gboolean pdf_grid_has_text(const PdfGrid *grid);
