/* textout.h - where the readers of documents put what they find: lines of text, tables, boxes.
 *
 * A reader calls it as it meets things; it keeps the caps, the order, and nesting (tables in cells, boxes in
 * paragraphs). A table becomes a line of text per row (cells parted by tabs) and a Table. There, a cell that
 * spans n columns is followed by n-1 empty cells and a cell that continues the one above it is empty; what a
 * nested table holds stands in the text and in a Table of its own, not in the outer cell.
 */
#pragma once

#include "parsers/facts.h"

typedef struct TextOut TextOut;

typedef enum TextOutKind {
    TEXTOUT_DOCUMENT, /* the whole; not for textout_begin() */
    TEXTOUT_BOX,      /* a text box: it comes after the paragraph in which it is anchored */
    TEXTOUT_TABLE,
    TEXTOUT_ROW,
    TEXTOUT_CELL,
    TEXTOUT_DROP, /* what is put in here comes to nothing */
    TEXTOUT_PLAIN /* nothing special; also what a row outside a table and a cell outside a row are taken for
                   */
} TextOutKind;

TextOut *textout_new(void);
void textout_free(TextOut *out);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TextOut, textout_free)

/* Everything begun must be ended, the innermost first. */
void textout_begin(TextOut *out, TextOutKind kind);
void textout_end(TextOut *out);

/* Text of the present paragraph (UTF-8); a line break in it is "\n". */
void textout_text(TextOut *out, const char *text, gsize length);

/* Gaps in lines are guessed from places: what form they are is the reader's to say. */
void textout_laid_out(TextOut *out);

/* What is put between these two is a hint ("click here to enter text"): it stays in the text, but is no value
 * of a cell or field. They do not nest, and end with the paragraph. */
void textout_hint_begin(TextOut *out);
void textout_hint_end(TextOut *out);

/* The paragraph ends: the next text begins a new line. Of several empty ones in a row one is kept. */
void textout_paragraph(TextOut *out);

/* About the open row or cell; without one they do nothing. */
void textout_row_skip(TextOut *out, guint columns);  /* empty columns before the next cell */
void textout_row_drop(TextOut *out);                 /* the row was deleted: leave it out */
void textout_row_left_out(TextOut *out);             /* before a row: one that says nothing, to fields */
void textout_cell_span(TextOut *out, guint columns); /* at least 1 */
void textout_cell_continues(TextOut *out, gboolean above); /* it is part of the cell above, or to the left */

/* The same of a cell of the open row that has ended, by its number; the last first. For rows without spans.
 */
void textout_row_continues(TextOut *out, guint cell, gboolean above);

/* Whether the cap on text was reached: what comes now comes to nothing. */
gboolean textout_is_full(const TextOut *out);

/* Hands over to the attachment, behind what it has: text, tables, form fields in the order of the document
 * (see fields.h), and the problem too-large if a cap of limits.h was reached. Call once, with nothing left
 * open. */
void textout_finish(TextOut *out, FactsAttachment *attachment);
