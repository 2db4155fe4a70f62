/* files.c - the shim whose calls change files below the folders TORTURE_ROOTS (separated by colons): writes,
 * flushes, renames, new and removed names, streams of stdio. With TORTURE_NET also each send and receive.
 *
 * TORTURE_LOG  a file that gets each change as it was made, for powercut.py: a line, and for W and V the
 * bytes. C inode path    a new file        D inode path   a new folder     T inode length       cut or
 * lengthened W inode offset length             written        V inode length   is now exactly this (a stream
 * of stdio) R from<TAB>to   renamed           L from<TAB>to  linked           U path               removed S
 * inode         flushed (a file or a folder)     A                everything flushed TORTURE_CLOCK  seconds
 * by which the real clock is wrong (may be negative). */
#include "shim.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdarg.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>

/* The real function; looked up once. */
#define REAL(type, name, ...)                                                                                \
    static type (*real)(__VA_ARGS__);                                                                        \
    if (!real) *(void **)(&real) = dlsym(RTLD_NEXT, name)

static char roots[4][PATH_MAX];
static int log_file = -1;
static int with_net;
static long clock_off;

__attribute__((constructor)) static void begin(void)
{
    char *text = getenv("TORTURE_ROOTS"), *rest = NULL;
    char *copy = text ? strdup(text) : NULL;
    int count = 0;
    for (char *root = copy ? strtok_r(copy, ":", &rest) : NULL; root && count < 4;
         root = strtok_r(NULL, ":", &rest))
        snprintf(roots[count++], PATH_MAX, "%s", root);
    free(copy);
    const char *log = getenv("TORTURE_LOG"), *off = getenv("TORTURE_CLOCK");
    int acts = shim_begin();
    if (log && acts) {
        int fd = (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        log_file = fcntl(fd, F_DUPFD_CLOEXEC, 700);
        close(fd);
    }
    with_net = getenv("TORTURE_NET") != NULL;
    clock_off = off && acts ? atol(off) : 0;
    active = acts;
}

/* --- where ------------------------------------------------------------------------------------ */

static int is_inside(const char *path)
{
    for (int i = 0; i < 4 && roots[i][0]; i++) {
        size_t length = strlen(roots[i]);
        if (strncmp(path, roots[i], length) == 0 && (path[length] == '/' || !path[length])) return 1;
    }
    return 0;
}

/* The path behind a descriptor; "" if there is none. */
static const char *path_of(int fd, char *buffer)
{
    char link[32];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, buffer, PATH_MAX - 1);
    buffer[length > 0 ? length : 0] = '\0';
    return buffer;
}

static const char *path_at(int folder, const char *name, char *buffer)
{
    if (*name == '/') {
        snprintf(buffer, PATH_MAX, "%s", name);
        return buffer;
    }
    char start[PATH_MAX];
    if (folder == AT_FDCWD) {
        if (!getcwd(start, sizeof start)) *start = '\0';
    } else {
        path_of(folder, start);
    }
    if ((size_t)snprintf(buffer, PATH_MAX, "%s/%s", start, name) >= PATH_MAX) *buffer = '\0';
    return buffer;
}

static int fd_counts(int fd, char *path)
{
    if (!active || fd < 0) return 0;
    int saved = errno, inside = is_inside(path_of(fd, path));
    errno = saved;
    return inside;
}

static unsigned long inode_of(int fd)
{
    struct stat found;
    return fstat(fd, &found) == 0 ? (unsigned long)found.st_ino : 0;
}

/* --- the log ---------------------------------------------------------------------------------- */

__attribute__((format(printf, 3, 4))) static void note(const void *data, size_t size, const char *format, ...)
{
    if (log_file < 0) return;
    char line[2 * PATH_MAX + 64];
    int saved = errno;
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(line, sizeof line - 1, format, arguments);
    va_end(arguments);
    line[length++] = '\n';
    struct iovec parts[2] = {{line, (size_t)length}, {(void *)data, size}};
    syscall(SYS_writev, log_file, parts, 2);
    errno = saved;
}

static void note_written(int fd, const char *path, const void *data, ssize_t done, off_t offset)
{
    size_t length = strlen(path);
    if (log_file < 0 || done <= 0 || (length > 4 && strcmp(path + length - 4, "-shm") == 0)) return;
    if (offset < 0) offset = lseek(fd, 0, SEEK_CUR) - done;
    note(data, (size_t)done, "W %lu %ld %zd", inode_of(fd), (long)offset, done);
}

static void note_whole(FILE *stream, const char *path)
{
    if (log_file < 0) return;
    int fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
    off_t size = fd >= 0 ? lseek(fd, 0, SEEK_END) : -1;
    char *bytes = size >= 0 ? malloc((size_t)size + 1) : NULL;
    if (bytes && pread(fd, bytes, (size_t)size, 0) == size)
        note(bytes, (size_t)size, "V %lu %ld", inode_of(fileno(stream)), (long)size);
    free(bytes);
    if (fd >= 0) close(fd);
}

/* --- names ------------------------------------------------------------------------------------ */

static int open_real(int folder, const char *name, int flags, mode_t mode)
{
    return (int)syscall(SYS_openat, folder, name, flags | O_LARGEFILE, mode);
}

static int open_any(int folder, const char *name, int flags, mode_t mode)
{
    char path[PATH_MAX];
    struct stat found;
    if (!active || !(flags & (O_CREAT | O_TRUNC)) || !is_inside(path_at(folder, name, path)))
        return open_real(folder, name, flags, mode);
    int fresh = lstat(path, &found) != 0;
    if ((fresh || (flags & O_TRUNC)) && stumble() < 0) return -1;
    int fd = open_real(folder, name, flags, mode);
    if (fd >= 0 && fresh) note(NULL, 0, "C %lu %s", inode_of(fd), path);
    if (fd >= 0 && !fresh && (flags & O_TRUNC)) note(NULL, 0, "T %lu 0", inode_of(fd));
    return fd;
}

#define MODE_OF(flags)                                                                                       \
    mode_t mode = 0;                                                                                         \
    if ((flags) & (O_CREAT | __O_TMPFILE)) {                                                                 \
        va_list arguments;                                                                                   \
        va_start(arguments, flags);                                                                          \
        mode = va_arg(arguments, mode_t);                                                                    \
        va_end(arguments);                                                                                   \
    }

int open(const char *name, int flags, ...)
{
    MODE_OF(flags)
    return open_any(AT_FDCWD, name, flags, mode);
}

int open64(const char *name, int flags, ...)
{
    MODE_OF(flags)
    return open_any(AT_FDCWD, name, flags, mode);
}

int openat(int folder, const char *name, int flags, ...)
{
    MODE_OF(flags)
    return open_any(folder, name, flags, mode);
}

int openat64(int folder, const char *name, int flags, ...)
{
    MODE_OF(flags)
    return open_any(folder, name, flags, mode);
}

int mkdirat(int folder, const char *name, mode_t mode)
{
    char path[PATH_MAX];
    struct stat found;
    int inside = active && is_inside(path_at(folder, name, path)) && lstat(path, &found) != 0;
    if (inside && stumble() < 0) return -1;
    int done = (int)syscall(SYS_mkdirat, folder, name, mode);
    if (inside && done == 0 && lstat(path, &found) == 0)
        note(NULL, 0, "D %lu %s", (unsigned long)found.st_ino, path);
    return done;
}

int mkdir(const char *name, mode_t mode)
{
    return mkdirat(AT_FDCWD, name, mode);
}

int renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned flags)
{
    char source[PATH_MAX], target[PATH_MAX];
    path_at(from_folder, from, source);
    int inside = active && is_inside(path_at(to_folder, to, target));
    if (inside && stumble() < 0) return -1;
    int done = (int)syscall(SYS_renameat2, from_folder, from, to_folder, to, flags);
    if (inside && done == 0) note(NULL, 0, "R %s\t%s", source, target);
    return done;
}

int renameat(int from_folder, const char *from, int to_folder, const char *to)
{
    return renameat2(from_folder, from, to_folder, to, 0);
}

int rename(const char *from, const char *to)
{
    return renameat2(AT_FDCWD, from, AT_FDCWD, to, 0);
}

int linkat(int from_folder, const char *from, int to_folder, const char *to, int flags)
{
    char source[PATH_MAX], target[PATH_MAX];
    path_at(from_folder, from, source);
    int inside = active && is_inside(path_at(to_folder, to, target));
    if (inside && stumble() < 0) return -1;
    int done = (int)syscall(SYS_linkat, from_folder, from, to_folder, to, flags);
    if (inside && done == 0) note(NULL, 0, "L %s\t%s", source, target);
    return done;
}

int link(const char *from, const char *to)
{
    return linkat(AT_FDCWD, from, AT_FDCWD, to, 0);
}

int unlinkat(int folder, const char *name, int flags)
{
    char path[PATH_MAX];
    int inside = active && is_inside(path_at(folder, name, path));
    if (inside && access(path, F_OK) == 0 && stumble() < 0) return -1;
    int done = (int)syscall(SYS_unlinkat, folder, name, flags);
    if (inside && done == 0) note(NULL, 0, "U %s", path);
    return done;
}

int unlink(const char *name)
{
    return unlinkat(AT_FDCWD, name, 0);
}

/* --- bytes ------------------------------------------------------------------------------------ */

/* Half of the bytes reach the file, then the power of the process is gone. */
static ssize_t tear(int fd, const void *data, size_t size, off_t offset, const char *path)
{
    ssize_t done = offset >= 0 ? syscall(SYS_pwrite64, fd, data, size / 2, offset)
                               : syscall(SYS_write, fd, data, size / 2);
    note_written(fd, path, data, done, offset);
    die();
    return done;
}

static ssize_t write_any(int fd, const void *data, size_t size, off_t offset)
{
    char path[PATH_MAX];
    int inside = fd_counts(fd, path);
    int step = inside ? stumble() : 0;
    if (step < 0) return -1;
    if (step > 0) return tear(fd, data, size, offset, path);
    ssize_t done =
        offset >= 0 ? syscall(SYS_pwrite64, fd, data, size, offset) : syscall(SYS_write, fd, data, size);
    if (inside) note_written(fd, path, data, done, offset);
    return done;
}

ssize_t write(int fd, const void *data, size_t size)
{
    return write_any(fd, data, size, -1);
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t offset)
{
    return write_any(fd, data, size, offset);
}

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t offset)
{
    return write_any(fd, data, size, offset);
}

int ftruncate(int fd, off_t length)
{
    char path[PATH_MAX];
    int inside = fd_counts(fd, path);
    if (inside && stumble() < 0) return -1;
    int done = (int)syscall(SYS_ftruncate, fd, length);
    if (inside && done == 0) note(NULL, 0, "T %lu %ld", inode_of(fd), (long)length);
    return done;
}

int ftruncate64(int fd, off64_t length)
{
    return ftruncate(fd, length);
}

int futimens(int fd, const struct timespec times[2])
{
    REAL(int, "futimens", int, const struct timespec *);
    char path[PATH_MAX];
    int inside = fd_counts(fd, path);
    if (inside && stumble() < 0) return -1;
    int done = real(fd, times);
    if (inside && done == 0) note(NULL, 0, "M %lu %ld", inode_of(fd), times ? (long)times[1].tv_sec : 0L);
    return done;
}

/* --- flushes ---------------------------------------------------------------------------------- */

static int flush_any(int fd, long number, char what)
{
    char path[PATH_MAX];
    int inside = fd_counts(fd, path);
    if (inside && stumble() < 0) return -1;
    /* The real thing only costs time here: what counts as flushed is what the log says. */
    int done = inside && log_file >= 0 ? 0 : (int)syscall(number, fd);
    if (inside && done == 0) note(NULL, 0, "%c %lu", what, inode_of(fd));
    return done;
}

int fsync(int fd)
{
    return flush_any(fd, SYS_fsync, 'S');
}

int fdatasync(int fd)
{
    return flush_any(fd, SYS_fdatasync, 'S');
}

int syncfs(int fd)
{
    return flush_any(fd, SYS_syncfs, 'A');
}

/* --- streams of stdio ------------------------------------------------------------------------- */

static FILE *fopen_any(const char *name, const char *mode, const char *function)
{
    REAL(FILE *, function, const char *, const char *);
    char path[PATH_MAX];
    struct stat found;
    int inside = active && strpbrk(mode, "wa") && is_inside(path_at(AT_FDCWD, name, path));
    if (inside && stumble() < 0) return NULL;
    int fresh = inside && lstat(path, &found) != 0;
    FILE *stream = real(name, mode);
    if (stream && fresh) note(NULL, 0, "C %lu %s", inode_of(fileno(stream)), path);
    return stream;
}

FILE *fopen(const char *name, const char *mode)
{
    return fopen_any(name, mode, "fopen");
}

FILE *fopen64(const char *name, const char *mode)
{
    return fopen_any(name, mode, "fopen");
}

size_t fwrite(const void *data, size_t size, size_t count, FILE *stream)
{
    REAL(size_t, "fwrite", const void *, size_t, size_t, FILE *);
    char path[PATH_MAX];
    /* Small pieces only fill the buffer. */
    if (size * count >= 512 && fd_counts(fileno(stream), path) && stumble() < 0) return 0;
    return real(data, size, count, stream);
}

int fflush(FILE *stream)
{
    REAL(int, "fflush", FILE *);
    char path[PATH_MAX];
    int inside = stream && fd_counts(fileno(stream), path);
    if (inside && stumble() < 0) return EOF;
    int done = real(stream);
    if (inside && done == 0) note_whole(stream, path);
    return done;
}

/* One that fails has lost what was in the buffer, and is closed all the same. */
int fclose(FILE *stream)
{
    REAL(int, "fclose", FILE *);
    char path[PATH_MAX];
    if (fd_counts(fileno(stream), path)) {
        off_t before = lseek(fileno(stream), 0, SEEK_END);
        if (stumble() < 0) {
            int saved = errno, copy = dup(fileno(stream));
            real(stream);
            if (copy >= 0 && before >= 0) (void)!syscall(SYS_ftruncate, copy, before);
            if (copy >= 0) close(copy);
            errno = saved;
            return EOF;
        }
        fflush_unlocked(stream);
        note_whole(stream, path);
    }
    return real(stream);
}

/* --- the network ------------------------------------------------------------------------------ */

ssize_t send(int fd, const void *data, size_t size, int flags)
{
    REAL(ssize_t, "send", int, const void *, size_t, int);
    int step = with_net ? stumble() : 0;
    if (step < 0) return -1;
    if (step > 0) {
        real(fd, data, size / 2, flags);
        die();
    }
    return real(fd, data, size, flags);
}

ssize_t recv(int fd, void *data, size_t size, int flags)
{
    REAL(ssize_t, "recv", int, void *, size_t, int);
    if (with_net && stumble() < 0) return -1;
    return real(fd, data, size, flags);
}

/* --- the clock -------------------------------------------------------------------------------- */

int clock_gettime(clockid_t which, struct timespec *now)
{
    REAL(int, "clock_gettime", clockid_t, struct timespec *);
    int done = real(which, now);
    if (done == 0 && (which == CLOCK_REALTIME || which == CLOCK_REALTIME_COARSE)) now->tv_sec += clock_off;
    return done;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    REAL(int, "gettimeofday", struct timeval *, void *);
    int done = real(now, zone);
    if (done == 0) now->tv_sec += clock_off;
    return done;
}

time_t time(time_t *result)
{
    struct timespec now;
    time_t seconds = clock_gettime(CLOCK_REALTIME, &now) == 0 ? now.tv_sec : -1;
    if (result) *result = seconds;
    return seconds;
}
