#include "daemon/reminding.h"

#include "daemon/compose.h"
#include "daemon/desk/settled.h"
#include "daemon/journal.h"
#include "daemon/record.h"

static gboolean queue_one(Cycle *cycle, const Letter *letter, guint64 sequence, OutboxState state,
                          GError **error)
{
    gint64 now = clock_now(&cycle->clock);
    g_autofree char *message_id = compose_message_id(cycle->ledger, letter);
    g_autoptr (GBytes)
        bytes = compose_letter(cycle->config, cycle->ledger, letter, message_id, sequence, now);
    Outgoing outgoing = {
        .letter = letter,
        .message_id = message_id,
        .sequence = sequence,
        .bytes = bytes,
        .state = state,
        .hold = state == OUTBOX_HELD ? OUTBOX_HOLD_APPROVE : OUTBOX_HOLD_NONE,
    };
    return store_add_reminder(cycle->store, &outgoing, now, error);
}

static json_t *describe(const Letter *letter, guint64 sequence)
{
    json_t *stages = json_array();
    for (guint i = 0; i < letter->stages->len; i++)
        json_array_append_new(stages, json_string(letter->stages->pdata[i]));
    return json_pack("{s:s s:s s:o s:I}", "committee", letter->committee, "stage", letter->stage, "stages",
                     stages, "sequence", (json_int_t)sequence);
}

/* `approve = yes`: staff see who is meant in 提醒记录, and here one of the letters as it would go. */
static gboolean ask_approval(Cycle *cycle, const GPtrArray *letters, GError **error)
{
    const Letter *first = letters->pdata[0];
    g_autofree char *why =
        g_strdup_printf("%u 封提醒信件等待批准，名单见“提醒记录”。其中发给 %s 的一封全文如下：\n主题：%s\n%s",
                        letters->len, first->to, first->subject, first->text->str);
    return store_add_todo(cycle->store, "approve", why, 0, clock_now(&cycle->clock), error);
}

static gboolean queue_all(Cycle *cycle, const GPtrArray *letters, GError **error)
{
    OutboxState state = cycle->config->remind.approve ? OUTBOX_HELD : OUTBOX_QUEUED;
    json_t *all = json_array();
    guint64 first = 0;
    for (guint i = 0; i < letters->len; i++) {
        guint64 sequence = store_next_sequence(cycle->store);
        if (i == 0) first = sequence;
        json_array_append_new(all, describe(letters->pdata[i], sequence));
        if (!queue_one(cycle, letters->pdata[i], sequence, state, error)) {
            json_decref(all);
            return FALSE;
        }
    }
    if (state == OUTBOX_HELD && letters->len > 0 && !ask_approval(cycle, letters, error)) {
        json_decref(all);
        return FALSE;
    }
    g_autofree char *cause = g_strdup_printf("reminders/%" G_GUINT64_FORMAT, first);
    g_autofree char *summary = g_strdup_printf("%u reminders", letters->len);
    return journal_append(cycle, json_pack("{s:o}", "letters", all), "reminders", cause, "", summary, error);
}

gboolean reminding_queue(Cycle *cycle, const GPtrArray *letters, GError **error)
{
    if (!store_begin(cycle->store, clock_now(&cycle->clock), error)) return FALSE;
    if (queue_all(cycle, letters, error)) return store_commit(cycle->store, error);
    store_rollback(cycle->store);
    return FALSE;
}

/* --- from a record ---------------------------------------------------------------------------- */

/* The stages that a record names, borrowed from it. */
static GPtrArray *stages_of(const json_t *said)
{
    GPtrArray *stages = g_ptr_array_new();
    const json_t *names = json_object_get(said, "stages");
    for (size_t i = 0; i < json_array_size(names); i++)
        if (json_is_string(json_array_get(names, i)))
            g_ptr_array_add(stages, (gpointer)json_string_value(json_array_get(names, i)));
    return stages;
}

gboolean reminding_is_known(Cycle *cycle, const json_t *said)
{
    g_autoptr (GPtrArray) stages = stages_of(said);
    for (guint i = 0; i < stages->len; i++) {
        if (book_stage_taken(store_book(cycle->store), record_text(said, "committee"), stages->pdata[i]))
            return TRUE;
    }
    return FALSE;
}

static gboolean adopt_one(Cycle *cycle, const json_t *said, GError **error)
{
    const char *committee = record_text(said, "committee"), *stage = record_text(said, "stage");
    g_autoptr (GPtrArray) stages = stages_of(said);
    gint64 now = clock_now(&cycle->clock);
    if (!*committee || stages->len == 0 || reminding_is_known(cycle, said)) return TRUE;
    if (!store_need_committee(cycle->store, committee, NULL, error)) return FALSE;
    g_autoptr (Letter)
        letter = desk_remind_again(cycle->config, store_book(cycle->store), committee, stage, stages, now);
    if (!letter) return store_take_stages(cycle->store, committee, stages, now, error);
    return queue_one(cycle, letter, (guint64)record_int(said, "sequence"), OUTBOX_IN_FLIGHT, error);
}

gboolean reminding_adopt(Cycle *cycle, const json_t *record, GError **error)
{
    const json_t *letters = json_object_get(record, "letters");
    for (size_t i = 0; i < json_array_size(letters); i++)
        if (!adopt_one(cycle, json_array_get(letters, i), error)) return FALSE;
    return TRUE;
}
