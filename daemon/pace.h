/* pace.h - how fast letters may leave: in all, and to each domain; and when a refused one is tried again.
 * Pure.
 *
 * Counted over windows of four minutes, so that a morning's receipts need not drip: with 30 a minute, 120 may
 * go at once, and the next four minutes later. Our own domain counts in all, but has no limit of its own.
 */
#pragma once

#include <glib.h>

#define PACE_LONGEST_DELAY (4 * 3600) /* seconds that a letter is put off at most */
#define PACE_WINDOW        240        /* seconds */

typedef struct Pace Pace;

/* `own` is the address of the desk. Caller owns it. */
Pace *pace_new(guint per_minute, guint domain_per_minute, const char *own);
void pace_free(Pace *pace);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Pace, pace_free)

/* A letter to these addresses (of char*) left at `at`, Unix seconds; in the order of time. */
void pace_note(Pace *pace, const GPtrArray *to, gint64 at);
/* Nothing to this domain before `until`; "*" = to nobody. The longer pause stays. */
void pace_pause(Pace *pace, const char *domain, gint64 until);
/* When a letter to these addresses may leave: `now`, or later. */
gint64 pace_when(const Pace *pace, const GPtrArray *to, gint64 now);

/* The part after the last @, in lower case; "" if there is none. Caller frees. */
char *pace_domain(const char *address);

/* Seconds before the next attempt, after so many (1, 2, …): a minute, doubled each time up to four hours, and
 * up to a quarter more, which depends on the Message-ID alone: letters that failed together do not come back
 * together.
 */
guint pace_delay(guint attempts, const char *message_id);
