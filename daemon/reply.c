#include "daemon/reply.h"

#include <string.h>

enum { MINUTE = 60, HOUR = 3600 };

/* The first row that matches decides. Words are in lower case; NULL = any text. */
static const struct {
    int least, most; /* codes */
    const char *word;
    ReplyAbout about;
    guint pause;
} rows[] = {
    /* NetEase (163, 126, yeah.net) and Coremail, from their list of codes */
    {400, 599, "dt:spm", REPLY_DOMAIN, 30 * MINUTE}, /* looks like mass mail */
    {400, 599, "mi:sfq", REPLY_SERVER, 15 * MINUTE}, /* too many from this sender in 15 minutes */
    {400, 599, "mi:dmc", REPLY_SERVER, 5 * MINUTE},  /* too many in one connection */
    {400, 599, "mi:stc", REPLY_SERVER, 4 * HOUR},    /* too many from this sender today */
    {400, 599, "rp:trc", REPLY_SERVER, 4 * HOUR},    /* too many recipients today */
    {400, 599, "rp:qrc", REPLY_SERVER, 30 * MINUTE}, /* too many recipients lately */
    {400, 599, "hl:", REPLY_SERVER, 30 * MINUTE},    /* too many connections */
    /* Google and Microsoft */
    {400, 599, "5.4.5 daily", REPLY_SERVER, 4 * HOUR},
    {400, 599, "4.7.28", REPLY_DOMAIN, HOUR},
    {400, 599, "server busy", REPLY_SERVER, 10 * MINUTE},
    /* QQ ("Domain frequency limited", "Ip frequency limited"), and others in their own words */
    {400, 599, "frequency", REPLY_DOMAIN, 30 * MINUTE},
    {400, 599, "rate limit", REPLY_DOMAIN, 30 * MINUTE},
    {400, 599, "throttl", REPLY_DOMAIN, 30 * MINUTE},
    {400, 599, "too many", REPLY_DOMAIN, 15 * MINUTE},
    {400, 599, "频率", REPLY_DOMAIN, 30 * MINUTE},
    {400, 599, "频繁", REPLY_DOMAIN, 30 * MINUTE},
    {400, 599, "过快", REPLY_DOMAIN, 30 * MINUTE},
    {400, 599, "发送数量", REPLY_SERVER, HOUR},
    /* It is not the letter: we may not send at all, or not as this sender, until somebody mends that */
    {500, 599, "5.7.60", REPLY_SERVER, 30 * MINUTE},
    {500, 599, "send as this sender", REPLY_SERVER, 30 * MINUTE},
    {500, 599, "user suspended", REPLY_SERVER, 30 * MINUTE},
    {500, 599, "account suspended", REPLY_SERVER, 30 * MINUTE},
    /* It wants a login first, or takes no mail for others */
    {500, 599, "relay access denied", REPLY_DOMAIN, 30 * MINUTE},
    {500, 599, "relaying denied", REPLY_DOMAIN, 30 * MINUTE},
    {500, 599, "relay not permitted", REPLY_DOMAIN, 30 * MINUTE},
    {500, 599, "unable to relay", REPLY_DOMAIN, 30 * MINUTE},
    {500, 599, "rcpthosts", REPLY_DOMAIN, 30 * MINUTE},       /* qmail */
    {500, 599, "local user only", REPLY_DOMAIN, 30 * MINUTE}, /* NetEase */
    {500, 599, "authentication required", REPLY_DOMAIN, 30 * MINUTE},
    {500, 599, "authentication is required", REPLY_DOMAIN, 30 * MINUTE},
    {500, 599, "authenticate first", REPLY_DOMAIN, 30 * MINUTE},
    /* Each sender and recipient by themselves: to wait with the others would only make it take longer */
    {400, 499, "greylist", REPLY_LETTER, 5 * MINUTE},
    {400, 499, "graylist", REPLY_LETTER, 5 * MINUTE},
    /* Nobody is there: by the enhanced code (RFC 3463), or in words that mean nothing else. 550 alone, and
     * "mailbox unavailable", which is what RFC 5321 calls 550, are said for spam and for haste, too. */
    {500, 559, "5.1.1", REPLY_ADDRESS, 0},
    {500, 559, "5.1.10", REPLY_ADDRESS, 0},
    {500, 559, "user unknown", REPLY_ADDRESS, 0},
    {500, 559, "unknown user", REPLY_ADDRESS, 0},
    {500, 559, "no such user", REPLY_ADDRESS, 0},
    {500, 559, "no such recipient", REPLY_ADDRESS, 0},
    {500, 559, "no such mailbox", REPLY_ADDRESS, 0},
    {500, 559, "invalid user", REPLY_ADDRESS, 0},
    {500, 559, "user not found", REPLY_ADDRESS, 0},
    {500, 559, "mailbox not found", REPLY_ADDRESS, 0},
    {500, 559, "user does not exist", REPLY_ADDRESS, 0},
    {500, 559, "user doesn't exist", REPLY_ADDRESS, 0},
    {500, 559, "mailbox does not exist", REPLY_ADDRESS, 0},
    {500, 559, "account does not exist", REPLY_ADDRESS, 0},
    {500, 559, "address does not exist", REPLY_ADDRESS, 0},
    {500, 559, "用户不存在", REPLY_ADDRESS, 0},
    {500, 559, "收件人不存在", REPLY_ADDRESS, 0},
    {500, 559, "邮箱不存在", REPLY_ADDRESS, 0},
    {500, 559, "帐号不存在", REPLY_ADDRESS, 0},
    {500, 559, "账号不存在", REPLY_ADDRESS, 0},
    {500, 559, "地址不存在", REPLY_ADDRESS, 0},
    {500, 559, "无此用户", REPLY_ADDRESS, 0},
    {500, 559, "查无此人", REPLY_ADDRESS, 0},
    /* "Never", and in words "later" */
    {500, 599, "again later", REPLY_LETTER, 15 * MINUTE},
    {500, 599, "try later", REPLY_LETTER, 15 * MINUTE},
    {500, 599, "稍后", REPLY_LETTER, 15 * MINUTE},
    {500, 599, "稍候", REPLY_LETTER, 15 * MINUTE},
    /* whatever they say with these */
    {421, 421, NULL, REPLY_SERVER, 5 * MINUTE},
    {451, 451, NULL, REPLY_DOMAIN, 5 * MINUTE},
};

/* A word that begins with a digit is an enhanced code: no part of a longer number, nor of an IP address. */
static gboolean says(const char *text, const char *word)
{
    gsize length = strlen(word);
    for (const char *at = strstr(text, word); at; at = strstr(at + 1, word)) {
        if (!g_ascii_isdigit(*word)) return TRUE;
        gboolean begins = at == text || !(g_ascii_isdigit(at[-1]) || at[-1] == '.');
        gboolean ends =
            !g_ascii_isdigit(at[length]) && !(at[length] == '.' && g_ascii_isdigit(at[length + 1]));
        if (begins && ends) return TRUE;
    }
    return FALSE;
}

/* NetEase's "550 User suspended" at RCPT: he has not looked into his mailbox for half a year. */
static gboolean is_about_an_account(const char *word)
{
    return word && g_str_has_suffix(word, " suspended");
}

ReplyAbout reply_about(int code, const char *text, gboolean at_rcpt, guint *pause)
{
    g_autofree char *lower = g_utf8_strdown(text, -1);
    *pause = 0;
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (code < rows[i].least || code > rows[i].most || (rows[i].word && !says(lower, rows[i].word)))
            continue;
        if (at_rcpt && is_about_an_account(rows[i].word)) break;
        *pause = rows[i].pause;
        return rows[i].about;
    }
    return REPLY_LETTER;
}
