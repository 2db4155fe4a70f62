#include "parsers/link_words.h"

#include <stdlib.h>
#include <string.h>

/* --- names ------------------------------------------------------------------------------------ */

static const char *const EXTENSIONS[] = {
    ".docx", ".doc",   ".docm", ".dotx",    ".wps", ".wpt",  ".pdf", ".ofd",  ".rtf",  ".txt",
    ".csv",  ".xlsx",  ".xls",  ".xlsm",    ".et",  ".pptx", ".ppt", ".pps",  ".ppsx", ".dps",
    ".rar",  ".zip",   ".7z",   ".tar",     ".gz",  ".tgz",  ".jpg", ".jpeg", ".png",  ".gif",
    ".bmp",  ".tif",   ".tiff", ".heic",    ".mp4", ".avi",  ".mov", ".wmv",  ".mkv",  ".flv",
    ".mpg",  ".mp3",   ".m4a",  ".wav",     ".psd", ".dwg",  ".caj", ".html", ".mht",  ".eml",
    ".msg",  ".pages", ".key",  ".numbers", ".iso", ".exe",  ".apk", ".vsd",  ".vsdx", ".mpp",
};

/* Length of a known extension at p that no name goes on after, or 0. */
static gsize extension_at(const char *p)
{
    for (gsize i = 0; *p == '.' && i < G_N_ELEMENTS(EXTENSIONS); i++) {
        gsize length = strlen(EXTENSIONS[i]);
        if (g_ascii_strncasecmp(p, EXTENSIONS[i], length) == 0 && !g_ascii_isalnum(p[length])) return length;
    }
    return 0;
}

gboolean link_words_is_extension(const char *text)
{
    const gsize length = extension_at(text);
    return length > 0 && !text[length];
}

/* Length of the character before p that no name holds, or 0. */
static gsize border_before(const char *start, const char *p, gboolean spaces)
{
    static const char *const BORDERS[] = {"：", "，", "。", "；", "、", "「",
                                          "“",  "《", "【", "】", "？", "！"};
    if (p > start && strchr(spaces ? "\t\n:;,\"<>/\\|?*" : " \t\n:;,\"'<>[]/\\|?*", p[-1])) return 1;
    for (gsize i = 0; i < G_N_ELEMENTS(BORDERS); i++)
        if (p - start >= 3 && memcmp(p - 3, BORDERS[i], 3) == 0) return 3;
    return 0;
}

/* Whether the line ends behind the name, or goes on with a size: then it is a list, no sentence, and spaces
 * belong to the name. */
static gboolean is_listed(const char *after)
{
    while (*after == ' ') after++;
    return *after == '\n' || *after == '\0' || *after == '(' || *after == '<' || *after == '[' ||
           g_str_has_prefix(after, "（") || g_ascii_isdigit(*after);
}

/* Whether it is 「阿里云盘」APP, with which the file is to be opened. */
static gboolean names_app(const char *open)
{
    const char *close = g_str_has_prefix(open, "「") ? strstr(open, "」") : NULL;
    if (!close) return FALSE;
    close += strlen("」");
    return g_ascii_strncasecmp(close + strspn(close, " "), "APP", 3) == 0;
}

/* What is announced as a name without an extension that we know. */
static char *announced_name(const char *start, const char *end, const char **position)
{
    static const struct {
        const char *before, *after;
    } FRAMES[] = {{"分享的文件：", "\n"}, {"分享的文件:", "\n"},  {"文件分享：", "\n"},
                  {"文件名：", "\n"},     {"文件名称：", "\n"},   {"文件名:", "\n"},
                  {"分享了「", "」"},     {"「", "」"},           {"文件：", "\n"},
                  {"【腾讯文档】", "\n"}, {"【金山文档】", "\n"}, {"WPS云文档】", "\n"}};
    g_autofree char *text = g_strndup(start, (gsize)(end - start));
    for (gsize i = 0; i < G_N_ELEMENTS(FRAMES); i++) {
        const char *open = g_strrstr(text, FRAMES[i].before);
        while (open && names_app(open)) open = g_strrstr_len(text, open - text, FRAMES[i].before);
        if (!open) continue;
        const char *name = open + strlen(FRAMES[i].before), *close = strstr(name, FRAMES[i].after);
        static const char *const STOPS[] = {"链接", "下载地址", "http", " 提取码"};
        if (!close) close = name + strlen(name);
        for (gsize k = 0; k < G_N_ELEMENTS(STOPS); k++) {
            const char *stop = g_strstr_len(name, close - name, STOPS[k]);
            if (stop) close = stop;
        }
        g_autofree char *found = g_strstrip(g_strndup(name, (gsize)(close - name)));
        if (!*found || g_utf8_strlen(found, -1) > 100) continue;
        if (position) *position = start + (open - text);
        return g_steal_pointer(&found);
    }
    return NULL;
}

char *link_words_name(const char *start, const char *end, const char **position)
{
    for (const char *p = end - 1; p >= start; p--) {
        gsize extension = extension_at(p);
        if (extension == 0 || p + extension > end) continue;
        gboolean spaces = is_listed(p + extension);
        const char *first = p;
        while (first > start && border_before(start, first, spaces) == 0) first--;
        const char *program = g_strstr_len(first, p - first, "文档]"); /* [金山文档 | WPS云文档] 名.docx */
        if (program) first = program + strlen("文档]");
        while (first < p && (((guchar)*first & 0xc0) == 0x80 || *first == ' ')) first++;
        if (first == p) return NULL;
        if (position) *position = first;
        return g_strndup(first, (gsize)(p + extension - first));
    }
    return announced_name(start, end, position);
}

char *link_words_whole(const char *start, const char *end)
{
    static const char *const OTHERS[] = {"下载", "点击",   "点按",  "查看",    "打开",
                                         "文件", "附件：", "附件:", "Download"};
    g_autofree char *text = g_strstrip(g_strndup(start, (gsize)(end - start)));
    const char *dot = strrchr(text, '.');
    if (!dot || dot == text || dot[extension_at(dot)] || extension_at(dot) == 0) return NULL;
    if (strpbrk(text, "\n\t<>|?*/\\") || g_utf8_strlen(text, -1) > 120) return NULL;
    for (gsize i = 0; i < G_N_ELEMENTS(OTHERS); i++)
        if (g_str_has_prefix(text, OTHERS[i])) return NULL;
    return g_steal_pointer(&text);
}

const char *link_words_next(const char *start, const char *end, const char **after)
{
    for (const char *p = start; p < end; p++) {
        gsize extension = extension_at(p);
        if (extension == 0) continue;
        if (after) *after = p + extension;
        while (p > start && border_before(start, p, FALSE) == 0) p--;
        return p;
    }
    return NULL;
}

/* --- size ------------------------------------------------------------------------------------- */

static gsize unit_at(const char *p)
{
    static const char *const UNITS[] = {"bytes", "字节", "kib", "mib", "gib", "kb",
                                        "mb",    "gb",   "k",   "m",   "g",   "b"};
    for (gsize i = 0; i < G_N_ELEMENTS(UNITS); i++) {
        gsize n = strlen(UNITS[i]);
        if (g_ascii_strncasecmp(p, UNITS[i], n) == 0 && !g_ascii_isalnum(p[n])) return n;
    }
    return 0;
}

char *link_words_size(const char *text)
{
    for (const char *p = text; *p; p++) {
        if (!g_ascii_isdigit(*p)) continue;
        gboolean inside = p > text && (g_ascii_isalnum(p[-1]) || strchr(".-_%=/", p[-1]));
        const char *q = p + strspn(p, "0123456789,.");
        const char *unit = q + strspn(q, " ");
        gsize n = unit - q <= 2 ? unit_at(unit) : 0;
        if (!inside && n > 0 && q[-1] != '.' && q[-1] != ',') return g_strndup(p, (gsize)(unit + n - p));
        p = q - 1;
    }
    return NULL;
}

/* --- expiry ----------------------------------------------------------------------------------- */

#define NEAR 60 /* bytes: between a date and the word for expiring */

/* Whether a word for expiring is near the stretch of text. */
static gboolean is_near_expiry(const char *text, const char *start, const char *end)
{
    static const char *const WORDS[] = {"到期", "过期",   "有效",   "失效",   "截止",
                                        "截至", "前下载", "下载至", "保存至", "保留至",
                                        "剩余", "expir",  "valid",  "until",  "available"};
    const char *from = start - text > NEAR ? start - NEAR : text;
    const char *to = strlen(end) > NEAR ? end + NEAR : end + strlen(end);
    g_autofree char *window = g_ascii_strdown(from, to - from);
    for (gsize i = 0; i < G_N_ELEMENTS(WORDS); i++)
        if (strstr(window, WORDS[i])) return TRUE;
    return FALSE;
}

/* A number of at most `most` digits at *p, which moves behind it; -1 if there is none. */
static int number_at(const char **p, gsize most)
{
    gsize digits = strspn(*p, "0123456789");
    if (digits == 0 || digits > most) return -1;
    int value = atoi(*p);
    *p += digits;
    return value;
}

/* A separator of numbers in a date: 年, 月, - / . */
static gboolean skip_mark(const char **p)
{
    static const char *const MARKS[] = {"年", "月", "-", "/", "."};
    for (gsize i = 0; i < G_N_ELEMENTS(MARKS); i++) {
        if (!g_str_has_prefix(*p, MARKS[i])) continue;
        *p += strlen(MARKS[i]);
        return TRUE;
    }
    return FALSE;
}

/* " 14:00:00" at p: hours and minutes, or "" */
static char *time_at(const char *p, const char **end)
{
    const char *q = p + strspn(p, " \t,T");
    int hour = number_at(&q, 2), minute = -1;
    if (hour >= 0 && hour < 24 && *q == ':') {
        q++;
        minute = number_at(&q, 2);
    }
    if (minute < 0 || minute > 59) return g_strdup("");
    *end = q;
    return g_strdup_printf(" %02d:%02d", hour, minute);
}

static char *date_of(int year, int month, int day, const char *rest, const char **end)
{
    if (year < 2000 || month < 1 || day < 1 || month > 12 ||
        !g_date_valid_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year))
        return NULL;
    *end = rest;
    g_autofree char *time = time_at(rest, end);
    return g_strdup_printf("%04d-%02d-%02d%s", year, month, day, time);
}

/* 2014年06月30日 14:00, 2014-6-30, 2014/06/30 at p; NULL if it is no date. */
static char *date_at(const char *p, const char **end)
{
    const char *q = p;
    if (strspn(p, "0123456789") != 4) return NULL;
    int year = number_at(&q, 4), month = -1, day = -1;
    if (!skip_mark(&q) || (month = number_at(&q, 2)) < 0 || !skip_mark(&q) || (day = number_at(&q, 2)) < 0)
        return NULL;
    if (g_str_has_prefix(q, "日")) q += strlen("日");
    return date_of(year, month, day, q, end);
}

/* Jun 30, 2014 14:00 or June 30 2014 at p. */
static char *english_date_at(const char *p, const char **end)
{
    static const char MONTHS[] = "janfebmaraprmayjunjulaugsepoctnovdec";
    int month = -1;
    for (int i = 0; i < 12; i++)
        if (g_ascii_strncasecmp(p, MONTHS + 3 * i, 3) == 0) month = i + 1;
    if (month < 0) return NULL;
    const char *q = p;
    while (g_ascii_isalpha(*q)) q++;
    q += strspn(q, " .");
    int day = number_at(&q, 2);
    q += strspn(q, " ,thsnrd");
    int year = number_at(&q, 4);
    return day < 0 || year < 0 ? NULL : date_of(year, month, day, q, end);
}

/* 15天, 7 days: as written. */
static char *term_at(const char *p, const char **end)
{
    static const char *const UNITS[] = {"天", "日内", "小时", "个月", "days", "day", "hours"};
    gsize digits = strspn(p, "0123456789"), blank = strspn(p + digits, " ");
    for (gsize i = 0; i < G_N_ELEMENTS(UNITS) && digits > 0 && digits <= 4; i++) {
        if (!g_str_has_prefix(p + digits + blank, UNITS[i])) continue;
        *end = p + digits + blank + strlen(UNITS[i]);
        return g_strndup(p, (gsize)(*end - p));
    }
    return NULL;
}

char *link_words_expiry(const char *text)
{
    static const char *const NEVER[] = {"无限期",   "永久有效",     "长期有效",     "永不过期",
                                        "永不到期", "never expire", "no expiration"};
    char *(*const READERS[])(const char *, const char **) = {date_at, english_date_at, term_at};
    for (gsize r = 0; r < G_N_ELEMENTS(READERS); r++) {
        for (const char *p = text; *p; p++) {
            if (!g_ascii_isalnum(*p) || (p > text && g_ascii_isalnum(p[-1]))) continue;
            const char *end = p;
            g_autofree char *found = READERS[r](p, &end);
            if (found && is_near_expiry(text, p, end)) return g_steal_pointer(&found);
        }
    }
    g_autofree char *lower = g_ascii_strdown(text, -1);
    for (gsize i = 0; i < G_N_ELEMENTS(NEVER); i++)
        if (strstr(lower, NEVER[i])) return g_strdup(NEVER[i]);
    return NULL;
}

/* --- code ------------------------------------------------------------------------------------- */

static char *code_at(const char *p)
{
    while (*p == ' ' || *p == ':' || *p == '=' || g_str_has_prefix(p, "：") || g_str_has_prefix(p, "为") ||
           g_str_has_prefix(p, "是"))
        p += (guchar)*p < 0x80 ? 1 : 3;
    gsize length = 0;
    while (g_ascii_isalnum(p[length])) length++;
    return length >= 4 && length <= 8 ? g_strndup(p, length) : NULL;
}

char *link_words_code(const char *text, const char *url)
{
    static const char *const LABELS[] = {"提取码", "访问码", "提取密码",    "访问密码",
                                         "分享码", "密码",   "access code", "password"};
    const char *query = strstr(url, "pwd=");
    char *code = query ? code_at(query + 4) : NULL;
    g_autofree char *lower = g_ascii_strdown(text, -1);
    for (gsize i = 0; i < G_N_ELEMENTS(LABELS) && !code; i++) {
        const char *label = strstr(lower, LABELS[i]);
        if (label) code = code_at(text + (label - lower) + strlen(LABELS[i]));
    }
    return code;
}
