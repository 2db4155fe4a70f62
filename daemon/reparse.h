/* reparse.h - facts again with today's parser, for the mails on disk, judged again under what is settled.
 *
 * Numbers, versions, committees, titles and counts stay. What the parser reads otherwise (attachments, their
 * text, what is wrong with them) replaces what it read before; an opinion that differs from what is settled
 * is a todo. */
#pragma once

#include "daemon/cycle.h"

typedef struct ReparseCount {
    guint read, changed, opinions, missing;
} ReparseCount;

/* No network. A batch of mails is a transaction: interrupted, it is run again from the start. */
gboolean reparse_run(Cycle *cycle, ReparseCount *count, GError **error);
