/* remark.c - what is registered, and may be none: plans, pictures, lists, several activities in one form.
 * Staff are told; nothing is decided by it.
 */
#include <string.h>

#include "daemon/desk/ask.h"

/* A summary by its tag whose documents all call themselves plans is counted, and looked at. */
static void note_plan(Ask *ask, const VerdictItem *item)
{
    guint plans = 0;
    for (guint i = 0; i < item->files->len; i++) {
        const FactsAttachment *file = item->files->pdata[i];
        if (!files_is_document(file)) continue;
        if (!strstr(facts_base_name(file), "方案") || strstr(facts_base_name(file), "总结")) return;
        plans++;
    }
    if (plans > 0 && item->kind == ITEM_SUMMARY && !strstr(ask->config->campaign.item_word, "方案"))
        verdict_todo(ask->verdict, "verify", item->number,
                     "附件名称均为“方案”，现按总结材料登记并计数，请核实。");
}

/* A list of what is handed in, 公示, 答辩PPT: what comes with an activity holds none of it. */
static void note_companions(Ask *ask, const VerdictItem *item)
{
    static const char *const lists[] = {"汇总表", "统计表", "一览表", NULL};
    static const char *const material[] = {"总结", "申报", "方案", "情况说明", NULL};
    /* 附件2.docx may hold what the notice calls so: its form. note_plan() has 方案 */
    static Pattern attachment = {.text = "附件[一二三四五六\\d]*$"};
    gboolean all = item->files->len > 0;
    for (guint i = 0; i < item->files->len; i++) {
        const FactsAttachment *file = item->files->pdata[i];
        g_autofree char *stem = files_stem(file);
        if (title_form(ask, file) || text_any(stem, material) || pattern_matches(&attachment, stem)) return;
        g_autofree char *head = text_head(file->text, 2, DESK_TITLE_CHARS);
        all &= text_any(stem, lists) || text_any(head, lists) || beside_perhaps_companion(stem);
    }
    if (!(all || beside_perhaps_companion(item->title)) || item->kind != ITEM_SUMMARY || !item->is_new ||
        !item->counts || item->duplicate_of)
        return;
    g_autofree char *name = text_clip(facts_base_name(item->files->pdata[0]), DESK_VALUE_CHARS);
    verdict_todo(ask->verdict, "verify", item->number,
                 "来信似只有随附材料（《%s》等），没有总结材料本身，现按总结材料登记并计数，请核实。", name);
}

/* Photographs alone may be a scan of the summary, or show the activity; the logo of a signature may be one.
 */
static void note_pictures(Ask *ask, const VerdictItem *item)
{
    if (item->kind == ITEM_SUMMARY && item->is_new && item->counts && ask->filled == 0)
        verdict_todo(ask->verdict, "verify", item->number,
                     "来信只有图片、音像，没有填写的文档，现按总结材料登记并计数，请核实。");
}

/* Whether an item of this mail is called so. */
static gboolean is_item(const Ask *ask, const char *title)
{
    const char *key = title_key(ask, title);
    for (guint i = 0; i < ask->verdict->items->len; i++)
        if (strcmp(((const VerdictItem *)ask->verdict->items->pdata[i])->title_key, key) == 0) return TRUE;
    return FALSE;
}

static void note_several(Ask *ask, const VerdictItem *item)
{
    for (guint i = 0; i < item->papers->len; i++) {
        const FactsAttachment *file = item->papers->pdata[i];
        const char *first = NULL;
        for (guint j = 0; j < file->fields->len; j++) {
            const FactsField *field = file->fields->pdata[j];
            if (!labels_title_again(ask, field->label) || !*field->value) continue;
            if (first && strcmp(first, field->value) != 0 && !is_item(ask, field->value)) {
                g_autofree char *name = text_clip(facts_base_name(file), DESK_VALUE_CHARS);
                verdict_todo(ask->verdict, "verify", item->number,
                             "文件《%s》中填有多个活动名称，现按一项登记，请核实。", name);
                return;
            }
            first = field->value;
        }
    }
}

void remark_ask(Ask *ask, const VerdictItem *item)
{
    note_plan(ask, item);
    note_pictures(ask, item);
    note_companions(ask, item);
    note_several(ask, item);
}
