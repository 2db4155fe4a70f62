#include "reports/publish.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "reports/name.h"
#include "reports/reports.h"

#define OWNER       "user.baosong.campaign"
#define OWNER_LIVES (2 * 24 * 3600) /* the days that are left change its workbook each day */

/* A line of the note: digest, size, date. */
static char *note_line(const char *digest, const struct stat *file)
{
    return g_strdup_printf("%s %lld %lld.%09ld\n", digest, (long long)file->st_size,
                           (long long)file->st_mtim.tv_sec, file->st_mtim.tv_nsec);
}

static char *read_note(const Publish *publish)
{
    char *text = NULL;
    return g_file_get_contents(publish->note, &text, NULL, NULL) ? text : g_strdup("");
}

static gboolean look(const Publish *publish, struct stat *file)
{
    return fstatat(publish->share->fd, publish->name, file, AT_SYMLINK_NOFOLLOW) == 0 &&
           S_ISREG(file->st_mode);
}

/* The other campaign whose workbook is there, or NULL. Caller frees. */
static char *other_owner(const Publish *publish, struct stat *file)
{
    char owner[256];
    int fd = openat(publish->share->fd, publish->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    ssize_t length = fd >= 0 && fstat(fd, file) == 0 ? fgetxattr(fd, OWNER, owner, sizeof owner - 1) : -1;
    if (fd >= 0) close(fd);
    owner[MAX(length, 0)] = '\0';
    return length <= 0 || strcmp(owner, publish->campaign) == 0 ? NULL : g_strescape(owner, NULL);
}

gboolean publish_may_begin(const Publish *publish, GError **error)
{
    struct stat file;
    g_autofree char *other = other_owner(publish, &file);
    if (!other || g_get_real_time() / G_USEC_PER_SEC - file.st_mtim.tv_sec >= OWNER_LIVES) return TRUE;
    g_set_error(
        error, REPORTS_ERROR, REPORTS_ERROR_WRITE,
        "%s/%s is the workbook of campaign %s: give each campaign a [share] dir of its own, or move that "
        "workbook away if it is of no use any more",
        publish->share->path, publish->name, other);
    return FALSE;
}

gboolean publish_is_current(const Publish *publish, const char *digest)
{
    struct stat file;
    if (!look(publish, &file)) return FALSE;
    g_autofree char *note = read_note(publish);
    g_autofree char *line = note_line(digest, &file);
    /* A group that it cannot have is told by whoever writes it anew. */
    return strstr(note, line) &&
           share_regroup(publish->share, publish->share->fd, publish->name, &file, NULL);
}

/* libxlsxwriter would find out only at the end, and print it by itself. */
char *publish_begin(const Publish *publish, GError **error)
{
    g_autofree char *hidden = g_strconcat(".", publish->name, ".new", NULL);
    unlinkat(publish->share->fd, hidden, 0);
    int fd = openat(publish->share->fd, hidden, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0) {
        g_set_error(error, REPORTS_ERROR, REPORTS_ERROR_WRITE, "cannot make a file in %s: %s; %s",
                    publish->share->path, g_strerror(errno),
                    errno == ENOSPC || errno == EDQUOT ? "make room there, the old workbook is unharmed"
                                                       : "the daemon's user must be able to write there, and "
                                                         "its unit must let it (ReadWritePaths=)");
        return NULL;
    }
    close(fd);
    return g_build_filename(publish->share->path, hidden, NULL);
}

static gboolean fault(const Publish *publish, const char *what, GError **error)
{
    int why = errno;
    gboolean busy = why == EBUSY || why == ETXTBSY || why == EACCES || why == EPERM;
    g_set_error(error, REPORTS_ERROR, busy ? REPORTS_ERROR_BUSY : REPORTS_ERROR_WRITE,
                "cannot %s %s/%s: %s%s", what, publish->share->path, publish->name, g_strerror(why),
                why == ENOSPC || why == EDQUOT ? "; make room there, the old workbook is unharmed"
                : busy ? "; it may be open somewhere, it is tried again with the next report"
                       : "");
    return FALSE;
}

/* Whether the file is one that we wrote and nobody saved since. Without a note nobody can tell: ours, unless
 * it says whose it is. */
static gboolean is_ours(const Publish *publish, const char *note, struct stat *file)
{
    g_autofree char *other = other_owner(publish, file);
    if (other) return FALSE;
    g_autofree char *tail = note_line("", file); /* " size date\n" */
    return !*note || strstr(note, tail);
}

/* Gives the changed workbook a second name, so that the rename takes only the first. */
static gboolean keep_changed(const Publish *publish, GError **error)
{
    const char *dot = strrchr(publish->name, '.');
    g_autofree char *base =
        g_strdup_printf("%.*s（保留 %s）%s", (int)(dot - publish->name), publish->name, publish->stamp, dot);
    int fd = publish->share->fd;
    for (guint n = 1; n < 100; n++) {
        g_autofree char *name = n == 1 ? g_strdup(base) : name_numbered(base, n);
        if (linkat(fd, publish->name, fd, name, 0) == 0) return TRUE;
        if (errno == EEXIST) continue;
        /* no hard links there: better no workbook for a moment than somebody's work gone */
        if (renameat2(fd, publish->name, fd, name, RENAME_NOREPLACE) == 0) return TRUE;
        if (errno != EEXIST) break;
    }
    return fault(publish, "keep the changed workbook", error);
}

static gboolean write_note(const Publish *publish, const char *old, const char *line, GError **error)
{
    const char *end = strchr(old, '\n');
    g_autofree char *text = g_strdup_printf("%s%.*s", line, end ? (int)(end - old + 1) : 0, old);
    return g_file_set_contents_full(publish->note, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);
}

static gboolean replace(const Publish *publish, const char *path, const char *digest, int fd, GError **error)
{
    struct stat fresh, there;
    if (!share_dress(publish->share, fd, path, error)) return FALSE;
    (void)fsetxattr(fd, OWNER, publish->campaign, strlen(publish->campaign), 0); /* not everywhere */
    if (fsync(fd) < 0 || fstat(fd, &fresh) < 0) return fault(publish, "write", error);
    g_autofree char *note = read_note(publish);
    g_autofree char *line = note_line(digest, &fresh);
    if (look(publish, &there) && !is_ours(publish, note, &there) && !keep_changed(publish, error))
        return FALSE;
    if (!write_note(publish, note, line, error)) return FALSE;
    if (renameat(AT_FDCWD, path, publish->share->fd, publish->name) < 0)
        return fault(publish, "replace", error);
    fsync(publish->share->fd);
    return TRUE;
}

gboolean publish_finish(const Publish *publish, const char *path, const char *digest, GError **error)
{
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) return fault(publish, "write", error);
    gboolean good = replace(publish, path, digest, fd, error);
    close(fd);
    return good;
}
