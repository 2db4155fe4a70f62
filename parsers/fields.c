#include "parsers/fields.h"

#include <string.h>

#include "parsers/limits.h"

#define LABEL_CHARS  12  /* longest label that is not in the table below */
#define LABEL_BYTES  120 /* longest stretch of text that is looked at for one */
#define COLONS_MAX   40  /* of one line that are looked at */
#define LABEL_PIECES 8   /* white-space separated pieces of one label: 联 系 电 话 */

/* Words that forms of Chinese offices use as labels. One of them in a table makes it a form. */
static const char *const known[] = {
    "活动名称",   "项目名称",   "名称",       "题目",       "标题",       "案例名称",   "作品名称",
    "活动题目",   "项目题目",   "推荐单位",   "申报单位",   "所属单位",   "报送单位",   "单位",
    "单位名称",   "推荐党委",   "所属党委",   "所在党委",   "所属党组织", "党组织名称", "党组织",
    "申报党组织", "推荐党组织", "所属支部",   "党支部",     "党支部名称", "所在单位",   "主办单位",
    "承办单位",   "负责人",     "项目负责人", "活动负责人", "负责人姓名", "申报人",     "联系人",
    "填表人",     "经办人",     "姓名",       "性别",       "民族",       "年龄",       "出生年月",
    "职务",       "职称",       "职务职称",   "政治面貌",   "联系电话",   "电话",       "手机",
    "手机号",     "手机号码",   "办公电话",   "联系方式",   "邮箱",       "电子邮箱",   "电子邮件",
    "通讯地址",   "活动主题",   "主题",       "主题类别",   "所属主题",   "主题方向",   "创新类型",
    "创新类别",   "活动类型",   "活动类别",   "项目类别",   "类型",       "类别",       "申报类别",
    "活动时间",   "时间",       "起止时间",   "实施时间",   "开展时间",   "活动地点",   "地点",
    "活动对象",   "参与人数",   "参加人数",   "党员人数",   "申报日期",   "填表日期",   "填报日期",
    "填表时间",   "日期",       "编号",       "序号",       "备注",       "活动简介",   "项目简介",
    "活动内容",   "活动目标",   "主要做法",   "创新点",     "活动成效",   "推荐意见",   "单位意见",
    "党委意见",   "合计",       "摘要",       "关键词",     "内容提要",   "所属部门",   "部门",
    "学院",
};

/* In running text the label of a line may also end in one of these. */
static const char *const endings[] = {
    "名称", "单位", "负责人", "联系人", "电话", "手机", "邮箱", "主题", "时间", "地点",   "类型", "类别",
    "日期", "人数", "姓名",   "职务",   "编号", "题目", "部门", "党委", "支部", "党组织", "方式", "对象",
};

static gboolean is_known(const char *label)
{
    static GHashTable *set;
    if (*label == '\0') return FALSE;
    if (!set) {
        set = g_hash_table_new(g_str_hash, g_str_equal);
        for (gsize i = 0; i < G_N_ELEMENTS(known); i++) g_hash_table_add(set, (gpointer)known[i]);
    }
    return g_hash_table_contains(set, label);
}

static gboolean has_known_ending(const char *label)
{
    if (g_utf8_strlen(label, -1) > LABEL_CHARS) return FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(endings); i++)
        if (g_str_has_suffix(label, endings[i])) return TRUE;
    return FALSE;
}

/* --- labels
 * ------------------------------------------------------------------------------------------------- */

/* Where a leading number ends: 一、 1. 1、 (一) is gone with its parentheses already. */
static const char *skip_number(const char *text)
{
    const char *p = text;
    while (*p && (g_ascii_isdigit(*p) || g_utf8_strchr("一二三四五六七八九十", -1, g_utf8_get_char(p))))
        p = g_utf8_next_char(p);
    if (p == text || !*p || !g_utf8_strchr("、.,)", -1, g_utf8_get_char(p))) return text;
    return g_utf8_next_char(p);
}

char *fields_label(const char *text)
{
    g_autofree char *nfkc = g_utf8_normalize(text, -1, G_NORMALIZE_NFKC);
    if (!nfkc) return g_strdup("");
    g_autoptr (GString) all = g_string_new(NULL), outside = g_string_new(NULL);
    int depth = 0;
    for (const char *p = nfkc; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (g_unichar_isspace(c) || g_unichar_type(c) == G_UNICODE_FORMAT || c == '*') continue;
        if (c == '(' || c == 0x3014) depth++;
        if (depth == 0) g_string_append_unichar(outside, c);
        if (depth > 0 && (c == ')' || c == 0x3015)) depth--;
        g_string_append_unichar(all, c);
    }
    const char *kept = skip_number(outside->len > 0 ? outside->str : all->str);
    g_autofree char *label = g_strdup(kept);
    gsize length = strlen(label);
    while (length > 0 && label[length - 1] == ':') label[--length] = '\0';
    return g_steal_pointer(&label);
}

gboolean fields_is_label(const char *text)
{
    if (strlen(text) > LABEL_BYTES) return FALSE;
    g_autofree char *label = fields_label(text);
    return is_known(label);
}

/* Whether a short text may be a label at all: has Chinese characters, is no sentence, number or check box. */
static gboolean may_be_label(const char *label)
{
    gboolean chinese = FALSE;
    glong n = 0;
    for (const char *p = label; *p; p = g_utf8_next_char(p), n++) {
        gunichar c = g_utf8_get_char(p);
        if (n >= LABEL_CHARS || g_utf8_strchr(",。;!?:@□☐☑☒√《》“”\"", -1, c) || g_unichar_isdigit(c))
            return FALSE;
        chinese |= g_unichar_get_script(c) == G_UNICODE_SCRIPT_HAN;
    }
    return chinese && n >= 2;
}

/* --- values
 * ------------------------------------------------------------------------------------------------- */

static gboolean is_padding(gunichar c)
{
    return g_unichar_isspace(c) || c == '_' || c == 0xFF3F || c == 0x200B || c == 0xFEFF;
}

/* Without white space and the underscores of blanks to fill in, at both ends. */
static char *clean_value(const char *text, gsize length)
{
    const char *end = text + length;
    while (text < end && is_padding(g_utf8_get_char(text))) text = g_utf8_next_char(text);
    while (end > text && is_padding(g_utf8_get_char(g_utf8_prev_char(end)))) end = g_utf8_prev_char(end);
    return g_strndup(text, (gsize)(end - text));
}

static void add_field(GPtrArray *fields, const char *label, const char *value, gsize length)
{
    if (fields->len >= LIMIT_FIELDS || !*label) return;
    FactsField *field = g_new0(FactsField, 1);
    field->label = g_strdup(label);
    field->value = clean_value(value, length);
    g_ptr_array_add(fields, field);
}

/* --- running text
 * ------------------------------------------------------------------------------------------- */

/* The next colon, ASCII or full width; sets *after behind it. */
static const char *find_colon(const char *text, const char *end, const char **after)
{
    static const char wide[] = "：";
    const char *ascii = memchr(text, ':', (gsize)(end - text));
    const char *full = memmem(text, (gsize)((ascii ? ascii : end) - text), wide, sizeof wide - 1);
    const char *found = full ? full : ascii;
    *after = found ? g_utf8_next_char(found) : NULL;
    return found;
}

/* Where a known label begins that ends at `end`, not before `from`: tries one white-space separated piece,
 * then two … (联 系 电 话). NULL if there is none. */
static const char *known_label_before(const char *from, const char *end)
{
    const char *start = end, *best = NULL;
    if (end - from > LABEL_BYTES) {
        from = end - LABEL_BYTES;
        while (((guchar)*from & 0xC0) == 0x80) from++;
    }
    for (int piece = 0; piece < LABEL_PIECES && start > from; piece++) {
        while (start > from && is_padding(g_utf8_get_char(g_utf8_prev_char(start))))
            start = g_utf8_prev_char(start);
        while (start > from && !is_padding(g_utf8_get_char(g_utf8_prev_char(start))))
            start = g_utf8_prev_char(start);
        g_autofree char *raw = g_strndup(start, (gsize)(end - start));
        g_autofree char *label = fields_label(raw);
        if (is_known(label)) best = start;
    }
    return best;
}

/* The value that begins at `text` ends at the end of the line or before the next known label on it. */
static const char *value_end(const char *text, const char *end)
{
    const char *after, *colon, *p = text;
    for (int i = 0; i < COLONS_MAX && (colon = find_colon(p, end, &after)); i++, p = after) {
        const char *label = known_label_before(text, colon);
        if (label && (label == text || is_padding(g_utf8_get_char(g_utf8_prev_char(label))))) return label;
    }
    return end;
}

/* Whether it has characters that labels need: those of Chinese, which UTF-8 begins with such bytes. */
static gboolean has_chinese(const char *text, gsize length)
{
    for (gsize i = 0; i < length; i++)
        if ((guchar)text[i] >= 0xE2) return TRUE;
    return FALSE;
}

static void fields_from_line(GPtrArray *fields, const char *line, const char *end)
{
    while (line < end) {
        const char *after, *colon = find_colon(line, end, &after);
        if (!colon || colon - line > LABEL_BYTES || !has_chinese(line, (gsize)(colon - line))) return;
        g_autofree char *raw = g_strndup(line, (gsize)(colon - line));
        g_autofree char *label = fields_label(raw);
        if (!is_known(label) && !(may_be_label(label) && has_known_ending(label))) return;
        const char *stop = value_end(after, end);
        add_field(fields, label, after, (gsize)(stop - after));
        line = stop;
    }
}

void fields_from_text(GPtrArray *fields, const char *text)
{
    while (*text && fields->len < LIMIT_FIELDS) {
        const char *end = text + strcspn(text, "\n");
        fields_from_line(fields, text, end);
        text = *end ? end + 1 : end;
    }
}

/* --- tables
 * ------------------------------------------------------------------------------------------------- */

typedef struct Row {
    guint n;
    char **cells;    /* borrowed */
    char **labels;   /* the cells as labels, "" where a cell is too long to be one */
    gboolean *known; /* of each label */
} Row;

static void row_init(Row *row, const GPtrArray *cells)
{
    row->n = cells->len;
    row->cells = (char **)cells->pdata;
    row->labels = g_new0(char *, row->n + 1);
    for (guint i = 0; i < row->n; i++) {
        gsize length = strlen(row->cells[i]);
        gboolean candidate = length < LABEL_BYTES && has_chinese(row->cells[i], length);
        row->labels[i] = candidate ? fields_label(row->cells[i]) : g_strdup("");
    }
    row->known = g_new0(gboolean, row->n + 1);
    for (guint i = 0; i < row->n; i++) row->known[i] = is_known(row->labels[i]);
}

static void row_clear(Row *row)
{
    g_strfreev(row->labels);
    g_free(row->known);
}

static gboolean known_at(const Row *row, guint i)
{
    return i < row->n && row->known[i];
}

/* Labels side by side: the head of a list. (In a form a label's neighbour is its value.) */
static gboolean is_head(const Row *row)
{
    guint known_cells = 0, filled = 0;
    gboolean adjacent = FALSE;
    for (guint i = 0; i < row->n; i++) {
        known_cells += known_at(row, i);
        filled += *row->cells[i] != '\0';
        adjacent |= known_at(row, i) && known_at(row, i + 1);
    }
    return adjacent && (known_cells >= 3 || known_cells == filled);
}

/* A cell over several rows that names the group of those beside it: 负责人情况 | 姓名 | … | 电话 | … */
static guint first_label(const Row *row)
{
    return row->n >= 3 && row->n % 2 == 1 && !known_at(row, 0) && known_at(row, 1) ? 1 : 0;
}

static gboolean is_form(const GPtrArray *rows)
{
    guint paired = 0;
    for (guint r = 0; r < rows->len; r++) {
        Row row;
        row_init(&row, rows->pdata[r]);
        gboolean hit = FALSE, head = is_head(&row);
        for (guint i = first_label(&row); i + 1 < row.n && !head; i += 2) hit |= known_at(&row, i);
        paired += row.n == 2 && may_be_label(row.labels[0]) && !known_at(&row, 1);
        row_clear(&row);
        if (hit) return TRUE;
    }
    return rows->len >= 3 && paired == rows->len;
}

static void fields_from_row(GPtrArray *fields, const Row *row)
{
    for (guint i = first_label(row); i < row->n;) {
        gboolean last = i + 1 >= row->n;
        if (!last && (known_at(row, i) || may_be_label(row->labels[i]))) {
            add_field(fields, row->labels[i], row->cells[i + 1], strlen(row->cells[i + 1]));
            i += 2;
        } else {
            fields_from_text(fields, row->cells[i]);
            i++;
        }
    }
}

void fields_from_table(GPtrArray *fields, const GPtrArray *rows)
{
    gboolean form = is_form(rows);
    guint list_width = 0;
    for (guint r = 0; r < rows->len && fields->len < LIMIT_FIELDS; r++) {
        Row row;
        row_init(&row, rows->pdata[r]);
        if (is_head(&row))
            list_width = row.n;
        else if (row.n != list_width)
            list_width = 0;
        if (list_width == 0 && form && row.n > 1)
            fields_from_row(fields, &row);
        else if (list_width == 0)
            for (guint i = 0; i < row.n; i++) fields_from_text(fields, row.cells[i]);
        row_clear(&row);
    }
}
