/* A whole mail to JSON, and back as the daemon reads it. */
#include "parsers/mime.h"
#include "tests/fuzz/fuzz.h"

static void count(FactsAttachment *attachment, GBytes *bytes, gpointer data)
{
    FUZZ_PROMISE(attachment->size == g_bytes_get_size(bytes), "the size is that of the bytes");
    attachment->offset = *(gint64 *)data;
    *(gint64 *)data += (gint64)attachment->size;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_start();
    g_autoptr (GBytes) mail = g_bytes_new(data, size);
    gint64 used = 0;
    g_autoptr (Facts) facts = mime_read(mail, count, &used);
    g_free(facts_identity(facts));
    fuzz_facts(facts);
    return 0;
}
