/* cell.h - text on its way into a worksheet cell, and how much room it takes there. Pure.
 *
 * All text that stems from a mail goes through cell_text() before libxlsxwriter sees it, and is written as a
 * string, never as a formula, number or URL. */
#pragma once

#include <glib.h>

/* UTF-16 units that one cell may hold (Excel's specification; libxlsxwriter refuses longer strings). */
#define CELL_UNITS 32767

/* Makes any bytes into text that every spreadsheet program can read and show harmlessly (ECMA-376 Part 1,
 * 18.4.12 and 22.4.2.4 for _xHHHH_):
 *   - UTF-8 that is valid, other bytes as U+FFFD;
 *   - line breaks as \n, tabs as a space; other control characters, noncharacters (U+FFFE, U+FFFF …) and
 * marks that turn the reading direction as U+FFFD, so that they are seen to have been there; no U+FEFF,
 * U+200B;
 *   - what looks like Excel's escape (_x0041_) escaped, so that it is shown as it was written;
 *   - no white space at the ends (files that need xml:space do not validate);
 *   - at most `most` characters (0 = no limit but CELL_UNITS), cut with "…".
 * Leading characters (= + - @) stay: as a string they are harmless. NULL is "". Caller frees. */
char *cell_text(const char *raw, guint most);

/* One line of at most `width` columns: line breaks become spaces, and what is too long loses its middle
 * (文学院…表.docx), so that the end of a file's name is seen. For text of cell_text(). Caller frees. */
char *cell_fit(const char *text, guint width);

/* Width of the widest line in columns: full-width and ambiguous characters are 2, combining ones 0. */
guint cell_width(const char *text);
/* Lines that the text takes when wrapped into `width` columns, at least 1. */
guint cell_lines(const char *text, guint width);
