/* title_key.c - what titles are compared by, and whether one is a name at all.
 *
 * Whatever is nothing but 总结, 材料, 申报 … is generic: it is shown as 总结材料（未命名） and never merges.
 * What is known of a title is kept for the mail.
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
    if (is_count(left)) /* 微党课三讲; but “三讲”活动 is a name */
        return !g_str_has_suffix(left, "讲") || strstr(title, ask->config->campaign.item_word);
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

/* Whose it is, and of what campaign. But 实习团队临时党支部 is what they did. */
gboolean title_is_of_branch(const Ask *ask, const char *title)
{
    static const char *const ends[] = {"支部", "党小组", "党总支"};
    g_autofree char *bare = text_bare(title), *key = text_key(title);
    if (!strstr(bare, ask->desk->campaign) && !words_in(key, ask->desk->keywords)) return FALSE;
    g_autofree char *left = without_empty_words(ask, bare);
    for (gsize i = 0; i < G_N_ELEMENTS(ends); i++)
        if (g_str_has_suffix(left, ends[i])) return TRUE;
    return FALSE;
}
