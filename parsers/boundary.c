#include "parsers/boundary.h"

#include <string.h>

#define GUESS_MAX 200 /* bytes: RFC 2046 allows 70 */

static const char *line_stop(const char *p, const char *end)
{
    const char *newline = memchr(p, '\n', (gsize)(end - p));
    return newline ? newline : end;
}

static gboolean only_blank(const char *p, const char *end)
{
    while (p < end && (*p == ' ' || *p == '\t' || *p == '\r')) p++;
    return p == end;
}

gboolean boundary_line_at(const Boundaries *open, const char *p, const char *end, BoundaryLine *found)
{
    if (end - p < 2 || p[0] != '-' || p[1] != '-') return FALSE;
    const char *text = p + 2, *stop = NULL;
    guint level = open->n;
    gboolean closing = FALSE;
    for (guint i = open->n; i-- > 0;) {
        gsize length = open->list[i].length;
        if ((gsize)(end - text) < length || memcmp(text, open->list[i].text, length) != 0) continue;
        if (!stop) stop = line_stop(text, end);
        const char *rest = text + length;
        gboolean dashes = stop - rest >= 2 && rest[0] == '-' && rest[1] == '-';
        if (dashes &&
            level == open->n) { /* something may stand behind the two dashes, if nothing fits better */
            level = i;
            closing = TRUE;
        }
        if (!only_blank(dashes ? rest + 2 : rest, stop)) continue;
        level = i;
        closing = dashes;
        break;
    }
    if (level == open->n) return FALSE;
    if (found)
        *found = (BoundaryLine){
            .level = level, .closing = closing, .line = p, .after = stop < end ? stop + 1 : end};
    return TRUE;
}

gboolean boundary_open(Boundaries *open, const char *text)
{
    if (open->n >= G_N_ELEMENTS(open->list)) return FALSE;
    open->list[open->n].text = text;
    open->list[open->n++].length = strlen(text);
    return TRUE;
}

BoundaryLine boundary_next(const Boundaries *open, const char *p, const char *end)
{
    const BoundaryLine none = {.level = open->n, .start = end, .line = end, .after = end};
    BoundaryLine found = none;
    if (open->n == 0 || p >= end) return none;
    if (boundary_line_at(open, p, end, &found)) {
        found.start = p;
        return found;
    }
    for (const char *q = p; (q = memmem(q, (gsize)(end - q), "\n--", 3)); q++) {
        if (!boundary_line_at(open, q + 1, end, &found)) continue;
        found.start = q > p && q[-1] == '\r' ? q - 1 : q;
        return found;
    }
    return none;
}

/* --- guessing --------------------------------------------------------------------------------- */

/* Whether a line "--text--" is in the bytes. */
static gboolean is_closed(const char *p, const char *end, const char *text)
{
    g_autofree char *closing = g_strconcat("\n--", text, "--", NULL);
    gsize length = strlen(closing);
    for (; (p = memmem(p, (gsize)(end - p), closing, length)); p++)
        if (only_blank(p + length, line_stop(p + length, end))) return TRUE;
    return FALSE;
}

static gboolean has_alnum(const char *text)
{
    while (*text && !g_ascii_isalnum(*text)) text++;
    return *text != '\0';
}

/* The boundary that the line at p ("--…") would be of, if it could be one. */
static char *candidate(const char *p, const char *stop)
{
    const char *text = p + 2;
    if (stop - text > GUESS_MAX) return NULL;
    while (stop > text && g_ascii_isspace(stop[-1])) stop--;
    g_autofree char *copy = g_strndup(text, (gsize)(stop - text));
    return has_alnum(copy) && g_utf8_validate(copy, -1, NULL) ? g_steal_pointer(&copy) : NULL;
}

char *boundary_guess(const char *p, const char *end)
{
    guint searched = 0;
    for (const char *line = p; line && line < end;) {
        const char *stop = line_stop(line, end);
        gboolean dashes = stop - line > 2 && line[0] == '-' && line[1] == '-';
        g_autofree char *text = dashes ? candidate(line, stop) : NULL;
        const char *after = stop < end ? stop + 1 : end;
        if (text && end - after > 8 && g_ascii_strncasecmp(after, "Content-", 8) == 0)
            return g_steal_pointer(&text);
        if (text && searched++ < 20 && is_closed(stop, end, text)) return g_steal_pointer(&text);
        line = memmem(stop, (gsize)(end - stop), "\n--", 3);
        if (line) line++;
    }
    return NULL;
}

gboolean boundary_begins(const char *p, const char *end)
{
    while (p < end && g_ascii_isspace(*p)) p++;
    if (end - p < 3 || p[0] != '-' || p[1] != '-') return FALSE;
    const char *stop = line_stop(p, end);
    g_autofree char *text = candidate(p, stop);
    if (!text || end - stop <= 9 || g_ascii_strncasecmp(stop + 1, "Content-", 8) != 0) return FALSE;
    g_autofree char *again = g_strconcat("\n--", text, NULL);
    return memmem(stop, (gsize)(end - stop), again, strlen(again)) != NULL;
}
