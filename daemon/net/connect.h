/* connect.h - libcurl connections (inside daemon/net only), with TLS that is always verified. */
#pragma once

#include <curl/curl.h>
#include <glib.h>

#include "daemon/net/net.h"
#include "daemon/net/talk.h"
#include "daemon/net/target.h"
#include "daemon/net/trust.h"

/* A handle for this target with login, trust and timeouts set; `trust` and `talk` must outlive it. STARTTLS
 * is required unless `plain`. Does not wipe the secrets; libcurl keeps copies. */
CURL *connect_handle_new(const NetEndpoint *endpoint, const Target *target, gboolean plain,
                         const Trust *trust, Talk *talk);

/* An IMAP connection for curl_easy_recv/send, or NULL and an error. Wipes the secrets. It is logged in unless
 * *login is set: the command ("LOGIN …", a secret: the caller wipes and frees) that must come first. */
CURL *connect_imap(NetEndpoint *endpoint, const Target *target, char **login, GError **error);
