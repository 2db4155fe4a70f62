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

gboolean fields_is_name(const char *text)
{
    static const char *const ends[] = {"；", "！", "：", "，"};
    for (gsize i = 0; i < G_N_ELEMENTS(ends); i++)
        if (g_str_has_suffix(text, ends[i])) return FALSE;
    return strlen(text) <= NAME_BYTES && !g_str_has_prefix(text, "请") && !strstr(text, "。");
}

gboolean fields_is_limit(const char *value)
{
    static const char *const heads[] = {"不超过", "不多于", "不少于", "限", "控制在", "约", ""},
                             *const tails[] = {"字", "字以内", "字内", "个字", "字左右", "字以上"};
    static const char *const open[] = {"（", "("}, *const closed[] = {"）", ")"};
    g_autofree char *inner = NULL;
    for (gsize i = 0; i < G_N_ELEMENTS(open) && !inner; i++)
        if (g_str_has_prefix(value, open[i]) && g_str_has_suffix(value, closed[i]))
            value = inner =
                g_strndup(value + strlen(open[i]), strlen(value) - strlen(open[i]) - strlen(closed[i]));
    const char *p = value, *figures;
    for (gsize i = 0; i < G_N_ELEMENTS(heads); i++) {
        if (!g_str_has_prefix(value, heads[i])) continue;
        p = value + strlen(heads[i]);
        break;
    }
    figures = p;
    p += strspn(p, "0123456789");
    for (gsize i = 0; i < G_N_ELEMENTS(tails) && p > figures; i++)
        if (strcmp(p, tails[i]) == 0) return TRUE;
    return FALSE;
}

gboolean fields_is_instruction(const char *text)
{
    static const char *const words[] = {"填写", "请",   "应",   "须",   "必须",
                                        "手写", "格式", "注明", "写明", "不超过"};
    static const char *const names[] = {"应用", "应急", "请党放心"}; /* begin names all the same */
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
        if (g_str_has_prefix(text, names[i])) return FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
        if (g_str_has_prefix(text, words[i])) return TRUE;
    return fields_is_limit(text) || g_str_has_suffix(text, "全称") || g_str_has_suffix(text, "全称。");
}
