#include "daemon/service.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/inotify.h>
#include <sysexits.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "config/stages.h"
#include "daemon/lease.h"
#include "daemon/log.h"
#include "daemon/pass.h"

#define FIRST_PAUSE   15 /* seconds after a failed pass; doubled up to the poll interval */
#define LONGEST_PAUSE 900
#define IDLE_SECONDS  (25 * 60) /* RFC 2177: below 29 minutes */
#define WAIT_SLICE    20        /* seconds between two pats of the watchdog while waiting, at most */

static volatile sig_atomic_t stop_signal;
static Cycle *stop_cycle;

/* A signal that comes just before a wait would not end it: so one more comes each second. */
static void on_alarm(int number)
{
    (void)number;
    alarm(1);
}

static void on_signal(int number)
{
    stop_signal = number;
    if (stop_cycle) stop_cycle->stopping = TRUE;
    alarm(1);
}

/* No SA_RESTART: a wait ends when a signal comes. */
static void catch_signals(Cycle *cycle)
{
    stop_cycle = cycle;
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    struct sigaction present;
    if (sigaction(SIGHUP, NULL, &present) == 0 && present.sa_handler != SIG_IGN) /* as under nohup */
        sigaction(SIGHUP, &action, NULL); /* a terminal that is closed; or somebody means a reload */
    action.sa_handler = on_alarm;
    sigaction(SIGALRM, &action, NULL);
}

/* Wakes us when the administrator drops a request. -1 where there is no inotify: then the poll interval does.
 */
static int watch_requests(const Config *config)
{
    g_autofree char *folder = g_build_filename(config->store.state_dir, "requests", NULL);
    int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (fd >= 0 && inotify_add_watch(fd, folder, IN_MOVED_TO | IN_CREATE) < 0) {
        close(fd);
        return -1;
    }
    return fd;
}

static void drain(int fd)
{
    char events[4096];
    while (fd >= 0 && read(fd, events, sizeof events) > 0)
        ;
}

/* Seconds until something is due by the clock: a deferred letter or a reminder stage. */
static guint seconds_until_due(const Cycle *cycle, guint poll)
{
    gint64 now = clock_now(&cycle->clock);
    g_autoptr (GPtrArray)
        plan =
            stages_plan(&cycle->config->remind, cycle->config->campaign.deadline_at, cycle->config->calendar);
    gint64 due = stages_next(plan, now);
    gint64 letter = cycle->send_at ? cycle->send_at : store_outbox_next_at(cycle->store);
    gint64 real = g_get_real_time() / G_USEC_PER_SEC;
    gint64 wait = poll;
    if (due != G_MAXINT64 && !cycle->clock.frozen) wait = MIN(wait, due - now);
    if (letter != G_MAXINT64 && store_mode(cycle->store) == STORE_LIVE) wait = MIN(wait, letter - real);
    return (guint)CLAMP(wait, 1, (gint64)poll);
}

static gboolean has_news(Cycle *cycle, const ImapStatus *status)
{
    StoreFolder inbox = {.name = cycle->config->imap.inbox};
    return status->uidnext != 0 && store_get_folder(cycle->store, &inbox, NULL) &&
           (inbox.uidvalidity != status->uidvalidity || inbox.last_uid + 1 < status->uidnext);
}

static void wait_timer(struct pollfd *request, guint seconds)
{
    poll(request, request->fd >= 0 ? 1 : 0, (int)seconds * 1000);
}

/* Some servers end each IDLE at once, or tell of mail that is not there: a pass each time would be without
 * end. */
typedef struct Idling {
    guint32 uidnext; /* when IDLE began */
    gboolean woken;  /* by the server */
    guint pause;     /* seconds without IDLE, doubled while it wakes us for nothing; 0 = it does not */
    guint32 news;    /* the UIDNEXT that was news before a wait: it is so once */
} Idling;

/* Whether to IDLE now; else there is a pause. */
static gboolean may_idle(Idling *idling, guint32 uidnext, guint poll)
{
    gboolean for_nothing = idling->woken && idling->uidnext == uidnext;
    if (for_nothing)
        idling->pause = CLAMP(2 * idling->pause, MIN(FIRST_PAUSE, poll), poll);
    else if (idling->woken)
        idling->pause = 0;
    idling->woken = FALSE;
    idling->uidnext = uidnext;
    return !for_nothing;
}

/* An IDLE that lasted was a good one. */
static void note_wake(Idling *idling, ImapWake wake, gint64 lasted)
{
    idling->woken = wake == IMAP_WAKE_SERVER || wake == IMAP_WAKE_ERROR;
    if (lasted > MAX(idling->pause, FIRST_PAUSE)) idling->pause = 0;
}

/* As often as systemd wants it, with room to spare. */
static guint wait_slice(void)
{
    guint64 watchdog = 0;
    if (sd_watchdog_enabled(0, &watchdog) <= 0) return WAIT_SLICE;
    return (guint)CLAMP(watchdog / (3 * G_USEC_PER_SEC), 1, WAIT_SLICE);
}

/* Waits for mail (IDLE where offered), a request, a signal or the time. The watchdog is fed between slices: a
 * loop that goes round is alive, and between them nothing can hang but a server, which has deadlines. */
static void wait_for_work(Cycle *cycle, int requests, guint seconds, gboolean good, Idling *idling)
{
    struct pollfd request = {.fd = requests, .events = POLLIN};
    g_autoptr (GError) error = NULL;
    gboolean idle =
        cycle->config->imap.idle && cycle->imap && imap_alive(cycle->imap) && imap_has(cycle->imap, "IDLE");
    gboolean had = idle;
    ImapStatus status;
    if (idle && imap_examine(cycle->imap, cycle->config->imap.inbox, &status, &error)) {
        if (good && idling->news != status.uidnext && has_news(cycle, &status)) {
            idling->news = status.uidnext; /* it came while we were busy: IDLE would not tell */
            return;
        }
        if (!may_idle(idling, status.uidnext, cycle->config->imap.poll)) {
            idle = FALSE;
            seconds = MIN(seconds, idling->pause);
        } else {
            idle = imap_idle_start(cycle->imap, &error);
        }
    } else {
        idle = FALSE;
    }
    /* The connection broke just now: do not sleep a whole interval over it. */
    if (had && !imap_alive(cycle->imap)) seconds = MIN(seconds, (guint)FIRST_PAUSE);
    gint64 began = g_get_monotonic_time();
    gint64 until = began + (gint64)MIN(seconds, (guint)IDLE_SECONDS) * G_USEC_PER_SEC;
    ImapWake wake = IMAP_WAKE_TIMEOUT;
    while (!cycle->stopping && wake == IMAP_WAKE_TIMEOUT && !request.revents) {
        gint64 left = (until - g_get_monotonic_time() + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC;
        if (left <= 0) break;
        guint slice = (guint)MIN(left, (gint64)wait_slice());
        sd_notify(0, "WATCHDOG=1");
        if (idle)
            wake = imap_idle_wait(cycle->imap, &request, requests >= 0 ? 1 : 0, slice, &error);
        else
            wait_timer(&request, slice);
    }
    if (idle) note_wake(idling, wake, (g_get_monotonic_time() - began) / G_USEC_PER_SEC);
    if (idle && wake != IMAP_WAKE_ERROR) imap_idle_done(cycle->imap, NULL);
    drain(requests);
}

/* Pauses grow while passes fail, so that a server that refuses us is not hammered. */
static guint next_pause(guint failures, guint poll)
{
    guint pause = (guint)FIRST_PAUSE << MIN(failures - 1, 6u);
    return MIN(pause, MAX(poll, (guint)LONGEST_PAUSE));
}

int service_run(Cycle *cycle)
{
    catch_signals(cycle);
    int requests = watch_requests(cycle->config);
    guint failures = 0;
    Idling idling = {0};
    sd_notify(0, "READY=1");
    while (!cycle->stopping) {
        cycle_progress(cycle, "looking for mail");
        g_autoptr (GError) error = NULL;
        gboolean done = pass_run(cycle, &error);
        int status = done ? EX_OK : log_failure(error);
        if (status == EX_CONFIG) {
            lease_release(cycle);
            stop_cycle = NULL;
            return status;
        }
        failures = done ? 0 : failures + 1;
        guint poll_seconds = cycle->config->imap.poll;
        guint pause = done ? seconds_until_due(cycle, poll_seconds) : next_pause(failures, poll_seconds);
        cycle_progress(cycle, "%s", done ? "waiting for mail" : error->message);
        if (!cycle->stopping) wait_for_work(cycle, requests, pause, done, &idling);
    }
    sd_notify(0, "STOPPING=1");
    lease_release(cycle);
    if (requests >= 0) close(requests);
    stop_cycle = NULL;
    return EX_OK;
}
