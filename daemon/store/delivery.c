/* delivery.c - dead addresses, pauses, pace, readings that were begun, and what befell letters. */
#include "daemon/store/delivery.h"

#include "daemon/store/private.h"

/* --- dead addresses --------------------------------------------------------------------------- */

gboolean store_mark_dead(Store *store, const char *address, const char *committee, const char *mail,
                         const char *why, gint64 now, GError **error)
{
    g_autofree char *key = g_utf8_strdown(address, -1);
    Change change;
    if (!change_begin(store, &change, error)) return FALSE;
    gboolean ok = db_run(store->db, error,
                         "INSERT INTO dead_address (address, committee, mail, since_at, why)"
                         " VALUES (?, (SELECT code FROM committee WHERE code = ?), (SELECT id FROM mail "
                         "WHERE raw_sha256 = ?), ?, ?)"
                         " ON CONFLICT DO NOTHING",
                         "tttlt", key, committee, mail, now, why);
    if (ok && db_changes(store->db) == 1) book_mark_dead(store->book, key, now);
    return change_end(&change, ok, error);
}

gboolean store_is_dead(const Store *store, const char *address)
{
    return book_is_dead(store->book, address);
}

gboolean store_mark_alive(Store *store, const char *address, GError **error)
{
    g_autofree char *key = g_utf8_strdown(address, -1);
    Change change;
    if (!change_begin(store, &change, error)) return FALSE;
    gboolean ok = db_run(store->db, error, "DELETE FROM dead_address WHERE address = ?", "t", key);
    if (ok) g_hash_table_remove(store->book->dead, key);
    return change_end(&change, ok, error);
}

/* --- pauses and pace -------------------------------------------------------------------------- */

gboolean store_pause(Store *store, const char *domain, gint64 until, const char *why, GError **error)
{
    return db_run(store->db, error,
                  "INSERT INTO pause (domain, until_at, why) VALUES (?, ?, ?) ON CONFLICT (domain) DO UPDATE"
                  " SET until_at = excluded.until_at, why = excluded.why WHERE excluded.until_at > until_at",
                  "tlt", domain, until, why);
}

gboolean store_each_pause(Store *store, gint64 now, StorePauseFunc func, gpointer data, GError **error)
{
    GError *fault = NULL;
    sqlite3_stmt *row =
        db_query(store->db, &fault, "SELECT domain, until_at FROM pause WHERE until_at > ?", "l", now);
    while (row && db_next(store->db, row, &fault)) func(db_text(row, 0), sqlite3_column_int64(row, 1), data);
    if (!fault) return db_run(store->db, error, "DELETE FROM pause WHERE until_at <= ?", "l", now);
    g_propagate_error(error, fault);
    return FALSE;
}

#define TRIED "FROM outbox WHERE state IN ('in_flight', 'accepted', 'sent') AND next_at >= ?"

gboolean store_each_tried(Store *store, gint64 since, StoreTriedFunc func, gpointer data, GError **error)
{
    GError *fault = NULL;
    sqlite3_stmt *row =
        db_query(store->db, &fault, "SELECT to_address, cc, next_at " TRIED " ORDER BY next_at", "l", since);
    while (row && db_next(store->db, row, &fault))
        func(db_text(row, 0), db_text(row, 1), sqlite3_column_int64(row, 2), data);
    if (!fault) return TRUE;
    g_propagate_error(error, fault);
    return FALSE;
}

guint store_count_tried(Store *store, gint64 since, gint64 now)
{
    g_autoptr (GError) error = NULL;
    gint64 count;
    if (!db_int(store->db, &count, 0, &error, "SELECT count(*) " TRIED " AND next_at <= ?", "ll", since, now))
        g_warning("counting what was sent: %s", error->message);
    return (guint)count;
}

/* --- the outbox in order ---------------------------------------------------------------------- */

static void due_free(gpointer data)
{
    StoreDue *due = data;
    g_free(due->to);
    g_ptr_array_unref(due->cc);
    g_free(due);
}

GPtrArray *store_outbox_due(Store *store, gint64 now, gboolean all, GError **error)
{
    GError *fault = NULL;
    g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func(due_free);
    sqlite3_stmt *row =
        db_query(store->db, &fault,
                 "SELECT id, CASE state WHEN 'queued' THEN 0 ELSE next_at END, to_address, cc FROM outbox"
                 " WHERE state IN ('queued', 'deferred') AND (state = 'queued' OR next_at <= ?1 OR ?2)"
                 " ORDER BY attempts > 1, urgent DESC, attempts, id",
                 "li", now, all);
    while (row && db_next(store->db, row, &fault)) {
        StoreDue *due = g_new0(StoreDue, 1);
        *due = (StoreDue){sqlite3_column_int64(row, 0), sqlite3_column_int64(row, 1),
                          g_strdup(db_text(row, 2)), g_ptr_array_new_with_free_func(g_free)};
        g_auto(GStrv) cc = g_strsplit(db_text(row, 3), ",", -1);
        for (guint i = 0; cc[i]; i++) g_ptr_array_add(due->cc, g_strdup(cc[i]));
        g_ptr_array_add(list, due);
    }
    if (!fault) return g_steal_pointer(&list);
    g_propagate_error(error, fault);
    return NULL;
}

gboolean store_outbox_seen(Store *store, const char *message_id, gboolean *was_flying, GError **error)
{
    gboolean ok = db_run(store->db, error,
                         "UPDATE outbox SET state = 'sent', accepted_at = coalesce(accepted_at, next_at)"
                         ", hold_reason = '' WHERE message_id = ? AND state NOT IN ('accepted', 'sent')"
                         " AND (state IN ('in_flight', 'held') OR attempts = 0)",
                         "t", message_id);
    *was_flying = ok && db_changes(store->db) > 0;
    return ok;
}

gboolean store_outbox_began(Store *store, gint64 id, gint64 at, GError **error)
{
    return db_run(store->db, error, "UPDATE outbox SET next_at = ? WHERE id = ? AND state = 'in_flight'",
                  "ll", at, id);
}

/* --- reading ---------------------------------------------------------------------------------- */

gboolean store_reading_begin(Store *store, const StoreFolder *folder, guint32 first, guint32 last,
                             GError **error)
{
    return db_run(store->db, error,
                  "INSERT INTO reading (folder, uidvalidity, first_uid, last_uid, attempts)"
                  " VALUES (?, ?, ?, ?, 1) ON CONFLICT DO UPDATE SET attempts = attempts + 1",
                  "tlll", folder->name, (gint64)folder->uidvalidity, (gint64)first, (gint64)last);
}

GArray *store_readings(Store *store, const StoreFolder *folder, GError **error)
{
    GError *fault = NULL;
    g_autoptr (GArray) list = g_array_new(FALSE, FALSE, sizeof(StoreReading));
    sqlite3_stmt *row = db_query(store->db, &fault,
                                 "SELECT first_uid, last_uid, attempts FROM reading"
                                 " WHERE folder = ? AND uidvalidity = ? ORDER BY first_uid, last_uid",
                                 "tl", folder->name, (gint64)folder->uidvalidity);
    while (row && db_next(store->db, row, &fault)) {
        StoreReading reading = {(guint32)sqlite3_column_int64(row, 0), (guint32)sqlite3_column_int64(row, 1),
                                (guint)sqlite3_column_int64(row, 2)};
        g_array_append_val(list, reading);
    }
    if (!fault) return g_steal_pointer(&list);
    g_propagate_error(error, fault);
    return NULL;
}

gboolean store_reading_end(Store *store, const StoreFolder *folder, guint32 last, GError **error)
{
    return db_run(store->db, error,
                  "DELETE FROM reading WHERE folder = ? AND (uidvalidity <> ? OR last_uid <= ?)", "tll",
                  folder->name, (gint64)folder->uidvalidity, (gint64)last);
}

/* --- tallies ---------------------------------------------------------------------------------- */

/* A setting for each such letter: there are few, and not for long. */
static char *tally_key(StoreTally of, const char *message_id)
{
    static const char *const words[] = {[TALLY_UNANSWERED] = "unanswered", [TALLY_UNWANTED] = "unwanted"};
    return g_strdup_printf("%s: %s", words[of], message_id);
}

guint store_tally(Store *store, StoreTally of, const char *message_id)
{
    g_autofree char *key = tally_key(of, message_id);
    return (guint)store_setting_int(store, key, 0);
}

gboolean store_tally_add(Store *store, StoreTally of, const char *message_id, GError **error)
{
    g_autofree char *key = tally_key(of, message_id);
    return store_set_setting_int(store, key, (gint64)store_tally(store, of, message_id) + 1, error);
}

gboolean store_tally_end(Store *store, StoreTally of, const char *message_id, GError **error)
{
    g_autofree char *key = tally_key(of, message_id);
    return store_set_setting(store, key, NULL, error);
}
