/* The number format of each cell format (ECMA-376 part 1, 18.8). */
#include <string.h>

#include "parsers/number_format.h"
#include "parsers/xlsx_parts.h"

#define FORMATS_MAX 65536 /* cell formats: Excel's own limit is 65,490 */

enum { NOTHING, NUMBER_FORMATS, NUMBER_FORMAT, CELL_FORMATS, FORMAT };

typedef struct Styles {
    XlsxBook *book;
    GHashTable *own; /* numFmtId -> format code */
    int inside;      /* NUMBER_FORMATS or CELL_FORMATS: the same elements stand elsewhere too */
} Styles;

static int code_of(const char *uri, const char *name)
{
    static const XmlName names[] = {{"numFmts", NUMBER_FORMATS},
                                    {"numFmt", NUMBER_FORMAT},
                                    {"cellXfs", CELL_FORMATS},
                                    {"xf", FORMAT},
                                    {NULL, 0}};
    return xml_code_in(names, name);
}

static guint number_format_id(const XmlAttributes *attributes)
{
    g_autofree char *value = xml_attribute(attributes, "numFmtId");
    return value ? (guint)CLAMP(g_ascii_strtoll(value, NULL, 10), 0, G_MAXINT) : 0;
}

static void add_format(Styles *styles, guint id)
{
    const char *code = g_hash_table_lookup(styles->own, GUINT_TO_POINTER(id));
    if (!code) code = number_format_builtin(id);
    gboolean general = !code || g_ascii_strcasecmp(code, "General") == 0;
    if (styles->book->formats->len < FORMATS_MAX)
        g_ptr_array_add(styles->book->formats, general ? NULL : g_strdup(code));
}

static gboolean on_start(gpointer user, int code, const XmlAttributes *attributes)
{
    Styles *styles = user;
    if (code == NUMBER_FORMATS || code == CELL_FORMATS) {
        styles->inside = code;
    } else if (code == NUMBER_FORMAT && styles->inside == NUMBER_FORMATS) {
        char *format = xml_attribute(attributes, "formatCode");
        if (!format) return TRUE;
        xlsx_unescape(format);
        g_hash_table_insert(styles->own, GUINT_TO_POINTER(number_format_id(attributes)), format);
    } else if (code == FORMAT && styles->inside == CELL_FORMATS) {
        add_format(styles, number_format_id(attributes));
    }
    return TRUE;
}

static void on_end(gpointer user, int code)
{
    Styles *styles = user;
    if (code == NUMBER_FORMATS || code == CELL_FORMATS) styles->inside = NOTHING;
}

gboolean xlsx_styles(XlsxBook *book, GBytes *part)
{
    static const XmlEvents events = {code_of, on_start, on_end, NULL, NULL};
    g_autoptr (GHashTable) own = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    Styles styles = {.book = book, .own = own};
    return xlsx_xml(part, &events, &styles);
}
