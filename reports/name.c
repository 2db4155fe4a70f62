#include "reports/name.h"

#include <string.h>

#include "parsers/facts.h"

#define NAME_BYTES 200 /* of the 255 that a name may have, so that a number can be added */

static const char *const DEVICES[] = {"con",  "prn",  "aux",  "nul",  "com0", "com1", "com2",   "com3",
                                      "com4", "com5", "com6", "com7", "com8", "com9", "lpt0",   "lpt1",
                                      "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8",   "lpt9",
                                      "com¹", "com²", "com³", "lpt¹", "lpt²", "lpt³", "conin$", "conout$"};

/* What Windows runs, or obeys without being asked (a folder's desktop.ini may point to a foreign server). */
static const char *const ACTIVE[] = {"exe",
                                     "com",
                                     "scr",
                                     "pif",
                                     "bat",
                                     "cmd",
                                     "lnk",
                                     "url",
                                     "js",
                                     "jse",
                                     "vbs",
                                     "vbe",
                                     "wsf",
                                     "wsh",
                                     "wsc",
                                     "hta",
                                     "msi",
                                     "msp",
                                     "mst",
                                     "ps1",
                                     "psm1",
                                     "reg",
                                     "inf",
                                     "ini",
                                     "cpl",
                                     "dll",
                                     "ocx",
                                     "sys",
                                     "scf",
                                     "sct",
                                     "chm",
                                     "jar",
                                     "jnlp",
                                     "app",
                                     "gadget",
                                     "application",
                                     "appref-ms",
                                     "library-ms",
                                     "search-ms",
                                     "searchconnector-ms",
                                     "settingcontent-ms",
                                     "website",
                                     "theme",
                                     "iso",
                                     "img",
                                     "vhd",
                                     "vhdx",
                                     "xll",
                                     "iqy",
                                     "slk",
                                     "diagcab",
                                     "msc"};

/* The character to write for c, 0 = none. */
static gunichar safe(gunichar c)
{
    static const char FORBIDDEN[] = "/\\:*?\"<>|#%";
    if (c == '\t' || c == '\n' || c == '\r' || c == 0xA0 || c == 0x3000) return ' ';
    if (c < 0x80 && c >= 0x20 && strchr(FORBIDDEN, (int)c)) return c + 0xFEE0;
    if (c == 0x200D) return c; /* joins emoji */
    if (c == 0xFFFD) return '_';
    switch (g_unichar_type(c)) {
    case G_UNICODE_CONTROL:
    case G_UNICODE_FORMAT:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
    case G_UNICODE_SURROGATE: return 0;
    case G_UNICODE_UNASSIGNED: return (c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF) ? 0 : c;
    default: return c;
    }
}

static void trim(GString *name)
{
    gsize start = strspn(name->str, " .");
    g_string_erase(name, 0, (gssize)start);
    while (name->len > 0 && strchr(" .", name->str[name->len - 1])) g_string_truncate(name, name->len - 1);
}

/* The dot of the extension, or the end of the name. */
static const char *extension(const char *name)
{
    const char *dot = strrchr(name, '.');
    if (!dot || dot == name || !dot[1] || strlen(dot) > 12) return name + strlen(name);
    return dot;
}

static gboolean one_of(const char *const *words, gsize n, const char *word)
{
    for (gsize i = 0; i < n; i++)
        if (g_str_equal(words[i], word)) return TRUE;
    return FALSE;
}

static gboolean is_device(const char *name)
{
    const char *dot = strchr(name, '.');
    g_autofree char *stem = g_strndup(name, dot ? (gsize)(dot - name) : strlen(name));
    g_autofree char *lower = g_utf8_strdown(g_strstrip(stem), -1);
    return one_of(DEVICES, G_N_ELEMENTS(DEVICES), lower);
}

static guint units(gunichar c)
{
    return c > 0xFFFF ? 2 : 1;
}

/* Cuts the stem so that the whole keeps within `most` units and NAME_BYTES. */
static void cut(GString *name, guint most)
{
    g_autofree char *tail = g_strdup(extension(name->str));
    guint tail_units = 0;
    for (const char *p = tail; *p; p = g_utf8_next_char(p)) tail_units += units(g_utf8_get_char(p));

    guint used = tail_units;
    gsize stem = name->len - strlen(tail), keep = 0;
    while (keep < stem) {
        const char *p = name->str + keep;
        gsize next = (gsize)(g_utf8_next_char(p) - name->str);
        used += units(g_utf8_get_char(p));
        if (used > most || next + strlen(tail) > NAME_BYTES) break;
        keep = next;
    }
    if (keep == stem) return;
    g_string_truncate(name, keep);
    while (name->len > 0 && strchr(" .", name->str[name->len - 1])) g_string_truncate(name, name->len - 1);
    g_string_append(name, tail);
}

char *name_safe(const char *raw, guint most, const char *fallback)
{
    g_autofree char *valid = g_utf8_make_valid(raw ? raw : "", -1);
    g_autofree char *composed = g_utf8_normalize(valid, -1, G_NORMALIZE_DEFAULT_COMPOSE);
    g_autoptr (GString) name = g_string_new(NULL);
    for (const char *p = composed ? composed : valid; *p; p = g_utf8_next_char(p)) {
        gunichar c = safe(g_utf8_get_char(p));
        if (c == 0 || (c == ' ' && name->len > 0 && name->str[name->len - 1] == ' ')) continue;
        g_string_append_unichar(name, c);
    }
    trim(name);
    if (g_str_has_prefix(name->str, "~$")) {
        g_string_erase(name, 0, 2);
        g_string_prepend_c(name, '_');
    }
    if (is_device(name->str)) g_string_prepend_c(name, '_');
    cut(name, most);
    trim(name);
    return g_strdup(name->len > 0 ? name->str : fallback);
}

char *name_safe_file(const char *raw, guint most, const char *fallback)
{
    g_autofree char *name = name_safe(facts_base_of(raw ? raw : ""), most, fallback);
    const char *dot = strrchr(name, '.');
    if (!dot) return g_steal_pointer(&name);
    g_autofree char *lower = g_utf8_strdown(dot + 1, -1);
    g_strstrip(lower);
    return one_of(ACTIVE, G_N_ELEMENTS(ACTIVE), lower) ? g_strconcat(name, "_", NULL)
                                                       : g_steal_pointer(&name);
}

char *name_numbered(const char *name, guint n)
{
    const char *tail = extension(name);
    return g_strdup_printf("%.*s（%u）%s", (int)(tail - name), name, n, tail);
}

char *name_key(const char *name)
{
    g_autofree char *composed = g_utf8_normalize(name, -1, G_NORMALIZE_DEFAULT_COMPOSE);
    return g_utf8_casefold(composed ? composed : name, -1);
}
