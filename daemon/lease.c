#include "daemon/lease.h"

#include <string.h>
#include <time.h>

#include "daemon/record.h"
#include "daemon/rules_digest.h"

#define MARGIN  5   /* seconds before its end in which a lease is not relied on */
#define RELEASE 10  /* seconds that a stop waits for the server to take its end */
#define STEP    600 /* seconds by which a clock that was not set never strays between two leases */

/* --- reading ---------------------------------------------------------------------------------- */

gboolean lease_is_ours(Cycle *cycle)
{
    return g_strcmp0(cycle->lease.holder, cycle_instance(cycle)) == 0;
}

/* Seconds since the machine was started; no clock that is set changes them, and a sleep counts. */
static gint64 uptime(void)
{
    struct timespec now = {0};
    clock_gettime(CLOCK_BOOTTIME, &now);
    return now.tv_sec;
}

/* We wrote its time by our clock, and the server dated it by its own. */
static void measure(Lease *lease, const json_t *record, gint64 at)
{
    lease->measured_at = record_int(record, "at");
    lease->ahead = lease->measured_at - at;
    lease->measured_up = uptime();
    lease->shown = lease->changed = TRUE;
}

/* Another's, who may have learnt others since its last lease: what it passed by by the old ones it did not
 * read again. */
static void note_rules(Lease *lease, const char *rules, gint64 at)
{
    if (lease->rules && *lease->rules && *rules && strcmp(lease->rules, rules) != 0) lease->mixed_until = at;
    g_free(lease->rules);
    lease->rules = g_strdup(rules);
    lease->rules_at = at;
}

void lease_read(Cycle *cycle, const json_t *record, gint64 at)
{
    Lease *lease = &cycle->lease;
    const char *instance = record_text(record, "by");
    if (lease->instance && strcmp(lease->instance, instance) == 0) measure(lease, record, at);
    gboolean same = g_strcmp0(lease->holder, instance) == 0;
    if (!*instance || (!same && lease->holder && *lease->holder && at < lease->expires_at)) return;
    g_free(lease->holder);
    g_free(lease->host);
    lease->holder = g_strdup(instance);
    lease->host = g_strdup(record_text(record, "host"));
    lease->expires_at = at + CLAMP(record_int(record, "seconds"), 0, 7 * 86400);
    lease->changed = TRUE;
    if (g_strcmp0(lease->instance, instance) == 0) return;
    note_rules(lease, record_text(record, "rules"), at);
}

gboolean lease_clock_ahead(const Cycle *cycle, gint64 *ahead)
{
    const Lease *lease = &cycle->lease;
    gint64 since = clock_now(&cycle->clock) - lease->measured_at - (uptime() - lease->measured_up);
    *ahead = cycle->clock.frozen ? 0 : lease->ahead;
    return cycle->clock.frozen || (lease->measured_up > 0 && ABS(since) < STEP);
}

gboolean lease_is_void(const Cycle *cycle, const char *instance, gint64 at)
{
    const Lease *lease = &cycle->lease;
    return *instance && lease->holder && strcmp(instance, lease->holder) != 0 && at < lease->expires_at;
}

void lease_load(Cycle *cycle)
{
    Lease *lease = &cycle->lease;
    g_free(lease->holder);
    g_free(lease->host);
    lease->holder = store_setting(cycle->store, "lease_holder");
    lease->host = store_setting(cycle->store, "lease_host");
    lease->expires_at = store_setting_int(cycle->store, "lease_expires_at", 0);
    g_free(lease->rules);
    lease->rules = store_setting(cycle->store, "lease_rules");
    lease->rules_at = store_setting_int(cycle->store, "lease_rules_at", 0);
    lease->mixed_until = store_setting_int(cycle->store, "lease_mixed_until", 0);
    lease->ahead = store_setting_int(cycle->store, "lease_ahead", 0);
    lease->measured_at = store_setting_int(cycle->store, "lease_measured_at", 0);
    lease->changed = FALSE;
}

gboolean lease_save(Cycle *cycle, GError **error)
{
    Lease *lease = &cycle->lease;
    if (!lease->changed) return TRUE;
    lease->changed = FALSE;
    return store_set_setting(cycle->store, "lease_holder", lease->holder, error) &&
           store_set_setting(cycle->store, "lease_host", lease->host, error) &&
           store_set_setting_int(cycle->store, "lease_expires_at", lease->expires_at, error) &&
           store_set_setting(cycle->store, "lease_rules", lease->rules, error) &&
           store_set_setting_int(cycle->store, "lease_rules_at", lease->rules_at, error) &&
           store_set_setting_int(cycle->store, "lease_mixed_until", lease->mixed_until, error) &&
           store_set_setting_int(cycle->store, "lease_ahead", lease->ahead, error) &&
           store_set_setting_int(cycle->store, "lease_measured_at", lease->measured_at, error);
}

/* --- holding ---------------------------------------------------------------------------------- */

/* As configured, but long enough for a few polls. */
static gint64 seconds_of(const Config *config)
{
    return MAX((gint64)config->store.lease, 3 * (gint64)config->imap.poll);
}

static gboolean append(Cycle *cycle, gint64 seconds, GError **error)
{
    g_autofree char *cause =
        g_strdup_printf("lease/%s/%" G_GINT64_FORMAT, cycle_instance(cycle), g_get_real_time());
    g_autofree char *summary =
        g_strdup_printf("lease of %s for %" G_GINT64_FORMAT " seconds", g_get_host_name(), seconds);
    g_autofree char *rules = rules_digest(cycle->config);
    json_t *record =
        json_pack("{s:s s:I s:s}", "host", g_get_host_name(), "seconds", (json_int_t)seconds, "rules", rules);
    g_autofree char *message_id = record_fill(cycle, record, "lease", cause, "");
    char *json = record_dump(record);
    gboolean done = record_write(cycle, json, message_id, summary, NULL, error);
    free(json);
    json_decref(record);
    return done;
}

/* The time is taken before the mail goes: the server dates it later, so we never believe in it too long. */
static gboolean renew(Cycle *cycle, GError **error)
{
    gint64 before = uptime(), seconds = seconds_of(cycle->config);
    if (!append(cycle, seconds, error)) return FALSE;
    cycle->lease.until = cycle->clock.frozen ? G_MAXINT64 : before + seconds;
    cycle->lease.half = cycle->clock.frozen ? G_MAXINT64 : before + seconds / 2;
    return TRUE;
}

static void tell_standby(Cycle *cycle)
{
    if (!cycle->standby)
        g_message("instance %s on %s holds the lease: this one reads and follows, and sends nothing",
                  cycle->lease.holder, cycle->lease.host);
    cycle->standby = TRUE;
}

/* A frozen clock runs no lease down: one taken at this time still holds. */
static gboolean holds_frozen(Cycle *cycle, gint64 left)
{
    return cycle->clock.frozen && lease_is_ours(cycle) && left > 0 && left <= seconds_of(cycle->config);
}

/* For baosong status. */
static gboolean note_role(Cycle *cycle, GError **error)
{
    const char *role = cycle->standby ? "standby" : "active";
    g_autofree char *known = store_setting(cycle->store, "role");
    return g_strcmp0(known, role) == 0 || store_set_setting(cycle->store, "role", role, error);
}

/* The server's time, as far as we know it. Where our clock was put back since, it is taken for right. */
static gint64 server_now(Cycle *cycle)
{
    Lease *lease = &cycle->lease;
    gint64 now = clock_now(&cycle->clock);
    if (cycle->clock.frozen) return now;
    if (now < lease->measured_at) {
        lease->ahead = lease->measured_at = 0;
        lease->changed = TRUE;
    }
    return now - lease->ahead;
}

static gboolean another_holds(Cycle *cycle)
{
    const Lease *lease = &cycle->lease;
    return !lease_is_ours(cycle) && lease->holder && *lease->holder && lease->expires_at > server_now(cycle);
}

static gboolean stand_by(Cycle *cycle)
{
    cycle->lease.until = cycle->lease.half = 0;
    tell_standby(cycle);
    return TRUE;
}

/* What we wrote is not what counts: another was faster, or our clock is ahead and its lease still runs. Or
 * the folder does not show it; to write it again and again would fill the mailbox. */
static gboolean yield_to(Cycle *cycle, GError **error)
{
    if (cycle->lease.shown || another_holds(cycle)) return stand_by(cycle);
    cycle->lease.until = cycle->lease.half = 0;
    g_set_error(error, NET_ERROR, NET_ERROR_PROTOCOL,
                "the server took our record and does not show it in folder %s: nothing is decided; see "
                "whether a filter of the mailbox moves what is put there",
                cycle->config->imap.ledger);
    return FALSE;
}

static gboolean take(Cycle *cycle, LeaseReadFunc follow, GError **error)
{
    Lease *lease = &cycle->lease;
    gint64 left = lease->expires_at - clock_now(&cycle->clock);
    if (another_holds(cycle)) return stand_by(cycle);
    if (holds_frozen(cycle, left)) lease->until = lease->half = G_MAXINT64;
    /* Where our lease is gone, a new instance would find nobody who acts, and do so itself. */
    if (!lease_is_ours(cycle) || lease->until == 0 || lease->gone || uptime() >= lease->half) {
        lease->shown = FALSE;
        if (!renew(cycle, error) || !follow(cycle, error)) return FALSE;
        lease->gone = FALSE;
        if (!lease_is_ours(cycle)) return yield_to(cycle, error);
    }
    if (cycle->standby) g_message("the lease is ours now: this instance reads, answers and sends");
    cycle->standby = FALSE;
    return TRUE;
}

gboolean lease_take(Cycle *cycle, LeaseReadFunc follow, GError **error)
{
    return take(cycle, follow, error) && note_role(cycle, error) && lease_save(cycle, error);
}

gboolean lease_check(Cycle *cycle, GError **error)
{
    if (!cycle->standby && cycle->lease.until > 0 && uptime() < cycle->lease.until - MARGIN) return TRUE;
    cycle->lease.until = cycle->lease.half = 0;
    g_set_error(
        error, NET_ERROR, NET_ERROR_TIMEOUT,
        "the lease of this instance has run out: nothing more is decided or sent before the next pass");
    return FALSE;
}

gboolean lease_keep(Cycle *cycle, GError **error)
{
    gint64 until = cycle->lease.until;
    if (until == 0 || uptime() < cycle->lease.half || !cycle->imap || !imap_alive(cycle->imap))
        return lease_check(cycle, error);
    if (!lease_check(cycle, error) || !renew(cycle, error)) return FALSE;
    /* Had the old one run out meanwhile, another may have been faster. */
    if (uptime() >= until - MARGIN) cycle->lease.until = 0;
    return lease_check(cycle, error);
}

void lease_release(Cycle *cycle)
{
    if (cycle->lease.until <= 0 || cycle->standby || !cycle->imap || !imap_alive(cycle->imap)) return;
    g_autoptr (GError) error = NULL;
    imap_hurry(cycle->imap, RELEASE);
    if (!append(cycle, 0, &error)) g_message("the lease could not be ended: %s", error->message);
    cycle->lease.until = cycle->lease.half = 0;
}
