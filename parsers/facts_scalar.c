/* facts_scalar.c - the strings, numbers and names in the JSON of facts. */
#include "parsers/facts_json.h"

#include <string.h>

#include "parsers/limits.h"

void facts_json_fault(Reader *reader, int code, const char *key, const char *what)
{
    if (!reader->error)
        reader->error = g_error_new(FACTS_ERROR, code, "the worker's reply: %s: %s", key, what);
}

/* --- strings: one line (no control characters), many lines, hex -------------------------------------------
 */

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

static json_t *write_line(gconstpointer slot, const Key *key)
{
    g_autofree char *line = g_utf8_make_valid(*(char *const *)slot, -1);
    for (char *p = line; *p; p++)
        if ((guchar)*p < 0x20 || *p == 0x7f) *p = ' ';
    glong length = g_utf8_strlen(line, -1);
    if (length <= (glong)key->max) return json_string(line);
    g_autofree char *cut = shorten(line, length, key->max);
    return json_string(cut);
}

static void take_string(Reader *reader, json_t *json, gpointer slot)
{
    char **string = slot;
    g_free(*string);
    *string = g_strdup(json_string_value(json));
}

static void read_line(Reader *reader, json_t *json, gpointer slot, const Key *key)
{
    if (!json_is_string(json))
        facts_json_fault(reader, FACTS_ERROR_SHAPE, key->name, "not a string");
    else if (!is_line(json_string_value(json)))
        facts_json_fault(reader, FACTS_ERROR_SHAPE, key->name, "control characters");
    else if (json_string_length(json) > key->max &&
             g_utf8_strlen(json_string_value(json), -1) > (glong)key->max)
        facts_json_fault(reader, FACTS_ERROR_LIMIT, key->name, "too long");
    else
        take_string(reader, json, slot);
}

static json_t *write_text(gconstpointer slot, const Key *key)
{
    const char *text = *(char *const *)slot;
    gsize length = strlen(text);
    if (length > key->max) {
        length = key->max;
        while (length > 0 && ((guchar)text[length] & 0xc0) == 0x80) length--;
    }
    g_autofree char *valid = g_utf8_validate(text, length, NULL) ? NULL : g_utf8_make_valid(text, length);
    return valid ? json_string(valid) : json_stringn_nocheck(text, length);
}

static void read_text(Reader *reader, json_t *json, gpointer slot, const Key *key)
{
    if (!json_is_string(json))
        facts_json_fault(reader, FACTS_ERROR_SHAPE, key->name, "not a string");
    else if (json_string_length(json) > key->max)
        facts_json_fault(reader, FACTS_ERROR_LIMIT, key->name, "too long");
    else
        take_string(reader, json, slot);
}

static void read_hex(Reader *reader, json_t *json, gpointer slot, const Key *key)
{
    const char *hex = json_string_value(json);
    if (!hex || strlen(hex) != 64 || strspn(hex, "0123456789abcdef") != 64)
        facts_json_fault(reader, FACTS_ERROR_SHAPE, key->name, "not 64 lower-case hex digits");
    else
        take_string(reader, json, slot);
}

static void read_instant(Reader *reader, json_t *json, gpointer slot, const Key *key)
{
    const char *value = json_string_value(json);
    g_autoptr (GDateTime) instant = value && *value ? g_date_time_new_from_iso8601(value, NULL) : NULL;
    if (!value || (*value && !instant))
        facts_json_fault(reader, FACTS_ERROR_SHAPE, key->name, "not an RFC 3339 date-time");
    else
        read_line(reader, json, slot, key);
}

static void read_code(Reader *reader, json_t *json, gpointer slot, const Key *key)
{
    if (!json_is_string(json) || !facts_problem_known(json_string_value(json)))
        facts_json_fault(reader, FACTS_ERROR_SHAPE, key->name, "no problem code that parsers may report");
    else
        take_string(reader, json, slot);
}

/* --- numbers and the one enumeration -----------------------------------------------------------------------
 */

static json_t *write_size(gconstpointer slot, const Key *key)
{
    return json_integer((json_int_t)MIN(*(const guint64 *)slot, (guint64)G_MAXINT64));
}

static void read_size(Reader *reader, json_t *json, gpointer slot, const Key *key)
{
    if (!json_is_integer(json) || json_integer_value(json) < 0)
        facts_json_fault(reader, FACTS_ERROR_SHAPE, key->name, "not a number of bytes");
    else
        *(guint64 *)slot = (guint64)json_integer_value(json);
}

/* Left out where there are no bytes to hand over. */
static json_t *write_offset(gconstpointer slot, const Key *key)
{
    gint64 offset = *(const gint64 *)slot;
    return offset < 0 ? NULL : json_integer(offset);
}

static void read_offset(Reader *reader, json_t *json, gpointer slot, const Key *key)
{
    if (!json_is_integer(json) || json_integer_value(json) < 0)
        facts_json_fault(reader, FACTS_ERROR_SHAPE, key->name, "not a position");
    else
        *(gint64 *)slot = json_integer_value(json);
}

static const char *const AUTO_NAMES[] = {"no", "reply", "bounce", "bulk"};

static json_t *write_auto(gconstpointer slot, const Key *key)
{
    return json_string(AUTO_NAMES[*(const FactsAuto *)slot]);
}

static void read_auto(Reader *reader, json_t *json, gpointer slot, const Key *key)
{
    for (gsize i = 0; json_is_string(json) && i < G_N_ELEMENTS(AUTO_NAMES); i++) {
        if (strcmp(json_string_value(json), AUTO_NAMES[i]) != 0) continue;
        *(FactsAuto *)slot = (FactsAuto)i;
        return;
    }
    facts_json_fault(reader, FACTS_ERROR_SHAPE, key->name, "not one of no, reply, bounce, bulk");
}

const Shape FACTS_LINE = {write_line, read_line}, FACTS_TEXT = {write_text, read_text},
            FACTS_HEX = {write_line, read_hex}, FACTS_INSTANT = {write_line, read_instant},
            FACTS_CODE = {write_line, read_code}, FACTS_SIZE = {write_size, read_size},
            FACTS_OFFSET = {write_offset, read_offset}, FACTS_AUTO = {write_auto, read_auto};
