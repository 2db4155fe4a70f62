/* mime_text.c - text parts to text. */
#include "parsers/mime_text.h"

#include "parsers/charset.h"
#include "parsers/html.h"
#include "parsers/limits.h"
#include "parsers/links.h"

const char *mime_bytes(GBytes *bytes, gsize *length)
{
    const char *data = g_bytes_get_data(bytes, length);
    return data ? data : "";
}

static gboolean is_blank(const char *text)
{
    for (const char *p = text; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (!g_unichar_isspace(c) && !g_unichar_iszerowidth(c)) return FALSE;
    }
    return TRUE;
}

/* CRLF and CR become LF, other control characters spaces. In place. */
static void tidy_lines(char *text)
{
    char *out = text;
    for (const char *p = text; *p; p++) {
        if (*p == '\r' && p[1] == '\n') continue;
        if (*p == '\r')
            *out++ = '\n';
        else
            *out++ = ((guchar)*p < 0x20 && *p != '\n' && *p != '\t') || *p == 0x7f ? ' ' : *p;
    }
    *out = '\0';
}

char *mime_readable(Facts *facts, GBytes *bytes, gboolean html, const char *charset)
{
    gsize length = 0;
    const char *data = mime_bytes(bytes, &length);
    g_autofree char *meta = html && !charset ? html_charset(data, length) : NULL;
    char *text = charset_to_utf8(data, MIN(length, 4 * LIMIT_TEXT_BYTES), charset ? charset : meta, NULL);
    if (!html) {
        tidy_lines(text);
        links_find(text, NULL, facts);
        return text;
    }
    g_autoptr (GPtrArray) anchors = g_ptr_array_new_with_free_func(html_anchor_free);
    char *rendered = html_to_text(text, anchors);
    g_free(text);
    links_find(rendered, anchors, facts);
    return rendered;
}

void mime_append(GString *body, Facts *facts, const char *text)
{
    if (is_blank(text)) return;
    if (body->len > 0 && body->str[body->len - 1] != '\n') g_string_append_c(body, '\n');
    g_string_append(body, text);
    if (body->len <= LIMIT_TEXT_BYTES) return;
    const char *end = g_utf8_find_prev_char(body->str, body->str + LIMIT_TEXT_BYTES);
    g_string_truncate(body, end ? (gsize)(end - body->str) : 0);
    facts_add_problem(facts->problems, "truncated", "the text of the mail was cut");
}
