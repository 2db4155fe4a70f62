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

/* Numbers of records that are missing so far, as "3, 7-9"; NULL if none. Caller frees. */
char *follow_gaps(Cycle *cycle);
