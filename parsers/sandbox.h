/* sandbox.h - what a worker gives up before it reads the first byte of a mail. */
#pragma once

#include <glib.h>

/* Limits this process for good: no core dump, no new privileges, not traceable, dies with its parent, caps on
 * memory, files and file sizes (limits.h). Everything that opens files by itself (charsets, libraries) must
 * be warm. FALSE and a message on stderr if a limit cannot be set: then do not read anything. */
gboolean sandbox_enter(void);

/* Grants LIMIT_WORKER_CPU_SECONDS of CPU from now: call before each mail. */
void sandbox_grant_cpu(void);
