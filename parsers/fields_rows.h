/* fields_rows.h - rows of a table, and what they are beside their neighbours: for fields.c alone. */
#pragma once

#include <glib.h>

typedef struct FieldsRow {
    guint n;
    char **cells;    /* borrowed; "" where one says nothing */
    char **labels;   /* the cells as labels, "" where a cell is too long to be one */
    gboolean *known; /* of each label */
} FieldsRow;

/* Of cells (char*), which must outlive the row. Clear it. */
void fields_row_init(FieldsRow *row, const GPtrArray *cells);
void fields_row_clear(FieldsRow *row);

/* Whether cell i is there, and a label that forms use; part of the cell above. */
gboolean fields_row_knows(const FieldsRow *row, guint i);
gboolean fields_row_continues(const FieldsRow *row, guint i);

/* Whether a row has labels, not counting that of a list's last line. */
gboolean fields_row_has_labels(const FieldsRow *row);

/* Whether all cells may be heads of columns, where at least one is a known label. In an even number they
 * might be labels and values, and only words that are seldom values make them heads. */
gboolean fields_row_looks_like_head(const FieldsRow *row);

/* 负责人 | 姓名 | 甲 | 电话 | 010-00000000: the first cell, mostly over several rows, is about the others.
 * `next` may be NULL. */
gboolean fields_row_is_group(const FieldsRow *row, const FieldsRow *next);

/* Whether a list begins with the first of these n rows, n > 0: those below are as wide, and have no labels.
 */
gboolean fields_rows_begin_list(const FieldsRow *rows, guint n);

/* Whether a row is one of a list that is so wide, below its head. */
gboolean fields_row_is_of_list(const FieldsRow *row, guint width);

/* How many of these rows are a list of what is counted or judged, whose lines labels may begin (活动名称 | 10
 * | 9 below 评审项目 | 分值 | 得分; numbers below years): 0 if they do not begin with one. */
guint fields_rows_count_scores(const FieldsRow *rows, guint n);

/* Whether only the first cell says something. */
gboolean fields_row_has_only_first(const FieldsRow *row);

/* What stands above or below a table, in a row of its own. */
gboolean fields_row_is_aside(const FieldsRow *row);

/* A title or a note in a row that has more cells than it needs, as in .csv. */
gboolean fields_row_is_title(const FieldsRow *row);

/* 项目 | 内容, above labels and values. */
gboolean fields_row_is_caption(const FieldsRow *row);

/* fields_columns.c: the rows are without the columns that hold no values from now on: what is to be written
 * (项目 | 填写要求 | 填写内容), what was before a change (项目 | 修改前 | 修改后, whose heads go, too), where
 * pictures go. */
void fields_rows_drop_columns(FieldsRow *rows, guint n);

/* A form of nothing but rows of labels, each above one of values, whose last may have been left out as sheets
 * do: at least two such, since one might be a list, or one that names a thing. */
gboolean fields_rows_are_columns(const FieldsRow *rows, guint n);

/* Within a form, labels side by side above a row of values that no other follows. Of people or goods that
 * might be a list. */
gboolean fields_rows_are_labels_and_values(const FieldsRow *rows, guint n);

/* Whether each column but the first is a form of its own: 活动一 | 活动二, above labels that have a value in
 * each. */
gboolean fields_rows_are_records(const FieldsRow *rows, guint n);
