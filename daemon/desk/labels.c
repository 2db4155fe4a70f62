/* labels.c - which fields of a form name the item, who leads it, how to reach them, and the branch.
 *
 * Forms of one campaign say 活动名称 and 负责人, those of another 微党课题目 and 主讲人, or 作品名称 and
 * 作者: the labels that are common stand in tables, the others are made of [campaign] item_word and of nouns
 * for what is handed in. 单位名称, 团队名称 and 单位负责人 are made alike, but of something else.
 */
#include <string.h>

#include "daemon/desk/ask.h"

static const char *const TITLES[] = {
    "活动名称",     "项目名称",     "创新活动名称", "创新项目名称", "活动项目名称",
    "申报项目名称", "推荐活动名称", "推荐项目名称", "案例名称",     NULL};
static const char *const LEADERS[] = {"负责人", "活动负责人", "项目负责人", "负责人姓名", "主要负责人", NULL};
static const char *const LECTURERS[] = {"主讲人", "主讲人姓名", "主讲教师", "授课人",     "主持人",
                                        "牵头人", "作者",       "作者姓名", "第一作者",   "申报人",
                                        "申请人", "联系人",     "支部书记", "党支部书记", NULL};

static const char *const TELEPHONES[] = {"联系电话", "负责人电话", "手机",       "手机号码",
                                         "电话",     "联系方式",   "联系人电话", NULL};
static const char *const BRANCHES[] = {"党支部",   "所属党支部",   "党支部名称", "支部名称",
                                       "申报支部", "申报党支部",   "开展党支部", "实施党支部",
                                       "所在支部", "所属支部名称", "推荐党支部", NULL};

static const char *const NAMES[] = {"名称", "题目", "标题"};
static const char *const PERSONS[] = {"负责人", "主讲人", "主持人", "作者"};
static const char *const NOUNS[] = {"活动", "项目", "案例", "作品", "党课", "微课", "课程",
                                    "课题", "成果", "品牌", "论文", "故事", "视频", "节目"};

/* What stands before the one of the endings that the label has: 推荐案例 of 推荐案例名称; NULL if it has
 * none. Caller frees. */
static char *before_ending(const char *label, const char *const *endings, gsize n)
{
    for (gsize i = 0; i < n; i++)
        if (g_str_has_suffix(label, endings[i])) return g_strndup(label, strlen(label) - strlen(endings[i]));
    return NULL;
}

/* 微党课, 优秀微党课 and 党课 where the campaign asks for 微党课. */
static gboolean is_item_word(const Ask *ask, const char *what)
{
    const char *const own = ask->config->campaign.item_word;
    return *what && (g_str_has_suffix(what, own) || g_str_has_suffix(own, what));
}

static gboolean is_of_item(const Ask *ask, const char *label, const char *const *endings, gsize n)
{
    g_autofree char *what = before_ending(label, endings, n);
    if (!what) return FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(NOUNS); i++)
        if (g_str_has_suffix(what, NOUNS[i])) return TRUE;
    return is_item_word(ask, what);
}

static const char *value_of_item(const Ask *ask, const FactsAttachment *file, const char *const *endings,
                                 gsize n)
{
    for (guint i = 0; i < file->fields->len; i++) {
        const FactsField *field = file->fields->pdata[i];
        if (*field->value && is_of_item(ask, field->label, endings, n)) return field->value;
    }
    return NULL;
}

const char *labels_title(const Ask *ask, const FactsAttachment *file)
{
    static const char *const bare[] = {"题目", "标题", NULL};
    const char *value = files_value(file, TITLES);
    if (!value) value = value_of_item(ask, file, NAMES, G_N_ELEMENTS(NAMES));
    return value ? value : files_value(file, bare);
}

gboolean labels_title_again(const Ask *ask, const char *label)
{
    const char *bracket = strstr(label, "（");
    g_autofree char *first = g_strndup(label, bracket ? (gsize)(bracket - label) : strlen(label));
    g_autofree char *what = before_ending(first, NAMES, G_N_ELEMENTS(NAMES));
    return strcmp(first, "活动名称") == 0 || (what && is_item_word(ask, what));
}

static gboolean is_leader(const Ask *ask, const char *label)
{
    return g_strv_contains(LEADERS, label) || g_strv_contains(LECTURERS, label) ||
           is_of_item(ask, label, PERSONS, G_N_ELEMENTS(PERSONS));
}

/* The value of 负责人及联系电话; NULL if the form has none. */
static const char *value_of_two(const Ask *ask, const FactsAttachment *file)
{
    static const char *const and[] = {"及", "和", "与", "、", "/", "／"};
    for (guint i = 0; i < file->fields->len; i++) {
        const FactsField *field = file->fields->pdata[i];
        for (gsize k = 0; k < G_N_ELEMENTS(and) && *field->value; k++) {
            const char *second = strstr(field->label, and[k]);
            if (!second) continue;
            g_autofree char *first = g_strndup(field->label, (gsize)(second - field->label));
            if (is_leader(ask, first) && g_strv_contains(TELEPHONES, second + strlen(and[k])))
                return field->value;
        }
    }
    return NULL;
}

/* 联系人甲（010-00000000）: who, or the number. Caller frees; NULL if there is none. */
static char *part_of(const char *value, gboolean number)
{
    static Pattern pattern = {.text = "^([^0-9+]*?)[\\s:：,，;；、/／(（]*([+0-9][-0-9 —–]{5,}[0-9])"};
    if (!value) return NULL;
    g_autoptr (GMatchInfo) match = pattern_find(&pattern, value);
    if (!match) return number ? NULL : g_strdup(value);
    g_autofree char *part = g_match_info_fetch(match, number ? 2 : 1);
    return *part ? g_steal_pointer(&part) : NULL;
}

char *labels_leader(const Ask *ask, const FactsAttachment *file)
{
    const char *value = files_value(file, LEADERS);
    if (!value) value = value_of_item(ask, file, PERSONS, G_N_ELEMENTS(PERSONS));
    if (value) return g_strdup(value);
    char *part = part_of(value_of_two(ask, file), FALSE);
    return part ? part : g_strdup(files_value(file, LECTURERS));
}

char *labels_telephone(const Ask *ask, const FactsAttachment *file)
{
    const char *value = files_value(file, TELEPHONES);
    return value ? g_strdup(value) : part_of(value_of_two(ask, file), TRUE);
}

char *labels_branch(const Ask *ask, const FactsAttachment *file)
{
    (void)ask;
    return g_strdup(files_value(file, BRANCHES));
}
