/* portion.h - what the mails of a portion came to, as the journal keeps it (kind "mails"); replay.h reads it.
 */
#pragma once

#include <jansson.h>

#include "daemon/cycle.h"

/* What a record says of a mail that was kept: identity, hashes, where and when it was seen, the desk's part,
 * the sequence of its answer. Caller owns it. */
json_t *portion_describe(const StoreMail *mail, const char *problem, json_t *settled, guint64 sequence);

/* The record of the portion in hand, APPENDed: within its batch, before the commit. */
gboolean portion_record(Cycle *cycle, GError **error);
