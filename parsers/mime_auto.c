/* mime_auto.c - is there a person at the other end? RFC 3834, RFC 3464, RFC 8098, and the habits of real
 * servers. */
#include <string.h>

#include "parsers/mime_headers.h"
#include "parsers/params.h"
#include "parsers/tags.h"
#include "parsers/words.h"

#define SHORT_BYTES 600 /* of an answer that is read to its end */

/* The first row that matches decides. A field matches when it is there and its value, in lower case, begins
 * with `value`
 * ("" any; a leading "!" negates). */
static const struct Mark {
    const char *field, *value;
    FactsAuto is;
} MARKS[] = {
    {"X-Failed-Recipients", "", FACTS_AUTO_BOUNCE},
    {"X-MS-Exchange-Message-Is-Ndr", "", FACTS_AUTO_BOUNCE},
    {"Auto-Submitted", "auto-replied", FACTS_AUTO_REPLY},
    {"Auto-Submitted", "auto-notified", FACTS_AUTO_BULK},
    {"X-Autoreply", "!no", FACTS_AUTO_REPLY},
    {"X-Auto-Reply", "!no", FACTS_AUTO_REPLY},
    {"X-Autoreply-From", "", FACTS_AUTO_REPLY},
    {"X-Autorespond", "!no", FACTS_AUTO_REPLY},
    {"X-Autoresponder", "!no", FACTS_AUTO_REPLY},
    {"X-Mail-Autoreply", "", FACTS_AUTO_REPLY},
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
    "自动回复",
    "自动答复",
    "[自动回复]",
    "【自动回复】",
    "(自动回复)",
    "（自动回复）",
    "自動回覆",
    "自动应答",
    "auto:",
    "auto reply",
    "auto-reply",
    "autoreply",
    "automatic reply",
    "automatische antwort",
    "out of office",
    "out of the office",
    "vacation reply",
    "已读:",
    "已读：",
    "已读回执",
    "read:",
    "未读:",
    "未读：",
    "阅读回执",
    "not read:",
    "假期自动回复",
    "邮件自动回复",
    "系统自动回复",
    "automated reply",
    "out-of-office",
    "休假自动回复",
    "外出自动回复",
    "邮件已阅读",
    "邮件已被阅读",
    "(自动答复)",
    "（自动答复）",
    "[自动答复]",
    "【自动答复】",
    "auto re:",
    "邮件已读回执",
    "邮件阅读回执",
    "return receipt",
    "[auto-reply]",
    "auto response",
    "auto-response",
    "autoresponse",
    "automatic response",
    "自動回應",
    "[系统自动回复]",
    "【系统自动回复】",
    "外出自动答复",
    "不在办公室:",
    "不在办公室：",
    "已阅读:",
    "已阅读：",
    "[已读回执]",
    "【已读回执】",
    "[阅读回执]",
    "【阅读回执】",
    "read receipt",
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
    "邮件被退回",
    "邮件投递失败",
    "邮件发送失败",
    "邮件未送达",
    "邮件延迟",
    "延迟:",
    "延迟：",
    "warning: could not send",
    "mail system error",
    "nondeliverable",
    "message delivery failure",
    "mail failure",
    "mail could not be delivered",
    "message could not be delivered",
    "delivery status",
    "メッセージを配信できません",
    "无法传递",
    "无法投递",
    "未传递",
};

static gboolean begins_with_any(const char *text, const char *const *list, gsize n)
{
    gsize length = strnlen(text, 80); /* nothing in the lists is longer */
    while (length > 0 && ((guchar)text[length] & 0xc0) == 0x80) length--;
    g_autofree char *lower = g_utf8_strdown(text, (gssize)length);
    for (gsize i = 0; i < n; i++)
        if (*lower == *list[i] && g_str_has_prefix(lower, list[i])) return TRUE;
    return FALSE;
}

/* Pictures and keys of a signature are none, nor what programs add: the mail that is answered, and Outlook's
 * winmail.dat, if there is no file in them. */
static gboolean has_files(const Facts *facts)
{
    static const char *const NONE[] = {"image/", "text/rfc822-headers", "application/pkcs7-signature",
                                       "application/x-pkcs7-signature", "application/pgp-signature"},
                             *const PACKED[] = {"message/", "application/ms-tnef"};
    for (guint i = 0; i < facts->attachments->len; i++) {
        const FactsAttachment *attachment = facts->attachments->pdata[i];
        gboolean none = FALSE;
        for (gsize k = 0; k < G_N_ELEMENTS(NONE); k++) none |= g_str_has_prefix(attachment->type, NONE[k]);
        for (gsize k = 0; k < G_N_ELEMENTS(PACKED) && attachment->children->len == 0; k++)
            none |= g_str_has_prefix(attachment->type, PACKED[k]);
        if (!none) return TRUE;
    }
    return FALSE;
}

/* Whether the subject goes on behind 自动回复 like a title (自动回复功能的推广), or begins as receipts do
 * (已读：红星照耀中国), and there are files: then a person has written it. */
static gboolean is_title(const Facts *facts)
{
    static const char *const BOOKS[] = {
        "已读:", "已读：", "未读:", "未读：", "read:", "not read:", "已阅读:", "已阅读：", "auto:"};
    const char *after = strstr(facts->subject, "自动回复");
    if (!has_files(facts)) return FALSE;
    if (begins_with_any(facts->subject, BOOKS, G_N_ELEMENTS(BOOKS))) return TRUE;
    const gunichar c = after ? g_utf8_get_char(after + strlen("自动回复")) : 0;
    return g_unichar_isalpha(c) && c > 0x7f;
}

static gboolean has_any(const char *text, const char *const *list, gsize n)
{
    for (gsize i = 0; i < n; i++)
        if (strstr(text, list[i])) return TRUE;
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

static gboolean is_from(const Facts *facts, const char *const *addresses, const char *const *names)
{
    if (facts->from->len == 0) return FALSE;
    const FactsMailbox *from = g_ptr_array_index(facts->from, 0);
    for (; *addresses; addresses++)
        if (g_ascii_strncasecmp(from->address, *addresses, strlen(*addresses)) == 0) return TRUE;
    g_autofree char *name = g_utf8_strdown(from->name, -1);
    for (; *names; names++)
        if (g_str_has_prefix(name, *names)) return TRUE;
    return FALSE;
}

static gboolean from_mailer_daemon(const Facts *facts)
{
    static const char *const ADDRESSES[] = {"mailer-daemon", "mailerdaemon", NULL},
                             *const NAMES[] = {"mailer-daemon", "mail delivery subsystem", NULL};
    return is_from(facts, ADDRESSES, NAMES);
}

static gboolean from_postmaster(const Facts *facts)
{
    static const char *const ADDRESSES[] = {"postmaster",
                                            "post_master",
                                            "mail.delivery.system",
                                            "mailadmin",
                                            "mdaemon",
                                            "microsoftexchange329e71ec88ae4615bbc36ab6ce41109e@",
                                            NULL},
                             *const NAMES[] = {"postmaster",           "mail delivery", "mail system",
                                               "system administrator", "系统管理员",    "邮件系统",
                                               "邮箱管理员",           "qq邮箱管理员",  NULL};
    return is_from(facts, ADDRESSES, NAMES);
}

/* postmaster@, and From: <>. */
static gboolean from_server(const Entity *message, const Facts *facts)
{
    if (!entity_field(message, "From")) return FALSE;
    const FactsMailbox *from = facts->from->len > 0 ? g_ptr_array_index(facts->from, 0) : NULL;
    return !from || !*from->address || g_ascii_strncasecmp(from->address, "postmaster@", 11) == 0;
}

/* Servers whose subjects begin in their own way (来自qq.com的退信), or that send the mail back without a
 * word. */
static gboolean is_sent_back(const Facts *facts)
{
    static const char *const WORDS[] = {"退信",
                                        "退回",
                                        "returned mail",
                                        "undeliver",
                                        "未送达",
                                        "无法送达",
                                        "delivery failure",
                                        "delivery failed",
                                        "投递失败",
                                        "failure notice",
                                        "delivery status notification"};
    g_autoptr (Tags) tags = tags_parse(facts->subject);
    if (tags->reply) return FALSE; /* a person answers */
    for (guint i = 0; i < facts->attachments->len; i++) {
        const FactsAttachment *attachment = g_ptr_array_index(facts->attachments, i);
        if (strcmp(attachment->type, "message/rfc822") == 0) return TRUE;
    }
    g_autofree char *lower = g_utf8_strdown(facts->subject, -1);
    return has_any(lower, WORDS, G_N_ELEMENTS(WORDS));
}

static gboolean null_sender(const Entity *message)
{
    g_autofree char *path = words_unfold(entity_field(message, "Return-Path"));
    return strcmp(path, "<>") == 0;
}

/* Exchange names the mailbox whose rule answers, or only passes on: whoever wrote that is a person, and
 * another one. It may leave the envelope's sender out then. */
static gboolean is_passed_on(const Entity *message, const Facts *facts)
{
    const char *raw = entity_field(message, "X-MS-Exchange-Inbox-Rules-Loop");
    const FactsMailbox *from = raw && facts->from->len > 0 ? g_ptr_array_index(facts->from, 0) : NULL;
    if (!from || !strchr(raw, '@') || !strchr(from->address, '@')) return FALSE;
    g_autofree char *lower = g_ascii_strdown(raw, -1), *sender = g_ascii_strdown(from->address, -1);
    return strstr(lower, sender) == NULL;
}

/* Files are passed on, and what answers no mail. */
static gboolean is_answer_by_rule(const Entity *message, const Facts *facts)
{
    if (!entity_field(message, "X-MS-Exchange-Inbox-Rules-Loop") || has_files(facts)) return FALSE;
    g_autoptr (Tags) tags = tags_parse(facts->subject);
    return (*facts->in_reply_to || tags->reply) && !is_passed_on(message, facts);
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
    gboolean receipt = facts->notice == FACTS_NOTICE_READ || facts->notice == FACTS_NOTICE_UNREAD;
    if (*facts->bounce.action && !receipt) return FACTS_AUTO_BOUNCE; /* it has a delivery status */
    if (strcmp(value, "message/delivery-status") == 0) return FACTS_AUTO_BOUNCE;
    if (from_mailer_daemon(facts)) return FACTS_AUTO_BOUNCE;
    gboolean daemonic = is_report || from_postmaster(facts) || null_sender(object);
    if (is_report && receipt) return FACTS_AUTO_REPLY;
    if (daemonic && begins_with_any(facts->subject, BOUNCE_SUBJECTS, G_N_ELEMENTS(BOUNCE_SUBJECTS)))
        return FACTS_AUTO_BOUNCE;
    if (!is_report && from_server(object, facts) && is_sent_back(facts)) return FACTS_AUTO_BOUNCE;
    if (is_report) return FACTS_AUTO_BULK; /* feedback and the like */
    if (marked(object, MARKS, G_N_ELEMENTS(MARKS), &is)) return is;
    if (is_answer_by_rule(object, facts)) return FACTS_AUTO_REPLY;
    if (begins_with_any(facts->subject, REPLY_SUBJECTS, G_N_ELEMENTS(REPLY_SUBJECTS)) && !is_title(facts))
        return FACTS_AUTO_REPLY;
    /* What passes a mail on may leave its sender out; no server's report brings files. */
    if (null_sender(object) && !is_passed_on(object, facts))
        return has_files(facts) ? FACTS_AUTO_BULK : FACTS_AUTO_BOUNCE;
    if (marked(object, BULK_MARKS, G_N_ELEMENTS(BULK_MARKS), &is)) return is;
    return FACTS_AUTO_NO;
}

/* --- notices ---------------------------------------------------------------------------------- */

/* The sender pressed "recall": Outlook and Exchange, and what QQ, NetEase and Coremail say. Who tells of it
 * and brings the file that counts is a person. */
static gboolean is_recall(const Facts *facts)
{
    static const char *const SUBJECTS[] = {"recall:",    "recall：",     "撤回:",        "撤回：",
                                           "召回:",      "召回：",       "收回:",        "收回：",
                                           "邮件撤回",   "【邮件撤回】", "[邮件撤回]",   "撤回邮件",
                                           "邮件召回",   "【邮件召回】", "召回邮件",     "rappel",
                                           "发件人撤回", "发件人已撤回", "发信方已撤回", "对方撤回",
                                           "对方已撤回", "回收:",        "回收："},
                             *const WITHIN[] = {"撤回了一封邮件", "邮件已撤回", "邮件已被撤回",
                                                "已被发件人撤回"};
    static const char *const PHRASES[] = {
        "将撤回邮件",     "将撤回该邮件",    "想撤回邮件",     "希望撤回",
        "请求撤回",       "要求撤回",        "尝试撤回",       "已撤回邮件",
        "已撤回主题",     "想要召回",        "撤回了主题",     "已撤回了一封",
        "已召回",         "召回了邮件",      "召回了一封邮件", "已撤回该邮件",
        "已撤回此邮件",   "撤回了邮件",      "撤回了一封邮件", "撤回了发给",
        "已经撤回",       "想要回收郵件",    "想要收回郵件",   "would like to recall the message",
        "has recalled",   "wants to recall", "撤回了一封",     "撤回了这封",
        "已被发件人撤回", "已被撤回"};
    if (!begins_with_any(facts->subject, SUBJECTS, G_N_ELEMENTS(SUBJECTS)) &&
        !has_any(facts->subject, WITHIN, G_N_ELEMENTS(WITHIN)))
        return FALSE;
    if (has_files(facts)) return FALSE;
    g_autofree char *head = g_utf8_substring(facts->body, 0, MIN(g_utf8_strlen(facts->body, -1), 500));
    g_autofree char *lower = g_utf8_strdown(head, -1);
    return has_any(lower, PHRASES, G_N_ELEMENTS(PHRASES));
}

/* Where … (自动回复) ends in that; NULL */
static const char *final_words(const char *text)
{
    static const char *const ENDS[] = {"[自动回复]", "【自动回复】", "(自动回复)", "（自动回复）"};
    for (gsize i = 0; i < G_N_ELEMENTS(ENDS); i++)
        if (g_str_has_suffix(text, ENDS[i])) return text + strlen(text) - strlen(ENDS[i]);
    return NULL;
}

/* Whether the text ends so, behind a sentence: 您好，已收到！（自动回复）, not 为什么都写（自动回复）. */
static gboolean is_signed(const char *text)
{
    static const char *const STOPS[] = {"\n", "。", "！", "!", ".", "~", "～", "…"};
    const char *words = final_words(text);
    if (!words || words == text) return words != NULL;
    g_autofree char *said = g_strchomp(g_strndup(text, (gsize)(words - text)));
    if (strlen(said) < (gsize)(words - text)) return TRUE;
    for (gsize i = 0; i < G_N_ELEMENTS(STOPS); i++)
        if (g_str_has_suffix(said, STOPS[i])) return TRUE;
    return FALSE;
}

/* Whether the subject ends so, and the text is as short as that of machines that say no more: who answers one
 * has it in the subject, too. */
static gboolean is_marked_behind(const Facts *facts, const char *text)
{
    enum { WORDS_MAX = 3 * 60 };
    if (!final_words(facts->subject)) return FALSE;
    g_autoptr (Tags) tags = tags_parse(facts->subject);
    return !tags->reply || strlen(text) <= WORDS_MAX;
}

/* Whether the words at `at` are the mail's own: not told (说此邮件为…, 收到的这是…, 因此为…), nor quoted. */
static gboolean is_own_word(const char *text, const char *at)
{
    static const char TELLING[] = "的说称写道示着明知为现是因“‘「『\"'";
    return at == text || !g_utf8_strchr(TELLING, -1, g_utf8_get_char(g_utf8_prev_char(at)));
}

/* Whether 自动回复 at `words` is what the mail says that it is: behind 此邮件为, alone at the start of the
 * text (a greeting may be before it), or signed with, ——自动回复. */
static gboolean is_said_of_itself(const char *text, const char *words, const char *after)
{
    static const char *const BEFORE[] = {"这是",     "这是一封", "此为",     "此信为",   "本信为",
                                         "此信是",   "本信是",   "此邮件为", "本邮件为", "此邮件是",
                                         "本邮件是", "此邮件由", "本邮件由", "该邮件为", "该邮件由"},
                             *const SIGNED[] = {"\n——", "\n--", "\n—", "\n-- ", "\n—— "},
                             *const GREETINGS[] = {"您好", "你好", "尊敬的用户", "亲"};
    g_autofree char *before = g_strndup(text, (gsize)(words - text));
    if (g_str_has_suffix(before, "系统")) before[strlen(before) - strlen("系统")] = '\0';
    for (gsize i = 0; i < G_N_ELEMENTS(BEFORE); i++)
        if (g_str_has_suffix(before, BEFORE[i]) &&
            is_own_word(before, before + strlen(before) - strlen(BEFORE[i])))
            return TRUE;
    for (gsize i = 0; i < G_N_ELEMENTS(SIGNED) && !strchr(after, '\n'); i++)
        if (g_str_has_suffix(before, SIGNED[i])) return TRUE;
    const char *p = before;
    for (gsize i = 0; i < G_N_ELEMENTS(GREETINGS); i++)
        if (g_str_has_prefix(p, GREETINGS[i])) p += strlen(GREETINGS[i]);
    while (*p && !g_unichar_isalnum(g_utf8_get_char(p))) p = g_utf8_next_char(p);
    return !*p && *after;
}

/* Whether the text says that it is an automatic answer, and goes on as if it were: 此信为自动回复，无需再回,
 * not 这是自动回复吗 or 自动回复机器人. */
static gboolean is_declared(const char *text)
{
    static const char *const WORDS[] = {"自动回复", "自动答复", "自动应答", "自动回信"};
    static const char *const MORE[] = {"邮件", "信件", "的邮件"};
    for (gsize i = 0; i < G_N_ELEMENTS(WORDS); i++) {
        for (const char *p = strstr(text, WORDS[i]), *after; p; p = strstr(after, WORDS[i])) {
            const char *end = after = p + strlen(WORDS[i]);
            for (gsize k = 0; k < G_N_ELEMENTS(MORE); k++)
                if (g_str_has_prefix(end, MORE[k])) end += strlen(MORE[k]);
            const gunichar c = g_utf8_get_char(end);
            const gboolean ends =
                g_unichar_isspace(c) || g_utf8_strchr("：:，,。.！!；;】])）~～-—…请不无勿", -1, c);
            if (ends && is_said_of_itself(text, p, after)) return TRUE;
        }
    }
    return FALSE;
}

/* Answering machines that mark neither header nor subject, but begin so, or say so at the end of a few lines,
 * or of the subject. Some write blanks around QQ.
 */
static gboolean is_reply_by_phrase(const Facts *facts)
{
    static const char *const OPENINGS[] = {"这是来自qq邮箱的假期自动回复邮件",
                                           "这是来自qq邮箱的自动回复",
                                           "这是一封自动回复",
                                           "这是自动回复邮件",
                                           "本邮件为自动回复",
                                           "此邮件为自动回复",
                                           "此邮件为系统自动回复",
                                           "本邮件为系统自动回复",
                                           "本邮件由系统自动回复",
                                           "此邮件由系统自动回复",
                                           "您好，这是自动回复",
                                           "您好！这是自动回复",
                                           "您好,这是自动回复",
                                           "您好，这是一封自动回复",
                                           "您好！这是一封自动回复",
                                           "【自动回复】",
                                           "[自动回复]",
                                           "（自动回复）",
                                           "(自动回复)",
                                           "this is an automatic reply",
                                           "this is an automated reply",
                                           "this is an auto-reply",
                                           "this is an autoreply",
                                           "this is an automated response",
                                           "this is an automatic response",
                                           "this is an automatically generated"};
    static const char *const CLOSINGS[] = {
        "系统自动回复，请勿", "自动回复，请勿回复",   "由系统自动发送，请勿",  "由系统自动发出，请勿",
        "系统自动发送,请勿",  "无法亲自回复您的邮件", "来自网易邮箱的自动回复"};
    if (has_files(facts)) return FALSE;
    const char *start = facts->new_text + strspn(facts->new_text, " \t\n");
    g_autofree char *text = g_strndup(start, SHORT_BYTES + 1);
    char *to = text;
    for (const char *p = text; *p; p++) /* without blanks between hanzi and letters */
        if (*p != ' ' || (to > text && (guchar)to[-1] < 0x80 && (guchar)p[1] < 0x80)) *to++ = *p;
    *to = '\0';
    if (begins_with_any(text, OPENINGS, G_N_ELEMENTS(OPENINGS))) return TRUE;
    if (is_marked_behind(facts, start)) return TRUE;
    const gboolean asks =
        strstr(text, "？") || strstr(text, "请问"); /* a person: 说“此为自动回复”，收到了吗？ */
    return strlen(start) < SHORT_BYTES && !asks &&
           (has_any(text, CLOSINGS, G_N_ELEMENTS(CLOSINGS)) || is_signed(text) || is_declared(text));
}

/* 已读, 未读 and the like in the subject of a receipt that is no report. */
static FactsNotice receipt_of(const Facts *facts)
{
    static const char *const READ[] = {"已读",         "read:",       "阅读回执",     "邮件已被阅读",
                                       "邮件已阅读",   "邮件已读",    "邮件阅读回执", "return receipt",
                                       "已阅读",       "[已读回执]",  "【已读回执】", "[阅读回执]",
                                       "【阅读回执】", "read receipt"};
    static const char *const UNREAD[] = {"未读", "not read:", "未阅读"};
    if (begins_with_any(facts->subject, UNREAD, G_N_ELEMENTS(UNREAD))) return FACTS_NOTICE_UNREAD;
    return begins_with_any(facts->subject, READ, G_N_ELEMENTS(READ)) ? FACTS_NOTICE_READ : FACTS_NOTICE_REPLY;
}

void mime_auto_read(const Entity *message, Facts *facts)
{
    facts->automatic = judge(message, facts);
    if (facts->automatic == FACTS_AUTO_NO && is_recall(facts))
        facts->notice = FACTS_NOTICE_RECALL;
    else if (facts->automatic == FACTS_AUTO_NO && is_reply_by_phrase(facts))
        facts->automatic = FACTS_AUTO_REPLY;
    if (facts->automatic == FACTS_AUTO_REPLY && facts->notice == FACTS_NOTICE_NONE)
        facts->notice = receipt_of(facts);
    else if (facts->automatic == FACTS_AUTO_NO && facts->notice != FACTS_NOTICE_RECALL)
        facts->notice = FACTS_NOTICE_NONE;
}
