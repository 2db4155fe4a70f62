/* Format codes taken apart, and decimal digits. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parsers/number_parts.h"

/* --- codes ------------------------------------------------------------------------------------ */

typedef struct Scan {
    Section *section;
    const char *p, *end;
    gboolean digits; /* a placeholder was seen: then E is an exponent */
} Scan;

static void add(Scan *scan, PartKind kind, char letter, const char *text, gsize length)
{
    const Part part = {.kind = kind, .letter = letter, .count = 1, .text = text, .length = length};
    g_array_append_val(scan->section->parts, part);
}

static gboolean at(const Scan *scan, const char *word)
{
    gsize length = strlen(word);
    return (gsize)(scan->end - scan->p) >= length && g_ascii_strncasecmp(scan->p, word, length) == 0;
}

/* Languages whose names of days and months are Chinese: of the mainland, Taiwan, Hong Kong, Singapore, Macao.
 */
static gboolean is_chinese(gulong language)
{
    return (language & 0x3FF) == 0x04;
}

/* [>=100]: operator and number. */
static void scan_condition(Scan *scan, const char *inside)
{
    static const struct {
        const char *sign;
        char compare;
    } signs[] = {{"<=", 'l'}, {">=", 'g'}, {"<>", '!'}, {"<", '<'}, {">", '>'}, {"=", '='}};
    for (gsize i = 0; i < G_N_ELEMENTS(signs); i++) {
        gsize length = strlen(signs[i].sign);
        if (strncmp(inside, signs[i].sign, length) != 0) continue;
        scan->section->compare = signs[i].compare;
        scan->section->limit = g_ascii_strtod(inside + length, NULL);
        return;
    }
}

/* [$¥-804]: a currency sign and a language, either may be missing. The two special ones mean what the system
 * has set for a long date and for a time. */
static void scan_locale(Scan *scan, const char *inside, gsize length)
{
    static const char long_date[] = "yyyy\"年\"m\"月\"d\"日\"", time[] = "h:mm:ss";
    const char *dash = memchr(inside, '-', length);
    if (dash != inside) add(scan, PART_LITERAL, 0, inside, dash ? (gsize)(dash - inside) : length);
    if (!dash) return;
    gulong language = strtoul(dash + 1, NULL, 16);
    scan->section->chinese |= is_chinese(language);
    const char *system = language == 0xF800 ? long_date : language == 0xF400 ? time : NULL;
    if (!system) return;
    scan->p = system;
    scan->end = system + strlen(system);
}

static void scan_bracket(Scan *scan)
{
    const char *close = memchr(scan->p, ']', (gsize)(scan->end - scan->p));
    if (!close) {
        scan->p++;
        return;
    }
    const char *inside = scan->p + 1;
    gsize length = (gsize)(close - inside);
    scan->p = close + 1;
    char letter = g_ascii_tolower(*inside);
    g_autofree char *word = g_ascii_strdown(inside, (gssize)length);
    const char same[] = {letter, '\0'};
    if (length > 0 && strchr("hms", letter) && strspn(word, same) == length) {
        add(scan, PART_ELAPSED, letter, NULL, 0);
        g_array_index(scan->section->parts, Part, scan->section->parts->len - 1).count = (guint)length;
        scan->section->date = TRUE;
    } else if (letter == '$') {
        scan_locale(scan, inside + 1, length - 1);
    } else if (g_str_has_prefix(word, "dbnum") && word[5] >= '1' && word[5] <= '3') {
        scan->section->numerals = (guint)(word[5] - '0');
    } else {
        scan_condition(scan, word); /* colours come to nothing here */
    }
}

/* A run of one letter: yyyy. Fractions of seconds are part of theirs: ss.00 */
static void scan_date(Scan *scan)
{
    char letter = g_ascii_tolower(*scan->p);
    guint count = 0;
    for (; scan->p < scan->end && g_ascii_tolower(*scan->p) == letter; scan->p++) count++;
    add(scan, PART_DATE, letter == 'e' ? 'y' : letter, NULL, 0);
    Part *part = &g_array_index(scan->section->parts, Part, scan->section->parts->len - 1);
    part->count = letter == 'e' ? 4 : count;
    scan->section->date = TRUE;
    if (letter != 's' || !at(scan, ".0")) return;
    for (scan->p++; scan->p < scan->end && *scan->p == '0'; scan->p++) part->fraction++;
}

static gboolean scan_word(Scan *scan)
{
    static const struct {
        const char *word;
        PartKind kind;
    } words[] = {{"General", PART_GENERAL},
                 {"G/通用格式", PART_GENERAL},
                 {"AM/PM", PART_HALF_DAY},
                 {"上午/下午", PART_HALF_DAY},
                 {"A/P", PART_HALF_DAY}};
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
        if (!at(scan, words[i].word)) continue;
        gsize length = strlen(words[i].word);
        add(scan, words[i].kind, 0, scan->p, length);
        scan->section->date |= words[i].kind == PART_HALF_DAY;
        scan->p += length;
        return TRUE;
    }
    if (!scan->digits || !(at(scan, "E+") || at(scan, "E-"))) return FALSE;
    add(scan, PART_EXPONENT, scan->p[1], NULL, 0);
    scan->p += 2;
    return TRUE;
}

/* The character behind the one at p, as a literal if `kept`. */
static void scan_next(Scan *scan, gboolean kept)
{
    scan->p++;
    if (scan->p >= scan->end) return;
    gsize length = (gsize)(g_utf8_next_char(scan->p) - scan->p);
    if (kept) add(scan, PART_LITERAL, 0, scan->p, length);
    scan->p += length;
}

static void scan_quoted(Scan *scan)
{
    const char *begin = scan->p + 1, *close = memchr(begin, '"', (gsize)(scan->end - begin));
    if (!close) close = scan->end;
    if (close > begin) add(scan, PART_LITERAL, 0, begin, (gsize)(close - begin));
    scan->p = MIN(close + 1, scan->end);
}

static void scan_sign(Scan *scan)
{
    static const struct {
        char sign;
        PartKind kind;
    } signs[] = {{'0', PART_DIGIT}, {'#', PART_DIGIT},   {'?', PART_DIGIT}, {'.', PART_POINT},
                 {',', PART_COMMA}, {'%', PART_PERCENT}, {'/', PART_SLASH}, {'@', PART_TEXT}};
    for (gsize i = 0; i < G_N_ELEMENTS(signs); i++)
        if (*scan->p == signs[i].sign) {
            scan->digits |= signs[i].kind == PART_DIGIT;
            scan->section->text |= signs[i].kind == PART_TEXT;
            add(scan, signs[i].kind, *scan->p, scan->p, 1);
            scan->p++;
            return;
        }
    gsize length = (gsize)(g_utf8_next_char(scan->p) - scan->p);
    add(scan, PART_LITERAL, 0, scan->p, length);
    scan->p += length;
}

/* An m behind hours or before seconds means minutes. */
static void tell_minutes(GArray *parts)
{
    char before = 0;
    Part *month = NULL; /* the last part, if it is an m that may yet turn out to be minutes */
    for (guint i = 0; i < parts->len; i++) {
        Part *part = &g_array_index(parts, Part, i);
        if (part->kind != PART_DATE && part->kind != PART_ELAPSED) continue;
        if (part->kind == PART_DATE && part->letter == 'm' && part->count <= 2) {
            if (before == 'h') part->letter = 'M';
            month = part->letter == 'm' ? part : NULL;
        } else {
            if (part->letter == 's' && month) month->letter = 'M';
            month = NULL;
        }
        before = part->letter;
    }
}

void section_init(Section *section, const char *code, gsize length)
{
    memset(section, 0, sizeof *section);
    section->parts = g_array_new(FALSE, FALSE, sizeof(Part));
    Scan scan = {.section = section, .p = code, .end = code + length};
    while (scan.p < scan.end) {
        if (*scan.p == '[')
            scan_bracket(&scan);
        else if (*scan.p == '"')
            scan_quoted(&scan);
        else if (*scan.p == '\\' || *scan.p == '!')
            scan_next(&scan, TRUE);
        else if (*scan.p == '*')
            scan_next(&scan, FALSE);
        else if (*scan.p == '_') {
            add(&scan, PART_LITERAL, 0, " ", 1);
            scan_next(&scan, FALSE);
        } else if (scan_word(&scan)) {
            continue;
        } else if (strchr("yYmMdDhHsSeE", *scan.p) || at(&scan, "aaa")) {
            scan_date(&scan);
        } else {
            scan_sign(&scan);
        }
    }
    tell_minutes(section->parts);
}

void section_clear(Section *section)
{
    g_array_free(section->parts, TRUE);
}

/* --- digits ----------------------------------------------------------------------------------- */

static void trim_zeros(Decimal *decimal)
{
    while (decimal->n > 0 && decimal->digits[decimal->n - 1] == '0') decimal->n--;
    if (decimal->n == 0) decimal->point = 0;
}

Decimal decimal_from(double value)
{
    char text[40]; /* d.dddddddddddddde+xxx */
    g_ascii_formatd(text, sizeof text, "%.14e", value);
    Decimal decimal = {.negative = *text == '-'};
    const char *p = text + decimal.negative;
    for (; *p && *p != 'e' && decimal.n < 15; p++)
        if (g_ascii_isdigit(*p)) decimal.digits[decimal.n++] = *p;
    p = strchr(text, 'e');
    decimal.point = (p ? atoi(p + 1) : 0) + 1;
    trim_zeros(&decimal);
    if (decimal.n == 0) decimal.negative = FALSE;
    return decimal;
}

void decimal_round(Decimal *decimal, int places)
{
    int keep = decimal->point + places;
    if (keep >= decimal->n) return;
    gboolean up = keep >= 0 && decimal->digits[keep] >= '5';
    decimal->n = MAX(keep, 0);
    for (int i = decimal->n - 1; up && i >= 0; i--) {
        up = decimal->digits[i] == '9';
        decimal->digits[i] = up ? '0' : (char)(decimal->digits[i] + 1);
    }
    if (up) { /* 99.9: all were nines, or none was left */
        memset(decimal->digits, '0', sizeof decimal->digits);
        decimal->digits[0] = '1';
        decimal->n = 1;
        decimal->point++;
    }
    trim_zeros(decimal);
}

char decimal_digit(const Decimal *decimal, int position)
{
    int i = decimal->point - 1 - position;
    return i >= 0 && i < decimal->n ? decimal->digits[i] : '0';
}

static void put_plain(const Decimal *decimal, GString *out)
{
    if (decimal->point <= 0) g_string_append_c(out, '0');
    for (int i = decimal->point - 1; i >= 0; i--) g_string_append_c(out, decimal_digit(decimal, i));
    if (decimal->n > MAX(decimal->point, 0)) g_string_append_c(out, '.');
    for (int i = -1; i >= decimal->point - decimal->n; i--) g_string_append_c(out, decimal_digit(decimal, i));
}

/* At most 11 characters, or six digits and an exponent. */
void decimal_general(Decimal decimal, GString *out)
{
    if (decimal.negative) g_string_append_c(out, '-');
    Decimal plain = decimal;
    decimal_round(&plain, decimal.point > 0 ? MAX(10 - decimal.point, 0) : 9);
    gboolean tiny = decimal.point < -3 && decimal.n - decimal.point > 9; /* digits would be lost */
    if (decimal.point <= 11 && plain.point <= 11 && !tiny) {
        put_plain(&plain, out);
        return;
    }
    decimal_round(&decimal, 6 - decimal.point);
    g_string_append_c(out, decimal.digits[0]);
    if (decimal.n > 1) g_string_append_c(out, '.');
    g_string_append_len(out, decimal.digits + 1, decimal.n - 1);
    g_string_append_printf(out, "E%c%02d", decimal.point < 1 ? '-' : '+', abs(decimal.point - 1));
}
