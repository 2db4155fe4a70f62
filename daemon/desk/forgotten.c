/* forgotten.c - which mails spoke of a file, brought none, and have it now?
 *
 * Staff need not look any more at the mail whose attachment was forgotten when the same sender answers its
 * receipt with a file, or sends it again: 党建创新-田间党课 is not 党建创新 once more.
 */
#include <string.h>

#include "daemon/desk/ask.h"

static const char *sender_of(const Facts *facts)
{
    return facts->from->len > 0 ? ((const FactsMailbox *)facts->from->pdata[0])->address : "";
}

/* 重发：…, or … with （补附件） behind it. */
static gboolean is_again(const char *subject, const char *before)
{
    static const char *const joints[] = {"：", ":", " ", "】", "）", ")", "]", NULL};
    static const char *const again[] = {"重", "再", "补", "附", NULL};
    const gsize all = strlen(subject), n = strlen(before);
    if (n == 0 || all < n) return FALSE;
    if (g_str_has_prefix(subject, before) && (all == n || text_any(subject + n, again))) return TRUE;
    g_autofree char *opening = g_strndup(subject, all - n);
    gboolean joined = FALSE;
    for (gsize i = 0; joints[i]; i++) joined |= g_str_has_suffix(opening, joints[i]);
    return joined && g_str_has_suffix(subject, before);
}

static gboolean brings(const Ask *ask, const BookForgotten *old)
{
    const BookLetter *answered = book_letter(ask->book, ask->facts->in_reply_to);
    if (old->received_at > ask->mail->received_at || strcmp(old->from, sender_of(ask->facts)) != 0)
        return FALSE;
    if (answered && strcmp(answered->cause, old->identity) == 0) return TRUE;
    return *old->committee && strcmp(old->committee, ask->verdict->committee) == 0 &&
           is_again(ask->facts->subject, old->subject);
}

void forgotten_ask(Ask *ask)
{
    GHashTableIter iter;
    gpointer old;
    gboolean sound = FALSE;
    for (guint i = 0; i < ask->verdict->items->len; i++)
        sound |= ((const VerdictItem *)ask->verdict->items->pdata[i])->sound;
    g_hash_table_iter_init(&iter, ask->book->forgotten);
    while (sound && g_hash_table_iter_next(&iter, NULL, &old))
        if (brings(ask, old))
            g_ptr_array_add(ask->verdict->brought, g_strdup(((const BookForgotten *)old)->identity));
}

void forgotten_settle(Book *book, const DeskMail *mail, const Verdict *verdict)
{
    for (guint i = 0; i < verdict->brought->len; i++)
        g_hash_table_remove(book->forgotten, verdict->brought->pdata[i]);
    for (guint i = 0; i < verdict->todos->len; i++)
        if (strcmp(((const VerdictTodo *)verdict->todos->pdata[i])->code, DESK_FORGOTTEN) == 0)
            book_add_forgotten(book, mail->identity, verdict->committee, sender_of(mail->facts),
                               mail->facts->subject, mail->received_at);
}
