#include "parsers/zip.h"

#include <string.h>
#include <zlib.h>

#include "parsers/limits.h"
#include "parsers/names.h"
#include "parsers/zip_span.h"

enum {
    END_BYTES = 22,
    END64_BYTES = 56,
    LOCATOR_BYTES = 20,
    ENTRY_BYTES = 46,
    COMMENT_MAX = 65535,
    FLAG_ENCRYPTED = 1 << 0,
    FLAG_UTF8 = 1 << 11
};

#define END64   "PK\x06\x06"
#define LOCATOR "PK\x06\x07"

/* --- where the directory is ------------------------------------------------------------------- */

/* What the end record says (4.3.16), or its 64-bit form (4.3.14). */
typedef struct End {
    gsize at; /* of the record that ends the directory */
    guint disk, directory_disk;
    guint64 entries, size, offset; /* of the directory */
    guint64 size64, offset64;      /* the same by the 64-bit form, else 0 */
} End;

/* The last end record whose comment ends with the bytes; else the last one at all. FALSE if there is none. */
static gboolean find_end(ZipSpan span, gsize *at)
{
    gboolean found = FALSE;
    if (span.length < END_BYTES) return FALSE;
    gsize first = span.length - END_BYTES, last = first > COMMENT_MAX ? first - COMMENT_MAX : 0;
    for (gsize i = first + 1; i-- > last;) {
        if (memcmp(span.data + i, ZIP_END, 4) != 0) continue;
        if (i + END_BYTES + zip_number(span.data + i + 20, 2) == span.length) {
            *at = i;
            return TRUE;
        }
        if (!found) *at = i;
        found = TRUE;
    }
    return found;
}

/* Numbers that did not fit stand in a record of their own, right before its locator or where that points. */
static void read_end64(ZipSpan span, End *end)
{
    if (end->at < LOCATOR_BYTES || memcmp(span.data + end->at - LOCATOR_BYTES, LOCATOR, 4) != 0) return;
    guint64 at = zip_number(span.data + end->at - LOCATOR_BYTES + 8, 8);
    if (!zip_stands_at(span, at, END64_BYTES, END64) && end->at >= LOCATOR_BYTES + END64_BYTES)
        at = end->at - LOCATOR_BYTES - END64_BYTES;
    if (!zip_stands_at(span, at, END64_BYTES, END64) || at > end->at) return;
    const guint8 *record = span.data + at;
    if (end->disk == 0xFFFF) end->disk = (guint)zip_number(record + 16, 4);
    if (end->directory_disk == 0xFFFF) end->directory_disk = (guint)zip_number(record + 20, 4);
    if (end->entries == 0xFFFF) end->entries = zip_number(record + 32, 8);
    end->size64 = zip_number(record + 40, 8);
    end->offset64 = zip_number(record + 48, 8);
    if (end->size == 0xFFFFFFFF) end->size = end->size64;
    if (end->offset == 0xFFFFFFFF) end->offset = end->offset64;
    end->at = (gsize)at;
}

static gboolean read_end(ZipSpan span, End *end)
{
    if (!find_end(span, &end->at)) return FALSE;
    const guint8 *record = span.data + end->at;
    end->disk = (guint)zip_number(record + 4, 2);
    end->directory_disk = (guint)zip_number(record + 6, 2);
    end->entries = zip_number(record + 10, 2);
    end->size = zip_number(record + 12, 4);
    end->offset = zip_number(record + 16, 4);
    read_end64(span, end);
    return TRUE;
}

/* The directory ends where its end record begins, or is where that says. Wrong sizes are common enough: what
 * counts is that an entry stands there. */
static gboolean find_directory(ZipSpan span, const End *end, guint64 *at)
{
    guint64 candidates[] = {end->at - end->size, end->offset, end->at - end->size64, end->offset64};
    for (gsize i = 0; i < G_N_ELEMENTS(candidates); i++) {
        *at = candidates[i]; /* beyond the bytes if the size is */
        if (zip_stands_at(span, *at, ENTRY_BYTES, ZIP_ENTRY) && *at < end->at) return TRUE;
    }
    return FALSE;
}

/* --- entries ---------------------------------------------------------------------------------- */

typedef struct Entry {
    ZipMember *member;
    ZipSpan raw;   /* the name; the UTF-8 one of the extra field where there is one */
    gboolean utf8; /* it is marked as such */
    guint host;    /* 0 MS-DOS, 3 Unix, 10 NTFS, 19 Darwin … (4.4.2.2) */
    guint32 attributes;
} Entry;

static void take_size64(guint64 *size, ZipSpan *field)
{
    if (*size != 0xFFFFFFFF || field->length < 8) return;
    *size = zip_number(field->data, 8);
    field->data += 8;
    field->length -= 8;
}

/* Info-ZIP Unicode Path (4.6.9): believed if it belongs to this very name. */
static void take_unicode_path(Entry *entry, ZipSpan field)
{
    if (field.length < 6 || field.data[0] != 1) return;
    const char *name = (const char *)field.data + 5;
    if (zip_number(field.data + 1, 4) != crc32(0, entry->raw.data, (uInt)entry->raw.length) ||
        !g_utf8_validate_len(name, field.length - 5, NULL))
        return;
    entry->raw = (ZipSpan){field.data + 5, field.length - 5};
    entry->utf8 = TRUE;
}

static void read_extra(Entry *entry, ZipSpan extra)
{
    while (extra.length >= 4) {
        guint id = (guint)zip_number(extra.data, 2);
        ZipSpan field = {extra.data + 4, (gsize)zip_number(extra.data + 2, 2)};
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
static gsize read_entry(ZipSpan span, gsize at, Entry *entry)
{
    if (!zip_stands_at(span, at, ENTRY_BYTES, ZIP_ENTRY)) return 0;
    const guint8 *record = span.data + at;
    gsize name = (gsize)zip_number(record + 28, 2), extra = (gsize)zip_number(record + 30, 2),
          comment = (gsize)zip_number(record + 32, 2), left = span.length - at - ENTRY_BYTES;
    if (name > left) return 0;
    guint flags = (guint)zip_number(record + 8, 2);
    ZipMember *member = g_new0(ZipMember, 1);
    member->encrypted = flags & FLAG_ENCRYPTED;
    member->method = (guint)zip_number(record + 10, 2);
    member->crc = (guint32)zip_number(record + 16, 4);
    member->packed = zip_number(record + 20, 4);
    member->size = zip_number(record + 24, 4);
    member->header = zip_number(record + 42, 4);
    *entry = (Entry){.member = member, .host = record[5], .attributes = (guint32)zip_number(record + 38, 4)};
    entry->raw = (ZipSpan){record + ENTRY_BYTES, name};
    entry->utf8 = (flags & FLAG_UTF8) && g_utf8_validate_len((const char *)entry->raw.data, name, NULL);
    read_extra(entry, (ZipSpan){record + ENTRY_BYTES + name, MIN(extra, left - name)});
    return ENTRY_BYTES + name + MIN(extra + comment, left - name);
}

/* Some archivers write the Unicode path into the local header alone. */
static void read_local_extra(ZipSpan span, Entry *entry)
{
    guint64 data;
    if (entry->utf8 || !zip_find_data(span, entry->member, &data)) return;
    const guint8 *header = span.data + entry->member->header;
    gsize name = (gsize)zip_number(header + 26, 2), extra = (gsize)zip_number(header + 28, 2);
    ZipMember scratch = {0};
    Entry local = {.member = &scratch, .raw = {header + ZIP_LOCAL_BYTES, name}};
    read_extra(&local, (ZipSpan){header + ZIP_LOCAL_BYTES + name, extra});
    if (!local.utf8) return;
    entry->raw = local.raw;
    entry->utf8 = TRUE;
}

/* --- the list --------------------------------------------------------------------------------- */

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

/* Offsets count from where the archive began before something was put in front of it, or cut off there. */
static void shift_header(ZipSpan span, ZipMember *member, gint64 shift)
{
    guint64 data, original = member->header;
    if (shift == 0 || zip_find_data(span, member, &data)) return;
    member->header = original + (guint64)shift; /* modulo 2^64: forward or back */
    if (!zip_find_data(span, member, &data)) member->header = original;
}

static void finish_members(Zip *zip, ZipSpan span, GArray *entries)
{
    for (guint i = 0; i < entries->len; i++) read_local_extra(span, &g_array_index(entries, Entry, i));
    const char *charset = charset_of(entries);
    for (guint i = 0; i < entries->len; i++) {
        Entry *entry = &g_array_index(entries, Entry, i);
        finish_member(entry, charset);
        g_ptr_array_add(zip->members, entry->member);
    }
}

static void read_directory(Zip *zip, ZipSpan span, const End *end, gsize at)
{
    g_autoptr (GArray) entries = g_array_new(FALSE, FALSE, sizeof(Entry));
    gint64 shift = (gint64)(at - end->offset);
    gsize length;
    Entry entry;
    while (!zip->over && (length = read_entry(span, at, &entry)) > 0) {
        shift_header(span, entry.member, shift);
        g_array_append_val(entries, entry);
        at += length;
        zip->over = entries->len >= LIMIT_MEMBERS && zip_stands_at(span, at, ENTRY_BYTES, ZIP_ENTRY);
    }
    zip->cut = !zip->over && (entries->len < end->entries || shift < 0);
    finish_members(zip, span, entries);
}

/* --- without a directory ---------------------------------------------------------------------- */

/* Sizes that were not known when the local header was written stand behind the data (4.3.9), in one of four
 * shapes; the one whose size fits is it. FALSE if none does: then the data are cut off. */
static gboolean read_descriptor(ZipSpan span, guint64 data, guint64 end, ZipMember *member)
{
    static const struct {
        gsize signature, size; /* bytes */
    } shapes[] = {{4, 4}, {0, 4}, {4, 8}, {0, 8}};
    for (gsize i = 0; i < G_N_ELEMENTS(shapes); i++) {
        gsize length = shapes[i].signature + 4 + 2 * shapes[i].size;
        if (end - data < length) continue;
        const guint8 *record = span.data + end - length + shapes[i].signature;
        if (zip_number(record + 4, shapes[i].size) != end - length - data) continue;
        member->crc = (guint32)zip_number(record, 4);
        member->packed = end - length - data;
        member->size = zip_number(record + 4 + shapes[i].size, shapes[i].size);
        return TRUE;
    }
    return FALSE;
}

static guint64 find_from(ZipSpan span, guint64 from, const char *signature)
{
    if (from >= span.length) return span.length;
    const guint8 *found = memmem(span.data + from, span.length - from, signature, 4);
    return found ? (guint64)(found - span.data) : span.length;
}

/* The member whose local header is at `at`; returns where the next one is to be looked for. */
static guint64 read_local(ZipSpan span, guint64 at, guint64 directory, Entry *entry)
{
    enum { FLAG_DESCRIPTOR = 1 << 3 };
    const guint8 *header = span.data + at;
    guint flags = (guint)zip_number(header + 6, 2);
    ZipMember *member = g_new0(ZipMember, 1);
    member->encrypted = flags & FLAG_ENCRYPTED;
    member->method = (guint)zip_number(header + 8, 2);
    member->crc = (guint32)zip_number(header + 14, 4);
    member->packed = zip_number(header + 18, 4);
    member->size = zip_number(header + 22, 4);
    gsize room = span.length - at - ZIP_LOCAL_BYTES, name = MIN((gsize)zip_number(header + 26, 2), room),
          extra = MIN((gsize)zip_number(header + 28, 2), room - name);
    *entry = (Entry){.member = member, .raw = {header + ZIP_LOCAL_BYTES, name}};
    entry->utf8 = (flags & FLAG_UTF8) && g_utf8_validate_len((const char *)entry->raw.data, name, NULL);
    read_extra(entry, (ZipSpan){header + ZIP_LOCAL_BYTES + name, extra});
    member->header = at;
    guint64 data = at + ZIP_LOCAL_BYTES + name + extra;
    if (!(flags & FLAG_DESCRIPTOR) || member->packed > 0)
        return member->packed < span.length - data ? data + member->packed : span.length;
    guint64 end = MIN(find_from(span, data, ZIP_LOCAL), MAX(directory, data));
    if (!read_descriptor(span, data, end, member)) member->packed = end - data;
    return end;
}

static void scan(Zip *zip, ZipSpan span)
{
    g_autoptr (GArray) entries = g_array_new(FALSE, FALSE, sizeof(Entry));
    guint64 directory = find_from(span, 0, ZIP_ENTRY), at = 0;
    Entry entry;
    while ((at = find_from(span, at, ZIP_LOCAL)) < span.length && span.length - at >= ZIP_LOCAL_BYTES) {
        zip->over = entries->len >= LIMIT_MEMBERS;
        if (zip->over) break;
        at = read_local(span, at, directory, &entry);
        g_array_append_val(entries, entry);
    }
    zip->cut = TRUE;
    finish_members(zip, span, entries);
}

/* --- opening ---------------------------------------------------------------------------------- */

gboolean zip_ends_here(GBytes *bytes)
{
    gsize at;
    return find_end(zip_span(bytes), &at);
}

Zip *zip_open(GBytes *bytes)
{
    static const char SPANNED[] = "PK\x07\x08"; /* the first of several volumes begins so (8.5.3) */
    ZipSpan span = zip_span(bytes);
    End end = {0};
    guint64 at;
    gboolean ends = read_end(span, &end);
    if (!ends && !zip_stands_at(span, 0, 4, ZIP_LOCAL) && !zip_stands_at(span, 0, 4, SPANNED)) return NULL;
    Zip *zip = g_new0(Zip, 1);
    zip->bytes = g_bytes_ref(bytes);
    zip->members = g_ptr_array_new_with_free_func(member_free);
    zip->split = ends ? end.disk != 0 || end.directory_disk != 0 : zip_stands_at(span, 0, 4, SPANNED);
    if (ends && find_directory(span, &end, &at))
        read_directory(zip, span, &end, (gsize)at);
    else if (!ends || end.entries > 0 || end.size > 0)
        scan(zip, span);
    return zip;
}

void zip_free(Zip *zip)
{
    if (!zip) return;
    g_bytes_unref(zip->bytes);
    g_ptr_array_unref(zip->members);
    g_free(zip);
}
