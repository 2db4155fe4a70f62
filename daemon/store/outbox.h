/* outbox.h - letters on their way: composed bytes, kept until the server took them and a copy is in Sent.
 *
 *     held ─release→ queued ─→ in_flight ─→ accepted ─→ sent
 *                      ↑ ↘ deferred ↗  ↘ failed (and a todo for staff)
 *
 * in_flight is durable before the first byte of DATA: found at a start, it may have gone (look into Sent
 * before sending it again). Every call below is a transaction of its own unless a batch is open. A step that
 * the letter's state does not allow is STORE_ERROR_STATE.
 */
#pragma once

#include <glib.h>

#include "daemon/desk/letter.h"

typedef struct Store Store;

typedef enum OutboxState {
    OUTBOX_HELD,
    OUTBOX_QUEUED,
    OUTBOX_IN_FLIGHT,
    OUTBOX_ACCEPTED, /* the server took it */
    OUTBOX_SENT,     /* and a copy lies in Sent, or none is wanted */
    OUTBOX_DEFERRED, /* try again at next_at */
    OUTBOX_FAILED,
    OUTBOX_STATES
} OutboxState;

typedef enum OutboxHold {
    OUTBOX_HOLD_NONE,
    OUTBOX_HOLD_NEW,     /* made in a pass that has not counted its receipts yet */
    OUTBOX_HOLD_OBSERVE, /* the desk only watches yet */
    OUTBOX_HOLD_BURST,   /* too many at once */
    OUTBOX_HOLD_APPROVE, /* reminders that staff must see first */
    OUTBOX_HOLD_ADMIN,   /* `baosong hold` */
    OUTBOX_HOLDS
} OutboxHold;

const char *store_outbox_state_name(OutboxState state); /* "held", "queued", "in_flight" … */
const char *store_outbox_hold_name(OutboxHold hold);    /* "" , "observe" … */

/* A letter to be kept. Everything but the bytes' own matters is taken from `letter`. */
typedef struct Outgoing {
    const Letter *letter;
    const char *message_id; /* without <> */
    guint64 sequence;       /* of store_next_sequence() */
    GBytes *bytes;          /* the whole message */
    OutboxState state;      /* OUTBOX_QUEUED or OUTBOX_HELD; OUTBOX_IN_FLIGHT if a record tells of it */
    OutboxHold hold;        /* why, if held */
} Outgoing;

/* The next number for a record: 1, 2, …, each given once in the life of this process; one that was never used
 * is given again by the next. */
guint64 store_next_sequence(Store *store);

/* Queues a reminder and takes every stage of outgoing->letter->stages for its committee. One of them taken
 * already: STORE_ERROR_STATE and nothing is kept. A Message-ID that is there already is not queued again (a
 * warning is logged). The Book learns of it. Within a batch or alone. (Receipts come with their mail:
 * store_add_mail.) */
gboolean store_add_reminder(Store *store, const Outgoing *outgoing, gint64 now, GError **error);

/* Marks stages (of char*) as taken without a letter: passed by before the desk was live, or no address. */
gboolean store_take_stages(Store *store, const char *committee, const GPtrArray *stages, gint64 now,
                           GError **error);

typedef struct StoreLetter {
    gint64 id;
    guint64 sequence;
    char *message_id, *kind, *stage, *committee, *to, *subject; /* kind: receipt, reminder */
    GPtrArray *cc;                                              /* of char* */
    GBytes *bytes;
    OutboxState state;
    guint attempts; /* so far */
    guint refusals; /* of them: the server was there and refused this letter */
    gint64 created_at, accepted_at;
    gint64 next_at;   /* deferred: not before; in flight and later: when this attempt began, real time */
    char *last_error; /* "" if none */
} StoreLetter;

void store_letter_free(StoreLetter *letter);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreLetter, store_letter_free)

/* When the next deferred letter is due; 0 = now (something is queued); G_MAXINT64 = nothing waits. */
gint64 store_outbox_next_at(Store *store);

/* Lets no deferred letter wait, and no pause last, beyond `at`: real time, which may have been put right
 * since. */
gboolean store_outbox_not_later(Store *store, gint64 at, GError **error);
/* All letters in a state, by id: in flight at a start, accepted but not yet copied to Sent. Array of
 * StoreLetter*; caller frees. NULL on error. */
GPtrArray *store_outbox_list(Store *store, OutboxState state, GError **error);

gboolean store_outbox_mark_in_flight(Store *store, gint64 id, gint64 now, GError **error); /* attempts + 1 */
gboolean store_outbox_mark_accepted(Store *store, gint64 id, gint64 now, GError **error);
gboolean store_outbox_mark_sent(Store *store, gint64 id, GError **error); /* from in_flight or accepted */
gboolean store_outbox_mark_deferred(Store *store, gint64 id, gint64 next_at, const char *why, GError **error);

typedef enum OutboxStuck {
    OUTBOX_UNPROVEN, /* nobody knows whether it went */
    OUTBOX_UNWANTED, /* refused again and again, in words against us */
} OutboxStuck;
/* From in flight to held until `release`: a person decides; adds the todo "letter-unproven" or
 * "letter-unwanted". */
gboolean store_outbox_mark_stuck(Store *store, gint64 id, OutboxStuck why, gint64 now, GError **error);

/* The same as deferred, since the server refused this letter for now: refusals + 1. */
gboolean store_outbox_mark_refused(Store *store, gint64 id, gint64 next_at, const char *why, GError **error);
/* Also from queued or deferred; adds the todo "letter-failed" with the item, if it spoke of one. */
gboolean store_outbox_mark_failed(Store *store, gint64 id, gint64 now, const char *why, GError **error);

/* Holds what is queued or deferred; kind is a LetterKind or -1 for all. Releases what is held for that
 * reason. `moved` (may be NULL) tells how many. */
gboolean store_outbox_hold(Store *store, int kind, OutboxHold reason, guint *moved, GError **error);
gboolean store_outbox_release(Store *store, OutboxHold reason, guint *moved, GError **error);
/* Evidence that a letter went, from here or from another instance: it lies in Sent since `at`. *known says
 * whether it is in the outbox at all. */
gboolean store_outbox_found(Store *store, const char *message_id, gint64 at, gboolean *known, GError **error);
/* Letters in flight that this store never tried to send (a record told of them) and that are in no Sent
 * folder: with `hold`, or unless live, they are held (until go-live or release); else they go out like new
 * ones. */
gboolean store_outbox_settle_unproven(Store *store, gboolean hold, guint *moved, GError **error);

/* Letters in this state; with OUTBOX_HELD and a reason only those held for it. */
guint store_outbox_count(Store *store, OutboxState state, OutboxHold reason);
