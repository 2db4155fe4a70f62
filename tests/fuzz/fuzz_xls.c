/* An .xls: the whole file, or the records of its Workbook stream alone. */
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_start();
    const FuzzMember stream = {"Workbook", data, size};
    g_autoptr (GBytes) bytes = fuzz_is_ole2(data, size) ? g_bytes_new(data, size) : fuzz_ole2(&stream, 1);
    fuzz_document(bytes, "a.xls");
    return 0;
}
