#include "daemon/reparse.h"

#include "daemon/desk/settled.h"
#include "daemon/replay.h"

/* The book as it grew: each mail is judged by what was known before it. Letters are all known from the start.
 */
static Book *empty_book(Store *store, GError **error)
{
    Book *book = store_load_book(store, error);
    if (!book) return NULL;
    book_forget_items(book);
    g_hash_table_remove_all(book->daily);
    return book;
}

static IntakeMail *mail_of(Cycle *cycle, const StoreKept *kept)
{
    IntakeMail *mail = g_new0(IntakeMail, 1);
    g_autofree char *path = store_mail_path(cycle->store, kept->raw_sha256);
    char *bytes;
    gsize length;
    mail->sha256 = g_strdup(kept->raw_sha256);
    mail->header_only = kept->header_only;
    if (kept->header_only) mail->problem = kept->too_large ? "too-large" : "unreadable";
    if (g_file_get_contents(path, &bytes, &length, NULL)) mail->raw = g_bytes_new_take(bytes, length);
    return mail;
}

static gboolean judge(Cycle *cycle, Book *book, const StoreKept *kept, const IntakeMail *mail,
                      ReparseCount *count, GError **error)
{
    gboolean read = mail->result && mail->result->facts, changed = FALSE;
    DeskMail question = {
        .folder = kept->junk ? DESK_JUNK : DESK_INBOX,
        .received_at = kept->received_at,
        .size = kept->size,
        .identity = kept->identity,
        .facts = read ? mail->result->facts : kept->facts,
        .problem = read ? (mail->header_only ? mail->problem : NULL) : "unreadable",
        .settled = kept->settled,
    };
    if (mail->problem && read && !mail->header_only) question.problem = mail->problem;
    g_autoptr (Verdict) verdict = desk_judge(cycle->desk, book, &question, kept->stored_at);
    guint opinions = 0;
    gboolean done = store_reparse(cycle->store, kept, read ? mail->result->facts : NULL,
                                  read ? mail->result->data_fd : -1, verdict, &changed, &opinions, error);
    desk_settle(book, &question, verdict);
    count->changed += changed;
    count->opinions += opinions;
    count->read += read;
    count->missing += mail->raw == NULL;
    return done;
}

static gboolean judge_batch(Cycle *cycle, Book *book, GPtrArray *batch, GPtrArray *mails, ReparseCount *count,
                            GError **error)
{
    if (!store_begin(cycle->store, clock_now(&cycle->clock), error)) return FALSE;
    for (guint i = 0; i < batch->len; i++)
        if (!judge(cycle, book, batch->pdata[i], mails->pdata[i], count, error)) {
            store_rollback(cycle->store);
            return FALSE;
        }
    return store_commit(cycle->store, error);
}

gboolean reparse_run(Cycle *cycle, ReparseCount *count, GError **error)
{
    gint64 after = 0;
    guint done = 0;
    StoreStatus status;
    g_autoptr (Book) book = empty_book(cycle->store, error);
    if (!book || !store_fill_status(cycle->store, &status, error)) return FALSE;
    guint total = status.campaign + status.suspect + status.staff + status.automatic;
    while (!cycle->stopping) {
        g_autoptr (GPtrArray) batch = store_kept(cycle->store, after, STORE_BATCH, error);
        if (!batch) return FALSE;
        if (batch->len == 0) return TRUE;
        g_autoptr (GPtrArray) mails = g_ptr_array_new_with_free_func((GDestroyNotify)intake_mail_free);
        for (guint i = 0; i < batch->len; i++) g_ptr_array_add(mails, mail_of(cycle, batch->pdata[i]));
        if (!replay_parse(cycle, mails, error) || !judge_batch(cycle, book, batch, mails, count, error))
            return FALSE;
        after = ((const StoreKept *)batch->pdata[batch->len - 1])->id;
        done += batch->len;
        if (cycle->on_progress) cycle->on_progress("mails", done, MAX(done, total));
    }
    g_set_error(error, NET_ERROR, NET_ERROR_TIMEOUT, "interrupted; run it again");
    return FALSE;
}
