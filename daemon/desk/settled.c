/* settled.c - what is settled of a mail, to and from JSON, and laid over what the desk thinks today. */
#include "daemon/desk/settled.h"

#include <string.h>

#include "daemon/desk/ask.h"

static const char *const WHOSE[] = {"correspondence", "campaign", "suspect", "staff", "automatic", "ours"};
static const char *const CERTAINTIES[] = {"none", "probable", "certain"};
static const char *const KINDS[] = {"summary", "plan", "case"};

/* --- writing ---------------------------------------------------------------------------------- */

/* Two items of one mail may be versions of one number: each is the next. */
static guint version_of(const Book *book, const Verdict *verdict, guint index)
{
    const VerdictItem *item = verdict->items->pdata[index];
    const BookItem *old = book_item(book, item->number);
    guint version = (old ? old->versions : 0) + 1;
    for (guint i = 0; i < index; i++)
        version += ((const VerdictItem *)verdict->items->pdata[i])->number == item->number;
    return version;
}

json_t *desk_settled_write(const Config *config, const Book *book, const Verdict *verdict)
{
    json_t *items = json_array();
    for (guint i = 0; i < verdict->items->len; i++) {
        const VerdictItem *item = verdict->items->pdata[i];
        json_array_append_new(
            items, json_pack("{s:i s:i s:s s:s s:s s:s s:b s:b s:i}", "n", (int)item->number, "version",
                             (int)version_of(book, verdict, i), "kind", KINDS[item->kind], "title",
                             item->title, "key", item->title_key, "theme", item->theme, "counts",
                             item->counts, "on_time", item->on_time, "duplicate", (int)item->duplicate_of));
    }
    const Committee *committee = roster_find_code(config->roster, verdict->committee);
    return json_pack("{s:s s:s s:s s:s s:b s:b s:o}", "whose", WHOSE[verdict->whose], "committee",
                     verdict->committee, "name", committee ? committee->name : "", "certainty",
                     CERTAINTIES[verdict->certainty], "answered", verdict->receipt != NULL, "passed_by",
                     verdict->passed_by, "items", items);
}

/* --- reading ---------------------------------------------------------------------------------- */

static char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? g_strdup(text) : NULL;
}

static guint number_of(const json_t *object, const char *key)
{
    json_int_t number = json_integer_value(json_object_get(object, key));
    return number > 0 && number <= G_MAXINT ? (guint)number : 0;
}

/* The index of the word, or -1. */
static int index_of(const char *const *words, int count, const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    for (int i = 0; text && i < count; i++)
        if (strcmp(words[i], text) == 0) return i;
    return -1;
}

static void item_free(gpointer data)
{
    DeskSettledItem *item = data;
    g_free(item->title);
    g_free(item->title_key);
    g_free(item->theme);
    g_free(item);
}

static void read_item(DeskSettled *settled, const json_t *json)
{
    guint number = number_of(json, "n");
    if (!number) return;
    DeskSettledItem *item = g_new0(DeskSettledItem, 1);
    int kind = index_of(KINDS, G_N_ELEMENTS(KINDS), json, "kind");
    char *title = text_of(json, "title"), *theme = text_of(json, "theme");
    *item = (DeskSettledItem){.number = number,
                              .version = MAX(number_of(json, "version"), 1),
                              .kind = kind < 0 ? ITEM_SUMMARY : (ItemKind)kind,
                              .title = title,
                              .title_key = text_of(json, "key"),
                              .theme = theme,
                              .counts = json_is_true(json_object_get(json, "counts")),
                              .on_time = json_is_true(json_object_get(json, "on_time")),
                              .duplicate_of = number_of(json, "duplicate")};
    g_ptr_array_add(settled->items, item);
}

DeskSettled *desk_settled_read(const json_t *json)
{
    if (!json_is_object(json)) return NULL;
    DeskSettled *settled = g_new0(DeskSettled, 1);
    int whose = index_of(WHOSE, G_N_ELEMENTS(WHOSE), json, "whose");
    int certainty = index_of(CERTAINTIES, G_N_ELEMENTS(CERTAINTIES), json, "certainty");
    char *committee = text_of(json, "committee"), *name = text_of(json, "name");
    settled->committee = committee ? committee : g_strdup("");
    settled->name = name ? name : g_strdup("");
    settled->certain = whose >= 0 && certainty >= 0;
    settled->whose = settled->certain ? (Whose)whose : WHOSE_CAMPAIGN;
    settled->certainty = settled->certain ? (Certainty)certainty : CERTAINTY_PROBABLE;
    settled->answered = !settled->certain || json_is_true(json_object_get(json, "answered"));
    settled->passed_by = json_is_true(json_object_get(json, "passed_by"));
    settled->items = g_ptr_array_new_with_free_func(item_free);
    const json_t *items = json_object_get(json, "items");
    for (size_t i = 0; i < json_array_size(items); i++) read_item(settled, json_array_get(items, i));
    return settled;
}

void desk_settled_free(DeskSettled *settled)
{
    if (!settled) return;
    g_free(settled->committee);
    g_free(settled->name);
    g_ptr_array_unref(settled->items);
    g_free(settled);
}

/* --- laid over today's opinion ---------------------------------------------------------------- */

static void replace(char **slot, const char *value)
{
    char *copy = g_strdup(value);
    g_free(*slot);
    *slot = copy;
}

/* The words of staff, not of programs: both sides in one sentence. */
static void differ(Ask *ask, guint number, const char *what, const char *now, const char *then)
{
    verdict_decide(ask->verdict, "settled", then, "%s: today's opinion is \"%s\"", what, now);
    if (ask->classified)
        verdict_todo(ask->verdict, "opinion", number, "按现行规则，%s与已登记的不一致，登记未改动，请核实。",
                     what);
    else
        verdict_todo(ask->verdict, "opinion", number,
                     "按现行规则，%s应为“%s”，已登记的是“%s”，登记未改动，请核实。", what,
                     *now ? now : "（空）", *then ? then : "（空）");
}

void settled_whose(Ask *ask)
{
    const DeskSettled *settled = ask->mail->settled;
    if (!settled || settled->whose == ask->verdict->whose) return;
    /* An old record tells only that there was an answer: campaign mail, or a suspect in a dedicated mailbox.
     */
    if (!settled->certain && ask->verdict->whose == WHOSE_SUSPECT && settled->items->len == 0) return;
    static const char *const words[] = {"无关邮件", "报送邮件",     "疑似报送",
                                        "内部来件", "自动回复邮件", "本系统邮件"};
    differ(ask, 0, "来信性质", words[ask->verdict->whose], words[settled->whose]);
    ask->verdict->whose = settled->whose;
}

static const char *name_of(const Ask *ask, const char *code)
{
    const Committee *committee = roster_find_code(ask->config->roster, code);
    const DeskSettled *settled = ask->mail->settled;
    if (committee) return committee->name;
    return *settled->name && strcmp(settled->committee, code) == 0 ? settled->name : *code ? code : "待认领";
}

void settled_who(Ask *ask)
{
    const DeskSettled *settled = ask->mail->settled;
    if (!settled) return;
    gboolean same = strcmp(settled->committee, ask->verdict->committee) == 0;
    if (!same) {
        differ(ask, 0, "报送单位", name_of(ask, ask->verdict->committee), name_of(ask, settled->committee));
        replace(&ask->verdict->committee, settled->committee);
    }
    if (settled->certain || !same) ask->verdict->certainty = settled->certainty;
}

/* Whether the act must be another: material was registered, or was not. */
Act settled_act(Ask *ask, Act act)
{
    const DeskSettled *settled = ask->mail->settled;
    if (!settled || (settled->items->len > 0) == (act == ACT_SUBMIT)) return act;
    differ(ask, 0, "是否登记材料", act == ACT_SUBMIT ? "登记" : "不登记",
           act == ACT_SUBMIT ? "未登记" : "已登记");
    return act == ACT_SUBMIT ? ACT_QUESTION : ACT_SUBMIT;
}

/* As many items as the record names: what today is a further one goes with the first, what is missing has no
 * file. */
void settled_split(Ask *ask)
{
    const DeskSettled *settled = ask->mail->settled;
    GPtrArray *items = ask->verdict->items;
    if (!settled || settled->items->len == items->len) return;
    g_autofree char *now = g_strdup_printf("%u", items->len);
    g_autofree char *then = g_strdup_printf("%u", settled->items->len);
    differ(ask, 0, "材料项数", now, then);
    VerdictItem *first = items->pdata[0];
    for (guint i = settled->items->len; i < items->len; i++) {
        const VerdictItem *further = items->pdata[i];
        for (guint j = 0; j < further->files->len; j++)
            if (!g_ptr_array_find(first->files, further->files->pdata[j], NULL))
                g_ptr_array_add(first->files, further->files->pdata[j]);
        g_ptr_array_extend(first->papers, further->papers, NULL, NULL);
    }
    if (items->len > settled->items->len) g_ptr_array_set_size(items, (gint)settled->items->len);
    while (items->len < settled->items->len) {
        const DeskSettledItem *missing = settled->items->pdata[items->len];
        VerdictItem *item = verdict_item_new();
        replace(&item->title, missing->title ? missing->title : "");
        replace(&item->title_key, missing->title_key ? missing->title_key : "");
        item->kind = missing->kind;
        g_ptr_array_add(items, item);
    }
}

static const DeskSettledItem *item_at(const Ask *ask, guint index)
{
    const DeskSettled *settled = ask->mail->settled;
    return settled && index < settled->items->len ? settled->items->pdata[index] : NULL;
}

const BookItem *settled_number(Ask *ask, guint index, VerdictItem *item, const BookItem *found)
{
    const DeskSettledItem *then = item_at(ask, index);
    if (!then) return found;
    const BookItem *old = book_item(ask->book, then->number);
    guint was = then->version > 1 ? then->number : 0, is = found ? found->number : 0;
    if (was != is && (old || is)) {
        g_autofree char *now = is ? desk_number(ask->config, is) : g_strdup("新的一项");
        g_autofree char *before = was ? desk_number(ask->config, was) : g_strdup("新的一项");
        differ(ask, then->number, "所属项目", now, before);
    }
    item->number = then->number;
    item->is_new = old == NULL;
    item->kind = then->kind;
    item->duplicate_of = then->duplicate_of;
    return old;
}

static void keep(Ask *ask, guint number, const char *what, char **slot, const char *then)
{
    if (strcmp(*slot, then) == 0) return;
    differ(ask, number, what, *slot, then);
    replace(slot, then);
}

void settled_item(Ask *ask, guint index, VerdictItem *item)
{
    const DeskSettledItem *then = item_at(ask, index);
    if (!then) return;
    if (then->title) {
        const char *key = then->title_key ? then->title_key : title_key(ask, then->title);
        keep(ask, then->number, "活动名称", &item->title, then->title);
        replace(&item->title_key, key);
    }
    if (then->theme && strcmp(item->theme, then->theme) != 0) {
        keep(ask, then->number, "活动主题", &item->theme, then->theme);
        replace(&item->theme_source, "");
    }
    if (item->counts != then->counts)
        differ(ask, then->number, "是否计入", item->counts ? "计入" : "不计入",
               then->counts ? "计入" : "不计入");
    if (item->on_time != then->on_time)
        differ(ask, then->number, "是否按时", item->on_time ? "按时" : "逾期",
               then->on_time ? "按时" : "逾期");
    item->counts = then->counts;
    item->on_time = then->on_time;
}

gboolean settled_passed_by(const Ask *ask)
{
    return ask->mail->settled && ask->mail->settled->passed_by;
}

/* No answer was made then: none is made now. */
void settled_answer(Ask *ask)
{
    const DeskSettled *settled = ask->mail->settled;
    if (settled && !settled->answered) g_clear_pointer(&ask->verdict->receipt, letter_free);
}
