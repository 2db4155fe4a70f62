/* The tables that baosong-parse has in the place of iconv's modules say what those say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <glib.h>
#include <iconv.h>
#include <string.h>

#include "parsers/front/beyond.h"
#include "parsers/front/charsets.h"

iconv_t __wrap_iconv_open(const char *to, const char *from);
size_t __wrap_iconv(iconv_t cd, char **in, size_t *left, char **out, size_t *room);

void beyond(int who)
{
    fail_msg("a charset is beyond the tables");
    g_assert_not_reached();
}

typedef size_t (*Convert)(iconv_t cd, char **in, size_t *left, char **out, size_t *room);

static gboolean passed; /* glibc's UHC stops behind a code that it refuses, and a byte too many is lost */

/* The text, with a "?" for each byte that is refused. The output has little room, so that it ends in between.
 */
static const char *text_of(Convert convert, iconv_t cd, const char *bytes, gsize n, char text[256])
{
    char *in = (char *)bytes, *to = text;
    size_t left = n;
    convert(cd, NULL, NULL, NULL, NULL);
    while (left > 0) {
        const char *began = in;
        size_t room = 13, got = convert(cd, &in, &left, &to, &room);
        if (got != (size_t)-1 || errno == E2BIG) continue;
        passed |= room == 13 && in > began;
        size_t rest = 13;
        convert(cd, NULL, NULL, &to, &rest);
        *to++ = '?';
        in++;
        left--;
    }
    size_t room = 13;
    convert(cd, NULL, NULL, &to, &room);
    *to = '\0';
    return text;
}

typedef struct Pair {
    const char *name;
    iconv_t theirs, ours;
} Pair;

static void same(const Pair *pair, const guint8 *bytes, gsize n)
{
    char expected[256], found[256];
    passed = FALSE;
    text_of(iconv, pair->theirs, (const char *)bytes, n, expected);
    text_of(__wrap_iconv, pair->ours, (const char *)bytes, n, found);
    if (strcmp(expected, found) != 0 && !(passed && strcmp(pair->name, "UHC") == 0))
        fail_msg("%s: %02x %02x %02x %02x: %s and not %s", pair->name, bytes[0], bytes[1], bytes[2], bytes[3],
                 found, expected);
}

/* All codes of two bytes, with something behind them. */
static void try_doubles(const Pair *pair)
{
    for (guint first = 1; first < 256; first++)
        for (guint second = 1; second < 256; second++)
            same(pair, (const guint8[]){(guint8)first, (guint8)second, 'a', 0xEC, 'b'}, 5);
}

/* Letters with two marks behind each other. */
static void try_marks(const Pair *pair)
{
    for (guint first = 'A'; first < 256; first++)
        for (guint second = 0xC0; second < 0xFF; second++)
            for (guint third = 0xC0; third < 0xFF; third++)
                same(pair, (const guint8[]){(guint8)first, (guint8)second, (guint8)third, 'a'}, 4);
}

static void try_fours(const Pair *pair)
{
    for (guint first = 0x80; first < 256; first++)
        for (guint second = 0x2F; second < 0x3B; second++)
            for (guint third = 0x80; third < 256; third++)
                for (guint fourth = 0x2F; fourth < 0x3B; fourth++)
                    same(pair, (const guint8[]){(guint8)first, (guint8)second, (guint8)third, (guint8)fourth},
                         4);
}

/* NUL would end the texts that are compared. */
static void try_units(const Pair *pair)
{
    static const guint16 units[] = {'a',    0xFF,   0x100,  0xD7FF, 0xD800, 0xDBFF, 0xDC00, 0xDFFF,
                                    0xE000, 0xFEFF, 0xFFFE, 0xFFFF, 1,      16,     17};
    for (gsize i = 0; i < G_N_ELEMENTS(units); i++)
        for (gsize k = 0; k < G_N_ELEMENTS(units); k++)
            for (gsize n = 4; n <= 8; n++) {
                guint8 bytes[8];
                const guint16 three[] = {units[i], units[k], 0x4E2D, units[i]};
                for (gsize at = 0; at < sizeof bytes; at++)
                    bytes[at] = (guint8)(three[at / 2] >> (at % 2 ? 8 : 0));
                same(pair, bytes, n);
                for (gsize at = 0; at < sizeof bytes; at++)
                    bytes[at] = (guint8)(three[at / 2] >> (at % 2 ? 0 : 8));
                same(pair, bytes, n);
            }
}

static void with(const char *name, void (*try)(const Pair *pair))
{
    const Pair pair = {name, iconv_open("UTF-8", name), __wrap_iconv_open("UTF-8", name)};
    assert_true(pair.theirs != (iconv_t)-1);
    try(&pair);
    iconv_close(pair.theirs);
}

static void test_tables(void **state)
{
    for (const CharsetTable *table = CHARSET_TABLES; table->name; table++) with(table->name, try_doubles);
    with("cp1255", try_marks);
    with("CP1258", try_marks);
    with("gb18030", try_fours);
}

static void test_unicode(void **state)
{
    with("UTF-16LE", try_units);
    with("utf-16be", try_units);
    with("UTF-32LE", try_units);
    with("UTF-32BE", try_units);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_tables), cmocka_unit_test(test_unicode)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
