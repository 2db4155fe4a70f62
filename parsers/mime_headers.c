/* mime_headers.c - header fields to facts. */
#include "parsers/mime_headers.h"

#include <string.h>

#include "parsers/addresses.h"
#include "parsers/dates.h"
#include "parsers/limits.h"
#include "parsers/words.h"

static void set(char **member, char *value)
{
    g_free(*member);
    *member = value;
}

/* --- Message-IDs ------------------------------------------------------------------------------ */

/* Folding may have put white space into an id. */
static char *without_space(const char *text, gsize length)
{
    GString *out = g_string_new(NULL);
    for (gsize i = 0; i < length; i++)
        if (!g_ascii_isspace(text[i])) g_string_append_c(out, text[i]);
    if (g_utf8_strlen(out->str, -1) > LIMIT_SUBJECT_CHARS) g_string_truncate(out, 0);
    return g_string_free(out, FALSE);
}

static GPtrArray *message_ids(const char *raw)
{
    GPtrArray *ids = g_ptr_array_new_with_free_func(g_free);
    if (!raw) return ids;
    g_autofree char *line = words_unfold(raw);
    for (const char *p = strchr(line, '<'); p; p = strchr(p, '<')) {
        gsize length = strcspn(++p, "<>");
        g_autofree char *id = without_space(p, length);
        if (*id) g_ptr_array_add(ids, g_steal_pointer(&id));
        p += length;
    }
    if (ids->len > 0) return ids;
    g_auto(GStrv) tokens = g_strsplit_set(line, " \t,", -1);
    for (char **token = tokens; *token; token++)
        if (strchr(*token, '@')) g_ptr_array_add(ids, without_space(*token, strlen(*token)));
    return ids;
}

char *mime_message_id(const char *raw)
{
    g_autoptr (GPtrArray) ids = message_ids(raw);
    if (ids->len > 0) return g_strdup(g_ptr_array_index(ids, 0));
    return g_strdup("");
}

/* An id needs no "@" where it stands alone. */
static char *own_message_id(const char *raw)
{
    g_autofree char *id = mime_message_id(raw);
    if (*id) return g_steal_pointer(&id);
    g_autofree char *line = words_unfold(raw);
    return without_space(line, strlen(line));
}

/* --- dates ------------------------------------------------------------------------------------ */

/* Programs that name days and months in Chinese send them raw, or encoded. */
static char *date_of(const char *raw)
{
    if (!raw || (g_str_is_ascii(raw) && !strstr(raw, "=?"))) return dates_rfc3339(raw);
    g_autofree char *decoded = words_decode(raw);
    return dates_rfc3339(decoded);
}

static char *received_date(const char *raw)
{
    const char *semicolon = raw ? strrchr(raw, ';') : NULL;
    return dates_rfc3339(semicolon ? semicolon + 1 : "");
}

/* --- all -------------------------------------------------------------------------------------- */

/* base64 of a record is folded: no white space belongs into it. */
static char *record(const char *raw)
{
    g_autofree char *line = words_unfold(raw);
    return without_space(line, strlen(line));
}

void mime_headers_read(const Entity *message, Facts *facts)
{
    const struct {
        const char *name;
        GPtrArray *list;
    } lists[] = {{"From", facts->from}, {"To", facts->to}, {"Cc", facts->cc}, {"Reply-To", facts->reply_to}};
    for (gsize i = 0; i < G_N_ELEMENTS(lists); i++) {
        const char *raw = entity_field(message, lists[i].name);
        addresses_parse(raw, lists[i].list);
        if (lists[i].list->len >= LIMIT_ADDRESSES || (raw && strlen(raw) > LIMIT_HEADER_BYTES))
            facts_add_problem(facts->problems, "truncated",
                              "there are too many addresses; the rest was not read");
    }

    set(&facts->subject, words_decode(entity_field(message, "Subject")));
    if (g_utf8_strlen(facts->subject, -1) > LIMIT_SUBJECT_CHARS) {
        set(&facts->subject, g_utf8_substring(facts->subject, 0, LIMIT_SUBJECT_CHARS));
        facts_add_problem(facts->problems, "truncated", "the subject was cut");
    }
    set(&facts->message_id, own_message_id(entity_field(message, "Message-ID")));
    set(&facts->in_reply_to, mime_message_id(entity_field(message, "In-Reply-To")));
    set(&facts->date, date_of(entity_field(message, "Date")));
    set(&facts->received, received_date(entity_field(message, "Received")));
    mime_authentication_read(message, facts);
    set(&facts->record, record(entity_field(message, "Baosong-Record")));
    set(&facts->loop, words_unfold(entity_field(message, "Baosong-Loop")));

    g_autoptr (GPtrArray) references = message_ids(entity_field(message, "References"));
    guint skip = references->len > LIMIT_REFERENCES ? references->len - LIMIT_REFERENCES : 0;
    for (guint i = skip; i < references->len; i++)
        g_ptr_array_add(facts->references, g_strdup(g_ptr_array_index(references, i)));
}
