/* unpack.h - the members of zip, rar, 7z, tar and gz, through libarchive, under the caps of limits.h.
 */
#pragma once

#include <glib.h>

typedef struct UnpackMember {
    char *name; /* UTF-8, with "/" between folders */
    gboolean folder;
    gboolean encrypted;
    GBytes *content; /* NULL unless it was wanted and could be read */
} UnpackMember;

typedef struct Unpacked {
    GPtrArray *members;  /* of UnpackMember*, in the order of the archive */
    gboolean encrypted;  /* a member, or the list of members, needs a password */
    const char *problem; /* damaged, archive-bomb or too-large; NULL if none */
    char *detail;        /* English; "" if no problem */
} Unpacked;

typedef gboolean (*UnpackWant)(const char *name, gpointer user);

/* Walks the members and keeps the content of those that are wanted (`want` NULL: none). Never fails: what
 * could be listed and read before a fault is there. Caps: LIMIT_MEMBERS, LIMIT_UNPACKED_BYTES over all calls
 * since unpack_reset(), LIMIT_UNPACK_RATIO against the size of `bytes`. The caller frees. */
Unpacked *unpack(GBytes *bytes, UnpackWant want, gpointer user);
void unpacked_free(Unpacked *unpacked);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Unpacked, unpacked_free)

/* The member of that name (ASCII letters compared without case, as OPC does), or NULL. */
const UnpackMember *unpacked_find(const Unpacked *unpacked, const char *name);

/* A new mail begins: nothing is unpacked yet. */
void unpack_reset(void);
