/* follow_sent.h - letters of unknown fate: those that came with records lie in Sent, or have not gone. */
#pragma once

#include <jansson.h>

#include "daemon/cycle.h"

/* Values of the setting STORE_ADOPTED (letters are here whose fate only Sent tells), beside STORE_RESTORED.
 */
#define FOLLOW_OWN    "own"    /* of a pass of ours that died before it sent anything */
#define FOLLOW_OTHERS "others" /* of another instance, which may have sent them */

/* Which letters of unknown fate lie in Sent: they went. `first` is the first UID to look at; the next one to
 * look at comes back. Letters there that the outbox does not know are handed to `unknown` (may be NULL). */
typedef gboolean (*FollowSentFunc)(Cycle *cycle, const char *message_id, const json_t *record, gint64 at,
                                   gpointer data, GError **error);
gboolean follow_sent(Cycle *cycle, FollowSentFunc unknown, gpointer data, GError **error);

/* After lease_take(): letters that came with records (of another instance, of a pass of ours that died, of
 * the time since a backup) are looked for in all of Sent. What is not there goes out like a new one; after a
 * backup was put back, and where another instance recorded it and there is no Sent folder to look in, it is
 * held. Mostly there is nothing to do. */
gboolean follow_take_over(Cycle *cycle, GError **error);
