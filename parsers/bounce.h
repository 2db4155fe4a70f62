/* bounce.h - delivery reports: the fields of RFC 3464, and the words of servers that send none. Private to
 * mime*.c.
 */
#pragma once

#include "parsers/facts.h"

/* Reads the groups of fields of a message/delivery-status (UTF-8, "\n" line ends) into the bounce: the first
 * recipient that failed; if none did, the first that was delayed; else the first. What the bounce says
 * already of a worse fate stays. */
void bounce_read_status(FactsBounce *bounce, const char *text);

/* Reads what a report says in words: qmail, Postfix, Exim, Sendmail, Exchange, QQ, NetEase, Coremail and
 * their kin. Fills only members that are "". `own`: mailboxes that are not the recipient who failed (of
 * whoever sent the mail that came back, and of the server), lists of FactsMailbox, NULL at the end. */
void bounce_read_words(FactsBounce *bounce, const char *text, const GPtrArray *const *own);

/* The value of the first line "Message-ID: …" (or Original-Message-ID …) in the text, without <>; "" if none.
 * The caller frees. */
char *bounce_message_id(const char *text);
