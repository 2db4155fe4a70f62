#include "parsers/fields.h"

#include <string.h>

#include "parsers/limits.h"

#define LABEL_CHARS  12  /* longest label that is not in the table below */
#define LABEL_BYTES  120 /* longest stretch of text that is looked at for one */
#define COLONS_MAX   40  /* of one line that are looked at */
#define LABEL_PIECES 8   /* white-space separated pieces of one label: 联 系 电 话 */

/* Words that forms of Chinese offices use as labels. One of them in a table makes it a form. */
static const char *const known[] = {
    "活动名称",   "项目名称",     "名称",       "题目",       "标题",       "案例名称",   "作品名称",
    "活动题目",   "项目题目",     "推荐单位",   "申报单位",   "所属单位",   "报送单位",   "单位",
    "单位名称",   "推荐党委",     "所属党委",   "所在党委",   "所属党组织", "党组织名称", "党组织",
    "申报党组织", "推荐党组织",   "所属支部",   "党支部",     "党支部名称", "所在单位",   "主办单位",
    "承办单位",   "负责人",       "项目负责人", "活动负责人", "负责人姓名", "申报人",     "联系人",
    "填表人",     "经办人",       "姓名",       "性别",       "民族",       "年龄",       "出生年月",
    "职务",       "职称",         "职务职称",   "政治面貌",   "联系电话",   "电话",       "手机",
    "手机号",     "手机号码",     "办公电话",   "联系方式",   "邮箱",       "电子邮箱",   "电子邮件",
    "通讯地址",   "活动主题",     "主题",       "主题类别",   "所属主题",   "主题方向",   "创新类型",
    "创新类别",   "活动类型",     "活动类别",   "项目类别",   "类型",       "类别",       "申报类别",
    "活动时间",   "时间",         "起止时间",   "实施时间",   "开展时间",   "活动地点",   "地点",
    "活动对象",   "参与人数",     "参加人数",   "党员人数",   "申报日期",   "填表日期",   "填报日期",
    "填表时间",   "日期",         "编号",       "序号",       "备注",       "活动简介",   "项目简介",
    "活动内容",   "活动目标",     "主要做法",   "创新点",     "活动成效",   "推荐意见",   "单位意见",
    "党委意见",   "合计",         "摘要",       "关键词",     "内容提要",   "所属部门",   "部门",
    "学院",       "推荐单位意见",
};

/* With such an end a word beside a label heads a column rather than being that label's value. */
static const char *const columns[] = {
    "数",   "数量", "人数", "次数", "情况", "率",   "金额", "得分",   "分数", "排名", "名次",
    "状态", "进度", "名称", "时间", "日期", "地点", "单位", "负责人", "备注", "说明", "主题",
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

static gboolean ends_in(const char *label, const char *const *words, gsize n)
{
    if (g_utf8_strlen(label, -1) > LABEL_CHARS) return FALSE;
    for (gsize i = 0; i < n; i++)
        if (g_str_has_suffix(label, words[i])) return TRUE;
    return FALSE;
}

static gboolean has_known_ending(const char *label)
{
    return ends_in(label, endings, G_N_ELEMENTS(endings));
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

char *fields_label(const char *text)
{
    g_autofree char *nfkc = is_normal(text) ? g_strdup(text) : g_utf8_normalize(text, -1, G_NORMALIZE_NFKC);
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

/* What was added, or NULL. */
static FactsField *add_field(GPtrArray *fields, const char *label, const char *value, gsize length)
{
    if (fields->len >= LIMIT_FIELDS || !*label) return NULL;
    FactsField *field = g_new0(FactsField, 1);
    field->label = g_strdup(label);
    field->value = clean_value(value, length);
    g_ptr_array_add(fields, field);
    return field;
}

static void append_value(FactsField *field, const char *separator, const char *more)
{
    g_autofree char *clean = clean_value(more, strlen(more)), *before = field->value;
    field->value = g_strconcat(before, *before && *clean ? separator : "", clean, NULL);
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

/* A known label without a value at the end of the line is returned: its value may be the next line. */
static FactsField *fields_from_line(GPtrArray *fields, const char *line, const char *end)
{
    FactsField *last = NULL;
    while (line < end) {
        const char *after, *colon = find_colon(line, end, &after);
        if (!colon || colon - line > LABEL_BYTES || !has_chinese(line, (gsize)(colon - line))) return NULL;
        g_autofree char *raw = g_strndup(line, (gsize)(colon - line));
        g_autofree char *label = fields_label(raw);
        gboolean sure = is_known(label);
        if (!sure && !(may_be_label(label) && has_known_ending(label))) return NULL;
        const char *stop = value_end(after, end);
        FactsField *field = add_field(fields, label, after, (gsize)(stop - after));
        last = sure && field && !*field->value ? field : NULL;
        line = stop;
    }
    return last;
}

/* A heading of the text below: 一、 or （一）. */
static gboolean is_heading(const char *text)
{
    static const char numbers[] = "一二三四五六七八九十";
    const char *p = text, *end;
    if (*p && g_utf8_strchr("(（", -1, g_utf8_get_char(p))) p = g_utf8_next_char(p);
    for (end = p; *end && g_utf8_strchr(numbers, -1, g_utf8_get_char(end));) end = g_utf8_next_char(end);
    return end > p && *end && g_utf8_strchr("、)）", -1, g_utf8_get_char(end));
}

/* What forms print where something is to be filled in: a hint in parentheses, the blanks of a date. */
static gboolean is_frame(const char *text)
{
    if (strlen(text) > LABEL_BYTES) return FALSE;
    g_autofree char *label = fields_label(text);
    const char *p = label;
    while (*p && g_utf8_strchr("年月日_", -1, g_utf8_get_char(p))) p = g_utf8_next_char(p);
    return *p == '\0' || *p == '(';
}

/* Whether a line may be the value of the label above it: it has no label of its own. */
static gboolean may_be_value(const char *line, const char *end)
{
    g_autofree char *clean = clean_value(line, (gsize)(end - line));
    if (!*clean || is_heading(clean) || is_frame(clean) || fields_is_label(clean)) return FALSE;
    const char *stop = clean + strlen(clean), *after, *colon = find_colon(clean, stop, &after);
    if (!colon) return TRUE;
    if (colon - clean <= LABEL_BYTES) {
        g_autofree char *raw = g_strndup(clean, (gsize)(colon - clean));
        g_autofree char *label = fields_label(raw);
        if (is_known(label) || may_be_label(label)) return FALSE;
    }
    return value_end(clean, stop) == stop;
}

static gboolean is_blank(const char *line, const char *end)
{
    g_autofree char *clean = clean_value(line, (gsize)(end - line));
    return !*clean;
}

void fields_from_text(GPtrArray *fields, const char *text)
{
    FactsField *open = NULL; /* has no value yet */
    gboolean column =
        FALSE; /* several such labels below each other: whose the next line is nobody can tell */
    while (*text && (open || fields->len < LIMIT_FIELDS)) {
        const char *end = text + strcspn(text, "\n");
        if (open && may_be_value(text, end)) {
            g_free(open->value);
            open->value = clean_value(text, (gsize)(end - text));
            open = NULL;
        } else if (!(open || column) || !is_blank(text, end)) {
            FactsField *found = fields_from_line(fields, text, end);
            column = found && (open || column);
            open = column ? NULL : found;
        }
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
    row->known = g_new0(gboolean, row->n + 1);
    for (guint i = 0; i < row->n; i++) {
        gsize length = strlen(row->cells[i]);
        gboolean candidate = length < LABEL_BYTES && has_chinese(row->cells[i], length);
        row->labels[i] = candidate ? fields_label(row->cells[i]) : g_strdup("");
        row->known[i] = *row->labels[i] && is_known(row->labels[i]);
    }
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

static gboolean continues_at(const Row *row, guint i)
{
    return i < row->n && strcmp(row->cells[i], FIELDS_CONTINUES) == 0;
}

/* Whether a row has labels, not counting that of a list's last line. */
static gboolean has_labels(const Row *row)
{
    for (guint i = 0; i < row->n; i++)
        if (row->known[i] && strcmp(row->labels[i], "合计") != 0) return TRUE;
    return FALSE;
}

/* Labels side by side: the head of a list. (In a form a label's neighbour is its value.) */
static gboolean is_sure_head(const Row *row)
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

/* Whether all cells may be heads of columns, where at least one is a known label. In an even number they
 * might be labels and values, and only words that are seldom values make them heads. */
static gboolean looks_like_head(const Row *row)
{
    gboolean label = FALSE, column = row->n % 2 == 1;
    for (guint i = 0; i < row->n; i++) {
        if (!known_at(row, i) && !may_be_label(row->labels[i])) return FALSE;
        if (strchr(row->cells[i], ':') || strstr(row->cells[i], "：")) return FALSE;
        label |= known_at(row, i);
        column |= i % 2 == 1 && (known_at(row, i) || ends_in(row->labels[i], columns, G_N_ELEMENTS(columns)));
    }
    return row->n >= 2 && label && column;
}

/* Whether a list begins with the first of these rows: those below are as wide, and have no labels. */
static gboolean is_head(const Row *rows, guint n)
{
    if (is_sure_head(rows)) return TRUE;
    if (n < 2 || rows[1].n != rows->n || continues_at(&rows[1], 0) || !looks_like_head(rows)) return FALSE;
    for (guint r = 1; r < n && rows[r].n == rows->n; r++)
        if (has_labels(&rows[r])) return FALSE;
    return TRUE;
}

/* A cell over several rows that names the group of those beside it: 负责人情况 | 姓名 | … | 电话 | … */
static guint first_label(const Row *row)
{
    gboolean group = !known_at(row, 0) || !known_at(row, 2);
    return row->n >= 3 && row->n % 2 == 1 && group && known_at(row, 1) ? 1 : 0;
}

static gboolean is_form(const Row *rows, guint n)
{
    guint paired = 0;
    for (guint r = 0; r < n; r++) {
        gboolean hit = FALSE;
        for (guint i = first_label(&rows[r]); i + 1 < rows[r].n && !hit; i += 2) hit = known_at(&rows[r], i);
        if (hit && !is_head(&rows[r], n - r)) return TRUE;
        paired += rows[r].n == 2 && may_be_label(rows[r].labels[0]) && !known_at(&rows[r], 1);
    }
    return n >= 3 && paired == n;
}

/* The cells from i on up to the next label or cell that is part of one above are more of a field's value.
 * Returns where they end. */
static guint take_cells(FactsField *field, const Row *row, guint i, const char *separator)
{
    for (; i < row->n && !known_at(row, i) && !continues_at(row, i); i++, separator = " ")
        append_value(field, separator, row->cells[i]);
    return i;
}

/* `above` and `here` are the fields whose labels stand at each place of the row above and of this one; a
 * label over several rows has their cells as its value, a line for each row. */
static void fields_from_row(GPtrArray *fields, const Row *row, const Row *next, GPtrArray *above,
                            GPtrArray *here)
{
    g_ptr_array_set_size(here, (gint)row->n);
    for (guint i = first_label(row); i < row->n;) {
        gboolean last = i + 1 >= row->n, over_rows = next && continues_at(next, i);
        if (continues_at(row, i)) {
            FactsField *owner = i < above->len ? above->pdata[i] : NULL;
            here->pdata[i] = owner;
            i = owner ? take_cells(owner, row, i + 1, "\n") : i + 1;
        } else if (!last && (known_at(row, i) || may_be_label(row->labels[i]))) {
            gboolean shared = continues_at(row, i + 1); /* the value stands further above */
            const char *value = shared ? "" : row->cells[i + 1];
            FactsField *field = add_field(fields, row->labels[i], value, strlen(value));
            here->pdata[i] = field;
            i = field && over_rows && !shared ? take_cells(field, row, i + 2, " ") : i + 2;
        } else {
            fields_from_text(fields, row->cells[i]);
            i++;
        }
    }
}

/* A label over the whole width, above its value: 活动简介（500字以内）. */
static gboolean stands_above(const Row *row, const Row *next)
{
    return next && row->n == 1 && next->n == 1 && known_at(row, 0) && !continues_at(next, 0) &&
           may_be_value(next->cells[0], next->cells[0] + strcspn(next->cells[0], "\n"));
}

/* What lies below a head, until the width changes or labels come. */
static gboolean is_of_list(const Row *row, guint width)
{
    gboolean labelled = known_at(row, 0) && has_labels(row);
    return row->n == width ? !labelled : row->n > 1 && row->n < width && !has_labels(row);
}

static void fields_from_rows(GPtrArray *fields, const Row *rows, guint n)
{
    gboolean form = is_form(rows, n);
    guint list_width = 0;
    g_autoptr (GPtrArray) above = g_ptr_array_new(), here = g_ptr_array_new();
    for (guint r = 0; r < n && fields->len < LIMIT_FIELDS; r++) {
        const Row *row = &rows[r], *next = r + 1 < n ? row + 1 : NULL;
        g_ptr_array_set_size(here, 0);
        if (is_head(row, n - r))
            list_width = row->n;
        else if (!is_of_list(row, list_width))
            list_width = 0;
        if (list_width == 0 && form && row->n > 1) {
            fields_from_row(fields, row, next, above, here);
        } else if (list_width == 0 && form && stands_above(row, next)) {
            add_field(fields, row->labels[0], next->cells[0], strlen(next->cells[0]));
            r++;
        } else if (list_width == 0) {
            for (guint i = 0; i < row->n; i++) fields_from_text(fields, row->cells[i]);
        }
        GPtrArray *swap = above;
        above = here;
        here = swap;
    }
}

void fields_from_table(GPtrArray *fields, const GPtrArray *rows)
{
    g_autofree Row *all = g_new0(Row, rows->len + 1);
    for (guint r = 0; r < rows->len; r++) row_init(&all[r], rows->pdata[r]);
    fields_from_rows(fields, all, rows->len);
    for (guint r = 0; r < rows->len; r++) row_clear(&all[r]);
}
