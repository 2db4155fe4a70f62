#include "parsers/biff.h"

#include <string.h>

#include "parsers/biff_book.h"
#include "parsers/biff_crypt.h"
#include "parsers/limits.h"
#include "parsers/number_format.h"
#include "parsers/ole2.h"
#include "parsers/ole2_objects.h"
#include "parsers/symbols.h"

#define SHEETS_MAX   1000     /* named ones */
#define STRINGS_MAX  1000000  /* shared ones */
#define RECORDS_MAX  20000000 /* of a stream */
#define FORMATS_MAX  5000
#define HEAD_RECORDS 200   /* looked at for a password: it stands right behind the first */
#define XFS_MAX      65536 /* also of fonts */

/* Kinds of substreams (MS-XLS 2.4.21). */
enum {
    KIND_GLOBALS = 0x0005,
    KIND_SHEET = 0x0010,
    KIND_CHART = 0x0020,
    KIND_MACROS = 0x0040,
    KIND_BOOK_4 = 0x0100
};

#define SHEET_MACROS 1 /* kind of a sheet in the list of them: a program of Excel 4 */

/* --- globals ---------------------------------------------------------------------------------- */

const char *biff_font(const BiffBook *book, guint number)
{
    if (number > 4) number--; /* there is no number 4 (MS-XLS 2.5.129) */
    return number < book->fonts->len ? book->fonts->pdata[number] : NULL;
}

static void on_font(BiffBook *book, const BiffStream *stream, const BiffRecord *record)
{
    if (book->version < 5 || book->fonts->len >= XFS_MAX) return;
    g_autofree char *name = biff_string(book, stream, record, 14, 1);
    g_ptr_array_add(book->fonts, (gpointer)symbol_font(name, strlen(name)));
}

/* The text with the characters of symbol fonts as they look. Takes the text. */
static char *in_fonts(const BiffBook *book, char *text, const GArray *runs)
{
    gboolean any = FALSE;
    for (guint r = 0; r < runs->len && !any; r++)
        any = biff_font(book, g_array_index(runs, BiffRun, r).font) != NULL;
    if (!any) return text;
    GString *out = g_string_new(NULL);
    const char *font = NULL;
    guint unit = 0, r = 0;
    for (const char *p = text; *p; p = g_utf8_next_char(p)) {
        for (; r < runs->len && g_array_index(runs, BiffRun, r).begin <= unit; r++)
            font = biff_font(book, g_array_index(runs, BiffRun, r).font);
        gunichar c = g_utf8_get_char(p);
        const char *known = font ? symbol_text(font, c) : NULL;
        if (known)
            g_string_append(out, known);
        else
            g_string_append_unichar(out, c);
        unit += c > 0xFFFF ? 2 : 1;
    }
    g_free(text);
    return g_string_free(out, FALSE);
}

static void on_shared_strings(BiffBook *book, const BiffStream *stream, const BiffRecord *record)
{
    guint32 n = biff_u32(record, 4);
    BiffBody body = biff_body(stream, record, 8);
    g_autoptr (GArray) runs = g_array_new(FALSE, FALSE, sizeof(BiffRun));
    for (guint32 i = 0; i < n && i < STRINGS_MAX; i++) {
        guint length = biff_body_u16(&body);
        g_array_set_size(runs, 0);
        char *text = biff_body_string(&body, length, runs);
        if (body.over && !*text) {
            g_free(text);
            return;
        }
        if (runs->len > 0) g_hash_table_add(book->rich, GUINT_TO_POINTER(book->strings->len));
        g_ptr_array_add(book->strings, in_fonts(book, text, runs));
    }
}

static void on_format(BiffBook *book, const BiffStream *stream, const BiffRecord *record)
{
    if (book->formats_seen >= FORMATS_MAX) return;
    guint number = book->version >= 5 ? biff_u16(record, 0) : book->formats_seen;
    gsize at = book->version >= 4 ? 2 : 0;
    char *code = biff_string(book, stream, record, at, book->version >= 8 ? 2 : 1);
    g_hash_table_insert(book->formats, GUINT_TO_POINTER(number), code);
    book->formats_seen++;
}

static void on_xf(BiffBook *book, const BiffRecord *record)
{
    const guint16 format = (guint16)(book->version >= 5 ? biff_u16(record, 2) : biff_u8(record, 1));
    const guint16 font = (guint16)(book->version >= 5 ? biff_u16(record, 0) : 0);
    if (book->xfs->len >= XFS_MAX) return;
    g_array_append_val(book->xfs, format);
    g_array_append_val(book->xf_fonts, font);
}

static void on_sheet_name(BiffBook *book, const BiffStream *stream, const BiffRecord *record)
{
    BiffSheet sheet = {.offset = biff_u32(record, 0), .hidden = (biff_u8(record, 4) & 3) != 0};
    if (book->sheets->len >= SHEETS_MAX) return;
    sheet.name = biff_string(book, stream, record, 6, 1);
    book->macro |= biff_u8(record, 5) == SHEET_MACROS;
    g_array_append_val(book->sheets, sheet);
}

/* What the book says about all sheets; others are ignored. */
static void on_global(BiffBook *book, const BiffStream *stream, const BiffRecord *record)
{
    switch (record->type) {
    case BIFF_CODEPAGE: book->codepage = biff_u16(record, 0); break;
    case BIFF_DATEMODE: book->date1904 = biff_u16(record, 0) == 1; break;
    case BIFF_BOUNDSHEET: on_sheet_name(book, stream, record); break;
    case BIFF_SST: on_shared_strings(book, stream, record); break;
    case BIFF_FONT: on_font(book, stream, record); break;
    case 0x001E:
    case BIFF_FORMAT: on_format(book, stream, record); break;
    case 0x0243:
    case 0x0443:
    case BIFF_XF: on_xf(book, record); break;
    case BIFF_MSODRAWINGGROUP: book->picture = TRUE; break;
    default: break;
    }
}

/* --- substreams ------------------------------------------------------------------------------- */

static guint version_of(const BiffRecord *bof)
{
    switch (bof->type) {
    case 0x0009: return 2;
    case 0x0209: return 3;
    case 0x0409: return 4;
    case BIFF_BOF: return biff_u16(bof, 0) == 0x0600 ? 8 : 5;
    default: return 0;
    }
}

gboolean biff_is_stream(const guint8 *data, gsize length)
{
    static const struct {
        guint type;
        gsize shortest, longest; /* body */
    } kinds[] = {{0x0009, 4, 4}, {0x0209, 6, 6}, {0x0409, 6, 6}, {BIFF_BOF, 8, 16}};
    BiffStream stream = {.data = data, .length = length};
    BiffRecord bof;
    if (!biff_next(&stream, &bof) || stream.cut) return FALSE;
    guint kind = biff_u16(&bof, 2);
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (bof.type == kinds[i].type && bof.length >= kinds[i].shortest && bof.length <= kinds[i].longest)
            return kind == KIND_GLOBALS || kind == KIND_SHEET || kind == KIND_CHART || kind == KIND_MACROS ||
                   kind == KIND_BOOK_4;
    return FALSE;
}

static void begin_sheet(BiffBook *book, gsize offset)
{
    for (guint i = 0; i < book->sheets->len; i++) {
        const BiffSheet *sheet = &g_array_index(book->sheets, BiffSheet, i);
        if (sheet->offset != offset) continue;
        sheets_begin(book->out, sheet->name, sheet->hidden);
        return;
    }
    sheets_begin(book->out, "", FALSE);
}

/* Where the next sheet begins, if what comes behind one is no substream. */
static gboolean find_next_sheet(const BiffBook *book, BiffStream *stream)
{
    gsize next = stream->length;
    for (guint i = 0; i < book->sheets->len; i++) {
        gsize offset = g_array_index(book->sheets, BiffSheet, i).offset;
        if (offset >= stream->at && offset < next) next = offset;
    }
    stream->at = next;
    return next < stream->length;
}

/* Walks through the stream once. Substreams may lie in each other (charts in sheets, sheets in the book of
 * BIFF4): text counts in all of them. FALSE if it ends before its time. */
static gboolean walk(BiffBook *book, BiffStream *stream)
{
    guint depth = 0, charts = 0; /* charts: the depth at which one began, 0 if none */
    BiffRecord record;
    for (guint n = 0; n < RECORDS_MAX && biff_next(stream, &record); n++) {
        guint version = version_of(&record), kind = biff_u16(&record, 2);
        if (version > 0) {
            depth++;
            if (book->version < 5) book->version = version; /* Excel 5 says 8 in front of its sheets */
            if (kind == KIND_CHART && charts == 0) charts = depth;
            if (charts == 0 && kind != KIND_GLOBALS && kind != KIND_BOOK_4) begin_sheet(book, record.offset);
        } else if (depth == 0) {
            stream->at = record.offset;
            if (!find_next_sheet(book, stream)) return TRUE;
            if (stream->at == record.offset) stream->at++; /* no BOF there, though the book says so */
        } else if (record.type == BIFF_EOF) {
            if (charts == depth) charts = 0;
            depth--;
        } else if (charts == 0) {
            on_global(book, stream, &record);
            if (!biff_sheet_record(book, stream, &record)) return TRUE;
        }
        if (stream->cut) return FALSE;
    }
    return TRUE;
}

/* --- reading ---------------------------------------------------------------------------------- */

static void sheet_clear(gpointer data)
{
    g_free(((BiffSheet *)data)->name);
}

static void report(FactsAttachment *attachment, const BiffBook *book, gboolean whole, gboolean empty)
{
    if (book->macro) facts_add_problem(attachment->problems, "macro", "a sheet is a program");
    if (!whole)
        facts_add_problem(attachment->problems, "damaged", "the workbook ends in the middle");
    else if (book->version == 0)
        facts_add_problem(attachment->problems, "damaged", "the workbook stream does not begin as one");
    else if (empty && book->picture)
        facts_add_problem(attachment->problems, "scanned-only", "pictures or objects, and no text");
    else if (empty)
        facts_add_problem(attachment->problems, "empty-document", "no cell shows anything");
}

/* The stream in the clear: itself, or decrypted; NULL if that needs a password. */
static GBytes *clear_stream(GBytes *bytes)
{
    BiffStream stream = {0};
    BiffRecord record;
    stream.data = g_bytes_get_data(bytes, &stream.length);
    for (int i = 0; i < HEAD_RECORDS && biff_next(&stream, &record) && record.type != BIFF_EOF; i++)
        if (record.type == BIFF_FILEPASS) return biff_decrypt(bytes, &record);
    return g_bytes_ref(bytes);
}

static void read_stream(FactsAttachment *attachment, GBytes *bytes, GBytes *controls, gboolean whole)
{
    g_autoptr (GBytes) clear = clear_stream(bytes);
    if (!clear) {
        facts_add_problem(attachment->problems, "encrypted", "a password is needed");
        return;
    }
    BiffStream stream = {0};
    stream.data = g_bytes_get_data(clear, &stream.length);
    BiffBook book = {.codepage = 1252, .out = sheets_new(), .controls = controls};
    book.strings = g_ptr_array_new_with_free_func(g_free);
    book.formats = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    book.rich = g_hash_table_new(NULL, NULL);
    book.fonts = g_ptr_array_new();
    book.xf_fonts = g_array_new(FALSE, FALSE, sizeof(guint16));
    book.xfs = g_array_new(FALSE, FALSE, sizeof(guint16));
    book.sheets = g_array_new(FALSE, FALSE, sizeof(BiffSheet));
    g_array_set_clear_func(book.sheets, sheet_clear);
    whole &= walk(&book, &stream);
    gboolean empty = sheets_empty(book.out) && attachment->children->len == 0;
    sheets_finish(book.out, attachment);
    report(attachment, &book, whole, empty);
    sheets_free(book.out);
    g_ptr_array_unref(book.strings);
    g_hash_table_unref(book.formats);
    g_array_free(book.xfs, TRUE);
    g_hash_table_unref(book.rich);
    g_ptr_array_unref(book.fonts);
    g_array_free(book.xf_fonts, TRUE);
    g_array_free(book.sheets, TRUE);
}

void biff_read(FactsAttachment *attachment, GBytes *bytes)
{
    gsize length;
    const guint8 *data = g_bytes_get_data(bytes, &length);
    if (biff_is_stream(data, length)) {
        read_stream(attachment, bytes, NULL, TRUE);
        return;
    }
    const char *why = NULL;
    g_autoptr (Ole2) ole2 = ole2_open(bytes, &why);
    gboolean whole = TRUE;
    g_autoptr (GBytes) stream = ole2 ? ole2_stream(ole2, "Workbook", &whole) : NULL;
    if (ole2 && !stream) stream = ole2_stream(ole2, "Book", &whole);
    if (ole2 && stream) ole2_objects(attachment, ole2);
    g_autoptr (GBytes) controls = ole2 && stream ? ole2_stream(ole2, "Ctls", NULL) : NULL;
    if (stream)
        read_stream(attachment, stream, controls, whole);
    else
        facts_add_problem(attachment->problems, "damaged", why ? why : "there is no workbook in it");
}
