/* lastwords.h - baosong-parse by hand always prints JSON: when a library crashes, memory or CPU time run out,
 * and there is no attempt left (attempts.h), what was known before that, with the problem `unreadable`.
 *
 * Not for --serve: there the daemon sees the death, and replaces the worker.
 */
#pragma once

#include "parsers/facts.h"

/* From now on a deadly signal prints what was set last, and ends the process with status 0. Nothing under
 * sanitizers: they have something to say themselves. */
void lastwords_enable(void);

/* The same with status `spoken`, but only where time or memory ran out, and over the document itself, not
 * over a file in it. Any other death is silent: somebody waits who has another program try. */
void lastwords_enable_spent(int spoken);

/* Which file is read from now on (see watch.h). */
void lastwords_note(const char *sha256);

/* What to say; nothing happens unless enabled. The sha256 must be set, and the document outlive its reading.
 */
void lastwords_mail(const Facts *facts);
void lastwords_document(const FactsAttachment *attachment);

/* The real JSON is about to be printed. */
void lastwords_forget(void);
