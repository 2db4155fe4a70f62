/* mime_auto.c - is there a person at the other end? RFC 3834, RFC 3464, RFC 8098, and the habits of real
 * servers. */
#include <string.h>

#include "parsers/mime_headers.h"
#include "parsers/params.h"
#include "parsers/words.h"

/* The first row that matches decides. A field matches when it is there and its value, in lower case, begins
 * with `value`
 * ("" any; a leading "!" negates). */
static const struct Mark {
    const char *field, *value;
    FactsAuto is;
} MARKS[] = {
    {"X-Failed-Recipients", "", FACTS_AUTO_BOUNCE},
    {"Auto-Submitted", "auto-replied", FACTS_AUTO_REPLY},
    {"Auto-Submitted", "auto-notified", FACTS_AUTO_BULK},
    {"X-Autoreply", "!no", FACTS_AUTO_REPLY},
    {"X-Auto-Reply", "!no", FACTS_AUTO_REPLY},
    {"X-Autoreply-From", "", FACTS_AUTO_REPLY},
    {"X-Autorespond", "!no", FACTS_AUTO_REPLY},
    {"X-Autoresponder", "!no", FACTS_AUTO_REPLY},
    {"X-Mail-Autoreply", "", FACTS_AUTO_REPLY},
    {"X-MS-Exchange-Inbox-Rules-Loop", "", FACTS_AUTO_REPLY},
    {"Precedence", "auto_reply", FACTS_AUTO_REPLY},
    {"Precedence", "auto-reply", FACTS_AUTO_REPLY},
    {"Delivered-To", "autoresponder", FACTS_AUTO_REPLY},
};

static const struct Mark BULK_MARKS[] = {
    {"Auto-Submitted", "!no", FACTS_AUTO_BULK}, {"Precedence", "bulk", FACTS_AUTO_BULK},
    {"Precedence", "list", FACTS_AUTO_BULK},    {"Precedence", "junk", FACTS_AUTO_BULK},
    {"List-Id", "", FACTS_AUTO_BULK},           {"List-Post", "", FACTS_AUTO_BULK},
    {"List-Unsubscribe", "", FACTS_AUTO_BULK},  {"Mailing-List", "", FACTS_AUTO_BULK},
    {"X-Mailing-List", "", FACTS_AUTO_BULK},    {"X-Auto-Response-Suppress", "!none", FACTS_AUTO_BULK},
};

/* What subjects of answering machines begin with, in lower case. */
static const char *const REPLY_SUBJECTS[] = {
    "自动回复",        "自动答复",
    "[自动回复]",      "【自动回复】",
    "(自动回复)",      "（自动回复）",
    "自動回覆",        "自动应答",
    "auto:",           "auto reply",
    "auto-reply",      "autoreply",
    "automatic reply", "automatische antwort",
    "out of office",   "out of the office",
    "vacation reply",  "已读:",
    "已读：",          "已读回执",
    "read:",           "未读:",
    "未读：",
};

static const char *const BOUNCE_SUBJECTS[] = {
    "系统退信",
    "退信",
    "[退信]",
    "邮件退回",
    "投递失败",
    "undeliver",
    "undelivered",
    "returned mail",
    "mail delivery failed",
    "delivery status notification",
    "failure notice",
    "mail delivery system",
    "delivery failure",
    "未送达",
    "无法送达",
};

static gboolean begins_with_any(const char *text, const char *const *list, gsize n)
{
    g_autofree char *lower = g_utf8_strdown(text, -1);
    for (gsize i = 0; i < n; i++)
        if (g_str_has_prefix(lower, list[i])) return TRUE;
    return FALSE;
}

static gboolean marked(const Entity *message, const struct Mark *marks, gsize n, FactsAuto *is)
{
    for (gsize i = 0; i < n; i++) {
        const char *raw = entity_field(message, marks[i].field);
        if (!raw) continue;
        g_autofree char *line = words_unfold(raw);
        g_autofree char *value = g_utf8_strdown(line, -1);
        gboolean not = marks[i].value[0] == '!';
        if (g_str_has_prefix(value, marks[i].value + not ) == not ) continue;
        *is = marks[i].is;
        return TRUE;
    }
    return FALSE;
}

static gboolean from_mailer_daemon(const Facts *facts)
{
    if (facts->from->len == 0) return FALSE;
    const FactsMailbox *from = g_ptr_array_index(facts->from, 0);
    return g_ascii_strncasecmp(from->address, "mailer-daemon", 13) == 0;
}

static gboolean from_postmaster(const Facts *facts)
{
    if (facts->from->len == 0) return FALSE;
    const FactsMailbox *from = g_ptr_array_index(facts->from, 0);
    return g_ascii_strncasecmp(from->address, "postmaster", 10) == 0;
}

static gboolean null_sender(const Entity *message)
{
    g_autofree char *path = words_unfold(entity_field(message, "Return-Path"));
    return strcmp(path, "<>") == 0;
}

static FactsAuto judge(const Entity *object, const Facts *facts)
{
    const char *type = entity_field(object, "Content-Type");
    g_autofree char *value = params_value(type);
    g_autofree char *report = params_get(type, "report-type");
    gboolean is_report = strcmp(value, "multipart/report") == 0;
    FactsAuto is = FACTS_AUTO_NO;
    if (is_report && report && g_ascii_strcasecmp(report, "delivery-status") == 0) return FACTS_AUTO_BOUNCE;
    if (is_report && report && g_ascii_strcasecmp(report, "disposition-notification") == 0)
        return FACTS_AUTO_REPLY;
    if (is_report) return FACTS_AUTO_BULK; /* feedback and the like */
    if (strcmp(value, "message/delivery-status") == 0) return FACTS_AUTO_BOUNCE;
    if (from_mailer_daemon(facts)) return FACTS_AUTO_BOUNCE;
    gboolean daemonic = from_postmaster(facts) || null_sender(object);
    if (daemonic && begins_with_any(facts->subject, BOUNCE_SUBJECTS, G_N_ELEMENTS(BOUNCE_SUBJECTS)))
        return FACTS_AUTO_BOUNCE;
    if (marked(object, MARKS, G_N_ELEMENTS(MARKS), &is)) return is;
    if (begins_with_any(facts->subject, REPLY_SUBJECTS, G_N_ELEMENTS(REPLY_SUBJECTS)))
        return FACTS_AUTO_REPLY;
    if (null_sender(object)) return FACTS_AUTO_BOUNCE;
    if (marked(object, BULK_MARKS, G_N_ELEMENTS(BULK_MARKS), &is)) return is;
    return FACTS_AUTO_NO;
}

void mime_auto_read(const Entity *message, Facts *facts)
{
    facts->automatic = judge(message, facts);
    if (facts->automatic != FACTS_AUTO_BOUNCE) {
        g_free(facts->bounced);
        facts->bounced = g_strdup("");
    } else if (!*facts->bounced && *facts->in_reply_to) {
        g_free(facts->bounced);
        facts->bounced = g_strdup(facts->in_reply_to);
    }
}
