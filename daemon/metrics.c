#include "daemon/metrics.h"

#include <glib/gstdio.h>
#include <sys/stat.h>

/* Figures that are one number. */
static const struct {
    const char *name, *type, *help;
    gsize offset;
    gboolean wide; /* gint64 or guint64, else guint */
} FIGURES[] = {
#define FIGURE(name, type, help, member, wide)                                                               \
    {                                                                                                        \
        name, type, help, G_STRUCT_OFFSET(StoreStatus, member), wide                                         \
    }
    FIGURE("last_poll_timestamp_seconds", "gauge", "When the mailbox was last read to its end.", last_poll_at,
           TRUE),
    FIGURE("last_mail_timestamp_seconds", "gauge", "When the last mail arrived, by the server's clock.",
           last_mail_at, TRUE),
    FIGURE("mails", "gauge", "Mails seen.", mails, FALSE),
    FIGURE("campaign_mails", "gauge", "Mails of the campaign.", campaign, FALSE),
    FIGURE("items", "gauge", "Items registered and not withdrawn.", items, FALSE),
    FIGURE("items_counting", "gauge", "Items that count towards a quota.", counting, FALSE),
    FIGURE("items_owed", "gauge", "Items that the roster owes together.", owed, FALSE),
    FIGURE("todos", "gauge", "Rows that staff must look at.", todos, FALSE),
    FIGURE("requests_waiting", "gauge", "Administrator's requests not applied yet.", requests, FALSE),
    FIGURE("dead_addresses", "gauge", "Addresses whose mail comes back.", dead, FALSE),
    FIGURE("reading_interrupted", "gauge", "Ranges of UIDs whose reading was begun and not ended.", readings,
           FALSE),
    FIGURE("worker_restarts_total", "counter", "Parser processes that died or were killed.", worker_restarts,
           TRUE),
    FIGURE("disk_free_bytes", "gauge", "Space left under the state folder.", free_bytes, TRUE),
#undef FIGURE
};

static void head(GString *out, const char *name, const char *type, const char *help)
{
    g_string_append_printf(out, "# HELP baosong_%s %s\n# TYPE baosong_%s %s\n", name, help, name, type);
}

static void labelled(GString *out, const char *name, const char *campaign, const char *label,
                     const char *value, guint number)
{
    g_string_append_printf(out, "baosong_%s{campaign=\"%s\",%s=\"%s\"} %u\n", name, campaign, label, value,
                           number);
}

char *metrics_text(const Config *config, const StoreStatus *status, gint64 now)
{
    const char *id = config->campaign.id; /* [a-z0-9-]: nothing to escape */
    GString *out = g_string_new(NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(FIGURES); i++) {
        const void *at = (const char *)status + FIGURES[i].offset;
        gint64 value = FIGURES[i].wide ? *(const gint64 *)at : (gint64) * (const guint *)at;
        head(out, FIGURES[i].name, FIGURES[i].type, FIGURES[i].help);
        g_string_append_printf(out, "baosong_%s{campaign=\"%s\"} %" G_GINT64_FORMAT "\n", FIGURES[i].name, id,
                               value);
    }
    if (status->last_poll_at) { /* of a mailbox that was never read there is none, and 0 would be the best */
        head(out, "lag_seconds", "gauge",
             "How long ago the mailbox was read to its end, when this was written.");
        g_string_append_printf(out, "baosong_lag_seconds{campaign=\"%s\"} %" G_GINT64_FORMAT "\n", id,
                               MAX(now - status->last_poll_at, 0));
    }
    head(out, "mode", "gauge", "1 for the mode that the campaign is in.");
    for (int mode = STORE_OBSERVE; mode <= STORE_HOLD; mode++)
        labelled(out, "mode", id, "mode", store_mode_name((StoreMode)mode), status->mode == (StoreMode)mode);
    head(out, "outbox", "gauge", "Letters by state.");
    for (int state = 0; state < OUTBOX_STATES; state++)
        labelled(out, "outbox", id, "state", store_outbox_state_name((OutboxState)state),
                 status->outbox[state]);
    head(out, "held", "gauge", "Letters that are held, by reason.");
    for (int hold = OUTBOX_HOLD_NONE + 1; hold < OUTBOX_HOLDS; hold++)
        labelled(out, "held", id, "reason", store_outbox_hold_name((OutboxHold)hold), status->held[hold]);
    return g_string_free(out, FALSE);
}

void metrics_write(const Config *config, Store *store)
{
    g_autoptr (GError) error = NULL;
    StoreStatus status;
    g_autofree char *own = g_build_filename(config->store.state_dir, "metrics.prom", NULL);
    const char *path = *config->store.metrics ? config->store.metrics : own;
    g_autofree char *beside = g_strconcat(path, ".new", NULL);
    if (store_fill_status(store, &status, &error)) {
        g_autofree char *text = metrics_text(config, &status, g_get_real_time() / G_USEC_PER_SEC);
        if (g_file_set_contents_full(beside, text, -1, G_FILE_SET_CONTENTS_NONE, 0644, &error) &&
            chmod(beside, 0644) == 0 && g_rename(beside, path) == 0)
            return;
    }
    g_warning(
        "the figures for Prometheus cannot be written to %s%s%s; see to the folder, or set [store] metrics",
        path, error ? ": " : "", error ? error->message : "");
}
