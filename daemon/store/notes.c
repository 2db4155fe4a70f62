/* notes.c - what happened and causes no mail, for the ledger: todos that come from no mail, letters that
 * failed, letters that went and lie in no Sent folder, addresses that a server did not know. */
#include "daemon/store/delivery.h"
#include "daemon/store/private.h"

#define LAST_TODO "noted_todo"     /* setting: id of the last todo in the ledger */
#define FAILED    "noted_failed"   /* setting: Message-IDs of failed letters in the ledger, one a line */
#define ACCEPTED  "noted_accepted" /* setting: Message-IDs of accepted letters in the ledger, one a line */
#define DEAD      "noted_dead"     /* setting: "address since" of dead addresses in the ledger, one a line */

/* Letters that failed are few, and addresses: one setting holds them. */
static gboolean is_noted(const char *noted, const char *message_id)
{
    g_auto(GStrv) lines = g_strsplit(noted ? noted : "", "\n", -1);
    return g_strv_contains((const char *const *)lines, message_id);
}

static json_t *new_todos(Store *store, gint64 *last, GError **error)
{
    json_t *todos = json_array();
    sqlite3_stmt *row =
        db_query(store->db, error,
                 "SELECT id, code, why, coalesce(item, 0), created_at FROM todo WHERE id > ? AND"
                 " mail IS NULL AND code <> 'letter-failed' ORDER BY id",
                 "l", *last);
    while (row && db_next(store->db, row, error)) {
        *last = sqlite3_column_int64(row, 0);
        json_array_append_new(todos, json_pack("{s:s s:s s:i s:I}", "code", db_text(row, 1), "why",
                                               db_text(row, 2), "number", sqlite3_column_int(row, 3), "at",
                                               (json_int_t)sqlite3_column_int64(row, 4)));
    }
    return todos;
}

static json_t *new_failures(Store *store, GError **error)
{
    json_t *failed = json_array();
    g_autofree char *noted = store_setting(store, FAILED);
    sqlite3_stmt *row =
        db_query(store->db, error,
                 "SELECT message_id, last_error, coalesce((SELECT min(created_at) FROM todo WHERE"
                 " code = 'letter-failed' AND todo.mail IS outbox.mail AND instr(why, to_address)"
                 " > 0), created_at) FROM outbox WHERE state = 'failed' ORDER BY id",
                 "");
    while (row && db_next(store->db, row, error)) {
        if (is_noted(noted, db_text(row, 0))) continue;
        json_array_append_new(failed,
                              json_pack("{s:s s:s s:I}", "message_id", db_text(row, 0), "why",
                                        db_text(row, 1), "at", (json_int_t)sqlite3_column_int64(row, 2)));
    }
    return failed;
}

/* Whoever takes over finds no copy of them, and would send them again. */
static json_t *new_accepted(Store *store, GError **error)
{
    json_t *accepted = json_array();
    g_autofree char *noted = store_setting(store, ACCEPTED);
    sqlite3_stmt *row =
        db_query(store->db, error,
                 "SELECT message_id, accepted_at FROM outbox WHERE state = 'accepted' ORDER BY id", "");
    while (row && db_next(store->db, row, error)) {
        if (is_noted(noted, db_text(row, 0))) continue;
        json_array_append_new(accepted, json_pack("{s:s s:I}", "message_id", db_text(row, 0), "at",
                                                  (json_int_t)sqlite3_column_int64(row, 1)));
    }
    return accepted;
}

static char *dead_key(const json_t *dead)
{
    const char *address = json_string_value(json_object_get(dead, "address"));
    return g_strdup_printf("%s %" G_GINT64_FORMAT, address ? address : "",
                           (gint64)json_integer_value(json_object_get(dead, "at")));
}

/* A bounce is a mail, and told of as one. */
static json_t *new_dead(Store *store, GError **error)
{
    json_t *all = json_array();
    g_autofree char *noted = store_setting(store, DEAD);
    sqlite3_stmt *row = db_query(store->db, error,
                                 "SELECT address, coalesce(committee, ''), why, since_at FROM dead_address"
                                 " WHERE mail IS NULL ORDER BY address",
                                 "");
    while (row && db_next(store->db, row, error)) {
        json_t *dead =
            json_pack("{s:s s:s s:s s:I}", "address", db_text(row, 0), "committee", db_text(row, 1), "why",
                      db_text(row, 2), "at", (json_int_t)sqlite3_column_int64(row, 3));
        g_autofree char *key = dead_key(dead);
        if (!is_noted(noted, key)) json_array_append(all, dead);
        json_decref(dead);
    }
    return all;
}

json_t *store_notes(Store *store, GError **error)
{
    GError *fault = NULL;
    gint64 last = store_setting_int(store, LAST_TODO, 0);
    json_t *todos = new_todos(store, &last, &fault);
    json_t *failed = fault ? json_array() : new_failures(store, &fault);
    json_t *dead = fault ? json_array() : new_dead(store, &fault);
    json_t *accepted = fault ? json_array() : new_accepted(store, &fault);
    if (fault) g_propagate_error(error, fault);
    if (!fault &&
        json_array_size(todos) + json_array_size(failed) + json_array_size(dead) + json_array_size(accepted) >
            0)
        return json_pack("{s:o s:o s:o s:o s:I}", "todos", todos, "failed", failed, "dead", dead, "accepted",
                         accepted, "last", (json_int_t)last);
    json_decref(accepted);
    json_decref(todos);
    json_decref(failed);
    json_decref(dead);
    return NULL;
}

static gboolean note(Store *store, const char *setting, const char *line, GError **error)
{
    g_autofree char *noted = store_setting(store, setting);
    if (is_noted(noted, line)) return TRUE;
    g_autofree char *longer = g_strdup_printf("%s%s\n", noted ? noted : "", line);
    return store_set_setting(store, setting, longer, error);
}

static gboolean note_letters(Store *store, const char *setting, const json_t *letters, GError **error)
{
    for (size_t i = 0; i < json_array_size(letters); i++) {
        const char *id = json_string_value(json_object_get(json_array_get(letters, i), "message_id"));
        if (id && !note(store, setting, id, error)) return FALSE;
    }
    return TRUE;
}

gboolean store_notes_done(Store *store, const json_t *notes, GError **error)
{
    if (!note_letters(store, FAILED, json_object_get(notes, "failed"), error) ||
        !note_letters(store, ACCEPTED, json_object_get(notes, "accepted"), error))
        return FALSE;
    const json_t *dead = json_object_get(notes, "dead");
    for (size_t i = 0; i < json_array_size(dead); i++) {
        g_autofree char *key = dead_key(json_array_get(dead, i));
        if (!note(store, DEAD, key, error)) return FALSE;
    }
    gint64 last = json_integer_value(json_object_get(notes, "last"));
    return store_set_setting_int(store, LAST_TODO, last, error);
}

static gboolean adopt_todo(Store *store, const json_t *todo, GError **error)
{
    const char *code, *why;
    int number;
    json_int_t at;
    gint64 there;
    if (json_unpack((json_t *)todo, "{s:s s:s s:i s:I}", "code", &code, "why", &why, "number", &number, "at",
                    &at) != 0)
        return TRUE;
    if (!db_int(store->db, &there, 0, error,
                "SELECT 1 FROM todo WHERE code = ? AND why = ? AND created_at = ? LIMIT 1", "ttl", code, why,
                (gint64)at))
        return FALSE;
    return there || (store_add_todo(store, code, why, (guint)number, at, error) &&
                     store_set_setting_int(store, LAST_TODO, db_last_id(store->db), error));
}

static gboolean adopt_failure(Store *store, const json_t *failure, GError **error)
{
    const char *message_id, *why;
    json_int_t at;
    gint64 id;
    if (json_unpack((json_t *)failure, "{s:s s:s s:I}", "message_id", &message_id, "why", &why, "at", &at) !=
        0)
        return TRUE;
    if (!db_int(store->db, &id, 0, error,
                "SELECT id FROM outbox WHERE message_id = ? AND state = 'in_flight'", "t", message_id))
        return FALSE;
    return (!id || store_outbox_mark_failed(store, id, at, why, error)) &&
           note(store, FAILED, message_id, error);
}

static gboolean adopt_accepted(Store *store, const json_t *letter, GError **error)
{
    const char *message_id;
    json_int_t at;
    gboolean known;
    if (json_unpack((json_t *)letter, "{s:s s:I}", "message_id", &message_id, "at", &at) != 0) return TRUE;
    return store_outbox_found(store, message_id, at, &known, error) &&
           note(store, ACCEPTED, message_id, error);
}

static gboolean adopt_dead(Store *store, const json_t *dead, GError **error)
{
    const char *address, *committee, *why;
    json_int_t at;
    if (json_unpack((json_t *)dead, "{s:s s:s s:s s:I}", "address", &address, "committee", &committee, "why",
                    &why, "at", &at) != 0)
        return TRUE;
    g_autofree char *key = dead_key(dead), *noted = store_setting(store, DEAD);
    if (is_noted(noted, key)) return TRUE; /* and may be alive again */
    return store_mark_dead(store, address, committee, NULL, why, at, error) && note(store, DEAD, key, error);
}

gboolean store_notes_adopt(Store *store, const json_t *notes, GError **error)
{
    static const struct {
        const char *key;
        gboolean (*adopt)(Store *store, const json_t *note, GError **error);
    } kinds[] = {
        {"todos", adopt_todo}, {"failed", adopt_failure}, {"accepted", adopt_accepted}, {"dead", adopt_dead}};
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
        const json_t *all = json_object_get(notes, kinds[i].key);
        for (size_t k = 0; k < json_array_size(all); k++)
            if (!kinds[i].adopt(store, json_array_get(all, k), error)) return FALSE;
    }
    return TRUE;
}
