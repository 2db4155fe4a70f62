/* bounce_words.c - reports in words. They share little: an address that stands alone or begins a line, a
 * paragraph under it, a code of SMTP in it; Chinese servers label theirs. */
#include "parsers/bounce.h"

#include <string.h>

#define DIAGNOSTIC_MAX 600 /* bytes */

typedef struct Words {
    char **lines; /* up to the copy of the mail that came back */
    guint n;
    const GPtrArray *const *own;
} Words;

static void set(char **member, char *value)
{
    g_free(*member);
    *member = value;
}

/* --- addresses -------------------------------------------------------------------------------- */

static gboolean is_local(char c)
{
    return g_ascii_isalnum(c) || (c && strchr("._%+-=&'*/#!?^~$", c));
}

static gboolean is_domain(char c)
{
    return g_ascii_isalnum(c) || c == '.' || c == '-';
}

/* The address around the "@" at p, in a text that begins at `text`; NULL if there is none. */
static char *address_at(const char *text, const char *p, const char **start, const char **end)
{
    const char *first = p, *last = p + 1;
    while (first > text && is_local(first[-1])) first--;
    while (is_domain(*last)) last++;
    while (last > p + 1 && !g_ascii_isalnum(last[-1])) last--;
    while (first < p && strchr("=*'/", *first)) first++;
    if (first == p || !memchr(p + 1, '.', (gsize)(last - p - 1)) || last - first > 320) return NULL;
    *start = first;
    *end = last;
    return g_strndup(first, (gsize)(last - first));
}

static gboolean is_own(const Words *words, const char *address)
{
    static const char *const MACHINES[] = {"mailer-daemon@", "postmaster@", "noreply@",
                                           "no-reply@",      "mailadmin@",  "mail-daemon@",
                                           "abuse@",         "support@",    "helpdesk@"};
    for (gsize i = 0; i < G_N_ELEMENTS(MACHINES); i++)
        if (g_ascii_strncasecmp(address, MACHINES[i], strlen(MACHINES[i])) == 0) return TRUE;
    for (const GPtrArray *const *list = words->own; *list; list++)
        for (guint i = 0; i < (*list)->len; i++)
            if (g_ascii_strcasecmp(((FactsMailbox *)g_ptr_array_index(*list, i))->address, address) == 0)
                return TRUE;
    return FALSE;
}

/* --- codes ------------------------------------------------------------------------------------ */

/* "5.1.1" in the text and not part of a longer number (an IP address); NULL if there is none. */
static char *status_in(const char *text)
{
    for (const char *p = text; *p; p++) {
        if ((*p != '5' && *p != '4' && *p != '2') || p[1] != '.') continue;
        gsize subject = strspn(p + 2, "0123456789"), detail = 0;
        if (subject < 1 || subject > 3 || p[2 + subject] != '.') continue;
        detail = strspn(p + 3 + subject, "0123456789");
        const char *end = p + 3 + subject + detail;
        gboolean longer = (p > text && (g_ascii_isdigit(p[-1]) || p[-1] == '.')) ||
                          (*end == '.' && g_ascii_isdigit(end[1]));
        if (detail >= 1 && detail <= 3 && !longer) return g_strndup(p, (gsize)(end - p));
    }
    return NULL;
}

/* A reply of SMTP: 550 and the like, alone or before a dash. */
static gboolean has_code(const char *text)
{
    for (const char *p = text; *p; p++) {
        if ((*p != '5' && *p != '4') || !g_ascii_isdigit(p[1]) || !g_ascii_isdigit(p[2])) continue;
        gboolean begins = p == text || strchr(" \t#:;<([\"", p[-1]);
        if (begins && p[1] <= '5' && (!p[3] || strchr(" -:;,.\t)", p[3]))) return TRUE;
    }
    g_autofree char *status = status_in(text);
    return status != NULL;
}

/* --- lines ------------------------------------------------------------------------------------ */

/* Below these comes a copy of the mail. */
static gboolean is_copy(const char *line)
{
    static const char *const MARKS[] = {"--- below this line is a copy",
                                        "------ this is a copy of",
                                        "----- this is a copy of",
                                        "----- original message",
                                        "-----original message",
                                        "------ original message",
                                        "----- message header follows",
                                        "----- unsent message",
                                        "--- returned message",
                                        "--- undelivered message follows",
                                        "--- the header of the original message",
                                        "----- message headers",
                                        "original message follows",
                                        "the original message was",
                                        "received: from",
                                        "return-path:",
                                        "-----原始邮件",
                                        "---------- 原邮件"};
    while (g_ascii_isspace(*line)) line++;
    if (!*line || !strchr("-oOrRtT", *line)) return FALSE; /* what they begin with */
    g_autofree char *lower = g_ascii_strdown(line, (gssize)MIN(strlen(line), 80));
    if (g_str_has_prefix(lower, "the original message was received")) return FALSE; /* Sendmail begins so */
    for (gsize i = 0; i < G_N_ELEMENTS(MARKS); i++)
        if (g_str_has_prefix(lower, MARKS[i])) return TRUE;
    return FALSE;
}

static Words words_of(const char *text, const GPtrArray *const *own)
{
    Words words = {.lines = g_strsplit(text, "\n", 2000), .own = own};
    for (; words.lines[words.n] && !is_copy(words.lines[words.n]); words.n++) {
        char *line = words.lines[words.n], *start = line;
        while (g_ascii_isspace(*start) || g_str_has_prefix(start, "　")) start = g_utf8_next_char(start);
        memmove(line, start, strlen(start) + 1);
        g_strchomp(line);
    }
    return words;
}

static const char *const RECIPIENT_LABELS[] = {
    "无法发送到", "收件人", "收信人",  "收件地址",       "失败收件人", "投递失败", "未送达",
    "recipient",  "to:",    "rcpt to", "failed address", "address:",   NULL};
static const char *const REASON_LABELS[] = {"退信原因", "失败原因",      "退回原因", "错误信息", "出错信息",
                                            "诊断信息", "失败信息",      "原因",     "reason",   "diagnostic",
                                            "error:",   "remote server", NULL};

static gboolean has_label(const char *line, const char *const *labels)
{
    g_autofree char *lower = g_ascii_strdown(line, (gssize)MIN(strlen(line), 100));
    for (const char *const *label = labels; *label; label++)
        if (strstr(lower, *label)) return TRUE;
    return FALSE;
}

/* How well a line names the recipient: 3 it begins with the address, 2 a label is before it, 1 it has one.
 * The address goes to *address, the text behind it to *rest. */
static guint name_recipient(const Words *words, guint i, char **address, const char **rest)
{
    const char *line = words->lines[i];
    for (const char *at = strchr(line, '@'); at; at = strchr(at + 1, '@')) {
        const char *start = NULL, *end = NULL;
        g_autofree char *found = address_at(line, at, &start, &end);
        if (!found || is_own(words, found)) continue;
        gboolean first = strspn(line, "<'\"([*-•· \t") == (gsize)(start - line);
        g_autofree char *before = g_strndup(line, (gsize)(start - line));
        gboolean labelled = has_label(before, RECIPIENT_LABELS) ||
                            (!*before && i > 0 && has_label(words->lines[i - 1], RECIPIENT_LABELS));
        *rest = end + strspn(end, ">'\")]:;,. \t");
        *address = g_steal_pointer(&found);
        return first ? 3 : labelled ? 2 : 1;
    }
    return 0;
}

/* What to do about it comes here, and is no reason. */
static gboolean is_advice(const char *line)
{
    static const char *const MARKS[] = {"解决方案", "解决办法", "解决方法", "建议解决", "建议您", "处理建议"};
    for (gsize i = 0; i < G_N_ELEMENTS(MARKS); i++)
        if (g_str_has_prefix(line, MARKS[i])) return TRUE;
    return FALSE;
}

/* The lines from i to the next empty one, or to advice, joined. */
static char *paragraph(const Words *words, guint i, const char *first)
{
    GString *text = g_string_new(first);
    for (guint n = i + 1; n < words->n && *words->lines[n] && text->len < DIAGNOSTIC_MAX; n++) {
        if (is_advice(words->lines[n])) break;
        g_string_append_printf(text, "%s%s", text->len ? " " : "", words->lines[n]);
    }
    if (text->len > DIAGNOSTIC_MAX) {
        const char *cut = g_utf8_find_prev_char(text->str, text->str + DIAGNOSTIC_MAX);
        g_string_truncate(text, cut ? (gsize)(cut - text->str) : 0);
    }
    g_strdelimit(text->str, "\t", ' ');
    return g_string_free(text, FALSE);
}

/* --- reading ---------------------------------------------------------------------------------- */

static void find_recipient(FactsBounce *bounce, Words *words)
{
    static const GPtrArray *const nobody[] = {NULL};
    guint best = 0;
    for (guint round = 0; round < 2 && best == 0; round++) {
        for (guint i = 0; i < words->n && best < 3; i++) {
            g_autofree char *address = NULL;
            const char *rest = NULL;
            guint fit = name_recipient(words, i, &address, &rest);
            if (fit <= best) continue;
            best = fit;
            set(&bounce->recipient, g_steal_pointer(&address));
        }
        words->own = nobody; /* somebody wrote to himself */
    }
}

/* What follows a label of its own line, or stands below it. */
static char *labelled_reason(const Words *words)
{
    for (guint i = 0; i < words->n; i++) {
        const char *line = words->lines[i];
        if ((guchar)*line < 0x80) continue; /* those labels are Chinese */
        for (const char *const *label = REASON_LABELS; *label; label++) {
            if ((guchar) * *label < 0x80 || !g_str_has_prefix(line, *label)) continue;
            const char *rest = line + strlen(*label);
            while (*rest == ' ' || *rest == ':' || *rest == '\t' || g_str_has_prefix(rest, "："))
                rest = g_utf8_next_char(rest);
            guint from = i;
            while (!*rest && ++from < words->n) rest = words->lines[from];
            if (*rest) return paragraph(words, from, rest);
        }
    }
    return NULL;
}

/* The first paragraph that speaks of a reason, in the words that servers have for it. */
static char *spoken_reason(const Words *words)
{
    static const char *const PHRASES[] = {
        "exceed",  "full",     "unknown",     "not found",  "not exist", "reject",    "refuse",
        "denied",  "disabled", "not allowed", "permission", "timed out", "time out",  "expired",
        "invalid", "no such",  "unavailable", "blocked",    "spam",      "too large", "quota",
        "不存在",  "已满",     "拒绝",        "拒收",       "超过",      "无效",      "失败",
        "禁用",    "超时",     "存在しない",  "エラー"};
    for (guint i = 0; i < words->n; i++) {
        g_autofree char *lower = g_ascii_strdown(words->lines[i], -1);
        for (gsize k = 0; k < G_N_ELEMENTS(PHRASES); k++)
            if (strstr(lower, PHRASES[k])) return paragraph(words, i, words->lines[i]);
    }
    return NULL;
}

/* The next paragraph after the one that line i is in. */
static char *next_paragraph(const Words *words, guint i)
{
    while (i < words->n && *words->lines[i]) i++;
    while (i < words->n && !*words->lines[i]) i++;
    return i < words->n ? paragraph(words, i, words->lines[i]) : NULL;
}

/* A paragraph with a code, first of those that name the recipient; else the one below the recipient. */
static char *find_reason(const FactsBounce *bounce, const Words *words)
{
    g_autofree char *below = NULL;
    for (guint round = 0; round < 2; round++) {
        for (guint i = 0; i < words->n; i++) {
            const char *line = words->lines[i];
            const char *hit = *bounce->recipient ? strstr(line, bounce->recipient) : NULL;
            if (round == 0 ? !hit : !has_code(line)) continue;
            gboolean begins = hit && hit - line <= 2;
            const char *first = begins ? hit + strlen(bounce->recipient) : line;
            if (begins) first += strspn(first, ">'\")]:;,. \t");
            g_autofree char *text = paragraph(words, i, first);
            if (has_code(text)) return g_steal_pointer(&text);
            if (!below && hit && !*text) {
                g_free(text);
                text = next_paragraph(words, i); /* the address stands alone */
                if (text && has_code(text)) return g_steal_pointer(&text);
            }
            if (!below && text && *text) below = g_steal_pointer(&text);
        }
    }
    return below ? g_steal_pointer(&below) : spoken_reason(words);
}

static void find_status(FactsBounce *bounce, const Words *words)
{
    char *status = status_in(bounce->diagnostic);
    for (guint i = 0; i < words->n && !status; i++) status = status_in(words->lines[i]);
    if (status) set(&bounce->status, status);
}

void bounce_read_words(FactsBounce *bounce, const char *text, const GPtrArray *const *own)
{
    Words words = words_of(text, own);
    if (!*bounce->recipient) find_recipient(bounce, &words);
    if (!*bounce->diagnostic) {
        char *reason = labelled_reason(&words);
        if (!reason) reason = find_reason(bounce, &words);
        if (reason) set(&bounce->diagnostic, g_strstrip(reason));
    }
    if (!*bounce->status) find_status(bounce, &words);
    if (!*bounce->message_id) set(&bounce->message_id, bounce_message_id(text));
    g_strfreev(words.lines);
}
