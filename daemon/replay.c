#include "daemon/replay.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "daemon/desk/settled.h"
#include "daemon/record.h"
#include "parsers/limits.h"

#define PORTION_BYTES (16u << 20)

/* --- from the record -------------------------------------------------------------------------- */

static Facts *facts_of(const json_t *said)
{
    Facts *facts = facts_new();
    const struct {
        char **slot;
        const char *key;
    } texts[] = {{&facts->sha256, "raw"},
                 {&facts->message_id, "message_id"},
                 {&facts->subject, "subject"},
                 {&facts->date, "date"}};
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_free(*texts[i].slot);
        *texts[i].slot = g_strdup(record_text(said, texts[i].key));
    }
    if (!*record_text(said, "from")) return facts;
    FactsMailbox *from = g_new(FactsMailbox, 1);
    *from = (FactsMailbox){.name = g_strdup(record_text(said, "name")),
                           .address = g_strdup(record_text(said, "from"))};
    g_ptr_array_add(facts->from, from);
    return facts;
}

static IntakeMail *mail_of(const json_t *said)
{
    static const char *const problems[] = {"too-large", "unreadable"};
    IntakeMail *mail = g_new0(IntakeMail, 1);
    mail->uid = (guint32)record_int(said, "uid");
    mail->size = (guint32)record_int(said, "size");
    mail->received_at = record_int(said, "received");
    mail->sha256 = g_strdup(record_text(said, "raw"));
    mail->header_only = json_is_true(json_object_get(said, "header_only"));
    for (guint i = 0; i < G_N_ELEMENTS(problems); i++)
        if (strcmp(problems[i], record_text(said, "problem")) == 0) mail->problem = problems[i];
    mail->identity = g_strdup(record_text(said, "id"));
    mail->folder = g_strdup(record_text(said, "folder"));
    mail->uidvalidity = (guint32)record_int(said, "uidvalidity");
    mail->role = json_is_true(json_object_get(said, "junk")) ? DESK_JUNK : DESK_INBOX;
    mail->settled = desk_settled_read(json_object_get(said, "settled"));
    mail->sequence = (guint64)record_int(said, "sequence");
    mail->told = facts_of(said);
    return mail;
}

static gboolean is_whole(const IntakeMail *mail)
{
    return strlen(mail->sha256) == 64 && *mail->identity && *mail->folder && mail->settled && mail->uid;
}

/* Mails of the record that are not here yet. */
static GPtrArray *wanted_of(Cycle *cycle, const json_t *record, GError **error)
{
    g_autoptr (GPtrArray) wanted = g_ptr_array_new_with_free_func((GDestroyNotify)intake_mail_free);
    const json_t *mails = json_object_get(record, "mails");
    for (size_t i = 0; i < json_array_size(mails); i++) {
        g_autoptr (IntakeMail) mail = mail_of(json_array_get(mails, i));
        gint64 known = 0;
        gboolean again = FALSE;
        if (!is_whole(mail)) continue;
        if (!store_known_identity(cycle->store, mail->identity, &known, error) ||
            (known && !store_judge_again(cycle->store, known, TRUE, &again, error)))
            return NULL;
        if (known && !again) continue;
        if (known) mail->again = known;
        g_ptr_array_add(wanted, g_steal_pointer(&mail));
    }
    return g_steal_pointer(&wanted);
}

/* --- bytes ------------------------------------------------------------------------------------ */

static gboolean is_it(const IntakeMail *mail, GBytes *raw)
{
    g_autofree char *sha256 = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, raw);
    return strcmp(sha256, mail->sha256) == 0;
}

/* What intake makes of a mail whose header cannot be fetched. */
static GBytes *stand_in(const IntakeMail *mail)
{
    char *name = g_strdup_printf("%s\n%u\n%u\n", mail->folder, mail->uidvalidity, mail->uid);
    return g_bytes_new_take(name, strlen(name));
}

static void from_disk(Cycle *cycle, IntakeMail *mail)
{
    g_autofree char *path = store_mail_path(cycle->store, mail->sha256);
    char *bytes;
    gsize length;
    g_autoptr (GBytes)
        raw = g_file_get_contents(path, &bytes, &length, NULL) ? g_bytes_new_take(bytes, length) : NULL;
    if (!raw && mail->problem) raw = stand_in(mail);
    if (raw && is_it(mail, raw)) mail->raw = g_steal_pointer(&raw);
}

static gboolean on_mail(guint32 uid, GBytes *raw, gpointer data)
{
    GPtrArray *mails = data;
    for (guint i = 0; i < mails->len; i++) {
        IntakeMail *mail = mails->pdata[i];
        if (mail->uid == uid && !mail->raw && is_it(mail, raw)) mail->raw = g_bytes_ref(raw);
    }
    return TRUE;
}

/* Fetches those of a folder that have no bytes yet, whole or by header, a portion at a time. */
static gboolean fetch(Cycle *cycle, GPtrArray *mails, gboolean header_only, GError **error)
{
    for (guint next = 0; next < mails->len;) {
        guint64 bytes = 0;
        g_autoptr (GArray) entries = g_array_new(FALSE, FALSE, sizeof(ImapEntry));
        for (; next < mails->len && bytes < PORTION_BYTES; next++) {
            const IntakeMail *mail = mails->pdata[next];
            if (mail->raw || mail->header_only != header_only) continue;
            ImapEntry entry = {.uid = mail->uid, .size = mail->size, .internal_at = mail->received_at};
            bytes += header_only ? 0 : entry.size;
            g_array_append_val(entries, entry);
        }
        const ImapEntry *wanted = (const ImapEntry *)(void *)entries->data;
        if (entries->len > 0 &&
            !(header_only ? imap_fetch_headers(cycle->imap, wanted, entries->len, on_mail, mails, error)
                          : imap_fetch_mails(cycle->imap, wanted, entries->len, on_mail, mails, error)))
            return FALSE;
    }
    return TRUE;
}

static gboolean from_folder(Cycle *cycle, const char *folder, GPtrArray *mails, GError **error)
{
    ImapStatus status;
    g_autoptr (GPtrArray) here = g_ptr_array_new();
    const char *there = cycle_folder(cycle, folder, IMAP_ROLE_NONE);
    if (!there && strcmp(folder, cycle->config->imap.inbox) != 0) return TRUE;
    for (guint i = 0; i < mails->len; i++) {
        IntakeMail *mail = mails->pdata[i];
        if (!mail->raw && strcmp(mail->folder, folder) == 0) g_ptr_array_add(here, mail);
    }
    if (here->len == 0) return TRUE;
    if (!imap_examine(cycle->imap, there ? there : folder, &status, error)) return FALSE;
    for (guint i = here->len; i > 0; i--)
        if (((IntakeMail *)here->pdata[i - 1])->uidvalidity != status.uidvalidity)
            g_ptr_array_remove_index(here, i - 1);
    return fetch(cycle, here, FALSE, error) && fetch(cycle, here, TRUE, error);
}

/* --- mails that lie elsewhere now ------------------------------------------------------------- */

typedef struct Place {
    char *folder;
    guint32 uidvalidity, uid;
} Place;

static void place_free(gpointer data)
{
    g_free(((Place *)data)->folder);
    g_free(data);
}

typedef struct Survey {
    GHashTable *places;
    const char *folder;
    guint32 uidvalidity;
} Survey;

static gboolean on_survey(guint32 uid, GBytes *raw, gpointer data)
{
    Survey *survey = data;
    Place *place = g_new(Place, 1);
    *place = (Place){g_strdup(survey->folder), survey->uidvalidity, uid};
    g_hash_table_replace(survey->places, g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, raw), place);
    return TRUE;
}

static gboolean survey_folder(Cycle *cycle, const char *folder, GError **error)
{
    ImapStatus status;
    if (!imap_examine(cycle->imap, folder, &status, error)) return FALSE;
    Survey survey = {cycle->located, folder, status.uidvalidity};
    g_autoptr (GArray) entries = imap_list_uids(cycle->imap, 1, 0, error);
    if (!entries) return FALSE;
    for (guint next = 0; next < entries->len;) {
        guint64 bytes = 0;
        g_autoptr (GArray) whole = g_array_new(FALSE, FALSE, sizeof(ImapEntry));
        g_autoptr (GArray) headers = g_array_new(FALSE, FALSE, sizeof(ImapEntry));
        for (; next < entries->len && bytes < PORTION_BYTES && whole->len + headers->len < STORE_BATCH;
             next++) {
            ImapEntry entry = g_array_index(entries, ImapEntry, next);
            if (entry.internal_at != G_MININT64 && entry.internal_at < cycle->config->campaign.starts_at)
                continue;
            gboolean large = entry.size > MIN(cycle->config->imap.max_message, LIMIT_MAIL_BYTES);
            g_array_append_val(large ? headers : whole, entry);
            bytes += large ? 0 : entry.size;
        }
        if ((whole->len && !imap_fetch_mails(cycle->imap, (const ImapEntry *)(void *)whole->data, whole->len,
                                             on_survey, &survey, error)) ||
            (headers->len && !imap_fetch_headers(cycle->imap, (const ImapEntry *)(void *)headers->data,
                                                 headers->len, on_survey, &survey, error)))
            return FALSE;
        cycle_progress(cycle, "looked through %u of %u mails", next, entries->len);
        if (cycle->on_progress) cycle->on_progress("mails looked through", next, entries->len);
    }
    return TRUE;
}

/* Moved out and back, or a mailbox restored under a new UIDVALIDITY: the bytes are the same. Once per
 * process. */
static gboolean survey(Cycle *cycle, GError **error)
{
    if (cycle->located) return TRUE;
    g_message("mails that the records name are not where they were: looking through the mailbox");
    cycle->located = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, place_free);
    const char *junk = strcmp(cycle->config->imap.junk, "-") != 0
                           ? cycle_folder(cycle, cycle->config->imap.junk, IMAP_ROLE_JUNK)
                           : NULL;
    if (survey_folder(cycle, cycle->config->imap.inbox, error) &&
        (!junk || survey_folder(cycle, junk, error)))
        return TRUE;
    g_clear_pointer(&cycle->located, g_hash_table_unref);
    return FALSE;
}

static gboolean from_elsewhere(Cycle *cycle, GPtrArray *mails, GError **error)
{
    g_autoptr (GPtrArray) found = g_ptr_array_new();
    for (guint i = 0; i < mails->len; i++) {
        IntakeMail *mail = mails->pdata[i];
        if (mail->raw) continue;
        if (!survey(cycle, error)) return FALSE;
        const Place *place = g_hash_table_lookup(cycle->located, mail->sha256);
        if (!place) continue;
        g_free(mail->folder);
        mail->folder = g_strdup(place->folder);
        mail->uidvalidity = place->uidvalidity;
        mail->uid = place->uid;
        g_ptr_array_add(found, mail);
    }
    for (guint i = 0; i < found->len; i++)
        if (!from_folder(cycle, ((IntakeMail *)found->pdata[i])->folder, found, error)) return FALSE;
    return TRUE;
}

/* --- reading ---------------------------------------------------------------------------------- */

/* A mail that no worker could read then is not tried again: each try may take a minute. */
static void submit(Cycle *cycle, IntakeMail *mail)
{
    gboolean header = mail->problem && !mail->header_only;
    g_autoptr (GBytes) bytes = header ? admit_header_of(mail->raw) : g_bytes_ref(mail->raw);
    worker_pool_submit(cycle->pool, bytes, NULL, mail);
}

gboolean replay_parse(Cycle *cycle, GPtrArray *mails, GError **error)
{
    if (mails->len == 0) return TRUE;
    if (!cycle_need_pool(cycle, error)) return FALSE;
    for (guint i = 0; i < mails->len; i++) {
        IntakeMail *mail = mails->pdata[i];
        if (mail->raw) submit(cycle, mail);
    }
    while (worker_pool_pending(cycle->pool) > 0) {
        GError *fault = NULL;
        WorkerResult *result = worker_pool_collect(cycle->pool, -1, &fault);
        if (!result) {
            g_clear_pointer(&cycle->pool, worker_pool_free); /* the mails in it are about to go */
            g_propagate_error(error, fault);
            return FALSE;
        }
        IntakeMail *mail = result->tag;
        if (!result->facts && !mail->problem) {
            mail->problem = "unreadable";
            worker_result_free(result);
            submit(cycle, mail);
        } else {
            mail->result = result;
        }
    }
    return TRUE;
}

GPtrArray *replay_read(Cycle *cycle, const json_t *record, GError **error)
{
    g_autoptr (GPtrArray) mails = wanted_of(cycle, record, error);
    if (!mails) return NULL;
    for (guint i = 0; i < mails->len; i++) from_disk(cycle, mails->pdata[i]);
    for (guint i = 0; i < mails->len; i++)
        if (!from_folder(cycle, ((IntakeMail *)mails->pdata[i])->folder, mails, error)) return NULL;
    if (!from_elsewhere(cycle, mails, error)) return NULL;
    return replay_parse(cycle, mails, error) ? g_steal_pointer(&mails) : NULL;
}

static gboolean note_lost(Cycle *cycle, const IntakeMail *mail, GError **error)
{
    g_autofree char *stamp = calendar_stamp(cycle->config->calendar, mail->received_at);
    g_autofree char *line = g_strdup_printf(
        "mail %.12s of %s (“%s”, %s) is neither in the mailbox nor on disk: its items stay as recorded",
        mail->sha256, mail->told->from->len ? ((FactsMailbox *)mail->told->from->pdata[0])->address : "?",
        mail->told->subject, stamp);
    g_warning("%s", line);
    return !cycle->rebuilding || store_note_gap(cycle->store, line, error);
}

static gboolean tell_lost(Cycle *cycle, const IntakeMail *mail, GError **error)
{
    g_autofree char *arrived = calendar_time_chinese(cycle->config->calendar, mail->received_at);
    g_autofree char *why = g_strdup_printf(
        "%s 收到的邮件《%s》在邮箱和磁盘上都已不存在，登记内容按记录保留。", arrived, mail->told->subject);
    return store_add_todo(cycle->store, "lost", why, 0, clock_now(&cycle->clock), error);
}

gboolean replay_admit(Cycle *cycle, GPtrArray *mails, GError **error)
{
    for (guint i = 0; i < mails->len; i++) {
        IntakeMail *mail = mails->pdata[i];
        IntakeCount count = {0};
        StoreFolder folder = {.name = mail->folder, .uidvalidity = mail->uidvalidity};
        if (!store_need_committee(cycle->store, mail->settled->committee, mail->settled->name, error) ||
            !admit_mail(cycle, &folder, mail->role, mail, &count, error) ||
            (!mail->raw && !(note_lost(cycle, mail, error) && tell_lost(cycle, mail, error))))
            return FALSE;
    }
    return TRUE;
}
