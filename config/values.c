#include "config/values.h"

#include <string.h>

static gboolean blank(gunichar c)
{
    return g_unichar_isspace(c) || g_unichar_type(c) == G_UNICODE_FORMAT || c == '\r';
}

char *values_trim(const char *text)
{
    const char *start = text, *end = text + strlen(text);
    while (start < end && blank(g_utf8_get_char(start))) start = g_utf8_next_char(start);
    while (end > start) {
        const char *last = g_utf8_prev_char(end);
        if (!blank(g_utf8_get_char(last))) break;
        end = last;
    }
    return g_strndup(start, (gsize)(end - start));
}

char *values_printable(const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    GString *out = g_string_new(NULL);
    for (const char *p = valid; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        GUnicodeType type = g_unichar_type(c);
        if (g_unichar_iscntrl(c) || type == G_UNICODE_FORMAT || type == G_UNICODE_LINE_SEPARATOR ||
            type == G_UNICODE_PARAGRAPH_SEPARATOR)
            g_string_append_printf(out, "<U+%04X>", c);
        else
            g_string_append_unichar(out, c);
    }
    return g_string_free(out, FALSE);
}

static gboolean separates(gunichar c, gboolean also_spaces)
{
    switch (c) {
    case ';':
    case ',':
    case '\n':
    case '\r':
    case 0xFF1B: /* ； */
    case 0xFF0C: /* ， */
    case 0x3001: /* 、 */ return TRUE;
    default: return also_spaces && g_unichar_isspace(c);
    }
}

static void add_part(GPtrArray *parts, const char *start, const char *end)
{
    g_autofree char *raw = g_strndup(start, (gsize)(end - start));
    g_autofree char *part = values_trim(raw);
    if (*part && !g_ptr_array_find_with_equal_func(parts, part, g_str_equal, NULL))
        g_ptr_array_add(parts, g_steal_pointer(&part));
}

GPtrArray *values_split(const char *text, gboolean also_spaces)
{
    GPtrArray *parts = g_ptr_array_new_with_free_func(g_free);
    const char *start = text, *p = text;
    for (; *p; p = g_utf8_next_char(p)) {
        if (!separates(g_utf8_get_char(p), also_spaces)) continue;
        add_part(parts, start, p);
        start = g_utf8_next_char(p);
    }
    add_part(parts, start, p);
    return parts;
}

gboolean values_number(const char *text, guint64 most, guint64 *number)
{
    return g_ascii_string_to_unsigned(text, 10, 0, most, number, NULL);
}

/* Levenshtein with swaps of neighbours, in characters. */
static guint distance(const gunichar *a, glong na, const gunichar *b, glong nb)
{
    g_autofree guint *rows = g_new0(guint, (gsize)(nb + 1) * 3);
    guint *before = rows, *above = rows + nb + 1, *row = rows + 2 * (nb + 1);
    for (glong j = 0; j <= nb; j++) above[j] = (guint)j;
    for (glong i = 1; i <= na; i++) {
        row[0] = (guint)i;
        for (glong j = 1; j <= nb; j++) {
            guint best = above[j - 1] + (a[i - 1] != b[j - 1]);
            best = MIN(best, MIN(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                best = MIN(best, before[j - 2] + 1);
            row[j] = best;
        }
        guint *spare = before;
        before = above;
        above = row;
        row = spare;
    }
    return above[nb];
}

const char *values_nearest(const char *word, const char *const *words)
{
    enum { LONGEST = 64 }; /* characters: nobody means a key that is longer */
    const char *nearest = NULL;
    guint least = G_MAXUINT;
    glong length;
    g_autofree char *trimmed = values_trim(word), *folded = g_utf8_strdown(trimmed, -1);
    g_autofree gunichar *wanted = g_utf8_to_ucs4_fast(folded, -1, &length);
    if (length > LONGEST) return NULL;
    for (; *words; words++) {
        glong other;
        g_autofree gunichar *candidate = g_utf8_to_ucs4_fast(*words, -1, &other);
        guint far = distance(wanted, length, candidate, other);
        if (far < least && far <= (guint)MAX(1, MIN(length, other) / 3)) {
            least = far;
            nearest = *words;
        }
    }
    return nearest;
}
