/* Records of one worksheet: its cells as they are shown. */
#include <string.h>

#include "parsers/biff_book.h"
#include "parsers/codepage.h"
#include "parsers/number_format.h"
#include "parsers/symbols.h"

#define CELL_HEAD   6 /* bytes: row, column, format */
#define CELL_HEAD_2 7 /* BIFF2: row, column, three bytes of attributes */

/* --- text ------------------------------------------------------------------------------------- */

/* Text of 8 bits in the code page of the book, which is not believed of Chinese text that is said to be
 * Western. */
static char *text_of_bytes(const BiffBook *book, const guint8 *bytes, gsize length)
{
    return codepage_to_utf8(bytes, length, book->codepage);
}

char *biff_string(const BiffBook *book, const BiffStream *stream, const BiffRecord *record, gsize offset,
                  guint size)
{
    gsize length = size == 1 ? biff_u8(record, offset) : biff_u16(record, offset);
    offset += size;
    if (book->version >= 8) {
        BiffBody body = biff_body(stream, record, offset);
        return length ? biff_body_string(&body, length, NULL) : g_strdup("");
    }
    if (offset >= record->length) return g_strdup("");
    return text_of_bytes(book, record->data + offset, MIN(length, record->length - offset));
}

/* --- cells ------------------------------------------------------------------------------------ */

typedef struct CellHead {
    guint row, column, xf;
    gsize length; /* where the value begins */
} CellHead;

static CellHead cell_head(const BiffBook *book, const BiffRecord *record)
{
    CellHead head = {biff_u16(record, 0), biff_u16(record, 2), biff_u16(record, 4), CELL_HEAD};
    if (book->version == 2) {
        head.xf = biff_u8(record, 5) & 0x3F; /* there, the number of the format itself */
        head.length = CELL_HEAD_2;
    }
    return head;
}

static const char *format_code(const BiffBook *book, guint xf)
{
    guint format = book->version == 2 ? xf : xf < book->xfs->len ? g_array_index(book->xfs, guint16, xf) : 0;
    const char *code = g_hash_table_lookup(book->formats, GUINT_TO_POINTER(format));
    return code ? code : number_format_builtin(format);
}

static gboolean put_number(BiffBook *book, const CellHead *head, double value)
{
    const char *code = format_code(book, head->xf);
    gboolean general = !code || strcmp(code, "General") == 0 || strcmp(code, "G/通用格式") == 0;
    return sheets_number(book->out, head->row, head->column, value, general ? NULL : code, book->date1904);
}

/* The font of the cell, if it is one of symbols; else NULL. */
static const char *font_of(const BiffBook *book, guint xf)
{
    return xf < book->xf_fonts->len ? biff_font(book, g_array_index(book->xf_fonts, guint16, xf)) : NULL;
}

static gboolean put_text_in(BiffBook *book, const CellHead *head, const char *font, const char *text)
{
    g_autofree char *symbols = font ? symbol_string(font, text, strlen(text)) : NULL;
    g_autofree char *shown = number_format_text(symbols ? symbols : text, format_code(book, head->xf));
    return sheets_cell(book->out, head->row, head->column, shown);
}

static gboolean put_text(BiffBook *book, const CellHead *head, const char *text)
{
    return put_text_in(book, head, font_of(book, head->xf), text);
}

static gboolean put_error(BiffBook *book, const CellHead *head, guint error)
{
    static const struct {
        guint code;
        const char *text;
    } errors[] = {{0x00, "#NULL!"}, {0x07, "#DIV/0!"}, {0x0F, "#VALUE!"}, {0x17, "#REF!"},
                  {0x1D, "#NAME?"}, {0x24, "#NUM!"},   {0x2A, "#N/A"},    {0x2B, "#GETTING_DATA"}};
    for (gsize i = 0; i < G_N_ELEMENTS(errors); i++)
        if (errors[i].code == error) return sheets_cell(book->out, head->row, head->column, errors[i].text);
    return sheets_cell(book->out, head->row, head->column, "#ERR");
}

static gboolean put_boolean(BiffBook *book, const CellHead *head, guint value)
{
    return sheets_cell(book->out, head->row, head->column, value ? "TRUE" : "FALSE");
}

/* MS-XLS 2.5.217: 30 bits of a whole number or of the head of a double, either perhaps times 100. */
static double rk_value(guint32 rk)
{
    double value;
    if (rk & 2) {
        value = (double)((gint32)(rk & ~3u) / 4);
    } else {
        guint64 bits = (guint64)(rk & ~3u) << 32;
        memcpy(&value, &bits, sizeof value);
    }
    return rk & 1 ? value / 100 : value;
}

static gboolean on_mulrk(BiffBook *book, const BiffRecord *record)
{
    CellHead head = {.row = biff_u16(record, 0), .column = biff_u16(record, 2)};
    for (gsize at = 4; at + 8 <= record->length; at += 6, head.column++) { /* the last column comes behind */
        head.xf = biff_u16(record, at);
        if (!put_number(book, &head, rk_value(biff_u32(record, at + 2)))) return FALSE;
    }
    return TRUE;
}

/* MS-XLS 2.5.133: a double, or with its last two bytes 0xFF: text (in a record to come), boolean, error,
 * empty. */
static gboolean on_formula(BiffBook *book, const BiffRecord *record)
{
    const CellHead head = cell_head(book, record);
    if (record->length < head.length + 8) return TRUE;
    if (biff_u16(record, head.length + 6) != 0xFFFF)
        return put_number(book, &head, biff_double(record, head.length));
    switch (biff_u8(record, head.length)) {
    case 0:
        book->awaits = TRUE;
        book->await_row = head.row;
        book->await_column = head.column;
        book->await_xf = head.xf;
        return TRUE;
    case 1: return put_boolean(book, &head, biff_u8(record, head.length + 2));
    case 2: return put_error(book, &head, biff_u8(record, head.length + 2));
    default: return TRUE;
    }
}

static gboolean on_result(BiffBook *book, const BiffStream *stream, const BiffRecord *record)
{
    if (!book->awaits) return TRUE;
    book->awaits = FALSE;
    const CellHead head = {.row = book->await_row, .column = book->await_column, .xf = book->await_xf};
    g_autofree char *text = biff_string(book, stream, record, 0, book->version == 2 ? 1 : 2);
    return put_text(book, &head, text);
}

static gboolean on_label(BiffBook *book, const BiffStream *stream, const BiffRecord *record)
{
    const CellHead head = cell_head(book, record);
    g_autofree char *text = biff_string(book, stream, record, head.length, book->version == 2 ? 1 : 2);
    return put_text(book, &head, text);
}

static gboolean on_shared_label(BiffBook *book, const BiffRecord *record)
{
    const CellHead head = cell_head(book, record);
    guint32 index = biff_u32(record, head.length);
    gboolean rich = g_hash_table_contains(book->rich, GUINT_TO_POINTER(index));
    if (index >= book->strings->len) return TRUE;
    return put_text_in(book, &head, rich ? NULL : font_of(book, head.xf), book->strings->pdata[index]);
}

static gboolean on_boolean_or_error(BiffBook *book, const BiffRecord *record)
{
    const CellHead head = cell_head(book, record);
    guint value = biff_u8(record, head.length);
    return biff_u8(record, head.length + 1) ? put_error(book, &head, value) : put_boolean(book, &head, value);
}

/* --- other things ----------------------------------------------------------------------------- */

static void on_merged(BiffBook *book, const BiffRecord *record)
{
    guint n = biff_u16(record, 0);
    for (gsize i = 0, at = 2; i < n && at + 8 <= record->length; i++, at += 8)
        sheets_merge(book->out, biff_u16(record, at), biff_u16(record, at + 4), biff_u16(record, at + 2),
                     biff_u16(record, at + 6));
}

static void on_header(BiffBook *book, const BiffStream *stream, const BiffRecord *record)
{
    if (record->length < 2) return;
    g_autofree char *code = biff_string(book, stream, record, 0, book->version >= 8 ? 2 : 1);
    sheets_header(book->out, code);
}

gboolean biff_sheet_record(BiffBook *book, const BiffStream *stream, const BiffRecord *record)
{
    switch (record->type) {
    case BIFF_LABELSST: return on_shared_label(book, record);
    case 0x0004:
    case BIFF_LABEL:
    case BIFF_RSTRING: return on_label(book, stream, record);
    case 0x0003:
    case BIFF_NUMBER: {
        const CellHead head = cell_head(book, record);
        return record->length < head.length + 8 || put_number(book, &head, biff_double(record, head.length));
    }
    case 0x0002: { /* whole number of BIFF2 */
        const CellHead head = cell_head(book, record);
        return put_number(book, &head, biff_u16(record, head.length));
    }
    case 0x007E:
    case BIFF_RK: {
        const CellHead head = cell_head(book, record);
        return put_number(book, &head, rk_value(biff_u32(record, head.length)));
    }
    case BIFF_MULRK: return on_mulrk(book, record);
    case BIFF_FORMULA:
    case 0x0206:
    case 0x0406: return on_formula(book, record);
    case 0x0007:
    case BIFF_STRING: return on_result(book, stream, record);
    case 0x0005:
    case BIFF_BOOLERR: return on_boolean_or_error(book, record);
    case BIFF_MERGEDCELLS: on_merged(book, record); return TRUE;
    case BIFF_TXO: biff_text_box(book, stream, record); return TRUE;
    case BIFF_HEADER:
    case BIFF_FOOTER: on_header(book, stream, record); return TRUE;
    case BIFF_IMDATA: book->picture = TRUE; return TRUE;
    case BIFF_MSODRAWING: biff_drawing(book, record); return TRUE;
    case BIFF_OBJ: biff_object(book, record); return TRUE;
    default: return TRUE;
    }
}
