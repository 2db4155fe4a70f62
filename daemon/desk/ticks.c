/* ticks.c - which of several options a form ticks: ☑甲 □乙, 甲√ 乙□, （√）甲（ ）乙, or one to a line. */
#include <string.h>

#include "daemon/desk/ask.h"

static gboolean is_tick(gunichar c)
{
    return c == 0x2611 || c == 0x2612 || c == 0x25A0 || c == 0x221A || c == 0x2713 || c == 0x2714 ||
           c == 0x25CF || c == 0x1F5F9 || c == 0x2705 || c == 0xF052 || c == 0xF0FE;
}

static gboolean is_box(gunichar c)
{
    return c == 0x2610 || c == 0x25A1 || c == 0x25CB || c == 0x25A2 || c == 0xF0A3 || c == 0xF06F;
}

/* The bytes with which marks begin, and the brackets around one: nearly no text has any. */
#define MARKS    "\xE2\xEE\xEF\xF0"
#define BRACKETS "([\xE3"

gboolean ticks_any(const char *text)
{
    for (const char *p = text; (p = strpbrk(p, MARKS)); p++)
        if (is_tick(g_utf8_get_char(p))) return TRUE;
    return FALSE;
}

/* （√） and [ ] as one mark each: √ and □. */
static char *with_marks(const char *value)
{
    static Pattern ticked = {.text = "[(（\\[【]\\s*[√✓✔☑■●xXvV]\\s*[)）\\]】]"};
    static Pattern empty = {.text = "[(（\\[【]\\s*[)）\\]】]"};
    g_autofree char *valid = g_utf8_make_valid(value, -1);
    g_autofree char *text = pattern_replace(&ticked, valid, "√");
    return pattern_replace(&empty, text, "□");
}

/* Whether the marks of a line stand behind their options: 组织设置□ 学习型√. */
static gboolean marks_behind(const char *line, const char *end)
{
    const char *last = g_utf8_find_prev_char(line, end);
    while (last && g_unichar_isspace(g_utf8_get_char(last))) last = g_utf8_find_prev_char(line, last);
    while (line < end && g_unichar_isspace(g_utf8_get_char(line))) line = g_utf8_next_char(line);
    gunichar first = g_utf8_get_char(line), final = last ? g_utf8_get_char(last) : 0;
    return (is_box(final) || is_tick(final)) && !is_box(first) && !is_tick(first);
}

/* The option that the tick at p speaks of: to the mark before it on its line, or to the next mark or the end
 * of the line (of the next line, if the tick stands alone). */
static char *option_at(const char *value, const char *p)
{
    const char *line = p, *end = p + strcspn(p, "\n"), *from = g_utf8_next_char(p);
    while (line > value && line[-1] != '\n') line--;
    if (marks_behind(line, end)) {
        for (const char *q = from = line; q < p; q = g_utf8_next_char(q))
            if (is_box(g_utf8_get_char(q)) || is_tick(g_utf8_get_char(q))) from = g_utf8_next_char(q);
        return g_strndup(from, (gsize)(p - from));
    }
    from += strspn(from, " \t");
    if (*from == '\n') end = from + 1 + strcspn(from + 1, "\n");
    const char *to = from;
    while (to < end && !is_box(g_utf8_get_char(to)) && !is_tick(g_utf8_get_char(to)))
        to = g_utf8_next_char(to);
    return g_strndup(from, (gsize)(to - from));
}

GPtrArray *ticks_options(const char *raw, gboolean *marks)
{
    GPtrArray *options = g_ptr_array_new_with_free_func(g_free);
    *marks = FALSE;
    if (!strpbrk(raw, MARKS BRACKETS)) return options;
    g_autofree char *value = with_marks(raw);
    for (const char *p = value; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        *marks |= is_box(c) || is_tick(c);
        if (is_tick(c)) g_ptr_array_add(options, option_at(value, p));
    }
    return options;
}
