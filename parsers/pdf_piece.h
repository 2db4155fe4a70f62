/* pdf_piece.h - a stretch of one line of a PDF page without gaps: all that a page says about its cells. */
#pragma once

#include "parsers/pdf_file.h"
#include <glib.h>

typedef struct PdfPiece {
    gsize offset;     /* of its text in the text of all pieces */
    const char *text; /* the same, once that is complete */
    double left, top, right, bottom;
    char *label;    /* the known label that it is, or begins; else NULL */
    gboolean taken; /* it belongs to a label or value */
} PdfPiece;

/* Whether the one stands beside the other: they share at least half of the lower height. */
gboolean pdf_piece_is_beside(const PdfPiece *a, const PdfPiece *b);

/* Lines (char*) of one text, in order; one that does not go on with the line before begins with "\n". Lines
 * of Chinese go on where the one before ends, and so do numbers of telephones, dates and addresses that are
 * too long for theirs; others need a space. Caller frees. */
char *pdf_piece_join_lines(const GPtrArray *lines);

/* The texts of pieces (GPtrArray of PdfPiece*), in order, as lines of one text. Caller frees. */
char *pdf_piece_join(const GPtrArray *pieces);

/* Whether the distance between two letters of a line is what programs set between Chinese and figures: nobody
 * typed a space there. */
gboolean pdf_piece_is_glue(const PdfRectangle *before, gunichar a, const PdfRectangle *after, gunichar b);

/* Whether the distance between two letters of a line is that between cells, or words far apart. Chinese
 * letters tell by their width how much is one; of Latin ones the height has to do. */
gboolean pdf_piece_is_gap(const PdfRectangle *before, gunichar a, const PdfRectangle *after, gunichar b);
