/* sandbox_walls.h - private to sandbox*.c: the two walls that a kernel may lack. */
#pragma once

#include <glib.h>
#include <linux/filter.h>

/* Files: reading in the folders of sandbox_landlock.c unless `alone`, new files in `save` (may be NULL),
 * nothing else; on newer kernels also no TCP, no abstract sockets, no signals to others. Returns 0, or an
 * errno. */
int sandbox_landlock(gboolean alone, const char *save);

/* System calls: those of the tables in filter/make.c; `alone`: none that open or look for files; `save`: also
 * making new files. Returns 0, or an errno. */
int sandbox_seccomp(gboolean alone, gboolean save);

/* What filter/make.c made: as usual, with `save`, with `alone`. This process is called SANDBOX_OWN_PID in it.
 */
typedef struct SandboxFilter {
    const struct sock_filter *code;
    gsize n;
} SandboxFilter;
extern const SandboxFilter SANDBOX_FILTERS[3];
#define SANDBOX_OWN_PID 0x7FB05009u
