/* files.h - private to daemon/store: the folders, the lock, and content-addressed files that reach the disk
 * whole.
 *
 * A file is written to tmp/ and its writing to disk started; files_flush() then makes a batch durable: flush
 * the files, rename each, flush the folders. Under its hash there is never a torn file.
 */
#pragma once

#include <glib.h>

typedef struct Files {
    char *root;          /* the state folder */
    int lock;            /* -1 = none */
    guint counter;       /* of names in tmp/ */
    GPtrArray *pending;  /* of Pending*: written, not yet durable */
    GHashTable *names;   /* their final paths, a set */
    GHashTable *folders; /* that must be fsynced, a set */
} Files;

/* Makes what is missing (0700), takes the lock, empties tmp/. With read_only only remembers the folder. */
Files *files_open(const char *root, gboolean read_only, GError **error);
void files_close(Files *files);

/* <root>/<room>/<first two digits>/<sha256><suffix>. Caller frees. */
char *files_path(const Files *files, const char *room, const char *sha256, const char *suffix);

/* Keeps bytes under their hash. A file of that name and size is there already: nothing is written. */
gboolean files_put_bytes(Files *files, const char *room, const char *sha256, const char *suffix,
                         GBytes *bytes, GError **error);
/* The same from a descriptor (of anybody: size and hash are checked, STORE_ERROR_DATA if they differ). */
gboolean files_put_fd(Files *files, const char *room, const char *sha256, const char *suffix, int fd,
                      gint64 offset, guint64 size, GError **error);

/* The folder is fsynced by the next files_flush(). */
void files_need_sync(Files *files, const char *folder);
gboolean files_flush(Files *files, GError **error);
void files_discard(Files *files); /* forgets what was not flushed */

guint64 files_free_bytes(const Files *files);
/* STORE_ERROR_FULL if there is too little to begin a batch: see store_begin(). */
gboolean files_check_space(const Files *files, GError **error);

/* "cannot WHAT PATH: strerror", STORE_ERROR_FULL or _IO by errno. Returns FALSE. */
gboolean files_fail(const char *what, const char *path, GError **error);
