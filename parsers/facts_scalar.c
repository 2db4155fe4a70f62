/* facts_scalar.c - the strings, numbers and names in the JSON of facts. */
#include "parsers/facts_json.h"

#include <string.h>

#include "parsers/charset_census.h"
#include "parsers/limits.h"

void facts_json_fault(Reader *reader, int code, const char *key, const char *what)
{
    if (reader->in.fault) return;
    reader->in.fault = what;
    reader->error = g_error_new(FACTS_ERROR, code, "the worker's reply: %s: %s", key, what);
}

/* --- strings: one line (no control characters), many lines, hex ------------------------------- */

static gboolean is_line(const char *s)
{
    for (; *s; s++)
        if ((guchar)*s < 0x20 || *s == 0x7f) return FALSE;
    return TRUE;
}

/* A file name that is too long loses its middle: its end says what it is. */
static char *shorten(const char *s, glong length, glong max)
{
    const glong tail = MIN(20, max / 4);
    g_autofree char *head = g_utf8_substring(s, 0, max - tail - 1);
    return g_strconcat(head, "…", g_utf8_offset_to_pointer(s, length - tail), NULL);
}

/* Whether a line needs no mending: the usual case. */
static gboolean is_short_line(const char *s, gsize length, guint max)
{
    return length <= max && is_line(s) && census_is_utf8(s, length);
}

static void write_line(JsonOut *out, gconstpointer slot, const Key *key)
{
    const char *string = *(char *const *)slot;
    gsize bytes = strlen(string);
    if (is_short_line(string, bytes, key->max)) {
        json_out_string(out, string, bytes);
        return;
    }
    g_autofree char *line = g_utf8_make_valid(string, -1);
    for (char *p = line; *p; p++)
        if ((guchar)*p < 0x20 || *p == 0x7f) *p = ' ';
    glong length = g_utf8_strlen(line, -1);
    g_autofree char *cut = length > (glong)key->max ? shorten(line, length, key->max) : NULL;
    json_out_string(out, cut ? cut : line, strlen(cut ? cut : line));
}

static gboolean no_line(gconstpointer slot)
{
    return **(char *const *)slot == '\0';
}

/* The string that comes next, or NULL and a fault. Caller frees. */
static char *next_string(Reader *reader, const Key *key, gsize *length)
{
    char *string = json_in_string(&reader->in, length);
    if (!string) facts_json_fault(reader, FACTS_ERROR_SHAPE, key->name, "not a string");
    return string;
}

static void put_string(gpointer slot, char *string)
{
    g_free(*(char **)slot);
    *(char **)slot = string;
}

static void read_line(Reader *reader, gpointer slot, const Key *key)
{
    gsize length;
    g_autofree char *line = next_string(reader, key, &length);
    if (!line) return;
    if (!is_line(line))
        facts_json_fault(reader, FACTS_ERROR_SHAPE, key->name, "control characters");
    else if (length > key->max && g_utf8_strlen(line, -1) > (glong)key->max)
        facts_json_fault(reader, FACTS_ERROR_LIMIT, key->name, "too long");
    else
        put_string(slot, g_steal_pointer(&line));
}

static void write_text(JsonOut *out, gconstpointer slot, const Key *key)
{
    const char *text = *(char *const *)slot;
    gsize length = strlen(text);
    if (length > key->max) {
        length = key->max;
        while (length > 0 && ((guchar)text[length] & 0xc0) == 0x80) length--;
    }
    json_out_string(out, text, length);
}

static void read_text(Reader *reader, gpointer slot, const Key *key)
{
    gsize length;
    g_autofree char *text = next_string(reader, key, &length);
    if (text && length > key->max)
        facts_json_fault(reader, FACTS_ERROR_LIMIT, key->name, "too long");
    else if (text)
        put_string(slot, g_steal_pointer(&text));
}

static void read_hex(Reader *reader, gpointer slot, const Key *key)
{
    gsize length;
    g_autofree char *hex = next_string(reader, key, &length);
    if (hex && (length != 64 || strspn(hex, "0123456789abcdef") != 64))
        facts_json_fault(reader, FACTS_ERROR_SHAPE, key->name, "not 64 lower-case hex digits");
    else if (hex)
        put_string(slot, g_steal_pointer(&hex));
}

static void read_instant(Reader *reader, gpointer slot, const Key *key)
{
    read_line(reader, slot, key);
    const char *value = *(char **)slot;
    g_autoptr (GDateTime) instant = *value ? g_date_time_new_from_iso8601(value, NULL) : NULL;
    if (*value && !instant)
        facts_json_fault(reader, FACTS_ERROR_SHAPE, key->name, "not an RFC 3339 date-time");
}

static void read_code(Reader *reader, gpointer slot, const Key *key)
{
    gsize length;
    g_autofree char *code = next_string(reader, key, &length);
    if (code && !facts_problem_known(code))
        facts_json_fault(reader, FACTS_ERROR_SHAPE, key->name, "no problem code that parsers may report");
    else if (code)
        put_string(slot, g_steal_pointer(&code));
}

/* --- numbers and enumerations ----------------------------------------------------------------- */

static void write_size(JsonOut *out, gconstpointer slot, const Key *key)
{
    json_out_integer(out, (gint64)MIN(*(const guint64 *)slot, (guint64)G_MAXINT64));
}

static void read_size(Reader *reader, gpointer slot, const Key *key)
{
    gint64 size = 0;
    if (!json_in_integer(&reader->in, &size) || size < 0)
        facts_json_fault(reader, FACTS_ERROR_SHAPE, key->name, "not a number of bytes");
    else
        *(guint64 *)slot = (guint64)size;
}

/* Left out where there are no bytes to hand over. */
static gboolean no_offset(gconstpointer slot)
{
    return *(const gint64 *)slot < 0;
}

static void write_offset(JsonOut *out, gconstpointer slot, const Key *key)
{
    json_out_integer(out, *(const gint64 *)slot);
}

static void read_offset(Reader *reader, gpointer slot, const Key *key)
{
    gint64 offset = 0;
    if (!json_in_integer(&reader->in, &offset) || offset < 0)
        facts_json_fault(reader, FACTS_ERROR_SHAPE, key->name, "not a position");
    else
        *(gint64 *)slot = offset;
}

static void write_version(JsonOut *out, gconstpointer slot, const Key *key)
{
    json_out_integer(out, FACTS_VERSION);
}

static void read_version(Reader *reader, gpointer slot, const Key *key)
{
    gint64 version;
    if (!json_in_integer(&reader->in, &version) || version != FACTS_VERSION)
        facts_json_fault(reader, FACTS_ERROR_SHAPE, key->name, "another version of the format");
}

static const char *const AUTO_NAMES[] = {"no", "reply", "bounce", "bulk", NULL};
static const char *const NOTICE_NAMES[] = {"",          "reply",   "read",   "unread", "failed",
                                           "delivered", "delayed", "recall", NULL};
static const char *const QUOTE_NAMES[] = {"reply", "forward", NULL};

/* The position of the name in a list; a fault and 0 if it is not there. */
static guint position(Reader *reader, const char *const *names, const Key *key)
{
    gsize length;
    g_autofree char *name = next_string(reader, key, &length);
    for (guint i = 0; name && names[i]; i++)
        if (strcmp(name, names[i]) == 0) return i;
    facts_json_fault(reader, FACTS_ERROR_SHAPE, key->name, "none of the words that may stand there");
    return 0;
}

static void write_auto(JsonOut *out, gconstpointer slot, const Key *key)
{
    const char *name = AUTO_NAMES[*(const FactsAuto *)slot];
    json_out_string(out, name, strlen(name));
}

static void read_auto(Reader *reader, gpointer slot, const Key *key)
{
    *(FactsAuto *)slot = (FactsAuto)position(reader, AUTO_NAMES, key);
}

const char *facts_notice_name(FactsNotice notice)
{
    return NOTICE_NAMES[notice];
}

static void write_notice(JsonOut *out, gconstpointer slot, const Key *key)
{
    const char *name = NOTICE_NAMES[*(const FactsNotice *)slot];
    json_out_string(out, name, strlen(name));
}

static void read_notice(Reader *reader, gpointer slot, const Key *key)
{
    *(FactsNotice *)slot = (FactsNotice)position(reader, NOTICE_NAMES, key);
}

static void write_quote(JsonOut *out, gconstpointer slot, const Key *key)
{
    const char *name = QUOTE_NAMES[*(const FactsQuoteKind *)slot];
    json_out_string(out, name, strlen(name));
}

static void read_quote(Reader *reader, gpointer slot, const Key *key)
{
    *(FactsQuoteKind *)slot = (FactsQuoteKind)position(reader, QUOTE_NAMES, key);
}

const Shape FACTS_LINE = {write_line, read_line, NULL}, FACTS_TEXT = {write_text, read_text, NULL},
            FACTS_HEX = {write_line, read_hex, NULL}, FACTS_INSTANT = {write_line, read_instant, NULL},
            FACTS_CODE = {write_line, read_code, NULL}, FACTS_SIZE = {write_size, read_size, NULL},
            FACTS_OFFSET = {write_offset, read_offset, no_offset},
            FACTS_PATH = {write_line, read_line, no_line}, FACTS_AUTO_SHAPE = {write_auto, read_auto, NULL},
            FACTS_NOTICE_SHAPE = {write_notice, read_notice, NULL},
            FACTS_QUOTE_SHAPE = {write_quote, read_quote, NULL},
            FACTS_VERSION_SHAPE = {write_version, read_version, NULL};
