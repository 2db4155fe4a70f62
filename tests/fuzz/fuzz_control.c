/* An ActiveX control: its class and its state as bytes, or an OLE2 file with them. */
#include "parsers/forms_control.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_start();
    g_autoptr (GBytes) bytes = g_bytes_new(data, size);
    g_autofree char *shown = forms_control_text(bytes, "{8BD21D40-EC42-11CE-9E0D-00AA006002F3}");
    if (shown) FUZZ_PROMISE(*shown && g_utf8_validate(shown, -1, NULL), "a control shows text");
    return 0;
}
