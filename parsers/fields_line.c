/* fields_line.c - what a line of text is, by itself. */
#include <string.h>

#include "parsers/fields_parts.h"

enum { NAME_BYTES = 3 * 20 };

const char *fields_find_colon(const char *text, const char *end, const char **after)
{
    static const char *const wide[] = {"：", FIELDS_RATIO};
    const char *found = memchr(text, ':', (gsize)(end - text));
    for (gsize i = 0; i < G_N_ELEMENTS(wide); i++) {
        const char *other = memmem(text, (gsize)((found ? found : end) - text), wide[i], strlen(wide[i]));
        if (other) found = other;
    }
    *after = found ? g_utf8_next_char(found) : NULL;
    return found;
}

const char *fields_line_end(const char *line)
{
    return line + strcspn(line, "\n");
}

gboolean fields_is_blank(const char *line, const char *end)
{
    g_autofree char *clean = fields_clean(line, (gsize)(end - line));
    return !*clean;
}

const char *fields_next_line(const char *end)
{
    while (*end) {
        const char *line = end + 1;
        end = fields_line_end(line);
        if (!fields_is_blank(line, end)) return line;
    }
    return end;
}

gboolean fields_is_heading(const char *text)
{
    static const char numbers[] = "一二三四五六七八九十";
    const char *p = text, *end;
    if (*p && g_utf8_strchr("(（", -1, g_utf8_get_char(p))) p = g_utf8_next_char(p);
    for (end = p; *end && g_utf8_strchr(numbers, -1, g_utf8_get_char(end));) end = g_utf8_next_char(end);
    return end > p && *end && g_utf8_strchr("、)）", -1, g_utf8_get_char(end));
}

gboolean fields_is_point(const char *text)
{
    gunichar c = g_utf8_get_char(text);
    const char *p = text + strspn(text, "0123456789");
    if ((c >= 0x2460 && c <= 0x2473) || (c && g_utf8_strchr("●•◆", -1, c))) return TRUE;
    return p > text && *p && g_utf8_strchr(".、．)）", -1, g_utf8_get_char(p)) &&
           !g_ascii_isdigit(*g_utf8_next_char(p));
}

gboolean fields_is_sentence(const char *line, const char *end)
{
    static const char *const marks[] = {"。", "，", "；", "！", "、"};
    for (gsize i = 0; i < G_N_ELEMENTS(marks) && end - line > 3; i++)
        if (memcmp(end - 3, marks[i], 3) == 0) return TRUE;
    return FALSE;
}

static gboolean is_numeral(gunichar c)
{
    if (c < 0x80) return g_ascii_isdigit((char)c);
    return c >= 0x4E00 && c <= 0x5341 && g_utf8_strchr("一二三四五六七八九十", -1, c);
}

const char *fields_behind_number(const char *line, const char *end)
{
    const char *p = line;
    if (line < end && g_ascii_isalpha(*line)) return line;
    while (p < end && fields_is_padding(g_utf8_get_char(p))) p = g_utf8_next_char(p);
    const char *begin = p;
    const gunichar open = p < end ? g_utf8_get_char(p) : 0;
    if (open == '(' || open == 0xFF08) p = g_utf8_next_char(p);
    const char *number = p;
    while (p < end && is_numeral(g_utf8_get_char(p))) p = g_utf8_next_char(p);
    if (p == number || p >= end || !g_utf8_strchr("、.．)）", -1, g_utf8_get_char(p))) return begin;
    for (p = g_utf8_next_char(p); p < end && *p == ' ';) p++;
    return p;
}

char *fields_bare_label(const char *line, const char *end)
{
    if (fields_is_sentence(line, end)) return NULL;
    while (line < end && fields_is_padding(g_utf8_get_char(line))) line = g_utf8_next_char(line);
    if (line == end || end - line > FIELDS_LABEL_BYTES || !fields_has_letters(line, (gsize)(end - line)))
        return NULL;
    const char *after;
    g_autofree char *text = g_strndup(line, (gsize)(end - line));
    if (fields_is_heading(text) || g_ascii_isdigit(*text) ||
        fields_find_colon(text, text + strlen(text), &after))
        return NULL;
    g_autofree char *label = fields_label(text);
    return fields_is_known(label) ? g_steal_pointer(&label) : NULL;
}

gboolean fields_is_page(const char *label, const char *value, const char *end)
{
    guint dots = 0;
    const char *p = value;
    for (; p < end && g_utf8_strchr("….· ", -1, g_utf8_get_char(p)); p = g_utf8_next_char(p))
        dots += *p != ' ';
    g_autofree char *page = fields_clean(p, (gsize)(end - p));
    const gsize figures = strspn(page, "0123456789");
    if (page[figures] || figures > 3) return FALSE;
    return dots > 0 || (figures > 0 && fields_asks_for_text(label));
}

gboolean fields_is_name(const char *text)
{
    static const char *const ends[] = {"；", "！", "：", "，"};
    for (gsize i = 0; i < G_N_ELEMENTS(ends); i++)
        if (g_str_has_suffix(text, ends[i])) return FALSE;
    return strlen(text) <= NAME_BYTES && !g_str_has_prefix(text, "请") && !strstr(text, "。");
}
