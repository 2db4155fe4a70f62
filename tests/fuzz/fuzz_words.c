/* Header fields: words, parameters, addresses. The first byte is data like any other. */
#include "parsers/addresses.h"
#include "parsers/params.h"
#include "parsers/words.h"
#include "tests/fuzz/fuzz.h"

static void check(char *line)
{
    if (line) fuzz_is_line(line);
    g_free(line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_start();
    g_autofree char *raw = fuzz_text(data, size);
    check(words_decode(raw));
    check(words_unfold(raw));
    check(params_value(raw));
    check(params_get(raw, "name"));
    check(params_get(raw, "filename"));
    check(params_path(raw, "filename"));
    check(params_astray(raw, "filename"));
    gsize length = 0;
    g_free(words_percent(raw, &length));
    g_autoptr (Facts) facts = facts_new();
    addresses_parse(raw, facts->from);
    for (guint i = 0; i < facts->from->len; i++) {
        const FactsMailbox *mailbox = g_ptr_array_index(facts->from, i);
        fuzz_is_line(mailbox->name);
        fuzz_is_line(mailbox->address);
    }
    return 0;
}
