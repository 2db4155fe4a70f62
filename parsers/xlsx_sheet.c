/* The cells of one worksheet (ECMA-376 part 1, 18.3). */
#include <stdlib.h>
#include <string.h>

#include "parsers/number_format.h"
#include "parsers/symbols.h"
#include "parsers/xlsx_parts.h"

#define ROWS_MAX     1048576 /* of a sheet */
#define COLUMNS_MAX  16384
#define CONTROLS_MAX 1000  /* of a sheet */
#define DAYS_1970    25569 /* the serial number of 1970-01-01 */
#define DAYS_1904    1462  /* between the two ways to count days */

enum { NOTHING, ROW, CELL, VALUE, INLINE, TEXT, PHONETIC, MERGE, FONT, FORMULA, HEADER, CONTROL };

typedef enum CellType { NUMBER, SHARED, STRING, INLINE_STRING, BOOLEAN, FAULT, DATE } CellType;

typedef struct Sheet {
    XlsxBook *book;
    guint row, column; /* of the present cell; of the next one where the file does not say */
    CellType type;
    const char *format; /* NULL for General */
    const char *font;   /* of the cell or run, if it is one of symbols; else NULL */
    GString *value;
    guint taking, skipping; /* elements open whose text is, and is not, of the value */
    gboolean in_cell;
    GString *other; /* the formula of the cell, or a header or footer of the sheet */
    gboolean taking_other;
} Sheet;

static int code_of(const char *uri, const char *name)
{
    static const XmlName names[] = {{"row", ROW},
                                    {"c", CELL},
                                    {"v", VALUE},
                                    {"is", INLINE},
                                    {"t", TEXT},
                                    {"rPh", PHONETIC},
                                    {"mergeCell", MERGE},
                                    {"rFont", FONT},
                                    {"f", FORMULA},
                                    {"oddHeader", HEADER},
                                    {"oddFooter", HEADER},
                                    {"evenHeader", HEADER},
                                    {"evenFooter", HEADER},
                                    {"firstHeader", HEADER},
                                    {"firstFooter", HEADER},
                                    {"control", CONTROL},
                                    {NULL, 0}};
    return xml_code_in(names, name);
}

/* --- references ------------------------------------------------------------------------------- */

/* "BC23" or "$BC$23" at *p, which is moved behind it. FALSE if it is none, or is off the sheet. */
static gboolean read_reference(const char **p, const char *end, guint *row, guint *column)
{
    guint64 letters = 0, digits = 0;
    const char *at = *p;
    at += at < end && *at == '$';
    for (; at < end && g_ascii_isalpha(*at) && letters <= COLUMNS_MAX; at++)
        letters = letters * 26 + (guint64)(g_ascii_toupper(*at) - 'A' + 1);
    at += at < end && *at == '$';
    for (; at < end && g_ascii_isdigit(*at) && digits <= ROWS_MAX; at++)
        digits = digits * 10 + (guint64)(*at - '0');
    if (letters == 0 || digits == 0 || letters > COLUMNS_MAX || digits > ROWS_MAX) return FALSE;
    *p = at;
    *row = (guint)digits - 1;
    *column = (guint)letters - 1;
    return TRUE;
}

static guint64 whole_number(const XmlAttributes *attributes, const char *name, guint64 otherwise)
{
    gsize length;
    guint64 number = 0;
    const char *at = xml_attribute_raw(attributes, name, &length);
    if (length == 0 || length > 10) return otherwise;
    for (gsize i = 0; i < length; i++) {
        if (!g_ascii_isdigit(at[i])) return otherwise;
        number = number * 10 + (guint64)(at[i] - '0');
    }
    return number;
}

/* --- values ----------------------------------------------------------------------------------- */

/* As it stands in the file, where that is what Excel would show. */
static gboolean is_plain_number(const char *text)
{
    gsize digits = strspn(text + (*text == '-'), "0123456789");
    return digits > 0 && digits <= 15 && text[(*text == '-') + digits] == '\0' &&
           (digits == 1 || text[*text == '-'] != '0');
}

static void put_number(Sheet *sheet, const char *text)
{
    XlsxBook *book = sheet->book;
    char *end = NULL;
    gboolean plain = !sheet->format && is_plain_number(text);
    double value = plain ? 0 : g_ascii_strtod(text, &end);
    if (plain || end == text || end[strspn(end, " \t\r\n")] != '\0')
        book->full |= !sheets_cell(book->sheets, sheet->row, sheet->column, text);
    else
        book->full |=
            !sheets_number(book->sheets, sheet->row, sheet->column, value, sheet->format, book->date1904);
}

/* Strict files may have dates as ISO 8601: what they say is shown under the format of the cell. */
static char *date_text(const Sheet *sheet, const char *text)
{
    g_autofree char *whole = strchr(text, 'T') ? g_strdup(text) : g_strconcat(text, "T00:00:00", NULL);
    g_autoptr (GTimeZone) zone = g_time_zone_new_utc();
    g_autoptr (GDateTime) date = g_date_time_new_from_iso8601(whole, zone);
    if (!date || !sheet->format) return g_strdup(text);
    double days = (double)g_date_time_to_unix(date) / 86400 + DAYS_1970;
    if (sheet->book->date1904) days -= DAYS_1904;
    return number_format(days, sheet->format, sheet->book->date1904);
}

/* Only a section of its own, with "@", changes what is shown of a text. */
static char *string_text(const Sheet *sheet, const char *text)
{
    gboolean changes = sheet->format && strchr(sheet->format, '@') && strcmp(sheet->format, "@") != 0;
    return changes ? number_format_text(text, sheet->format) : g_strdup(text);
}

static char *shared_text(const Sheet *sheet, const char *index)
{
    const XlsxBook *book = sheet->book;
    char *end;
    guint64 i = g_ascii_strtoull(index, &end, 10);
    if (end == index || i >= book->strings->len) return g_strdup("");
    const char *text = book->text->str + g_array_index(book->strings, gsize, i);
    if (!sheet->font || g_hash_table_contains(book->rich, GUINT_TO_POINTER((guint)i)))
        return string_text(sheet, text);
    g_autofree char *shown = symbol_string(sheet->font, text, strlen(text));
    return string_text(sheet, shown);
}

static void put_cell(Sheet *sheet)
{
    g_autofree char *shown = NULL;
    char *value = sheet->value->str;
    switch (sheet->type) {
    case SHARED: shown = shared_text(sheet, value); break;
    case BOOLEAN: shown = g_strdup(*value == '1' || *value == 't' ? "TRUE" : *value ? "FALSE" : ""); break;
    case FAULT: shown = g_strdup(value); break;
    case DATE: shown = date_text(sheet, value); break;
    case NUMBER: put_number(sheet, value); return;
    case STRING:
    case INLINE_STRING:
        xlsx_unescape(value);
        shown = string_text(sheet, value);
        break;
    }
    sheet->book->full |= !sheets_cell(sheet->book->sheets, sheet->row, sheet->column, shown);
}

/* WPS keeps a picture in a cell as a formula whose result is its own text. */
static gboolean shows_picture(const Sheet *sheet)
{
    return strstr(sheet->other->str, "DISPIMG(") != NULL;
}

/* Programs that cannot count leave the result out; Excel finds it when the file is opened. */
static void put_formula(Sheet *sheet)
{
    g_string_prepend_c(sheet->other, '=');
    sheet->book->full |= !sheets_cell(sheet->book->sheets, sheet->row, sheet->column, sheet->other->str);
}

/* --- elements --------------------------------------------------------------------------------- */

static CellType type_of(const XmlAttributes *attributes)
{
    static const struct {
        const char *name;
        CellType type;
    } types[] = {{"s", SHARED},  {"str", STRING}, {"inlineStr", INLINE_STRING},
                 {"b", BOOLEAN}, {"e", FAULT},    {"d", DATE}};
    gsize length;
    const char *at = xml_attribute_raw(attributes, "t", &length);
    for (gsize i = 0; i < G_N_ELEMENTS(types); i++)
        if (length == strlen(types[i].name) && memcmp(at, types[i].name, length) == 0) return types[i].type;
    return NUMBER;
}

static void begin_cell(Sheet *sheet, const XmlAttributes *attributes)
{
    gsize length;
    const char *at = xml_attribute_raw(attributes, "r", &length);
    if (at) read_reference(&at, at + length, &sheet->row, &sheet->column);
    guint64 style = whole_number(attributes, "s", 0);
    const GPtrArray *formats = sheet->book->formats;
    sheet->format = style < formats->len ? formats->pdata[style] : NULL;
    const GPtrArray *fonts = sheet->book->fonts;
    sheet->font = style < fonts->len ? fonts->pdata[style] : NULL;
    sheet->type = type_of(attributes);
    sheet->in_cell = TRUE;
    g_string_truncate(sheet->value, 0);
    g_string_truncate(sheet->other, 0);
}

static void merge(Sheet *sheet, const XmlAttributes *attributes)
{
    gsize length = 0;
    guint first_row, first_column, last_row, last_column;
    const char *at = xml_attribute_raw(attributes, "ref", &length);
    if (!at) return;
    const char *end = at + length;
    if (!read_reference(&at, end, &first_row, &first_column) || at == end || *at++ != ':' ||
        !read_reference(&at, end, &last_row, &last_column))
        return;
    sheets_merge(sheet->book->sheets, first_row, first_column, last_row, last_column);
}

/* What old programs are given of it instead comes again. */
static void add_control(const Sheet *sheet, const XmlAttributes *attributes)
{
    GPtrArray *controls = sheet->book->controls;
    g_autofree char *shape = xml_attribute(attributes, "shapeId");
    for (guint i = 0; shape && i < controls->len; i++)
        if (strcmp(((XlsxControl *)controls->pdata[i])->shape, shape) == 0) return;
    if (!shape || controls->len >= CONTROLS_MAX) return;
    XlsxControl *control = g_new0(XlsxControl, 1);
    control->shape = g_steal_pointer(&shape);
    control->relation = xml_attribute(attributes, "id");
    g_ptr_array_add(controls, control);
}

static void on_start(gpointer user, int code, const XmlAttributes *attributes)
{
    Sheet *sheet = user;
    switch (code) {
    case ROW: {
        guint64 number = whole_number(attributes, "r", 0);
        if (number > 0 && number <= ROWS_MAX) sheet->row = (guint)number - 1;
        sheet->column = 0;
        break;
    }
    case CELL: begin_cell(sheet, attributes); break;
    case VALUE: sheet->taking += sheet->type != INLINE_STRING; break;
    case TEXT: sheet->taking += sheet->type == INLINE_STRING; break;
    case PHONETIC: sheet->skipping++; break;
    case FORMULA: sheet->taking_other = TRUE; break;
    case HEADER:
        sheet->taking_other = TRUE;
        g_string_truncate(sheet->other, 0);
        break;
    case FONT: {
        gsize length;
        const char *name = xml_attribute_raw(attributes, "val", &length);
        sheet->font = symbol_font(name, length);
        break;
    }
    case MERGE: merge(sheet, attributes); break;
    case CONTROL: add_control(sheet, attributes); break;
    default: break;
    }
}

static void on_end(gpointer user, int code)
{
    Sheet *sheet = user;
    switch (code) {
    case ROW: sheet->row++; break;
    case CELL:
        if (sheet->in_cell && shows_picture(sheet))
            sheet->book->picture = TRUE;
        else if (sheet->in_cell && sheet->value->len > 0)
            put_cell(sheet);
        else if (sheet->in_cell && sheet->other->len > 0 && sheet->type == NUMBER)
            put_formula(sheet);
        sheet->in_cell = FALSE;
        sheet->column++;
        break;
    case VALUE: sheet->taking -= sheet->type != INLINE_STRING; break;
    case TEXT: sheet->taking -= sheet->type == INLINE_STRING; break;
    case PHONETIC: sheet->skipping--; break;
    case FORMULA: sheet->taking_other = FALSE; break;
    case HEADER:
        sheet->taking_other = FALSE;
        xlsx_unescape(sheet->other->str);
        sheets_header(sheet->book->sheets, sheet->other->str);
        break;
    default: break;
    }
}

static void on_text(gpointer user, const char *text, gsize length)
{
    Sheet *sheet = user;
    if (sheet->taking_other) g_string_append_len(sheet->other, text, (gssize)length);
    if (!sheet->in_cell || sheet->taking == 0 || sheet->skipping > 0) return;
    gboolean symbols = sheet->font && (sheet->type == STRING || sheet->type == INLINE_STRING);
    g_autofree char *shown = symbols ? symbol_string(sheet->font, text, length) : NULL;
    g_string_append_len(sheet->value, shown ? shown : text, shown ? -1 : (gssize)length);
}

static gboolean enough(gpointer user)
{
    const Sheet *sheet = user;
    return sheet->book->full;
}

gboolean xlsx_sheet(XlsxBook *book, GBytes *part)
{
    static const XmlEvents events = {code_of, on_start, on_end, on_text, enough};
    Sheet sheet = {.book = book, .value = g_string_new(NULL), .other = g_string_new(NULL)};
    gboolean good = xlsx_xml(part, &events, &sheet);
    g_string_free(sheet.other, TRUE);
    g_string_free(sheet.value, TRUE);
    return good;
}
