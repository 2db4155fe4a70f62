#include "parsers/names.h"

#include <string.h>

#include "parsers/charset.h"
#include "parsers/charset_census.h"
#include "parsers/limits.h"

/* --- charset ---------------------------------------------------------------------------------- */

/* Characters of two bytes are é and ж, but the bytes of 小一 too. */
static gboolean is_chinese_by_chance_utf8(const guchar *p, gsize length)
{
    for (gsize i = 0; i < length; i++)
        if (p[i] >= 0xE0) return FALSE; /* three bytes: what UTF-8 has for hanzi, and GBK hardly ever has */
    PairCensus pairs = census_pairs(p, length);
    return !pairs.odd && pairs.everyday == pairs.all && pairs.longest >= 2;
}

/* Whether they decode without a fault and without characters that nobody has assigned. */
static gboolean makes_sense(const char *raw, gsize length, const char *charset)
{
    gboolean exact;
    g_autofree char *text = charset_to_utf8(raw, length, charset, &exact);
    for (const char *p = text; exact && *p; p = g_utf8_next_char(p)) {
        GUnicodeType type = g_unichar_type(g_utf8_get_char(p));
        if (type == G_UNICODE_PRIVATE_USE || type == G_UNICODE_UNASSIGNED) return FALSE;
    }
    return exact;
}

const char *names_charset(const char *raw, gsize length)
{
    const guchar *bytes = (const guchar *)raw;
    if (census_is_utf8(raw, length)) return is_chinese_by_chance_utf8(bytes, length) ? "GB18030" : "UTF-8";
    PairCensus pairs = census_pairs(bytes, length);
    if (census_rather_big5(&pairs) && makes_sense(raw, length, "BIG5")) return "BIG5";
    if (makes_sense(raw, length, "GB18030")) /* lfsr of Ölfässer are letters, halves of 橪剆 only by chance */
        return pairs.gb2312 == 0 && pairs.letters > 0 && pairs.letters * 2 >= pairs.all ? "CP437" : "GB18030";
    if (pairs.gb2312 * 2 > pairs.all && pairs.everyday > 0 && !pairs.odd) return "GB18030";
    return !pairs.odd && makes_sense(raw, length, "BIG5") ? "BIG5" : "CP437";
}

/* --- paths ------------------------------------------------------------------------------------ */

static void replace_controls(char *text)
{
    for (char *p = text; *p; p++)
        if ((guchar)*p < 0x20 || *p == 0x7F) *p = ' ';
}

/* The last LIMIT_NAME_CHARS characters, at the beginning of a part if one begins there. */
static char *clip(const char *path)
{
    glong n = g_utf8_strlen(path, -1);
    if (n <= LIMIT_NAME_CHARS) return g_strdup(path);
    const char *kept = g_utf8_offset_to_pointer(path, n - LIMIT_NAME_CHARS), *slash = strchr(kept, '/');
    return g_strdup(slash ? slash + 1 : kept);
}

/* Whether it is a path as it should be, in ASCII: as nearly all are. */
static gboolean is_plain(const char *raw, gsize length)
{
    gboolean begins = TRUE; /* a part of the path */
    for (gsize i = 0; i < length; i++) {
        if (!g_ascii_isgraph(raw[i]) || strchr("\\:", raw[i]) || (begins && (raw[i] == '.' || raw[i] == '/')))
            return FALSE;
        begins = raw[i] == '/';
    }
    return length > 0 && length <= LIMIT_NAME_CHARS && !begins;
}

char *names_path(const char *raw, gsize length, const char *charset, gboolean *folder)
{
    if (is_plain(raw, length)) {
        if (folder) *folder = FALSE;
        return g_strndup(raw, length);
    }
    g_autofree char *text = charset_to_utf8(raw, length, charset, NULL);
    g_strdelimit(text, "\\", '/');
    replace_controls(text);
    if (folder) *folder = g_str_has_suffix(text, "/");
    g_auto(GStrv) parts = g_strsplit(text, "/", -1);
    g_autoptr (GString) path = g_string_new(NULL);
    for (char **part = parts; *part; part++) {
        gboolean drive =
            part == parts && part[1] && g_ascii_isalpha((*part)[0]) && g_str_equal(*part + 1, ":");
        g_strstrip(*part);
        if (drive || !**part || g_str_equal(*part, ".") || g_str_equal(*part, "..")) continue;
        if (path->len > 0) g_string_append_c(path, '/');
        g_string_append(path, *part);
    }
    return clip(path->str);
}

gboolean names_is_furniture(const char *path)
{
    static const char *const names[] = {".DS_Store", "Thumbs.db", "ehthumbs.db", "desktop.ini"};
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    if (g_str_has_prefix(path, "__MACOSX/") || strstr(path, "/__MACOSX/")) return TRUE;
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
        if (g_ascii_strcasecmp(name, names[i]) == 0) return TRUE;
    return g_str_has_prefix(name, "~$") || g_str_has_prefix(name, ".~");
}
