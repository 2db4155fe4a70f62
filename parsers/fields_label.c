/* fields_label.c - what is a label, and what pads it. */
#include <string.h>

#include "parsers/fields_parts.h"
#include "parsers/traditional.h"

/* Words that forms of Chinese offices use as labels. One of them in a table makes it a form. */
static const char *const known[] = {
    "活动名称",       "项目名称",     "名称",         "题目",           "标题",         "案例名称",
    "作品名称",       "活动题目",     "项目题目",     "推荐单位",       "申报单位",     "所属单位",
    "报送单位",       "单位",         "单位名称",     "推荐党委",       "所属党委",     "所在党委",
    "所属党组织",     "党组织名称",   "党组织",       "申报党组织",     "推荐党组织",   "所属支部",
    "党支部",         "党支部名称",   "所在单位",     "主办单位",       "承办单位",     "负责人",
    "项目负责人",     "活动负责人",   "负责人姓名",   "申报人",         "联系人",       "填表人",
    "经办人",         "姓名",         "性别",         "民族",           "年龄",         "出生年月",
    "职务",           "职称",         "职务职称",     "政治面貌",       "联系电话",     "电话",
    "手机",           "手机号",       "手机号码",     "办公电话",       "联系方式",     "邮箱",
    "电子邮箱",       "电子邮件",     "通讯地址",     "活动主题",       "主题",         "主题类别",
    "所属主题",       "主题方向",     "创新类型",     "创新类别",       "活动类型",     "活动类别",
    "项目类别",       "类型",         "类别",         "申报类别",       "活动时间",     "时间",
    "起止时间",       "实施时间",     "开展时间",     "活动地点",       "地点",         "活动对象",
    "参与人数",       "参加人数",     "党员人数",     "申报日期",       "填表日期",     "填报日期",
    "填表时间",       "日期",         "编号",         "序号",           "备注",         "活动简介",
    "项目简介",       "活动内容",     "活动目标",     "主要做法",       "创新点",       "活动成效",
    "推荐意见",       "单位意见",     "党委意见",     "合计",           "摘要",         "关键词",
    "内容提要",       "所属部门",     "部门",         "学院",           "推荐单位意见", "牵头人",
    "项目主持人",     "主持人",       "填报人",       "填报单位",       "填表单位",     "案例题目",
    "作品题目",       "申报项目",     "申报题目",     "移动电话",       "固定电话",     "传真",
    "微信",           "微信号",       "QQ",           "QQ号",           "E-mail",       "Email",
    "邮编",           "邮政编码",     "通信地址",     "联系地址",       "所属学院",     "所在学院",
    "院系",           "工作单位",     "学历",         "学位",           "籍贯",         "出生日期",
    "入党时间",       "身份证号",     "身份证号码",   "参与单位",       "协办单位",     "活动背景",
    "活动过程",       "活动总结",     "实施方案",     "预期成效",       "活动经费",     "经费预算",
    "主要内容",       "特色亮点",     "经验启示",     "审核意见",       "评审意见",     "初审意见",
    "党委推荐意见",   "联络人",       "联络电话",     "联络方式",       "电邮",         "行动电话",
    "参与党支部数",   "参与支部数",   "参与党员数",   "推荐理由",       "申报理由",     "活动形式",
    "填报时间",       "申报时间",     "报送时间",     "上报时间",       "报送日期",     "审核人",
    "报送人",         "参加人员",     "推荐项目",     "推荐活动",       "申报人姓名",   "联系人姓名",
    "联系人电话",     "负责人电话",   "报送部门",     "创新活动名称",   "创新项目名称", "活动项目名称",
    "申报项目名称",   "推荐活动名称", "推荐项目名称", "创新活动主题",   "创新主题",     "申报主题",
    "推荐主题",       "创新主题类别", "二级党组织",   "所属二级党组织", "主要负责人",   "支部名称",
    "申报支部",       "申报党支部",   "推荐党支部",   "所属党支部",     "所在党支部",   "负责人职务",
    "负责人联系电话", "主要成效",     "工作成效",     "典型做法",       "活动效果",     "活动意义",
    "活动目的",       "参加对象",     "座机",         "制表人",         "支部意见",     "学院意见",
    "党总支意见",     "党支部意见",   "组织部意见",   "地址",           "申请人",       "申请单位",
    "申请日期",       "申请时间",     "案例类别",     "案例类型",       "案例摘要",     "案例负责人",
    "参评类别",       "实施单位",     "活动起止时间", "所在支部",       "主讲人",       "授课人",
};

/* With such an end a word beside a label heads a column rather than being that label's value. */
static const char *const columns[] = {
    "数",   "数量", "人数", "次数", "情况", "率",   "金额",   "得分", "分数", "排名", "名次", "状态",
    "进度", "名称", "时间", "日期", "地点", "单位", "负责人", "备注", "说明", "主题", "经费",
};

/* In running text the label of a line may also end in one of these. */
static const char *const endings[] = {
    "名称", "单位", "负责人", "联系人", "电话", "手机", "邮箱", "主题", "时间", "地点",   "类型", "类别",
    "日期", "人数", "姓名",   "职务",   "编号", "题目", "部门", "党委", "支部", "党组织", "方式", "对象",
};

static gboolean is_listed(const char *label)
{
    static GHashTable *set;
    if (!set) {
        set = g_hash_table_new(g_str_hash, g_str_equal);
        for (gsize i = 0; i < G_N_ELEMENTS(known); i++) g_hash_table_add(set, (gpointer)known[i]);
    }
    if (g_hash_table_contains(set, label)) return TRUE;
    g_autofree char *simplified = traditional_simplified(label);
    return simplified && g_hash_table_contains(set, simplified);
}

gboolean fields_is_known(const char *label)
{
    if (*label == '\0') return FALSE;
    if (is_listed(label)) return TRUE;
    static const char *const ands[] = {"及", "和", "与", "、", "/"}; /* 联系人及电话, 活动时间、地点 */
    if (strlen(label) > FIELDS_LABEL_BYTES) return FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(ands); i++) {
        const char *at = strstr(label, ands[i]);
        if (!at || at == label) continue;
        g_autofree char *first = g_strndup(label, (gsize)(at - label));
        if (is_listed(first) && is_listed(at + strlen(ands[i]))) return TRUE;
    }
    return FALSE;
}

static gboolean ends_in(const char *label, const char *const *words, gsize n)
{
    if (g_utf8_strlen(label, -1) > FIELDS_LABEL_CHARS) return FALSE;
    g_autofree char *simplified = traditional_simplified(label);
    for (gsize i = 0; i < n; i++)
        if (g_str_has_suffix(simplified ? simplified : label, words[i])) return TRUE;
    return FALSE;
}

gboolean fields_has_known_ending(const char *label)
{
    return ends_in(label, endings, G_N_ELEMENTS(endings));
}

/* Of what asks for a text. */
static const char *const texts[] = {"简介", "内容", "目标", "背景", "过程", "总结", "方案",
                                    "成效", "做法", "创新", "特色", "启示", "摘要", "提要",
                                    "理由", "意见", "形式", "备注", "概述", "概况"};

gboolean fields_asks_for_text(const char *label)
{
    if (fields_has_known_ending(label)) return FALSE; /* 创新类型 */
    g_autofree char *simplified = traditional_simplified(label);
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
        if (strstr(simplified ? simplified : label, texts[i])) return TRUE;
    return FALSE;
}

gboolean fields_asks_for_choice(const char *label)
{
    static const char *const firsts[] = {"是否", "有无"}, *const ends[] = {"主题", "主題", "方向", "类别",
                                                                           "類別", "类型", "類型", "级别",
                                                                           "級別", "等级", "等級", "性别",
                                                                           "性別", "选项"};
    for (gsize i = 0; i < G_N_ELEMENTS(firsts); i++)
        if (g_str_has_prefix(label, firsts[i])) return TRUE;
    for (gsize i = 0; i < G_N_ELEMENTS(ends); i++)
        if (g_str_has_suffix(label, ends[i])) return TRUE;
    return FALSE;
}

gboolean fields_names_text(const char *label)
{
    static const char *const titles[] = {"总结", "方案", "创新"}; /* of whole documents */
    return ends_in(label, texts, G_N_ELEMENTS(texts)) && !ends_in(label, titles, G_N_ELEMENTS(titles)) &&
           fields_may_be_label(label);
}

/* --- labels ----------------------------------------------------------------------------------- */

/* Where a leading number ends: 一、 1. 1、 (一) is gone with its parentheses already. */
static const char *skip_number(const char *text)
{
    const char *p = text;
    while (*p && (g_ascii_isdigit(*p) || g_utf8_strchr("一二三四五六七八九十", -1, g_utf8_get_char(p))))
        p = g_utf8_next_char(p);
    if (p == text || !*p || !g_utf8_strchr("、.,)", -1, g_utf8_get_char(p))) return text;
    return g_utf8_next_char(p);
}

/* Whether the text is nothing but ASCII and what begins with these bytes in UTF-8: U+4000 to U+9FFF, hanzi.
 * NFKC leaves them alone. */
static gboolean is_normal(const char *text)
{
    const guchar *p = (const guchar *)text;
    while (*p) {
        gboolean hanzi = *p >= 0xE4 && *p <= 0xE9 && (p[1] & 0xC0) == 0x80 && (p[2] & 0xC0) == 0x80;
        if (*p >= 0x80 && !hanzi) return FALSE;
        p += hanzi ? 3 : 1;
    }
    return TRUE;
}

/* Marks of what must be filled in, bullets, circled numbers (which NFKC would make figures without a point).
 */
static gboolean is_mark(gunichar c)
{
    if (c == '\0' || (c >= 0x4E00 && c < 0xA000)) return FALSE;                  /* mostly */
    if (c >= 0x1F000 || c == 0xFE0F || (c >= 0x2700 && c < 0x2713)) return TRUE; /* pictures */
    return (c >= 0x2460 && c <= 0x2473) || (c >= 0x2776 && c <= 0x2793) ||
           (c < 0x10000 && g_utf8_strchr("#-–—·★☆※●○◎◆◇■▪▲△►▶•➢", -1, c));
}

/* What is no part of a label: white space, characters that only format. */
static gboolean is_nothing(gunichar c)
{
    if (c < 0x80) return c == ' ' || c == '*' || (c >= '\t' && c <= '\r' && c != '\v');
    if (c >= 0x4E00 && c < 0xA000) return FALSE; /* hanzi */
    return g_unichar_isspace(c) || g_unichar_type(c) == G_UNICODE_FORMAT;
}

static gboolean opens(gunichar c)
{
    return c == '(' || c == '[' || c == 0x3014 || c == 0x3010;
}

static gboolean closes(gunichar c)
{
    return c == ')' || c == ']' || c == 0x3015 || c == 0x3011;
}

/* 【活动名称】, “活动名称”, that are all of a label. */
static void strip_brackets(GString *label)
{
    static const char *const pairs[][2] = {{"【", "】"}, {"[", "]"}, {"“", "”"}, {"《", "》"}, {"\"", "\""}};
    for (gsize i = 0; i < G_N_ELEMENTS(pairs) && label->len > 2; i++) {
        if (!g_str_has_prefix(label->str, pairs[i][0]) || !g_str_has_suffix(label->str, pairs[i][1]))
            continue;
        g_string_truncate(label, label->len - strlen(pairs[i][1]));
        g_string_erase(label, 0, (gssize)strlen(pairs[i][0]));
        return;
    }
}

/* Of 活动/项目名称 the last, where that is a label: all of it names one thing. 姓名/职务 are two. */
static const char *behind_slash(const char *label)
{
    const char *slash = strrchr(label, '/');
    gboolean name = slash && (g_str_has_suffix(slash, "名称") || g_str_has_suffix(slash, "题目"));
    return name && fields_is_known(slash + 1) ? slash + 1 : label;
}

/* Behind the number that a label may have without what skip_number() asks for: 1活动名称, 1.1活动名称,
 * 第一、活动名称, a.活动名称; the text if there is none. */
static const char *skip_odd_number(const char *text)
{
    const char *p = g_str_has_prefix(text, "第") ? text + strlen("第") : text;
    gsize letters = strspn(p, "IVXivx");
    if (letters == 0 && g_ascii_isalpha(*p)) letters = 1;
    const char *sign = p + letters;
    if (letters > 0)
        return *sign && g_utf8_strchr("、.)", -1, g_utf8_get_char(sign)) ? g_utf8_next_char(sign) : text;
    while (g_ascii_isdigit(*p) || (p > text && *p == '.')) p++;
    return skip_number(p);
}

/* How long a label is without a number of its own: 活动名称1 and 负责人二 are of one of several. 主题一,
 * 类型2 and 党支部三 are values, as are the figures of 手机13800000000, 参与人数30 and 活动背景 3. */
static gsize without_count(const char *label)
{
    enum { DIGITS_MAX = 2 };
    static const char *const counted[] = {"名称", "名稱", "题目", "題目", "标题", "標題", "项目", "項目",
                                          "活动", "活動", "单位", "單位", "人",   "姓名", "职务", "職務",
                                          "电话", "電話", "手机", "手機", "邮箱", "郵箱", "方式"};
    const gsize length = strlen(label);
    gsize n = length;
    while (n > 0 && g_ascii_isdigit(label[n - 1])) n--;
    const char *last = n > 0 ? g_utf8_prev_char(label + n) : label;
    if (n == length && last > label && g_utf8_strchr("一二三四五", -1, g_utf8_get_char(last)))
        n = (gsize)(last - label);
    else if (length - n > DIGITS_MAX)
        return length;
    for (gsize i = 0; i < G_N_ELEMENTS(counted) && n < length; i++) {
        const gsize bytes = strlen(counted[i]);
        if (n >= bytes && memcmp(label + n - bytes, counted[i], bytes) == 0) return n;
    }
    return length;
}

/* Whether English behind the Chinese says what that does, and not what else of it is asked for: 联系人QQ.
 * What has no small letters is no translation: 类别A, 手机APP. */
static gboolean translates(const char *english, const char *label)
{
    static const char *const ways[] = {"qq",   "e-mail", "email",  "mail",   "tel", "phone", "mobile",
                                       "cell", "fax",    "wechat", "weixin", "msn", "id"};
    static const char *const kinds[] = {"电话", "電話", "手机", "手機", "邮箱", "郵箱", "邮件",
                                        "郵件", "传真", "微信", "方式", "号码", "電郵", "电邮"};
    while (*english && !g_ascii_isalpha(*english)) english++;
    gboolean way = FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(ways) && !way; i++)
        way = g_ascii_strncasecmp(english, ways[i], strlen(ways[i])) == 0;
    for (gsize i = 0; i < G_N_ELEMENTS(kinds) && way; i++) {
        const gsize bytes = strlen(kinds[i]);
        const char *behind = g_strrstr(label, kinds[i]);
        if (behind && !((guchar)behind[bytes] & 0x80)) return TRUE;
    }
    return !way && strpbrk(english, "abcdefghijklmnopqrstuvwxyz") != NULL;
}

/* How long a label is without what it is in English: 活动名称Name of Activity, 电子邮箱/E-mail. */
static gsize without_english(const char *label)
{
    gsize length = strlen(label), n = length;
    if ((guchar)*label < 0x80) return length;
    while (n > 0 && (g_ascii_isalpha(label[n - 1]) || strchr("/-.'&", label[n - 1]))) n--;
    return n < length && translates(label + n, label) ? n : length;
}

/* Without such numbers, without 为 (活动名称为), English, and what is quoted before it, if a known label is
 * left; else the same. */
static char *without_affixes(const char *label)
{
    const char *quote = g_str_has_prefix(label, "“") ? strstr(label, "”") : NULL; /* “两优一先”活动名称 */
    if (quote && fields_is_known(quote + strlen("”"))) return g_strdup(quote + strlen("”"));
    gboolean counted = g_ascii_isalnum(*label) || g_str_has_prefix(label, "第");
    gboolean verb = g_str_has_suffix(label, "为");
    gsize length = without_english(label);
    if (!label[length]) length = without_count(label);
    if (!counted && !verb && !label[length]) return g_strdup(label); /* mostly */
    const char *p = counted ? skip_odd_number(label) : label;
    if (!label[length]) length = strlen(p) - (verb && *p ? strlen("为") : 0);
    g_autofree char *rest = g_strndup(p, length);
    return fields_is_known(rest) ? g_steal_pointer(&rest) : g_strdup(label);
}

char *fields_label(const char *text)
{
    while (is_mark(g_utf8_get_char(text)) || g_unichar_isspace(g_utf8_get_char(text)))
        text = g_utf8_next_char(text);
    g_autofree char *nfkc = is_normal(text) ? g_strdup(text) : g_utf8_normalize(text, -1, G_NORMALIZE_NFKC);
    if (!nfkc) return g_strdup("");
    gsize room = strlen(nfkc);
    g_autoptr (GString) all = g_string_sized_new(room), outside = g_string_sized_new(room);
    int depth = 0;
    for (const char *p = nfkc, *next; *p; p = next) {
        gunichar c = g_utf8_get_char(p);
        next = g_utf8_next_char(p);
        if (is_nothing(c)) continue;
        depth += opens(c);
        if (depth == 0) g_string_append_len(outside, p, next - p);
        if (depth > 0 && closes(c)) depth--;
        g_string_append_len(all, p, next - p);
    }
    gboolean other =
        strstr(all->str, "(英文") != NULL; /* no hint: it is not what the label asks for without */
    strip_brackets(outside->len == 0 ? all : outside);
    const char *kept = skip_number(outside->len > 0 && !other ? outside->str : all->str);
    g_autofree char *label = g_strdup(kept);
    gsize length = strlen(label);
    while (length > 0 && label[length - 1] == ':') label[--length] = '\0';
    if (g_str_has_suffix(label, FIELDS_RATIO)) label[length - strlen(FIELDS_RATIO)] = '\0';
    const char *last = behind_slash(label);
    return without_affixes(last);
}

gboolean fields_is_label(const char *text)
{
    if (strlen(text) > FIELDS_LABEL_BYTES) return FALSE;
    g_autofree char *label = fields_label(text);
    return fields_is_known(label);
}

/* Whether a short text may be a label at all: has Chinese characters, is no sentence, number or check box. */
gboolean fields_may_be_label(const char *label)
{
    gboolean chinese = FALSE;
    glong n = 0;
    for (const char *p = label; *p; p = g_utf8_next_char(p), n++) {
        gunichar c = g_utf8_get_char(p);
        if (n >= FIELDS_LABEL_CHARS || g_utf8_strchr(",。;!?:@□☐☑☒√《》“”\"", -1, c) || g_unichar_isdigit(c))
            return FALSE;
        chinese |= g_unichar_get_script(c) == G_UNICODE_SCRIPT_HAN;
    }
    return chinese && n >= 2;
}

gboolean fields_heads_column(const char *label)
{
    return ends_in(label, columns, G_N_ELEMENTS(columns));
}

gboolean fields_has_letters(const char *text, gsize length)
{
    for (gsize i = 0; i < length; i++)
        if ((guchar)text[i] >= 0xE2) return TRUE; /* in UTF-8 */
    return length > 1 && length < 12 && (g_ascii_toupper(*text) == 'E' || *text == 'Q');
}

gboolean fields_has_number(const char *text)
{
    for (const char *p = text + strcspn(text, "0123456789@"); *p; p += strcspn(p, "0123456789@")) {
        gsize figures = strspn(p, "0123456789");
        if (figures >= 5 || *p == '@') return TRUE;
        p += figures;
    }
    return FALSE;
}

/* --- padding ---------------------------------------------------------------------------------- */

gboolean fields_is_padding(gunichar c)
{
    return g_unichar_isspace(c) || c == '_' || c == 0xFF3F || c == 0x200B || c == 0xFEFF;
}

char *fields_clean(const char *text, gsize length)
{
    const char *end = text + length;
    while (text < end && fields_is_padding(g_utf8_get_char(text))) text = g_utf8_next_char(text);
    while (end > text && fields_is_padding(g_utf8_get_char(g_utf8_prev_char(end))))
        end = g_utf8_prev_char(end);
    return g_strndup(text, (gsize)(end - text));
}
