/* Styles (ECMA-376 part 1, 17.7): of all that they say only fonts matter, since a check box may be an R. */
#include "parsers/docx_styles.h"

#include "parsers/symbols.h"
#include "parsers/xml.h"

#define STYLES_MAX 10000
#define BASES_MAX  20 /* styles that one is based on, one on the other */

enum { NOTHING, STYLE, BASE, FONTS };

typedef struct Style {
    char *base; /* NULL if on none */
    const char *font;
    gboolean said; /* what the font is */
} Style;

typedef struct Reading {
    GHashTable *styles;
    Style *open; /* NULL outside a style */
} Reading;

static int code_of(const char *uri, const char *name)
{
    static const XmlName names[] = {{"style", STYLE}, {"basedOn", BASE}, {"rFonts", FONTS}, {NULL, 0}};
    return xml_code_in(names, name);
}

static void style_free(gpointer data)
{
    g_free(((Style *)data)->base);
    g_free(data);
}

static void set_font(Style *style, const XmlAttributes *attributes)
{
    static const char *const kinds[] = {"ascii", "hAnsi"};
    for (gsize i = 0; i < G_N_ELEMENTS(kinds) && !style->font; i++) {
        gsize length;
        const char *name = xml_attribute_raw(attributes, kinds[i], &length);
        style->font = symbol_font(name, length);
        style->said |= length > 0;
    }
}

static void on_start(gpointer user, int code, const XmlAttributes *attributes)
{
    Reading *reading = user;
    if (code == STYLE) {
        char *id = xml_attribute(attributes, "styleId");
        reading->open = id && g_hash_table_size(reading->styles) < STYLES_MAX ? g_new0(Style, 1) : NULL;
        if (reading->open)
            g_hash_table_replace(reading->styles, id, reading->open);
        else
            g_free(id);
    } else if (code == BASE && reading->open && !reading->open->base) {
        reading->open->base = xml_attribute(attributes, "val");
    } else if (code == FONTS && reading->open) {
        set_font(reading->open, attributes);
    }
}

static void on_end(gpointer user, int code)
{
    Reading *reading = user;
    if (code == STYLE) reading->open = NULL;
}

GHashTable *docx_styles_read(GBytes *part)
{
    static const XmlEvents events = {code_of, on_start, on_end, NULL, NULL};
    Reading reading = {.styles = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, style_free)};
    gsize length = 0;
    const char *data = part ? g_bytes_get_data(part, &length) : NULL;
    if (data) xml_read(data, length, &events, &reading);
    return reading.styles;
}

const char *docx_styles_font(GHashTable *styles, const char *id)
{
    for (guint bases = 0; id && bases < BASES_MAX; bases++) {
        const Style *style = g_hash_table_lookup(styles, id);
        if (!style || style->said) return style ? style->font : NULL;
        id = style->base;
    }
    return NULL;
}
