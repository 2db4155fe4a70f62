#include "daemon/rebuild.h"

#include <string.h>

#include "daemon/desk/settled.h"
#include "daemon/follow.h"
#include "daemon/follow_sent.h"
#include "daemon/journal.h"
#include "daemon/lease.h"
#include "daemon/portion.h"
#include "daemon/record.h"
#include "daemon/reminding.h"
#include "daemon/replay.h"
#include "daemon/rules.h"
#include "parsers/limits.h"

#define PORTION_BYTES (16u << 20)

typedef struct Rest {
    Cycle *cycle;
    GHashTable *letters; /* identity of the mail answered -> json_t* record in Sent */
    GArray *entries;     /* of Entry, by arrival */
    guint first;         /* of the portion in hand */
    GPtrArray *portion;  /* of IntakeMail* */
} Rest;

typedef struct Entry {
    ImapEntry imap;
    guint folder; /* 0 = inbox, 1 = junk */
} Entry;

/* --- letters in Sent that no record tells of -------------------------------------------------- */

/* The reminder of that record, as if it had been read in the ledger; in one batch with the gap. */
static gboolean adopt_copy(Cycle *cycle, const char *message_id, const json_t *copied, gint64 at,
                           GError **error)
{
    gboolean known;
    g_autofree char *line = g_strdup_printf(
        "the record of reminder %s to %s is missing from the ledger folder; its copy in Sent was read",
        record_text(copied, "stage"), record_text(copied, "committee"));
    json_t *record =
        json_pack("{s:[{s:s s:s s:O s:O}]}", "letters", "committee", record_text(copied, "committee"),
                  "stage", record_text(copied, "stage"), "stages", json_object_get(copied, "stages"),
                  "sequence", json_object_get(copied, "seq"));
    gboolean begun = store_begin(cycle->store, at, error);
    gboolean done = begun && store_note_gap(cycle->store, line, error) &&
                    (!record || (reminding_adopt(cycle, record, error) &&
                                 store_outbox_found(cycle->store, message_id, at, &known, error)));
    json_decref(record);
    if (done) return store_commit(cycle->store, error);
    if (begun) store_rollback(cycle->store);
    return FALSE;
}

static gboolean on_unknown(Cycle *cycle, const char *message_id, const json_t *record, gint64 at,
                           gpointer data, GError **error)
{
    Rest *rest = data;
    const char *cause = record_text(record, "cause");
    if (strcmp(record_text(record, "kind"), "receipt") == 0) {
        if (*cause) g_hash_table_replace(rest->letters, g_strdup(cause), json_deep_copy(record));
        return TRUE;
    }
    if (strcmp(record_text(record, "kind"), "reminder") != 0 || reminding_is_known(cycle, record))
        return TRUE;
    Clock clock = cycle->clock;
    cycle->clock = (Clock){.frozen = TRUE, .at = at};
    gboolean done = adopt_copy(cycle, message_id, record, at, error);
    cycle->clock = clock;
    return done;
}

/* --- mails that no record names --------------------------------------------------------------- */

static const char *folder_name(const Cycle *cycle, guint folder)
{
    const ImapConfig *imap = &cycle->config->imap;
    if (folder == 0) return imap->inbox;
    return strcmp(imap->junk, "-") != 0 ? cycle_folder(cycle, imap->junk, IMAP_ROLE_JUNK) : NULL;
}

static gint by_arrival(gconstpointer a, gconstpointer b)
{
    const Entry *x = a, *y = b;
    if (x->imap.internal_at != y->imap.internal_at) return x->imap.internal_at < y->imap.internal_at ? -1 : 1;
    if (x->folder != y->folder) return x->folder < y->folder ? -1 : 1;
    return (x->imap.uid > y->imap.uid) - (x->imap.uid < y->imap.uid);
}

static gboolean list_folder(Rest *rest, guint folder, GError **error)
{
    Cycle *cycle = rest->cycle;
    const char *name = folder_name(cycle, folder);
    ImapStatus status;
    if (!name) return TRUE;
    if (!imap_examine(cycle->imap, name, &status, error)) return FALSE;
    g_autoptr (GArray) entries = imap_list_uids(cycle->imap, 1, 0, error);
    for (guint i = 0; entries && i < entries->len; i++) {
        Entry entry = {.imap = g_array_index(entries, ImapEntry, i), .folder = folder};
        gint64 known;
        if (entry.imap.internal_at == G_MININT64) entry.imap.internal_at = clock_now(&cycle->clock);
        if (entry.imap.internal_at < cycle->config->campaign.starts_at) continue;
        if (!store_known_uid(cycle->store, name, status.uidvalidity, entry.imap.uid, &known, error))
            return FALSE;
        if (!known) g_array_append_val(rest->entries, entry);
    }
    return entries != NULL;
}

static gboolean list_rest(Rest *rest, GError **error)
{
    g_array_set_size(rest->entries, 0);
    if (!list_folder(rest, 0, error) || !list_folder(rest, 1, error)) return FALSE;
    g_array_sort(rest->entries, by_arrival);
    return TRUE;
}

/* A portion ends between two arrivals, never among mails of one second: those are sorted by identity. */
static guint portion_end(const Rest *rest)
{
    guint64 bytes = 0;
    guint i = rest->first;
    for (; i < rest->entries->len; i++) {
        const Entry *entry = &g_array_index(rest->entries, Entry, i);
        gboolean tied = i > rest->first && entry->imap.internal_at ==
                                               g_array_index(rest->entries, Entry, i - 1).imap.internal_at;
        if (!tied && i > rest->first && (bytes >= PORTION_BYTES || i - rest->first >= STORE_BATCH)) break;
        bytes += entry->imap.size;
    }
    return i;
}

typedef struct Fetching {
    GPtrArray *mails;
    DeskFolder role;
} Fetching;

static gboolean on_mail(guint32 uid, GBytes *raw, gpointer data)
{
    const Fetching *fetching = data;
    for (guint i = 0; i < fetching->mails->len; i++) {
        IntakeMail *mail = fetching->mails->pdata[i];
        if (mail->uid != uid || mail->role != fetching->role || mail->raw) continue;
        mail->raw = g_bytes_ref(raw);
        mail->sha256 = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, raw);
    }
    return TRUE;
}

static gboolean fetch_folder(Rest *rest, guint folder, guint end, gboolean header_only, GError **error)
{
    Cycle *cycle = rest->cycle;
    const char *name = folder_name(cycle, folder);
    guint64 limit = MIN(cycle->config->imap.max_message, LIMIT_MAIL_BYTES);
    g_autoptr (GArray) wanted = g_array_new(FALSE, FALSE, sizeof(ImapEntry));
    ImapStatus status;
    for (guint i = rest->first; i < end; i++) {
        const Entry *entry = &g_array_index(rest->entries, Entry, i);
        if (entry->folder == folder && (entry->imap.size > limit) == header_only)
            g_array_append_val(wanted, entry->imap);
    }
    if (wanted->len == 0) return TRUE;
    if (!imap_examine(cycle->imap, name, &status, error)) return FALSE;
    for (guint i = 0; i < wanted->len; i++) {
        const ImapEntry *entry = &g_array_index(wanted, ImapEntry, i);
        IntakeMail *mail = g_new0(IntakeMail, 1);
        mail->uid = entry->uid;
        mail->size = entry->size;
        mail->received_at = entry->internal_at;
        mail->header_only = header_only;
        mail->problem = header_only ? "too-large" : NULL;
        mail->folder = g_strdup(name);
        mail->uidvalidity = status.uidvalidity;
        mail->role = folder == 1 ? DESK_JUNK : DESK_INBOX;
        g_ptr_array_add(rest->portion, mail);
    }
    Fetching fetching = {rest->portion, folder == 1 ? DESK_JUNK : DESK_INBOX};
    const ImapEntry *entries = (const ImapEntry *)(void *)wanted->data;
    return header_only ? imap_fetch_headers(cycle->imap, entries, wanted->len, on_mail, &fetching, error)
                       : imap_fetch_mails(cycle->imap, entries, wanted->len, on_mail, &fetching, error);
}

/* Fetches and reads what lies between first and end. A mail that the server does not hand out stays for the
 * daemon. */
static gboolean read_portion(Rest *rest, guint end, GError **error)
{
    g_ptr_array_set_size(rest->portion, 0);
    for (guint folder = 0; folder < 2; folder++)
        if (!fetch_folder(rest, folder, end, FALSE, error) || !fetch_folder(rest, folder, end, TRUE, error))
            return FALSE;
    for (guint i = rest->portion->len; i > 0; i--)
        if (!((IntakeMail *)rest->portion->pdata[i - 1])->raw) g_ptr_array_remove_index(rest->portion, i - 1);
    if (!replay_parse(rest->cycle, rest->portion, error)) return FALSE;
    for (guint i = 0; i < rest->portion->len; i++) {
        IntakeMail *mail = rest->portion->pdata[i];
        gboolean read = mail->result && mail->result->facts;
        mail->identity = read ? facts_identity(mail->result->facts) : g_strdup(mail->sha256);
    }
    return TRUE;
}

static gint by_identity(gconstpointer a, gconstpointer b)
{
    const IntakeMail *x = *(IntakeMail *const *)a, *y = *(IntakeMail *const *)b;
    if (x->received_at != y->received_at) return x->received_at < y->received_at ? -1 : 1;
    return strcmp(x->identity, y->identity);
}

/* What a letter in Sent says of the mail that it answered. */
static void settle_by_letter(IntakeMail *mail, const json_t *record)
{
    mail->settled = desk_settled_read(record);
    mail->sequence = (guint64)record_int(record, "seq");
    const json_t *item = json_array_get(json_object_get(record, "items"), 0);
    gint64 at = record_int(item, "at");
    if (at > 0) mail->received_at = at;
}

/* What a letter in Sent answers, and nobody has any more. */
static gboolean note_gone(Cycle *cycle, const IntakeMail *mail, GError **error)
{
    g_autofree char *line = g_strdup_printf(
        "a letter in Sent answers mail %.12s, which is neither recorded nor in the mailbox: its "
        "items stay as the letter says",
        mail->identity);
    return store_note_gap(cycle->store, line, error);
}

static gboolean admit_portion(Rest *rest, gboolean only_answered, GError **error)
{
    Cycle *cycle = rest->cycle;
    g_autoptr (GPtrArray) taken = g_ptr_array_new();
    g_ptr_array_sort(rest->portion, by_identity);
    for (guint i = 0; i < rest->portion->len; i++) {
        IntakeMail *mail = rest->portion->pdata[i];
        const json_t *record = g_hash_table_lookup(rest->letters, mail->identity);
        if (record && only_answered) settle_by_letter(mail, record);
        if (record || !only_answered) g_ptr_array_add(taken, mail);
    }
    if (taken->len == 0) return TRUE;
    if (!store_begin(cycle->store, clock_now(&cycle->clock), error)) return FALSE;
    gboolean done = TRUE;
    for (guint i = 0; i < taken->len && done; i++) {
        IntakeMail *mail = taken->pdata[i];
        IntakeCount count = {0};
        StoreFolder folder = {.name = mail->folder, .uidvalidity = mail->uidvalidity};
        done = (mail->raw || note_gone(cycle, mail, error)) &&
               (!mail->settled ||
                store_need_committee(cycle->store, mail->settled->committee, mail->settled->name, error)) &&
               admit_mail(cycle, &folder, mail->role, mail, &count, error);
        if (done && only_answered) g_hash_table_remove(rest->letters, mail->identity);
    }
    if (done && portion_record(cycle, error)) return store_commit(cycle->store, error);
    json_decref(cycle->portion);
    cycle->portion = NULL;
    store_rollback(cycle->store);
    return FALSE;
}

static gboolean read_rest(Rest *rest, gboolean only_answered, GError **error)
{
    Cycle *cycle = rest->cycle;
    if (!list_rest(rest, error)) return FALSE;
    for (rest->first = 0; rest->first < rest->entries->len && !cycle->stopping;) {
        guint end = portion_end(rest);
        if (!read_portion(rest, end, error) || !admit_portion(rest, only_answered, error)) return FALSE;
        rest->first = end;
        if (cycle->on_progress) cycle->on_progress("mails", end, rest->entries->len);
    }
    return TRUE;
}

/* A letter in Sent answers a mail that is gone: its items keep their numbers. */
static gboolean admit_lost(Rest *rest, GError **error)
{
    Cycle *cycle = rest->cycle;
    GHashTableIter iter;
    gpointer cause, record;
    g_ptr_array_set_size(rest->portion, 0);
    g_hash_table_iter_init(&iter, rest->letters);
    while (g_hash_table_iter_next(&iter, &cause, &record)) {
        IntakeMail *mail = g_new0(IntakeMail, 1);
        mail->sha256 = g_strdup(cause);
        mail->identity = g_strdup(cause);
        mail->folder = g_strdup(cycle->config->imap.inbox);
        mail->problem = "unreadable";
        mail->told = facts_new();
        settle_by_letter(mail, record);
        g_ptr_array_add(rest->portion, mail);
    }
    return rest->portion->len == 0 || admit_portion(rest, TRUE, error);
}

/* --- the steps -------------------------------------------------------------------------------- */

static gboolean go_on(const Cycle *cycle, GError **error)
{
    if (!cycle->stopping) return TRUE;
    g_set_error(error, NET_ERROR, NET_ERROR_TIMEOUT,
                "interrupted; nothing is changed yet: run 'baosong rebuild' again and it goes on from here");
    return FALSE;
}

static gboolean read_unrecorded(Cycle *cycle, GError **error)
{
    g_autoptr (GHashTable)
        letters = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)json_decref);
    g_autoptr (GArray) entries = g_array_new(FALSE, FALSE, sizeof(Entry));
    g_autoptr (GPtrArray) portion = g_ptr_array_new_with_free_func((GDestroyNotify)intake_mail_free);
    Rest rest = {.cycle = cycle, .letters = letters, .entries = entries, .portion = portion};
    if (!follow_sent(cycle, on_unknown, &rest, error)) return FALSE;
    if (cycle->standby) return TRUE;
    if (!rules_look(cycle, error)) return FALSE;
    if (g_hash_table_size(letters) > 0 &&
        (!read_rest(&rest, TRUE, error) || !go_on(cycle, error) || !admit_lost(&rest, error)))
        return FALSE;
    return read_rest(&rest, FALSE, error) && go_on(cycle, error) &&
           follow_sent(cycle, on_unknown, &rest, error);
}

static GPtrArray *list_gaps(Cycle *cycle, gboolean accept, GError **error)
{
    g_autofree char *missing = follow_gaps(cycle);
    g_autoptr (GPtrArray) gaps = store_gaps(cycle->store, error);
    if (gaps && missing)
        g_ptr_array_add(gaps, g_strdup_printf("records %s are missing from folder %s", missing,
                                              cycle->config->imap.ledger));
    /* Who accepts them knows of them. */
    if (!gaps || !store_set_setting(cycle->store, STORE_ADOPTED, NULL, error) ||
        (accept && !store_set_setting(cycle->store, JOURNAL_GAPS, NULL, error)) ||
        !store_set_setting(cycle->store, "gaps", gaps->len > 0 && !accept ? "1" : NULL, error))
        return NULL;
    return g_steal_pointer(&gaps);
}

gboolean rebuild_run(Cycle *cycle, gboolean accept_gaps, RebuildResult *result, GError **error)
{
    StoreStatus status;
    cycle->rebuilding = TRUE;
    if (!cycle_connect(cycle, error) || !follow_ledger(cycle, error) ||
        !lease_take(cycle, follow_ledger, error) || !read_unrecorded(cycle, error) ||
        !store_outbox_settle_unproven(cycle->store, TRUE, &result->held, error) ||
        !(result->gaps = list_gaps(cycle, accept_gaps, error)) ||
        !store_fill_status(cycle->store, &status, error) || !go_on(cycle, error))
        return FALSE;
    result->items = status.items;
    result->mails = status.campaign;
    result->standby = cycle->standby;
    return store_swap_in(g_steal_pointer(&cycle->store), error);
}
