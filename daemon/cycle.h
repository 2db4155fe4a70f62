/* cycle.h - what goes round with the daemon, pass after pass (pass.h): config, clock, ledger, store, workers,
 * and the connection to the mailbox. */
#pragma once

#include <glib.h>
#include <jansson.h>

#include "config/config.h"
#include "daemon/ledger.h"
#include "daemon/net/imap.h"
#include "daemon/net/worker.h"
#include "daemon/store/store.h"

/* The campaign's clock: real, or frozen by --now. Network timers are always real. */
typedef struct Clock {
    gboolean frozen;
    gint64 at; /* Unix seconds, when frozen */
} Clock;

gint64 clock_now(const Clock *clock);

/* Which instance acts: see lease.h. */
typedef struct Lease {
    char *instance;      /* ours; NULL until it is asked for */
    char *holder, *host; /* who holds it as the ledger says, and where; NULL or "" = nobody yet */
    gint64 expires_at;   /* by the server's clock, Unix seconds */
    gint64 until, half;  /* of ours, in seconds of the monotonic clock; 0 = not held */
    gint64 ahead;        /* our clock minus the server's, as our last lease showed it ... */
    gint64 measured_at;  /* ... at this time of ours, */
    gint64 measured_up;  /* when the machine had been up for so long; 0 = by an earlier process */
    char *rules;         /* rules_digest() of another that held it; NULL = nobody, "" = it does not say ... */
    gint64 rules_at;     /* ... at this time of the server's, */
    gint64 mixed_until;  /* and others of theirs were in force before this time; 0 = none */
    gboolean shown;      /* a lease of ours was read since this was cleared, whether it counts or not */
    gboolean changed;    /* not saved in the store yet */
    gboolean gone;       /* records are gone from the folder, and perhaps what says that we hold it */
} Lease;

void lease_clear(Lease *lease);

typedef struct Cycle {
    const Config *config; /* borrowed */
    Clock clock;
    gboolean once; /* one pass for whoever called us; deferred letters are tried at once */
    Ledger *ledger;
    Store *store;
    Desk *desk;                    /* who judges mails */
    WorkerPool *pool;              /* NULL until it is needed, and after a failed intake */
    ImapSession *imap;             /* NULL between failures */
    GPtrArray *folders;            /* of ImapFolder*: what the server has; NULL without a session */
    gboolean told_missing;         /* which folders of the configuration are not there: said once */
    gboolean stopping;             /* SIGTERM: finish the portion in hand */
    gboolean stale;                /* the workbooks are older than the store */
    guint32 reported_on;           /* day (calendar_day) of the last workbook, 0 = none yet */
    guint temporary;               /* things this pass left for a later one: exit 75 */
    guint uncopied;                /* letters of this pass that got no copy in Sent: told once */
    guint broken;                  /* of them: the connection to the mailbox broke over it */
    guint deaths;                  /* of this pool's workers, counted already */
    gint64 send_at;                /* when paced letters may go, real time; 0 = none, MAX = none may */
    char *imap_token, *smtp_token; /* of token_command, until a server refuses them; NULL = none yet */

    Lease lease;
    gboolean standby;    /* another instance holds the lease: read its records, decide and send nothing */
    json_t *portion;     /* what the open batch keeps, for its record; NULL outside */
    gboolean replaying;  /* what is judged was told of by a record: nothing new is decided */
    gint64 passed_until; /* what came by then another instance may have passed by, by other rules; 0 = none */
    gboolean rebuilding; /* into a database beside: see rebuild.h */
    void (*on_progress)(const char *what, guint done, guint total); /* for a terminal; may be NULL */
    GHashTable *located; /* raw SHA-256 -> where it lies now; NULL until it is needed */
} Cycle;

/* Opens store (taking its lock) and ledger; no network and no worker yet. `config` must outlive the cycle.
 * Errors: CONFIG_ERROR for what the administrator must mend, others for what a later run may cure. */
Cycle *cycle_open(const Config *config, Clock clock, gboolean once, GError **error);
/* The same on a fresh database beside the real one: for rebuild. */
Cycle *cycle_open_beside(const Config *config, Clock clock, GError **error);
void cycle_close(Cycle *cycle);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Cycle, cycle_close)

/* Something was really done (a portion committed, a letter sent): feeds systemd's watchdog and tells its
 * status. Without systemd nothing happens. */
void cycle_progress(const Cycle *cycle, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Something came that we waited for (a mail, a reply, a server's answer): feeds the watchdog, once a second
 * at most. */
void cycle_alive(void);

/* Makes the worker pool unless it is there. */
gboolean cycle_need_pool(Cycle *cycle, GError **error);

/* Adds the deaths of the pool's workers to the store's count; before a pool is given up. */
void cycle_count_deaths(Cycle *cycle);

/* Connects to the mailbox unless connected, and lists its folders; one that is configured and not there is
 * told of once. CONFIG_ERROR if the ledger folder is the one of sent mail or junk. */
gboolean cycle_connect(Cycle *cycle, GError **error);
void cycle_disconnect(Cycle *cycle);
/* Connects again where the connection broke; not where there was none, or none could be made: who goes on
 * without the mailbox asks for it once. Whether there is one now. */
gboolean cycle_reconnect(Cycle *cycle);
/* The folder's name on the server: as configured (or that below INBOX: imap_find_folder()), else by its role;
 * NULL where there is none. Borrowed, until the next connection. */
const char *cycle_folder(const Cycle *cycle, const char *configured, ImapRole role);

/* The name of this instance: random, kept in <state_dir>/instance, and different for a copy of that folder on
 * another machine. Borrowed. */
const char *cycle_instance(Cycle *cycle);
