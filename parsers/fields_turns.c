/* fields_turns.c - tables that were pasted or saved as text, a cell on each line. */
#include <string.h>

#include "parsers/fields_parts.h"
#include "parsers/limits.h"

enum {
    TURNS_MAX = 200,
    EMPTY_MAX = 8,        /* of them */
    UNSURE_MAX = 6,       /* of lines of label, space and value, none of which is surely that */
    STACK_MAX = 12,       /* labels below each other */
    SHORT_BYTES = 3 * 60, /* of the value of a last pair that may be a heading and its text */
    ODD_BYTES = 3 * 5,    /* of a body's name that does not end as they do */
    PROSE_BYTES = 3 * 25, /* a line as long is one of a text, whatever it ends in */
    NAME_LINES = 3        /* of a value that is no text */
};

typedef struct Turn {
    char *label;
    const char *value, *end; /* the same if it is empty */
    const char *done;        /* where the pair ends */
} Turn;

static void turn_clear(gpointer data)
{
    g_free(((Turn *)data)->label);
}

static gboolean begins_in(const char *text, const char *const *words)
{
    for (; *words; words++)
        if (g_str_has_prefix(text, *words)) return TRUE;
    return FALSE;
}

static gboolean ends_in(const char *text, const char *const *marks)
{
    for (; *marks; marks++)
        if (g_str_has_suffix(text, *marks)) return TRUE;
    return FALSE;
}

/* What stands below forms. */
static gboolean is_below_forms(const char *text)
{
    static const char *const words[] = {"此致", "敬礼", "附件", "附表", "附：", "附:",  "注：",
                                        "注:",  "请于", "请将", "请在", "请各", "请按", NULL};
    return begins_in(text, words);
}

/* Whether a line is the rest of the short value above: 至5月30日. */
static gboolean is_rest(const char *text, const char *above)
{
    static const char *const open[] = {"，", "、", "；", "：", "—", "-", NULL};
    static const char *const rest[] = {"至", "—", "-", "（", "(", "、", NULL};
    return ends_in(above, open) || begins_in(text, rest);
}

gboolean fields_goes_on(const char *text, const char *above)
{
    static const char *const open[] = {"，", "、", "；", "：", ",", ";", NULL};
    static const char *const closed[] = {"。", "！", "？", "；", "…", "”", "）", NULL};
    return !is_below_forms(text) && (ends_in(above, open) || ends_in(text, closed) || fields_is_point(text) ||
                                     strlen(text) >= PROSE_BYTES);
}

/* Finds where the value ends that has its first line, and where the pair does: before the next label, if one
 * comes soon. What stands between is the value's if that is a text, else only what goes on with it. `spaced`:
 * blank lines stand between label and value too, so that they part no cells. */
static void find_end(Turn *turn, gboolean spaced)
{
    gboolean text = fields_asks_for_text(turn->label), surely = TRUE;
    g_autofree char *above = fields_clean(turn->value, (gsize)(turn->end - turn->value));
    const char *last = turn->end;
    for (int n = text ? FIELDS_TEXT_LINES : NAME_LINES; n >= 0; n--) {
        const char *next = fields_next_line(last), *end = fields_line_end(next);
        g_autofree char *following = fields_bare_label(next, end),
                        *line = fields_clean(next, (gsize)(end - next));
        if (following) {
            if (text) turn->end = last;
            turn->done = last;
            return;
        }
        if (n == 0 || !*line || is_below_forms(line) || !fields_may_be_value(next, end)) break;
        surely = surely && (spaced || next == last + 1) &&
                 (text ? fields_goes_on(line, above) : is_rest(line, above));
        if (surely) turn->end = end;
        last = end;
        g_free(above);
        above = g_steal_pointer(&line);
    }
    turn->done = turn->end;
}

/* Behind the lines of a form that only say what is to be written there (盖章, 年 月 日); else `end`. */
static const char *behind_frames(const char *end)
{
    for (;;) {
        const char *next = fields_next_line(end), *next_end = fields_line_end(next);
        g_autofree char *text = fields_clean(next, (gsize)(next_end - next));
        if (!*text || !fields_is_frame(text)) return end;
        end = next_end;
    }
}

/* Behind （不超过20字）, where the value stands below it; else `end`. */
static const char *behind_hint(const char *end)
{
    const char *hint = fields_next_line(end), *hint_end = fields_line_end(hint),
               *value = fields_next_line(hint_end);
    g_autofree char *text = fields_clean(hint, (gsize)(hint_end - hint));
    gboolean frame = fields_is_frame(text) && fields_has_letters(text, strlen(text));
    gboolean hinted = hint == end + 1 && (frame || fields_is_hint(text));
    return hinted && value == hint_end + 1 && fields_may_be_value(value, fields_line_end(value)) ? hint_end
                                                                                                 : end;
}

/* 内容 above another label: a head of columns, a cell on each line. */
static gboolean is_head(const char *value, const char *end)
{
    static const char *const words[] = {"内容", "內容", "数量", "數量", "金额",
                                        "金額", "单价", "說明", "说明", NULL};
    g_autofree char *text = fields_clean(value, (gsize)(end - value));
    if (!*end || !g_strv_contains(words, text)) return FALSE;
    g_autofree char *below = fields_bare_label(end + 1, fields_line_end(end + 1));
    return below != NULL;
}

/* Reads the pair whose label that is. FALSE if it has no place for a value. An empty one is a blank line,
 * where values do not stand below such, or a frame. */
static gboolean read_turn(Turn *turn, const char *line, gboolean *spaced)
{
    const char *label_end = behind_hint(fields_line_end(line)), *value = fields_next_line(label_end);
    gboolean blank = *value && value != label_end + 1;
    turn->value = value;
    turn->end = fields_line_end(value);
    if (*value && fields_may_be_value_of(turn->label, value, turn->end) && !is_head(value, turn->end)) {
        *spaced |= blank;
        find_end(turn, *spaced);
        turn->done = behind_frames(turn->done);
        return TRUE;
    }
    turn->done = behind_frames(label_end);
    g_autofree char *following = fields_bare_label(value, turn->end);
    turn->end = value;
    return turn->done > label_end || (following && blank && !*spaced);
}

/* The lines from `line` on that follow each other and are labels, or values; at most `most`. *end: behind
 * them. */
static guint count_lines(const char *line, gboolean labels, guint most, const char **end)
{
    guint n = 0;
    for (; n < most && *line; n++) {
        const char *stop = fields_line_end(line);
        g_autofree char *label = fields_bare_label(line, stop);
        if (labels ? !label : !fields_may_be_value(line, stop)) break;
        *end = stop;
        line = *stop ? stop + 1 : stop;
    }
    return n;
}

/* Whether the lines from `line` on are, as far as they are values, one more row of a list or several: blocks
 * of `n` between blank lines. Two lines, or a date at the end, are who signs the form. */
static gboolean has_rows_below(const char *line, guint n)
{
    const guint least = n > 2 ? 1 : 2;
    for (guint rows = 0; rows < least; rows++) {
        const char *end = line, *first = fields_next_line(line);
        if (first == line + 1 || count_lines(first, FALSE, n + 1, &end) != n) return FALSE;
        if (*end && !fields_is_blank(end + 1, fields_line_end(end + 1))) return FALSE;
        for (const char *cell = first; cell < end; cell = fields_line_end(cell) + 1) {
            const char *stop = fields_line_end(cell);
            g_autofree char *text = fields_clean(cell, (gsize)(stop - cell));
            gboolean dated = stop == end && g_ascii_isdigit(*text) && strstr(text, "年");
            if (dated || is_below_forms(text) || !fields_is_name(text) || fields_is_sentence(cell, stop))
                return FALSE;
        }
        line = end;
    }
    return TRUE;
}

/* A row of labels and the row of values below it, a cell on each line: as many of the one as of the other.
 * Appends those pairs. *labels: how many of them there are, *values: of the lines below that might be. FALSE
 * if that is not so. */
static gboolean read_stack(GArray *turns, const char *line, guint *labels, guint *values)
{
    const char *end = line, *labels_end = line;
    *labels = count_lines(line, TRUE, STACK_MAX, &labels_end);
    if (*labels < 2) return FALSE; /* mostly */
    const char *value = *labels_end ? labels_end + 1 : labels_end;
    *values = count_lines(value, FALSE, STACK_MAX + 1, &end);
    if (*values != *labels || has_rows_below(end, *labels)) return FALSE;
    for (guint i = 0; i < *labels; i++) {
        const char *stop = fields_line_end(value);
        const Turn turn = {fields_bare_label(line, fields_line_end(line)), value, stop, stop};
        g_array_append_val(turns, turn);
        line = fields_line_end(line) + 1;
        value = *stop ? stop + 1 : stop;
    }
    return TRUE;
}

/* Reads pairs until there is none, or too many of them are empty. Returns how many are not. */
static guint read_turns(GArray *turns, const char *line)
{
    gboolean spaced = FALSE;
    guint filled = 0;
    while (turns->len < TURNS_MAX && turns->len - filled <= EMPTY_MAX) {
        Turn turn = {.label = fields_bare_label(line, fields_line_end(line))};
        guint labels, values;
        if (turn.label && read_turn(&turn, line, &spaced)) {
            filled += turn.value < turn.end;
            g_array_append_val(turns, turn);
        } else {
            g_free(turn.label);
            if (!read_stack(turns, line, &labels, &values)) break;
            filled += labels;
        }
        line = fields_next_line(g_array_index(turns, Turn, turns->len - 1).done);
    }
    return filled;
}

/* Behind labels that follow each other, where nobody can tell whose the lines below are; NULL if one can. */
static const char *behind_stack(const char *line)
{
    g_autoptr (GArray) none = g_array_new(FALSE, FALSE, sizeof(Turn));
    guint labels, values = 0;
    g_array_set_clear_func(none, turn_clear);
    if (read_stack(none, line, &labels, &values) || labels < 2 || values < 2) return NULL;
    for (guint i = 1; i < labels; i++) line = fields_line_end(line) + 1;
    return fields_line_end(line);
}

/* A label, one space and a value, that begin a line. */
typedef struct Spaced {
    Turn turn;
    gboolean sure;   /* nobody would begin a line with that label otherwise */
    gboolean office; /* the label is of a body … */
    gboolean odd;    /* … whose name does not end as theirs do */
} Spaced;

static void spaced_clear(gpointer data)
{
    turn_clear(&((Spaced *)data)->turn);
}

/* 学院 文学院, not 学院 党委高度重视: what bodies are called ends in few words, or is short. Other labels
 * take any value. FALSE if it is no name of one. */
static gboolean look_at_office(Spaced *spaced, const char *value)
{
    static const char *const labels[] = {"学院", "學院",   "单位",   "單位",   "部门", "部門",
                                         "院系", "党组织", "黨組織", "党支部", NULL};
    static const char *const ends[] = {"院", "系", "部", "处", "處", "所", "中心", "委", "会", "會",
                                       "组", "組", "校", "室", "馆", "館", "办",   "辦", "司", "社",
                                       "局", "厂", "班", "级", "級", "团", "團",   "站", "队", "隊",
                                       "店", "行", "关", "学", "學", "科", "园",   NULL};
    spaced->office = g_strv_contains(labels, spaced->turn.label);
    if (!spaced->office) return TRUE;
    g_autofree char *name = g_strndup(value, strcspn(value, " \t("));
    char *note = strstr(name, "（");
    if (note) *note = '\0';
    spaced->odd = !ends_in(name, ends);
    return !spaced->odd || strlen(name) <= ODD_BYTES;
}

/* 活动名称 读书会: reads the label that begins the line, behind its number, one space, and the value. FALSE
 * if there are none. */
static gboolean read_spaced(Spaced *spaced, const char *line, const char *end)
{
    static const char *const words[] = {"及", "和", "与", "的", "之",         "是", "则是",
                                        "要", "须", ":",  "：", FIELDS_RATIO, NULL};
    const char *begin = memchr(line, ' ', (gsize)MIN(end - line, FIELDS_LABEL_BYTES))
                            ? fields_behind_number(line, end)
                            : line,
               *space = memchr(begin, ' ', (gsize)MIN(end - begin, FIELDS_LABEL_BYTES)),
               *value = space ? space + 1 : end;
    *spaced = (Spaced){.turn = {.value = value, .end = end, .done = end}};
    if (!space || space == begin || value == end || fields_is_padding(g_utf8_get_char(value))) return FALSE;
    g_autofree char *raw = g_strndup(begin, (gsize)(space - begin));
    g_autofree char *label = fields_bare_label(raw, raw + strlen(raw)); /* mostly none */
    g_autofree char *rest = label ? fields_clean(value, (gsize)(end - value)) : NULL;
    if (!label || !fields_is_name(rest) || !fields_may_be_value_of(label, value, end)) return FALSE;
    const char *first = memchr(rest, ' ', strlen(rest));
    g_autofree char *head = first ? fields_bare_label(rest, first) : NULL;
    if (head || fields_is_page(label, value, end)) return FALSE; /* 活动名称 推荐单位 负责人: heads */
    if (g_str_has_suffix(rest, "意见") || begins_in(rest, words)) return FALSE; /* 活动背景 及意义 */
    spaced->sure = strlen(label) > 3 * 2;
    spaced->turn.label = g_steal_pointer(&label);
    if (look_at_office(spaced, rest)) return TRUE;
    spaced_clear(spaced);
    return FALSE;
}

/* Where the next label with a space on either side begins on the line, or its end: 负责人 甲 联系电话
 * 010-00000000. */
static const char *next_spaced(const char *value, const char *end)
{
    for (const char *p = value; (p = memchr(p, ' ', (gsize)(end - p))); p++) {
        const char *stop = memchr(p + 1, ' ', (gsize)(end - p - 1));
        g_autofree char *label = stop ? fields_bare_label(p + 1, stop) : NULL;
        if (label) return p + 1;
    }
    return end;
}

/* The line behind `end`, or the one below it if that is blank. */
static const char *next_of_run(const char *end)
{
    const char *line = *end ? end + 1 : end, *stop = fields_line_end(line);
    return *stop && fields_is_blank(line, stop) ? stop + 1 : line;
}

/* Reads such lines below each other. Bodies with odd names (部门 后勤) are among them if others show that it
 * is a form: two sure labels of something else, or a number. */
static void read_run(GArray *run, const char *line)
{
    guint sure = 0, proofs = 0, odd = 0;
    while (run->len < (sure > 0 && (proofs > 1 || odd == 0) ? TURNS_MAX : UNSURE_MAX)) {
        Spaced spaced;
        const char *end = fields_line_end(line);
        if (!read_spaced(&spaced, line, end)) break;
        const char *next = next_spaced(spaced.turn.value, end);
        spaced.turn.end = spaced.turn.done = next;
        g_array_append_val(run, spaced);
        g_autofree char *value = g_strndup(spaced.turn.value, (gsize)(next - spaced.turn.value));
        sure += spaced.sure;
        proofs += fields_has_number(value) ? 2 : spaced.sure && !spaced.office;
        odd += spaced.odd;
        line = next < end ? next : next_of_run(end);
    }
    for (guint i = 0; i < run->len && odd > 0 && proofs < 2; i++)
        if (g_array_index(run, Spaced, i).odd) g_array_set_size(run, i);
    for (sure = 0, odd = 0; odd < run->len; odd++) sure += g_array_index(run, Spaced, odd).sure;
    if (run->len < 2 || sure == 0) g_array_set_size(run, 0);
}

const char *fields_from_spaces(GPtrArray *fields, const char *line)
{
    g_autoptr (GArray) run = g_array_new(FALSE, FALSE, sizeof(Spaced));
    g_array_set_clear_func(run, spaced_clear);
    const char *done = NULL;
    read_run(run, line);
    for (guint i = 0; i < run->len; i++) {
        const Turn *turn = &g_array_index(run, Spaced, i).turn;
        fields_add(fields, turn->label, turn->value, (gsize)(turn->end - turn->value));
        done = fields_line_end(turn->done);
    }
    return done;
}

const char *fields_from_turns(GPtrArray *fields, const char *line)
{
    g_autofree char *label = fields_bare_label(line, fields_line_end(line));
    if (!label) return NULL; /* mostly */
    const char *done = NULL;
    g_autoptr (GArray) turns = g_array_new(FALSE, FALSE, sizeof(Turn));
    g_array_set_clear_func(turns, turn_clear);
    guint filled = read_turns(turns, line);
    for (guint i = 0; i < turns->len && filled >= 2; i++) {
        const Turn *turn = &g_array_index(turns, Turn, i);
        if (i == 1 && turns->len == 2 && turn->end - turn->value > SHORT_BYTES) break;
        fields_add(fields, turn->label, turn->value, (gsize)(turn->end - turn->value));
        done = turn->done;
    }
    if (filled == 0 && turns->len > EMPTY_MAX) return g_array_index(turns, Turn, turns->len - 1).done;
    return filled >= 2 ? done : behind_stack(line);
}
