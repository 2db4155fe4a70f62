/* What a record says stays, whatever the desk thinks today; what it thinks otherwise is a todo. */
#include "daemon/desk/settled.h"
#include "tests/unit/desk_fixture.h"

static json_t *said; /* what was settled of the last mail */

/* Judges the mail in hand as new and keeps what a record would say. */
static void record(void)
{
    json_decref(said);
    judge();
    said = desk_settled_write(config, book, verdict);
    assert_non_null(said);
}

/* The same mail again, under that record. */
static void judge_again(void)
{
    g_autoptr (DeskSettled) settled = desk_settled_read(said);
    g_autofree char *identity = facts_identity(facts);
    DeskMail m = {.folder = folder,
                  .received_at = received_at,
                  .size = 50000,
                  .identity = identity,
                  .facts = facts,
                  .settled = settled};
    g_clear_pointer(&verdict, verdict_free);
    g_autoptr (Desk) desk = desk_new(config);
    verdict = desk_judge(desk, book, &m, now_at);
}

static int forget(void **state)
{
    json_decref(said);
    said = NULL;
    return tear_down(state);
}

static void submit(void)
{
    mail(WEN, "【报送】读书会");
    field(doc("read.docx"), "活动名称", "读书会");
}

static json_t *first_item(void)
{
    return json_array_get(json_object_get(said, "items"), 0);
}

static void the_same_opinion_says_nothing(void **state)
{
    submit();
    record();
    g_autofree char *text = g_strdup(verdict->receipt->text->str);
    judge_again();
    assert_null(todo("opinion"));
    assert_int_equal(item(0)->number, 1);
    assert_string_equal(verdict->receipt->text->str, text);
    assert_true(json_is_true(json_object_get(said, "answered")));
}

/* What a stranger wrote about another's item is read again with the row that staff had. */
static void a_stranger_who_names_an_item(void **state)
{
    submit();
    judge();
    DeskMail m = {.received_at = received_at, .facts = facts};
    desk_settle(book, &m, verdict);
    mail(STRANGE, "【报送】文学院党委-读书会");
    field(doc("mine.docx"), "活动名称", "读书会");
    record();
    g_autofree char *row = g_strdup(todo("verify"));
    assert_text(row, "已另行登记");
    const guint rows = verdict->todos->len;
    judge_again();
    assert_string_equal(todo("verify"), row);
    assert_int_equal(verdict->todos->len, rows);
    assert_int_equal(verdict->certainty, CERTAINTY_PROBABLE);
}

static void numbers_stay(void **state)
{
    submit();
    record();
    json_object_set_new(first_item(), "n", json_integer(7));
    judge_again();
    assert_int_equal(item(0)->number, 7);
    assert_true(item(0)->is_new);
    DeskMail m = {.received_at = received_at, .facts = facts};
    desk_settle(book, &m, verdict);
    assert_int_equal(book->next_number, 8);
}

/* It was an item of its own then; today its title would make it a version of another. */
static void nothing_is_merged(void **state)
{
    submit();
    settle();
    submit();
    record();
    json_object_set_new(first_item(), "n", json_integer(2));
    json_object_set_new(first_item(), "version", json_integer(1));
    judge_again();
    assert_int_equal(item(0)->number, 2);
    assert_text(todo("opinion"), "CX2014-001");
    assert_text(todo("opinion"), "登记未改动");
}

static void nothing_is_moved_or_uncounted(void **state)
{
    submit();
    record();
    json_object_set_new(said, "committee", json_string("S"));
    json_object_set_new(first_item(), "title", json_string("田间党课"));
    json_object_set_new(first_item(), "counts", json_false());
    json_object_set_new(first_item(), "on_time", json_false());
    judge_again();
    assert_string_equal(verdict->committee, "S");
    assert_string_equal(item(0)->title, "田间党课");
    assert_false(item(0)->counts);
    assert_false(item(0)->on_time);
    assert_text(todo("opinion"), "文学院党委");
}

static void a_committee_that_left_the_roster(void **state)
{
    submit();
    record();
    json_object_set_new(said, "committee", json_string("GONE"));
    json_object_set_new(said, "name", json_string("旧学院党委"));
    judge_again();
    assert_string_equal(verdict->committee, "GONE");
    assert_text(todo("opinion"), "旧学院党委");
}

static void as_many_items_as_then(void **state)
{
    mail(WEN, "【报送】两项活动");
    field(doc("a.docx"), "活动名称", "读书会");
    field(doc("b.docx"), "活动名称", "田间党课");
    record();
    assert_int_equal(verdict->items->len, 2);
    json_array_remove(json_object_get(said, "items"), 1);
    judge_again();
    assert_int_equal(verdict->items->len, 1);
    assert_int_equal(item(0)->files->len, 2);
    assert_text(todo("opinion"), "材料项数");

    submit();
    record();
    json_array_append_new(json_object_get(said, "items"), json_pack("{s:i s:s}", "n", 9, "title", "第二项"));
    judge_again();
    assert_int_equal(verdict->items->len, 2);
    assert_int_equal(item(1)->number, 9);
    assert_string_equal(item(1)->title, "第二项");
    assert_int_equal(item(1)->files->len, 0);
}

static void what_was_registered_is_campaign_mail(void **state)
{
    submit();
    record();
    mail(STRANGE, "hello");
    judge_again();
    assert_int_equal(verdict->whose, WHOSE_CAMPAIGN);
    assert_int_equal(item(0)->number, 1);
    assert_non_null(todo("opinion"));
}

static void who_got_no_answer_gets_none(void **state)
{
    submit();
    record();
    json_object_set_new(said, "answered", json_false());
    judge_again();
    assert_null(verdict->receipt);
}

/* The record of a receipt, as the first version wrote it. */
static void old_records(void **state)
{
    submit();
    json_decref(said);
    said = json_pack("{s:i s:s s:s s:s s:[{s:i s:s s:s s:s s:i s:b s:b}]}", "v", 1, "kind", "receipt",
                     "cause", "x", "committee", "W", "items", "n", 4, "title", "读书会", "theme", "", "kind",
                     "summary", "version", 1, "counts", 1, "on_time", 1);
    judge_again();
    assert_int_equal(item(0)->number, 4);
    assert_string_equal(item(0)->title_key, "读书会");
    assert_int_equal(verdict->certainty, CERTAINTY_CERTAIN);
    assert_non_null(verdict->receipt);
}

static void nonsense(void **state)
{
    static const char *const texts[] = {"[]", "3", "{\"items\":3}",
                                        "{\"items\":[1,{\"n\":-4},{\"n\":\"x\"}]}",
                                        "{\"whose\":4,\"committee\":[]}"};
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        json_t *json = json_loads(texts[i], 0, NULL);
        g_autoptr (DeskSettled) settled = desk_settled_read(json);
        json_decref(json);
        if (settled) assert_int_equal(settled->items->len, 0);
    }
    assert_null(desk_settled_read(NULL));
}

static void reminders_again(void **state)
{
    g_autoptr (GPtrArray) letters = desk_remind(config, book, now_at, NULL);
    const Letter *letter = letters->pdata[0];
    g_autoptr (Letter)
        again = desk_remind_again(config, book, letter->committee, letter->stage, letter->stages, now_at);
    assert_string_equal(again->text->str, letter->text->str);
    assert_true(json_equal(again->record, letter->record));
    assert_null(desk_remind_again(config, book, "GONE", letter->stage, letter->stages, now_at));
}

#define SETTLED_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, forget)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SETTLED_TEST(the_same_opinion_says_nothing),
        SETTLED_TEST(a_stranger_who_names_an_item),
        SETTLED_TEST(numbers_stay),
        SETTLED_TEST(nothing_is_merged),
        SETTLED_TEST(nothing_is_moved_or_uncounted),
        SETTLED_TEST(a_committee_that_left_the_roster),
        SETTLED_TEST(as_many_items_as_then),
        SETTLED_TEST(what_was_registered_is_campaign_mail),
        SETTLED_TEST(who_got_no_answer_gets_none),
        SETTLED_TEST(old_records),
        SETTLED_TEST(nonsense),
        SETTLED_TEST(reminders_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
