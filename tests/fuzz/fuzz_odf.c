/* The XML of an OpenDocument text or workbook: content and styles, parted by 0xFF; a first byte S says that
 * it is a workbook. */
#include "tests/fuzz/fuzz.h"

static const char TEXT[] = "application/vnd.oasis.opendocument.text";
static const char SHEETS[] = "application/vnd.oasis.opendocument.spreadsheet";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    gboolean sheets = size > 0 && *data == 'S';
    data += sheets;
    size -= sheets;
    const FuzzMember members[] = {
        {"mimetype", sheets ? SHEETS : TEXT, sheets ? sizeof SHEETS - 1 : sizeof TEXT - 1},
        fuzz_member("content.xml", data, size, 0, ""),
        fuzz_member("styles.xml", data, size, 1, ""),
    };
    g_autoptr (GBytes) bytes = fuzz_zip(members, G_N_ELEMENTS(members));
    fuzz_document(bytes, sheets ? "a.ods" : "a.odt");
    return 0;
}
