#include "daemon/record.h"

#include <string.h>

#include "daemon/compose.h"

/* --- writing ---------------------------------------------------------------------------------- */

char *record_fill(Cycle *cycle, json_t *record, const char *kind, const char *cause, const char *stage)
{
    json_object_set_new(record, "v", json_integer(1));
    json_object_set_new(record, "kind", json_string(kind));
    json_object_set_new(record, "by", json_string(cycle_instance(cycle)));
    json_object_set_new(record, "at", json_integer((json_int_t)clock_now(&cycle->clock)));
    return ledger_message_id(cycle->ledger, kind, cause, stage);
}

static gboolean ensure_folder(Cycle *cycle, GError **error)
{
    if (!cycle_connect(cycle, error)) return FALSE;
    const char *folder = cycle->config->imap.ledger;
    if (cycle_folder(cycle, folder, IMAP_ROLE_NONE)) return TRUE;
    if (!imap_ensure_folder(cycle->imap, folder, error)) return FALSE;
    GPtrArray *folders = imap_list_folders(cycle->imap, error);
    if (!folders) return FALSE;
    g_ptr_array_unref(cycle->folders);
    cycle->folders = folders;
    return TRUE;
}

char *record_dump(const json_t *record)
{
    return json_dumps(record, JSON_COMPACT | JSON_SORT_KEYS);
}

gboolean record_write(Cycle *cycle, const char *json, const char *message_id, const char *summary,
                      ImapAppended *appended, GError **error)
{
    gint64 now = clock_now(&cycle->clock);
    if (!ensure_folder(cycle, error)) return FALSE;
    if (!json) {
        g_set_error(error, LEDGER_ERROR, LEDGER_ERROR_RECORD, "a record cannot be written (%s)", summary);
        return FALSE;
    }
    g_autoptr (GBytes) mail = compose_record(cycle->config, cycle->ledger, message_id, json, summary, now);
    const char *there = cycle_folder(cycle, cycle->config->imap.ledger, IMAP_ROLE_NONE);
    const char *folder = there ? there : cycle->config->imap.ledger;
    /* The server's clock dates it: leases of several machines are compared by it. */
    g_autoptr (GError) local = NULL;
    if (imap_append(cycle->imap, folder, mail, IMAP_FLAG_SEEN, cycle->clock.frozen ? now : G_MININT64,
                    appended, &local))
        return TRUE;
    g_propagate_prefixed_error(error, g_steal_pointer(&local),
                               "nothing is decided without its record in %s: ", folder);
    return FALSE;
}

/* --- reading ---------------------------------------------------------------------------------- */

const char *record_text(const json_t *record, const char *key)
{
    const char *text = json_string_value(json_object_get(record, key));
    return text ? text : "";
}

gint64 record_int(const json_t *record, const char *key)
{
    return json_integer_value(json_object_get(record, key));
}

/* The length of the header: up to the first empty line. */
static gsize header_length(const char *bytes, gsize size)
{
    const char *crlf = g_strstr_len(bytes, (gssize)size, "\r\n\r\n");
    const char *lf = g_strstr_len(bytes, (gssize)size, "\n\n");
    gsize end = size;
    if (crlf) end = MIN(end, (gsize)(crlf - bytes) + 2);
    if (lf) end = MIN(end, (gsize)(lf - bytes) + 1);
    return end;
}

static gsize line_length(const char *line, gsize left)
{
    const char *end = memchr(line, '\n', left);
    return end ? (gsize)(end - line) + 1 : left;
}

char *record_field(GBytes *mail, const char *name)
{
    gsize size, length = strlen(name);
    const char *bytes = g_bytes_get_data(mail, &size);
    if (!bytes) return NULL;
    gsize end = header_length(bytes, size);
    for (gsize at = 0; at < end;) {
        gsize line = line_length(bytes + at, end - at);
        gboolean here =
            line > length && bytes[at + length] == ':' && g_ascii_strncasecmp(bytes + at, name, length) == 0;
        gsize next = at + line;
        while (next < end && (bytes[next] == ' ' || bytes[next] == '\t'))
            next += line_length(bytes + next, end - next);
        if (here) {
            g_autofree char *value = g_strndup(bytes + at + length + 1, next - at - length - 1);
            g_auto(GStrv) words = g_strsplit_set(value, "\r\n", -1);
            return g_strstrip(g_strjoinv("", words));
        }
        at = next;
    }
    return NULL;
}

char *record_message_id(GBytes *mail)
{
    g_autofree char *field = record_field(mail, "Message-ID");
    const char *close = field && *field == '<' ? strchr(field, '>') : NULL;
    return close ? g_strndup(field + 1, (gsize)(close - field - 1)) : g_strdup("");
}

gboolean record_is_ours(const Config *config, GBytes *mail)
{
    g_autofree char *loop = record_field(mail, "Baosong-Loop");
    return loop && strcmp(loop, config->campaign.id) == 0;
}

static char *in_body(GBytes *mail)
{
    gsize size;
    const char *bytes = g_bytes_get_data(mail, &size);
    const char *begin = g_strstr_len(bytes, (gssize)size, COMPOSE_RECORD_BEGIN);
    if (!begin) return NULL;
    begin += strlen(COMPOSE_RECORD_BEGIN);
    const char *end = g_strstr_len(begin, (gssize)(size - (gsize)(begin - bytes)), COMPOSE_RECORD_END);
    return end ? g_strndup(begin, (gsize)(end - begin)) : NULL;
}

json_t *record_open(const Ledger *ledger, GBytes *mail, GError **error)
{
    g_autofree char *field = record_field(mail, "Baosong-Record");
    if (!field) return NULL;
    g_autofree char *body = strcmp(field, COMPOSE_RECORD_IN_BODY) == 0 ? in_body(mail) : NULL;
    g_autofree char *text = ledger_unseal(ledger, body ? body : field, error);
    if (!text) return NULL;
    json_t *record = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    if (!json_is_object(record)) {
        json_decref(record);
        g_set_error(error, LEDGER_ERROR, LEDGER_ERROR_RECORD, "a record is signed by us, but no JSON object");
        return NULL;
    }
    return record;
}
