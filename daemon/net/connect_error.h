/* connect_error.h - from libcurl's failures to sentences that say what to do (inside daemon/net only). */
#pragma once

#include "daemon/net/net.h"
#include "daemon/net/talk.h"
#include "daemon/net/target.h"

/* Says in a sentence why libcurl failed; `handle` is asked about the certificate. */
void connect_set_error(GError **error, const Target *target, CURL *handle, CURLcode code, const Talk *talk);
