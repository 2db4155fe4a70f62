#include "daemon/sending.h"

#include <string.h>

#include "daemon/apply.h"
#include "daemon/lease.h"
#include "daemon/net/smtp.h"
#include "daemon/sent.h"

#define FIRST_DELAY   60 /* seconds before the second attempt; doubled for each further one */
#define LONGEST_DELAY (4 * 3600)

static gint64 real_now(void)
{
    return g_get_real_time() / G_USEC_PER_SEC;
}

gboolean sending_allowed(const Config *config, GError **error)
{
    if (!config->campaign.rehearsal || *config->smtp.rehearsal_to || smtp_url_is_loopback(config->smtp.url))
        return TRUE;
    g_set_error(
        error, CONFIG_ERROR, CONFIG_ERROR_VALUE,
        "%s: [smtp] url: rehearsal = yes sends only to a server on this machine; set rehearsal_to to an "
        "address of yours that gets all letters instead",
        config->file);
    return FALSE;
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

/* --- one letter ------------------------------------------------------------------------------------------
 */

static SmtpSession *open_server(const Config *config, GError **error)
{
    g_autoptr (GError) local = NULL;
    g_autofree char *password = config_secret(&config->smtp.password, &local);
    if (local) {
        g_propagate_error(error, g_steal_pointer(&local));
        return NULL;
    }
    NetEndpoint endpoint = {
        .url = config->smtp.url,
        .user = config->smtp.user,
        .password = password,
        .ca_file = config->smtp.ca_file,
        .connect_timeout_seconds = config->smtp.timeout,
        .command_timeout_seconds = config->smtp.timeout,
    };
    return smtp_open(&endpoint, error);
}

static GPtrArray *recipients_of(const Config *config, const StoreLetter *letter)
{
    GPtrArray *recipients = g_ptr_array_new();
    if (*config->smtp.rehearsal_to) {
        g_ptr_array_add(recipients, config->smtp.rehearsal_to);
    } else {
        g_ptr_array_add(recipients, letter->to);
        for (guint i = 0; i < letter->cc->len; i++) g_ptr_array_add(recipients, letter->cc->pdata[i]);
    }
    if (config->smtp.sent_copy == SENT_COPY_BCC) g_ptr_array_add(recipients, config->desk.address);
    g_ptr_array_add(recipients, NULL);
    return recipients;
}

static gint64 next_try(guint attempts)
{
    guint doublings = MIN(attempts > 0 ? attempts - 1 : 0, 10);
    return real_now() + MIN((gint64)FIRST_DELAY << doublings, LONGEST_DELAY);
}

/* Someone did not get a letter that others got: staff must know whom to telephone. */
static gboolean tell_refused(Cycle *cycle, const StoreLetter *letter, const SmtpResult *result,
                             GError **error)
{
    for (guint i = 0; i < result->refused->len; i++) {
        const SmtpRefusal *refusal = result->refused->pdata[i];
        g_warning("letter <%s> was refused for %s: %d %s", letter->message_id, refusal->address,
                  refusal->code, refusal->text);
        g_autofree char *why =
            g_strdup_printf("“%s”未能送达 %s（%d %s），请核对地址或电话联系", letter->subject,
                            refusal->address, refusal->code, refusal->text);
        if (!store_add_todo(cycle->store, "address-refused", why, 0, clock_now(&cycle->clock), error))
            return FALSE;
    }
    return TRUE;
}

static gboolean note_result(Cycle *cycle, const StoreLetter *letter, const SmtpResult *result,
                            SendCount *count, GError **error)
{
    guint attempts = letter->attempts + 1;
    switch (result->outcome) {
    case SMTP_ACCEPTED:
        count->sent++;
        cycle_progress(cycle, "sent %u letters", count->sent);
        return store_outbox_mark_accepted(cycle->store, letter->id, clock_now(&cycle->clock), error) &&
               tell_refused(cycle, letter, result, error);
    case SMTP_UNKNOWN:
        g_warning("letter <%s>: %s; it may have gone: the next pass looks for it in Sent and sends it again, "
                  "under the same "
                  "Message-ID, if it is not there",
                  letter->message_id, result->text);
        cycle->temporary++;
        return TRUE;
    case SMTP_TEMPORARY:
        /* A server that cannot be reached is no fault of the letter: it never makes one fail. */
        if (result->error || attempts < cycle->config->smtp.attempts) {
            g_message("letter <%s> to %s is put off: %s", letter->message_id, letter->to, result->text);
            count->deferred++;
            cycle->temporary++;
            return store_outbox_mark_deferred(cycle->store, letter->id, next_try(attempts), result->text,
                                              error);
        }
        break;
    case SMTP_PERMANENT: break;
    }
    g_warning("letter <%s> to %s failed: %s; it is listed in 待处理", letter->message_id, letter->to,
              result->text);
    count->failed++;
    return store_outbox_mark_failed(cycle->store, letter->id, clock_now(&cycle->clock), result->text, error);
}

/* FALSE with an error where sending must stop; a fault of the letter alone is TRUE. */
static gboolean send_one(Cycle *cycle, SmtpSession *server, const StoreLetter *letter, SendCount *count,
                         GError **error)
{
    if (!lease_keep(cycle, error)) return FALSE;
    if (!store_outbox_mark_in_flight(cycle->store, letter->id, real_now(), error)) return FALSE;
    g_autoptr (GPtrArray) recipients = recipients_of(cycle->config, letter);
    g_autoptr (SmtpResult)
        result = smtp_send(server, cycle->config->desk.address, (const char *const *)recipients->pdata,
                           letter->bytes);
    cycle->stale = TRUE;
    if (!note_result(cycle, letter, result, count, error)) return FALSE;
    if (result->error) {
        g_propagate_error(error, g_steal_pointer(&result->error));
        return FALSE;
    }
    return result->outcome != SMTP_ACCEPTED || sent_copy(cycle, letter, error);
}

/* Looked at before each letter: a hold stops the very next one. */
static gboolean may_go_on(Cycle *cycle)
{
    return !cycle->stopping && !apply_hold_waits(cycle);
}

static gboolean send_all(Cycle *cycle, SmtpSession *server, SendCount *count, GError **error)
{
    /* Who runs --once by hand wants them tried now, whatever the back-off says. */
    if (cycle->once) {
        g_autoptr (GPtrArray) deferred = store_outbox_list(cycle->store, OUTBOX_DEFERRED, error);
        if (!deferred) return FALSE;
        for (guint i = 0; i < deferred->len && may_go_on(cycle); i++)
            if (!send_one(cycle, server, deferred->pdata[i], count, error)) return FALSE;
    }
    while (may_go_on(cycle)) {
        g_autoptr (GError) local = NULL;
        g_autoptr (StoreLetter) letter = store_outbox_next(cycle->store, real_now(), &local);
        if (!letter) {
            if (local) g_propagate_error(error, g_steal_pointer(&local));
            return !(error && *error);
        }
        if (!send_one(cycle, server, letter, count, error)) return FALSE;
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
    if (store_mode(cycle->store) != STORE_LIVE || apply_hold_waits(cycle) || waits_for_gaps(cycle))
        return TRUE;
    /* The machine's clock may have been ahead when a letter was put off: no letter waits longer than that. */
    if (!store_outbox_not_later(cycle->store, real_now() + LONGEST_DELAY, error) ||
        !sent_resolve(cycle, error))
        return FALSE;
    guint deferred = cycle->once ? store_outbox_count(cycle->store, OUTBOX_DEFERRED, OUTBOX_HOLD_NONE) : 0;
    if (deferred == 0 && store_outbox_next_at(cycle->store) > real_now()) return TRUE;
    g_autoptr (SmtpSession) server = open_server(cycle->config, error);
    return server && send_all(cycle, server, count, error);
}
