/* share.h - the folder that staff see: modes, group, and files that appear whole or not at all. */
#pragma once

#include <glib.h>
#include <sys/stat.h>
#include <sys/types.h>

#define SHARE_ERROR (g_quark_from_static_string("share"))
enum {
    SHARE_ERROR_GROUP, /* the group is unknown, or we may not give files to it */
    SHARE_ERROR_FOLDER,
    SHARE_ERROR_FILE,
    SHARE_ERROR_SOURCE /* the file to copy is not there */
};

typedef struct Share {
    char *path;
    int fd;         /* of the folder */
    gid_t group;    /* (gid_t)-1 = leave */
    GArray *copies; /* of ShareCopy: what share_copy() made and share_sync() has not synced */
} Share;

/* Opens the folder, and makes it (mode 2750, or 0750 where the system forbids that) with its parents where it
 * is missing. `group`: name, "" or NULL = leave. The caller owns it; NULL and a message that says what the
 * administrator has to do. */
Share *share_open(const char *path, const char *group, GError **error);
void share_free(Share *share);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Share, share_free)

/* Opens folder `name` below `parent` and makes it (as above) if it is missing; a symbolic link there is an
 * error. -1 and error; the caller closes. */
int share_folder(const Share *share, int parent, const char *name, GError **error);

/* Gives what is ours in `folder` to the share's group, where [share] group was set or changed since it was
 * made. `there` is its lstat(); what others own is theirs. */
gboolean share_regroup(const Share *share, int folder, const char *name, const struct stat *there,
                       GError **error);

/* Gives an open file mode 0640 and the share's group. */
gboolean share_dress(const Share *share, int fd, const char *name, GError **error);

/* Copies the file `source` to `name` in `folder`: through a temporary name, never over a file that is there,
 * but over half a copy. It is dated `modified_at` when share_sync() made it durable, and is half a copy until
 * then. *taken = TRUE (and FALSE returned, no error) if the name is in use. */
gboolean share_copy(Share *share, const char *source, int folder, const char *name, gint64 modified_at,
                    gboolean *taken, GError **error);

/* Whether this is a copy of ours that the power may have gone from before it was durable. */
gboolean share_is_half(const struct stat *file);

/* Makes all that was copied durable: one syncfs() for hundreds of files, none if there are none. */
gboolean share_sync(Share *share, GError **error);
