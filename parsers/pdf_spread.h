/* pdf_spread.h - titles whose letters stand apart, 申　报　表: poppler makes a line of each letter, and where
 * it takes them for columns it puts the lines below the title between them. */
#pragma once

#include <glib.h>

#include "parsers/pdf_marks.h"

/* Whether a letter stands on the line of one to its left and at most three letters away. */
gboolean pdf_spread_is_near(const PdfRectangle *left, const PdfRectangle *right);

/* Moves lines of a single hanzi (of the lines of poppler's, 2000 of a page) behind each other where they
 * stand on one line at even distances, alone. Tables (`grids`) are left as they are. */
void pdf_spread_gather(PdfLetters *letters, const GPtrArray *grids);
