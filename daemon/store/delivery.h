/* delivery.h - what sending and reading learn about the world: addresses that are dead, receivers that want a
 * pause, how much left lately, and UIDs whose reading was begun and not ended.
 *
 * Each change is a transaction of its own unless a batch is open.
 */
#pragma once

#include <glib.h>

#include "daemon/store/store.h"

/* --- dead addresses --------------------------------------------------------------------------- */

/* No letter is made for it any more (receipts excepted: who writes is alive). Known already: nothing changes.
 * `committee` "" = unknown; `mail` is the raw hash of the bounce, NULL = the submission server said so. The
 * Book learns of it. */
gboolean store_mark_dead(Store *store, const char *address, const char *committee, const char *mail,
                         const char *why, gint64 now, GError **error);
gboolean store_is_dead(const Store *store, const char *address);
gboolean store_mark_alive(Store *store, const char *address, GError **error);

/* --- pauses and pace -------------------------------------------------------------------------- */

/* Nothing to this domain ("*": to anyone) before `until`, real time. A longer pause stays. */
gboolean store_pause(Store *store, const char *domain, gint64 until, const char *why, GError **error);

typedef void (*StorePauseFunc)(const char *domain, gint64 until, gpointer data);
gboolean store_each_pause(Store *store, gint64 now, StorePauseFunc func, gpointer data, GError **error);

/* Letters whose sending began at `since` (real time) or later, and was not refused. `cc` is comma-separated.
 */
typedef void (*StoreTriedFunc)(const char *to, const char *cc, gint64 at, gpointer data);
gboolean store_each_tried(Store *store, gint64 since, StoreTriedFunc func, gpointer data, GError **error);
guint store_count_tried(Store *store, gint64 since, gint64 now);

/* --- the outbox in order ---------------------------------------------------------------------- */

typedef struct StoreDue {
    gint64 id, next_at; /* next_at: 0 = queued, never tried */
    char *to;
    GPtrArray *cc; /* of char* */
} StoreDue;

/* What waits and is due, as it is to go: urgent first, then by id. With `all` also what was put off for
 * later. Array of StoreDue*; caller frees. NULL on error. */
GPtrArray *store_outbox_due(Store *store, gint64 now, gboolean all, GError **error);
/* The letter; NULL and an error if it is not there. Caller frees. */
StoreLetter *store_outbox_letter(Store *store, gint64 id, GError **error);

/* A letter of ours has come back to the mailbox: if it was in flight or held, or nobody knew whether it went
 * (a record told of it), it has gone. */
gboolean store_outbox_seen(Store *store, const char *message_id, gboolean *was_flying, GError **error);
/* A letter in flight counts as begun at `at`: its time lay in the future, since the clock was put back. */
gboolean store_outbox_began(Store *store, gint64 id, gint64 at, GError **error);

/* --- reading ---------------------------------------------------------------------------------- */

typedef struct StoreReading {
    guint32 first, last;
    guint attempts;
} StoreReading;

/* Durable before the first byte of these UIDs is asked for: one attempt more. */
gboolean store_reading_begin(Store *store, const StoreFolder *folder, guint32 first, guint32 last,
                             GError **error);
/* Ranges of the folder that were begun and not ended. GArray of StoreReading; caller owns it. */
GArray *store_readings(Store *store, const StoreFolder *folder, GError **error);
/* They are settled up to this UID (G_MAXUINT32: none of them was at fault). */
gboolean store_reading_end(Store *store, const StoreFolder *folder, guint32 last, GError **error);

/* What befell a letter more than once, and is no refusal of it. */
typedef enum StoreTally {
    TALLY_UNANSWERED, /* the server took all of it and never answered, since it was last known what became of
                         it */
    TALLY_UNWANTED,   /* it was refused in words against us (SmtpResult.doubtful) */
} StoreTally;
/* How often; once more; not at all. */
guint store_tally(Store *store, StoreTally of, const char *message_id);
gboolean store_tally_add(Store *store, StoreTally of, const char *message_id, GError **error);
gboolean store_tally_end(Store *store, StoreTally of, const char *message_id, GError **error);
