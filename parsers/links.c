/* links.c - links to files in clouds. */
#include "parsers/links.h"

#include <string.h>

#include "parsers/clouds.h"
#include "parsers/html.h"
#include "parsers/limits.h"
#include "parsers/link_words.h"
#include "parsers/words.h"

#define NAME_WINDOW 300  /* bytes before a link in which its file's name is looked for */
#define REST_WINDOW 200  /* bytes behind it in which size and expiry are */
#define HOST_MAX    60   /* bytes: no cloud's host is longer */
#define HITS_MAX    2000 /* links to clouds in one text that are looked at, the same ones too */

/* Pictures and texts of one link differ in http and https. */
static gboolean is_same(const char *url, const char *other)
{
    const char *host = strstr(url, "://"), *others = strstr(other, "://");
    return host && others ? strcmp(host, others) == 0 : strcmp(url, other) == 0;
}

static FactsLink *known_link(const Facts *facts, const char *url)
{
    for (guint i = 0; i < facts->links->len; i++) {
        FactsLink *item = g_ptr_array_index(facts->links, i);
        if (is_same(item->url, url)) return item;
    }
    return NULL;
}

/* One text while its links are looked for. */
typedef struct Scan {
    const char *text;
    const GPtrArray *anchors; /* may be NULL */
    guint next;               /* the anchor that may hold the next position */
    Facts *facts;
    const char *last; /* address of the last link, and where it ended */
    gsize last_end;
    guint hits;
} Scan;

/* A link in the text. */
typedef struct Place {
    const char *url;
    gsize start, end, after; /* its text, and what was written behind it */
    gsize limit;             /* where the next link begins */
    gboolean anchor;
} Place;

/* Whether the line is still about the file: a size, a date, how long it is there. */
static gboolean goes_on(const char *line)
{
    static const char *const WORDS[] = {"可下载至", "有效期",   "过期时间", "到期时间", "大小",
                                        "无限期",   "永久有效", "长期有效", "剩余",     "链接有效"};
    for (gsize i = 0; i < G_N_ELEMENTS(WORDS); i++)
        if (g_str_has_prefix(line, WORDS[i])) return TRUE;
    return g_ascii_isdigit(*line);
}

/* What is said of the file: from its name (before the link, or in it) to the end of the line after the link,
 * as far as no file but `own`, and no other link, is spoken of; further, if the next lines go on about it.
 * Without the address itself. The caller frees *before and *behind. */
static void surroundings(const Scan *scan, const Place *place, gsize from, const char *own, char **before,
                         char **behind)
{
    const char *p = scan->text + place->after;
    gsize rest = 0; /* a line may be as long as the text, and hold a link every few bytes */
    for (guint lines = 0; rest < REST_WINDOW && p[rest]; rest++)
        if (p[rest] == '\n' && ++lines >= 2 && (lines > 3 || !goes_on(p + rest + 1))) break;
    if (place->limit > place->after) rest = MIN(rest, place->limit - place->after);
    const char *other = link_words_next(p, p + rest, NULL);
    if (other && other > p && !(*own && g_str_has_prefix(other, own))) rest = (gsize)(other - p);
    while (rest > 0 && ((guchar)p[rest] & 0xc0) == 0x80) rest--;
    *before = g_strndup(scan->text + from, (place->anchor ? place->end : place->start) - from);
    *behind = g_strndup(p, rest);
}

/* How many things the text says of a file. */
static guint count_said(const char *text)
{
    g_autofree char *size = link_words_size(text), *expires = link_words_expiry(text),
                    *code = link_words_code(text, "");
    return (size != NULL) + (expires != NULL) + (code != NULL);
}

/* The length of what stands behind the link and is said of its file, up to the end of a line: what comes
 * there is of no other. */
static gsize length_said(const char *before, const char *behind)
{
    g_autofree char *around = g_strconcat(before, " ", behind, NULL);
    const guint all = count_said(around);
    if (all == 0 || count_said(before) == all) return 0;
    for (const char *end = strchr(behind, '\n'); end; end = strchr(end + 1, '\n')) {
        g_autofree char *first = g_strndup(behind, (gsize)(end - behind));
        g_autofree char *so_far = g_strconcat(before, " ", first, NULL);
        if (count_said(so_far) == all) return (gsize)(end - behind);
    }
    return strlen(behind);
}

static void fill(char **member, char *value)
{
    if (!value || **member) {
        g_free(value);
        return;
    }
    g_free(*member);
    *member = value;
}

/* The name of the file: in the text of the link, or shortly before it, after the link before. */
static char *name_of(const Scan *scan, const Place *place, char **own, gsize *from)
{
    gsize window = place->start > NAME_WINDOW ? place->start - NAME_WINDOW : 0;
    if (scan->last && !is_same(scan->last, place->url)) window = MAX(window, scan->last_end);
    window = MIN(window, place->start);
    while (window < place->start && ((guchar)scan->text[window] & 0xc0) == 0x80) window++;
    const char *position = NULL;
    char *name = g_steal_pointer(own);
    *from = name ? place->start : window;
    if (name) return name;
    name = link_words_name(scan->text + window, scan->text + place->start, &position);
    if (position) *from = (gsize)(position - scan->text);
    return name;
}

/* The address that another one carries: safelinks.protection.outlook.com/?url=https%3A%2F%2F…&data=…, and
 * QQ's gourl=; NULL if it leads to no cloud. The caller frees. */
static char *carried(const char *url)
{
    static const char *const NAMES[] = {"url=http", "gourl=http", "pfurl=http", "target=http"};
    const char *query = strchr(url, '?');
    for (gsize i = 0; query && i < G_N_ELEMENTS(NAMES); i++) {
        const char *inner = query;
        do inner = strstr(inner + 1, NAMES[i]);
        while (inner && !strchr("?&", inner[-1]));
        if (!inner) continue;
        inner += strlen(NAMES[i]) - strlen("http");
        g_autofree char *escaped = g_strndup(inner, strcspn(inner, "&"));
        g_autofree char *found = words_percent(escaped, NULL);
        if (g_utf8_validate(found, -1, NULL) && clouds_kind(found)) return g_steal_pointer(&found);
    }
    return NULL;
}

/* The name that the address of Mail Drop (iCloud) has in a parameter: &f=%E6%8A%A5.zip&; NULL if there is
 * none. The caller frees. */
static char *name_in(const char *url)
{
    const char *value = strstr(url, "icloud.com/attachment") ? strstr(url, "&f=") : NULL;
    if (!value) return NULL;
    g_autofree char *escaped = g_strndup(value + 3, strcspn(value + 3, "&#"));
    g_autofree char *name = words_percent(escaped, NULL);
    return g_utf8_validate(name, -1, NULL) ? words_unfold(name) : NULL;
}

/* The name behind a link whose text is 下载 or the like, on the same line, and *end, where it ends; NULL if
 * there is none. The caller frees. */
static char *name_behind(const Scan *scan, const Place *place, gsize *end)
{
    static const char *const TEXTS[] = {"下载", "点击下载", "立即下载", "点按以下载", "下载附件", "Download"};
    const char *p = scan->text + place->after;
    gsize rest = strcspn(p, "\n");
    if (!place->anchor || rest > REST_WINDOW || place->start > place->end) return NULL;
    g_autofree char *text = g_strstrip(g_strndup(scan->text + place->start, place->end - place->start));
    if (place->limit > place->after) rest = MIN(rest, place->limit - place->after);
    for (gsize i = 0; i < G_N_ELEMENTS(TEXTS); i++) {
        if (strcmp(text, TEXTS[i]) != 0) continue;
        const char *after = p + rest;
        link_words_next(p, p + rest, &after);
        *end = (gsize)(after - scan->text);
        return link_words_name(p, after, NULL);
    }
    return NULL;
}

/* Whether the date is when the file goes: of a link to no known cloud only if more is said of a file. Else it
 * is when something is to be handed in, or ends. */
static gboolean may_expire(const FactsLink *item, const char *around)
{
    static const char *const OF_FILES[] = {"前下载",   "下载至",   "保存至",   "保留至",   "链接有效",
                                           "链接将",   "文件有效", "文件将",   "expir",    "available",
                                           "链接过期", "链接到期", "链接失效", "天后过期", "前有效"};
    if (strcmp(item->kind, "link") != 0 || *item->size || *item->code) return TRUE;
    g_autofree char *lower = g_ascii_strdown(around, -1);
    for (gsize i = 0; i < G_N_ELEMENTS(OF_FILES); i++)
        if (strstr(lower, OF_FILES[i])) return TRUE;
    return FALSE;
}

static void consider(Scan *scan, const Place *seen)
{
    Facts *facts = scan->facts;
    g_autofree char *inner = carried(seen->url);
    Place real = *seen;
    const Place *place = &real;
    if (inner) real.url = inner;
    const char *text = scan->text, *kind = clouds_kind(place->url);
    const gboolean named = place->anchor && place->end > place->start;
    g_autofree char *own = named ? link_words_whole(text + place->start, text + place->end) : NULL;
    if (named && !own) own = link_words_name(text + place->start, text + place->end, NULL);
    if (!kind && own && g_str_has_prefix(place->url, "http")) kind = "link";
    if (!kind || g_utf8_strlen(place->url, -1) > LIMIT_URL_CHARS || scan->hits++ >= HITS_MAX) return;
    FactsLink *item = known_link(facts, place->url);
    if (!item && facts->links->len >= LIMIT_LINKS) return;
    if (!item) item = facts_add_link(facts->links, kind, place->url, "");
    gsize from = place->start, end = place->after;
    fill(&item->name, name_in(place->url));
    fill(&item->name, name_of(scan, place, &own, &from));
    if (!*item->name) {
        fill(&item->name, name_behind(scan, place, &end));
        if (*item->name) from = place->start; /* what is before it is of the last one */
    }
    g_autofree char *before = NULL, *behind = NULL;
    surroundings(scan, place, from, item->name, &before, &behind);
    g_autofree char *around = g_strconcat(before, " ", behind, NULL);
    fill(&item->size, link_words_size(around));
    fill(&item->code, link_words_code(around, place->url));
    if (may_expire(item, around)) fill(&item->expires, link_words_expiry(around));
    scan->last = item->url;
    scan->last_end = MAX(end, place->after + length_said(before, behind)); /* nothing before is of the next */
}

/* The anchor that the position is in, NULL if none. Positions must rise from call to call. */
static const HtmlAnchor *anchor_around(Scan *scan, gsize position)
{
    for (; scan->anchors && scan->next < scan->anchors->len; scan->next++) {
        const HtmlAnchor *anchor = g_ptr_array_index(scan->anchors, scan->next);
        if (anchor->after > position) return anchor->start <= position ? anchor : NULL;
    }
    return NULL;
}

/* Where the next anchor that leads elsewhere begins. */
static gsize next_anchor(const GPtrArray *anchors, guint i)
{
    const HtmlAnchor *this = g_ptr_array_index(anchors, i);
    for (guint n = i + 1; n < anchors->len && n < i + 10; n++) {
        const HtmlAnchor *anchor = g_ptr_array_index(anchors, n);
        if (!is_same(anchor->href, this->href)) return anchor->start;
    }
    return 0;
}

static gboolean in_url(char c)
{
    return g_ascii_isalnum(c) || (c && strchr("-._~:/?#[]@!$&'()*+,;=%{}|", c));
}

/* The length of the address at p, 0 if there is none. */
static gsize url_length(const char *p)
{
    gsize scheme = g_str_has_prefix(p, "http://")    ? 7
                   : g_str_has_prefix(p, "https://") ? 8
                                                     : 0,
          length = scheme;
    if (scheme == 0) return 0;
    while (in_url(p[length])) length++;
    while (length > scheme && strchr(".,;:)]'", p[length - 1])) length--;
    return length;
}

static void find_plain(Scan *scan)
{
    const char *p = strstr(scan->text, "http");
    for (; p && p < scan->text + LIMIT_TEXT_BYTES && scan->hits < HITS_MAX; p = strstr(p, "http")) {
        gsize start = (gsize)(p - scan->text), length = url_length(p);
        const HtmlAnchor *anchor = anchor_around(scan, start);
        if (anchor || length == 0) {
            p = anchor ? scan->text + anchor->after : p + 4;
            continue;
        }
        g_autofree char *url = g_strndup(p, length);
        const char *following = strstr(p + length, "http");
        const Place place = {.url = url,
                             .start = start,
                             .end = start + length,
                             .after = start + length,
                             .limit = following ? (gsize)(following - scan->text) : 0};
        consider(scan, &place);
        p += length;
    }
}

static gboolean in_host(char c)
{
    return g_ascii_isalnum(c) || c == '.' || c == '-';
}

/* Whether the address is known with a scheme of its own. */
static gboolean known_bare(const Facts *facts, const char *url)
{
    for (guint i = 0; i < facts->links->len; i++) {
        const FactsLink *item = g_ptr_array_index(facts->links, i);
        const char *host = strstr(item->url, "://");
        if (host && strcmp(host + 3, url) == 0) return TRUE;
    }
    return FALSE;
}

/* Addresses of clouds as people write them: pan.baidu.com/s/1abc. They are found by their first slash. */
static void find_bare(Scan *scan)
{
    const char *text = scan->text, *p = strchr(text, '/');
    for (; p && p < text + LIMIT_TEXT_BYTES && scan->hits < HITS_MAX; p = strchr(p + 1, '/')) {
        const char *host = p, *end = p;
        while (host > text && p - host < HOST_MAX && in_host(host[-1])) host--;
        if (p - host < 4 || (host > text && strchr("/@:%=_&?#", host[-1]))) continue;
        while (in_url(*end)) end++;
        while (end > p && strchr(".,;:)]'", end[-1])) end--;
        g_autofree char *bare = g_strndup(host, (gsize)(end - host));
        g_autofree char *url = g_strconcat("https://", bare, NULL);
        gsize start = (gsize)(host - text), after = (gsize)(end - text);
        const Place place = {.url = url, .start = start, .end = after, .after = after};
        p = MAX(p, end - 1);
        if (end - host <= HOST_MAX * 10 && clouds_kind(url) && !anchor_around(scan, start) &&
            !known_bare(scan->facts, bare))
            consider(scan, &place);
    }
}

void links_find(const char *text, const GPtrArray *anchors, Facts *facts)
{
    Scan scan = {.text = text, .anchors = anchors, .facts = facts};
    for (guint i = 0; anchors && i < anchors->len; i++) {
        const HtmlAnchor *anchor = g_ptr_array_index(anchors, i);
        if (anchor->start >= LIMIT_TEXT_BYTES || scan.hits >= HITS_MAX) break;
        if (!g_str_has_prefix(anchor->href, "http")) continue;
        const Place place = {.url = anchor->href,
                             .start = anchor->start,
                             .end = anchor->end,
                             .after = anchor->after,
                             .limit = next_anchor(anchors, i),
                             .anchor = TRUE};
        consider(&scan, &place);
    }
    scan.last = NULL;
    find_plain(&scan);
    scan.last = NULL;
    scan.next = 0;
    find_bare(&scan);
}

void links_add(Facts *facts, const char *url, const char *name)
{
    const char *kind = clouds_kind(url);
    if (g_utf8_strlen(url, -1) > LIMIT_URL_CHARS || facts->links->len >= LIMIT_LINKS ||
        known_link(facts, url))
        return;
    facts_add_link(facts->links, kind ? kind : "link", url, name);
}

void links_move(Facts *from, Facts *to)
{
    while (from->links->len > 0 && to->links->len < LIMIT_LINKS) {
        const FactsLink *first = g_ptr_array_index(from->links, 0);
        if (known_link(to, first->url))
            g_ptr_array_remove_index(from->links, 0);
        else
            g_ptr_array_add(to->links, g_ptr_array_steal_index(from->links, 0));
    }
}

/* Whether somebody else sent it, to whom this mail is the answer: it stands in the history only. */
static gboolean is_answered(const Facts *facts, const FactsLink *item)
{
    for (guint i = 0; i < facts->quoted->len; i++) {
        const FactsQuote *quote = g_ptr_array_index(facts->quoted, i);
        if (quote->kind == FACTS_QUOTE_FORWARD) return FALSE;
    }
    const char *host = strstr(item->url, "://");
    return facts->quoted->len > 0 && host && strstr(facts->body, host + 3) &&
           !strstr(facts->new_text, host + 3);
}

void links_judge(Facts *facts)
{
    g_autoptr (GString) detail = g_string_new(NULL);
    for (guint i = 0; i < facts->links->len; i++) {
        const FactsLink *item = g_ptr_array_index(facts->links, i);
        gboolean other = strcmp(item->kind, "link") == 0 && !*item->expires; /* what expires is in a cloud */
        if (other || detail->len > 500 || is_answered(facts, item)) continue;
        g_string_append_printf(detail, "%s%s%s%s", detail->len ? "; " : "", item->kind,
                               *item->name ? ": " : "", item->name);
    }
    if (detail->len > 0) facts_add_problem(facts->problems, "cloud-link", detail->str);
}
