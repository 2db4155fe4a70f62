/* worker.h - the daemon's side of baosong-parse: a few processes that read hostile bytes for us.
 *
 * The daemon never parses a mail. It hands the bytes to a worker (no environment, no descriptors but one
 * socket) and gets Facts back, checked by facts_from_json() as if an attacker had written them. The pool owns
 * the processes: one mail after the other, killed after the deadline, replaced after death, a bad reply or
 * LIMIT_WORKER_MAILS mails.
 *
 * A mail that breaks a worker is read again by a fresh one, so that it never pays for the mail before it. If
 * it breaks that one, too, the next reads it without the file over which it broke, up to FACTS_WORKER_SKIPS
 * times; then one takes the mail apart without reading what is in any of its files. Files that are not read
 * are kept, each with the problem unreadable. Only then is the mail given up. A worker that cannot even start
 * is nobody's mail's fault: that is an error of the pool, and no result. What a worker's sandbox lacks is
 * warned of once.
 *
 * How a cycle overlaps fetching with reading (nothing here blocks unless asked to):
 *
 *     while (there is a portion of mails to fetch) {
 *         for each: worker_pool_submit(pool, mail, sha256, tag);
 *         while ((result = worker_pool_collect(pool, 0, NULL))) take(result);
 *     }
 *     while (worker_pool_pending(pool) > 0) take(worker_pool_collect(pool, -1, &error));
 *
 * Results come in the order in which mails are done, not in which they were submitted: sort by tag.
 * No threads; not reentrant; nothing here changes signal handlers (a dead worker is noticed by its socket).
 */
#pragma once

#include <glib.h>
#include <poll.h>

#include "parsers/facts.h"

typedef struct WorkerPool WorkerPool;

typedef struct WorkerResult {
    gpointer tag;        /* as given to worker_pool_submit */
    Facts *facts;        /* checked; NULL if the mail could not be read */
    char *json;          /* what the worker wrote of them, as facts_from_json() took it; NULL without facts */
    const char *problem; /* problem code when facts is NULL ("unreadable"), else NULL; static */
    char *detail;        /* English, for the log and for staff; "" when all went well */
    int data_fd; /* memfd with the decoded bytes of attachments with offset >= 0 (all but members of archives
                  * and mails in forwarded mails), which may not be what the facts say: check; -1 without
                  * facts */
} WorkerResult;

#define WORKER_ERROR (g_quark_from_static_string("worker"))
enum {
    WORKER_ERROR_START /* the program is missing, not executable, dies at once, or speaks another version */
};

/* A pool of `workers` (0 = the default, 2) processes running `path --serve`; they start when there is work.
 * `deadline_seconds`: wall time for one mail, 0 = LIMIT_WORKER_WALL_SECONDS. NULL and WORKER_ERROR_START if
 * `path` is no program that we may run. The caller owns the pool. */
WorkerPool *worker_pool_new(const char *path, guint workers, guint deadline_seconds, GError **error);

/* Kills the workers and forgets what was not collected (its mails were not committed: they are fetched
 * again). */
void worker_pool_free(WorkerPool *pool);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WorkerPool, worker_pool_free)

/* Hands a mail over; it waits in the pool until a worker is free. `mail` is referenced until its result is
 * collected. `sha256`: hex digest of the bytes if the caller has it (it saves the worker the trouble, and the
 * reply must say the same), or NULL. `tag` comes back in the result. Never fails: a fault shows in the
 * result. */
void worker_pool_submit(WorkerPool *pool, GBytes *mail, const char *sha256, gpointer tag);

/* Mails submitted whose result was not collected yet. */
guint worker_pool_pending(const WorkerPool *pool);

/* The next result, or NULL: none within `timeout_ms` (0 = only look, -1 = wait; every mail has a result in
 * the end, so with pending mails -1 always gives one or sets the error), or nothing pending, or `error` set
 * to WORKER_ERROR_START: the workers do not start; the mails stay pending; stop the cycle and say so. Free
 * the result with worker_result_free. */
WorkerResult *worker_pool_collect(WorkerPool *pool, int timeout_ms, GError **error);

/* Workers that died, were killed or never spoke, since the pool was made. */
guint worker_pool_deaths(const WorkerPool *pool);

void worker_result_free(WorkerResult *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WorkerResult, worker_result_free)

/* For callers that wait for other things too: fills at most `n` pollfds (POLLIN) and returns how many there
 * are; *timeout_ms is lowered to the nearest deadline (-1 = none). When one is ready or time is up, call
 * worker_pool_collect with 0. */
guint worker_pool_poll(const WorkerPool *pool, struct pollfd *fds, guint n, int *timeout_ms);
