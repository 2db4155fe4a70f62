/* The walls, from inside: every child shuts itself in, and tries to reach out. The plain build only:
 * sanitizers need holes in them. */
#include "tests/unit/sandbox_fixture.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>

/* --- what is tried ---------------------------------------------------------------------------- */

#define S(text) (long)(text)

static char victim_memory[16];
static struct sockaddr_in somewhere = {.sin_family = AF_INET};
static struct iovec local = {victim_memory, sizeof victim_memory},
                    remote = {victim_memory, sizeof victim_memory};
static struct rlimit more = {RLIM_INFINITY, RLIM_INFINITY};
static char *no_arguments[] = {NULL};
static struct timespec times[2];

typedef struct Attempt {
    const char *what;
    long call, arguments[6];
} Attempt;

static const Attempt ATTEMPTS[] = {
    /* the network */
    {"socket (TCP)", SYS_socket, {AF_INET, SOCK_STREAM, 0}},
    {"socket (IPv6, UDP)", SYS_socket, {AF_INET6, SOCK_DGRAM, 0}},
    {"socket (Unix)", SYS_socket, {AF_UNIX, SOCK_STREAM, 0}},
    {"socket (netlink)", SYS_socket, {AF_NETLINK, SOCK_RAW, 0}},
    {"socketpair", SYS_socketpair, {AF_UNIX, SOCK_STREAM, 0, S(victim_memory)}},
    {"connect", SYS_connect, {0, S(&somewhere), sizeof somewhere}},
    {"bind", SYS_bind, {0, S(&somewhere), sizeof somewhere}},
    {"sendto", SYS_sendto, {0, S("x"), 1, 0, S(&somewhere), sizeof somewhere}},
    /* files */
    {"reading /etc/passwd", SYS_openat, {AT_FDCWD, S("/etc/passwd"), O_RDONLY}},
    {"reading /etc/passwd through /proc/1/root",
     SYS_openat,
     {AT_FDCWD, S("/proc/1/root/etc/passwd"), O_RDONLY}},
    {"reading /etc/passwd from a font folder",
     SYS_openat,
     {AT_FDCWD, S("/usr/share/fonts/../../../etc/passwd")}},
    {"reading its own memory", SYS_openat, {AT_FDCWD, S("/proc/self/mem"), O_RDONLY}},
    {"reading its environment", SYS_openat, {AT_FDCWD, S("/proc/self/environ"), O_RDONLY}},
    {"listing /", SYS_openat, {AT_FDCWD, S("/"), O_RDONLY | O_DIRECTORY}},
    {"a path to /", SYS_openat, {AT_FDCWD, S("/"), O_PATH}},
    {"openat2", SYS_openat2, {AT_FDCWD, S("/etc/passwd"), 0, 0}},
    {"a new file in /tmp", SYS_openat, {AT_FDCWD, S("/tmp/baosong-breakout"), O_WRONLY | O_CREAT, 0600}},
    {"a nameless file in /tmp", SYS_openat, {AT_FDCWD, S("/tmp"), O_RDWR | O_TMPFILE, 0600}},
    {"writing /dev/null", SYS_openat, {AT_FDCWD, S("/dev/null"), O_WRONLY}},
    {"emptying a font folder's file", SYS_openat, {AT_FDCWD, S("/etc/fonts/fonts.conf"), O_RDONLY | O_TRUNC}},
    {"mkdirat", SYS_mkdirat, {AT_FDCWD, S("/tmp/baosong-breakout"), 0700}},
    {"symlinkat", SYS_symlinkat, {S("/etc/passwd"), AT_FDCWD, S("/tmp/baosong-breakout")}},
    {"chdir", SYS_chdir, {S("/")}},
    {"chroot", SYS_chroot, {S("/tmp")}},
    {"memfd_create", SYS_memfd_create, {S("x"), 0}},
    {"open_by_handle_at", SYS_open_by_handle_at, {AT_FDCWD, 0, O_RDONLY}},
    {"inotify_init1", SYS_inotify_init1, {0}},
    {"mount", SYS_mount, {S("none"), S("/tmp"), S("tmpfs"), 0, 0}},
    {"umount2", SYS_umount2, {S("/proc"), 2 /* MNT_DETACH */}},
    {"sending standard output's flags (F_SETFL)", SYS_fcntl, {1, F_SETFL, O_NONBLOCK}},
    {"sealing (F_ADD_SEALS)", SYS_fcntl, {1, F_ADD_SEALS, F_SEAL_WRITE}},
    {"duplicating a descriptor", SYS_dup, {1}},
    {"typing into the terminal (TIOCSTI)", SYS_ioctl, {0, 0x5412, S("x")}},
    /* other processes */
    {"clone", SYS_clone, {SIGCHLD, 0, 0, 0, 0}},
    {"a thread", SYS_clone, {CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD, 0, 0, 0, 0}},
    {"clone3", SYS_clone3, {0, 0}},
    {"execve", SYS_execve, {S("/bin/true"), S(no_arguments), S(no_arguments)}},
    {"execveat", SYS_execveat, {AT_FDCWD, S("/bin/true"), S(no_arguments), S(no_arguments), 0}},
    {"ptrace (of itself)", SYS_ptrace, {PTRACE_TRACEME, 0, 0, 0}},
    {"kill (init)", SYS_kill, {1, 0}},
    {"kill (everybody)", SYS_kill, {-1, 0}},
    {"tgkill (init)", SYS_tgkill, {1, 1, 0}},
    {"tkill", SYS_tkill, {1, 0}},
    {"pidfd_open", SYS_pidfd_open, {1, 0}},
    {"setpriority", SYS_setpriority, {PRIO_PROCESS, 0, -20}},
    {"sched_setaffinity", SYS_sched_setaffinity, {1, 8, S(victim_memory)}},
    {"shmget", SYS_shmget, {1234, 4096, 01600}},
    {"msgget", SYS_msgget, {1234, 01600}},
    {"keyctl", SYS_keyctl, {0, 0}},
    {"add_key", SYS_add_key, {S("user"), S("x"), S("y"), 1, -3}},
#ifdef SYS_fork /* older calls, which newer architectures do not have */
    {"mkdir", SYS_mkdir, {S("/tmp/baosong-breakout"), 0700}},
    {"symlink", SYS_symlink, {S("/etc/passwd"), S("/tmp/baosong-breakout")}},
    {"mknod", SYS_mknod, {S("/tmp/baosong-breakout"), S_IFIFO | 0600, 0}},
    {"rmdir", SYS_rmdir, {S("/tmp/baosong-breakout")}},
    {"fork", SYS_fork, {0}},
    {"vfork", SYS_vfork, {0}},
#endif
    /* becoming more than it is */
    {"setuid", SYS_setuid, {0}},
    {"setgroups", SYS_setgroups, {0, 0}},
    {"capset", SYS_capset, {0, 0}},
    {"prctl", SYS_prctl, {4, 1}}, /* PR_SET_DUMPABLE */
    {"personality", SYS_personality, {0}},
    {"unshare", SYS_unshare, {CLONE_NEWUSER}},
    {"setns", SYS_setns, {0, 0}},
    {"raising the memory limit", SYS_prlimit64, {0, RLIMIT_AS, S(&more), 0}},
    {"raising the limit of another", SYS_prlimit64, {1, RLIMIT_CPU, S(&more), 0}},
    {"seccomp", SYS_seccomp, {0, 0, 0}},
    {"landlock_create_ruleset", SYS_landlock_create_ruleset, {0, 0, 1}},
    {"memory to write and run",
     SYS_mmap,
     {0, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0}},
    {"memory to run", SYS_mmap, {0, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0}},
    {"pkey_mprotect", SYS_pkey_mprotect, {0, 4096, PROT_EXEC, -1}},
    /* where kernels have had holes */
    {"userfaultfd", SYS_userfaultfd, {0}},
    {"bpf", SYS_bpf, {0, 0, 0}},
    {"io_uring_setup", SYS_io_uring_setup, {1, 0}},
    {"perf_event_open", SYS_perf_event_open, {0, 0, -1, -1, 0}},
    {"add a kernel module", SYS_init_module, {0, 0, S("")}},
    {"kexec_load", SYS_kexec_load, {0, 0, 0, 0}},
    {"reboot", SYS_reboot, {0, 0, 0, 0}},
    {"swapoff", SYS_swapoff, {S("x")}},
    {"settimeofday", SYS_settimeofday, {0, 0}},
    {"sethostname", SYS_sethostname, {S("x"), 1}},
    {"syslog", SYS_syslog, {3, 0, 0}},
    {"quotactl", SYS_quotactl, {0, 0, 0, 0}},
    {"fanotify_init", SYS_fanotify_init, {0, 0}},
    {"name_to_handle_at", SYS_name_to_handle_at, {AT_FDCWD, S("/"), 0, 0, 0}},
    {"vmsplice", SYS_vmsplice, {1, S(&local), 1, 0}},
    {"splice", SYS_splice, {0, 0, 1, 0, 1, 0}},
    {"copy_file_range", SYS_copy_file_range, {0, 0, 1, 0, 1, 0}},
    {"fallocate", SYS_fallocate, {1, 0, 0, 1}},
    {"timer_create", SYS_timer_create, {0, 0, 0}},
    {"eventfd2", SYS_eventfd2, {0, 0}},
};

static long try(const Attempt *attempt)
{
    const long *a = attempt->arguments;
    return syscall(attempt->call, a[0], a[1], a[2], a[3], a[4], a[5]);
}

/* --- refused ---------------------------------------------------------------------------------- */

static const char *attempt_inside(gconstpointer data)
{
    return refused(try(data));
}

static void test_refused(void **state)
{
    for (gsize i = 0; i < G_N_ELEMENTS(ATTEMPTS); i++) {
        good(ALL, ATTEMPTS[i].what, attempt_inside, &ATTEMPTS[i]);
        good(ALONE, ATTEMPTS[i].what, attempt_inside, &ATTEMPTS[i]);
    }
}

/* Files and processes that are there. */
static void test_refused_for_real(void **state)
{
    const Attempt attempts[] = {
        {"reading a file", SYS_openat, {AT_FDCWD, S(file), O_RDONLY}},
        {"writing a file", SYS_openat, {AT_FDCWD, S(file), O_WRONLY}},
        {"appending to a file", SYS_openat, {AT_FDCWD, S(file), O_WRONLY | O_APPEND}},
        {"truncate", SYS_truncate, {S(file), 0}},
        {"unlink", SYS_unlinkat, {AT_FDCWD, S(file), 0}},
        {"rename", SYS_renameat2, {AT_FDCWD, S(file), AT_FDCWD, S("/tmp/baosong-breakout"), 0}},
        {"link", SYS_linkat, {AT_FDCWD, S(file), AT_FDCWD, S("/tmp/baosong-breakout"), 0}},
        {"chmod", SYS_fchmodat, {AT_FDCWD, S(file), 0666}},
        {"chown", SYS_fchownat, {AT_FDCWD, S(file), 0, 0, 0}},
        {"setxattr", SYS_setxattr, {S(file), S("user.a"), S("b"), 1, 0}},
        {"utimensat", SYS_utimensat, {AT_FDCWD, S(file), S(times), 0}},
        {"kill", SYS_kill, {victim, SIGKILL}},
        {"tgkill", SYS_tgkill, {victim, victim, SIGKILL}},
        {"ptrace", SYS_ptrace, {PTRACE_ATTACH, victim, 0, 0}},
        {"process_vm_readv", SYS_process_vm_readv, {victim, S(&local), 1, S(&remote), 1, 0}},
        {"process_vm_writev", SYS_process_vm_writev, {victim, S(&local), 1, S(&remote), 1, 0}},
        {"prlimit64", SYS_prlimit64, {victim, RLIMIT_NOFILE, S(&more), 0}},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(attempts); i++) {
        good(ALL, attempts[i].what, attempt_inside, &attempts[i]);
        good(ALONE, attempts[i].what, attempt_inside, &attempts[i]);
    }
    assert_true(g_file_test(file, G_FILE_TEST_EXISTS));
    assert_int_equal(kill(victim, 0), 0);
}

static const char *shrink_inside(gconstpointer data)
{
    const char *fault = refused(ftruncate(channel, 0));
    return fault ? fault : refused(syscall(SYS_fchmod, channel, 0777));
}

static const char *code_inside(gconstpointer data)
{
    void *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ? "no memory" : refused(mprotect(memory, 4096, PROT_READ | PROT_EXEC));
}

/* What no library of its own wants. */
static void test_refused_alone(void **state)
{
    const Attempt attempts[] = {
        {"reading fonts", SYS_openat, {AT_FDCWD, S("/etc/fonts/fonts.conf"), O_RDONLY}},
        {"reading charsets", SYS_openat, {AT_FDCWD, S("/usr/lib"), O_RDONLY | O_DIRECTORY}},
        {"looking for a file", SYS_faccessat, {AT_FDCWD, S(file), 0, 0}},
        {"following a link", SYS_readlinkat, {AT_FDCWD, S("/proc/self/exe"), S(victim_memory), 1}},
        {"taking a descriptor", SYS_recvmsg, {0, S(victim_memory), 0}},
        {"memory to run from a file", SYS_mmap, {0, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, 0, 0}},
        {"who it is", SYS_getuid, {0}},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(attempts); i++)
        good(ALONE, attempts[i].what, attempt_inside, &attempts[i]);
}

static void test_refused_on_what_is_open(void **state)
{
    for (Walls walls = ALL; walls <= ALONE; walls++) {
        good(walls, "ftruncate, fchmod", shrink_inside, NULL);
        good(walls, "memory that was written to run", code_inside, NULL);
    }
}

/* --- each wall by itself ---------------------------------------------------------------------- */

static const char *landlock_inside(gconstpointer data)
{
    const Attempt attempts[] = {
        {"read", SYS_openat, {AT_FDCWD, S(file), O_RDONLY}},
        {"write", SYS_openat, {AT_FDCWD, S(file), O_WRONLY}},
        {"list", SYS_openat, {AT_FDCWD, S(folder), O_RDONLY | O_DIRECTORY}},
        {"make", SYS_openat, {AT_FDCWD, S("/tmp/baosong-breakout"), O_WRONLY | O_CREAT, 0600}},
        {"unlink", SYS_unlinkat, {AT_FDCWD, S(file), 0}},
        {"rename", SYS_renameat2, {AT_FDCWD, S(file), AT_FDCWD, S("/tmp/baosong-breakout"), 0}},
        {"exec", SYS_execve, {S("/bin/true"), S(no_arguments), S(no_arguments)}},
        {"read gconv's sibling", SYS_openat, {AT_FDCWD, S("/proc/self/exe"), O_RDONLY}},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(attempts); i++)
        if (refused(try(&attempts[i]))) return attempts[i].what;
    return NULL;
}

static void test_landlock_alone(void **state)
{
    good(ONLY_LANDLOCK, "Landlock", landlock_inside, NULL);
}

static const char *seccomp_inside(gconstpointer data)
{
    const Attempt attempts[] = {
        {"write", SYS_openat, {AT_FDCWD, S(file), O_WRONLY}},
        {"make", SYS_openat, {AT_FDCWD, S("/tmp/baosong-breakout"), O_WRONLY | O_CREAT, 0600}},
        {"unlink", SYS_unlinkat, {AT_FDCWD, S(file), 0}},
        {"truncate", SYS_truncate, {S(file), 0}},
        {"socket", SYS_socket, {AF_INET, SOCK_STREAM, 0}},
        {"kill", SYS_kill, {victim, SIGKILL}},
        {"exec", SYS_execve, {S("/bin/true"), S(no_arguments), S(no_arguments)}},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(attempts); i++)
        if (refused(try(&attempts[i]))) return attempts[i].what;
    return NULL;
}

static void test_seccomp_alone(void **state)
{
    good(ONLY_SECCOMP, "seccomp", seccomp_inside, NULL);
}

int main(void)
{
#ifdef BAOSONG_SANITIZE
    print_message("skipped: under sanitizers the walls have holes\n");
    return 0;
#endif
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refused),        cmocka_unit_test(test_refused_for_real),
        cmocka_unit_test(test_refused_alone),  cmocka_unit_test(test_refused_on_what_is_open),
        cmocka_unit_test(test_landlock_alone), cmocka_unit_test(test_seccomp_alone),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
