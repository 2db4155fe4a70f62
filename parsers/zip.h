/* zip.h - the members of a zip archive by its central directory (PKWARE APPNOTE 6.3.10), and their bytes.
 *
 * Ours, where the other formats are libarchive's: the charset of unmarked names shows only from all of them
 * together; what is broken in one member must not hide the others; and the parts of a document are read far
 * faster one by one than by a walk over all.
 */
#pragma once

#include <glib.h>

typedef struct ZipMember {
    char *name; /* see names_path() */
    gboolean folder, link, encrypted;
    guint method;         /* 0 stored, 8 deflated … (APPNOTE 4.4.5) */
    guint32 crc;          /* of the bytes, unpacked */
    guint64 packed, size; /* bytes, as the archive says */
    guint64 header;       /* where the local header should be */
} ZipMember;

typedef struct Zip {
    GBytes *bytes;
    GPtrArray *members; /* of ZipMember*, in the order of the directory, at most LIMIT_MEMBERS */
    gboolean split;     /* one volume of several */
    gboolean over;      /* there are more members than the limit */
    gboolean cut;       /* the directory is missing or breaks off, or bytes before it are missing */
} Zip;

typedef enum ZipResult {
    ZIP_WHOLE,
    ZIP_DAMAGED,     /* what could be read was read */
    ZIP_OVER,        /* more than `most` bytes: nothing is kept */
    ZIP_UNSUPPORTED, /* a method of packing that is not read here */
} ZipResult;

/* The archive, or NULL where bytes neither begin nor end as one. Without a directory (cut off) it is what the
 * headers of the members themselves say. What stands before or behind the archive does not matter. Caller
 * frees.
 */
Zip *zip_open(GBytes *bytes);
void zip_free(Zip *zip);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Zip, zip_free)

/* Whether bytes that begin in the middle of nowhere end as a zip does: its last volume, a program that
 * unpacks itself. */
gboolean zip_ends_here(GBytes *bytes);

/* Appends the bytes of a member that is not encrypted to `content`. *detail says in English what is wrong
 * (static; NULL if nothing). The CRC is checked; sizes are not believed. */
ZipResult zip_read(const Zip *zip, const ZipMember *member, guint64 most, GByteArray *content,
                   const char **detail);

/* The member as a zip of its own, for a library that knows its method; NULL if its bytes are not there. The
 * caller frees. */
GBytes *zip_extract(const Zip *zip, const ZipMember *member);

typedef enum ZipInflate { ZIP_INFLATE_RAW, ZIP_INFLATE_GZIP } ZipInflate; /* RFC 1951, RFC 1952 */

/* Appends what the bytes unpack to: ZIP_OVER and nothing if that is more than `most`; ZIP_DAMAGED and what
 * could be read if they are broken. What follows the packed stream does not matter. */
ZipResult zip_inflate(const guint8 *packed, gsize length, ZipInflate format, guint64 most,
                      GByteArray *content);
