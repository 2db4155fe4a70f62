/* title_line.c - what remains of a line of fields (a subject, a file name) when everything that is no title
 * is taken out of it.
 */
#include <string.h>

#include "daemon/desk/ask.h"

/* 总结材料 beside a name, 基层党建工作创新活动 in brackets behind it; but 党建 in 互联网+党建 stays. */
static gboolean is_label(const Ask *ask, const char *field)
{
    static const char *const words[] = {"总结", "材料", "申报", "推荐", "报送", "附件",
                                        "查收", "稿",   "版",   "表",   NULL};
    gboolean campaign = FALSE;
    for (guint i = 0; i < ask->config->campaign.keywords->len; i++)
        campaign |= strstr(field, ask->config->campaign.keywords->pdata[i]) != NULL;
    return (campaign || text_any(field, words)) && title_is_generic(ask, field);
}

/* Bytes of what joins committees: 文学院党委、历史学院党委; 文学院党委与历史学院党委联合开展…; 0 if none
 * stands there. */
static gsize joint(const char *text)
{
    static const char *const words[] = {"、", "和", "与", "及", "暨", "同", "联合"};
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
        if (g_str_has_prefix(text, words[i])) return strlen(words[i]);
    return 0;
}

/* Bytes at the start of the text that name a committee: 文学院党委, 示例大学文学院党委,
 * 中共示例大学文学院委员会; 0 if none. */
static gsize committee_prefix(const Ask *ask, const char *text)
{
    static const char *const tails[] = {"总支部委员会", "支部委员会", "委员会"};
    /* 学生处党支部, though the roster calls it a 党总支: but 学生处党支部书记论坛 is a title */
    static const char *const offices[] = {"党委",   "分党委",     "党工委", "党总支",
                                          "党支部", "直属党支部", "总支"};
    const char *university = ask->config->desk.university, *p = text;
    if (g_str_has_prefix(p, "中共")) p += strlen("中共");
    if (*university && g_str_has_prefix(p, university)) p += strlen(university);
    gsize name = names_prefix(ask, p);
    if (name == 0) return 0;
    p += name;
    for (gsize i = 0; i < G_N_ELEMENTS(tails); i++)
        if (g_str_has_prefix(p, tails[i])) return (gsize)(p - text) + strlen(tails[i]);
    for (gsize i = 0; i < G_N_ELEMENTS(offices); i++) {
        const gsize n = strlen(offices[i]);
        if (g_str_has_prefix(p, offices[i]) && (!p[n] || joint(p + n))) return (gsize)(p - text) + n;
    }
    return (gsize)(p - text);
}

/* Nothing but committees. */
static gboolean is_of_names(const Ask *ask, const char *field)
{
    gsize name;
    for (; (name = committee_prefix(ask, field)) > 0; field += joint(field)) {
        field += name;
        if (!*field) return TRUE;
        if (!joint(field)) return FALSE;
    }
    return FALSE;
}

/* Whether the field lies between “ and ” of other fields: a part of a name, whatever it says itself. */
static gboolean is_quoted(const Tags *tags, guint i)
{
    gboolean open = FALSE;
    for (guint k = 0; k < tags->fields->len; k++) {
        const char *field = tags->fields->pdata[k], *opens = g_strrstr(field, "“"),
                   *closes = g_strrstr(field, "”");
        if (k >= i && open) {
            if (closes) return TRUE;
            if (opens) return FALSE;
        } else if (k >= i) {
            return FALSE;
        } else if (opens || closes) {
            open = opens && (!closes || closes < opens);
        }
    }
    return FALSE;
}

static gboolean is_noise(const Ask *ask, const Tags *tags, guint i)
{
    static const char *const again[] = {"重发", "再发", "补发", "重报", "再报", "重新报送", "再次报送", NULL};
    /* what people write before a value, and mail programs before a file's name */
    static const char *const labels[] = {"主题",
                                         "活动主题",
                                         "主题类别",
                                         "创新类型",
                                         "类型",
                                         "类别",
                                         "单位",
                                         "报送单位",
                                         "推荐单位",
                                         "申报单位",
                                         "活动名称",
                                         "名称",
                                         "项目名称",
                                         "标题",
                                         "题目",
                                         "活动",
                                         "通过电子邮件发送",
                                         "电子邮件发送",
                                         "Emailing",
                                         "党委",
                                         "分党委",
                                         "党总支",
                                         "党支部",
                                         "直属党支部",
                                         NULL};
    const char *field = tags->fields->pdata[i];
    if (is_quoted(tags, i)) return FALSE;
    if (g_strv_contains(again, field) || g_strv_contains(labels, field) || beside_version(field)) return TRUE;
    if (beside_aside(field) || says_excuse(field)) return TRUE;
    if (is_label(ask, field) || labels_title_again(ask, field)) return TRUE;
    if (names_whole(ask, field) || is_of_names(ask, field)) return TRUE;
    if (tags == ask->tags ? theme_field(ask, i) : theme_named(ask->desk, field) != NULL) return TRUE;
    for (guint j = 0; j < ask->config->campaign.innovation->len; j++)
        if (strcmp(field, ask->config->campaign.innovation->pdata[j]) == 0) return TRUE;
    return FALSE;
}

/* Start of the field's own words: behind a committee's name and 报送, 关于 … that run into them. A committee
 * that is named with its partner stays. */
static const char *own_words(const Ask *ask, const char *field)
{
    static const char *const openings[] = {"报送", "申报", "推荐", "关于", "补充", "修订", "更新"};
    for (gboolean again = TRUE; again;) {
        again = FALSE;
        gsize name = committee_prefix(ask, field);
        if (name > 0 && field[name] &&
            !(joint(field + name) && committee_prefix(ask, field + name + joint(field + name)))) {
            field += name;
            again = TRUE;
        }
        for (gsize i = 0; i < G_N_ELEMENTS(openings); i++) {
            gsize n = strlen(openings[i]);
            if (!g_str_has_prefix(field, openings[i]) || !field[n] || title_is_generic(ask, field + n))
                continue;
            field += n;
            again = TRUE;
        }
    }
    return field;
}

/* A bracket without its other half goes. */
static void balance(GString *text)
{
    static const char *const pairs[][2] = {{"《", "》"}, {"「", "」"}, {"『", "』"}, {"【", "】"},
                                           {"(", ")"},   {"[", "]"},   {"〔", "〕"}, {"“", "”"},
                                           {"〖", "〗"}, {"〈", "〉"}};
    for (gsize i = 0; i < G_N_ELEMENTS(pairs); i++) {
        gboolean open = strstr(text->str, pairs[i][0]) != NULL,
                 close = strstr(text->str, pairs[i][1]) != NULL;
        if (open == close) continue;
        text_remove(text, pairs[i][open ? 0 : 1]);
    }
}

/* 《读书会》 is 读书会, but 《读书会》侧记 and 《甲》与《乙》 stay. */
static void unwrap(GString *text)
{
    static const char *const pairs[][2] = {{"《", "》"}, {"(", ")"}, {"【", "】"}, {"[", "]"}, {"「", "」"}};
    for (gsize i = 0; i < G_N_ELEMENTS(pairs); i++) {
        gsize open = strlen(pairs[i][0]), close = strlen(pairs[i][1]);
        if (text->len <= open + close || !g_str_has_prefix(text->str, pairs[i][0]) ||
            strstr(text->str, pairs[i][1]) != text->str + text->len - close ||
            strstr(text->str + open, pairs[i][0]))
            continue;
        g_string_truncate(text, text->len - close);
        g_string_erase(text, 0, (gssize)open);
    }
}

/* Whether between two fields of the source there is nothing but separators; 【甲】【乙】 are two. */
static gboolean joined(const char *start, const char *end)
{
    static const char *const parts[] = {"】【", "][", "〕〔"};
    for (gsize i = 0; i < G_N_ELEMENTS(parts); i++)
        if (g_strstr_len(start, end - start, parts[i])) return FALSE;
    for (const char *p = start; p < end; p = g_utf8_next_char(p))
        if (g_unichar_isalnum(g_utf8_get_char(p))) return FALSE;
    return TRUE;
}

/* The opening quote directly before the words, if they hold its closing half: 《读书会》侧记. */
static const char *with_quote(const char *text, const char *start)
{
    static const char *const quotes[] = {"《", "「", "『", "“", "("};
    for (gsize i = 0; i < G_N_ELEMENTS(quotes); i++) {
        gsize n = strlen(quotes[i]);
        if ((gsize)(start - text) >= n && memcmp(start - n, quotes[i], n) == 0) return start - n;
    }
    return start;
}

/* The fields that name no committee, theme or kind, joined as they were typed; NULL if that is generic. */
char *title_of_line(const Ask *ask, const Tags *tags, const char *line)
{
    g_autofree char *source = tags_nfkc(line);
    g_autoptr (GString) title = g_string_new(NULL);
    const char *at = source, *before = NULL;
    for (guint i = 0; i < tags->fields->len; i++) {
        const char *field = tags->fields->pdata[i];
        const char *hit = strstr(at, field);
        if (is_noise(ask, tags, i) || beside_person(tags, i, source) ||
            (title->len == 0 && beside_ordinal(field))) {
            before = NULL;
        } else {
            const char *own = own_words(ask, field);
            const char *start = hit ? hit + (own - field) : NULL;
            if (before && start && own == field && joined(before, start))
                g_string_append_len(title, before, start - before);
            else if (title->len > 0)
                g_string_append_c(title, ' ');
            else if (start)
                g_string_append_len(title, with_quote(source, start), start - with_quote(source, start));
            g_string_append(title, own);
            before = hit ? hit + strlen(field) : NULL;
            if (before && (g_str_has_prefix(before, "》") || g_str_has_prefix(before, "」") ||
                           g_str_has_prefix(before, "』") || g_str_has_prefix(before, ")"))) {
                const char *after = g_utf8_next_char(before);
                g_string_append_len(title, before, after - before);
                before = after;
            }
        }
        if (hit) at = hit + strlen(field);
    }
    beside_reference(title);
    balance(title);
    unwrap(title);
    g_autofree char *clipped = text_clip(title->str, DESK_TITLE_CHARS);
    return title_is_generic(ask, clipped) ? NULL : g_steal_pointer(&clipped);
}

/* A mail program that makes the subject of the file's name leaves its ending there. */
char *title_of_subject(const Ask *ask)
{
    static const char *const endings[] = {".docx", ".doc", ".wps", ".pdf", ".zip", ".rar", ".xlsx"};
    const char *first = ask->tags->fields->len > 0 ? ask->tags->fields->pdata[0] : "";
    if (ask->replied && ask->tags->reply) return NULL; /* those are our own words coming back */
    if (strcmp(first, "回执") == 0 || strcmp(first, "提醒") == 0) return NULL; /* … forwarded */
    char *title = title_of_line(ask, ask->tags, ask->plain_subject);
    for (gsize i = 0; title && i < G_N_ELEMENTS(endings); i++) {
        gsize all = strlen(title), n = strlen(endings[i]);
        if (all > n && g_ascii_strcasecmp(title + all - n, endings[i]) == 0) title[all - n] = '\0';
    }
    return title;
}

char *title_of_name(const Ask *ask, const char *name)
{
    static Pattern pattern = {.text = "(?i)([\\s_-]*([(（]\\d{1,2}[)）]|副本|v\\d{1,2}))+$"};
    g_autofree char *bare = pattern_replace(&pattern, name, "");
    g_autofree char *normal = tags_nfkc(bare);
    g_autofree char *line = names_unbracket(ask->desk, normal);
    g_autoptr (Tags) tags = tags_parse(line);
    return title_of_line(ask, tags, line);
}
