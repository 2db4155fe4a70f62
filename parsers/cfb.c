#include "parsers/cfb.h"

#include <string.h>

enum {
    HEADER = 512,
    ENTRY = CFB_ENTRY,
    NODES_MAX = 20000,    /* entries of a directory that are looked at */
    DEPTH_MAX = 32,       /* storages in each other */
    SECTORS_HEADER = 109, /* sectors of the table that the header names */
    NAME_BYTES = 64
};
enum { STORAGE = CFB_STORAGE, STREAM = CFB_STREAM, ROOT = 5 }; /* types of entries, 2.6.1 */

#define END 0xFFFFFFFAu /* this and above: no sector (2.1), no entry */

struct Cfb {
    GBytes *bytes;
    const guint8 *data;
    gsize length;
    gsize sector, small; /* bytes of a sector, of a mini sector */
    guint64 cutoff;      /* streams below this are in mini sectors */
    GArray *table;       /* of guint32: the sector that follows each */
    GArray *small_table; /* the same of mini sectors */
    GBytes *smalls;      /* the stream that mini sectors lie in */
    CfbNode *root;
    gboolean cut; /* the table is not all there */
};

static guint32 get(const guint8 *at, guint bytes)
{
    guint32 value = 0;
    for (guint i = 0; i < bytes; i++) value |= (guint32)at[i] << 8 * i;
    return value;
}

/* --- sectors ---------------------------------------------------------------------------------- */

/* What is there of a sector. */
static const guint8 *sector_at(const Cfb *cfb, guint32 number, gsize *there)
{
    guint64 at = ((guint64)number + 1) * cfb->sector;
    *there = at < cfb->length ? MIN(cfb->sector, cfb->length - (gsize)at) : 0;
    return cfb->data + (*there ? at : 0);
}

/* Of a table with chains. */
static guint32 next_of(const GArray *table, guint32 number)
{
    return number < table->len ? g_array_index(table, guint32, number) : G_MAXUINT32;
}

static void add_numbers(GArray *table, const guint8 *data, gsize length)
{
    for (gsize i = 0; i + 4 <= length; i += 4) {
        guint32 number = get(data + i, 4);
        g_array_append_val(table, number);
    }
}

/* How long a chain goes on where its sectors lie one behind the other. */
static guint64 run_of(const GArray *table, guint32 start, guint64 most)
{
    guint64 run = 1;
    while (run < most && next_of(table, start + (guint32)run - 1) == start + (guint32)run) run++;
    return run;
}

/* A chain of sectors of `size` bytes in `within`, where number 0 is at `first`: its first `most` bytes. */
static GBytes *read_chain(GBytes *within, gsize first, gsize size, const GArray *table, guint32 start,
                          guint64 most)
{
    gsize length = g_bytes_get_size(within);
    const guint8 *data = g_bytes_get_data(within, NULL);
    guint64 sectors = (most + size - 1) / size;
    g_autoptr (GByteArray) all = NULL;
    for (guint64 left = MIN(sectors, table->len); left > 0 && start < END;) {
        guint64 run = run_of(table, start, left), at = first + (guint64)start * size;
        if (at >= length) break;
        gsize have = all ? all->len : 0, there = (gsize)MIN(MIN(run * size, length - at), most - have);
        if (!all && run >= sectors) return g_bytes_new_from_bytes(within, (gsize)at, there);
        if (!all) all = g_byte_array_sized_new((guint)MIN(most, length));
        g_byte_array_append(all, data + at, (guint)there);
        if (there < run * size) break;
        start = next_of(table, start + (guint32)run - 1);
        left -= run;
    }
    return all ? g_byte_array_free_to_bytes(g_steal_pointer(&all)) : g_bytes_new(NULL, 0);
}

static GBytes *read_sectors(const Cfb *cfb, guint32 start, guint64 most)
{
    return read_chain(cfb->bytes, cfb->sector, cfb->sector, cfb->table, start, MIN(most, cfb->length));
}

static void add_table_sector(Cfb *cfb, guint32 number)
{
    gsize there;
    if (number >= END) return;
    const guint8 *data = sector_at(cfb, number, &there);
    cfb->cut |= there < cfb->sector;
    add_numbers(cfb->table, data, there);
}

/* The table's own sectors are named in the header, then in a chain of sectors whose last number is the next
 * (2.5). */
static void read_table(Cfb *cfb)
{
    for (guint i = 0; i < SECTORS_HEADER; i++) add_table_sector(cfb, get(cfb->data + 76 + 4 * i, 4));
    guint32 list = get(cfb->data + 68, 4);
    for (gsize left = cfb->length / cfb->sector; left > 0 && list < END; left--) {
        gsize there;
        const guint8 *data = sector_at(cfb, list, &there);
        if (there < cfb->sector || cfb->table->len > cfb->length / cfb->sector * 2) return;
        for (gsize i = 0; i + 4 < cfb->sector; i += 4) add_table_sector(cfb, get(data + i, 4));
        list = get(data + cfb->sector - 4, 4);
    }
}

/* --- the directory ---------------------------------------------------------------------------- */

typedef struct Directory {
    const guint8 *data;
    guint32 n;
    gboolean *seen;
    gboolean long_sizes; /* of version 4; before, the upper half is not to be trusted */
} Directory;

static void node_free(gpointer data)
{
    CfbNode *node = data;
    if (!node) return;
    if (node->children) g_ptr_array_unref(node->children);
    g_free(node->name);
    g_free(node);
}

static CfbNode *node_new(const Directory *directory, guint32 id)
{
    const guint8 *entry = directory->data + (gsize)id * ENTRY;
    gunichar2 name[NAME_BYTES / 2];
    guint length = MIN(get(entry + 64, 2), NAME_BYTES) / 2;
    for (guint i = 0; i < length; i++) name[i] = (gunichar2)get(entry + 2 * i, 2);
    while (length > 0 && name[length - 1] == 0) length--;
    CfbNode *node = g_new0(CfbNode, 1);
    node->name = g_utf16_to_utf8(name, length, NULL, NULL, NULL);
    if (!node->name) node->name = g_strdup("");
    node->storage = entry[CFB_ENTRY_TYPE] != STREAM;
    node->start = get(entry + 116, 4);
    node->size = get(entry + 120, 4) | (directory->long_sizes ? (guint64)get(entry + 124, 4) << 32 : 0);
    node->children = node->storage ? g_ptr_array_new_with_free_func(node_free) : NULL;
    return node;
}

static void read_children(Directory *directory, CfbNode *storage, guint32 child, guint depth);

static void read_child(Directory *directory, CfbNode *storage, guint32 id, guint depth)
{
    const guint8 *entry = directory->data + (gsize)id * ENTRY;
    if (entry[CFB_ENTRY_TYPE] != STREAM && entry[CFB_ENTRY_TYPE] != STORAGE) return;
    CfbNode *node = node_new(directory, id);
    g_ptr_array_add(storage->children, node);
    if (node->storage && depth < DEPTH_MAX) read_children(directory, node, get(entry + 76, 4), depth + 1);
}

/* Siblings are a binary tree: smaller ones at 68, larger ones at 72 (2.6.4). */
static void read_children(Directory *directory, CfbNode *storage, guint32 child, guint depth)
{
    g_autoptr (GArray) above = g_array_new(FALSE, FALSE, sizeof(guint32));
    for (;;) {
        for (; child < directory->n && !directory->seen[child];
             child = get(directory->data + (gsize)child * ENTRY + 68, 4)) {
            directory->seen[child] = TRUE;
            g_array_append_val(above, child);
        }
        if (above->len == 0) return;
        guint32 id = g_array_index(above, guint32, above->len - 1);
        g_array_set_size(above, above->len - 1);
        read_child(directory, storage, id, depth);
        child = get(directory->data + (gsize)id * ENTRY + 72, 4);
    }
}

/* FALSE if there is no root. */
static gboolean read_directory(Cfb *cfb)
{
    g_autoptr (GBytes) bytes = read_sectors(cfb, get(cfb->data + 48, 4), (guint64)NODES_MAX * ENTRY);
    const guint32 n = (guint32)(g_bytes_get_size(bytes) / ENTRY);
    g_autofree gboolean *seen = g_new0(gboolean, n + 1);
    Directory directory = {g_bytes_get_data(bytes, NULL), n, seen, cfb->sector > HEADER};
    if (n == 0 || directory.data[CFB_ENTRY_TYPE] != ROOT) return FALSE;
    seen[0] = TRUE;
    cfb->root = node_new(&directory, 0);
    read_children(&directory, cfb->root, get(directory.data + 76, 4), 0);
    return TRUE;
}

/* --- public ----------------------------------------------------------------------------------- */

static const char *read_all(Cfb *cfb)
{
    if (cfb->length < HEADER) return "not a whole OLE2 file";
    guint big = get(cfb->data + 30, 2), small = get(cfb->data + 32, 2);
    if (big < 9 || big > 16 || small < 4 || small > big) return "its sectors have an impossible size";
    cfb->sector = (gsize)1 << big;
    cfb->small = (gsize)1 << small;
    cfb->cutoff = get(cfb->data + 56, 4);
    read_table(cfb);
    if (!read_directory(cfb)) return "its directory is not there";
    g_autoptr (GBytes) small_table = read_sectors(cfb, get(cfb->data + 60, 4), cfb->length);
    add_numbers(cfb->small_table, g_bytes_get_data(small_table, NULL), g_bytes_get_size(small_table));
    cfb->smalls = read_sectors(cfb, cfb->root->start, cfb->root->size);
    return NULL;
}

Cfb *cfb_open(GBytes *bytes, const char **why)
{
    Cfb *cfb = g_new0(Cfb, 1);
    cfb->bytes = g_bytes_ref(bytes);
    cfb->data = g_bytes_get_data(bytes, &cfb->length);
    cfb->table = g_array_new(FALSE, FALSE, sizeof(guint32));
    cfb->small_table = g_array_new(FALSE, FALSE, sizeof(guint32));
    const char *fault = read_all(cfb);
    if (!fault) return cfb;
    if (why) *why = fault;
    cfb_close(cfb);
    return NULL;
}

void cfb_close(Cfb *cfb)
{
    if (!cfb) return;
    node_free(cfb->root);
    if (cfb->smalls) g_bytes_unref(cfb->smalls);
    g_array_unref(cfb->table);
    g_array_unref(cfb->small_table);
    g_bytes_unref(cfb->bytes);
    g_free(cfb);
}

gboolean cfb_is_whole(const Cfb *cfb)
{
    return !cfb->cut;
}

const CfbNode *cfb_root(const Cfb *cfb)
{
    return cfb->root;
}

const CfbNode *cfb_child(const CfbNode *storage, const char *name)
{
    for (guint i = 0; storage->children && i < storage->children->len; i++) {
        const CfbNode *child = storage->children->pdata[i];
        if (g_ascii_strcasecmp(child->name, name) == 0) return child;
    }
    return NULL;
}

GBytes *cfb_read(const Cfb *cfb, const CfbNode *stream, gsize most)
{
    guint64 size = MIN(stream->size, most);
    if (stream->storage || size == 0) return g_bytes_new(NULL, 0);
    if (stream->size >= cfb->cutoff) return read_sectors(cfb, stream->start, size);
    return read_chain(cfb->smalls, 0, cfb->small, cfb->small_table, stream->start, size);
}
