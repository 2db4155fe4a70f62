/* remind.c - who is short now, and the letter that says so.
 *
 * One letter to a committee, whatever number of stages fell due. It goes to the first address of the roster
 * that is not dead (bounce.c), with the committee's other living ones in Cc: they are one office, and whoever
 * reads first should see that the others know. 书记 is copied only at the stages that cc_superior names. The
 * wording follows the clock, not the name of the stage: a stage missed in an outage may reach people after
 * the deadline.
 *
 * A deadline that is put off by notice has stages of its own (stages.h): else nobody would be reminded of it.
 */
#include <jansson.h>
#include <string.h>

#include "config/stages.h"
#include "daemon/desk/ask.h"
#include "daemon/desk/settled.h"

enum { SHOWN_ITEMS = 20 };

static void replace(char **slot, char *value)
{
    g_free(*slot);
    *slot = value;
}

/* The name under which the committee would be reminded of the stage now; NULL if that was done. */
static char *open_name(const Config *config, const Book *book, const Committee *committee, const Stage *stage)
{
    gint64 taken_at = book_stage_taken(book, committee->code, stage->name);
    if (!taken_at) return g_strdup(stage->name);
    if (taken_at >= stage->due_at - STAGES_ANEW_DAYS * 24 * 3600) return NULL;
    if (book_last_stage(book, committee->code) >= stage->due_at) return NULL; /* reminded since */
    g_autofree char *last_day = calendar_stamp(config->calendar, config->campaign.deadline_at - 1);
    g_autofree char *name = g_strdup_printf("%s@%.10s", stage->name, last_day);
    return book_stage_taken(book, committee->code, name) ? NULL : g_steal_pointer(&name);
}

static GHashTable *taken_by(const Config *config, const Book *book, const Committee *committee,
                            const GPtrArray *plan)
{
    GHashTable *taken = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < plan->len; i++) {
        const Stage *stage = plan->pdata[i];
        g_autofree char *open = open_name(config, book, committee, stage);
        if (!open) g_hash_table_add(taken, stage->name);
    }
    return taken;
}

static void copy_to(Letter *letter, const char *address)
{
    if (!address || !*address || g_ascii_strcasecmp(address, letter->to) == 0) return;
    for (guint i = 0; i < letter->cc->len; i++)
        if (g_ascii_strcasecmp(address, letter->cc->pdata[i]) == 0) return;
    g_ptr_array_add(letter->cc, g_strdup(address));
}

/* taken_now: of char*, names of stages */
static void address(Letter *letter, const Config *config, const Book *book, const Committee *committee,
                    const GPtrArray *taken_now)
{
    const char *next;
    replace(&letter->to, g_strdup(book_living(book, committee->addresses, 0)));
    replace(&letter->to_name, g_strdup(committee->name));
    for (guint i = 1; (next = book_living(book, committee->addresses, i)); i++) copy_to(letter, next);
    for (guint i = 0; i < taken_now->len; i++) {
        const char *stage = taken_now->pdata[i];
        g_ptr_array_add(letter->stages, g_strdup(stage));
        for (guint j = 0; j < config->remind.cc_superior->len; j++)
            if (stages_is(stage, config->remind.cc_superior->pdata[j]))
                copy_to(letter, committee->secretary_address);
    }
}

/* What has arrived: what counts, then what does not and why it still stands there. */
static void write_arrived(Letter *letter, const Config *config, const Book *book, const Committee *committee)
{
    guint shown = 0;
    letter_heading(letter, "已收到的材料");
    letter_list_begin(letter);
    const GPtrArray *theirs = book_items_of(book, committee->code);
    for (guint i = 0; i < theirs->len && shown < SHOWN_ITEMS; i++) {
        const BookItem *item = theirs->pdata[i];
        if (item->withdrawn) continue;
        g_autofree char *number = desk_number(config, item->number);
        g_autofree char *received = calendar_time_chinese(config->calendar, item->received_at);
        const char *note = item->counts                 ? ""
                           : item->kind == ITEM_SUMMARY ? "（附件存在问题，暂不计入，请见此前回执）"
                                                        : "（不计入总结材料项数）";
        letter_list_item(letter, "%s %s《%s》，%s收到%s", number, letter_kind_word(item->kind), item->title,
                         received, note);
        g_array_append_val(letter->numbers, item->number);
        shown++;
    }
    if (shown == 0) letter_list_item(letter, "尚未收到");
    letter_list_end(letter);
}

static const char *short_name(const Committee *committee)
{
    return committee->aliases->len > 0 ? committee->aliases->pdata[0] : committee->name;
}

static void write_how(Letter *letter, const Config *config, const Committee *committee)
{
    letter_heading(letter, "报送方式");
    letter_list_begin(letter);
    letter_list_item(letter, "发送至：%s", config->desk.address);
    letter_list_item(letter, "邮件主题示例：【报送】%s-%s名称", short_name(committee), letter_item(config));
    letter_list_item(letter, "附件格式：.docx、.doc、.wps 或 .pdf，也可打包为 .zip、.rar，请勿加密");
    letter_list_item(letter, "请勿使用超大附件、云附件或网盘链接，此类链接会过期失效");
    letter_list_item(letter, "一项%s一封邮件；收到后系统自动回复登记编号", config->campaign.item_word);
    letter_list_end(letter);
}

/* A committee of a record may owe less today. */
static guint lacks(const Config *config, const Book *book, const Committee *committee)
{
    guint have = book_counting(book, committee->code), least = config_quota(config, committee).least;
    return least > have ? least - have : 0;
}

static void write_body(Letter *letter, const Config *config, const Book *book, const Committee *committee,
                       gint64 now)
{
    guint have = book_counting(book, committee->code);
    g_autofree char *deadline = letter_deadline(config);
    g_autofree char *quota = letter_quota(config, committee, have);
    letter_paragraph(letter, "%s：", committee->name);
    if (now < config->campaign.deadline_at)
        letter_paragraph(
            letter,
            "根据《关于开展%s的通知》安排，各二级党组织应于%s报送推荐的%s总结材料。现将贵单位报送情况"
            "提醒如下。",
            config->campaign.title, deadline, config->campaign.item_word);
    else
        letter_paragraph(
            letter,
            "根据《关于开展%s的通知》安排，%s总结材料的报送截止时间为%s，现已逾期。贵单位报送情况如下，"
            "请尽快补报；确有困难的，请与我部联系说明。",
            config->campaign.title, config->campaign.item_word, deadline);
    letter_emphasis(letter, "%s，还缺 %u 项。", quota, lacks(config, book, committee));
    write_arrived(letter, config, book, committee);
    write_how(letter, config, committee);
    letter_paragraph(letter, "如已报送而未收到回执，或对以上情况有疑问，请直接回复本邮件或电话联系。");
    letter_sign(letter, config, now);
}

static json_t *record_of(const Letter *letter)
{
    json_t *stages = json_array();
    for (guint i = 0; i < letter->stages->len; i++)
        json_array_append_new(stages, json_string(letter->stages->pdata[i]));
    return json_pack("{s:i s:s s:s s:s s:s s:o s:[]}", "v", 1, "kind", "reminder", "cause", letter->cause,
                     "committee", letter->committee, "stage", letter->stage, "stages", stages, "items");
}

static Letter *reminder(const Config *config, const Book *book, const Committee *committee, const char *stage,
                        const GPtrArray *taken_now, gint64 now)
{
    Letter *letter = letter_new(LETTER_REMINDER);
    guint lacking = lacks(config, book, committee);
    g_autofree char *deadline = letter_deadline(config);
    address(letter, config, book, committee, taken_now);
    replace(&letter->subject, now < config->campaign.deadline_at
                                  ? g_strdup_printf("提醒：%s总结材料还缺%u项，请于%s报送",
                                                    config->campaign.item_word, lacking, deadline)
                                  : g_strdup_printf("提醒：%s总结材料还缺%u项，已逾期，请尽快补报",
                                                    config->campaign.item_word, lacking));
    replace(&letter->cause, g_strconcat("remind/", committee->code, NULL));
    replace(&letter->stage, g_strdup(stage));
    replace(&letter->committee, g_strdup(committee->code));
    write_body(letter, config, book, committee, now);
    letter->record = record_of(letter);
    return letter;
}

GPtrArray *desk_remind(const Config *config, const Book *book, gint64 now, GPtrArray *unreachable)
{
    GPtrArray *letters = g_ptr_array_new_with_free_func((GDestroyNotify)letter_free);
    g_autoptr (GPtrArray) plan = stages_plan(&config->remind, config->campaign.deadline_at, config->calendar);
    for (guint i = 0; i < config->roster->committees->len; i++) {
        const Committee *committee = config->roster->committees->pdata[i];
        g_autoptr (GHashTable) taken = taken_by(config, book, committee, plan);
        g_autoptr (GPtrArray) taken_now = g_ptr_array_new();
        const Stage *stage = stages_due(plan, taken, now, taken_now);
        if (!stage || lacks(config, book, committee) == 0) continue;
        g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
        g_autofree char *name = open_name(config, book, committee, stage);
        for (guint j = 0; j < taken_now->len; j++)
            g_ptr_array_add(names, open_name(config, book, committee, taken_now->pdata[j]));
        if (book_living(book, committee->addresses, 0))
            g_ptr_array_add(letters, reminder(config, book, committee, name, names, now));
        else if (unreachable)
            g_ptr_array_add(unreachable, g_strdup(committee->code));
    }
    return letters;
}

char *desk_missed(const Config *config, const Book *book, gint64 now)
{
    g_autoptr (GPtrArray) plan = stages_plan(&config->remind, config->campaign.deadline_at, config->calendar);
    for (guint i = 0; i < config->roster->committees->len; i++) {
        const Committee *committee = config->roster->committees->pdata[i];
        g_autoptr (GHashTable) taken = taken_by(config, book, committee, plan);
        const Stage *stage = stages_missed(plan, taken, now);
        if (stage && lacks(config, book, committee) > 0)
            return stage->days == 0
                       ? g_strdup("截止当天")
                       : g_strdup_printf("%s%u天", stage->overdue ? "逾期" : "截止前", stage->days);
    }
    return NULL;
}

Letter *desk_remind_again(const Config *config, const Book *book, const char *committee, const char *stage,
                          const GPtrArray *stages, gint64 now)
{
    const Committee *found = roster_find_code(config->roster, committee);
    return found && found->addresses->len > 0 ? reminder(config, book, found, stage, stages, now) : NULL;
}
