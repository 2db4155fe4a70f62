/* fields.c - forms that are tables. */
#include "parsers/fields_parts.h"

#include <string.h>

#include "parsers/limits.h"

typedef struct Row {
    guint n;
    char **cells;    /* borrowed; "" where one says nothing */
    char **labels;   /* the cells as labels, "" where a cell is too long to be one */
    gboolean *known; /* of each label */
} Row;

static char *or_empty(char *cell)
{
    const char *p = cell;
    while (*p && fields_is_padding(g_utf8_get_char(p))) p = g_utf8_next_char(p);
    return *p ? cell : (char *)"";
}

static void row_init(Row *row, const GPtrArray *cells)
{
    row->n = cells->len;
    row->cells = g_new(char *, row->n + 1);
    for (guint i = 0; i < row->n; i++) row->cells[i] = or_empty(cells->pdata[i]);
    row->labels = g_new0(char *, row->n + 1);
    row->known = g_new0(gboolean, row->n + 1);
    for (guint i = 0; i < row->n; i++) {
        gsize length = strlen(row->cells[i]);
        gboolean candidate = length < FIELDS_LABEL_BYTES && fields_has_letters(row->cells[i], length);
        row->labels[i] = candidate ? fields_label(row->cells[i]) : g_strdup("");
        row->known[i] = *row->labels[i] && fields_is_known(row->labels[i]);
    }
}

static void row_clear(Row *row)
{
    g_free(row->cells);
    g_strfreev(row->labels);
    g_free(row->known);
}

static gboolean known_at(const Row *row, guint i)
{
    return i < row->n && row->known[i];
}

static gboolean continues_at(const Row *row, guint i)
{
    return i < row->n && strcmp(row->cells[i], FIELDS_CONTINUES) == 0;
}

/* Whether a row has labels, not counting that of a list's last line. */
static gboolean has_labels(const Row *row)
{
    for (guint i = 0; i < row->n; i++)
        if (row->known[i] && strcmp(row->labels[i], "合计") != 0) return TRUE;
    return FALSE;
}

/* Labels side by side: the head of a list. (In a form a label's neighbour is its value.) */
static gboolean is_sure_head(const Row *row)
{
    guint known_cells = 0, filled = 0;
    gboolean adjacent = FALSE;
    for (guint i = 0; i < row->n; i++) {
        known_cells += known_at(row, i);
        filled += *row->cells[i] != '\0';
        adjacent |= known_at(row, i) && known_at(row, i + 1);
    }
    return adjacent && (known_cells >= 3 || known_cells == filled);
}

/* Whether all cells may be heads of columns, where at least one is a known label. In an even number they
 * might be labels and values, and only words that are seldom values make them heads. */
static gboolean looks_like_head(const Row *row)
{
    const char *after;
    guint n = row->n;
    while (n > 3 && !*row->cells[n - 1]) n--; /* columns without a head */
    gboolean label = FALSE, column = n % 2 == 1;
    for (guint i = 0; i < n; i++) {
        if (!known_at(row, i) && !fields_may_be_label(row->labels[i])) return FALSE;
        if (fields_find_colon(row->cells[i], row->cells[i] + strlen(row->cells[i]), &after)) return FALSE;
        label |= known_at(row, i);
        column |= i % 2 == 1 && (known_at(row, i) || fields_heads_column(row->labels[i]));
    }
    return row->n >= 2 && label && column;
}

/* 负责人 | 姓名 | 甲 | 电话 | 010-00000000: the first cell, mostly over several rows, is about the others. */
static gboolean is_group(const Row *row, const Row *next)
{
    if (row->n < 3 || row->n % 2 == 0 || !known_at(row, 1)) return FALSE;
    for (guint i = 2; i < row->n; i += 2)
        if (known_at(row, i)) return FALSE;
    return (next && continues_at(next, 0) && !continues_at(next, 1)) ||
           fields_has_number(row->cells[row->n - 1]);
}

/* Whether a list begins with the first of these rows: those below are as wide, and have no labels. */
static gboolean is_head(const Row *rows, guint n)
{
    if (is_group(rows, n > 1 ? rows + 1 : NULL)) return FALSE;
    if (is_sure_head(rows)) return TRUE;
    if (n < 2 || rows[1].n != rows->n || continues_at(&rows[1], 0) || !looks_like_head(rows)) return FALSE;
    for (guint r = 1; r < n && rows[r].n == rows->n; r++) {
        if (r > 1 && known_at(&rows[r], 0)) break; /* the form goes on, in columns as many */
        if (has_labels(&rows[r])) return FALSE;
    }
    return TRUE;
}

/* A cell that names the group of those beside it: 负责人情况 | 姓名 | … | 电话 | … */
static guint first_label(const Row *row)
{
    gboolean group = !known_at(row, 0) || !known_at(row, 2);
    return row->n >= 3 && row->n % 2 == 1 && group && known_at(row, 1) ? 1 : 0;
}

/* Whose name that is, in such a row: of 负责人, 负责人情况, 联系人信息. NULL if nobody says; caller frees. */
static char *named_person(const Row *row)
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

static gboolean is_form(const Row *rows, guint n)
{
    guint paired = 0;
    for (guint r = 0; r < n; r++) {
        gboolean hit = FALSE;
        for (guint i = first_label(&rows[r]); i + 1 < rows[r].n && !hit; i += 2) hit = known_at(&rows[r], i);
        if (hit && !is_head(&rows[r], n - r)) return TRUE;
        paired += rows[r].n == 2 && fields_may_be_label(rows[r].labels[0]) && !known_at(&rows[r], 1);
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
static guint take_cells(FactsField *field, const Row *row, guint i, const char *separator)
{
    for (; i < row->n && !known_at(row, i) && !continues_at(row, i); i++, separator = " ")
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

/* Where the value of the label at i stands: beside it, or behind one empty cell where nothing follows it. */
static guint value_place(const Row *row, guint i)
{
    guint n = row->n;
    while (n > 3 && !*row->cells[n - 1]) n--;
    gboolean skip = n == 3 && known_at(row, i) && i == 0 && !*row->cells[1] && *row->cells[2] &&
                    !known_at(row, 2) && !continues_at(row, 2) && !fields_is_frame(row->cells[2]) &&
                    !fields_is_instruction(row->cells[2]);
    gboolean label = skip && n < row->n &&
                     (fields_has_known_ending(row->labels[2]) || fields_heads_column(row->labels[2]));
    return skip && !label ? 2 : i + 1;
}

/* `above` and `here` are the fields whose labels stand at each place of the row above and of this one; a
 * label over several rows has their cells as its value, a line for each row. */
static void fields_from_row(GPtrArray *fields, const Row *row, const Row *next, GPtrArray *above,
                            GPtrArray *here)
{
    g_ptr_array_set_size(here, (gint)row->n);
    g_autofree char *person = named_person(row);
    if (person) fields_add(fields, person, row->cells[2], strlen(row->cells[2]));
    for (guint i = first_label(row); i < row->n;) {
        gboolean last = i + 1 >= row->n, over_rows = next && continues_at(next, i);
        if (continues_at(row, i)) {
            FactsField *owner = i < above->len ? above->pdata[i] : NULL;
            here->pdata[i] = owner;
            i = owner ? take_cells(owner, row, i + 1, "\n") : i + 1;
        } else if (!last && (known_at(row, i) || (fields_may_be_label(row->labels[i]) &&
                                                  !fields_is_instruction(row->labels[i])))) {
            guint place = value_place(row, i);
            gboolean shared = continues_at(row, place); /* the value stands further above */
            const char *value = shared ? "" : row->cells[place];
            FactsField *field = fields_add(fields, row->labels[i], value, strlen(value));
            here->pdata[i] = field;
            if (field) fields_from_value(fields, value);
            i = field && over_rows && !shared ? take_cells(field, row, place + 1, " ") : place + 1;
        } else {
            fields_from_text(fields, row->cells[i], TRUE);
            i++;
        }
    }
}

static gboolean only_first(const Row *row)
{
    for (guint i = 1; i < row->n; i++)
        if (*row->cells[i]) return FALSE;
    return row->n > 0 && !continues_at(row, 0);
}

/* A label over the whole width, above its value: 活动简介（500字以内）. Where nobody says how wide a cell is
 * (.csv) what stands below must not look like the next label. */
static gboolean stands_above(const Row *row, const Row *next)
{
    if (!next || !only_first(row) || !only_first(next) || !known_at(row, 0)) return FALSE;
    if ((row->n > 1 || next->n > 1) && fields_may_be_label(next->labels[0])) return FALSE;
    return fields_may_be_value(next->cells[0], next->cells[0] + strcspn(next->cells[0], "\n"));
}

/* Whether a label that is all of its row has its value in the row below, rather than behind an empty one. */
static gboolean has_value_below(const Row *rows, guint n)
{
    for (guint r = 0; r + 1 < n && rows[r + 1].n == 1; r++) {
        const char *below = rows[r + 1].cells[0];
        if (known_at(&rows[r], 0) && fields_may_be_value(below, fields_line_end(below))) return TRUE;
    }
    return FALSE;
}

/* Rows of one cell are lines of text: what stands in one may be what the one before asks for. An empty one is
 * empty there, if other values stand so. Returns the last of them. */
static guint fields_from_lines(GPtrArray *fields, const Row *rows, guint r, guint n, gboolean form)
{
    if (r + 1 >= n || rows[r].n != 1 || rows[r + 1].n != 1) { /* mostly */
        for (guint i = 0; i < rows[r].n; i++)
            if (!continues_at(&rows[r], i)) fields_from_text(fields, rows[r].cells[i], TRUE);
        return r;
    }
    static const char EMPTY[] = "（）"; /* is no value */
    g_autoptr (GString) lines = g_string_new(NULL);
    gboolean below = has_value_below(rows + r, n - r);
    guint last = r;
    for (; last < n && rows[last].n == 1; last++) {
        const char *cell = rows[last].cells[0];
        if (form && last > r && last + 1 < n && stands_above(&rows[last], &rows[last + 1])) break;
        if (!*cell && below && last > r && known_at(&rows[last - 1], 0)) cell = EMPTY;
        if (!continues_at(&rows[last], 0)) g_string_append_printf(lines, "%s\n", cell);
    }
    fields_from_text(fields, lines->str, TRUE);
    return last - 1;
}

/* What lies below a head, until the width changes or labels come. */
static gboolean is_of_list(const Row *row, guint width)
{
    gboolean labelled = known_at(row, 0) && has_labels(row);
    return row->n == width ? !labelled : row->n > 1 && row->n < width && !has_labels(row);
}

static gboolean all_known(const Row *row)
{
    for (guint i = 0; i < row->n; i++)
        if (!known_at(row, i)) return FALSE;
    return row->n > 0;
}

static gboolean names_something(const char *label)
{
    static const char *const ends[] = {"名称", "名稱", "题目", "題目", "标题", "標題", "项目", "項目"};
    for (gsize i = 0; i < G_N_ELEMENTS(ends); i++)
        if (g_str_has_suffix(label, ends[i])) return TRUE;
    return FALSE;
}

/* 名称 | 单位 | 数量, above what is bought or judged: with such a column, or with a 单位 that counts (瓶). */
static gboolean is_goods(const Row *labels, const Row *values)
{
    static const char *const words[] = {"数量", "单价", "金额", "规格", "分值", "得分", "分数"};
    for (guint i = 0; i < labels->n; i++) {
        for (gsize w = 0; w < G_N_ELEMENTS(words); w++)
            if (g_str_has_prefix(labels->labels[i], words[w])) return TRUE;
        gboolean unit = strcmp(labels->labels[i], "单位") == 0 && i < values->n && *values->cells[i];
        if (unit && g_utf8_strlen(values->cells[i], -1) == 1) return TRUE;
    }
    return FALSE;
}

/* Labels that say what one thing is, above one row alone. A list has numbers, or is of people or goods. */
static gboolean is_record(const Row *labels, const Row *values)
{
    if (is_goods(labels, values)) return FALSE;
    guint n = 0;
    gboolean named = FALSE;
    for (guint i = 0; i < labels->n; i++) {
        if (strcmp(labels->labels[i], "序号") == 0 || strcmp(labels->labels[i], "序號") == 0) return FALSE;
        if (!known_at(labels, i) && !fields_may_be_label(labels->labels[i])) return FALSE;
        n += known_at(labels, i);
        named |= names_something(labels->labels[i]);
    }
    return named && n >= 2 && (n == labels->n || (n >= 3 && 3 * n >= 2 * labels->n));
}

/* A form of nothing but rows of labels, each above one of values, whose last may have been left out as sheets
 * do: at least two such, since one might be a list. */
static gboolean is_form_of_columns(const Row *rows, guint n)
{
    if (n == 0 || n % 2 == 1) return FALSE;
    for (guint r = 0; r < n; r += 2) {
        const Row *labels = &rows[r], *values = &rows[r + 1];
        if (values->n > labels->n || 2 * values->n < labels->n || has_labels(values)) return FALSE;
        if (n > 2 ? !all_known(labels) : !is_record(labels, values)) return FALSE;
    }
    return TRUE;
}

static void fields_from_columns(GPtrArray *fields, const Row *rows, guint n)
{
    for (guint r = 0; r + 1 < n; r += 2) {
        const Row *labels = &rows[r], *values = &rows[r + 1];
        for (guint i = 0; i < labels->n; i++) {
            const char *value = i < values->n && !continues_at(values, i) ? values->cells[i] : "";
            fields_add(fields, labels->labels[i], value, strlen(value));
        }
    }
}

/* What stands above or below a table, in a row of its own. */
static gboolean is_aside(const Row *row)
{
    return row->n == 0 || (only_first(row) && !known_at(row, 0));
}

/* Within a form, labels side by side above a row of values that no other follows. Of people or goods that
 * might be a list. */
static gboolean is_row_of_labels(const Row *rows, guint n)
{
    static const char *const lists[] = {"姓名", "序号", "序號"};
    if (n < 2 || rows[1].n != rows[0].n || !all_known(rows) || has_labels(rows + 1)) return FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(lists); i++)
        if (strcmp(rows->labels[0], lists[i]) == 0) return FALSE;
    if (is_goods(rows, rows + 1)) return FALSE;
    return (n == 2 || !is_of_list(&rows[2], rows->n)) && !continues_at(rows + 1, 0);
}

/* 项目 | 内容, above labels and values. */
static gboolean is_caption_word(const char *label)
{
    static const char *const words[] = {
        "项目", "内容", "填写内容", "填报内容", "具体内容", "序号", "备注", "题目", "问题", "答案", "回答",
        "说明", "要求", "填写说明", "填写要求", "栏目",     "事项", "类别", "示例", "样例", "举例", "范例"};
    for (gsize w = 0; w < G_N_ELEMENTS(words); w++)
        if (strcmp(label, words[w]) == 0) return TRUE;
    return FALSE;
}

static gboolean is_caption(const Row *row)
{
    guint n = 0;
    while (n < row->n && is_caption_word(row->labels[n])) n++;
    return row->n > 1 && n == row->n;
}

/* Whether each column but the first is a form of its own: 活动一 | 活动二, above labels that have a value in
 * each. */
static gboolean is_form_of_records(const Row *rows, guint n)
{
    if (n < 3 || rows->n < 3 || (*rows->cells[0] && !is_caption_word(rows->labels[0]))) return FALSE;
    for (guint r = 0; r < n; r++) {
        if (rows[r].n != rows->n || (r > 0 && !known_at(&rows[r], 0))) return FALSE;
        for (guint i = 1; i < rows->n; i++) {
            const char *label = rows[r].labels[i];
            if (known_at(&rows[r], i) || continues_at(&rows[r], i)) return FALSE;
            if (r == 0 && (!*label || is_caption_word(label) || strchr(label, '(') || strstr(label, "例")))
                return FALSE;
        }
    }
    return TRUE;
}

static void fields_from_records(GPtrArray *fields, const Row *rows, guint n)
{
    for (guint i = 1; i < rows->n; i++)
        for (guint r = 1; r < n; r++)
            fields_add(fields, rows[r].labels[0], rows[r].cells[i], strlen(rows[r].cells[i]));
}

/* A title or a note in a row that has more cells than it needs, as in .csv. */
static gboolean is_title(const Row *row)
{
    if (row->n < 2 || known_at(row, 0) || !only_first(row)) return FALSE;
    return row->n > 2 || g_str_has_suffix(row->labels[0], "表") || g_str_has_suffix(row->labels[0], "书");
}

static void fields_from_rows(GPtrArray *fields, const Row *rows, guint n)
{
    gboolean form = is_form(rows, n);
    guint list_width = 0;
    g_autoptr (GPtrArray) above = g_ptr_array_new(), here = g_ptr_array_new();
    for (guint r = 0; r < n && fields->len < LIMIT_FIELDS; r++) {
        const Row *row = &rows[r], *next = r + 1 < n ? row + 1 : NULL;
        g_ptr_array_set_size(here, 0);
        gboolean head = is_head(row, n - r), labels = head && form && is_row_of_labels(row, n - r);
        if (head)
            list_width = labels ? 0 : row->n;
        else if (!is_of_list(row, list_width))
            list_width = 0;
        if (labels) {
            fields_from_columns(fields, row, 2);
            r++;
        } else if (list_width == 0 && form && stands_above(row, next)) {
            fields_add(fields, row->labels[0], next->cells[0], strlen(next->cells[0]));
            r++;
        } else if (list_width == 0 && form && row->n > 1 && !is_title(row)) {
            if (!is_caption(row)) fields_from_row(fields, row, next, above, here);
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
    Row row;
    for (guint i = 0; i < cells->len; i++) { /* mostly something is empty, a number or a text */
        gsize length = strlen(cells->pdata[i]);
        if (length >= FIELDS_LABEL_BYTES || !fields_has_letters(cells->pdata[i], length)) return FALSE;
    }
    row_init(&row, cells);
    gboolean head = looks_like_head(&row) && !is_group(&row, NULL);
    row_clear(&row);
    return head;
}

gboolean fields_lack_value(const GPtrArray *cells)
{
    Row row;
    row_init(&row, cells);
    gboolean lack = row.n % 2 == 1 && row.known[row.n - 1];
    for (guint i = 1; i < row.n && lack; i += 2) lack = !row.known[i] && !fields_heads_column(row.labels[i]);
    row_clear(&row);
    return lack;
}

void fields_from_table(GPtrArray *fields, const GPtrArray *rows)
{
    g_autofree Row *all = g_new0(Row, rows->len + 1);
    for (guint r = 0; r < rows->len; r++) row_init(&all[r], rows->pdata[r]);
    guint begin = 0, end = rows->len;
    while (begin < end && is_aside(&all[begin])) begin++;
    while (end > begin && is_aside(&all[end - 1]) && !is_form_of_columns(all + begin, end - begin)) end--;
    if (is_form_of_columns(all + begin, end - begin)) {
        fields_from_rows(fields, all, begin);
        fields_from_columns(fields, all + begin, end - begin);
        fields_from_rows(fields, all + end, rows->len - end);
    } else if (is_form_of_records(all + begin, end - begin)) {
        fields_from_records(fields, all + begin, end - begin);
    } else {
        fields_from_rows(fields, all, rows->len);
    }
    for (guint r = 0; r < rows->len; r++) row_clear(&all[r]);
}
