#include "reports/share.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <grp.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define TEMPORARY  ".baosong-copy"
#define HALF_DATED 0   /* 1970: no file of a person is so old */
#define COPIES_MAX 256 /* descriptors that wait to be flushed */

typedef struct ShareCopy {
    int fd;
    gint64 modified_at;
} ShareCopy;

static const char *advice(int why)
{
    switch (why) {
    case ENOSPC:
    case EDQUOT: return "; make room there, what was there before is unharmed";
    case EROFS:
    case EACCES:
    case EPERM:
        return "; the daemon's user must be able to write there, and its unit must let it (ReadWritePaths=)";
    default: return "";
    }
}

static gboolean fault(GError **error, int code, const char *what, const char *path)
{
    int why = errno;
    g_set_error(error, SHARE_ERROR, code, "%s %s: %s%s", what, path, g_strerror(why),
                code == SHARE_ERROR_SOURCE ? "" : advice(why));
    return FALSE;
}

static gboolean find_group(const char *name, gid_t *group, GError **error)
{
    *group = (gid_t)-1;
    if (!name || !*name) return TRUE;
    const struct group *entry = getgrnam(name);
    if (entry) {
        *group = entry->gr_gid;
        return TRUE;
    }
    g_set_error(
        error, SHARE_ERROR, SHARE_ERROR_GROUP,
        "[share] group: there is no group %s on this system; create it (groupadd) or correct the name", name);
    return FALSE;
}

static gboolean is_other_group(const Share *share, const struct stat *file)
{
    return share->group != (gid_t)-1 && file->st_gid != share->group;
}

static gboolean fault_of_group(const Share *share, const char *name, GError **error)
{
    g_set_error(error, SHARE_ERROR, SHARE_ERROR_GROUP,
                "cannot give %s to group %u: %s; make the user that runs baosong a member of [share] group",
                name, (guint)share->group, g_strerror(errno));
    return FALSE;
}

gboolean share_regroup(const Share *share, int folder, const char *name, const struct stat *there,
                       GError **error)
{
    if (!is_other_group(share, there) || there->st_uid != geteuid()) return TRUE;
    return fchownat(folder, name, (uid_t)-1, share->group, AT_SYMLINK_NOFOLLOW) == 0 ||
           fault_of_group(share, name, error);
}

static gboolean dress(const Share *share, int fd, mode_t mode, const char *name, GError **error)
{
    struct stat now;
    if (fstat(fd, &now) < 0) return fault(error, SHARE_ERROR_FILE, "cannot look at", name);
    if (is_other_group(share, &now) && fchown(fd, (uid_t)-1, share->group) < 0)
        return fault_of_group(share, name, error);
    if ((now.st_mode & 07777) == mode || fchmod(fd, mode) == 0) return TRUE;
    /* A service may be forbidden to set the set-group-ID bit (RestrictSUIDSGID=): each file gets its group
     * from us, so the bit is missed by those alone that staff put there. */
    if (errno == EPERM && mode & S_ISGID && fchmod(fd, mode & 0777) == 0) return TRUE;
    return fault(error, SHARE_ERROR_FILE, "cannot set the mode of", name);
}

/* Makes folders that are right from the beginning, whatever our umask: below a folder with the set-group-ID
 * bit they have it, and keep it only if nothing is left to set. */
static gboolean make_folder(int parent, const char *name)
{
    mode_t before = umask(0);
    gboolean made = mkdirat(parent, name, 0750) == 0;
    umask(before);
    return made;
}

gboolean share_dress(const Share *share, int fd, const char *name, GError **error)
{
    return dress(share, fd, 0640, name, error);
}

Share *share_open(const char *path, const char *group, GError **error)
{
    g_autoptr (Share) share = g_new0(Share, 1);
    share->path = g_strdup(path);
    share->fd = -1;
    share->copies = g_array_new(FALSE, FALSE, sizeof(ShareCopy));
    if (!find_group(group, &share->group, error)) return NULL;

    gboolean fresh = !g_file_test(path, G_FILE_TEST_IS_DIR);
    g_autofree char *parent = g_path_get_dirname(path);
    if (fresh &&
        (g_mkdir_with_parents(parent, 0750) < 0 || (!make_folder(AT_FDCWD, path) && errno != EEXIST))) {
        fault(error, SHARE_ERROR_FOLDER, "cannot make the shared folder", path);
        return NULL;
    }
    share->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (share->fd < 0) {
        fault(error, SHARE_ERROR_FOLDER, "cannot open the shared folder", path);
        return NULL;
    }
    /* A folder that the administrator made keeps the mode and group that it was given. */
    if (fresh && !dress(share, share->fd, 02750, path, error)) return NULL;
    return g_steal_pointer(&share);
}

void share_free(Share *share)
{
    if (!share) return;
    for (guint i = 0; i < share->copies->len; i++) close(g_array_index(share->copies, ShareCopy, i).fd);
    g_array_unref(share->copies);
    if (share->fd >= 0) close(share->fd);
    g_free(share->path);
    g_free(share);
}

int share_folder(const Share *share, int parent, const char *name, GError **error)
{
    const int how = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    gboolean fresh = FALSE;
    int fd = openat(parent, name, how);
    if (fd < 0 && errno == ENOENT) {
        fresh = make_folder(parent, name);
        if (fresh || errno == EEXIST) fd = openat(parent, name, how);
    }
    if (fd < 0) {
        int why = errno;
        g_autofree char *what = g_strdup_printf("cannot open folder %s in", name);
        errno = why;
        fault(error, SHARE_ERROR_FOLDER, what, share->path);
        return -1;
    }
    struct stat there;
    gboolean right = fresh ? dress(share, fd, 02750, name, error)
                           : fstat(fd, &there) < 0 || share_regroup(share, parent, name, &there, error);
    if (right) return fd;
    close(fd);
    return -1;
}

static gboolean copy_bytes(int from, int to)
{
    char buffer[64 * 1024];
    ssize_t got;
    if (ioctl(to, FICLONE, from) == 0) return TRUE; /* shares the blocks where the file system can */
    while ((got = read(from, buffer, sizeof buffer)) != 0) {
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return FALSE;
        for (ssize_t done = 0; done < got;) {
            ssize_t put = write(to, buffer + done, (size_t)(got - done));
            if (put < 0 && errno != EINTR) return FALSE;
            if (put > 0) done += put;
        }
    }
    return TRUE;
}

/* A rename that never replaces; a file system without RENAME_NOREPLACE gets a link instead. */
static gboolean appear(int folder, const char *name)
{
    if (renameat2(folder, TEMPORARY, folder, name, RENAME_NOREPLACE) == 0) return TRUE;
    if (errno != EINVAL && errno != ENOSYS) return FALSE;
    if (linkat(folder, TEMPORARY, folder, name, 0) < 0) return FALSE;
    unlinkat(folder, TEMPORARY, 0);
    return TRUE;
}

static gboolean date(int fd, gint64 at, const char *name, GError **error)
{
    const struct timespec times[2] = {{.tv_sec = at}, {.tv_sec = at}};
    return futimens(fd, times) == 0 || fault(error, SHARE_ERROR_FILE, "cannot write", name);
}

static gboolean fill(const Share *share, int from, int to, const char *name, GError **error)
{
    if (!copy_bytes(from, to)) return fault(error, SHARE_ERROR_FILE, "cannot copy to", name);
    return share_dress(share, to, name, error) && date(to, HALF_DATED, name, error);
}

gboolean share_is_half(const struct stat *file)
{
    return S_ISREG(file->st_mode) && file->st_mtim.tv_sec == HALF_DATED;
}

static void remove_half(int folder, const char *name)
{
    struct stat there;
    if (fstatat(folder, name, &there, AT_SYMLINK_NOFOLLOW) == 0 && share_is_half(&there))
        unlinkat(folder, name, 0);
}

gboolean share_copy(Share *share, const char *source, int folder, const char *name, gint64 modified_at,
                    gboolean *taken, GError **error)
{
    *taken = FALSE;
    int from = open(source, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (from < 0) return fault(error, SHARE_ERROR_SOURCE, "cannot open", source);
    const int how = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC;
    int to = openat(folder, TEMPORARY, how, 0600);
    if (to < 0 && errno == EEXIST) { /* of a run that was killed */
        unlinkat(folder, TEMPORARY, 0);
        to = openat(folder, TEMPORARY, how, 0600);
    }
    if (to < 0) {
        close(from);
        return fault(error, SHARE_ERROR_FILE, "cannot write", name);
    }
    gboolean good = fill(share, from, to, name, error);
    close(from);
    if (good) remove_half(folder, name);
    if (good && !appear(folder, name)) {
        *taken = errno == EEXIST;
        if (!*taken) fault(error, SHARE_ERROR_FILE, "cannot write", name);
        good = FALSE;
    }
    if (!good) {
        close(to);
        unlinkat(folder, TEMPORARY, 0);
        return FALSE;
    }
    ShareCopy copy = {to, modified_at};
    g_array_append_val(share->copies, copy);
    return share->copies->len < COPIES_MAX || share_sync(share, error);
}

gboolean share_sync(Share *share, GError **error)
{
    if (share->copies->len == 0) return TRUE;
    gboolean good = syncfs(share->fd) == 0 || fault(error, SHARE_ERROR_FILE, "cannot write to", share->path);
    for (guint i = 0; i < share->copies->len; i++) {
        const ShareCopy *copy = &g_array_index(share->copies, ShareCopy, i);
        good = good && date(copy->fd, copy->modified_at, share->path, error);
        close(copy->fd);
    }
    g_array_set_size(share->copies, 0);
    return good;
}
