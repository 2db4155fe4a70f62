#include "tests/fuzz/fuzz.h"

#include <gsf/gsf-outfile-msole.h>
#include <gsf/gsf-output-memory.h>
#include <gsf/gsf-utils.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parsers/document.h"
#include "parsers/mime.h"
#include "parsers/ole2_objects.h"
#include "parsers/unpack.h"

static void drop_log(const char *domain, GLogLevelFlags level, const char *message, gpointer data)
{
}

void fuzz_start(void)
{
    static gboolean started;
    if (started) return;
    started = TRUE;
    g_log_set_default_handler(drop_log, NULL);
    mime_init();
    gsf_init();
}

char *fuzz_text(const uint8_t *data, size_t size)
{
    return g_strndup((const char *)data, size);
}

void fuzz_broken(const char *what, const char *where)
{
    fprintf(stderr, "%s: broken promise: %s\n", where, what);
    abort();
}

void fuzz_is_line(const char *line)
{
    FUZZ_PROMISE(g_utf8_validate(line, -1, NULL), "valid UTF-8");
    for (; *line; line++) FUZZ_PROMISE((guchar)*line >= 0x20 && *line != 0x7F, "one line");
}

/* --- facts ------------------------------------------------------------------------------------ */

void fuzz_facts(const Facts *facts)
{
    g_autofree char *json = facts_to_json(facts, FALSE);
    FUZZ_PROMISE(json, "facts can be written");
    g_autoptr (GError) error = NULL;
    g_autoptr (Facts) again = facts_from_json(json, strlen(json), G_MAXINT64, &error);
    if (!again) {
        FUZZ_PROMISE(error->code == FACTS_ERROR_LIMIT && strstr(error->message, " bytes, "), error->message);
        return;
    }
    g_autofree char *same = facts_to_json(again, FALSE);
    FUZZ_PROMISE(strcmp(json, same) == 0, "facts that were read back are the same");
}

/* baosong-parse goes by it where no child stands by. */
static void check_objects(GBytes *bytes, const FactsAttachment *attachment)
{
    gsize length = 0;
    const char *data = g_bytes_get_data(bytes, &length);
    if (fuzz_is_ole2((const guint8 *)data, length) && attachment->children->len > 0)
        g_assert_true(ole2_may_hold_objects(data, length));
}

void fuzz_document(GBytes *bytes, const char *name)
{
    fuzz_start();
    unpack_reset();
    g_autoptr (Facts) facts = facts_new();
    g_free(facts->sha256);
    facts->sha256 = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, bytes);
    FactsAttachment *attachment = facts_attachment_new();
    g_ptr_array_add(facts->attachments, attachment);
    g_free(attachment->name);
    attachment->name = g_strdup(name);
    attachment->size = g_bytes_get_size(bytes);
    g_free(attachment->sha256);
    attachment->sha256 = g_strdup(facts->sha256);
    document_read(attachment, bytes);
    check_objects(bytes, attachment);
    fuzz_facts(facts);
}

/* --- zip -------------------------------------------------------------------------------------- */

static guint32 crc32_of(const guint8 *bytes, gsize length)
{
    guint32 crc = 0xFFFFFFFF;
    for (gsize i = 0; i < length; i++) {
        crc ^= bytes[i];
        for (guint bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (0xEDB88320 & -(crc & 1));
    }
    return ~crc;
}

static void put(GByteArray *out, guint32 value, guint bytes)
{
    for (guint i = 0; i < bytes; i++) g_byte_array_append(out, &(guint8){(guint8)(value >> 8 * i)}, 1);
}

/* From "version needed" to "extra length", the same in both headers (APPNOTE 4.3.7, 4.3.12). */
static void put_member(GByteArray *out, const FuzzMember *member, guint32 crc)
{
    put(out, 20, 2);
    put(out, 0x800, 2); /* names are UTF-8 */
    put(out, 0, 2);
    put(out, 0x21, 4);
    put(out, crc, 4);
    put(out, (guint32)member->length, 4);
    put(out, (guint32)member->length, 4);
    put(out, (guint32)strlen(member->name), 2);
    put(out, 0, 2);
}

GBytes *fuzz_zip(const FuzzMember *members, gsize n)
{
    GByteArray *out = g_byte_array_new();
    g_autoptr (GByteArray) list = g_byte_array_new();
    for (gsize i = 0; i < n; i++) {
        guint32 crc = crc32_of(members[i].content, members[i].length), at = out->len;
        put(out, 0x04034B50, 4);
        put_member(out, &members[i], crc);
        g_byte_array_append(out, (const guint8 *)members[i].name, (guint)strlen(members[i].name));
        if (members[i].length) g_byte_array_append(out, members[i].content, (guint)members[i].length);
        put(list, 0x02014B50, 4);
        put(list, 20, 2);
        put_member(list, &members[i], crc);
        for (guint k = 0; k < 5; k++) put(list, 0, 2); /* comment, disk, attributes */
        put(list, at, 4);
        g_byte_array_append(list, (const guint8 *)members[i].name, (guint)strlen(members[i].name));
    }
    guint32 at = out->len;
    g_byte_array_append(out, list->data, list->len);
    put(out, 0x06054B50, 4);
    put(out, 0, 4);
    put(out, (guint32)n, 2);
    put(out, (guint32)n, 2);
    put(out, list->len, 4);
    put(out, at, 4);
    put(out, 0, 2);
    return g_byte_array_free_to_bytes(out);
}

FuzzMember fuzz_member(const char *name, const uint8_t *data, size_t size, guint i, const char *otherwise)
{
    const uint8_t *start = data, *end = data + size;
    for (; i > 0; i--) {
        const uint8_t *mark = start < end ? memchr(start, 0xFF, (gsize)(end - start)) : NULL;
        if (!mark) return (FuzzMember){name, otherwise, strlen(otherwise)};
        start = mark + 1;
    }
    const uint8_t *mark = start < end ? memchr(start, 0xFF, (gsize)(end - start)) : NULL;
    return (FuzzMember){name, start, (gsize)((mark ? mark : end) - start)};
}

/* --- OLE2 ------------------------------------------------------------------------------------- */

gboolean fuzz_is_ole2(const uint8_t *data, size_t size)
{
    return size >= 8 && memcmp(data, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8) == 0;
}

GBytes *fuzz_ole2(const FuzzMember *streams, gsize n)
{
    GsfOutput *memory = gsf_output_memory_new();
    GsfOutfile *file = gsf_outfile_msole_new(memory);
    for (gsize i = 0; i < n; i++) {
        GsfOutput *stream = gsf_outfile_new_child(file, streams[i].name, FALSE);
        if (streams[i].length) gsf_output_write(stream, streams[i].length, streams[i].content);
        gsf_output_close(stream);
        g_object_unref(stream);
    }
    gsf_output_close(GSF_OUTPUT(file));
    GBytes *bytes =
        g_bytes_new(gsf_output_memory_get_bytes(GSF_OUTPUT_MEMORY(memory)), (gsize)gsf_output_size(memory));
    g_object_unref(file);
    g_object_unref(memory);
    return bytes;
}
