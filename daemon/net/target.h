/* target.h - the url of a server (inside daemon/net only). */
#pragma once

#include <glib.h>

typedef struct Target {
    char *url;  /* scheme://host:port, nothing else */
    char *host; /* without brackets */
    guint port;
    gboolean tls_first; /* imaps, smtps */
    gboolean loopback;  /* 127.0.0.0/8, ::1, localhost */
} Target;

/* Reads "scheme://host[:port]" where scheme is `protocol` ("imap", "smtp") or that + "s". User, path and the
 * like are errors (NET_ERROR_URL). Caller frees. */
Target *target_new(const char *url, const char *protocol, GError **error);
/* The address from which this machine speaks to that one, as RFC 5321 (4.1.3) wants it in EHLO:
 * "[192.0.2.1]",
 * "[IPv6:2001:db8::1]". Looks the host up, and sends nothing. NULL where there is no way there. Caller frees.
 */
char *target_own_literal(const Target *target);
void target_free(Target *target);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Target, target_free)
