/* mime_headers.h - the header fields of a mail. Private to mime*.c. */
#pragma once

#include <gmime/gmime.h>

#include "parsers/facts.h"

/* The raw value of the first (topmost) field of that name, or NULL; owned by the object. */
const char *mime_header(GMimeObject *object, const char *name);

/* Fills subject, addresses, dates, Message-IDs, record and loop. */
void mime_headers_read(GMimeObject *message, Facts *facts);

/* The Message-ID (without <>) in a raw value such as that of Message-ID or In-Reply-To: the first one in <>,
 * else the first word with an "@"; "" if none. `raw` may be NULL. The caller frees. */
char *mime_message_id(const char *raw);

/* Who wrote the mail: a person, a machine that answers, a mail server, a list. Call after the walk: bounces
 * are known by their parts. */
void mime_auto_read(GMimeMessage *message, Facts *facts);
