/* trial.h - is a mail at fault for the runs that ended while they read it?
 *
 * A daemon may be killed three times at one mail by a mail that kills, and by chance: power cuts, an
 * impatient administrator, a server that hung. To register a sound mail as unreadable would be a loss, so
 * that a process of its own, which is no loss, fetches, reads and judges it once more, and writes nothing.
 *
 * Nor is a mail at fault when the server does not give it, unless in the same minutes it gives another one of
 * the folder (or, where there is no other, the header of this one), and then again not this one: else the
 * server is ill, and we wait.
 */
#pragma once

#include "daemon/admit.h"

typedef enum Trial {
    TRIAL_WHOLE,   /* it can be read */
    TRIAL_HEADER,  /* only its header can */
    TRIAL_NOTHING, /* not even that */
    TRIAL_UNKNOWN  /* the server gives nothing, or we are to stop: nothing is said of the mail */
} Trial;

/* May take minutes, each step with its own deadline. `mail` has uid, size, received_at, header_only and
 * attempts: after thirty a mail that no run survives is given up, although it does no harm apart. The cycle
 * may have no connection afterwards. */
Trial trial_of(Cycle *cycle, const StoreFolder *folder, DeskFolder role, const IntakeMail *mail);
