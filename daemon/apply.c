#include "daemon/apply.h"

#include <string.h>

#include "daemon/compose.h"
#include "daemon/sending.h"
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
    return TRUE;
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
    {"go-live", TRUE, go_live},
    {"hold", TRUE, hold},
    {"release", TRUE, release},
    {"report", FALSE, report},
};

gboolean apply_hold_waits(Cycle *cycle)
{
    g_autoptr (GPtrArray) requests = store_requests_list(cycle->store, NULL);
    gboolean waits = FALSE;
    for (guint i = 0; requests && i < requests->len; i++) {
        const StoreRequest *request = requests->pdata[i];
        if (strcmp(request->verb, "hold") == 0)
            waits = TRUE;
        else if (strcmp(request->verb, "release") == 0 || strcmp(request->verb, "go-live") == 0)
            waits = FALSE;
    }
    return waits;
}

static gboolean append_record(Cycle *cycle, const StoreRequest *request, gint64 now, GError **error)
{
    const char *folder = cycle->config->imap.ledger;
    if (!imap_ensure_folder(cycle->imap, folder, error)) return FALSE;
    g_autofree char *message_id = ledger_message_id(cycle->ledger, "request", request->id, request->verb);
    json_t *record = json_pack("{s:i, s:s, s:s, s:s, s:s, s:I}", "v", 1, "kind", "request", "id", request->id,
                               "verb", request->verb, "by", request->by, "at", (json_int_t)request->at);
    if (!record) {
        g_set_error(error, LEDGER_ERROR, LEDGER_ERROR_RECORD, "request %s cannot be recorded", request->id);
        return FALSE;
    }
    json_object_set(record, "args", request->args);
    char *json = json_dumps(record, JSON_COMPACT | JSON_SORT_KEYS);
    json_decref(record);
    g_autofree char *summary = g_strdup_printf("%s by %s", request->verb, request->by);
    g_autoptr (GBytes) mail = compose_record(cycle->config, cycle->ledger, message_id, json, summary, now);
    free(json);
    return imap_append(cycle->imap, folder, mail, IMAP_FLAG_SEEN, now, NULL, error);
}

static gboolean apply_one(Cycle *cycle, const StoreRequest *request, GError **error)
{
    gint64 now = clock_now(&cycle->clock);
    const Verb *verb = NULL;
    for (guint i = 0; i < G_N_ELEMENTS(verbs); i++)
        if (strcmp(verbs[i].name, request->verb) == 0) verb = &verbs[i];
    if (verb && verb->recorded && !append_record(cycle, request, now, error)) return FALSE;
    if (!store_begin(cycle->store, now, error)) return FALSE;
    g_autofree char *result = NULL;
    gboolean done;
    if (verb) {
        done = verb->apply(cycle, request, &result, error);
    } else {
        result = g_strdup_printf("unknown verb %s: made by a newer baosong?", request->verb);
        done = TRUE;
    }
    if (!done || !store_request_done(cycle->store, request, result, now, error)) {
        store_rollback(cycle->store);
        return FALSE;
    }
    if (!store_commit(cycle->store, error)) return FALSE;
    g_message("%s (asked by %s): %s", request->verb, request->by, result);
    cycle->stale = TRUE;
    return TRUE;
}

gboolean apply_requests(Cycle *cycle, GError **error)
{
    g_autoptr (GPtrArray) requests = store_requests_list(cycle->store, error);
    if (!requests) return FALSE;
    for (guint i = 0; i < requests->len; i++)
        if (!apply_one(cycle, requests->pdata[i], error)) return FALSE;
    return TRUE;
}
