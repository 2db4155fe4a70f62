#include "parsers/packed.h"

#include <string.h>

static const char PASSWORD[] = "a password is needed";

/* --- bytes
 * --------------------------------------------------------------------------------------------------- */

typedef struct Cursor {
    const guint8 *at, *end;
} Cursor;

static guint64 little_endian(const guint8 *at, gsize n)
{
    guint64 value = 0;
    while (n-- > 0) value = value << 8 | at[n];
    return value;
}

/* RAR 5 writes numbers seven bits to a byte, lowest first. FALSE at the end of the bytes. */
static gboolean read_vint(Cursor *cursor, guint64 *value)
{
    *value = 0;
    for (guint shift = 0; cursor->at < cursor->end && shift < 63; shift += 7) {
        guint8 byte = *cursor->at++;
        *value |= (guint64)(byte & 0x7F) << shift;
        if (!(byte & 0x80)) return TRUE;
    }
    return FALSE;
}

/* --- zip
 * ----------------------------------------------------------------------------------------------------- */

/* The end of central directory record (APPNOTE 4.3.16), or NULL. */
static const guint8 *zip_end(GBytes *bytes)
{
    gsize length;
    const guint8 *data = g_bytes_get_data(bytes, &length);
    if (length < 22) return NULL;
    for (gsize i = length - 22, n = 0; n <= 65535; i--, n++) {
        if (memcmp(data + i, "PK\x05\x06", 4) == 0) return data + i;
        if (i == 0) break;
    }
    return NULL;
}

gboolean packed_ends_as_zip(GBytes *bytes)
{
    return zip_end(bytes) != NULL;
}

static void take_faults(Recognised *found)
{
    if (found->zip->encrypted) recognised_problem(found, "encrypted", PASSWORD);
    if (found->zip->problem) recognised_problem(found, found->zip->problem, found->zip->detail);
}

/* Broken is what has no list of members, or none that can be walked; a single member that libarchive dislikes
 * is a matter for whoever unpacks it. */
void packed_recognise_zip(Recognised *found, GBytes *bytes)
{
    const guint8 *end = zip_end(bytes);
    if (found->zip->encrypted) recognised_problem(found, "encrypted", PASSWORD);
    if (!end)
        recognised_problem(found, "damaged", "the end of the archive is missing");
    else if (little_endian(end + 4, 2) != 0 && little_endian(end + 4, 2) != 0xFFFF)
        recognised_problem(found, "damaged", "one part of an archive that was split into several");
    else if (found->zip->members->len == 0 || !found->zip->problem ||
             strcmp(found->zip->problem, "damaged") != 0 || strstr(found->zip->detail, "runcated"))
        take_faults(found);
}

/* --- rar
 * ----------------------------------------------------------------------------------------------------- */

/* Whether the extra area of a file header has an encryption record (RAR 5.0 archive format, 1.9). */
static gboolean has_encryption_record(Cursor extra)
{
    guint64 size, type;
    while (read_vint(&extra, &size)) {
        Cursor record = {extra.at, extra.end};
        if (size > (guint64)(extra.end - extra.at) || !read_vint(&record, &type)) return FALSE;
        if (type == 1) return TRUE;
        extra.at += size;
    }
    return FALSE;
}

/* libarchive lists RAR 5 files that are encrypted one by one as if they were not. */
static gboolean is_encrypted_rar5(GBytes *bytes)
{
    enum { FILE_HEADER = 2, ENCRYPTION_HEADER = 4, HAS_EXTRA = 1, HAS_DATA = 2 };
    gsize length;
    const guint8 *data = g_bytes_get_data(bytes, &length);
    if (length < 8 || memcmp(data, "Rar!\x1A\x07\x01\x00", 8) != 0) return FALSE;
    Cursor cursor = {data + 8, data + length};
    for (int block = 0; block < 10000 && cursor.end - cursor.at > 4; block++) {
        guint64 size, type, flags, extra = 0, packed = 0;
        cursor.at += 4; /* CRC */
        if (!read_vint(&cursor, &size) || size > (guint64)(cursor.end - cursor.at)) return FALSE;
        Cursor header = {cursor.at, cursor.at + size};
        if (!read_vint(&header, &type) || !read_vint(&header, &flags)) return FALSE;
        if ((flags & HAS_EXTRA) && !read_vint(&header, &extra)) return FALSE;
        if ((flags & HAS_DATA) && !read_vint(&header, &packed)) return FALSE;
        if (type == ENCRYPTION_HEADER) return TRUE;
        if (type == FILE_HEADER && extra <= (guint64)(header.end - header.at) &&
            has_encryption_record((Cursor){header.end - extra, header.end}))
            return TRUE;
        if (packed > (guint64)(cursor.end - header.end)) return FALSE;
        cursor.at = header.end + packed;
    }
    return FALSE;
}

void packed_recognise_rar(Recognised *found, GBytes *bytes)
{
    /* What libarchive has no code for is not broken: solid archives, parts of split ones. */
    static const char *const beyond[] = {"unavailable", "nsupported", "not supported", "solid", "olume"};
    found->zip = unpack(bytes, NULL, NULL);
    if (found->zip->encrypted || is_encrypted_rar5(bytes)) recognised_problem(found, "encrypted", PASSWORD);
    if (!found->zip->problem) return;
    for (gsize i = 0; i < G_N_ELEMENTS(beyond); i++)
        if (strstr(found->zip->detail, beyond[i])) return;
    if (found->zip->members->len == 0 || strstr(found->zip->detail, "runcated")) take_faults(found);
}

/* --- 7z and tar
 * ---------------------------------------------------------------------------------------------- */

void packed_recognise_7z(Recognised *found, GBytes *bytes)
{
    gsize length;
    const guint8 *data = g_bytes_get_data(bytes, &length);
    if (length < 32) {
        recognised_problem(found, "damaged", "the archive is cut off");
        return;
    }
    guint64 offset = little_endian(data + 12, 8),
            size = little_endian(data + 20, 8); /* of the list of members */
    if (offset > length || size > length || 32 + offset + size > length) {
        recognised_problem(found, "damaged", "the archive is cut off");
        return;
    }
    found->zip = unpack(bytes, NULL, NULL);
    if (found->zip->encrypted) recognised_problem(found, "encrypted", PASSWORD);
}

void packed_recognise_tar(Recognised *found, GBytes *bytes)
{
    found->zip = unpack(bytes, NULL, NULL);
    take_faults(found);
}
