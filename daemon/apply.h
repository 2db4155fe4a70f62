/* apply.h - what the administrator asked for with baosong(8): recorded in the ledger, then done. */
#pragma once

#include "daemon/cycle.h"

/* Applies the waiting requests in order. Each is APPENDed to the ledger folder as a record mail before it
 * takes effect. Needs a connection. */
gboolean apply_requests(Cycle *cycle, GError **error);

/* The request of a record, unless it is known: applied. Within a batch. */
gboolean apply_adopt(Cycle *cycle, const json_t *said, GError **error);
