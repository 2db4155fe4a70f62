/* notes.c - what happened and causes no mail, for the ledger: todos that come from no mail, letters that
 * failed. */
#include "daemon/store/private.h"

#define LAST_TODO "noted_todo"   /* setting: id of the last todo in the ledger */
#define FAILED    "noted_failed" /* setting: Message-IDs of failed letters in the ledger, one a line */

/* Letters that failed are few: one setting holds them. */
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

json_t *store_notes(Store *store, GError **error)
{
    GError *fault = NULL;
    gint64 last = store_setting_int(store, LAST_TODO, 0);
    json_t *todos = new_todos(store, &last, &fault);
    json_t *failed = fault ? json_array() : new_failures(store, &fault);
    if (fault) g_propagate_error(error, fault);
    if (!fault && json_array_size(todos) + json_array_size(failed) > 0)
        return json_pack("{s:o s:o s:I}", "todos", todos, "failed", failed, "last", (json_int_t)last);
    json_decref(todos);
    json_decref(failed);
    return NULL;
}

static gboolean note_failed(Store *store, const char *message_id, GError **error)
{
    g_autofree char *noted = store_setting(store, FAILED);
    if (is_noted(noted, message_id)) return TRUE;
    g_autofree char *longer = g_strdup_printf("%s%s\n", noted ? noted : "", message_id);
    return store_set_setting(store, FAILED, longer, error);
}

gboolean store_notes_done(Store *store, const json_t *notes, GError **error)
{
    const json_t *failed = json_object_get(notes, "failed");
    for (size_t i = 0; i < json_array_size(failed); i++) {
        const char *id = json_string_value(json_object_get(json_array_get(failed, i), "message_id"));
        if (id && !note_failed(store, id, error)) return FALSE;
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
           note_failed(store, message_id, error);
}

gboolean store_notes_adopt(Store *store, const json_t *notes, GError **error)
{
    const json_t *todos = json_object_get(notes, "todos"), *failed = json_object_get(notes, "failed");
    for (size_t i = 0; i < json_array_size(todos); i++)
        if (!adopt_todo(store, json_array_get(todos, i), error)) return FALSE;
    for (size_t i = 0; i < json_array_size(failed); i++)
        if (!adopt_failure(store, json_array_get(failed, i), error)) return FALSE;
    return TRUE;
}
