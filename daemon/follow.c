#include "daemon/follow.h"

#include <string.h>

#include "daemon/apply.h"
#include "daemon/follow_sent.h"
#include "daemon/gaps.h"
#include "daemon/journal.h"
#include "daemon/lease.h"
#include "daemon/record.h"
#include "daemon/reminding.h"
#include "daemon/replay.h"
#include "daemon/rewound.h"

#define PORTION_MAILS 50
#define PORTION_BYTES (16u << 20)
#define MAIL_BYTES    (8u << 20)     /* no record is larger: a batch is at most STORE_BATCH mails */
#define WHOLE         "ledger_whole" /* setting: the folder is to be read from its start to its end */

typedef struct Found {
    ImapEntry entry;
    GBytes *raw;
} Found;

typedef struct Follow {
    Cycle *cycle;
    StoreFolder folder;
    GArray *found; /* of Found: the portion in hand, by UID */
    gboolean is_new, unsaved;
    char *last;          /* Message-ID of the last mail that was read; NULL = none was */
    GHashTable *present; /* gint64*: numbers of the records that came, if the folder is read from its start */
    GHashTable *strangers; /* char*: other campaigns that are told of already */
    GPtrArray *damaged;    /* char*: gaps of a rebuild, as long as no record could be read: is it the key? */
    gboolean opened;       /* one was */
} Follow;

static void found_clear(gpointer data)
{
    g_clear_pointer(&((Found *)data)->raw, g_bytes_unref);
}

/* --- gaps ------------------------------------------------------------------------------------- */

char *follow_gaps(Cycle *cycle)
{
    char *gaps = store_setting(cycle->store, JOURNAL_GAPS);
    if (gaps && *gaps) return gaps;
    g_free(gaps);
    return NULL;
}

static gboolean add_gap(Cycle *cycle, gint64 first, gint64 last, GError **error)
{
    g_autofree char *known = follow_gaps(cycle);
    g_autofree char *range = gaps_with(NULL, first, last), *all = gaps_with(known, first, last);
    g_warning("records %s are missing from the ledger folder: put them back if you can, before anybody "
              "needs 'rebuild'",
              range);
    return store_set_setting(cycle->store, JOURNAL_GAPS, all, error);
}

/* Put back by somebody, or written again by another instance. */
static gboolean end_gap(Cycle *cycle, gint64 sequence, GError **error)
{
    g_autofree char *known = follow_gaps(cycle);
    if (gaps_next(known, sequence - 1) != sequence) return TRUE;
    g_autofree char *rest = gaps_without(known, sequence);
    return store_set_setting(cycle->store, JOURNAL_GAPS, rest, error);
}

/* The folder was read from its start to its end: what did not come is missing, and nothing else. */
static gboolean note_absent(Cycle *cycle, GHashTable *present, GError **error)
{
    g_autofree char *gaps = NULL;
    gint64 last = store_setting_int(cycle->store, JOURNAL_SEQUENCE, 0);
    for (gint64 first = 1, next; first <= last; first = next + 1) {
        for (next = first; next <= last && !g_hash_table_contains(present, &next);) next++;
        char *more = gaps_with(gaps, first, next - 1);
        g_free(gaps);
        gaps = more;
    }
    cycle->lease.gone |= gaps != NULL;
    return store_set_setting(cycle->store, JOURNAL_GAPS, gaps, error) &&
           store_set_setting(cycle->store, WHOLE, NULL, error);
}

/* Within the batch. A number that comes again is a record that was taken over from a dying pass. */
static gboolean note_sequence(Cycle *cycle, gint64 sequence, GError **error)
{
    gint64 last = store_setting_int(cycle->store, JOURNAL_SEQUENCE, 0);
    return (sequence <= last && end_gap(cycle, sequence, error)) ||
           (sequence > last && (sequence == last + 1 || add_gap(cycle, last + 1, sequence - 1, error)) &&
            store_set_setting_int(cycle->store, JOURNAL_SEQUENCE, sequence, error));
}

/* --- one record ------------------------------------------------------------------------------- */

static const struct Kind {
    const char *name;
    gboolean (*adopt)(Cycle *cycle, const json_t *record, GError **error);
} kinds[] = {
    {"request", apply_adopt},
    {"reminders", reminding_adopt},
};

static gboolean adopt_within(Cycle *cycle, const json_t *record, GPtrArray *mails, GError **error)
{
    const char *kind = record_text(record, "kind");
    if (strcmp(kind, "mails") == 0) return replay_admit(cycle, mails, error);
    if (strcmp(kind, "notes") == 0) return store_notes_adopt(cycle->store, record, error);
    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (strcmp(kinds[i].name, kind) == 0) return kinds[i].adopt(cycle, record, error);
    g_warning("a record of kind “%s” in the ledger is passed over: it is of a newer baosong, update this one",
              kind);
    return TRUE;
}

static gboolean save_position(Follow *follow, GError **error)
{
    follow->unsaved = FALSE;
    return lease_save(follow->cycle, error) &&
           (!follow->last || store_set_setting(follow->cycle->store, JOURNAL_LAST, follow->last, error)) &&
           store_move_cursor(follow->cycle->store, &follow->folder, error);
}

/* A backup that was put back stays one until its letters are looked for, and another's record another's. */
static gboolean note_adopted(Cycle *cycle, const char *by, GError **error)
{
    const char *whose = strcmp(by, cycle_instance(cycle)) == 0 ? FOLLOW_OWN : FOLLOW_OTHERS;
    g_autofree char *adopted = store_setting(cycle->store, STORE_ADOPTED);
    if (adopted && (strcmp(whose, FOLLOW_OWN) == 0 || strcmp(adopted, STORE_RESTORED) == 0)) return TRUE;
    return g_strcmp0(adopted, whose) == 0 || store_set_setting(cycle->store, STORE_ADOPTED, whose, error);
}

/* One transaction; what it decides is dated as it was then. */
static gboolean adopt(Follow *follow, const json_t *record, GError **error)
{
    Cycle *cycle = follow->cycle;
    Clock clock = cycle->clock;
    g_autoptr (GPtrArray) mails = NULL;
    gboolean is_mails = strcmp(record_text(record, "kind"), "mails") == 0;
    if (is_mails && !(mails = replay_read(cycle, record, error))) return FALSE;
    gint64 at = record_int(record, "at"), seq = record_int(record, "seq");
    if (follow->present) g_hash_table_add(follow->present, g_memdup2(&seq, sizeof seq));
    if (!store_begin(cycle->store, at, error)) return FALSE;
    cycle->clock = (Clock){.frozen = TRUE, .at = at};
    cycle->replaying = TRUE;
    char *json = record_dump(record);
    gboolean done = note_adopted(cycle, record_text(record, "by"), error) &&
                    adopt_within(cycle, record, mails, error) && note_sequence(cycle, seq, error) &&
                    journal_keep(cycle, seq, json, follow->last, "written again", error) &&
                    save_position(follow, error);
    free(json);
    cycle->replaying = FALSE;
    cycle->clock = clock;
    cycle->stale = TRUE;
    if (done) return store_commit(cycle->store, error);
    store_rollback(cycle->store);
    return FALSE;
}

/* Whoever held it after us may have sent what waits here. */
static gboolean take_lease(Cycle *cycle, const json_t *record, gint64 at, GError **error)
{
    gboolean ours = lease_is_ours(cycle);
    lease_read(cycle, record, at);
    return !ours || lease_is_ours(cycle) || note_adopted(cycle, cycle->lease.holder, error);
}

static gboolean refuse_new(const Follow *follow, const char *where, GError **error)
{
    const Config *config = follow->cycle->config;
    g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_VALUE,
                "%s/baosong.db is new, but folder %s of the mailbox has records of this campaign: run "
                "'baosong -c %s rebuild', which gives "
                "every item its number again and sends nothing",
                config->store.state_dir, where, config->file);
    return FALSE;
}

static gboolean refuse_key(const Follow *follow, const char *where, GError **error)
{
    g_set_error(
        error, CONFIG_ERROR, CONFIG_ERROR_VALUE,
        "%s has records of this campaign that another key signed: put the ledger key of that time back (a "
        "copy of it is in 'baosong backup'), else nothing of them can be read",
        where);
    return FALSE;
}

/* One line for each other campaign, whatever number of records it has. */
static void tell_stranger(Follow *follow, GBytes *mail, guint32 uid, const char *why)
{
    char *campaign = record_field(mail, "Baosong-Loop");
    if (!campaign) {
        g_warning("%s, UID %u: %s; it is passed over", follow->folder.name, uid, why);
        return;
    }
    if (g_hash_table_add(follow->strangers, campaign))
        g_message(
            "folder %s has records of campaign “%s” too: they are left alone; a folder for each campaign "
            "([imap] ledger) is quicker to read",
            follow->folder.name, campaign);
}

/* A record of ours that no key of ours opens: of a rebuild a gap, unless it is like that with all of them. */
static gboolean pass_damaged(Follow *follow, guint32 uid, const char *why)
{
    if (!follow->cycle->rebuilding)
        g_warning("%s, UID %u: %s; it is passed over", follow->folder.name, uid, why);
    else
        g_ptr_array_add(
            follow->damaged,
            g_strdup_printf("the record with UID %u of folder %s cannot be read: it was changed, or "
                            "another key signed it",
                            uid, follow->folder.name));
    return TRUE;
}

/* The key is right. */
static gboolean note_damaged(Follow *follow, GError **error)
{
    follow->opened = TRUE;
    for (guint i = 0; i < follow->damaged->len; i++)
        if (!store_note_gap(follow->cycle->store, follow->damaged->pdata[i], error)) return FALSE;
    g_ptr_array_set_size(follow->damaged, 0);
    return TRUE;
}

static gboolean take_mail(Follow *follow, const Found *found, GError **error)
{
    Cycle *cycle = follow->cycle;
    follow->folder.last_uid = found->entry.uid;
    follow->unsaved = TRUE;
    g_free(follow->last);
    follow->last = found->raw ? record_message_id(found->raw) : g_strdup("");
    if (!found->raw) return TRUE;
    g_autoptr (GError) local = NULL;
    json_t *record = record_open(cycle->ledger, found->raw, &local);
    if (local) {
        gboolean ours = record_is_ours(cycle->config, found->raw);
        if (ours && follow->is_new) return refuse_key(follow, follow->folder.name, error);
        if (ours) return pass_damaged(follow, found->entry.uid, local->message);
        tell_stranger(follow, found->raw, found->entry.uid, local->message);
        return TRUE;
    }
    if (!record) return TRUE;
    gint64 dated =
        found->entry.internal_at != G_MININT64 ? found->entry.internal_at : record_int(record, "at");
    gboolean done = note_damaged(follow, error);
    if (done && strcmp(record_text(record, "kind"), "lease") == 0)
        done = take_lease(cycle, record, dated, error);
    else if (done && follow->is_new)
        done = refuse_new(follow, follow->folder.name, error);
    else if (done && lease_is_void(cycle, record_text(record, "by"), dated))
        g_warning("%s, UID %u: instance %s wrote without the lease; it is passed over", follow->folder.name,
                  found->entry.uid, record_text(record, "by"));
    else if (done)
        done = adopt(follow, record, error);
    json_decref(record);
    return done;
}

/* --- the folder ------------------------------------------------------------------------------- */

static gboolean on_mail(guint32 uid, GBytes *raw, gpointer data)
{
    Follow *follow = data;
    for (guint i = 0; i < follow->found->len; i++) {
        Found *found = &g_array_index(follow->found, Found, i);
        if (found->entry.uid == uid && !found->raw) found->raw = g_bytes_ref(raw);
    }
    return TRUE;
}

static gboolean fetch_portion(Follow *follow, const GArray *entries, guint *next, GError **error)
{
    guint64 bytes = 0;
    g_autoptr (GArray) wanted = g_array_new(FALSE, FALSE, sizeof(ImapEntry));
    g_array_set_size(follow->found, 0);
    for (; *next < entries->len && follow->found->len < PORTION_MAILS && bytes < PORTION_BYTES; ++*next) {
        Found found = {.entry = g_array_index(entries, ImapEntry, *next)};
        g_array_append_val(follow->found, found);
        if (found.entry.size > MAIL_BYTES) continue; /* no record is: somebody's mail */
        bytes += found.entry.size;
        g_array_append_val(wanted, found.entry);
    }
    return wanted->len == 0 || imap_fetch_mails(follow->cycle->imap, (const ImapEntry *)(void *)wanted->data,
                                                wanted->len, on_mail, follow, error);
}

/* A record that is listed and does not come may be another's lease: to pass it over would make two of us act.
 * One that is not listed any more was expunged. */
static gboolean all_came(Follow *follow, GError **error)
{
    for (guint i = 0; i < follow->found->len; i++) {
        const Found *found = &g_array_index(follow->found, Found, i);
        guint32 uid = found->entry.uid;
        if (found->raw || found->entry.size > MAIL_BYTES) continue;
        g_autoptr (GArray) there = imap_list_uids(follow->cycle->imap, uid, uid, error);
        if (!there) return FALSE;
        if (there->len == 0) continue;
        g_set_error(
            error, NET_ERROR, NET_ERROR_PROTOCOL,
            "folder %s, UID %u: the server lists this record and does not give it; we try again (if that "
            "stays so, move it out of the folder)",
            follow->folder.name, uid);
        return FALSE;
    }
    return TRUE;
}

static gboolean examine(Follow *follow, ImapStatus *status, GError **error)
{
    const char *there = cycle_folder(follow->cycle, follow->folder.name, IMAP_ROLE_NONE);
    return imap_examine(follow->cycle->imap, there ? there : follow->folder.name, status, error);
}

static gboolean read_all(Follow *follow, GError **error)
{
    Cycle *cycle = follow->cycle;
    ImapStatus status;
    g_autoptr (GArray) entries = imap_list_uids(cycle->imap, follow->folder.last_uid + 1, 0, error);
    if (!entries) return FALSE;
    for (guint next = 0; next < entries->len && !cycle->stopping;) {
        if (!examine(follow, &status, error)) return FALSE;
        if (status.uidvalidity != follow->folder.uidvalidity) {
            g_set_error(error, NET_ERROR, NET_ERROR_PROTOCOL, "folder %s was made anew while it was read",
                        follow->folder.name);
            return FALSE;
        }
        if (!fetch_portion(follow, entries, &next, error) || !all_came(follow, error)) return FALSE;
        for (guint i = 0; i < follow->found->len && !cycle->stopping; i++)
            if (!take_mail(follow, &g_array_index(follow->found, Found, i), error)) return FALSE;
        cycle_progress(cycle, "read %u of %u records", next, entries->len);
        if (cycle->on_progress) cycle->on_progress("records", next, entries->len);
    }
    if (!cycle->stopping) return TRUE;
    /* Whoever does not know all of them must decide nothing. */
    g_set_error(error, NET_ERROR, NET_ERROR_TIMEOUT,
                "stopped while reading the records; the next start goes on");
    return FALSE;
}

/* All that was recorded went with it. The next record makes it anew. */
static gboolean note_deleted(Follow *follow, GError **error)
{
    Cycle *cycle = follow->cycle;
    gint64 last = store_setting_int(cycle->store, JOURNAL_SEQUENCE, 0);
    if (follow->folder.uidvalidity == 0) return TRUE;
    g_warning(
        "folder %s, which has the records of this campaign, was deleted from the mailbox: it is made anew, "
        "and the records are written again",
        follow->folder.name);
    follow->folder.uidvalidity = 0;
    follow->folder.last_uid = 0;
    cycle->lease.gone = TRUE;
    return (last == 0 || add_gap(cycle, 1, last, error)) && save_position(follow, error);
}

/* A whole reading that was cut short begins again, but for rebuild, which goes on: it noted the gaps so far.
 */
static gboolean note_whole(Follow *follow, GError **error)
{
    Store *store = follow->cycle->store;
    g_autofree char *whole = store_setting(store, WHOLE);
    if (whole) follow->folder.last_uid = 0;
    return whole || follow->folder.last_uid > 0 || store_setting_int(store, JOURNAL_SEQUENCE, 0) == 0 ||
           store_set_setting(store, WHOLE, "1", error);
}

/* Not listed, as it was, nor to be opened: an ill server may forget it in its list. */
static gboolean look_for_folder(Follow *follow, gboolean *missing, GError **error)
{
    ImapStatus status;
    g_autoptr (GError) local = NULL;
    *missing = !cycle_folder(follow->cycle, follow->folder.name, IMAP_ROLE_NONE);
    if (!*missing || follow->folder.uidvalidity == 0) return TRUE;
    *missing = !examine(follow, &status, &local);
    if (!*missing || g_error_matches(local, NET_ERROR, NET_ERROR_REFUSED)) return TRUE;
    g_propagate_error(error, g_steal_pointer(&local));
    return FALSE;
}

static gboolean open_folder(Follow *follow, gboolean *nothing, GError **error)
{
    Cycle *cycle = follow->cycle;
    ImapStatus status = {0};
    if (!store_get_folder(cycle->store, &follow->folder, error) || !look_for_folder(follow, nothing, error))
        return FALSE;
    if (*nothing) return note_deleted(follow, error);
    if (!examine(follow, &status, error)) return FALSE;
    if (follow->folder.uidvalidity != status.uidvalidity) {
        if (follow->folder.uidvalidity)
            g_message("folder %s was made anew: reading it from the start", follow->folder.name);
        follow->folder.uidvalidity = status.uidvalidity;
        follow->folder.last_uid = 0;
    } else {
        g_autofree char *last = store_setting(cycle->store, JOURNAL_LAST);
        if (!rewound_look(cycle, &follow->folder, &status, last, error)) return FALSE;
    }
    if (!cycle->rebuilding && !note_whole(follow, error)) return FALSE;
    *nothing = status.uidnext != 0 && follow->folder.last_uid + 1 >= status.uidnext;
    return TRUE;
}

static gboolean is_evidence(Cycle *cycle, const char *message_id, const json_t *record, gint64 at,
                            gpointer data, GError **error)
{
    *(gboolean *)data = TRUE;
    return TRUE;
}

/* Whoever refuses to show Sent does so for long: reading goes on, and sent.c sends nothing before it has
 * looked there once. */
static gboolean holds_evidence(Cycle *cycle, gboolean *evidence, GError **error)
{
    g_autoptr (GError) local = NULL;
    if (follow_sent(cycle, is_evidence, evidence, &local)) return TRUE;
    if (!g_error_matches(local, NET_ERROR, NET_ERROR_REFUSED)) {
        g_propagate_error(error, g_steal_pointer(&local));
        return FALSE;
    }
    g_warning("the folder of sent mail cannot be looked into: %s; see to its rights, or name another in "
              "[imap] sent",
              local->message);
    cycle->temporary++;
    return TRUE;
}

static gboolean read_folder(Follow *follow, GError **error)
{
    Cycle *cycle = follow->cycle;
    gboolean nothing, sent = FALSE;
    if (!open_folder(follow, &nothing, error)) return FALSE;
    g_autoptr (GHashTable) present = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    if (follow->folder.last_uid == 0 && follow->folder.uidvalidity != 0) follow->present = present;
    if (!nothing && !read_all(follow, error)) return FALSE;
    gboolean known = follow->opened || store_setting_int(cycle->store, JOURNAL_SEQUENCE, 0) > 0;
    if (follow->damaged->len > 0 && !known) return refuse_key(follow, follow->folder.name, error);
    if (!note_damaged(follow, error)) return FALSE;
    if (follow->present && !note_absent(cycle, present, error)) return FALSE;
    if (follow->is_new && !holds_evidence(cycle, &sent, error)) return FALSE;
    if (sent) return refuse_new(follow, "the folder of sent mail", error);
    return !follow->unsaved || save_position(follow, error);
}

gboolean follow_ledger(Cycle *cycle, GError **error)
{
    g_autoptr (GArray) found = g_array_new(FALSE, TRUE, sizeof(Found));
    g_array_set_clear_func(found, found_clear);
    g_autoptr (GHashTable) strangers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr (GPtrArray) damaged = g_ptr_array_new_with_free_func(g_free);
    Follow follow = {.cycle = cycle, .found = found, .strangers = strangers, .damaged = damaged};
    follow.folder.name = cycle->config->imap.ledger;
    follow.folder.role = "ledger";
    follow.is_new = !cycle->rebuilding && store_is_new(cycle->store);
    lease_load(cycle);
    gboolean read = read_folder(&follow, error);
    g_free(follow.last);
    return read;
}
