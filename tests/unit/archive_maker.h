/* archive_maker.h - zip, rar and TNEF files made byte by byte, for tests: names in any charset, flags, lies.
 */
#pragma once

#include <glib.h>
#include <string.h>
#include <zlib.h>

static inline void put_number(GByteArray *to, guint64 value, guint n)
{
    for (; n > 0; n--, value >>= 8) g_byte_array_append(to, &(guint8){(guint8)value}, 1);
}

static inline void put_bytes(GByteArray *to, const void *bytes, gsize n)
{
    g_byte_array_append(to, bytes, (guint)n);
}

static inline guint32 crc_of(const void *bytes, gsize n)
{
    return (guint32)crc32(0, bytes, (uInt)n);
}

/* --- zip -------------------------------------------------------------------------------------- */

typedef struct RawMember {
    const char *name;    /* raw bytes */
    const char *content; /* stored */
    gsize length;        /* of the content; 0: to its NUL */
    guint flags;         /* 1 encrypted, 8 sizes behind the data, 0x800 UTF-8 */
    const char *path;    /* Unicode path extra field; NULL: none */
    guint32 mode;        /* of Unix; 0: made on MS-DOS */
    guint32 lie;         /* added to the CRC and size */
} RawMember;

#define MEMBER(raw_name, bytes, ...)                                                                         \
    {                                                                                                        \
        .name = raw_name, .content = bytes, __VA_ARGS__                                                      \
    }

static inline gsize content_length(const RawMember *member)
{
    return member->length ? member->length : strlen(member->content);
}

static inline GByteArray *unicode_path(const RawMember *member)
{
    GByteArray *extra = g_byte_array_new();
    if (!member->path) return extra;
    put_number(extra, 0x7075, 2);
    put_number(extra, strlen(member->path) + 5, 2);
    put_number(extra, 1, 1);
    put_number(extra, crc_of(member->name, strlen(member->name)), 4);
    put_bytes(extra, member->path, strlen(member->path));
    return extra;
}

static inline void put_zip_common(GByteArray *to, const RawMember *member, gboolean sizes, gsize extra)
{
    gsize n = content_length(member);
    put_number(to, 20, 2);
    put_number(to, member->flags, 2);
    put_number(to, 0, 6);
    put_number(to, sizes ? crc_of(member->content, n) + member->lie : 0, 4);
    put_number(to, sizes ? n : 0, 4);
    put_number(to, sizes ? n + member->lie : 0, 4);
    put_number(to, strlen(member->name), 2);
    put_number(to, extra, 2);
}

/* `disk`: number of this volume; `local_path`: the Unicode path stands in the local header alone. */
static inline GBytes *raw_zip(const RawMember *members, gsize n, guint disk, gboolean local_path)
{
    GByteArray *zip = g_byte_array_new();
    g_autoptr (GByteArray) directory = g_byte_array_new();
    for (gsize i = 0; i < n; i++) {
        const RawMember *member = &members[i];
        g_autoptr (GByteArray) extra = unicode_path(member);
        guint at = zip->len, directory_extra = local_path ? 0 : extra->len;
        put_bytes(zip, "PK\x03\x04", 4);
        put_zip_common(zip, member, !(member->flags & 8), local_path ? extra->len : 0);
        put_bytes(zip, member->name, strlen(member->name));
        if (local_path) put_bytes(zip, extra->data, extra->len);
        put_bytes(zip, member->content, content_length(member));
        if (member->flags & 8) {
            put_bytes(zip, "PK\x07\x08", 4);
            put_number(zip, crc_of(member->content, content_length(member)), 4);
            put_number(zip, content_length(member), 4);
            put_number(zip, content_length(member), 4);
        }
        put_bytes(directory, "PK\x01\x02", 4);
        put_number(directory, member->mode ? 0x0314 : 20, 2);
        put_zip_common(directory, member, TRUE, directory_extra);
        put_number(directory, 0, 6);
        put_number(directory, (guint64)member->mode << 16, 4);
        put_number(directory, at, 4);
        put_bytes(directory, member->name, strlen(member->name));
        put_bytes(directory, extra->data, directory_extra);
    }
    guint at = zip->len;
    put_bytes(zip, directory->data, directory->len);
    put_bytes(zip, "PK\x05\x06", 4);
    put_number(zip, disk, 2);
    put_number(zip, disk, 2);
    put_number(zip, n, 2);
    put_number(zip, n, 2);
    put_number(zip, directory->len, 4);
    put_number(zip, at, 4);
    put_number(zip, 0, 2);
    return g_byte_array_free_to_bytes(zip);
}

/* --- rar 4 ------------------------------------------------------------------------------------ */

static inline void put_r4(GByteArray *to, guint type, guint flags, const void *rest, gsize n)
{
    g_autoptr (GByteArray) header = g_byte_array_new();
    put_number(header, type, 1);
    put_number(header, flags, 2);
    put_number(header, n + 7, 2);
    put_bytes(header, rest, n);
    put_number(to, crc_of(header->data, header->len) & 0xFFFF, 2);
    put_bytes(to, header->data, header->len);
}

static inline GByteArray *r4_begin(guint flags)
{
    GByteArray *rar = g_byte_array_new();
    put_bytes(rar, "Rar!\x1A\x07\x00", 7);
    put_r4(rar, 0x73, flags, "\0\0\0\0\0\0", 6);
    return rar;
}

/* A stored file; the name may hold NUL and the coded Unicode form. */
static inline void r4_file(GByteArray *rar, guint flags, const void *name, gsize name_length,
                           const char *content)
{
    g_autoptr (GByteArray) rest = g_byte_array_new();
    gsize n = strlen(content);
    put_number(rest, n, 4);
    put_number(rest, n, 4);
    put_number(rest, 2, 1);
    put_number(rest, crc_of(content, n), 4);
    put_number(rest, 0x44C20000, 4);
    put_number(rest, 29, 1);
    put_number(rest, 0x30, 1);
    put_number(rest, name_length, 2);
    put_number(rest, 0x20, 4);
    put_bytes(rest, name, name_length);
    put_r4(rar, 0x74, 0x8000 | flags, rest->data, rest->len);
    put_bytes(rar, content, n);
}

static inline GBytes *r4_end(GByteArray *rar, guint flags)
{
    put_r4(rar, 0x7B, 0x4000 | flags, "", 0);
    return g_byte_array_free_to_bytes(rar);
}

/* --- rar 5 ------------------------------------------------------------------------------------------------
 * All numbers are below 128, so that a vint is one byte.
 */

static inline void put_r5(GByteArray *to, const GByteArray *header)
{
    g_autoptr (GByteArray) sized = g_byte_array_new();
    put_number(sized, header->len, 1);
    put_bytes(sized, header->data, header->len);
    put_number(to, crc_of(sized->data, sized->len), 4);
    put_bytes(to, sized->data, sized->len);
}

static inline void put_r5_numbers(GByteArray *to, guint type, guint flags, guint value)
{
    g_autoptr (GByteArray) header = g_byte_array_new();
    put_number(header, type, 1);
    put_number(header, flags, 1);
    put_number(header, value, 1);
    put_r5(to, header);
}

static inline GByteArray *r5_begin(guint flags)
{
    GByteArray *rar = g_byte_array_new();
    put_bytes(rar, "Rar!\x1A\x07\x01\x00", 8);
    put_r5_numbers(rar, 1, 0, flags);
    return rar;
}

static inline void r5_file(GByteArray *rar, guint flags, gboolean encrypted, const char *name,
                           const char *content)
{
    g_autoptr (GByteArray) header = g_byte_array_new();
    gsize n = strlen(content);
    put_number(header, 2, 1);
    put_number(header, 2 | flags | (encrypted ? 1 : 0), 1);
    if (encrypted) put_number(header, 3, 1); /* extra area */
    put_number(header, n, 1);                /* data */
    put_number(header, 4, 1);                /* has a CRC */
    put_number(header, n, 1);
    put_number(header, 0, 1);
    put_number(header, crc_of(content, n), 4);
    put_number(header, 0, 1);
    put_number(header, 0, 1);
    put_number(header, strlen(name), 1);
    put_bytes(header, name, strlen(name));
    if (encrypted) put_bytes(header, "\x02\x01\x00", 3);
    put_r5(rar, header);
    put_bytes(rar, content, n);
}

static inline GBytes *r5_end(GByteArray *rar, guint flags)
{
    put_r5_numbers(rar, 5, 0, flags);
    return g_byte_array_free_to_bytes(rar);
}

/* --- TNEF ------------------------------------------------------------------------------------- */

static inline GByteArray *tnef_begin(void)
{
    GByteArray *tnef = g_byte_array_new();
    put_bytes(tnef, "\x78\x9F\x3E\x22\x01\x00", 6);
    return tnef;
}

static inline void tnef_attribute(GByteArray *tnef, guint level, guint32 id, const void *data, gsize n)
{
    guint sum = 0;
    for (gsize i = 0; i < n; i++) sum += ((const guint8 *)data)[i];
    put_number(tnef, level, 1);
    put_number(tnef, id, 4);
    put_number(tnef, n, 4);
    put_bytes(tnef, data, n);
    put_number(tnef, sum & 0xFFFF, 2);
}

/* A property of one value that has a length. */
static inline void tnef_property(GByteArray *to, guint type, guint id, const void *data, gsize n)
{
    put_number(to, type, 2);
    put_number(to, id, 2);
    put_number(to, 1, 4);
    put_number(to, n, 4);
    put_bytes(to, data, n);
    put_number(to, 0, (4 - n % 4) % 4);
}
