/* swap.c - the database that rebuild makes beside the real one, and its coming into place. */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "daemon/store/private.h"

static const char *const PARTS[] = {"-wal", "-shm", ""}; /* the database itself last: it decides */

/* 1 = renamed, 0 = was not there, -1 = failed */
static int move(const char *from, const char *to, GError **error)
{
    if (g_rename(from, to) == 0) return 1;
    if (errno == ENOENT) return 0;
    files_fail("rename", from, error);
    return -1;
}

/* A journal must never meet another database: journals go first, out of the way. */
static gboolean put_aside(const char *path, const char *aside, GError **error)
{
    for (guint i = 0; i < G_N_ELEMENTS(PARTS); i++) {
        g_autofree char *from = g_strconcat(path, PARTS[i], NULL);
        g_autofree char *to = g_strconcat(aside, PARTS[i], NULL);
        if (i == 0) { /* an older one that was put aside must not get this journal */
            g_autofree char *old_shm = g_strconcat(aside, "-shm", NULL);
            g_unlink(aside);
            g_unlink(old_shm);
            g_unlink(to);
        }
        if (move(from, to, error) < 0) return FALSE;
    }
    return TRUE;
}

/* What its journal holds goes into the database: a kill between two renames must not part them. One that is
 * damaged stays as it is. */
static void fold_journal(const char *path)
{
    g_autoptr (GError) error = NULL;
    Db *db = db_open(path, FALSE, &error);
    if (db) db_script(db, "PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE", &error);
    db_close(db);
    if (error) g_message("%s; it is put aside as it is", error->message);
}

static gboolean sync_root(const char *root, GError **error)
{
    int fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    gboolean ok = fd >= 0 && (fsync(fd) == 0 || errno == EINVAL);
    if (!ok) files_fail("flush the folder", root, error);
    if (fd >= 0) close(fd);
    return ok;
}

gboolean swap_database(const Config *config, const char *finished, GError **error)
{
    const char *root = config->store.state_dir;
    g_autofree char *path = store_database_path(config);
    g_autofree char *aside = g_build_filename(root, "baosong.old.db", NULL);
    gboolean is_there = g_file_test(path, G_FILE_TEST_EXISTS);
    if (is_there) fold_journal(path);
    return (!is_there || put_aside(path, aside, error)) && sync_root(root, error) &&
           move(finished, path, error) > 0 && sync_root(root, error);
}

gboolean store_swap_in(Store *store, GError **error)
{
    g_assert(store->beside && !store->in_batch);
    g_autofree char *beside = store_beside_path(store->config);
    /* One file without a journal is renamed in one step. */
    gboolean ok =
        db_script(store->db, "PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE", error);
    g_clear_pointer(&store->db, db_close);
    ok = ok && swap_database(store->config, beside, error);
    store_close(store);
    return ok;
}
