/* html.c - HTML to text in one pass. */
#include "parsers/html.h"

#include <libxml/HTMLparser.h>
#include <string.h>

#define MAX_TAG_NAME 16 /* bytes: no element that we know has a longer name */

typedef enum Effect {
    NOTHING,
    LINE,      /* begins and ends a line */
    PARAGRAPH, /* and leaves one empty line */
    BREAK,     /* a line end, each one counts */
    CELL,
    ITEM,
    ANCHOR,
    VERBATIM, /* <pre> */
    HIDDEN    /* its content is no text */
} Effect;

static const struct Element {
    const char *name;
    Effect effect;
} ELEMENTS[] = {
    {"a", ANCHOR},     {"address", LINE}, {"article", LINE},  {"blockquote", PARAGRAPH},
    {"br", BREAK},     {"caption", LINE}, {"center", LINE},   {"dd", LINE},
    {"div", LINE},     {"dl", LINE},      {"dt", LINE},       {"fieldset", LINE},
    {"footer", LINE},  {"form", LINE},    {"h1", PARAGRAPH},  {"h2", PARAGRAPH},
    {"h3", PARAGRAPH}, {"h4", PARAGRAPH}, {"h5", PARAGRAPH},  {"h6", PARAGRAPH},
    {"header", LINE},  {"hr", LINE},      {"li", ITEM},       {"ol", LINE},
    {"p", PARAGRAPH},  {"pre", VERBATIM}, {"script", HIDDEN}, {"section", LINE},
    {"style", HIDDEN}, {"table", LINE},   {"td", CELL},       {"template", HIDDEN},
    {"th", CELL},      {"title", HIDDEN}, {"tr", LINE},       {"ul", LINE},
};

typedef struct Html {
    GString *out;
    GPtrArray *anchors;
    HtmlAnchor *open;  /* the anchor that we are in */
    guint breaks;      /* line ends owed before the next text */
    gboolean space;    /* a space is owed */
    gboolean cell;     /* a tab is owed: a cell began in this line */
    guint verbatim;    /* open <pre> */
    gboolean unclosed; /* a comment or hidden element had no end: do not search for one again */
} Html;

void html_anchor_free(gpointer anchor)
{
    g_free(((HtmlAnchor *)anchor)->href);
    g_free(anchor);
}

/* --- writing ------------------------------------------------------------------------------------------ */

static void owe_breaks(Html *html, guint breaks)
{
    html->breaks = MAX(html->breaks, breaks);
    html->space = html->cell = FALSE;
}

static void pay(Html *html)
{
    GString *out = html->out;
    if (html->breaks > 0 && out->len > 0) {
        guint have = 0;
        while (have < out->len && out->str[out->len - 1 - have] == '\n') have++;
        for (; have < html->breaks; have++) g_string_append_c(out, '\n');
    } else if (html->cell && out->len > 0 && out->str[out->len - 1] != '\n') {
        g_string_append_c(out, '\t');
    } else if (html->space && out->len > 0 && !strchr("\n\t", out->str[out->len - 1])) {
        g_string_append_c(out, ' ');
    }
    html->breaks = 0;
    html->space = html->cell = FALSE;
}

static void put(Html *html, gunichar c)
{
    gboolean blank = c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == 0xa0;
    if (html->verbatim > 0 && c == '\n') {
        pay(html);
        g_string_append_c(html->out, '\n');
    } else if (blank && !(html->verbatim > 0 && c != '\r')) {
        html->space = TRUE;
    } else if (c >= 0x20 && c != 0x7f && c != 0x200b && c != 0xfeff) {
        pay(html);
        if (html->open && html->open->start == G_MAXSIZE) html->open->start = html->out->len;
        g_string_append_unichar(html->out, c);
    }
}

/* --- entities ----------------------------------------------------------------------------------------- */

/* The character of the reference at p ("&…"); *length is 1 and the result '&' if it is none. */
static gunichar entity(const char *p, gsize *length)
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
        char name[MAX_TAG_NAME] = "";
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
            g_string_append_unichar(out, entity(p, &n));
        else
            g_string_append_c(out, *p);
        p += n;
    }
    return g_strstrip(g_string_free(out, FALSE));
}

/* --- tags --------------------------------------------------------------------------------------------- */

/* Where the tag at p ("<…") ends: after its ">", quotes respected unless they never close. */
static const char *tag_end(const char *p)
{
    for (const char *q = p + 1; *q; q++) {
        if (*q == '>') return q + 1;
        if ((*q == '"' || *q == '\'') && q[-1] == '=') {
            const char *closing = strchr(q + 1, *q);
            if (closing) q = closing;
        }
    }
    const char *plain = strchr(p, '>');
    return plain ? plain + 1 : p + strlen(p);
}

static char *attribute(const char *p, const char *end, const char *name)
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

static void close_anchor(Html *html)
{
    if (!html->open) return;
    html->open->end = html->out->len;
    if (html->open->start == G_MAXSIZE) html->open->start = html->open->end;
    html->open = NULL;
}

static void open_anchor(Html *html, const char *tag, const char *end)
{
    close_anchor(html);
    char *href = html->anchors ? attribute(tag, end, "href") : NULL;
    if (!href) return;
    html->open = g_new0(HtmlAnchor, 1);
    html->open->href = href;
    html->open->start = G_MAXSIZE;
    g_ptr_array_add(html->anchors, html->open);
}

static Effect effect_of(const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(ELEMENTS); i++)
        if (strcmp(name, ELEMENTS[i].name) == 0) return ELEMENTS[i].effect;
    return NOTHING;
}

/* The end of a hidden element's content, which no tag in it may end early. */
static const char *skip_hidden(Html *html, const char *p, const char *name)
{
    gsize length = strlen(name);
    for (const char *q = html->unclosed ? NULL : strstr(p, "</"); q; q = strstr(q + 2, "</"))
        if (g_ascii_strncasecmp(q + 2, name, length) == 0) return tag_end(q);
    html->unclosed = TRUE;
    return p;
}

static const char *do_tag(Html *html, const char *p)
{
    const char *end = tag_end(p);
    gboolean closing = p[1] == '/';
    char name[MAX_TAG_NAME] = "";
    for (gsize n = 0; n + 1 < sizeof name && g_ascii_isalnum(p[1 + closing + n]); n++)
        name[n] = g_ascii_tolower(p[1 + closing + n]);
    switch (effect_of(name)) {
    case NOTHING: break;
    case LINE: owe_breaks(html, 1); break;
    case PARAGRAPH: owe_breaks(html, 2); break;
    case BREAK:
        pay(html);
        g_string_append_c(html->out, '\n');
        break;
    case CELL:
        if (!closing && html->breaks == 0) html->cell = TRUE;
        break;
    case ITEM:
        owe_breaks(html, 1);
        if (!closing) {
            put(html, '-');
            html->space = TRUE;
        }
        break;
    case ANCHOR:
        if (closing)
            close_anchor(html);
        else
            open_anchor(html, p, end);
        break;
    case VERBATIM:
        owe_breaks(html, 1);
        if (!closing)
            html->verbatim++;
        else if (html->verbatim > 0)
            html->verbatim--;
        break;
    case HIDDEN:
        if (!closing) end = skip_hidden(html, end, name);
        break;
    }
    return end;
}

static const char *do_comment(Html *html, const char *p)
{
    const char *end = html->unclosed ? NULL : strstr(p + 4, "-->");
    if (end) return end + 3;
    html->unclosed = TRUE;
    return tag_end(p);
}

char *html_to_text(const char *text, GPtrArray *anchors)
{
    Html html = {.out = g_string_new(NULL), .anchors = anchors};
    for (const char *p = text; *p;) {
        if (g_str_has_prefix(p, "<!--")) {
            p = do_comment(&html, p);
        } else if (*p == '<' && (g_ascii_isalpha(p[1]) || p[1] == '/' || p[1] == '!' || p[1] == '?')) {
            p = do_tag(&html, p);
        } else if (*p == '&') {
            gsize length = 1;
            put(&html, entity(p, &length));
            p += length;
        } else {
            put(&html, g_utf8_get_char(p));
            p = g_utf8_next_char(p);
        }
    }
    close_anchor(&html);
    return g_string_free(html.out, FALSE);
}

char *html_charset(const char *bytes, gsize length)
{
    g_autofree char *head = g_ascii_strdown(bytes, (gssize)MIN(length, 2048));
    const char *meta = strstr(head, "<meta");
    const char *p = meta ? strstr(meta, "charset=") : NULL;
    if (!p) return NULL;
    p += strlen("charset=");
    p += strspn(p, "\"' ");
    gsize n = strspn(p, "abcdefghijklmnopqrstuvwxyz0123456789-_:");
    return n > 0 ? g_strndup(p, n) : NULL;
}
