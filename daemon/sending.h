/* sending.h - from the outbox to the submission server, and a copy into Sent.
 *
 * A letter is marked in flight before its first byte leaves, accepted after the server's answer. One that is
 * found in flight by a later run is looked for in Sent before it is sent again. */
#pragma once

#include "daemon/cycle.h"
#include "daemon/outcome.h"

/* Setting: letters before this instant do not count towards per_hour. */
#define SENDING_HOUR_FROM "hour_from"

/* Letters just made wait until the pass knows how many they are: queues them when live, holds them when there
 * are more receipts than `burst` or when the campaign does not send. */
gboolean sending_settle_new(Cycle *cycle, GError **error);

/* Holds all receipts that wait, because `count` are more than `burst`, and tells staff. Within a batch. */
gboolean sending_hold_burst(Cycle *cycle, guint count, GError **error);

/* Sends what is due, as fast as [smtp] per_minute and its like allow; cycle->send_at says when more may go (0
 * = nothing waits for that). With --once the allowance is a fresh one, and what exceeds it makes the exit
 * status 75. FALSE and an error where the server cannot be used at all: the rest stays queued. */
gboolean sending_run(Cycle *cycle, SendCount *count, GError **error);
