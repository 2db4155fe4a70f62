/* An .xls: the whole file, or the records of its Workbook stream alone, with a control beside them. */
#include "tests/fuzz/fuzz.h"

/* A check box as ActiveX stores it, behind its class. */
static const guint8 CONTROL[] = {0x40, 0x1D, 0xD2, 0x8B, 0x42, 0xEC, 0xCE, 0x11, 0x9E, 0x0D, 0x00, 0xAA,
                                 0x00, 0x60, 0x02, 0xF3, 0x00, 0x02, 0x34, 0x00, 0x46, 0x01, 0xC0, 0x80,
                                 0,    0,    0,    0,    0xFF, 0xFF, 0xFF, 0,    0,    0,    0,    0,
                                 4,    0,    0,    0,    1,    0,    0,    0x80, 9,    0,    0,    0x80,
                                 0,    0,    0,    0,    0,    0,    0,    0,    '1',  0,    0,    0,
                                 'C',  'h',  'e',  'c',  'k',  'B',  'o',  'x',  '1',  0,    0};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_start();
    const FuzzMember streams[] = {{"Workbook", data, size}, {"Ctls", CONTROL, sizeof CONTROL}};
    g_autoptr (GBytes) bytes = fuzz_is_ole2(data, size) ? g_bytes_new(data, size) : fuzz_ole2(streams, 2);
    fuzz_document(bytes, "a.xls");
    return 0;
}
