/* mime_bounce.c - reports about mails: parts, words and what they come to. */
#include <string.h>

#include "parsers/bounce.h"
#include "parsers/charset.h"
#include "parsers/limits.h"
#include "parsers/mime_headers.h"
#include "parsers/mime_text.h"
#include "parsers/words.h"

static void set(char **member, char *value)
{
    g_free(*member);
    *member = value;
}

gboolean mime_is_report_part(const char *type)
{
    static const char *const TYPES[] = {
        "message/delivery-status",        "message/disposition-notification",
        "message/feedback-report",        "text/rfc822-headers",
        "message/global-delivery-status", "message/global-disposition-notification",
        "message/global-headers"};
    for (gsize i = 0; i < G_N_ELEMENTS(TYPES); i++)
        if (strcmp(type, TYPES[i]) == 0) return TRUE;
    return FALSE;
}

char *mime_report_text(GBytes *bytes)
{
    gsize length = 0;
    const char *data = mime_bytes(bytes, &length);
    char *text = charset_to_utf8(data, MIN(length, LIMIT_HEADER_BYTES), NULL, NULL), *out = text;
    for (const char *p = text; *p; p++)
        if (*p != '\r') *out++ = *p;
    *out = '\0';
    return text;
}

static void read_receipt(Facts *facts, const char *text)
{
    g_autofree char *lower = g_ascii_strdown(text, -1);
    const char *disposition = strstr(lower, "disposition:");
    g_autofree char *line = disposition ? g_strndup(disposition, strcspn(disposition, "\n")) : g_strdup("");
    facts->notice = strstr(line, "displayed")    ? FACTS_NOTICE_READ
                    : strstr(line, "deleted")    ? FACTS_NOTICE_UNREAD
                    : strstr(line, "dispatched") ? FACTS_NOTICE_DELIVERED
                                                 : FACTS_NOTICE_READ;
    bounce_read_status(&facts->bounce, text);
}

/* Servers put the header of the mail, or its beginning, into all kinds of parts. */
static gboolean is_header_like(const Facts *facts, const char *type, GBytes *bytes)
{
    gsize length = 0;
    const char *data = mime_bytes(bytes, &length);
    if (*facts->bounce.message_id ||
        (!g_str_has_prefix(type, "text/") && !g_str_has_prefix(type, "message/")))
        return FALSE;
    return memmem(data, MIN(length, LIMIT_HEADER_BYTES), "essage-", 7) != NULL;
}

void mime_bounce_part(Facts *facts, const char *type, GBytes *bytes)
{
    gboolean status =
        strcmp(type, "message/delivery-status") == 0 || strcmp(type, "message/global-delivery-status") == 0;
    gboolean receipt = strcmp(type, "message/disposition-notification") == 0 ||
                       strcmp(type, "message/global-disposition-notification") == 0;
    gboolean headers =
        strcmp(type, "text/rfc822-headers") == 0 || strcmp(type, "message/global-headers") == 0;
    if (!status && !receipt && !headers && !is_header_like(facts, type, bytes)) return;
    g_autofree char *text = mime_report_text(bytes);
    if (status) bounce_read_status(&facts->bounce, text);
    if (receipt) read_receipt(facts, text);
    if (!status && !receipt && !*facts->bounce.message_id)
        set(&facts->bounce.message_id, bounce_message_id(text));
}

/* Which notice a bounce is; one that does not say has failed, but for those that speak of more tries. */
static FactsNotice notice_of(const Facts *facts)
{
    static const char *const LATER[] = {
        "delayed", "warning: could not send", "warning: message", "still being retried", "delay", "延迟",
        "正在重试"};
    static const char *const DONE[] = {"delivered", "relayed", "expanded"};
    const char *action = facts->bounce.action;
    if (strcmp(action, "delayed") == 0) return FACTS_NOTICE_DELAYED;
    for (gsize i = 0; i < G_N_ELEMENTS(DONE); i++)
        if (strcmp(action, DONE[i]) == 0) return FACTS_NOTICE_DELIVERED;
    g_autofree char *subject = g_utf8_strdown(facts->subject, -1);
    for (gsize i = 0; !*action && i < G_N_ELEMENTS(LATER); i++)
        if (strstr(subject, LATER[i])) return FACTS_NOTICE_DELAYED;
    return FACTS_NOTICE_FAILED;
}

static void read_bounce(const Entity *message, Facts *facts)
{
    FactsBounce *bounce = &facts->bounce;
    if (strstr(facts->body, "Final-Recipient")) bounce_read_status(bounce, facts->body); /* as text */
    const char *failed = entity_field(message, "X-Failed-Recipients");
    if (failed && !*bounce->recipient) {
        g_autofree char *list = words_unfold(failed);
        set(&bounce->recipient, g_strstrip(g_strndup(list, strcspn(list, ", "))));
    }
    const GPtrArray *const own[] = {facts->to, facts->from, facts->cc, facts->reply_to, NULL};
    bounce_read_words(bounce, facts->body, own);
    facts->notice = notice_of(facts);
    if (!*bounce->action)
        set(&bounce->action, g_strdup(facts->notice == FACTS_NOTICE_DELAYED ? "delayed" : "failed"));
    if (!*bounce->message_id) set(&bounce->message_id, g_strdup(facts->in_reply_to));
}

void mime_bounce_read(const Entity *message, Facts *facts)
{
    FactsBounce *bounce = &facts->bounce;
    gboolean receipt = facts->notice == FACTS_NOTICE_READ || facts->notice == FACTS_NOTICE_UNREAD;
    if (facts->automatic == FACTS_AUTO_BOUNCE) {
        read_bounce(message, facts);
        set(&facts->bounced, g_strdup(bounce->message_id));
        return;
    }
    char **const members[] = {&bounce->recipient, &bounce->action, &bounce->status, &bounce->diagnostic,
                              &bounce->message_id};
    for (gsize i = 0; i < G_N_ELEMENTS(members); i++) /* of a mail that was forwarded */
        if (!receipt || i == 1 || i == 2) set(members[i], g_strdup(""));
}
