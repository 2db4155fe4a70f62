/* rules.h - which mail is the campaign's is said by the configuration and the roster, and they are mended
 * while the campaign runs: a keyword is added, an address, an earlier `starts`.
 *
 * While the campaign observes, what was other people's business, or too old, is then asked again: nothing is
 * sent, and the administrator sees what the change brings before go-live. Later nobody expects an answer to
 * what came weeks ago, so mail that was passed by stays so, and the log says it once. What was registered
 * stays as it was told in any case. */
#pragma once

#include "daemon/cycle.h"

/* Before a pass, or a rebuild, reads mail: has changed what decides whose a mail is (the order of the roster
 * does not)? In STORE_OBSERVE the mails that were nobody's are forgotten and the folders read from the start
 * once more; mails that are kept are known by their UIDs, and not fetched again; so a rebuild does that was
 * cut short, in any mode, since it holds its receipts. In other modes the change is noted. Either is durable
 * when it returns, and done once for a change. FALSE with a STORE_ERROR.
 *
 * Where the instance that held the lease before went by other rules, what came in its time and no record
 * names was passed by, or it died before it read it: cycle->passed_until says until when. Such mail is
 * registered and its receipt held. */
gboolean rules_look(Cycle *cycle, GError **error);
/* All folders were read since: what comes now was nobody's before. */
gboolean rules_end_other(Cycle *cycle, GError **error);
