/* facts_json.h - private to facts_json.c and facts_scalar.c: how one member of a structure stands in the
 * JSON.
 *
 * One table per structure (facts_json.c) says which keys it has, of what shape and up to what size; the
 * writer keeps to it and the reader insists on it, so the two cannot drift apart. The reader's input may be
 * an attacker's. docs/facts-1.schema.json says the same to others.
 */
#pragma once

#include "parsers/facts.h"
#include "parsers/json_in.h"
#include "parsers/json_out.h"

typedef struct Reader {
    JsonIn in;              /* stops at the first fault */
    GError *error;          /* set if it is one of meaning, not of JSON */
    guint64 memfd_size;     /* bytes: bound of offset + size */
    gsize attachments_left; /* that may still come, in the whole mail */
    guint depth;            /* of attachments in attachments */
} Reader;

typedef struct Key Key;

/* How one kind of value is written and read. `slot` is the address of the member in its structure. */
typedef struct Shape {
    void (*write)(JsonOut *out, gconstpointer slot, const Key *key);
    void (*read)(Reader *reader, gpointer slot, const Key *key); /* what comes next in reader->in */
    gboolean (*absent)(
        gconstpointer slot); /* NULL: never left out. Reading, a key left out keeps its value */
} Shape;

typedef struct Class {
    const Key *keys;
    gsize n_keys;
    gpointer (*make)(GPtrArray *into); /* appends an empty one to the array that owns it */
} Class;

struct Key {
    const char *name;
    const Shape *shape;
    gsize offset;    /* of the member */
    guint max;       /* characters of a line, bytes of a text, elements of a list */
    const Class *of; /* class of a list's elements, or of the one object */
};

/* Notes the first fault, "the worker's reply: KEY: WHAT", and stops the reading. */
void facts_json_fault(Reader *reader, int code, const char *key, const char *what);

/* Scalars. LINE has no control characters, TEXT may have any; HEX is a SHA-256; INSTANT is RFC 3339 or "";
 * CODE is a known problem code; OFFSET (-1) and PATH ("") may be left out; VERSION is FACTS_VERSION. Writers
 * mend what they are given (UTF-8, length), readers refuse. */
extern const Shape FACTS_LINE, FACTS_TEXT, FACTS_HEX, FACTS_INSTANT, FACTS_CODE, FACTS_SIZE, FACTS_OFFSET,
    FACTS_PATH, FACTS_AUTO_SHAPE, FACTS_NOTICE_SHAPE, FACTS_QUOTE_SHAPE, FACTS_VERSION_SHAPE;
