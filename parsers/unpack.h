/* unpack.h - the members of zip, rar, 7z and tar, under the caps of limits.h. zip.h reads zips, rar.h lists
 * rars; what else there is to know is libarchive's (which wants a locale with UTF-8).
 */
#pragma once

#include <glib.h>

typedef struct UnpackMember {
    char *name; /* UTF-8, with "/" between folders, relative, without ".."; "" if it has none */
    gboolean folder, link, encrypted;
    guint64 size;        /* bytes, as the archive says; 0 if it does not */
    GBytes *content;     /* NULL unless it was wanted and could be read */
    const char *problem; /* why it is not there or not whole: encrypted, damaged, archive-bomb, unsupported,
                            split-volume; NULL if nothing is wrong, or it was not wanted */
    char *detail;        /* English; "" if no problem */
} UnpackMember;

typedef struct Unpacked {
    GPtrArray *members;  /* of UnpackMember*, in the order of the archive */
    struct Zip *zip;     /* of a zip that has its directory, so that members can be read later; else NULL */
    guint64 kept;        /* bytes unpacked from it, bombs not counted */
    gboolean encrypted;  /* a member, or the list of members, needs a password */
    gboolean split;      /* one volume of several */
    gboolean list_bad;   /* `problem` is one of the list itself: members may be missing from it */
    const char *problem; /* damaged, archive-bomb or unsupported: of the list, else of the first wanted member
                            that has one; NULL if none */
    char *detail;        /* English; "" if no problem */
} Unpacked;

typedef gboolean (*UnpackWant)(const char *name, gpointer user);
typedef void (*UnpackEach)(const UnpackMember *member, gpointer user);

/* Lists the members and keeps the content of those that are wanted (`want` NULL: none). Never fails: what
 * could be listed and read before a fault is there. Caps: LIMIT_MEMBERS, LIMIT_UNPACKED_BYTES and
 * LIMIT_UNPACK_SECONDS over all calls since unpack_reset(), LIMIT_UNPACK_RATIO against the size of `bytes`.
 * The caller frees. */
Unpacked *unpack(GBytes *bytes, UnpackWant want, gpointer user);

/* The same, but each member that is no folder is shown to `each` in the order of the archive, and its content
 * let go. */
Unpacked *unpack_each(GBytes *bytes, UnpackWant want, UnpackEach each, gpointer user);

void unpacked_free(Unpacked *unpacked);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Unpacked, unpacked_free)

/* The member of that name (ASCII letters compared without case, as OPC does), or NULL. */
UnpackMember *unpacked_find(const Unpacked *unpacked, const char *name);

/* The content of a member, read now where it was not wanted and `zip` is there, under the same caps. NULL,
 * and a problem of the member if it could not be read. Owned by the member. */
GBytes *unpacked_content(Unpacked *unpacked, UnpackMember *member);

/* One gzip file (RFC 1952), under the same caps: problem and content of what is in it; `name` is what it says
 * that is called, "" if it does not. The caller frees with unpack_member_free(). */
UnpackMember *unpack_gzip(GBytes *bytes);

/* Members for readers that unpack by themselves: a new one of that name, without content; a problem, unless
 * it has one; bytes that were unpacked, FALSE if LIMIT_UNPACKED_BYTES is reached. */
UnpackMember *unpack_member_new(const char *name);
void unpack_member_free(gpointer member);
void unpack_member_fault(UnpackMember *member, const char *problem, const char *detail);
gboolean unpack_spend(guint64 bytes);

/* One more file that some reader takes out of another counts as a member, too: FALSE if LIMIT_MEMBERS is
 * reached. */
gboolean unpack_give(void);

/* A new mail begins: nothing is unpacked yet. */
void unpack_reset(void);
