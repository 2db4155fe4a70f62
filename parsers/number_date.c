/* Dates and times of number formats, and Chinese numerals. */
#include <string.h>

#include "parsers/number_parts.h"

#define DAY_MAX     2958465 /* 9999-12-31; in the calendar of 1904 that is 1462 less */
#define EPOCH_1904  1462    /* days from 1900-01-00 to 1904-01-01 */
#define FALSE_DAY   60      /* 1900-02-29, which never was */
#define DAY_SECONDS 86400
#define PLACES_MAX  6 /* of a fraction of a second */

/* --- numerals --------------------------------------------------------------------------------- */

static const char *const digit_forms[][10] = {
    {"〇", "一", "二", "三", "四", "五", "六", "七", "八", "九"},
    {"零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"},
    {"０", "１", "２", "３", "４", "５", "６", "７", "８", "９"},
};
static const char *const place_forms[][4] = {
    {"", "十", "百", "千"},
    {"", "拾", "佰", "仟"},
    {"", "十", "百", "千"},
};
static const char *const myriads[] = {"", "万", "亿", "万亿"};

void numeral_digit(char digit, guint numerals, GString *out)
{
    if (numerals < 1 || numerals > G_N_ELEMENTS(digit_forms) || !g_ascii_isdigit(digit))
        g_string_append_c(out, digit);
    else
        g_string_append(out, digit_forms[numerals - 1][digit - '0']);
}

void numeral_places(const char *digits, guint numerals, gboolean brief, GString *out)
{
    gsize length = strlen(digits);
    if (numerals < 1 || numerals > G_N_ELEMENTS(digit_forms) || length > 16) {
        g_string_append(out, digits);
        return;
    }
    gboolean zero = FALSE, said = FALSE,
             group = FALSE; /* a zero is due; anything yet; anything in this group */
    for (gsize i = 0; i < length; i++) {
        gsize place = length - 1 - i;
        if (digits[i] == '0') {
            zero = TRUE;
        } else {
            if (zero && said) g_string_append(out, digit_forms[numerals - 1][0]);
            if (!(brief && !said && place == 1 && digits[i] == '1')) numeral_digit(digits[i], numerals, out);
            g_string_append(out, place_forms[numerals - 1][place % 4]);
            zero = FALSE;
            said = group = TRUE;
        }
        if (place % 4 != 0) continue;
        if (group) g_string_append(out, myriads[place / 4]);
        group = FALSE;
    }
    if (!said) g_string_append(out, digit_forms[numerals - 1][0]);
}

/* --- calendar --------------------------------------------------------------------------------- */

typedef struct Moment {
    gint64 day; /* since 1900-01-00, as Excel counts */
    int year, month, date, weekday;
    int hour, minute, second;
    gint64 fraction; /* in 10^-places seconds */
    guint places;
    gint64 seconds; /* since day 0 */
    gboolean half;  /* 12 hours */
} Moment;

static void set_date(Moment *moment)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    moment->weekday = (int)((moment->day + 6) % 7);
    if (moment->day == FALSE_DAY || moment->day == 0) {
        moment->year = 1900;
        moment->month = moment->day ? 2 : 1;
        moment->date = moment->day ? 29 : 0;
        return;
    }
    gint64 left = moment->day - (moment->day > FALSE_DAY ? 2 : 1); /* since 1900-01-01 */
    int year = 1900 + (int)(left / 146097) * 400;
    left %= 146097;
    for (;; year++) {
        gboolean leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        if (left < 365 + leap) {
            int month = 0;
            for (; month < 11 && left >= lengths[month] + (month == 1 && leap); month++)
                left -= lengths[month] + (month == 1 && leap);
            moment->year = year;
            moment->month = month + 1;
            moment->date = (int)left + 1;
            return;
        }
        left -= 365 + leap;
    }
}

/* Rounded to the smallest unit that the section shows, but never to more than a second. */
static gboolean moment_init(Moment *moment, double value, const Section *section, gboolean date1904)
{
    if (date1904) value += EPOCH_1904;
    if (!(value >= 0 && value < DAY_MAX + 1)) return FALSE;
    memset(moment, 0, sizeof *moment);
    for (guint i = 0; i < section->parts->len; i++) {
        const Part *part = &g_array_index(section->parts, Part, i);
        moment->places = MAX(moment->places, MIN(part->fraction, PLACES_MAX));
        moment->half |= part->kind == PART_HALF_DAY;
    }
    gint64 unit = 1;
    for (guint i = 0; i < moment->places; i++) unit *= 10;
    moment->day = (gint64)value; /* not negative, as all here */
    gint64 ticks = (gint64)((value - (double)moment->day) * DAY_SECONDS * (double)unit + 0.5);
    moment->day += ticks / (DAY_SECONDS * unit);
    ticks %= DAY_SECONDS * unit;
    moment->fraction = ticks % unit;
    int seconds = (int)(ticks / unit);
    moment->hour = seconds / 3600;
    moment->minute = seconds / 60 % 60;
    moment->second = seconds % 60;
    moment->seconds = (moment->day - (date1904 ? EPOCH_1904 : 0)) * DAY_SECONDS + seconds;
    set_date(moment);
    return TRUE;
}

/* --- output ----------------------------------------------------------------------------------- */

static const char *const months[] = {"January", "February", "March",     "April",   "May",      "June",
                                     "July",    "August",   "September", "October", "November", "December"};
static const char *const days[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                   "Thursday", "Friday", "Saturday"};
static const char *const chinese_months[] = {"一", "二", "三", "四", "五",   "六",
                                             "七", "八", "九", "十", "十一", "十二"};
static const char *const chinese_days[] = {"日", "一", "二", "三", "四", "五", "六"};

static void put_number(const Section *section, gint64 number, guint width, GString *out)
{
    char text[24];
    g_snprintf(text, sizeof text, "%0*" G_GINT64_FORMAT, (int)MIN(width, 9), number);
    if (section->numerals > 0 && width <= 2) {
        g_snprintf(text, sizeof text, "%" G_GINT64_FORMAT, number);
        numeral_places(text, section->numerals, TRUE, out);
        return;
    }
    for (const char *p = text; *p; p++) numeral_digit(*p, section->numerals, out);
}

static void put_month(const Section *section, const Moment *moment, guint count, GString *out)
{
    if (count <= 2)
        put_number(section, moment->month, count, out);
    else if (section->chinese)
        g_string_append_printf(out, "%s月", chinese_months[moment->month - 1]);
    else
        g_string_append_len(out, months[moment->month - 1], count == 3 ? 3 : count == 5 ? 1 : -1);
}

static void put_day(const Section *section, const Moment *moment, guint count, GString *out)
{
    if (count <= 2)
        put_number(section, moment->date, count, out);
    else if (section->chinese)
        g_string_append_printf(out, "%s%s", count == 3 ? "周" : "星期", chinese_days[moment->weekday]);
    else
        g_string_append_len(out, days[moment->weekday], count == 3 ? 3 : -1);
}

static void put_second(const Section *section, const Moment *moment, const Part *part, gint64 seconds,
                       GString *out)
{
    put_number(section, seconds, part->count, out);
    if (part->fraction == 0) return;
    char text[24];
    g_snprintf(text, sizeof text, ".%0*" G_GINT64_FORMAT, (int)moment->places, moment->fraction);
    text[1 + MIN(part->fraction, moment->places)] = '\0';
    g_string_append(out, text);
}

static void put_date(const Section *section, const Moment *moment, const Part *part, GString *out)
{
    int hour = moment->half ? (moment->hour + 11) % 12 + 1 : moment->hour;
    switch (part->letter) {
    case 'y':
        put_number(section, part->count <= 2 ? moment->year % 100 : moment->year, part->count <= 2 ? 2 : 4,
                   out);
        break;
    case 'm': put_month(section, moment, part->count, out); break;
    case 'd': put_day(section, moment, part->count, out); break;
    case 'a':
        g_string_append_printf(out, "%s%s", part->count == 3 ? "" : "星期", chinese_days[moment->weekday]);
        break;
    case 'h': put_number(section, hour, part->count, out); break;
    case 'M': put_number(section, moment->minute, part->count, out); break;
    case 's': put_second(section, moment, part, moment->second, out); break;
    default: break;
    }
}

static void put_elapsed(const Section *section, const Moment *moment, const Part *part, GString *out)
{
    gint64 unit = part->letter == 'h' ? 3600 : part->letter == 'm' ? 60 : 1;
    put_number(section, moment->seconds / unit, part->count, out);
}

static void put_half_day(const Section *section, const Moment *moment, const Part *part, GString *out)
{
    gboolean after = moment->hour >= 12;
    if (*part->text == 'A' && part->length == 3)
        g_string_append_c(out, after ? 'P' : 'A');
    else if (g_ascii_tolower(*part->text) == 'a' && !section->chinese)
        g_string_append(out, part->length == 3 ? (after ? "p" : "a") : after ? "PM" : "AM");
    else
        g_string_append(out, after ? "下午" : "上午");
}

gboolean number_date(double value, const Section *section, gboolean date1904, GString *out)
{
    Moment moment;
    if (!moment_init(&moment, value, section, date1904)) return FALSE;
    for (guint i = 0; i < section->parts->len; i++) {
        const Part *part = &g_array_index(section->parts, Part, i);
        switch (part->kind) {
        case PART_DATE: put_date(section, &moment, part, out); break;
        case PART_ELAPSED: put_elapsed(section, &moment, part, out); break;
        case PART_HALF_DAY: put_half_day(section, &moment, part, out); break;
        case PART_EXPONENT:
        case PART_TEXT:
        case PART_GENERAL: break;
        default: g_string_append_len(out, part->text, (gssize)part->length); break;
        }
    }
    return TRUE;
}
