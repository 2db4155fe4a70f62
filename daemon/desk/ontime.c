/* ontime.c - was it there before the deadline? By the server's clock, never by Date.
 *
 * INTERNALDATE is when the mail came into this mailbox. If a mailbox was moved, or a clerk moved a mail from
 * another account, that is later than the true arrival, which the topmost Received still tells: our own
 * server wrote it. Where it is more than an hour earlier and the two disagree about the deadline, the mail is
 * on time and staff are told. A Received later than INTERNALDATE says nothing (clocks, rehearsals by APPEND).
 */
#include "daemon/desk/ask.h"

enum { MOVED_SECONDS = 3600 };

gint64 ontime_arrival(const Ask *ask)
{
    g_autoptr (GDateTime) stamp = g_date_time_new_from_iso8601(ask->facts->received, NULL);
    gint64 received = stamp ? g_date_time_to_unix(stamp) : G_MAXINT64;
    return received < ask->mail->received_at - MOVED_SECONDS ? received : ask->mail->received_at;
}

gboolean ontime_old(const Ask *ask)
{
    return ask->arrival < ask->config->campaign.starts_at;
}

gboolean ontime_of(const Config *config, const BookItem *item)
{
    return item->on_time || (item->counted_at && item->counted_at < config->campaign.deadline_at);
}

/* Sets on_time: of the first version that counted; a late revision of a timely item stays timely. */
void ontime_ask(Ask *ask, VerdictItem *item, const BookItem *old)
{
    gint64 deadline = ask->config->campaign.deadline_at, arrival = ask->arrival;
    gboolean by_server = ask->mail->received_at < deadline, by_received = arrival < deadline;
    item->on_time = by_received;
    if (by_received && !by_server) {
        g_autofree char *then = calendar_time_chinese(ask->config->calendar, arrival);
        g_autofree char *now = calendar_time_chinese(ask->config->calendar, ask->mail->received_at);
        verdict_todo(ask->verdict, "moved", 0,
                     "邮件于 %s 进入本邮箱，但服务器收件记录为 %s（可能经过转移），按按时登记，请核实。", now,
                     then);
    }
    if (old && old->counts) {
        item->on_time = ontime_of(ask->config, old);
        verdict_decide(ask->verdict, "on-time", item->on_time ? "yes" : "no",
                       "of the first version that counted");
    } else {
        verdict_decide(ask->verdict, "on-time", item->on_time ? "yes" : "no", "%s",
                       by_server == by_received ? "INTERNALDATE against the deadline"
                                                : "the topmost Received is earlier than INTERNALDATE");
    }
    if (!by_received && !verdict_has(ask->verdict, "late"))
        verdict_problem(ask->verdict, "late", NULL, "%s", "");
}
