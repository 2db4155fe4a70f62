#include "parsers/rtf_fonts.h"

#include <string.h>

#include "parsers/symbols.h"

#define FONTS_MAX     4096 /* numbers of fonts that are remembered */
#define FONT_NAME_MAX 64   /* bytes that are looked at */

static gboolean is_known(int font)
{
    return font >= 0 && font < FONTS_MAX;
}

void rtf_fonts_init(RtfFonts *fonts)
{
    fonts->pages = g_new0(guint16, FONTS_MAX);
    fonts->symbols = g_hash_table_new(NULL, NULL);
    fonts->name = g_string_new(NULL);
    fonts->defined = RTF_FONT_NONE;
}

void rtf_fonts_clear(RtfFonts *fonts)
{
    g_free(fonts->pages);
    g_hash_table_unref(fonts->symbols);
    g_string_free(fonts->name, TRUE);
}

void rtf_fonts_define(RtfFonts *fonts, int font)
{
    fonts->defined = font;
    g_string_truncate(fonts->name, 0);
}

void rtf_fonts_name(RtfFonts *fonts, char byte)
{
    if (fonts->defined < 0 || fonts->name->len >= FONT_NAME_MAX) return;
    if (byte != ';') {
        g_string_append_c(fonts->name, byte);
        return;
    }
    const char *name = fonts->name->str + strspn(fonts->name->str, " ");
    const char *font = symbol_font(name, strlen(name));
    if (font && is_known(fonts->defined))
        g_hash_table_insert(fonts->symbols, GINT_TO_POINTER(fonts->defined), (gpointer)font);
    g_string_truncate(fonts->name, 0);
}

void rtf_fonts_page(RtfFonts *fonts, guint page)
{
    if (is_known(fonts->defined) && page < G_MAXUINT16) fonts->pages[fonts->defined] = (guint16)page;
}

guint rtf_fonts_page_of(const RtfFonts *fonts, int font)
{
    return is_known(font) ? fonts->pages[font] : 0;
}

const char *rtf_fonts_symbol(const RtfFonts *fonts, int font, gunichar c)
{
    if (g_hash_table_size(fonts->symbols) == 0) return NULL;
    const char *name = g_hash_table_lookup(fonts->symbols, GINT_TO_POINTER(font));
    return name ? symbol_text(name, c) : NULL;
}
