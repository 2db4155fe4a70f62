#include "config/calendar.h"

#include <string.h>

struct Calendar {
    GTimeZone *zone;
    GHashTable *days; /* Julian day -> Exception*: days that are not as their weekday says */
};

typedef struct Exception {
    gboolean off;
    guint line;
} Exception;

/* GDateTime knows the years 1 to 9999; instants outside (a mail with a mad date) are shown as the nearest. */
static const gint64 FIRST_AT = G_GINT64_CONSTANT(-62135510400); /* 0001-01-02 */
static const gint64 LAST_AT = G_GINT64_CONSTANT(253402128000);  /* 9999-12-30 */

static GDateTime *local(const Calendar *calendar, gint64 at)
{
    g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc(CLAMP(at, FIRST_AT, LAST_AT));
    return g_date_time_to_timezone(utc, calendar->zone);
}

/* --- holidays --------------------------------------------------------------------------------- */

/* YYYY-MM-DD and nothing else. */
static gboolean read_day(const char *text, guint32 *day)
{
    static const char shape[] = "dddd-dd-dd";
    guint field[3] = {0, 0, 0}, n = 0;
    if (strlen(text) != strlen(shape)) return FALSE;
    for (guint i = 0; shape[i]; i++) {
        if (shape[i] == '-' ? text[i] != '-' : !g_ascii_isdigit(text[i])) return FALSE;
        if (shape[i] == '-')
            n++;
        else
            field[n] = field[n] * 10 + (guint)g_ascii_digit_value(text[i]);
    }
    if (!g_date_valid_dmy((GDateDay)field[2], (GDateMonth)field[1], (GDateYear)field[0])) return FALSE;
    GDate date;
    g_date_clear(&date, 1);
    g_date_set_dmy(&date, (GDateDay)field[2], (GDateMonth)field[1], (GDateYear)field[0]);
    *day = g_date_get_julian(&date);
    return TRUE;
}

static gboolean read_line(Calendar *calendar, char *line, guint number, GError **error)
{
    g_strstrip(line);
    if (!*line || *line == '#' || *line == ';') return TRUE;
    g_auto(GStrv) words = g_strsplit_set(line, " \t", 2);
    gboolean off = strcmp(words[0], "off") == 0;
    if (!off && strcmp(words[0], "work") != 0) {
        g_set_error(error, CALENDAR_ERROR, CALENDAR_ERROR_LINE,
                    "line %u: “%s”: a line is “off YYYY-MM-DD name” or “work YYYY-MM-DD name”", number,
                    words[0]);
        return FALSE;
    }
    guint32 day;
    char *rest = g_strchug(words[1] ? words[1] : line + strlen(line));
    g_auto(GStrv) date = g_strsplit_set(rest, " \t", 2);
    if (!date[0] || !read_day(date[0], &day)) {
        g_set_error(error, CALENDAR_ERROR, CALENDAR_ERROR_LINE, "line %u: “%s” is no date; write YYYY-MM-DD",
                    number, date[0] ? date[0] : "");
        return FALSE;
    }
    Exception *before = g_hash_table_lookup(calendar->days, GUINT_TO_POINTER(day));
    if (before) {
        g_set_error(error, CALENDAR_ERROR, CALENDAR_ERROR_LINE, "line %u: %s stands on line %u already",
                    number, date[0], before->line);
        return FALSE;
    }
    Exception *exception = g_new(Exception, 1);
    *exception = (Exception){.off = off, .line = number};
    g_hash_table_insert(calendar->days, GUINT_TO_POINTER(day), exception);
    return TRUE;
}

static gboolean read_holidays(Calendar *calendar, const char *text, GError **error)
{
    if (g_str_has_prefix(text, "\xEF\xBB\xBF")) text += 3;
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (guint i = 0; lines[i]; i++) {
        if (!g_utf8_validate(lines[i], -1, NULL)) {
            g_set_error(error, CALENDAR_ERROR, CALENDAR_ERROR_LINE,
                        "line %u: not UTF-8; save the file as UTF-8 (Notepad: Save as, Encoding)", i + 1);
            return FALSE;
        }
        if (!read_line(calendar, lines[i], i + 1, error)) return FALSE;
    }
    return TRUE;
}

/* --- life ------------------------------------------------------------------------------------- */

/* POSIX turns the sign around: UTC+8 would be eight hours west of Greenwich, and the deadline sixteen hours
 * off. */
static gboolean is_reversed(const char *zone_name)
{
    gsize sign = strcspn(zone_name, "+-");
    return sign > 0 && g_ascii_isdigit(zone_name[sign + (zone_name[sign] != '\0')]) &&
           !g_str_has_prefix(zone_name, "Etc/");
}

Calendar *calendar_new(const char *zone_name, const char *holidays, GError **error)
{
    /* g_time_zone_new() would silently give UTC for a name that it cannot find, and a path would be opened.
     */
    gboolean sane = *zone_name && *zone_name != '/' && !strstr(zone_name, "..") && !is_reversed(zone_name);
    GTimeZone *zone = sane ? g_time_zone_new_identifier(zone_name) : NULL;
    if (!zone) {
        g_set_error(
            error, CALENDAR_ERROR, CALENDAR_ERROR_ZONE,
            "time zone “%s” is not known here; write a name such as Asia/Shanghai, and see that the package "
            "tzdata is installed",
            zone_name);
        return NULL;
    }
    g_autoptr (Calendar) calendar = g_new0(Calendar, 1);
    calendar->zone = zone;
    calendar->days = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    if (holidays && !read_holidays(calendar, holidays, error)) return NULL;
    return g_steal_pointer(&calendar);
}

void calendar_free(Calendar *calendar)
{
    if (!calendar) return;
    g_time_zone_unref(calendar->zone);
    g_hash_table_unref(calendar->days);
    g_free(calendar);
}

GTimeZone *calendar_zone(const Calendar *calendar)
{
    return calendar->zone;
}

/* --- days and instants ------------------------------------------------------------------------ */

static gint64 first_second(const Calendar *calendar, guint32 day, guint minutes)
{
    GDate date;
    g_date_clear(&date, 1);
    g_date_set_julian(&date, CLAMP(day, 2, 3652058));
    g_autoptr (GDateTime)
        time = g_date_time_new(calendar->zone, g_date_get_year(&date), g_date_get_month(&date),
                               g_date_get_day(&date), (int)(minutes / 60), (int)(minutes % 60), 0);
    return g_date_time_to_unix(time);
}

gint64 calendar_at(const Calendar *calendar, guint32 day, guint minutes)
{
    return first_second(calendar, day + minutes / 1440, minutes % 1440);
}

guint32 calendar_day(const Calendar *calendar, gint64 at)
{
    g_autoptr (GDateTime) time = local(calendar, at);
    int year, month, of_month;
    g_date_time_get_ymd(time, &year, &month, &of_month);
    GDate date;
    g_date_clear(&date, 1);
    g_date_set_dmy(&date, (GDateDay)of_month, (GDateMonth)month, (GDateYear)year);
    return g_date_get_julian(&date);
}

/* "09:05", "09:05:30", each with nothing, Z or +08:00 behind it. */
static gboolean read_clock(const char *text, guint *seconds, const char **offset)
{
    guint field[3] = {0, 0, 0}, n = 0;
    for (; n < 3; n++) {
        if (n > 0 && *text == ':')
            text++;
        else if (n > 0)
            break;
        if (!g_ascii_isdigit(text[0]) || !g_ascii_isdigit(text[1])) return FALSE;
        field[n] = (guint)(g_ascii_digit_value(text[0]) * 10 + g_ascii_digit_value(text[1]));
        text += 2;
    }
    if (n < 2 || field[0] > 23 || field[1] > 59 || field[2] > 59) return FALSE;
    *seconds = field[0] * 3600 + field[1] * 60 + field[2];
    *offset = text;
    return TRUE;
}

/* "" = the campaign's zone; FALSE if it is no offset. */
static gboolean read_offset(const char *text, GTimeZone **zone)
{
    *zone = NULL;
    if (!*text) return TRUE;
    gboolean shape = strcmp(text, "Z") == 0 || (strlen(text) == 6 && strchr("+-", text[0]) && text[3] == ':');
    if (shape) *zone = g_time_zone_new_identifier(text);
    return *zone != NULL;
}

gboolean calendar_parse(const Calendar *calendar, const char *text, gboolean end_of_day, gint64 *at)
{
    g_autofree char *date = g_strndup(text, 10);
    guint32 day;
    if (!read_day(date, &day)) return FALSE;
    const char *rest = text + 10, *offset;
    if (!*rest) {
        *at = calendar_at(calendar, end_of_day ? day + 1 : day, 0);
        return TRUE;
    }
    guint seconds;
    g_autoptr (GTimeZone) zone = NULL;
    if ((*rest != 'T' && *rest != ' ') || !read_clock(rest + 1, &seconds, &offset)) return FALSE;
    if (!read_offset(offset, &zone)) return FALSE;
    Calendar there = {.zone = zone ? zone : calendar->zone};
    *at = first_second(&there, day, seconds / 60) + seconds % 60;
    return TRUE;
}

gboolean calendar_is_off(const Calendar *calendar, guint32 day)
{
    const Exception *exception = g_hash_table_lookup(calendar->days, GUINT_TO_POINTER(day));
    if (exception) return exception->off;
    return day % 7 == 6 || day % 7 == 0; /* Julian day 1 was a Monday */
}

/* A year of days off in a row can only be a mistake in the file: the day itself is then as good as any. */
static guint32 nearest_working_day(const Calendar *calendar, guint32 day, int step)
{
    guint32 candidate = day;
    for (guint i = 0; i < 366; i++, candidate = (guint32)((gint64)candidate + step))
        if (!calendar_is_off(calendar, candidate)) return candidate;
    return day;
}

guint32 calendar_working_day_before(const Calendar *calendar, guint32 day)
{
    return nearest_working_day(calendar, day, -1);
}

guint32 calendar_working_day_after(const Calendar *calendar, guint32 day)
{
    return nearest_working_day(calendar, day, 1);
}

/* --- for people and protocols ----------------------------------------------------------------- */

static char *formatted(const Calendar *calendar, gint64 at, const char *format)
{
    g_autoptr (GDateTime) time = local(calendar, at);
    return g_date_time_format(time, format);
}

char *calendar_date_chinese(const Calendar *calendar, gint64 at)
{
    g_autoptr (GDateTime) time = local(calendar, at);
    return g_strdup_printf("%d年%d月%d日", g_date_time_get_year(time), g_date_time_get_month(time),
                           g_date_time_get_day_of_month(time));
}

char *calendar_time_chinese(const Calendar *calendar, gint64 at)
{
    g_autoptr (GDateTime) time = local(calendar, at);
    return g_strdup_printf("%d月%d日 %02d:%02d", g_date_time_get_month(time),
                           g_date_time_get_day_of_month(time), g_date_time_get_hour(time),
                           g_date_time_get_minute(time));
}

char *calendar_stamp(const Calendar *calendar, gint64 at)
{
    return formatted(calendar, at, "%Y-%m-%d %H:%M");
}

/* The names are English whatever the locale, so not %a and %b. */
char *calendar_rfc5322(const Calendar *calendar, gint64 at)
{
    static const char *const days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    g_autoptr (GDateTime) time = local(calendar, at);
    g_autofree char *clock = g_date_time_format(time, "%Y %H:%M:%S %z");
    return g_strdup_printf("%s, %d %s %s", days[g_date_time_get_day_of_week(time) - 1],
                           g_date_time_get_day_of_month(time), months[g_date_time_get_month(time) - 1],
                           clock);
}
