/* html_tag.c - tags and references of HTML. */
#include "parsers/html_tag.h"

#include <libxml/HTMLparser.h>
#include <string.h>

#define QUOTES_MAX 200 /* quoted values in a tag: more are none, or a bomb */

/* --- entities --------------------------------------------------------------------------------- */

gunichar html_entity(const char *p, gsize *length)
{
    gsize n = 1;
    gunichar c = 0;
    if (p[1] == '#') {
        gboolean hex = p[2] == 'x' || p[2] == 'X';
        for (n = hex ? 3 : 2; hex ? g_ascii_isxdigit(p[n]) : g_ascii_isdigit(p[n]); n++)
            if (c <= 0x10ffff) c = c * (hex ? 16 : 10) + (guint)g_ascii_xdigit_value(p[n]);
        if (n == (hex ? 3u : 2u)) return *length = 1, '&';
        if (!g_unichar_validate(c)) c = 0xfffd;
    } else {
        char name[HTML_TAG_NAME] = "";
        while (n < sizeof name && g_ascii_isalnum(p[n])) {
            name[n - 1] = p[n];
            n++;
        }
        const htmlEntityDesc *known = htmlEntityLookup((const xmlChar *)name);
        if (!known) return *length = 1, '&';
        c = known->value;
    }
    *length = p[n] == ';' ? n + 1 : n;
    return c;
}

static char *decode_entities(const char *text, gsize length)
{
    g_autofree char *raw = g_strndup(text, length);
    GString *out = g_string_new(NULL);
    for (const char *p = raw; *p;) {
        gsize n = 1;
        if (*p == '&')
            g_string_append_unichar(out, html_entity(p, &n));
        else
            g_string_append_c(out, *p);
        p += n;
    }
    return g_strstrip(g_string_free(out, FALSE));
}

/* --- tags ------------------------------------------------------------------------------------- */

const char *html_tag_end(const char *p)
{
    guint quotes = 0;
    for (const char *q = p + 1; *q && quotes < QUOTES_MAX; q++) {
        if (*q == '>') return q + 1;
        if ((*q == '"' || *q == '\'') && q[-1] == '=') {
            const char *closing = strchr(q + 1, *q);
            if (closing) q = closing;
            quotes++;
        }
    }
    const char *plain = strchr(p, '>');
    return plain ? plain + 1 : p + strlen(p);
}

char *html_tag_attribute(const char *p, const char *end, const char *name)
{
    gsize length = strlen(name);
    for (const char *q = p; q + length < end; q++) {
        if (!g_ascii_isspace(*q) || g_ascii_strncasecmp(q + 1, name, length) != 0) continue;
        const char *v = q + 1 + length;
        while (v < end && g_ascii_isspace(*v)) v++;
        if (v >= end || *v != '=') continue;
        for (v++; v < end && g_ascii_isspace(*v);) v++;
        if (v < end && (*v == '"' || *v == '\'')) {
            const char *closing = memchr(v + 1, *v, (gsize)(end - v - 1));
            return decode_entities(v + 1, (gsize)((closing ? closing : end) - v - 1));
        }
        const char *stop = v;
        while (stop < end && !g_ascii_isspace(*stop) && *stop != '>') stop++;
        return decode_entities(v, (gsize)(stop - v));
    }
    return NULL;
}

void html_tag_name(const char *p, char name[HTML_TAG_NAME])
{
    gsize n = 0;
    for (p += p[1] == '/' ? 2 : 1; n + 1 < HTML_TAG_NAME && g_ascii_isalnum(p[n]); n++)
        name[n] = g_ascii_tolower(p[n]);
    name[n] = '\0';
}

/* --- what is not shown ------------------------------------------------------------------------ */

#define BLOCKS                                                                                               \
    " address article blockquote center dir div dl fieldset form h1 h2 h3 h4 h5 h6 hr menu ol p pre "        \
    "section table ul "
#define TABLES " table caption tbody thead tfoot tr td th "
#define ITEMS  " li dt dd "

/* Which open elements end where another begins: </p> and its like are left out. What is looked for is not
 * looked for outside of `within`. */
static const struct {
    const char *names, *ends, *within;
} begins[] = {
    {BLOCKS, " p ", " td th caption "},
    {" h1 h2 h3 h4 h5 h6 ", " h1 h2 h3 h4 h5 h6 ", " td th caption div "},
    {" li ", " li ", " ul ol menu dir td th "},
    {" dt dd ", " dt dd ", " dl td th "},
    {" td th caption ", " td th caption ", " tr table "},
    {" tr tbody thead tfoot ", " tr ", " table "},
    {" tbody thead tfoot ", " tbody thead tfoot ", " table "},
    {" a ", " a ", " td th "},
};

/* Elements that are open below the one that is not shown, which is the first of them. */
typedef struct Nest {
    guint n;
    char names[64][HTML_TAG_NAME];
} Nest;

/* Whether a name is one of those, each between spaces. */
static gboolean is_of(const char *names, const char *name)
{
    char spaced[HTML_TAG_NAME + 2] = " ";
    g_strlcat(spaced, name, sizeof spaced);
    g_strlcat(spaced, " ", sizeof spaced);
    return strstr(names, spaced) != NULL;
}

/* Ends the innermost of `ends`, unless one of `within` is further in. FALSE if there is none; *held: because
 * of `within`. */
static gboolean end_one(Nest *nest, const char *ends, const char *within, gboolean *held)
{
    *held = FALSE;
    for (guint i = nest->n; i-- > 0 && !*held;) {
        if (is_of(ends, nest->names[i])) return nest->n = i, TRUE;
        *held = is_of(within, nest->names[i]);
    }
    return FALSE;
}

/* An element begins. FALSE if there are too many of them, in others. */
static gboolean begin_element(Nest *nest, const char *name)
{
    gboolean held = FALSE, kept = is_of(BLOCKS TABLES ITEMS, name) || strcmp(name, nest->names[0]) == 0;
    for (gsize i = 0; i < G_N_ELEMENTS(begins); i++)
        if (is_of(begins[i].names, name)) end_one(nest, begins[i].ends, begins[i].within, &held);
    if (nest->n == 0 || !kept || strcmp(name, "hr") == 0) return TRUE;
    if (nest->n == G_N_ELEMENTS(nest->names)) return FALSE;
    g_strlcpy(nest->names[nest->n++], name, HTML_TAG_NAME);
    return TRUE;
}

/* An element ends. What it does not hold ends with it, as the one that is not shown does with what is around
 * it. */
static void end_element(Nest *nest, const char *name)
{
    gboolean held = FALSE;
    char spaced[HTML_TAG_NAME + 2] = " ";
    g_strlcat(spaced, name, sizeof spaced);
    g_strlcat(spaced, " ", sizeof spaced);
    if (end_one(nest, spaced, is_of(TABLES, name) ? "" : " td th caption ", &held) || held) return;
    if (strcmp(name, "p") != 0 && is_of(BLOCKS TABLES ITEMS, name)) nest->n = 0;
}

gboolean html_style_is_unseen(const char *style)
{
    gboolean unseen = FALSE, sure = FALSE;
    g_autofree char *lower = g_ascii_strdown(style, -1);
    for (const char *at = lower; (at = strstr(at, "display")); at++) {
        if (at > lower && !strchr("; \t\r\n", at[-1])) continue; /* mso-text-display */
        const char *value = at + strlen("display");
        value += strspn(value, " \t\r\n");
        if (*value++ != ':') continue;
        value += strspn(value, " \t\r\n");
        const gboolean important = memmem(value, strcspn(value, ";"), "important", 9) != NULL;
        if (important || !sure) unseen = g_str_has_prefix(value, "none"); /* the last counts */
        sure |= important;
    }
    return unseen;
}

gboolean html_tag_is_unseen(const char *p, const char *end, const char *name)
{
    static const char *const names[] = {"html", "body", "br",    "img", "hr",  "input", "meta",   "link",
                                        "area", "base", "embed", "col", "wbr", "param", "source", NULL};
    const gsize length = (gsize)(end - p);
    if (!memmem(p, length, "isplay", 6) && !memmem(p, length, "ISPLAY", 6)) return FALSE; /* mostly */
    if (!*name || g_strv_contains(names, name) || end[-2] == '/') return FALSE;
    g_autofree char *style = html_tag_attribute(p, end, "style");
    return style && html_style_is_unseen(style);
}

/* Behind a tag or a comment, and behind what is no text of the page; NULL if that does not end. */
static const char *behind_markup(const char *p, const char *name)
{
    if (g_str_has_prefix(p, "<!--")) return (p = strstr(p, "-->")) ? p + strlen("-->") : NULL;
    const gboolean foreign = p[1] != '/' && is_of(" script style ", name);
    if (!foreign) return html_tag_end(p);
    const gsize length = strlen(name);
    while ((p = strstr(p + 1, "</")) && g_ascii_strncasecmp(p + 2, name, length) != 0) continue;
    return p ? html_tag_end(p) : NULL;
}

const char *html_tag_behind(const char *p, const char *name)
{
    Nest nest = {.n = 1};
    g_strlcpy(nest.names[0], name, HTML_TAG_NAME);
    while ((p = strchr(p, '<'))) {
        char tag[HTML_TAG_NAME];
        html_tag_name(p, tag);
        const char *behind = behind_markup(p, tag);
        if (!behind) return NULL;
        const gboolean closing = p[1] == '/', own = closing && strcmp(tag, name) == 0,
                       empty = behind[-2] == '/' && p[1 + strlen(tag)] == ':'; /* <o:p/> */
        if (!closing && *tag && !empty && !begin_element(&nest, tag)) return NULL;
        if (closing && *tag) end_element(&nest, tag);
        if (nest.n == 0) return own ? behind : p;
        p = *tag || g_str_has_prefix(p, "<!--") ? behind : p + 1;
    }
    return NULL;
}

gboolean html_tag_holds_link(const char *p, const char *end)
{
    const gsize length = (gsize)(end - p);
    return memmem(p, length, "href", 4) || memmem(p, length, "HREF", 4);
}
