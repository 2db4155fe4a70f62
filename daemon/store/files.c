#include "daemon/store/files.h"
#include "parsers/facts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <nettle/sha2.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "daemon/store/store.h"

#define MODE_FOLDER   0700
#define MODE_FILE     0600
#define CHUNK         (256u << 10) /* bytes copied and hashed at a time */
#define PENDING_MAX   400          /* descriptors that wait to be flushed, of the usual 1024 */
#define SYNC_TOGETHER 16           /* files or folders */
#define SPACE_LEAST   (4ull << 20)
#define SPACE_MOST    (64ull << 20)
#define SPACE_SHARE   16

typedef struct Pending {
    int fd;
    char *temporary, *final;
} Pending;

static void pending_free(gpointer data)
{
    Pending *pending = data;
    if (pending->fd >= 0) close(pending->fd);
    if (pending->temporary) g_unlink(pending->temporary);
    g_free(pending->temporary);
    g_free(pending->final);
    g_free(pending);
}

gboolean files_fail(const char *what, const char *path, GError **error)
{
    int number = errno;
    if (number == ENOSPC || number == EDQUOT || number == EFBIG) {
        g_autofree char *folder = g_path_get_dirname(path);
        g_set_error(error, STORE_ERROR, STORE_ERROR_FULL,
                    "no space left under %s: free some and start again; nothing is lost", folder);
    } else {
        g_set_error(error, STORE_ERROR, STORE_ERROR_IO, "cannot %s %s: %s", what, path, g_strerror(number));
    }
    return FALSE;
}

/* --- opening ---------------------------------------------------------------------------------- */

static gboolean sync_folder(const char *path, GError **error)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return files_fail("open the folder", path, error);
    gboolean ok = fsync(fd) == 0 || errno == EINVAL; /* EINVAL: a file system that has no such thing */
    if (!ok) files_fail("flush the folder", path, error);
    close(fd);
    return ok;
}

/* Makes one folder, durably; being there is fine. */
static gboolean make_folder(const char *path, GError **error)
{
    if (g_file_test(path, G_FILE_TEST_IS_DIR)) return TRUE;
    g_autofree char *parent = g_path_get_dirname(path);
    if (mkdir(path, MODE_FOLDER) != 0) {
        if (errno == EEXIST && g_file_test(path, G_FILE_TEST_IS_DIR)) return TRUE;
        return files_fail("make the folder", path, error);
    }
    return sync_folder(parent, error);
}

/* The pid is for people; the lock is what counts. */
static void write_pid(int fd)
{
    g_autofree char *pid = g_strdup_printf("%d\n", (int)getpid());
    if (ftruncate(fd, 0) != 0 || pwrite(fd, pid, strlen(pid), 0) < 0)
        g_warning("cannot note our pid in the lock file: %s", g_strerror(errno));
}

static gboolean take_lock(Files *files, GError **error)
{
    g_autofree char *path = g_build_filename(files->root, "lock", NULL);
    files->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, MODE_FILE);
    if (files->lock < 0) return files_fail("open", path, error);
    if (flock(files->lock, LOCK_EX | LOCK_NB) == 0) {
        write_pid(files->lock);
        return TRUE;
    }
    if (errno != EWOULDBLOCK) return files_fail("lock", path, error);
    char pid[16] = "";
    ssize_t got = pread(files->lock, pid, sizeof pid - 1, 0);
    if (got > 0) pid[got] = '\0';
    g_set_error(error, STORE_ERROR, STORE_ERROR_BUSY,
                "another baosongd (process %s) already works on %s: stop that one first, or leave it alone",
                *g_strstrip(pid) ? pid : "unknown", files->root);
    return FALSE;
}

static void empty_folder(const char *path)
{
    g_autoptr (GDir) folder = g_dir_open(path, 0, NULL);
    const char *name;
    while (folder && (name = g_dir_read_name(folder))) {
        g_autofree char *file = g_build_filename(path, name, NULL);
        if (g_unlink(file) == 0 || errno != EISDIR) continue;
        empty_folder(file); /* of a restore that was killed: as large as all there is */
        g_rmdir(file);
    }
}

Files *files_open(const char *root, gboolean read_only, GError **error)
{
    static const char *const FOLDERS[] = {"", "mail", "files", "tmp", "requests"};
    Files *files = g_new0(Files, 1);
    files->root = g_strdup(root);
    files->lock = -1;
    files->pending = g_ptr_array_new_with_free_func(pending_free);
    files->names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    files->folders = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    if (read_only) return files;

    gboolean ok = TRUE;
    if (g_mkdir_with_parents(root, MODE_FOLDER) != 0) ok = files_fail("make the folder", root, error);
    for (guint i = 0; ok && i < G_N_ELEMENTS(FOLDERS); i++) {
        g_autofree char *path = g_build_filename(root, FOLDERS[i], NULL);
        ok = make_folder(path, error);
    }
    if (ok) ok = take_lock(files, error);
    if (!ok) {
        files_close(files);
        return NULL;
    }
    g_autofree char *temporary = g_build_filename(root, "tmp", NULL);
    empty_folder(temporary);
    return files;
}

void files_close(Files *files)
{
    if (!files) return;
    g_ptr_array_unref(files->pending);
    g_hash_table_unref(files->names);
    g_hash_table_unref(files->folders);
    if (files->lock >= 0) close(files->lock);
    g_free(files->root);
    g_free(files);
}

/* --- putting ---------------------------------------------------------------------------------- */

char *files_path(const Files *files, const char *room, const char *sha256, const char *suffix)
{
    g_autofree char *name = g_strconcat(sha256, suffix, NULL);
    char first[3] = {sha256[0], sha256[1], '\0'};
    return g_build_filename(files->root, room, first, name, NULL);
}

/* A file that is there may have been renamed by a process that died before its folder was durable: the folder
 * is fsynced again. */
static gboolean is_there(Files *files, const char *path, guint64 size)
{
    struct stat found;
    if (g_hash_table_contains(files->names, path)) return TRUE;
    if (lstat(path, &found) != 0 || !S_ISREG(found.st_mode) || (guint64)found.st_size != size) return FALSE;
    g_hash_table_add(files->folders, g_path_get_dirname(path));
    return TRUE;
}

static gboolean write_all(int fd, const char *data, gsize size)
{
    while (size > 0) {
        ssize_t written = write(fd, data, size);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return FALSE;
        data += written;
        size -= (gsize)written;
    }
    return TRUE;
}

/* Opens a file in tmp/ that is to become `final` (taken over). The caller queues or frees it. */
static Pending *pending_new(Files *files, char *final, GError **error)
{
    Pending *pending = g_new0(Pending, 1);
    pending->final = final;
    g_autofree char *name = g_strdup_printf("%d-%u", (int)getpid(), ++files->counter);
    g_autofree char *path = g_build_filename(files->root, "tmp", name, NULL);
    pending->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, MODE_FILE);
    if (pending->fd < 0) {
        files_fail("make", path, error);
        pending_free(pending);
        return NULL;
    }
    pending->temporary = g_steal_pointer(&path);
    return pending;
}

/* Writing to disk starts now and is waited for in files_flush(), so that a batch overlaps. */
static gboolean queue(Files *files, Pending *pending, GError **error)
{
    sync_file_range(pending->fd, 0, 0, SYNC_FILE_RANGE_WRITE);
    g_ptr_array_add(files->pending, pending);
    g_hash_table_add(files->names, g_strdup(pending->final));
    return files->pending->len < PENDING_MAX || files_flush(files, error);
}

gboolean files_put_bytes(Files *files, const char *room, const char *sha256, const char *suffix,
                         GBytes *bytes, GError **error)
{
    gsize size;
    const char *data = g_bytes_get_data(bytes, &size);
    char *path = files_path(files, room, sha256, suffix);
    if (is_there(files, path, size)) {
        g_free(path);
        return TRUE;
    }
    Pending *pending = pending_new(files, path, error);
    if (!pending) return FALSE;
    if (write_all(pending->fd, data, size)) return queue(files, pending, error);
    files_fail("write", pending->temporary, error);
    pending_free(pending);
    return FALSE;
}

/* Copies `size` bytes to out (-1 = only reads) and compares their hash. The source is another process's
 * memory: what is hashed is the copy that is written. */
static gboolean copy_checked(int fd, gint64 offset, guint64 size, const char *sha256, int out,
                             const char *path, GError **error)
{
    struct sha256_ctx context;
    guint8 digest[SHA256_DIGEST_SIZE];
    g_autofree char *buffer = g_malloc(MIN(size, CHUNK) + 1);
    sha256_init(&context);
    while (size > 0) {
        ssize_t got = pread(fd, buffer, MIN(size, CHUNK), offset);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        sha256_update(&context, (gsize)got, (const guint8 *)buffer);
        if (out >= 0 && !write_all(out, buffer, (gsize)got)) return files_fail("write", path, error);
        offset += got;
        size -= (guint64)got;
    }
    sha256_digest(&context, sizeof digest, digest);
    g_autofree char *hex = facts_hex(digest, sizeof digest);
    if (size == 0 && strcmp(hex, sha256) == 0) return TRUE;
    g_set_error(error, STORE_ERROR, STORE_ERROR_DATA,
                "the parser's bytes of %s are not what it says they are", sha256);
    return FALSE;
}

gboolean files_put_fd(Files *files, const char *room, const char *sha256, const char *suffix, int fd,
                      gint64 offset, guint64 size, GError **error)
{
    char *path = files_path(files, room, sha256, suffix);
    if (is_there(files, path, size)) {
        g_free(path);
        return copy_checked(fd, offset, size, sha256, -1, "", error);
    }
    Pending *pending = pending_new(files, path, error);
    if (!pending) return FALSE;
    if (copy_checked(fd, offset, size, sha256, pending->fd, pending->temporary, error))
        return queue(files, pending, error);
    pending_free(pending);
    return FALSE;
}

/* --- durable ---------------------------------------------------------------------------------- */

/* A folder that was made here is durable when its parent is fsynced too. */
static gboolean give_name(Files *files, Pending *pending, GError **error)
{
    g_autofree char *folder = g_path_get_dirname(pending->final);
    gboolean named = g_rename(pending->temporary, pending->final) == 0;
    if (!named && errno == ENOENT) {
        if (mkdir(folder, MODE_FOLDER) == 0)
            g_hash_table_add(files->folders, g_path_get_dirname(folder));
        else if (errno != EEXIST)
            return files_fail("make the folder", folder, error);
        named = g_rename(pending->temporary, pending->final) == 0;
    }
    if (!named) return files_fail("rename", pending->final, error);
    g_clear_pointer(&pending->temporary, g_free);
    g_hash_table_add(files->folders, g_steal_pointer(&folder));
    return TRUE;
}

/* Few files are flushed one by one. A large batch is flushed with all that the file system has to write: each
 * fsync empties the disk's cache, two hundred of them take longer than everything else that we do. */
static gboolean sync_everything(const Files *files, GError **error)
{
    g_autofree char *path = g_build_filename(files->root, "tmp", NULL);
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return files_fail("open the folder", path, error);
    gboolean ok = syncfs(fd) == 0 || files_fail("flush the disk under", path, error);
    close(fd);
    return ok;
}

static gboolean sync_files(Files *files, GError **error)
{
    if (files->pending->len >= SYNC_TOGETHER) return sync_everything(files, error);
    for (guint i = 0; i < files->pending->len; i++) {
        const Pending *pending = files->pending->pdata[i];
        if (fsync(pending->fd) != 0) return files_fail("flush", pending->temporary, error);
    }
    return TRUE;
}

static gboolean sync_folders(Files *files, GError **error)
{
    if (g_hash_table_size(files->folders) >= SYNC_TOGETHER) return sync_everything(files, error);
    GHashTableIter iter;
    gpointer folder;
    g_hash_table_iter_init(&iter, files->folders);
    while (g_hash_table_iter_next(&iter, &folder, NULL))
        if (!sync_folder(folder, error)) return FALSE;
    return TRUE;
}

void files_need_sync(Files *files, const char *folder)
{
    g_hash_table_add(files->folders, g_strdup(folder));
}

gboolean files_flush(Files *files, GError **error)
{
    gboolean ok = sync_files(files, error);
    for (guint i = 0; ok && i < files->pending->len; i++)
        ok = give_name(files, files->pending->pdata[i], error);
    ok = ok && sync_folders(files, error);
    files_discard(files);
    return ok;
}

void files_discard(Files *files)
{
    g_ptr_array_set_size(files->pending, 0);
    g_hash_table_remove_all(files->names);
    g_hash_table_remove_all(files->folders);
}

/* --- space ------------------------------------------------------------------------------------ */

guint64 files_free_bytes(const Files *files)
{
    struct statvfs disk;
    return statvfs(files->root, &disk) == 0 ? (guint64)disk.f_bavail * disk.f_frsize : 0;
}

gboolean files_check_space(const Files *files, GError **error)
{
    struct statvfs disk;
    if (statvfs(files->root, &disk) != 0) return files_fail("look at the disk under", files->root, error);
    guint64 total = (guint64)disk.f_blocks * disk.f_frsize, left = (guint64)disk.f_bavail * disk.f_frsize;
    guint64 least = CLAMP(total / SPACE_SHARE, SPACE_LEAST, SPACE_MOST);
    if (left >= least || total == 0) return TRUE; /* some network file systems do not tell */
    g_set_error(error, STORE_ERROR, STORE_ERROR_FULL,
                "no space left under %s (%" G_GUINT64_FORMAT " MiB, %" G_GUINT64_FORMAT
                " MiB are needed): free some and start again; nothing is lost",
                files->root, left >> 20, least >> 20);
    return FALSE;
}
