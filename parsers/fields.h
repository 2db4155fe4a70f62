/* fields.h - label and value pairs of forms: in tables, and in lines such as 活动名称：读书会.
 *
 * A label is a word that forms use (the table in fields_label.c), or a short left cell of a table that has
 * such words. What a label means, and which labels mean the same, is not known here.
 */
#pragma once

#include "parsers/facts.h"

/* A cell of fields_from_table() that is part of the one above. */
#define FIELDS_CONTINUES "\x03"

/* Appends the FactsField* found in a table without its spans: `rows` of rows (GPtrArray) of cells (char*),
 * each cell once however many columns it covers, and FIELDS_CONTINUES in each further row that it covers. Two
 * cells are label and value; four are two such pairs; a label over several rows has all of their cells as its
 * value. Rows of labels, each above one of values, are pairs as well, one such row if it names a thing; so is
 * each column below a head that only numbers them (活动一). Rows below the head of a list are no form. Empty
 * values are kept, and what only says where to write (（盖章）) is empty. At most LIMIT_FIELDS in `fields`.
 */
void fields_from_table(GPtrArray *fields, const GPtrArray *rows);

/* Whether a row (char*) ends in a label that has no value, as sheets leave out what is empty at the end of a
 * row; not if it may be the head of a list. */
gboolean fields_lack_value(const GPtrArray *cells);

/* Whether the cells (char*) of a row, three or more, head a list of what is judged: 评审项目 | 分值 | 得分.
 */
gboolean fields_head_scores(const GPtrArray *cells);

/* Whether the cells (char*) of a row may head the columns of a list. */
gboolean fields_head_list(const GPtrArray *cells);

/* Appends those of text lines "label：value", several on a line where the labels are known; the value of a
 * known label with nothing behind it is the next line that says something and has no label, and the lines
 * that go on with that if it asks for a text (活动简介). So are "【label】value", a short line below the
 * numbered heading "一、label", lines of label, one space and value, and, where lines and gaps are not
 * guessed from places (`gaps`), labels and values that take turns on lines of their own, rows of such labels
 * above as many values, and "label    value". Lines below 填表说明 that explain the labels are none, until
 * one is surely filled in. Same limit.
 */
void fields_from_text(GPtrArray *fields, const char *text, gboolean gaps);

/* For the end of a document: no label is left twice. Of a label that comes again, what is empty or said
 * before goes, and where forms do not use it as one (then it is mostly a list). Where only the later one says
 * something (a cover before the form), it is moved to the first; else it is of the file's second form, third
 * …, and its label says so: 活动名称（2）. */
void fields_number(GPtrArray *fields);

/* The label as it is compared: NFKC, no white space, colon, parenthesised hint or leading number. Caller
 * frees. */
char *fields_label(const char *text);

/* Whether the text is, compared so, one of the words that forms use, in simplified or traditional characters.
 */
gboolean fields_is_label(const char *text);
