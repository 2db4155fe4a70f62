/* trial.h - is a mail at fault for the runs that ended while they read it?
 *
 * A daemon may be killed three times at one mail by a mail that kills, and by chance: power cuts, an
 * impatient administrator, a server that hung. To register a sound mail as unreadable would be a loss, so
 * that a process of its own, which is no loss, fetches, reads and judges it once more, and writes nothing.
 */
#pragma once

#include "daemon/admit.h"

typedef enum Trial {
    TRIAL_WHOLE,   /* it can be read */
    TRIAL_HEADER,  /* only its header can */
    TRIAL_NOTHING, /* not even that */
    TRIAL_UNKNOWN  /* no connection, or we are to stop: nothing is said of the mail */
} Trial;

/* May take minutes, each step with its own deadline. `mail` has uid, size, received_at and header_only. The
 * cycle has no connection afterwards. */
Trial trial_of(Cycle *cycle, const StoreFolder *folder, DeskFolder role, const IntakeMail *mail);
