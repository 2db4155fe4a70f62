#include "parsers/ole2_objects.h"

#include <string.h>

#include "parsers/archive.h"
#include "parsers/names.h"
#include "parsers/ole2_parts.h"

#define OBJECTS_MAX 200
#define NATIVE_FILE 2 /* flags of \1Ole10Native where it holds a file with its name */

/* What may still be taken out of the file. */
typedef struct Objects {
    FactsAttachment *attachment;
    const Cfb *file;
    GBytes *whole; /* the file, where it is one object; else NULL */
    gsize room;    /* bytes: overlapping streams could make any number of them */
    guint n;
    gboolean entered; /* archive_enter() was asked, for the first child */
    gboolean refused; /* and said no */
    gboolean over;
} Objects;

/* --- streams ---------------------------------------------------------------------------------- */

/* All bytes of a stream, or NULL. The caller unrefs. */
static GBytes *stream_bytes(Objects *objects, const CfbNode *stream)
{
    if (stream->storage || stream->size == 0 || stream->size > objects->room) {
        objects->over |= !stream->storage && stream->size > 0;
        return NULL;
    }
    objects->room -= (gsize)stream->size;
    g_autoptr (GBytes) bytes = cfb_read(objects->file, stream, (gsize)stream->size);
    return g_bytes_get_size(bytes) == stream->size ? g_steal_pointer(&bytes) : NULL;
}

static void add_child(Objects *objects, const char *name, GBytes *bytes)
{
    if (!objects->entered) objects->refused = !archive_enter(objects->attachment);
    objects->entered = TRUE;
    if (objects->refused) return;
    g_autofree char *numbered = g_strdup_printf("嵌入对象%u", ++objects->n);
    g_autofree char *kept = g_strdup(*name ? name : numbered);
    const UnpackMember member = {.name = kept, .content = bytes, .size = g_bytes_get_size(bytes)};
    archive_add_child(objects->attachment, &member, NULL, NULL);
}

/* --- packages --------------------------------------------------------------------------------- */

static guint32 number_at(const guint8 *data, gsize length, gsize at, guint n)
{
    guint32 number = 0;
    for (guint i = 0; i < n && at + i < length; i++) number |= (guint32)data[at + i] << (8 * i);
    return number;
}

/* Behind the text that ends in zero. */
static gsize skip_text(const guint8 *data, gsize length, gsize at)
{
    while (at < length && data[at] != 0) at++;
    return at + 1;
}

/* Length, flags, name, path, two words, length of a path, that path, length of the file, the file. */
static void read_native(Objects *objects, const CfbNode *stream)
{
    gsize length = 0, name_at = 6;
    g_autoptr (GBytes) bytes = stream_bytes(objects, stream);
    const guint8 *data = bytes ? g_bytes_get_data(bytes, &length) : NULL;
    if (!data || number_at(data, length, 4, 2) != NATIVE_FILE) return;
    gsize path_at = skip_text(data, length, name_at);
    gsize at = skip_text(data, length, path_at) + 4;
    at += 4 + (gsize)number_at(data, length, at, 4);
    gsize size = number_at(data, length, at, 4);
    if (at + 4 > length || size == 0 || size > length - at - 4) return;
    g_autofree char *name = names_path((const char *)data + name_at, path_at - 1 - name_at, NULL, NULL);
    g_autoptr (GBytes) file = g_bytes_new_from_bytes(bytes, at + 4, size);
    add_child(objects, name, file);
}

/* A stream that is a file: OOXML of Office 2007 and later, a PDF. */
static void read_whole(Objects *objects, const CfbNode *stream)
{
    static const char *const begins[] = {"PK\x03\x04", "%PDF", "\xD0\xCF\x11\xE0"};
    gsize length = 0;
    g_autoptr (GBytes) bytes = stream_bytes(objects, stream);
    const guint8 *data = bytes ? g_bytes_get_data(bytes, &length) : NULL;
    for (gsize i = 0; data && i < G_N_ELEMENTS(begins); i++)
        if (length > 4 && memcmp(data, begins[i], 4) == 0) add_child(objects, "", bytes);
}

/* --- documents in storages -------------------------------------------------------------------- */

static void read_document(Objects *objects, const CfbNode *storage)
{
    g_autoptr (GBytes)
        bytes = objects->whole ? g_bytes_ref(objects->whole)
                               : cfb_extract(objects->file, storage, &objects->room);
    objects->over |= !bytes;
    if (bytes) add_child(objects, "", bytes);
}

/* --- storages --------------------------------------------------------------------------------- */

/* The first stream that is there says what an object is. */
static const struct {
    const char *stream;
    void (*read)(Objects *objects, const CfbNode *stream); /* NULL: the storage is a document */
} kinds[] = {
    {"\001Ole10Native", read_native}, {"Package", read_whole}, {"CONTENTS", read_whole},
    {"WordDocument", NULL},           {"Workbook", NULL},      {"Book", NULL},
    {"PowerPoint Document", NULL},
};

static void read_object(Objects *objects, const CfbNode *storage)
{
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
        const CfbNode *stream = cfb_child(storage, kinds[i].stream);
        if (!stream) continue;
        if (kinds[i].read)
            kinds[i].read(objects, stream);
        else
            read_document(objects, storage);
        return;
    }
}

/* The objects of Excel lie at the top, those of Word in a storage of their own. */
static void read_storages(Objects *objects, const CfbNode *parent, const char *prefix)
{
    for (guint i = 0; parent->children && i < parent->children->len; i++) {
        const CfbNode *child = parent->children->pdata[i];
        if (objects->n >= OBJECTS_MAX || objects->over || objects->refused) return;
        if (child->storage && g_str_has_prefix(child->name, prefix)) read_object(objects, child);
    }
}

/* Whether the name of an entry of the directory begins so, ASCII letters without case. */
static gboolean begins(const char *entry, const char *name)
{
    for (gsize i = 0; name[i]; i++)
        if (entry[2 * i + 1] != 0 || g_ascii_tolower(entry[2 * i]) != g_ascii_tolower(name[i])) return FALSE;
    return TRUE;
}

gboolean ole2_may_hold_objects(const char *data, gsize length)
{
    guint storages = 0, streams = 0;
    for (gsize at = CFB_ENTRY; at + CFB_ENTRY <= length; at += CFB_ENTRY) {
        const char *entry = data + at;
        if (entry[1] != 0 || (entry[CFB_ENTRY_TYPE] != CFB_STORAGE && entry[CFB_ENTRY_TYPE] != CFB_STREAM))
            continue;
        storages += begins(entry, "_") || begins(entry, "MBD");
        for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) streams += begins(entry, kinds[i].stream);
    }
    return storages > 0 && streams > 1; /* the first is the document's own */
}

static void report(const Objects *objects)
{
    if (objects->over)
        facts_add_problem(objects->attachment->problems, "archive-bomb",
                          "embedded files are larger than the file");
}

void ole2_object(FactsAttachment *attachment, GBytes *object, guint *number)
{
    g_autoptr (Cfb) file = cfb_open(object, NULL);
    Objects objects = {.attachment = attachment,
                       .file = file,
                       .whole = object,
                       .room = g_bytes_get_size(object),
                       .n = *number,
                       .entered = TRUE};
    if (file) read_object(&objects, cfb_root(file));
    *number = objects.n;
    report(&objects);
}

void ole2_objects(FactsAttachment *attachment, Ole2 *ole2)
{
    Objects objects = {.attachment = attachment, .file = ole2->file, .room = g_bytes_get_size(ole2->bytes)};
    const CfbNode *root = cfb_root(ole2->file), *pool = cfb_child(root, "ObjectPool");
    read_storages(&objects, root, "MBD");
    if (pool) read_storages(&objects, pool, "_");
    if (objects.entered && !objects.refused) archive_leave();
    report(&objects);
}
