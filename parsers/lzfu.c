#include "parsers/lzfu.h"

#include <string.h>

enum { HEAD_BYTES = 16, WINDOW_BYTES = 4096 };

/* What the window holds at the beginning (2.1.2.1). */
static const char start[] =
    "{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript "
    "\\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par "
    "\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";

typedef struct Window {
    guint8 bytes[WINDOW_BYTES];
    guint next;
} Window;

static void put(Window *window, GByteArray *out, guint8 byte)
{
    window->bytes[window->next] = byte;
    window->next = (window->next + 1) % WINDOW_BYTES;
    g_byte_array_append(out, &byte, 1);
}

/* Each control byte tells of eight tokens, lowest bit first, whether it is a byte or a reference: 12 bits of
 * place in the window, 4 bits of length less two. One that points to where the window is written is the end.
 */
static void expand(const guint8 *at, const guint8 *end, GByteArray *out)
{
    g_autofree Window *window = g_new0(Window, 1);
    memcpy(window->bytes, start, sizeof start - 1);
    window->next = sizeof start - 1;
    while (at < end) {
        guint8 control = *at++;
        for (guint bit = 0; bit < 8 && at < end; bit++) {
            if (!(control >> bit & 1)) {
                put(window, out, *at++);
                continue;
            }
            if (end - at < 2) return;
            guint place = (guint)at[0] << 4 | at[1] >> 4, length = (at[1] & 15u) + 2;
            at += 2;
            if (place == window->next) return;
            for (; length > 0; length--, place++) put(window, out, window->bytes[place % WINDOW_BYTES]);
        }
    }
}

GBytes *lzfu_expand(const guint8 *bytes, gsize length)
{
    if (length < HEAD_BYTES) return NULL;
    GByteArray *out = g_byte_array_new();
    if (memcmp(bytes + 8, "LZFu", 4) == 0)
        expand(bytes + HEAD_BYTES, bytes + length, out);
    else if (memcmp(bytes + 8, "MELA", 4) == 0)
        g_byte_array_append(out, bytes + HEAD_BYTES, (guint)(length - HEAD_BYTES));
    return g_byte_array_free_to_bytes(out);
}
