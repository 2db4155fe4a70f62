/* outbox_state.c - a letter's way from queued to sent. */
#include "daemon/store/delivery.h"
#include "daemon/store/private.h"

#include <string.h>

static const char *const STATES[] = {
    [OUTBOX_HELD] = "held",         [OUTBOX_QUEUED] = "queued", [OUTBOX_IN_FLIGHT] = "in_flight",
    [OUTBOX_ACCEPTED] = "accepted", [OUTBOX_SENT] = "sent",     [OUTBOX_DEFERRED] = "deferred",
    [OUTBOX_FAILED] = "failed",
};

static const char *const HOLDS[] = {
    [OUTBOX_HOLD_NONE] = "",       [OUTBOX_HOLD_NEW] = "new",         [OUTBOX_HOLD_OBSERVE] = "observe",
    [OUTBOX_HOLD_BURST] = "burst", [OUTBOX_HOLD_APPROVE] = "approve", [OUTBOX_HOLD_ADMIN] = "admin",
};

const char *store_outbox_state_name(OutboxState state)
{
    return STATES[state];
}

const char *store_outbox_hold_name(OutboxHold hold)
{
    return HOLDS[hold];
}

/* --- reading ---------------------------------------------------------------------------------- */

#define COLUMNS                                                                                              \
    "SELECT id, sequence, message_id, kind, stage, committee, to_address, subject, cc, bytes, state, "       \
    "attempts,"                                                                                              \
    " created_at, accepted_at, last_error, next_at, refusals FROM outbox "

void store_letter_free(StoreLetter *letter)
{
    if (!letter) return;
    g_free(letter->message_id);
    g_free(letter->kind);
    g_free(letter->stage);
    g_free(letter->committee);
    g_free(letter->to);
    g_free(letter->subject);
    g_free(letter->last_error);
    g_ptr_array_unref(letter->cc);
    g_bytes_unref(letter->bytes);
    g_free(letter);
}

static OutboxState state_of(const char *name)
{
    for (guint i = 0; i < OUTBOX_STATES; i++)
        if (strcmp(STATES[i], name) == 0) return (OutboxState)i;
    return OUTBOX_FAILED;
}

static StoreLetter *read_letter(sqlite3_stmt *row)
{
    StoreLetter *letter = g_new0(StoreLetter, 1);
    letter->id = sqlite3_column_int64(row, 0);
    letter->sequence = (guint64)sqlite3_column_int64(row, 1);
    letter->message_id = g_strdup(db_text(row, 2));
    letter->kind = g_strdup(db_text(row, 3));
    letter->stage = g_strdup(db_text(row, 4));
    letter->committee = g_strdup(db_text(row, 5));
    letter->to = g_strdup(db_text(row, 6));
    letter->subject = g_strdup(db_text(row, 7));
    letter->cc = g_ptr_array_new_with_free_func(g_free);
    g_auto(GStrv) cc = g_strsplit(db_text(row, 8), ",", -1);
    for (guint i = 0; cc[i]; i++) g_ptr_array_add(letter->cc, g_strdup(cc[i]));
    const void *bytes = sqlite3_column_blob(row, 9);
    letter->bytes = g_bytes_new(bytes, (gsize)sqlite3_column_bytes(row, 9));
    letter->state = state_of(db_text(row, 10));
    letter->attempts = (guint)sqlite3_column_int(row, 11);
    letter->created_at = sqlite3_column_int64(row, 12);
    letter->accepted_at = sqlite3_column_int64(row, 13);
    letter->last_error = g_strdup(db_text(row, 14));
    letter->next_at = sqlite3_column_int64(row, 15);
    letter->refusals = (guint)sqlite3_column_int(row, 16);
    return letter;
}

StoreLetter *store_outbox_letter(Store *store, gint64 id, GError **error)
{
    GError *fault = NULL;
    sqlite3_stmt *row = db_query(store->db, &fault, COLUMNS "WHERE id = ?", "l", id);
    if (row && db_next(store->db, row, &fault)) {
        StoreLetter *letter = read_letter(row);
        db_done(row);
        return letter;
    }
    if (fault)
        g_propagate_error(error, fault);
    else
        g_set_error(error, STORE_ERROR, STORE_ERROR_STATE, "there is no letter %" G_GINT64_FORMAT, id);
    return NULL;
}

gint64 store_outbox_next_at(Store *store)
{
    g_autoptr (GError) error = NULL;
    gint64 at;
    if (!db_int(store->db, &at, G_MAXINT64, &error,
                "SELECT min(CASE state WHEN 'queued' THEN 0 ELSE next_at END) FROM outbox"
                " WHERE state IN ('queued', 'deferred')",
                ""))
        g_warning("when the next letter is due: %s", error->message);
    return at;
}

gboolean store_outbox_not_later(Store *store, gint64 at, GError **error)
{
    return db_run(store->db, error, "UPDATE pause SET until_at = ?1 WHERE until_at > ?1", "l", at) &&
           db_run(store->db, error,
                  "UPDATE outbox SET next_at = ?1 WHERE state = 'deferred' AND next_at > ?1", "l", at);
}

GPtrArray *store_outbox_list(Store *store, OutboxState state, GError **error)
{
    GError *fault = NULL;
    sqlite3_stmt *row = db_query(store->db, error, COLUMNS "WHERE state = ? ORDER BY id", "t", STATES[state]);
    if (!row) return NULL;
    g_autoptr (GPtrArray) letters = g_ptr_array_new_with_free_func((GDestroyNotify)store_letter_free);
    while (db_next(store->db, row, &fault)) g_ptr_array_add(letters, read_letter(row));
    if (!fault) return g_steal_pointer(&letters);
    g_propagate_error(error, fault);
    return NULL;
}

guint store_outbox_count(Store *store, OutboxState state, OutboxHold reason)
{
    g_autoptr (GError) error = NULL;
    gint64 count;
    if (!db_int(store->db, &count, 0, &error,
                "SELECT count(*) FROM outbox WHERE state = ?1 AND (?2 = '' OR hold_reason = ?2)", "tt",
                STATES[state], HOLDS[reason]))
        g_warning("counting letters: %s", error->message);
    return (guint)count;
}

/* --- steps ------------------------------------------------------------------------------------ */

static gboolean stepped(Store *store, gint64 id, OutboxState to, GError **error)
{
    if (db_changes(store->db) == 1) return TRUE;
    g_set_error(error, STORE_ERROR, STORE_ERROR_STATE,
                "letter %" G_GINT64_FORMAT " cannot become %s from the state that it is in", id, STATES[to]);
    return FALSE;
}

gboolean store_outbox_mark_in_flight(Store *store, gint64 id, gint64 now, GError **error)
{
    return db_run(store->db, error,
                  "UPDATE outbox SET state = 'in_flight', attempts = attempts + 1, next_at = ?"
                  " WHERE id = ? AND state IN ('queued', 'deferred')",
                  "ll", now, id) &&
           stepped(store, id, OUTBOX_IN_FLIGHT, error);
}

gboolean store_outbox_mark_accepted(Store *store, gint64 id, gint64 now, GError **error)
{
    return db_run(
               store->db, error,
               "UPDATE outbox SET state = 'accepted', accepted_at = ? WHERE id = ? AND state = 'in_flight'",
               "ll", now, id) &&
           stepped(store, id, OUTBOX_ACCEPTED, error);
}

gboolean store_outbox_mark_sent(Store *store, gint64 id, GError **error)
{
    return db_run(store->db, error,
                  "UPDATE outbox SET state = 'sent', accepted_at = coalesce(accepted_at, next_at)"
                  " WHERE id = ? AND state IN ('in_flight', 'accepted')",
                  "l", id) &&
           stepped(store, id, OUTBOX_SENT, error);
}

gboolean store_outbox_mark_deferred(Store *store, gint64 id, gint64 next_at, const char *why, GError **error)
{
    return db_run(store->db, error,
                  "UPDATE outbox SET state = 'deferred', next_at = ?, last_error = ?"
                  " WHERE id = ? AND state IN ('queued', 'deferred', 'in_flight')",
                  "ltl", next_at, why, id) &&
           stepped(store, id, OUTBOX_DEFERRED, error);
}

gboolean store_outbox_mark_refused(Store *store, gint64 id, gint64 next_at, const char *why, GError **error)
{
    return db_run(store->db, error,
                  "UPDATE outbox SET state = 'deferred', next_at = ?, last_error = ?, refusals = refusals + 1"
                  " WHERE id = ? AND state = 'in_flight'",
                  "ltl", next_at, why, id) &&
           stepped(store, id, OUTBOX_DEFERRED, error);
}

static const struct {
    const char *code, *what;
} stuck[] = {
    [OUTBOX_UNPROVEN] = {"letter-unproven", "发送时中断，邮箱中没有副本，不能确定是否已送达，暂不重发"},
    [OUTBOX_UNWANTED] = {"letter-unwanted", "多次被拒收，对方称不接收本邮箱或本机发出的邮件，暂不重发"},
};

gboolean store_outbox_mark_stuck(Store *store, gint64 id, OutboxStuck why, gint64 now, GError **error)
{
    Change change;
    if (!change_begin(store, &change, error)) return FALSE;
    gboolean ok =
        db_run(store->db, error,
               "UPDATE outbox SET state = 'held', hold_reason = 'admin' WHERE id = ? AND state = 'in_flight'",
               "l", id) &&
        stepped(store, id, OUTBOX_HELD, error) && items_name_code(store, stuck[why].code, error) &&
        db_run(store->db, error,
               "INSERT INTO todo (mail, code, why, created_at) SELECT mail, ?2, '发给 ' ||"
               " to_address || ' 的邮件《' || subject || '》' || ?3, ?4 FROM outbox WHERE id = ?1",
               "lttl", id, stuck[why].code, stuck[why].what, now);
    return change_end(&change, ok, error);
}

/* A person must telephone: the letter did not arrive. */
static gboolean add_failure(Store *store, gint64 id, gint64 now, GError **error)
{
    return items_name_code(store, "letter-failed", error) &&
           db_run(store->db, error,
                  "INSERT INTO todo (mail, item, code, why, created_at) SELECT mail,"
                  " (SELECT CASE count(*) WHEN 1 THEN min(item) END FROM letter_item WHERE outbox = id),"
                  " 'letter-failed', '发给 ' || to_address || ' 的邮件《' || subject || '》未能送达：' ||"
                  " last_error, ?2 FROM outbox WHERE id = ?1",
                  "ll", id, now);
}

gboolean store_outbox_mark_failed(Store *store, gint64 id, gint64 now, const char *why, GError **error)
{
    Change change;
    if (!change_begin(store, &change, error)) return FALSE;
    gboolean ok = db_run(store->db, error,
                         "UPDATE outbox SET state = 'failed', last_error = ?"
                         " WHERE id = ? AND state IN ('queued', 'deferred', 'in_flight')",
                         "tl", why, id) &&
                  stepped(store, id, OUTBOX_FAILED, error) && add_failure(store, id, now, error);
    return change_end(&change, ok, error);
}

gboolean store_outbox_hold(Store *store, int kind, OutboxHold reason, guint *moved, GError **error)
{
    g_assert(reason != OUTBOX_HOLD_NONE);
    gboolean ok = db_run(store->db, error,
                         "UPDATE outbox SET state = 'held', hold_reason = ?1"
                         " WHERE state IN ('queued', 'deferred') AND (?2 = '' OR kind = ?2)",
                         "tt", HOLDS[reason], kind < 0 ? "" : LETTER_KINDS[kind]);
    if (moved) *moved = ok ? db_changes(store->db) : 0;
    return ok;
}

gboolean store_outbox_release(Store *store, OutboxHold reason, guint *moved, GError **error)
{
    gboolean ok = db_run(store->db, error,
                         "UPDATE outbox SET state = 'queued', hold_reason = ''"
                         " WHERE state = 'held' AND hold_reason = ?",
                         "t", HOLDS[reason]);
    if (moved) *moved = ok ? db_changes(store->db) : 0;
    return ok;
}

/* --- evidence --------------------------------------------------------------------------------- */

gboolean store_outbox_found(Store *store, const char *message_id, gint64 at, gboolean *known, GError **error)
{
    gint64 found;
    if (!db_int(store->db, &found, 0, error, "SELECT 1 FROM outbox WHERE message_id = ?", "t", message_id))
        return FALSE;
    *known = found != 0;
    return db_run(store->db, error,
                  "UPDATE outbox SET state = 'sent', hold_reason = '', accepted_at = ? WHERE message_id = ?"
                  " AND state IN ('held', 'queued', 'in_flight', 'deferred')",
                  "lt", at, message_id);
}

/* Its address had got enough that day. */
#define CAPPED                                                                                               \
    "EXISTS (SELECT 1 FROM decision d WHERE d.mail = outbox.mail AND d.question = 'answer' AND d.answer ="   \
    " 'held')"

/* Held for the reason that a person would expect: what the mode says; in a live campaign what was held then.
 */
static const char HOLD[] =
    "UPDATE outbox SET state = 'held', hold_reason = CASE WHEN " CAPPED
    " THEN 'burst' WHEN ?1 = 'observe' THEN ?1 WHEN kind = 'reminder' AND ?2"
    " THEN 'approve' WHEN EXISTS (SELECT 1 FROM todo WHERE code = 'burst' AND"
    " done_at IS NULL) THEN 'burst' ELSE ?1 END WHERE state = 'in_flight' AND attempts = 0";
/* As if it had just been made: receipts are counted before they go. */
static const char ANEW[] =
    "UPDATE outbox SET state = CASE WHEN kind = 'receipt' OR ?1 THEN 'held' ELSE 'queued' END, hold_reason ="
    " CASE WHEN " CAPPED " THEN 'burst' WHEN kind = 'receipt' THEN 'new' WHEN ?1 THEN 'approve' ELSE '' END "
    "WHERE state = 'in_flight' AND attempts = 0";

gboolean store_outbox_settle_unproven(Store *store, gboolean hold, guint *moved, GError **error)
{
    StoreMode mode = store_mode(store);
    gboolean approve = store->config->remind.approve;
    gboolean ok = hold || mode != STORE_LIVE ? db_run(store->db, error, HOLD, "ti",
                                                      mode == STORE_OBSERVE ? "observe" : "admin", approve)
                                             : db_run(store->db, error, ANEW, "i", approve);
    *moved = ok ? db_changes(store->db) : 0;
    return ok;
}
