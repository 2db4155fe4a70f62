/* reminding.h - reminders into the outbox: recorded first, so that no stage reaches a committee twice, ever.
 */
#pragma once

#include <jansson.h>

#include "daemon/cycle.h"

/* Records and queues the letters (of Letter*, of desk_remind()) in one transaction. */
gboolean reminding_queue(Cycle *cycle, const GPtrArray *letters, GError **error);

/* The reminders of a record that this store does not know: worded again, and in flight (whether they went is
 * for follow_sent() to find out). Within a batch. */
gboolean reminding_adopt(Cycle *cycle, const json_t *record, GError **error);
/* Whether a stage that `said` ({"committee", "stages"}: a record, or a part of one) names is taken. */
gboolean reminding_is_known(Cycle *cycle, const json_t *said);
