/* calendar.h - instants, days and working days in the campaign's time zone. Pure.
 *
 * Instants are gint64 seconds since the Unix epoch (UTC), named *_at. A day is a Julian day number as GDate
 * has it. */
#pragma once

#include <glib.h>

typedef struct Calendar Calendar;

#define CALENDAR_ERROR (g_quark_from_static_string("calendar"))
enum { CALENDAR_ERROR_ZONE, CALENDAR_ERROR_LINE };

/* `zone_name` is a name of tzdata (Asia/Shanghai), UTC or an offset (+08:00); one that is not known is an
 * error, never silently UTC. `holidays`: text (UTF-8) of lines "off YYYY-MM-DD [name]" and "work YYYY-MM-DD
 * [name]", # comments; NULL or "" = only week-ends are off. Errors name the line. The caller owns the
 * calendar. */
Calendar *calendar_new(const char *zone_name, const char *holidays, GError **error);
void calendar_free(Calendar *calendar);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Calendar, calendar_free)

GTimeZone *calendar_zone(const Calendar *calendar); /* borrowed */

/* "2014-06-02" -> its first second; with end_of_day the first second after it. "2014-06-02T17:00[:00]"
 * (local) or with an offset -> that second (end_of_day adds nothing). FALSE if it is no date or date-time. */
gboolean calendar_parse(const Calendar *calendar, const char *text, gboolean end_of_day, gint64 *at);

guint32 calendar_day(const Calendar *calendar, gint64 at);
gint64 calendar_at(const Calendar *calendar, guint32 day, guint minutes); /* minutes after local midnight */
gboolean calendar_is_off(const Calendar *calendar, guint32 day);
/* The day itself, or the last working day before it; likewise the first after it. */
guint32 calendar_working_day_before(const Calendar *calendar, guint32 day);
guint32 calendar_working_day_after(const Calendar *calendar, guint32 day);

/* Instants outside the years 1 to 9999 (a mail with a mad date) are shown as the nearest inside. */

/* For people: "2014年6月2日"; "6月2日 09:05"; "2014-06-02 09:05". Caller frees. */
char *calendar_date_chinese(const Calendar *calendar, gint64 at);
char *calendar_time_chinese(const Calendar *calendar, gint64 at);
char *calendar_stamp(const Calendar *calendar, gint64 at);
/* RFC 5322 date-time with the zone's offset. Caller frees. */
char *calendar_rfc5322(const Calendar *calendar, gint64 at);
