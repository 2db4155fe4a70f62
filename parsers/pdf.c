#include "parsers/pdf.h"

#include <string.h>

#include "parsers/archive.h"
#include "parsers/limits.h"
#include "parsers/pdf_file.h"
#include "parsers/pdf_layout.h"
#include "parsers/pdf_spread.h"
#include "parsers/textout.h"

enum {
    SPARSE_CHARS = 16,    /* characters a page below which a page that has pictures counts as scanned */
    LOOK_PAGES = 10,      /* pages that are drawn, or asked what is drawn on them */
    FILES_MAX = 100,      /* embedded files read of one document */
    TAIL_BYTES = 64 << 10 /* the end of the file must be in its last bytes */
};

typedef struct Pdf {
    FactsAttachment *attachment;
    PdfFile *file;
    TextOut *out;
    GPtrArray *rows;  /* of GPtrArray of char*: label and value, by where they stand */
    gsize cells_left; /* of tables */
    int pages;        /* that were read */
    gsize chars;      /* characters of them that are not white space */
    int looked;       /* pages that were drawn for the sake of what lies on them */
    int lost;         /* pages that could not be opened */
    GPtrArray *held;  /* of PdfGrid*: a table at the end of the page, which may go on on the next one */
    GString *beside;  /* what stands above and below it on those pages: their numbers */
} Pdf;

/* --- text ------------------------------------------------------------------------------------- */

static void count_letters(Pdf *pdf, const char *text)
{
    for (const char *p = text; *p; p = g_utf8_next_char(p))
        pdf->chars += !g_unichar_isspace(g_utf8_get_char(p));
}

static void put_lines(Pdf *pdf, const char *text, gsize length)
{
    for (const char *end = text + length; text < end;) {
        gsize n = MIN(strcspn(text, "\r\n\f\v\x01\x02"), (gsize)(end - text));
        textout_text(pdf->out, text, n);
        text += n;
        if (text == end) break;
        if (*text != '\x01' && *text != '\x02') textout_paragraph(pdf->out);
        text++;
    }
}

/* --- tables ----------------------------------------------------------------------------------- */

static void put_held(Pdf *pdf)
{
    if (pdf->held->len > 0) pdf_grids_put(pdf->held, pdf->out);
    g_ptr_array_set_size(pdf->held, 0);
    if (pdf->beside->len > 0) put_lines(pdf, pdf->beside->str, pdf->beside->len);
    if (pdf->beside->len > 0) textout_paragraph(pdf->out);
    g_string_truncate(pdf->beside, 0);
}

static const PdfGrid *last_held(const Pdf *pdf)
{
    return pdf->held->len > 0 ? pdf->held->pdata[pdf->held->len - 1] : NULL;
}

/* The number of a page, or nothing: 第 2 页 共 3 页, - 2 -. */
static gboolean is_number_of_page(const char *text, gsize length)
{
    enum { LONGEST = 60 }; /* bytes */
    static const char others[] = "第页頁共/-—–·~()（）";
    if (length > LONGEST) return FALSE;
    for (const char *p = text; p < text + length; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (!g_unichar_isspace(c) && !g_unichar_isdigit(c) && !g_utf8_strchr(others, -1, c)) return FALSE;
    }
    return TRUE;
}

/* A table that may be part of the one that is held waits with it; else that goes first. */
static void hold(Pdf *pdf, PdfGrid *grid, gboolean first, GPtrArray *grids)
{
    guint index;
    const PdfGrid *last = last_held(pdf);
    if (last && !(first && pdf_grid_continues(last, grid))) put_held(pdf);
    if (g_ptr_array_find(grids, grid, &index))
        g_ptr_array_add(pdf->held, g_ptr_array_steal_index(grids, index));
}

/* Takes the tables out of `grids` that the text of the page has. */
static void put_page(Pdf *pdf, const PdfLayout *layout, GPtrArray *grids)
{
    const char *text = pdf_layout_text(layout);
    for (guint n = 0;; n++) {
        gsize length = strcspn(text, (const char[]){PDF_LAYOUT_GRID, '\0'});
        gboolean last = text[length] == '\0', number = is_number_of_page(text, length);
        if (pdf->held->len > 0 && number && (n == 0 || last)) {
            g_string_append_len(pdf->beside, text, (gssize)length);
        } else {
            put_held(pdf);
            put_lines(pdf, text, length);
        }
        if (last) break;
        hold(pdf, pdf_layout_grid(layout, n), n == 0, grids);
        text += length + 1;
    }
    if (pdf->held->len == 0) textout_paragraph(pdf->out);
}

/* A label that only the file knows is as good as a printed one; a box that has nothing else is nothing. */
static void put_marks(Pdf *pdf, const GPtrArray *marks)
{
    for (guint i = 0; i < marks->len; i++) {
        const PdfMark *mark = marks->pdata[i];
        if (!mark->text || !mark->label) continue;
        g_autofree char *boxed = mark->box ? g_strconcat(mark->text, mark->label, NULL) : NULL;
        if (!mark->box)
            pdf_layout_add_row(pdf->rows, mark->label, mark->text);
        else if (!mark->woven) {
            count_letters(pdf, boxed);
            put_held(pdf);
            put_lines(pdf, boxed, strlen(boxed));
            textout_paragraph(pdf->out);
        }
    }
}

static void read_page(Pdf *pdf, PdfPage *page)
{
    g_autoptr (GPtrArray) marks = pdf_marks_read(page);
    g_autoptr (GArray) rules = g_array_new(FALSE, FALSE, sizeof(PdfRectangle));
    PdfLetters letters = pdf_letters_read(page, rules);
    if (pdf_marks_unknown(marks) && pdf->looked < LOOK_PAGES && !pdf_file_is_late(pdf->file)) {
        pdf->looked++;
        pdf_marks_look(marks, page, &letters);
    }
    pdf_marks_weave(marks, &letters);
    count_letters(pdf, letters.text);
    g_autoptr (GPtrArray) grids = pdf_grids_find(rules, &letters, last_held(pdf));
    pdf_spread_gather(&letters, grids);
    PdfLayout *layout = pdf_layout_new(&letters, grids, pdf->attachment->tables, &pdf->cells_left);
    put_page(pdf, layout, grids);
    pdf_layout_rows(layout, pdf->rows);
    pdf_layout_free(layout);
    pdf_letters_clear(&letters);
    put_marks(pdf, marks);
}

static void read_pages(Pdf *pdf)
{
    int n = pdf_file_n_pages(pdf->file);
    GPtrArray *problems = pdf->attachment->problems;
    for (int i = 0; i < n; i++) {
        const char *over = textout_is_full(pdf->out) ? ""
                           : i >= LIMIT_PDF_PAGES    ? "more pages than the limit: the rest was not read"
                                                     : NULL;
        if (over && *over) facts_add_problem(problems, "truncated", over); /* TextOut speaks for itself */
        PdfPage *page = over ? NULL : pdf_file_page(pdf->file, i);
        if (over || (!page && pdf_file_is_late(pdf->file))) return;
        pdf->pages++;
        if (page)
            read_page(pdf, page);
        else
            pdf->lost++;
    }
}

/* --- what there is besides text --------------------------------------------------------------- */

static gboolean any_page(Pdf *pdf, gboolean (*has)(PdfPage *page))
{
    gboolean any = FALSE;
    for (int i = 0; i < MIN(pdf->pages, LOOK_PAGES) && !any && !pdf_file_is_late(pdf->file); i++) {
        PdfPage *page = pdf_file_page(pdf->file, i);
        any = page && has(page);
    }
    return any;
}

static void report_nothing_found(Pdf *pdf)
{
    GPtrArray *problems = pdf->attachment->problems;
    if (any_page(pdf, pdf_page_has_picture))
        facts_add_problem(problems, "scanned-only", "pictures, and next to no text");
    else if (pdf->chars == 0 && any_page(pdf, pdf_page_has_ink))
        facts_add_problem(problems, "scanned-only", "drawings, and no text");
    else if (pdf->chars == 0 && pdf->attachment->children->len == 0 && !pdf_file_is_late(pdf->file))
        facts_add_problem(problems, "empty-document", "nothing on its pages");
}

/* --- embedded files --------------------------------------------------------------------------- */

static gboolean take_bytes(const char *data, gsize n, gpointer user)
{
    GByteArray *content = user;
    if (!unpack_spend(n) || content->len + n > LIMIT_MAIL_BYTES) return FALSE;
    g_byte_array_append(content, (const guint8 *)data, (guint)n);
    return TRUE;
}

/* FALSE if it is not there. */
static gboolean read_file(Pdf *pdf, guint number)
{
    g_autofree char *name = NULL;
    g_autoptr (GByteArray) content = g_byte_array_new();
    gboolean whole;
    if (!pdf_file_read_file(pdf->file, number, &name, &whole, take_bytes, content)) return FALSE;
    UnpackMember *member = unpack_member_new(name ? name : "");
    if (whole)
        member->content = g_byte_array_free_to_bytes(g_steal_pointer(&content));
    else
        unpack_member_fault(member, "archive-bomb", "over the limit");
    archive_add_child(pdf->attachment, member, NULL, NULL);
    unpack_member_free(member);
    return TRUE;
}

static void read_files(Pdf *pdf)
{
    const guint n = pdf_file_n_files(pdf->file);
    if (n == 0 || !archive_enter(pdf->attachment)) return;
    for (guint i = 0, read = 0; i < n && read < FILES_MAX; i++) read += read_file(pdf, i) ? 1 : 0;
    archive_leave();
}

/* --- all -------------------------------------------------------------------------------------- */

/* poppler mends what is cut off without a word. */
static gboolean is_cut(GBytes *bytes)
{
    gsize length;
    const char *data = g_bytes_get_data(bytes, &length);
    gsize tail = MIN(length, TAIL_BYTES);
    return !memmem(data + length - tail, tail, "startxref", 9) &&
           !memmem(data + length - tail, tail, "%%EOF", 5);
}

/* A font may not say which letters its glyphs are. Their numbers are given for letters then, and those of
 * spaces and figures, which come first in fonts, are controls: no text has one in twenty-five. */
static gboolean is_gibberish(const char *text)
{
    enum { SOME = 2, SHARE = 25 };
    gsize letters = 0, controls = 0;
    for (; *text; text = g_utf8_next_char(text)) {
        const gunichar c = g_utf8_get_char(text);
        if (g_unichar_isspace(c)) continue;
        letters++;
        controls += g_unichar_iscntrl(c);
    }
    return controls > SOME && controls * SHARE > letters;
}

static void report(Pdf *pdf, GBytes *bytes)
{
    GPtrArray *problems = pdf->attachment->problems;
    if (pdf->pages == pdf->lost)
        facts_add_problem(problems, "damaged", "no page can be read");
    else if (pdf->lost > 0)
        facts_add_problem(problems, "damaged", "some pages cannot be read");
    else if (is_cut(bytes))
        facts_add_problem(problems, "damaged", "the end of the file is missing");
    else if (is_gibberish(pdf->attachment->text))
        facts_add_problem(problems, "scanned-only", "its fonts do not say which letters they show");
    else if (pdf->chars < (gsize)pdf->pages * SPARSE_CHARS)
        report_nothing_found(pdf);
    if (pdf_file_is_late(pdf->file))
        facts_add_problem(problems, "truncated",
                          "reading takes too long: the last pages were not read, or not as a whole");
}

void pdf_read(FactsAttachment *attachment, GBytes *bytes)
{
    gsize length = 0;
    const char *data = g_bytes_get_data(bytes, &length), *why = NULL;
    gboolean locked = FALSE;
    g_autoptr (PdfFile) file = pdf_file_open(data, length, LIMIT_PDF_SECONDS, &why, &locked);
    if (!file) {
        facts_add_problem(attachment->problems, locked ? "encrypted" : "damaged",
                          locked ? "a password is needed" : why);
        return;
    }
    g_autoptr (TextOut) out = textout_new();
    textout_laid_out(out);
    g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
    g_autoptr (GPtrArray) held = g_ptr_array_new_with_free_func(pdf_grid_free);
    g_autoptr (GString) beside = g_string_new(NULL);
    Pdf pdf = {.attachment = attachment,
               .file = file,
               .out = out,
               .rows = rows,
               .cells_left = LIMIT_TABLE_CELLS,
               .held = held,
               .beside = beside};
    read_pages(&pdf);
    put_held(&pdf);
    textout_finish(out, attachment);
    pdf_layout_fields(rows, attachment->text, attachment->fields);
    read_files(&pdf);
    report(&pdf, bytes);
}
