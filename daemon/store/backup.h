/* backup.h - a consistent copy of the database, and whether one may be put back. */
#pragma once

#include <glib.h>

#include "daemon/store/store.h"

/* Copies the database of a store (of store_open_read_only(); a daemon may run and commit) to `path`: as it
 * was at one moment. Whatever files its rows name are on disk already. `progress` may be NULL. */
gboolean store_backup(Store *store, const char *path,
                      void (*progress)(const char *what, guint done, guint total), GError **error);

/* Checks a copy in `folder` (baosong.db, mail/, files/) before it is put back: ours, of this campaign, not
 * newer than this program, whole (integrity_check), and every file that its rows name there with the right
 * bytes. */
gboolean store_check_copy(const Config *config, const char *folder, GError **error);

/* Takes the lock of the state folder (made if missing) and says whether it holds a database; STORE_ERROR_BUSY
 * names the daemon that works on it. The lock is held until store_free_folder(). */
typedef struct StoreFolderLock StoreFolderLock;
StoreFolderLock *store_lock_folder(const Config *config, gboolean *used, GError **error);
void store_free_folder(StoreFolderLock *lock);

/* Moves a checked copy from `folder` (within the state folder) into its place, the database last; what was
 * there is kept as baosong.old.db. Mails and files are only added. */
gboolean store_put_back(StoreFolderLock *lock, const char *folder, GError **error);
