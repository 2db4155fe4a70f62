/* Commands that work on the store in the daemon's place: rebuild, reparse. */
#include <signal.h>
#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

#include "daemon/command.h"
#include "daemon/log.h"
#include "daemon/owner.h"
#include "daemon/rebuild.h"
#include "daemon/reparse.h"

#define BAR_WIDTH 40

static Cycle *working;

static void on_signal(int number)
{
    (void)number;
    if (working) working->stopping = TRUE;
}

/* Only a person sees it. */
void command_progress(const char *what, guint done, guint total)
{
    char bar[BAR_WIDTH + 1];
    if (total == 0 || !isatty(STDERR_FILENO)) return;
    guint full = (guint)((guint64)done * BAR_WIDTH / total);
    for (guint i = 0; i < BAR_WIDTH; i++) bar[i] = i < full ? '#' : '.';
    bar[BAR_WIDTH] = '\0';
    fprintf(stderr, "\r[%s] %u/%u %s\033[K%s", bar, done, total, what, done >= total ? "\n" : "");
}

/* The clock of a rehearsal, as baosongd --now. */
static gboolean read_clock(const Config *config, const char *now, Clock *clock)
{
    if (!now) return TRUE;
    clock->frozen = TRUE;
    if (!calendar_parse(config->calendar, now, FALSE, &clock->at))
        fprintf(stderr, "baosong: --now %s: not a time; write it as 2014-05-30T09:00:00+08:00\n", now);
    else if (!config->campaign.rehearsal)
        fprintf(stderr, "baosong: --now needs rehearsal = yes in [campaign]\n");
    else
        return TRUE;
    return FALSE;
}

static void start(Cycle *cycle)
{
    struct sigaction action = {.sa_handler = on_signal};
    working = cycle;
    cycle->on_progress = command_progress;
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
}

static int tell(const Config *config, const RebuildResult *result, gboolean accepted)
{
    printf("%u items from %u mails, with their numbers; nothing was sent.\n", result->items, result->mails);
    if (result->held)
        printf("%u letters of which no copy lies in Sent are held; look at them in the workbook, then run "
               "'baosong "
               "release'.\n",
               result->held);
    if (result->standby)
        printf("Another instance holds the lease: this one will follow it, and take over when it falls "
               "silent.\n");
    for (guint i = 0; i < result->gaps->len; i++) printf("gap: %s\n", (char *)result->gaps->pdata[i]);
    if (result->gaps->len > 0 && !accepted)
        printf("Sending waits: put back what is missing and rebuild again, or run 'baosong -c %s rebuild "
               "--accept-gaps'.\n",
               config->file);
    return result->gaps->len > 0 && !accepted ? EX_DATAERR : EX_OK;
}

int command_rebuild(const Config *config, int argc, char **argv)
{
    gboolean accept = FALSE;
    g_autofree char *now = NULL;
    const GOptionEntry entries[] = {
        {"accept-gaps", 0, 0, G_OPTION_ARG_NONE, &accept, "Send again although records or mails are missing",
         NULL},
        {"now", 0, 0, G_OPTION_ARG_STRING, &now, "The campaign's clock, in a rehearsal", "TIME"},
        G_OPTION_ENTRY_NULL};
    if (!command_options(command_named("rebuild"), entries, &argc, &argv, 0, 0)) return EX_USAGE;
    Clock clock = {0};
    if (!read_clock(config, now, &clock)) return EX_USAGE;
    g_autoptr (GError) error = NULL;
    if (!owner_become(config, &error)) return log_failure(error);
    g_autoptr (Cycle) cycle = cycle_open_beside(config, clock, &error);
    if (!cycle) return log_failure(error);
    start(cycle);
    RebuildResult result = {0};
    if (!rebuild_run(cycle, accept, &result, &error)) {
        working = NULL;
        g_clear_pointer(&result.gaps, g_ptr_array_unref);
        return log_failure(error);
    }
    working = NULL;
    int status = tell(config, &result, accept);
    g_ptr_array_unref(result.gaps);
    return status;
}

int command_reparse(const Config *config, int argc, char **argv)
{
    if (!command_options(command_named("reparse"), NULL, &argc, &argv, 0, 0)) return EX_USAGE;
    g_autoptr (GError) error = NULL;
    if (!owner_become(config, &error)) return log_failure(error);
    Store *there = store_open_read_only(config, &error); /* or there would be an empty one */
    store_close(there);
    g_autoptr (Cycle) cycle = there ? cycle_open(config, (Clock){0}, TRUE, &error) : NULL;
    if (!cycle) return log_failure(error);
    start(cycle);
    ReparseCount count = {0};
    gboolean done = reparse_run(cycle, &count, &error);
    working = NULL;
    if (!done) return log_failure(error);
    printf("%u mails read again; %u of them read otherwise than before, %u opinions differ from what is "
           "settled and are "
           "in 待处理; %u are not on disk.\n",
           count.read, count.changed, count.opinions, count.missing);
    return EX_OK;
}
