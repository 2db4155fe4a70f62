/* mutf7.h - the modified UTF-7 of IMAP folder names (RFC 3501 5.1.3): 已发送 is "&XfJT0ZAB-". */
#pragma once

#include <glib.h>

/* UTF-8 to modified UTF-7. Invalid UTF-8 is taken as Latin-1. Caller frees. */
char *mutf7_encode(const char *utf8);

/* Modified UTF-7 to UTF-8. A name that is not valid modified UTF-7 (servers do send raw UTF-8 or GBK) gives
 * NULL: the caller then has to use the wire name as it is. Caller frees. */
char *mutf7_decode(const char *wire);
