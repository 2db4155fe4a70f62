/* smtp.h - hands composed mails to the submission server, one connection for many.
 *
 * smtps:// is TLS from the start, smtp:// requires STARTTLS. Only when the host is loopback (127.0.0.0/8,
 * ::1, localhost) is smtp:// plain, and then only if no ca_file is given: with one, STARTTLS is required
 * there too.
 */
#pragma once

#include <glib.h>

#include "daemon/net/net.h"

typedef struct SmtpSession SmtpSession;

typedef enum SmtpOutcome {
    SMTP_ACCEPTED,  /* the server took it, for at least one recipient: see `refused` for the others */
    SMTP_TEMPORARY, /* 4xx, a 500 to 504 of a server that is out of step with us (a 501 about an address is
                     * none), or the connection failed before the mail was complete: try again later */
    SMTP_PERMANENT, /* any other 5xx: this mail will not go; show it to people */
    SMTP_UNKNOWN    /* the connection broke between the final dot and its answer: it may have gone */
} SmtpOutcome;

typedef struct SmtpRefusal {
    char *address;
    int code;   /* 450, 550 … */
    char *text; /* the server's words, fit for logs */
} SmtpRefusal;

typedef struct SmtpResult {
    SmtpOutcome outcome;
    int code;           /* the reply that decided; 0 if there was none */
    char *text;         /* one line for logs and people: the server's words or what went wrong; never NULL */
    GPtrArray *refused; /* of SmtpRefusal*: recipients that this mail did not reach; empty if none */
    GError *error; /* NET_ERROR_* when the connection or the login failed rather than this mail (outcome is
                    * then TEMPORARY or UNKNOWN): stop, other mails will meet the same. Else NULL */
    gboolean doubtful; /* with an error: words against us, but at RCPT or behind the text: said of this mail
                        * alone it may be about it after all */
} SmtpResult;

void smtp_result_free(SmtpResult *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmtpResult, smtp_result_free)

/* Checks the endpoint and keeps what it needs; nothing is connected yet, but where this host has no full name
 * the resolver is asked for the server (12 seconds without an answer from two name servers). Wipes the
 * endpoint's secrets (a copy stays in libcurl until smtp_close, to connect again where the server hangs up).
 * NULL and NET_ERROR_URL if the url is wrong. */
SmtpSession *smtp_open(NetEndpoint *endpoint, GError **error);

/* QUIT if connected, then frees. NULL is fine. */
void smtp_close(SmtpSession *session);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SmtpSession, smtp_close)

/* Whom a mail is from and to: bare addresses. */
typedef struct SmtpEnvelope {
    const char *from;              /* "" = null sender <> */
    const char *const *recipients; /* NULL-terminated, at least one */
    const char *copy_to; /* one more, whose being accepted alone is no reason to send; NULL = none */
    gboolean together;   /* nothing goes while one of them is refused for now: so that it need not go twice */
    /* Asked when the server waits for the text; FALSE = we may not send any more, and nothing goes
     * (TEMPORARY, with NET_ERROR_TIMEOUT). NULL = we may. */
    gboolean (*may_send)(gpointer data);
    gpointer data;
} SmtpEnvelope;

/* Sends one mail: the whole message, in which bare LF becomes CRLF and dots are stuffed. Connects if needed,
 * and reuses the connection. Never NULL; caller frees. */
SmtpResult *smtp_send(SmtpSession *session, const SmtpEnvelope *envelope, GBytes *mail);

/* Whether the url names this machine by 127.0.0.0/8, ::1 or localhost (rehearsals may send nowhere else). */
gboolean smtp_url_is_loopback(const char *url);
