/* rebuild.h - the database again, from the mailbox: into a fresh one beside the old, then in its place.
 *
 *     1. the ledger folder is followed from its first record (follow.h): every mail that was kept, in the
 * order in which it was kept, with the number that it got; reminders, requests, notes
 *     2. letters in Sent that no record tells of (the ledger folder was lost, or an older baosong wrote
 * them): their own records settle the mails that they answer
 *     3. mails that nobody recorded, by (arrival, identity); unless another instance holds the lease: it will
 * do that
 *     4. letters that lie in Sent went; the others are held: nothing is sent
 *
 * Killed or interrupted it goes on where it was. What the records name and nobody has any more is a gap. */
#pragma once

#include "daemon/cycle.h"

typedef struct RebuildResult {
    guint items, mails, held; /* held: letters without evidence */
    gboolean standby;         /* another instance holds the lease */
    GPtrArray *gaps;          /* of char*, English lines; the caller frees, if not NULL */
} RebuildResult;

/* `cycle` is from cycle_open_beside(). With gaps, and without `accept_gaps`, the new database will send
 * nothing until it is rebuilt with it. FALSE and an error (or cycle->stopping) leaves the old database in
 * place. The caller closes the cycle, then calls nothing of it again; on TRUE its store is closed already. */
gboolean rebuild_run(Cycle *cycle, gboolean accept_gaps, RebuildResult *result, GError **error);
