/* make.c - which system calls a reader may make. What is not in the table fails with EPERM.
 *
 * Runs when the program is built: libseccomp makes the filters, and they are written as C. Making them took
 * longer than reading a document, at every start. parsers/sandbox_seccomp.c puts them up.
 */
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <linux/filter.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "parsers/sandbox_walls.h"

/* A binary tree: the kernel tries a filter with every system call when it is put up. */
#define BY_SEARCH 2

typedef struct Rule {
    int call;
    guint conditions; /* of which all must hold */
    struct scmp_arg_cmp when[3];
} Rule;

#define CALL(name)                                                                                           \
    {                                                                                                        \
        .call = SCMP_SYS(name)                                                                               \
    }
#define IF(n, mask, value)                                                                                   \
    {                                                                                                        \
        (n), SCMP_CMP_MASKED_EQ, (mask), (value)                                                             \
    }
#define IS(n, value)                                                                                         \
    {                                                                                                        \
        (n), SCMP_CMP_EQ, (value), 0                                                                         \
    }

/* All ways of open() that change anything, or could later. */
#define OPEN_WAYS (O_ACCMODE | O_CREAT | O_EXCL | O_TRUNC | O_APPEND | O_PATH | (O_TMPFILE & ~O_DIRECTORY))

static const Rule rules[] = {
    /* what is open already */
    CALL(read),
    CALL(write),
    CALL(writev),
    CALL(fstat),
    CALL(fstat64),
    CALL(newfstatat),
    CALL(fstatat64),
    {SCMP_SYS(ioctl), 1, {IS(1, TCGETS)}}, /* is it a terminal? */
    /* memory, but none for code */
    CALL(brk),
    CALL(munmap),
    CALL(mremap),
    CALL(madvise),
    {SCMP_SYS(mmap), 1, {IF(2, PROT_EXEC, 0)}},
    {SCMP_SYS(mmap2), 1, {IF(2, PROT_EXEC, 0)}},
    {SCMP_SYS(mprotect), 1, {IF(2, PROT_EXEC, 0)}},
    /* itself: time, randomness, signals, the end */
    CALL(clock_gettime),
    CALL(clock_gettime64),
    CALL(getrusage),
    CALL(sysinfo), /* qsort() asks how much memory there is */
    CALL(getrandom),
    CALL(getpid),
    CALL(gettid),
    CALL(rt_sigaction),
    CALL(rt_sigprocmask),
    CALL(rt_sigreturn),
    CALL(exit),
    CALL(exit_group),
    {SCMP_SYS(prlimit64), 2, {IS(0, 0), IS(2, 0)}}, /* asking for a limit */
    {SCMP_SYS(prlimit64),
     2,
     {IS(0, 0), IS(1, RLIMIT_CPU)}}, /* up to the hard limit, see sandbox_grant_cpu() */
#ifdef BAOSONG_SANITIZE              /* leaks are looked for by a thread that traces this one */
    CALL(clone),
    CALL(getdents),
    CALL(rt_tgsigqueueinfo),
    CALL(dup),
    CALL(dup2),
    CALL(prctl),
    CALL(ptrace),
    CALL(wait4),
    CALL(getppid),
    CALL(process_vm_readv),
    CALL(mincore),
    CALL(pipe),
    CALL(pipe2),
    CALL(set_robust_list),
    CALL(rseq),
#endif
};

/* What libraries need that open files (which, is Landlock's to say), and the daemon's worker. */
static const Rule library_rules[] = {
    CALL(recvmsg), /* the next mail */
    CALL(readv),
    CALL(lseek),
    CALL(_llseek),
    CALL(clock_getres),
    CALL(gettimeofday),
    CALL(time),
    CALL(sched_yield),
    CALL(futex),
    CALL(sigaltstack),
    CALL(restart_syscall),
    CALL(close),
    CALL(pread64),
    CALL(pwrite64),
    CALL(stat),
    CALL(stat64),
    CALL(lstat),
    CALL(lstat64),
    CALL(statx),
    CALL(fstatfs),
    CALL(fstatfs64),
    CALL(statfs),
    CALL(statfs64),
    CALL(access),
    CALL(faccessat),
    CALL(faccessat2),
    CALL(readlink),
    CALL(readlinkat),
    CALL(getdents64),
    {SCMP_SYS(openat), 1, {IF(2, OPEN_WAYS, O_RDONLY)}},
    {SCMP_SYS(open), 1, {IF(1, OPEN_WAYS, O_RDONLY)}},
    {SCMP_SYS(fcntl), 1, {IS(1, F_GETFD)}},
    {SCMP_SYS(fcntl), 1, {IS(1, F_SETFD)}},
    {SCMP_SYS(fcntl), 1, {IS(1, F_GETFL)}},
    /* code: none that is written, none but from a file (gconv's modules) */
    {SCMP_SYS(mmap), 2, {IF(2, PROT_EXEC | PROT_WRITE, PROT_EXEC), IF(3, MAP_ANONYMOUS, 0)}},
    {SCMP_SYS(mmap2), 2, {IF(2, PROT_EXEC | PROT_WRITE, PROT_EXEC), IF(3, MAP_ANONYMOUS, 0)}},
    CALL(clock_nanosleep),
    CALL(times),
    CALL(uname),
    CALL(getuid),
    CALL(geteuid),
    CALL(getgid),
    CALL(getegid),
    CALL(getcwd),
    CALL(sched_getaffinity),
};

/* --save: files that were not there before. */
static const Rule save_rules[] = {
    {SCMP_SYS(openat), 1, {IF(2, OPEN_WAYS, O_WRONLY | O_CREAT | O_EXCL)}},
    {SCMP_SYS(open), 1, {IF(1, OPEN_WAYS, O_WRONLY | O_CREAT | O_EXCL)}},
};

/* A call that this architecture does not have is no loss. */
static int add(scmp_filter_ctx filter, const Rule *rule, gsize n)
{
    int why = 0;
    for (gsize i = 0; i < n && why == 0; i++)
        if (rule[i].call >= 0)
            why = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, rule[i].call, rule[i].conditions,
                                         rule[i].when);
    return why;
}

/* The filter as an array of instructions; FALSE if it could not be made. */
static gboolean print(const char *name, gboolean alone, gboolean save)
{
    struct sock_filter code[BPF_MAXINSNS];
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    const Rule abort_itself = {SCMP_SYS(tgkill), 1, {IS(0, SANDBOX_OWN_PID)}};
    FILE *file = tmpfile();
    int why = !filter || !file ? -ENOMEM : seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, BY_SEARCH);
    if (why == 0) why = add(filter, rules, G_N_ELEMENTS(rules));
    if (why == 0) why = add(filter, &abort_itself, 1);
    if (why == 0 && !alone) why = add(filter, library_rules, G_N_ELEMENTS(library_rules));
    if (why == 0 && save) why = add(filter, save_rules, G_N_ELEMENTS(save_rules));
    /* The C library then tries clone(), which is refused. */
    if (why == 0) why = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
    if (why == 0) why = seccomp_export_bpf(filter, fileno(file));
    if (why != 0) {
        fprintf(stderr, "make: %s: %s\n", name, strerror(-why));
        return FALSE;
    }
    rewind(file);
    gsize n = fread(code, sizeof code[0], G_N_ELEMENTS(code), file);
    printf("static const struct sock_filter %s[] = {\n", name);
    for (gsize i = 0; i < n; i++)
        printf("    {0x%02x, %u, %u, 0x%08xu},\n", code[i].code, code[i].jt, code[i].jf, code[i].k);
    puts("};");
    fclose(file);
    seccomp_release(filter);
    return n > 0;
}

int main(void)
{
    puts("#include <glib.h>\n\n#include \"parsers/sandbox_walls.h\"\n");
    if (!print("usual", FALSE, FALSE) || !print("saving", FALSE, TRUE) || !print("alone", TRUE, FALSE))
        return 1;
    puts("const SandboxFilter SANDBOX_FILTERS[] = {{usual, G_N_ELEMENTS(usual)}, {saving, "
         "G_N_ELEMENTS(saving)}, "
         "{alone, G_N_ELEMENTS(alone)}};");
    return ferror(stdout) || fclose(stdout) ? 1 : 0;
}
