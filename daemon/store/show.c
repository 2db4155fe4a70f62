/* show.c - all that is known of one item, for `baosong show`. */
#include "daemon/store/private.h"

#include <string.h>

/* One row as an object; the columns' names are its keys. Column names that end in ? are truth values. */
static json_t *row_object(sqlite3_stmt *row)
{
    json_t *object = json_object();
    for (int i = 0; i < sqlite3_column_count(row); i++) {
        g_autofree char *name = g_strdup(sqlite3_column_name(row, i));
        gboolean truth = g_str_has_suffix(name, "?");
        json_t *value;
        if (truth) name[strlen(name) - 1] = '\0';
        switch (sqlite3_column_type(row, i)) {
        case SQLITE_NULL: value = json_null(); break;
        case SQLITE_INTEGER:
            value =
                truth ? json_boolean(sqlite3_column_int(row, i)) : json_integer(sqlite3_column_int64(row, i));
            break;
        default: value = json_string(db_text(row, i)); break;
        }
        json_object_set_new(object, name, value);
    }
    return object;
}

static json_t *rows(Store *store, const char *sql, const char *types, gint64 first, gint64 second,
                    GError **error)
{
    GError *fault = NULL;
    sqlite3_stmt *row = db_query(store->db, error, sql, types, first, second);
    if (!row) return NULL;
    json_t *all = json_array();
    while (db_next(store->db, row, &fault)) json_array_append_new(all, row_object(row));
    if (!fault) return all;
    g_propagate_error(error, fault);
    json_decref(all);
    return NULL;
}

/* Sets object[key] to the rows of a query. */
static gboolean add(Store *store, json_t *object, const char *key, const char *sql, const char *types,
                    gint64 first, gint64 second, GError **error)
{
    json_t *all = rows(store, sql, types, first, second, error);
    if (all) json_object_set_new(object, key, all);
    return all != NULL;
}

typedef struct List {
    const char *key, *sql;
} List;

static const List LISTS[] = {
    {"versions",
     "SELECT version, version.mail, version.received_at, version.on_time AS 'on_time?', version.counts AS"
     " 'counts?', from_name, from_address, subject, raw_sha256, junk AS 'junk?', certainty FROM version"
     " JOIN mail ON mail.id = version.mail WHERE item = ? ORDER BY version"},
    {"problems",
     "SELECT problem.code, text, detail, name AS file, mail FROM (SELECT * FROM problem WHERE item = ?) AS"
     " problem LEFT JOIN problem_text USING (code) LEFT JOIN (SELECT id AS attachment, name FROM attachment)"
     " USING (attachment) ORDER BY problem.id"},
    {"todos", "SELECT todo.code, text, why, created_at, done_at, done_at IS NOT NULL AS 'done?' FROM todo"
              " LEFT JOIN problem_text USING (code) WHERE item = ? ORDER BY todo.id"},
    {"letters",
     "SELECT kind, stage, to_address AS 'to', subject, message_id, state, hold_reason, created_at,"
     " coalesce(accepted_at, created_at) AS at, last_error FROM outbox JOIN letter_item ON outbox = outbox.id"
     " WHERE item = ? ORDER BY outbox.id"},
};

static gboolean add_details(Store *store, json_t *version, guint number, GError **error)
{
    gint64 which = json_integer_value(json_object_get(version, "version"));
    gint64 mail = json_integer_value(json_object_get(version, "mail"));
    return add(store, version, "files",
               "SELECT path, name, type, size, sha256, held AS 'held?' FROM version_file JOIN attachment"
               " ON attachment.id = attachment WHERE item = ? AND version = ? ORDER BY attachment.id",
               "ll", number, which, error) &&
           add(store, version, "decisions",
               "SELECT question, answer, reason FROM decision WHERE mail = ? ORDER BY position", "l", mail, 0,
               error);
}

static gboolean fill(Store *store, json_t *item, guint number, GError **error)
{
    for (guint i = 0; i < G_N_ELEMENTS(LISTS); i++)
        if (!add(store, item, LISTS[i].key, LISTS[i].sql, "l", number, 0, error)) return FALSE;
    json_t *versions = json_object_get(item, "versions");
    for (size_t i = 0; i < json_array_size(versions); i++)
        if (!add_details(store, json_array_get(versions, i), number, error)) return FALSE;
    return TRUE;
}

json_t *store_show_item(Store *store, guint number, GError **error)
{
    json_t *found = rows(store,
                         "SELECT number, item.kind, committee, committee.name, title, theme, theme_source,"
                         " innovation, leader, item.telephone, branch, received_at, updated_at, on_time AS"
                         " 'on_time?', counts AS 'counts?', withdrawn AS 'withdrawn?', duplicate_of FROM item"
                         " LEFT JOIN committee ON committee.code = committee WHERE number = ?",
                         "l", number, 0, error);
    if (!found) return NULL;
    json_t *item = json_incref(json_array_get(found, 0));
    json_decref(found);
    if (!item || fill(store, item, number, error)) return item;
    json_decref(item);
    return NULL;
}
