/* When reminders are due: the notice's own campaign, moved stages, stages that fall together. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "config/stages.h"

typedef struct Fixture {
    Calendar *calendar;
    RemindConfig remind;
} Fixture;

static GArray *list_of(const guint *days, guint count)
{
    GArray *list = g_array_new(FALSE, FALSE, sizeof(guint));
    return g_array_append_vals(list, days, count);
}

static int set_up(void **state)
{
    static const guint before[] = {14, 7, 3, 1}, overdue[] = {1, 3};
    g_autofree char *holidays = NULL;
    Fixture *fixture = g_new0(Fixture, 1);
    assert_true(g_file_get_contents("config/holidays-2014.conf", &holidays, NULL, NULL));
    fixture->calendar = calendar_new("Asia/Shanghai", holidays, NULL);
    assert_non_null(fixture->calendar);
    fixture->remind.before = list_of(before, G_N_ELEMENTS(before));
    fixture->remind.overdue = list_of(overdue, G_N_ELEMENTS(overdue));
    fixture->remind.at = 9 * 60;
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    Fixture *fixture = *state;
    calendar_free(fixture->calendar);
    g_array_unref(fixture->remind.before);
    g_array_unref(fixture->remind.overdue);
    g_free(fixture);
    return 0;
}

static GPtrArray *plan_for(const Fixture *fixture, const char *deadline)
{
    gint64 deadline_at;
    assert_true(calendar_parse(fixture->calendar, deadline, TRUE, &deadline_at));
    return stages_plan(&fixture->remind, deadline_at, fixture->calendar);
}

static gint64 instant(const Fixture *fixture, const char *text)
{
    gint64 at;
    assert_true(calendar_parse(fixture->calendar, text, FALSE, &at));
    return at;
}

/* "14d 2014-05-19 09:00, …" */
static void assert_plan(const Fixture *fixture, const GPtrArray *plan, const char *expected)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < plan->len; i++) {
        const Stage *stage = g_ptr_array_index(plan, i);
        g_autofree char *stamp = calendar_stamp(fixture->calendar, stage->due_at);
        g_string_append_printf(text, "%s%s %s", i ? ", " : "", stage->name, stamp);
    }
    assert_string_equal(text->str, expected);
    g_string_free(text, TRUE);
}

static void the_notice(void **state)
{
    g_autoptr (GPtrArray) plan = plan_for(*state, "2014-06-02");
    assert_plan(*state, plan,
                "14d 2014-05-19 09:00, 7d 2014-05-26 09:00, 3d 2014-05-30 09:00, 1d 2014-05-30 09:00, "
                "overdue-1d 2014-06-03 09:00, overdue-3d 2014-06-05 09:00");
}

/* Overdue on a Saturday would move to the Friday of the deadline itself: it goes on to the next working day.
 */
static void overdue_never_early(void **state)
{
    g_autoptr (GPtrArray) plan = plan_for(*state, "2014-05-30");
    assert_plan(*state, plan,
                "14d 2014-05-16 09:00, 7d 2014-05-23 09:00, 3d 2014-05-27 09:00, 1d 2014-05-29 09:00, "
                "overdue-1d 2014-06-03 09:00, overdue-3d 2014-06-03 09:00");
}

/* A Wednesday: the third day after is a Saturday, and moves back to the Friday, which is after the deadline.
 */
static void overdue_moves_back(void **state)
{
    g_autoptr (GPtrArray) plan = plan_for(*state, "2014-06-11");
    assert_plan(*state, plan,
                "14d 2014-05-28 09:00, 7d 2014-06-04 09:00, 3d 2014-06-06 09:00, 1d 2014-06-10 09:00, "
                "overdue-1d 2014-06-12 09:00, overdue-3d 2014-06-13 09:00");
}

/* A deadline at an hour; a stage on the day itself that would come after it goes to the day before. */
static void on_the_day(void **state)
{
    Fixture *fixture = *state;
    guint zero = 0;
    g_array_append_val(fixture->remind.before, zero);
    g_autoptr (GPtrArray) noon = plan_for(fixture, "2014-06-11T12:00");
    g_autoptr (GPtrArray) early = plan_for(fixture, "2014-06-11T08:00");
    const Stage *last = g_ptr_array_index(noon, 4), *moved = g_ptr_array_index(early, 4);
    assert_string_equal(last->name, "0d");
    assert_int_equal(last->due_at, instant(fixture, "2014-06-11T09:00"));
    assert_string_equal(moved->name, "0d");
    assert_int_equal(moved->due_at, instant(fixture, "2014-06-10T09:00"));
}

/* `taken` is a list of names; returns the letter's name and how many are marked. */
static const char *due(const Fixture *fixture, const GPtrArray *plan, const char *taken, const char *now,
                       guint *marked)
{
    g_autoptr (GHashTable) set = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_auto(GStrv) names = g_strsplit(taken, " ", -1);
    for (guint i = 0; names[i]; i++) g_hash_table_add(set, g_strdup(names[i]));
    g_autoptr (GPtrArray) now_taken = g_ptr_array_new();
    const Stage *letter = stages_due(plan, *taken ? set : NULL, instant(fixture, now), now_taken);
    *marked = now_taken->len;
    return letter ? letter->name : NULL;
}

static void one_letter(void **state)
{
    g_autoptr (GPtrArray) plan = plan_for(*state, "2014-06-02");
    guint marked;
    assert_null(due(*state, plan, "", "2014-05-19T08:59:59", &marked));
    assert_int_equal(marked, 0);
    assert_string_equal(due(*state, plan, "", "2014-05-19T09:00", &marked), "14d");
    assert_int_equal(marked, 1);
    assert_null(due(*state, plan, "14d", "2014-05-25", &marked));
    assert_string_equal(due(*state, plan, "14d 7d", "2014-05-30T09:00", &marked),
                        "1d"); /* 3d falls with it */
    assert_int_equal(marked, 2);
    assert_null(due(*state, plan, "14d 7d 3d 1d", "2014-06-02T23:00", &marked));
    /* a long outage: one letter for all that was missed */
    assert_string_equal(due(*state, plan, "14d", "2014-06-10", &marked), "overdue-3d");
    assert_int_equal(marked, 5);
    /* a stage that is added later, less urgent than what was sent: marked, and no letter */
    assert_null(due(*state, plan, "14d 3d 1d", "2014-05-31", &marked));
    assert_int_equal(marked, 1);
    assert_null(due(*state, plan, "14d 7d 3d 1d overdue-1d overdue-3d", "2030-01-01", &marked));
    assert_int_equal(marked, 0);
    /* an old campaign is left alone; after a week only what is younger makes a letter */
    assert_null(due(*state, plan, "14d 7d 3d 1d", "2030-01-01", &marked));
    assert_int_equal(marked, 2);
    assert_string_equal(due(*state, plan, "", "2014-06-11", &marked), "overdue-3d");
    assert_string_equal(due(*state, plan, "", "2014-06-12T09:00", &marked), "overdue-3d");
    assert_null(due(*state, plan, "", "2014-06-12T09:00:01", &marked));
    assert_int_equal(marked, 6);
}

static const char *missed(Fixture *fixture, const GPtrArray *plan, const char *taken, const char *now)
{
    g_autoptr (GHashTable) set = g_hash_table_new(g_str_hash, g_str_equal);
    g_auto(GStrv) names = g_strsplit(taken, " ", -1);
    for (guint i = 0; names[i]; i++) g_hash_table_add(set, names[i]);
    const Stage *stage = stages_missed(plan, set, instant(fixture, now));
    return stage ? stage->name : NULL;
}

static void left_behind(void **state)
{
    g_autoptr (GPtrArray) plan = plan_for(*state, "2014-06-02");
    assert_null(missed(*state, plan, "", "2014-05-01"));
    assert_null(missed(*state, plan, "", "2014-06-12T09:00"));
    assert_string_equal(missed(*state, plan, "", "2014-06-12T09:00:01"), "overdue-3d");
    assert_string_equal(missed(*state, plan, "14d 7d 3d 1d overdue-1d", "2030-01-01"), "overdue-3d");
    assert_null(missed(*state, plan, "overdue-3d", "2030-01-01"));
    assert_null(missed(*state, plan, "3d", "2014-05-29")); /* 14d and 7d are less urgent than what was sent */
}

static void next(void **state)
{
    g_autoptr (GPtrArray) plan = plan_for(*state, "2014-06-02");
    assert_int_equal(stages_next(plan, 0), instant(*state, "2014-05-19T09:00"));
    assert_int_equal(stages_next(plan, instant(*state, "2014-05-30T09:00")),
                     instant(*state, "2014-06-03T09:00"));
    assert_true(stages_next(plan, instant(*state, "2014-06-05T09:00")) == G_MAXINT64);
}

static void none(void **state)
{
    Fixture *fixture = *state;
    g_array_set_size(fixture->remind.before, 0);
    g_array_set_size(fixture->remind.overdue, 0);
    g_autoptr (GPtrArray) plan = plan_for(fixture, "2014-06-02");
    guint marked;
    assert_int_equal(plan->len, 0);
    assert_null(due(fixture, plan, "", "2014-06-02", &marked));
    assert_true(stages_next(plan, 0) == G_MAXINT64);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_notice),         TEST(overdue_never_early),
        TEST(overdue_moves_back), TEST(on_the_day),
        TEST(one_letter),         TEST(next),
        TEST(left_behind),        TEST(none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
