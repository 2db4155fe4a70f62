/* fields_inline.c - labels and values within a line. */
#include <string.h>

#include "parsers/fields_parts.h"

enum {
    COLONS_MAX = 40,    /* of one line that are looked at */
    VALUE_BYTES = 600,  /* in which the next label behind a wide gap is looked for */
    ASIDE_BYTES = 300,  /* before and behind a label in parentheses */
    LABEL_PIECES = 8,   /* white-space separated pieces of one label: 联 系 电 话 */
    SURE_BYTES = 3 * 3, /* of a label that needs no colon */
    SHORT_BYTES = 3 * 2 /* behind one and its value, with as wide gaps */
};

/* --- colons ----------------------------------------------------------------------------------- */

static const char *behind_colons(const char *text, const char *end)
{
    while (text < end && g_utf8_strchr(":：" FIELDS_RATIO, -1, g_utf8_get_char(text)))
        text = g_utf8_next_char(text);
    return text;
}

static gboolean is_comma(gunichar c)
{
    return c == ',' || c == ';' || c == '|' || c == 0xFF0C || c == 0xFF1B || c == 0x3002 || c == 0x3001 ||
           (c >= 0x2460 && c <= 0x2473); /* ② */
}

static gboolean parts(gunichar c)
{
    return fields_is_padding(c) || is_comma(c);
}

/* Where the number of the label at p begins, 2、活动名称, without which the value above it would end in that
 * number; p if it has none. Figures that are all of a value are none: 参与人数：30、地点. */
static const char *before_number(const char *from, const char *p)
{
    const char *comma = p > from ? g_utf8_prev_char(p) : p, *number = comma;
    if (comma == p || g_utf8_get_char(comma) != 0x3001 /* 、 */) return p;
    while (number > from &&
           g_utf8_strchr("0123456789一二三四五六七八九十", -1, g_utf8_get_char(g_utf8_prev_char(number))))
        number = g_utf8_prev_char(number);
    const char *before = number;
    while (before > from && fields_is_padding(g_utf8_get_char(g_utf8_prev_char(before))))
        before = g_utf8_prev_char(before);
    if (number == comma || (before == from && g_ascii_isdigit(*number))) return p;
    return number == from || parts(g_utf8_get_char(g_utf8_prev_char(number))) ? number : p;
}

/* Whether a label of several pieces is a value of figures and the next label: 62281234 邮箱; not 2. 邮箱. */
static gboolean begins_with_figures(const char *raw)
{
    const char *gap = raw;
    while (*gap && !fields_is_padding(g_utf8_get_char(gap))) gap = g_utf8_next_char(gap);
    return *gap && gap > raw && g_ascii_isdigit(gap[-1]);
}

/* Where a known label begins that ends at `end`, not before `from`: tries one piece between white space or
 * commas, then two … (联 系 电 话). NULL if there is none. */
static const char *known_label_before(const char *from, const char *end)
{
    const char *start = end, *best = NULL;
    if (end - from > FIELDS_LABEL_BYTES) {
        from = end - FIELDS_LABEL_BYTES;
        while (((guchar)*from & 0xC0) == 0x80) from++;
    }
    for (int piece = 0; piece < LABEL_PIECES && start > from; piece++) {
        while (start > from && fields_is_padding(g_utf8_get_char(g_utf8_prev_char(start))))
            start = g_utf8_prev_char(start);
        while (start > from && !parts(g_utf8_get_char(g_utf8_prev_char(start))))
            start = g_utf8_prev_char(start);
        g_autofree char *raw = g_strndup(start, (gsize)(end - start));
        if (!(best && begins_with_figures(raw)) && fields_is_label(raw)) best = start;
        if (start > from && is_comma(g_utf8_get_char(g_utf8_prev_char(start)))) break;
    }
    return best ? before_number(from, best) : NULL;
}

/* Behind the gap at p that is as wide as forms leave one: a tab, or two of what pads; NULL if there is none.
 */
static const char *behind_gap(const char *p, const char *end)
{
    int width = 0;
    for (; p < end && fields_is_padding(g_utf8_get_char(p)); p = g_utf8_next_char(p))
        width += *p == '\t' || g_utf8_get_char(p) == 0x3000 ? 2 : 1;
    return width >= 2 ? p : NULL;
}

/* What ends as labels do and stands behind a wide gap, up to a colon, is one too: 　　填报时间：. Where it
 * begins; NULL. */
static const char *label_behind_gap(const char *from, const char *colon)
{
    const char *p = colon;
    while (p > from && colon - p < FIELDS_LABEL_BYTES &&
           !fields_is_padding(g_utf8_get_char(g_utf8_prev_char(p))))
        p = g_utf8_prev_char(p);
    const char *gap = p;
    while (gap > from && fields_is_padding(g_utf8_get_char(g_utf8_prev_char(gap))))
        gap = g_utf8_prev_char(gap);
    if (gap == from || behind_gap(gap, colon) != p) return NULL;
    g_autofree char *raw = g_strndup(p, (gsize)(colon - p)), *label = fields_label(raw);
    return fields_may_be_label(label) && fields_has_known_ending(label) ? p : NULL;
}

/* Whether `at` stands in parentheses that opened behind `text`, and close on the line: 甲（电话：…）. */
static gboolean in_parentheses(const char *text, const char *at, const char *end)
{
    const char *p = at - MIN(at - text, ASIDE_BYTES), *stop = at + MIN(end - at, ASIDE_BYTES);
    int depth = 0;
    while (p < at && ((guchar)*p & 0xC0) == 0x80) p++;
    for (; p < at; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        depth += c == '(' || c == 0xFF08;
        depth -= depth > 0 && (c == ')' || c == 0xFF09);
    }
    return depth > 0 && (memchr(at, ')', (gsize)(stop - at)) || memmem(at, (gsize)(stop - at), "）", 3));
}

gboolean fields_begins_list(const char *text, const char *end)
{
    static const char *const firsts[] = {"1", "一", "１"};
    while (text < end &&
           (fields_is_padding(g_utf8_get_char(text)) || *text == '(' || g_utf8_get_char(text) == 0xFF08))
        text = g_utf8_next_char(text);
    if (text < end && g_utf8_get_char(text) == 0x2460 /* ① */) return TRUE;
    for (gsize i = 0; i < G_N_ELEMENTS(firsts); i++) {
        const char *sign = text + strlen(firsts[i]);
        if (sign >= end || !g_str_has_prefix(text, firsts[i])) continue;
        gboolean point = g_utf8_strchr("、.．)）", -1, g_utf8_get_char(sign)) != NULL;
        return point && !(*sign == '.' && g_ascii_isdigit(sign[1]));
    }
    return FALSE;
}

/* The value that begins at `text` ends at the end of the line or before the next label on it. */
static const char *value_end(const char *text, const char *end)
{
    const char *after, *colon, *p = text;
    for (int i = 0; i < COLONS_MAX && (colon = fields_find_colon(p, end, &after)); i++, p = after) {
        const char *label = known_label_before(text, colon);
        if (!label) label = label_behind_gap(text, colon);
        if (!label || (label > text && !parts(g_utf8_get_char(g_utf8_prev_char(label))))) continue;
        if (!in_parentheses(text, label, end)) return label;
    }
    return end;
}

/* Without the comma, or the stroke between spaces, before the next label. */
static const char *before_comma(const char *text, const char *stop, const char *end)
{
    for (const char *last; stop < end && stop > text; stop = last) {
        last = g_utf8_prev_char(stop);
        const gboolean stroke =
            *last == '/' && last > text && fields_is_padding(g_utf8_get_char(g_utf8_prev_char(last)));
        if (!stroke && !parts(g_utf8_get_char(last))) break;
    }
    return stop;
}

/* Where a date begins that stands at the end of the line, far behind the value: it is of the whole form. */
static const char *before_date(const char *label, const char *text, const char *end)
{
    if (strstr(label, "时间") || strstr(label, "日期")) return end;
    const char *p = end;
    gboolean dated = FALSE;
    while (p > text && (fields_is_padding(g_utf8_get_char(g_utf8_prev_char(p))) ||
                        g_utf8_strchr("0123456789年月日.-/", -1, g_utf8_get_char(g_utf8_prev_char(p))))) {
        p = g_utf8_prev_char(p);
        dated |= g_utf8_get_char(p) == 0x5E74 /* 年 */;
    }
    gboolean gap = p > text && behind_gap(p, end) != NULL;
    return dated && gap ? p : end;
}

/* Whether there is a comma or a full stop that no hint in brackets explains: no label, quickly told. */
static gboolean is_clause(const char *text, const char *end)
{
    gsize length = (gsize)(end - text);
    if (!memmem(text, length, "，", 3) && !memmem(text, length, "。", 3)) return FALSE;
    return !memchr(text, '(', length) && !memchr(text, '[', length) && !memmem(text, length, "（", 3) &&
           !memmem(text, length, "【", 3) && !memmem(text, length, "〔", 3) && !memmem(text, length, "［", 3);
}

/* Without what ends the line or its sentence, if that is one name and no text. */
static const char *before_stop(const char *label, const char *text, const char *end)
{
    const char *last = end > text ? g_utf8_prev_char(end) : end;
    gboolean stop =
        last < end && is_comma(g_utf8_get_char(last)) && !memmem(text, (gsize)(last - text), "。", 3);
    return stop && !fields_asks_for_text(label) ? last : end;
}

/* Whether there are hanzi, or what is one to NFKC: they begin with U+2E80. */
static gboolean has_hanzi(const char *text, const char *end)
{
    for (const guchar *p = (const guchar *)text; p < (const guchar *)end; p++)
        if (*p > 0xE2 || (*p == 0xE2 && p + 1 < (const guchar *)end && p[1] >= 0xBA)) return TRUE;
    return FALSE;
}

/* Behind the known label of `least` bytes, without its value's gap, that begins the line; NULL. Letters of it
 * may be spread. (What is long enough to be sure is hanzi.) */
static const char *behind_label(const char *line, const char *end, gsize least, char **label)
{
    const char *p = line, *stop = MIN(end, line + FIELDS_LABEL_BYTES);
    if (!has_hanzi(line, stop)) return NULL;
    for (int piece = 0; piece < LABEL_PIECES && p < stop; piece++) {
        while (p < stop && fields_is_padding(g_utf8_get_char(p))) p = g_utf8_next_char(p);
        while (p < stop && !fields_is_padding(g_utf8_get_char(p))) p = g_utf8_next_char(p);
        g_autofree char *raw = g_strndup(line, (gsize)(p - line));
        g_autofree char *found = fields_label(raw);
        if (strlen(found) < least || !fields_is_known(found)) continue;
        *label = g_steal_pointer(&found);
        return p;
    }
    return NULL;
}

/* Whether there may be a gap near the beginning. */
static gboolean has_gap(const char *line, const char *end)
{
    const char *stop = MIN(end, line + FIELDS_LABEL_BYTES);
    for (const char *p = line; p + 1 < stop; p++)
        if (*p == '\t' || ((*p == ' ' || *p == '_') && p[1] == *p) ||
            ((guchar)*p == 0xC2 && (guchar)p[1] == 0xA0) ||
            (p + 2 < stop && (guchar)*p == 0xE3 && (guchar)p[1] == 0x80 && (guchar)p[2] == 0x80))
            return TRUE;
    return FALSE;
}

/* Where the gap begins, behind which a known label of `least` bytes and another gap stand, before `end`;
 * *label is where that label begins. `end` if there is none. */
static const char *gap_before_label(const char *text, const char *end, gsize least, const char **label)
{
    for (const char *p = text; p < end && p - text < VALUE_BYTES;) {
        g_autofree char *found = NULL;
        *label = behind_gap(p, end);
        const char *behind = *label ? behind_label(*label, end, least, &found) : NULL;
        if (behind && behind_gap(behind, end)) return p;
        p = *label ? *label : g_utf8_next_char(p);
    }
    *label = end;
    return end;
}

/* Where the padding before `p` begins. */
static const char *before_padding(const char *from, const char *p)
{
    while (p > from && fields_is_padding(g_utf8_get_char(g_utf8_prev_char(p)))) p = g_utf8_prev_char(p);
    return p;
}

/* （联系人：甲，电话：…）: a line in parentheses is what stands in them. */
static void unwrap(const char **line, const char **end)
{
    const char *first = *line, *stop = before_padding(first, *end);
    while (first < stop && fields_is_padding(g_utf8_get_char(first))) first = g_utf8_next_char(first);
    const char *last = stop > first ? g_utf8_prev_char(stop) : first;
    const gunichar open = first < last ? g_utf8_get_char(first) : 0;
    if ((open != '(' && open != 0xFF08) || stop - first > FIELDS_LABEL_BYTES + ASIDE_BYTES) return;
    guint depth = 0;
    for (const char *p = first; p < stop; p = g_utf8_next_char(p)) {
        const gunichar c = g_utf8_get_char(p);
        depth += c == '(' || c == 0xFF08;
        if ((c == ')' || c == 0xFF09) && --depth == 0 && p < last) return; /* （一）… （完） */
    }
    if (depth > 0) return;
    *line = g_utf8_next_char(first);
    *end = last;
}

FactsField *fields_from_colons(GPtrArray *fields, const char *line, const char *end)
{
    FactsField *last = NULL;
    unwrap(&line, &end);
    while (line < end) {
        const char *after, *colon = fields_find_colon(line, end, &after);
        for (int i = 0; i < LABEL_PIECES && colon && in_parentheses(line, colon, end); i++)
            colon = fields_find_colon(after, end, &after); /* 负责人（姓名：职务）：甲 */
        if (!colon || colon - line > FIELDS_LABEL_BYTES || !fields_has_letters(line, (gsize)(colon - line)) ||
            is_clause(line, colon))
            return NULL;
        g_autofree char *raw = g_strndup(line, (gsize)(colon - line));
        g_autofree char *label = fields_label(raw);
        gboolean sure = fields_is_known(label);
        const char *own = sure || !has_gap(line, colon) ? NULL : known_label_before(line, colon);
        if (own && own > line && behind_gap(before_padding(line, own), own)) {
            fields_from_gaps(fields, line, own); /* 负责人    甲    联系电话：010-00000000 */
            line = own;
            continue;
        }
        gboolean salutation = g_str_has_prefix(label, "各") && fields_is_blank(after, end); /* 各支部： */
        if (!sure && (salutation || !fields_may_be_label(label) || !fields_has_known_ending(label)))
            return NULL;
        after = behind_colons(after, end);
        /* 活动内容：1、时间：5月；2、地点：礼堂 is all of it what was done */
        gboolean list = fields_asks_for_text(label) && fields_begins_list(after, end);
        const char *stop = list ? end : value_end(after, end);
        const char *value_stop =
            before_stop(label, after, before_date(label, after, before_comma(after, stop, end)));
        const char *gap = value_stop, *next = NULL;
        if (!list && has_gap(after, value_stop)) gap = gap_before_label(after, value_stop, SURE_BYTES, &next);
        FactsField *field = fields_add(fields, label, after, (gsize)(gap - after));
        if (gap < value_stop) fields_from_gaps(fields, next, value_stop);
        last = sure && field && !*field->value ? field : NULL;
        line = stop;
    }
    return last;
}

/* --- no colons -------------------------------------------------------------------------------- */

/* 活动名称  时间  地点: nothing but labels, at least three, are heads of columns. */
static gboolean are_heads(const char *line, const char *end)
{
    guint n = 0;
    for (const char *next; line < end && n < COLONS_MAX; line = next, n++) {
        const char *p = line;
        for (next = NULL; p < end && !next && p - line <= FIELDS_LABEL_BYTES;) {
            next = behind_gap(p, end);
            if (!next) p = g_utf8_next_char(p);
        }
        if (p < end && !next) return FALSE;
        if (!next) next = end;
        g_autofree char *raw = g_strndup(line, (gsize)(p - line)), *label = fields_label(raw);
        if (!fields_is_known(label)) return FALSE;
    }
    return n >= 3;
}

void fields_from_gaps(GPtrArray *fields, const char *line, const char *end)
{
    while (line < end && fields_is_padding(g_utf8_get_char(line))) line = g_utf8_next_char(line);
    if (!has_gap(line, end) || are_heads(line, end)) return; /* most lines have none */
    gsize least = SURE_BYTES;
    for (const char *next; line < end && has_gap(line, end); line = next, least = SHORT_BYTES) {
        g_autofree char *label = NULL, *head = NULL;
        const char *value = behind_label(line, end, least, &label);
        if (value) value = behind_gap(value, end);
        if (!value || value == end) return;
        gboolean figures = strspn(value, "0123456789") > 2 || begins_with_figures(value);
        const char *second = figures ? NULL : behind_label(value, end, least, &head);
        if (second && least == SURE_BYTES) return; /* heads of columns */
        next = value;
        if (second && behind_gap(second, end)) {
            fields_add(fields, label, "", 0);
            continue;
        }
        const char *stop = gap_before_label(value, end, SHORT_BYTES, &next);
        if (stop == end && fields_is_page(label, value, end)) return;
        fields_add(fields, label, value, (gsize)(stop - value));
    }
}

/* --- brackets and headings ---------------------------------------------------------------------------------
 */

char *fields_label_in_brackets(const char *line, const char *end, const char **behind)
{
    static const char *const pairs[][2] = {{"【", "】"}, {"〖", "〗"}}; /* [ ] is for what is to be written */
    while (line < end && fields_is_padding(g_utf8_get_char(line))) line = g_utf8_next_char(line);
    for (gsize i = 0; i < G_N_ELEMENTS(pairs); i++) {
        gsize open = strlen(pairs[i][0]), close = strlen(pairs[i][1]);
        if ((gsize)(end - line) < open || memcmp(line, pairs[i][0], open) != 0) continue;
        const char *stop = memmem(line, (gsize)(end - line), pairs[i][1], close);
        if (!stop || stop - line > FIELDS_LABEL_BYTES) return NULL;
        g_autofree char *raw = g_strndup(line + open, (gsize)(stop - line) - open);
        *behind = stop + close;
        return fields_label(raw);
    }
    return NULL;
}

/* Where the next known label in brackets begins, or the end. */
static const char *next_in_brackets(const char *line, const char *end)
{
    const char *p = line, *behind;
    for (int i = 0; i < COLONS_MAX && p < end; i++, p = g_utf8_next_char(p)) {
        while (p < end && (guchar)*p != 0xE3) p = g_utf8_next_char(p);
        g_autofree char *label = p < end ? fields_label_in_brackets(p, end, &behind) : NULL;
        if (label && fields_is_known(label)) return p;
    }
    return end;
}

FactsField *fields_from_brackets(GPtrArray *fields, const char *line, const char *end)
{
    FactsField *field = NULL;
    for (const char *next; line < end; line = next) {
        const char *value;
        g_autofree char *label = fields_label_in_brackets(line, end, &value);
        if (!label || !fields_is_known(label)) return field;
        value = behind_colons(value, end);
        next = next_in_brackets(value, end);
        field = fields_add(fields, label, value, (gsize)(next - value));
        if (!field) return NULL;
    }
    return field;
}

char *fields_headed_label(const char *line, const char *end)
{
    while (line < end && fields_is_padding(g_utf8_get_char(line))) line = g_utf8_next_char(line);
    if (end - line > FIELDS_LABEL_BYTES || line == end || fields_is_sentence(line, end)) return NULL;
    if ((!fields_is_heading(line) && !g_ascii_isdigit(*line)) || !has_hanzi(line, end)) return NULL;
    g_autofree char *text = g_strndup(line, (gsize)(end - line)), *label = fields_label(text);
    return strlen(label) >= SURE_BYTES && fields_is_known(label) ? g_steal_pointer(&label) : NULL;
}

/* --- values below ----------------------------------------------------------------------------- */

/* 【label】value, or label and value with a gap between. */
static gboolean begins_with_label(const char *line, const char *end)
{
    const char *behind;
    g_autofree char *bracketed = fields_label_in_brackets(line, end, &behind), *label = NULL;
    if (bracketed && fields_is_known(bracketed)) return TRUE;
    behind = has_gap(line, end) ? behind_label(line, end, SURE_BYTES, &label) : NULL;
    return behind && behind_gap(behind, end);
}

/* `text`: as part of one of several lines. */
static gboolean may_be_value(const char *line, const char *end, gboolean text)
{
    g_autofree char *clean = fields_clean(line, (gsize)(end - line));
    if (!*clean || fields_is_heading(clean)) return FALSE;
    if (strlen(clean) <= FIELDS_LABEL_BYTES) {
        g_autofree char *all = fields_label(clean);
        if (fields_is_frame_label(all) || fields_is_known(all)) return FALSE;
    }
    const char *stop = clean + strlen(clean), *after, *colon = fields_find_colon(clean, stop, &after);
    if (begins_with_label(clean, stop)) return FALSE;
    if (!colon) return TRUE;
    if (colon - clean <= FIELDS_LABEL_BYTES) {
        g_autofree char *raw = g_strndup(clean, (gsize)(colon - clean));
        g_autofree char *label = fields_label(raw);
        if (fields_is_known(label)) return FALSE;
        gboolean prose = text && fields_is_sentence(clean, stop) && !fields_has_known_ending(label);
        if (fields_may_be_label(label) && !prose) return FALSE;
    }
    return value_end(clean, stop) == stop;
}

gboolean fields_may_be_value(const char *line, const char *end)
{
    return may_be_value(line, end, FALSE);
}

/* Whether the line below is the text of a heading, or the next one: 一、活动主题 / （一）总体要求 / （二）…
 */
static gboolean has_text_below(const char *end)
{
    const char *below = fields_next_line(end), *stop = fields_line_end(below);
    g_autofree char *text = fields_clean(below, (gsize)(stop - below));
    const char *after, *colon = fields_find_colon(text, text + strlen(text), &after);
    g_autofree char *label = colon ? g_strndup(text, (gsize)(colon - text)) : NULL;
    if (label && fields_is_label(label)) return FALSE;
    return fields_is_sentence(text, text + strlen(text)) || !fields_is_name(text) ||
           (fields_is_heading(text) && g_utf8_strchr("(（", -1, g_utf8_get_char(text)));
}

gboolean fields_may_be_value_of(const char *label, const char *line, const char *end)
{
    const char *said = fields_asks_for_choice(label) ? fields_behind_number(line, end) : line, *open = line;
    while (open < said && fields_is_padding(g_utf8_get_char(open))) open = g_utf8_next_char(open);
    const gboolean heading = open < said && g_utf8_strchr("(（", -1, g_utf8_get_char(open));
    return may_be_value(heading ? said : line, end, FALSE) && !(heading && has_text_below(end));
}

gboolean fields_may_be_text(const char *line, const char *end)
{
    return may_be_value(line, end, TRUE);
}
