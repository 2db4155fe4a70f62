/* title.c - what is it called, and is that a name at all? What of a subject or a file name is a title:
 * title_line.c.
 *
 * 「活动名称」 in a form wins; then what remains of the subject; then the first heading of a document; then a
 * file name. Whatever is nothing but 总结, 材料, 申报 … is generic: it is shown as 总结材料（未命名） and
 * never merges.
 */
#include <string.h>

#include "daemon/desk/ask.h"

/* What a title may end with and be the same without. */
static const char *const TAIL_WORDS[] = {"总结材料", "总结报告", "活动总结", "申报材料", "推荐材料",
                                         "申报表",   "推荐表",   "报送材料", "总结",     "材料"};

/* A bare title without what names nothing in it. Caller frees. */
static char *without_empty_words(const Ask *ask, const char *title)
{
    g_autofree char *clipped = text_clip(title, 4 * DESK_TITLE_CHARS);
    g_autofree char *bare = text_bare(clipped);
    GString *text = g_string_new(bare);
    words_remove(text, ask->desk->empty_words);
    return g_string_free(text, FALSE);
}

#define SORTS "个次批篇封件节堂门讲部" /* 两个案例, 两节微党课 */

/* 两, 一, 共三个: of 创新活动两项 and 创新活动一. But “三个一”活动 is a name. */
static gboolean is_count(const char *left)
{
    static Pattern pattern = {.text = "^共?([一二三四五六七八九十两几][" SORTS "]?|\\d{1,2}[" SORTS "])$"};
    return pattern_matches(&pattern, left);
}

/* Digits, single Latin letters (v2, A4) and a count name nothing either. */
static gboolean names_nothing(const Ask *ask, const char *title)
{
    g_autofree char *left = without_empty_words(ask, title);
    guint letters = 0;
    if (is_count(left)) return TRUE;
    for (const char *p = left; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (c >= 0x80 && g_unichar_isalpha(c)) return FALSE;
        letters += g_ascii_isalpha((char)c) != 0;
    }
    return letters < 2;
}

/* What is known of a title: a mail has few, and many questions ask of each. */
typedef struct Known {
    gboolean generic;
    char *key; /* NULL: nobody has asked */
} Known;

static void known_free(gpointer data)
{
    g_free(((Known *)data)->key);
    g_free(data);
}

GHashTable *title_known_new(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, known_free);
}

static Known *known_of(const Ask *ask, const char *title)
{
    Known *known = g_hash_table_lookup(ask->titles, title);
    if (known) return known;
    known = g_new(Known, 1);
    *known = (Known){.generic = names_nothing(ask, title)};
    g_hash_table_insert(ask->titles, g_strdup(title), known);
    return known;
}

gboolean title_is_generic(const Ask *ask, const char *title)
{
    return known_of(ask, title)->generic;
}

/* 银龄讲师团（基层党建工作创新活动总结） is 银龄讲师团, as long as something is left. */
static void without_campaign(const Ask *ask, GString *text)
{
    g_autoptr (GString) left = g_string_new(text->str);
    text_remove(left, ask->desk->campaign);
    words_remove(left, ask->desk->bare_keywords);
    if (g_utf8_strlen(left->str, -1) >= 3) g_string_assign(text, left->str);
}

/* 主题党日活动 is 主题党日, and so is 主题党日案例 where 案例 are collected. */
static void without_tail(GString *text, const char *tail)
{
    const gsize n = strlen(tail), least = strlen("主题党日");
    if (text->len >= least + n && g_str_has_suffix(text->str, tail)) g_string_truncate(text, text->len - n);
}

static char *key_of(const Ask *ask, const char *title)
{
    g_autofree char *clipped = text_clip(title, 4 * DESK_TITLE_CHARS);
    g_autofree char *stamp = strchr(clipped, '.') /* 5.28 */
                                 ? calendar_stamp(ask->config->calendar, ask->mail->received_at)
                                 : NULL;
    g_autofree char *undated = stamp ? beside_last_day(clipped, stamp) : NULL;
    g_autofree char *bare = text_bare(undated ? undated : clipped);
    g_autoptr (GString) text = g_string_new(bare);
    beside_dates(text);
    words_remove(text, ask->desk->version_words);
    for (gsize i = 0; i < G_N_ELEMENTS(TAIL_WORDS); i++) {
        gsize n = strlen(TAIL_WORDS[i]);
        if (text->len > n && g_str_has_suffix(text->str, TAIL_WORDS[i]))
            g_string_truncate(text, text->len - n);
    }
    without_campaign(ask, text);
    g_autofree char *item = text_bare(ask->config->campaign.item_word);
    if (*item) without_tail(text, item);
    without_tail(text, "活动");
    return g_string_free(g_steal_pointer(&text), FALSE);
}

const char *title_key(const Ask *ask, const char *title)
{
    Known *known = known_of(ask, title);
    if (!known->key) known->key = known->generic ? g_strdup("") : key_of(ask, title);
    return known->key;
}

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

/* 教工党支部创新活动总结: whose it is, and of what campaign. But 实习团队临时党支部 is what they did. */
static gboolean is_of_branch(const Ask *ask, const char *title)
{
    static const char *const ends[] = {"支部", "党小组", "党总支"};
    g_autofree char *bare = text_bare(title), *key = text_key(title);
    if (!strstr(bare, ask->desk->campaign) && !words_in(key, ask->desk->keywords)) return FALSE;
    g_autofree char *left = without_empty_words(ask, bare);
    for (gsize i = 0; i < G_N_ELEMENTS(ends); i++)
        if (g_str_has_suffix(left, ends[i])) return TRUE;
    return FALSE;
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
        g_autofree char *heading = is_of_branch(ask, title) ? first_of(ask, item, title_of_heading) : NULL;
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
