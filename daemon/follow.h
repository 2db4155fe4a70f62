/* follow.h - reading the ledger folder: what this store does not hold yet is taken over.
 *
 * One's own records are met again only when a pass died between APPEND and commit; another instance's always;
 * and all of them by rebuild. Each record is one transaction with the cursor of the folder, so that reading
 * goes on where it ended. */
#pragma once

#include "daemon/cycle.h"

/* Reads what is new. CONFIG_ERROR for a new database beside a mailbox that has records of this campaign: it
 * would give numbers again and answer everybody once more. Examines folders: examine yours again. */
gboolean follow_ledger(Cycle *cycle, GError **error);

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

/* Numbers of records that are missing so far, as "3, 7-9"; NULL if none. Caller frees. */
char *follow_gaps(Cycle *cycle);
