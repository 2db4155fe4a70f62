/* counts.c - what counts towards the quota: the one function, and the two sums made with its answer. */
#include <string.h>

#include "daemon/desk/ask.h"

static gboolean is_whole(const FactsAttachment *file)
{
    static const char *const spoilt[] = {"encrypted",    "damaged",      "empty-document", "unreadable",
                                         "archive-bomb", "split-volume", "cloud-link",     NULL};
    for (guint i = 0; i < file->problems->len; i++)
        if (g_strv_contains(spoilt, ((FactsProblem *)file->problems->pdata[i])->code)) return FALSE;
    return file->size > 0 && file->offset >= 0 && !files_is_no_document(file) && !files_is_blank(file);
}

/* Whether the item counts, and why not: the one place that says so. */
static gboolean does_count(const VerdictItem *item, const Verdict *verdict, const Facts *facts,
                           const char **reason)
{
    const char *why = NULL;
    gboolean any = FALSE;
    for (guint i = 0; i < item->files->len; i++) any |= is_whole(item->files->pdata[i]);
    if (item->kind != ITEM_SUMMARY)
        why = "a plan or a typical case";
    else if (!*verdict->committee)
        why = "no committee yet";
    else if (item->files->len == 0)
        why = "no file whose bytes we hold";
    else if (!any)
        why = "every file is encrypted, damaged, empty, blank, no document or not held";
    if (reason) *reason = why ? why : "a summary with at least one sound file";
    return why == NULL;
}

/* A supplement (补充) mends nothing: the spoilt file was another one. */
static gboolean is_sound(const Ask *ask, const VerdictItem *item)
{
    guint whole = 0;
    for (guint i = 0; i < item->files->len; i++) {
        const FactsAttachment *file = item->files->pdata[i];
        if (!is_whole(file)) return FALSE;
        whole += files_is_document(file);
    }
    return whole > 0 && !ask->cloud && !tags_has(ask->tags, TAG_SUPPLEMENT);
}

void counts_ask(Ask *ask, VerdictItem *item, const BookItem *old)
{
    const char *reason;
    item->counts = does_count(item, ask->verdict, ask->facts, &reason);
    item->sound = is_sound(ask, item);
    if (old && old->withdrawn) {
        item->counts = FALSE;
        reason = "withdrawn";
    } else if (old && old->counts && !item->counts) {
        item->counts = TRUE; /* a spoilt new version takes nothing away */
        reason = "an earlier version counts";
    }
    verdict_decide(ask->verdict, "counts", item->counts ? "yes" : "no", "%s", reason);
}

guint book_counting(const Book *book, const char *committee)
{
    guint n = 0;
    const GPtrArray *theirs = book_items_of(book, committee);
    for (guint i = 0; i < theirs->len && *committee; i++) {
        const BookItem *item = theirs->pdata[i];
        n += item->counts && !item->withdrawn;
    }
    return n;
}

guint counts_after(const Ask *ask)
{
    guint n = book_counting(ask->book, ask->verdict->committee);
    for (guint i = 0; i < ask->verdict->items->len; i++) {
        const VerdictItem *item = ask->verdict->items->pdata[i];
        const BookItem *old = item->is_new ? NULL : book_item(ask->book, item->number);
        n += item->counts && !(old && old->counts && *old->committee);
    }
    return n;
}
