/* items.c - items, versions, problems and todos of a verdict. What an item is after it stands in the Book. */
#include "daemon/store/private.h"

/* The desk has no words for a code of a newer or older version: the code itself is better than nothing. */
gboolean items_name_code(Store *store, const char *code, GError **error)
{
    const char *text = desk_problem_text(code), *remedy = desk_problem_remedy(code);
    if (g_hash_table_contains(store->named, code)) return TRUE;
    if (!db_run(store->db, error,
                "INSERT INTO problem_text (code, text, remedy) VALUES (?, ?, ?) ON CONFLICT (code) DO UPDATE"
                " SET text = excluded.text, remedy = excluded.remedy"
                " WHERE text <> excluded.text OR remedy <> excluded.remedy",
                "ttt", code, text ? text : code, remedy ? remedy : ""))
        return FALSE;
    g_hash_table_add(store->named, g_strdup(code));
    return TRUE;
}

/* Of a later version only what it says replaces what was known. */
static gboolean put_item(Store *store, const BookItem *settled, const VerdictItem *item, gint64 received_at,
                         GError **error)
{
    gboolean theme_is_its = g_strcmp0(settled->theme, item->theme) == 0;
    return db_run(
        store->db, error,
        "INSERT INTO item (number, kind, committee, title, title_key, theme, theme_source, innovation, "
        "leader,"
        " telephone, branch, received_at, updated_at, on_time, counts, withdrawn, duplicate_of)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (number) DO UPDATE SET kind = excluded.kind, committee = excluded.committee,"
        " title = excluded.title, title_key = excluded.title_key, theme = excluded.theme,"
        " theme_source = coalesce(nullif(excluded.theme_source, ''), theme_source),"
        " innovation = coalesce(nullif(excluded.innovation, ''), innovation),"
        " leader = coalesce(nullif(excluded.leader, ''), leader),"
        " telephone = coalesce(nullif(excluded.telephone, ''), telephone),"
        " branch = coalesce(nullif(excluded.branch, ''), branch), received_at = excluded.received_at,"
        " updated_at = max(updated_at, excluded.updated_at), on_time = excluded.on_time,"
        " counts = excluded.counts, withdrawn = excluded.withdrawn,"
        " duplicate_of = coalesce(excluded.duplicate_of, duplicate_of)",
        "itn"
        "ttt"
        "ttttt"
        "lliii"
        "z",
        (int)settled->number, ITEM_KINDS[settled->kind], settled->committee, settled->title,
        settled->title_key, settled->theme, theme_is_its ? item->theme_source : "", item->innovation,
        item->leader, item->telephone, item->branch, settled->received_at, received_at, settled->on_time,
        settled->counts, settled->withdrawn, (gint64)item->duplicate_of);
}

static gboolean put_files(Store *store, const BookItem *settled, const VerdictItem *item,
                          GHashTable *attachments, GError **error)
{
    for (guint i = 0; i < item->files->len; i++) {
        const gint64 *attachment = g_hash_table_lookup(attachments, item->files->pdata[i]);
        if (attachment && !db_run(store->db, error,
                                  "INSERT INTO version_file (item, version, attachment) VALUES (?, ?, ?) ON "
                                  "CONFLICT DO NOTHING",
                                  "iil", (int)settled->number, (int)settled->versions, *attachment))
            return FALSE;
    }
    return TRUE;
}

/* Staff need not look again at what the committee has mended itself. */
static gboolean close_mended(Store *store, const VerdictItem *item, GError **error)
{
    for (const char *const *code = desk_problems_mended(); *code; code++)
        if (!db_run(store->db, error,
                    "UPDATE todo SET done_at = ? WHERE item = ? AND code = ? AND done_at IS NULL", "lit",
                    store->now, (int)item->number, *code))
            return FALSE;
    return TRUE;
}

/* Nor at mails whose forgotten attachment has come. */
static gboolean close_brought(Store *store, const GPtrArray *identities, GError **error)
{
    for (guint i = 0; i < identities->len; i++)
        if (!db_run(store->db, error,
                    "UPDATE todo SET done_at = ? WHERE mail = (SELECT id FROM mail WHERE identity = ?)"
                    " AND code = ? AND done_at IS NULL",
                    "ltt", store->now, (const char *)identities->pdata[i], DESK_FORGOTTEN))
            return FALSE;
    return TRUE;
}

/* Whose it is staff need not find out any more, once all that came with the mail has a committee. */
static gboolean close_claimed(Store *store, const BookItem *settled, GError **error)
{
    return !*settled->committee ||
           db_run(store->db, error,
                  "UPDATE todo SET done_at = ?1 WHERE code = 'claim' AND done_at IS NULL AND (item = ?2 OR"
                  " mail IN (SELECT mail FROM version WHERE item = ?2 AND NOT EXISTS (SELECT 1 FROM version o"
                  "  JOIN item ON item.number = o.item WHERE o.mail = version.mail AND item.committee IS "
                  "NULL)))",
                  "li", store->now, (int)settled->number);
}

static gboolean put_version(Store *store, gint64 mail, const StoreMail *seen, const VerdictItem *item,
                            GHashTable *attachments, GError **error)
{
    const BookItem *settled = book_item(store->book, item->number);
    if (!settled) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_STATE,
                    "a mail is judged to be a version of item %u, which is not there: report this as a bug",
                    item->number);
        return FALSE;
    }
    return put_item(store, settled, item, seen->received_at, error) &&
           (item->is_new ||
            ((!item->sound || close_mended(store, item, error)) && close_claimed(store, settled, error))) &&
           db_run(store->db, error,
                  "INSERT INTO version (item, version, mail, received_at, on_time, counts)"
                  " VALUES (?, ?, ?, ?, ?, ?)",
                  "iillii", (int)settled->number, (int)settled->versions, mail, seen->received_at,
                  item->on_time, item->counts) &&
           put_files(store, settled, item, attachments, error);
}

/* The item that a problem concerns: the one with that file, else the only one. */
static guint problem_item(const Verdict *verdict, const VerdictProblem *problem)
{
    for (guint i = 0; problem->file && i < verdict->items->len; i++) {
        const VerdictItem *item = verdict->items->pdata[i];
        if (g_ptr_array_find(item->files, problem->file, NULL)) return item->number;
    }
    return verdict->items->len == 1 ? ((const VerdictItem *)verdict->items->pdata[0])->number : 0;
}

static gboolean put_problem(Store *store, gint64 mail, const Verdict *verdict, const VerdictProblem *problem,
                            GHashTable *attachments, GError **error)
{
    const gint64 *attachment = problem->file ? g_hash_table_lookup(attachments, problem->file) : NULL;
    return items_name_code(store, problem->code, error) &&
           db_run(store->db, error,
                  "INSERT INTO problem (mail, attachment, item, code, detail) VALUES (?, ?, ?, ?, ?)",
                  "lzztt", mail, attachment ? *attachment : 0, (gint64)problem_item(verdict, problem),
                  problem->code, problem->detail ? problem->detail : "");
}

static gboolean put_todo(Store *store, gint64 mail, const VerdictTodo *todo, GError **error)
{
    return items_name_code(store, todo->code, error) &&
           db_run(store->db, error,
                  "INSERT INTO todo (mail, item, code, why, created_at) VALUES (?, ?, ?, ?, ?)", "lzttl",
                  mail, (gint64)todo->number, todo->code, todo->why ? todo->why : "", store->now);
}

gboolean items_add(Store *store, gint64 mail, const StoreMail *seen, const Verdict *verdict,
                   GHashTable *attachments, GError **error)
{
    for (guint i = 0; i < verdict->items->len; i++)
        if (!put_version(store, mail, seen, verdict->items->pdata[i], attachments, error)) return FALSE;
    for (guint i = 0; i < verdict->problems->len; i++)
        if (!put_problem(store, mail, verdict, verdict->problems->pdata[i], attachments, error)) return FALSE;
    for (guint i = 0; i < verdict->todos->len; i++)
        if (!put_todo(store, mail, verdict->todos->pdata[i], error)) return FALSE;
    return close_brought(store, verdict->brought, error);
}

/* The version that the mail made of its item: 0 if none. */
static gboolean version_by(Store *store, guint number, gint64 mail, gint64 *version, GError **error)
{
    return db_int(store->db, version, 0, error,
                  "SELECT max(version) FROM version WHERE item = ? AND mail = ?", "il", (int)number, mail);
}

static gboolean read_again(Store *store, gint64 mail, const VerdictItem *item, GHashTable *attachments,
                           GError **error)
{
    gint64 version;
    if (!version_by(store, item->number, mail, &version, error)) return FALSE;
    if (version == 0) return TRUE;
    BookItem at = {.number = item->number, .versions = (guint)version};
    return put_files(store, &at, item, attachments, error) &&
           db_run(store->db, error,
                  "UPDATE item SET innovation = coalesce(nullif(?2, ''), innovation), leader = "
                  "coalesce(nullif(?3, ''),"
                  " leader), telephone = coalesce(nullif(?4, ''), telephone), branch = coalesce(nullif(?5, "
                  "''), branch)"
                  " WHERE number = ?1 AND ?6 = (SELECT max(version) FROM version WHERE item = ?1)",
                  "ittttl", (int)item->number, item->innovation, item->leader, item->telephone, item->branch,
                  version);
}

gboolean items_read_again(Store *store, gint64 mail, const Verdict *verdict, GHashTable *attachments,
                          GError **error)
{
    for (guint i = 0; i < verdict->items->len; i++)
        if (!read_again(store, mail, verdict->items->pdata[i], attachments, error)) return FALSE;
    for (guint i = 0; i < verdict->problems->len; i++)
        if (!put_problem(store, mail, verdict, verdict->problems->pdata[i], attachments, error)) return FALSE;
    return TRUE;
}

gboolean store_add_todo(Store *store, const char *code, const char *why, guint number, gint64 now,
                        GError **error)
{
    Change change;
    if (!change_begin(store, &change, error)) return FALSE;
    gboolean ok =
        items_name_code(store, code, error) &&
        db_run(store->db, error,
               "INSERT INTO todo (item, code, why, created_at) SELECT ?1, ?2, ?3, ?4 WHERE NOT EXISTS"
               " (SELECT 1 FROM todo WHERE code = ?2 AND why = ?3 AND item IS ?1 AND done_at IS NULL)",
               "zttl", (gint64)number, code, why, now);
    return change_end(&change, ok, error);
}

gboolean store_close_todos(Store *store, const char *code, gint64 now, GError **error)
{
    return db_run(store->db, error,
                  "UPDATE todo SET done_at = ? WHERE code = ? AND mail IS NULL AND done_at IS NULL", "lt",
                  now, code);
}
