#include "parsers/cfb.h"

#include <string.h>

enum {
    HEADER_BYTES = 512,
    HEADER_DIFAT = 109, /* sectors of the FAT that the header names; others stand in sectors of their own */
    ENTRY_BYTES = 128,
    ENTRIES_MAX = 20000, /* of the directory */
    STORAGE = 1,
    STREAM = 2,
    ROOT = 5
};
#define NO_ENTRY 0xFFFFFFFFu

struct Cfb {
    GBytes *bytes;
    const guint8 *data;
    gsize length;
    guint shift;      /* of a sector: 9 for 512 bytes */
    guint mini_shift; /* of the sectors of small streams */
    guint64 mini_cutoff;
    GArray *fat, *mini_fat; /* of guint32: the sector that follows */
    GBytes *mini;           /* the stream that small streams stand in; NULL until asked for */
    CfbEntry root;
    GPtrArray *entries; /* of CfbEntry*: what is in the root */
};

static guint32 u32(const guint8 *at)
{
    return at[0] | (guint32)at[1] << 8 | (guint32)at[2] << 16 | (guint32)at[3] << 24;
}

static guint u16(const guint8 *at)
{
    return at[0] | (guint)at[1] << 8;
}

/* --- sectors
 * -------------------------------------------------------------------------------------------------- */

/* The bytes of a sector that are there, from the start. */
static const guint8 *sector(const Cfb *cfb, guint32 n, gsize *length)
{
    guint64 at = ((guint64)n + 1) << cfb->shift;
    *length = at < cfb->length ? MIN((gsize)1 << cfb->shift, cfb->length - (gsize)at) : 0;
    return *length > 0 ? cfb->data + at : NULL;
}

/* The sectors of a chain that are one after the other in the file, from *n: how many, at most `most`. *n
 * becomes the one that follows. */
static gsize run_length(const GArray *fat, guint32 *n, gsize most)
{
    gsize length = 0;
    guint32 at;
    do {
        at = *n;
        *n = at < fat->len ? g_array_index(fat, guint32, at) : NO_ENTRY;
        length++;
    } while (length < most && *n == at + 1);
    return length;
}

/* A chain of sectors (of 1 << shift bytes, the first at `data` + `base`) to at most `size` bytes. */
static GBytes *chain(GBytes *bytes, gsize base, guint shift, const GArray *fat, guint32 start, guint64 size)
{
    gsize length;
    const guint8 *data = g_bytes_get_data(bytes, &length);
    GByteArray *all = NULL;
    guint64 done = 0;
    while (done < size && start < fat->len) {
        guint64 at = base + ((guint64)start << shift);
        gsize sectors = run_length(fat, &start, (gsize)((size - done + ((guint64)1 << shift) - 1) >> shift));
        guint64 there = at < length ? MIN((guint64)sectors << shift, length - at) : 0;
        guint64 n = MIN(there, size - done);
        if (done == 0 && n == size) return g_bytes_new_from_bytes(bytes, (gsize)at, (gsize)n);
        if (!all) all = g_byte_array_new();
        if (n > 0) g_byte_array_append(all, data + at, (guint)n);
        done += n;
        if (n < MIN((guint64)sectors << shift, size - done + n)) break; /* cut off */
    }
    return all ? g_byte_array_free_to_bytes(all) : g_bytes_new(NULL, 0);
}

/* --- opening
 * -------------------------------------------------------------------------------------------------- */

static void add_fat_sector(Cfb *cfb, guint32 n)
{
    gsize length;
    const guint8 *at = sector(cfb, n, &length);
    guint whole = 1u << (cfb->shift - 2), old = cfb->fat->len;
    g_array_set_size(cfb->fat, old + whole);
    for (guint i = 0; i < whole; i++)
        g_array_index(cfb->fat, guint32, old + i) = 4 * i + 4 <= length ? u32(at + 4 * i) : NO_ENTRY;
}

/* The header names the first sectors of the FAT, a chain of sectors the others. There cannot be more than the
 * file has sectors for. */
static void read_fat(Cfb *cfb)
{
    gsize most = (cfb->length >> (2 * cfb->shift - 2)) + 1, length;
    for (guint i = 0; i < HEADER_DIFAT && most > 0; i++) {
        guint32 n = u32(cfb->data + 76 + 4 * i);
        if (n >= 0xFFFFFFFAu) break;
        add_fat_sector(cfb, n);
        most--;
    }
    guint per_sector = (1u << (cfb->shift - 2)) - 1;
    guint32 difat = u32(cfb->data + 68);
    for (gsize guard = 0; most > 0 && guard <= cfb->length >> cfb->shift; guard++) {
        const guint8 *at = sector(cfb, difat, &length);
        if (!at || length < (gsize)1 << cfb->shift) return;
        for (guint i = 0; i < per_sector && most > 0; i++) {
            guint32 n = u32(at + 4 * i);
            if (n >= 0xFFFFFFFAu) return;
            add_fat_sector(cfb, n);
            most--;
        }
        difat = u32(at + 4 * per_sector);
    }
}

static void read_mini_fat(Cfb *cfb)
{
    guint64 size = (guint64)u32(cfb->data + 64) << cfb->shift;
    g_autoptr (GBytes)
        table = chain(cfb->bytes, (gsize)1 << cfb->shift, cfb->shift, cfb->fat, u32(cfb->data + 60),
                      MIN(size, cfb->length));
    gsize length;
    const guint8 *at = g_bytes_get_data(table, &length);
    g_array_set_size(cfb->mini_fat, (guint)(length / 4));
    for (guint i = 0; i < cfb->mini_fat->len; i++) g_array_index(cfb->mini_fat, guint32, i) = u32(at + 4 * i);
}

/* --- the directory (2.6)
 * -------------------------------------------------------------------------------------- */

static void entry_free(gpointer data)
{
    CfbEntry *entry = data;
    g_free(entry->name);
    g_free(entry);
}

static CfbEntry *entry_at(const Cfb *cfb, const guint8 *raw)
{
    CfbEntry *entry = g_new0(CfbEntry, 1);
    gunichar2 units[32];
    guint n = MIN(u16(raw + 64) / 2, 32);
    for (guint i = 0; i < n; i++) units[i] = (gunichar2)u16(raw + 2 * i);
    while (n > 0 && units[n - 1] == 0) n--;
    entry->name = g_utf16_to_utf8(units, n, NULL, NULL, NULL);
    if (!entry->name) entry->name = g_strdup("");
    entry->storage = raw[66] == STORAGE;
    entry->start = u32(raw + 116);
    entry->size = u32(raw + 120);
    if (cfb->shift > 9)
        entry->size |= (guint64)u32(raw + 124) << 32; /* 512-byte files may have rubbish here */
    return entry;
}

/* The children of the root are a binary tree; where that is broken, every entry may be one. */
static void read_children(Cfb *cfb, const guint8 *directory, guint n)
{
    g_autofree guint8 *seen = g_malloc0(n);
    g_autoptr (GArray) open = g_array_new(FALSE, FALSE, sizeof(guint32));
    guint32 at = u32(directory + 76);
    gboolean broken = at >= n;
    seen[0] = TRUE;
    g_array_append_val(open, at);
    while (open->len > 0) {
        at = g_array_index(open, guint32, open->len - 1);
        g_array_set_size(open, open->len - 1);
        if (at == NO_ENTRY) continue;
        broken |= at >= n || seen[at];
        if (at >= n || seen[at]) continue;
        seen[at] = TRUE;
        const guint8 *raw = directory + (gsize)ENTRY_BYTES * at;
        const guint32 beside[] = {u32(raw + 72), u32(raw + 68)};
        g_array_append_vals(open, beside, 2);
        if (raw[66] == STORAGE || raw[66] == STREAM) g_ptr_array_add(cfb->entries, entry_at(cfb, raw));
    }
    for (guint i = 0; broken && i < n; i++) {
        const guint8 *raw = directory + (gsize)ENTRY_BYTES * i;
        if (!seen[i] && (raw[66] == STORAGE || raw[66] == STREAM))
            g_ptr_array_add(cfb->entries, entry_at(cfb, raw));
    }
}

/* NULL if all is well, else what is wrong. */
static const char *read_directory(Cfb *cfb)
{
    g_autoptr (GBytes)
        directory = chain(cfb->bytes, (gsize)1 << cfb->shift, cfb->shift, cfb->fat, u32(cfb->data + 48),
                          (guint64)ENTRIES_MAX * ENTRY_BYTES);
    gsize length;
    const guint8 *raw = g_bytes_get_data(directory, &length);
    guint n = (guint)(length / ENTRY_BYTES);
    if (n == 0) return "the directory is missing";
    if (raw[66] != ROOT) return "the directory has no root";
    g_autofree CfbEntry *root = entry_at(cfb, raw);
    cfb->root = *root;
    read_children(cfb, raw, n);
    return NULL;
}

static const char *read_header(Cfb *cfb)
{
    static const guint8 magic[] = {0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1};
    if (cfb->length < HEADER_BYTES || memcmp(cfb->data, magic, sizeof magic) != 0)
        return "the header is cut off";
    cfb->shift = u16(cfb->data + 30);
    cfb->mini_shift = u16(cfb->data + 32);
    cfb->mini_cutoff = u32(cfb->data + 56);
    if (cfb->shift < 7 || cfb->shift > 20 || cfb->mini_shift < 2 || cfb->mini_shift >= cfb->shift)
        return "the header makes no sense";
    return NULL;
}

Cfb *cfb_open(GBytes *bytes, const char **why)
{
    g_autoptr (Cfb) cfb = g_new0(Cfb, 1);
    cfb->bytes = g_bytes_ref(bytes);
    cfb->data = g_bytes_get_data(bytes, &cfb->length);
    cfb->fat = g_array_new(FALSE, FALSE, sizeof(guint32));
    cfb->mini_fat = g_array_new(FALSE, FALSE, sizeof(guint32));
    cfb->entries = g_ptr_array_new_with_free_func(entry_free);
    const char *fault = read_header(cfb);
    if (!fault) {
        read_fat(cfb);
        read_mini_fat(cfb);
        fault = read_directory(cfb);
    }
    if (why) *why = fault;
    return fault ? NULL : g_steal_pointer(&cfb);
}

void cfb_free(Cfb *cfb)
{
    if (!cfb) return;
    g_bytes_unref(cfb->bytes);
    g_clear_pointer(&cfb->mini, g_bytes_unref);
    g_array_free(cfb->fat, TRUE);
    g_array_free(cfb->mini_fat, TRUE);
    g_ptr_array_unref(cfb->entries);
    g_free(cfb->root.name);
    g_free(cfb);
}

/* --- reading
 * -------------------------------------------------------------------------------------------------- */

const CfbEntry *cfb_find(const Cfb *cfb, const char *name)
{
    for (guint i = 0; i < cfb->entries->len; i++) {
        const CfbEntry *entry = cfb->entries->pdata[i];
        if (g_ascii_strcasecmp(entry->name, name) == 0) return entry;
    }
    return NULL;
}

GBytes *cfb_read(Cfb *cfb, const CfbEntry *entry, gsize most, gboolean *whole)
{
    gsize base = (gsize)1 << cfb->shift;
    guint64 size = entry->storage ? 0 : MIN(entry->size, (guint64)MIN(most, G_MAXUINT));
    guint64 limit = MIN(size, cfb->length); /* more would be a chain that bites its tail */
    gboolean mini = entry->size < cfb->mini_cutoff;
    if (mini && !cfb->mini)
        cfb->mini =
            chain(cfb->bytes, base, cfb->shift, cfb->fat, cfb->root.start, MIN(cfb->root.size, cfb->length));
    GBytes *bytes = mini ? chain(cfb->mini, 0, cfb->mini_shift, cfb->mini_fat, entry->start, limit)
                         : chain(cfb->bytes, base, cfb->shift, cfb->fat, entry->start, limit);
    if (whole) *whole = g_bytes_get_size(bytes) == size;
    return bytes;
}
