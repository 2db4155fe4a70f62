/* json_out.c - JSON, written. */
#include "parsers/json_out.h"

#include <stdio.h>
#include <string.h>

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

/* How many bytes at p are ASCII that stands as it is in a JSON string, looked at eight at a time. */
static gsize plain_length(const char *p, gsize length)
{
    const guint64 ones = G_GUINT64_CONSTANT(0x0101010101010101), high = ones << 7;
    gsize n = 0;
    for (guint64 word; n + 8 <= length; n += 8) {
        memcpy(&word, p + n, sizeof word);
        const guint64 quote = word ^ ones * '"', slash = word ^ ones * '\\';
        const guint64 odd = word | (word - ones * 0x20) | (quote - ones) | (slash - ones);
        if (odd & high) break; /* perhaps: a borrow may give a false alarm, never miss one */
    }
    while (n < length && (guchar)p[n] >= 0x20 && (guchar)p[n] < 0x80 && p[n] != '"' && p[n] != '\\') n++;
    return n;
}

void json_out_string(JsonOut *out, const char *string, gsize length)
{
    g_autofree char *mended = NULL;
    gsize plain = plain_length(string, length);
    if (plain == length) { /* the usual case */
        char *p = room(out, length + 2);
        *p = '"';
        memcpy(p + 1, string, length);
        p[length + 1] = '"';
        took(out, p + length + 2);
        return;
    }
    g_string_append_c(out->text, '"');
    if (!g_utf8_validate_len(string, length, NULL)) {
        mended = g_utf8_make_valid(string, (gssize)length);
        string = mended;
        length = strlen(mended);
    }
    plain = 0;
    for (gsize i = 0; i < length; i++) {
        guchar c = (guchar)string[i];
        if (c >= 0x20 && c != '"' && c != '\\') {
            i += plain_length(string + i, length - i);
            if (i == length) break;
            c = (guchar)string[i];
        }
        if (c >= 0x20 && c != '"' && c != '\\') continue; /* no ASCII */
        char escape = escape_of(c);
        g_string_append_len(out->text, string + plain, (gssize)(i - plain));
        g_string_append_c(out->text, '\\');
        g_string_append_c(out->text, escape);
        if (escape == 'u') g_string_append_printf(out->text, "%04x", c);
        plain = i + 1;
    }
    g_string_append_len(out->text, string + plain, (gssize)(length - plain));
    g_string_append_c(out->text, '"');
}

void json_out_integer(JsonOut *out, gint64 value)
{
    char digits[32];
    int n = snprintf(digits, sizeof digits, "%" G_GINT64_FORMAT, value);
    g_string_append_len(out->text, digits, n);
}
