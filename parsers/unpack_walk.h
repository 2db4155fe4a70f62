/* unpack_walk.h - what the halves of unpack.h share: unpack.c for zip and rar, and unpack_archive.c for all
 * that is libarchive's.
 */
#pragma once

#include "parsers/unpack.h"

typedef struct Walk {
    Unpacked *unpacked;
    GBytes *bytes;
    UnpackWant want; /* NULL: only the list is asked for */
    UnpackEach each; /* may be NULL */
    gpointer user;
    gboolean solid; /* members are packed together: to pass one over is to unpack it */
    guint64 kept;   /* bytes unpacked from this archive, bombs not counted */
    guint shown;    /* members that are done with */
} Walk;

typedef enum WalkFormats { WALK_OTHER, WALK_RAR, WALK_ZIP } WalkFormats;

extern const char WALK_PASSWORD[], WALK_TOO_MUCH[], WALK_TOO_LONG[],
    WALK_TOO_MANY[]; /* details of problems */

/* Only the first problem is kept. */
void walk_list_fault(Unpacked *unpacked, const char *problem, const char *detail);

UnpackMember *walk_add(Unpacked *unpacked, const char *name);

/* How many bytes the next member may have; accounting for some that were unpacked since `began_at` (of
 * g_get_monotonic_time()); whether time is up. */
guint64 walk_allowance(const Walk *walk);
void walk_spend(guint64 bytes, gint64 began_at);
gboolean walk_is_late(void);

/* Whether there is any use in reading the member, and whether it is wanted too; if not, it says why. */
gboolean walk_may_read(const Walk *walk, UnpackMember *member);
gboolean walk_wants(const Walk *walk, UnpackMember *member);

/* Gives the content to the member, unless that is broken and this empty. Takes the content. */
void walk_take(Walk *walk, UnpackMember *member, GByteArray *content);

/* The members before this one are done with: shows them. */
void walk_show(Walk *walk, guint end);

/* Through libarchive: adds the members; reads what is wanted of the listed ones; reads the first one of a zip
 * of one into a member of this. */
void walk_list(Walk *walk, WalkFormats formats);
void walk_read(Walk *walk, WalkFormats formats);
void walk_read_alone(Walk *walk, GBytes *bytes, UnpackMember *member);
