/* pdf_file.h - what poppler says about a PDF: pages, text with its places, forms, files in it.
 *
 * The one door to poppler, from C. Behind it is its C++ library itself: the one for GLib draws, and so brings
 * thirty libraries along that take as long to load as poppler does.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct PdfFile PdfFile;
typedef struct PdfPage PdfPage; /* belongs to its file, until the next one is asked for */

typedef struct PdfRectangle {
    double x1, y1, x2, y2; /* points from the top left corner of the page */
} PdfRectangle;

/* What lies on a page without being part of its content: a field of a form, a note, a stamp. */
typedef struct PdfEntry {
    PdfRectangle place;
    char *name;   /* for people, else as the form calls it; NULL where it has none */
    char *text;   /* typed or chosen (several: with 、 between); NULL where only its drawing has it */
    gboolean box; /* a check box or radio button: its text is SYMBOL_CHECKED or SYMBOL_UNCHECKED */
} PdfEntry;

/* The bytes must outlive it, and its pages may take `seconds` of CPU from now. NULL and *why (static English)
 * if it cannot be opened; *locked: for want of a password. The caller closes. */
PdfFile *pdf_file_open(const char *bytes, gsize length, guint seconds, const char **why, gboolean *locked);
void pdf_file_close(PdfFile *file);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PdfFile, pdf_file_close)

/* Whether something was left out because its `seconds` of CPU were over: a page that was asked for is NULL,
 * or was left between two operators; what was on it so far is given. */
gboolean pdf_file_is_late(const PdfFile *file);

/* Pages are numbered from 0; NULL if one cannot be read. */
int pdf_file_n_pages(PdfFile *file);
PdfPage *pdf_file_page(PdfFile *file, int number);

/* Its text in reading order, UTF-8 if poppler keeps its word, with a line end behind each line. *places:
 * where each character of it stands, *n of them; fewer where poppler loses count. `entries`: with the letters
 * of what lies on the page, too. The caller frees both. To `rules` (of PdfRectangle, or NULL) are appended
 * the level and upright lines that are drawn, as narrow boxes: at most 5000. */
char *pdf_page_text(PdfPage *page, gboolean entries, PdfRectangle **places, guint *n, GArray *rules);

/* Fields of forms, then texts typed as notes and stamps, in the order of the file (of PdfEntry*). At most
 * 1000 of each; the caller unrefs. */
GPtrArray *pdf_page_entries(PdfPage *page);

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
