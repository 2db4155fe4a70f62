#include "parsers/watch.h"

#include <string.h>
#include <time.h>

#include "parsers/limits.h"
#include "parsers/sandbox.h"

static FactsRequest asked = {.kind = FACTS_WORKER_READ};
static WatchNote tell;
static gpointer listener;
static const char *current;  /* SHA-256 of the file that is being read; NULL between files */
static gint64 began_at = -1; /* seconds of CPU that this process had used then; -1: nobody watches */
static gint64 granted = -1;  /* until when this process may run, by the same clock */

static gint64 cpu_now(void)
{
    struct timespec now = {0};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return now.tv_sec;
}

/* Limits count whole seconds: within one there is mostly nothing new to give, not even to the next mail. */
static void give_share(gint64 now)
{
    if (began_at < 0) return;
    gint64 until = MIN(began_at + LIMIT_WORKER_CPU_SECONDS, now + LIMIT_SHARE_CPU_SECONDS);
    if (until == granted) return;
    granted = until;
    sandbox_grant_cpu((guint)MAX(until - now, 0));
}

static void set_current(const char *sha256)
{
    if (sha256 == current) return;
    current = sha256;
    if (tell) tell(current, listener);
}

static gboolean is_skipped(const char *sha256)
{
    for (gsize i = 0; i < FACTS_WORKER_SKIPS; i++)
        if (*sha256 && strncmp(sha256, asked.skip[i], FACTS_SHA256_CHARS) == 0) return TRUE;
    return FALSE;
}

void watch_begin(const FactsRequest *request, WatchNote note, gpointer data)
{
    asked = *request;
    tell = note;
    listener = data;
    current = NULL;
    began_at = cpu_now();
    give_share(began_at);
}

gboolean watch_enter(FactsAttachment *attachment, const char **outer)
{
    gint64 now = cpu_now();
    const char *why = asked.kind == FACTS_WORKER_KEEP
                          ? "reading this mail's files took too much time or memory, or broke the reader"
                      : is_skipped(attachment->sha256)
                          ? "reading it took too much time or memory, or broke the reader"
                      : began_at >= 0 && now - began_at > LIMIT_WORKER_CPU_SECONDS - LIMIT_SHARE_CPU_SECONDS
                          ? "the files before it used up the time of this mail"
                          : NULL;
    if (why) {
        facts_add_problem(attachment->problems, "unreadable", why);
        return FALSE;
    }
    *outer = current;
    give_share(now);
    if (*attachment->sha256) set_current(attachment->sha256); /* else it is a part of the one around it */
    return TRUE;
}

void watch_leave(const char *outer)
{
    set_current(outer);
    give_share(cpu_now());
}
