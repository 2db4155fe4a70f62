/* book_load.c - what is settled, from the tables: the same Book as the one that grew mail by mail. */
#include "daemon/store/private.h"

#include <string.h>

static int index_of(const char *const *names, int count, const char *name)
{
    for (int i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0) return i;
    return 0;
}

static void set_text(char **slot, sqlite3_stmt *row, int column)
{
    g_free(*slot);
    *slot = g_strdup(db_text(row, column));
}

/* item number -> GPtrArray of SHA-256, versions in order */
static GHashTable *load_documents(Db *db, GError **error)
{
    sqlite3_stmt *row = db_query(db, error,
                                 "SELECT item, sha256 FROM version_file JOIN attachment ON attachment.id ="
                                 " version_file.attachment ORDER BY item, version, attachment",
                                 "");
    if (!row) return NULL;
    GHashTable *all =
        g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, (GDestroyNotify)g_ptr_array_unref);
    while (db_next(db, row, error)) {
        gpointer number = GINT_TO_POINTER(sqlite3_column_int(row, 0));
        GPtrArray *documents = g_hash_table_lookup(all, number);
        if (!documents) {
            documents = g_ptr_array_new_with_free_func(g_free);
            g_hash_table_insert(all, number, documents);
        }
        if (!g_ptr_array_find_with_equal_func(documents, db_text(row, 1), g_str_equal, NULL))
            g_ptr_array_add(documents, g_strdup(db_text(row, 1)));
    }
    return all;
}

static void load_item(Book *book, sqlite3_stmt *row, GHashTable *documents)
{
    BookItem *item = book_item_new();
    item->number = (guint)sqlite3_column_int64(row, 0);
    item->kind = (ItemKind)index_of(ITEM_KINDS, ITEM_CASE + 1, db_text(row, 1));
    set_text(&item->committee, row, 2);
    set_text(&item->title, row, 3);
    set_text(&item->title_key, row, 4);
    set_text(&item->theme, row, 5);
    item->received_at = sqlite3_column_int64(row, 6);
    item->counts = sqlite3_column_int(row, 7);
    item->on_time = sqlite3_column_int(row, 8);
    item->withdrawn = sqlite3_column_int(row, 9);
    item->versions = (guint)sqlite3_column_int64(row, 10);
    item->counted_at = sqlite3_column_int64(row, 11);
    GPtrArray *hashes = g_hash_table_lookup(documents, GINT_TO_POINTER((int)item->number));
    for (guint i = 0; hashes && i < hashes->len; i++)
        g_ptr_array_add(item->documents, g_strdup(hashes->pdata[i]));
    book->next_number = MAX(book->next_number, item->number + 1);
    book_add_item(book, item);
}

static gboolean load_items(Db *db, Book *book, GError **error)
{
    GError *fault = NULL;
    g_autoptr (GHashTable) documents = load_documents(db, &fault);
    sqlite3_stmt *row =
        fault ? NULL
              : db_query(
                    db, &fault,
                    "SELECT number, kind, committee, title, title_key, theme, received_at, counts, on_time,"
                    " withdrawn, (SELECT count(*) FROM version WHERE version.item = item.number),"
                    " (SELECT coalesce(min(received_at), 0) FROM version WHERE version.item = item.number "
                    "AND counts)"
                    " FROM item ORDER BY (SELECT max(mail) FROM version WHERE version.item = item.number), "
                    "number",
                    "");
    while (row && db_next(db, row, &fault)) load_item(book, row, documents);
    if (!fault) return TRUE;
    g_propagate_error(error, fault);
    return FALSE;
}

static void load_letter(Book *book, sqlite3_stmt *row)
{
    BookLetter *letter = book_letter_new();
    set_text(&letter->message_id, row, 0);
    set_text(&letter->to, row, 1);
    set_text(&letter->committee, row, 2);
    letter->number = (guint)sqlite3_column_int64(row, 3);
    set_text(&letter->cc, row, 4);
    letter->reminder = sqlite3_column_int(row, 5);
    set_text(&letter->cause, row, 6);
    book_add_letter(book, letter);
}

static void load_daily(Book *book, sqlite3_stmt *row)
{
    g_hash_table_insert(book->daily, g_strdup_printf("%s %s", db_text(row, 0), db_text(row, 1)),
                        GUINT_TO_POINTER((guint)sqlite3_column_int64(row, 2)));
}

static void load_stage(Book *book, sqlite3_stmt *row)
{
    book_take_stage(book, db_text(row, 0), db_text(row, 1), sqlite3_column_int64(row, 2));
}

static void load_forgotten(Book *book, sqlite3_stmt *row)
{
    book_add_forgotten(book, db_text(row, 0), db_text(row, 1), db_text(row, 2), db_text(row, 3),
                       sqlite3_column_int64(row, 4));
}

static void load_dead(Book *book, sqlite3_stmt *row)
{
    book_mark_dead(book, db_text(row, 0), sqlite3_column_int64(row, 1));
}

typedef struct Part {
    const char *sql;
    void (*load)(Book *book, sqlite3_stmt *row);
} Part;

static const Part PARTS[] = {
    {"SELECT message_id, to_address, committee, (SELECT CASE count(*) WHEN 1 THEN min(item) ELSE 0 END"
     " FROM letter_item WHERE letter_item.outbox = outbox.id), cc, kind = 'reminder',"
     " (SELECT identity FROM mail WHERE mail.id = outbox.mail) FROM outbox ORDER BY id",
     load_letter},
    {"SELECT to_address, day, count(*) FROM outbox GROUP BY to_address, day", load_daily},
    {"SELECT committee, stage, taken_at FROM reminder", load_stage},
    {"SELECT address, since_at FROM dead_address", load_dead},
    {"SELECT identity, committee, from_address, subject, received_at FROM todo JOIN mail ON mail.id = "
     "todo.mail"
     " WHERE code = '" DESK_FORGOTTEN "' AND done_at IS NULL",
     load_forgotten},
};

Book *store_load_book(Store *store, GError **error)
{
    g_autoptr (Book) book = book_new();
    book->next_number = MAX(book->next_number, 1);
    if (!load_items(store->db, book, error)) return NULL;
    for (guint i = 0; i < G_N_ELEMENTS(PARTS); i++) {
        GError *fault = NULL;
        sqlite3_stmt *row = db_query(store->db, &fault, PARTS[i].sql, "");
        while (row && db_next(store->db, row, &fault)) PARTS[i].load(book, row);
        if (!fault) continue;
        g_propagate_error(error, fault);
        return NULL;
    }
    return g_steal_pointer(&book);
}

gboolean book_load(Store *store, GError **error)
{
    gint64 last;
    if (!db_int(store->db, &last, 0, error, "SELECT max(sequence) FROM outbox", "")) return FALSE;
    Book *book = store_load_book(store, error);
    if (!book) return FALSE;
    g_clear_pointer(&store->book, book_free);
    store->book = book;
    store->next_sequence = (guint64)last + 1;
    return TRUE;
}
