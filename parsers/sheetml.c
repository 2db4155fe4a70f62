/* "XML Spreadsheet Reference", Microsoft 2001: Workbook, Worksheet, Table, Row, Cell, Data. */
#include "parsers/sheetml.h"

#include <stdlib.h>
#include <string.h>

#include "parsers/number_format.h"
#include "parsers/sheets.h"
#include "parsers/symbols.h"
#include "parsers/xml.h"

#define ROWS_MAX    1048576
#define COLUMNS_MAX 16384
#define STYLES_MAX  65536
#define DAYS_1970   25569 /* the serial number of 1970-01-01 */
#define DAYS_1904   1462  /* between the two ways to count days */
#define MARCH_1900  61

enum { NOTHING, STYLE, NUMBER_FORMAT, FONT, SHEET, ROW, CELL, DATA, COMMENT, HEADER, VISIBLE, DATE1904 };

typedef enum DataType { STRING, NUMBER, DATE, BOOLEAN, FAULT } DataType;

typedef struct Style {
    char *format;     /* NULL for General */
    const char *font; /* if it is one of symbols; else NULL. Static */
} Style;

typedef struct SheetML {
    Sheets *sheets;
    GHashTable *styles; /* ID -> Style* */
    Style *style;       /* that is being defined; of the present cell */
    guint row, column;  /* of the present cell; of the next one where the file does not say */
    guint across;       /* columns more that the present cell covers */
    DataType type;
    GString *text;
    guint taking; /* elements open whose text is wanted */
    gboolean comment, date1904, full;
} SheetML;

static int code_of(const char *uri, const char *name)
{
    static const XmlName names[] = {{"Cell", CELL},
                                    {"Data", DATA},
                                    {"Row", ROW},
                                    {"Worksheet", SHEET},
                                    {"Style", STYLE},
                                    {"NumberFormat", NUMBER_FORMAT},
                                    {"Font", FONT},
                                    {"Comment", COMMENT},
                                    {"Header", HEADER},
                                    {"Footer", HEADER},
                                    {"Visible", VISIBLE},
                                    {"Date1904", DATE1904},
                                    {NULL, 0}};
    return strcmp(uri, "http://www.w3.org/TR/REC-html40") == 0 ? NOTHING : xml_code_in(names, name);
}

static guint number_of(const XmlAttributes *attributes, const char *name, guint most)
{
    g_autofree char *value = xml_attribute(attributes, name);
    return value ? (guint)CLAMP(g_ascii_strtoll(value, NULL, 10), 0, most) : 0;
}

/* --- styles ----------------------------------------------------------------------------------- */

static void style_free(gpointer data)
{
    g_free(((Style *)data)->format);
    g_free(data);
}

/* Formats may have names, with which Excel means those of the system. */
static char *format_code(const char *name)
{
    static const struct {
        const char *name, *code;
    } named[] = {{"General Number", NULL},
                 {"General Date", "yyyy/m/d h:mm"},
                 {"Long Date", "yyyy\"年\"m\"月\"d\"日\""},
                 {"Medium Date", "d-mmm-yy"},
                 {"Short Date", "yyyy/m/d"},
                 {"Long Time", "h:mm:ss"},
                 {"Medium Time", "h:mm AM/PM"},
                 {"Short Time", "h:mm"},
                 {"Currency", "\"¥\"#,##0.00"},
                 {"Euro Currency", "\"€\"#,##0.00"},
                 {"Fixed", "0.00"},
                 {"Standard", "#,##0.00"},
                 {"Percent", "0.00%"},
                 {"Scientific", "0.00E+00"},
                 {"Yes/No", "\"Yes\";\"Yes\";\"No\""},
                 {"True/False", "\"TRUE\";\"TRUE\";\"FALSE\""},
                 {"On/Off", "\"On\";\"On\";\"Off\""}};
    for (gsize i = 0; i < G_N_ELEMENTS(named); i++)
        if (strcmp(name, named[i].name) == 0) return g_strdup(named[i].code);
    return *name && g_ascii_strcasecmp(name, "General") != 0 ? g_strdup(name) : NULL;
}

/* A style has what its parent has, but for what it says itself. */
static void begin_style(SheetML *book, const XmlAttributes *attributes)
{
    g_autofree char *id = xml_attribute(attributes, "ID"), *parent = xml_attribute(attributes, "Parent");
    const Style *inherited = g_hash_table_lookup(book->styles, parent ? parent : "Default");
    book->style = NULL;
    if (!id || g_hash_table_size(book->styles) >= STYLES_MAX) return;
    book->style = g_new0(Style, 1);
    if (inherited) *book->style = (Style){g_strdup(inherited->format), inherited->font};
    g_hash_table_replace(book->styles, g_steal_pointer(&id), book->style);
}

static void set_font(Style *style, const XmlAttributes *attributes)
{
    g_autofree char *name = xml_attribute(attributes, "FontName");
    if (name) style->font = symbol_font(name, strlen(name));
}

static void set_format(Style *style, const XmlAttributes *attributes)
{
    g_autofree char *format = xml_attribute(attributes, "Format");
    g_free(style->format);
    style->format = format ? format_code(format) : NULL;
}

/* --- cells ------------------------------------------------------------------------------------ */

static void begin_row(SheetML *book, const XmlAttributes *attributes)
{
    guint index = number_of(attributes, "Index", ROWS_MAX);
    if (index > 0) book->row = index - 1;
    book->column = 0;
}

static void begin_cell(SheetML *book, const XmlAttributes *attributes)
{
    guint index = number_of(attributes, "Index", COLUMNS_MAX);
    guint down = number_of(attributes, "MergeDown", ROWS_MAX);
    g_autofree char *style = xml_attribute(attributes, "StyleID");
    if (index > 0) book->column = index - 1;
    book->across = number_of(attributes, "MergeAcross", COLUMNS_MAX);
    book->style = g_hash_table_lookup(book->styles, style ? style : "Default");
    if (book->across + down > 0)
        sheets_merge(book->sheets, book->row, book->column, book->row + down, book->column + book->across);
}

static DataType type_of(const XmlAttributes *attributes)
{
    static const char *const names[] = {"String", "Number", "DateTime", "Boolean", "Error"};
    g_autofree char *name = xml_attribute(attributes, "Type");
    for (gsize i = 0; name && i < G_N_ELEMENTS(names); i++)
        if (strcmp(name, names[i]) == 0) return (DataType)i;
    return STRING;
}

/* FALSE if it is none. */
static gboolean days_of(const SheetML *book, const char *text, double *days)
{
    g_autoptr (GTimeZone) zone = g_time_zone_new_utc();
    g_autoptr (GDateTime) date = g_date_time_new_from_iso8601(text, zone);
    if (!date) return FALSE;
    *days = (double)g_date_time_to_unix(date) / 86400 + DAYS_1970 - (book->date1904 ? DAYS_1904 : 0);
    if (*days < MARCH_1900 && !book->date1904) *days -= 1; /* Excel's 1900 has a day too many */
    return TRUE;
}

static void put_cell(SheetML *book)
{
    const char *text = book->text->str, *format = book->style ? book->style->format : NULL;
    const char *font = book->style ? book->style->font : NULL;
    g_autofree char *shown = NULL;
    char *end = NULL;
    double value = 0;
    gboolean number = FALSE;
    if (book->type == NUMBER) {
        value = g_ascii_strtod(text, &end);
        number = end > text && end[strspn(end, " \t\r\n")] == '\0';
    } else if (book->type == DATE) {
        number = days_of(book, text, &value);
        if (!format) format = "yyyy/m/d";
    } else if (book->type == BOOLEAN) {
        shown = g_strdup(*text == '1' || *text == 't' || *text == 'T' ? "TRUE" : "FALSE");
    } else if (book->type == STRING) {
        g_autofree char *symbols = font ? symbol_string(font, text, strlen(text)) : NULL;
        shown = number_format_text(symbols ? symbols : text, format);
    }
    book->full |= number
                      ? !sheets_number(book->sheets, book->row, book->column, value, format, book->date1904)
                      : !sheets_cell(book->sheets, book->row, book->column, shown ? shown : text);
}

/* --- elements --------------------------------------------------------------------------------- */

static void begin_sheet(SheetML *book, const XmlAttributes *attributes)
{
    g_autofree char *name = xml_attribute(attributes, "Name");
    sheets_begin(book->sheets, name ? name : "", FALSE);
    book->row = book->column = 0;
}

static void put_header(SheetML *book, const XmlAttributes *attributes)
{
    g_autofree char *code = xml_attribute(attributes, "Data");
    if (code) sheets_header(book->sheets, code);
}

static void on_start(gpointer user, int code, const XmlAttributes *attributes)
{
    SheetML *book = user;
    switch (code) {
    case STYLE: begin_style(book, attributes); break;
    case NUMBER_FORMAT:
        if (book->style) set_format(book->style, attributes);
        break;
    case FONT:
        if (book->style) set_font(book->style, attributes);
        break;
    case SHEET: begin_sheet(book, attributes); break;
    case ROW: begin_row(book, attributes); break;
    case CELL: begin_cell(book, attributes); break;
    case COMMENT: book->comment = TRUE; break;
    case HEADER: put_header(book, attributes); break;
    case DATA:
        if (!book->comment) book->type = type_of(attributes);
        /* fall through */
    case VISIBLE:
    case DATE1904:
        book->taking++;
        g_string_truncate(book->text, 0);
        break;
    default: break;
    }
}

static void on_end(gpointer user, int code)
{
    SheetML *book = user;
    switch (code) {
    case STYLE: book->style = NULL; break;
    case ROW: book->row++; break;
    case CELL: book->column = MIN(book->column + book->across + 1, COLUMNS_MAX); break;
    case COMMENT: book->comment = FALSE; break;
    case DATA:
        book->taking--;
        if (book->comment)
            sheets_box(book->sheets, book->text->str);
        else
            put_cell(book);
        break;
    case VISIBLE:
        book->taking--;
        if (g_str_has_suffix(book->text->str, "Hidden")) sheets_hide(book->sheets);
        break;
    case DATE1904:
        book->taking--;
        book->date1904 = TRUE;
        break;
    default: break;
    }
}

static void on_text(gpointer user, const char *text, gsize length)
{
    SheetML *book = user;
    if (book->taking > 0) g_string_append_len(book->text, text, (gssize)length);
}

static gboolean enough(gpointer user)
{
    const SheetML *book = user;
    return book->full;
}

void sheetml_read(FactsAttachment *attachment, GBytes *bytes)
{
    static const XmlEvents events = {code_of, on_start, on_end, on_text, enough};
    g_autoptr (Sheets) sheets = sheets_new();
    g_autoptr (GHashTable) styles = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, style_free);
    g_autoptr (GString) text = g_string_new(NULL);
    SheetML book = {.sheets = sheets, .styles = styles, .text = text};
    gsize length;
    const char *data = g_bytes_get_data(bytes, &length);
    gboolean good = xml_read(data, length, &events, &book), empty = sheets_empty(sheets);
    sheets_finish(sheets, attachment);
    if (!good)
        facts_add_problem(attachment->problems, "damaged", "it is not well-formed XML");
    else if (empty)
        facts_add_problem(attachment->problems, "empty-document", "all cells are empty");
}
