/* stages.h - when committees that are short are reminded. Pure.
 *
 * Stages are data ([remind] before, overdue, at): "14d" is due at that time of the fourteenth day before the
 * deadline's day, "overdue-1d" on the first day after it.
 */
#pragma once

#include "config/config.h"

typedef struct Stage {
    char *name; /* "14d", "overdue-3d": settled in records, so never changed */
    guint days; /* before or after the day of the deadline */
    gboolean overdue;
    gint64 due_at;
} Stage;

/* All stages of the campaign, by due_at, and by urgency where they fall together: an array of Stage*, which
 * the caller owns. A stage on a day off moves to the last working day before. Two cannot move there and go
 * elsewhere: a reminder that would then come at or after the deadline goes to the working day before that,
 * and an overdue stage that would come before the deadline goes to the next working day after its own day. */
GPtrArray *stages_plan(const RemindConfig *remind, gint64 deadline_at, const Calendar *calendar);

enum { STAGES_STALE_DAYS = 7 };

/* What is to be sent now. All stages that are due and not yet taken make one letter; the most urgent names
 * it. They are added to `taken_now` (of Stage*, borrowed) and must all be marked taken. `taken` holds the
 * names already taken (as a set, NULL = none). Returns the stage of the letter (borrowed), or NULL if nothing
 * is due, or if what is due is less urgent than what was taken before (a stage added to the config later:
 * marked taken, no letter). A stage more than STAGES_STALE_DAYS past makes no letter either: a daemon started
 * years later on an old campaign reminds nobody. */
const Stage *stages_due(const GPtrArray *plan, GHashTable *taken, gint64 now, GPtrArray *taken_now);

/* The stage that `now` has left behind: the most urgent one that is due or taken, if it is neither taken nor
 * still to be sent, being more than STAGES_STALE_DAYS past. NULL if there is none. Borrowed. */
const Stage *stages_missed(const GPtrArray *plan, GHashTable *taken, gint64 now);

/* The first due_at after `now`; G_MAXINT64 if there is none. */
gint64 stages_next(const GPtrArray *plan, gint64 now);

/* When the deadline is put off, the stages before the new one are stages of their own: a stage that was taken
 * more than STAGES_ANEW_DAYS before it is due now was taken for an earlier deadline. If the committee was not
 * reminded of any since it is due, it is taken again under its name and the new last day, "3d@2014-06-12".
 * stages_is: whether the name is that of the stage, for whatever deadline. */
enum { STAGES_ANEW_DAYS = 3 };

gboolean stages_is(const char *name, const char *stage);

/* The name of a stage: "3d", "overdue-3d". Caller frees. */
char *stages_name(guint days, gboolean overdue);
