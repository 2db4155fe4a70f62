/* addresses.h - From, To, Cc, Reply-To: RFC 5322 address lists, read generously. */
#pragma once

#include <glib.h>

/* Appends a FactsMailbox for each mailbox of a raw header value (NULL is as "") to `mailboxes`, which owns
 * them (facts_new's arrays do). Names are decoded (encoded words, also in quotes; raw 8-bit); comments name
 * an address that has no other name; groups give their members; commas inside encoded words or an unquoted
 * name do not separate. What holds no address at all is kept as a name with address "". At most
 * LIMIT_ADDRESSES. */
void addresses_parse(const char *raw, GPtrArray *mailboxes);
