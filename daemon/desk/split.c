/* split.c - how many items does the mail bring, and which file belongs to which?
 *
 * A mail is one item: its form, its summary and its photographs belong together. It is several only where the
 * documents say so themselves: two forms with different 活动名称, or (no form at all) two documents that are
 * each called …总结 and have names of their own, or folders that have; or whose titles the subject lists; or
 * where the sender says how many (报送创新活动两项) and just so many documents have names of their own. Every
 * other file goes with the item whose title it carries, else with the first.
 *
 * Where the sender says another number than we found, staff are told: what is not counted is reminded of.
 */
#include <string.h>

#include "daemon/desk/ask.h"

static VerdictItem *group_new(GPtrArray *groups, const char *title, const char *key)
{
    VerdictItem *item = verdict_item_new();
    g_free(item->title);
    g_free(item->title_key);
    item->title = g_strdup(title);
    item->title_key = g_strdup(key);
    g_ptr_array_add(groups, item);
    return item;
}

static VerdictItem *group_with_key(const GPtrArray *groups, const char *key)
{
    for (guint i = 0; i < groups->len; i++)
        if (strcmp(((VerdictItem *)groups->pdata[i])->title_key, key) == 0) return groups->pdata[i];
    return NULL;
}

static const char *path_of(const FactsAttachment *file)
{
    return *file->path ? file->path : file->name;
}

/* 读书会第一阶段总结, 第二次活动总结, 个人学习总结, 支部半年工作总结: of a part of one activity, or of all
 * that was done, handed in beside an activity's as a proof. */
static gboolean is_of_part(const char *title)
{
    static Pattern pattern = {.text = "阶段|学期|学年|季度|半年|年度|中期|半场|分会场|个人|述职|"
                                      "第[一二三四五六七八九十0-9]{1,2}[次期场]"};
    return pattern_matches(&pattern, title);
}

/* The file that is the paper, or holds it. */
static const FactsAttachment *file_of(const Ask *ask, const FactsAttachment *paper)
{
    guint i = 0;
    while (i + 1 < ask->papers->len && ask->papers->pdata[i] != paper) i++;
    return ask->files->pdata[g_array_index(ask->homes, guint, i)];
}

/* The title that the folder in an archive gives, 2.田间党课/总结.docx, or the archive; NULL if it is generic,
 * or says when.
 */
static char *title_of_folder(const Ask *ask, const FactsAttachment *file)
{
    static Pattern pattern = {.text =
                                  "^[(（]?([0-9]{1,2}|[一二三四五六七八九十])([)）][.、．]?|[.、．_-])\\s*"};
    g_auto(GStrv) parts = g_strsplit_set(path_of(file), "/\\", -1);
    const guint n = g_strv_length(parts);
    const FactsAttachment *archive = file_of(ask, file);
    guint archives = 0; /* 读书会.zip alone holds what there is */
    for (guint i = 0; i < ask->files->len; i++) archives += files_is_archive(ask->files->pdata[i]);
    if (n < 2 && archive != file && archives > 1) return g_strdup(title_of_file(ask, archive));
    if (n < 2 || is_of_part(parts[n - 2])) return NULL;
    g_autofree char *folder = pattern_replace(&pattern, parts[n - 2], "");
    return title_of_name(ask, folder);
}

/* 绿色讲堂活动总结 in the first lines of 1.绿色讲堂.docx. */
static const char *summary_heading(const Ask *ask, const FactsAttachment *file)
{
    static const char *const ends[] = {"总结", "总结材料", "总结报告"};
    const char *title = title_of_heading(ask, file);
    for (gsize i = 0; title && i < G_N_ELEMENTS(ends) && !is_of_part(title); i++)
        if (g_str_has_suffix(title, ends[i])) return title;
    return NULL;
}

static char *summary_name(const Ask *ask, const FactsAttachment *file)
{
    if (!files_is_document(file) || !strstr(facts_base_name(file), "总结")) return NULL;
    const char *title = title_of_file(ask, file);
    return title && !is_of_part(title) ? g_strdup(title) : NULL;
}

static char *summary_title(const Ask *ask, const FactsAttachment *file)
{
    if (!files_is_document(file)) return NULL;
    if (!strstr(facts_base_name(file), "总结")) return g_strdup(summary_heading(ask, file));
    return title_of_file(ask, file) ? summary_name(ask, file) : title_of_folder(ask, file);
}

static char *form_title(const Ask *ask, const FactsAttachment *file)
{
    return g_strdup(title_form(ask, file));
}

/* A group for every different non-generic title among the documents. */
static void add_groups(const Ask *ask, GPtrArray *groups,
                       char *(*title_of)(const Ask *ask, const FactsAttachment *file))
{
    for (guint i = 0; i < ask->papers->len; i++) {
        g_autofree char *title = title_of(ask, ask->papers->pdata[i]);
        if (!title) continue;
        const char *key = title_key(ask, title);
        if (*key && !group_with_key(groups, key)) group_new(groups, title, key);
    }
}

/* A group for every form of a file that holds several: 活动名称, 活动名称（2）. */
static void add_forms_within(const Ask *ask, GPtrArray *groups)
{
    for (guint i = 0; i < ask->papers->len; i++) {
        const FactsAttachment *file = ask->papers->pdata[i];
        for (guint k = 0; k < file->fields->len; k++) {
            const FactsField *field = file->fields->pdata[k];
            const char *key = labels_title_again(ask, field->label) ? title_key(ask, field->value) : "";
            if (!*key || group_with_key(groups, key)) continue;
            g_autofree char *title = text_clip(field->value, DESK_TITLE_CHARS);
            group_new(groups, title, key);
        }
    }
}

/* A form behind the first of its file has that file, too; what else the file says is of the first. */
static void share_files(const Ask *ask, const GPtrArray *groups)
{
    for (guint i = 0; i < ask->papers->len; i++) {
        const FactsAttachment *file = ask->papers->pdata[i];
        gpointer home = ask->files->pdata[g_array_index(ask->homes, guint, i)];
        for (guint k = 0; k < file->fields->len; k++) {
            const FactsField *field = file->fields->pdata[k];
            const char *key = labels_title_again(ask, field->label) ? title_key(ask, field->value) : "";
            VerdictItem *group = *key ? group_with_key(groups, key) : NULL;
            if (group && group->files->len == 0) g_ptr_array_add(group->files, home);
        }
    }
}

/* One title inside another is one activity told twice. */
static gboolean overlapping(const GPtrArray *groups)
{
    for (guint i = 0; i < groups->len; i++)
        for (guint j = 0; j < groups->len; j++)
            if (i != j && strstr(((VerdictItem *)groups->pdata[i])->title_key,
                                 ((VerdictItem *)groups->pdata[j])->title_key))
                return TRUE;
    return FALSE;
}

/* The group that a paper says it belongs to, NULL if it says nothing of that. */
static VerdictItem *home_of(const Ask *ask, const GPtrArray *groups, guint paper)
{
    const FactsAttachment *file = ask->papers->pdata[paper];
    const AskFile *look = ask->looks->pdata[paper];
    if (groups->len == 1) return groups->pdata[0];
    const char *title = title_form(ask, file);
    const char *key = title ? title_key(ask, title) : "";
    VerdictItem *home = *key ? group_with_key(groups, key) : NULL;
    if (home) return home;
    g_autofree char *path = g_strconcat(facts_base_name(file_of(ask, file)), " ", path_of(file), NULL);
    g_autofree char *name = text_bare(path);
    g_autofree char *heading = text_bare(look->head);
    for (guint i = 0; i < groups->len; i++) {
        const char *group = ((VerdictItem *)groups->pdata[i])->title_key;
        if (*group && strstr(name, group)) return groups->pdata[i];
    }
    for (guint i = 0; i < groups->len; i++) {
        const char *group = ((VerdictItem *)groups->pdata[i])->title_key;
        if (*group && strstr(heading, group)) return groups->pdata[i];
    }
    return NULL;
}

/* A paper goes to its group, or to the first; its file goes along, to several groups if it is an archive that
 * holds papers of several. A file of which no paper says anything goes to the first. */
static void distribute(const Ask *ask, const GPtrArray *groups)
{
    for (guint i = 0, next = 0; i < ask->files->len; i++) {
        gpointer file = ask->files->pdata[i];
        guint first = next;
        for (; next < ask->homes->len && g_array_index(ask->homes, guint, next) == i; next++) {
            VerdictItem *home = home_of(ask, groups, next), *to = home ? home : groups->pdata[0];
            g_ptr_array_add(to->papers, ask->papers->pdata[next]);
            if (home && !g_ptr_array_find(home->files, file, NULL)) g_ptr_array_add(home->files, file);
        }
        gboolean placed = FALSE;
        for (guint k = 0; k < groups->len; k++)
            placed |= g_ptr_array_find(((VerdictItem *)groups->pdata[k])->files, file, NULL);
        VerdictItem *other = groups->pdata[0];
        if (placed) continue;
        g_ptr_array_add(other->files, file);
        if (first == next) g_ptr_array_add(other->papers, file); /* beyond the papers that are looked at */
    }
}

#define SEVERAL "[2-9两二三四五六七八九]"
#define SORTS   "[个篇节堂门部]" /* 两篇案例, 两节微党课 */

/* How many items the text announces (两项, 2项创新活动, 共三个项目, 推荐项目2个); 0 if it does not. 第二项
 * counts none, 五项工程 is a name, and 还缺2项 is what our reminder says, whose subject stays when it is
 * forwarded. */
static guint announced_in(const char *text)
{
    static Pattern pattern = {.text = "(?|(?<![第缺0-9十百])(" SEVERAL
                                      ")(?:项(?:(?:基层)?党建(?:工作)?)?(?=$|[^\\p{L}]|创新|活动|材料|总结|"
                                      "项目|申报|报送|请|如下)|" SORTS
                                      "(?:优秀|典型)?(?:党建)?(?:工作)?(?:创新)?(?:活动|项目)(?=$|[^"
                                      "\\p{L}]|材料|总结|申报|报送|请|如下))|"
                                      "(?<=活动|项目|案例|报送|上报|推荐|申报|共报|\\()(" SEVERAL ")" SORTS
                                      "(?=$|[^\\p{L}]))"};
    static const char *const numerals[] = {"两", "二", "三", "四", "五", "六", "七", "八", "九"};
    static const guint values[] = {2, 2, 3, 4, 5, 6, 7, 8, 9};
    if (!strstr(text, "项") && !strstr(text, "个")) return 0;
    g_autoptr (GMatchInfo) match = pattern_find(&pattern, text);
    if (!match) return 0;
    g_autofree char *digit = g_match_info_fetch(match, 1);
    for (gsize i = 0; i < G_N_ELEMENTS(numerals); i++)
        if (strcmp(digit, numerals[i]) == 0) return values[i];
    return (guint)(*digit - '0');
}

/* Of several mails each brings its part: 共两项，这是第二项; 分两封发送. */
static guint announced(const Ask *ask)
{
    static const char *const parts[] = {"第", "分两", "分三", "另一", "另外", "其中", "还有", "再报", NULL};
    if (ask->replied && ask->tags->reply) return 0;
    const char *subject = ask->subject, *text = says_first(ask, SAYS_HEAD);
    gboolean listed = strstr(text, "第一") && strstr(text, "第二"); /* 第一项：…… 第二项：…… */
    static const char *const this_one[] = {"本邮件为", "本封为", "这是第", "第一项", "第二项",
                                           "第三项",   "第1项",  "第2项",  "第3项",  NULL};
    if ((text_any(text, parts) && !listed) || text_any(subject, this_one)) return 0;
    g_autofree char *of_subject = says_items(ask, subject), *of_text = says_items(ask, text);
    guint n = announced_in(of_subject);
    return n ? n : announced_in(of_text);
}

/* The documents of the mail by their own titles, in whatever way they state them. */
static char *paper_title(const Ask *ask, const FactsAttachment *file)
{
    if (!files_is_document(file) || (file->children->len > 0 && !*file->text)) return NULL; /* an archive */
    return g_strdup(title_of_paper(ask, file));
}

/* 新闻稿 and 活动照片 stand in the subject beside the activity that they are of. */
static void add_papers(const Ask *ask, GPtrArray *groups)
{
    g_ptr_array_set_size(groups, 0);
    add_groups(ask, groups, paper_title);
    for (guint i = groups->len; i > 0; i--)
        if (beside_companion(((const VerdictItem *)groups->pdata[i - 1])->title))
            g_ptr_array_remove_index(groups, i - 1);
    if (overlapping(groups)) g_ptr_array_set_size(groups, 0);
}

/* Whether the mail names its one activity itself: what else its documents are called is within that. */
static gboolean is_about_one(const Ask *ask)
{
    g_autofree char *title = title_of_subject(ask);
    return title || ask->number || (ask->replied && ask->replied->number && !ask->replied->reminder);
}

/* Whether the subject has the titles of all groups, and something that parts them: 甲、乙; 甲+乙;
 * 《甲》《乙》. */
static gboolean listed_in_subject(const Ask *ask, const GPtrArray *groups)
{
    static const char *const marks[] = {"、", "+", ",", ";", "/", "和", "与", "及", "》", "」", "”", NULL};
    const char *subject = ask->subject;
    static const char *const one[] = {"为一项", "作一项", "成一项", "共一项", "算一项", "报一项", NULL};
    if (text_any(says_own(ask), one)) return FALSE; /* 两个活动合为一项 */
    for (guint i = 0; i < groups->len; i++) {
        const VerdictItem *item = groups->pdata[i];
        g_autofree char *title = text_key(item->title);
        const char *hit = strstr(subject, title);
        if (!hit) return FALSE;
        gboolean last = TRUE;
        for (guint k = 0; k < groups->len; k++) {
            g_autofree char *other = text_key(((const VerdictItem *)groups->pdata[k])->title);
            last &= k == i || !strstr(hit + strlen(title), other);
        }
        g_autofree char *behind = g_strndup(hit + strlen(title), MIN(strlen(hit + strlen(title)), 3));
        if (!last && !text_any(behind, marks)) return FALSE;
    }
    return TRUE;
}

/* Whether “甲+乙” stands in one pair of quotes. */
static gboolean quoted_together(const char *subject, const GPtrArray *groups)
{
    static const char *const quotes[][2] = {{"“", "”"}, {"《", "》"}, {"「", "」"}};
    for (gsize q = 0; q < G_N_ELEMENTS(quotes); q++)
        for (const char *open = strstr(subject, quotes[q][0]); open; open = strstr(open + 1, quotes[q][0])) {
            const char *close = strstr(open, quotes[q][1]);
            guint within = 0;
            for (guint i = 0; i < groups->len && close; i++) {
                g_autofree char *title = text_key(((const VerdictItem *)groups->pdata[i])->title);
                within += g_strstr_len(open, close - open, title) != NULL;
            }
            if (within > 1) return TRUE;
        }
    return FALSE;
}

/* 甲、乙系列活动 and “甲+乙” are one with two parts, most likely: more than 材料, 两项 behind the last of the
 * titles. */
static gboolean is_umbrella(const Ask *ask, const GPtrArray *groups)
{
    const char *subject = ask->subject;
    if (quoted_together(subject, groups)) return TRUE;
    const char *behind = subject;
    for (guint i = 0; i < groups->len; i++) {
        g_autofree char *title = text_key(((const VerdictItem *)groups->pdata[i])->title);
        const char *hit = g_strrstr(subject, title);
        if (hit && hit + strlen(title) > behind) behind = hit + strlen(title);
    }
    const char *rest = title_key(ask, behind);
    return *rest && !beside_companion(rest);
}

/* By what the documents call themselves, where the mail does not name one activity of its own. */
static void split_summaries(Ask *ask, GPtrArray *groups, guint said)
{
    add_groups(ask, groups, summary_title);
    if (overlapping(groups)) g_ptr_array_set_size(groups, 0);
    if (groups->len < 2 || said > 1 || !is_about_one(ask) || listed_in_subject(ask, groups)) return;
    const guint found = groups->len;
    g_ptr_array_set_size(groups, 0);
    add_groups(ask, groups, summary_name);
    if (overlapping(groups)) g_ptr_array_set_size(groups, 0);
    if (groups->len < 2)
        verdict_todo(ask->verdict, "verify", 0,
                     "来信只报一项活动，而附件中有 %u 份不同标题的总结，现按 1 项登记，请打开附件核实。",
                     found);
}

/* By the titles that the subject lists. */
static void split_listed(Ask *ask, GPtrArray *groups)
{
    add_papers(ask, groups);
    if (groups->len < 2 || !listed_in_subject(ask, groups)) {
        g_ptr_array_set_size(groups, 0);
    } else if (is_umbrella(ask, groups)) {
        verdict_todo(ask->verdict, "verify", 0,
                     "邮件主题列有 %u 个名称，似为一项活动的几个部分，现按 1 项登记，请打开附件核实。",
                     groups->len);
        g_ptr_array_set_size(groups, 0);
    }
}

static void note_announced(Ask *ask, guint said)
{
    if (said == 0 || said == ask->verdict->items->len) return;
    verdict_todo(ask->verdict, "verify", 0, "来信称报送 %u 项，现按 %u 项登记，请打开附件核实。", said,
                 ask->verdict->items->len);
}

/* Fills verdict->items with one or several, their files and, where there are several, their titles. */
void split_ask(Ask *ask)
{
    GPtrArray *groups = ask->verdict->items;
    guint said = announced(ask);
    add_groups(ask, groups, form_title);
    const char *reason = "two forms or more with different 活动名称";
    const guint files = groups->len;
    if (files > 0 && files < said) add_forms_within(ask, groups);
    if (files > 0 && files == groups->len && files < said)
        add_groups(ask, groups, summary_name); /* one has none */
    if (files < groups->len && (groups->len != said || overlapping(groups)))
        g_ptr_array_set_size(groups, (gint)files);
    if (groups->len == 0) {
        split_summaries(ask, groups, said);
        reason = "two documents or more called 总结, each with a title of its own";
        if (said > 1 && groups->len < 2) {
            add_papers(ask, groups);
            if (groups->len != said) g_ptr_array_set_size(groups, 0);
            reason = "as many documents with titles of their own as the sender says";
        }
        if (groups->len < 2) {
            split_listed(ask, groups);
            reason = "documents whose titles all stand in the subject, one behind the other";
        }
    }
    if (groups->len < 2) {
        g_ptr_array_set_size(groups, 0);
        group_new(groups, "", "");
        reason = "one mail, one item";
    }
    distribute(ask, groups);
    share_files(ask, groups);
    note_announced(ask, said);
    g_autofree char *count = g_strdup_printf("%u", groups->len);
    verdict_decide(ask->verdict, "items", count, "%s", reason);
}
