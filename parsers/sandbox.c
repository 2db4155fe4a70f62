/* sandbox.c - rlimits and process flags of the worker.
 *
 * The place for Landlock (no file at all but gconv's) and seccomp (read, write, recvmsg, memory; no socket,
 * no open for writing, no exec, no setrlimit) is the end of sandbox_enter(): by then all is loaded.
 */
#include "parsers/sandbox.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "parsers/limits.h"

#define OPEN_FILES                                                                                           \
    64 /* descriptors: the socket, a mail, its memfd, stdio, and what a library opens for a moment */

static gboolean limit(int resource, const char *name, rlim_t value)
{
    const struct rlimit both = {value, value};
    if (setrlimit((__rlimit_resource_t)resource, &both) == 0) return TRUE;
    fprintf(stderr, "baosong-parse: cannot set %s: %s\n", name, strerror(errno));
    return FALSE;
}

gboolean sandbox_enter(void)
{
    signal(SIGXFSZ, SIG_IGN); /* a write over the limit is an error, not a death */
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || prctl(PR_SET_DUMPABLE, 0) != 0 ||
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
        fprintf(stderr, "baosong-parse: prctl: %s\n", strerror(errno));
        return FALSE;
    }
#ifndef BAOSONG_SANITIZE /* AddressSanitizer reserves terabytes of addresses */
    if (!limit(RLIMIT_AS, "RLIMIT_AS", LIMIT_WORKER_MEMORY)) return FALSE;
#endif
    return limit(RLIMIT_CORE, "RLIMIT_CORE", 0) && limit(RLIMIT_NOFILE, "RLIMIT_NOFILE", OPEN_FILES) &&
           limit(RLIMIT_FSIZE, "RLIMIT_FSIZE", 2ull * LIMIT_MAIL_BYTES); /* see add_attachment in mime.c */
}

void sandbox_grant_cpu(void)
{
    struct rusage used;
    struct rlimit cpu;
    if (getrusage(RUSAGE_SELF, &used) != 0 || getrlimit(RLIMIT_CPU, &cpu) != 0) return;
    cpu.rlim_cur = (rlim_t)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) + 1 + LIMIT_WORKER_CPU_SECONDS;
    if (cpu.rlim_max != RLIM_INFINITY && cpu.rlim_cur > cpu.rlim_max) cpu.rlim_cur = cpu.rlim_max;
    setrlimit(RLIMIT_CPU, &cpu);
}
