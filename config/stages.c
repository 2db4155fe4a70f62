#include "config/stages.h"

#include <string.h>

static void stage_free(gpointer data)
{
    Stage *stage = data;
    g_free(stage->name);
    g_free(stage);
}

char *stages_name(guint days, gboolean overdue)
{
    return g_strdup_printf("%s%ud", overdue ? "overdue-" : "", days);
}

gboolean stages_is(const char *name, const char *stage)
{
    gsize n = strlen(stage);
    return strncmp(name, stage, n) == 0 && (name[n] == '\0' || name[n] == '@');
}

/* Negative if a is less urgent: overdue after not yet, fewer days before, more days overdue. */
static int compare_urgency(const Stage *a, const Stage *b)
{
    if (a->overdue != b->overdue) return a->overdue ? 1 : -1;
    int more = a->days < b->days ? -1 : a->days > b->days;
    return a->overdue ? more : -more;
}

static int compare_due(gconstpointer a, gconstpointer b)
{
    const Stage *left = *(const Stage *const *)a, *right = *(const Stage *const *)b;
    if (left->due_at != right->due_at) return left->due_at < right->due_at ? -1 : 1;
    return compare_urgency(left, right);
}

static gint64 due_before(const Calendar *calendar, guint32 day, guint at, gint64 deadline_at)
{
    guint32 working = calendar_working_day_before(calendar, day);
    gint64 due = calendar_at(calendar, working, at);
    if (due < deadline_at) return due;
    return calendar_at(calendar, calendar_working_day_before(calendar, working - 1), at);
}

static gint64 due_overdue(const Calendar *calendar, guint32 day, guint at, gint64 deadline_at)
{
    gint64 due = calendar_at(calendar, calendar_working_day_before(calendar, day), at);
    if (due >= deadline_at) return due;
    return calendar_at(calendar, calendar_working_day_after(calendar, day), at);
}

static void add_stage(GPtrArray *plan, guint days, gboolean overdue, gint64 due_at)
{
    Stage *stage = g_new(Stage, 1);
    *stage = (Stage){.name = stages_name(days, overdue), .days = days, .overdue = overdue, .due_at = due_at};
    g_ptr_array_add(plan, stage);
}

GPtrArray *stages_plan(const RemindConfig *remind, gint64 deadline_at, const Calendar *calendar)
{
    GPtrArray *plan = g_ptr_array_new_with_free_func(stage_free);
    guint32 last_day = calendar_day(calendar, deadline_at - 1);
    for (guint i = 0; i < remind->before->len; i++) {
        guint days = g_array_index(remind->before, guint, i);
        add_stage(plan, days, FALSE, due_before(calendar, last_day - days, remind->at, deadline_at));
    }
    for (guint i = 0; i < remind->overdue->len; i++) {
        guint days = g_array_index(remind->overdue, guint, i);
        add_stage(plan, days, TRUE, due_overdue(calendar, last_day + days, remind->at, deadline_at));
    }
    g_ptr_array_sort(plan, compare_due);
    return plan;
}

static gboolean is_stale(const Stage *stage, gint64 now)
{
    return stage->due_at < now - (gint64)STAGES_STALE_DAYS * 24 * 3600;
}

const Stage *stages_due(const GPtrArray *plan, GHashTable *taken, gint64 now, GPtrArray *taken_now)
{
    const Stage *letter = NULL, *last_taken = NULL;
    for (guint i = 0; i < plan->len; i++) {
        Stage *stage = g_ptr_array_index(plan, i);
        if (taken && g_hash_table_contains(taken, stage->name)) {
            if (!last_taken || compare_urgency(last_taken, stage) < 0) last_taken = stage;
        } else if (stage->due_at <= now) {
            g_ptr_array_add(taken_now, stage);
            if (!is_stale(stage, now) && (!letter || compare_urgency(letter, stage) < 0)) letter = stage;
        }
    }
    return letter && last_taken && compare_urgency(letter, last_taken) < 0 ? NULL : letter;
}

const Stage *stages_missed(const GPtrArray *plan, GHashTable *taken, gint64 now)
{
    const Stage *last = NULL;
    gboolean last_taken = FALSE;
    for (guint i = 0; i < plan->len; i++) {
        const Stage *stage = g_ptr_array_index(plan, i);
        gboolean is_taken = taken && g_hash_table_contains(taken, stage->name);
        if ((!is_taken && stage->due_at > now) || (last && compare_urgency(stage, last) < 0)) continue;
        last = stage;
        last_taken = is_taken;
    }
    return last && !last_taken && is_stale(last, now) ? last : NULL;
}

gint64 stages_next(const GPtrArray *plan, gint64 now)
{
    for (guint i = 0; i < plan->len; i++) {
        const Stage *stage = g_ptr_array_index(plan, i);
        if (stage->due_at > now) return stage->due_at;
    }
    return G_MAXINT64;
}
