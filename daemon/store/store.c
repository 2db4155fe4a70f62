/* store.c - the handle: batches, single changes, and the Book that goes with them. */
#include "daemon/store/private.h"

#include <glib/gstdio.h>

const char *const ITEM_KINDS[] = {[ITEM_SUMMARY] = "summary", [ITEM_PLAN] = "plan", [ITEM_CASE] = "case"};
const char *const LETTER_KINDS[] = {[LETTER_RECEIPT] = "receipt", [LETTER_REMINDER] = "reminder"};

GQuark store_error_quark(void)
{
    return g_quark_from_static_string("baosong-store");
}

const Book *store_book(const Store *store)
{
    return store->book;
}

char *store_mail_path(const Store *store, const char *sha256)
{
    return files_path(store->files, "mail", sha256, ".eml");
}

gboolean store_begin(Store *store, gint64 now, GError **error)
{
    g_assert(!store->in_batch);
    if (!store->book && !book_load(store, error)) return FALSE;
    if (!files_check_space(store->files, error) || !db_run(store->db, error, "BEGIN IMMEDIATE", ""))
        return FALSE;
    store->in_batch = TRUE;
    store->now = now;
    return TRUE;
}

/* SQLite may have rolled back by itself (a full disk does that). */
static void roll_back(Store *store)
{
    g_autoptr (GError) error = NULL;
    files_discard(store->files);
    g_ptr_array_set_size(store->applied, 0);
    g_hash_table_remove_all(store->named);
    store->in_batch = FALSE;
    if (db_in_transaction(store->db) && !db_run(store->db, &error, "ROLLBACK", ""))
        g_warning("rolling back: %s", error->message);
    g_clear_error(&error);
    if (book_load(store, &error)) return;
    g_warning("reading again what is settled: %s", error->message);
    g_clear_pointer(&store->book, book_free);
}

void store_rollback(Store *store)
{
    if (store->in_batch) roll_back(store);
}

/* Requests that were applied are rows now. A file that stays is known by its row (store_request_known()). */
static void remove_requests(Store *store)
{
    for (guint i = 0; i < store->applied->len; i++) g_unlink(store->applied->pdata[i]);
    g_ptr_array_set_size(store->applied, 0);
}

gboolean store_commit(Store *store, GError **error)
{
    g_assert(store->in_batch);
    if (!files_flush(store->files, error) || !db_run(store->db, error, "COMMIT", "")) {
        roll_back(store);
        return FALSE;
    }
    store->in_batch = FALSE;
    remove_requests(store);
    return TRUE;
}

gboolean change_begin(Store *store, Change *change, GError **error)
{
    *change = (Change){store, !store->in_batch};
    if (!change->alone) return TRUE;
    if (!store->book && !book_load(store, error)) return FALSE;
    return db_run(store->db, error, "BEGIN IMMEDIATE", "");
}

gboolean change_end(Change *change, gboolean ok, GError **error)
{
    if (!change->alone) return ok;
    if (ok && db_run(change->store->db, error, "COMMIT", "")) {
        remove_requests(change->store);
        return TRUE;
    }
    roll_back(change->store);
    return FALSE;
}
