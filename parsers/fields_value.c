/* fields_value.c - what a value is, and what forms print where one is to be written. */
#include <string.h>

#include "parsers/fields_parts.h"
#include "parsers/limits.h"
#include "parsers/radicals.h"

enum {
    HINT_BYTES = 3 * 150 /* 包括背景、目的、做法、成效 …，不超过1500字 */
};

/* --- hints ------------------------------------------------------------------------------------ */

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

/* --- frames ----------------------------------------------------------------------------------- */

gboolean fields_is_frame_label(const char *label)
{
    const char *p = label + strspn(label, "0123456789");
    if (p > label && !(p <= label + 4 && g_str_has_prefix(p, "年月"))) return FALSE; /* 2014年 月 日 */
    while (*p && g_utf8_strchr("年月日_", -1, g_utf8_get_char(p))) p = g_utf8_next_char(p);
    return *p == '\0' || *p == '(';
}

gboolean fields_is_frame(const char *text)
{
    if (strlen(text) > FIELDS_LABEL_BYTES) return FALSE;
    g_autofree char *label = fields_label(text);
    return fields_is_frame_label(label);
}

/* Whether a line asks for a stamp or a signature: （公 章）; not 学党章, 签约. */
static gboolean asks_for_stamp(const char *line)
{
    static const char *const words[] = {"盖章",   "公章", "印章",   "签章", "签字",   "签名",
                                        "（章）", "(章)", "（签）", "(签)", "党委章", "单位章"};
    g_autoptr (GString) text = g_string_new(NULL);
    for (const char *p = line, *next; *p; p = next) {
        next = g_utf8_next_char(p);
        if (!fields_is_padding(g_utf8_get_char(p))) g_string_append_len(text, p, next - p);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
        if (strstr(text->str, words[i])) return TRUE;
    return FALSE;
}

/* （盖章）, 年　月　日: what forms print where people were to write, and did not. */
static gboolean is_unfilled(const char *value)
{
    gboolean stamp = strstr(value, "章") || strstr(value, "签");
    if (!*value || strlen(value) > FIELDS_LABEL_BYTES) return FALSE;
    if (!stamp && !g_utf8_strchr("年月日20", -1, g_utf8_get_char(value))) return FALSE; /* mostly */
    g_auto(GStrv) lines = g_strsplit(value, "\n", -1);
    for (guint i = 0; lines[i]; i++) {
        gboolean hint = strchr(lines[i], '(') || strstr(lines[i], "（");
        if (!fields_is_frame(lines[i]) || (hint && !asks_for_stamp(lines[i]))) return FALSE;
    }
    return TRUE;
}

/* --- keeping ---------------------------------------------------------------------------------- */

/* Behind a hint that is the first line of a value with more; the value if there is none. */
static const char *behind_hint(const char *value)
{
    const char *end = fields_line_end(value);
    if (!*end) return value;
    g_autofree char *first = fields_clean(value, (gsize)(end - value));
    return fields_is_hint(first) && !fields_is_blank(end + 1, end + strlen(end)) ? end + 1 : value;
}

/* Without what closes parentheses that open before the label (010-00000000）), and without a limit at the end
 * (读书会（限20字）). */
static void drop_closing(char *value)
{
    static const char *const closed[] = {"）", ")"};
    const gsize length = strlen(value);
    gsize i = 0;
    while (i < G_N_ELEMENTS(closed) && !g_str_has_suffix(value, closed[i])) i++;
    if (i == G_N_ELEMENTS(closed)) return; /* mostly */
    char *open = g_strrstr(value, "（"), *narrow = strrchr(value, '(');
    if (!open || (narrow && narrow > open)) open = narrow;
    char *end = !open ? value + length - strlen(closed[i]) : fields_is_limit(open) ? open : NULL;
    if (!end) return;
    while (end > value && fields_is_padding(g_utf8_get_char(g_utf8_prev_char(end))))
        end = g_utf8_prev_char(end);
    *end = '\0';
}

FactsField *fields_add(GPtrArray *fields, const char *label, const char *value, gsize length)
{
    if (fields->len >= LIMIT_FIELDS || !*label) return NULL;
    FactsField *field = g_new0(FactsField, 1);
    field->label = g_strdup(label);
    g_autofree char *all = fields_clean(value, length);
    const char *said = behind_hint(all);
    field->value = fields_clean(said, strlen(said));
    if (is_unfilled(field->value) || fields_is_hint(field->value)) *field->value = '\0';
    drop_closing(field->value);
    radicals_unify(field->value);
    g_ptr_array_add(fields, field);
    return field;
}
