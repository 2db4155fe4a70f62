#include "daemon/admit.h"

#include <string.h>

#include "daemon/compose.h"
#include "daemon/desk/settled.h"
#include "daemon/log.h"
#include "daemon/portion.h"
#include "daemon/store/delivery.h"
#include "parsers/limits.h"

GBytes *admit_header_of(GBytes *raw)
{
    gsize size;
    const char *bytes = g_bytes_get_data(raw, &size);
    const char *crlf = g_strstr_len(bytes, (gssize)size, "\r\n\r\n");
    const char *lf = g_strstr_len(bytes, (gssize)size, "\n\n");
    gsize end = MIN(crlf ? (gsize)(crlf - bytes) + 4 : size, lf ? (gsize)(lf - bytes) + 2 : size);
    return g_bytes_new_from_bytes(raw, 0, MIN(end, LIMIT_HEADER_BYTES * 4));
}

void admit_give_up(const StoreFolder *folder, IntakeMail *mail)
{
    g_autofree char *name = g_strdup_printf("%s\n%u\n%u\n", folder->name, folder->uidvalidity, mail->uid);
    mail->header_only = mail->given_up = TRUE;
    mail->problem = "unreadable";
    mail->raw = g_bytes_new(name, strlen(name));
    mail->sha256 = facts_sha256_bytes(mail->raw);
}

/* The receipt as an outbox row. While live it waits under "new" until the pass knows how many there are; else
 * it is held for the mode's reason from the start. One that a record tells of may have gone: in flight. */
static gboolean add_with_answer(Cycle *cycle, const StoreMail *mail, const Verdict *verdict,
                                guint64 *sequence, GError **error)
{
    const Letter *letter = verdict->receipt;
    gboolean told = cycle->rebuilding || cycle->replaying;
    if (!letter) return store_add_mail(cycle->store, mail, verdict, NULL, error);
    gint64 now = clock_now(&cycle->clock);
    g_autofree char *message_id = compose_message_id(cycle->ledger, letter);
    if (*sequence == 0) *sequence = store_next_sequence(cycle->store);
    g_autoptr (GBytes)
        bytes = compose_letter(cycle->config, cycle->ledger, letter, message_id, *sequence, now);
    static const OutboxHold hold[] = {
        [STORE_OBSERVE] = OUTBOX_HOLD_OBSERVE,
        [STORE_LIVE] = OUTBOX_HOLD_NEW,
        [STORE_HOLD] = OUTBOX_HOLD_ADMIN,
    };
    Outgoing outgoing = {
        .letter = letter,
        .message_id = message_id,
        .sequence = *sequence,
        .bytes = bytes,
        .state = told ? OUTBOX_IN_FLIGHT : OUTBOX_HELD,
        .hold = told            ? OUTBOX_HOLD_NONE
                : verdict->hold ? OUTBOX_HOLD_BURST
                                : hold[store_mode(cycle->store)],
    };
    return store_add_mail(cycle->store, mail, verdict, &outgoing, error);
}

/* What the batch keeps is described for its record, before the book knows of it. */
static json_t *describe(Cycle *cycle, const Verdict *verdict)
{
    gboolean kept = verdict->whose != WHOSE_CORRESPONDENCE && verdict->whose != WHOSE_OURS;
    if (cycle->replaying || !kept) return NULL;
    return desk_settled_write(cycle->config, store_book(cycle->store), verdict);
}

/* A letter of ours in the mailbox (sent_copy = bcc, or somebody sent it back): it has gone. Only its record
 * proves that it is ours. */
static gboolean note_ours(Cycle *cycle, const Facts *facts, GError **error)
{
    g_autofree char *record = *facts->record ? ledger_unseal(cycle->ledger, facts->record, NULL) : NULL;
    gboolean was_flying = FALSE;
    if (!record || !*facts->message_id) return TRUE;
    if (!store_outbox_seen(cycle->store, facts->message_id, &was_flying, error)) return FALSE;
    LogAbout about = {.message_id = facts->message_id};
    if (was_flying)
        log_about(G_LOG_LEVEL_MESSAGE, &about,
                  "letter <%s> was in flight when the last run ended: it has arrived", facts->message_id);
    return TRUE;
}

/* Who writes is alive; an address that sent our letter back is not. */
static gboolean note_addresses(Cycle *cycle, const char *mail, const Verdict *verdict, GError **error)
{
    gint64 now = clock_now(&cycle->clock);
    if (*verdict->alive && !store_mark_alive(cycle->store, verdict->alive, error)) return FALSE;
    for (guint i = 0; i < verdict->dead->len; i++)
        if (!store_mark_dead(cycle->store, verdict->dead->pdata[i], verdict->committee, mail, "", now, error))
            return FALSE;
    return TRUE;
}

/* For the journal. Of other people's mail no more than that it was seen. */
static void log_mail(const StoreMail *mail, const Verdict *verdict)
{
    gboolean ours = verdict->whose != WHOSE_CORRESPONDENCE;
    const Decision *whose = verdict->decisions->len > 0 ? verdict->decisions->pdata[0] : NULL;
    LogAbout about = {mail->raw_sha256, verdict->committee, ours ? mail->facts->message_id : NULL, mail->uid};
    log_about(G_LOG_LEVEL_INFO, &about, "UID %u of %s is read: %s", mail->uid, mail->folder,
              whose ? whose->answer : "?");
}

static gboolean judge(Cycle *cycle, StoreMail *mail, const IntakeMail *seen, const char *problem,
                      Whose *whose, GError **error)
{
    gint64 now = clock_now(&cycle->clock);
    DeskMail question = {
        .folder = mail->where,
        .received_at = mail->received_at,
        .size = mail->size,
        .identity = mail->identity,
        .facts = mail->facts,
        .problem = problem,
        .settled = seen->settled,
        .passed_by = !cycle->replaying && !seen->settled && mail->received_at <= cycle->passed_until,
    };
    g_autoptr (Verdict) verdict = desk_judge(cycle->desk, store_book(cycle->store), &question, now);
    json_t *settled = describe(cycle, verdict);
    guint64 sequence = seen->sequence;
    *whose = verdict->whose;
    log_mail(mail, verdict);
    gboolean added = add_with_answer(cycle, mail, verdict, &sequence, error);
    if (added && settled) {
        if (!cycle->portion) cycle->portion = json_array();
        json_array_append_new(cycle->portion,
                              portion_describe(mail, problem, json_incref(settled), sequence));
    }
    json_decref(settled);
    return added && note_addresses(cycle, mail->raw_sha256, verdict, error) &&
           (*whose != WHOSE_OURS || note_ours(cycle, mail->facts, error));
}

static void count_verdict(IntakeCount *count, Whose whose)
{
    if (whose == WHOSE_CAMPAIGN)
        count->campaign++;
    else if (whose == WHOSE_SUSPECT || whose == WHOSE_STAFF)
        count->suspect++;
    else
        count->other++;
}

/* What could not be read and is nobody's by the little that we have: staff must look into the mailbox. */
static gboolean tell_unreadable(Cycle *cycle, const StoreMail *row, GError **error)
{
    const FactsMailbox *from = row->facts->from->len ? row->facts->from->pdata[0] : NULL;
    LogAbout about = {.mail = row->raw_sha256, .uid = row->uid};
    log_about(G_LOG_LEVEL_WARNING, &about,
              "folder %s, UID %u cannot be read and is passed over; it is listed in 待处理", row->folder,
              row->uid);
    g_autofree char *why = g_strdup_printf(
        "%s中有一封邮件（UID %u，发件人 %s）多次无法读取，已跳过，请登录邮箱查看是否为报送材料",
        row->where == DESK_JUNK ? "垃圾箱" : "收件箱", row->uid, from ? from->address : "不详");
    return store_add_todo(cycle->store, "unreadable", why, 0, clock_now(&cycle->clock), error);
}

gboolean admit_mail(Cycle *cycle, const StoreFolder *folder, DeskFolder role, IntakeMail *mail,
                    IntakeCount *count, GError **error)
{
    g_autoptr (Facts) nothing = facts_new();
    g_free(nothing->sha256);
    nothing->sha256 = g_strdup(mail->sha256);
    const Facts *facts = mail->result && mail->result->facts ? mail->result->facts
                         : mail->told                        ? mail->told
                                                             : nothing;
    gboolean read = mail->result && mail->result->facts;
    g_autofree char *identity = mail->identity ? g_strdup(mail->identity)
                                : read         ? facts_identity(facts)
                                               : g_strdup(mail->sha256);

    gint64 known = 0;
    if (!mail->again) {
        if (!store_known_raw(cycle->store, mail->sha256, &known, error)) return FALSE;
        if (!known && !store_known_identity(cycle->store, identity, &known, error)) return FALSE;
    }
    if (known) {
        count->known++;
        return store_add_sighting(cycle->store, folder->name, folder->uidvalidity, mail->uid, known, error);
    }

    StoreMail row = {
        .folder = folder->name,
        .uidvalidity = folder->uidvalidity,
        .uid = mail->uid,
        .where = role,
        .received_at = mail->received_at,
        .size = mail->size,
        .raw = mail->raw,
        .header_only = mail->header_only,
        .raw_sha256 = mail->sha256,
        .identity = identity,
        .facts = facts,
        .facts_json = read ? mail->result->json : NULL,
        .data_fd = read ? mail->result->data_fd : -1,
        .again = mail->again,
    };
    const char *problem = mail->problem ? mail->problem : !read ? "unreadable" : NULL;
    Whose whose;
    g_autoptr (GError) local = NULL;
    if (!judge(cycle, &row, mail, problem, &whose, &local)) {
        if (!g_error_matches(local, STORE_ERROR, STORE_ERROR_DATA)) {
            g_propagate_error(error, g_steal_pointer(&local));
            return FALSE;
        }
        /* The worker's bytes are not what its facts say: believe neither. */
        g_warning("mail %s: %s; registered as unreadable: look at it in the mailbox", mail->sha256,
                  local->message);
        row.facts = nothing;
        row.facts_json = NULL;
        if (!mail->identity) row.identity = mail->sha256;
        row.data_fd = -1;
        if (!judge(cycle, &row, mail, "unreadable", &whose, error)) return FALSE;
    }
    count_verdict(count, whose);
    gboolean nobodys = whose == WHOSE_CORRESPONDENCE && problem && strcmp(problem, "unreadable") == 0;
    return !nobodys || tell_unreadable(cycle, &row, error);
}
