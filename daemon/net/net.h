/* net.h - what IMAP and SMTP share: where to connect, as whom, what to trust, and how a failure is told.
 *
 * TLS is verified, host name included, always: nothing here can turn that off. `ca_file` only adds an
 * authority.
 */
#pragma once

#include <glib.h>

#define NET_ERROR (net_error_quark())
GQuark net_error_quark(void);

/* Every error of this room is in this domain; its message is one English line (UTF-8, no control characters)
 * that says host and port, what is wrong and what to do. */
typedef enum NetError {
    NET_ERROR_URL,      /* the url (or ca_file) of the configuration cannot be used */
    NET_ERROR_CONNECT,  /* name not found, refused, no route; no descriptor or memory left here */
    NET_ERROR_TLS,      /* unknown authority, wrong host, expired, TLS not offered */
    NET_ERROR_AUTH,     /* the server refused user or password */
    NET_ERROR_PROTOCOL, /* the server said something that IMAP or SMTP does not know; the connection is dead
                         */
    NET_ERROR_TIMEOUT,  /* no connection or no whole answer in time; the connection is dead */
    NET_ERROR_LIMIT,    /* the answer was larger or nested deeper than asked for; the connection is dead */
    NET_ERROR_REFUSED,  /* the server understood and said NO; the connection lives */
    NET_ERROR_CLOSED    /* the server closed the connection (BYE, end of file, reset) */
} NetError;

/* Where to and as whom. All strings are the caller's and are copied; NULL or "" = not given. */
typedef struct NetEndpoint {
    const char
        *url; /* imaps://host[:port] | imap://host[:port] (STARTTLS required); smtps:// | smtp:// likewise */
    const char *user; /* login name; without one SMTP does not authenticate and IMAP is an error */
    char
        *password; /* WIPED (overwritten with zeros) by the function that takes the endpoint, also on error */
    char *bearer;  /* OAuth2 access token (XOAUTH2, OAUTHBEARER) instead of a password; WIPED likewise */
    const char *ca_file;           /* PEM: authorities trusted besides those of the system */
    guint connect_timeout_seconds; /* until logged in; 0 = 30 */
    guint command_timeout_seconds; /* absolute, per command; 0 = 300 */
} NetEndpoint;

/* Overwrites both secrets with zeros. */
void net_endpoint_wipe(NetEndpoint *endpoint);

/* Text of a server for people and logs: UTF-8 as it is, else read as GB18030, else Latin-1; control
 * characters and line breaks as \xHH, at most 500 characters. Caller frees. */
char *net_text(const char *bytes, gsize length);
