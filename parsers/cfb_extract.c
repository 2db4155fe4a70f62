/* cfb_extract.c - a storage as a file of its own: version 4 with sectors of 4 KiB, and none of the mini
 * sectors, so that the header has room for the whole table (2.2). Only cfb.c reads it. */
#include <string.h>

#include "parsers/cfb.h"

enum {
    SECTOR = 4096,
    ENTRY = 128,
    PER_SECTOR = SECTOR / 4,
    TABLE_MAX = 109,
    DEPTH_MAX = 4,
    ENTRIES_MAX = 2000
};

#define FREE  0xFFFFFFFFu
#define END   0xFFFFFFFEu
#define TABLE 0xFFFFFFFDu

typedef struct Copy {
    const Cfb *cfb;
    GByteArray *out;     /* the file; its header is written last */
    GByteArray *entries; /* the directory */
    GArray *table;       /* of guint32 */
    gsize room;          /* bytes that streams may still have */
    gboolean over;
} Copy;

static void put(guint8 *at, guint64 value, guint bytes)
{
    for (guint i = 0; i < bytes; i++) at[i] = (guint8)(value >> 8 * i);
}

/* Number of its first sector. */
static guint32 put_chain(Copy *copy, const void *data, gsize length)
{
    guint32 first = copy->table->len, sectors = (guint32)((length + SECTOR - 1) / SECTOR);
    guint at = copy->out->len;
    if (sectors == 0) return END;
    g_byte_array_set_size(copy->out, at + sectors * SECTOR);
    memset(copy->out->data + at, 0, sectors * SECTOR);
    memcpy(copy->out->data + at, data, length);
    for (guint32 i = 1; i <= sectors; i++) {
        guint32 next = i < sectors ? first + i : END;
        g_array_append_val(copy->table, next);
    }
    return first;
}

static guint32 put_entry(Copy *copy, const CfbNode *node, guint8 type)
{
    guint32 id = copy->entries->len / ENTRY;
    glong length = 0;
    g_autofree gunichar2 *name = g_utf8_to_utf16(node->name, -1, NULL, &length, NULL);
    g_byte_array_set_size(copy->entries, (id + 1) * ENTRY);
    guint8 *entry = copy->entries->data + id * ENTRY;
    memset(entry, 0, ENTRY);
    for (glong i = 0; i < MIN(length, 31); i++) put(entry + 2 * i, name[i], 2);
    put(entry + 64, (guint64)(MIN(length, 31) + 1) * 2, 2);
    entry[66] = type;
    for (guint i = 68; i < 80; i += 4) put(entry + i, FREE, 4);
    put(entry + 116, END, 4);
    return id;
}

static void put_stream(Copy *copy, const CfbNode *stream, guint32 id)
{
    g_autoptr (GBytes) bytes = cfb_read(copy->cfb, stream, copy->room);
    gsize length = g_bytes_get_size(bytes);
    copy->over |= stream->size > copy->room;
    copy->room -= length;
    guint32 start = put_chain(copy, g_bytes_get_data(bytes, NULL), length);
    put(copy->entries->data + id * ENTRY + 116, start, 4);
    put(copy->entries->data + id * ENTRY + 120, length, 8);
}

/* Each child names the next as its larger sibling: a list is a tree, too. */
static void put_children(Copy *copy, const CfbNode *storage, guint32 parent, guint depth)
{
    guint32 last = parent;
    for (guint i = 0; i < storage->children->len && !copy->over; i++) {
        const CfbNode *child = storage->children->pdata[i];
        if (child->storage && depth >= DEPTH_MAX) continue;
        guint32 id = put_entry(copy, child, child->storage ? 1 : 2);
        put(copy->entries->data + last * ENTRY + (last == parent ? 76 : 72), id, 4);
        last = id;
        copy->over |= id >= ENTRIES_MAX;
        if (child->storage)
            put_children(copy, child, id, depth + 1);
        else
            put_stream(copy, child, id);
    }
}

/* The sectors of the table, themselves in it, and the header that names them. */
static void put_table(Copy *copy, guint32 directory)
{
    guint32 first = copy->table->len, n = 0, mark = TABLE;
    while (n * PER_SECTOR < copy->table->len) {
        g_array_append_val(copy->table, mark);
        n++;
    }
    copy->over |= n > TABLE_MAX;
    guint at = copy->out->len;
    g_byte_array_set_size(copy->out, at + n * SECTOR);
    memset(copy->out->data + at, 0xFF, n * SECTOR);
    for (guint i = 0; i < copy->table->len; i++)
        put(copy->out->data + at + 4 * i, g_array_index(copy->table, guint32, i), 4);
    guint8 *head = copy->out->data;
    memcpy(head, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8);
    put(head + 24, 0x3E, 2);
    put(head + 26, 4, 2);
    put(head + 28, 0xFFFE, 2);
    put(head + 30, 12, 2);
    put(head + 32, 6, 2);
    put(head + 44, n, 4);
    put(head + 48, directory, 4);
    put(head + 60, END, 4); /* no mini sectors: all streams are at or over a cutoff of zero */
    put(head + 68, END, 4);
    for (guint32 i = 0; i < TABLE_MAX; i++) put(head + 76 + 4 * i, i < n ? first + i : FREE, 4);
}

GBytes *cfb_extract(const Cfb *cfb, const CfbNode *storage, gsize *room)
{
    g_autoptr (GByteArray) out = g_byte_array_new(), entries = g_byte_array_new();
    g_autoptr (GArray) table = g_array_new(FALSE, FALSE, sizeof(guint32));
    Copy copy = {.cfb = cfb, .out = out, .entries = entries, .table = table, .room = *room};
    g_byte_array_set_size(out, SECTOR);
    memset(out->data, 0, SECTOR);
    put_children(&copy, storage, put_entry(&copy, storage, 5), 0);
    put_table(&copy, put_chain(&copy, entries->data, entries->len));
    *room = copy.room;
    return copy.over ? NULL : g_byte_array_free_to_bytes(g_steal_pointer(&out));
}
