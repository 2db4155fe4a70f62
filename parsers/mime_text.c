/* mime_text.c - text parts to text. */
#include "parsers/mime_text.h"

#include <string.h>

#include "parsers/charset.h"
#include "parsers/enriched.h"
#include "parsers/html.h"
#include "parsers/limits.h"
#include "parsers/links.h"
#include "parsers/radicals.h"

#define STUB_BYTES 200 /* longer ones say something else, too */

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

/* CRLF, CRCRLF and CR become LF, other control characters spaces. In place. */
static void tidy_lines(char *text)
{
    char *out = text;
    for (const char *p = text; *p; p++) {
        if (*p == '\r') {
            gsize returns = strspn(p, "\r");
            p += returns - 1;
            for (; returns > 0 && p[1] != '\n'; returns--) *out++ = '\n';
        } else
            *out++ = ((guchar)*p < 0x20 && *p != '\n' && *p != '\t') || *p == 0x7f ? ' ' : *p;
    }
    *out = '\0';
}

/* One line of format=flowed: how often it is quoted, its text without stuffing, and whether it goes on. */
typedef struct Flowed {
    gsize depth;
    const char *text;
    gsize length;
    gboolean soft;
} Flowed;

static Flowed flowed_line(const char *p, gsize length, gboolean delsp)
{
    Flowed line = {.depth = 0};
    while (line.depth < length && p[line.depth] == '>') line.depth++;
    p += line.depth;
    length -= line.depth;
    if (length > 0 && *p == ' ') {
        p++;
        length--;
    }
    gboolean signature = length == 3 && memcmp(p, "-- ", 3) == 0;
    line.soft = length > 0 && p[length - 1] == ' ' && !signature;
    line.text = p;
    line.length = line.soft && delsp ? length - 1 : length;
    return line;
}

/* RFC 3676: a line that ends in a space goes on in the next one, if that is quoted as often. */
static char *unflow(const char *text, gboolean delsp)
{
    GString *out = g_string_sized_new(strlen(text) + 1);
    Flowed last = {0};
    for (const char *p = text; *p;) {
        gsize length = strcspn(p, "\n");
        Flowed line = flowed_line(p, length, delsp);
        gboolean starts = p == text || !last.soft || last.depth != line.depth;
        if (starts && p != text) g_string_append_c(out, '\n');
        for (gsize i = 0; starts && i < line.depth; i++) g_string_append_c(out, '>');
        if (starts && line.depth > 0) g_string_append_c(out, ' ');
        g_string_append_len(out, line.text, (gssize)line.length);
        last = line;
        p += length;
        if (*p == '\n' && !*++p) g_string_append_c(out, '\n');
    }
    return g_string_free(out, FALSE);
}

/* QQ makes its plain text of HTML and leaves references in it: <a@x.example&gt;; 主题:&nbsp;通知, and
 * &amp;nbsp; where such a text is quoted again. In place: none is shorter than what it stands for. */
static void resolve_references(char *text)
{
    enum { ROUNDS_MAX = 6 };
    static const char *const KNOWN[][2] = {
        {"&nbsp;", " "},   {"&gt;", ">"},    {"&lt;", "<"},     {"&amp;", "&"},   {"&quot;", "\""},
        {"&#39;", "'"},    {"&ldquo;", "“"}, {"&rdquo;", "”"},  {"&lsquo;", "‘"}, {"&rsquo;", "’"},
        {"&middot;", "·"}, {"&mdash;", "—"}, {"&hellip;", "…"}, {"&ensp;", " "},  {"&emsp;", " "}};
    for (guint round = 0; round < ROUNDS_MAX; round++) {
        if (!strstr(text, "&nbsp;") && !strstr(text, "&gt;;") && !strstr(text, "&ldquo;")) return;
        char *out = text;
        for (const char *p = text; *p;) {
            gsize i = *p == '&' ? 0 : G_N_ELEMENTS(KNOWN);
            while (i < G_N_ELEMENTS(KNOWN) && !g_str_has_prefix(p, KNOWN[i][0])) i++;
            if (i < G_N_ELEMENTS(KNOWN)) {
                p += strlen(KNOWN[i][0]);
                out = g_stpcpy(out, KNOWN[i][1]);
            } else {
                *out++ = *p++;
            }
        }
        *out = '\0';
    }
}

static char *readable_plain(Facts *facts, char *text, const MimeText *how)
{
    tidy_lines(text);
    resolve_references(text);
    if (how->flowed || how->enriched) {
        char *joined = how->enriched ? enriched_to_text(text) : unflow(text, how->delsp);
        g_free(text);
        text = joined;
    }
    links_find(text, NULL, facts);
    radicals_unify(text);
    return text;
}

char *mime_readable(Facts *facts, GBytes *bytes, const MimeText *how)
{
    gsize length = 0;
    const char *data = mime_bytes(bytes, &length);
    g_autofree char *meta = how->html && !how->charset ? html_charset(data, length) : NULL;
    char *text =
        charset_to_utf8(data, MIN(length, 4 * LIMIT_TEXT_BYTES), how->charset ? how->charset : meta, NULL);
    if (!how->html) return readable_plain(facts, text, how);
    g_autoptr (GPtrArray) anchors = g_ptr_array_new_with_free_func(html_anchor_free);
    char *rendered = html_to_text(text, anchors);
    g_free(text);
    links_find(rendered, anchors, facts);
    radicals_unify(rendered); /* what is copied from a PDF */
    return rendered;
}

gboolean mime_is_stub(const char *plain)
{
    static const char *const PHRASES[] = {
        "不支持html",   "支持html格式的",      "html compatible", "html capable",
        "html-capable", "html enabled",        "html-enabled",    "not support html",
        "support html", "this is an html mes", "view it in html", "使用支持html",
        "支持html的",   "如果您看不到",        "如果您无法查看",  "in your browser"};
    if (strlen(plain) > STUB_BYTES) return FALSE;
    g_autofree char *lower = g_ascii_strdown(plain, -1);
    for (gsize i = 0; i < G_N_ELEMENTS(PHRASES); i++)
        if (strstr(lower, PHRASES[i])) return TRUE;
    return FALSE;
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
