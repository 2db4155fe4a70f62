#include "daemon/cycle.h"

#include <string.h>
#include <sysexits.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "config/stages.h"
#include "daemon/apply.h"
#include "daemon/desk/desk.h"
#include "daemon/follow.h"
#include "daemon/intake.h"
#include "daemon/lease.h"
#include "daemon/log.h"
#include "daemon/login.h"
#include "daemon/metrics.h"
#include "daemon/record.h"
#include "daemon/reminding.h"
#include "daemon/sending.h"
#include "daemon/sent.h"
#include "reports/reports.h"

#define PARSER "baosong-parse"

gint64 clock_now(const Clock *clock)
{
    return clock->frozen ? clock->at : g_get_real_time() / G_USEC_PER_SEC;
}

/* --- open and close --------------------------------------------------------------------------------------
 */

/* With another key every Message-ID is another one: what was answered would be answered again. */
static gboolean same_key(const Cycle *cycle, GError **error)
{
    g_autofree char *mark = ledger_message_id(cycle->ledger, "key", "mark", "");
    g_autofree char *known = store_setting(cycle->store, "ledger_mark");
    /* A database that holds nothing yet begins nothing: follow.c says what to do. */
    if (!known || store_is_new(cycle->store))
        return store_set_setting(cycle->store, "ledger_mark", mark, error);
    if (strcmp(known, mark) == 0) return TRUE;
    g_set_error(
        error, LEDGER_ERROR, LEDGER_ERROR_KEY,
        "the ledger key or the mailbox's domain is not the one that this campaign began with: put it back "
        "([store] key_file or key_credential, [desk] address); with another one every letter would go again");
    return FALSE;
}

static Cycle *open_cycle(const Config *config, Clock clock, gboolean once, gboolean beside, GError **error)
{
    g_autoptr (Cycle) cycle = g_new0(Cycle, 1);
    cycle->config = config;
    cycle->clock = clock;
    cycle->once = once;
    cycle->stale = TRUE;
    cycle->desk = desk_new(config);
    cycle->store = beside ? store_open_beside(config, error) : store_open(config, error);
    cycle->ledger = cycle->store ? ledger_open(config, error) : NULL;
    if (!cycle->ledger || !same_key(cycle, error)) return NULL;
    return g_steal_pointer(&cycle);
}

Cycle *cycle_open(const Config *config, Clock clock, gboolean once, GError **error)
{
    return sending_allowed(config, error) ? open_cycle(config, clock, once, FALSE, error) : NULL;
}

Cycle *cycle_open_beside(const Config *config, Clock clock, GError **error)
{
    return open_cycle(config, clock, TRUE, TRUE, error);
}

void cycle_close(Cycle *cycle)
{
    if (!cycle) return;
    g_clear_pointer(&cycle->pool, worker_pool_free);
    if (cycle->imap && !cycle->once) lease_release(cycle);
    cycle_disconnect(cycle);
    lease_clear(&cycle->lease);
    json_decref(cycle->portion);
    g_clear_pointer(&cycle->located, g_hash_table_unref);
    login_forget(&cycle->imap_token);
    login_forget(&cycle->smtp_token);
    g_clear_pointer(&cycle->ledger, ledger_free);
    g_clear_pointer(&cycle->store, store_close);
    g_clear_pointer(&cycle->desk, desk_free);
    g_free(cycle);
}

void cycle_progress(const Cycle *cycle, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *doing = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    sd_notifyf(0, "WATCHDOG=1\nSTATUS=%s: %s", store_mode_name(store_mode(cycle->store)), doing);
}

void cycle_alive(void)
{
    static gint64 fed_at;
    gint64 now = g_get_monotonic_time();
    if (now - fed_at < G_USEC_PER_SEC) return;
    fed_at = now;
    sd_notify(0, "WATCHDOG=1");
}

/* As configured; else beside this program, in a build tree as when installed; else on PATH. */
static char *find_parser(const Config *config)
{
    if (*config->store.parser) return g_strdup(config->store.parser);
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *folder = self ? g_path_get_dirname(self) : g_strdup(".");
    g_autofree char *beside = g_build_filename(folder, PARSER, NULL);
    if (access(beside, X_OK) == 0) return g_steal_pointer(&beside);
    char *found = g_find_program_in_path(PARSER);
    return found ? found : g_steal_pointer(&beside);
}

gboolean cycle_need_pool(Cycle *cycle, GError **error)
{
    if (cycle->pool) return TRUE;
    g_autofree char *parser = find_parser(cycle->config);
    cycle->deaths = 0;
    cycle->pool = worker_pool_new(parser, cycle->config->store.workers, 0, error);
    return cycle->pool != NULL;
}

/* --- connection ------------------------------------------------------------------------------------------
 */

void cycle_disconnect(Cycle *cycle)
{
    g_clear_pointer(&cycle->imap, imap_close);
    g_clear_pointer(&cycle->folders, g_ptr_array_unref);
}

static ImapSession *log_in(Cycle *cycle, GError **error)
{
    const ImapConfig *imap = &cycle->config->imap;
    g_auto(Login) login = {.endpoint = {
                               .url = imap->url,
                               .user = imap->user,
                               .ca_file = imap->ca_file,
                               .connect_timeout_seconds = imap->timeout,
                               .command_timeout_seconds = imap->timeout,
                           }};
    return login_fill(&login, &imap->password, &cycle->imap_token, error) ? imap_open(&login.endpoint, error)
                                                                          : NULL;
}

gboolean cycle_connect(Cycle *cycle, GError **error)
{
    if (cycle->imap && imap_alive(cycle->imap)) return TRUE;
    cycle_disconnect(cycle);
    g_autoptr (GError) local = NULL;
    gboolean had_token = cycle->imap_token != NULL;
    cycle->imap = log_in(cycle, &local);
    if (!cycle->imap && login_may_be_old(&cycle->config->imap.password, had_token, local)) {
        g_message("%s; asking token_command for another token", local->message);
        login_forget(&cycle->imap_token);
        g_clear_error(&local);
        cycle->imap = log_in(cycle, &local);
    }
    if (!cycle->imap) {
        if (g_error_matches(local, NET_ERROR, NET_ERROR_AUTH)) login_forget(&cycle->imap_token);
        g_propagate_error(error, g_steal_pointer(&local));
        return FALSE;
    }
    cycle->folders = imap_list_folders(cycle->imap, error);
    if (cycle->folders) return TRUE;
    cycle_disconnect(cycle); /* sending goes on without the mailbox, and must not take this for one */
    return FALSE;
}

const char *cycle_folder(const Cycle *cycle, const char *configured, ImapRole role)
{
    for (guint i = 0; *configured && i < cycle->folders->len; i++) {
        const ImapFolder *folder = cycle->folders->pdata[i];
        if (strcmp(folder->name, configured) == 0) return folder->name;
    }
    const ImapFolder *found = *configured ? NULL : imap_find_role(cycle->folders, role);
    return found ? found->name : NULL;
}

/* --- the steps -------------------------------------------------------------------------------------------
 */

void cycle_count_deaths(Cycle *cycle)
{
    guint deaths = cycle->pool ? worker_pool_deaths(cycle->pool) : 0;
    gint64 all = store_setting_int(cycle->store, "worker_restarts", 0);
    if (deaths > cycle->deaths)
        store_set_setting_int(cycle->store, "worker_restarts", all + deaths - cycle->deaths, NULL);
    cycle->deaths = deaths;
}

static gboolean take_in(Cycle *cycle, GError **error)
{
    IntakeCount count = {0};
    const ImapConfig *imap = &cycle->config->imap;
    gint64 began_at = g_get_real_time() / G_USEC_PER_SEC; /* what came later this pass may not have seen */
    gboolean read = intake_folder(cycle, imap->inbox, DESK_INBOX, &count, error);
    const char *junk =
        read && strcmp(imap->junk, "-") != 0 ? cycle_folder(cycle, imap->junk, IMAP_ROLE_JUNK) : NULL;
    if (junk) read = intake_folder(cycle, junk, DESK_JUNK, &count, error);
    cycle_count_deaths(cycle);
    if (count.seen + count.old > 0)
        g_message("read %u mails: %u of the campaign, %u for staff to look at, %u others, %u known already, "
                  "%u from before the campaign, %u gone",
                  count.seen + count.old, count.campaign, count.suspect, count.other, count.known, count.old,
                  count.gone);
    return read && store_set_setting_int(cycle->store, "last_poll_at", began_at, error);
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
        g_message("%u committees are short and get a reminder", letters->len);
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
    gboolean noted = record_notes(cycle, &later) && sent_noted(cycle, &later);
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
    if (!cycle_connect(cycle, error) || !follow_ledger(cycle, error) || !lease_take(cycle, error))
        return FALSE;
    if (!cycle->standby && (!record_restore(cycle, error) || !follow_take_over(cycle, error))) return FALSE;
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

gboolean cycle_run(Cycle *cycle, GError **error)
{
    GError *first = NULL;
    GError *next = NULL;
    cycle->temporary = 0;
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

int cycle_once(Cycle *cycle)
{
    g_autoptr (GError) error = NULL;
    if (!cycle_run(cycle, &error)) return log_failure(error);
    return cycle->temporary > 0 ? EX_TEMPFAIL : EX_OK;
}
