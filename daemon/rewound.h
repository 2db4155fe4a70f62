/* rewound.h - a folder that went back in time: the mail server was restored from a backup.
 *
 * UIDVALIDITY should change then (RFC 3501 2.3.1.1), and often does not: UIDNEXT goes back, and UIDs that we
 * have read are given to other mails. Such a folder is read like one with a new UIDVALIDITY. */
#pragma once

#include "daemon/cycle.h"

/* Whether `next`, the UID that we would read next, lies beyond what the folder ever held. */
gboolean rewound_below(const ImapStatus *status, gint64 next);

/* The folder is examined and has the UIDVALIDITY of `folder`, whose name, UIDVALIDITY and cursor are set. If
 * UIDNEXT went back, or a UID that we have seen lately is another mail now (UIDNEXT may have caught up),
 * or the mail at the cursor has not this Message-ID (NULL = not known) or was deleted, warns, forgets where
 * what was seen and sets the cursor to 0. FALSE and an error of the server or the store.
 */
gboolean rewound_look(Cycle *cycle, StoreFolder *folder, const ImapStatus *status, const char *last,
                      GError **error);
