#include "parsers/xml_text.h"

#include <string.h>

#include "parsers/charset.h"

/* Section 2.2; NUL is none either. */
static gboolean is_char(gunichar c)
{
    return c >= 0x20 ? g_unichar_validate(c) && c != 0xFFFE && c != 0xFFFF
                     : c == '\t' || c == '\n' || c == '\r';
}

/* The character that "&…;" stands for, 0 if none; *p is moved behind it. */
static gunichar reference(const char **p, const char *end)
{
    static const struct {
        const char *name;
        gunichar c;
    } entities[] = {{"amp;", '&'}, {"lt;", '<'}, {"gt;", '>'}, {"quot;", '"'}, {"apos;", '\''}};
    const char *semicolon = memchr(*p, ';', MIN((gsize)(end - *p), 40)), *begin = *p + 1;
    if (!semicolon) {
        (*p)++;
        return 0;
    }
    *p = semicolon + 1;
    for (gsize i = 0; i < G_N_ELEMENTS(entities); i++)
        if (strncmp(begin, entities[i].name, (gsize)(*p - begin)) == 0) return entities[i].c;
    if (*begin != '#') return 0;
    gboolean hex = begin[1] == 'x';
    char *stop;
    guint64 c = g_ascii_strtoull(begin + (hex ? 2 : 1), &stop, hex ? 16 : 10);
    gboolean digits = g_ascii_isxdigit(begin[hex ? 2 : 1]) && stop == semicolon;
    return digits && c <= 0x10FFFF && is_char((gunichar)c) ? (gunichar)c : 0;
}

gboolean xml_decode(GString *to, const char *at, gsize length, gboolean cdata)
{
    gboolean good = TRUE;
    const char *end = at + length;
    for (const char *p = at; p < end;) {
        if (*p == '&' && !cdata) {
            gunichar c = reference(&p, end);
            if (c) g_string_append_unichar(to, c);
            good &= c != 0;
        } else if (*p == '\r') {
            if (++p == end || *p != '\n') g_string_append_c(to, '\n');
        } else if ((guchar)*p < 0x20 && *p != '\t' && *p != '\n') {
            good = FALSE;
            p++;
        } else {
            g_string_append_c(to, *p++);
        }
    }
    if (g_utf8_validate(to->str, (gssize)to->len, NULL)) return good;
    g_autofree char *valid = g_utf8_make_valid(to->str, (gssize)to->len);
    g_string_assign(to, valid);
    return FALSE;
}

char *xml_recode(const char *bytes, gsize length, gboolean *exact)
{
    if (length >= 2 && (memcmp(bytes, "\xFE\xFF", 2) == 0 || memcmp(bytes, "\xFF\xFE", 2) == 0))
        return charset_to_utf8(bytes, length, "utf-16", exact);
    if (length >= 4 && memcmp(bytes, "<\0?\0", 4) == 0)
        return charset_to_utf8(bytes, length, "utf-16le", exact);
    if (length >= 4 && memcmp(bytes, "\0<\0?", 4) == 0)
        return charset_to_utf8(bytes, length, "utf-16be", exact);
    if (length < 5 || memcmp(bytes, "<?xml", 5) != 0) return NULL;
    const char *end = memchr(bytes, '>', MIN(length, 300));
    const char *encoding = end ? memmem(bytes, (gsize)(end - bytes), "encoding", 8) : NULL;
    const char *quote = encoding ? encoding + strcspn(encoding, "\"'>") : end;
    if (!quote || quote >= end || *quote == '>') return NULL;
    g_autofree char *label = g_ascii_strdown(quote + 1, (gssize)strcspn(quote + 1, "\"'>"));
    gboolean already =
        g_str_has_prefix(label, "utf") || g_str_has_prefix(label, "ucs"); /* since "<?xml" was read */
    return already ? NULL : charset_to_utf8(bytes, length, label, exact);
}
