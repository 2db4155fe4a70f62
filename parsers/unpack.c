#include "parsers/unpack.h"

#include <string.h>
#include <zlib.h>

#include "parsers/limits.h"
#include "parsers/names.h"
#include "parsers/rar.h"
#include "parsers/unpack_walk.h"
#include "parsers/zip.h"

/* --- zip -------------------------------------------------------------------------------------- */

static void read_zip_member(Walk *walk, const Zip *zip, const ZipMember *listed, UnpackMember *member)
{
    g_autoptr (GByteArray) content = g_byte_array_new();
    const char *detail;
    gint64 began_at = g_get_monotonic_time();
    ZipResult result = zip_read(zip, listed, walk_allowance(walk), content, &detail);
    walk_spend(content->len, began_at);
    if (result == ZIP_UNSUPPORTED) { /* Deflate64, BZip2, LZMA, PPMd, xz and Zstandard are libarchive's */
        g_autoptr (GBytes) alone = zip_extract(zip, listed);
        walk_read_alone(walk, alone, member);
        return;
    }
    if (result == ZIP_OVER) { /* and it lied about its size: that is charged */
        unpack_member_fault(member, "archive-bomb", WALK_TOO_MUCH);
        unpack_spend(walk_allowance(walk));
    }
    if (result == ZIP_DAMAGED)
        unpack_member_fault(member, zip->split && content->len == 0 ? "split-volume" : "damaged", detail);
    walk_take(walk, member, g_steal_pointer(&content));
}

/* Deflate packs a thousand to one at best: a size beyond that is a lie, not a bomb. */
static gboolean is_believable(const Zip *zip, const ZipMember *member)
{
    return member->size / 1100 <= MIN(member->packed, g_bytes_get_size(zip->bytes));
}

static void list_zip(Unpacked *unpacked, const Zip *zip)
{
    unpacked->split = zip->split;
    if (zip->over) walk_list_fault(unpacked, "archive-bomb", WALK_TOO_MANY);
    if (zip->cut && !zip->split) walk_list_fault(unpacked, "damaged", "the list of members is not whole");
    for (guint i = 0; i < zip->members->len; i++) {
        const ZipMember *listed = zip->members->pdata[i];
        UnpackMember *member = walk_add(unpacked, listed->name);
        member->folder = listed->folder;
        member->link = listed->link;
        member->encrypted = listed->encrypted;
        member->size = is_believable(zip, listed) ? listed->size : 0;
        unpacked->encrypted |= member->encrypted;
    }
}

static void read_zip(Walk *walk, const Zip *zip)
{
    for (guint i = 0; i < zip->members->len; i++) {
        UnpackMember *member = walk->unpacked->members->pdata[i];
        if (walk_wants(walk, member)) read_zip_member(walk, zip, zip->members->pdata[i], member);
        walk_show(walk, i + 1);
    }
}

/* --- rar -------------------------------------------------------------------------------------- */

static void list_rar(Walk *walk, const Rar *rar)
{
    Unpacked *unpacked = walk->unpacked;
    gboolean lost = FALSE; /* libarchive loses its way at a member that is not all here */
    walk->solid = rar->solid;
    unpacked->split = rar->split;
    unpacked->encrypted = rar->encrypted;
    if (rar->over) walk_list_fault(unpacked, "archive-bomb", WALK_TOO_MANY);
    if (rar->cut && !rar->split) walk_list_fault(unpacked, "damaged", "the archive is cut off");
    for (guint i = 0; i < rar->members->len; i++) {
        const RarMember *listed = rar->members->pdata[i];
        UnpackMember *member = walk_add(unpacked, listed->name);
        member->folder = listed->folder;
        member->link = listed->link;
        member->encrypted = listed->encrypted;
        member->size = listed->size;
        unpacked->encrypted |= member->encrypted;
        lost |= listed->partial;
        if (member->folder || member->encrypted) continue;
        if (lost)
            unpack_member_fault(member, "split-volume", "the other volumes of the archive are needed");
        else if (listed->unsupported)
            unpack_member_fault(member, "unsupported", "packed solid, or by an old version of RAR");
    }
}

/* --- all -------------------------------------------------------------------------------------- */

/* Of 7z the list stands at the end, and the place and checksum of it at the start: of a broken one libarchive
 * says only that it is damaged, or nothing. */
static const char *fault_of_7z(GBytes *bytes)
{
    enum { HEAD_BYTES = 32, CHECKED = 12 };
    gsize length;
    const guint8 *data = g_bytes_get_data(bytes, &length);
    guint32 sum;
    guint64 place[2]; /* offset and size of the list */
    if (length < 6 || memcmp(data, "7z\xBC\xAF\x27\x1C", 6) != 0) return NULL;
    if (length < HEAD_BYTES) return "the archive is cut off";
    memcpy(&sum, data + 8, sizeof sum);
    memcpy(place, data + CHECKED, sizeof place);
    guint64 offset = GUINT64_FROM_LE(place[0]), size = GUINT64_FROM_LE(place[1]);
    if (crc32(0, data + CHECKED, HEAD_BYTES - CHECKED) != GUINT32_FROM_LE(sum))
        return "the checksum is wrong";
    if (offset > length || size > length || HEAD_BYTES + offset + size > length)
        return "the archive is cut off";
    return size == 0 && length > HEAD_BYTES ? "the list of members is missing" : NULL;
}

/* A tar, or a 7z that did not pack it, may end in a document, and so as a zip does. */
static gboolean may_be_zip(GBytes *bytes)
{
    enum { TAR_MARK = 257 };
    gsize length;
    const guint8 *data = g_bytes_get_data(bytes, &length);
    if (length >= 2 && memcmp(data, "PK", 2) == 0) return TRUE;
    if (length >= 6 && memcmp(data, "7z\xBC\xAF\x27\x1C", 6) == 0) return FALSE;
    return length < TAR_MARK + 5 || memcmp(data + TAR_MARK, "ustar", 5) != 0;
}

/* Fills in the list, then what is wanted of it. */
static void unpack_any(Walk *walk)
{
    g_autoptr (Rar) rar = rar_list(walk->bytes);
    const char *fault = rar ? NULL : fault_of_7z(walk->bytes);
    if (fault) {
        walk_list_fault(walk->unpacked, "damaged", fault);
        return;
    }
    g_autoptr (Zip) zip = !rar && may_be_zip(walk->bytes) ? zip_open(walk->bytes) : NULL;
    walk->solid = !rar; /* 7z may be */
    if (zip)
        list_zip(walk->unpacked, zip);
    else if (rar)
        list_rar(walk, rar);
    else
        walk_list(walk, WALK_OTHER);
    walk_begin(walk);
    if (zip)
        read_zip(walk, zip);
    else if (walk->want)
        walk_read(walk, rar ? WALK_RAR : WALK_OTHER);
    walk_show(walk, walk->unpacked->members->len);
    walk_end();
    walk->unpacked->zip = g_steal_pointer(&zip);
}

Unpacked *unpack_each(GBytes *bytes, UnpackWant want, UnpackEach each, gpointer user)
{
    Unpacked *unpacked = g_new0(Unpacked, 1);
    unpacked->members = g_ptr_array_new_with_free_func(unpack_member_free);
    unpacked->detail = g_strdup("");
    Walk walk = {.unpacked = unpacked, .bytes = bytes, .want = want, .each = each, .user = user};
    unpack_any(&walk);
    unpacked->kept = walk.kept;
    return unpacked;
}

Unpacked *unpack(GBytes *bytes, UnpackWant want, gpointer user)
{
    return unpack_each(bytes, want, NULL, user);
}

GBytes *unpacked_content(Unpacked *unpacked, UnpackMember *member)
{
    guint i;
    Walk walk = {.unpacked = unpacked, .kept = unpacked->kept};
    if (member->content || member->folder || !unpacked->zip) return member->content;
    if (!g_ptr_array_find(unpacked->members, member, &i) || i >= unpacked->zip->members->len) return NULL;
    walk.bytes = unpacked->zip->bytes;
    if (member->problem) return NULL;
    walk_begin(&walk);
    if (walk_may_read(&walk, member))
        read_zip_member(&walk, unpacked->zip, unpacked->zip->members->pdata[i], member);
    walk_end();
    unpacked->kept = walk.kept;
    return member->content;
}

/* --- gzip ------------------------------------------------------------------------------------- */

/* The name in the header, raw; FALSE if there is none (RFC 1952, 2.3). */
static gboolean gzip_name(GBytes *bytes, const char **name, gsize *length)
{
    enum { EXTRA = 4, NAME = 8 };
    gsize total, at = 10;
    const guint8 *data = g_bytes_get_data(bytes, &total);
    if (total < at + 2 || !(data[3] & NAME)) return FALSE;
    if (data[3] & EXTRA) at += 2u + data[10] + (data[11] << 8);
    const guint8 *end = at < total ? memchr(data + at, 0, total - at) : NULL;
    if (!end) return FALSE;
    *name = (const char *)data + at;
    *length = (gsize)(end - data) - at;
    return TRUE;
}

UnpackMember *unpack_gzip(GBytes *bytes)
{
    const char *raw = "";
    gsize raw_length = 0;
    gzip_name(bytes, &raw, &raw_length);
    g_autofree char *name = names_path(raw, raw_length, names_charset(raw, raw_length), NULL);
    UnpackMember *member = unpack_member_new(name);
    Unpacked alone = {.members = g_ptr_array_new()};
    Walk walk = {.bytes = bytes, .unpacked = &alone};
    walk_begin(&walk);
    GByteArray *content = g_byte_array_new();
    gint64 began_at = g_get_monotonic_time();
    gsize length;
    const guint8 *data = g_bytes_get_data(bytes, &length);
    switch (zip_inflate(data, length, ZIP_INFLATE_GZIP, walk_allowance(&walk), content)) {
    case ZIP_OVER: unpack_member_fault(member, "archive-bomb", WALK_TOO_MUCH); break;
    case ZIP_DAMAGED: unpack_member_fault(member, "damaged", "the packed bytes are broken or cut off"); break;
    default: break;
    }
    walk_spend(content->len, began_at);
    walk_take(&walk, member, content);
    walk_end();
    g_ptr_array_unref(alone.members);
    return member;
}
