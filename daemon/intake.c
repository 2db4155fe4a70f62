#include "daemon/intake.h"

#include <string.h>

#include "daemon/admit.h"
#include "daemon/portion.h"
#include "daemon/rewound.h"
#include "daemon/store/delivery.h"
#include "daemon/trial.h"
#include "parsers/limits.h"

#define PORTION_BYTES (16u << 20) /* of mail in one FETCH; one larger mail goes alone */
#define WINDOW_UIDS   10000       /* mails listed at a time: a mailbox may hold a hundred thousand */
#define ATTEMPTS      3           /* then it is tried apart */

typedef struct Portion {
    GPtrArray *mails; /* of IntakeMail*, by UID */
    guint64 bytes;
    guint32 last_uid; /* everything up to here is dealt with once the portion is committed */
} Portion;

typedef struct Intake {
    Cycle *cycle;
    StoreFolder folder;
    DeskFolder role;
    IntakeCount *count;
    Portion *fetching;  /* what the fetch callback fills */
    GArray *readings;   /* of StoreReading: what earlier runs began and did not end */
    guint32 end;        /* UIDNEXT, for people; 0 = not known */
    guint32 exists;     /* mails in the folder, as the server says */
    gboolean unsettled; /* mails were read and could not be committed: no fault of theirs */
} Intake;

static Portion *portion_new(void)
{
    Portion *portion = g_new0(Portion, 1);
    portion->mails = g_ptr_array_new_with_free_func((GDestroyNotify)intake_mail_free);
    return portion;
}

static void portion_free(Portion *portion)
{
    if (!portion) return;
    g_ptr_array_unref(portion->mails);
    g_free(portion);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Portion, portion_free)

/* --- fetching --------------------------------------------------------------------------------- */

static void hand_to_worker(Intake *intake, IntakeMail *mail, GBytes *bytes)
{
    mail->reading = TRUE;
    worker_pool_submit(intake->cycle->pool, bytes, mail->sha256, mail);
}

static IntakeMail *find_mail(const Portion *portion, guint32 uid)
{
    for (guint i = 0; i < portion->mails->len; i++) {
        IntakeMail *mail = portion->mails->pdata[i];
        if (mail->uid == uid) return mail;
    }
    return NULL;
}

static gboolean take_result(Intake *intake, int timeout_ms, GError **error);
static void keep_workers_busy(Intake *intake);

static gboolean on_mail(guint32 uid, GBytes *raw, gpointer data)
{
    Intake *intake = data;
    IntakeMail *mail = find_mail(intake->fetching, uid);
    if (!mail || mail->raw) return TRUE;
    cycle_alive();
    mail->raw = g_bytes_ref(raw);
    mail->sha256 = facts_sha256_bytes(raw);
    gint64 known = 0;
    gboolean again = FALSE;
    if (store_known_raw(intake->cycle->store, mail->sha256, &known, NULL) && known) {
        if (intake->role == DESK_INBOX &&
            store_judge_again(intake->cycle->store, known, FALSE, &again, NULL) && again)
            mail->again = known;
        else
            return TRUE;
    }
    hand_to_worker(intake, mail, raw);
    keep_workers_busy(intake);
    return TRUE;
}

/* Fetches those of the portion that are wanted as `header_only` says. */
static gboolean fetch_some(Intake *intake, Portion *portion, gboolean header_only, GError **error)
{
    g_autoptr (GArray) entries = g_array_new(FALSE, FALSE, sizeof(ImapEntry));
    for (guint i = 0; i < portion->mails->len; i++) {
        const IntakeMail *mail = portion->mails->pdata[i];
        if (mail->known || mail->raw || mail->header_only != header_only) continue;
        ImapEntry entry = {.uid = mail->uid, .size = mail->size, .internal_at = mail->received_at};
        g_array_append_val(entries, entry);
    }
    if (entries->len == 0) return TRUE;
    intake->fetching = portion;
    const ImapEntry *wanted = (const ImapEntry *)(void *)entries->data;
    return header_only ? imap_fetch_headers(intake->cycle->imap, wanted, entries->len, on_mail, intake, error)
                       : imap_fetch_mails(intake->cycle->imap, wanted, entries->len, on_mail, intake, error);
}

static gboolean reopen(Intake *intake, GError **error)
{
    if (intake->cycle->imap && imap_alive(intake->cycle->imap)) return TRUE;
    cycle_disconnect(intake->cycle);
    ImapStatus status;
    if (!cycle_connect(intake->cycle, error) ||
        !imap_examine(intake->cycle->imap, intake->folder.name, &status, error))
        return FALSE;
    if (status.uidvalidity == intake->folder.uidvalidity) return TRUE;
    g_set_error(
        error, NET_ERROR, NET_ERROR_PROTOCOL,
        "folder %s was made anew on the server while it was read: the next pass reads it from the start",
        intake->folder.name);
    return FALSE;
}

/* An answer that cannot be read: the mail may be at fault. */
static gboolean is_strange(const GError *error)
{
    return g_error_matches(error, NET_ERROR, NET_ERROR_LIMIT) ||
           g_error_matches(error, NET_ERROR, NET_ERROR_PROTOCOL);
}

static gboolean fetch_one(Intake *intake, const IntakeMail *mail, guint32 size, GError **error)
{
    ImapEntry entry = {.uid = mail->uid, .size = size, .internal_at = mail->received_at};
    if (!reopen(intake, error)) return FALSE;
    return mail->header_only ? imap_fetch_headers(intake->cycle->imap, &entry, 1, on_mail, intake, error)
                             : imap_fetch_mails(intake->cycle->imap, &entry, 1, on_mail, intake, error);
}

/* The server listed the mail and does not give it: expunged meanwhile (TRUE), or an error, so that a later
 * pass tries again, as often as ATTEMPTS allows: it may be the server's fault rather than the mail's. */
static gboolean is_gone(Intake *intake, const IntakeMail *mail, const char *why, GError **error)
{
    g_autoptr (GArray) there = imap_list_uids(intake->cycle->imap, mail->uid, mail->uid, error);
    if (!there) return FALSE;
    if (there->len == 0) return TRUE;
    g_set_error(error, NET_ERROR, NET_ERROR_PROTOCOL,
                "folder %s, UID %u: the server lists this mail and does not give it (%s); we try again",
                intake->folder.name, mail->uid, why);
    return FALSE;
}

/* Alone; more of it than its size, which some servers guess, or leave at 0; and by its header where the
 * answer cannot be read. A refusal, silence about the mail, or a connection that breaks may be of today only,
 * and decides nothing. */
static gboolean rescue_one(Intake *intake, IntakeMail *mail, GError **error)
{
    const guint32 most = (guint32)MIN(intake->cycle->config->imap.max_message, LIMIT_MAIL_BYTES);
    for (guint32 size = mail->size;;) {
        g_autoptr (GError) local = NULL;
        gboolean fetched = fetch_one(intake, mail, size, &local);
        if (mail->raw) return TRUE;
        if (fetched || g_error_matches(local, NET_ERROR, NET_ERROR_REFUSED))
            return is_gone(intake, mail, local ? local->message : "it says nothing", error);
        if (!is_strange(local) || mail->header_only) {
            g_propagate_error(error, g_steal_pointer(&local));
            return FALSE;
        }
        if (g_error_matches(local, NET_ERROR, NET_ERROR_LIMIT) && size < most) {
            size = most;
            continue;
        }
        mail->problem = "unreadable";
        mail->header_only = TRUE;
    }
}

/* The answer for a portion could not be read: one by one, so that one mail stops no other. */
static gboolean rescue(Intake *intake, Portion *portion, GError **error)
{
    intake->fetching = portion;
    for (guint i = 0; i < portion->mails->len; i++) {
        IntakeMail *mail = portion->mails->pdata[i];
        if (!mail->known && !mail->raw && !rescue_one(intake, mail, error)) return FALSE;
    }
    return reopen(intake, error);
}

/* Mails that were listed and have not come: expunged meanwhile, or has the server just not said them? */
static gboolean ask_again(Intake *intake, Portion *portion, GError **error)
{
    for (guint i = 0; i < portion->mails->len; i++) {
        IntakeMail *mail = portion->mails->pdata[i];
        if (mail->known || mail->raw || is_gone(intake, mail, "", NULL)) continue;
        if (!rescue_one(intake, mail, error)) return FALSE;
    }
    return TRUE;
}

/* Durable before anything of the mails is asked for: if they kill us, the next run finds the mark. */
static gboolean mark_begun(Intake *intake, const Portion *portion, GError **error)
{
    guint32 first = 0, last = 0;
    for (guint i = 0; i < portion->mails->len; i++) {
        const IntakeMail *mail = portion->mails->pdata[i];
        if (mail->known || mail->raw) continue;
        if (first == 0) first = mail->uid;
        last = mail->uid;
    }
    return first == 0 || store_reading_begin(intake->cycle->store, &intake->folder, first, last, error);
}

static gboolean fetch_portion(Intake *intake, Portion *portion, GError **error)
{
    g_autoptr (GError) local = NULL;
    if (!mark_begun(intake, portion, error)) return FALSE;
    if (fetch_some(intake, portion, FALSE, &local) && fetch_some(intake, portion, TRUE, &local))
        return ask_again(intake, portion, error);
    if (is_strange(local) || g_error_matches(local, NET_ERROR, NET_ERROR_REFUSED)) {
        g_message("%s; fetching these mails one by one", local->message);
        return rescue(intake, portion, error);
    }
    g_propagate_error(error, g_steal_pointer(&local));
    return FALSE;
}

/* --- reading ---------------------------------------------------------------------------------- */

/* One result of a worker. FALSE if there was none within the time, or the pool is in trouble. A mail that no
 * worker could read is tried once more by its header alone, so that staff learn who sent it. */
static gboolean take_result(Intake *intake, int timeout_ms, GError **error)
{
    WorkerResult *result = worker_pool_collect(intake->cycle->pool, timeout_ms, error);
    if (!result) return FALSE;
    IntakeMail *mail = result->tag;
    mail->reading = FALSE;
    cycle_alive();
    if (!result->facts && !mail->problem) {
        g_message("mail %s: %s; reading its header alone, staff find it in 待处理", mail->sha256,
                  result->detail);
        mail->problem = "unreadable";
        worker_result_free(result);
        g_autoptr (GBytes) header = admit_header_of(mail->raw);
        hand_to_worker(intake, mail, header);
        return TRUE;
    }
    mail->result = result;
    return TRUE;
}

/* A worker has few mails at a time: whatever else takes long must give it the next ones in between. */
static void keep_workers_busy(Intake *intake)
{
    while (take_result(intake, 0, NULL))
        ;
}

static gboolean is_reading(const Portion *portion)
{
    for (guint i = 0; i < portion->mails->len; i++)
        if (((const IntakeMail *)portion->mails->pdata[i])->reading) return TRUE;
    return FALSE;
}

/* --- committing ------------------------------------------------------------------------------- */

static gboolean admit_all(Intake *intake, Portion *portion, IntakeCount *count, GError **error)
{
    for (guint i = 0; i < portion->mails->len; i++) {
        IntakeMail *mail = portion->mails->pdata[i];
        count->seen++;
        if (mail->known)
            count->known++;
        else if (!mail->raw)
            count->gone++;
        else if (!admit_mail(intake->cycle, &intake->folder, intake->role, mail, count, error))
            return FALSE;
        keep_workers_busy(intake);
    }
    intake->folder.last_uid = MAX(intake->folder.last_uid, portion->last_uid);
    return store_move_cursor(intake->cycle->store, &intake->folder, error) &&
           store_reading_end(intake->cycle->store, &intake->folder, intake->folder.last_uid, error);
}

static void add_counts(IntakeCount *total, const IntakeCount *more)
{
    total->seen += more->seen;
    total->known += more->known;
    total->campaign += more->campaign;
    total->suspect += more->suspect;
    total->other += more->other;
    total->gone += more->gone;
}

/* Waits for its facts, then judges and commits the portion. */
static gboolean settle_portion(Intake *intake, Portion *portion, GError **error)
{
    Cycle *cycle = intake->cycle;
    while (is_reading(portion)) {
        g_autoptr (GError) local = NULL;
        if (!take_result(intake, -1, &local) && local) {
            g_propagate_error(error, g_steal_pointer(&local));
            return FALSE;
        }
    }
    IntakeCount count = {0};
    StoreFolder before = intake->folder;
    if (!store_begin(cycle->store, clock_now(&cycle->clock), error)) return FALSE;
    if (!admit_all(intake, portion, &count, error) || !portion_record(cycle, error)) {
        json_decref(cycle->portion);
        cycle->portion = NULL;
        store_rollback(cycle->store);
        intake->folder = before;
        return FALSE;
    }
    if (!store_commit(cycle->store, error)) {
        intake->folder = before;
        return FALSE;
    }
    add_counts(intake->count, &count);
    cycle_progress(cycle, "read %u mails; %s is at UID %u of %u", intake->count->seen, intake->folder.name,
                   intake->folder.last_uid, MAX(intake->end, intake->folder.last_uid + 1) - 1);
    cycle->stale |= count.campaign + count.suspect + count.other > 0;
    return TRUE;
}

/* --- the folder ------------------------------------------------------------------------------- */

/* How often the mail was begun, in a portion or alone, by runs that did not survive it. */
static guint attempts_of(const Intake *intake, guint32 uid)
{
    guint attempts = 0;
    for (guint i = 0; i < intake->readings->len; i++) {
        const StoreReading *reading = &g_array_index(intake->readings, StoreReading, i);
        if (reading->first <= uid && uid <= reading->last) attempts += reading->attempts;
    }
    return attempts;
}

/* A mail that may be poisonous goes alone. */
static gboolean belongs(const Intake *intake, const Portion *portion, const ImapEntry *entry)
{
    if (portion->mails->len == 0) return TRUE;
    const IntakeMail *first = portion->mails->pdata[0];
    return portion->mails->len < STORE_BATCH && portion->bytes + entry->size <= PORTION_BYTES &&
           first->attempts == 0 && attempts_of(intake, entry->uid) == 0;
}

static gboolean judge_attempts(Intake *intake, IntakeMail *mail, GError **error)
{
    static const char *const then[] = {
        [TRIAL_WHOLE] = "tried apart it does no harm, and is read again; nothing needs doing",
        [TRIAL_HEADER] = "reading its header alone",
        [TRIAL_NOTHING] = "it is passed over",
        [TRIAL_UNKNOWN] = "the server gives no other mail either: no fault of this one, we wait",
    };
    mail->attempts = mail->known ? 0 : attempts_of(intake, mail->uid);
    if (mail->attempts < ATTEMPTS) return TRUE;
    Trial trial = trial_of(intake->cycle, &intake->folder, intake->role, mail);
    g_warning("folder %s, UID %u: %u attempts to read it ended before they were done; %s",
              intake->folder.name, mail->uid, mail->attempts, then[trial]);
    if (trial == TRIAL_UNKNOWN) {
        g_set_error(error, NET_ERROR, NET_ERROR_CONNECT, "folder %s, UID %u: the server gives no mail now",
                    intake->folder.name, mail->uid);
        return FALSE;
    }
    if (trial != TRIAL_WHOLE) mail->problem = "unreadable";
    mail->header_only |= trial != TRIAL_WHOLE;
    if (trial == TRIAL_NOTHING) admit_give_up(&intake->folder, mail);
    return reopen(intake, error);
}

static gboolean add_entry(Intake *intake, Portion *portion, const ImapEntry *entry, GError **error)
{
    const Config *config = intake->cycle->config;
    portion->last_uid = entry->uid;
    if (entry->internal_at != G_MININT64 && entry->internal_at < config->campaign.starts_at) {
        intake->count->old++;
        return TRUE;
    }
    gint64 known = 0;
    if (!store_known_uid(intake->cycle->store, intake->folder.name, intake->folder.uidvalidity, entry->uid,
                         &known, error))
        return FALSE;
    IntakeMail *mail = g_new0(IntakeMail, 1);
    mail->uid = entry->uid;
    mail->size = entry->size;
    mail->received_at =
        entry->internal_at != G_MININT64 ? entry->internal_at : clock_now(&intake->cycle->clock);
    mail->known = known != 0;
    mail->header_only = entry->size > MIN(config->imap.max_message, LIMIT_MAIL_BYTES);
    mail->problem = mail->header_only ? "too-large" : NULL;
    g_ptr_array_add(portion->mails, mail);
    if (!judge_attempts(intake, mail, error)) return FALSE;
    portion->bytes += mail->header_only || mail->known ? 0 : entry->size;
    return TRUE;
}

/* The entries from *next on that make one portion. */
static Portion *cut_portion(Intake *intake, const GArray *entries, guint *next, GError **error)
{
    g_autoptr (Portion) portion = portion_new();
    for (; *next < entries->len; (*next)++) {
        const ImapEntry *entry = &g_array_index(entries, ImapEntry, *next);
        if (!belongs(intake, portion, entry)) break;
        if (!add_entry(intake, portion, entry, error)) return NULL;
    }
    return g_steal_pointer(&portion);
}

static gboolean settle_before(Intake *intake, Portion **before, GError **error)
{
    g_autoptr (Portion) portion = g_steal_pointer(before);
    intake->unsettled = portion && !settle_portion(intake, portion, error);
    return !intake->unsettled;
}

static gboolean is_suspect(const Portion *portion)
{
    return portion->mails->len > 0 && ((const IntakeMail *)portion->mails->pdata[0])->attempts > 0;
}

/* Fetches a portion while the one before it is still being read. A mail that may be poisonous has nobody
 * beside it: the marks of others would count against them. */
static gboolean read_portion(Intake *intake, Portion **before, Portion *taken, GError **error)
{
    g_autoptr (Portion) portion = taken;
    g_autoptr (GError) fetch_error = NULL;
    gboolean suspect = is_suspect(portion);
    if (suspect && !settle_before(intake, before, error)) return FALSE;
    gboolean fetched = fetch_portion(intake, portion, &fetch_error);
    if (!settle_before(intake, before, error)) return FALSE;
    if (!fetched) {
        g_propagate_error(error, g_steal_pointer(&fetch_error));
        return FALSE;
    }
    *before = g_steal_pointer(&portion);
    return !suspect || settle_before(intake, before, error);
}

static gboolean read_window(Intake *intake, const GArray *entries, guint32 window_end, GError **error)
{
    g_autoptr (Portion) before = NULL;
    for (guint next = 0; next < entries->len && !intake->cycle->stopping;) {
        /* What was read is safe before anything is tried. */
        gboolean tried = attempts_of(intake, g_array_index(entries, ImapEntry, next).uid) > 0;
        if (tried && !settle_before(intake, &before, error)) return FALSE;
        Portion *portion = cut_portion(intake, entries, &next, error);
        if (!portion) return FALSE;
        if (next == entries->len && window_end) portion->last_uid = window_end;
        if (!read_portion(intake, &before, portion, error)) return FALSE;
    }
    return settle_before(intake, &before, error);
}

/* The cursor stays at what was listed, though UIDNEXT be higher: whether the last mails were expunged, or the
 * server has not said them, only the next listing can tell. */
static gboolean read_folder(Intake *intake, guint32 uidnext, GError **error)
{
    guint32 first = intake->folder.last_uid + 1;
    /* Some servers' UIDs lie far apart, or begin at a thousand million. */
    guint32 window = MAX((uidnext - MIN(first, uidnext)) / (intake->exists / WINDOW_UIDS + 1), WINDOW_UIDS);
    for (gboolean last = FALSE; !last && !intake->cycle->stopping; first += window) {
        last = uidnext == 0 || uidnext - first <= window;
        guint32 end = last ? 0 : first + window - 1;
        g_autoptr (GArray) entries = imap_list_uids(intake->cycle->imap, first, end, error);
        if (!entries || !read_window(intake, entries, end, error)) return FALSE;
    }
    return TRUE;
}

static gboolean open_folder(Intake *intake, GError **error)
{
    Cycle *cycle = intake->cycle;
    StoreFolder *folder = &intake->folder;
    ImapStatus status;
    if (!cycle_need_pool(cycle, error) || !imap_examine(cycle->imap, folder->name, &status, error) ||
        !store_get_folder(cycle->store, folder, error))
        return FALSE;
    if (folder->uidvalidity == status.uidvalidity) {
        if (!rewound_look(cycle, folder, &status, NULL, error)) return FALSE;
    } else {
        if (folder->uidvalidity != 0)
            g_message(
                "folder %s has a new UIDVALIDITY: reading it from the start; mails that are known stay one",
                folder->name);
        folder->uidvalidity = status.uidvalidity;
        folder->last_uid = 0;
        /* Noted at once: of an empty folder nothing else is, and it would be news for ever. */
        if (!store_move_cursor(cycle->store, folder, error)) return FALSE;
    }
    intake->exists = status.exists;
    intake->end = status.uidnext > folder->last_uid ? status.uidnext : 0; /* some say one of long ago */
    return TRUE;
}

gboolean intake_folder(Cycle *cycle, const char *folder, DeskFolder role, IntakeCount *count, GError **error)
{
    Intake intake = {.cycle = cycle, .role = role, .count = count};
    g_autofree char *name = g_strdup(folder); /* a new connection makes a new list of folders */
    intake.folder.name = name;
    intake.folder.role = role == DESK_JUNK ? "junk" : "inbox";
    if (!open_folder(&intake, error)) return FALSE;
    if (intake.end != 0 && intake.folder.last_uid + 1 >= intake.end) return TRUE;
    g_autoptr (GError) local = NULL;
    g_autoptr (GArray) readings = store_readings(cycle->store, &intake.folder, error);
    if (!readings) return FALSE;
    intake.readings = readings;
    if (read_folder(&intake, intake.end, &local)) return TRUE;
    cycle_count_deaths(cycle);
    g_clear_pointer(&cycle->pool, worker_pool_free); /* it may hold mails of portions that are gone */
    /* A disk, a worker, or a mailbox that takes no record is no fault of these mails; a connection may be. */
    if (local->domain != NET_ERROR || intake.unsettled)
        store_reading_end(cycle->store, &intake.folder, G_MAXUINT32, NULL);
    g_propagate_error(error, g_steal_pointer(&local));
    return FALSE;
}
