#include "daemon/store/backup.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#include "daemon/store/fsck.h"
#include "daemon/store/migrate.h"
#include "daemon/store/private.h"

#define PAGES 256 /* copied at a time; between two the daemon may write */

/* --- copying ---------------------------------------------------------------------------------- */

static gboolean copy(Db *from, Db *to, void (*progress)(const char *what, guint done, guint total),
                     GError **error)
{
    sqlite3_backup *backup = sqlite3_backup_init(to->handle, "main", from->handle, "main");
    if (!backup) return db_fail(to, sqlite3_errcode(to->handle), error);
    int code;
    while ((code = sqlite3_backup_step(backup, PAGES)) == SQLITE_OK) {
        guint total = (guint)sqlite3_backup_pagecount(backup);
        if (progress) progress("pages", total - (guint)sqlite3_backup_remaining(backup), total);
    }
    int finished = sqlite3_backup_finish(backup);
    if (code != SQLITE_DONE) return db_fail(to, code, error);
    return finished == SQLITE_OK || db_fail(to, finished, error);
}

gboolean store_backup(Store *store, const char *path,
                      void (*progress)(const char *what, guint done, guint total), GError **error)
{
    g_unlink(path);
    Db *to = db_open(path, FALSE, error);
    /* A read transaction: one moment, however long the copy takes. */
    gboolean done = to && db_script(store->db, "BEGIN; SELECT count(*) FROM setting", error) &&
                    copy(store->db, to, progress, error);
    db_script(store->db, "ROLLBACK", NULL);
    done = done && db_script(to, "PRAGMA journal_mode = DELETE", error);
    db_close(to);
    return done;
}

/* --- checking --------------------------------------------------------------------------------- */

static void first_breach(const char *breach, gpointer data)
{
    char **first = data;
    if (!*first) *first = g_strdup(breach);
}

gboolean store_check_copy(const Config *config, const char *folder, GError **error)
{
    Config at = *config; /* the same campaign, elsewhere */
    g_autofree char *root = g_strdup(folder);
    at.store.state_dir = root;
    g_autofree char *first = NULL;
    guint breaches = 0;
    g_autofree char *path = store_database_path(&at);
    if (!g_file_test(path, G_FILE_TEST_IS_REGULAR)) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_CORRUPT,
                    "it holds no baosong.db: it is no backup of baosong");
        return FALSE;
    }
    /* An older schema is brought up to date here, where nothing is lost if that fails. */
    Db *db = db_open(path, FALSE, error);
    gboolean ours = db && migrate_database(db, FALSE, error) &&
                    db_script(db, "PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE", error);
    db_close(db);
    g_autoptr (Store) store = ours ? store_open_read_only(&at, error) : NULL;
    StoreFsck fsck = {.tell = first_breach, .data = &first};
    if (!store || !store_fsck(store, &fsck, &breaches, error)) return FALSE;
    if (breaches == 0) return TRUE;
    g_set_error(error, STORE_ERROR, STORE_ERROR_CORRUPT, "it is not whole (%u faults): %s", breaches, first);
    return FALSE;
}

/* --- putting back ----------------------------------------------------------------------------- */

struct StoreFolderLock {
    const Config *config;
    Files *files;
};

StoreFolderLock *store_lock_folder(const Config *config, gboolean *used, GError **error)
{
    Files *files = files_open(config->store.state_dir, FALSE, error);
    if (!files) return NULL;
    g_autofree char *path = store_database_path(config);
    *used = g_file_test(path, G_FILE_TEST_EXISTS);
    StoreFolderLock *lock = g_new(StoreFolderLock, 1);
    *lock = (StoreFolderLock){config, files};
    return lock;
}

void store_free_folder(StoreFolderLock *lock)
{
    if (!lock) return;
    files_close(lock->files);
    g_free(lock);
}

static gboolean move_files(const StoreFolderLock *lock, const char *from, const char *room, GError **error)
{
    g_autofree char *source = g_build_filename(from, room, NULL);
    g_autofree char *target = g_build_filename(lock->files->root, room, NULL);
    g_autoptr (GDir) folders = g_dir_open(source, 0, NULL);
    const char *first, *name;
    while (folders && (first = g_dir_read_name(folders))) {
        g_autofree char *in = g_build_filename(source, first, NULL);
        g_autofree char *out = g_build_filename(target, first, NULL);
        g_autoptr (GDir) files = g_dir_open(in, 0, NULL);
        if (files && g_mkdir(out, 0700) != 0 && errno != EEXIST)
            return files_fail("make the folder", out, error);
        while (files && (name = g_dir_read_name(files))) {
            g_autofree char *old = g_build_filename(in, name, NULL);
            g_autofree char *new = g_build_filename(out, name, NULL);
            if (g_rename(old, new) != 0) return files_fail("rename", old, error);
        }
        if (files) files_need_sync(lock->files, out);
    }
    files_need_sync(lock->files, target);
    return TRUE;
}

/* What was queued then may have gone since, and what was in flight was looked for long ago: only Sent tells.
 */
static gboolean forget_fates(const char *path, GError **error)
{
    Db *db = db_open(path, FALSE, error);
    gboolean done =
        db &&
        db_run(db, error,
               "UPDATE outbox SET state = 'in_flight', hold_reason = '', attempts = 0"
               " WHERE state IN ('held', 'queued', 'in_flight', 'deferred')",
               "") &&
        db_run(db, error, "DELETE FROM setting WHERE key LIKE 'followed_sent%'", "") &&
        db_run(
            db, error,
            "INSERT INTO setting (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
            "tt", STORE_ADOPTED, STORE_RESTORED) &&
        db_script(db, "PRAGMA journal_mode = DELETE", error);
    db_close(db);
    return done;
}

gboolean store_put_back(StoreFolderLock *lock, const char *folder, GError **error)
{
    g_autofree char *path = g_build_filename(folder, "baosong.db", NULL);
    return forget_fates(path, error) && move_files(lock, folder, "mail", error) &&
           move_files(lock, folder, "files", error) && files_flush(lock->files, error) &&
           swap_database(lock->config, path, error);
}
