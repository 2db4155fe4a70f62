#include "parsers/transfer.h"

#ifdef __x86_64__
#include <immintrin.h>
#endif
#include <string.h>

/* --- which ------------------------------------------------------------------------------------ */

Transfer transfer_of(const char *raw)
{
    static const struct {
        const char *name;
        Transfer transfer;
    } KNOWN[] = {{"base64", TRANSFER_BASE64},         {"quoted-printable", TRANSFER_QUOTED},
                 {"x-uuencode", TRANSFER_UU},         {"x-uue", TRANSFER_UU},
                 {"uuencode", TRANSFER_UU},           {"base-64", TRANSFER_BASE64},
                 {"quotedprintable", TRANSFER_QUOTED}};
    const char *p = raw ? raw : "";
    while (*p && (g_ascii_isspace(*p) || *p == '"')) p++;
    for (gsize i = 0; i < G_N_ELEMENTS(KNOWN); i++) {
        gsize n = strlen(KNOWN[i].name);
        if (g_ascii_strncasecmp(p, KNOWN[i].name, n) == 0 && !g_ascii_isalnum(p[n]) && p[n] != '-')
            return KNOWN[i].transfer;
    }
    return TRANSFER_NONE;
}

/* --- base64 ----------------------------------------------------------------------------------- */

enum { PAD = 1u << 24, SKIP = 1u << 25 };

/* What a character gives at each of the four places of a group: six of 24 bits; PAD for "=", SKIP for all
 * that is no base64. */
typedef guint32 Places[4][256];

static const Places *base64_places(void)
{
    static Places places;
    static gboolean made;
    if (made) return (const Places *)&places;
    static const char ALPHABET[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (guint place = 0; place < 4; place++) {
        for (guint c = 0; c < 256; c++) places[place][c] = SKIP;
        for (guint i = 0; i < 64; i++) places[place][(guchar)ALPHABET[i]] = i << (18 - 6 * place);
        places[place]['='] = PAD;
    }
    made = TRUE;
    return (const Places *)&places;
}

#ifdef __x86_64__
/* Sixteen characters at a time, after Muła and Lemire, "Faster Base64 Encoding and Decoding using AVX2
 * Instructions" (2018): half of a character's bits tell what kind it may be, the other half whether it is of
 * that kind; each kind has one distance to its value. */
__attribute__((target("ssse3"))) static const guint8 *decode_sixteens(const guint8 *p, const guint8 *end,
                                                                      guint8 **out)
{
    const __m128i kinds_high = _mm_setr_epi8(16, 16, 1, 2, 4, 8, 4, 8, 16, 16, 16, 16, 16, 16, 16, 16),
                  kinds_low = _mm_setr_epi8(21, 17, 17, 17, 17, 17, 17, 17, 17, 17, 19, 26, 27, 27, 27, 26),
                  distances = _mm_setr_epi8(0, 16, 19, 4, -65, -65, -71, -71, 0, 0, 0, 0, 0, 0, 0, 0),
                  order = _mm_setr_epi8(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1),
                  slash = _mm_set1_epi8('/');
    for (; end - p >= 16; p += 16) {
        const __m128i text = _mm_loadu_si128((const __m128i *)(const void *)p),
                      high = _mm_and_si128(_mm_srli_epi32(text, 4), slash), low = _mm_and_si128(text, slash),
                      odd =
                          _mm_and_si128(_mm_shuffle_epi8(kinds_high, high), _mm_shuffle_epi8(kinds_low, low));
        if (_mm_movemask_epi8(_mm_cmpgt_epi8(odd, _mm_setzero_si128()))) break;
        const __m128i kind = _mm_add_epi8(_mm_cmpeq_epi8(text, slash), high),
                      sixes = _mm_add_epi8(text, _mm_shuffle_epi8(distances, kind)),
                      twelves = _mm_maddubs_epi16(sixes, _mm_set1_epi32(0x01400140)),
                      groups = _mm_madd_epi16(twelves, _mm_set1_epi32(0x00011000));
        _mm_storeu_si128((__m128i *)(void *)*out, _mm_shuffle_epi8(groups, order));
        *out += 12;
    }
    return p;
}
#endif

/* Whole groups and the line ends between them: the usual case. Writes up to four bytes more than it says. */
static const guint8 *decode_groups(const Places *places, const guint8 *p, const guint8 *end, guint8 **out)
{
    for (guint8 *to = *out;;) { /* a copy: bytes that are written could be *out itself */
#ifdef __x86_64__
        if (__builtin_cpu_supports("ssse3")) p = decode_sixteens(p, end, &to);
#endif
        for (; end - p >= 4; p += 4) {
            const guint32 bits =
                (*places)[0][p[0]] | (*places)[1][p[1]] | (*places)[2][p[2]] | (*places)[3][p[3]];
            if (bits & (PAD | SKIP)) break;
            const guint32 bytes = GUINT32_TO_BE(bits << 8);
            memcpy(to, &bytes, sizeof bytes);
            to += 3;
        }
        *out = to;
        if (p == end || (*p != '\r' && *p != '\n')) return p;
        while (p < end && (*p == '\r' || *p == '\n')) p++;
    }
}

typedef struct Group {
    guint32 bits;
    guint count; /* characters in it: 0 to 3 */
} Group;

/* Padding ends a group wherever it stands: mailers join pieces that were encoded one by one. */
static guint8 *close_group(Group *group, guint8 *out)
{
    if (group->count == 2) *out++ = (guint8)(group->bits >> 4);
    if (group->count == 3) {
        *out++ = (guint8)(group->bits >> 10);
        *out++ = (guint8)(group->bits >> 2);
    }
    *group = (Group){0, 0};
    return out;
}

/* A line that begins with two dashes: of a boundary that the header does not know. */
static gboolean ends_base64(const guint8 *p, const guint8 *start, const guint8 *end)
{
    return *p == '-' && end - p > 1 && p[1] == '-' && (p == start || p[-1] == '\n');
}

static GBytes *decode_base64(const char *data, gsize length)
{
    const Places *places = base64_places();
    const guint8 *p = (const guint8 *)data, *end = p + length;
    guint8 *bytes = g_malloc(length / 4 * 3 + 8), *out = bytes;
    Group group = {0, 0};
    while (p < end) {
        if (group.count == 0) p = decode_groups(places, p, end, &out);
        if (p == end || ends_base64(p, (const guint8 *)data, end)) break;
        const guint32 value = (*places)[3][*p++];
        if (value & PAD) out = close_group(&group, out);
        if (value & (PAD | SKIP)) continue;
        group.bits = group.bits << 6 | value;
        if (++group.count < 4) continue;
        *out++ = (guint8)(group.bits >> 16);
        *out++ = (guint8)(group.bits >> 8);
        *out++ = (guint8)group.bits;
        group = (Group){0, 0};
    }
    out = close_group(&group, out);
    return g_bytes_new_take(bytes, (gsize)(out - bytes));
}

/* --- quoted-printable ------------------------------------------------------------------------- */

/* The length of the soft line break at p ("=", white space, line end, of as many CR as there may be), 0 if
 * there is none. */
static gsize soft_break(const char *p, const char *end)
{
    const char *q = p + 1;
    while (q < end && (*q == ' ' || *q == '\t')) q++;
    if (q == end) return (gsize)(q - p);
    while (q < end && *q == '\r') q++;
    return q < end && *q == '\n' ? (gsize)(q + 1 - p) : 0;
}

static GBytes *decode_quoted(const char *data, gsize length)
{
    char *bytes = g_malloc(length + 1), *out = bytes;
    const char *p = data, *end = data + length;
    while (p < end) {
        const char *equals = memchr(p, '=', (gsize)(end - p));
        gsize plain = (gsize)((equals ? equals : end) - p);
        memcpy(out, p, plain);
        out += plain;
        p += plain;
        if (!equals) break;
        gsize soft = soft_break(p, end);
        if (soft > 0) {
            p += soft;
        } else if (end - p > 2 && g_ascii_isxdigit(p[1]) && g_ascii_isxdigit(p[2])) {
            *out++ = (char)(g_ascii_xdigit_value(p[1]) << 4 | g_ascii_xdigit_value(p[2]));
            p += 3;
        } else {
            *out++ = *p++;
        }
    }
    return g_bytes_new_take(bytes, (gsize)(out - bytes));
}

static GBytes *decode_uu(const char *data, gsize length)
{
    TransferFile file;
    if (!transfer_find_file(data, length, 0, &file)) return g_bytes_new(data, length);
    GBytes *content = g_steal_pointer(&file.content);
    transfer_file_clear(&file);
    return content;
}

GBytes *transfer_decode(Transfer transfer, const char *data, gsize length)
{
    switch (transfer) {
    case TRANSFER_BASE64: return decode_base64(data, length);
    case TRANSFER_QUOTED: return decode_quoted(data, length);
    case TRANSFER_UU: return decode_uu(data, length);
    case TRANSFER_NONE: break;
    }
    return g_bytes_new(data, length);
}
