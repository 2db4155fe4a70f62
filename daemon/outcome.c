#include "daemon/outcome.h"

#include <string.h>

#include "daemon/log.h"
#include "daemon/reply.h"
#include "daemon/store/delivery.h"

/* So often a letter may be refused in words against us: the last time is most of a day after the first. */
#define UNWANTED_MOST 12

static gint64 real_now(void)
{
    return g_get_real_time() / G_USEC_PER_SEC;
}

static gboolean is_own(const Cycle *cycle, const char *address)
{
    return g_ascii_strcasecmp(address, cycle->config->desk.address) == 0;
}

/* --- recipients ------------------------------------------------------------------------------- */

/* A server that knows no such address has said what a bounce would say. */
static gboolean bury(Cycle *cycle, const StoreLetter *letter, const char *address, int code, const char *text,
                     GError **error)
{
    guint pause;
    if (*cycle->config->smtp.rehearsal_to || reply_about(code, text, TRUE, &pause) != REPLY_ADDRESS)
        return TRUE;
    return store_mark_dead(cycle->store, address, letter->committee, NULL, text, clock_now(&cycle->clock),
                           error);
}

/* Someone did not get a letter that others got: staff must know whom to telephone. */
static gboolean tell_refused(Cycle *cycle, const StoreLetter *letter, const SmtpRefusal *refusal,
                             GError **error)
{
    LogAbout about = {.committee = letter->committee, .message_id = letter->message_id};
    if (is_own(cycle, refusal->address)) {
        log_about(
            G_LOG_LEVEL_WARNING, &about,
            "our own mailbox refused the copy of letter <%s>: %s; sent_copy = bcc needs it to take mail",
            letter->message_id, refusal->text);
        return TRUE;
    }
    log_about(G_LOG_LEVEL_WARNING, &about, "letter <%s> was refused for %s: %s; it is listed in 待处理",
              letter->message_id, refusal->address, refusal->text);
    g_autofree char *why = g_strdup_printf("“%s”未能送达 %s（%s），请核对地址或电话联系", letter->subject,
                                           refusal->address, refusal->text);
    return store_add_todo(cycle->store, "address-refused", why, 0, clock_now(&cycle->clock), error) &&
           bury(cycle, letter, refusal->address, refusal->code, refusal->text, error);
}

static gboolean keep_accepted(Cycle *cycle, const StoreLetter *letter, const SmtpResult *result,
                              SendCount *count, GError **error)
{
    count->sent++;
    cycle_progress(cycle, "sent %u letters, %u to go", count->sent,
                   count->due - MIN(count->due, count->sent));
    if (!store_outbox_mark_accepted(cycle->store, letter->id, clock_now(&cycle->clock), error)) return FALSE;
    if (letter->attempts > 0 &&
        !(store_tally_end(cycle->store, TALLY_UNANSWERED, letter->message_id, error) &&
          store_tally_end(cycle->store, TALLY_UNWANTED, letter->message_id, error)))
        return FALSE;
    for (guint i = 0; i < result->refused->len; i++)
        if (!tell_refused(cycle, letter, result->refused->pdata[i], error)) return FALSE;
    return TRUE;
}

/* --- later ------------------------------------------------------------------------------------ */

/* What decided was said at RCPT: others may have been refused there, and then the text for all. */
static gboolean is_of_recipient(const SmtpResult *result)
{
    for (guint i = 0; i < result->refused->len; i++) {
        const SmtpRefusal *refusal = result->refused->pdata[i];
        if (refusal->code == result->code && g_strcmp0(refusal->text, result->text) == 0) return TRUE;
    }
    return FALSE;
}

/* The domain that the refusal is about: of the one recipient that was refused, else of the first. */
static char *refused_domain(const StoreLetter *letter, const SmtpResult *result)
{
    const SmtpRefusal *refusal = result->refused->len > 0 ? result->refused->pdata[0] : NULL;
    return pace_domain(refusal ? refusal->address : letter->to);
}

static gboolean pause_for(Cycle *cycle, Pace *pace, const char *domain, gint64 until, const char *why,
                          GError **error)
{
    g_autofree char *at = calendar_stamp(cycle->config->calendar, until);
    g_message("nothing goes to %s before %s: %s", strcmp(domain, "*") == 0 ? "anybody" : domain, at, why);
    pace_pause(pace, domain, until);
    return store_pause(cycle->store, domain, until, why, error);
}

static gboolean put_off(Cycle *cycle, Pace *pace, const StoreLetter *letter, const SmtpResult *result,
                        SendCount *count, GError **error)
{
    guint pause;
    ReplyAbout about = reply_about(result->code, result->text, is_of_recipient(result), &pause);
    gint64 at = real_now() + MAX(pace_delay(letter->attempts + 1, letter->message_id), pause);
    LogAbout who = {.committee = letter->committee, .message_id = letter->message_id};
    log_about(G_LOG_LEVEL_MESSAGE, &who, "letter <%s> to %s is put off: %s", letter->message_id, letter->to,
              result->text);
    count->deferred++;
    cycle->temporary++;
    g_autofree char *domain = about == REPLY_SERVER ? g_strdup("*") : refused_domain(letter, result);
    /* A connection that broke says nothing of the letter. */
    gboolean kept = result->error
                        ? store_outbox_mark_deferred(cycle->store, letter->id, at, result->text, error)
                        : store_outbox_mark_refused(cycle->store, letter->id, at, result->text, error);
    if (about == REPLY_LETTER) pause = 0; /* it alone waits */
    return kept && (pause == 0 || pause_for(cycle, pace, domain, at, result->text, error));
}

/* --- the letter ------------------------------------------------------------------------------- */

/* Where no other letter goes, nobody else can tell whether such words are about us or about the recipient. */
static gboolean is_stuck(Cycle *cycle, const StoreLetter *letter, const SmtpResult *result)
{
    return result->doubtful && store_tally(cycle->store, TALLY_UNWANTED, letter->message_id) >= UNWANTED_MOST;
}

/* Not failed: if it is about us after all, it shall go when that is mended. */
static gboolean keep_stuck(Cycle *cycle, const StoreLetter *letter, SmtpResult *result, SendCount *count,
                           GError **error)
{
    LogAbout about = {.committee = letter->committee, .message_id = letter->message_id};
    log_about(G_LOG_LEVEL_WARNING, &about,
              "letter <%s> to %s was refused %d times in words against us: %s; it is held and listed in "
              "待处理, 'baosong release' sends it again",
              letter->message_id, letter->to, UNWANTED_MOST, result->text);
    count->failed++;
    g_clear_error(&result->error); /* the letters behind it go on */
    /* Whoever releases it gives it all its tries again. */
    return store_tally_end(cycle->store, TALLY_UNWANTED, letter->message_id, error) &&
           store_outbox_mark_stuck(cycle->store, letter->id, OUTBOX_UNWANTED, clock_now(&cycle->clock),
                                   error);
}

/* A server that cannot be reached is no fault of the letter: it never makes one fail. */
static gboolean may_try_again(const Cycle *cycle, const StoreLetter *letter, const SmtpResult *result)
{
    guint pause;
    reply_about(result->code, result->text, is_of_recipient(result), &pause);
    if (result->error) return TRUE;
    return (result->outcome == SMTP_TEMPORARY || pause > 0) &&
           letter->refusals + 1 < cycle->config->smtp.attempts;
}

static gboolean keep_failed(Cycle *cycle, const StoreLetter *letter, const SmtpResult *result,
                            SendCount *count, GError **error)
{
    LogAbout about = {.committee = letter->committee, .message_id = letter->message_id};
    log_about(G_LOG_LEVEL_WARNING, &about, "letter <%s> to %s failed: %s; it is listed in 待处理",
              letter->message_id, letter->to, result->text);
    count->failed++;
    for (guint i = 0; i < result->refused->len; i++) {
        const SmtpRefusal *refusal = result->refused->pdata[i];
        if (!is_own(cycle, refusal->address) &&
            !bury(cycle, letter, refusal->address, refusal->code, refusal->text, error))
            return FALSE;
    }
    return store_outbox_mark_failed(cycle->store, letter->id, clock_now(&cycle->clock), result->text, error);
}

gboolean outcome_keep(Cycle *cycle, Pace *pace, const StoreLetter *letter, SmtpResult *result,
                      SendCount *count, GError **error)
{
    if (!result->error) cycle_alive();
    if (result->outcome == SMTP_ACCEPTED) return keep_accepted(cycle, letter, result, count, error);
    if (result->outcome == SMTP_UNKNOWN) {
        LogAbout about = {.committee = letter->committee, .message_id = letter->message_id};
        log_about(G_LOG_LEVEL_WARNING, &about,
                  "letter <%s>: %s; it may have gone: a later pass looks for its copy, and sends it again, "
                  "under the same Message-ID, if there is none",
                  letter->message_id, result->text);
        cycle->temporary++;
        return store_tally_add(cycle->store, TALLY_UNANSWERED, letter->message_id, error);
    }
    if (result->doubtful && !store_tally_add(cycle->store, TALLY_UNWANTED, letter->message_id, error))
        return FALSE;
    if (is_stuck(cycle, letter, result)) return keep_stuck(cycle, letter, result, count, error);
    return may_try_again(cycle, letter, result) ? put_off(cycle, pace, letter, result, count, error)
                                                : keep_failed(cycle, letter, result, count, error);
}
