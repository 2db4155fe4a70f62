/* links.c - links to files in clouds. */
#include "parsers/links.h"

#include <string.h>

#include "parsers/html.h"
#include "parsers/limits.h"

#define NAME_WINDOW 300 /* bytes before a link in which its file's name is looked for */

/* A URL belongs to a cloud when its host ends in `host` and its path contains `path`. */
static const struct Cloud {
    const char *host, *path, *kind;
} CLOUDS[] = {
    {"mail.qq.com", "ftn", "qq"}, /* /cgi-bin/ftnExs_download, wx.mail.qq.com/ftn/download, mail.ftn.qq.com */
    {"ftn.qq.com", "", "qq"},
    {"exmail.qq.com", "ftn", "qq"},
    {"mail.163.com", "large-attachment-download", "163"},
    {"mail.163.com", "cloud-attachment-download", "163"},
    {"dashi.163.com", "attachment-download", "163"},
    {"fs.163.com", "", "163"},
    {"u.163.com", "", "163"},
    {"qiye.163.com", "attachment", "163"},
    {"mail.126.com", "attachment-download", "163"},
    {"mail.yeah.net", "attachment-download", "163"},
    {"weiyun.com", "", "weiyun"},
    {"pan.baidu.com", "", "baidu"},
    {"yun.baidu.com", "", "baidu"},
    {"aliyundrive.com", "", "aliyun"},
    {"alipan.com", "", "aliyun"},
    {"mail.aliyun.com", "netdisk", "aliyun"},
    {"mail.aliyun.com", "share", "aliyun"},
    {"1drv.ms", "", "onedrive"},
    {"onedrive.live.com", "", "onedrive"},
    {"sharepoint.com", ":", "onedrive"}, /* /:w:/g/personal/… */
    {"caiyun.139.com", "", "139"},
    {"yun.139.com", "", "139"},
    {"mail.10086.cn", "disk", "139"},
    {"cloud.189.cn", "", "189"},
    {"drive.google.com", "", "google"},
    {"dropbox.com", "/s", "dropbox"},
    {"jianguoyun.com", "/p/", "jianguoyun"},
    {"kdocs.cn", "", "wps"},
    {"docs.qq.com", "", "qq"},
    {"wenshushu.cn", "", "wenshushu"},
    {"www.icloud.com", "attachment", "icloud"},
    {"", "/coremail/common/nf", "coremail"}, /* 文件中转站 of any Coremail server */
};

static const char *const DOCUMENTS[] = {
    ".docx", ".doc",  ".wps", ".pdf", ".rar", ".zip", ".7z",  ".xlsx", ".xls",
    ".et",   ".pptx", ".ppt", ".dps", ".rtf", ".txt", ".ofd", ".tar",  ".gz",
    ".jpg",  ".jpeg", ".png", ".mp4", ".avi", ".mov", ".mp3",
};

static const char *cloud_of(const char *url)
{
    const char *host = strstr(url, "://");
    if (!host) return NULL;
    host += 3;
    gsize length = strcspn(host, "/?#:");
    g_autofree char *name = g_ascii_strdown(host, (gssize)length);
    g_autofree char *path = g_ascii_strdown(host + length, -1);
    for (gsize i = 0; i < G_N_ELEMENTS(CLOUDS); i++) {
        const char *want = CLOUDS[i].host;
        if (!g_str_has_suffix(name, want) || !strstr(path, CLOUDS[i].path)) continue;
        gsize before = strlen(name) - strlen(want);
        if (!*want || before == 0 || name[before - 1] == '.') return CLOUDS[i].kind;
    }
    return NULL;
}

/* Length of a document extension at p that no name goes on after, or 0. */
static gsize extension_at(const char *p)
{
    for (gsize i = 0; i < G_N_ELEMENTS(DOCUMENTS); i++) {
        gsize length = strlen(DOCUMENTS[i]);
        if (g_ascii_strncasecmp(p, DOCUMENTS[i], length) == 0 && !g_ascii_isalnum(p[length])) return length;
    }
    return 0;
}

/* The last file name in the text between `start` and `end`, or NULL: it reaches back from its extension to
 * white space, a bracket or a colon. */
static char *name_before(const char *start, const char *end)
{
    for (const char *p = end - 1; p >= start; p--) {
        gsize extension = *p == '.' ? extension_at(p) : 0;
        if (extension == 0 || p + extension > end) continue;
        const char *first = p;
        while (first > start && !strchr(" \t\n:;,\"'<>[]/\\|?*", first[-1])) first--;
        while (first < p && ((guchar)*first & 0xc0) == 0x80) first++;
        if (g_str_has_prefix(first, "：")) first += strlen("：");
        return first < p ? g_strndup(first, (gsize)(p + extension - first)) : NULL;
    }
    return NULL;
}

static FactsLink *known_link(const Facts *facts, const char *url)
{
    for (guint i = 0; i < facts->links->len; i++) {
        FactsLink *item = g_ptr_array_index(facts->links, i);
        if (strcmp(item->url, url) == 0) return item;
    }
    return NULL;
}

/* `start` and `end`: the text of the link; its name is there or shortly before. */
static void consider(const char *url, const char *text, gsize start, gsize end, gboolean anchor, Facts *facts)
{
    g_autofree char *own = anchor ? name_before(text + start, text + end) : NULL;
    const char *kind = cloud_of(url);
    if (!kind && own && g_str_has_prefix(url, "http")) kind = "link";
    if (!kind || facts->links->len >= LIMIT_LINKS || g_utf8_strlen(url, -1) > LIMIT_URL_CHARS) return;
    gsize from = start > NAME_WINDOW ? start - NAME_WINDOW : 0;
    g_autofree char *name = own ? g_steal_pointer(&own) : name_before(text + from, text + start);
    FactsLink *item = known_link(facts, url);
    if (item) {
        if (!*item->name && name) g_free(item->name), item->name = g_steal_pointer(&name);
        return;
    }
    facts_add_link(facts->links, kind, url, name);
}

static gboolean in_url(char c)
{
    return g_ascii_isalnum(c) || strchr("-._~:/?#[]@!$&'()*+,;=%{}|", c);
}

/* The anchor that the position is in, NULL if none. Positions must rise from call to call. */
static const HtmlAnchor *anchor_around(const GPtrArray *anchors, guint *next, gsize position)
{
    for (; anchors && *next < anchors->len; (*next)++) {
        const HtmlAnchor *anchor = g_ptr_array_index(anchors, *next);
        if (anchor->after > position) return anchor->start <= position ? anchor : NULL;
    }
    return NULL;
}

void links_find(const char *text, const GPtrArray *anchors, Facts *facts)
{
    for (guint i = 0; anchors && i < anchors->len; i++) {
        const HtmlAnchor *anchor = g_ptr_array_index(anchors, i);
        consider(anchor->href, text, anchor->start, anchor->end, TRUE, facts);
    }
    guint next = 0; /* anchor */
    for (const char *p = strstr(text, "http"); p; p = strstr(p, "http")) {
        const HtmlAnchor *anchor = anchor_around(anchors, &next, (gsize)(p - text));
        if (anchor) {
            p = text + anchor->after;
            continue;
        }
        gsize scheme = g_str_has_prefix(p, "http://") ? 7 : g_str_has_prefix(p, "https://") ? 8 : 0;
        if (scheme == 0) {
            p += 4;
            continue;
        }
        gsize length = scheme;
        while (p[length] && in_url(p[length])) length++;
        while (length > scheme && strchr(".,;:)]'", p[length - 1])) length--;
        g_autofree char *url = g_strndup(p, length);
        gsize start = (gsize)(p - text);
        consider(url, text, start, start + length, FALSE, facts);
        p += length;
    }
}

void links_judge(Facts *facts)
{
    g_autoptr (GString) detail = g_string_new(NULL);
    for (guint i = 0; i < facts->links->len; i++) {
        const FactsLink *item = g_ptr_array_index(facts->links, i);
        if (strcmp(item->kind, "link") == 0 || detail->len > 500) continue;
        g_string_append_printf(detail, "%s%s%s%s", detail->len ? "; " : "", item->kind,
                               *item->name ? ": " : "", item->name);
    }
    if (detail->len > 0) facts_add_problem(facts->problems, "cloud-link", detail->str);
}
