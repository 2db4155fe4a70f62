#include "parsers/symbols.h"

#include <string.h>

/* Characters of the dingbat fonts that forms use, which are nothing in Unicode. */
static const struct {
    const char *font;
    guint code;
    const char *text;
} symbols[] = {
    {"Wingdings 2", 0x52, SYMBOL_CHECKED},
    {"Wingdings 2", 0x53, "☒"},
    {"Wingdings 2", 0x54, "☒"},
    {"Wingdings 2", 0x51, "☒"},
    {"Wingdings 2", 0x50, "✓"},
    {"Wingdings 2", 0x4F, "✗"},
    {"Wingdings 2", 0xA3, SYMBOL_UNCHECKED},
    {"Wingdings 2", 0x2A, SYMBOL_UNCHECKED},
    {"Wingdings", 0xFE, SYMBOL_CHECKED},
    {"Wingdings", 0xFD, "☒"},
    {"Wingdings", 0x78, "☒"},
    {"Wingdings", 0xFC, "✓"},
    {"Wingdings", 0xFB, "✗"},
    {"Wingdings", 0xA8, SYMBOL_UNCHECKED},
    {"Wingdings", 0x6F, SYMBOL_UNCHECKED},
    {"Wingdings", 0x71, SYMBOL_UNCHECKED},
    {"Wingdings", 0x72, SYMBOL_UNCHECKED},
    {"Wingdings", 0x6E, "■"},
    {"Wingdings", 0x6C, "●"},
    {"Wingdings", 0x75, "◆"},
    {"Wingdings", 0xAB, "★"},
    {"Wingdings", 0xA7, "▪"},
    {"Wingdings", 0xD8, "➢"},
    {"Wingdings", 0xE0, "→"},
    {"Wingdings", 0x28, "☎"},
    {"Wingdings", 0x2A, "✉"},
    {"Webdings", 0x61, "✓"},
    {"Webdings", 0x63, SYMBOL_UNCHECKED},
    {"Webdings", 0x67, "■"},
    {"Webdings", 0x72, "✗"},
    {"Symbol", 0xB7, "•"},
    {"Symbol", 0xD7, "·"},
    {"Symbol", 0xB1, "±"},
    {"Symbol", 0xB4, "×"},
    {"Symbol", 0xB0, "°"},
    {"Symbol", 0xAE, "→"},
};

const char *symbol_font(const char *name, gsize length)
{
    /* the longer name first */
    static const char *const fonts[][2] = {{"Wingdings 2", "Wingdings 2"},
                                           {"Wingdings 3", "Wingdings 3"},
                                           {"Wingdings2", "Wingdings 2"},
                                           {"Wingdings3", "Wingdings 3"},
                                           {"Wingdings", "Wingdings"},
                                           {"Webdings", "Webdings"},
                                           {"Symbol", "Symbol"}};
    for (gsize i = 0; i < G_N_ELEMENTS(fonts); i++) {
        gsize n = strlen(fonts[i][0]);
        if (length >= n && g_ascii_strncasecmp(name, fonts[i][0], n) == 0) return fonts[i][1];
    }
    return NULL;
}

const char *symbol_text(const char *font, guint code)
{
    const char *known = symbol_font(font, strlen(font));
    if (code >= 0xF000 && code <= 0xF0FF) code -= 0xF000;
    for (gsize i = 0; known && i < G_N_ELEMENTS(symbols); i++)
        if (code == symbols[i].code && strcmp(known, symbols[i].font) == 0) return symbols[i].text;
    return NULL;
}

const char *symbol_of_file(const char *font, guint code)
{
    /* check boxes, wherever they come from: in the other fonts these are hardly ever used */
    static const struct {
        guint code;
        const char *text;
    } guesses[] = {{0xF052, SYMBOL_CHECKED},
                   {0xF0FE, SYMBOL_CHECKED},
                   {0xF0A3, SYMBOL_UNCHECKED},
                   {0xF0A8, SYMBOL_UNCHECKED},
                   {0xF06F, SYMBOL_UNCHECKED},
                   {0xF0FC, "✓"},
                   {0xF0B7, "•"}};
    const gboolean private = code >= 0xF000 && code <= 0xF0FF;
    if (font && (private || (code < 0x100 && strcmp(font, "Symbol") != 0))) return symbol_text(font, code);
    for (gsize i = 0; !font && private && i < G_N_ELEMENTS(guesses); i++)
        if (code == guesses[i].code) return guesses[i].text;
    return NULL;
}

gboolean symbol_is_code(guint code)
{
    if (code >= 0xF000 && code <= 0xF0FF) return TRUE;
    for (gsize i = 0; i < G_N_ELEMENTS(symbols); i++)
        if (code == symbols[i].code) return TRUE;
    return FALSE;
}

char *symbol_string(const char *font, const char *text, gsize length)
{
    GString *out = g_string_new(NULL);
    for (const char *end = text + length; text < end;) {
        const char *next = g_utf8_next_char(text), *known = symbol_text(font, g_utf8_get_char(text));
        g_string_append_len(out, known ? known : text, known ? (gssize)strlen(known) : next - text);
        text = next;
    }
    return g_string_free(out, FALSE);
}

char *symbol_page(const char *text, const GPtrArray *fonts)
{
    gboolean any = strchr(text, '\xEF') != NULL; /* U+F0xx, and some others */
    for (guint k = 0; k < fonts->len && !any; k++) any = fonts->pdata[k] != NULL;
    if (!any) return g_strdup(text);
    GString *out = g_string_sized_new(strlen(text));
    guint i = 0;
    for (const char *p = text, *next; *p; p = next, i++) {
        const gunichar c = g_utf8_get_char_validated(p, -1);
        next = c <= 0x10FFFF ? g_utf8_next_char(p) : p + 1;
        const char *font = i < fonts->len ? fonts->pdata[i] : NULL;
        const char *symbol = font || (c >= 0xF000 && c <= 0xF0FF) ? symbol_of_file(font, c) : NULL;
        if (symbol)
            g_string_append(out, symbol);
        else
            g_string_append_len(out, p, next - p);
    }
    return g_string_free(out, FALSE);
}
