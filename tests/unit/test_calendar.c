/* Days, instants and working days; the real holidays of 2014. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <locale.h>
#include <string.h>

#include "config/calendar.h"

static Calendar *shanghai(void)
{
    g_autofree char *holidays = NULL;
    GError *error = NULL;
    assert_true(g_file_get_contents("config/holidays-2014.conf", &holidays, NULL, &error));
    Calendar *calendar = calendar_new("Asia/Shanghai", holidays, &error);
    if (error) fail_msg("%s", error->message);
    return calendar;
}

static gint64 at(const Calendar *calendar, const char *text)
{
    gint64 value;
    if (!calendar_parse(calendar, text, FALSE, &value)) fail_msg("%s is no date", text);
    return value;
}

static guint32 day(const Calendar *calendar, const char *text)
{
    return calendar_day(calendar, at(calendar, text));
}

static void dates(void **state)
{
    g_autoptr (Calendar) calendar = shanghai();
    gint64 value;
    assert_int_equal(at(calendar, "2014-06-02"), 1401638400); /* 2014-06-01T16:00:00Z */
    assert_true(calendar_parse(calendar, "2014-06-02", TRUE, &value));
    assert_int_equal(value, 1401638400 + 86400);
    assert_true(calendar_parse(calendar, "2014-06-02T17:00", TRUE, &value));
    assert_int_equal(value, 1401638400 + 17 * 3600);
    assert_int_equal(at(calendar, "2014-05-30T09:00:00+08:00"), 1401411600);
    assert_int_equal(at(calendar, "2014-05-30 01:00:00Z"), 1401411600);
    assert_int_equal(at(calendar, "2014-05-30T09:00:07"), 1401411607);
    assert_int_equal(calendar_day(calendar, 1401638399) + 1, calendar_day(calendar, 1401638400));
    assert_int_equal(calendar_at(calendar, day(calendar, "2014-05-30"), 9 * 60), 1401411600);
}

static void no_dates(void **state)
{
    g_autoptr (Calendar) calendar = shanghai();
    static const char *const wrong[] = {"",
                                        "2014",
                                        "2014-6-2",
                                        "2014-02-30",
                                        "2014-13-01",
                                        "0000-01-01",
                                        "2014-06-02T",
                                        "2014-06-02T24:00",
                                        "2014-06-02T17",
                                        "2014-06-02T17:00x",
                                        " 014-06-02",
                                        "2014-06-0２",
                                        "2014-06-02T17:00+8",
                                        "2014-06-02T17:00+99:00",
                                        "2014/06/02",
                                        "+014-06-02",
                                        "2014-06-02 5:00",
                                        "2014-06-02T17:60",
                                        "2014年6月2日"};
    gint64 value;
    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++)
        if (calendar_parse(calendar, wrong[i], FALSE, &value))
            fail_msg("“%s” was taken for a date", wrong[i]);
}

static void working_days(void **state)
{
    g_autoptr (Calendar) calendar = shanghai();
    static const struct {
        const char *day;
        gboolean off;
        const char *before, *after;
    } days[] = {
        {"2014-05-30", FALSE, "2014-05-30", "2014-05-30"}, /* Friday */
        {"2014-05-31", TRUE, "2014-05-30", "2014-06-03"},  {"2014-06-01", TRUE, "2014-05-30", "2014-06-03"},
        {"2014-06-02", TRUE, "2014-05-30", "2014-06-03"},  /* 端午节 */
        {"2014-05-04", FALSE, "2014-05-04", "2014-05-04"}, /* a Sunday worked */
        {"2014-05-03", TRUE, "2014-04-30", "2014-05-04"},  {"2014-01-26", FALSE, "2014-01-26", "2014-01-26"},
        {"2014-02-06", TRUE, "2014-01-30", "2014-02-07"},  {"2014-02-08", FALSE, "2014-02-08", "2014-02-08"},
        {"2014-04-07", TRUE, "2014-04-04", "2014-04-08"},  {"2014-10-04", TRUE, "2014-09-30", "2014-10-08"},
        {"2014-09-28", FALSE, "2014-09-28", "2014-09-28"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(days); i++) {
        guint32 number = day(calendar, days[i].day);
        assert_int_equal(calendar_is_off(calendar, number), days[i].off);
        assert_int_equal(calendar_working_day_before(calendar, number), day(calendar, days[i].before));
        assert_int_equal(calendar_working_day_after(calendar, number), day(calendar, days[i].after));
    }
}

static void only_days_off(void **state)
{
    GString *text = g_string_new("\xEF\xBB\xBF# all of two years\r\n");
    GDate date;
    g_date_clear(&date, 1);
    g_date_set_dmy(&date, 1, 1, 2014);
    for (guint i = 0; i < 800; i++, g_date_add_days(&date, 1))
        g_string_append_printf(text, "off\t%04d-%02d-%02d\r\n", g_date_get_year(&date),
                               g_date_get_month(&date), g_date_get_day(&date));
    g_autoptr (Calendar) calendar = calendar_new("+08:00", text->str, NULL);
    assert_non_null(calendar);
    guint32 middle = day(calendar, "2015-01-31");
    assert_int_equal(calendar_working_day_before(calendar, middle), middle);
    g_string_free(text, TRUE);
}

static void words(void **state)
{
    g_autoptr (Calendar) calendar = shanghai();
    gint64 now = 1401411600 + 5 * 60;
    g_autofree char *date = calendar_date_chinese(calendar, now);
    g_autofree char *time = calendar_time_chinese(calendar, now);
    g_autofree char *stamp = calendar_stamp(calendar, now);
    setlocale(LC_ALL, "");
    g_autofree char *mail = calendar_rfc5322(calendar, now);
    assert_string_equal(date, "2014年5月30日");
    assert_string_equal(time, "5月30日 09:05");
    assert_string_equal(stamp, "2014-05-30 09:05");
    assert_string_equal(mail, "Fri, 30 May 2014 09:05:00 +0800");
}

static void mad_instants(void **state)
{
    g_autoptr (Calendar) calendar = shanghai();
    static const gint64 mad[] = {G_MININT64, G_MAXINT64, G_GINT64_CONSTANT(-99999999999999)};
    for (guint i = 0; i < G_N_ELEMENTS(mad); i++) {
        g_autofree char *stamp = calendar_stamp(calendar, mad[i]);
        assert_non_null(stamp);
        assert_true(calendar_day(calendar, mad[i]) > 0);
        calendar_at(calendar, calendar_day(calendar, mad[i]), 0);
    }
    calendar_at(calendar, G_MAXUINT32, 540);
    calendar_at(calendar, 0, 540);
}

static void zones(void **state)
{
    static const char *const wrong[] = {"",    "Asia/Shangai", "../../etc/passwd", "/etc/localtime",
                                        "CST", "UTC+8",        "GMT+08:00",        "CST-8"};
    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr (GError) error = NULL;
        assert_null(calendar_new(wrong[i], NULL, &error));
        assert_int_equal(error->code, CALENDAR_ERROR_ZONE);
        assert_non_null(strstr(error->message, "Asia/Shanghai"));
    }
    g_autoptr (Calendar) utc = calendar_new("UTC", "", NULL);
    assert_int_equal(at(utc, "1970-01-01"), 0);
    assert_non_null(calendar_zone(utc));
    static const char *const east[] = {"Asia/Shanghai", "PRC", "+08:00", "Etc/GMT-8",
                                       "America/Port-au-Prince"};
    for (guint i = 0; i < G_N_ELEMENTS(east); i++) {
        g_autoptr (Calendar) calendar = calendar_new(east[i], "", NULL);
        assert_non_null(calendar);
        if (i < 4) assert_int_equal(at(calendar, "2014-06-02"), at(utc, "2014-06-02") - 8 * 3600);
    }
}

static void holiday_faults(void **state)
{
    static const struct {
        const char *text, *message;
    } wrong[] = {
        {"off 2014-06-02 端午节\nholiday 2014-06-03", "line 2: “holiday”: a line is “off YYYY-MM-DD name”"},
        {"\n\noff 2014-06-31", "line 3: “2014-06-31” is no date; write YYYY-MM-DD"},
        {"off", "line 1: “” is no date"},
        {"off 2014-06-02\nwork 2014-06-02", "line 2: 2014-06-02 stands on line 1 already"},
        {"off 2014-06-02 \xB6\xCB\xCE\xE7", "line 1: not UTF-8"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr (GError) error = NULL;
        assert_null(calendar_new("Asia/Shanghai", wrong[i].text, &error));
        assert_int_equal(error->code, CALENDAR_ERROR_LINE);
        if (!g_str_has_prefix(error->message, wrong[i].message)) fail_msg("%s", error->message);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates),         cmocka_unit_test(no_dates),       cmocka_unit_test(working_days),
        cmocka_unit_test(only_days_off), cmocka_unit_test(words),          cmocka_unit_test(mad_instants),
        cmocka_unit_test(zones),         cmocka_unit_test(holiday_faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
