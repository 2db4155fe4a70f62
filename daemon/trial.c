#include "daemon/trial.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define LONGEST 500 /* seconds of one trial: less than systemd's watchdog waits */
#define AT_MOST 30  /* attempts, of a mail that does no harm when it is tried */
#define NEAR    500 /* UIDs to either side: where another mail is looked for */
#define OTHERS  3   /* of them, at most: one of them may be at fault, too */

enum { FINE, FAULT, NO_SERVER }; /* exit statuses of the process; a signal is a fault of the mail */

typedef struct Case {
    Cycle *cycle;
    const StoreFolder *folder;
    DeskFolder role;
    const IntakeMail *mail;
} Case;

/* --- in the process of its own ---------------------------------------------------------------- */

static gboolean keep(guint32 uid, GBytes *raw, gpointer data)
{
    GBytes **kept = data;
    if (!*kept) *kept = g_bytes_ref(raw);
    return TRUE;
}

static gboolean open_own(const Case *on)
{
    Cycle *cycle = on->cycle;
    ImapStatus status;
    return cycle_connect(cycle, NULL) && imap_examine(cycle->imap, on->folder->name, &status, NULL) &&
           status.uidvalidity == on->folder->uidvalidity && cycle_need_pool(cycle, NULL);
}

static void judge(const Case *on, const Facts *facts)
{
    g_autofree char *identity = facts_identity(facts);
    DeskMail question = {
        .folder = on->role,
        .received_at = on->mail->received_at,
        .size = on->mail->size,
        .identity = identity,
        .facts = facts,
    };
    verdict_free(
        desk_judge(on->cycle->desk, store_book(on->cycle->store), &question, clock_now(&on->cycle->clock)));
}

static gboolean fetches(const Case *on, const ImapEntry *entry, gboolean header_only, GBytes **raw)
{
    gboolean fetched = header_only ? imap_fetch_headers(on->cycle->imap, entry, 1, keep, raw, NULL)
                                   : imap_fetch_mails(on->cycle->imap, entry, 1, keep, raw, NULL);
    return fetched && *raw;
}

static int by_size(gconstpointer a, gconstpointer b)
{
    guint32 x = ((const ImapEntry *)a)->size, y = ((const ImapEntry *)b)->size;
    return x < y ? -1 : x > y;
}

static GArray *others(const Case *on)
{
    guint32 uid = on->mail->uid;
    GArray *near = imap_list_uids(on->cycle->imap, uid > NEAR ? uid - NEAR : 1, uid + NEAR, NULL);
    for (guint i = near ? near->len : 0; i > 0; i--)
        if (g_array_index(near, ImapEntry, i - 1).uid == uid) g_array_remove_index(near, i - 1);
    if (near) g_array_sort(near, by_size);
    return near;
}

static void on_late(int number)
{
    (void)number;
    _exit(NO_SERVER);
}

/* The mail did not come. Whose fault is it? */
static int whose_fault(const Case *on, const ImapEntry *entry, gboolean header_only)
{
    signal(SIGALRM, on_late);
    cycle_disconnect(on->cycle);
    if (!open_own(on)) return NO_SERVER;
    g_autoptr (GArray) near = others(on);
    g_autoptr (GBytes) raw = NULL;
    if (!near) return NO_SERVER;
    if (near->len == 0) return !header_only && fetches(on, entry, TRUE, &raw) ? FAULT : NO_SERVER;
    for (guint i = 0; i < MIN(near->len, OTHERS); i++)
        if ((imap_alive(on->cycle->imap) || open_own(on)) &&
            fetches(on, &g_array_index(near, ImapEntry, i), FALSE, &raw))
            return FAULT;
    return NO_SERVER;
}

static void on_later_still(int number)
{
    (void)number;
    _exit(FAULT);
}

/* A line may break at any mail, once more too: at fault is the one that does not come before another and not
 * after it. */
static gboolean comes_after_all(const Case *on, const ImapEntry *entry, gboolean header_only, GBytes **raw)
{
    signal(SIGALRM, on_later_still);
    return (imap_alive(on->cycle->imap) || open_own(on)) && fetches(on, entry, header_only, raw);
}

static int read_alone(const Case *on, gboolean header_only)
{
    on->cycle->imap = NULL; /* the daemon's: forgotten, not closed */
    on->cycle->folders = NULL;
    on->cycle->pool = NULL;
    if (!open_own(on)) return NO_SERVER;
    GBytes *raw = NULL;
    ImapEntry entry = {on->mail->uid, on->mail->size, on->mail->received_at};
    if (!fetches(on, &entry, header_only, &raw)) {
        int fault = whose_fault(on, &entry, header_only);
        if (fault != FAULT || !comes_after_all(on, &entry, header_only, &raw)) return fault;
    }
    worker_pool_submit(on->cycle->pool, raw, NULL, NULL);
    WorkerResult *result = worker_pool_collect(on->cycle->pool, -1, NULL);
    if (!result) return NO_SERVER;
    if (result->facts) judge(on, result->facts); /* a reader that dies of it is no harm: it is replaced */
    return FINE;
}

/* --- in the daemon ---------------------------------------------------------------------------- */

static int run(const Case *on, gboolean header_only)
{
    pid_t child = fork();
    if (child < 0) return NO_SERVER;
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        signal(SIGALRM, SIG_DFL);
        alarm(LONGEST);
        _exit(read_alone(on, header_only));
    }
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        if (on->cycle->stopping) kill(child, SIGKILL);
    if (on->cycle->stopping) return NO_SERVER;
    return WIFEXITED(status) ? WEXITSTATUS(status) : FAULT;
}

Trial trial_of(Cycle *cycle, const StoreFolder *folder, DeskFolder role, const IntakeMail *mail)
{
    Case on = {cycle, folder, role, mail};
    cycle_disconnect(cycle); /* some providers allow one connection */
    cycle_progress(cycle, "trying UID %u of %s in a process of its own", mail->uid, folder->name);
    int whole = mail->header_only ? FAULT : run(&on, FALSE);
    if (whole == NO_SERVER) return TRIAL_UNKNOWN;
    /* What does no harm apart, and no run survives, has an end all the same: no plug is pulled so often. */
    if (mail->attempts > AT_MOST) return TRIAL_NOTHING;
    if (whole == FINE) return mail->attempts == AT_MOST ? TRIAL_HEADER : TRIAL_WHOLE;
    cycle_progress(cycle, "trying the header of UID %u of %s", mail->uid, folder->name);
    int header = run(&on, TRUE);
    return header == FINE ? TRIAL_HEADER : header == FAULT ? TRIAL_NOTHING : TRIAL_UNKNOWN;
}
