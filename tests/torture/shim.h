/* shim.h - what the shims share: which call of the daemon goes wrong, and how.
 *
 * A shim is loaded before libc (LD_PRELOAD) and acts in baosongd and baosong alone, never in their children.
 * It is told by environment variables: TORTURE_FAULT  HOW:N[:ERRNO]; N counts calls from 1. HOW is fail   the
 * Nth call fails with ERRNO (a number), and only that one full   the Nth call and all that come after it fail
 *                  kill   SIGKILL before the Nth call
 *                  torn   of the Nth call half is done, then SIGKILL (as kill where there are no halves)
 *   TORTURE_COUNT  a file that gets the number of calls when the program ends in an orderly way
 * files.c and memory.c say what is a call. */
#pragma once

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

typedef enum { HOW_NOT, HOW_FAIL, HOW_FULL, HOW_KILL, HOW_TORN } How;

static How how;
static long nth, calls;
static int fault_errno;
static int active;
static int count_file = -1;

static void die(void)
{
    syscall(SYS_kill, syscall(SYS_getpid), SIGKILL);
}

/* Counts one call. 0 = go on, -1 = fail with errno, 1 = do half of it, then die(). */
static int stumble(void)
{
    if (!active) return 0;
    long now = __atomic_add_fetch(&calls, 1, __ATOMIC_RELAXED);
    if (how == HOW_NOT || now < nth || (now > nth && how != HOW_FULL)) return 0;
    if (how == HOW_TORN) return 1;
    if (how == HOW_KILL) die();
    errno = fault_errno;
    return -1;
}

static void shim_end(void)
{
    char text[32];
    int length = snprintf(text, sizeof text, "%ld\n", calls);
    if (count_file >= 0) syscall(SYS_write, count_file, text, (size_t)length);
}

/* True if this program is one to act in. */
static int shim_begin(void)
{
    static const char *const names[] = {"", "fail", "full", "kill", "torn"};
    const char *name = program_invocation_short_name;
    unsetenv("LD_PRELOAD");
    if (strcmp(name, "baosongd") != 0 && strcmp(name, "baosong") != 0) return 0;
    const char *fault = getenv("TORTURE_FAULT");
    for (int i = HOW_FAIL; fault && i <= HOW_TORN; i++) {
        size_t length = strlen(names[i]);
        if (strncmp(fault, names[i], length) != 0 || fault[length] != ':') continue;
        char *rest;
        how = (How)i;
        nth = strtol(fault + length + 1, &rest, 10);
        fault_errno = *rest == ':' ? atoi(rest + 1) : EIO;
    }
    const char *count = getenv("TORTURE_COUNT");
    if (count)
        count_file =
            (int)syscall(SYS_openat, AT_FDCWD, count, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    atexit(shim_end);
    return 1;
}
