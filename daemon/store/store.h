/* store.h - what is kept: the SQLite file and the files beside it. The only writer.
 *
 *     <state_dir>/baosong.db          items, letters, positions (a cache of the mailbox: see DESIGN
 * "Principles") <state_dir>/mail/ab/<sha256>.eml  raw mails        files/ab/<sha256>  decoded attachments
 *     <state_dir>/requests/           what the administrator's command asks for (requests.h)
 *     <state_dir>/tmp/                half-written files; emptied at each start
 *     <state_dir>/lock                held by the one daemon
 *
 * How mails are stored (up to STORE_BATCH of them in one transaction):
 *
 *     store_begin(store, now, &error);
 *     for each mail
 *         if (known by UID) continue;
 *         if (known by raw hash or identity) store_add_sighting(…);
 *         else verdict = desk_judge(desk, store_book(store), …), store_add_mail(…);
 *     store_move_cursor(store, &folder, &error);
 *     store_commit(store, &error);
 *
 * store_add_mail() updates the Book at once, so that the next mail of the batch is judged with it. Files are
 * durable (file and folder fsynced) before the transaction that names them is committed. After any error
 * except STORE_ERROR_DATA call store_rollback(): nothing of the batch remains, and the Book is read again.
 *
 * The message of an error is one English line that says what to do. Not for threads.
 */
#pragma once

#include <glib.h>
#include <jansson.h>

#include "config/config.h"
#include "daemon/desk/book.h"
#include "daemon/desk/desk.h"
#include "daemon/store/outbox.h"
#include "parsers/facts.h"

typedef struct Store Store;

#define STORE_BATCH 50 /* mails in one transaction */

#define STORE_ERROR (store_error_quark())
GQuark store_error_quark(void);

typedef enum StoreError {
    STORE_ERROR_BUSY, /* another daemon has the folder, or the database stayed locked */
    STORE_ERROR_FULL, /* no space left (or quota, or file size limit): nothing is lost, free some, try again
                       */
    STORE_ERROR_IO,   /* cannot read or write: permissions, a broken disk, no such folder */
    STORE_ERROR_CORRUPT, /* the database is damaged or is no database of ours */
    STORE_ERROR_SCHEMA,  /* made by a newer baosong, for another campaign, with another number_prefix, or with
                          * other codes of committees */
    STORE_ERROR_DATA, /* decoded bytes are not what the facts say: nothing was added, the batch goes on; judge
                       * the mail again as unreadable */
    STORE_ERROR_STATE /* not possible in this state: a letter that is not in flight, a stage already taken */
} StoreError;

/* --- opening ---------------------------------------------------------------------------------- */

/* Makes the folders where missing (0700), takes the lock, brings the database to the current schema, checks
 * that it belongs to config->campaign.id, mirrors the roster and quotas into table committee, and reads the
 * Book. `config` must outlive the store. NULL on error; the caller owns the store. */
Store *store_open(const Config *config, GError **error);

/* For the command line while a daemon may run: no lock, nothing written, no migration; only the reading
 * functions work. A database that does not exist yet is STORE_ERROR_IO with a line that says so. */
Store *store_open_read_only(const Config *config, GError **error);

/* Rolls back what is open. NULL is fine. */
void store_close(Store *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Store, store_close)

/* What is settled. Owned by the store, valid until store_rollback() or store_close(). */
const Book *store_book(const Store *store);

/* Reads the Book from the database as store_open() does; for fsck and tests. Caller owns it. */
Book *store_load_book(Store *store, GError **error);

/* Whether nothing was ever read or decided here: the database is new. */
gboolean store_is_new(Store *store);

/* For rebuild: a database beside the real one (rebuild.db), made or gone on with; the lock is taken. */
Store *store_open_beside(const Config *config, GError **error);
/* Puts the finished database beside in the place of the real one, which is kept as baosong.old.db, and closes
 * the store (on error too). Killed in between: the next store_open_beside() and this call finish it. */
gboolean store_swap_in(Store *store, GError **error);

/* A committee that a record names: a row for it if it has left the roster since; STORE_ERROR_SCHEMA if it is
 * there under another code, and nothing is known under that one. Within a batch or alone. */
gboolean store_need_committee(Store *store, const char *code, const char *name, GError **error);

/* Whether the roster of the config gives each committee the code under which mails, items or letters of it
 * are known; else STORE_ERROR_SCHEMA with a line that says which code to put back. store_open() checks it,
 * store_open_read_only() does not. */
gboolean store_check_codes(Store *store, GError **error);

/* --- settings --------------------------------------------------------------------------------- */

typedef enum StoreMode { STORE_OBSERVE, STORE_LIVE, STORE_HOLD } StoreMode;

/* observe until somebody says go-live. */
StoreMode store_mode(const Store *store);
gboolean store_set_mode(Store *store, StoreMode mode, GError **error);
const char *store_mode_name(StoreMode mode); /* "observe", "live", "hold" */

/* A setting: letters came with records, or with a backup (then this value); see follow_take_over(). */
#define STORE_ADOPTED  "adopted_letters"
#define STORE_RESTORED "restored"

/* Free settings: text by key ("last_poll_at"). NULL = not set; caller frees. `value` NULL removes. */
char *store_setting(Store *store, const char *key);
gboolean store_set_setting(Store *store, const char *key, const char *value, GError **error);
gint64 store_setting_int(Store *store, const char *key, gint64 otherwise);
gboolean store_set_setting_int(Store *store, const char *key, gint64 value, GError **error);

/* What a rebuild could not bring back, a line each, in the batch that goes without it: a rebuild that is
 * begun again tells of all. The list is in the order of the texts; caller frees. NULL on error. */
gboolean store_note_gap(Store *store, const char *line, GError **error);
GPtrArray *store_gaps(Store *store, GError **error);

/* --- positions and what is known -------------------------------------------------------------- */

typedef struct StoreFolder {
    const char *name; /* UTF-8, as IMAP names it */
    const char *role; /* inbox, junk, sent, ledger */
    guint32 uidvalidity;
    guint32 last_uid; /* every UID up to this one is done */
} StoreFolder;

/* Fills uidvalidity and last_uid of the folder called folder->name: 0 and 0 if it was never read. */
gboolean store_get_folder(Store *store, StoreFolder *folder, GError **error);
/* Within a batch or alone. Never moves back while UIDVALIDITY stays. */
gboolean store_move_cursor(Store *store, const StoreFolder *folder, GError **error);
/* Its UIDs name other mails now: the cursor goes to 0; what was seen there or begun is forgotten. */
gboolean store_forget_folder(Store *store, const StoreFolder *folder, GError **error);

typedef struct StoreSeen {
    guint32 uid, size;  /* as the server said */
    gint64 received_at; /* INTERNALDATE */
    gint64 mail;        /* its id */
} StoreSeen;

/* The highest UIDs of the folder (with its UIDVALIDITY) at which a mail was first seen and wholly read, at
 * most 8, descending. GArray of StoreSeen; caller owns it. */
GArray *store_last_seen(Store *store, const StoreFolder *folder, GError **error);

/* The id of the mail seen there / with these raw bytes (hex SHA-256) / with this facts_identity(); 0 if none.
 * FALSE only on error. Mails added in the open batch are known too. */
gboolean store_known_uid(Store *store, const char *folder, guint32 uidvalidity, guint32 uid, gint64 *mail,
                         GError **error);
gboolean store_known_raw(Store *store, const char *sha256, gint64 *mail, GError **error);
gboolean store_known_identity(Store *store, const char *identity, gint64 *mail, GError **error);

/* Whether a known mail deserves another judgement when it is now seen in the inbox: it was put aside as
 * correspondence while it lay in the junk folder. Then judge it and give its id as StoreMail.again. With
 * `settled` a record says whose it is: then wherever it lay. */
gboolean store_judge_again(Store *store, gint64 mail, gboolean settled, gboolean *again, GError **error);

/* Forgets the mails that were correspondence (*count of them) and sets the cursors of inbox and junk folder
 * to their start: they are read and judged as if never seen. Within a batch. */
gboolean store_ask_again(Store *store, guint *count, GError **error);

/* --- a batch ---------------------------------------------------------------------------------- */

typedef struct StoreMail {
    const char *folder; /* where it was seen */
    guint32 uidvalidity, uid;
    DeskFolder where;       /* DESK_JUNK is kept as 曾入垃圾箱 */
    gint64 received_at;     /* INTERNALDATE at first sight */
    guint64 size;           /* bytes, as the server says */
    GBytes *raw;            /* the whole mail, or its header alone; NULL if it is lost (rebuild) */
    gboolean header_only;   /* raw is the header alone */
    const char *raw_sha256; /* hex, of `raw`; the caller has computed it from the bytes */
    const char *identity;   /* facts_identity(); raw_sha256 when nothing could be read */
    const Facts *facts;     /* of what was read; facts_new() if nothing could be */
    const char *facts_json; /* the same as JSON, where it is there already; else NULL */
    int data_fd;            /* the worker's memfd with the decoded bytes at FactsAttachment.offset; -1 = none.
                             * Stays the caller's; checked against size and SHA-256 while it is copied */
    gint64 again;           /* the mail of store_judge_again(), else 0 */
} StoreMail;

/* Begins a transaction; `now` is the campaign's clock and dates every row of it. STORE_ERROR_FULL when the
 * disk is nearly full (less than a sixteenth of it, at least 4 MiB and at most 64 MiB): better refused than
 * half written. */
gboolean store_begin(Store *store, gint64 now, GError **error);

/* Adds a mail with all that follows from it: raw mail and files on disk, mail, sighting, attachments, items,
 * versions, problems, todos, decisions, and the answer (NULL = none). Of correspondence and of our own
 * letters only hashes, UID, size and arrival are kept. */
gboolean store_add_mail(Store *store, const StoreMail *mail, const Verdict *verdict, const Outgoing *answer,
                        GError **error);

/* A known mail seen again, elsewhere or under another UID. Seen there before = nothing to do. */
gboolean store_add_sighting(Store *store, const char *folder, guint32 uidvalidity, guint32 uid, gint64 mail,
                            GError **error);

/* A row in 待处理 that comes from no mail. `why` is Chinese, one sentence. `number` 0 = no item. An open todo
 * with the same code and why is not doubled. Within a batch or alone. */
gboolean store_add_todo(Store *store, const char *code, const char *why, guint number, gint64 now,
                        GError **error);
/* Somebody has done what all open todos of this code, which come from no mail, were about. */
gboolean store_close_todos(Store *store, const char *code, gint64 now, GError **error);

/* FALSE: nothing of the batch was kept, and the Book is what it was (no store_rollback() needed). */
gboolean store_commit(Store *store, GError **error);
/* Undoes the batch and reads the Book again. Without a batch: nothing. If even reading fails (the disk is
 * gone) the next store_begin() says so. */
void store_rollback(Store *store);

/* --- reading again ---------------------------------------------------------------------------- */

/* A mail that was kept, and what is settled of it. */
typedef struct StoreKept {
    gint64 id, received_at, stored_at;
    guint64 size;
    char *raw_sha256, *identity;
    gboolean junk, header_only, too_large;
    Facts *facts;         /* as they were read last */
    DeskSettled *settled; /* titles and themes only of the latest version of each item */
} StoreKept;

void store_kept_free(StoreKept *kept);
/* The next `count` mails after that id, in the order in which they were kept. Array of StoreKept*; caller
 * frees. */
GPtrArray *store_kept(Store *store, gint64 after, guint count, GError **error);
/* Facts of today (NULL: it could not be read; nothing but opinions change) and what the desk made of them.
 * *opinions: todos that are new. Within a batch. */
gboolean store_reparse(Store *store, const StoreKept *kept, const Facts *facts, int data_fd,
                       const Verdict *verdict, gboolean *changed, guint *opinions, GError **error);

/* --- notes: what happened and causes no mail -------------------------------------------------- */

/* Todos that come from no mail, letters that failed, and addresses that a server did not know, since
 * store_notes_done(): {"todos": [{"code", "why", "number", "at"}], "failed": [{"message_id", "why", "at"}],
 * "dead": [{"address", "committee", "why", "at"}], "last": id}; NULL and no error if there are none. Caller
 * owns it. */
json_t *store_notes(Store *store, GError **error);
gboolean store_notes_done(Store *store, const json_t *notes, GError **error);
/* Takes over what another run, or the one before a rebuild, noted. Known todos are not doubled. */
gboolean store_notes_adopt(Store *store, const json_t *notes, GError **error);

/* --- for people ------------------------------------------------------------------------------- */

typedef struct StoreStatus {
    StoreMode mode;
    gint64 last_poll_at;    /* setting of that name; 0 = never */
    gint64 last_mail_at;    /* INTERNALDATE of the newest mail; 0 = none */
    gint64 worker_restarts; /* parser processes that died or were killed, ever */
    guint dead;             /* addresses that bounce */
    guint readings;         /* ranges of UIDs that were begun and not ended */
    guint mails, campaign, suspect, staff, automatic, correspondence, ours;
    guint items, counting, late, unclaimed, withdrawn; /* of summaries, but `unclaimed` of all kinds */
    guint plans, cases;
    guint committees, complete, silent; /* in the roster; with their quota; that sent no item at all */
    guint reported, owed;               /* items that count, and what the roster owes together */
    guint todos;                        /* open */
    guint reminders;                    /* stages taken */
    guint outbox[OUTBOX_STATES];        /* letters by state */
    guint held[OUTBOX_HOLDS];           /* of the held ones, by reason */
    guint requests;                     /* waiting */
    guint64 free_bytes;                 /* under the state folder */
} StoreStatus;

gboolean store_fill_status(Store *store, StoreStatus *status, GError **error);

/* All that is known of one item as a JSON object: number, kind, committee, name, title, theme, leader,
 * telephone, received_at, on_time, counts, withdrawn, versions [{version, received_at, from, subject, mail,
 * files [{name, size, sha256}], decisions [{question, answer, reason}]}], problems [{code, text, detail}],
 * todos [{code, text, why, done}], letters [{kind, stage, to, subject, state, at}]. Instants are Unix
 * seconds. NULL and no error if there is no such number. Caller owns it. */
json_t *store_show_item(Store *store, guint number, GError **error);

/* Paths inside the state folder; whether a file is there is not looked at. Caller frees. */
char *store_database_path(const Config *config);
char *store_mail_path(const Store *store, const char *sha256);
