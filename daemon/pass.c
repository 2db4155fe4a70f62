#include "daemon/pass.h"

#include <string.h>
#include <sysexits.h>

#include "config/stages.h"
#include "daemon/apply.h"
#include "daemon/desk/desk.h"
#include "daemon/follow.h"
#include "daemon/follow_sent.h"
#include "daemon/intake.h"
#include "daemon/journal.h"
#include "daemon/lease.h"
#include "daemon/log.h"
#include "daemon/metrics.h"
#include "daemon/reminding.h"
#include "daemon/rules.h"
#include "daemon/sending.h"
#include "daemon/sent.h"
#include "reports/reports.h"

static gboolean take_in(Cycle *cycle, GError **error)
{
    IntakeCount count = {0};
    const ImapConfig *imap = &cycle->config->imap;
    gint64 began_at = g_get_real_time() / G_USEC_PER_SEC; /* what came later this pass may not have seen */
    gboolean read = rules_look(cycle, error) && intake_folder(cycle, imap->inbox, DESK_INBOX, &count, error);
    const char *junk =
        read && strcmp(imap->junk, "-") != 0 ? cycle_folder(cycle, imap->junk, IMAP_ROLE_JUNK) : NULL;
    if (junk) read = intake_folder(cycle, junk, DESK_JUNK, &count, error);
    cycle_count_deaths(cycle);
    if (count.seen + count.old > 0)
        g_message("read %u mails: %u of the campaign, %u for staff to look at, %u others, %u known already, "
                  "%u from before the campaign, %u gone",
                  count.seen + count.old, count.campaign, count.suspect, count.other, count.known, count.old,
                  count.gone);
    return read && (cycle->stopping || rules_end_other(cycle, error)) &&
           store_set_setting_int(cycle->store, "last_poll_at", began_at, error);
}

static gboolean tell_unreachable(Cycle *cycle, const GPtrArray *codes, gint64 now, GError **error)
{
    for (guint i = 0; i < codes->len; i++) {
        const Committee *committee = roster_find_code(cycle->config->roster, codes->pdata[i]);
        gboolean none = !committee || committee->addresses->len == 0;
        g_autofree char *why = g_strdup_printf("%s 未报足，名册中%s，无法催报，请电话联系并补充邮箱",
                                               committee ? committee->name : (char *)codes->pdata[i],
                                               none ? "没有邮箱" : "的邮箱均已退信");
        if (!store_add_todo(cycle->store, "no-address", why, 0, now, error)) return FALSE;
    }
    return TRUE;
}

#define APART (12 * 3600) /* seconds; servers that date mail in another zone are less wrong */

/* A clock that woke in another year would say to everybody that the deadline has passed. Which of two clocks
 * is right nobody knows but a person; once they agree, what was missed is one letter. */
static gboolean clocks_agree(Cycle *cycle, gboolean *agree, GError **error)
{
    gint64 ahead;
    gboolean known = lease_clock_ahead(cycle, &ahead);
    *agree = known && ABS(ahead) < APART;
    if (*agree) return TRUE;
    if (!known) {
        g_message("the clock was set: no reminder before the server has shown its own");
        return TRUE;
    }
    g_warning("the clock of this machine is %" G_GINT64_FORMAT
              " hours %s the mail server's: no reminders until "
              "they agree; set the clock (see timedatectl)",
              ABS(ahead) / 3600, ahead > 0 ? "ahead of" : "behind");
    return store_add_todo(cycle->store, "clock", "本机时钟与邮件服务器时间相差半天以上，催报已暂停", 0,
                          clock_now(&cycle->clock), error);
}

static gboolean tell_missed(Cycle *cycle, gint64 now, GError **error)
{
    g_autofree char *stage = desk_missed(cycle->config, store_book(cycle->store), now);
    if (!stage) return TRUE;
    g_autofree char *why =
        g_strdup_printf("“%s”的催报时间已过%u天以上，系统不再补发；仍有单位未报足，请电话提醒", stage,
                        (guint)STAGES_STALE_DAYS);
    return store_add_todo(cycle->store, "remind-missed", why, 0, now, error);
}

/* Only after a whole intake: a mail that lies unread in the mailbox would make its sender look short. */
static gboolean remind(Cycle *cycle, GError **error)
{
    if (store_mode(cycle->store) != STORE_LIVE) return TRUE;
    gboolean agree;
    if (!clocks_agree(cycle, &agree, error)) return FALSE;
    if (!agree) return TRUE;
    gint64 now = clock_now(&cycle->clock);
    g_autoptr (GPtrArray) unreachable = g_ptr_array_new_with_free_func(g_free);
    g_autoptr (GPtrArray) letters = desk_remind(cycle->config, store_book(cycle->store), now, unreachable);
    if (letters->len > 0 && !reminding_queue(cycle, letters, error)) return FALSE;
    if (letters->len > 0) {
        g_message(cycle->config->remind.approve ? "%u committees are short: their reminders are held; look "
                                                  "at the list in the workbook, then run "
                                                  "'baosong release'"
                                                : "%u committees are short and get a reminder",
                  letters->len);
        cycle->stale = TRUE;
    }
    return tell_unreachable(cycle, unreachable, now, error) && tell_missed(cycle, now, error);
}

static gboolean send_out(Cycle *cycle, GError **error)
{
    cycle->send_at = G_MAXINT64;
    if (cycle->standby) return TRUE;
    SendCount count = {0};
    gboolean sent = sending_run(cycle, &count, error);
    if (count.sent + count.deferred + count.failed > 0)
        g_message("sent %u letters, put off %u, failed %u", count.sent, count.deferred, count.failed);
    if (count.paced > 0) g_message("%u letters wait, so that not too many go at once", count.paced);
    g_autoptr (GError) later = NULL;
    /* What went and has no copy must stand in the ledger: else whoever takes over sends it again. */
    if (store_outbox_count(cycle->store, OUTBOX_ACCEPTED, OUTBOX_HOLD_NONE) > 0) cycle_reconnect(cycle);
    gboolean noted = journal_notes(cycle, &later) && sent_noted(cycle, &later);
    if (sent && !noted) g_propagate_error(error, g_steal_pointer(&later));
    return sent && noted;
}

static gboolean report(Cycle *cycle, GError **error)
{
    /* Days left and what is overdue change without any mail. */
    guint32 today = calendar_day(cycle->config->calendar, clock_now(&cycle->clock));
    if (!cycle->stale && cycle->reported_on == today) return TRUE;
    g_auto(ReportsPlace) place = {0};
    reports_place_fill(&place, cycle->config);
    if (!reports_write_summary(cycle->config, &place, clock_now(&cycle->clock), NULL, error)) return FALSE;
    cycle->stale = FALSE;
    cycle->reported_on = today;
    return TRUE;
}

static gboolean from_mailbox(Cycle *cycle, GError **error)
{
    if (!cycle_connect(cycle, error) || !follow_ledger(cycle, error) ||
        !lease_take(cycle, follow_ledger, error))
        return FALSE;
    if (!cycle->standby && (!journal_restore(cycle, error) || !follow_take_over(cycle, error))) return FALSE;
    if (cycle->standby)
        return apply_requests(cycle, error) && follow_sent(cycle, NULL, NULL, error) &&
               store_set_setting_int(cycle->store, "last_poll_at", g_get_real_time() / G_USEC_PER_SEC, error);
    return apply_requests(cycle, error) && take_in(cycle, error) && sending_settle_new(cycle, error) &&
           remind(cycle, error);
}

/* The first error of the pass is the one to tell; later steps that can do without go on. */
static gboolean keep_first(gboolean done, GError **first, GError **next)
{
    if (done) return TRUE;
    if (!*first) *first = g_steal_pointer(next);
    g_clear_error(next);
    return FALSE;
}

gboolean pass_run(Cycle *cycle, GError **error)
{
    GError *first = NULL;
    GError *next = NULL;
    cycle->temporary = cycle->uncopied = cycle->broken = 0;
    gboolean done = keep_first(from_mailbox(cycle, &next), &first, &next);
    /* Without the store nothing can be done; without the mailbox what is queued can still be sent. */
    if (done || first->domain == NET_ERROR) {
        done &= keep_first(send_out(cycle, &next), &first, &next);
        done &= keep_first(report(cycle, &next), &first, &next);
    }
    metrics_write(cycle->config, cycle->store);
    if (first) g_propagate_error(error, first);
    return done;
}

int pass_once(Cycle *cycle)
{
    g_autoptr (GError) error = NULL;
    if (!pass_run(cycle, &error)) return log_failure(error);
    return cycle->temporary > 0 ? EX_TEMPFAIL : EX_OK;
}
