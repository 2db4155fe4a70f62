#include "parsers/dates.h"

#include <stdlib.h>
#include <string.h>

/* What was found so far; -1 where nothing was. */
typedef struct Date {
    int year, month, day, hour, minute, second;
    int zone; /* minutes east of UTC */
    gboolean zoned;
    gboolean named; /* by letters, and now: a number that follows is more exact: GMT+08:00, CST +0800 */
} Date;

static const struct {
    const char *name;
    int minutes;
} ZONES[] = {
    {"utc", 0},    {"gmt", 0},    {"ut", 0},     {"z", 0},      {"est", -300}, {"edt", -240},
    {"cst", -360}, {"cdt", -300}, {"mst", -420}, {"mdt", -360}, {"pst", -480}, {"pdt", -420},
    {"bst", 60},   {"cet", 60},   {"cest", 120}, {"met", 60},   {"mest", 120}, {"eet", 120},
    {"eest", 180}, {"msk", 180},  {"jst", 540},  {"kst", 540},  {"hkt", 480},
};

/* --- tokens ----------------------------------------------------------------------------------- */

static int month_of(const char *word)
{
    static const char MONTHS[] = "janfebmaraprmayjunjulaugsepoctnovdec";
    for (int i = 0; i < 12; i++)
        if (g_ascii_strncasecmp(word, MONTHS + 3 * i, 3) == 0) return i + 1;
    return -1;
}

static void take_word(Date *date, const char *word, gsize length)
{
    int month = length >= 3 ? month_of(word) : -1;
    if (month > 0 && date->month < 0) {
        date->month = month;
        return;
    }
    if (length == 2 && date->hour >= 0 && g_ascii_tolower(word[1]) == 'm') {
        gboolean afternoon = g_ascii_tolower(word[0]) == 'p';
        if (afternoon && date->hour < 12) date->hour += 12;
        if (!afternoon && date->hour == 12) date->hour = 0;
        return;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(ZONES) && !date->zoned && date->hour >= 0; i++) {
        if (strlen(ZONES[i].name) != length || g_ascii_strncasecmp(word, ZONES[i].name, length) != 0)
            continue;
        date->zone = ZONES[i].minutes;
        date->zoned = date->named = TRUE;
    }
}

/* "09:00", "09:00:00.123", "9.00.00" at p (digits first). */
static const char *take_time(Date *date, const char *p)
{
    int parts[3] = {0, 0, 0};
    const char separator = p[strspn(p, "0123456789")];
    for (int i = 0; i < 3 && g_ascii_isdigit(*p); i++) {
        for (; g_ascii_isdigit(*p); p++) parts[i] = MIN(parts[i] * 10 + (*p - '0'), 100000);
        gsize blank = *p == separator ? strspn(p + 1, " ") : 0;
        if (i == 2 || *p != separator || !g_ascii_isdigit(p[1 + blank])) break;
        p += 1 + blank;
    }
    if (*p == '.' || *p == ',') p += 1 + strspn(p + 1, "0123456789"); /* fractions of a second */
    date->hour = parts[0];
    date->minute = parts[1];
    date->second = parts[2];
    return p;
}

/* "+0800", "-08:00", "+8" at p. */
static const char *take_zone(Date *date, const char *p)
{
    int sign = *p == '-' ? -1 : 1, value = 0, digits = 0;
    for (p++; g_ascii_isdigit(*p) || (*p == ':' && digits > 0); p++) {
        if (*p == ':') continue;
        value = MIN(value * 10 + (*p - '0'), 100000);
        digits++;
    }
    if (digits == 0) return p;
    if (digits == 3) value *= 10; /* cut off */
    int minutes = digits <= 2 ? value * 60 : value / 100 * 60 + value % 100;
    if (minutes < 24 * 60) {
        date->zone = sign * minutes;
        date->zoned = TRUE;
        date->named = FALSE;
    }
    return p;
}

static int full_year(int year, gsize digits)
{
    if (digits >= 4) return year;
    if (digits == 3) return year + 1900;
    return year < 50 ? year + 2000 : year + 1900;
}

/* A number that is no time: day or year. */
static void take_number(Date *date, int value, gsize digits)
{
    if (digits == 3 && value <= 31 && date->day < 0)
        date->day = value; /* 029 Apr */
    else if (digits >= 3 && date->year < 0)
        date->year = full_year(value, digits);
    else if (date->day < 0 && value >= 1 && value <= 31)
        date->day = value;
    else if (date->year < 0 && digits >= 2)
        date->year = full_year(value, digits);
}

/* 2014-05-30, 2014/5/30, 2014年5月30日 at p; NULL if it is none of them. */
static const char *take_iso(Date *date, const char *p)
{
    int parts[3] = {0, 0, 0};
    const char *q = p;
    if (strspn(p, "0123456789") != 4) return NULL;
    for (int i = 0; i < 3; i++) {
        if (!g_ascii_isdigit(*q)) return NULL;
        for (int n = 0; g_ascii_isdigit(*q) && n < 4; q++, n++) parts[i] = parts[i] * 10 + (*q - '0');
        static const char *const MARKS[] = {"年", "月", "日"};
        gsize mark = g_str_has_prefix(q, MARKS[i]) ? strlen(MARKS[i]) : 0;
        if (mark > 0)
            q += mark;
        else if (i < 2 && (*q == '-' || *q == '/' || *q == '.'))
            q++;
        else if (i < 2)
            return NULL;
    }
    date->year = parts[0];
    date->month = parts[1];
    date->day = parts[2];
    return *q == 'T' ? q + 1 : q;
}

/* 29-04-2014, 29.4.2014, 4/29/2014 at p; NULL if it is none of them. */
static const char *take_day_first(Date *date, const char *p)
{
    int parts[3] = {0, 0, 0};
    const char *q = p, mark = p[strspn(p, "0123456789")];
    if (!mark || !strchr("-./", mark)) return NULL;
    for (int i = 0; i < 3; i++) {
        gsize digits = strspn(q, "0123456789");
        if (digits == 0 || digits > 4 || (i < 2 && (digits > 2 || q[digits] != mark)) ||
            (i == 2 && digits != 4))
            return NULL;
        parts[i] = atoi(q);
        q += digits + (i < 2);
    }
    gboolean month_first = mark == '/' ? parts[0] <= 12 : parts[1] > 12;
    date->day = parts[month_first ? 1 : 0];
    date->month = parts[month_first ? 0 : 1];
    date->year = parts[2];
    return q;
}

/* --- reading ---------------------------------------------------------------------------------- */

static const char *take_digits(Date *date, const char *p)
{
    gsize digits = strspn(p, "0123456789");
    const char *numeric = date->year < 0 ? take_iso(date, p) : NULL;
    if (!numeric && date->year < 0 && date->month < 0 && date->day < 0) numeric = take_day_first(date, p);
    if (numeric) return numeric;
    if (digits <= 2 && date->hour < 0 &&
        ((p[digits] == ':' && g_ascii_isdigit(p[digits + 1 + strspn(p + digits + 1, " ")])) ||
         (p[digits] == '.' && g_ascii_isdigit(p[digits + 1]))))
        return take_time(date, p);
    if (digits <= 2 && date->month < 0 && g_str_has_prefix(p + digits, "月"))
        date->month = atoi(p);
    else if (digits <= 4)
        take_number(date, atoi(p), digits);
    return p + digits;
}

/* 五月; else behind the byte. */
static const char *take_chinese_month(Date *date, const char *p)
{
    static const char *const MONTHS[] = {"一月", "二月", "三月", "四月", "五月",   "六月",
                                         "七月", "八月", "九月", "十月", "十一月", "十二月"};
    for (int i = G_N_ELEMENTS(MONTHS); i-- > 0;) {
        if (!g_str_has_prefix(p, MONTHS[i])) continue;
        date->month = i + 1;
        return p + strlen(MONTHS[i]);
    }
    return p + 1;
}

/* Whether an offset begins at p: behind the time, and no other, but for the name of a zone: that GMT -0500 is
 * no obsolete zone and a rest, but five hours west, is what mail programs and browsers take it for. */
static gboolean is_zone(const Date *date, const char *text, const char *p)
{
    if ((*p != '+' && *p != '-') || !g_ascii_isdigit(p[1]) || date->hour < 0) return FALSE;
    return !date->zoned || (date->named && p > text && (g_ascii_isalpha(p[-1]) || strchr(" \t)", p[-1])));
}

static void read_tokens(Date *date, const char *text)
{
    guint depth = 0; /* of comments */
    const char *p = text;
    while (*p) {
        if (*p == '(') depth++;
        if (*p == ')' && depth > 0) depth--;
        if (depth > 0) {
            p++;
        } else if (g_ascii_isdigit(*p)) {
            date->named = FALSE;
            p = take_digits(date, p);
        } else if (g_ascii_isalpha(*p)) {
            const char *word = p;
            date->named = FALSE;
            while (g_ascii_isalpha(*p)) p++;
            take_word(date, word, (gsize)(p - word));
        } else if (is_zone(date, text, p)) {
            p = take_zone(date, p);
        } else if ((guchar)*p >= 0x80 && date->month < 0) {
            p = take_chinese_month(date, p);
        } else {
            p++;
        }
    }
}

/* A number of so many digits at `to`, and what stands behind it. */
static char *put(char *to, int digits, int number, char behind)
{
    for (int i = digits; i-- > 0; number /= 10) to[i] = (char)('0' + number % 10);
    to[digits] = behind;
    return to + digits + 1;
}

char *dates_rfc3339(const char *raw)
{
    Date date = {.year = -1, .month = -1, .day = -1, .hour = -1};
    read_tokens(&date, raw ? raw : "");
    if (date.second == 60) date.second = 59; /* a leap second */
    if (date.year < 1970 || date.year > 9999 || date.month < 1 || date.month > 12 || date.day < 1 ||
        !g_date_valid_dmy((GDateDay)date.day, (GDateMonth)date.month, (GDateYear)date.year) ||
        date.hour > 23 || date.minute > 59 || date.second > 59)
        return g_strdup("");
    const int zone = ABS(date.zone);
    char *text = g_malloc(sizeof "2014-05-30T09:00:00+08:00"), *p = text;
    p = put(p, 4, date.year, '-');
    p = put(p, 2, date.month, '-');
    p = put(p, 2, date.day, 'T');
    p = put(p, 2, MAX(date.hour, 0), ':');
    p = put(p, 2, date.minute, ':');
    p = put(p, 2, date.second, date.zone < 0 ? '-' : '+');
    p = put(p, 2, zone / 60, ':');
    put(p, 2, zone % 60, '\0');
    return text;
}
