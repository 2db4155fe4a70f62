/* sandbox.h - what a reader of hostile bytes gives up before it reads the first of them.
 *
 * Afterwards this process has no network, no credentials, no children, nobody that it may signal or trace, no
 * file that it may write but what was handed to it, and reads at most what decoding text may need: fonts,
 * poppler-data and gconv. Five walls stand behind each other: rlimits; process flags (no new privileges, not
 * dumpable, no capabilities); an empty environment and no descriptors; Landlock; a seccomp filter that knows
 * what is allowed and refuses the rest (EPERM).
 */
#pragma once

#include <glib.h>

typedef struct SandboxPlan {
    gboolean alone;   /* reads nothing at all: it has no library that would */
    gboolean worker;  /* of the daemon: dies with it, and may not write large files to standard output */
    int keep;         /* the one descriptor above stderr that stays open; -1 = none */
    const char *save; /* folder in which new files may be made (never existing ones opened); NULL = none */
} SandboxPlan;

/* Shuts the walls around this process, for good. It must have one thread only. Charsets and libraries should
 * be warm: what they open later, other than the folders named above, they are refused.
 *
 * FALSE and a message on stderr if a limit or a flag cannot be set: then do not read anything. Where the
 * kernel lacks Landlock or seccomp it says so in one line each, appended to `lacking` ("; " between them),
 * and goes on without. */
gboolean sandbox_enter(const SandboxPlan *plan, GString *lacking);

/* Grants that many seconds of CPU from now; then the process dies of SIGXCPU. */
void sandbox_grant_cpu(guint seconds);
