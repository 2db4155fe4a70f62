/* sent.h - the Sent folder: where a copy of each letter lies, and where a letter of unknown fate is looked
 * for. */
#pragma once

#include "daemon/cycle.h"
#include "daemon/store/outbox.h"

/* Letters that an earlier run left in flight are looked for in Sent: there = sent, not there = queued again.
 * Letters accepted without a copy get one. Without a connection nothing happens. */
gboolean sent_resolve(Cycle *cycle, GError **error);

/* Sees to the copy of a letter that the server has accepted, as [smtp] sent_copy says; `auto` looks after the
 * first letter whether the server keeps copies itself, and again in the passes of the next [smtp] copy_wait.
 * A copy that cannot be written now is written by a later pass. */
gboolean sent_copy(Cycle *cycle, const StoreLetter *letter, GError **error);

/* After journal_notes(): the ledger says which letters went without a copy. Where there is no Sent folder
 * that is all that will ever say so; else a later pass tries to write the copy again. */
gboolean sent_noted(Cycle *cycle, GError **error);
