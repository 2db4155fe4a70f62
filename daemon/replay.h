/* replay.h - mails that a record names: their bytes from disk or the mailbox, read by a worker, judged again
 * under what is settled. */
#pragma once

#include <jansson.h>

#include "daemon/admit.h"
#include "daemon/cycle.h"

/* The mails of a record of kind "mails" that the store does not hold, with bytes and facts; of a mail that is
 * neither on disk nor in the mailbox only what the record says (and, in a rebuild, store_note_gap()). Array
 * of IntakeMail*; caller owns it. NULL on error. */
GPtrArray *replay_read(Cycle *cycle, const json_t *record, GError **error);
/* Puts them into the store, within a batch. */
gboolean replay_admit(Cycle *cycle, GPtrArray *mails, GError **error);

/* Reads the mails (with raw) by workers: fills result and, where none could read it, problem. */
gboolean replay_parse(Cycle *cycle, GPtrArray *mails, GError **error);
