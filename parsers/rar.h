/* rar.h - the list of members of a rar archive: versions 1.5 to 4 and 5.
 *
 * Members' bytes are libarchive's; but it gives up on the whole list at the first thing that it cannot
 * unpack, and takes encrypted members of RAR 5 for broken ones. The list says what each member is before
 * that.
 */
#pragma once

#include <glib.h>

typedef struct RarMember {
    char *name; /* see names_path() */
    gboolean folder, link, encrypted;
    gboolean partial;     /* begins in the volume before or goes on in the next */
    gboolean unsupported; /* packed in a way that libarchive does not know: RAR 2 and older, RAR 4 solid */
    guint64 size;         /* bytes, as the archive says; 0 if it does not */
} RarMember;

typedef struct Rar {
    GPtrArray *members; /* of RarMember*, in the order of the archive, at most LIMIT_MEMBERS */
    gboolean encrypted; /* the list itself needs a password: there are no members */
    gboolean split;     /* one volume of several */
    gboolean solid;     /* members are packed together */
    gboolean over;      /* there are more members than the limit */
    gboolean cut;       /* the list breaks off */
} Rar;

/* NULL if the bytes do not begin as a rar archive. The caller frees. */
Rar *rar_list(GBytes *bytes);
void rar_free(Rar *rar);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Rar, rar_free)
