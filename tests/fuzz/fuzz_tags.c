/* Subject tags, of a subject as words_decode() makes it. */
#include "parsers/tags.h"
#include "parsers/words.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_start();
    g_autofree char *raw = fuzz_text(data, size), *subject = words_decode(raw);
    g_autoptr (Tags) tags = tags_parse(subject);
    FUZZ_PROMISE(g_utf8_validate(tags->rest, -1, NULL), "valid UTF-8");
    for (guint i = 0; i < tags->kinds->len; i++) {
        TagKind kind = (TagKind)GPOINTER_TO_UINT(g_ptr_array_index(tags->kinds, i));
        FUZZ_PROMISE(kind > TAG_NONE && kind < TAG_KINDS && tags_kind_name(kind), "a kind that there is");
    }
    for (guint i = 0; i < tags->fields->len; i++) {
        const char *field = g_ptr_array_index(tags->fields, i);
        FUZZ_PROMISE(*field && g_utf8_validate(field, -1, NULL), "fields are text");
    }
    return 0;
}
