/* settled.h - what a record says of one mail: who was told what. The desk keeps to it (DESIGN §9).
 *
 * desk_settled_write() says it of a verdict; desk_judge() of a DeskMail with `settled` gives the same
 * numbers, versions, committee, titles and counts again, whatever today's parser, roster and rules think.
 * What they think otherwise becomes a todo "opinion" for staff. */
#pragma once

#include <glib.h>
#include <jansson.h>

#include "config/config.h"
#include "daemon/desk/desk.h"

typedef struct DeskSettledItem {
    guint number, version;
    ItemKind kind;
    char *title, *title_key, *theme; /* NULL: not said, so not settled; an old record does not say the key */
    gboolean counts, on_time;
    guint duplicate_of; /* 0 = none */
} DeskSettledItem;

struct DeskSettled {
    Whose whose;
    char *committee; /* roster code, "" = unknown */
    char *name;      /* that committee's name then, "" if not said */
    Certainty certainty;
    gboolean certain; /* `whose` and `certainty` are said (an old record does not) */
    gboolean answered;
    gboolean passed_by; /* as DeskMail says it */
    GPtrArray *items;   /* of DeskSettledItem* */
};

/* {"whose", "committee", "name", "certainty", "answered", "passed_by", "items": [{"n", "version", "kind",
 * "title", "key", "theme", "counts", "on_time", "duplicate"}]} of a verdict that the book does not hold yet.
 * Caller owns it. */
json_t *desk_settled_write(const Config *config, const Book *book, const Verdict *verdict);

/* Reads such an object, or the record of a receipt ("items" with "n"). What is missing or of the wrong type
 * reads as nothing; an item without a number is left out. NULL if it is no object. Caller owns it. */
DeskSettled *desk_settled_read(const json_t *json);
void desk_settled_free(DeskSettled *settled);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DeskSettled, desk_settled_free)

/* The reminder of a stage that a record says was made at `now`: worded again. `stages`: of char*. NULL if the
 * committee has left the roster or has no address any more. Caller owns it. */
Letter *desk_remind_again(const Config *config, const Book *book, const char *committee, const char *stage,
                          const GPtrArray *stages, gint64 now);
