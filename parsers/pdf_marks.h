/* pdf_marks.h - what lies on a page of a PDF without being part of its content: fields that were filled in,
 * boxes that were ticked, text that was typed onto it. A person sees all of it in its place.
 */
#pragma once

#include "parsers/pdf_file.h"
#include <glib.h>

typedef struct PdfMark {
    PdfRectangle place; /* points from the upper left corner, as of letters */
    char *text;         /* UTF-8, one line; NULL where poppler cannot say, and it was not looked at */
    char *label; /* the words that a form has for it where they are for people: 活动名称, not Text1; else NULL
                  */
    gboolean box;   /* it is a check box or radio button: ☑ or ☐ */
    gboolean woven; /* it is in the text of the page */
} PdfMark;

/* Those of a page, in the order of the file; check boxes that are hidden too. Elements are freed with the
 * array. */
GPtrArray *pdf_marks_read(PdfPage *page);

/* Whether there are some whose text only their drawing has: captions of buttons, signatures, fields without a
 * value. */
gboolean pdf_marks_unknown(const GPtrArray *marks);

/* The letters of a page and where each stands. */
typedef struct PdfLetters {
    char *text;           /* UTF-8; never NULL */
    PdfRectangle *places; /* may be fewer than there are characters */
    guint n;
} PdfLetters;

/* `rules`: see pdf_page_text(). */
PdfLetters pdf_letters_read(PdfPage *page, GArray *rules);
void pdf_letters_clear(PdfLetters *letters);

/* Reads the page again with all that lies on it, and takes for the text of those marks the letters in their
 * places that the page itself does not have there. */
void pdf_marks_look(GPtrArray *marks, PdfPage *page, const PdfLetters *own);

/* Puts the text of marks among the letters: behind what stands to the left on their line (check boxes: before
 * what they are about), else before what stands to the right, else as lines of their own behind the others,
 * with their label. Check boxes that have nothing beside them are left out. */
void pdf_marks_weave(GPtrArray *marks, PdfLetters *letters);
