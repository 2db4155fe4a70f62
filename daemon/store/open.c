/* open.c - a state folder taken and checked, its database brought up to date, its Book read. */
#include "daemon/store/private.h"

#include <errno.h>
#include <unistd.h>

#include "daemon/store/migrate.h"

char *store_database_path(const Config *config)
{
    return g_build_filename(config->store.state_dir, "baosong.db", NULL);
}

char *store_beside_path(const Config *config)
{
    return g_build_filename(config->store.state_dir, "rebuild.db", NULL);
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

static gboolean open_database(Store *store, GError **error)
{
    g_autofree char *path =
        store->beside ? store_beside_path(store->config) : store_database_path(store->config);
    if (store->read_only && access(path, F_OK) != 0) {
        int why = errno;
        g_set_error(error, STORE_ERROR, STORE_ERROR_IO, "%s: %s; %s", path, g_strerror(why),
                    why == ENOENT ? "start baosongd once, which makes it"
                                  : "use this command as root (sudo)");
        return FALSE;
    }
    store->db = db_open(path, store->read_only, error);
    return store->db && migrate_database(store->db, store->read_only, error) &&
           check_campaign(store, error) && check_prefix(store, error) &&
           (store->read_only || roster_mirror(store, error)) && book_load(store, error);
}

static Store *open_store(const Config *config, gboolean read_only, gboolean beside, GError **error)
{
    g_autoptr (Store) store = g_new0(Store, 1);
    store->config = config;
    store->read_only = read_only;
    store->beside = beside;
    store->applied = g_ptr_array_new_with_free_func(g_free);
    store->named = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
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
    g_hash_table_unref(store->named);
    g_free(store);
}

gboolean store_is_new(Store *store)
{
    gint64 rows;
    g_autoptr (GError) error = NULL;
    if (!db_int(store->db, &rows, 1, &error,
                "SELECT (SELECT count(*) FROM mail) + (SELECT count(*) FROM folder) + (SELECT count(*) FROM "
                "outbox)"
                " + (SELECT count(*) FROM request)",
                ""))
        g_warning("looking whether the database is new: %s", error->message);
    return rows == 0;
}
