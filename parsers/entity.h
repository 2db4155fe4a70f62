/* entity.h - the structure of a mail as GMime reads it: header fields, parts, and where their bytes are.
 *
 * GMime parses in place: the bytes of a leaf and of a forwarded mail are slices of the mail, encoded as they
 * came. What GMime cannot forgive is mended for it: a header that is broken off and goes on (header.h), and a
 * multipart whose header names no boundary, or a wrong one: its parts are found by their lines.
 */
#pragma once

#include <glib.h>

#include "parsers/transfer.h"

typedef struct EntityField {
    const char *name;  /* as written */
    const char *value; /* raw: folded, any bytes; without the white space around it */
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
    GBytes *body; /* of leaves and messages, still encoded; of a multipart without parts, all that is in it */
    GPtrArray *children; /* of Entity*; NULL for leaves */
    char *text;          /* holds the fields */
    gboolean guessed;    /* the header's boundary was missing or wrong: the parts were found by their lines */
};

typedef struct EntityTree {
    Entity *top;        /* NULL if there are no header fields at all */
    gboolean too_many;  /* LIMIT_MAIL_PARTS was reached: the rest was not looked at */
    gboolean too_deep;  /* LIMIT_MAIL_DEPTH was: what is deeper was not looked at */
    gboolean monstrous; /* only the header was read: more would cost GMime gigabytes */
} EntityTree;

/* Starts GMime. */
void entity_init(void);

/* Never fails. `depth`: how deep in another mail this one is; *parts: how many parts were read before, and
 * after. The caller frees with entity_tree_clear; the mail's bytes live as long as the tree or any body. */
EntityTree entity_parse(GBytes *mail, guint depth, guint *parts);
void entity_tree_clear(EntityTree *tree);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(EntityTree, entity_tree_clear)

/* The raw value of the first (topmost) field of that name, or NULL; owned by the entity. */
const char *entity_field(const Entity *entity, const char *name);
