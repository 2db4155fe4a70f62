/* html_tag.c - tags and references of HTML. */
#include "parsers/html_tag.h"

#include <libxml/HTMLparser.h>
#include <string.h>

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

/* Elements whose end may be left out: the next of them ends one, too. */
static gboolean ends_by_itself(const char *name)
{
    static const char *const names[] = {"p", "li", "td", "th", "tr", "dt", "dd", NULL};
    return g_strv_contains(names, name);
}

gboolean html_tag_is_unseen(const char *p, const char *end, const char *name)
{
    static const char *const names[] = {"html", "body", "br",    "img", "hr",  "input", "meta",   "link",
                                        "area", "base", "embed", "col", "wbr", "param", "source", NULL};
    const gsize length = (gsize)(end - p);
    if (!memmem(p, length, "isplay", 6) && !memmem(p, length, "ISPLAY", 6)) return FALSE; /* mostly */
    if (!*name || g_strv_contains(names, name)) return FALSE;
    g_autofree char *style = html_tag_attribute(p, end, "style");
    g_autofree char *lower = style ? g_ascii_strdown(style, -1) : NULL;
    for (const char *at = lower; at && (at = strstr(at, "display")); at++) {
        if (at > lower && !strchr("; \t\r\n", at[-1])) continue; /* mso-text-display */
        const char *value = at + strlen("display");
        value += strspn(value, " \t\r\n");
        if (*value++ != ':') continue;
        value += strspn(value, " \t\r\n");
        if (g_str_has_prefix(value, "none")) return TRUE;
    }
    return FALSE;
}

const char *html_tag_behind(const char *p, const char *name)
{
    const gsize length = strlen(name);
    for (guint depth = 1; (p = strchr(p, '<')); p++) {
        const gboolean closing = p[1] == '/';
        const char *word = p + 1 + closing;
        if (strncmp(p, "<!--", 4) == 0 && !(p = strstr(p, "-->"))) return NULL;
        if (g_ascii_strncasecmp(word, name, length) != 0 || g_ascii_isalnum(word[length])) continue;
        if (!closing && ends_by_itself(name)) return p;
        depth += closing ? -1 : 1;
        if (depth == 0) return html_tag_end(p);
    }
    return NULL;
}

gboolean html_tag_holds_link(const char *p, const char *end)
{
    const gsize length = (gsize)(end - p);
    return memmem(p, length, "href", 4) || memmem(p, length, "HREF", 4);
}
