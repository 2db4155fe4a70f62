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

/* Behind the characters of U+4E00 to U+9FA5, at most so many, that stand at p, well formed: most of Chinese
 * text, and what NFKC, case folding and any screen leave as it is. */
static const char *skip_han(const char *p, const char *end, guint most)
{
    for (; most > 0 && end - p >= 3; most--, p += 3) {
        const guint first = (guchar)p[0], second = (guchar)p[1], third = (guchar)p[2];
        if (first - 0xE4 > 0xE9 - 0xE4 || (second & 0xC0) != 0x80 || (third & 0xC0) != 0x80) break;
        if (first == 0xE4 && second < 0xB8) break;
        if (first == 0xE9 && (second > 0xBE || (second == 0xBE && third > 0xA5))) break;
    }
    return p;
}

static const char *skip_ascii(const char *p, const char *end, guint most)
{
    for (; most > 0 && p < end && g_ascii_isgraph(*p); most--) p++;
    return p;
}

/* NFKC and case folding of another character that stands alone whatever its neighbours are. 0 for all others,
 * which GLib must look at. */
static gunichar simple(gunichar c)
{
    if (c >= 0xFF01 && c <= 0xFF5E) c -= 0xFEE0; /* full width */
    if (c == 0x3000) c = ' ';
    if (c < 0x80) return (gunichar)g_ascii_tolower((char)c);
    gboolean alone = (c >= 0x3001 && c <= 0x3003) || (c >= 0x3008 && c <= 0x3011) ||
                     (c >= 0x3014 && c <= 0x301B) || (c >= 0x2014 && c <= 0x2015) ||
                     (c >= 0x2018 && c <= 0x201D) || (c >= 0x25A0 && c <= 0x25A1);
    return alone ? c : 0;
}

/* The key of text that is all simple; NULL if it is not. It is never longer than the text. Keys are made of
 * every line of every mail: this is many times faster than asking GLib. */
static char *simple_key(const char *text, gboolean marks)
{
    const char *stop = text + strlen(text);
    char *key = g_malloc((gsize)(stop - text) + 1), *end = key;
    for (const char *p = text, *han; p < stop;) {
        if ((han = skip_han(p, stop, G_MAXUINT)) > p) {
            end = (char *)memcpy(end, p, (gsize)(han - p)) + (han - p);
            p = han;
            continue;
        }
        gunichar c = (guchar)*p < 0x80 ? (gunichar)*p : g_utf8_get_char_validated(p, -1);
        if (c == 0x2026) { /* …, which text_clip() leaves: three full stops */
            if (!marks) end = g_stpcpy(end, "...");
            p = g_utf8_next_char(p);
            continue;
        }
        c = simple(c);
        if (c == 0) {
            g_free(key);
            return NULL;
        }
        p = g_utf8_next_char(p);
        if (c < 0x80 && (g_ascii_isspace((char)c) || g_ascii_iscntrl((char)c))) continue;
        if (marks && (c >= 0x80 || g_ascii_ispunct((char)c))) continue;
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

/* Appends the text as one line of at most so many characters, … if it is cut; *taken: how many these are.
 * FALSE, and nothing appended, if it meets what is no UTF-8. */
static gboolean append_clipped(GString *out, const char *text, gsize length, guint chars, guint *taken)
{
    const gsize start = out->len;
    gboolean gap = FALSE;
    guint n = 0;
    for (const char *p = text, *end = text + length, *next; p < end; p = next) {
        const guint most = chars > n + gap ? chars - n - gap : 0;
        const char *const han = skip_han(p, end, most);
        next = han > p ? han : skip_ascii(p, end, most);
        n += (guint)(next - p) / (han > p ? 3 : 1);
        if (next == p) {
            gunichar c = g_utf8_get_char_validated(p, end - p);
            if (c >= 0x110000) {
                g_string_truncate(out, start);
                return FALSE;
            }
            const gboolean shown = c >= 0x80 && c != 0x3000 && simple(c) != 0;
            next = g_utf8_next_char(p);
            if (!shown && is_invisible(c)) continue;
            if (!shown && (g_unichar_isspace(c) || g_unichar_iscntrl(c))) {
                gap = out->len > start;
                continue;
            }
            if (n + gap >= chars) {
                if (n >= chars)
                    g_string_truncate(out, (gsize)(g_utf8_prev_char(out->str + out->len) - out->str));
                g_string_append(out, "…");
                n = chars;
                break;
            }
            n++;
        }
        if (gap) g_string_append_c(out, ' ');
        g_string_append_len(out, p, next - p);
        n += (guint)gap;
        gap = FALSE;
    }
    *taken = n;
    return TRUE;
}

static guint append_line(GString *out, const char *text, gsize length, guint chars)
{
    guint taken;
    if (append_clipped(out, text, length, chars, &taken)) return taken;
    g_autofree char *mended = g_utf8_make_valid(text, (gssize)length);
    append_clipped(out, mended, strlen(mended), chars, &taken);
    return taken;
}

char *text_clip(const char *text, guint chars)
{
    const gsize length = text ? strlen(text) : 0;
    GString *out = g_string_sized_new(MIN(length, 4u * chars) + 1);
    append_line(out, text, length, chars);
    return g_string_free(out, FALSE);
}

char *text_head(const char *text, guint lines, guint chars)
{
    GString *out = g_string_new(NULL);
    guint n = 0;
    for (const char *p = text ? text : ""; *p && lines > 0 && n < chars;) {
        const gsize length = strcspn(p, "\r\n"), before = out->len;
        if (before > 0) g_string_append_c(out, '\n');
        const guint taken = append_line(out, p, MIN(length, 4u * chars), chars - n);
        if (taken == 0) g_string_truncate(out, before);
        n += taken;
        lines -= taken > 0;
        p += length;
        if (*p) p++;
    }
    return g_string_free(out, FALSE);
}

/* A line (text_key) that starts what the mail program quoted. */
static gboolean starts_history(const char *key)
{
    static const char *const openings[] = {
        "发件人:",          "from:",          "原始邮件",  "originalmessage", "---", "___", "转发的邮件",
        "forwardedmessage", "在原来的邮件中", "sentfrom:", "回复的原邮件",    NULL};
    for (const char *const *o = openings; *o; o++)
        if (g_str_has_prefix(key, *o)) return TRUE;
    return *key == '>' || g_str_has_suffix(key, "写道:") || g_str_has_suffix(key, "wrote:");
}

/* Nothing (text_key) but --, or a line drawn of dashes: QQ Mail draws one above a signature. */
static gboolean starts_signature(const char *key)
{
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
    for (char **line = lines; *line; line++) {
        g_autofree char *key = text_key(*line);
        if (starts_history(key)) break;
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
        g_autofree char *line = g_strndup(p, length), *key = text_key(line);
        const gboolean signs = starts_signature(key);
        if (signs ? !signature && !asks_below(p + length) : starts_history(key)) break;
        if (!signs) g_string_append_c(g_string_append_len(out, p, (gssize)length), '\n');
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
