/* fields.c - forms that are tables. */
#include "parsers/fields_parts.h"
#include "parsers/fields_rows.h"

#include <string.h>

#include "parsers/limits.h"

/* A cell that names the group of those beside it: 负责人情况 | 姓名 | … | 电话 | …, perhaps with the place of
 * a photograph at the end. */
static guint first_label(const FieldsRow *row)
{
    guint n = row->n;
    while (n > 3 && n % 2 == 0 && !*row->cells[n - 1]) n--;
    gboolean group = !fields_row_knows(row, 0) || !fields_row_knows(row, 2);
    return n >= 3 && n % 2 == 1 && group && fields_row_knows(row, 1) ? 1 : 0;
}

/* Whose name that is, in such a row: of 负责人, 负责人情况, 联系人信息. NULL if nobody says; caller frees. */
static char *named_person(const FieldsRow *row)
{
    static const char *const tails[] = {"基本情况", "基本信息", "情况", "信息"};
    if (first_label(row) != 1 || (strcmp(row->labels[1], "姓名") != 0)) return NULL;
    g_autofree char *label = g_strdup(row->labels[0]);
    for (gsize i = 0; i < G_N_ELEMENTS(tails); i++) {
        if (!g_str_has_suffix(label, tails[i])) continue;
        label[strlen(label) - strlen(tails[i])] = '\0';
        break;
    }
    return g_str_has_suffix(label, "人") && fields_is_known(label) ? g_steal_pointer(&label) : NULL;
}

static gboolean is_form(const FieldsRow *rows, guint n)
{
    guint paired = 0;
    for (guint r = 0; r < n; r++) {
        gboolean hit = FALSE;
        for (guint i = first_label(&rows[r]); i + 1 < rows[r].n && !hit; i += 2)
            hit = fields_row_knows(&rows[r], i);
        if (hit && !fields_rows_begin_list(&rows[r], n - r)) return TRUE;
        paired += rows[r].n == 2 && fields_may_be_label(rows[r].labels[0]) && !fields_row_knows(&rows[r], 1);
    }
    return n >= 3 && paired == n;
}

static void append_value(FactsField *field, const char *separator, const char *more)
{
    g_autofree char *clean = fields_clean(more, strlen(more)), *before = field->value;
    field->value = g_strconcat(before, *before && *clean ? separator : "", clean, NULL);
}

/* The cells from i on up to the next label or cell that is part of one above are more of a field's value.
 * Returns where they end. */
static guint take_cells(FactsField *field, const FieldsRow *row, guint i, const char *separator)
{
    for (; i < row->n && !fields_row_knows(row, i) && !fields_row_continues(row, i); i++, separator = " ")
        append_value(field, separator, row->cells[i]);
    return i;
}

static gboolean begins_with_label(const char *value)
{
    const char *after, *colon = fields_find_colon(value, value + strlen(value), &after);
    if (!colon || colon - value > FIELDS_LABEL_BYTES) return FALSE;
    g_autofree char *label = g_strndup(value, (gsize)(colon - value));
    return fields_is_label(label);
}

/* 负责人 | 姓名：甲 职务：书记: what several labels in a value say are fields too. A single one may be part
 * of it. */
static void fields_from_value(GPtrArray *fields, const char *value)
{
    if (!begins_with_label(value)) return;
    g_autoptr (GPtrArray) inner = g_ptr_array_new_with_free_func(facts_field_free);
    guint known = 0;
    fields_from_text(inner, value, TRUE);
    for (guint i = 0; i < inner->len; i++)
        known += fields_is_known(((const FactsField *)inner->pdata[i])->label);
    while (known > 1 && inner->len > 0 && fields->len < LIMIT_FIELDS)
        g_ptr_array_add(fields, g_ptr_array_steal_index(inner, 0));
}

/* Whether labels in the value are not of the form: what explains it, points of a text. */
static gboolean holds_other_labels(const char *label, const char *value)
{
    return fields_is_guide(label) ||
           (fields_asks_for_text(label) && fields_begins_list(value, value + strlen(value)));
}

/* Where the value of the label at i stands: beside it, or behind one empty cell where nothing follows it. */
static guint value_place(const FieldsRow *row, guint i)
{
    guint n = row->n;
    while (n > 3 && !*row->cells[n - 1]) n--;
    gboolean skip = n == 3 && fields_row_knows(row, i) && i == 0 && !*row->cells[1] && *row->cells[2] &&
                    !fields_row_knows(row, 2) && !fields_row_continues(row, 2) &&
                    !fields_is_frame(row->cells[2]) && !fields_is_instruction(row->cells[2]);
    gboolean label = skip && n < row->n &&
                     (fields_has_known_ending(row->labels[2]) || fields_heads_column(row->labels[2]));
    return skip && !label ? 2 : i + 1;
}

enum { BOXES_MAX = 24 }; /* cells of one label in which they are looked for */

/* ☑, （√）: nothing but boxes. */
static gboolean is_box(const char *cell)
{
    gboolean box = FALSE;
    for (const char *p = cell; *p; p = g_utf8_next_char(p)) {
        const gunichar c = g_utf8_get_char(p);
        const gboolean mark = g_utf8_strchr("□☐☑☒■√✓✔", -1, c) != NULL;
        if (!mark && !fields_is_padding(c) && !g_utf8_strchr("()（）", -1, c)) return FALSE;
        box |= mark;
    }
    return box;
}

/* 主题 | 学习型 | ☑ | 服务型 | □: all of that up to the next label is what the label at i has. Not behind a
 * name: 活动名称 | 读书会 | √. */
static gboolean has_boxes(const FieldsRow *row, guint i)
{
    if (!fields_asks_for_choice(row->labels[i])) return FALSE;
    const guint end = MIN(row->n, i + 1 + BOXES_MAX);
    guint n = 0;
    gboolean box = FALSE;
    for (i++; i < end && !fields_row_knows(row, i) && !fields_row_continues(row, i); i++, n++)
        box |= is_box(row->cells[i]);
    return box && n > 1;
}

/* `above` and `here` are the fields whose labels stand at each place of the row above and of this one; a
 * label over several rows has their cells as its value, a line for each row. */
static void fields_from_row(GPtrArray *fields, const FieldsRow *row, const FieldsRow *next, GPtrArray *above,
                            GPtrArray *here)
{
    g_ptr_array_set_size(here, (gint)row->n);
    g_autofree char *person = named_person(row);
    if (person) fields_add(fields, person, row->cells[2], strlen(row->cells[2]));
    for (guint i = first_label(row); i < row->n;) {
        gboolean last = i + 1 >= row->n, over_rows = next && fields_row_continues(next, i);
        if (fields_row_continues(row, i)) {
            FactsField *owner = i < above->len ? above->pdata[i] : NULL;
            here->pdata[i] = owner;
            i = owner ? take_cells(owner, row, i + 1, "\n") : i + 1;
        } else if (!last && (fields_row_knows(row, i) || (fields_may_be_label(row->labels[i]) &&
                                                          !fields_is_instruction(row->labels[i])))) {
            guint place = value_place(row, i);
            gboolean shared = fields_row_continues(row, place); /* the value stands further above */
            const char *value = shared ? "" : row->cells[place];
            FactsField *field = fields_add(fields, row->labels[i], value, strlen(value));
            here->pdata[i] = field;
            if (field && !holds_other_labels(row->labels[i], value)) fields_from_value(fields, value);
            gboolean more = field && !shared && (over_rows || has_boxes(row, i));
            i = more ? take_cells(field, row, place + 1, " ") : place + 1;
        } else {
            fields_from_text(fields, row->cells[i], TRUE);
            i++;
        }
    }
}

/* Whether a cell holds more than a name. */
static gboolean is_text(const char *cell)
{
    return strchr(cell, '\n') || strstr(cell, "，") || !fields_is_name(cell);
}

/* A label over the whole width, above its value: 活动简介（500字以内）. One that forms do not know is above a
 * text, 案例概述, since titles look so, too: 主题党日活动方案 / 文学院党委. Where nobody says how wide a cell
 * is
 * (.csv) what stands below must not look like the next label. */
static gboolean stands_above(const FieldsRow *row, const FieldsRow *next)
{
    if (!next || !fields_row_has_only_first(row) || !fields_row_has_only_first(next)) return FALSE;
    if (!fields_row_knows(row, 0) && !(fields_names_text(row->labels[0]) && is_text(next->cells[0])))
        return FALSE;
    if ((row->n > 1 || next->n > 1) && fields_may_be_label(next->labels[0])) return FALSE;
    return fields_may_be_value(next->cells[0], next->cells[0] + strcspn(next->cells[0], "\n"));
}

/* Whether that is so in a form, or without one: [活动总结] above [我们 …] in a frame around texts. */
static gboolean has_text_below(const FieldsRow *row, const FieldsRow *next, gboolean form)
{
    if (!form && (row->n != 1 || !fields_row_knows(row, 0) || !fields_asks_for_text(row->labels[0])))
        return FALSE;
    return stands_above(row, next);
}

/* Whether a label that is all of its row has its value in the row below, rather than behind an empty one. */
static gboolean has_value_below(const FieldsRow *rows, guint n)
{
    for (guint r = 0; r + 1 < n && rows[r + 1].n == 1; r++) {
        const char *below = rows[r + 1].cells[0];
        if (fields_row_knows(&rows[r], 0) && fields_may_be_value(below, fields_line_end(below))) return TRUE;
    }
    return FALSE;
}

/* Rows of one cell are lines of text: what stands in one may be what the one before asks for. An empty one is
 * empty there, if other values stand so. Returns the last of them. */
static guint fields_from_lines(GPtrArray *fields, const FieldsRow *rows, guint r, guint n, gboolean form)
{
    if (r + 1 >= n || rows[r].n != 1 || rows[r + 1].n != 1) { /* mostly */
        for (guint i = 0; i < rows[r].n; i++)
            if (!fields_row_continues(&rows[r], i)) fields_from_text(fields, rows[r].cells[i], TRUE);
        return r;
    }
    static const char EMPTY[] = "（）"; /* is no value */
    g_autoptr (GString) lines = g_string_new(NULL);
    gboolean below = has_value_below(rows + r, n - r);
    guint last = r;
    for (; last < n && rows[last].n == 1; last++) {
        const char *cell = rows[last].cells[0];
        if (last > r && last + 1 < n && has_text_below(&rows[last], &rows[last + 1], form)) break;
        if (!*cell && below && last > r && fields_row_knows(&rows[last - 1], 0)) cell = EMPTY;
        if (!fields_row_continues(&rows[last], 0)) g_string_append_printf(lines, "%s\n", cell);
    }
    fields_from_text(fields, lines->str, TRUE);
    return last - 1;
}

static void fields_from_columns(GPtrArray *fields, const FieldsRow *rows, guint n)
{
    for (guint r = 0; r + 1 < n; r += 2) {
        const FieldsRow *labels = &rows[r], *values = &rows[r + 1];
        for (guint i = 0; i < labels->n; i++) {
            const char *value = i < values->n && !fields_row_continues(values, i) ? values->cells[i] : "";
            fields_add(fields, labels->labels[i], value, strlen(value));
        }
    }
}

static void fields_from_records(GPtrArray *fields, const FieldsRow *rows, guint n)
{
    for (guint i = 1; i < rows->n; i++)
        for (guint r = 1; r < n; r++)
            fields_add(fields, rows[r].labels[0], rows[r].cells[i], strlen(rows[r].cells[i]));
}

static void fields_from_rows(GPtrArray *fields, const FieldsRow *rows, guint n)
{
    gboolean form = is_form(rows, n);
    guint list_width = 0;
    g_autoptr (GPtrArray) above = g_ptr_array_new(), here = g_ptr_array_new();
    for (guint r = 0; r < n && fields->len < LIMIT_FIELDS; r++) {
        const FieldsRow *row = &rows[r], *next = r + 1 < n ? row + 1 : NULL;
        g_ptr_array_set_size(here, 0);
        guint scores = fields_rows_count_scores(row, n - r);
        if (scores > 0) {
            g_ptr_array_set_size(above, 0);
            list_width = 0;
            r += scores - 1;
            continue;
        }
        gboolean head = fields_rows_begin_list(row, n - r),
                 labels = head && form && fields_rows_are_labels_and_values(row, n - r);
        if (head)
            list_width = labels ? 0 : row->n;
        else if (!fields_row_is_of_list(row, list_width))
            list_width = 0;
        if (labels) {
            fields_from_columns(fields, row, 2);
            r++;
        } else if (list_width == 0 && has_text_below(row, next, form)) {
            fields_add(fields, row->labels[0], next->cells[0], strlen(next->cells[0]));
            r++;
        } else if (list_width == 0 && form && row->n > 1 && !fields_row_is_title(row)) {
            if (!fields_row_is_caption(row)) fields_from_row(fields, row, next, above, here);
        } else if (list_width == 0) {
            r = fields_from_lines(fields, rows, r, n, form);
        }
        GPtrArray *swap = above;
        above = here;
        here = swap;
    }
}

gboolean fields_head_list(const GPtrArray *cells)
{
    FieldsRow row;
    for (guint i = 0; i < cells->len; i++) { /* mostly something is empty, a number or a text */
        gsize length = strlen(cells->pdata[i]);
        if (length >= FIELDS_LABEL_BYTES || !fields_has_letters(cells->pdata[i], length)) return FALSE;
    }
    fields_row_init(&row, cells);
    gboolean head = fields_row_looks_like_head(&row) && !fields_row_is_group(&row, NULL);
    fields_row_clear(&row);
    return head;
}

gboolean fields_lack_value(const GPtrArray *cells)
{
    FieldsRow row;
    fields_row_init(&row, cells);
    gboolean lack = row.n % 2 == 1 && row.known[row.n - 1];
    for (guint i = 1; i < row.n && lack; i += 2) lack = !row.known[i] && !fields_heads_column(row.labels[i]);
    fields_row_clear(&row);
    return lack;
}

void fields_from_table(GPtrArray *fields, const GPtrArray *rows)
{
    g_autofree FieldsRow *all = g_new0(FieldsRow, rows->len + 1);
    for (guint r = 0; r < rows->len; r++) fields_row_init(&all[r], rows->pdata[r]);
    fields_rows_drop_columns(all, rows->len);
    guint begin = 0, end = rows->len;
    while (begin < end && fields_row_is_aside(&all[begin])) begin++;
    while (end > begin && fields_row_is_aside(&all[end - 1]) &&
           !fields_rows_are_columns(all + begin, end - begin))
        end--;
    if (fields_rows_are_columns(all + begin, end - begin)) {
        fields_from_rows(fields, all, begin);
        fields_from_columns(fields, all + begin, end - begin);
        fields_from_rows(fields, all + end, rows->len - end);
    } else if (fields_rows_are_records(all + begin, end - begin)) {
        fields_from_records(fields, all + begin, end - begin);
    } else {
        fields_from_rows(fields, all, rows->len);
    }
    for (guint r = 0; r < rows->len; r++) fields_row_clear(&all[r]);
}
