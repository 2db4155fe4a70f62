/* status.c - the figures of `baosong status`. */
#include "daemon/store/private.h"

#include <string.h>

typedef struct Figure {
    gsize offset; /* of a guint in StoreStatus */
    const char *sql;
} Figure;

#define FIGURE(member, sql)                                                                                  \
    {                                                                                                        \
        G_STRUCT_OFFSET(StoreStatus, member), sql                                                            \
    }
#define MAILS(of)   "SELECT count(*) FROM mail WHERE whose = '" of "'"
#define ITEMS(with) "SELECT count(*) FROM item WHERE NOT withdrawn AND " with
#define ROSTER                                                                                               \
    " FROM (SELECT code, least, (SELECT count(*) FROM item WHERE item.committee = committee.code AND "       \
    "counts AND"                                                                                             \
    " NOT withdrawn AND kind = 'summary') AS reported,"                                                      \
    " (SELECT count(*) FROM item WHERE item.committee = committee.code) AS items"                            \
    " FROM committee WHERE in_roster)"

static const Figure FIGURES[] = {
    FIGURE(mails, "SELECT count(*) FROM mail"),
    FIGURE(campaign, MAILS("campaign")),
    FIGURE(suspect, MAILS("suspect")),
    FIGURE(staff, MAILS("staff")),
    FIGURE(automatic, MAILS("automatic")),
    FIGURE(correspondence, MAILS("correspondence")),
    FIGURE(ours, MAILS("ours")),
    FIGURE(items, ITEMS("kind = 'summary'")),
    FIGURE(counting, ITEMS("kind = 'summary' AND counts AND committee IS NOT NULL")),
    FIGURE(late, ITEMS("kind = 'summary' AND NOT on_time")),
    FIGURE(unclaimed, ITEMS("committee IS NULL")),
    FIGURE(withdrawn, "SELECT count(*) FROM item WHERE withdrawn"),
    FIGURE(plans, ITEMS("kind = 'plan'")),
    FIGURE(cases, ITEMS("kind = 'case'")),
    FIGURE(committees, "SELECT count(*) FROM committee WHERE in_roster"),
    FIGURE(complete, "SELECT count(*)" ROSTER " WHERE reported >= least"),
    FIGURE(silent, "SELECT count(*)" ROSTER " WHERE items = 0"),
    FIGURE(reported, "SELECT sum(reported)" ROSTER),
    FIGURE(owed, "SELECT sum(least)" ROSTER),
    FIGURE(todos, "SELECT count(*) FROM todo WHERE done_at IS NULL"),
    FIGURE(reminders, "SELECT count(*) FROM reminder"),
    FIGURE(dead, "SELECT count(*) FROM dead_address"),
    FIGURE(readings, "SELECT count(*) FROM reading"),
};

/* Requests wait as files: the daemon may not run. */
static guint count_requests(const Store *store)
{
    g_autofree char *path = g_build_filename(store->files->root, "requests", NULL);
    g_autoptr (GDir) folder = g_dir_open(path, 0, NULL);
    const char *name;
    guint count = 0;
    while (folder && (name = g_dir_read_name(folder)))
        if (*name != '.' && g_str_has_suffix(name, ".json")) count++;
    return count;
}

static gboolean fill_outbox(Store *store, StoreStatus *status, GError **error)
{
    gint64 count;
    for (int state = 0; state < OUTBOX_STATES; state++) {
        if (!db_int(store->db, &count, 0, error, "SELECT count(*) FROM outbox WHERE state = ?", "t",
                    store_outbox_state_name((OutboxState)state)))
            return FALSE;
        status->outbox[state] = (guint)count;
    }
    for (int hold = OUTBOX_HOLD_NONE + 1; hold < OUTBOX_HOLDS; hold++) {
        if (!db_int(store->db, &count, 0, error,
                    "SELECT count(*) FROM outbox WHERE state = 'held' AND hold_reason = ?", "t",
                    store_outbox_hold_name((OutboxHold)hold)))
            return FALSE;
        status->held[hold] = (guint)count;
    }
    return TRUE;
}

/* One transaction: all figures are of one moment, also while the daemon writes. */
static gboolean fill(Store *store, StoreStatus *status, GError **error)
{
    for (guint i = 0; i < G_N_ELEMENTS(FIGURES); i++) {
        gint64 count;
        if (!db_int(store->db, &count, 0, error, FIGURES[i].sql, "")) return FALSE;
        G_STRUCT_MEMBER(guint, status, FIGURES[i].offset) = (guint)count;
    }
    status->mode = store_mode(store);
    status->last_poll_at = store_setting_int(store, "last_poll_at", 0);
    if (!db_int(store->db, &status->last_mail_at, 0, error, "SELECT max(received_at) FROM mail", ""))
        return FALSE;
    status->worker_restarts = store_setting_int(store, "worker_restarts", 0);
    status->requests = count_requests(store);
    status->free_bytes = files_free_bytes(store->files);
    return fill_outbox(store, status, error);
}

gboolean store_fill_status(Store *store, StoreStatus *status, GError **error)
{
    memset(status, 0, sizeof *status);
    gboolean alone = !db_in_transaction(store->db);
    if (alone && !db_run(store->db, error, "BEGIN", "")) return FALSE;
    gboolean ok = fill(store, status, error);
    if (alone) db_run(store->db, NULL, "ROLLBACK", "");
    return ok;
}
