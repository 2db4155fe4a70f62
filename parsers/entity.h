/* entity.h - the structure of a mail: header fields and parts. RFC 5322, RFC 2046, read generously.
 *
 * One pass over the bytes, no copies but of the header fields. A boundary line of any open multipart ends all
 * that is inside of it. What the header of a multipart gets wrong is found out from the lines themselves.
 */
#pragma once

#include <glib.h>

#include "parsers/transfer.h"

typedef struct EntityField {
    const char *name;  /* as written */
    const char *value; /* raw: folded, any bytes; NUL became a space */
} EntityField;

typedef enum EntityKind {
    ENTITY_LEAF,
    ENTITY_MULTIPART,
    ENTITY_MESSAGE /* message/rfc822 that is not encoded: its only child is the mail in it */
} EntityKind;

typedef struct Entity Entity;
struct Entity {
    EntityKind kind;
    GArray *fields; /* of EntityField */
    char *type;     /* media type in lower case; "" if none is said and none follows from the multipart */
    Transfer transfer;
    const char *body; /* still encoded; in the bytes that were given, or in `own` */
    gsize length;
    GPtrArray *children; /* of Entity* */
    gboolean guessed;    /* the header's boundary was missing or wrong: the parts were found by their lines */
    const char *tail;    /* multiparts: what stands behind the closing boundary line */
    gsize tail_length;
    char *text;  /* holds the fields */
    GBytes *own; /* of a multipart that was encoded, against the rules: its decoded body */
};

typedef struct EntityTree {
    Entity *top;       /* never NULL */
    gboolean too_many; /* LIMIT_MAIL_PARTS was reached: the rest was not looked at */
    gboolean too_deep; /* LIMIT_MAIL_DEPTH was: what is deeper is one leaf */
    gboolean too_long; /* LIMIT_HEADERS_BYTES was: the fields behind were not looked at */
} EntityTree;

/* Never fails; `data` must outlive the tree. `depth`: how deep in another mail this one is; *parts: how many
 * parts were read before, and after. The caller frees with entity_tree_clear. */
EntityTree entity_parse(const char *data, gsize length, guint depth, guint *parts);
void entity_tree_clear(EntityTree *tree);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(EntityTree, entity_tree_clear)

/* The raw value of the first (topmost) field of that name, or NULL; owned by the entity. */
const char *entity_field(const Entity *entity, const char *name);
