#include "daemon/trial.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define LONGEST 500 /* seconds of one trial: less than systemd's watchdog waits */

enum { FINE, FAULT, NO_SERVER }; /* exit statuses of the process; a signal is a fault */

typedef struct Case {
    Cycle *cycle;
    const StoreFolder *folder;
    DeskFolder role;
    const IntakeMail *mail;
} Case;

/* --- in the process of its own ----------------------------------------------------------------------------
 */

static gboolean keep(guint32 uid, GBytes *raw, gpointer data)
{
    GBytes **kept = data;
    if (!*kept) *kept = g_bytes_ref(raw);
    return TRUE;
}

/* The connection and the processes of the daemon are not ours: forgotten, not closed. */
static gboolean open_own(const Case *on)
{
    Cycle *cycle = on->cycle;
    ImapStatus status;
    cycle->imap = NULL;
    cycle->folders = NULL;
    cycle->pool = NULL;
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

static int read_alone(const Case *on, gboolean header_only)
{
    if (!open_own(on)) return NO_SERVER;
    GBytes *raw = NULL;
    ImapEntry entry = {on->mail->uid, on->mail->size, on->mail->received_at};
    gboolean fetched = header_only ? imap_fetch_headers(on->cycle->imap, &entry, 1, keep, &raw, NULL)
                                   : imap_fetch_mails(on->cycle->imap, &entry, 1, keep, &raw, NULL);
    if (!fetched || !raw) return FAULT;
    worker_pool_submit(on->cycle->pool, raw, NULL, NULL);
    WorkerResult *result = worker_pool_collect(on->cycle->pool, -1, NULL);
    if (!result) return NO_SERVER;
    if (result->facts) judge(on, result->facts); /* a reader that dies of it is no harm: it is replaced */
    return FINE;
}

/* --- in the daemon ----------------------------------------------------------------------------------------
 */

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
    if (whole != FAULT) return whole == FINE ? TRIAL_WHOLE : TRIAL_UNKNOWN;
    cycle_progress(cycle, "trying the header of UID %u of %s", mail->uid, folder->name);
    int header = run(&on, TRUE);
    return header == FINE ? TRIAL_HEADER : header == FAULT ? TRIAL_NOTHING : TRIAL_UNKNOWN;
}
