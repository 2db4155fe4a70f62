/* text.c - comparing and showing what strangers wrote. */
#include <string.h>

#include "daemon/desk/ask.h"

/* Invisible characters hide words from comparison and turn lines around on screens. */
static gboolean is_invisible(gunichar c)
{
    return g_unichar_type(c) == G_UNICODE_FORMAT || c == 0xFE0F || c == 0x200B || c == 0xFEFF;
}

static gboolean is_mark(gunichar c)
{
    return g_unichar_ispunct(c) || g_unichar_type(c) == G_UNICODE_MATH_SYMBOL ||
           g_unichar_type(c) == G_UNICODE_OTHER_SYMBOL || g_unichar_type(c) == G_UNICODE_MODIFIER_SYMBOL;
}

/* NFKC and case folding of a character that stands alone whatever its neighbours are: most of Chinese text. 0
 * for all others, which GLib must look at. */
static gunichar simple(gunichar c)
{
    if (c >= 0xFF01 && c <= 0xFF5E) c -= 0xFEE0; /* full width */
    if (c == 0x3000) c = ' ';
    if (c < 0x80) return (gunichar)g_ascii_tolower((char)c);
    gboolean alone = (c >= 0x4E00 && c <= 0x9FA5) || (c >= 0x3001 && c <= 0x3003) ||
                     (c >= 0x3008 && c <= 0x3011) || (c >= 0x3014 && c <= 0x301B) ||
                     (c >= 0x2014 && c <= 0x2015) || (c >= 0x2018 && c <= 0x201D) ||
                     (c >= 0x25A0 && c <= 0x25A1);
    return alone ? c : 0;
}

/* The key of text that is all simple; NULL if it is not. It is never longer than the text. Keys are made of
 * every line of every mail: this is ten times faster than asking GLib. */
static char *simple_key(const char *text, gboolean marks)
{
    char *key = g_malloc(strlen(text) + 1), *end = key;
    for (const char *p = text; *p; p = g_utf8_next_char(p)) {
        gunichar c = (guchar)*p < 0x80 ? (gunichar)*p : g_utf8_get_char_validated(p, -1);
        if (c == 0x2026) { /* …, which text_clip() leaves: three full stops */
            if (!marks) end = g_stpcpy(end, "...");
            continue;
        }
        c = simple(c);
        if (c == 0) {
            g_free(key);
            return NULL;
        }
        if (c < 0x80 && (g_ascii_isspace((char)c) || g_ascii_iscntrl((char)c))) continue;
        gboolean mark = c < 0x80 ? g_ascii_ispunct((char)c) : c < 0x4E00;
        if (marks && mark) continue;
        end += g_unichar_to_utf8(c, end);
    }
    *end = '\0';
    return key;
}

static char *key_without(const char *text, gboolean marks)
{
    char *fast = simple_key(text ? text : "", marks);
    if (fast) return fast;
    g_autofree char *valid = g_utf8_make_valid(text ? text : "", -1);
    g_autofree char *normal = g_utf8_normalize(valid, -1, G_NORMALIZE_NFKC);
    g_autofree char *folded = g_utf8_casefold(normal, -1);
    GString *key = g_string_sized_new(strlen(folded));
    for (const char *p = folded; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (g_unichar_isspace(c) || g_unichar_iscntrl(c) || is_invisible(c)) continue;
        if (!marks || !is_mark(c)) g_string_append_unichar(key, c);
    }
    return g_string_free(key, FALSE);
}

char *text_key(const char *text)
{
    return key_without(text, FALSE);
}

char *text_bare(const char *text)
{
    return key_without(text, TRUE);
}

gboolean text_any(const char *key, const char *const *words)
{
    for (; *words; words++)
        if (strstr(key, *words)) return TRUE;
    return FALSE;
}

gboolean text_remove(GString *text, const char *word)
{
    gsize n = strlen(word);
    gboolean any = FALSE;
    for (const char *hit; n > 0 && (hit = strstr(text->str, word)); any = TRUE)
        g_string_erase(text, hit - text->str, (gssize)n);
    return any;
}

/* Bytes of the character at p if it stands as it is on any line, else 0: most of Chinese and of English. */
static gsize plain(const char *p)
{
    const guchar *u = (const guchar *)p;
    if (u[0] > ' ' && u[0] < 0x7F) return 1;
    return u[0] >= 0xE4 && u[0] <= 0xE9 ? 3 : 0; /* U+4000 to U+9FFF */
}

/* Behind the characters at p that stand as they are, at most `most`. */
static const char *take_plain(const char *p, guint most, guint *taken)
{
    gsize size;
    for (*taken = 0; *taken < most && (size = plain(p)) != 0; ++*taken) p += size;
    return p;
}

char *text_clip(const char *text, guint chars)
{
    if (!text) text = "";
    g_autofree char *mended = g_utf8_validate(text, -1, NULL) ? NULL : g_utf8_make_valid(text, -1);
    GString *out = g_string_new(NULL);
    guint n = 0, taken;
    gboolean gap = FALSE;
    for (const char *p = mended ? mended : text, *next; *p; p = next) {
        next = take_plain(p, chars > n + gap ? chars - n - gap : 0, &taken);
        if (taken == 0) {
            gunichar c = g_utf8_get_char(p);
            next = g_utf8_next_char(p);
            if (is_invisible(c)) continue;
            if (g_unichar_isspace(c) || g_unichar_iscntrl(c)) {
                gap = out->len > 0;
                continue;
            }
            taken = 1;
        }
        if (n + gap + taken > chars) {
            if (n >= chars) g_string_truncate(out, (gsize)(g_utf8_prev_char(out->str + out->len) - out->str));
            g_string_append(out, "…");
            break;
        }
        if (gap) g_string_append_c(out, ' ');
        g_string_append_len(out, p, next - p);
        n += taken + (guint)gap;
        gap = FALSE;
    }
    return g_string_free(out, FALSE);
}

char *text_head(const char *text, guint lines, guint chars)
{
    GString *out = g_string_new(NULL);
    guint n = 0;
    for (const char *p = text ? text : ""; *p && lines > 0 && n < chars;) {
        gsize length = strcspn(p, "\r\n");
        g_autofree char *line = g_strndup(p, MIN(length, 4u * chars));
        g_autofree char *clean = text_clip(line, chars - n);
        if (*clean) {
            if (out->len) g_string_append_c(out, '\n');
            g_string_append(out, clean);
            n += (guint)g_utf8_strlen(clean, -1);
            lines--;
        }
        p += length;
        if (*p) p++;
    }
    return g_string_free(out, FALSE);
}

/* A line that starts what the mail program quoted. */
static gboolean starts_history(const char *line)
{
    static const char *const openings[] = {
        "发件人:",          "from:",          "原始邮件",  "originalmessage", "---", "___", "转发的邮件",
        "forwardedmessage", "在原来的邮件中", "sentfrom:", "回复的原邮件",    NULL};
    g_autofree char *key = text_key(line);
    for (const char *const *o = openings; *o; o++)
        if (g_str_has_prefix(key, *o)) return TRUE;
    return *key == '>' || g_str_has_suffix(key, "写道:") || g_str_has_suffix(key, "wrote:");
}

/* Nothing but --, or a line drawn of dashes: QQ Mail draws one above a signature. */
static gboolean starts_signature(const char *line)
{
    g_autofree char *key = text_key(line);
    const char *p = key;
    while (*p && g_utf8_strchr("-_=—─", -1, g_utf8_get_char(p))) p = g_utf8_next_char(p);
    return !*p && g_utf8_strlen(key, -1) > 1;
}

/* What is asked below a line drawn after the greeting is no signature; our own letter, quoted below one
 * without a head, is no question. */
static gboolean asks_below(const char *text)
{
    static const char *const asks[] = {"?",    "请问", "想问",   "能否",   "可否",   "吗",   "撤回",
                                       "撤销", "作废", "见附件", "不报了", "应改为", "有误", NULL};
    static const char *const ours[] = {"请勿通过互联网邮箱报送涉密材料", "误收", NULL};
    g_autofree char *head = text_head(text, 12, 400);
    g_auto(GStrv) lines = g_strsplit(head, "\n", -1);
    gboolean any = FALSE;
    for (char **line = lines; *line && !starts_history(*line); line++) {
        g_autofree char *key = text_key(*line);
        if (text_any(key, ours)) return FALSE;
        any |= text_any(key, asks);
    }
    return any;
}

static char *own_words(const char *body, gboolean signature)
{
    GString *out = g_string_new(NULL);
    for (const char *p = body ? body : ""; *p && out->len < 64 * 1024;) {
        gsize length = strcspn(p, "\r\n");
        g_autofree char *line = g_strndup(p, length);
        const gboolean signs = starts_signature(line);
        if (signs ? !signature && !asks_below(p + length) : starts_history(line)) break;
        if (!signs) g_string_append_printf(out, "%s\n", line);
        p += length;
        if (*p == '\r' && p[1] == '\n') p++;
        if (*p) p++;
    }
    return g_string_free(out, FALSE);
}

char *text_own_words(const char *body)
{
    return own_words(body, FALSE);
}

char *text_signed_words(const char *body)
{
    return own_words(body, TRUE);
}

char *text_size(guint64 bytes)
{
    if (bytes < 1024) return g_strdup_printf("%" G_GUINT64_FORMAT " 字节", bytes);
    if (bytes < 1024 * 1024) return g_strdup_printf("%.0f KB", (double)bytes / 1024.0);
    return g_strdup_printf("%.1f MB", (double)bytes / (1024.0 * 1024.0));
}
