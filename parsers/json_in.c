/* json_in.c - JSON, read. */
#include "parsers/json_in.h"

#include <string.h>

static void fault(JsonIn *in, const char *what)
{
    if (!in->fault) in->fault = what;
}

/* The next character that is no space, not yet read; 0 at the end and after a fault. */
static char peek(JsonIn *in)
{
    while (in->at < in->end && (*in->at == ' ' || *in->at == '\n' || *in->at == '\r' || *in->at == '\t'))
        in->at++;
    return in->fault || in->at == in->end ? '\0' : *in->at;
}

static gboolean take(JsonIn *in, char c)
{
    if (peek(in) != c) return FALSE;
    in->at++;
    return TRUE;
}

gboolean json_in_open(JsonIn *in, char bracket)
{
    in->fresh = take(in, bracket);
    return in->fresh;
}

gboolean json_in_more(JsonIn *in, char bracket)
{
    const gboolean fresh = in->fresh;
    in->fresh = FALSE;
    if (take(in, bracket)) return FALSE;
    if (!fresh && !take(in, ',')) fault(in, "a comma or the closing bracket is missing");
    if (in->values_left-- == 0) fault(in, "too many values");
    return !in->fault;
}

/* --- strings ---------------------------------------------------------------------------------- */

/* The bytes between the quotes, as they stand there. */
static const char *raw_string(JsonIn *in, gsize *length, gboolean *escapes)
{
    guchar bits = 0; /* that any byte has */
    const char *start = in->at + 1, *p = start;
    *escapes = FALSE;
    for (; p < in->end && *p != '"' && (guchar)*p >= 0x20; p++) {
        bits |= (guchar)*p;
        if (*p != '\\') continue;
        *escapes = TRUE;
        if (++p == in->end) break; /* whatever follows it is no quote */
    }
    *length = (gsize)(p - start);
    if (p == in->end || *p != '"') {
        fault(in, "a string does not end, or has control characters");
        return NULL;
    }
    if (bits >= 0x80 && !g_utf8_validate_len(start, *length, NULL)) {
        fault(in, "a string is no UTF-8");
        return NULL;
    }
    in->at = p + 1;
    return start;
}

/* Four hex digits; G_MAXUINT if they are not there. */
static guint hex4(const char *p, const char *end)
{
    guint value = 0;
    if (end - p < 4) return G_MAXUINT;
    for (guint i = 0; i < 4; i++) {
        if (!g_ascii_isxdigit(p[i])) return G_MAXUINT;
        value = value << 4 | (guint)g_ascii_xdigit_value(p[i]);
    }
    return value;
}

/* What \uXXXX at p stands for, with its other half where it takes two; 0 if it stands for nothing. */
static gunichar long_escape(const char **p, const char *end)
{
    guint first = hex4(*p + 2, end);
    *p += 6;
    if (first == G_MAXUINT || first < 0xd800 || first > 0xdfff) return first == G_MAXUINT ? 0 : first;
    guint second = end - *p >= 6 && (*p)[0] == '\\' && (*p)[1] == 'u' ? hex4(*p + 2, end) : 0;
    if (first > 0xdbff || second < 0xdc00 || second > 0xdfff) return 0;
    *p += 6;
    return 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
}

/* What the escape at *p stands for, and *p behind it; 0 if it is none. */
static gunichar escape(const char **p, const char *end)
{
    static const char letters[] = "\"\\/bfnrt", stand_for[] = "\"\\/\b\f\n\r\t";
    if ((*p)[1] == 'u') return long_escape(p, end);
    const char *found = strchr(letters, (*p)[1]);
    *p += 2;
    return found ? (gunichar)stand_for[found - letters] : 0;
}

/* Never longer than what stands there. */
static char *decoded(JsonIn *in, const char *raw, gsize *length)
{
    const char *p = raw, *end = raw + *length;
    char *string = g_malloc(*length + 1), *to = string;
    while (p < end) {
        const char *slash = memchr(p, '\\', (gsize)(end - p));
        gsize plain = (gsize)((slash ? slash : end) - p);
        memcpy(to, p, plain);
        to += plain;
        p += plain;
        if (!slash) break;
        gunichar c = escape(&p, end);
        if (c == 0) {
            fault(in, "an escape stands for no character");
            g_free(string);
            return NULL;
        }
        to += g_unichar_to_utf8(c, to);
    }
    *length = (gsize)(to - string);
    *to = '\0';
    return string;
}

char *json_in_string(JsonIn *in, gsize *length)
{
    gboolean escapes;
    if (peek(in) != '"') return NULL;
    const char *raw = raw_string(in, length, &escapes);
    return !raw ? NULL : escapes ? decoded(in, raw, length) : g_strndup(raw, *length);
}

/* Whether the name was there, and a colon is behind it: else a fault. */
static gboolean colon(JsonIn *in, gboolean named)
{
    if (!named || !take(in, ':')) fault(in, "a member has no name, or no colon behind it");
    return !in->fault;
}

const char *json_in_name(JsonIn *in, gsize *length)
{
    gboolean escapes;
    const char *name = peek(in) == '"' ? raw_string(in, length, &escapes) : NULL;
    return colon(in, name != NULL) ? name : NULL;
}

char *json_in_free_name(JsonIn *in)
{
    gsize length;
    g_autofree char *name = json_in_string(in, &length);
    return colon(in, name != NULL) ? g_steal_pointer(&name) : NULL;
}

/* --- the rest --------------------------------------------------------------------------------- */

gboolean json_in_integer(JsonIn *in, gint64 *value)
{
    const gboolean negative = peek(in) == '-';
    const char *first = in->at + negative, *p = first;
    guint64 number = 0;
    for (; p < in->end && g_ascii_isdigit(*p); p++) {
        if (number > (G_MAXINT64 - 9) / 10) return FALSE;
        number = number * 10 + (guint64)(*p - '0');
    }
    if (in->fault || p == first || (*first == '0' && p - first > 1) ||
        (p < in->end && (*p == '.' || *p == 'e' || *p == 'E')))
        return FALSE;
    in->at = p;
    *value = negative ? -(gint64)number : (gint64)number;
    return TRUE;
}

gboolean json_in_end(JsonIn *in)
{
    if (!in->fault && (peek(in), in->at < in->end)) fault(in, "more follows behind the end");
    return !in->fault;
}
