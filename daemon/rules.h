/* rules.h - which mail is the campaign's is said by the configuration and the roster, and they are mended
 * while the campaign runs: a keyword is added, an address, an earlier `starts`. What was other people's
 * business, or too old, is then asked again. What was registered stays as it was told.
 *
 * Nobody expects an answer weeks later just because a word was added: receipts for such mails are held until
 * `baosong release`, and staff are told. */
#pragma once

#include "daemon/cycle.h"

/* Before a pass reads mail: if what decides whose a mail is has changed since the last one, the folders are
 * read from the start once more. Mails that are kept are known by their UIDs, and not fetched again. */
gboolean rules_look(Cycle *cycle, GError **error);

/* Whether a mail had been passed by before the rules changed. */
gboolean rules_passed_by(Cycle *cycle, const StoreMail *mail);
