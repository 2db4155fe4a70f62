/* fields_line.c - what a line of text is, by itself. */
#include <string.h>

#include "parsers/fields_parts.h"

enum {
    NAME_BYTES = 3 * 20,
    HINT_BYTES = 3 * 150 /* 包括背景、目的、做法、成效 …，不超过1500字 */
};

const char *fields_find_colon(const char *text, const char *end, const char **after)
{
    static const char *const wide[] = {"：", FIELDS_RATIO};
    const char *found = memchr(text, ':', (gsize)(end - text));
    for (gsize i = 0; i < G_N_ELEMENTS(wide); i++) {
        const char *other = memmem(text, (gsize)((found ? found : end) - text), wide[i], strlen(wide[i]));
        if (other) found = other;
    }
    *after = found ? g_utf8_next_char(found) : NULL;
    return found;
}

const char *fields_line_end(const char *line)
{
    return line + strcspn(line, "\n");
}

gboolean fields_is_blank(const char *line, const char *end)
{
    g_autofree char *clean = fields_clean(line, (gsize)(end - line));
    return !*clean;
}

const char *fields_next_line(const char *end)
{
    while (*end) {
        const char *line = end + 1;
        end = fields_line_end(line);
        if (!fields_is_blank(line, end)) return line;
    }
    return end;
}

gboolean fields_is_heading(const char *text)
{
    static const char numbers[] = "一二三四五六七八九十";
    const char *p = text, *end;
    if (*p && g_utf8_strchr("(（", -1, g_utf8_get_char(p))) p = g_utf8_next_char(p);
    for (end = p; *end && g_utf8_strchr(numbers, -1, g_utf8_get_char(end));) end = g_utf8_next_char(end);
    return end > p && *end && g_utf8_strchr("、)）", -1, g_utf8_get_char(end));
}

gboolean fields_is_point(const char *text)
{
    gunichar c = g_utf8_get_char(text);
    const char *p = text + strspn(text, "0123456789");
    if ((c >= 0x2460 && c <= 0x2473) || (c && g_utf8_strchr("●•◆", -1, c))) return TRUE;
    return p > text && *p && g_utf8_strchr(".、．)）", -1, g_utf8_get_char(p)) &&
           !g_ascii_isdigit(*g_utf8_next_char(p));
}

gboolean fields_is_sentence(const char *line, const char *end)
{
    static const char *const marks[] = {"。", "，", "；", "！", "、"};
    for (gsize i = 0; i < G_N_ELEMENTS(marks) && end - line > 3; i++)
        if (memcmp(end - 3, marks[i], 3) == 0) return TRUE;
    return FALSE;
}

static gboolean is_numeral(gunichar c)
{
    if (c < 0x80) return g_ascii_isdigit((char)c);
    return c >= 0x4E00 && c <= 0x5341 && g_utf8_strchr("一二三四五六七八九十", -1, c);
}

const char *fields_behind_number(const char *line, const char *end)
{
    const char *p = line;
    if (line < end && g_ascii_isalpha(*line)) return line;
    while (p < end && fields_is_padding(g_utf8_get_char(p))) p = g_utf8_next_char(p);
    const char *begin = p;
    const gunichar open = p < end ? g_utf8_get_char(p) : 0;
    if (open == '(' || open == 0xFF08) p = g_utf8_next_char(p);
    const char *number = p;
    while (p < end && is_numeral(g_utf8_get_char(p))) p = g_utf8_next_char(p);
    if (p == number || p >= end || !g_utf8_strchr("、.．)）", -1, g_utf8_get_char(p))) return begin;
    for (p = g_utf8_next_char(p); p < end && *p == ' ';) p++;
    return p;
}

char *fields_bare_label(const char *line, const char *end)
{
    if (fields_is_sentence(line, end)) return NULL;
    while (line < end && fields_is_padding(g_utf8_get_char(line))) line = g_utf8_next_char(line);
    if (line == end || end - line > FIELDS_LABEL_BYTES || !fields_has_letters(line, (gsize)(end - line)))
        return NULL;
    const char *after;
    g_autofree char *text = g_strndup(line, (gsize)(end - line));
    if (fields_is_heading(text) || g_ascii_isdigit(*text) ||
        fields_find_colon(text, text + strlen(text), &after))
        return NULL;
    g_autofree char *label = fields_label(text);
    return fields_is_known(label) ? g_steal_pointer(&label) : NULL;
}

gboolean fields_is_page(const char *label, const char *value, const char *end)
{
    guint dots = 0;
    const char *p = value;
    for (; p < end && g_utf8_strchr("….· ", -1, g_utf8_get_char(p)); p = g_utf8_next_char(p))
        dots += *p != ' ';
    g_autofree char *page = fields_clean(p, (gsize)(end - p));
    const gsize figures = strspn(page, "0123456789");
    if (page[figures] || figures > 3) return FALSE;
    return dots > 0 || (figures > 0 && fields_asks_for_text(label));
}

gboolean fields_is_name(const char *text)
{
    static const char *const ends[] = {"；", "！", "：", "，"};
    for (gsize i = 0; i < G_N_ELEMENTS(ends); i++)
        if (g_str_has_suffix(text, ends[i])) return FALSE;
    return strlen(text) <= NAME_BYTES && !g_str_has_prefix(text, "请") && !strstr(text, "。");
}

/* What stands in the parentheses that are around all of a text; NULL if none are. Caller frees. */
static char *within_parentheses(const char *text)
{
    static const char *const pairs[][2] = {{"（", "）"}, {"(", ")"}, {"（", ")"}, {"(", "）"},
                                           {"【", "】"}, {"[", "]"}, {"〔", "〕"}};
    const gsize length = strlen(text);
    for (gsize i = 0; i < G_N_ELEMENTS(pairs); i++) {
        const gsize open = strlen(pairs[i][0]), close = strlen(pairs[i][1]);
        if (length <= open + close || !g_str_has_prefix(text, pairs[i][0])) continue;
        if (!g_str_has_suffix(text, pairs[i][1])) continue;
        const char *inner = text + open, *stop = text + length - close;
        const char *first = memmem(inner, (gsize)(stop - inner), pairs[i][1], close);
        return first ? NULL : g_strndup(inner, (gsize)(stop - inner)); /* （一）… （二） */
    }
    return NULL;
}

/* Whether somewhere in a text a number of characters is a limit: …，800字以内. */
static gboolean holds_limit(const char *text)
{
    static const char *const behind[] = {"以内", "左右", "以下", "以上", "内", "为宜", "之内", NULL},
                             *const before[] = {"不超过", "不多于", "不少于", "限", "控制在", "约", NULL};
    for (const char *p = text; (p = strstr(p, "字")); p += strlen("字")) {
        const char *figures = p, *rest = p + strlen("字");
        while (figures > text && g_ascii_isdigit(figures[-1])) figures--;
        if (figures == p) continue;
        for (gsize i = 0; behind[i]; i++)
            if (g_str_has_prefix(rest, behind[i])) return TRUE;
        g_autofree char *head = g_strndup(text, (gsize)(figures - text));
        for (gsize i = 0; before[i]; i++)
            if (g_str_has_suffix(head, before[i])) return TRUE;
    }
    return FALSE;
}

/* XX年XX月, XXX-XXXX, ×××, ……: where something is yet to be written. */
static gboolean is_blanks(const char *text)
{
    guint blanks = 0;
    if (g_str_has_prefix(text, "20") && !g_ascii_isdigit(text[2])) text += 2; /* 20XX年 */
    for (const char *p = text; *p; p = g_utf8_next_char(p)) {
        const gunichar c = g_utf8_get_char(p);
        const gboolean blank = g_utf8_strchr("XxＸｘ×＊*…", -1, c) != NULL;
        blanks += blank;
        if (!blank && !fields_is_padding(c) && !g_utf8_strchr("年月日时分:：.-—~至", -1, c)) return FALSE;
    }
    return blanks > 1;
}

gboolean fields_is_limit(const char *value)
{
    static const char *const heads[] = {"不超过", "不多于", "不少于", "限", "控制在", "约", ""},
                             *const tails[] = {"字", "字以内", "字内", "个字", "字左右", "字以上", "字以下"};
    g_autofree char *inner = within_parentheses(value);
    if (inner) value = inner;
    const char *p = value, *figures;
    for (gsize i = 0; i < G_N_ELEMENTS(heads); i++) {
        if (!g_str_has_prefix(value, heads[i])) continue;
        p = value + strlen(heads[i]);
        break;
    }
    figures = p;
    p += strspn(p, "0123456789");
    for (gsize i = 0; i < G_N_ELEMENTS(tails) && p > figures; i++)
        if (strcmp(p, tails[i]) == 0) return TRUE;
    return FALSE;
}

gboolean fields_is_instruction(const char *text)
{
    static const char *const words[] = {"填写", "请",   "应",   "须",   "必须",
                                        "手写", "格式", "注明", "写明", "不超过"};
    static const char *const names[] = {"应用", "应急", "应届", "应到",
                                        "应参", "应出", "请假", "请党放心"}; /* begin names all the same */
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
        if (g_str_has_prefix(text, names[i])) return FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
        if (g_str_has_prefix(text, words[i])) return TRUE;
    return fields_is_limit(text) || g_str_has_suffix(text, "全称") || g_str_has_suffix(text, "全称。");
}

/* Whether something was chosen behind what asks for it: 请选择：学习型, 请选择☑学习型; not
 * 请填写全称，如：甲. */
static gboolean is_chosen(const char *text)
{
    static const char *const examples[] = {"如", "例"};
    for (const char *p = text; *p; p = g_utf8_next_char(p))
        if ((guchar)*p >= 0xE2 && g_utf8_strchr("☑☒■√✓✔", -1, g_utf8_get_char(p))) return TRUE;
    const char *after, *colon = fields_find_colon(text, text + strlen(text), &after);
    if (!colon || !*after) return FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(examples); i++)
        if (memmem(text, (gsize)(colon - text), examples[i], strlen(examples[i]))) return FALSE;
    return TRUE;
}

gboolean fields_is_hint(const char *text)
{
    static const char *const words[] = {"内容",     "內容",     "数量",     "數量",       "填写内容",
                                        "填报内容", "具体内容", "请选择",   "请选择一项", "选择一项",
                                        "待填",     "待填写",   "单位全称", "活动全称",   "元",
                                        "万元",     "人",       "人次",     "名",         "次",
                                        NULL},
                             *const asks[] = {"请填写",     "请填入",   "请填全",   "请填报",   "请填明",
                                              "请输入",     "请在此",   "请选择",   "请简述",   "请简要",
                                              "请写明",     "请注明",   "请说明",   "此处填",   "此处输入",
                                              "在此填",     "在此输入", "点击此处", "点击输入", "单击此处",
                                              "单击或点击", "限填",     NULL},
                             *const notes[] = {"包括", "主要包括", "需包括", "说明", "简述", "简要", "填写",
                                               "此处", "在此",     "可另",   "可附", "如：", "如:",  "例如",
                                               "例：", "示例",     "注：",   "手写", "格式", "注明", "写明",
                                               "须",   "必须",     "请用",   "请按", "应为", "应填", NULL};
    static const char firsts[] =
        "（(【[〔请此在点单限不控约填内內数數具选待活元万人名次0123456789XxＸｘ×＊*…";
    if (!*text || !g_utf8_strchr(firsts, -1, g_utf8_get_char(text))) return FALSE; /* mostly */
    if (strlen(text) > HINT_BYTES) return FALSE;
    g_autofree char *inner = within_parentheses(text);
    g_autofree char *whole = g_strdup(inner ? inner : text);
    if (g_str_has_suffix(whole, "。") || g_str_has_suffix(whole, "；"))
        whole[strlen(whole) - strlen("。")] = '\0';
    if (g_strv_contains(words, whole) || fields_is_limit(whole) || is_blanks(whole)) return TRUE;
    for (gsize i = 0; asks[i]; i++)
        if (g_str_has_prefix(whole, asks[i])) return !is_chosen(whole);
    if (!inner) return FALSE;
    for (gsize i = 0; notes[i]; i++)
        if (g_str_has_prefix(whole, notes[i])) return TRUE;
    return g_str_has_suffix(whole, "全称") || holds_limit(whole);
}
