/* words.c - the words of the config and the roster, made comparable once. */
#include <string.h>

#include "daemon/desk/ask.h"

static void words_add(GPtrArray *into, char *word)
{
    if (*word)
        g_ptr_array_add(into, word);
    else
        g_free(word);
}

static GPtrArray *words_of(const GPtrArray *from, char *(*make)(const char *text))
{
    GPtrArray *words = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; from && i < from->len; i++) words_add(words, make(from->pdata[i]));
    return words;
}

/* What a title may hold beside its name, in the order in which it is taken out. */
static GPtrArray *campaign_words(const Config *config)
{
    GPtrArray *words = g_ptr_array_new_with_free_func(g_free);
    const CampaignConfig *campaign = &config->campaign;
    const char *const own[] = {campaign->title, campaign->item_word, config->desk.university,
                               config->desk.department};
    for (gsize i = 0; i < G_N_ELEMENTS(own); i++) words_add(words, text_bare(own[i]));
    for (guint i = 0; i < campaign->keywords->len; i++)
        words_add(words, text_bare(campaign->keywords->pdata[i]));
    return words;
}

static void theme_words_free(gpointer data)
{
    ThemeWords *words = data;
    g_free(words->title);
    g_free(words->core);
    g_free(words->name);
    g_ptr_array_unref(words->keywords);
    g_free(words);
}

/* 着眼于能力素质，创新学习型党组织建设 is commonly called by what follows the comma. */
static ThemeWords *theme_words(const Theme *theme)
{
    const char *comma = strstr(theme->title, "，");
    ThemeWords *words = g_new(ThemeWords, 1);
    *words = (ThemeWords){.theme = theme,
                          .title = text_bare(theme->title),
                          .core = text_bare(comma ? comma + strlen("，") : theme->title),
                          .name = text_bare(theme->short_name),
                          .keywords = words_of(theme->keywords, text_key)};
    return words;
}

Desk *desk_new(const Config *config)
{
    Desk *desk = g_new0(Desk, 1);
    const GPtrArray *keywords = config->campaign.keywords;
    desk->config = config;
    desk->names = names_of(config->roster);
    desk->by_first = names_by_first(desk->names);
    desk->bracketed = names_bracketed(config->roster);
    desk->keywords = words_of(keywords, text_key);
    desk->others = words_of(config->campaign.others, text_key);
    desk->bare_keywords = words_of(keywords, text_bare);
    desk->before_names = words_of(keywords, names_key);
    words_add(desk->before_names, names_key(config->desk.university));
    desk->campaign_words = campaign_words(config);
    desk->campaign = text_bare(config->campaign.title);
    desk->prefix = text_key(config->campaign.number_prefix);
    for (gsize n = strlen(desk->prefix); n > 0 && g_ascii_ispunct(desk->prefix[n - 1]);)
        desk->prefix[--n] = '\0';
    desk->themes = g_ptr_array_new_with_free_func(theme_words_free);
    for (guint i = 0; i < config->themes->len; i++)
        g_ptr_array_add(desk->themes, theme_words(config->themes->pdata[i]));
    return desk;
}

void desk_free(Desk *desk)
{
    if (!desk) return;
    GPtrArray *const lists[] = {desk->names,         desk->bracketed,    desk->others,         desk->keywords,
                                desk->bare_keywords, desk->before_names, desk->campaign_words, desk->themes};
    for (gsize i = 0; i < G_N_ELEMENTS(lists); i++) g_ptr_array_unref(lists[i]);
    g_hash_table_unref(desk->by_first);
    g_free(desk->campaign);
    g_free(desk->prefix);
    g_free(desk);
}

gboolean words_in(const char *key, const GPtrArray *words)
{
    for (guint i = 0; i < words->len; i++)
        if (strstr(key, words->pdata[i])) return TRUE;
    return FALSE;
}

guint words_count(const char *key, const GPtrArray *words)
{
    guint n = 0;
    for (guint i = 0; i < words->len; i++) n += strstr(key, words->pdata[i]) != NULL;
    return n;
}

void words_remove(GString *text, const GPtrArray *words)
{
    for (guint i = 0; i < words->len; i++) text_remove(text, words->pdata[i]);
}
