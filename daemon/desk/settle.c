/* settle.c - the book after a verdict. */
#include <string.h>

#include "daemon/desk/ask.h"

static void add_documents(BookItem *item, const VerdictItem *from)
{
    for (guint i = 0; i < from->files->len; i++) {
        const FactsAttachment *file = from->files->pdata[i];
        gboolean known = g_ptr_array_find_with_equal_func(item->documents, file->sha256, g_str_equal, NULL);
        if (*file->sha256 && !known) g_ptr_array_add(item->documents, g_strdup(file->sha256));
    }
}

static void replace(char **slot, const char *value)
{
    char *copy = g_strdup(value);
    g_free(*slot);
    *slot = copy;
}

void desk_settle(Book *book, const DeskMail *mail, const Verdict *verdict)
{
    for (guint i = 0; i < verdict->items->len; i++) {
        const VerdictItem *from = verdict->items->pdata[i];
        BookItem *item = book_item(book, from->number);
        if (!item) {
            item = book_item_new();
            item->number = from->number;
            item->kind = from->kind;
            item->received_at = mail->received_at;
        }
        if (!*item->committee) replace(&item->committee, verdict->committee);
        if (*from->title_key || !*item->title) { /* a generic title takes no name away */
            replace(&item->title, from->title);
            replace(&item->title_key, from->title_key);
        }
        if (*from->theme) replace(&item->theme, from->theme);
        item->versions++;
        item->counts = from->counts;
        item->on_time = from->on_time;
        if (item->counts && !item->counted_at) item->counted_at = mail->received_at;
        add_documents(item, from);
        book_add_item(book, item);
    }
    forgotten_settle(book, mail, verdict);
}
