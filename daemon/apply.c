#include "daemon/apply.h"

#include <string.h>

#include "daemon/journal.h"
#include "daemon/record.h"
#include "daemon/sending.h"
#include "daemon/store/delivery.h"
#include "daemon/store/requests.h"

typedef struct Verb {
    const char *name;
    gboolean recorded; /* it changes the campaign: its record goes to the ledger folder first */
    /* Within a batch. Sets *result to one English line; FALSE only when the store fails. */
    gboolean (*apply)(Cycle *cycle, const StoreRequest *request, char **result, GError **error);
} Verb;

static gboolean go_live(Cycle *cycle, const StoreRequest *request, char **result, GError **error)
{
    (void)request;
    if (store_mode(cycle->store) == STORE_LIVE) {
        *result = g_strdup("live already");
        return TRUE;
    }
    guint held = store_outbox_count(cycle->store, OUTBOX_HELD, OUTBOX_HOLD_OBSERVE);
    guint released = 0;
    if (!store_set_mode(cycle->store, STORE_LIVE, error) ||
        !store_outbox_release(cycle->store, OUTBOX_HOLD_ADMIN, NULL, error) ||
        !store_outbox_release(cycle->store, OUTBOX_HOLD_OBSERVE, &released, error))
        return FALSE;
    if (held <= cycle->config->smtp.burst) {
        *result = g_strdup_printf("live; %u letters from the time of observing go out", released);
        return TRUE;
    }
    *result = g_strdup_printf("live; %u letters from the time of observing are more than burst = %u and stay "
                              "held: look at them in the workbook, then run 'baosong release'",
                              held, cycle->config->smtp.burst);
    return sending_hold_burst(cycle, held, error);
}

static gboolean hold(Cycle *cycle, const StoreRequest *request, char **result, GError **error)
{
    (void)request;
    guint moved = 0;
    if (store_mode(cycle->store) != STORE_OBSERVE && !store_set_mode(cycle->store, STORE_HOLD, error))
        return FALSE;
    if (!store_outbox_hold(cycle->store, -1, OUTBOX_HOLD_ADMIN, &moved, error)) return FALSE;
    *result = g_strdup_printf("holding; %u letters that waited are held", moved);
    return TRUE;
}

static gboolean release(Cycle *cycle, const StoreRequest *request, char **result, GError **error)
{
    (void)request;
    if (store_mode(cycle->store) == STORE_OBSERVE) {
        *result = g_strdup("nothing released: the campaign only observes yet, run 'baosong go-live' first");
        return TRUE;
    }
    if (!store_set_mode(cycle->store, STORE_LIVE, error) ||
        !store_set_setting_int(cycle->store, SENDING_HOUR_FROM, g_get_real_time() / G_USEC_PER_SEC + 1,
                               error))
        return FALSE;
    guint total = 0;
    for (int reason = OUTBOX_HOLD_NONE + 1; reason < OUTBOX_HOLDS; reason++) {
        guint moved = 0;
        if (!store_outbox_release(cycle->store, (OutboxHold)reason, &moved, error)) return FALSE;
        total += moved;
    }
    *result = g_strdup_printf("live; %u held letters go out", total);
    return store_close_todos(cycle->store, "approve", clock_now(&cycle->clock), error);
}

/* A bounce, or a server, was wrong about it, or somebody has mended it. */
static gboolean revive(Cycle *cycle, const StoreRequest *request, char **result, GError **error)
{
    const char *address = record_text(request->args, "address");
    if (!store_is_dead(cycle->store, address)) {
        *result = g_strdup_printf("%s was not left out", address);
        return TRUE;
    }
    *result = g_strdup_printf("%s is written to again", address);
    return store_mark_alive(cycle->store, address, error);
}

static gboolean report(Cycle *cycle, const StoreRequest *request, char **result, GError **error)
{
    (void)cycle;
    (void)request;
    (void)error;
    *result = g_strdup("the workbook is written at the end of this pass");
    return TRUE;
}

static const Verb verbs[] = {
    {"go-live", TRUE, go_live}, {"hold", TRUE, hold},      {"release", TRUE, release},
    {"revive", TRUE, revive},   {"report", FALSE, report},
};

static const Verb *verb_named(const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS(verbs); i++)
        if (strcmp(verbs[i].name, name) == 0) return &verbs[i];
    return NULL;
}

static gboolean record(Cycle *cycle, const StoreRequest *request, GError **error)
{
    json_t *said = json_pack("{s:s, s:s, s:s, s:I, s:O}", "id", request->id, "verb", request->verb, "who",
                             request->by, "asked_at", (json_int_t)request->at, "args", request->args);
    if (!said) {
        g_set_error(error, LEDGER_ERROR, LEDGER_ERROR_RECORD, "request %s cannot be recorded", request->id);
        return FALSE;
    }
    g_autofree char *summary = g_strdup_printf("%s by %s", request->verb, request->by);
    return journal_append(cycle, said, "request", request->id, request->verb, summary, error);
}

/* Within a batch. */
static gboolean apply_verb(Cycle *cycle, const StoreRequest *request, gint64 now, GError **error)
{
    const Verb *verb = verb_named(request->verb);
    g_autofree char *result = NULL;
    if (verb && !verb->apply(cycle, request, &result, error)) return FALSE;
    if (!verb) result = g_strdup_printf("unknown verb %s: made by a newer baosong?", request->verb);
    if (!store_request_done(cycle->store, request, result, now, error)) return FALSE;
    g_message("%s (asked by %s): %s", request->verb, request->by, result);
    cycle->stale = TRUE;
    return TRUE;
}

static gboolean apply_one(Cycle *cycle, const StoreRequest *request, GError **error)
{
    gint64 now = clock_now(&cycle->clock);
    if (!store_begin(cycle->store, now, error)) return FALSE;
    const Verb *verb = verb_named(request->verb);
    gboolean recorded = verb && verb->recorded;
    if ((!recorded || record(cycle, request, error)) && apply_verb(cycle, request, now, error))
        return store_commit(cycle->store, error);
    store_rollback(cycle->store);
    return FALSE;
}

/* A standby leaves what must be recorded until it acts. */
gboolean apply_requests(Cycle *cycle, GError **error)
{
    g_autoptr (GPtrArray) requests = store_requests_list(cycle->store, error);
    if (!requests) return FALSE;
    for (guint i = 0; i < requests->len; i++) {
        const StoreRequest *request = requests->pdata[i];
        const Verb *verb = verb_named(request->verb);
        if (cycle->standby && verb && verb->recorded) continue;
        if (!apply_one(cycle, request, error)) return FALSE;
    }
    return TRUE;
}

gboolean apply_adopt(Cycle *cycle, const json_t *said, GError **error)
{
    /* The first version wrote "by" and "at" for who asked, and when. */
    gboolean old = !json_object_get(said, "who");
    json_t *args = json_object_get(said, "args");
    StoreRequest request = {
        .id = (char *)record_text(said, "id"),
        .verb = (char *)record_text(said, "verb"),
        .args = json_is_object(args) ? json_incref(args) : json_object(),
        .by = (char *)record_text(said, old ? "by" : "who"),
        .at = record_int(said, old ? "at" : "asked_at"),
    };
    gboolean known = FALSE;
    gboolean done = store_request_known(cycle->store, request.id, &known, error) &&
                    (known || apply_verb(cycle, &request, clock_now(&cycle->clock), error));
    json_decref(request.args);
    return done;
}
