/* pass.h - once round: requests, intake, reminders, sending, reports. The service waits between two passes.
 *
 * A pass may be killed at any instruction: everything it decides is in the store before it acts on it. */
#pragma once

#include "daemon/cycle.h"

/* One pass over all that is due. FALSE and an error where it had to stop early; what was committed stays. */
gboolean pass_run(Cycle *cycle, GError **error);

/* One pass, with its failures logged, for --once: the exit status (0, 75, 78). */
int pass_once(Cycle *cycle);
