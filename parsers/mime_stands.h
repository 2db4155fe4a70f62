/* mime_stands.h - parts that stand for something that is not in the mail as it should be: what is encrypted,
 * one piece of a mail that was sent in several, a file that lies elsewhere. Private to mime*.c.
 */
#pragma once

#include "parsers/entity.h"
#include "parsers/facts.h"

/* Whether the part is one of S/MIME, by its type, or by its name where a gateway has changed that. */
gboolean mime_is_smime(const Entity *entity, const char *name);

/* Of a part of S/MIME that is encrypted: the problem for the mail, and for the file instead of what its
 * reader found. */
void mime_note_encrypted(Facts *facts, const Entity *entity, FactsAttachment *attachment, GBytes *bytes);

/* A text that is one message of PGP: the problem for the mail. */
void mime_note_armour(Facts *facts, const char *text);

/* message/external-body (RFC 2046, 5.2.3): the file that it names is a link, and no file. FALSE if the part
 * is something else. */
gboolean mime_read_external(Facts *facts, const Entity *entity, FactsAttachment *attachment);

/* Of message/partial (RFC 2046, 5.2.2): which of how many it is, from 1, and the problem for it; 0 if the
 * part is something else. */
guint mime_note_piece(const Entity *entity, FactsAttachment *attachment);
