/* imap.h - one logged-in IMAP connection, read only except for APPEND and CREATE.
 *
 * Only what the daemon asks: UID ranges, whole mails and headers by BODY.PEEK, never SEARCH, BODYSTRUCTURE or
 * STORE; folders are opened with EXAMINE, so that \Seen cannot change. Every command has an absolute
 * deadline, a byte budget and a nesting limit (imap_stream.h). After an error other than NET_ERROR_REFUSED
 * the session is dead: every further call fails at once; close it and open another.
 *
 * Folder names are UTF-8 here; modified UTF-7 (RFC 3501 5.1.3) exists only on the wire.
 */
#pragma once

#include <glib.h>
#include <poll.h>

#include "daemon/net/net.h"

typedef struct ImapSession ImapSession;

/* Connects, verifies TLS, logs in, reads the capabilities and says ID (RFC 2971: NetEase refuses SELECT to
 * clients that have not) with name "baosong". Wipes the endpoint's secrets. NULL and an error of NET_ERROR
 * otherwise. */
ImapSession *imap_open(NetEndpoint *endpoint, GError **error);

/* LOGOUT if the session is alive (waits at most 5 seconds), then frees. NULL is fine. */
void imap_close(ImapSession *session);

/* From now on no command may take longer than this: we are to stop. */
void imap_hurry(ImapSession *session, guint seconds);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ImapSession, imap_close)

/* Whether a further command has a chance. */
gboolean imap_alive(const ImapSession *session);

/* Whether the server names this capability ("IDLE", "UIDPLUS", "SPECIAL-USE"); any case. */
gboolean imap_has(const ImapSession *session, const char *capability);

/* --- folders ---------------------------------------------------------------------------------- */

typedef enum ImapRole {
    IMAP_ROLE_NONE,
    IMAP_ROLE_INBOX,
    IMAP_ROLE_JUNK,
    IMAP_ROLE_SENT,
    IMAP_ROLE_DRAFTS,
    IMAP_ROLE_TRASH
} ImapRole;

typedef struct ImapFolder {
    char *name;          /* UTF-8 */
    const char *own;     /* of the name, what follows the prefix of our namespace (RFC 2342), or all of it */
    char delimiter;      /* '\0' = flat */
    gboolean selectable; /* no \Noselect, no \NonExistent */
    ImapRole role;
    gboolean
        role_certain; /* SPECIAL-USE (RFC 6154, XLIST) said so; else from the table of well-known names */
} ImapFolder;

void imap_folder_free(ImapFolder *folder);

/* All folders, as the server orders them; the caller owns the array (it frees its ImapFolder*). */
GPtrArray *imap_list_folders(ImapSession *session, GError **error);

/* The selectable folder with this role: a certain one before one known by its name, and of these the one that
 * lies in the fewest others (2013/Sent is somebody's archive). NULL if none. */
const ImapFolder *imap_find_role(const GPtrArray *folders, ImapRole role);

/* The folder called `name`, or, where a server keeps all folders below INBOX (Courier, older Cyrus) or below
 * another prefix, the one of that name there. NULL if none that can be selected. */
const ImapFolder *imap_find_folder(const GPtrArray *folders, const char *name);

/* CREATE, unless imap_find_folder() has it in the server's LIST; where the server refuses, below INBOX, or
 * with the prefix that it says folders must have. Its name is then what imap_find_folder() finds in a new
 * list. */
gboolean imap_ensure_folder(ImapSession *session, const char *folder, GError **error);

typedef struct ImapStatus {
    guint32 uidvalidity; /* never 0: a server that says none is an error */
    guint32 uidnext;     /* 0 if the server does not say */
    guint32 exists;      /* mails in the folder */
} ImapStatus;

/* EXAMINE. The folder is then the one that the functions below read. A missing folder is NET_ERROR_REFUSED.
 */
gboolean imap_examine(ImapSession *session, const char *folder, ImapStatus *status, GError **error);

/* --- reading ---------------------------------------------------------------------------------- */

typedef struct ImapEntry {
    guint32 uid;
    guint32 size;       /* RFC822.SIZE, bytes; some servers are a little wrong */
    gint64 internal_at; /* INTERNALDATE, Unix seconds; G_MININT64 if the server gave none that can be read */
} ImapEntry;

/* UIDs first..last of the examined folder (last 0 = to the end), ascending, each once, none outside the range
 * (a server answers n:* with its last mail even if that is below n: left out). A GArray of ImapEntry, maybe
 * empty; caller owns it. */
GArray *imap_list_uids(ImapSession *session, guint32 first, guint32 last, GError **error);

/* Called for each mail as it arrives, in the server's order; `raw` is the callback's to keep if it takes a
 * ref. FALSE = stop calling (the rest of the answer is read and dropped; the fetch then returns TRUE). */
typedef gboolean (*ImapMailFunc)(guint32 uid, GBytes *raw, gpointer data);

/* Whole mails by BODY.PEEK[]. Give what imap_list_uids said: the sizes make the byte budget (their sum + 1
 * MiB; more is NET_ERROR_LIMIT: then try the mails one by one, and a single one that still fails by its
 * header). 50 mails per call, or fewer than 32 MiB together, is a good portion: only one mail is in memory at
 * a time beyond what the callback keeps. Mails expunged meanwhile, and mails for which the server says NIL,
 * get no call: compare what was delivered with what was asked. */
gboolean imap_fetch_mails(ImapSession *session, const ImapEntry *entries, guint count, ImapMailFunc func,
                          gpointer data, GError **error);

/* The same with BODY.PEEK[HEADER]: the header and its empty line; budget 1 MiB per mail. */
gboolean imap_fetch_headers(ImapSession *session, const ImapEntry *entries, guint count, ImapMailFunc func,
                            gpointer data, GError **error);

/* BODY.PEEK[HEADER.FIELDS (names)] of UIDs first..last (last 0 = to the end): raw is those fields, folded as
 * they are, and an empty line. `names` is NULL-terminated and plain ASCII tokens. Budget 16 KiB per mail in
 * the folder. */
gboolean imap_fetch_fields(ImapSession *session, guint32 first, guint32 last, const char *const *names,
                           ImapMailFunc func, gpointer data, GError **error);

/* --- writing ---------------------------------------------------------------------------------- */

#define IMAP_FLAG_SEEN  1u
#define IMAP_FLAG_DRAFT 2u

typedef struct ImapAppended {
    guint32 uidvalidity, uid; /* 0 where the server has no UIDPLUS (RFC 4315) */
} ImapAppended;

/* APPENDs one mail (bare LF becomes CRLF). `internal_at` is Unix seconds, G_MININT64 = let the server date
 * it; `appended` may be NULL. NET_ERROR_CLOSED, _TIMEOUT and the like: whether the server kept it is unknown.
 */
gboolean imap_append(ImapSession *session, const char *folder, GBytes *mail, guint flags, gint64 internal_at,
                     ImapAppended *appended, GError **error);

/* --- waiting ---------------------------------------------------------------------------------- */

typedef enum ImapWake {
    IMAP_WAKE_ERROR,   /* the session is dead, error set */
    IMAP_WAKE_TIMEOUT, /* nothing happened */
    IMAP_WAKE_SERVER,  /* the server said something: look for mail */
    IMAP_WAKE_CALLER   /* one of the caller's descriptors is ready: see its revents */
} ImapWake;

/* IDLE (RFC 2177) on the examined folder: start, wait as often as you like (together less than 29 minutes),
 * then done, which must come before any other command. `extra` (may be NULL) is polled along; signals end a
 * wait as IMAP_WAKE_CALLER. What is buffered already, in the stream or in TLS, wakes at once. */
gboolean imap_idle_start(ImapSession *session, GError **error);
ImapWake imap_idle_wait(ImapSession *session, struct pollfd *extra, guint n_extra, guint seconds,
                        GError **error);
gboolean imap_idle_done(ImapSession *session, GError **error);
