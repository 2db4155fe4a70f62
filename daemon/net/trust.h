/* trust.h - whose certificates are believed (inside daemon/net only). */
#pragma once

#include <curl/curl.h>
#include <glib.h>

/* The authorities of the system, and those of ca_file besides. */
typedef struct Trust Trust;

/* `ca_file` NULL or "": the system's alone. NULL and NET_ERROR_URL if it cannot be read or holds no
 * certificate in PEM form, NET_ERROR_CONNECT if no descriptor or memory is left to read it. */
Trust *trust_new(const char *ca_file, GError **error);

/* The handle verifies certificate and host name (RFC 6125), TLS 1.2 or later. `trust` must outlive its
 * connections: the authorities are read again for each. */
void trust_use(const Trust *trust, CURL *handle);

/* NULL is fine. */
void trust_free(Trust *trust);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Trust, trust_free)
