/* zip_content.c - the half of zip.h that is about the bytes of members. */
#include <libdeflate.h>
#include <string.h>
#include <zlib.h>

#include "parsers/zip_span.h"

/* The packed bytes: as many as are said to be, or as there are. *whole is FALSE if some are missing. */
static gboolean packed_bytes(const Zip *zip, const ZipMember *member, ZipSpan *packed, gboolean *whole)
{
    ZipSpan span = zip_span(zip->bytes);
    guint64 at;
    if (!zip_find_data(span, member, &at)) return FALSE;
    *whole = member->packed <= span.length - at;
    *packed = (ZipSpan){span.data + at, (gsize)MIN(member->packed, span.length - at)};
    return TRUE;
}

ZipResult zip_inflate(const guint8 *packed, gsize length, ZipInflate format, guint64 most,
                      GByteArray *content)
{
    z_stream stream = {.next_in = (Bytef *)packed, .avail_in = (uInt)MIN(length, G_MAXUINT)};
    guint8 buffer[32 << 10];
    guint before = content->len;
    if (inflateInit2(&stream, format == ZIP_INFLATE_GZIP ? MAX_WBITS + 16 : -MAX_WBITS) != Z_OK)
        return ZIP_DAMAGED;
    int got = Z_OK;
    gboolean over = FALSE;
    while (got == Z_OK && !over) {
        stream.next_out = buffer;
        stream.avail_out = sizeof buffer;
        got = inflate(&stream, Z_NO_FLUSH);
        gsize n = sizeof buffer - stream.avail_out;
        over = content->len - before + n > most;
        if (!over) g_byte_array_append(content, buffer, (guint)n);
    }
    inflateEnd(&stream);
    if (over) g_byte_array_set_size(content, before);
    return over ? ZIP_OVER : got == Z_STREAM_END ? ZIP_WHOLE : ZIP_DAMAGED;
}

/* Appends a member that is what the list says, all at once: a quarter of zlib's time. FALSE, and nothing
 * appended, if it is not: zlib then says how far it can be read. A size that no deflating makes is not
 * believed, and none over `most`. */
static gboolean inflate_at_once(ZipSpan packed, const ZipMember *member, guint64 most, GByteArray *content)
{
    static struct libdeflate_decompressor *inflater;
    guint before = content->len;
    if (member->size == 0 || member->size > MIN(most, G_MAXINT) || member->size / 1100 > packed.length)
        return FALSE;
    if (!inflater) inflater = libdeflate_alloc_decompressor();
    g_byte_array_set_size(content, before + (guint)member->size);
    guint8 *into = content->data + before;
    gsize size = (gsize)member->size;
    gboolean good = libdeflate_deflate_decompress(inflater, packed.data, packed.length, into, size, NULL) ==
                        LIBDEFLATE_SUCCESS &&
                    libdeflate_crc32(0, into, size) == member->crc;
    if (!good) g_byte_array_set_size(content, before);
    return good;
}

ZipResult zip_read(const Zip *zip, const ZipMember *member, guint64 most, GByteArray *content,
                   const char **detail)
{
    ZipSpan packed;
    gboolean whole;
    guint before = content->len;
    *detail = NULL;
    if (!packed_bytes(zip, member, &packed, &whole)) {
        *detail = "the member is not where the list says";
        return ZIP_DAMAGED;
    }
    if (member->size == 0 && member->crc == 0 && whole) return ZIP_WHOLE; /* empty, by whatever method */
    if (member->method != ZIP_STORED && member->method != ZIP_DEFLATED) return ZIP_UNSUPPORTED;
    if (member->method == ZIP_STORED && packed.length > most) return ZIP_OVER;
    if (member->method == ZIP_DEFLATED && whole && inflate_at_once(packed, member, most, content))
        return ZIP_WHOLE;
    if (member->method == ZIP_STORED) {
        g_byte_array_append(content, packed.data, (guint)packed.length);
    } else {
        ZipResult result = zip_inflate(packed.data, packed.length, ZIP_INFLATE_RAW, most, content);
        if (result == ZIP_DAMAGED) *detail = "the packed bytes are broken or cut off";
        if (result != ZIP_WHOLE) return result;
    }
    if (!whole) *detail = "the packed bytes are cut off";
    if (whole && libdeflate_crc32(0, content->data ? content->data + before : NULL, content->len - before) !=
                     member->crc)
        *detail = "the checksum is wrong";
    return *detail ? ZIP_DAMAGED : ZIP_WHOLE;
}

static void put(GByteArray *to, guint64 value, guint n)
{
    for (; n > 0; n--, value >>= 8) g_byte_array_append(to, &(guint8){(guint8)value}, 1);
}

/* What a local header and a directory entry have in common (4.4.2 - 4.4.11), for a member named "x". */
static void put_common(GByteArray *to, const ZipMember *member, gsize packed)
{
    put(to, 63, 2); /* version needed: any method */
    put(to, 0, 2);
    put(to, member->method, 2);
    put(to, 0, 4);
    put(to, member->crc, 4);
    put(to, packed, 4);
    put(to, MIN(member->size, 0xFFFFFFFE), 4);
    put(to, 1, 2);
    put(to, 0, 2);
}

GBytes *zip_extract(const Zip *zip, const ZipMember *member)
{
    ZipSpan packed;
    gboolean whole;
    if (!packed_bytes(zip, member, &packed, &whole)) return NULL;
    GByteArray *made = g_byte_array_new();
    g_byte_array_append(made, (const guint8 *)ZIP_LOCAL, 4);
    put_common(made, member, packed.length);
    put(made, 'x', 1);
    g_byte_array_append(made, packed.data, (guint)packed.length);
    guint directory = made->len;
    g_byte_array_append(made, (const guint8 *)ZIP_ENTRY, 4);
    put(made, 63, 2);
    put_common(made, member, packed.length);
    put(made, 0, 14); /* comment, disk, attributes, offset */
    put(made, 'x', 1);
    guint end = made->len;
    g_byte_array_append(made, (const guint8 *)ZIP_END, 4);
    put(made, 0, 4);
    put(made, 1, 2);
    put(made, 1, 2);
    put(made, end - directory, 4);
    put(made, directory, 4);
    put(made, 0, 2);
    return g_byte_array_free_to_bytes(made);
}
