/* A winmail.dat. */
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr (GBytes) bytes = g_bytes_new(data, size);
    fuzz_document(bytes, "winmail.dat");
    return 0;
}
