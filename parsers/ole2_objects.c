#include "parsers/ole2_objects.h"

#include <gsf/gsf-infile-msole.h>
#include <gsf/gsf-outfile-msole.h>
#include <gsf/gsf-output-memory.h>
#include <string.h>

#include "parsers/archive.h"
#include "parsers/names.h"
#include "parsers/ole2_parts.h"

#define OBJECTS_MAX 200
#define STORAGES    4 /* in each other that are copied */
#define NATIVE_FILE 2 /* flags of \1Ole10Native where it holds a file with its name */

/* What may still be taken out of the file. */
typedef struct Objects {
    FactsAttachment *attachment;
    gsize room; /* bytes: overlapping streams could make any number of them */
    guint n;
    gboolean entered; /* archive_enter() was asked, for the first child */
    gboolean refused; /* and said no */
    gboolean over;
} Objects;

/* --- streams
 * ------------------------------------------------------------------------------------------------- */

/* All bytes of a stream, or NULL. */
static const guint8 *stream_bytes(Objects *objects, GsfInput *stream, gsize *length)
{
    gsf_off_t size = gsf_input_size(stream);
    if (size <= 0 || (guint64)size > objects->room) {
        objects->over |= size > 0;
        return NULL;
    }
    *length = (gsize)size;
    objects->room -= *length;
    return gsf_input_seek(stream, 0, G_SEEK_SET) ? NULL : gsf_input_read(stream, *length, NULL);
}

static void add_child(Objects *objects, const char *name, const guint8 *data, gsize length)
{
    if (!objects->entered) objects->refused = !archive_enter(objects->attachment);
    objects->entered = TRUE;
    if (objects->refused) return;
    g_autoptr (GBytes) bytes = g_bytes_new(data, length);
    g_autofree char *numbered = g_strdup_printf("嵌入对象%u", ++objects->n);
    g_autofree char *kept = g_strdup(*name ? name : numbered);
    const UnpackMember member = {.name = kept, .content = bytes, .size = length};
    archive_add_child(objects->attachment, &member, NULL, NULL);
}

/* --- packages
 * ------------------------------------------------------------------------------------------------ */

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
static void read_native(Objects *objects, GsfInput *stream)
{
    gsize length, name_at = 6;
    const guint8 *data = stream_bytes(objects, stream, &length);
    if (!data || number_at(data, length, 4, 2) != NATIVE_FILE) return;
    gsize path_at = skip_text(data, length, name_at);
    gsize at = skip_text(data, length, path_at) + 4;
    at += 4 + (gsize)number_at(data, length, at, 4);
    gsize size = number_at(data, length, at, 4);
    if (at + 4 > length || size == 0 || size > length - at - 4) return;
    g_autofree char *name = names_path((const char *)data + name_at, path_at - 1 - name_at, NULL, NULL);
    add_child(objects, name, data + at + 4, size);
}

/* A stream that is a file: OOXML of Office 2007 and later, a PDF. */
static void read_whole(Objects *objects, GsfInput *stream)
{
    static const char *const begins[] = {"PK\x03\x04", "%PDF", "\xD0\xCF\x11\xE0"};
    gsize length;
    const guint8 *data = stream_bytes(objects, stream, &length);
    for (gsize i = 0; data && i < G_N_ELEMENTS(begins); i++)
        if (length > 4 && memcmp(data, begins[i], 4) == 0) add_child(objects, "", data, length);
}

/* --- documents in storages
 * ----------------------------------------------------------------------------------- */

static void copy_storage(Objects *objects, GsfInfile *from, GsfOutfile *to, guint depth)
{
    for (int i = 0; i < MIN(gsf_infile_num_children(from), OBJECTS_MAX) && !objects->over; i++) {
        g_autoptr (GsfInput) child = gsf_infile_child_by_index(from, i);
        const char *name = gsf_infile_name_by_index(from, i);
        if (!child || !name) continue;
        gboolean storage = GSF_IS_INFILE(child) && gsf_infile_num_children(GSF_INFILE(child)) >= 0;
        if (storage && depth >= STORAGES) continue;
        g_autoptr (GsfOutput) copy = gsf_outfile_new_child(to, name, storage);
        gsize length = 0;
        const guint8 *data = storage ? NULL : stream_bytes(objects, child, &length);
        if (storage)
            copy_storage(objects, GSF_INFILE(child), GSF_OUTFILE(copy), depth + 1);
        else if (data)
            gsf_output_write(copy, length, data);
        gsf_output_close(copy);
    }
}

static void read_document(Objects *objects, GsfInfile *storage)
{
    g_autoptr (GsfOutput) memory = gsf_output_memory_new();
    g_autoptr (GsfOutfile) file = gsf_outfile_msole_new(memory);
    copy_storage(objects, storage, file, 0);
    gsf_output_close(GSF_OUTPUT(file));
    if (!objects->over)
        add_child(objects, "", gsf_output_memory_get_bytes(GSF_OUTPUT_MEMORY(memory)),
                  (gsize)gsf_output_size(memory));
}

/* --- storages
 * ------------------------------------------------------------------------------------------------ */

/* The first stream that is there says what an object is. */
static const struct {
    const char *stream;
    void (*read)(Objects *objects, GsfInput *stream); /* NULL: the storage is a document */
} kinds[] = {
    {"\001Ole10Native", read_native}, {"Package", read_whole}, {"CONTENTS", read_whole},
    {"WordDocument", NULL},           {"Workbook", NULL},      {"Book", NULL},
    {"PowerPoint Document", NULL},
};

static void read_object(Objects *objects, GsfInfile *storage)
{
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
        g_autoptr (GsfInput) stream = ole2_child(storage, kinds[i].stream);
        if (!stream) continue;
        if (kinds[i].read)
            kinds[i].read(objects, stream);
        else
            read_document(objects, storage);
        return;
    }
}

/* The objects of Excel lie at the top, those of Word in a storage of their own. */
static void read_storages(Objects *objects, GsfInfile *parent, const char *prefix)
{
    for (int i = 0; i < MIN(gsf_infile_num_children(parent), OLE2_CHILDREN_MAX); i++) {
        const char *name = gsf_infile_name_by_index(parent, i);
        if (!name || !g_str_has_prefix(name, prefix) || objects->n >= OBJECTS_MAX || objects->over ||
            objects->refused)
            continue;
        g_autoptr (GsfInput) child = gsf_infile_child_by_index(parent, i);
        if (child && GSF_IS_INFILE(child) && gsf_infile_num_children(GSF_INFILE(child)) > 0)
            read_object(objects, GSF_INFILE(child));
    }
}

void ole2_objects(FactsAttachment *attachment, Ole2 *ole2)
{
    Objects objects = {.attachment = attachment, .room = g_bytes_get_size(ole2->bytes)};
    g_autoptr (GsfInput) pool = ole2_child(ole2->file, "ObjectPool");
    read_storages(&objects, ole2->file, "MBD");
    if (pool && GSF_IS_INFILE(pool)) read_storages(&objects, GSF_INFILE(pool), "_");
    if (objects.entered && !objects.refused) archive_leave();
    if (objects.over)
        facts_add_problem(attachment->problems, "archive-bomb", "embedded files are larger than the file");
}
