/* json_out.c - JSON, written. */
#include "parsers/json_out.h"

#include <stdio.h>
#include <string.h>

#include "parsers/charset_census.h"

/* Where the next `length` bytes go; took() says how many were written. GString's own functions cost more than
 * what they append, most of which is a few bytes long. */
static char *room(JsonOut *out, gsize length)
{
    GString *text = out->text;
    const gsize used = text->len;
    if (text->allocated_len - used <= length) {
        g_string_set_size(text, used + MAX(length, used)); /* twice as much as is there */
        g_string_truncate(text, used);
    }
    return text->str + used;
}

static void took(JsonOut *out, const char *end)
{
    out->text->len = (gsize)(end - out->text->str);
    out->text->str[out->text->len] = '\0';
}

static void new_line(JsonOut *out)
{
    if (!out->pretty) return;
    g_string_append_c(out->text, '\n');
    for (guint i = 0; i < out->depth; i++) g_string_append_len(out->text, "  ", 2);
}

void json_out_open(JsonOut *out, char bracket)
{
    g_string_append_c(out->text, bracket);
    out->depth++;
    out->empty = TRUE;
}

void json_out_close(JsonOut *out, char bracket)
{
    out->depth--;
    if (!out->empty) new_line(out);
    g_string_append_c(out->text, bracket);
    out->empty = FALSE;
}

void json_out_item(JsonOut *out)
{
    if (!out->empty) g_string_append_c(out->text, ',');
    out->empty = FALSE;
    new_line(out);
}

void json_out_key(JsonOut *out, const char *key)
{
    const gsize length = strlen(key);
    json_out_item(out);
    char *p = room(out, length + 4);
    *p++ = '"';
    memcpy(p, key, length);
    p += length;
    *p++ = '"';
    *p++ = ':';
    if (out->pretty) *p++ = ' ';
    took(out, p);
}

/* The letter behind the backslash; 'u' for the long form; 0 for what stands as it is. */
static char escape_of(guchar c)
{
    switch (c) {
    case '"':
    case '\\': return (char)c;
    case '\n': return 'n';
    case '\r': return 'r';
    case '\t': return 't';
    case '\b': return 'b';
    case '\f': return 'f';
    default: return c < 0x20 ? 'u' : 0;
    }
}

/* How many bytes at p stand as they are in a JSON string, looked at eight at a time. */
static gsize plain_length(const char *p, gsize length)
{
    const guint64 ones = G_GUINT64_CONSTANT(0x0101010101010101), high = ones << 7;
    gsize n = 0;
    for (guint64 word; n + 8 <= length; n += 8) {
        memcpy(&word, p + n, sizeof word);
        word = GUINT64_FROM_LE(word);
        const guint64 quote = word ^ ones * '"', slash = word ^ ones * '\\';
        const guint64 odd =
            (((word - ones * 0x20) & ~word) | ((quote - ones) & ~quote) | ((slash - ones) & ~slash)) & high;
        if (odd) return n + (gsize)__builtin_ctzll(odd) / 8; /* a borrow goes up only: the lowest is right */
    }
    while (n < length && !escape_of((guchar)p[n])) n++;
    return n;
}

void json_out_string(JsonOut *out, const char *string, gsize length)
{
    g_autofree char *mended =
        census_is_utf8(string, length) ? NULL : g_utf8_make_valid(string, (gssize)length);
    const char *p = mended ? mended : string, *end = p + (mended ? strlen(mended) : length);
    const gsize longest = 8; /* an escape, or the two quotes */
    char *to = room(out, (gsize)(end - p) + longest);
    *to++ = '"';
    for (;;) {
        const gsize plain = plain_length(p, (gsize)(end - p));
        memcpy(to, p, plain);
        to += plain;
        p += plain;
        if (p == end) break;
        const guchar c = (guchar)*p++;
        const char escape = escape_of(c);
        *to++ = '\\';
        *to++ = escape;
        if (escape == 'u') to += sprintf(to, "%04x", c);
        took(out, to);
        to = room(out, (gsize)(end - p) + longest);
    }
    *to++ = '"';
    took(out, to);
}

void json_out_integer(JsonOut *out, gint64 value)
{
    char digits[32];
    int n = snprintf(digits, sizeof digits, "%" G_GINT64_FORMAT, value);
    g_string_append_len(out->text, digits, n);
}
