/* imap_guard.c - a scanner for the grammar of IMAP responses, a byte at a time outside literals. */
#include "daemon/net/imap_guard.h"

#include <string.h>

#include "daemon/net/imap_mend.h"
#include "daemon/net/net.h"

#define LONG_LINE 4096 /* goes on as it is, before its end is there */

/* What follows "*" (or "* number"), and whether literals may occur in it. Anything else was not asked for. */
typedef enum Kind { KIND_TEXT, KIND_ATOMS, KIND_DATA, KIND_BYE } Kind;

static const struct {
    const char *word;
    gboolean numbered;
    Kind kind;
} kinds[] = {
    {"OK", FALSE, KIND_TEXT},          {"NO", FALSE, KIND_TEXT},       {"BAD", FALSE, KIND_TEXT},
    {"PREAUTH", FALSE, KIND_TEXT},     {"BYE", FALSE, KIND_BYE},       {"EXISTS", TRUE, KIND_ATOMS},
    {"RECENT", TRUE, KIND_ATOMS},      {"EXPUNGE", TRUE, KIND_ATOMS},  {"FETCH", TRUE, KIND_DATA},
    {"CAPABILITY", FALSE, KIND_ATOMS}, {"ENABLED", FALSE, KIND_ATOMS}, {"LIST", FALSE, KIND_DATA},
    {"XLIST", FALSE, KIND_DATA},       {"LSUB", FALSE, KIND_DATA},     {"NAMESPACE", FALSE, KIND_ATOMS},
}; /* nor ID and FLAGS: nobody reads who the server is, and which flags there are, and some say it oddly */

enum { NOTHING, OPEN, DIGITS, CLOSED, RETURNED }; /* literal_step: how much of "{digits}" CR was read */

void imap_guard_begin(ImapGuard *guard, guint64 asked)
{
    guard->left = asked + IMAP_GUARD_SLACK;
    guard->awaits = FALSE;
}

void imap_guard_await(ImapGuard *guard)
{
    guard->awaits = TRUE;
    guard->dropped |= guard->continued; /* its beginning has passed, and is thrown away */
}

/* The word that says the kind of the untagged response in head, and whether a number stood before it. */
static char *kind_word(const ImapGuard *guard, gboolean *numbered)
{
    const char *p = guard->head + 1;
    const char *end = guard->head + guard->head_length;
    while (p < end && *p == ' ') p++;
    const char *digits = p;
    while (p < end && g_ascii_isdigit(*p)) p++;
    *numbered = p > digits;
    while (p < end && *p == ' ') p++;
    const char *word = p;
    while (p < end && (g_ascii_isalnum(*p) || *p == '-')) p++;
    return g_strndup(word, (gsize)(p - word));
}

/* At the end of the first line of a response (or at its first literal): is it one that we can have asked for?
 */
static gboolean check_kind(ImapGuard *guard, GError **error)
{
    guard->continued = TRUE;
    guard->text = TRUE; /* tagged and "+" responses */
    if (guard->head[0] != '*') {
        guard->awaits = FALSE;
        return TRUE;
    }
    gboolean numbered = FALSE;
    g_autofree char *word = kind_word(guard, &numbered);
    gboolean known = *word == '\0';
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (g_ascii_strcasecmp(kinds[i].word, word) != 0) continue;
        known = TRUE;
        if (kinds[i].numbered != numbered) continue;
        guard->text = kinds[i].kind != KIND_DATA;
        guard->dropped = guard->awaits;
        if (kinds[i].kind != KIND_BYE) return TRUE;
        g_autofree char *said = net_text(guard->head + 1, guard->head_length - 1);
        g_set_error(error, NET_ERROR, NET_ERROR_CLOSED, "the server ended the connection, saying \"%s\"",
                    g_strchug(said));
        return FALSE;
    }
    guard->text = FALSE;
    guard->dropped = !known;
    if (guard->dropped) return TRUE;
    g_autofree char *head = net_text(guard->head, MIN(guard->head_length, 80));
    g_set_error(error, NET_ERROR, NET_ERROR_PROTOCOL, "the server sent what nobody asked for: \"%s\"", head);
    return FALSE;
}

/* Follows "{digits}" CR; any other byte starts again. */
static void follow_literal(ImapGuard *guard, char c)
{
    if (c == '{') {
        guard->literal_step = OPEN;
        guard->announced = 0;
    } else if (g_ascii_isdigit(c) && (guard->literal_step == OPEN || guard->literal_step == DIGITS)) {
        guard->literal_step = DIGITS;
        if (guard->announced < G_MAXUINT64 / 100)
            guard->announced = guard->announced * 10 + (guint64)(c - '0');
    } else if (c == '}' && guard->literal_step == DIGITS) {
        guard->literal_step = CLOSED;
    } else if (c == '\r' && guard->literal_step == CLOSED) {
        guard->literal_step = RETURNED;
    } else if (c != '\n') {
        guard->literal_step = NOTHING; /* "\n" is end_of_line's */
    }
}

static gboolean end_of_line(ImapGuard *guard, GError **error)
{
    gboolean announces = guard->literal_step >= CLOSED && !guard->quoted;
    guard->literal_step = NOTHING;
    guard->quoted = guard->escaped = FALSE; /* a quoted string cannot hold a line break */
    if (!guard->continued && !check_kind(guard, error)) return FALSE;
    if (announces && !guard->text) {
        guard->literal = guard->announced;
        if (guard->literal <= guard->left) return TRUE;
        g_set_error(error, NET_ERROR, NET_ERROR_LIMIT,
                    "the server announced %" G_GUINT64_FORMAT " bytes where at most %" G_GUINT64_FORMAT
                    " were due",
                    guard->literal, guard->left);
        return FALSE;
    }
    guard->depth = guard->opened = 0;
    guard->continued = guard->text = FALSE;
    guard->head_length = 0;
    return TRUE;
}

static gboolean too_deep(GError **error)
{
    g_set_error(error, NET_ERROR, NET_ERROR_LIMIT, "the server's answer nests parentheses too deep");
    return FALSE;
}

static gboolean structure(ImapGuard *guard, char c, GError **error)
{
    if (c == '\n') return end_of_line(guard, error);
    if (!guard->continued && guard->head_length < sizeof guard->head) guard->head[guard->head_length++] = c;
    follow_literal(guard, c);
    if (c == '(' && ++guard->opened > IMAP_GUARD_OPENED) return too_deep(error);
    if (guard->quoted) {
        /* As libetpan reads it: a backslash hides only a quote or a backslash. */
        if (guard->escaped)
            guard->escaped = FALSE;
        else if (c == '\\')
            guard->escaped = TRUE;
        else if (c == '"')
            guard->quoted = FALSE;
        return TRUE;
    }
    if (c == '"')
        guard->quoted = TRUE;
    else if (c == '(' && ++guard->depth > IMAP_GUARD_DEPTH)
        return too_deep(error);
    else if (c == ')' && guard->depth > 0)
        guard->depth--;
    return TRUE;
}

/* No response begins with a line break; Exchange sends empty lines between them, which libetpan cannot read.
 */
static gboolean is_blank(const ImapGuard *guard, char c)
{
    return (c == '\r' || c == '\n') && !guard->continued && guard->head_length == 0;
}

void imap_guard_clear(ImapGuard *guard)
{
    if (guard->line) g_string_free(guard->line, TRUE);
    guard->line = NULL;
}

/* What was read of the line, whole or of a long one its beginning, goes on. */
static void pass_line(ImapGuard *guard, gboolean mend, GString *passed)
{
    if (mend && !guard->dropped) imap_mend_line(guard->line);
    if (!guard->dropped) g_string_append_len(passed, guard->line->str, (gssize)guard->line->len);
    g_string_truncate(guard->line, 0);
}

static gboolean take_byte(ImapGuard *guard, char c, GString *passed, GError **error)
{
    gboolean first = !guard->continued;
    g_string_append_c(guard->line, c);
    if (!structure(guard, c, error)) return FALSE;
    if (c == '\n') {
        pass_line(guard, first, passed);
        if (!guard->continued) guard->dropped = FALSE;
    } else if (guard->line->len >= LONG_LINE) {
        if (first && !check_kind(guard, error)) return FALSE;
        pass_line(guard, FALSE, passed);
    }
    return TRUE;
}

gboolean imap_guard_feed(ImapGuard *guard, const char *bytes, gsize length, GString *passed, GError **error)
{
    if (!guard->line) guard->line = g_string_new(NULL);
    if (length > guard->left) {
        g_set_error(error, NET_ERROR, NET_ERROR_LIMIT, "the server sent more than was asked for");
        return FALSE;
    }
    /* Subtract as bytes pass: a literal is checked against what is left after the line that announces it. */
    for (gsize i = 0; i < length;) {
        gsize run = guard->literal > 0 ? (gsize)MIN(guard->literal, length - i) : 1;
        guard->left -= run;
        if (guard->literal > 0) {
            guard->literal -= run;
            if (!guard->dropped) g_string_append_len(passed, bytes + i, (gssize)run);
        } else if (!is_blank(guard, bytes[i]) && !take_byte(guard, bytes[i], passed, error)) {
            return FALSE;
        }
        i += run;
    }
    return TRUE;
}
