/* The number format and font of each cell format (ECMA-376 part 1, 18.8). */
#include <string.h>

#include "parsers/number_format.h"
#include "parsers/symbols.h"
#include "parsers/xlsx_parts.h"

#define FORMATS_MAX 65536 /* cell formats: Excel's own limit is 65,490 */

enum { NOTHING, NUMBER_FORMATS, NUMBER_FORMAT, CELL_FORMATS, FORMAT, FONTS, FONT, FONT_NAME };

typedef struct Styles {
    XlsxBook *book;
    GHashTable *own;  /* numFmtId -> format code */
    GPtrArray *fonts; /* of char*, static: of each font its name, if it is one of symbols, or NULL */
    int inside;       /* NUMBER_FORMATS, FONTS or CELL_FORMATS: the same elements stand elsewhere too */
} Styles;

static int code_of(const char *uri, const char *name)
{
    static const XmlName names[] = {{"numFmts", NUMBER_FORMATS},
                                    {"numFmt", NUMBER_FORMAT},
                                    {"cellXfs", CELL_FORMATS},
                                    {"xf", FORMAT},
                                    {"fonts", FONTS},
                                    {"font", FONT},
                                    {"name", FONT_NAME},
                                    {NULL, 0}};
    return xml_code_in(names, name);
}

static guint number_of(const XmlAttributes *attributes, const char *name)
{
    g_autofree char *value = xml_attribute(attributes, name);
    return value ? (guint)CLAMP(g_ascii_strtoll(value, NULL, 10), 0, G_MAXINT) : 0;
}

static void add_format(Styles *styles, guint id, guint font)
{
    const char *code = g_hash_table_lookup(styles->own, GUINT_TO_POINTER(id));
    if (!code) code = number_format_builtin(id);
    gboolean general = !code || g_ascii_strcasecmp(code, "General") == 0;
    if (styles->book->formats->len >= FORMATS_MAX) return;
    g_ptr_array_add(styles->book->fonts, font < styles->fonts->len ? styles->fonts->pdata[font] : NULL);
    g_ptr_array_add(styles->book->formats, general ? NULL : g_strdup(code));
}

static void on_start(gpointer user, int code, const XmlAttributes *attributes)
{
    Styles *styles = user;
    if (code == NUMBER_FORMATS || code == CELL_FORMATS || code == FONTS) {
        styles->inside = code;
    } else if (code == NUMBER_FORMAT && styles->inside == NUMBER_FORMATS) {
        char *format = xml_attribute(attributes, "formatCode");
        if (!format) return;
        xlsx_unescape(format);
        g_hash_table_insert(styles->own, GUINT_TO_POINTER(number_of(attributes, "numFmtId")), format);
    } else if (code == FORMAT && styles->inside == CELL_FORMATS) {
        add_format(styles, number_of(attributes, "numFmtId"), number_of(attributes, "fontId"));
    } else if (code == FONT && styles->inside == FONTS && styles->fonts->len < FORMATS_MAX) {
        g_ptr_array_add(styles->fonts, NULL);
    } else if (code == FONT_NAME && styles->inside == FONTS && styles->fonts->len > 0) {
        gsize length;
        const char *name = xml_attribute_raw(attributes, "val", &length);
        styles->fonts->pdata[styles->fonts->len - 1] = (gpointer)symbol_font(name, length);
    }
}

static void on_end(gpointer user, int code)
{
    Styles *styles = user;
    if (code == NUMBER_FORMATS || code == CELL_FORMATS || code == FONTS) styles->inside = NOTHING;
}

gboolean xlsx_styles(XlsxBook *book, GBytes *part)
{
    static const XmlEvents events = {code_of, on_start, on_end, NULL, NULL};
    g_autoptr (GHashTable) own = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    g_autoptr (GPtrArray) fonts = g_ptr_array_new();
    Styles styles = {.book = book, .own = own, .fonts = fonts};
    return xlsx_xml(part, &events, &styles);
}
