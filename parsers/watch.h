/* watch.h - one file after the other: which is being read, and what reading it may cost.
 *
 * A file that breaks a library, or holds it until the limits end the process, takes its mail with it: nothing
 * in here can stop that. But who waits outside is told before, and has the mail read again without that file.
 * So that one file cannot use up what all of a mail may cost, each has a share of it.
 */
#pragma once

#include "parsers/facts.h"

/* Told which file is being read from now on: its SHA-256 in hex, or NULL between files. It must be out of
 * this process when it returns. */
typedef void (*WatchNote)(const char *sha256, gpointer data);

/* A new mail (or document by hand) begins: LIMIT_WORKER_CPU_SECONDS for all of it from now, as shares of
 * LIMIT_SHARE_CPU_SECONDS; the files that `request` names, or all of them, are not to be read. `note` may be
 * NULL. Without it (in tests) all is read, at any cost. */
void watch_begin(const FactsRequest *request, WatchNote note, gpointer data);

/* A file is about to be read. FALSE, and the problem unreadable, if it is not to be. *outer is for
 * watch_leave(), which follows when TRUE was returned: files are in each other. */
gboolean watch_enter(FactsAttachment *attachment, const char **outer);
void watch_leave(const char *outer);
