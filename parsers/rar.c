#include "parsers/rar.h"

#include <string.h>

#include "parsers/limits.h"
#include "parsers/names.h"

#define BLOCKS_MAX (4 * LIMIT_MEMBERS) /* headers that are looked at: services and comments count too */

/* --- bytes ------------------------------------------------------------------------------------ */

typedef struct Cursor {
    const guint8 *at, *end;
} Cursor;

static gsize left(const Cursor *cursor)
{
    return (gsize)(cursor->end - cursor->at);
}

/* A little-endian number of n bytes. FALSE, and 0, at the end of the bytes. */
static gboolean take(Cursor *cursor, gsize n, guint64 *value)
{
    *value = 0;
    if (left(cursor) < n) return FALSE;
    for (gsize i = n; i-- > 0;) *value = *value << 8 | cursor->at[i];
    cursor->at += n;
    return TRUE;
}

/* RAR 5 writes numbers seven bits to a byte, lowest first. */
static gboolean take_vint(Cursor *cursor, guint64 *value)
{
    *value = 0;
    for (guint shift = 0; cursor->at < cursor->end && shift < 63; shift += 7) {
        guint8 byte = *cursor->at++;
        *value |= (guint64)(byte & 0x7F) << shift;
        if (!(byte & 0x80)) return TRUE;
    }
    return FALSE;
}

/* Parts off the next n bytes; FALSE if there are not so many. */
static gboolean take_span(Cursor *cursor, guint64 n, Cursor *span)
{
    if (n > left(cursor)) return FALSE;
    *span = (Cursor){cursor->at, cursor->at + n};
    cursor->at += n;
    return TRUE;
}

/* --- the list --------------------------------------------------------------------------------- */

static void member_free(gpointer data)
{
    RarMember *member = data;
    g_free(member->name);
    g_free(member);
}

void rar_free(Rar *rar)
{
    if (!rar) return;
    g_ptr_array_unref(rar->members);
    g_free(rar);
}

/* A new member, or NULL if there is no room for more. */
static RarMember *add_member(Rar *rar)
{
    rar->over = rar->members->len >= LIMIT_MEMBERS;
    if (rar->over) return NULL;
    RarMember *member = g_new0(RarMember, 1);
    g_ptr_array_add(rar->members, member);
    return member;
}

/* --- RAR 4
 * ---------------------------------------------------------------------------------------------------
 *
 * By technote.txt of RAR 3.x: each block is CRC16, type, flags, size, then what its type has. */

enum {
    R4_MAIN = 0x73,
    R4_FILE = 0x74,
    R4_SERVICE = 0x7A,
    R4_END = 0x7B,
    R4_LONG = 0x8000, /* flags of any block: data follow it */
    R4_MAIN_VOLUME = 0x0001,
    R4_MAIN_SOLID = 0x0008,
    R4_MAIN_ENCRYPTED = 0x0080,
    R4_MAIN_FIRST = 0x0100,
    R4_FILE_BEFORE = 0x0001,
    R4_FILE_AFTER = 0x0002,
    R4_FILE_ENCRYPTED = 0x0004,
    R4_FILE_SOLID = 0x0010,
    R4_FILE_FOLDER = 0x00E0,
    R4_FILE_LARGE = 0x0100,
    R4_FILE_UNICODE = 0x0200,
    R4_END_MORE = 0x0001,
    R4_HOST_UNIX = 3,
    R4_STORED = 0x30,
    R4_VERSION = 29 /* of the packer that libarchive knows */
};

/* The name in Unicode, which stands behind its bytes as differences from them: two bits a character say
 * whether a low byte, one with the common high byte, two bytes, or a run copied from the plain name follows.
 */
static GArray *decode_r4_name(Cursor plain, Cursor coded)
{
    GArray *units = g_array_new(FALSE, FALSE, sizeof(gunichar2));
    guint64 high = 0, flags = 0, low, value;
    guint bits = 0;
    if (!take(&coded, 1, &high)) return units;
    while (coded.at < coded.end && units->len < 4 * LIMIT_NAME_CHARS) {
        if (bits == 0) {
            if (!take(&coded, 1, &flags)) break;
            bits = 8;
        }
        guint kind = flags >> 6 & 3;
        flags <<= 2;
        bits -= 2;
        if (!take(&coded, kind == 2 ? 2 : 1, &value)) break;
        if (kind < 3) {
            gunichar2 unit = (gunichar2)(kind == 1 ? value | high << 8 : value);
            g_array_append_val(units, unit);
            continue;
        }
        gboolean corrected = value & 0x80;
        guint64 correction = 0;
        if (corrected && !take(&coded, 1, &correction)) break;
        for (guint64 n = (value & 0x7F) + 2; n > 0 && units->len < left(&plain); n--) {
            low = plain.at[units->len];
            gunichar2 unit = (gunichar2)(corrected ? ((low + correction) & 0xFF) | high << 8 : low);
            g_array_append_val(units, unit);
        }
    }
    return units;
}

static char *r4_name(Cursor raw, gboolean unicode)
{
    const char *bytes = (const char *)raw.at;
    const guint8 *zero = memchr(raw.at, 0, left(&raw));
    Cursor plain = {raw.at, zero ? zero : raw.end};
    if (!unicode) return names_path(bytes, left(&plain), names_charset(bytes, left(&plain)), NULL);
    if (!zero) return names_path(bytes, left(&raw), NULL, NULL); /* UTF-8 */
    g_autoptr (GArray) units = decode_r4_name(plain, (Cursor){zero + 1, raw.end});
    g_autofree char *utf8 = g_utf16_to_utf8((const gunichar2 *)units->data, units->len, NULL, NULL, NULL);
    if (!utf8 || !*utf8) return names_path(bytes, left(&plain), names_charset(bytes, left(&plain)), NULL);
    return names_path(utf8, strlen(utf8), "UTF-8", NULL);
}

static void read_r4_file(Rar *rar, Cursor header, guint flags, guint64 *packed)
{
    guint64 size, host, version, method, name, attributes, high_packed = 0, high_size = 0, skipped;
    Cursor raw;
    gboolean whole = take(&header, 4, packed) && take(&header, 4, &size) && take(&header, 1, &host) &&
                     take(&header, 8, &skipped) && take(&header, 1, &version) && take(&header, 1, &method) &&
                     take(&header, 2, &name) && take(&header, 4, &attributes);
    if (whole && (flags & R4_FILE_LARGE))
        whole = take(&header, 4, &high_packed) && take(&header, 4, &high_size);
    if (!whole || !take_span(&header, name, &raw)) {
        rar->cut = TRUE;
        return;
    }
    *packed |= high_packed << 32;
    RarMember *member = add_member(rar);
    if (!member) return;
    member->name = r4_name(raw, (flags & R4_FILE_UNICODE) != 0);
    member->size = size | high_size << 32;
    member->folder = (flags & R4_FILE_FOLDER) == R4_FILE_FOLDER;
    member->link = host == R4_HOST_UNIX && (attributes & 0170000) == 0120000;
    member->encrypted = (flags & R4_FILE_ENCRYPTED) != 0;
    member->partial = (flags & (R4_FILE_BEFORE | R4_FILE_AFTER)) != 0;
    member->unsupported =
        !member->folder && method != R4_STORED && (version < R4_VERSION || (flags & R4_FILE_SOLID));
}

/* What a main or end block says about volumes and passwords. */
static void read_r4_flags(Rar *rar, guint type, guint flags)
{
    if (type == R4_MAIN) {
        rar->encrypted = (flags & R4_MAIN_ENCRYPTED) != 0;
        rar->split = (flags & R4_MAIN_VOLUME) && !(flags & R4_MAIN_FIRST);
        rar->solid = (flags & R4_MAIN_SOLID) != 0;
    } else if (type == R4_END) {
        rar->split |= (flags & R4_END_MORE) != 0;
    }
}

static void list_r4(Rar *rar, Cursor cursor)
{
    for (guint n = 0; n < BLOCKS_MAX && !rar->encrypted && !rar->over && !rar->cut; n++) {
        Cursor header = cursor;
        guint64 crc, type, flags, size, packed = 0;
        if (!take(&header, 2, &crc) || !take(&header, 1, &type) || !take(&header, 2, &flags) ||
            !take(&header, 2, &size) || size < 7 || size > left(&cursor) || type < 0x72 || type > R4_END) {
            rar->cut = left(&cursor) > 0 || rar->members->len == 0;
            return;
        }
        header.end = cursor.at + size;
        cursor.at += size;
        read_r4_flags(rar, (guint)type, (guint)flags);
        if (type == R4_FILE) {
            read_r4_file(rar, header, (guint)flags, &packed);
        } else if (flags & R4_LONG) {
            take(&header, 4, &packed);
        }
        if (type == R4_END) return;
        if (packed > left(&cursor)) rar->cut = TRUE;
        cursor.at += MIN(packed, left(&cursor));
    }
}

/* --- RAR 5
 * ---------------------------------------------------------------------------------------------------
 *
 * By "RAR 5.0 archive format" of rarlab.com: each block is CRC32, header size, type, flags, sizes of extra
 * and data, then what its type has, the extra area, the data. */

enum {
    R5_MAIN = 1,
    R5_FILE = 2,
    R5_ENCRYPTION = 4,
    R5_END = 5,
    R5_HAS_EXTRA = 1,
    R5_HAS_DATA = 2,
    R5_BEFORE = 8,
    R5_AFTER = 16,
    R5_MAIN_VOLUME = 1,
    R5_MAIN_NUMBER = 2,
    R5_MAIN_SOLID = 4,
    R5_FILE_FOLDER = 1,
    R5_FILE_TIME = 2,
    R5_FILE_CRC = 4,
    R5_FILE_SIZE_UNKNOWN = 8,
    R5_END_MORE = 1,
    R5_EXTRA_ENCRYPTION = 1,
    R5_EXTRA_LINK = 5
};

static void read_r5_extra(RarMember *member, Cursor extra)
{
    guint64 size, type;
    Cursor record;
    while (take_vint(&extra, &size) && take_span(&extra, size, &record) && take_vint(&record, &type)) {
        member->encrypted |= type == R5_EXTRA_ENCRYPTION;
        member->link |= type == R5_EXTRA_LINK;
    }
}

static gboolean read_r5_file(Rar *rar, Cursor header, guint64 block_flags, Cursor extra)
{
    guint64 flags, size, skipped, name;
    Cursor raw;
    if (!take_vint(&header, &flags) || !take_vint(&header, &size) || !take_vint(&header, &skipped) ||
        ((flags & R5_FILE_TIME) && !take(&header, 4, &skipped)) ||
        ((flags & R5_FILE_CRC) && !take(&header, 4, &skipped)) || !take_vint(&header, &skipped) ||
        !take_vint(&header, &skipped) || !take_vint(&header, &name) || !take_span(&header, name, &raw))
        return FALSE;
    RarMember *member = add_member(rar);
    if (!member) return TRUE;
    member->name = names_path((const char *)raw.at, left(&raw), "UTF-8", NULL);
    member->size = flags & R5_FILE_SIZE_UNKNOWN ? 0 : size;
    member->folder = (flags & R5_FILE_FOLDER) != 0;
    member->partial = (block_flags & (R5_BEFORE | R5_AFTER)) != 0;
    read_r5_extra(member, extra);
    return TRUE;
}

static void read_r5_main(Rar *rar, Cursor header)
{
    guint64 flags = 0, number = 0;
    take_vint(&header, &flags);
    if (flags & R5_MAIN_NUMBER) take_vint(&header, &number);
    rar->split = (flags & R5_MAIN_VOLUME) && number > 0;
    rar->solid = (flags & R5_MAIN_SOLID) != 0;
}

static void list_r5(Rar *rar, Cursor cursor)
{
    for (guint n = 0; n < BLOCKS_MAX && !rar->over && !rar->cut; n++) {
        guint64 crc, size, type, flags, extra_size = 0, packed = 0;
        Cursor header, extra;
        if (left(&cursor) == 0 && rar->members->len > 0) return;
        rar->cut = !take(&cursor, 4, &crc) || !take_vint(&cursor, &size) ||
                   !take_span(&cursor, size, &header) || !take_vint(&header, &type) ||
                   !take_vint(&header, &flags) ||
                   ((flags & R5_HAS_EXTRA) && !take_vint(&header, &extra_size)) ||
                   ((flags & R5_HAS_DATA) && !take_vint(&header, &packed)) || extra_size > left(&header);
        if (rar->cut) return;
        extra = (Cursor){header.end - extra_size, header.end};
        header.end = extra.at;
        rar->encrypted = type == R5_ENCRYPTION;
        if (rar->encrypted) return;
        if (type == R5_MAIN) read_r5_main(rar, header);
        if (type == R5_FILE) rar->cut = !read_r5_file(rar, header, flags, extra);
        if (type == R5_END) {
            guint64 end_flags = 0;
            take_vint(&header, &end_flags);
            rar->split |= (end_flags & R5_END_MORE) != 0;
            return;
        }
        if (packed > left(&cursor)) rar->cut = TRUE;
        cursor.at += MIN(packed, left(&cursor));
    }
}

Rar *rar_list(GBytes *bytes)
{
    static const guint8 r4[] = {'R', 'a', 'r', '!', 0x1A, 0x07, 0x00},
                        r5[] = {'R', 'a', 'r', '!', 0x1A, 0x07, 0x01, 0x00};
    gsize length;
    const guint8 *data = g_bytes_get_data(bytes, &length);
    gboolean is_r4 = length >= sizeof r4 && memcmp(data, r4, sizeof r4) == 0,
             is_r5 = length >= sizeof r5 && memcmp(data, r5, sizeof r5) == 0;
    if (!is_r4 && !is_r5) return NULL;
    Rar *rar = g_new0(Rar, 1);
    rar->members = g_ptr_array_new_with_free_func(member_free);
    if (is_r4)
        list_r4(rar, (Cursor){data + sizeof r4, data + length});
    else
        list_r5(rar, (Cursor){data + sizeof r5, data + length});
    for (guint i = 0; i < rar->members->len; i++)
        rar->split |= ((const RarMember *)rar->members->pdata[i])->partial;
    return rar;
}
