/* charset_census.c - labels lie, but bytes of one charset hardly ever look like those of another. */
#include "parsers/charset_census.h"

#include <string.h>

/* --- UTF-8 ------------------------------------------------------------------------------------ */

gsize census_utf8_length(const guchar *p, gsize left)
{
    guchar lead = p[0];
    if (lead < 0x80) return 1;
    gsize length = lead >= 0xC2 && lead <= 0xDF   ? 2
                   : lead >= 0xE0 && lead <= 0xEF ? 3
                   : lead >= 0xF0 && lead <= 0xF4 ? 4
                                                  : 0;
    if (length == 0 || length > left) return 0;
    guchar low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    guchar high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    if (p[1] < low || p[1] > high) return 0;
    for (gsize k = 2; k < length; k++)
        if ((p[k] & 0xC0) != 0x80) return 0;
    return length;
}

gsize census_ascii(const char *p, gsize length)
{
    const guint64 high = G_GUINT64_CONSTANT(0x8080808080808080),
                  ones = G_GUINT64_CONSTANT(0x0101010101010101);
    gsize n = 0;
    for (guint64 word; n + 8 <= length; n += 8) {
        memcpy(&word, p + n, sizeof word);
        if ((word & high) || ((word - ones) & ~word & high)) break;
    }
    while (n < length && p[n] > 0) n++;
    return n;
}

/* What follows of characters of three bytes, which hanzi are: *p behind them, FALSE at one that is none. */
static gboolean skip_three(const guchar **p, const guchar *end)
{
    guint32 bits;
    for (; end - *p >= 4; *p += 3) {
        memcpy(&bits, *p, sizeof bits);
        bits = GUINT32_FROM_LE(bits);
        if ((bits & 0xC0C0F0) != 0x8080E0) break;
        const guint32 top = bits & 0x200F; /* of the second byte, beside the last of the first */
        if (top == 0x0000 || top == 0x200D) return FALSE; /* overlong; a surrogate */
    }
    return TRUE;
}

gboolean census_is_utf8(const char *text, gsize length)
{
    const guchar *p = (const guchar *)text, *end = p + length;
    while (p < end) {
        if (!skip_three(&p, end)) return FALSE;
        p += census_ascii((const char *)p, (gsize)(end - p));
        if (p == end) break;
        const gsize n = *p ? census_utf8_length(p, (gsize)(end - p)) : 0;
        if (n == 0) return FALSE;
        p += n;
    }
    return TRUE;
}

/* Whether a character begins at p that the end of the bytes has cut off. */
static gboolean is_cut(const guchar *p, gsize left)
{
    if (left >= 4 || p[0] < 0xE0) return FALSE;
    for (gsize i = 1; i < left; i++)
        if ((p[i] & 0xC0) != 0x80) return FALSE;
    return TRUE;
}

Utf8Census census_utf8(const guchar *p, gsize length)
{
    Utf8Census census = {0};
    for (gsize i = 0; i < length;) {
        i += census_ascii((const char *)p + i, length - i);
        if (i == length) break;
        gsize n = census_utf8_length(p + i, length - i);
        if (n == 0) census.bad++;
        if (n == 0 && census.cut == 0 && is_cut(p + i, length - i)) census.cut = length - i;
        if (n > 1) census.multi++;
        if (n > 2) census.wide++;
        i += n ? n : 1;
    }
    return census;
}

/* --- pairs ------------------------------------------------------------------------------------ */

static gboolean is_lead(guchar byte)
{
    return byte > 0x80 && byte < 0xFF;
}

/* GB18030 has characters of four bytes too: hanzi so rare that they say nothing. */
static gboolean is_four(const guchar *p, gsize left)
{
    return left >= 4 && g_ascii_isdigit(p[1]) && is_lead(p[2]) && g_ascii_isdigit(p[3]);
}

static gboolean is_own(guchar first, guchar second)
{
    if (second >= 0xA1) return (first >= 0xAA && first <= 0xAF) || first >= 0xF8;
    return first >= 0xA1 && first <= 0xA7;
}

static void count_pair(PairCensus *pairs, guchar first, guchar second)
{
    pairs->all++;
    pairs->everyday += first >= 0xB0 && first <= 0xD7 && second >= 0xA1;
    pairs->late += first >= 0xC9 && first <= 0xD7 && second >= 0xA1;
    pairs->gb2312 += first >= 0xA1 && first <= 0xF7 && second >= 0xA1;
    pairs->letters += g_ascii_isalpha(second);
    pairs->own += is_own(first, second);
    pairs->big5 += first >= 0xA4 && first <= 0xC6 && (second < 0x7F || second >= 0xA1);
}

PairCensus census_pairs(const guchar *p, gsize length)
{
    PairCensus pairs = {0};
    gsize row = 0;
    for (gsize i = 0; i < length; i++) {
        guchar second = i + 1 < length ? p[i + 1] : 0;
        if (p[i] < 0x80) {
            row = 0;
        } else if (is_lead(p[i]) && is_four(p + i, length - i)) {
            i += 3;
        } else if (!is_lead(p[i]) || second < 0x40 || second == 0x7F || second == 0xFF) {
            pairs.odd = TRUE;
            row = 0;
        } else {
            count_pair(&pairs, p[i], second);
            row++;
            pairs.longest = MAX(pairs.longest, row);
            i++;
        }
    }
    return pairs;
}

gboolean census_rather_big5(const PairCensus *pairs)
{
    return !pairs->odd && pairs->own > 0 && pairs->big5 > pairs->everyday;
}

/* --- UTF-16 ----------------------------------------------------------------------------------- */

/* Bytes that are zero in units, at each place: `sure` are those of characters below N, whose other byte is no
 * hanzi's (一 is U+4E00). FALSE if a unit is a control character in either order. */
static gboolean count_zeros(const guchar *p, gsize length, gsize zeros[2], gsize sure[2])
{
    for (gsize i = 0; i + 1 < length; i += 2) {
        if (p[i] && p[i + 1]) continue;
        guchar other = p[i] ? p[i] : p[i + 1];
        if (other == 0) return FALSE;
        if (other < ' ' ? !strchr("\t\n\f\r", other) : other == 0x7F) return FALSE;
        zeros[p[i] ? 1 : 0]++;
        sure[p[i] ? 1 : 0] += other < 'N';
    }
    return TRUE;
}

typedef struct Block {
    guchar block, first, last;
} Block;

/* What Chinese text has beside hanzi: by high byte, the low bytes from first to last. */
static const Block beside_hanzi[] = {
    {0x00, '\t', '\n'}, {0x00, '\f', '\r'}, {0x00, ' ', 0xFF},  {0x20, 0x10, 0x3B}, {0x21, 0x03, 0xFF},
    {0x22, 0x00, 0xFF}, {0x24, 0x60, 0xFF}, {0x25, 0x00, 0xFF}, {0x26, 0x00, 0x42}, {0x27, 0x00, 0x14},
    {0x30, 0x00, 0xFF}, {0xFF, 0x01, 0x5E}, {0xFF, 0xE0, 0xE5},
};

static gboolean is_beside_hanzi(guchar block, guchar low)
{
    for (gsize i = 0; i < G_N_ELEMENTS(beside_hanzi); i++)
        if (beside_hanzi[i].block == block && low >= beside_hanzi[i].first && low <= beside_hanzi[i].last)
            return TRUE;
    return FALSE;
}

/* Whether the units are Chinese text if the high byte is that one of the two: nothing but hanzi and what
 * stands between them, eight characters at least. Two ASCII bytes are a hanzi as well, but only half of the
 * hanzi are two ASCII bytes. */
static gboolean is_chinese_in(const guchar *p, gsize length, gsize high)
{
    gsize hanzi = 0, narrow = 0;
    for (gsize i = 0; i + 1 < length; i += 2) {
        const gboolean is_hanzi = p[i + high] >= 0x4E && p[i + high] <= 0x9F;
        if (!is_hanzi && !is_beside_hanzi(p[i + high], p[i + 1 - high])) return FALSE;
        hanzi += is_hanzi;
        narrow += is_hanzi && p[i] < 0x80 && p[i + 1] < 0x80;
    }
    return length >= 16 && hanzi * 4 > length && narrow * 4 < hanzi * 3;
}

/* The order in which units are Chinese text; NULL if they are in neither, or in both. */
static const char *chinese_order(const guchar *p, gsize length)
{
    const gboolean big = is_chinese_in(p, length, 0), little = is_chinese_in(p, length, 1);
    return big == little ? NULL : big ? "UTF-16BE" : "UTF-16LE";
}

/* Whether hanzi in UTF-8 are among the bytes, and nothing that is no UTF-8: UTF-16 has no such by chance. */
static gboolean is_wide_utf8(const guchar *p, gsize length)
{
    enum { WIDE_MIN = 4 };
    const Utf8Census census = census_utf8(p, length);
    return census.wide >= WIDE_MIN && census.bad == 0;
}

gboolean census_utf16(const guchar *p, gsize length)
{
    if (length < 4 || length % 2 != 0) return FALSE;
    gsize zeros[2] = {0, 0}, sure[2] = {0, 0};
    const gboolean text = count_zeros(p, length, zeros, sure) && (sure[0] == 0 || sure[1] == 0) &&
                          (zeros[0] == 0 || zeros[1] == 0 || sure[0] + sure[1] > 0);
    /* Hanzi are most of a text, but few are without line ends, blanks or figures. */
    const gboolean zero = text && (zeros[0] + zeros[1]) * 200 >= length;
    return (zero || chinese_order(p, length) != NULL) && !is_wide_utf8(p, length);
}

const char *census_utf16_order(const guchar *p, gsize length)
{
    gsize zeros[2] = {0, 0}, sure[2] = {0, 0};
    count_zeros(p, length, zeros, sure);
    const char *chinese = sure[0] == sure[1] ? chinese_order(p, length & ~(gsize)1) : NULL;
    const gsize *counts = sure[0] != sure[1] ? sure : zeros;
    return chinese ? chinese : counts[0] > counts[1] ? "UTF-16BE" : "UTF-16LE";
}

/* --- HZ --------------------------------------------------------------------------------------- */

/* Counts the pairs from p up to "~}" on the same line; where that is, or NULL. */
static const char *hz_pairs(const char *p, const char *end, PairCensus *pairs, gboolean *word)
{
    *word = TRUE;
    for (; end - p >= 2; p += 2) {
        if (p[0] == '~') return p[1] == '}' ? p : NULL;
        if (p[0] <= ' ' || p[1] <= ' ' || p[0] == 0x7F || p[1] == 0x7F) return NULL;
        *word = *word && (g_ascii_isupper(p[0]) || g_ascii_isdigit(p[0])) &&
                (g_ascii_isupper(p[1]) || g_ascii_isdigit(p[1]) || p[1] == '_');
        count_pair(pairs, (guchar)p[0] | 0x80, (guchar)p[1] | 0x80);
    }
    return NULL;
}

gboolean census_hz(const char *p, gsize length)
{
    PairCensus pairs = {0};
    const char *end = p + length;
    gboolean chinese = FALSE, word;
    while (end > p && (p = memmem(p, (gsize)(end - p), "~{", 2))) {
        p = hz_pairs(p + 2, end, &pairs, &word);
        if (!p) return FALSE;
        chinese |= !word;
        p += 2;
    }
    return chinese && pairs.all >= 2 && pairs.gb2312 == pairs.all && pairs.everyday * 3 >= pairs.all * 2;
}

/* --- labels that lie -------------------------------------------------------------------------- */

/* é and ü are letters, and the bytes of 茅 and 眉 when they are in UTF-8: hanzi stand beside each other. */
static gboolean is_everyday_chinese(const PairCensus *pairs)
{
    return !pairs->odd && pairs->own == 0 && pairs->longest >= 2 && pairs->everyday * 2 > pairs->all;
}

/* In GBK one pair in five is a character of UTF-8 by chance, and hardly any three bytes are. */
static gboolean is_gb_not_utf8(const Utf8Census *utf8, const PairCensus *pairs)
{
    gsize bad = utf8->wide > 0 ? utf8->bad - utf8->cut : utf8->bad;
    gboolean hanzi = utf8->multi == 0 ? pairs->letters * 2 < pairs->all : pairs->gb2312 * 2 > pairs->all;
    gboolean most = bad >= utf8->multi || (pairs->everyday == pairs->all && pairs->longest >= 2);
    return bad > utf8->wide && most && !pairs->odd && pairs->own == 0 && hanzi;
}

const char *census_contradict(const char *name, const guchar *p, gsize length)
{
    Utf8Census utf8 = census_utf8(p, length);
    gboolean labelled = strcmp(name, "UTF-8") == 0;
    if ((labelled && utf8.bad == 0) || utf8.multi + utf8.bad == 0) return name;
    PairCensus pairs = census_pairs(p, length);
    if (labelled) return is_gb_not_utf8(&utf8, &pairs) ? "GB18030" : name;
    gboolean chinese = is_everyday_chinese(&pairs);
    gboolean wide = utf8.wide > 0 && (utf8.bad <= utf8.cut || utf8.bad * 8 < utf8.wide);
    if (wide && (!chinese || pairs.everyday * 4 < pairs.all * 3)) return "UTF-8";
    if (strcmp(name, "GB18030") == 0) return name;
    if (chinese) return "GB18030";
    return utf8.bad == 0 ? "UTF-8" : name;
}
