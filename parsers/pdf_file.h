/* pdf_file.h - what poppler says about a PDF: pages, text with its places, forms, files in it.
 *
 * The one door to poppler, from C. Behind it is its C++ library itself: the one for GLib draws, and so brings
 * thirty libraries along that take as long to load as poppler does.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct PdfFile PdfFile;
typedef struct PdfPage PdfPage; /* belongs to its file */

typedef struct PdfRectangle {
    double x1, y1, x2, y2; /* points from the top left corner of the page */
} PdfRectangle;

/* Of a form field, a file or a typed text; "" or NULL where it has none. */
typedef struct PdfEntry {
    char *name, *text;
} PdfEntry;

/* The bytes must outlive it. NULL and *why (static English) if it cannot be opened; *locked: for want of a
 * password. The caller closes. */
PdfFile *pdf_file_open(const char *bytes, gsize length, const char **why, gboolean *locked);
void pdf_file_close(PdfFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdfFile, pdf_file_close)

/* Pages are numbered from 0; NULL if one cannot be read. */
int pdf_file_n_pages(PdfFile *file);
PdfPage *pdf_file_page(PdfFile *file, int number);

/* Its text in reading order, UTF-8 if poppler keeps its word, with a line end behind each line. *places:
 * where each character of it stands, *n of them; fewer where poppler loses count. The caller frees both. */
char *pdf_page_text(PdfPage *page, PdfRectangle **places, guint *n);

/* The fields of forms on the page that hold text or a choice, as shown: label and value. The words of a label
 * are those for people, else its name in the form. And what was typed onto it as notes of free text. Both of
 * PdfEntry*; the caller unrefs. */
GPtrArray *pdf_page_fields(PdfPage *page);
GPtrArray *pdf_page_notes(PdfPage *page);

/* Whether there is any picture on it; anything drawn that can be seen. */
gboolean pdf_page_has_picture(PdfPage *page);
gboolean pdf_page_has_ink(PdfPage *page);

/* The files in it, without those that are not there. `name` may be NULL. */
guint pdf_file_n_files(PdfFile *file);

/* Takes the next bytes; FALSE: no more of them. */
typedef gboolean (*PdfTake)(const char *bytes, gsize n, gpointer data);

/* One of them, as far as `take` goes. *name is given to the caller. FALSE if its stream is missing: then
 * nothing was taken, and there is no name. *whole: `take` took all of it. */
gboolean pdf_file_read_file(PdfFile *file, guint number, char **name, gboolean *whole, PdfTake take,
                            gpointer data);

G_END_DECLS
