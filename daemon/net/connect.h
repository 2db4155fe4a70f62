/* connect.h - libcurl connections (inside daemon/net only): urls, TLS that is always verified, errors for
 * people. */
#pragma once

#include <curl/curl.h>
#include <glib.h>

#include "daemon/net/net.h"

typedef struct ConnectTarget {
    char *url;  /* scheme://host:port, nothing else */
    char *host; /* without brackets */
    guint port;
    gboolean tls_first; /* imaps, smtps */
    gboolean loopback;  /* 127.0.0.0/8, ::1, localhost */
} ConnectTarget;

/* Reads "scheme://host[:port]" where scheme is `protocol` ("imap", "smtp") or that + "s". User, path and the
 * like are errors (NET_ERROR_URL). Caller frees. */
ConnectTarget *connect_target_new(const char *url, const char *protocol, GError **error);
void connect_target_free(ConnectTarget *target);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ConnectTarget, connect_target_free)

/* What the server said last, for error messages; filled by libcurl while a handle works. */
typedef struct ConnectTalk {
    char error[CURL_ERROR_SIZE]; /* libcurl's own words */
    GString *reply;              /* last line, or whole SMTP reply, of the server: raw, at most 1 KiB */
    guint lines;                 /* lines heard so far */
    gboolean offers_auth;        /* it named AUTH=PLAIN or AUTH=LOGIN */
} ConnectTalk;

void connect_talk_clear(ConnectTalk *talk);

/* The last reply for people and logs, without the tag that libcurl gave its IMAP command; "" if none. Caller
 * frees. */
char *connect_reply_text(const ConnectTalk *talk);

/* The code of the last SMTP reply if it is complete, else 0. */
int connect_reply_code(const ConnectTalk *talk);

/* A handle for this target with login, trust and timeouts set; `talk` must outlive it. STARTTLS is required
 * unless `plain`. NULL and NET_ERROR_URL if ca_file cannot be read. Does not wipe the secrets; libcurl keeps
 * copies. */
CURL *connect_handle_new(const NetEndpoint *endpoint, const ConnectTarget *target, gboolean plain,
                         ConnectTalk *talk, GError **error);

/* Says in a sentence why libcurl failed; `handle` is asked about the certificate. */
void connect_set_error(GError **error, const ConnectTarget *target, CURL *handle, CURLcode code,
                       const ConnectTalk *talk);

/* An IMAP connection for curl_easy_recv/send, or NULL and an error. Wipes the secrets. It is logged in unless
 * *login is set: the command ("LOGIN …", a secret: the caller wipes and frees) that must come first. */
CURL *connect_imap(NetEndpoint *endpoint, const ConnectTarget *target, char **login, GError **error);
