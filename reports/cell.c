#include "reports/cell.h"

#include <string.h>

static gboolean is_turning(gunichar c)
{
    return c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) ||
           (c >= 0x2066 && c <= 0x2069);
}

static gboolean is_noncharacter(gunichar c)
{
    return (c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF);
}

/* The character to show for c, 0 = none. */
static gunichar shown(gunichar c)
{
    if (c == '\n') return c;
    if (c == '\t') return ' ';
    if (c == 0x2028 || c == 0x2029) return '\n';
    if (c == 0xFEFF || c == 0x200B) return 0;
    if (c < 0x20 || (c >= 0x7F && c < 0xA0) || is_turning(c) || is_noncharacter(c)) return 0xFFFD;
    return c;
}

/* _xHHHH_ at p, which a reader would take for the character U+HHHH. */
static gboolean is_escape(const char *p)
{
    if (p[0] != '_' || p[1] != 'x') return FALSE;
    for (guint i = 2; i < 6; i++)
        if (!g_ascii_isxdigit(p[i])) return FALSE;
    return p[6] == '_';
}

char *cell_text(const char *raw, guint most)
{
    g_autofree char *valid = g_utf8_make_valid(raw ? raw : "", -1);
    GString *out = g_string_sized_new(strlen(valid) + 8);
    guint characters = 0, units = 0;
    gsize keep = 0; /* length of `out` up to which a "…" still fits */

    for (const char *p = valid; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (c == '\r') { /* CRLF and CR alone are one line break */
            if (p[1] == '\n') continue;
            c = '\n';
        }
        c = shown(c);
        if (c == 0 || (out->len == 0 && g_ascii_isspace((char)MIN(c, 0x7F)))) continue;
        gboolean escape = c == '_' && is_escape(p);
        guint size = escape ? 7 : c > 0xFFFF ? 2 : 1;
        if ((most > 0 && characters >= most) || units + size > CELL_UNITS) {
            g_string_truncate(out, keep);
            g_string_append(out, "…");
            break;
        }
        if (escape)
            g_string_append(out, "_x005F_");
        else
            g_string_append_unichar(out, c);
        characters++;
        units += size;
        if ((most == 0 || characters < most) && units < CELL_UNITS) keep = out->len;
    }
    while (out->len > 0 && g_ascii_isspace(out->str[out->len - 1])) g_string_truncate(out, out->len - 1);
    return g_string_free(out, FALSE);
}

static guint char_width(gunichar c)
{
    if (g_unichar_iszerowidth(c)) return 0;
    return g_unichar_iswide_cjk(c) ? 2 : 1;
}

guint cell_width(const char *text)
{
    guint widest = 0, width = 0;
    for (const char *p = text; *p; p = g_utf8_next_char(p)) {
        if (*p == '\n')
            width = 0;
        else
            width += char_width(g_utf8_get_char(p));
        widest = MAX(widest, width);
    }
    return widest;
}

/* Programs break between any two full-width characters, but keep a run of narrow ones (a word, a number)
 * together as long as it fits on a line. */
guint cell_lines(const char *text, guint width)
{
    guint lines = 1, used = 0, word = 0;
    width = MAX(width, 2);
    for (const char *p = text; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        guint w = char_width(c);
        if (c == '\n') {
            lines++;
            used = word = 0;
            continue;
        }
        word = w == 1 && c != ' ' ? word + w : 0;
        if (used + w > width) {
            lines++;
            gboolean carried = word > w && word <= width;
            used = carried ? word : w;
            if (!carried) word = w == 1 && c != ' ' ? w : 0;
        } else {
            used += w;
        }
    }
    return lines;
}

char *cell_fit(const char *text, guint width)
{
    g_autofree char *line = g_strdelimit(g_strdup(text), "\n", ' ');
    if (cell_width(line) <= width) return g_steal_pointer(&line);

    guint room = MAX(width, 6) - 2; /* of the "…" */
    guint used = 0;
    const char *tail = line + strlen(line);
    while (tail > line) {
        const char *p = g_utf8_find_prev_char(line, tail);
        guint w = char_width(g_utf8_get_char(p));
        if (used + w > room / 2) break;
        used += w;
        tail = p;
    }
    const char *head = line;
    for (; head < tail; head = g_utf8_next_char(head)) {
        guint w = char_width(g_utf8_get_char(head));
        if (used + w > room) break;
        used += w;
    }
    return g_strdup_printf("%.*s…%s", (int)(head - line), line, tail);
}
