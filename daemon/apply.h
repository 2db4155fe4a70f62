/* apply.h - what the administrator asked for with baosong(8): recorded in the ledger, then done. */
#pragma once

#include "daemon/cycle.h"

/* Applies the waiting requests in order. Each is APPENDed to the ledger folder as a record mail before it
 * takes effect. Needs a connection. */
gboolean apply_requests(Cycle *cycle, GError **error);

/* Whether a hold waits that no later go-live or release undoes. It counts at once, before it is recorded: the
 * mailbox may be out of reach just when the administrator must stop the mail. */
gboolean apply_hold_waits(Cycle *cycle);

/* The request of a record, unless it is known: applied. Within a batch. */
gboolean apply_adopt(Cycle *cycle, const json_t *said, GError **error);
