/* words.c - the words of the config and the roster, and what names nothing in a title, made comparable once.
 */
#include <string.h>

#include "daemon/desk/ask.h"

/* Words that name nothing. The longer stand before those that they contain. */
static const char *const EMPTY_WORDS[] = {
    "的事",    "事宜",     "的函",     "请示",     "优秀",   "作品",   "参赛",      "参评",   "征集",
    "评选",    "登记",     "报名",     "讲稿",     "教案",   "课件",   "视频",      "链接",   "统计",
    "一览",    "腾讯文档", "金山文档", "在线文档", "网盘",   "云盘",   "microsoft", "word",   "wps",
    "文档",    "文件",     "新建",     "未命名",   "无标题", "无主题", "请查收",    "查收",   "见附件",
    "附件",    "您好",     "你好",     "老师",     "扫描件", "扫描",   "电子版",    "纸质版", "盖章版",
    "修改稿",  "修改版",   "修订稿",   "修订版",   "最终版", "最终稿", "终稿",      "定稿",   "正式版",
    "更新版",  "终版",     "新版",     "初稿",     "副本",   "总结",   "材料",      "申报",   "推荐",
    "报送",    "上报",     "提交",     "发送",     "基层",   "党建",   "创新",      "活动",   "项目",
    "工作",    "方案",     "典型",     "案例",     "宣传",   "补充",   "修订",      "更新",   "更正",
    "报告",    "情况",     "汇报",     "关于",     "汇总",   "回执",   "二级",      "组织",   "评比",
    "表",      "书",       "稿",       "版",       "份",     "项",     "年",        "月",     "日",
    "的",      "及",       "和",       "与",       "第",     "号",     "我",        "们",     "院",
    "copy",    "final",    "docx",     "doc",      "pdf",    "scan",   "img",       "image",  "dsc",
    "mmexport"};

/* What one version of a title has and the next has not. */
static const char *const VERSION_WORDS[] = {
    "修改稿", "修改版", "修订稿", "修订版", "最终版", "最终稿", "终稿",   "定稿",   "正式版", "更新版",
    "终版",   "新版",   "盖章版", "电子版", "扫描件", "扫描版", "签字版", "完整版", "副本",   "最新"};

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

/* --- words that are taken out ------------------------------------------------------------------ */

/* The low six bits of every byte: of 64 a short text has few. */
static guint64 bytes_of(const char *text)
{
    guint64 bytes = 0;
    for (; *text; text++) bytes |= G_GUINT64_CONSTANT(1) << ((guchar)*text & 63);
    return bytes;
}

static void word_clear(gpointer word)
{
    g_free(((Word *)word)->text);
}

static GArray *list_new(void)
{
    GArray *list = g_array_new(FALSE, FALSE, sizeof(Word));
    g_array_set_clear_func(list, word_clear);
    return list;
}

static void list_add(GArray *list, char *text)
{
    const Word word = {text, bytes_of(text)};
    if (*text)
        g_array_append_val(list, word);
    else
        g_free(text);
}

/* Names of committees, and the campaign's own words: keywords before the words of every title, since 党建创新
 * is more than its parts. */
static GArray *empty_words(const Config *config, const GPtrArray *names)
{
    GArray *list = list_new();
    const CampaignConfig *campaign = &config->campaign;
    const char *const own[] = {campaign->title, campaign->item_word, config->desk.university,
                               config->desk.department};
    for (guint i = 0; i < names->len; i++) list_add(list, g_strdup(((const Name *)names->pdata[i])->key));
    for (gsize i = 0; i < G_N_ELEMENTS(own); i++) list_add(list, text_bare(own[i]));
    for (guint i = 0; i < campaign->keywords->len; i++)
        list_add(list, text_bare(campaign->keywords->pdata[i]));
    for (gsize i = 0; i < G_N_ELEMENTS(EMPTY_WORDS); i++) list_add(list, g_strdup(EMPTY_WORDS[i]));
    return list;
}

void words_remove(GString *text, const GArray *words)
{
    const guint64 bytes = bytes_of(text->str);
    for (guint i = 0; i < words->len; i++) {
        const Word *word = &g_array_index(words, Word, i);
        if ((word->bytes & ~bytes) == 0) text_remove(text, word->text);
    }
}

/* --- the desk --------------------------------------------------------------------------------- */

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
    desk->empty_words = empty_words(config, desk->names);
    desk->version_words = list_new();
    desk->bare_keywords = list_new();
    for (gsize i = 0; i < G_N_ELEMENTS(VERSION_WORDS); i++)
        list_add(desk->version_words, g_strdup(VERSION_WORDS[i]));
    for (guint i = 0; i < keywords->len; i++) list_add(desk->bare_keywords, text_bare(keywords->pdata[i]));
    desk->before_names = words_of(keywords, names_key);
    words_add(desk->before_names, names_key(config->desk.university));
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
    GPtrArray *const lists[] = {desk->names,    desk->bracketed,    desk->others,
                                desk->keywords, desk->before_names, desk->themes};
    GArray *const taken_out[] = {desk->empty_words, desk->version_words, desk->bare_keywords};
    for (gsize i = 0; i < G_N_ELEMENTS(lists); i++) g_ptr_array_unref(lists[i]);
    for (gsize i = 0; i < G_N_ELEMENTS(taken_out); i++) g_array_unref(taken_out[i]);
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
