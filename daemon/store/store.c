#include "daemon/store/private.h"

#include <glib/gstdio.h>
#include <string.h>

#include "daemon/store/migrate.h"
#include "daemon/store/requests.h"

const char *const ITEM_KINDS[] = {[ITEM_SUMMARY] = "summary", [ITEM_PLAN] = "plan", [ITEM_CASE] = "case"};
const char *const LETTER_KINDS[] = {[LETTER_RECEIPT] = "receipt", [LETTER_REMINDER] = "reminder"};

static const char *const MODES[] = {
    [STORE_OBSERVE] = "observe", [STORE_LIVE] = "live", [STORE_HOLD] = "hold"};

GQuark store_error_quark(void)
{
    return g_quark_from_static_string("baosong-store");
}

/* --- opening ---------------------------------------------------------------------------------- */

char *store_database_path(const Config *config)
{
    return g_build_filename(config->store.state_dir, "baosong.db", NULL);
}

/* A state folder belongs to one campaign: two in one would answer each other's committees. */
static gboolean check_campaign(Store *store, GError **error)
{
    const char *ours = store->config->campaign.id;
    g_autofree char *theirs = store_setting(store, "campaign");
    if (!theirs && !store->read_only) return store_set_setting(store, "campaign", ours, error);
    if (g_strcmp0(theirs, ours) == 0) return TRUE;
    if (!theirs) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_BUSY, "%s is being made: ask again in a moment",
                    store->db->path);
        return FALSE;
    }
    g_set_error(
        error, STORE_ERROR, STORE_ERROR_SCHEMA,
        "%s belongs to campaign %s, the configuration is of %s: give each campaign a state_dir of its own",
        store->db->path, theirs, ours);
    return FALSE;
}

/* What people were told, 〔CX2014-001〕, is what they answer with: from the first item on the prefix stays.
 */
static gboolean check_prefix(Store *store, GError **error)
{
    const char *ours = store->config->campaign.number_prefix;
    g_autofree char *theirs = store_setting(store, "number_prefix");
    gint64 items;
    if (store->read_only || g_strcmp0(theirs, ours) == 0) return TRUE;
    if (!db_int(store->db, &items, 0, error, "SELECT count(*) FROM item", "")) return FALSE;
    if (!theirs || items == 0) return store_set_setting(store, "number_prefix", ours, error);
    g_set_error(
        error, STORE_ERROR, STORE_ERROR_SCHEMA,
        "items have been given numbers such as %s001, and people answer with them: put “number_prefix = %s” "
        "back into [campaign]",
        theirs, theirs);
    return FALSE;
}

static gboolean load(Store *store, GError **error)
{
    gint64 last;
    if (!db_int(store->db, &last, 0, error, "SELECT max(sequence) FROM outbox", "")) return FALSE;
    Book *book = store_load_book(store, error);
    if (!book) return FALSE;
    g_clear_pointer(&store->book, book_free);
    store->book = book;
    store->next_sequence = (guint64)last + 1;
    return TRUE;
}

static gboolean open_database(Store *store, GError **error)
{
    g_autofree char *path =
        store->beside ? store_beside_path(store->config) : store_database_path(store->config);
    if (store->read_only && !g_file_test(path, G_FILE_TEST_EXISTS)) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_IO,
                    "%s is not there, or not for us to see: start baosongd once; use this command as root",
                    path);
        return FALSE;
    }
    store->db = db_open(path, store->read_only, error);
    return store->db && migrate_database(store->db, store->read_only, error) &&
           check_campaign(store, error) && check_prefix(store, error) &&
           (store->read_only || roster_mirror(store, error)) && load(store, error);
}

static Store *open_store(const Config *config, gboolean read_only, gboolean beside, GError **error)
{
    g_autoptr (Store) store = g_new0(Store, 1);
    store->config = config;
    store->read_only = read_only;
    store->beside = beside;
    store->applied = g_ptr_array_new_with_free_func(g_free);
    store->files = files_open(config->store.state_dir, read_only, error);
    if (!store->files || !open_database(store, error)) return NULL;
    return g_steal_pointer(&store);
}

Store *store_open(const Config *config, GError **error)
{
    return open_store(config, FALSE, FALSE, error);
}

Store *store_open_read_only(const Config *config, GError **error)
{
    return open_store(config, TRUE, FALSE, error);
}

Store *store_open_beside(const Config *config, GError **error)
{
    return open_store(config, FALSE, TRUE, error);
}

/* Closing the database rolls back; the lock goes last. */
void store_close(Store *store)
{
    if (!store) return;
    db_close(store->db);
    files_close(store->files);
    g_clear_pointer(&store->book, book_free);
    g_ptr_array_unref(store->applied);
    g_free(store);
}

const Book *store_book(const Store *store)
{
    return store->book;
}

char *store_mail_path(const Store *store, const char *sha256)
{
    return files_path(store->files, "mail", sha256, ".eml");
}

/* --- settings --------------------------------------------------------------------------------- */

char *store_setting(Store *store, const char *key)
{
    g_autoptr (GError) error = NULL;
    sqlite3_stmt *row = db_query(store->db, &error, "SELECT value FROM setting WHERE key = ?", "t", key);
    char *value = NULL;
    if (row && db_next(store->db, row, &error)) {
        value = g_strdup(db_text(row, 0));
        db_done(row);
    }
    if (error) g_warning("setting %s: %s", key, error->message);
    return value;
}

gboolean store_set_setting(Store *store, const char *key, const char *value, GError **error)
{
    if (!value) return db_run(store->db, error, "DELETE FROM setting WHERE key = ?", "t", key);
    return db_run(store->db, error,
                  "INSERT INTO setting (key, value) VALUES (?, ?)"
                  " ON CONFLICT (key) DO UPDATE SET value = excluded.value WHERE value <> excluded.value",
                  "tt", key, value);
}

gint64 store_setting_int(Store *store, const char *key, gint64 otherwise)
{
    g_autofree char *value = store_setting(store, key);
    gint64 number;
    return value && g_ascii_string_to_signed(value, 10, G_MININT64, G_MAXINT64, &number, NULL) ? number
                                                                                               : otherwise;
}

gboolean store_set_setting_int(Store *store, const char *key, gint64 value, GError **error)
{
    g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, value);
    return store_set_setting(store, key, text, error);
}

/* Settings of their own: each is written once, whatever many there are. */
#define GAP "gap: "

gboolean store_note_gap(Store *store, const char *line, GError **error)
{
    g_autofree char *key = g_strconcat(GAP, line, NULL);
    return store_set_setting(store, key, "1", error);
}

GPtrArray *store_gaps(Store *store, GError **error)
{
    GError *fault = NULL;
    g_autoptr (GPtrArray) gaps = g_ptr_array_new_with_free_func(g_free);
    sqlite3_stmt *row = db_query(store->db, &fault,
                                 "SELECT substr(key, ?) FROM setting WHERE key GLOB '" GAP "*' ORDER BY key",
                                 "i", (gint)strlen(GAP) + 1);
    while (row && db_next(store->db, row, &fault)) g_ptr_array_add(gaps, g_strdup(db_text(row, 0)));
    if (!fault) return g_steal_pointer(&gaps);
    g_propagate_error(error, fault);
    return NULL;
}

/* What cannot be read as a mode mails nobody. */
StoreMode store_mode(const Store *store)
{
    g_autofree char *mode = store_setting((Store *)store, "mode");
    for (guint i = 0; mode && i < G_N_ELEMENTS(MODES); i++)
        if (strcmp(mode, MODES[i]) == 0) return (StoreMode)i;
    return STORE_OBSERVE;
}

gboolean store_set_mode(Store *store, StoreMode mode, GError **error)
{
    return store_set_setting(store, "mode", MODES[mode], error);
}

const char *store_mode_name(StoreMode mode)
{
    return MODES[mode];
}

/* --- transactions ----------------------------------------------------------------------------- */

gboolean store_begin(Store *store, gint64 now, GError **error)
{
    g_assert(!store->in_batch);
    if (!store->book && !load(store, error)) return FALSE;
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
    store->in_batch = FALSE;
    if (db_in_transaction(store->db) && !db_run(store->db, &error, "ROLLBACK", ""))
        g_warning("rolling back: %s", error->message);
    g_clear_error(&error);
    if (load(store, &error)) return;
    g_warning("reading again what is settled: %s", error->message);
    g_clear_pointer(&store->book, book_free);
}

void store_rollback(Store *store)
{
    if (store->in_batch) roll_back(store);
}

gboolean store_commit(Store *store, GError **error)
{
    g_assert(store->in_batch);
    if (!files_flush(store->files, error) || !db_run(store->db, error, "COMMIT", "")) {
        roll_back(store);
        return FALSE;
    }
    store->in_batch = FALSE;
    requests_forget(store);
    return TRUE;
}

gboolean change_begin(Store *store, Change *change, GError **error)
{
    *change = (Change){store, !store->in_batch};
    if (!change->alone) return TRUE;
    if (!store->book && !load(store, error)) return FALSE;
    return db_run(store->db, error, "BEGIN IMMEDIATE", "");
}

gboolean change_end(Change *change, gboolean ok, GError **error)
{
    if (!change->alone) return ok;
    if (ok && db_run(change->store->db, error, "COMMIT", "")) {
        requests_forget(change->store);
        return TRUE;
    }
    roll_back(change->store);
    return FALSE;
}
