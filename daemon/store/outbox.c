/* outbox.c - letters into the outbox, and the stages that reminders take. Their way from there:
 * outbox_state.c. */
#include "daemon/store/private.h"

#include <string.h>

#include "config/stages.h"

guint64 store_next_sequence(Store *store)
{
    return store->next_sequence++;
}

/* --- letters ---------------------------------------------------------------------------------- */

static char *join_cc(const GPtrArray *addresses)
{
    GString *all = g_string_new(NULL);
    for (guint i = 0; addresses && i < addresses->len; i++)
        g_string_append_printf(all, "%s%s", i ? "," : "", (const char *)addresses->pdata[i]);
    return g_string_free(all, FALSE);
}

/* 2014-05-30 */
static char *day_of(const Store *store, gint64 now)
{
    g_autofree char *stamp = calendar_stamp(store->config->calendar, now);
    return g_strndup(stamp, strcspn(stamp, " "));
}

static gboolean put_row(Store *store, const Outgoing *outgoing, gint64 mail, gint64 now, const char *day,
                        GError **error)
{
    const Letter *letter = outgoing->letter;
    g_autofree char *cc = join_cc(letter->cc);
    return db_run(store->db, error,
                  "INSERT INTO outbox (sequence, message_id, kind, cause, stage, committee, mail, urgent,"
                  " to_address, cc, subject, day, state, hold_reason, next_at, created_at, bytes)"
                  " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                  " ON CONFLICT (message_id) DO NOTHING",
                  "ltttt"
                  "nzi"
                  "tttt"
                  "ttll"
                  "b",
                  (gint64)outgoing->sequence, outgoing->message_id, LETTER_KINDS[letter->kind], letter->cause,
                  letter->stage ? letter->stage : "", letter->committee, mail, letter->urgent, letter->to, cc,
                  letter->subject, day, store_outbox_state_name(outgoing->state),
                  store_outbox_hold_name(outgoing->hold), now, now, outgoing->bytes);
}

/* Only items that are there: a letter must not fail for a number. */
static gboolean put_items(Store *store, gint64 id, const Letter *letter, GError **error)
{
    for (guint i = 0; letter->numbers && i < letter->numbers->len; i++)
        if (!db_run(store->db, error,
                    "INSERT INTO letter_item (outbox, item) SELECT ?1, number FROM item WHERE number = ?2"
                    " ON CONFLICT DO NOTHING",
                    "li", id, (int)g_array_index(letter->numbers, guint, i)))
            return FALSE;
    return TRUE;
}

static gboolean tell_book(Store *store, const Outgoing *outgoing, gint64 mail, gint64 id, const char *day,
                          GError **error)
{
    gint64 number;
    if (!db_int(store->db, &number, 0, error,
                "SELECT CASE count(*) WHEN 1 THEN min(item) ELSE 0 END FROM letter_item WHERE outbox = ?",
                "l", id))
        return FALSE;
    BookLetter *letter = book_letter_new();
    g_free(letter->message_id);
    g_free(letter->to);
    g_free(letter->cc);
    g_free(letter->committee);
    g_free(letter->cause);
    letter->message_id = g_strdup(outgoing->message_id);
    letter->to = g_strdup(outgoing->letter->to);
    letter->cc = join_cc(outgoing->letter->cc);
    letter->committee = g_strdup(outgoing->letter->committee ? outgoing->letter->committee : "");
    letter->cause = g_strdup(mail ? outgoing->letter->cause : "");
    letter->number = (guint)number;
    letter->reminder = outgoing->letter->kind == LETTER_REMINDER;
    book_add_letter(store->book, letter);

    char *key = g_strdup_printf("%s %s", outgoing->letter->to, day);
    guint sent = GPOINTER_TO_UINT(g_hash_table_lookup(store->book->daily, key));
    g_hash_table_replace(store->book->daily, key, GUINT_TO_POINTER(sent + 1));
    return TRUE;
}

gboolean outbox_add(Store *store, const Outgoing *outgoing, gint64 mail, gint64 now, gint64 *id,
                    GError **error)
{
    g_assert((outgoing->state == OUTBOX_HELD) == (outgoing->hold != OUTBOX_HOLD_NONE));
    g_assert(outgoing->state <= OUTBOX_IN_FLIGHT);
    g_autofree char *day = day_of(store, now);
    *id = 0;
    if (!put_row(store, outgoing, mail, now, day, error)) return FALSE;
    if (db_changes(store->db) == 0) {
        g_warning("letter <%s> to %s is in the outbox already: not queued again", outgoing->message_id,
                  outgoing->letter->to);
        return TRUE;
    }
    *id = db_last_id(store->db);
    store->next_sequence = MAX(store->next_sequence, outgoing->sequence + 1);
    return put_items(store, *id, outgoing->letter, error) &&
           tell_book(store, outgoing, mail, *id, day, error);
}

/* --- stages ----------------------------------------------------------------------------------- */

/* As planned now; a stage that is no longer in the config was due when it was taken. */
static gint64 due_at(const GPtrArray *plan, const char *name, gint64 now)
{
    for (guint i = 0; i < plan->len; i++) {
        const Stage *stage = plan->pdata[i];
        if (stages_is(name, stage->name)) return stage->due_at;
    }
    return now;
}

static gboolean take_stages(Store *store, const char *committee, const GPtrArray *stages, gint64 letter,
                            gint64 now, GError **error)
{
    const Config *config = store->config;
    g_autoptr (GPtrArray) plan = stages_plan(&config->remind, config->campaign.deadline_at, config->calendar);
    for (guint i = 0; i < stages->len; i++) {
        const char *stage = stages->pdata[i];
        if (!db_run(store->db, error,
                    "INSERT INTO reminder (committee, stage, due_at, taken_at, outbox) VALUES (?, ?, ?, ?, ?)"
                    " ON CONFLICT DO NOTHING",
                    "ttllz", committee, stage, due_at(plan, stage, now), now, letter))
            return FALSE;
        if (db_changes(store->db) == 0) {
            g_set_error(error, STORE_ERROR, STORE_ERROR_STATE, "%s was reminded of stage %s already",
                        committee, stage);
            return FALSE;
        }
        book_take_stage(store->book, committee, stage, now);
    }
    return TRUE;
}

gboolean store_add_reminder(Store *store, const Outgoing *outgoing, gint64 now, GError **error)
{
    Change change;
    gint64 id;
    if (!change_begin(store, &change, error)) return FALSE;
    gboolean ok = outbox_add(store, outgoing, 0, now, &id, error) &&
                  take_stages(store, outgoing->letter->committee, outgoing->letter->stages, id, now, error);
    return change_end(&change, ok, error);
}

gboolean store_take_stages(Store *store, const char *committee, const GPtrArray *stages, gint64 now,
                           GError **error)
{
    Change change;
    if (!change_begin(store, &change, error)) return FALSE;
    return change_end(&change, take_stages(store, committee, stages, 0, now, error), error);
}
