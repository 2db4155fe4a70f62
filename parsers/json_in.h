/* json_in.h - JSON (RFC 8259) read piece by piece, without a tree in between.
 *
 * The caller asks for what must come next; what comes otherwise is not read. A text that is no JSON sets
 * `fault`, and from then on nothing is read any more, so that one look at the end is enough. Stricter than
 * the RFC: strings must be UTF-8 and have no NUL; names of members have no escapes. The text may be an
 * attacker's: nothing is kept of it, and nothing recurses but the caller.
 */
#pragma once

#include <glib.h>

typedef struct JsonIn {
    const char *at, *end; /* what is not read yet */
    gsize values_left;    /* elements and members that may still come */
    const char *fault;    /* what is wrong, from the caller or from here; NULL: nothing yet */
    gboolean fresh;       /* an object or array was opened and nothing read of it */
} JsonIn;

/* If an object ('{') or array ('[') comes next, begins it. It must then be read to its end by json_in_more().
 */
gboolean json_in_open(JsonIn *in, char bracket);
/* Whether the object ('}') or array (']') has one more member or element. If not, it is ended. */
gboolean json_in_more(JsonIn *in, char bracket);

/* The name of the next member of an object, and the colon behind it. Its `*length` bytes belong to the text,
 * and are as they stand there. NULL after a fault. */
const char *json_in_name(JsonIn *in, gsize *length);
/* The same, decoded like a string. Caller frees. */
char *json_in_free_name(JsonIn *in);

/* A string of `*length` bytes, NUL-terminated. NULL if something else comes next, or after a fault. Caller
 * frees. */
char *json_in_string(JsonIn *in, gsize *length);
/* An integer of 64 bits. FALSE if something else comes next. */
gboolean json_in_integer(JsonIn *in, gint64 *value);

/* Demands that nothing follows but space. FALSE after any fault. */
gboolean json_in_end(JsonIn *in);
