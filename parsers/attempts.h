/* attempts.h - reading by hand, where no daemon replaces a reader that broke.
 *
 * This process reads nothing of a stranger's itself. It has a child do so, shut in; if the child breaks over
 * a file, the next one reads without that file, as worker.h has it for the daemon.
 */
#pragma once

#include "parsers/facts.h"

/* Reads and prints; runs in a child, and returns its exit status. */
typedef int (*AttemptRun)(const FactsRequest *request, gpointer data);

/* Has `run` read what is on `fd`, from its present position each time (what cannot be rewound, once). Returns
 * the exit status of the one that got through. The last attempt, or the only one, has lastwords.h on. */
int attempts_run(int fd, AttemptRun run, gpointer data);

/* For the child: which file is read from now on (a WatchNote); that the answer is out; and whether the next
 * file to be saved is on disk already, from an attempt before. */
void attempts_note(const char *sha256, gpointer unused);
void attempts_done(void);
gboolean attempts_is_saved(void);
void attempts_count_saved(void);
