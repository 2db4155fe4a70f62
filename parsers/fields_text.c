/* fields_text.c - labels in running text, line by line. */
#include <stdlib.h>
#include <string.h>

#include "parsers/fields_parts.h"
#include "parsers/limits.h"

enum {
    HEADED_BYTES = 3 * 60, /* of a value below a heading: more is a text */
    GUIDE_BYTES = 6000     /* below what explains labels, in which the form repeats them */
};

/* --- values below ----------------------------------------------------------------------------- */

/* Whether a line below a heading is all that there is below it: more is a text. */
static gboolean is_alone(const char *line, const char *end)
{
    const char *next = fields_next_line(end), *next_end = fields_line_end(next);
    g_autofree char *clean = fields_clean(line, (gsize)(end - line));
    if (fields_is_point(clean)) return FALSE;
    g_autofree char *below = fields_clean(next, (gsize)(next_end - next));
    g_autofree char *label = fields_bare_label(next, next_end);
    return !*next || label || fields_is_heading(below) || fields_is_point(below) ||
           !fields_may_be_value(next, next_end) || fields_is_name(clean);
}

/* --- lines ------------------------------------------------------------------------------------ */

static const char *const guides[] = {"填表说明", "填写说明", "填报说明", "填表须知", "填报须知",
                                     "填写须知", "填写要求", "填报要求", "填表要求"};

gboolean fields_is_guide(const char *label)
{
    for (gsize i = 0; i < G_N_ELEMENTS(guides); i++)
        if (strcmp(label, guides[i]) == 0) return TRUE;
    return FALSE;
}

/* 填表说明, above lines that explain the labels. */
static gboolean begins_guide(const char *line, const char *end)
{
    gsize length = (gsize)MIN(end - line, FIELDS_LABEL_BYTES / 2);
    while (line + length < end && length > 0 && ((guchar)line[length] & 0xC0) == 0x80) length--;
    if (!memmem(line, length, "填", strlen("填"))) return FALSE; /* mostly */
    g_autofree char *raw = g_strndup(line, length), *text = fields_label(raw);
    const char *p = *text == '(' ? text + 1 : text, *after;
    for (gsize i = 0; i < G_N_ELEMENTS(guides); i++) {
        if (!g_str_has_prefix(p, guides[i])) continue;
        const char *rest = p + strlen(guides[i]), *colon = fields_find_colon(line, end, &after);
        if (!*rest || strcmp(rest, ")") == 0) return TRUE;
        g_autofree char *first = colon ? fields_clean(after, (gsize)(end - after)) : NULL;
        return first && (!*first || fields_is_point(first));
    }
    return FALSE;
}

/* What a guide says of a label, rather than what people write beside it. */
static gboolean explains(const char *value)
{
    static const char *const words[] = {"填", "指", "需", "一般", "按", "要求"};
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
        if (g_str_has_prefix(value, words[i])) return TRUE;
    return fields_is_instruction(value);
}

/* What has explained labels so far. */
typedef struct Guide {
    gboolean open;
    gboolean near;     /* the line above explains a label, or is its title … */
    gboolean numbered; /* … and has a number, or the title may have one below */
    GString *labels;   /* each between line ends; NULL if there are none */
    char *first;       /* of them */
    const char *doubt; /* the first of the lines right above that may have been filled in; NULL */
    gboolean filled;   /* … and were */
} Guide;

static void guide_clear(Guide *guide)
{
    if (guide->labels) g_string_free(guide->labels, TRUE);
    g_free(guide->first);
    *guide = (Guide){0};
}

static gboolean explains_already(const Guide *guide, const char *label)
{
    g_autofree char *line = g_strconcat("\n", label, "\n", NULL);
    return guide->labels && strstr(guide->labels->str, line);
}

static void note_label(Guide *guide, const char *label, gboolean numbered)
{
    if (!guide->labels) {
        guide->labels = g_string_new("\n");
        guide->first = g_strdup(label);
    }
    if (guide->labels->len < GUIDE_BYTES) g_string_append_printf(guide->labels, "%s\n", label);
    guide->near = TRUE;
    guide->numbered = numbered;
}

/* Whether a label comes again below. */
static gboolean recurs(const char *label, const char *end)
{
    return memmem(end, strnlen(end, GUIDE_BYTES), label, strlen(label)) != NULL;
}

/* 负责人：支部书记 right below 推荐单位：填写全称 is of the guide, too, if that speaks of no label twice:
 * there, on this line or elsewhere the form is yet to come. */
static gboolean goes_on_explaining(const Guide *guide, const char *label, gboolean numbered, const char *line,
                                   const char *end)
{
    if (!guide->near || guide->numbered != numbered || explains_already(guide, label)) return FALSE;
    if (recurs(label, end)) return TRUE;
    g_autofree char *first = guide->first ? g_strconcat(guide->first, "：", NULL) : NULL;
    return first && !recurs(guide->first, end) && !memmem(line, (gsize)(end - line), first, strlen(first));
}

/* 010-00000000, 2014年5月: nobody explains a label so. */
static gboolean is_filled_in(const char *value)
{
    const gsize figures = strspn(value, "0123456789");
    return fields_has_number(value) ||
           (figures == 4 && value[4] && g_utf8_strchr("年.-/", -1, g_utf8_get_char(value + 4)));
}

/* 一、活动名称, with its value on the line below, or what explains it there. */
static gboolean heads_value(const char *line, const char *end)
{
    g_autofree char *label = fields_headed_label(line, end);
    if (!label) return FALSE; /* mostly */
    const char *below = fields_next_line(end), *below_end = fields_line_end(below);
    g_autofree char *value = fields_clean(below, (gsize)(below_end - below));
    return *value && fields_is_name(value) && !explains(value) && !fields_is_hint(value) &&
           !recurs(label, below_end);
}

/* Whether the line is of such: 1.活动名称：填写全称. The form below begins with a label that has a value, or
 * a place for one; but a telephone right below lines that may have been filled in says that they were. */
static gboolean is_of_guide(Guide *guide, const char *line, const char *end)
{
    g_autofree char *text = fields_clean(line, (gsize)(end - line));
    const char *stop = text + strlen(text), *after, *colon = fields_find_colon(text, stop, &after);
    g_autofree char *value = colon ? fields_clean(after, (gsize)(stop - after)) : NULL;
    g_autofree char *raw =
        value && colon - text <= FIELDS_LABEL_BYTES ? g_strndup(text, (gsize)(colon - text)) : NULL;
    g_autofree char *label = raw ? fields_label(raw) : NULL;
    const gboolean known = label && fields_is_known(label),
                   point = fields_is_heading(text) || fields_is_point(text), near = guide->near;
    if (!near) guide->doubt = NULL;
    guide->near = FALSE;
    if (explains(value ? value : text)) {
        if (known) note_label(guide, label, point);
        return TRUE;
    }
    if (!known) return !heads_value(line, end) && (!*text || point);
    guide->filled = guide->doubt && is_filled_in(value) && !recurs(label, end);
    if (guide->filled || fields_has_number(value)) return !guide->filled && point;
    guide->near = near;
    if (!goes_on_explaining(guide, label, point, line, end)) return FALSE;
    if (!guide->doubt) guide->doubt = line;
    note_label(guide, label, point);
    return TRUE;
}

/* What the lines above leave open. */
typedef struct Open {
    FactsField *field; /* has no value yet */
    char *heading;     /* is a label if the next line is short */
    gboolean gaps;     /* see fields.h */
    gboolean column;   /* several such labels below each other: whose the next line is nobody can tell */
    FactsField *text;  /* may go on with the next line … */
    const char *last;  /* … below this one */
    guint lines;       /* of it, so far */
    Guide guide;
    gboolean brackets; /* the field's label is in brackets, as those behind it will be */
    gboolean points;   /* the text is points in parentheses: （一） */
    guint number;      /* before the field's label; 0 if there is none */
} Open;

/* The number that begins a line: 2、. 0 if there is none. */
static guint leading_number(const char *line, const char *end)
{
    while (line < end && fields_is_padding(g_utf8_get_char(line))) line = g_utf8_next_char(line);
    return line < end && fields_is_point(line) ? (guint)strtoul(line, NULL, 10) : 0;
}

/* Behind the number of a point in parentheses, where the text may have such: else it is a heading. */
static const char *behind_point(const char *line, const char *end, const Open *open)
{
    const char *p = line;
    while (p < end && fields_is_padding(g_utf8_get_char(p))) p = g_utf8_next_char(p);
    const gboolean point = p < end && g_utf8_strchr("(（", -1, g_utf8_get_char(p)) && fields_is_heading(p);
    return point && (open->points || fields_begins_list(line, end)) ? fields_behind_number(line, end) : line;
}

/* Whether the line begins with brackets around what ends as labels do. */
static gboolean has_bracketed_label(const char *line, const char *end)
{
    const char *behind;
    g_autofree char *label = fields_label_in_brackets(line, end, &behind);
    return label && (fields_is_known(label) || fields_has_known_ending(label) || fields_heads_column(label));
}

/* Whether the line goes on with the text of a field, where it stands below its label. */
static gboolean read_text(const char *line, const char *end, Open *open)
{
    if (!open->text || open->lines >= FIELDS_TEXT_LINES || fields_line_end(open->last) + 1 != line)
        return FALSE;
    g_autofree char *text = fields_clean(line, (gsize)(end - line));
    g_autofree char *above = fields_clean(open->last, (gsize)(line - open->last));
    const char *said = behind_point(line, end, open);
    const gboolean point = open->points && fields_is_heading(text) && said > line;
    if (!fields_may_be_text(said, end) || !(point || fields_goes_on(text, above))) return FALSE;
    g_autofree char *before = open->text->value;
    open->text->value = g_strconcat(before, "\n", text, NULL);
    open->last = line;
    open->lines++;
    return TRUE;
}

/* Whether the line may be what the field above asks for. */
static gboolean is_asked_for(const char *line, const char *end, const Open *open)
{
    const char *label = open->field->label;
    if (open->brackets && has_bracketed_label(line, end)) return FALSE;
    if (open->number > 0 && leading_number(line, end) == open->number + 1)
        return FALSE; /* goes on counting */
    if (fields_asks_for_text(label)) return fields_may_be_text(behind_point(line, end, open), end);
    if (g_str_equal(label, "编号") && strcspn(line, "0123456789") >= (gsize)(end - line))
        return FALSE; /* a title */
    return fields_may_be_value_of(label, line, end);
}

/* Whether the line is （限200字） or 请填写全称, below a label. Below （手写签名） is the date. */
static gboolean is_hint_of_name_or_text(const char *line, const char *end)
{
    g_autofree char *text = fields_clean(line, (gsize)(end - line));
    return fields_is_hint(text) && !strstr(text, "手写") && !strstr(text, "签");
}

/* Reads a line. Returns where to go on: behind it, or at lines above that were taken for a guide. */
static const char *read_line(GPtrArray *fields, const char *line, const char *end, Open *open)
{
    g_autofree char *heading = g_steal_pointer(&open->heading);
    gboolean begins = begins_guide(line, end);
    if (begins) {
        open->guide.near = open->guide.numbered = TRUE; /* what has a number right below it is of it */
        open->guide.doubt = NULL;
    }
    open->guide.open = begins || (open->guide.open && is_of_guide(&open->guide, line, end));
    const char *back = open->guide.filled ? open->guide.doubt : NULL;
    if (open->guide.open) {
        open->field = open->text = NULL;
        return end;
    }
    guide_clear(&open->guide);
    if (back) return back;
    if (read_text(line, end, open)) return end;
    open->text = NULL;
    if (open->field && is_hint_of_name_or_text(line, end)) return end; /* the value is yet to come */
    if (open->field && is_asked_for(line, end, open)) {
        g_autofree char *value = fields_clean(line, (gsize)(end - line));
        g_free(open->field->value);
        open->field->value = g_steal_pointer(&value);
        open->text = fields_asks_for_text(open->field->label) ? open->field : NULL;
        open->last = line;
        open->lines = 1;
        open->points = open->text && behind_point(line, end, open) > line;
        open->field = NULL;
        return end;
    }
    open->points = FALSE;
    if (fields_is_blank(line, end)) {
        open->heading = g_steal_pointer(&heading);
        return end;
    }
    if (heading && end - line <= HEADED_BYTES && fields_may_be_value_of(heading, line, end) &&
        is_alone(line, end)) {
        fields_add(fields, heading, line, (gsize)(end - line));
        return end;
    }
    guint before = fields->len;
    FactsField *found = fields_from_brackets(fields, line, end);
    gboolean brackets = found != NULL;
    if (fields->len == before) found = fields_from_colons(fields, line, end);
    if (fields->len == before && open->gaps) fields_from_gaps(fields, line, end);
    if (fields->len == before) open->heading = fields_headed_label(line, end);
    if (found && *found->value) found = NULL;
    open->brackets = brackets;
    open->column = found && !brackets && (open->field || open->column);
    open->field = open->column ? NULL : found;
    open->number = open->field ? leading_number(line, end) : 0;
    return end;
}

void fields_from_text(GPtrArray *fields, const char *text, gboolean gaps)
{
    Open open = {.gaps = gaps};
    while (*text && (open.field || fields->len < LIMIT_FIELDS)) {
        const char *end = open.field || !gaps ? NULL : fields_from_turns(fields, text);
        if (!end && !open.field && !open.text) end = fields_from_spaces(fields, text);
        if (!end) {
            const char *next = read_line(fields, text, fields_line_end(text), &open);
            if (next < text) {
                text = next;
                continue;
            }
            end = next;
        } else {
            g_clear_pointer(&open.heading, g_free);
            open.text = NULL;
        }
        text = *end ? end + 1 : end;
    }
    guide_clear(&open.guide);
    g_free(open.heading);
}
