/* What a server says, on its way to libetpan: cut anywhere it passes as the same lines, each with its end. */
#include <string.h>

#include "daemon/net/imap_guard.h"
#include "tests/fuzz/fuzz.h"

/* Feeds it in pieces of `step` bytes; TRUE if all of it may pass. */
static gboolean feed(const uint8_t *data, size_t size, size_t step, GString *passed)
{
    ImapGuard guard = {0};
    gboolean good = TRUE;
    imap_guard_begin(&guard, size);
    for (size_t at = 0; good && at < size; at += step)
        good = imap_guard_feed(&guard, (const char *)data + at, MIN(step, size - at), passed, NULL);
    gboolean between = good && guard.line && guard.line->len == 0 && guard.literal == 0 && !guard.dropped;
    FUZZ_PROMISE(!between || passed->len == 0 || passed->str[passed->len - 1] == '\n' ||
                     memchr(data, '{', size) || size > 4000,
                 "a line that passes has its end");
    imap_guard_clear(&guard);
    return good;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_start();
    g_autoptr (GString) whole = g_string_new(NULL);
    g_autoptr (GString) pieces = g_string_new(NULL);
    gboolean good = feed(data, size, MAX(size, 1), whole);
    FUZZ_PROMISE(feed(data, size, 1, pieces) == good, "no piece decides");
    FUZZ_PROMISE(!good || g_string_equal(whole, pieces), "pieces change nothing");
    return 0;
}
