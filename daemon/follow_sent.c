#include "daemon/follow_sent.h"

#include <string.h>

#include "daemon/record.h"
#include "daemon/rewound.h"

#define SENT_UIDVALIDITY "followed_sent_uidvalidity"
#define SENT_UID         "followed_sent_uid"

typedef struct SentLook {
    Cycle *cycle;
    GHashTable *dated; /* UID -> its ImapEntry */
    guint heard;       /* of them */
    FollowSentFunc unknown;
    gpointer data;
    GError *error;
} SentLook;

static gboolean on_fields(guint32 uid, GBytes *raw, gpointer data)
{
    SentLook *look = data;
    Cycle *cycle = look->cycle;
    const ImapEntry *entry = g_hash_table_lookup(look->dated, GUINT_TO_POINTER(uid));
    look->heard += entry != NULL;
    json_t *record = entry && !look->error ? record_open(cycle->ledger, raw, NULL) : NULL;
    if (!record) return TRUE;
    g_autofree char *message_id = record_message_id(raw);
    gboolean known = FALSE;
    gint64 at = entry->internal_at != G_MININT64 ? entry->internal_at : clock_now(&cycle->clock);
    if (store_outbox_found(cycle->store, message_id, at, &known, &look->error) && !known && look->unknown)
        look->unknown(cycle, message_id, record, at, look->data, &look->error);
    json_decref(record);
    return TRUE;
}

/* What is not told of passes for not sent: so a server that tells of fewer than it listed is asked again. */
static gboolean hear(SentLook *look, guint32 from, const char *folder, GError **error)
{
    static const char *const names[] = {"MESSAGE-ID", "BAOSONG-RECORD", NULL};
    guint all = g_hash_table_size(look->dated);
    for (guint attempt = 0; attempt < 2 && look->heard < all; attempt++) {
        look->heard = 0;
        if (!imap_fetch_fields(look->cycle->imap, from, 0, names, on_fields, look, error)) return FALSE;
    }
    if (look->heard > 0) return TRUE;
    g_set_error(error, NET_ERROR, NET_ERROR_PROTOCOL,
                "folder %s has %u mails, and the server tells of none of them; we try again", folder, all);
    return FALSE;
}

gboolean follow_sent(Cycle *cycle, FollowSentFunc unknown, gpointer data, GError **error)
{
    const char *folder = cycle_folder(cycle, cycle->config->imap.sent, IMAP_ROLE_SENT);
    ImapStatus status;
    if (!folder) return TRUE;
    if (!imap_examine(cycle->imap, folder, &status, error)) return FALSE;
    gint64 first = store_setting_int(cycle->store, SENT_UID, 1);
    /* One that looks for unknown letters looks at all of them. */
    if (unknown || store_setting_int(cycle->store, SENT_UIDVALIDITY, 0) != status.uidvalidity ||
        rewound_below(&status, first))
        first = 1;
    if (status.exists == 0 || (status.uidnext != 0 && first >= status.uidnext)) return TRUE;
    g_autoptr (GArray) entries = imap_list_uids(cycle->imap, (guint32)first, 0, error);
    if (!entries) return FALSE;
    g_autoptr (GHashTable) dated = g_hash_table_new(g_direct_hash, g_direct_equal);
    guint32 from = 0, last = 0;
    for (guint i = 0; i < entries->len; i++) {
        ImapEntry *entry = &g_array_index(entries, ImapEntry, i);
        last = entry->uid;
        if (entry->internal_at != G_MININT64 && entry->internal_at < cycle->config->campaign.starts_at)
            continue;
        if (!from) from = entry->uid;
        g_hash_table_insert(dated, GUINT_TO_POINTER(entry->uid), entry);
    }
    SentLook look = {.cycle = cycle, .dated = dated, .unknown = unknown, .data = data};
    if (from && !hear(&look, from, folder, error)) return FALSE;
    if (look.error) {
        g_propagate_error(error, look.error);
        return FALSE;
    }
    return last == 0 || (store_set_setting_int(cycle->store, SENT_UIDVALIDITY, status.uidvalidity, error) &&
                         store_set_setting_int(cycle->store, SENT_UID, (gint64)last + 1, error));
}

/* Whether what is in no Sent folder may have gone all the same: then a person decides. */
static gboolean must_hold(const Cycle *cycle, const char *adopted)
{
    return strcmp(adopted, STORE_RESTORED) == 0 ||
           (strcmp(adopted, FOLLOW_OWN) != 0 &&
            !cycle_folder(cycle, cycle->config->imap.sent, IMAP_ROLE_SENT));
}

gboolean follow_take_over(Cycle *cycle, GError **error)
{
    guint held, waiting = 0;
    g_autofree char *adopted = store_setting(cycle->store, STORE_ADOPTED);
    if (!adopted) return TRUE;
    gboolean hold = must_hold(cycle, adopted);
    /* All of Sent: a letter may have come there before its record was read, and was nobody's then. */
    if (!store_set_setting(cycle->store, SENT_UID, NULL, error)) return FALSE;
    if (!follow_sent(cycle, NULL, NULL, error)) {
        g_prefix_error(error, "nothing goes before Sent shows what has gone (see to its rights): ");
        return FALSE;
    }
    if (!store_outbox_settle_unproven(cycle->store, hold, &held, error) ||
        (hold && !store_outbox_hold(cycle->store, -1, OUTBOX_HOLD_ADMIN, &waiting, error)) ||
        !store_set_setting(cycle->store, STORE_ADOPTED, NULL, error))
        return FALSE;
    if (hold && held + waiting > 0)
        g_warning("%u letters of %s lie in no Sent folder and may have gone: they are held until 'baosong "
                  "release'",
                  held + waiting,
                  strcmp(adopted, STORE_RESTORED) == 0 ? "before the backup was put back"
                                                       : "the instance that sent before");
    return TRUE;
}
