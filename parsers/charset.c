#include "parsers/charset.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>

#include "parsers/charset_census.h"

#define REPLACEMENT "\xEF\xBF\xBD"
#define THREES_MIN  4  /* characters of three bytes that UTF-16 does not have by chance */
#define OPEN_MAX    24 /* descriptors kept open; labels beyond that are opened and closed each time */

/* How to go on after bytes that cannot be read. */
typedef enum Family {
    BYTEWISE, /* skip one byte */
    DOUBLE,   /* a lead byte and a high trail byte are skipped together, as one character */
    UNITS_2,  /* UTF-16: skip a unit */
    UNITS_4
} Family;

static const struct Alias {
    const char *key;  /* the label in lower case, letters and digits only */
    const char *name; /* for iconv; "" = find out; "UTF-8", "UTF-16" and "HZ" are read here */
} aliases[] = {
    /* "I did not look" */
    {"ascii", ""},
    {"usascii", ""},
    {"ansix341968", ""},
    {"ansix341986", ""},
    {"iso646us", ""},
    {"7bit", ""},
    {"8bit", ""},
    {"binary", ""},
    {"unknown", ""},
    {"unknown8bit", ""},
    {"xunknown", ""},
    {"xuserdefined", ""},
    {"default", ""},
    {"defaultcharset", ""},
    {"defaultchar", ""},
    {"autodetect", ""},
    {"none", ""},
    {"null", ""},
    {"char", ""},
    {"wchart", ""},
    {"internal", ""},
    /* UTF-8 and its misspellings */
    {"utf8", "UTF-8"},
    {"utf", "UTF-8"},
    {"uft8", "UTF-8"},
    {"utf8bom", "UTF-8"},
    {"utf8sig", "UTF-8"},
    {"utf8mb4", "UTF-8"},
    {"utf8unicode", "UTF-8"},
    {"unicode11utf8", "UTF-8"},
    {"unicode20utf8", "UTF-8"},
    {"xunicode20utf8", "UTF-8"},
    {"cp65001", "UTF-8"},
    {"65001", "UTF-8"},
    /* everything that Windows in China calls itself */
    {"gb", "GB18030"},
    {"gb2312", "GB18030"},
    {"gb231280", "GB18030"},
    {"gb23121980", "GB18030"},
    {"gb2312charset", "GB18030"},
    {"csgb2312", "GB18030"},
    {"csgb231280", "GB18030"},
    {"csiso58gb231280", "GB18030"},
    {"isoir58", "GB18030"},
    {"gbk", "GB18030"},
    {"gbk2312", "GB18030"},
    {"xgbk", "GB18030"},
    {"xgb2312", "GB18030"},
    {"xgb", "GB18030"},
    {"gb13000", "GB18030"},
    {"gb18030", "GB18030"},
    {"xgb18030", "GB18030"},
    {"gb180302000", "GB18030"},
    {"gb180302005", "GB18030"},
    {"gb180302022", "GB18030"},
    {"cp936", "GB18030"},
    {"ms936", "GB18030"},
    {"936", "GB18030"},
    {"xcp936", "GB18030"},
    {"windows936", "GB18030"},
    {"ibm936", "GB18030"},
    {"euccn", "GB18030"},
    {"xeuccn", "GB18030"},
    {"chinese", "GB18030"},
    {"chinesesimplified", "GB18030"},
    {"zhcn", "GB18030"},
    {"ansi", "GB18030"},
    {"cp54936", "GB18030"},
    {"hz", "HZ"},
    {"hzgb", "HZ"},
    {"hzgb2312", "HZ"},
    {"iso2022cn", "ISO-2022-CN-EXT"},
    /* neighbours, in the superset that Windows means */
    {"big5", "BIG5-HKSCS"},
    {"xbig5", "BIG5-HKSCS"},
    {"xxbig5", "BIG5-HKSCS"},
    {"cnbig5", "BIG5-HKSCS"},
    {"csbig5", "BIG5-HKSCS"},
    {"big5hkscs", "BIG5-HKSCS"},
    {"cp950", "BIG5-HKSCS"},
    {"ms950", "BIG5-HKSCS"},
    {"windows950", "BIG5-HKSCS"},
    {"shiftjis", "CP932"},
    {"sjis", "CP932"},
    {"xsjis", "CP932"},
    {"mskanji", "CP932"},
    {"windows31j", "CP932"},
    {"euckr", "UHC"},
    {"ksc56011987", "UHC"},
    {"ksc5601", "UHC"},
    {"ksc56011989", "UHC"},
    {"korean", "UHC"},
    {"windows949", "UHC"},
    {"cp949", "UHC"},
    /* West and others */
    {"cp1252", "CP1252"},
    {"windows1252", "CP1252"},
    {"iso88591", "CP1252"},
    {"latin1", "CP1252"},
    {"l1", "CP1252"},
    {"iso885911", "CP874"},
    {"tis620", "CP874"},
    {"iso88598i", "ISO-8859-8"},
    {"iso88598e", "ISO-8859-8"},
    {"iso88596i", "ISO-8859-6"},
    {"macintosh", "MACINTOSH"},
    {"xmacroman", "MACINTOSH"},
    {"mac", "MACINTOSH"},
    {"xmaccyrillic", "MAC-CYRILLIC"},
    /* units of more bytes */
    {"utf16", "UTF-16"},
    {"ucs2", "UTF-16"},
    {"iso10646ucs2", "UTF-16"},
    {"unicode", "UTF-16"},
    {"utf16le", "UTF-16LE"},
    {"utf16be", "UTF-16BE"},
    {"ucs2le", "UTF-16LE"},
    {"ucs2be", "UTF-16BE"},
    {"utf7", "UTF-7"},
    {"unicode11utf7", "UTF-7"},
    {"xunicode20utf7", "UTF-7"},
};

static const struct {
    const char *bytes;
    gsize length;
    const char *name;
} marks[] = {
    {"\xEF\xBB\xBF", 3, "UTF-8"}, {"\xFF\xFE\0\0", 4, "UTF-32LE"}, {"\0\0\xFE\xFF", 4, "UTF-32BE"},
    {"\xFF\xFE", 2, "UTF-16LE"},  {"\xFE\xFF", 2, "UTF-16BE"},     {"\x84\x31\x95\x33", 4, "GB18030"},
};

/* --- labels ----------------------------------------------------------------------------------- */

#define KEY_MAX 32 /* bytes: no alias is longer */

/* Lower case, letters and digits only; what follows a slash (//TRANSLIT), a star (RFC 2231 language) or a
 * semicolon is no part of a label. */
static void label_key(const char *label, char key[KEY_MAX])
{
    const char *equals = strchr(label, '=');
    gsize n = 0;
    for (const char *p = equals ? equals + 1 : label; *p && !strchr("/*;", *p) && n + 1 < KEY_MAX; p++)
        if (g_ascii_isalnum(*p)) key[n++] = g_ascii_tolower(*p);
    key[n] = '\0';
}

static const char *alias_of(const char *label)
{
    static GHashTable *table;
    char key[KEY_MAX];
    if (!table) {
        table = g_hash_table_new(g_str_hash, g_str_equal);
        for (gsize i = 0; i < G_N_ELEMENTS(aliases); i++)
            g_hash_table_insert(table, (gpointer)aliases[i].key, (gpointer)aliases[i].name);
    }
    label_key(label, key);
    return g_hash_table_lookup(table, key);
}

/* The label as iconv may know it; NULL if it holds anything that no name of a charset holds. */
static char *label_clean(const char *label)
{
    g_autofree char *clean = g_strdup(label);
    g_strstrip(g_strdelimit(clean, "\"'`", ' '));
    gsize good = strspn(clean, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:+()");
    if (good == 0 || good > 40 || clean[good] != '\0') return NULL;
    return g_steal_pointer(&clean);
}

static GHashTable *open_descriptors; /* name -> iconv_t */

/* A descriptor from `name` to UTF-8 in its initial state, or (iconv_t)-1. *kept tells whether to close it. */
static iconv_t descriptor(const char *name, gboolean *kept)
{
    if (!open_descriptors) open_descriptors = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    iconv_t cd = g_hash_table_lookup(open_descriptors, name);
    *kept = TRUE;
    if (cd) {
        iconv(cd, NULL, NULL, NULL, NULL);
        return cd;
    }
    cd = iconv_open("UTF-8", name);
    if (cd == (iconv_t)-1) return cd;
    *kept = g_hash_table_size(open_descriptors) < OPEN_MAX;
    if (*kept) g_hash_table_insert(open_descriptors, g_strdup(name), cd);
    return cd;
}

/* The name to give to iconv, "" for "find out". Static or interned: iconv knows a finite number of names. */
static const char *label_name(const char *label)
{
    if (!label || !*label) return "";
    const char *alias = alias_of(label);
    if (alias) return alias;
    g_autofree char *clean = label_clean(label);
    gboolean kept = FALSE;
    iconv_t cd = clean ? descriptor(clean, &kept) : (iconv_t)-1;
    if (cd == (iconv_t)-1) return "";
    if (!kept) iconv_close(cd);
    return g_intern_string(clean);
}

/* --- UTF-8 ------------------------------------------------------------------------------------ */

/* Appends what is well-formed, and stands in for the rest. */
static gboolean append_utf8(GString *out, const char *bytes, gsize length)
{
    gboolean exact = TRUE;
    for (gsize i = 0, run = 0; i < length; i += run ? run : 1) {
        for (run = 0; i + run < length;) {
            gsize n = census_ascii(bytes + i + run, length - i - run);
            if (n == 0 && bytes[i + run])
                n = census_utf8_length((const guchar *)bytes + i + run, length - i - run);
            if (n == 0) break;
            run += n;
        }
        if (run > 0) {
            g_string_append_len(out, bytes + i, (gssize)run);
            continue;
        }
        g_string_append(out, bytes[i] ? REPLACEMENT : " ");
        exact = FALSE;
    }
    return exact;
}

/* --- everything else, through iconv ----------------------------------------------------------- */

static Family family_of(const char *name)
{
    static const char *const doubles[] = {"GB18030", "BIG5-HKSCS", "CP932", "UHC",
                                          "EUC-JP",  "EUC-TW",     "BIG5"};
    for (gsize i = 0; i < G_N_ELEMENTS(doubles); i++)
        if (g_ascii_strcasecmp(name, doubles[i]) == 0) return DOUBLE;
    if (g_ascii_strncasecmp(name, "UTF-16", 6) == 0) return UNITS_2;
    if (g_ascii_strncasecmp(name, "UTF-32", 6) == 0) return UNITS_4;
    return BYTEWISE;
}

/* Stands in for what iconv refused at `in`; returns how many bytes that was. */
static gsize replace_bad(GString *out, Family family, const char *name, const guchar *in, gsize left,
                         gboolean *exact)
{
    if (in[0] == 0x80 && strcmp(name, "GB18030") == 0) { /* code page 936 has the euro there */
        g_string_append(out, "\xE2\x82\xAC");
        return 1;
    }
    *exact = FALSE;
    g_string_append(out, REPLACEMENT);
    if (family == UNITS_2) return MIN(left, 2);
    if (family == UNITS_4) return MIN(left, 4);
    return family == DOUBLE && left > 1 && in[0] > 0x80 && in[1] > 0x80 && in[0] < 0xFF && in[1] < 0xFF ? 2
                                                                                                        : 1;
}

/* Appends the converted bytes; FALSE if anything was replaced. */
static gboolean append_iconv(GString *out, iconv_t cd, const char *name, const char *bytes, gsize length)
{
    Family family = family_of(name);
    gboolean exact = TRUE;
    char *in = (char *)bytes;
    gsize left = length;
    char buffer[8192];
    while (TRUE) {
        char *to = buffer;
        gsize room = sizeof buffer;
        gboolean flush = left == 0;
        gsize got = iconv(cd, flush ? NULL : &in, flush ? NULL : &left, &to, &room);
        int why = errno;
        /* What iconv makes is checked too: its UTF-7 and UCS tables let surrogates and NUL through. */
        exact &= append_utf8(out, buffer, (gsize)(to - buffer));
        if (got != (gsize)-1 || flush) {
            if (flush) return exact;
            continue;
        }
        if (why == E2BIG) continue;
        gsize skip = replace_bad(out, family, name, (const guchar *)in, left, &exact);
        in += skip;
        left -= skip;
    }
}

/* Windows' Latin 1, the everyday case outside China, without opening a module for it. */
static gboolean append_1252(GString *out, const guchar *bytes, gsize length)
{
    static const gunichar high[32] = {/* 0x80 to 0x9F; 0: nothing is there */
                                      0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                      0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017D, 0,
                                      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                      0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};
    gboolean exact = TRUE;
    for (gsize i = 0, run = 0; i < length; i += run ? run : 1) {
        for (run = 0; i + run < length && bytes[i + run] > 0 && bytes[i + run] < 0x80;) run++;
        gunichar other = bytes[i] >= 0xA0 ? bytes[i] : bytes[i] >= 0x80 ? high[bytes[i] - 0x80] : ' ';
        if (run > 0)
            g_string_append_len(out, (const char *)bytes + i, (gssize)run);
        else if (other)
            g_string_append_unichar(out, other);
        else
            g_string_append(out, REPLACEMENT);
        exact &= run > 0 || (other && other != ' ');
    }
    return exact;
}

static gboolean append_named(GString *out, const char *name, const char *bytes, gsize length)
{
    if (strcmp(name, "CP1252") == 0) return append_1252(out, (const guchar *)bytes, length);
    if (strcmp(name, "UTF-8") == 0) return append_utf8(out, bytes, length);
    gboolean kept = TRUE;
    iconv_t cd = descriptor(name, &kept);
    if (cd == (iconv_t)-1) return append_utf8(out, bytes, length); /* gconv is not installed */
    gboolean exact = append_iconv(out, cd, name, bytes, length);
    if (!kept) iconv_close(cd);
    return exact;
}

/* HZ (RFC 1843), which glibc lacks: ~{ and ~} switch to 7-bit GB 2312 and back, ~~ is a tilde, ~ and a line
 * end join lines. Rewritten as the 8-bit form. A line end always switches back. */
static gboolean append_hz(GString *out, const char *bytes, gsize length)
{
    g_autoptr (GString) wide = g_string_sized_new(length);
    gboolean chinese = FALSE;
    for (gsize i = 0; i < length; i++) {
        char next = i + 1 < length ? bytes[i + 1] : '\0';
        if (bytes[i] == '~' && (next == '{' || next == '}')) {
            chinese = next == '{';
            i++;
        } else if (bytes[i] == '~' && !chinese && (next == '~' || next == '\n')) {
            if (next == '~') g_string_append_c(wide, '~');
            i++;
        } else if (chinese && bytes[i] > ' ' && next > ' ') {
            g_string_append_c(wide, (char)(bytes[i] | 0x80));
            g_string_append_c(wide, (char)(next | 0x80));
            i++;
        } else {
            if (bytes[i] == '\n') chinese = FALSE;
            g_string_append_c(wide, bytes[i]);
        }
    }
    return append_named(out, "GB18030", wide->str, wide->len);
}

/* --- choosing --------------------------------------------------------------------------------- */

/* Without a mark. */
static const char *utf16_order(const char *bytes, gsize length)
{
    return census_utf16_order((const guchar *)bytes, MIN(length, 4096));
}

/* Whether it decodes without a fault. */
static gboolean is_exact(const char *name, const char *bytes, gsize length)
{
    g_autoptr (GString) trial = g_string_new(NULL);
    return append_named(trial, name, bytes, length);
}

static gboolean is_big5(const char *bytes, gsize length)
{
    PairCensus pairs = census_pairs((const guchar *)bytes, length);
    return census_rather_big5(&pairs) && is_exact("BIG5-HKSCS", bytes, length);
}

static const char *find_out(const char *bytes, gsize length)
{
    const guchar *p = (const guchar *)bytes;
    const gboolean zero = memchr(bytes, '\0', length) != NULL;
    if (zero && census_utf16(p, length)) return utf16_order(bytes, length);
    Utf8Census census = census_utf8(p, length);
    gsize bad = census.wide > 0 && census.bad == census.cut ? 0 : census.bad;
    if (bad == 0 || bad < census.wide) return "UTF-8";
    if (!zero && census_utf16(p, length)) return utf16_order(bytes, length);
    return is_big5(bytes, length) ? "BIG5-HKSCS" : "GB18030";
}

/* Whether programs write that label on bytes that they have not looked at. */
static gboolean is_doubtful(const char *name)
{
    return strcmp(name, "UTF-8") == 0 || strcmp(name, "GB18030") == 0 || strcmp(name, "CP1252") == 0;
}

/* How many threes of high bytes there are, as in hanzi in UTF-8; 0 if others are. */
static gsize count_threes(const char *bytes, gsize length)
{
    gsize n = 0;
    for (gsize i = 0; i < length; i++) {
        if ((guchar)bytes[i] < 0x80) continue;
        if (((guchar)bytes[i] & 0xF0) != 0xE0) return 0;
        n++;
        i += 2; /* it is UTF-8 */
    }
    return n;
}

/* Whether it is called UTF-16 (.NET calls its strings so) and was sent as UTF-8. Half of the hanzi, and all
 * of Cyrillic, are UTF-8 as well: there must be something that they have not. Who says the order, too, mostly
 * knows: only of some hanzi in UTF-8 and nothing else but ASCII is he not believed. */
static gboolean is_no_utf16(const char *name, const char *bytes, gsize length)
{
    const gboolean any = strcmp(name, "UTF-16") == 0;
    if (!any && strcmp(name, "UTF-16LE") != 0 && strcmp(name, "UTF-16BE") != 0) return FALSE;
    if (census_utf16((const guchar *)bytes, length) || !census_is_utf8(bytes, length)) return FALSE;
    gboolean parted = length % 2 != 0;
    for (gsize i = 0; i < length; i++) {
        if ((guchar)bytes[i] < ' ' && (!bytes[i] || !strchr("\t\r\n", bytes[i]))) return FALSE;
        parted |= bytes[i] == ' ' || bytes[i] == '\n';
    }
    return (any && parted) || count_threes(bytes, length) >= (any ? 1 : THREES_MIN);
}

/* Whether GB18030 comes under the label: of its own 7-bit form, of Big5, and of that of Japanese, which
 * programs that know no Chinese write: there most must be everyday hanzi, and some no Korean. */
static gboolean may_be_gb(const char *name, const PairCensus *pairs)
{
    if (g_ascii_strncasecmp(name, "ISO-2022-JP", 11) == 0)
        return pairs->everyday * 4 >= pairs->all * 3 && pairs->late * 5 >= pairs->all;
    return g_ascii_strncasecmp(name, "ISO-2022-CN", 11) == 0 || g_ascii_strncasecmp(name, "BIG5", 4) == 0;
}

/* What bytes are that do not fit their label, if they plainly are something else: UTF-8, or GB18030. Else
 * NULL. */
static const char *instead_of(const char *name, const char *bytes, gsize length)
{
    if (strcmp(name, "UTF-8") == 0 || census_ascii(bytes, length) == length) return NULL;
    if (census_is_utf8(bytes, length)) return "UTF-8";
    PairCensus pairs = census_pairs((const guchar *)bytes, length);
    if (!may_be_gb(name, &pairs)) return NULL;
    const char *other = census_contradict("CP1252", (const guchar *)bytes, length);
    gboolean chinese = strcmp(other, "GB18030") == 0 && !census_rather_big5(&pairs);
    return chinese && is_exact("GB18030", bytes, length) ? "GB18030" : NULL;
}

static const char *choose(const char *name, const char *bytes, gsize length)
{
    for (gsize i = 0; i < G_N_ELEMENTS(marks); i++)
        if (length >= marks[i].length && memcmp(bytes, marks[i].bytes, marks[i].length) == 0)
            return marks[i].name;
    if (is_no_utf16(name, bytes, length)) return "UTF-8";
    if (strcmp(name, "UTF-16") == 0) return utf16_order(bytes, length);
    if (!*name) return find_out(bytes, length);
    if (!is_doubtful(name)) return name;
    if (strcmp(name, "GB18030") == 0 && is_big5(bytes, length)) return "BIG5-HKSCS";
    const char *other = census_contradict(name, (const guchar *)bytes, length);
    return other == name || is_exact(other, bytes, length) || strcmp(other, "UTF-8") == 0 ? other : name;
}

/* Whether ASCII bytes are ASCII in it, always: true of those that mails mostly have. */
static gboolean is_ascii_plain(const char *name)
{
    static const char *const PLAIN[] = {"", "UTF-8", "GB18030", "CP1252", "BIG5-HKSCS", "UHC"};
    for (gsize i = 0; i < G_N_ELEMENTS(PLAIN); i++)
        if (strcmp(name, PLAIN[i]) == 0) return TRUE;
    return FALSE;
}

gboolean charset_same(const char *label, const char *other)
{
    const char *name = label_name(label);
    return *name && strcmp(name, label_name(other)) == 0;
}

char *charset_to_utf8(const char *bytes, gsize length, const char *label, gboolean *exact)
{
    if (exact) *exact = TRUE;
    if (length == 0) return g_strdup("");
    const char *name = label_name(label);
    gboolean plain = census_ascii(bytes, length) == length && is_ascii_plain(name);
    gboolean hz = plain && (!*name || strcmp(name, "GB18030") == 0) && census_hz(bytes, length);
    if (plain && !hz) return g_strndup(bytes, length);
    const char *chosen = hz ? "HZ" : choose(name, bytes, length);
    GString *out = g_string_sized_new(length + 1);
    gboolean good =
        strcmp(chosen, "HZ") == 0 ? append_hz(out, bytes, length) : append_named(out, chosen, bytes, length);
    const char *instead = good ? NULL : instead_of(chosen, bytes, length);
    if (instead) {
        g_string_truncate(out, 0);
        good = append_named(out, instead, bytes, length);
    }
    if (g_str_has_prefix(out->str, "\xEF\xBB\xBF")) g_string_erase(out, 0, 3);
    if (exact) *exact = good;
    return g_string_free(out, FALSE);
}
