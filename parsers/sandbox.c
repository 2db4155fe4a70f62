/* sandbox.c - rlimits, process flags, environment, descriptors, capabilities; then Landlock, then seccomp. */
#include "parsers/sandbox.h"

#include <errno.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "parsers/limits.h"
#include "parsers/sandbox_walls.h"

/* descriptors: the socket, a mail, its memfd, stdio, and what a library opens for a moment */
#define OPEN_FILES 64
#define CLOSE_MAX  4095 /* highest descriptor looked at on old kernels */

static gboolean refuse(const char *what)
{
    fprintf(stderr, "baosong-parse: cannot shut the sandbox: %s: %s\n", what, strerror(errno));
    return FALSE;
}

/* Whoever started it may have set a lower limit. */
static gboolean limit(int resource, const char *name, rlim_t value)
{
    struct rlimit both;
    if (getrlimit((__rlimit_resource_t)resource, &both) != 0) return refuse(name);
    both.rlim_cur = both.rlim_max = MIN(value, both.rlim_max);
    return setrlimit((__rlimit_resource_t)resource, &both) == 0 || refuse(name);
}

static gboolean set_limits(const SandboxPlan *plan)
{
    signal(SIGXFSZ, SIG_IGN); /* a write over the limit is an error, not a death */
#ifndef BAOSONG_SANITIZE      /* AddressSanitizer reserves terabytes of addresses */
    if (!limit(RLIMIT_AS, "RLIMIT_AS", LIMIT_WORKER_MEMORY)) return FALSE;
#endif
    return limit(RLIMIT_CORE, "RLIMIT_CORE", 0) && limit(RLIMIT_NOFILE, "RLIMIT_NOFILE", OPEN_FILES) &&
           limit(RLIMIT_MEMLOCK, "RLIMIT_MEMLOCK", 0) && limit(RLIMIT_MSGQUEUE, "RLIMIT_MSGQUEUE", 0) &&
           limit(RLIMIT_FSIZE, "RLIMIT_FSIZE", plan->worker ? LIMIT_HANDOVER_BYTES : LIMIT_WORKER_MEMORY);
}

static gboolean set_flags(const SandboxPlan *plan)
{
    if (plan->worker && prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return refuse("PR_SET_PDEATHSIG");
    if (prctl(PR_SET_DUMPABLE, 0) != 0) return refuse("PR_SET_DUMPABLE");
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 || refuse("PR_SET_NO_NEW_PRIVS");
}

/* Root's powers, where root runs it. Saving into the folder of another user needs one of them. Who has none
 * does not ask: systemd's filter for the daemon refuses capset(). */
static gboolean drop_capabilities(const SandboxPlan *plan)
{
    const guint32 kept[] = {plan->save ? 1u << CAP_DAC_OVERRIDE : 0, 0};
    struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
    gboolean any = FALSE;
    if (syscall(SYS_capget, &head, data) != 0) return refuse("capget");
    for (gsize i = 0; i < G_N_ELEMENTS(kept); i++) {
        any |= (data[i].effective | data[i].permitted | data[i].inheritable) != 0;
        data[i].effective &= kept[i];
        data[i].permitted &= kept[i];
        data[i].inheritable = 0;
    }
    return !any || syscall(SYS_capset, &head, data) == 0 || refuse("capset");
}

/* Overwritten, too: clearenv() alone leaves the text where it was. */
static void forget_environment(void)
{
    extern char **environ;
    for (char **entry = environ; entry && *entry; entry++) memset(*entry, 0, strlen(*entry));
    clearenv();
}

/* Kernels before 5.9 have no close_range(). */
static void close_from_to(guint first, guint last)
{
    if (first > last || close_range(first, last, 0) == 0) return;
    for (guint fd = first; fd <= MIN(last, CLOSE_MAX); fd++) close((int)fd);
}

static void close_others(int keep)
{
    const guint first = STDERR_FILENO + 1;
    if (keep < (int)first) {
        close_from_to(first, G_MAXUINT);
    } else {
        close_from_to(first, (guint)keep - 1);
        close_from_to((guint)keep + 1, G_MAXUINT);
    }
}

static void note(GString *lacking, const char *wall, int why)
{
    if (why == 0) return;
    g_string_append_printf(lacking, "%sthe kernel gives no %s (%s): the sandbox goes without",
                           lacking->len ? "; " : "", wall, strerror(why));
}

gboolean sandbox_enter(const SandboxPlan *plan, GString *lacking)
{
    close_others(plan->keep);
    if (!set_limits(plan) || !set_flags(plan)) return FALSE;
    forget_environment();
    note(lacking, "Landlock", sandbox_landlock(plan->alone, plan->save));
    if (!drop_capabilities(plan)) return FALSE;
    note(lacking, "seccomp filter", sandbox_seccomp(plan->alone, plan->save != NULL));
    return TRUE;
}

void sandbox_grant_cpu(guint seconds)
{
    struct rusage used;
    struct rlimit cpu;
    if (getrusage(RUSAGE_SELF, &used) != 0 || getrlimit(RLIMIT_CPU, &cpu) != 0) return;
    cpu.rlim_cur = (rlim_t)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) + 1 + seconds;
    if (cpu.rlim_max != RLIM_INFINITY && cpu.rlim_cur > cpu.rlim_max) cpu.rlim_cur = cpu.rlim_max;
    setrlimit(RLIMIT_CPU, &cpu);
}
