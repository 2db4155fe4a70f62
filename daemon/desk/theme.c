/* theme.c - which of the notice's themes, and which kind of innovation.
 *
 * First what the subject states in a field of its own, then what the form states (a value, or the ticked ones
 * of several boxes), then keywords (marked 系统建议). Nothing stated is no fault: the notice says 可以.
 */
#include <string.h>

#include "daemon/desk/ask.h"

static const char *const THEME_LABELS[] = {"活动主题", "创新主题", "主题",     "所属主题",     "主题类别",
                                           "活动类别", "申报主题", "推荐主题", "创新主题类别", NULL};
static const char *const INNOVATION_LABELS[] = {"创新类型", "创新类别", "类型", "类别", NULL};
static const char *const NUMERALS[] = {"一", "二", "三", "四", "五", "六", "七", "八", "九", "十"};
static const char OTHER[] = "其他";

enum { SCANNED_CHARS = 2000 };

/* The bare text after 主题, 活动主题, 第 …: what is left may be a number. *named tells whether there was one.
 */
static const char *after_label(const char *bare, gboolean *named)
{
    static const char *const labels[] = {"活动主题", "创新主题", "主题", "方向", "第"};
    *named = FALSE;
    for (gboolean again = TRUE; again;) {
        again = FALSE;
        for (gsize i = 0; i < G_N_ELEMENTS(labels); i++)
            if (g_str_has_prefix(bare, labels[i])) {
                bare += strlen(labels[i]);
                again = *named = TRUE;
            }
    }
    return bare;
}

/* "三", "3", "三个主题" -> 3; 0 if it is no number or more than that. */
static guint number_of(const char *bare)
{
    static const char *const tails[] = {"", "个", "个主题", "个方面", "类", "方面", "主题"};
    for (guint n = 1; n <= G_N_ELEMENTS(NUMERALS); n++) {
        g_autofree char *digits = g_strdup_printf("%u", n);
        for (gsize t = 0; t < G_N_ELEMENTS(tails); t++) {
            g_autofree char *chinese = g_strconcat(NUMERALS[n - 1], tails[t], NULL);
            g_autofree char *latin = g_strconcat(digits, tails[t], NULL);
            if (strcmp(bare, chinese) == 0 || strcmp(bare, latin) == 0) return n;
        }
    }
    return 0;
}

static gboolean is_name_of(const ThemeWords *theme, const char *bare)
{
    return strcmp(bare, theme->title) == 0 || strcmp(bare, theme->core) == 0 ||
           (*theme->name && strcmp(bare, theme->name) == 0);
}

/* 学习型党组织: the short name with the words that follow it in the title. */
static gboolean is_within(const ThemeWords *theme, const char *text)
{
    return *theme->name && g_str_has_prefix(text, theme->name) && strstr(theme->core, text);
}

/* 服务型, 服务型类, 党员队伍类: the beginning of one theme's short name, as people say it; NULL if of none or
 * several. */
static const char *abbreviated(const Desk *desk, const char *bare)
{
    static const char *const tails[] = {"类别", "类", "方面", "主题"};
    const char *found = NULL;
    g_autofree char *text = g_strdup(bare);
    for (gsize i = 0; i < G_N_ELEMENTS(tails); i++)
        if (g_str_has_suffix(text, tails[i])) {
            text[strlen(text) - strlen(tails[i])] = '\0';
            break;
        }
    if (g_utf8_strlen(text, -1) < 3) return NULL;
    for (guint i = 0; i < desk->themes->len; i++) {
        const ThemeWords *theme = desk->themes->pdata[i];
        if (!g_str_has_prefix(theme->name, text) && !is_within(theme, text)) continue;
        if (found) return NULL;
        found = theme->theme->title;
    }
    return found;
}

const char *theme_named(const Desk *desk, const char *field)
{
    g_autofree char *bare = text_bare(field);
    gboolean labelled;
    const char *rest = after_label(bare, &labelled);
    for (guint i = 0; i < desk->themes->len; i++) {
        const ThemeWords *theme = desk->themes->pdata[i];
        if (is_name_of(theme, rest) || is_name_of(theme, bare)) return theme->theme->title;
    }
    if (strcmp(rest, OTHER) == 0 || strcmp(rest, "其它") == 0) return OTHER;
    const char *named = abbreviated(desk, rest);
    if (named) return named;
    guint n = labelled ? number_of(rest) : 0;
    const GPtrArray *themes = desk->config->themes;
    return n > 0 && n <= themes->len ? ((Theme *)themes->pdata[n - 1])->title : NULL;
}

/* Whether before this field there are only committees: there a numeral in brackets is the notice's own
 * （五）. */
static gboolean leads(const Ask *ask, guint index)
{
    for (guint i = 0; i < index; i++)
        if (!names_whole(ask, ask->tags->fields->pdata[i])) return FALSE;
    return TRUE;
}

/* A bare numeral (报送-文学院-三-读书会) states a theme, but not at the end or in round brackets behind a
 * title, where it numbers a series: 读书会（一）. */
static const char *bare_numeral(const Ask *ask, guint index)
{
    const char *field = ask->tags->fields->pdata[index];
    for (guint n = 0; n < G_N_ELEMENTS(NUMERALS) && n < ask->config->themes->len; n++) {
        if (strcmp(field, NUMERALS[n]) != 0) continue;
        g_autofree char *round = g_strdup_printf("(%s)", field);
        g_autofree char *square = g_strdup_printf("【%s】", field);
        gboolean last = index + 1 == ask->tags->fields->len;
        if ((strstr(ask->subject, round) && !leads(ask, index)) || (last && !strstr(ask->subject, square)))
            return NULL;
        return ((Theme *)ask->config->themes->pdata[n])->title;
    }
    return NULL;
}

/* 主题：四, 活动主题：学习型: the label is a field of its own. */
static const char *labelled(const Ask *ask, guint index)
{
    const char *label = index > 0 ? ask->tags->fields->pdata[index - 1] : "";
    if (!g_str_has_suffix(label, "主题")) return NULL;
    g_autofree char *both = g_strconcat("主题", ask->tags->fields->pdata[index], NULL);
    return theme_named(ask->desk, both);
}

static const char *of_field(const Ask *ask, guint index)
{
    const char *title = theme_named(ask->desk, ask->tags->fields->pdata[index]);
    if (!title) title = labelled(ask, index);
    return title ? title : bare_numeral(ask, index);
}

gboolean theme_field(const Ask *ask, guint field)
{
    return of_field(ask, field) != NULL;
}

static const char *contained(const Desk *desk, const char *text)
{
    const char *found = NULL;
    g_autofree char *bare = text_bare(text);
    for (guint i = 0; i < desk->themes->len; i++) {
        const ThemeWords *theme = desk->themes->pdata[i];
        if (!strstr(bare, theme->core) && !(*theme->name && strstr(bare, theme->name))) continue;
        if (found) return NULL;
        found = theme->theme->title;
    }
    return found ? found : strstr(bare, OTHER) ? OTHER : NULL;
}

static const char *stated(const Desk *desk, const char *option)
{
    const char *named = theme_named(desk, option);
    if (named) return named;
    named = contained(desk, option);
    if (named) return named;
    g_autofree char *labelled = g_strconcat("主题", option, NULL);
    return theme_named(desk, labelled);
}

/* Of a value with boxes and ticks: the one option ticked, NULL if several are. With empty boxes only: nothing
 * is stated. Without marks: the whole value. */
static const char *of_value(const Desk *desk, const char *value)
{
    gboolean marks;
    g_autoptr (GPtrArray) options = ticks_options(value, &marks);
    const char *found = NULL;
    for (guint i = 0; i < options->len; i++) {
        const char *theme = stated(desk, options->pdata[i]);
        if (theme && found && theme != found) return NULL;
        if (theme) found = theme;
    }
    return marks ? found : stated(desk, value);
}

static const char *of_forms(const Ask *ask, const VerdictItem *item)
{
    for (guint i = 0; i < item->papers->len; i++) {
        const FactsAttachment *file = item->papers->pdata[i];
        const char *value = files_value(file, THEME_LABELS);
        const char *theme = value ? of_value(ask->desk, value) : NULL;
        if (theme) return theme;
        if (!ticks_any(file->text)) continue;
        g_autofree char *head = text_head(file->text, 60, SCANNED_CHARS);
        g_auto(GStrv) lines = g_strsplit(head, "\n", -1);
        for (char **line = lines; *line; line++) {
            theme = ticks_any(*line) ? of_value(ask->desk, *line) : NULL;
            if (theme) return theme;
        }
    }
    return NULL;
}

static void append_lines(GString *text, const char *line, const char *next)
{
    g_string_append(text, line);
    g_string_append_c(text, '\n');
    g_string_append(text, next);
    g_string_append_c(text, '\n');
}

/* The theme of which most keywords occur; NULL if none or two are equal. */
static const char *of_keywords(const Ask *ask, const VerdictItem *item)
{
    GString *all = g_string_new(item->title);
    append_lines(all, "", ask->facts->subject);
    for (guint i = 0; i < item->papers->len; i++) {
        const FactsAttachment *file = item->papers->pdata[i];
        g_autofree char *head = text_head(file->text, 200, SCANNED_CHARS);
        append_lines(all, facts_base_name(file), head);
    }
    g_autofree char *text = g_string_free(all, FALSE);
    g_autofree char *key = text_key(text);
    g_autofree char *bare = text_bare(text);
    const char *best = NULL;
    guint most = 0;
    for (guint i = 0; i < ask->desk->themes->len; i++) {
        const ThemeWords *theme = ask->desk->themes->pdata[i];
        guint hits = (strstr(bare, theme->core) ? 5 : 0) + words_count(key, theme->keywords);
        if (hits > 0 && hits == most) best = NULL;
        if (hits > most) {
            most = hits;
            best = theme->theme->title;
        }
    }
    return best;
}

static const char *innovation_in(const Config *config, const char *text)
{
    const char *found = NULL;
    g_autofree char *key = text_bare(text);
    for (guint i = 0; i < config->campaign.innovation->len; i++) {
        g_autofree char *kind = text_key(config->campaign.innovation->pdata[i]);
        if (!*kind || !strstr(key, kind)) continue;
        if (found) return NULL;
        found = config->campaign.innovation->pdata[i];
    }
    return found;
}

/* 创新类型: a field of the subject, or the form (ticked as the theme is). */
static const char *innovation_of(const Ask *ask, const VerdictItem *item)
{
    for (guint i = 0; i < item->papers->len; i++) {
        const char *value = files_value(item->papers->pdata[i], INNOVATION_LABELS);
        if (!value) continue;
        gboolean marks;
        g_autoptr (GPtrArray) options = ticks_options(value, &marks);
        g_ptr_array_add(options, NULL);
        g_autofree char *chosen = g_strjoinv("\n", (char **)options->pdata);
        const char *kind = innovation_in(ask->config, marks ? chosen : value);
        if (kind) return kind;
    }
    for (guint i = 0; i < ask->tags->fields->len; i++)
        for (guint j = 0; j < ask->config->campaign.innovation->len; j++)
            if (strcmp(ask->tags->fields->pdata[i], ask->config->campaign.innovation->pdata[j]) == 0)
                return ask->config->campaign.innovation->pdata[j];
    return "";
}

void theme_ask(Ask *ask, VerdictItem *item)
{
    const char *theme = NULL, *source = "", *reason = "nothing states or suggests one";
    for (guint i = 0; i < ask->tags->fields->len && !theme; i++) theme = of_field(ask, i);
    if (theme) {
        source = "标签";
        reason = "a field of the subject";
    } else if ((theme = of_forms(ask, item))) {
        source = "表格";
        reason = "the form";
    } else if ((theme = of_keywords(ask, item))) {
        source = "系统建议";
        reason = "most keywords";
    }
    g_free(item->theme);
    g_free(item->theme_source);
    g_free(item->innovation);
    item->theme = g_strdup(theme ? theme : "");
    item->theme_source = g_strdup(source);
    item->innovation = g_strdup(innovation_of(ask, item));
    verdict_decide(ask->verdict, "theme", item->theme, "%s", reason);
}
