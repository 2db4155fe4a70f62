/* fields_rows.c - what a row of a table is: the head of a list, a line of one, a caption … */
#include "parsers/fields_rows.h"

#include <string.h>

#include "parsers/fields_parts.h"

enum { FORM_ROWS = 60 }; /* below a head, in which a form has the name of what it is about */

static char *or_empty(char *cell)
{
    const char *p = cell;
    while (*p && fields_is_padding(g_utf8_get_char(p))) p = g_utf8_next_char(p);
    return *p ? cell : (char *)"";
}

/* Whether the cell is a label only without the number that it has: 推荐活动1. */
static gboolean is_numbered(const FieldsRow *row, guint i)
{
    return row->known[i] && !g_str_has_suffix(row->cells[i], row->labels[i]) &&
           !strpbrk(row->cells[i], ":(") && !strstr(row->cells[i], "：") && !strstr(row->cells[i], "（");
}

void fields_row_init(FieldsRow *row, const GPtrArray *cells)
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
        /* 推荐项目 | 活动1: beside a label it is a value */
        if (row->n % 2 == 0 && i % 2 == 1 && row->known[i - 1] && is_numbered(row, i))
            row->known[i] = is_numbered(row, i - 1);
    }
}

void fields_row_clear(FieldsRow *row)
{
    g_free(row->cells);
    g_strfreev(row->labels);
    g_free(row->known);
}

gboolean fields_row_knows(const FieldsRow *row, guint i)
{
    return i < row->n && row->known[i];
}

gboolean fields_row_continues(const FieldsRow *row, guint i)
{
    return i < row->n && strcmp(row->cells[i], FIELDS_CONTINUES) == 0;
}

gboolean fields_row_has_labels(const FieldsRow *row)
{
    for (guint i = 0; i < row->n; i++)
        if (row->known[i] && strcmp(row->labels[i], "合计") != 0) return TRUE;
    return FALSE;
}

/* Labels side by side: the head of a list. (In a form a label's neighbour is its value.) */
static gboolean is_sure_head(const FieldsRow *row)
{
    guint known_cells = 0, filled = 0;
    gboolean adjacent = FALSE;
    for (guint i = 0; i < row->n; i++) {
        known_cells += fields_row_knows(row, i);
        filled += *row->cells[i] != '\0';
        adjacent |= fields_row_knows(row, i) && fields_row_knows(row, i + 1);
    }
    return adjacent && (known_cells >= 3 || known_cells == filled);
}

gboolean fields_row_looks_like_head(const FieldsRow *row)
{
    const char *after;
    guint n = row->n;
    while (n > 3 && !*row->cells[n - 1]) n--; /* columns without a head */
    gboolean label = FALSE, column = n % 2 == 1;
    for (guint i = 0; i < n; i++) {
        if (!fields_row_knows(row, i) && !fields_may_be_label(row->labels[i])) return FALSE;
        if (fields_find_colon(row->cells[i], row->cells[i] + strlen(row->cells[i]), &after)) return FALSE;
        label |= fields_row_knows(row, i);
        column |= i % 2 == 1 && (fields_row_knows(row, i) || fields_heads_column(row->labels[i]));
    }
    return row->n >= 2 && label && column;
}

gboolean fields_row_is_group(const FieldsRow *row, const FieldsRow *next)
{
    if (row->n < 3 || row->n % 2 == 0 || !fields_row_knows(row, 1)) return FALSE;
    for (guint i = 2; i < row->n; i += 2)
        if (fields_row_knows(row, i)) return FALSE;
    if (next && next->n > 2 && !*next->cells[0] && next->known[1] && !next->known[2]) return TRUE; /* .csv */
    return (next && fields_row_continues(next, 0) && !fields_row_continues(next, 1)) ||
           fields_has_number(row->cells[row->n - 1]);
}

/* 开始时间 | 4月 | 结束时间 | 5月: words that head columns, with values between. */
static gboolean pairs_columns(const FieldsRow *row)
{
    if (row->n < 4 || row->n % 2 == 1) return FALSE;
    for (guint i = 0; i < row->n; i++)
        if (fields_heads_column(row->labels[i]) != (i % 2 == 0)) return FALSE;
    return TRUE;
}

gboolean fields_rows_begin_list(const FieldsRow *rows, guint n)
{
    if (fields_row_is_group(rows, n > 1 ? rows + 1 : NULL)) return FALSE;
    if (is_sure_head(rows)) return TRUE;
    if (n < 2 || rows[1].n != rows->n || fields_row_continues(&rows[1], 0) ||
        !fields_row_looks_like_head(rows))
        return FALSE;
    for (guint r = 1; r < n && rows[r].n == rows->n; r++) {
        if (r > 1 && fields_row_knows(&rows[r], 0)) break; /* the form goes on, in columns as many */
        if (fields_row_has_labels(&rows[r]) || pairs_columns(&rows[r])) return FALSE;
    }
    return TRUE;
}

static gboolean is_year(const char *label)
{
    if (strspn(label, "0123456789") != 4) return FALSE;
    return !label[4] || g_str_equal(label + 4, "年") || g_str_equal(label + 4, "年度");
}

/* What heads a column of figures, in lists of what is counted or judged. */
static gboolean is_score(const char *label)
{
    static const char *const words[] = {"分值", "得分", "评分", "打分",    "分数",
                                        "满分", "权重", "評分", "得分情况"};
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
        if (strcmp(label, words[i]) == 0) return TRUE;
    return FALSE;
}

/* 9, 9.5分, 30%, -. */
static gboolean is_figure(const char *cell)
{
    const char *rest = cell + strspn(cell, "0123456789.,- /");
    return *cell && (!*rest || g_str_equal(rest, "%") || g_str_equal(rest, "分") || g_str_equal(rest, "人"));
}

gboolean fields_head_scores(const GPtrArray *cells)
{
    for (guint i = 1; i < cells->len && cells->len > 2; i++)
        if (is_score(cells->pdata[i])) return TRUE;
    return FALSE;
}

/* Whether the cell is 填表人：乙. */
static gboolean says_label(const FieldsRow *row, guint i)
{
    const char *cell = row->cells[i], *after, *colon = fields_find_colon(cell, fields_line_end(cell), &after);
    if (!colon || colon - cell > FIELDS_LABEL_BYTES || row->known[i]) return FALSE;
    g_autofree char *label = g_strndup(cell, (gsize)(colon - cell));
    return fields_is_label(label);
}

static gboolean has_colon(const char *cell)
{
    return g_str_has_suffix(cell, "：") || g_str_has_suffix(cell, ":");
}

/* 填表人：乙 | | 联系电话： | 010-00000000: who signs below a list, in the columns of it. */
static gboolean is_signature(const FieldsRow *row)
{
    guint labels = 0;
    for (guint i = 0; i < row->n; i++) {
        if (!*row->cells[i]) continue;
        const gboolean beside = row->known[i] && has_colon(row->cells[i]);
        if (!beside && !says_label(row, i)) return FALSE;
        labels++;
        if (beside && i + 1 < row->n && !row->known[i + 1] && !says_label(row, i + 1)) i++; /* its value */
    }
    return labels > 0;
}

/* Whether the row is one of such a list: below years stand words, too, in each column. */
static gboolean is_scored(const FieldsRow *row, guint column, gboolean years, gboolean first)
{
    if (is_figure(row->cells[column])) return TRUE;
    return years ? *row->cells[row->n - 1] || !fields_row_knows(row, 0) : !first && !*row->cells[column];
}

static gboolean names_something(const char *label)
{
    static const char *const ends[] = {"名称", "名稱", "题目", "題目", "标题", "標題", "项目", "項目"};
    for (gsize i = 0; i < G_N_ELEMENTS(ends); i++)
        if (g_str_has_suffix(label, ends[i])) return TRUE;
    return FALSE;
}

/* 项目 | 内容: such stand above labels and values. */
static gboolean is_caption_word(const char *label)
{
    static const char *const words[] = {
        "项目", "内容", "填写内容", "填报内容", "具体内容", "序号", "备注", "题目", "问题", "答案", "回答",
        "说明", "要求", "填写说明", "填写要求", "栏目",     "事项", "类别", "示例", "样例", "举例", "范例"};
    for (gsize w = 0; w < G_N_ELEMENTS(words); w++)
        if (strcmp(label, words[w]) == 0) return TRUE;
    return FALSE;
}

/* 活动名称 | 读书会 | 歌咏会, in these rows below 项目 | 2013年 | 2014年: years of forms, not of figures. */
static gboolean name_things(const FieldsRow *rows, guint n, guint width)
{
    for (guint r = 0; r < MIN(n, FORM_ROWS) && rows[r].n == width; r++)
        if (fields_row_knows(&rows[r], 0) && names_something(rows[r].labels[0]) &&
            !is_figure(rows[r].cells[1]) && fields_has_letters(rows[r].cells[1], strlen(rows[r].cells[1])))
            return TRUE;
    return FALSE;
}

guint fields_rows_count_scores(const FieldsRow *rows, guint n)
{
    guint column = 1, count = 1;
    if (n < 2 || rows->n < 2 || rows[1].n != rows->n || (rows->n < 3 && fields_row_knows(rows, 0))) return 0;
    gboolean years = rows->n > 2; /* one alone is a value: 成立年份 | 2014 */
    for (guint i = 1; i < rows->n && years; i++) years = is_year(rows->cells[i]);
    while (!years && column < rows->n && !is_score(rows->labels[column])) column++;
    gboolean number = strcmp(rows->labels[0], "序号") == 0 || strcmp(rows->labels[0], "序號") == 0;
    if (column == rows->n) return 0;
    if (years && is_caption_word(rows->labels[0]) && name_things(rows + 1, n - 1, rows->n)) return 0;
    if (column > 1 && fields_row_knows(rows, 0) && !number) return 0; /* 单位 | 文学院 | 得分 */
    while (count < n && rows[count].n == rows->n && is_scored(&rows[count], column, years, count == 1) &&
           !is_signature(&rows[count]))
        count++;
    return count > 1 ? count : 0;
}

gboolean fields_row_has_only_first(const FieldsRow *row)
{
    for (guint i = 1; i < row->n; i++)
        if (*row->cells[i]) return FALSE;
    return row->n > 0 && !fields_row_continues(row, 0);
}

gboolean fields_row_is_of_list(const FieldsRow *row, guint width)
{
    if (row->n == width && is_signature(row)) return FALSE;
    if (row->n == 2 && width > 2 && fields_names_text(row->labels[0])) return FALSE; /* 项目概述 | … */
    gboolean labelled = fields_row_knows(row, 0) && fields_row_has_labels(row);
    return row->n == width ? !labelled : row->n > 1 && row->n < width && !fields_row_has_labels(row);
}

static gboolean all_known(const FieldsRow *row)
{
    for (guint i = 0; i < row->n; i++)
        if (!fields_row_knows(row, i)) return FALSE;
    return row->n > 0;
}

/* 名称 | 单位 | 数量, above what is bought or judged: with such a column, or with a 单位 that counts (瓶). */
static gboolean is_goods(const FieldsRow *labels, const FieldsRow *values)
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
static gboolean is_record(const FieldsRow *labels, const FieldsRow *values)
{
    if (is_goods(labels, values)) return FALSE;
    guint n = 0;
    gboolean named = FALSE;
    for (guint i = 0; i < labels->n; i++) {
        if (strcmp(labels->labels[i], "序号") == 0 || strcmp(labels->labels[i], "序號") == 0) return FALSE;
        if (!fields_row_knows(labels, i) && !fields_may_be_label(labels->labels[i])) return FALSE;
        n += fields_row_knows(labels, i);
        named |= names_something(labels->labels[i]);
    }
    return named && n >= 2 && (n == labels->n || (n >= 3 && 3 * n >= 2 * labels->n));
}

gboolean fields_rows_are_columns(const FieldsRow *rows, guint n)
{
    if (n == 0 || n % 2 == 1) return FALSE;
    for (guint r = 0; r < n; r += 2) {
        const FieldsRow *labels = &rows[r], *values = &rows[r + 1];
        if (values->n > labels->n || 2 * values->n < labels->n || fields_row_has_labels(values)) return FALSE;
        if (n > 2 ? !all_known(labels) : !is_record(labels, values)) return FALSE;
    }
    return TRUE;
}

gboolean fields_row_is_aside(const FieldsRow *row)
{
    return row->n == 0 || (fields_row_has_only_first(row) && !fields_row_knows(row, 0)) ||
           (row->n > 2 && is_signature(row));
}

gboolean fields_rows_are_labels_and_values(const FieldsRow *rows, guint n)
{
    static const char *const lists[] = {"姓名", "序号", "序號"};
    if (n < 2 || rows[1].n != rows[0].n || !all_known(rows) || fields_row_has_labels(rows + 1)) return FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(lists); i++)
        if (strcmp(rows->labels[0], lists[i]) == 0) return FALSE;
    if (is_goods(rows, rows + 1)) return FALSE;
    return (n == 2 || !fields_row_is_of_list(&rows[2], rows->n)) && !fields_row_continues(rows + 1, 0);
}

gboolean fields_row_is_caption(const FieldsRow *row)
{
    guint n = 0;
    while (n < row->n && is_caption_word(row->labels[n])) n++;
    return row->n > 1 && n == row->n;
}

gboolean fields_rows_are_records(const FieldsRow *rows, guint n)
{
    if (n < 3 || rows->n < 3 || (*rows->cells[0] && !is_caption_word(rows->labels[0]))) return FALSE;
    if (fields_rows_count_scores(rows, n) > 0) return FALSE;
    for (guint r = 0; r < n; r++) {
        if (rows[r].n != rows->n || (r > 0 && !fields_row_knows(&rows[r], 0))) return FALSE;
        for (guint i = 1; i < rows->n; i++) {
            const char *label = rows[r].labels[i];
            const gboolean head = r == 0 && is_numbered(&rows[r], i); /* 推荐活动一 | 推荐活动二 */
            if ((!head && fields_row_knows(&rows[r], i)) || fields_row_continues(&rows[r], i)) return FALSE;
            if (r == 0 && (!*label || is_caption_word(label) || strchr(label, '(') || strstr(label, "例")))
                return FALSE;
        }
    }
    return TRUE;
}

gboolean fields_row_is_title(const FieldsRow *row)
{
    if (row->n < 2 || fields_row_knows(row, 0) || !fields_row_has_only_first(row)) return FALSE;
    return row->n > 2 || g_str_has_suffix(row->labels[0], "表") || g_str_has_suffix(row->labels[0], "书");
}
