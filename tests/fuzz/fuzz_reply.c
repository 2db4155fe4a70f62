/* What a worker says, as the daemon reads it. */
#include "tests/fuzz/fuzz.h"

#define MEMFD_SIZE 1000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_start();
    g_autoptr (GError) error = NULL;
    g_autoptr (Facts) facts = facts_from_json((const char *)data, size, MEMFD_SIZE, &error);
    FUZZ_PROMISE(!facts == (error != NULL), "facts or an error");
    if (error) FUZZ_PROMISE(error->domain == FACTS_ERROR, "an error of its own");
    if (!facts) return 0;
    for (guint i = 0; i < facts->attachments->len; i++) {
        const FactsAttachment *a = g_ptr_array_index(facts->attachments, i);
        if (a->offset >= 0)
            FUZZ_PROMISE((guint64)a->offset + a->size <= MEMFD_SIZE, "bytes inside the memfd");
    }
    g_free(facts_identity(facts));
    fuzz_facts(facts);
    return 0;
}
