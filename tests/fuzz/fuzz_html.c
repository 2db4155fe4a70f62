/* HTML as a body, and as a document. */
#include <string.h>

#include "parsers/charset.h"
#include "parsers/html.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_start();
    g_autofree char *charset = html_charset((const char *)data, size);
    g_autofree char *html = charset_to_utf8((const char *)data, size, charset, NULL);
    g_autoptr (GPtrArray) anchors = g_ptr_array_new_with_free_func(html_anchor_free);
    g_autofree char *text = html_to_text(html, anchors);
    FUZZ_PROMISE(g_utf8_validate(text, -1, NULL), "valid UTF-8");
    for (guint i = 0; i < anchors->len; i++) {
        const HtmlAnchor *anchor = g_ptr_array_index(anchors, i);
        FUZZ_PROMISE(anchor->start <= anchor->end && anchor->end <= strlen(text), "anchors are in the text");
        FUZZ_PROMISE(g_utf8_validate(anchor->href, -1, NULL), "valid UTF-8");
    }
    g_autoptr (GBytes) bytes = g_bytes_new(data, size);
    fuzz_document(bytes, "a.html");
    return 0;
}
