#include "parsers/enriched.h"

#include <string.h>

#include "parsers/html.h"

#define NAME_MAX_CHARS 60 /* RFC 1896 */
#define QUOTES_MAX     20 /* levels of quotation that are told apart */

typedef struct Enriched {
    GString *out;
    guint hidden;   /* <param> around */
    guint verbatim; /* <nofill> around */
    guint quotes;   /* <excerpt> around */
    guint breaks;   /* line ends that are owed before the next text */
    gboolean space; /* a single line end came */
} Enriched;

/* The mark at p, "<name>" or "</name>": its length; 0 if it is none. */
static gsize mark_at(const char *p, char name[NAME_MAX_CHARS + 1], gboolean *closing)
{
    gsize n = 0;
    const char *q = p + 1;
    *closing = *q == '/';
    q += *closing;
    for (; n < NAME_MAX_CHARS && (g_ascii_isalnum(q[n]) || q[n] == '-'); n++) name[n] = g_ascii_tolower(q[n]);
    name[n] = '\0';
    return n > 0 && q[n] == '>' ? (gsize)(q + n + 1 - p) : 0;
}

static void count(guint *open, gboolean closing, guint most)
{
    if (closing)
        *open -= *open > 0;
    else
        *open += *open < most;
}

/* Where the last </param> is, NULL if nowhere: a <param> behind it is never closed, and hides nothing. */
static const char *last_param_end(const char *text)
{
    const char *found = NULL;
    for (const char *p = strchr(text, '<'); p; p = strchr(p + 1, '<'))
        if (g_ascii_strncasecmp(p, "</param>", 8) == 0) found = p;
    return found;
}

static void do_mark(Enriched *enriched, const char *name, gboolean closing)
{
    if (strcmp(name, "param") == 0) {
        count(&enriched->hidden, closing, 1); /* there are none in one another */
    } else if (strcmp(name, "nofill") == 0) {
        count(&enriched->verbatim, closing, G_MAXUINT);
    } else if (strcmp(name, "excerpt") == 0) {
        count(&enriched->quotes, closing, QUOTES_MAX);
        enriched->breaks = MAX(enriched->breaks, 1);
    }
}

static void put(Enriched *enriched, const char *text, gsize length)
{
    GString *out = enriched->out;
    const char *last = out->len > 0 ? g_utf8_find_prev_char(out->str, out->str + out->len) : NULL;
    if (enriched->breaks > 0 && out->len > 0) {
        for (; enriched->breaks > 0; enriched->breaks--) g_string_append_c(out, '\n');
    } else if (enriched->space && last && *last != '\n' && !g_ascii_isspace(*last) &&
               !html_runs_on(g_utf8_get_char(last), g_utf8_get_char(text))) {
        g_string_append_c(out, ' ');
    }
    enriched->breaks = 0;
    enriched->space = FALSE;
    if (enriched->quotes > 0 && (out->len == 0 || out->str[out->len - 1] == '\n')) {
        for (guint i = 0; i < enriched->quotes; i++) g_string_append_c(out, '>');
        g_string_append_c(out, ' ');
    }
    g_string_append_len(out, text, (gssize)length);
}

static void end_lines(Enriched *enriched, gsize ends)
{
    if (enriched->verbatim > 0)
        enriched->breaks += (guint)ends;
    else if (ends == 1)
        enriched->space = TRUE;
    else
        enriched->breaks = MAX(enriched->breaks, (guint)ends - 1);
}

char *enriched_to_text(const char *text)
{
    Enriched enriched = {.out = g_string_sized_new(strlen(text) + 1)};
    const char *param_end = last_param_end(text);
    for (const char *p = text; *p;) {
        char name[NAME_MAX_CHARS + 1];
        gboolean closing = FALSE;
        const gsize ends = strspn(p, "\n"), mark = *p == '<' ? mark_at(p, name, &closing) : 0;
        gsize n = *p == '<' ? 1 : strcspn(p, "<\n");
        gboolean unclosed =
            mark > 0 && !closing && strcmp(name, "param") == 0 && !(param_end && p < param_end);
        if (mark > 0 && !unclosed)
            do_mark(&enriched, name, closing);
        else if (enriched.hidden == 0 && ends > 0)
            end_lines(&enriched, ends);
        else if (enriched.hidden == 0 && mark == 0)
            put(&enriched, p, n);
        if (mark == 0 && ends == 0 && p[0] == '<' && p[1] == '<') n = 2;
        p += mark > 0 ? mark : ends > 0 ? ends : n;
    }
    if (enriched.breaks > 0 || enriched.space) g_string_append_c(enriched.out, '\n');
    return g_string_free(enriched.out, FALSE);
}
