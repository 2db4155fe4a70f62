/* mime_text.h - the readable text of text parts. Private to mime*.c. */
#pragma once

#include "parsers/facts.h"

/* As g_bytes_get_data(), but never NULL. */
const char *mime_bytes(GBytes *bytes, gsize *length);

typedef struct MimeText {
    gboolean html;
    gboolean enriched;   /* text/enriched */
    const char *charset; /* NULL: not said */
    gboolean flowed;     /* format=flowed, RFC 3676 */
    gboolean delsp;      /* and the space before a soft line end is no part of the text */
} MimeText;

/* The bytes of a text part as text with "\n" line ends: charset by its label, a meta element, or found out;
 * HTML and enriched text rendered, flowed lines joined (quoted ones begin with one ">" a level). Links to
 * files are noted in the facts. The caller frees. */
char *mime_readable(Facts *facts, GBytes *bytes, const MimeText *how);

/* Whether the plain text of an alternative says no more than that there is HTML: programs put it there. */
gboolean mime_is_stub(const char *plain);

/* Adds a part's text to a body that may have some already; blank text is left out. At LIMIT_TEXT_BYTES the
 * body is cut and the problem truncated set. */
void mime_append(GString *body, Facts *facts, const char *text);
