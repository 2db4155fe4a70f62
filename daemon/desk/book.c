/* book.c - the settled state in memory. */
#include "daemon/desk/book.h"

static void item_free(gpointer data)
{
    BookItem *item = data;
    g_free(item->committee);
    g_free(item->title);
    g_free(item->title_key);
    g_free(item->theme);
    g_free(item->filed_under);
    g_ptr_array_unref(item->documents);
    g_free(item);
}

static void letter_entry_free(gpointer data)
{
    BookLetter *letter = data;
    g_free(letter->message_id);
    g_free(letter->to);
    g_free(letter->cc);
    g_free(letter->committee);
    g_free(letter->cause);
    g_free(letter);
}

static void forgotten_free(gpointer data)
{
    BookForgotten *forgotten = data;
    g_free(forgotten->identity);
    g_free(forgotten->committee);
    g_free(forgotten->from);
    g_free(forgotten->subject);
    g_free(forgotten);
}

Book *book_new(void)
{
    Book *book = g_new0(Book, 1);
    book->items = g_ptr_array_new_with_free_func(item_free);
    book->by_committee =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
    book->none = g_ptr_array_new();
    book->by_document = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    book->letters = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, letter_entry_free);
    book->forgotten = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, forgotten_free);
    book->daily = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    book->stages = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    book->dead = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    book->next_number = 1;
    return book;
}

void book_free(Book *book)
{
    if (!book) return;
    g_hash_table_unref(book->by_committee);
    g_ptr_array_unref(book->none);
    g_hash_table_unref(book->by_document);
    g_hash_table_unref(book->letters);
    g_hash_table_unref(book->forgotten);
    g_hash_table_unref(book->daily);
    g_hash_table_unref(book->stages);
    g_hash_table_unref(book->dead);
    g_ptr_array_unref(book->items);
    g_free(book);
}

BookItem *book_item_new(void)
{
    BookItem *item = g_new0(BookItem, 1);
    item->committee = g_strdup("");
    item->title = g_strdup("");
    item->title_key = g_strdup("");
    item->theme = g_strdup("");
    item->documents = g_ptr_array_new_with_free_func(g_free);
    return item;
}

BookLetter *book_letter_new(void)
{
    BookLetter *letter = g_new0(BookLetter, 1);
    letter->message_id = g_strdup("");
    letter->to = g_strdup("");
    letter->cc = g_strdup("");
    letter->committee = g_strdup("");
    letter->cause = g_strdup("");
    return letter;
}

/* The first index whose number is not below: items come nearly always in order. */
static guint item_slot(const GPtrArray *items, guint number)
{
    guint low = 0, high = items->len;
    while (low < high) {
        guint middle = low + (high - low) / 2;
        if (((BookItem *)items->pdata[middle])->number < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void take_out(Book *book, BookItem *item)
{
    if (!item->filed_under) return;
    g_ptr_array_remove(g_hash_table_lookup(book->by_committee, item->filed_under), item);
    g_clear_pointer(&item->filed_under, g_free);
}

static void file_under_committee(Book *book, BookItem *item)
{
    if (g_strcmp0(item->filed_under, item->committee) == 0) return;
    take_out(book, item);
    GPtrArray *items = g_hash_table_lookup(book->by_committee, item->committee);
    if (!items) {
        items = g_ptr_array_new();
        g_hash_table_insert(book->by_committee, g_strdup(item->committee), items);
    }
    g_ptr_array_insert(items, (gint)item_slot(items, item->number), item);
    item->filed_under = g_strdup(item->committee);
}

static gboolean is_of_item(gpointer key, gpointer value, gpointer item)
{
    return value == item;
}

void book_add_item(Book *book, BookItem *item)
{
    guint slot = item_slot(book->items, item->number);
    BookItem *old = slot < book->items->len ? book->items->pdata[slot] : NULL;
    if (old && old->number == item->number) {
        if (old != item) {
            g_hash_table_foreach_remove(book->by_document, is_of_item, old);
            take_out(book, old);
            item_free(old);
        }
        book->items->pdata[slot] = item;
    } else {
        g_ptr_array_insert(book->items, (gint)slot, item);
    }
    file_under_committee(book, item);
    for (guint i = 0; i < item->documents->len; i++)
        g_hash_table_replace(book->by_document, g_strdup(item->documents->pdata[i]), item);
    book->next_number = MAX(book->next_number, item->number + 1);
}

void book_add_letter(Book *book, BookLetter *letter)
{
    g_hash_table_replace(book->letters, letter->message_id, letter);
}

void book_add_forgotten(Book *book, const char *identity, const char *committee, const char *from,
                        const char *subject, gint64 received_at)
{
    BookForgotten *forgotten = g_new(BookForgotten, 1);
    *forgotten = (BookForgotten){.identity = g_strdup(identity),
                                 .committee = g_strdup(committee),
                                 .from = g_strdup(from),
                                 .subject = g_strdup(subject),
                                 .received_at = received_at};
    g_hash_table_replace(book->forgotten, forgotten->identity, forgotten);
}

BookItem *book_item(const Book *book, guint number)
{
    guint slot = item_slot(book->items, number);
    BookItem *item = slot < book->items->len ? book->items->pdata[slot] : NULL;
    return item && item->number == number ? item : NULL;
}

const GPtrArray *book_items_of(const Book *book, const char *committee)
{
    const GPtrArray *items = g_hash_table_lookup(book->by_committee, committee);
    return items ? items : book->none;
}

const BookLetter *book_letter(const Book *book, const char *message_id)
{
    return message_id && *message_id ? g_hash_table_lookup(book->letters, message_id) : NULL;
}

void book_forget_items(Book *book)
{
    g_hash_table_remove_all(book->by_committee);
    g_hash_table_remove_all(book->by_document);
    g_ptr_array_set_size(book->items, 0);
    book->next_number = 1;
}

void book_take_stage(Book *book, const char *committee, const char *stage, gint64 taken_at)
{
    gint64 *at = g_new(gint64, 1);
    *at = taken_at;
    g_hash_table_replace(book->stages, g_strdup_printf("%s %s", committee, stage), at);
}

gint64 book_stage_taken(const Book *book, const char *committee, const char *stage)
{
    g_autofree char *key = g_strdup_printf("%s %s", committee, stage);
    const gint64 *at = g_hash_table_lookup(book->stages, key);
    return at ? *at : 0;
}

gint64 book_last_stage(const Book *book, const char *committee)
{
    g_autofree char *prefix = g_strconcat(committee, " ", NULL);
    GHashTableIter iter;
    gpointer key, at;
    gint64 last = 0;
    g_hash_table_iter_init(&iter, book->stages);
    while (g_hash_table_iter_next(&iter, &key, &at))
        if (g_str_has_prefix(key, prefix)) last = MAX(last, *(const gint64 *)at);
    return last;
}

void book_mark_dead(Book *book, const char *address, gint64 since_at)
{
    if (g_hash_table_contains(book->dead, address)) return;
    gint64 *since = g_new(gint64, 1);
    *since = since_at;
    g_hash_table_insert(book->dead, g_strdup(address), since);
}

gboolean book_is_dead(const Book *book, const char *address)
{
    g_autofree char *key = g_utf8_strdown(address, -1);
    return g_hash_table_contains(book->dead, key);
}

const char *book_living(const Book *book, const GPtrArray *addresses, guint skip)
{
    for (guint i = 0; i < addresses->len; i++)
        if (!book_is_dead(book, addresses->pdata[i]) && skip-- == 0) return addresses->pdata[i];
    return NULL;
}
