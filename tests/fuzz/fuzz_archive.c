/* Archives of every kind: zip, rar, 7z, tar, gz; and whatever else the bytes look like. */
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr (GBytes) bytes = g_bytes_new(data, size);
    fuzz_document(bytes, "a.zip");
    return 0;
}
