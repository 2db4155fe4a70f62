/* position.c - where reading stands, and which mails are known. */
#include "daemon/store/private.h"
#include "parsers/limits.h"

gboolean store_get_folder(Store *store, StoreFolder *folder, GError **error)
{
    folder->uidvalidity = folder->last_uid = 0;
    GError *fault = NULL;
    sqlite3_stmt *row = db_query(store->db, error, "SELECT uidvalidity, last_uid FROM folder WHERE name = ?",
                                 "t", folder->name);
    if (!row) return FALSE;
    if (db_next(store->db, row, &fault)) {
        folder->uidvalidity = (guint32)sqlite3_column_int64(row, 0);
        folder->last_uid = (guint32)sqlite3_column_int64(row, 1);
        db_done(row);
    }
    if (!fault) return TRUE;
    g_propagate_error(error, fault);
    return FALSE;
}

gboolean store_move_cursor(Store *store, const StoreFolder *folder, GError **error)
{
    return db_run(
        store->db, error,
        "INSERT INTO folder (name, role, uidvalidity, last_uid) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (name) DO UPDATE SET role = excluded.role, uidvalidity = excluded.uidvalidity,"
        " last_uid = CASE WHEN uidvalidity = excluded.uidvalidity"
        " THEN max(last_uid, excluded.last_uid) ELSE excluded.last_uid END",
        "ttll", folder->name, folder->role, (gint64)folder->uidvalidity, (gint64)folder->last_uid);
}

/* Sightings are kept under a UIDVALIDITY that no server has: where a mail once lay stays on record. */
gboolean store_forget_folder(Store *store, const StoreFolder *folder, GError **error)
{
    Change change;
    if (!change_begin(store, &change, error)) return FALSE;
    gboolean ok =
        db_run(store->db, error,
               "UPDATE sighting SET uidvalidity = (SELECT min(min(uidvalidity), 0) - 1 FROM"
               " sighting WHERE folder = ?1) WHERE folder = ?1 AND uidvalidity = ?2",
               "tl", folder->name, (gint64)folder->uidvalidity) &&
        db_run(store->db, error, "DELETE FROM reading WHERE folder = ?", "t", folder->name) &&
        db_run(store->db, error, "UPDATE folder SET last_uid = 0 WHERE name = ?", "t", folder->name);
    return change_end(&change, ok, error);
}

GArray *store_last_seen(Store *store, const StoreFolder *folder, GError **error)
{
    GError *fault = NULL;
    g_autoptr (GArray) list = g_array_new(FALSE, FALSE, sizeof(StoreSeen));
    sqlite3_stmt *row = db_query(store->db, &fault,
                                 "SELECT s.uid, m.size, m.received_at, m.id FROM sighting s JOIN mail m"
                                 " ON m.id = s.mail AND m.folder = s.folder AND m.uidvalidity ="
                                 " s.uidvalidity AND m.uid = s.uid WHERE s.folder = ? AND s.uidvalidity = ?"
                                 " AND NOT m.header_only ORDER BY s.uid DESC LIMIT 8",
                                 "tl", folder->name, (gint64)folder->uidvalidity);
    while (row && db_next(store->db, row, &fault)) {
        StoreSeen seen = {(guint32)sqlite3_column_int64(row, 0), (guint32)sqlite3_column_int64(row, 1),
                          sqlite3_column_int64(row, 2), sqlite3_column_int64(row, 3)};
        g_array_append_val(list, seen);
    }
    if (!fault) return g_steal_pointer(&list);
    g_propagate_error(error, fault);
    return NULL;
}

gboolean store_known_uid(Store *store, const char *folder, guint32 uidvalidity, guint32 uid, gint64 *mail,
                         GError **error)
{
    return db_int(store->db, mail, 0, error,
                  "SELECT mail FROM sighting WHERE folder = ? AND uidvalidity = ? AND uid = ?", "tll", folder,
                  (gint64)uidvalidity, (gint64)uid);
}

gboolean store_known_raw(Store *store, const char *sha256, gint64 *mail, GError **error)
{
    return db_int(store->db, mail, 0, error, "SELECT id FROM mail WHERE raw_sha256 = ?", "t", sha256);
}

gboolean store_known_identity(Store *store, const char *identity, gint64 *mail, GError **error)
{
    return db_int(store->db, mail, 0, error, "SELECT id FROM mail WHERE identity = ?", "t", identity);
}

gboolean store_judge_again(Store *store, gint64 mail, gboolean settled, gboolean *again, GError **error)
{
    gint64 found;
    gboolean ok = db_int(store->db, &found, 0, error,
                         "SELECT 1 FROM mail WHERE id = ? AND (junk = 1 OR ?) AND whose = 'correspondence'",
                         "li", mail, settled);
    *again = ok && found;
    return ok;
}

/* On these nothing hangs but their row, their decisions and where they were seen. What staff were told of
 * stays; so does a mail of which only the header could be read though it is not too large: it has ended
 * enough runs. */
#define NOBODYS                                                                                              \
    "(SELECT id FROM mail WHERE whose = 'correspondence' AND (NOT header_only OR size > ?1) AND NOT EXISTS"  \
    " (SELECT 1 FROM todo WHERE todo.mail = mail.id) AND NOT EXISTS (SELECT 1 FROM problem WHERE"            \
    " problem.mail = mail.id))"

gboolean store_ask_again(Store *store, guint *count, GError **error)
{
    static const char *const forget[] = {"DELETE FROM decision WHERE mail IN " NOBODYS,
                                         "DELETE FROM sighting WHERE mail IN " NOBODYS,
                                         "DELETE FROM mail WHERE id IN " NOBODYS};
    gint64 whole = MIN(store->config->imap.max_message, LIMIT_MAIL_BYTES);
    for (guint i = 0; i < G_N_ELEMENTS(forget); i++)
        if (!db_run(store->db, error, forget[i], "l", whole)) return FALSE;
    *count = db_changes(store->db);
    return db_run(store->db, error, "UPDATE folder SET last_uid = 0 WHERE role IN ('inbox', 'junk')", "");
}

gboolean store_add_sighting(Store *store, const char *folder, guint32 uidvalidity, guint32 uid, gint64 mail,
                            GError **error)
{
    return db_run(store->db, error,
                  "INSERT INTO sighting (folder, uidvalidity, uid, mail) VALUES (?, ?, ?, ?)"
                  " ON CONFLICT DO NOTHING",
                  "tlll", folder, (gint64)uidvalidity, (gint64)uid, mail);
}
