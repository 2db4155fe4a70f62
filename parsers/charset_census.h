/* charset_census.h - what bytes look like, whatever their label says. For the charsets and JSON. */
#pragma once

#include <glib.h>

typedef struct Utf8Census {
    gsize bad;   /* bytes that belong to no character */
    gsize multi; /* characters of more than one byte */
    gsize wide;  /* of three or four bytes: these are rare in GB18030 text that is not UTF-8 */
    gsize cut;   /* of the bad bytes: those at the end that begin a character */
} Utf8Census;

/* What bytes are when read two by two as GBK, and what the same pairs are in Big5. */
typedef struct PairCensus {
    gsize all;
    gsize everyday; /* of the 3755 hanzi that everybody uses: GB 2312 level 1 */
    gsize late;     /* of these, those behind where the syllables of EUC-KR end */
    gsize gb2312;   /* everyday ones, the other hanzi and the symbols of GB 2312 */
    gsize letters;  /* second byte is an ASCII letter */
    gsize own;      /* in the areas that GBK leaves to its users: no text from elsewhere has these */
    gsize longest;  /* pairs in a row */
    gsize big5;     /* of the 5401 hanzi that everybody uses in Big5: its level 1 */
    gboolean odd;   /* a byte that is no half of a pair */
} PairCensus;

/* How many bytes at p are ASCII, looked at eight at a time; NUL is counted as none. */
gsize census_ascii(const char *p, gsize length);

/* Whether the bytes are UTF-8 (RFC 3629) without NUL. */
gboolean census_is_utf8(const char *p, gsize length);

/* Length of the well-formed character at p (RFC 3629: no surrogates, nothing overlong), 0 if none. `left` is
 * at least 1. */
gsize census_utf8_length(const guchar *p, gsize left);

Utf8Census census_utf8(const guchar *p, gsize length);
PairCensus census_pairs(const guchar *p, gsize length);

/* Whether it is Big5 rather than GBK, by what its pairs would be in both. Whether it decodes is not looked
 * at. */
gboolean census_rather_big5(const PairCensus *pairs);

/* Whether it is UTF-16 without a mark: zeros are in the high bytes only (but in 一, 开 and the like) and what
 * they belong to is text; or, with hardly a zero, all units are Chinese text. To be asked of bytes that have
 * a zero, or are neither ASCII nor UTF-8. */
gboolean census_utf16(const guchar *p, gsize length);

/* Its order: that whose high bytes are the more often zero, then that in which it is Chinese; little-endian
 * in doubt. Static. */
const char *census_utf16_order(const guchar *p, gsize length);

/* Whether ASCII bytes are HZ (RFC 1843) that nobody has labelled: every ~{ is closed by ~} on its line, and
 * what is between is hanzi, mostly everyday ones, and no word in capitals. */
gboolean census_hz(const char *p, gsize length);

/* The charset, as iconv knows it, of bytes that say they are `name`: one of UTF-8, GB18030 and CP1252, which
 * programs write on what they have not looked at. `name` itself, unless the bytes plainly say otherwise. */
const char *census_contradict(const char *name, const guchar *p, gsize length);
