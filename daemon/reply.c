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
    {400, 499, "greylist", REPLY_DOMAIN, 5 * MINUTE},
    /* nobody is there */
    {550, 550, "5.1.1", REPLY_ADDRESS, 0},
    {500, 559, "5.1.10", REPLY_ADDRESS, 0},
    {500, 559, "user unknown", REPLY_ADDRESS, 0},
    {500, 559, "unknown user", REPLY_ADDRESS, 0},
    {500, 559, "no such user", REPLY_ADDRESS, 0},
    {500, 559, "user not found", REPLY_ADDRESS, 0},
    {500, 559, "mailbox not found", REPLY_ADDRESS, 0},
    {500, 559, "mailbox unavailable", REPLY_ADDRESS, 0},
    {500, 559, "does not exist", REPLY_ADDRESS, 0},
    {500, 559, "invalid recipient", REPLY_ADDRESS, 0},
    {500, 559, "不存在", REPLY_ADDRESS, 0},
    /* whatever they say with these */
    {421, 421, NULL, REPLY_SERVER, 5 * MINUTE},
    {451, 451, NULL, REPLY_DOMAIN, 5 * MINUTE},
};

ReplyAbout reply_about(int code, const char *text, guint *pause)
{
    g_autofree char *lower = g_utf8_strdown(text, -1);
    *pause = 0;
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (code < rows[i].least || code > rows[i].most || (rows[i].word && !strstr(lower, rows[i].word)))
            continue;
        *pause = rows[i].pause;
        return rows[i].about;
    }
    return REPLY_LETTER;
}
