/* ole2_maker.h - OLE2 files, Word documents and workbooks made in memory, for tests. */
#pragma once

#include <glib.h>
#include <gsf/gsf-outfile-msole.h>
#include <gsf/gsf-output-memory.h>
#include <gsf/gsf-utils.h>
#include <string.h>

typedef struct Ole2Stream {
    const char *name; /* "Storage/Stream" makes a storage */
    const GByteArray *bytes;
} Ole2Stream;

static inline GBytes *ole2_make(const Ole2Stream *streams, gsize n)
{
    gsf_init();
    GsfOutput *memory = gsf_output_memory_new();
    GsfOutfile *file = gsf_outfile_msole_new(memory);
    for (gsize i = 0; i < n; i++) {
        g_auto(GStrv) parts = g_strsplit(streams[i].name, "/", 2);
        GsfOutput *storage = parts[1] ? gsf_outfile_new_child(file, parts[0], TRUE) : NULL;
        GsfOutput *stream =
            gsf_outfile_new_child(storage ? GSF_OUTFILE(storage) : file, parts[storage ? 1 : 0], FALSE);
        gsf_output_write(stream, streams[i].bytes->len, streams[i].bytes->data);
        gsf_output_close(stream);
        g_object_unref(stream);
        if (storage) gsf_output_close(storage);
        g_clear_object(&storage);
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
