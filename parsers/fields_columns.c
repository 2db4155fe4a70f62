/* fields_columns.c - columns of a table that hold no values: hints, what was before a change, pictures. */
#include <string.h>

#include "parsers/fields_parts.h"
#include "parsers/fields_rows.h"

static void drop(FieldsRow *row, guint i)
{
    g_free(row->labels[i]);
    for (row->n--; i < row->n; i++) {
        row->cells[i] = row->cells[i + 1];
        row->labels[i] = row->labels[i + 1];
        row->known[i] = row->known[i + 1];
    }
    row->labels[row->n] = NULL;
}

/* --- hints ------------------------------------------------------------------------------------ */

/* The column of a caption below which stands what is to be written (项目 | 填写要求 | 填写内容); 0 if there
 * is none before the column of values. */
static guint column_of_hints(const FieldsRow *row)
{
    static const char *const hints[] = {"说明", "要求", "填写说明", "填写要求", "示例",
                                        "样例", "举例", "范例",     NULL},
                             *const values[] = {"内容", "填写内容", "填报内容", "具体内容",
                                                "答案", "回答",     NULL};
    if (!fields_row_is_caption(row)) return 0;
    for (guint i = 1; i + 1 < row->n; i++)
        if (g_strv_contains(hints, row->labels[i]))
            return g_strv_contains(values, row->labels[i + 1]) ? i : 0;
    return 0;
}

static void drop_hints(FieldsRow *rows, guint n)
{
    for (guint r = 0; r < n; r++) {
        const guint column = column_of_hints(&rows[r]), width = rows[r].n;
        for (guint i = r; column > 0 && i < n && rows[i].n == width; i++) drop(&rows[i], column);
    }
}

/* --- changes ---------------------------------------------------------------------------------- */

/* Whether the head is of what was (修改前, 原内容) or of what is now (修改后, 现内容, 更正为). */
static gboolean is_head_of(const char *label, gboolean now)
{
    static const char *const verbs[] = {"修改", "变更", "调整", "更改", "更正",
                                        "修订", "更新", "變更", "調整", "修訂"},
                             *const things[] = {"内容", "信息", "情况", "表述", "內容", "資訊", ""},
                             *const was[] = {"前", NULL}, *const is[] = {"后", "後", "为", "為", NULL},
                             *const old[] = {"原", NULL}, *const new[] = {"现", "新", "現", NULL};
    const char *rest = NULL;
    for (gsize i = 0; i < G_N_ELEMENTS(verbs) && !rest; i++)
        if (g_str_has_prefix(label, verbs[i])) rest = label + strlen(verbs[i]);
    for (const char *const *sign = rest ? now ? is : was : now ? new : old; *sign; sign++) {
        const char *text = rest ? rest : label;
        for (gsize i = 0; g_str_has_prefix(text, *sign) && i < G_N_ELEMENTS(things); i++)
            if (strcmp(text + strlen(*sign), things[i]) == 0) return TRUE;
    }
    return FALSE;
}

/* The column of what was, before that of what is now: 项目 | 修改前 | 修改后. 0 if there is none. */
static guint column_of_old(const FieldsRow *row)
{
    for (guint i = 1; i + 1 < row->n; i++)
        if (is_head_of(row->labels[i], FALSE)) return is_head_of(row->labels[i + 1], TRUE) ? i : 0;
    return 0;
}

static gboolean says_unchanged(const char *cell)
{
    static const char *const words[] = {"",   "不变", "無變化", "无变化", "未变", "未变更",
                                        "无", "同左", "/",      "-",      "—",    "——"};
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
        if (strcmp(cell, words[i]) == 0) return TRUE;
    return FALSE;
}

/* Whether the row is below such a head: neither is a label. 申请人 | 甲 | 日期 | 5月 is of the form again. */
static gboolean is_change(const FieldsRow *row, guint column, guint width)
{
    return row->n == width && !fields_row_knows(row, column) && !fields_row_knows(row, column + 1);
}

/* What is now is the value, and what was where nothing changed; numbers and reasons beside are neither. The
 * heads are no labels. */
static void drop_old(FieldsRow *rows, guint n)
{
    for (guint r = 0; r < n; r++) {
        const guint column = column_of_old(&rows[r]), width = rows[r].n;
        const gboolean numbers = column > 1 && g_str_equal(rows[r].labels[0], "序号");
        for (guint i = r + 1; column > 0 && i < n && is_change(&rows[i], column, width); i++) {
            while (rows[i].n > column + 2) drop(&rows[i], rows[i].n - 1);
            drop(&rows[i], says_unchanged(rows[i].cells[column + 1]) ? column + 1 : column);
            if (numbers) drop(&rows[i], 0);
        }
        while (column > 0 && rows[r].n > 0) drop(&rows[r], rows[r].n - 1);
    }
}

/* --- pictures --------------------------------------------------------------------------------- */

/* Whether the last cell is where a picture of somebody goes, mostly over several rows: 姓名 | 甲 | 照片. */
static gboolean ends_in_picture(const FieldsRow *row, const FieldsRow *next)
{
    static const char *const words[] = {"照片",     "相片",     "贴照片处",     "照片粘贴处", "粘贴照片",
                                        "本人照片", "近期照片", "免冠照片",     "一寸照片",   "二寸照片",
                                        "1寸照片",  "2寸照片",  "一寸免冠照片", NULL};
    const guint last = row->n - 1;
    if (row->n < 3 || fields_row_knows(row, last - 1)) return FALSE;
    if (*row->cells[last]) return g_strv_contains(words, row->labels[last]);
    return row->n > 3 && next && next->n == row->n && fields_row_continues(next, last) &&
           !fields_row_continues(next, last - 1);
}

static void drop_pictures(FieldsRow *rows, guint n)
{
    for (guint r = 0; r < n; r++) {
        const guint width = rows[r].n;
        if (width == 0 || !ends_in_picture(&rows[r], r + 1 < n ? &rows[r + 1] : NULL)) continue;
        drop(&rows[r], width - 1);
        for (guint i = r + 1; i < n && rows[i].n > 0 && fields_row_continues(&rows[i], rows[i].n - 1); i++)
            drop(&rows[i], rows[i].n - 1);
    }
}

void fields_rows_drop_columns(FieldsRow *rows, guint n)
{
    drop_hints(rows, n);
    drop_old(rows, n);
    drop_pictures(rows, n);
}
