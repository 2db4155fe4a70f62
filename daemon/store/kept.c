/* kept.c - mails that were kept, with what is settled of them; and what a better parser reads in them. */
#include <string.h>

#include "daemon/desk/settled.h"
#include "daemon/store/private.h"

void store_kept_free(StoreKept *kept)
{
    if (!kept) return;
    g_free(kept->raw_sha256);
    g_free(kept->identity);
    facts_free(kept->facts);
    desk_settled_free(kept->settled);
    g_free(kept);
}

/* --- what is settled -------------------------------------------------------------------------- */

static json_t *settled_item(sqlite3_stmt *row)
{
    json_t *item =
        json_pack("{s:i s:i s:s s:b s:b s:i}", "n", sqlite3_column_int(row, 0), "version",
                  sqlite3_column_int(row, 1), "kind", db_text(row, 2), "counts", sqlite3_column_int(row, 3),
                  "on_time", sqlite3_column_int(row, 4), "duplicate", sqlite3_column_int(row, 5));
    if (!sqlite3_column_int(row, 6)) return item;
    json_object_set_new(item, "title", json_string(db_text(row, 7)));
    json_object_set_new(item, "key", json_string(db_text(row, 8)));
    json_object_set_new(item, "theme", json_string(db_text(row, 9)));
    return item;
}

/* In the order in which the mail's items were numbered when it came. */
static json_t *settled_items(Db *db, gint64 mail, GError **error)
{
    json_t *items = json_array();
    sqlite3_stmt *row = db_query(db, error,
                                 "SELECT v.item, v.version, i.kind, v.counts, v.on_time, CASE v.version WHEN "
                                 "1 THEN coalesce(i.duplicate_of, 0)"
                                 " ELSE 0 END, v.version = (SELECT max(w.version) FROM version w WHERE "
                                 "w.item = v.item), i.title, i.title_key,"
                                 " i.theme FROM version v JOIN item i ON i.number = v.item WHERE v.mail = ? "
                                 "ORDER BY v.item, v.version",
                                 "l", mail);
    while (row && db_next(db, row, error)) json_array_append_new(items, settled_item(row));
    return items;
}

static gboolean fill_settled(Store *store, StoreKept *kept, json_t *settled, GError **error)
{
    GError *fault = NULL;
    json_object_set_new(settled, "items", settled_items(store->db, kept->id, &fault));
    kept->settled = desk_settled_read(settled);
    json_decref(settled);
    if (!fault) return TRUE;
    g_propagate_error(error, fault);
    return FALSE;
}

static StoreKept *read_kept(sqlite3_stmt *row, json_t **settled)
{
    StoreKept *kept = g_new0(StoreKept, 1);
    kept->id = sqlite3_column_int64(row, 0);
    kept->received_at = sqlite3_column_int64(row, 1);
    kept->stored_at = sqlite3_column_int64(row, 2);
    kept->size = (guint64)sqlite3_column_int64(row, 3);
    kept->raw_sha256 = g_strdup(db_text(row, 4));
    kept->identity = g_strdup(db_text(row, 5));
    kept->junk = sqlite3_column_int(row, 6);
    kept->header_only = sqlite3_column_int(row, 7);
    kept->too_large = sqlite3_column_int(row, 8);
    kept->facts = facts_from_json(db_text(row, 9), strlen(db_text(row, 9)), G_MAXINT64, NULL);
    if (!kept->facts) kept->facts = facts_new();
    *settled =
        json_pack("{s:s s:s s:s s:s s:b}", "whose", db_text(row, 10), "committee", db_text(row, 11), "name",
                  db_text(row, 12), "certainty", db_text(row, 13), "answered", sqlite3_column_int(row, 14));
    return kept;
}

GPtrArray *store_kept(Store *store, gint64 after, guint count, GError **error)
{
    g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func((GDestroyNotify)store_kept_free);
    g_autoptr (GPtrArray) settled = g_ptr_array_new();
    GError *fault = NULL;
    sqlite3_stmt *row = db_query(
        store->db, &fault,
        "SELECT m.id, m.received_at, m.stored_at, m.size, m.raw_sha256, m.identity, m.junk, m.header_only,"
        " EXISTS (SELECT 1 FROM problem p WHERE p.mail = m.id AND p.code = 'too-large' AND p.attachment IS "
        "NULL),"
        " m.facts, m.whose, coalesce(m.committee, ''), coalesce(c.name, ''), m.certainty,"
        " EXISTS (SELECT 1 FROM outbox o WHERE o.mail = m.id) FROM mail m LEFT JOIN committee c ON c.code = "
        "m.committee"
        " WHERE m.id > ? AND m.whose NOT IN ('correspondence', 'ours') ORDER BY m.id LIMIT ?",
        "li", after, (int)count);
    while (row && db_next(store->db, row, &fault)) {
        json_t *said;
        g_ptr_array_add(all, read_kept(row, &said));
        g_ptr_array_add(settled, said);
    }
    for (guint i = 0; i < all->len; i++)
        if (!fill_settled(store, all->pdata[i], settled->pdata[i], fault ? NULL : &fault)) continue;
    if (!fault) return g_steal_pointer(&all);
    g_propagate_error(error, fault);
    return NULL;
}

/* --- read again ------------------------------------------------------------------------------- */

static gboolean run_all(Db *db, const char *const *sql, gint64 mail, GError **error)
{
    for (; *sql; sql++)
        if (!db_run(db, error, *sql, "l", mail)) return FALSE;
    return TRUE;
}

/* All but how the mail was answered: that was told to people, or holds its receipt still. */
static gboolean forget_content(Db *db, gint64 mail, GError **error)
{
    static const char *const sql[] = {
        "UPDATE decision SET position = -1 WHERE mail = ? AND question = 'answer'",
        "DELETE FROM version_file WHERE attachment IN (SELECT id FROM attachment WHERE mail = ?)",
        "DELETE FROM problem WHERE mail = ?",
        "DELETE FROM decision WHERE mail = ? AND position >= 0",
        "DELETE FROM attachment WHERE mail = ?",
        NULL,
    };
    return run_all(db, sql, mail, error);
}

static gboolean put_answer_back(Db *db, gint64 mail, GError **error)
{
    static const char *const sql[] = {
        "DELETE FROM decision WHERE mail = ?1 AND question = 'answer' AND position >= 0 AND EXISTS"
        " (SELECT 1 FROM decision WHERE mail = ?1 AND position = -1)",
        "UPDATE decision SET position = (SELECT max(position) + 1 FROM decision WHERE mail = ?1)"
        " WHERE mail = ?1 AND position = -1",
        NULL,
    };
    return run_all(db, sql, mail, error);
}

static gboolean put_content(Store *store, const StoreKept *kept, const Facts *facts, int data_fd,
                            const char *json, const Verdict *verdict, GError **error)
{
    const FactsMailbox *from = facts->from->len ? facts->from->pdata[0] : NULL;
    StoreMail mail = {.facts = facts, .data_fd = data_fd};
    g_autoptr (GHashTable) ids = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, g_free);
    return db_run(store->db, error,
                  "UPDATE mail SET facts = ?, message_id = ?, from_name = ?, from_address = ?, subject = ?, "
                  "date = ?"
                  " WHERE id = ?",
                  "ttttttl", json, facts->message_id, from ? from->name : "", from ? from->address : "",
                  facts->subject, facts->date, kept->id) &&
           forget_content(store->db, kept->id, error) &&
           mail_put_content(store, &mail, kept->id, verdict, ids, error) &&
           put_answer_back(store->db, kept->id, error) &&
           items_read_again(store, kept->id, verdict, ids, error);
}

static gboolean put_opinions(Store *store, gint64 mail, const Verdict *verdict, guint *opinions,
                             GError **error)
{
    for (guint i = 0; i < verdict->todos->len; i++) {
        const VerdictTodo *todo = verdict->todos->pdata[i];
        if (strcmp(todo->code, "opinion") != 0) continue;
        if (!items_name_code(store, todo->code, error) ||
            !db_run(store->db, error,
                    "INSERT INTO todo (mail, item, code, why, created_at) SELECT ?1, ?2, ?3, ?4, ?5 WHERE "
                    "NOT EXISTS"
                    " (SELECT 1 FROM todo WHERE mail = ?1 AND code = ?3 AND why = ?4)",
                    "lzttl", mail, (gint64)todo->number, todo->code, todo->why, store->now))
            return FALSE;
        *opinions += db_changes(store->db);
    }
    return TRUE;
}

gboolean store_reparse(Store *store, const StoreKept *kept, const Facts *facts, int data_fd,
                       const Verdict *verdict, gboolean *changed, guint *opinions, GError **error)
{
    g_assert(store->in_batch);
    g_autofree char *before = facts_to_json(kept->facts, FALSE);
    g_autofree char *json = facts ? facts_to_json(facts, FALSE) : NULL;
    *changed = json && strcmp(json, before) != 0;
    return (!*changed || put_content(store, kept, facts, data_fd, json, verdict, error)) &&
           put_opinions(store, kept->id, verdict, opinions, error);
}
