/* ole2_maker.h - OLE2 files, Word documents and workbooks made in memory, for tests. */
#pragma once

#include <glib.h>
#include <gsf/gsf-outfile-msole.h>
#include <gsf/gsf-output-memory.h>
#include <gsf/gsf-utils.h>
#include <string.h>

typedef struct Ole2Stream {
    const char *name; /* "Storage/Stream" makes a storage, once */
    const GByteArray *bytes;
} Ole2Stream;

/* The storage of that name ("" is the file), made where it is not there yet; `order` has those that were. */
static inline GsfOutfile *ole2_storage(GHashTable *storages, GPtrArray *order, const char *path)
{
    GsfOutfile *known = g_hash_table_lookup(storages, path);
    if (known) return known;
    const char *slash = strrchr(path, '/');
    g_autofree char *parent = g_strndup(path, slash ? (gsize)(slash - path) : 0);
    GsfOutput *storage =
        gsf_outfile_new_child(ole2_storage(storages, order, parent), slash ? slash + 1 : path, TRUE);
    g_hash_table_insert(storages, g_strdup(path), storage);
    g_ptr_array_add(order, storage);
    return GSF_OUTFILE(storage);
}

static inline GBytes *ole2_make(const Ole2Stream *streams, gsize n)
{
    gsf_init();
    GsfOutput *memory = gsf_output_memory_new();
    GsfOutfile *file = gsf_outfile_msole_new(memory);
    g_autoptr (GHashTable) storages = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr (GPtrArray) order = g_ptr_array_new();
    g_hash_table_insert(storages, g_strdup(""), file);
    for (gsize i = 0; i < n; i++) {
        const char *slash = strrchr(streams[i].name, '/');
        g_autofree char *path = g_strndup(streams[i].name, slash ? (gsize)(slash - streams[i].name) : 0);
        GsfOutput *stream = gsf_outfile_new_child(ole2_storage(storages, order, path),
                                                  slash ? slash + 1 : streams[i].name, FALSE);
        gsf_output_write(stream, streams[i].bytes->len, streams[i].bytes->data);
        gsf_output_close(stream);
        g_object_unref(stream);
    }
    for (guint i = order->len; i-- > 0;) {
        gsf_output_close(order->pdata[i]);
        g_object_unref(order->pdata[i]);
    }
    gsf_output_close(GSF_OUTPUT(file));
    g_object_unref(file);
    GBytes *bytes =
        g_bytes_new(gsf_output_memory_get_bytes(GSF_OUTPUT_MEMORY(memory)), (gsize)gsf_output_size(memory));
    g_object_unref(memory);
    return bytes;
}

/* --- bytes, little-endian --------------------------------------------------------------------- */

static inline void put_n(GByteArray *to, guint64 value, guint n)
{
    for (guint i = 0; i < n; i++, value >>= 8) {
        const guint8 byte = (guint8)value;
        g_byte_array_append(to, &byte, 1);
    }
}

static inline void put_bytes(GByteArray *to, const char *bytes, gsize n)
{
    g_byte_array_append(to, (const guint8 *)bytes, (guint)n);
}

/* UTF-8 as UTF-16; returns the number of units. */
static inline guint put_utf16(GByteArray *to, const char *text)
{
    glong n;
    g_autofree gunichar2 *units = g_utf8_to_utf16(text, -1, NULL, &n, NULL);
    for (glong i = 0; i < n; i++) put_n(to, units[i], 2);
    return (guint)n;
}

static inline void set_n(GByteArray *in, gsize at, guint64 value, guint n)
{
    if (in->len < at + n) {
        guint before = in->len;
        g_byte_array_set_size(in, (guint)(at + n));
        memset(in->data + before, 0, at + n - before);
    }
    for (guint i = 0; i < n; i++, value >>= 8) in->data[at + i] = (guint8)value;
}

static inline void unhex(GByteArray *to, const char *hex)
{
    for (; hex[0] && hex[1]; hex += 2)
        put_n(to, (guint64)(g_ascii_xdigit_value(hex[0]) << 4 | g_ascii_xdigit_value(hex[1])), 1);
}
