/* example.c - the commented example and the manual's reference, both from the table of keys. */
#include <string.h>

#include "config/keys.h"

enum { WIDTH = 100 }; /* bytes of a comment line */

/* The notice's five themes and its quota. */
static const struct {
    const char *name, *title, *keywords;
} themes[] = {
    {"组织设置", "着眼于科学合理，创新基层党组织设置",
     "组织设置, 社团, 学科团队, 科研项目组, 实习团队, 志愿服务团队, 临时党支部, 学生公寓, 覆盖面"},
    {"学习型党组织", "着眼于能力素质，创新学习型党组织建设",
     "学习型, 读书, 理论学习, 理论武装, 学习平台, 学习制度"},
    {"服务型党组织", "着眼于功能定位，创新服务型党组织建设",
     "服务型, 立德树人, 服务师生, 服务平台, 服务载体, 志愿服务"},
    {"党员队伍建设", "着眼于作用发挥，创新党员队伍建设",
     "党员队伍, 党员教育, 党员培训, 三会一课, 组织生活会, 民主评议党员, 发展党员, 青年教师"},
    {"党内民主", "着眼于增强活力，探索党内民主的有效形式",
     "党内民主, 换届选举, 党代表, 党务公开, 意见反馈, 评议班子, 旁听"},
};
static const struct {
    const char *kind, *quota;
} quotas[] = {{"学院党委", "2"}, {"*", "1"}};

/* --- the example ------------------------------------------------------------------------------ */

static void comment(GString *out, const char *text)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    gsize column = 0;
    for (guint i = 0; words[i]; i++) {
        if (i == 0 || column + 1 + strlen(words[i]) > WIDTH) {
            g_string_append_printf(out, "%s# %s", i == 0 ? "" : "\n", words[i]);
            column = 2 + strlen(words[i]);
        } else {
            g_string_append_printf(out, " %s", words[i]);
            column += 1 + strlen(words[i]);
        }
    }
    g_string_append_c(out, '\n');
}

static void example_key(GString *out, const Key *key)
{
    g_autofree char *right = keys_right(key);
    g_autofree char *about = g_strdup_printf("%s (%s)", key->help, right);
    g_string_append_c(out, '\n');
    comment(out, about);
    if (key->example)
        g_string_append_printf(out, "%s = %s\n", key->name, key->example);
    else
        g_string_append_printf(out, "# %s =%s%s\n", key->name, *key->value ? " " : "", key->value);
}

static void example_quotas(GString *out)
{
    g_string_append_c(out, '\n');
    for (guint i = 0; i < G_N_ELEMENTS(quotas); i++)
        g_string_append_printf(out, "%s = %s\n", quotas[i].kind, quotas[i].quota);
}

static void example_themes(GString *out)
{
    for (guint i = 0; i < G_N_ELEMENTS(themes); i++)
        g_string_append_printf(out, "\n[theme %s]\ntitle = %s\nkeywords = %s\n", themes[i].name,
                               themes[i].title, themes[i].keywords);
}

char *config_example(void)
{
    GString *out = g_string_new(NULL);
    comment(out,
            "baosong: one campaign, see baosong.conf(5). UTF-8; a line is [section], key = value, or a # "
            "comment; comments stand on lines of their own. Keys that start with # show their default.");
    for (guint i = 0; i < key_sections_count; i++) {
        const char *section = key_sections[i].name;
        g_string_append_c(out, '\n');
        comment(out, key_sections[i].help);
        if (strcmp(section, "theme") == 0) {
            example_themes(out);
            continue;
        }
        g_string_append_printf(out, "[%s]\n", section);
        if (strcmp(section, "quota") == 0) example_quotas(out);
        for (guint k = 0; k < keys_count; k++)
            if (strcmp(keys[k].section, section) == 0) example_key(out, &keys[k]);
    }
    return g_string_free(out, FALSE);
}

/* --- the reference ---------------------------------------------------------------------------- */

/* Text as mdoc has it: no line may start with a control character, a backslash is an escape, and a sentence
 * ends its line. */
static void mdoc_text(GString *out, const char *text)
{
    for (const char *p = text; *p; p++) {
        if (*p == '\\')
            g_string_append(out, "\\e");
        else if ((*p == '.' || *p == '\'') && (p == text || p[-1] == '\n'))
            g_string_append_printf(out, "\\&%c", *p);
        else if (*p == ' ' && p > text && p[-1] == '.')
            g_string_append_c(out, '\n');
        else
            g_string_append_c(out, *p);
    }
    g_string_append_c(out, '\n');
}

static void reference_key(GString *out, const Key *key)
{
    g_autofree char *right = keys_right(key);
    g_string_append_printf(out, ".It Ic %s\n", key->name);
    mdoc_text(out, key->help);
    g_autofree char *kind = g_strdup_printf("Value: %s.", right);
    mdoc_text(out, kind);
    if (!key->value)
        g_string_append(out, "Required.\n");
    else if (!*key->value)
        g_string_append(out, "Default: empty.\n");
    else {
        g_string_append(out, "Default:\n.Ql ");
        g_string_append_printf(out, "\"%s\" .\n", key->value);
    }
}

char *config_reference(void)
{
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < key_sections_count; i++) {
        const char *section = key_sections[i].name;
        gboolean theme = strcmp(section, "theme") == 0;
        g_string_append_printf(out, ".Ss [%s%s]\n", section, theme ? " NAME" : "");
        mdoc_text(out, key_sections[i].help);
        if (strcmp(section, "quota") == 0) continue;
        g_string_append(out, ".Bl -tag -width indent\n");
        for (guint k = 0; k < keys_count; k++)
            if (strcmp(keys[k].section, section) == 0) reference_key(out, &keys[k]);
        g_string_append(out, ".El\n");
    }
    return g_string_free(out, FALSE);
}
