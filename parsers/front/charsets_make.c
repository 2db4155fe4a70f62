/* charsets_make.c - asks iconv what each code of the charsets of Office documents means, and writes it as C.
 *
 * Runs when the program is built; iconv.c reads the tables.
 */
#include <errno.h>
#include <iconv.h>
#include <stdio.h>
#include <string.h>

#include "charsets.h"

/* All that parsers/codepage.c names, and those that parsers/charset.c finds out. */
static const char *const names[] = {
    "GB18030", "BIG5-HKSCS", "UHC",       "CP932",        "CP437",
    "CP850",   "CP852",      "CP866",     "CP874",        "CP1250",
    "CP1251",  "CP1253",     "CP1254",    "CP1255",       "CP1256",
    "CP1257",  "CP1258",     "MACINTOSH", "MAC-CYRILLIC", "MAC-CENTRALEUROPE",
};

enum { MOST = 8 }; /* characters of one code */

/* How many characters the bytes are; 0 if they are none, -1 if bytes are missing. */
static int convert(iconv_t cd, const guint8 *bytes, gsize n, guint32 *characters)
{
    char *in = (char *)bytes, *out = (char *)characters;
    gsize left = n, room = MOST * sizeof(guint32);
    iconv(cd, NULL, NULL, NULL, NULL);
    if (iconv(cd, &in, &left, &out, &room) == (gsize)-1) return errno == EINVAL ? -1 : 0;
    iconv(cd, NULL, NULL, &out, &room);
    return (int)(MOST - room / sizeof(guint32));
}

static guint32 packed(iconv_t cd, const guint8 *bytes, gsize n)
{
    guint32 found[MOST];
    int count = convert(cd, bytes, n, found);
    if (count == 2 && found[1] > CHARSET_MARKS && found[1] - CHARSET_MARKS < 1 << 11)
        return (found[1] - CHARSET_MARKS) << 21 | found[0];
    return count == 1 ? found[0] : count < 0 ? CHARSET_LEAD : CHARSET_NONE;
}

static void print(const guint32 *values, gsize n)
{
    for (gsize i = 0; i < n; i++) printf("0x%x,%c", values[i], i % 16 == 15 ? '\n' : ' ');
    puts("};");
}

/* What a pair stands for may begin another. */
static guint print_pairs(iconv_t cd, const guint32 *singles)
{
    struct Text {
        guint8 bytes[4];
        gsize n;
        guint32 character;
    } texts[4096];
    guint n = 0, pairs = 0;
    for (guint b = 0; b < 256; b++)
        if (singles[b] < CHARSET_LEAD) texts[n++] = (struct Text){{(guint8)b}, 1, singles[b]};
    for (guint i = 0; i < n && n < G_N_ELEMENTS(texts); i++)
        for (guint b = 0; b < 256 && texts[i].n < sizeof texts[i].bytes; b++) {
            struct Text longer = texts[i];
            longer.bytes[longer.n++] = (guint8)b;
            guint32 found[MOST];
            if (convert(cd, longer.bytes, longer.n, found) != 1) continue;
            printf("{0x%x, %u, 0x%x, 0x%x},\n", longer.character, (guint)texts[i].n, b, found[0]);
            longer.character = found[0];
            texts[n++] = longer;
            pairs++;
        }
    return pairs;
}

static guint print_runs(iconv_t cd)
{
    guint n = 0;
    guint32 expected = CHARSET_NONE;
    for (guint32 code = 0; code < 126 * 10 * 126 * 10; code++) {
        const guint8 bytes[] = {(guint8)(0x81 + code / 12600), (guint8)(0x30 + code / 1260 % 10),
                                (guint8)(0x81 + code / 10 % 126), (guint8)(0x30 + code % 10)};
        guint32 character = packed(cd, bytes, sizeof bytes);
        if (character != expected) {
            printf("{%u, 0x%x},\n", code, character);
            n++;
        }
        expected = character < CHARSET_LEAD ? character + 1 : CHARSET_NONE;
    }
    return n;
}

static gboolean print_charset(guint number, char *entry, gsize room)
{
    static guint32 singles[256], doubles[CHARSET_FIRSTS * CHARSET_SECONDS];
    gboolean has_doubles = FALSE, has_fours = FALSE;
    iconv_t cd = iconv_open("WCHAR_T", names[number]);
    if (cd == (iconv_t)-1) return FALSE;
    for (guint b = 0; b < 256; b++) {
        const guint8 bytes[] = {(guint8)b, 0x30};
        singles[b] = packed(cd, bytes, 1);
        has_doubles |= singles[b] == CHARSET_LEAD;
        has_fours |= singles[b] == CHARSET_LEAD && packed(cd, bytes, 2) == CHARSET_LEAD;
    }
    for (guint i = 0; i < G_N_ELEMENTS(doubles); i++) {
        const guint8 bytes[] = {(guint8)(CHARSET_FIRST + i / CHARSET_SECONDS),
                                (guint8)(CHARSET_SECOND + i % CHARSET_SECONDS)};
        doubles[i] = singles[bytes[0]] == CHARSET_LEAD ? packed(cd, bytes, 2) : CHARSET_NONE;
    }
    printf("static const guint32 singles%u[] = {\n", number);
    print(singles, 256);
    if (has_doubles) {
        printf("static const guint32 doubles%u[] = {\n", number);
        print(doubles, G_N_ELEMENTS(doubles));
    }
    printf("static const CharsetPair pairs%u[] = {\n", number);
    guint pairs = has_doubles ? 0 : print_pairs(cd, singles);
    printf("{0, 0, 0, 0}};\nstatic const CharsetRun runs%u[] = {\n", number);
    guint runs = has_fours ? print_runs(cd) : 0;
    puts("{0, 0}};");
    char with[32] = "NULL";
    if (has_doubles) snprintf(with, sizeof with, "doubles%u", number);
    snprintf(entry, room, "{\"%s\", singles%u, %s, pairs%u, runs%u, %u, %u},\n", names[number], number, with,
             number, number, pairs, runs);
    iconv_close(cd);
    return TRUE;
}

int main(void)
{
    static char entries[G_N_ELEMENTS(names)][128];
    puts("#include \"charsets.h\"\n");
    for (guint i = 0; i < G_N_ELEMENTS(names); i++)
        if (!print_charset(i, entries[i], sizeof entries[i])) {
            fprintf(stderr, "charsets_make: iconv does not know %s\n", names[i]);
            return 1;
        }
    puts("const CharsetTable CHARSET_TABLES[] = {");
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) fputs(entries[i], stdout);
    puts("{NULL, NULL, NULL, NULL, NULL, 0, 0}};");
    return ferror(stdout) || fclose(stdout) ? 1 : 0;
}
