#include "daemon/record.h"

#include <string.h>

#include "daemon/compose.h"
#include "daemon/gaps.h"
#include "daemon/lease.h"
#include "daemon/store/records.h"

#define SEQUENCE "ledger_sequence" /* setting: the last record's number */

/* --- writing ----------------------------------------------------------------------------------------------
 */

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

/* The next UID is ours: what is up to here need not be read again. */
static gboolean note_position(Cycle *cycle, const ImapAppended *appended, const char *message_id,
                              GError **error)
{
    StoreFolder folder = {.name = cycle->config->imap.ledger};
    if (!store_get_folder(cycle->store, &folder, error)) return FALSE;
    folder.role = "ledger";
    if (appended->uid == 0 || appended->uidvalidity != folder.uidvalidity ||
        appended->uid != folder.last_uid + 1)
        return TRUE;
    folder.last_uid = appended->uid;
    return store_move_cursor(cycle->store, &folder, error) &&
           store_set_setting(cycle->store, RECORD_LAST, message_id, error);
}

gboolean record_keep(Cycle *cycle, const json_t *record, const char *message_id, const char *summary,
                     GError **error)
{
    char *json = json_dumps(record, JSON_COMPACT | JSON_SORT_KEYS);
    StoreRecord kept = {record_int(record, "seq"), (char *)message_id, (char *)summary, json};
    gboolean done = !json || kept.seq <= 0 || store_keep_record(cycle->store, &kept, error);
    free(json);
    return done;
}

static gboolean append(Cycle *cycle, const json_t *record, const char *message_id, const char *summary,
                       ImapAppended *appended, GError **error)
{
    gint64 now = clock_now(&cycle->clock);
    char *json = json_dumps(record, JSON_COMPACT | JSON_SORT_KEYS);
    if (!json) {
        g_set_error(error, LEDGER_ERROR, LEDGER_ERROR_RECORD, "a record cannot be written (%s)", summary);
        return FALSE;
    }
    g_autoptr (GBytes) mail = compose_record(cycle->config, cycle->ledger, message_id, json, summary, now);
    free(json);
    const char *folder = cycle->config->imap.ledger;
    /* The server's clock dates it: leases of several machines are compared by it. */
    g_autoptr (GError) local = NULL;
    if (imap_append(cycle->imap, folder, mail, IMAP_FLAG_SEEN, cycle->clock.frozen ? now : G_MININT64,
                    appended, &local))
        return TRUE;
    g_propagate_prefixed_error(error, g_steal_pointer(&local),
                               "nothing is decided without its record in %s: ", folder);
    return FALSE;
}

gboolean record_append(Cycle *cycle, json_t *record, const char *kind, const char *cause, const char *stage,
                       const char *summary, GError **error)
{
    gboolean numbered = strcmp(kind, "lease") != 0;
    gint64 sequence = store_setting_int(cycle->store, SEQUENCE, 0) + 1;
    json_object_set_new(record, "v", json_integer(1));
    json_object_set_new(record, "kind", json_string(kind));
    json_object_set_new(record, "by", json_string(lease_instance(cycle)));
    json_object_set_new(record, "at", json_integer((json_int_t)clock_now(&cycle->clock)));
    if (numbered) json_object_set_new(record, "seq", json_integer((json_int_t)sequence));
    g_autofree char *message_id = ledger_message_id(cycle->ledger, kind, cause, stage);
    ImapAppended appended = {0};
    gboolean done =
        ensure_folder(cycle, error) && (!numbered || lease_keep(cycle, error)) &&
        append(cycle, record, message_id, summary, &appended, error) &&
        (!numbered || (lease_check(cycle, error) && record_keep(cycle, record, message_id, summary, error) &&
                       store_set_setting_int(cycle->store, SEQUENCE, sequence, error) &&
                       note_position(cycle, &appended, message_id, error)));
    json_decref(record);
    return done;
}

/* As it was, but for who writes it: the one who holds the lease now. */
static gboolean write_again(Cycle *cycle, const StoreRecord *kept, GError **error)
{
    ImapAppended appended = {0};
    json_t *record = json_loads(kept->json, JSON_REJECT_DUPLICATES, NULL);
    if (!record) {
        g_set_error(error, LEDGER_ERROR, LEDGER_ERROR_RECORD,
                    "record %" G_GINT64_FORMAT " in the database is damaged: see 'baosong fsck'", kept->seq);
        return FALSE;
    }
    json_object_set_new(record, "by", json_string(lease_instance(cycle)));
    gboolean done = ensure_folder(cycle, error) && lease_keep(cycle, error) &&
                    append(cycle, record, kept->message_id, kept->summary, &appended, error) &&
                    lease_check(cycle, error);
    json_decref(record);
    if (!done || !store_begin(cycle->store, clock_now(&cycle->clock), error)) return FALSE;
    g_autofree char *gaps = store_setting(cycle->store, RECORD_GAPS);
    g_autofree char *rest = gaps_without(gaps, kept->seq);
    if (store_set_setting(cycle->store, RECORD_GAPS, rest, error) &&
        note_position(cycle, &appended, kept->message_id, error))
        return store_commit(cycle->store, error);
    store_rollback(cycle->store);
    return FALSE;
}

gboolean record_restore(Cycle *cycle, GError **error)
{
    guint count = 0;
    g_autofree char *gaps = store_setting(cycle->store, RECORD_GAPS);
    for (gint64 seq = gaps_next(gaps, 0); seq > 0; seq = gaps_next(gaps, seq)) {
        GError *fault = NULL;
        g_autoptr (StoreRecord) kept = store_kept_record(cycle->store, seq, &fault);
        if (fault || (kept && !write_again(cycle, kept, &fault))) {
            g_propagate_error(error, fault);
            return FALSE;
        }
        if (!kept) continue;
        cycle_progress(cycle, "wrote %u records again", ++count);
    }
    if (count > 0)
        g_message("%u records that folder %s had lost are written again", count, cycle->config->imap.ledger);
    return TRUE;
}

gboolean record_notes(Cycle *cycle, GError **error)
{
    GError *fault = NULL;
    if (!cycle->imap || !imap_alive(cycle->imap)) return TRUE;
    json_t *notes = store_notes(cycle->store, &fault);
    if (fault) g_propagate_error(error, fault);
    if (!notes) return !fault;
    if (!store_begin(cycle->store, clock_now(&cycle->clock), error)) {
        json_decref(notes);
        return FALSE;
    }
    g_autofree char *cause =
        g_strdup_printf("notes/%" G_GINT64_FORMAT "/%s", g_get_real_time(), lease_instance(cycle));
    gboolean done =
        record_append(cycle, json_deep_copy(notes), "notes", cause, "", "what no mail caused", error) &&
        store_notes_done(cycle->store, notes, error);
    json_decref(notes);
    if (done) return store_commit(cycle->store, error);
    store_rollback(cycle->store);
    return FALSE;
}

/* --- reading ----------------------------------------------------------------------------------------------
 */

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
