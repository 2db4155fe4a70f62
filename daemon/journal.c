#include "daemon/journal.h"

#include "daemon/gaps.h"
#include "daemon/lease.h"
#include "daemon/record.h"
#include "daemon/store/records.h"

/* The next UID is ours: what is up to here need not be read again. */
static gboolean note_position(Cycle *cycle, const ImapAppended *appended, const char *message_id,
                              GError **error)
{
    StoreFolder folder = {.name = cycle->config->imap.ledger};
    if (!store_get_folder(cycle->store, &folder, error)) return FALSE;
    folder.role = "ledger";
    if (appended->uid == 0 || appended->uidvalidity != folder.uidvalidity ||
        appended->uid != folder.last_uid + 1)
        return TRUE;
    folder.last_uid = appended->uid;
    return store_move_cursor(cycle->store, &folder, error) &&
           store_set_setting(cycle->store, JOURNAL_LAST, message_id, error);
}

/* Before it is written the lease is kept, so that it is seldom in vain; whether it counts shows afterwards.
 */
static gboolean write_held(Cycle *cycle, const char *json, const char *message_id, const char *summary,
                           ImapAppended *appended, GError **error)
{
    return cycle_connect(cycle, error) && lease_keep(cycle, error) &&
           record_write(cycle, json, message_id, summary, appended, error) && lease_check(cycle, error);
}

gboolean journal_keep(Cycle *cycle, gint64 seq, const char *json, const char *message_id, const char *summary,
                      GError **error)
{
    StoreRecord kept = {seq, (char *)message_id, (char *)summary, (char *)json};
    return !json || seq <= 0 || store_keep_record(cycle->store, &kept, error);
}

gboolean journal_append(Cycle *cycle, json_t *record, const char *kind, const char *cause, const char *stage,
                        const char *summary, GError **error)
{
    gint64 sequence = store_setting_int(cycle->store, JOURNAL_SEQUENCE, 0) + 1;
    g_autofree char *message_id = record_fill(cycle, record, kind, cause, stage);
    json_object_set_new(record, "seq", json_integer((json_int_t)sequence));
    ImapAppended appended = {0};
    char *json = record_dump(record);
    gboolean done = write_held(cycle, json, message_id, summary, &appended, error) &&
                    journal_keep(cycle, sequence, json, message_id, summary, error) &&
                    store_set_setting_int(cycle->store, JOURNAL_SEQUENCE, sequence, error) &&
                    note_position(cycle, &appended, message_id, error);
    free(json);
    json_decref(record);
    return done;
}

/* As it was, but for who writes it: the one who holds the lease now. */
static gboolean write_again(Cycle *cycle, const StoreRecord *kept, GError **error)
{
    ImapAppended appended = {0};
    json_t *record = json_loads(kept->json, JSON_REJECT_DUPLICATES, NULL);
    if (!record) {
        g_set_error(error, LEDGER_ERROR, LEDGER_ERROR_RECORD,
                    "record %" G_GINT64_FORMAT " in the database is damaged: see 'baosong fsck'", kept->seq);
        return FALSE;
    }
    json_object_set_new(record, "by", json_string(cycle_instance(cycle)));
    char *json = record_dump(record);
    gboolean done = write_held(cycle, json, kept->message_id, kept->summary, &appended, error);
    free(json);
    json_decref(record);
    if (!done || !store_begin(cycle->store, clock_now(&cycle->clock), error)) return FALSE;
    g_autofree char *gaps = store_setting(cycle->store, JOURNAL_GAPS);
    g_autofree char *rest = gaps_without(gaps, kept->seq);
    if (store_set_setting(cycle->store, JOURNAL_GAPS, rest, error) &&
        note_position(cycle, &appended, kept->message_id, error))
        return store_commit(cycle->store, error);
    store_rollback(cycle->store);
    return FALSE;
}

gboolean journal_restore(Cycle *cycle, GError **error)
{
    guint count = 0;
    g_autofree char *gaps = store_setting(cycle->store, JOURNAL_GAPS);
    for (gint64 seq = gaps_next(gaps, 0); seq > 0; seq = gaps_next(gaps, seq)) {
        GError *fault = NULL;
        g_autoptr (StoreRecord) kept = store_kept_record(cycle->store, seq, &fault);
        if (fault || (kept && !write_again(cycle, kept, &fault))) {
            g_propagate_error(error, fault);
            return FALSE;
        }
        if (!kept) continue;
        cycle_progress(cycle, "wrote %u records again", ++count);
    }
    if (count > 0)
        g_message("%u records that folder %s had lost are written again", count, cycle->config->imap.ledger);
    return TRUE;
}

gboolean journal_notes(Cycle *cycle, GError **error)
{
    GError *fault = NULL;
    if (!cycle->imap || !imap_alive(cycle->imap)) return TRUE;
    json_t *notes = store_notes(cycle->store, &fault);
    if (fault) g_propagate_error(error, fault);
    if (!notes) return !fault;
    if (!store_begin(cycle->store, clock_now(&cycle->clock), error)) {
        json_decref(notes);
        return FALSE;
    }
    g_autofree char *cause =
        g_strdup_printf("notes/%" G_GINT64_FORMAT "/%s", g_get_real_time(), cycle_instance(cycle));
    gboolean done =
        journal_append(cycle, json_deep_copy(notes), "notes", cause, "", "what no mail caused", error) &&
        store_notes_done(cycle->store, notes, error);
    json_decref(notes);
    if (done) return store_commit(cycle->store, error);
    store_rollback(cycle->store);
    return FALSE;
}
