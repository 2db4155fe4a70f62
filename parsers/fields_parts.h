/* fields_parts.h - what the files of fields.h share: what is a label, what is a value. */
#pragma once

#include "parsers/fields.h"

enum {
    FIELDS_LABEL_CHARS = 12, /* longest label that is not a known one */
    FIELDS_TEXT_LINES = 60,
    FIELDS_LABEL_BYTES = 120 /* longest stretch of text that is looked at for one */
};

#define FIELDS_RATIO "∶" /* U+2236, which some type for a colon */

/* The next colon before `end`, ASCII, full width or a ratio; NULL if there is none. Sets *after behind it. */
const char *fields_find_colon(const char *text, const char *end, const char **after);

/* All take labels as fields_label() gives them. A known one is a word that forms use; what may be one is
 * short Chinese text that is no sentence, number or check box. */
gboolean fields_is_known(const char *label);
gboolean fields_may_be_label(const char *label);

/* A label of running text by its end (…单位), though it is not known; a word that heads a column rather than
 * being the value of the label beside it. */
gboolean fields_has_known_ending(const char *label);
gboolean fields_heads_column(const char *label);

/* Whether there are characters that labels need: those of Chinese, or the few known words without. */
gboolean fields_has_letters(const char *text, gsize length);

/* Whether there are five figures in a row, as in telephones, or a mail address. */
gboolean fields_has_number(const char *text);

/* White space, and the underscores of blanks to fill in. */
gboolean fields_is_padding(gunichar c);

/* Without padding at both ends. Caller frees. */
char *fields_clean(const char *text, gsize length);

/* What labels and values stand in a line: with colons; with wide gaps
 * (活动名称　　读书会　　负责人　　联系人甲: what a typewriter made of a form; heads of columns are none); in
 * brackets (【活动名称】读书会【负责人】甲). Appended to `fields`. Returned (owned by it) is a field whose
 * label ends the line, NULL if none does: its value may be the next line. From brackets also the last one
 * that has a value. */
FactsField *fields_from_colons(GPtrArray *fields, const char *line, const char *end);
void fields_from_gaps(GPtrArray *fields, const char *line, const char *end);
FactsField *fields_from_brackets(GPtrArray *fields, const char *line, const char *end);

/* What stands in the brackets that begin the line, as a label; *behind them. 一、活动名称, whose value is on
 * the next line. NULL if there are none; caller frees. */
char *fields_label_in_brackets(const char *line, const char *end, const char **behind);
char *fields_headed_label(const char *line, const char *end);

/* Whether a line may be the value of the label above it: it says something, is no heading and has no label of
 * its own. Of that label: what is chosen may be given as the heading that it has elsewhere,
 * （二）创新服务型党组织, if it has no text below. The line must be of the whole text. */
gboolean fields_may_be_value(const char *line, const char *end);
gboolean fields_may_be_value_of(const char *label, const char *line, const char *end);

/* Whether the value of a label is the page on which something stands: 活动背景 …… 3. */
gboolean fields_is_page(const char *label, const char *value, const char *end);

/* Whether it may be a line of a text: the same, and a sentence with what might be a label that forms do not
 * know (活动分三步：动员、学习、总结。). */
gboolean fields_may_be_text(const char *line, const char *end);

/* Of lines: where one ends; the next after such an end that says something, or the end of the text. */
const char *fields_line_end(const char *line);
const char *fields_next_line(const char *end);

/* Whether a line says nothing; ends as sentences do, as most do and no label does. */
gboolean fields_is_blank(const char *line, const char *end);
gboolean fields_is_sentence(const char *line, const char *end);

/* Where a line begins behind what pads it, and behind its number: 1、 (2) 三、. */
const char *fields_behind_number(const char *line, const char *end);

/* The label that a line is, and nothing else: not its number, no colon. NULL; caller frees. */
char *fields_bare_label(const char *line, const char *end);

/* Of texts without padding: a heading of what stands below it (一、), a point of a list (1. ● ③), what forms
 * print where something is to be filled in (a hint in parentheses, the blanks of a date). */
gboolean fields_is_heading(const char *text);
gboolean fields_is_point(const char *text);
gboolean fields_is_frame(const char *text);
gboolean fields_is_frame_label(const char *label); /* as fields_label() gives it */

/* What titles lines that explain the labels: 填表说明. A label as fields_label() gives it. */
gboolean fields_is_guide(const char *label);

/* Whether a text begins with the first number of a list: 1、 (1) 一、 ①. */
gboolean fields_begins_list(const char *text, const char *end);

/* How much is to be written: 不超过20字, 500字以内. */
gboolean fields_is_limit(const char *text);

/* Whether a value without padding is what the form had there before anybody wrote: （限200字）, 请填写全称,
 * XX年XX月, 内容. */
gboolean fields_is_hint(const char *text);

/* A text without padding that tells people what to write: 请填写全称, 不超过20字. */
gboolean fields_is_instruction(const char *text);

/* A short text that is no sentence: a title, a name, a date. */
gboolean fields_is_name(const char *text);

/* What a label asks for is a text of several lines, FIELDS_TEXT_LINES at most; with others one line, mostly.
 * Whether it ends so. Whether a line of it goes on with the one above, rather than being what stands below
 * the form. Both lines without padding. */
gboolean fields_asks_for_text(const char *label);
gboolean fields_names_text(const char *label); /* forms may not know it: 案例简介 */

/* What a label asks for is one of several things that the form or the notice names: 主题类别, 是否公示. */
gboolean fields_asks_for_choice(const char *label);

gboolean fields_goes_on(const char *text, const char *above);

/* Tables as lines, a cell on each, labels and values taking turns. At least two pairs have values, since one
 * may be a heading. A blank line or a frame is an empty value; of a value's further lines those that a label
 * follows are its, and of the last one's those that go on as a text does. Where that ends, NULL if there is
 * none. */
const char *fields_from_turns(GPtrArray *fields, const char *line);

/* The same of lines of label, one space, and a short value, at least two below each other. */
const char *fields_from_spaces(GPtrArray *fields, const char *line);

/* Appends a field with that value, cleaned; none if it is only what forms print to be filled in. What was
 * added (owned by `fields`), or NULL: too many, or no label. */
FactsField *fields_add(GPtrArray *fields, const char *label, const char *value, gsize length);
