/* imap_session.h - what the imap*.c files share (inside daemon/net only). */
#pragma once

#include <libetpan/libetpan.h>

#include "daemon/net/imap.h"
#include "daemon/net/imap_stream.h"

struct ImapSession {
    char *name; /* host:port, for messages */
    ImapStream *stream;
    mailimap *etpan;
    GHashTable *capabilities; /* set of upper-case char* */
    guint seconds;            /* deadline of a command */
    gboolean introduced;      /* ID was said */
    char *prefix;             /* of our own folders' names, UTF-8; NULL = not asked */
    char *examined;           /* name of that folder; NULL = none */
    guint32 exists;           /* mails in it, for budgets */
    gboolean idling;
    gboolean idle_news;  /* the server said something worth waking for */
    gboolean idle_ended; /* its tagged answer has come */
    void (*on_message)(struct mailimap_msg_att *message,
                       gpointer data); /* FETCH answers, or NULL = drop them */
    gpointer on_message_data;
};

/* The session on a connection; takes the handle, also on error. Says `login` (NULL: it is logged in), reads
 * the capabilities and says ID. */
ImapSession *imap_session_over(CURL *handle, const char *name, guint seconds, const char *login,
                               GError **error);

/* Says ID (RFC 2971): who we are. A server that declines is no error. */
gboolean imap_session_introduce(ImapSession *session, GError **error);

/* A folder's name on the wire: modified UTF-7 (RFC 3501 5.1.3). Caller frees. */
char *imap_wire_name(const char *folder);

/* Before a libetpan command: FALSE and the error if the session is dead. `asked` is in bytes. */
gboolean imap_session_begin(ImapSession *session, guint64 asked, GError **error);

/* After it: TRUE if libetpan says so, else the error, where `what` ("EXAMINE 已发送") was asked for. */
gboolean imap_session_end(ImapSession *session, int result, const char *what, GError **error);

/* Seconds for exchanges that answer at once: DONE, LOGOUT. */
#define IMAP_SHORT_SECONDS 5
