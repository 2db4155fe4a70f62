/* A .doc: the whole file; or, without its container, two bytes with the length of the WordDocument stream,
 * that stream, and the table stream (piece table). */
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_start();
    g_autoptr (GBytes) bytes = NULL;
    if (fuzz_is_ole2(data, size) || size < 2) {
        bytes = g_bytes_new(data, size);
    } else {
        gsize length = MIN((gsize)(data[0] | data[1] << 8), size - 2);
        const uint8_t *table = data + 2 + length;
        const FuzzMember streams[] = {{"WordDocument", data + 2, length},
                                      {"1Table", table, (gsize)(data + size - table)},
                                      {"0Table", table, (gsize)(data + size - table)}};
        bytes = fuzz_ole2(streams, G_N_ELEMENTS(streams));
    }
    fuzz_document(bytes, "a.doc");
    return 0;
}
