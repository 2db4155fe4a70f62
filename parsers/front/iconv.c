/* iconv.c - iconv() to UTF-8 for the small programs: from the charsets of charsets.h, and from Unicode.
 *
 * The linker puts these functions in the place of the C library's, whose charsets are modules: a program that
 * is linked like this one should not load them. Any other charset is beyond it.
 */
#include <errno.h>
#include <iconv.h>
#include <string.h>

#include "beyond.h"
#include "charsets.h"

iconv_t __wrap_iconv_open(const char *to, const char *from);
size_t __wrap_iconv(iconv_t cd, char **in, size_t *left, char **out, size_t *room);
int __wrap_iconv_close(iconv_t cd);

/* Reads one character (or two, the second behind the first) at `p`. Returns its bytes; 0 if it is none, -1 if
 * bytes are missing. */
typedef int (*Decode)(const CharsetTable *table, const guint8 *p, gsize left, guint32 characters[2]);

typedef struct Unicode {
    CharsetTable table; /* its name alone */
    Decode decode;
} Unicode;

static int by_table(const CharsetTable *table, const guint8 *p, gsize left, guint32 characters[2]);

/* --- Unicode ---------------------------------------------------------------------------------- */

static gboolean is_surrogate(guint32 unit)
{
    return (unit & 0xFFFFF800u) == 0xD800;
}

/* RFC 2781. */
static int by_pairs(guint32 unit, guint32 next, gsize left, guint32 *character)
{
    *character = unit;
    if (!is_surrogate(unit)) return 2;
    if (unit >= 0xDC00) return 0;
    if (left < 4) return -1;
    *character = 0x10000 + ((unit & 0x3FF) << 10) + (next & 0x3FF);
    return (next & 0xFC00) == 0xDC00 ? 4 : 0;
}

static int utf16le(const CharsetTable *table, const guint8 *p, gsize left, guint32 *character)
{
    if (left < 2) return -1;
    return by_pairs(p[0] | (guint32)p[1] << 8, left < 4 ? 0 : p[2] | (guint32)p[3] << 8, left, character);
}

static int utf16be(const CharsetTable *table, const guint8 *p, gsize left, guint32 *character)
{
    if (left < 2) return -1;
    return by_pairs(p[1] | (guint32)p[0] << 8, left < 4 ? 0 : p[3] | (guint32)p[2] << 8, left, character);
}

static int whole(guint32 unit, guint32 *character)
{
    *character = unit;
    return unit < 0x110000 && !is_surrogate(unit) ? 4 : 0;
}

static int utf32le(const CharsetTable *table, const guint8 *p, gsize left, guint32 *character)
{
    return left < 4 ? -1
                    : whole(p[0] | (guint32)p[1] << 8 | (guint32)p[2] << 16 | (guint32)p[3] << 24, character);
}

static int utf32be(const CharsetTable *table, const guint8 *p, gsize left, guint32 *character)
{
    return left < 4 ? -1
                    : whole(p[3] | (guint32)p[2] << 8 | (guint32)p[1] << 16 | (guint32)p[0] << 24, character);
}

static const Unicode unicodes[] = {
    {{.name = "UTF-16LE"}, utf16le},
    {{.name = "UTF-16BE"}, utf16be},
    {{.name = "UTF-32LE"}, utf32le},
    {{.name = "UTF-32BE"}, utf32be},
};

/* --- tables ----------------------------------------------------------------------------------- */

/* With what follows it, as far as they are one character together. */
static int joined(const CharsetTable *table, const guint8 *p, gsize left, guint32 *character)
{
    int n = 1;
    for (gsize i = 0; i < table->n_pairs && (gsize)n < left;) {
        const CharsetPair *pair = &table->pairs[i++];
        if (pair->character != *character || pair->bytes != (guint32)n || pair->byte != p[n]) continue;
        *character = pair->together;
        n++;
        i = 0;
    }
    return n;
}

static gboolean is_four(const guint8 *p)
{
    return p[1] >= 0x30 && p[1] <= 0x39 && p[2] >= 0x81 && p[2] <= 0xFE && p[3] >= 0x30 && p[3] <= 0x39;
}

/* GB18030. */
static int four_bytes(const CharsetTable *table, const guint8 *p, gsize left, guint32 *character)
{
    if (left < 4) return -1;
    if (!is_four(p)) return 0;
    guint32 code = ((p[0] - 0x81u) * 10 + p[1] - 0x30u) * 1260 + (p[2] - 0x81u) * 10 + p[3] - 0x30u;
    gsize low = 0, high = table->n_runs;
    while (high - low > 1) {
        gsize middle = (low + high) / 2;
        *(table->runs[middle].code <= code ? &low : &high) = middle;
    }
    *character = table->runs[low].character + (code - table->runs[low].code);
    return table->runs[low].character == CHARSET_NONE ? 0 : 4;
}

static int by_table(const CharsetTable *table, const guint8 *p, gsize left, guint32 characters[2])
{
    characters[0] = table->singles[p[0]];
    if (characters[0] == CHARSET_NONE) return 0;
    if (characters[0] != CHARSET_LEAD) return joined(table, p, left, characters);
    if (left < 2) return -1;
    if (p[1] < CHARSET_SECOND)
        return table->n_runs > 0 && p[1] >= 0x30 ? four_bytes(table, p, left, characters) : 0;
    if (p[1] - CHARSET_SECOND >= CHARSET_SECONDS) return 0;
    guint32 cell = table->doubles[(p[0] - CHARSET_FIRST) * CHARSET_SECONDS + p[1] - CHARSET_SECOND];
    if (cell >= CHARSET_LEAD) return 0;
    characters[0] = cell & 0x1FFFFF;
    characters[1] = cell >> 21 ? CHARSET_MARKS + (cell >> 21) : 0;
    return 2;
}

/* --- iconv ------------------------------------------------------------------------------------ */

iconv_t __wrap_iconv_open(const char *to, const char *from)
{
    if (g_ascii_strcasecmp(to, "UTF-8") != 0) beyond(BEYOND_ALL);
    for (gsize i = 0; i < G_N_ELEMENTS(unicodes); i++)
        if (g_ascii_strcasecmp(unicodes[i].table.name, from) == 0) return (iconv_t)&unicodes[i].table;
    for (const CharsetTable *table = CHARSET_TABLES; table->name; table++)
        if (g_ascii_strcasecmp(table->name, from) == 0) return (iconv_t)table;
    beyond(BEYOND_ALL);
}

/* Behaves as the C library's: stops at what is no character, or not all there, or has no room. */
size_t __wrap_iconv(iconv_t cd, char **in, size_t *left, char **out, size_t *room)
{
    const CharsetTable *table = cd;
    const Decode decode = table->singles ? by_table : ((const Unicode *)cd)->decode;
    if (!in) return 0; /* there is no state */
    while (*left > 0) {
        guint32 characters[2] = {0, 0};
        char text[12];
        int n = decode(table, (const guint8 *)*in, *left, characters);
        errno = n < 0 ? EINVAL : EILSEQ;
        if (n <= 0) return (size_t)-1;
        int bytes = g_unichar_to_utf8(characters[0], text);
        if (characters[1]) bytes += g_unichar_to_utf8(characters[1], text + bytes);
        errno = E2BIG;
        if ((gsize)bytes > *room) return (size_t)-1;
        memcpy(*out, text, (gsize)bytes);
        *out += bytes;
        *room -= (gsize)bytes;
        *in += n;
        *left -= (gsize)n;
    }
    return 0;
}

int __wrap_iconv_close(iconv_t cd)
{
    return 0;
}
