#include "daemon/sending.h"

#include <string.h>

#include "daemon/lease.h"
#include "daemon/login.h"
#include "daemon/net/smtp.h"
#include "daemon/outcome.h"
#include "daemon/pace.h"
#include "daemon/sent.h"
#include "daemon/store/delivery.h"
#include "daemon/store/requests.h"

#define HOUR 3600
/* So often a letter waits for a recipient that is refused for now; then it goes to the others. */
#define PATIENCE 3

static gint64 real_now(void)
{
    return g_get_real_time() / G_USEC_PER_SEC;
}

gboolean sending_hold_burst(Cycle *cycle, guint count, GError **error)
{
    g_autofree char *why =
        g_strdup_printf("一次产生%u封回执，超过上限%u封，已暂停发送；请核对后由管理员执行 baosong release",
                        count, cycle->config->smtp.burst);
    g_warning("%u receipts at once are more than burst = %u: held; look at the workbook, then run "
              "'baosong release'",
              count, cycle->config->smtp.burst);
    return store_outbox_hold(cycle->store, LETTER_RECEIPT, OUTBOX_HOLD_BURST, NULL, error) &&
           store_add_todo(cycle->store, "burst", why, 0, clock_now(&cycle->clock), error);
}

gboolean sending_settle_new(Cycle *cycle, GError **error)
{
    guint count = store_outbox_count(cycle->store, OUTBOX_HELD, OUTBOX_HOLD_NEW);
    if (count == 0) return TRUE;
    if (!store_begin(cycle->store, clock_now(&cycle->clock), error)) return FALSE;
    gboolean live = store_mode(cycle->store) == STORE_LIVE;
    gboolean settled = store_outbox_release(cycle->store, OUTBOX_HOLD_NEW, NULL, error);
    if (settled && !live)
        settled = store_outbox_hold(cycle->store, -1, OUTBOX_HOLD_ADMIN, NULL, error);
    else if (settled && count > cycle->config->smtp.burst)
        settled = sending_hold_burst(cycle, count, error);
    if (!settled) {
        store_rollback(cycle->store);
        return FALSE;
    }
    return store_commit(cycle->store, error);
}

/* --- one letter ------------------------------------------------------------------------------- */

static SmtpSession *open_server(Cycle *cycle, GError **error)
{
    const SmtpConfig *smtp = &cycle->config->smtp;
    g_auto(Login) login = {.endpoint = {
                               .url = smtp->url,
                               .user = smtp->user,
                               .ca_file = smtp->ca_file,
                               .connect_timeout_seconds = smtp->timeout,
                               .command_timeout_seconds = smtp->timeout,
                           }};
    return login_fill(&login, &smtp->password, &cycle->smtp_token, error) ? smtp_open(&login.endpoint, error)
                                                                          : NULL;
}

/* To and Cc, NULL-terminated. */
static GPtrArray *recipients_of(const Config *config, const StoreLetter *letter)
{
    GPtrArray *recipients = g_ptr_array_new();
    if (*config->smtp.rehearsal_to) {
        g_ptr_array_add(recipients, config->smtp.rehearsal_to);
    } else {
        g_ptr_array_add(recipients, letter->to);
        for (guint i = 0; i < letter->cc->len; i++) g_ptr_array_add(recipients, letter->cc->pdata[i]);
    }
    g_ptr_array_add(recipients, NULL);
    return recipients;
}

/* One sending run. */
typedef struct Run {
    Cycle *cycle;
    Pace *pace;
    SmtpSession *server;
    gboolean old_token; /* the token is from an earlier run */
    SendCount *count;
} Run;

/* We, or the server, may have been stopped for longer than the lease: then another instance sends. */
static gboolean still_ours(gpointer cycle)
{
    return lease_check(cycle, NULL);
}

/* A token that has run out is refused before anything of the letter is said: get another, and try once more.
 */
static SmtpResult *submit(Run *run, const StoreLetter *letter, GError **error)
{
    const Config *config = run->cycle->config;
    g_autoptr (GPtrArray) recipients = recipients_of(config, letter);
    SmtpEnvelope envelope = {
        .from = config->desk.address,
        .recipients = (const char *const *)recipients->pdata,
        .copy_to = config->smtp.sent_copy == SENT_COPY_BCC ? config->desk.address : NULL,
        .together = letter->refusals < PATIENCE,
        .may_send = still_ours,
        .data = run->cycle,
    };
    SmtpResult *result = smtp_send(run->server, &envelope, letter->bytes);
    if (!login_may_be_old(&config->smtp.password, run->old_token, result->error)) return result;
    g_message("%s; asking token_command for another token", result->error->message);
    smtp_result_free(result);
    run->old_token = FALSE;
    login_forget(&run->cycle->smtp_token);
    g_clear_pointer(&run->server, smtp_close);
    run->server = open_server(run->cycle, error);
    return run->server ? smtp_send(run->server, &envelope, letter->bytes) : NULL;
}

/* FALSE with an error where sending must stop; a fault of the letter alone is TRUE. */
static gboolean send_one(Run *run, gint64 id, GError **error)
{
    Cycle *cycle = run->cycle;
    if (!lease_keep(cycle, error)) return FALSE;
    g_autoptr (StoreLetter) letter = store_outbox_letter(cycle->store, id, error);
    if (!letter || !store_outbox_mark_in_flight(cycle->store, id, real_now(), error)) return FALSE;
    cycle->stale = TRUE;
    g_autoptr (GError) local = NULL;
    g_autoptr (SmtpResult) result = submit(run, letter, &local);
    if (!result) {
        gboolean kept = store_outbox_mark_deferred(cycle->store, id, 0, local->message, error);
        if (kept) g_propagate_error(error, g_steal_pointer(&local));
        return FALSE;
    }
    if (!outcome_keep(cycle, run->pace, letter, result, run->count, error)) return FALSE;
    if (result->error && result->code != 421) { /* 421 made a pause: its letters wait */
        g_propagate_error(error, g_steal_pointer(&result->error));
        return FALSE;
    }
    return result->outcome != SMTP_ACCEPTED || sent_copy(cycle, letter, error);
}

/* --- pace ------------------------------------------------------------------------------------- */

static void remember_pause(const char *domain, gint64 until, gpointer pace)
{
    pace_pause(pace, domain, until);
}

static void remember_letter(const char *to, const char *cc, gint64 at, gpointer pace)
{
    if (at > real_now()) return; /* the machine's clock was ahead */
    g_auto(GStrv) more = g_strsplit(cc, ",", -1);
    g_autoptr (GPtrArray) all = g_ptr_array_new();
    g_ptr_array_add(all, (gpointer)to);
    for (guint i = 0; more[i]; i++) g_ptr_array_add(all, more[i]);
    pace_note(pace, all, at);
}

static Pace *load_pace(const Cycle *cycle, GError **error)
{
    const Config *config = cycle->config;
    g_autoptr (Pace)
        pace = pace_new(config->smtp.per_minute, config->smtp.domain_per_minute, config->desk.address);
    gint64 now = real_now();
    if (!cycle->once && (!store_each_pause(cycle->store, now, remember_pause, pace, error) ||
                         !store_each_tried(cycle->store, now - PACE_WINDOW, remember_letter, pace, error)))
        return NULL;
    return g_steal_pointer(&pace);
}

static GPtrArray *all_recipients(const StoreDue *due)
{
    GPtrArray *to = g_ptr_array_new();
    g_ptr_array_add(to, due->to);
    for (guint i = 0; i < due->cc->len; i++) g_ptr_array_add(to, due->cc->pdata[i]);
    return to;
}

static void wait_until(Run *run, gint64 at)
{
    run->count->paced++;
    run->cycle->send_at = run->cycle->send_at ? MIN(run->cycle->send_at, at) : at;
}

/* --- the cap of an hour ----------------------------------------------------------------------- */

/* Letters that may still leave within this hour; `release` begins a new one. */
static guint left_in_hour(const Cycle *cycle)
{
    gint64 now = real_now(), from = store_setting_int(cycle->store, SENDING_HOUR_FROM, 0);
    gint64 since = MAX(now - HOUR, from > now + 1 ? 0 : from); /* in the future: the clock was ahead then */
    guint tried = store_count_tried(cycle->store, since, now), most = cycle->config->smtp.per_hour;
    return tried < most ? most - tried : 0;
}

static gboolean hold_hour(Cycle *cycle, GError **error)
{
    guint most = cycle->config->smtp.per_hour;
    g_autofree char *why = g_strdup_printf("一小时内发信已达上限%u封，其余邮件暂停发送，可能存在邮件循环；"
                                           "请核对后由管理员执行 baosong release",
                                           most);
    g_warning(
        "%u letters left within an hour: the others are held; look at the workbook for a loop, then run "
        "'baosong release'",
        most);
    cycle->stale = TRUE;
    return store_outbox_hold(cycle->store, -1, OUTBOX_HOLD_BURST, NULL, error) &&
           store_add_todo(cycle->store, "burst", why, 0, clock_now(&cycle->clock), error);
}

/* --- all -------------------------------------------------------------------------------------- */

/* Whether a hold waits that no later go-live or release undoes. It counts at once, before it is recorded: the
 * mailbox may be out of reach just when the administrator must stop the mail. */
static gboolean hold_waits(Cycle *cycle)
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

/* Looked at before each letter: a hold stops the very next one. */
static gboolean may_go_on(Cycle *cycle)
{
    return !cycle->stopping && !hold_waits(cycle);
}

static gboolean send_due(Run *run, const GPtrArray *letters, GError **error)
{
    guint left = left_in_hour(run->cycle);
    for (guint i = 0; i < letters->len && may_go_on(run->cycle); i++) {
        const StoreDue *due = letters->pdata[i];
        g_autoptr (GPtrArray) to = all_recipients(due);
        gint64 now = real_now(), at = pace_when(run->pace, to, now);
        if (left == 0) return hold_hour(run->cycle, error);
        if (at > now) {
            wait_until(run, at);
            continue;
        }
        left--;
        pace_note(run->pace, to, now);
        if (!run->server) run->server = open_server(run->cycle, error);
        if (!run->server || !send_one(run, due->id, error)) return FALSE;
    }
    return TRUE;
}

/* After a rebuild to which something was missing: a person must know before anybody is written to. */
static gboolean waits_for_gaps(Cycle *cycle)
{
    g_autofree char *gaps = store_setting(cycle->store, "gaps");
    if (gaps)
        g_warning("nothing is sent: the last rebuild found gaps; run 'baosong -c %s rebuild --accept-gaps'",
                  cycle->config->file);
    return gaps != NULL;
}

gboolean sending_run(Cycle *cycle, SendCount *count, GError **error)
{
    cycle->send_at = G_MAXINT64;
    if (store_mode(cycle->store) != STORE_LIVE || hold_waits(cycle) || waits_for_gaps(cycle)) return TRUE;
    cycle->send_at = 0;
    /* The machine's clock may have been ahead when a letter was put off, or a pause began: none is longer. */
    if (!store_outbox_not_later(cycle->store, real_now() + PACE_LONGEST_DELAY, error) ||
        !sent_resolve(cycle, error))
        return FALSE;
    /* Who runs --once by hand wants those that were put off tried now, whatever the back-off says. */
    g_autoptr (GPtrArray) letters = store_outbox_due(cycle->store, real_now(), cycle->once, error);
    if (!letters || letters->len == 0) return letters != NULL;
    g_autoptr (Pace) pace = load_pace(cycle, error);
    if (!pace) return FALSE;
    count->due = letters->len;
    Run run = {cycle, pace, NULL, cycle->smtp_token != NULL, count};
    gboolean sent = send_due(&run, letters, error);
    smtp_close(run.server);
    if (cycle->once) cycle->temporary += count->paced;
    return sent;
}
