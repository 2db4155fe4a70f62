/* mime.h - one mail, from bytes to Facts. */
#pragma once

#include "parsers/facts.h"

/* Called with the decoded bytes of each attachment of the mail, and of each file (not mail) in a mail
 * forwarded in it or in winmail.dat, after it was read. Members of archives are not kept: the archive is. */
typedef void (*MimeKeep)(FactsAttachment *attachment, GBytes *bytes, gpointer data);

/* Reads a whole mail. Never fails: what cannot be read is a problem of the facts or of an attachment. `keep`
 * may be NULL. The caller owns the facts. Call mime_init once before. */
Facts *mime_read(GBytes *mail, MimeKeep keep, gpointer data);

/* The same, when the SHA-256 of the mail may be known: 64 hex digits, else "" or NULL. */
Facts *mime_read_known(GBytes *mail, const char *sha256, MimeKeep keep, gpointer data);

/* Reads a mail inside something else (a forwarded message as a file): sets type, text (its main headers and
 * body), children and problems. */
void mime_read_attachment(FactsAttachment *attachment, GBytes *mail);

/* Starts GMime and opens the usual charsets, which must happen before the sandbox closes. */
void mime_init(void);
