#include "daemon/rewound.h"

#include <string.h>

#include "daemon/record.h"

#define NEAR 500 /* UIDs are listed at most */

gboolean rewound_below(const ImapStatus *status, gint64 next)
{
    return status->uidnext != 0 && next > status->uidnext;
}

static gboolean keep(guint32 uid, GBytes *raw, gpointer data)
{
    (void)uid;
    GBytes **kept = data;
    if (!*kept) *kept = g_bytes_ref(raw);
    return TRUE;
}

static gboolean looks_alike(const StoreSeen *seen, const ImapEntry *entry)
{
    gboolean dated = entry->internal_at == G_MININT64 || entry->internal_at == seen->received_at;
    return dated && entry->size == seen->size;
}

/* Date or size are not what they were; some servers are careless with both: the bytes decide. */
static gboolean is_another(Cycle *cycle, const StoreSeen *seen, const ImapEntry *entry, gboolean *another,
                           GError **error)
{
    g_autoptr (GBytes) raw = NULL;
    g_autoptr (GError) local = NULL;
    if (!imap_fetch_mails(cycle->imap, entry, 1, keep, &raw, &local)) {
        if (g_error_matches(local, NET_ERROR, NET_ERROR_REFUSED)) return TRUE;
        g_propagate_error(error, g_steal_pointer(&local));
        return FALSE;
    }
    if (!raw) return TRUE;
    gint64 known;
    g_autofree char *sha256 = facts_sha256_bytes(raw);
    if (!store_known_raw(cycle->store, sha256, &known, error)) return FALSE;
    *another = known != seen->mail;
    return TRUE;
}

/* The newest of those whose looks have changed is fetched, and no other. */
static gboolean uids_are_reused(Cycle *cycle, const StoreFolder *folder, gboolean *reused, GError **error)
{
    g_autoptr (GArray) seen = store_last_seen(cycle->store, folder, error);
    if (!seen || seen->len == 0) return seen != NULL;
    guint32 first = g_array_index(seen, StoreSeen, seen->len - 1).uid;
    guint32 last = g_array_index(seen, StoreSeen, 0).uid;
    if (last - first > NEAR) first = last - NEAR;
    g_autoptr (GArray) entries = imap_list_uids(cycle->imap, first, last, error);
    if (!entries) return FALSE;
    for (guint i = 0; i < seen->len; i++) {
        const StoreSeen *one = &g_array_index(seen, StoreSeen, i);
        for (guint k = 0; k < entries->len; k++) {
            const ImapEntry *entry = &g_array_index(entries, ImapEntry, k);
            if (entry->uid == one->uid && !looks_alike(one, entry))
                return is_another(cycle, one, entry, reused, error);
        }
    }
    return TRUE;
}

/* The mail at the cursor is another one, or gone. Who gives nothing of it may be ill: only when it is not
 * listed either was it deleted. */
static gboolean is_other_mail(Cycle *cycle, guint32 uid, const char *last, gboolean *other, gboolean *gone,
                              GError **error)
{
    static const char *const names[] = {"MESSAGE-ID", NULL};
    g_autoptr (GBytes) raw = NULL;
    if (uid == 0 || !last || !*last) return TRUE;
    if (!imap_fetch_fields(cycle->imap, uid, uid, names, keep, &raw, error)) return FALSE;
    g_autofree char *field = raw ? record_field(raw, "Message-ID") : NULL;
    *other = raw && !(field && strstr(field, last));
    if (raw) return TRUE;
    g_autoptr (GArray) there = imap_list_uids(cycle->imap, uid, uid, error);
    *gone = there && there->len == 0;
    return there != NULL;
}

/* Some servers say a UIDNEXT of long ago: mails beyond it are the proof. */
static gboolean is_true(Cycle *cycle, const ImapStatus *status, gboolean *is, GError **error)
{
    g_autoptr (GArray) beyond = imap_list_uids(cycle->imap, status->uidnext, 0, error);
    if (beyond) *is = beyond->len == 0;
    return beyond != NULL;
}

gboolean rewound_look(Cycle *cycle, StoreFolder *folder, const ImapStatus *status, const char *last,
                      GError **error)
{
    gboolean gone = FALSE, rewound = rewound_below(status, (gint64)folder->last_uid + 1);
    if (rewound && !is_true(cycle, status, &rewound, error)) return FALSE;
    if (!rewound && !uids_are_reused(cycle, folder, &rewound, error)) return FALSE;
    if (!rewound && !is_other_mail(cycle, folder->last_uid, last, &rewound, &gone, error)) return FALSE;
    if (!rewound && !gone) return TRUE;
    if (gone)
        g_warning(
            "the last mail that was read in folder %s is gone from it (did somebody empty the folder?): "
            "reading it from the start",
            folder->name);
    else
        g_warning(
            "folder %s went back to an earlier state (was the mail server restored from a backup?): reading "
            "it from the start; mails that are known stay one",
            folder->name);
    folder->last_uid = 0;
    return store_forget_folder(cycle->store, folder, error);
}
