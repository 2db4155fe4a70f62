/* sandbox_landlock.c - which files a reader may open.
 *
 * The kernel says how much of Landlock it knows (its ABI). The headers of Debian 12 know ABI 2, kernels more:
 * what is newer is defined here. Where the kernel is older, seccomp does what is missing: it knows neither
 * truncate nor sockets.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <iconv.h>
#include <linux/landlock.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "parsers/sandbox_walls.h"

#define ACCESS_FS_TRUNCATE  (1ull << 14) /* ABI 3 */
#define ACCESS_FS_IOCTL_DEV (1ull << 15) /* ABI 5 */
#define ACCESS_NET_TCP      3ull         /* ABI 4: bind, connect */
#define SCOPE_ALL           3ull         /* ABI 6: abstract sockets and signals of others */

#define READ_ONLY (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define NEW_FILES (LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG)

/* struct landlock_ruleset_attr of ABI 6; older kernels take the zeros at its end. */
typedef struct Ruleset {
    guint64 fs, net, scoped;
} Ruleset;

/* What decoding of text may need. Those that are not there are passed over. */
static const char *const readable[] = {
#ifdef BAOSONG_SANITIZE
    "/", /* the sanitizers read /proc, and the program for their reports */
#endif
    "/etc/fonts",
    "/usr/share/fontconfig",
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "/var/cache/fontconfig",
    "/usr/share/poppler",
    "/usr/local/share/poppler",
};

static guint64 all_fs(int abi)
{
    guint64 access = LANDLOCK_ACCESS_FS_MAKE_SYM * 2 - 1; /* ABI 1: every right up to this one */
    if (abi >= 2) access |= LANDLOCK_ACCESS_FS_REFER;
    if (abi >= 3) access |= ACCESS_FS_TRUNCATE;
    if (abi >= 5) access |= ACCESS_FS_IOCTL_DEV;
    return access;
}

/* 0 also when there is no such folder. */
static int allow(int ruleset, const char *folder, guint64 access)
{
    struct landlock_path_beneath_attr beneath = {.allowed_access = access};
    beneath.parent_fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (beneath.parent_fd < 0) return 0;
    long got = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0);
    int why = got == 0 ? 0 : errno;
    close(beneath.parent_fd);
    return why;
}

/* The charsets of this libc lie beside it: /usr/lib/x86_64-linux-gnu/gconv. */
static int allow_gconv(int ruleset)
{
    Dl_info libc;
    char *path = dladdr((void *)(guintptr)iconv_open, &libc) ? realpath(libc.dli_fname, NULL) : NULL;
    if (!path) return 0;
    g_autofree char *folder = g_path_get_dirname(path);
    g_autofree char *gconv = g_build_filename(folder, "gconv", NULL);
    free(path);
    return allow(ruleset, gconv, READ_ONLY);
}

int sandbox_landlock(gboolean alone, const char *save)
{
    int abi = (int)syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (abi < 0) return errno;
    const Ruleset rules = {
        .fs = all_fs(abi), .net = abi >= 4 ? ACCESS_NET_TCP : 0, .scoped = abi >= 6 ? SCOPE_ALL : 0};
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &rules, sizeof rules, 0);
    if (ruleset < 0) return errno;
    int why = alone ? 0 : allow_gconv(ruleset);
    for (gsize i = 0; i < G_N_ELEMENTS(readable) && why == 0 && !alone; i++)
        why = allow(ruleset, readable[i], READ_ONLY);
    if (save && why == 0) why = allow(ruleset, save, NEW_FILES);
    if (why == 0 && syscall(SYS_landlock_restrict_self, ruleset, 0) != 0) why = errno;
    close(ruleset);
    return why;
}
