#include "parsers/zip.h"

#include <string.h>
#include <zlib.h>

#include "parsers/limits.h"
#include "parsers/names.h"

enum {
    END_BYTES = 22,
    END64_BYTES = 56,
    LOCATOR_BYTES = 20,
    ENTRY_BYTES = 46,
    LOCAL_BYTES = 30,
    COMMENT_MAX = 65535,
    FLAG_ENCRYPTED = 1 << 0,
    FLAG_UTF8 = 1 << 11,
    STORED = 0,
    DEFLATED = 8
};

static const char END[] = "PK\x05\x06", END64[] = "PK\x06\x06", LOCATOR[] = "PK\x06\x07",
                  ENTRY[] = "PK\x01\x02", LOCAL[] = "PK\x03\x04";

/* --- bytes
 * -------------------------------------------------------------------------------------------------- */

typedef struct Span {
    const guint8 *data;
    gsize length;
} Span;

static Span span_of(GBytes *bytes)
{
    Span span;
    span.data = g_bytes_get_data(bytes, &span.length);
    return span;
}

static guint64 number(const guint8 *at, gsize n)
{
    guint64 value = 0;
    while (n-- > 0) value = value << 8 | at[n];
    return value;
}

/* Whether `length` bytes stand at `offset`, and begin with the signature. */
static gboolean stands_at(Span span, guint64 offset, guint64 length, const char *signature)
{
    return offset <= span.length && length <= span.length - offset &&
           memcmp(span.data + offset, signature, 4) == 0;
}

/* --- where the directory is
 * --------------------------------------------------------------------------------- */

/* What the end record says (4.3.16), or its 64-bit form (4.3.14). */
typedef struct End {
    gsize at; /* of the record that ends the directory */
    guint disk, directory_disk;
    guint64 entries, size, offset; /* of the directory */
} End;

/* The last end record whose comment ends with the bytes; else the last one at all. FALSE if there is none. */
static gboolean find_end(Span span, gsize *at)
{
    gboolean found = FALSE;
    if (span.length < END_BYTES) return FALSE;
    gsize first = span.length - END_BYTES, last = first > COMMENT_MAX ? first - COMMENT_MAX : 0;
    for (gsize i = first + 1; i-- > last;) {
        if (memcmp(span.data + i, END, 4) != 0) continue;
        if (i + END_BYTES + number(span.data + i + 20, 2) == span.length) {
            *at = i;
            return TRUE;
        }
        if (!found) *at = i;
        found = TRUE;
    }
    return found;
}

/* Numbers that did not fit stand in a record of their own, right before its locator or where that points. */
static void read_end64(Span span, End *end)
{
    if (end->at < LOCATOR_BYTES || memcmp(span.data + end->at - LOCATOR_BYTES, LOCATOR, 4) != 0) return;
    guint64 at = number(span.data + end->at - LOCATOR_BYTES + 8, 8);
    if (!stands_at(span, at, END64_BYTES, END64) && end->at >= LOCATOR_BYTES + END64_BYTES)
        at = end->at - LOCATOR_BYTES - END64_BYTES;
    if (!stands_at(span, at, END64_BYTES, END64) || at > end->at) return;
    const guint8 *record = span.data + at;
    if (end->disk == 0xFFFF) end->disk = (guint)number(record + 16, 4);
    if (end->directory_disk == 0xFFFF) end->directory_disk = (guint)number(record + 20, 4);
    if (end->entries == 0xFFFF) end->entries = number(record + 32, 8);
    if (end->size == 0xFFFFFFFF) end->size = number(record + 40, 8);
    if (end->offset == 0xFFFFFFFF) end->offset = number(record + 48, 8);
    end->at = (gsize)at;
}

static gboolean read_end(Span span, End *end)
{
    if (!find_end(span, &end->at)) return FALSE;
    const guint8 *record = span.data + end->at;
    end->disk = (guint)number(record + 4, 2);
    end->directory_disk = (guint)number(record + 6, 2);
    end->entries = number(record + 10, 2);
    end->size = number(record + 12, 4);
    end->offset = number(record + 16, 4);
    read_end64(span, end);
    return TRUE;
}

/* The directory ends where its end record begins, or is where that says. Wrong sizes are common enough: what
 * counts is that an entry stands there. */
static gboolean find_directory(Span span, const End *end, guint64 *at)
{
    guint64 candidates[] = {end->size <= end->at ? end->at - end->size : G_MAXUINT64, end->offset};
    for (gsize i = 0; i < G_N_ELEMENTS(candidates); i++) {
        *at = candidates[i];
        if (stands_at(span, *at, ENTRY_BYTES, ENTRY) && *at < end->at) return TRUE;
    }
    return FALSE;
}

/* --- entries
 * ------------------------------------------------------------------------------------------------ */

typedef struct Entry {
    ZipMember *member;
    Span raw;      /* the name; the UTF-8 one of the extra field where there is one */
    gboolean utf8; /* it is marked as such */
    guint host;    /* 0 MS-DOS, 3 Unix, 10 NTFS, 19 Darwin … (4.4.2.2) */
    guint32 attributes;
} Entry;

static void take_size64(guint64 *size, Span *field)
{
    if (*size != 0xFFFFFFFF || field->length < 8) return;
    *size = number(field->data, 8);
    field->data += 8;
    field->length -= 8;
}

/* Info-ZIP Unicode Path (4.6.9): believed if it belongs to this very name. */
static void take_unicode_path(Entry *entry, Span field)
{
    if (field.length < 6 || field.data[0] != 1) return;
    const char *name = (const char *)field.data + 5;
    if (number(field.data + 1, 4) != crc32(0, entry->raw.data, (uInt)entry->raw.length) ||
        !g_utf8_validate_len(name, field.length - 5, NULL))
        return;
    entry->raw = (Span){field.data + 5, field.length - 5};
    entry->utf8 = TRUE;
}

static void read_extra(Entry *entry, Span extra)
{
    while (extra.length >= 4) {
        guint id = (guint)number(extra.data, 2);
        Span field = {extra.data + 4, (gsize)number(extra.data + 2, 2)};
        if (field.length > extra.length - 4) return;
        extra.data += 4 + field.length;
        extra.length -= 4 + field.length;
        if (id == 0x7075 && !entry->utf8) take_unicode_path(entry, field);
        if (id != 0x0001) continue;
        take_size64(&entry->member->size, &field);
        take_size64(&entry->member->packed, &field);
        take_size64(&entry->member->header, &field);
    }
}

/* The entry at `at` (4.3.12); the length of it all, or 0 if it is none. */
static gsize read_entry(Span span, gsize at, Entry *entry)
{
    if (!stands_at(span, at, ENTRY_BYTES, ENTRY)) return 0;
    const guint8 *record = span.data + at;
    gsize name = (gsize)number(record + 28, 2), extra = (gsize)number(record + 30, 2),
          comment = (gsize)number(record + 32, 2), left = span.length - at - ENTRY_BYTES;
    if (name > left) return 0;
    guint flags = (guint)number(record + 8, 2);
    ZipMember *member = g_new0(ZipMember, 1);
    member->encrypted = flags & FLAG_ENCRYPTED;
    member->method = (guint)number(record + 10, 2);
    member->crc = (guint32)number(record + 16, 4);
    member->packed = number(record + 20, 4);
    member->size = number(record + 24, 4);
    member->header = number(record + 42, 4);
    *entry = (Entry){.member = member, .host = record[5], .attributes = (guint32)number(record + 38, 4)};
    entry->raw = (Span){record + ENTRY_BYTES, name};
    entry->utf8 = (flags & FLAG_UTF8) && g_utf8_validate_len((const char *)entry->raw.data, name, NULL);
    read_extra(entry, (Span){record + ENTRY_BYTES + name, MIN(extra, left - name)});
    return ENTRY_BYTES + name + MIN(extra + comment, left - name);
}

/* Where data begin, or FALSE if there is no local header (4.3.7). */
static gboolean find_data(Span span, const ZipMember *member, guint64 *at)
{
    if (!stands_at(span, member->header, LOCAL_BYTES, LOCAL)) return FALSE;
    const guint8 *header = span.data + member->header;
    *at = member->header + LOCAL_BYTES + number(header + 26, 2) + number(header + 28, 2);
    return *at <= span.length;
}

/* Some archivers write the Unicode path into the local header alone. */
static void read_local_extra(Span span, Entry *entry)
{
    guint64 data;
    if (entry->utf8 || !find_data(span, entry->member, &data)) return;
    const guint8 *header = span.data + entry->member->header;
    gsize name = (gsize)number(header + 26, 2), extra = (gsize)number(header + 28, 2);
    ZipMember scratch = {0};
    Entry local = {.member = &scratch, .raw = {header + LOCAL_BYTES, name}};
    read_extra(&local, (Span){header + LOCAL_BYTES + name, extra});
    if (!local.utf8) return;
    entry->raw = local.raw;
    entry->utf8 = TRUE;
}

/* --- the list
 * ----------------------------------------------------------------------------------------------- */

static void member_free(gpointer data)
{
    ZipMember *member = data;
    g_free(member->name);
    g_free(member);
}

/* The one charset of all names that are not marked. */
static const char *charset_of(const GArray *entries)
{
    g_autoptr (GString) all = g_string_new(NULL);
    for (guint i = 0; i < entries->len; i++) {
        const Entry *entry = &g_array_index(entries, Entry, i);
        if (entry->utf8) continue;
        g_string_append_len(all, (const char *)entry->raw.data, (gssize)entry->raw.length);
        g_string_append_c(all, '\n');
    }
    return names_charset(all->str, all->len);
}

static void finish_member(Entry *entry, const char *charset)
{
    enum { DOS_FOLDER = 0x10, UNIX_KIND = 0170000, UNIX_LINK = 0120000, UNIX_FOLDER = 0040000 };
    ZipMember *member = entry->member;
    const char *raw = (const char *)entry->raw.data;
    guint mode = entry->host == 3 || entry->host == 19 ? entry->attributes >> 16 & UNIX_KIND : 0;
    member->name = names_path(raw, entry->raw.length, entry->utf8 ? "UTF-8" : charset, &member->folder);
    member->folder |= mode == UNIX_FOLDER;
    if (mode == 0 && member->size == 0) member->folder |= (entry->attributes & DOS_FOLDER) != 0;
    member->link = mode == UNIX_LINK;
}

/* Offsets count from where the archive began before something was put in front of it (or cut off there). */
static void shift_headers(Zip *zip, Span span, gint64 shift)
{
    if (shift == 0 || zip->members->len == 0) return;
    const ZipMember *first = zip->members->pdata[0];
    guint64 data;
    if (find_data(span, first, &data)) return;
    for (guint i = 0; i < zip->members->len; i++) {
        ZipMember *member = zip->members->pdata[i];
        guint64 back = shift < 0 ? (guint64)-shift : 0;
        if (back > member->header)
            zip->cut = TRUE;
        else
            member->header += (guint64)shift; /* modulo 2^64: forward or back */
    }
}

static void read_directory(Zip *zip, Span span, const End *end, gsize at)
{
    g_autoptr (GArray) entries = g_array_new(FALSE, FALSE, sizeof(Entry));
    gsize length;
    Entry entry;
    guint64 start = at;
    while ((length = read_entry(span, at, &entry)) > 0) {
        g_ptr_array_add(zip->members, entry.member);
        g_array_append_val(entries, entry);
        at += length;
        zip->over = zip->members->len >= LIMIT_MEMBERS && stands_at(span, at, ENTRY_BYTES, ENTRY);
        if (zip->over) break;
    }
    zip->cut |= !zip->over && entries->len < end->entries && entries->len % 65536 != end->entries;
    shift_headers(zip, span, (gint64)(start - end->offset));
    for (guint i = 0; i < entries->len; i++) read_local_extra(span, &g_array_index(entries, Entry, i));
    const char *charset = charset_of(entries);
    for (guint i = 0; i < entries->len; i++) finish_member(&g_array_index(entries, Entry, i), charset);
}

gboolean zip_ends_here(GBytes *bytes)
{
    gsize at;
    return find_end(span_of(bytes), &at);
}

Zip *zip_open(GBytes *bytes)
{
    Span span = span_of(bytes);
    End end;
    guint64 at;
    if (!read_end(span, &end)) return NULL;
    Zip *zip = g_new0(Zip, 1);
    zip->bytes = g_bytes_ref(bytes);
    zip->members = g_ptr_array_new_with_free_func(member_free);
    zip->split = end.disk != 0 || end.directory_disk != 0;
    if (find_directory(span, &end, &at))
        read_directory(zip, span, &end, (gsize)at);
    else
        zip->cut = end.entries > 0 || end.size > 0;
    return zip;
}

void zip_free(Zip *zip)
{
    if (!zip) return;
    g_bytes_unref(zip->bytes);
    g_ptr_array_unref(zip->members);
    g_free(zip);
}

/* --- content
 * ------------------------------------------------------------------------------------------------ */

/* The packed bytes: as many as are said to be, or as there are. *whole is FALSE if some are missing. */
static gboolean packed_bytes(const Zip *zip, const ZipMember *member, Span *packed, gboolean *whole)
{
    Span span = span_of(zip->bytes);
    guint64 at;
    if (!find_data(span, member, &at)) return FALSE;
    *whole = member->packed <= span.length - at;
    *packed = (Span){span.data + at, (gsize)MIN(member->packed, span.length - at)};
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

ZipResult zip_read(const Zip *zip, const ZipMember *member, guint64 most, GByteArray *content,
                   const char **detail)
{
    Span packed;
    gboolean whole;
    guint before = content->len;
    *detail = NULL;
    if (!packed_bytes(zip, member, &packed, &whole)) {
        *detail = "the member is not where the list says";
        return ZIP_DAMAGED;
    }
    if (member->method != STORED && member->method != DEFLATED) return ZIP_UNSUPPORTED;
    if (member->method == STORED && packed.length > most) return ZIP_OVER;
    if (member->method == STORED) {
        g_byte_array_append(content, packed.data, (guint)packed.length);
    } else {
        ZipResult result = zip_inflate(packed.data, packed.length, ZIP_INFLATE_RAW, most, content);
        if (result == ZIP_DAMAGED) *detail = "the packed bytes are broken or cut off";
        if (result != ZIP_WHOLE) return result;
    }
    if (!whole) *detail = "the packed bytes are cut off";
    if (whole &&
        crc32(0, content->data ? content->data + before : NULL, content->len - before) != member->crc)
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
    Span packed;
    gboolean whole;
    if (!packed_bytes(zip, member, &packed, &whole)) return NULL;
    GByteArray *made = g_byte_array_new();
    g_byte_array_append(made, (const guint8 *)LOCAL, 4);
    put_common(made, member, packed.length);
    put(made, 'x', 1);
    g_byte_array_append(made, packed.data, (guint)packed.length);
    guint directory = made->len;
    g_byte_array_append(made, (const guint8 *)ENTRY, 4);
    put(made, 63, 2);
    put_common(made, member, packed.length);
    put(made, 0, 14); /* comment, disk, attributes, offset */
    put(made, 'x', 1);
    guint end = made->len;
    g_byte_array_append(made, (const guint8 *)END, 4);
    put(made, 0, 4);
    put(made, 1, 2);
    put(made, 1, 2);
    put(made, end - directory, 4);
    put(made, directory, 4);
    put(made, 0, 2);
    return g_byte_array_free_to_bytes(made);
}
