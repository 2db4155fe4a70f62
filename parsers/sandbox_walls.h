/* sandbox_walls.h - private to sandbox*.c: the two walls that a kernel may lack. */
#pragma once

#include <glib.h>

/* Files: reading in the folders of sandbox_landlock.c, new files in `save` (may be NULL), nothing else; on
 * newer kernels also no TCP, no abstract sockets, no signals to others. Returns 0, or an errno. */
int sandbox_landlock(const char *save);

/* System calls: those of the table in sandbox_seccomp.c; `save`: also making new files. Returns 0, or an
 * errno. */
int sandbox_seccomp(gboolean save);
