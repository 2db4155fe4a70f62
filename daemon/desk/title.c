/* title.c - what is it called?
 *
 * 「活动名称」 in a form wins; then what remains of the subject; then the first heading of a document; then a
 * file name (title_line.c). What names nothing is generic (title_key.c): it is shown as 总结材料（未命名）.
 */
#include <string.h>

#include "daemon/desk/ask.h"

/* The title in that place, which `find` finds: looked for once. */
static const char *kept(const Ask *ask, const FactsAttachment *file, FileTitle place,
                        char *(*find)(const Ask *ask, const FactsAttachment *file))
{
    AskFile *look = files_look(ask, file);
    if (!look->asked[place]) look->titles[place] = find(ask, file);
    look->asked[place] = TRUE;
    return look->titles[place];
}

static char *find_form(const Ask *ask, const FactsAttachment *file)
{
    g_autofree char *title = text_clip(labels_title(ask, file), DESK_TITLE_CHARS);
    return *title ? g_steal_pointer(&title) : NULL;
}

const char *title_form(const Ask *ask, const FactsAttachment *file)
{
    return kept(ask, file, TITLE_FORM, find_form);
}

/* --- of a file ---------------------------------------------------------------------------------- */

static char *find_name(const Ask *ask, const FactsAttachment *file)
{
    const char *name = facts_base_name(file), *dot = strrchr(name, '.');
    g_autofree char *stem = g_strndup(name, dot && strlen(dot) <= 6 ? (gsize)(dot - name) : strlen(name));
    return title_of_name(ask, stem);
}

const char *title_of_file(const Ask *ask, const FactsAttachment *file)
{
    return kept(ask, file, TITLE_NAME, find_name);
}

/* 一、基本情况 and (二) and 1. begin a section: behind them comes no title any more. */
static gboolean is_section(const char *line)
{
    static Pattern pattern = {
        .text = "^\\s*([(（][一二三四五六七八九十\\d]{1,3}[)）]|第?[一二三四五六七八九十]{1,3}"
                "[、.．章节部]|\\d{1,2}[、.．](?!\\d))"};
    return pattern_matches(&pattern, line);
}

/* Sentences, sections, and the words with which every summary begins. */
static gboolean starts_text(const char *line)
{
    static const char *const openings[] = {"基本情况", "活动背景", "指导思想", "活动概况",
                                           "主要做法", "工作思路", "活动目的", "活动主题",
                                           "活动时间", "活动内容", "尊敬的"};
    for (gsize i = 0; i < G_N_ELEMENTS(openings); i++)
        if (g_str_has_prefix(line, openings[i])) return TRUE;
    return is_section(line) || g_utf8_strlen(line, -1) > 50 || strstr(line, "。") || strstr(line, "；");
}

/* Whether it reads like a title: short, no sentence, no label, no row of a table, not generic. */
static gboolean is_heading(const Ask *ask, const FactsAttachment *file, const char *raw, const char *line)
{
    g_autofree char *stripped = g_strstrip(g_strdup(raw));
    return !strchr(stripped, '\t') && !strstr(line, "：") && !strchr(line, ':') &&
           !facts_field(file, line) /* whose cell is empty */ && !title_is_generic(ask, line);
}

/* Of the first lines of a document the first that reads like a title. */
static char *find_heading(const Ask *ask, const FactsAttachment *file)
{
    guint lines = 0, chars = 0;
    for (const char *p = file->text ? file->text : ""; *p && lines < 5 && chars < DESK_HEAD_CHARS;) {
        const gsize length = strcspn(p, "\r\n");
        g_autofree char *raw = g_strndup(p, MIN(length, 4u * DESK_HEAD_CHARS));
        g_autofree char *line = text_clip(raw, DESK_HEAD_CHARS - chars);
        p += length + (p[length] != '\0');
        if (!*line) continue;
        if (starts_text(line)) return NULL;
        lines++;
        chars += (guint)g_utf8_strlen(line, -1);
        if (!is_heading(ask, file, raw, line)) continue;
        g_autoptr (Tags) tags = tags_parse(line);
        char *title = title_of_line(ask, tags, line);
        if (title) return title;
    }
    return NULL;
}

const char *title_of_heading(const Ask *ask, const FactsAttachment *file)
{
    return kept(ask, file, TITLE_HEADING, find_heading);
}

static const char *of_form(const Ask *ask, const FactsAttachment *file)
{
    const char *title = title_form(ask, file);
    return title && !title_is_generic(ask, title) ? title : NULL;
}

const char *title_of_paper(const Ask *ask, const FactsAttachment *file)
{
    const char *title = of_form(ask, file);
    if (!title) title = title_of_heading(ask, file);
    return title ? title : title_of_file(ask, file);
}

static char *first_of(const Ask *ask, const VerdictItem *item,
                      const char *(*of)(const Ask *ask, const FactsAttachment *file))
{
    const char *title = NULL;
    for (guint i = 0; i < item->papers->len && !title; i++)
        if (files_is_document(item->papers->pdata[i])) title = of(ask, item->papers->pdata[i]);
    return g_strdup(title);
}

/* Sets title and title_key. A title that is already there (several items in one mail) stays. */
gboolean title_ask(Ask *ask, VerdictItem *item)
{
    const char *source = "the form";
    gboolean by_form = TRUE;
    g_autofree char *title = *item->title ? g_strdup(item->title) : first_of(ask, item, of_form);
    if (!title) {
        by_form = FALSE;
        title = title_of_subject(ask);
        source = "the subject";
        g_autofree char *heading =
            title_is_of_branch(ask, title) ? first_of(ask, item, title_of_heading) : NULL;
        if (heading) {
            g_free(title);
            title = g_steal_pointer(&heading);
            source = "the first heading: the subject names a branch only";
        }
    }
    if (!title) {
        title = first_of(ask, item, title_of_heading);
        source = "the first heading of a document";
    }
    if (!title) {
        title = first_of(ask, item, title_of_file);
        source = "a file name";
    }
    if (!title) {
        title = g_strdup_printf("%s（未命名）", letter_kind_word(item->kind));
        source = "nothing names it: generic";
    }
    g_free(item->title);
    g_free(item->title_key);
    item->title_key = g_strdup(title_key(ask, title));
    item->title = g_steal_pointer(&title);
    verdict_decide(ask->verdict, "title", item->title, "%s", source);
    return by_form;
}
