/* mutf7.c - modified UTF-7: printable ASCII stands for itself, "&" is "&-", all else is base64 of UTF-16BE
 * with "," for
 * "/" and without padding, between "&" and "-". */
#include "daemon/net/mutf7.h"

#include <string.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

static gboolean plain(gunichar c)
{
    return c >= 0x20 && c <= 0x7e;
}

/* Bits waiting to become base64 characters. */
typedef struct Bits {
    guint32 value;
    guint count;
} Bits;

static void put_unit(GString *out, Bits *bits, guint unit)
{
    bits->value = bits->value << 16 | unit;
    bits->count += 16;
    while (bits->count >= 6) {
        bits->count -= 6;
        g_string_append_c(out, alphabet[bits->value >> bits->count & 63]);
    }
}

static void put_char(GString *out, Bits *bits, gunichar c)
{
    if (c < 0x10000) {
        put_unit(out, bits, c);
        return;
    }
    put_unit(out, bits, 0xd800 + ((c - 0x10000) >> 10));
    put_unit(out, bits, 0xdc00 + ((c - 0x10000) & 0x3ff));
}

static void end_shift(GString *out, Bits *bits)
{
    if (bits->count > 0) g_string_append_c(out, alphabet[bits->value << (6 - bits->count) & 63]);
    g_string_append_c(out, '-');
    *bits = (Bits){0};
}

char *mutf7_encode(const char *utf8)
{
    g_autofree char *latin = NULL;
    if (!g_utf8_validate(utf8, -1, NULL))
        utf8 = latin = g_convert(utf8, -1, "UTF-8", "ISO-8859-1", NULL, NULL, NULL);
    GString *out = g_string_new(NULL);
    Bits bits = {0};
    gboolean shifted = FALSE;
    for (const char *p = utf8; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (plain(c)) {
            if (shifted) end_shift(out, &bits);
            shifted = FALSE;
            g_string_append(out, c == '&' ? "&-" : (char[]){(char)c, '\0'});
            continue;
        }
        if (!shifted) g_string_append_c(out, '&');
        shifted = TRUE;
        put_char(out, &bits, c);
    }
    if (shifted) end_shift(out, &bits);
    return g_string_free(out, FALSE);
}

/* One UTF-16 unit into UTF-8; *high holds a surrogate that waits for its other half. */
static gboolean take_unit(GString *out, guint unit, guint *high)
{
    gboolean low = unit >= 0xdc00 && unit < 0xe000;
    if (low != (*high != 0)) return FALSE;
    if (low) {
        g_string_append_unichar(out, 0x10000 + ((*high - 0xd800) << 10) + (unit - 0xdc00));
        *high = 0;
    } else if (unit >= 0xd800 && unit < 0xdc00) {
        *high = unit;
    } else if (unit == 0) {
        return FALSE;
    } else {
        g_string_append_unichar(out, unit);
    }
    return TRUE;
}

/* Reads what stands between & and -; returns the byte after -, or NULL. */
static const char *take_shift(GString *out, const char *p)
{
    Bits bits = {0};
    guint high = 0;
    for (; *p != '-'; p++) {
        const char *at = *p == '\0' ? NULL : strchr(alphabet, *p);
        if (at == NULL) return NULL;
        bits.value = (bits.value << 6 | (guint)(at - alphabet)) & 0x3fffff;
        bits.count += 6;
        if (bits.count < 16) continue;
        bits.count -= 16;
        if (!take_unit(out, bits.value >> bits.count & 0xffff, &high)) return NULL;
    }
    gboolean padded = bits.count < 6 && (bits.value & ((1u << bits.count) - 1)) == 0;
    return padded && high == 0 ? p + 1 : NULL;
}

char *mutf7_decode(const char *wire)
{
    g_autoptr (GString) out = g_string_new(NULL);
    for (const char *p = wire; *p != '\0';) {
        if (!plain((guchar)*p)) return NULL;
        if (*p != '&') {
            g_string_append_c(out, *p++);
        } else if (p[1] == '-') {
            g_string_append_c(out, '&');
            p += 2;
        } else if ((p = take_shift(out, p + 1)) == NULL) {
            return NULL;
        }
    }
    return g_strdup(out->str);
}
