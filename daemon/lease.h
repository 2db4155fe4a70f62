/* lease.h - which of several instances of one campaign acts.
 *
 * Instances on different machines share the mailbox and the key. One at a time holds the lease: a mail in the
 * ledger folder that names it, its host and for how many seconds. Reading the folder in the order of its UIDs
 * says who holds it at each point: a lease counts if its instance holds the lease already, or if the holder's
 * has run out by the INTERNALDATE of the new one; otherwise it is void. So of two that apply at the same time
 * the lower UID wins, and no instance's own clock matters: one whose clock is wrong learns the difference
 * from the date that the server gives its first lease, and does not write another before the holder's has run
 * out. Only the holder assigns numbers and sends; the others read the records (follow.h) and keep their own
 * store at the same point. A record written without the lease is void too: its writer has noticed by the
 * monotonic clock, and taken nothing of it for settled.
 */
#pragma once

#include "daemon/cycle.h"

/* Whether this instance is the last one that took it, as far as the ledger is read; it may have run out. */
gboolean lease_is_ours(Cycle *cycle);
/* Called by follow.c for each lease in the ledger, in order; `at` is its INTERNALDATE. */
void lease_read(Cycle *cycle, const json_t *record, gint64 at);
/* Whether a record of that instance at that time is void: another one held the lease. */
gboolean lease_is_void(const Cycle *cycle, const char *instance, gint64 at);
/* The holder as it is read so far, from and to the store. */
void lease_load(Cycle *cycle);
gboolean lease_save(Cycle *cycle, GError **error);

/* Takes or renews the lease where it is ours or free (APPENDs it and has the ledger read again: `follow` is
 * follow_ledger()), else sets cycle->standby. After follow_ledger(). */
typedef gboolean (*LeaseReadFunc)(Cycle *cycle, GError **error);
gboolean lease_take(Cycle *cycle, LeaseReadFunc follow, GError **error);
/* Renews it when half of it is over; then as lease_check(). */
gboolean lease_keep(Cycle *cycle, GError **error);
/* FALSE with an error if it is not ours any more: whatever is in hand must not take effect. */
gboolean lease_check(Cycle *cycle, GError **error);
/* Ends our lease, so that a standby need not wait for it to run out. No error is told. */
void lease_release(Cycle *cycle);
/* How far our clock is ahead of the server's in seconds (negative: behind), as our last lease showed it.
 * FALSE if nothing shows it: no lease yet, or the clock was set since, so that the next lease must show it.
 */
gboolean lease_clock_ahead(const Cycle *cycle, gint64 *ahead);
