/* mime_headers.h - the header fields of a mail. Private to mime*.c. */
#pragma once

#include "parsers/entity.h"
#include "parsers/facts.h"

/* Fills subject, addresses, dates, Message-IDs, record and loop. */
void mime_headers_read(const Entity *message, Facts *facts);

/* The Message-ID (without <>) in a raw value such as that of Message-ID or In-Reply-To: the first one in <>,
 * else the first word with an "@"; "" if none. `raw` may be NULL. The caller frees. */
char *mime_message_id(const char *raw);

/* Fills authentication: what Authentication-Results fields say (RFC 8601, and as NetEase and Coremail cut it,
 * as Exchange Online leaves the server's name out). Of too many fields, or results of one, the first and the
 * last are kept: some servers write theirs above all others, some below. */
void mime_authentication_read(const Entity *message, Facts *facts);

/* Who wrote the mail: a person, a machine that answers, a mail server, a list. Call after the walk: bounces
 * are known by their parts. */
void mime_auto_read(const Entity *message, Facts *facts);

/* A part of a report: the delivery status, the receipt, or the header of the mail that it is about; other
 * types are ignored. */
void mime_bounce_part(Facts *facts, const char *type, GBytes *bytes);

/* Whether parts of that type are fields for machines (delivery status, receipt, header of a mail), which no
 * document reader need look at; and their text. The caller frees. */
gboolean mime_is_report_part(const char *type);
char *mime_report_text(GBytes *bytes);

/* What a bounce says in words, where its parts did not say it. Call after mime_auto_read. */
void mime_bounce_read(const Entity *message, Facts *facts);
