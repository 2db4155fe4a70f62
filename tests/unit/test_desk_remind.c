/* Reminders: who is short, when, and what is said. */
#include "tests/unit/desk_fixture.h"

#include <jansson.h>

static const Letter *to(const GPtrArray *letters, const char *code)
{
    for (guint i = 0; i < letters->len; i++)
        if (strcmp(((Letter *)letters->pdata[i])->committee, code) == 0) return letters->pdata[i];
    return NULL;
}

static void take(const Letter *letter)
{
    for (guint i = 0; i < letter->stages->len; i++)
        book_take_stage(book, letter->committee, letter->stages->pdata[i], now_at);
}

static void reminders(void **state)
{
    mail(WEN, "【报送】读书会");
    doc("a.docx");
    settle();
    mail("tsg@shili.example", "【报送】荐书台");
    doc("b.docx");
    settle();
    now_at = at("2014-05-30T09:00");
    g_autoptr (GPtrArray) letters = desk_remind(config, book, now_at, NULL);
    assert_int_equal(letters->len, 4); /* 图书馆 owes one, and has it */
    assert_null(to(letters, "T"));
    const Letter *wen = to(letters, "W");
    assert_ptr_equal(wen, letters->pdata[0]); /* roster order */
    assert_string_equal(wen->to, WEN);
    assert_int_equal(wen->cc->len, 1);
    assert_string_equal(wen->cc->pdata[0], WEN2);
    assert_string_equal(wen->cause, "remind/W");
    assert_string_equal(wen->stage, "1d"); /* 3d and 1d fall on Friday 30 May: the most urgent names it */
    assert_int_equal(wen->stages->len, 4); /* and everything missed before */
    assert_text(wen->subject, "还缺1项");
    assert_text(wen->subject, "6月2日（星期一）24:00前");
    assert_text(wen->text->str, "CX2014-001");
    assert_text(wen->text->str, "读书会");
    assert_text(wen->text->str, "已报 1 项，应报不少于 2 项");
    assert_text(wen->text->str, "【报送】文学院-活动名称");
    assert_text(wen->text->str, DESK);
    assert_text(wen->text->str, "网盘");
    assert_text(wen->text->str, "请勿通过互联网邮箱报送涉密材料");
    assert_text(to(letters, "S")->text->str, "尚未收到");
    assert_no_text(to(letters, "S")->text->str, "CX2014");
    json_t *json = json_incref(wen->record);
    assert_string_equal(json_string_value(json_object_get(json, "stage")), "1d");
    assert_int_equal(json_array_size(json_object_get(json, "stages")), 4);
    json_decref(json);
}

static void each_stage_once(void **state)
{
    now_at = at("2014-05-30T09:00");
    g_autoptr (GPtrArray) first = desk_remind(config, book, now_at, NULL);
    assert_int_equal(first->len, 5);
    take(first->pdata[0]);
    g_autoptr (GPtrArray) second = desk_remind(config, book, now_at + 3600, NULL);
    assert_int_equal(second->len, 4);
    assert_null(to(second, "W"));
}

/* The deadline is put off by notice, after the old one has passed. */
static void put_off(void **state)
{
    static const char *const before[][2] = {{"2014-05-30T09:00", "1d"}, {"2014-06-03T09:00", "overdue-1d"}};
    for (gsize i = 0; i < G_N_ELEMENTS(before); i++) {
        now_at = at(before[i][0]);
        g_autoptr (GPtrArray) old = desk_remind(config, book, now_at, NULL);
        assert_string_equal(to(old, "W")->stage, before[i][1]);
        for (guint k = 0; k < old->len; k++) take(old->pdata[k]);
    }
    assert_true(calendar_parse(config->calendar, "2014-06-12", TRUE, &config->campaign.deadline_at));
    words(config->remind.cc_superior, "1d");
    put(&((Committee *)config->roster->committees->pdata[0])->secretary_address, "shuji@shili.example");
    g_autoptr (GPtrArray) none = desk_remind(config, book, at("2014-06-04T09:00"), NULL);
    assert_int_equal(none->len, 0);
    /* overdue-3d falls on a Sunday, and so together with overdue-1d of the new deadline */
    static const char *const when[][3] = {{"2014-06-05T09:00", "7d@2014-06-12", "6月12日（星期四）24:00前"},
                                          {"2014-06-09T09:00", "3d@2014-06-12", "6月12日（星期四）24:00前"},
                                          {"2014-06-11T09:00", "1d@2014-06-12", "6月12日（星期四）24:00前"},
                                          {"2014-06-13T09:00", "overdue-3d", "已逾期"}};
    for (gsize i = 0; i < G_N_ELEMENTS(when); i++) {
        now_at = at(when[i][0]);
        g_autoptr (GPtrArray) letters = desk_remind(config, book, now_at, NULL);
        assert_int_equal(letters->len, 5);
        const Letter *wen = to(letters, "W");
        assert_string_equal(wen->stage, when[i][1]);
        assert_text(wen->subject, when[i][2]);
        gboolean copied = g_ptr_array_find_with_equal_func(wen->cc, "shuji@shili.example", g_str_equal, NULL);
        assert_int_equal(copied, i == 2);
        for (guint k = 0; k < letters->len; k++) take(letters->pdata[k]);
        g_autoptr (GPtrArray) again = desk_remind(config, book, now_at + 3600, NULL);
        assert_int_equal(again->len, 0); /* each once, for each deadline */
    }
}

static void overdue(void **state)
{
    now_at = at("2014-06-03T09:00");
    g_autoptr (GPtrArray) letters = desk_remind(config, book, now_at, NULL);
    const Letter *wen = to(letters, "W");
    assert_string_equal(wen->stage, "overdue-1d");
    assert_text(wen->subject, "已逾期");
    assert_text(wen->text->str, "现已逾期");
    assert_no_text(wen->subject, "前报送");
}

static void before_any_stage(void **state)
{
    now_at = at("2014-05-10T09:00");
    g_autoptr (GPtrArray) letters = desk_remind(config, book, now_at, NULL);
    assert_int_equal(letters->len, 0);
}

static void superior_in_copy(void **state)
{
    now_at = at("2014-05-30T09:00");
    words(config->remind.cc_superior, "1d");
    g_autoptr (GPtrArray) letters = desk_remind(config, book, now_at, NULL);
    const Letter *wen = to(letters, "W");
    assert_int_equal(wen->cc->len, 2);
    assert_string_equal(wen->cc->pdata[1], "shuji@shili.example");
    assert_int_equal(to(letters, "S")->cc->len, 0); /* no address of 书记 */
    g_ptr_array_set_size(config->remind.cc_superior, 0);
    words(config->remind.cc_superior, "overdue-1d");
    g_autoptr (GPtrArray) plain = desk_remind(config, book, now_at, NULL);
    assert_int_equal(to(plain, "W")->cc->len, 1);
}

static void unreachable(void **state)
{
    Committee *wen = roster_find_code(config->roster, "W");
    g_ptr_array_set_size(wen->addresses, 0);
    now_at = at("2014-05-30T09:00");
    g_autoptr (GPtrArray) missing = g_ptr_array_new_with_free_func(g_free);
    g_autoptr (GPtrArray) letters = desk_remind(config, book, now_at, missing);
    assert_null(to(letters, "W"));
    assert_int_equal(missing->len, 1);
    assert_string_equal(missing->pdata[0], "W");
}

static void plans_do_not_help(void **state)
{
    mail("tsg@shili.example", "【方案】荐书台");
    doc("b.docx");
    settle();
    now_at = at("2014-05-30T09:00");
    g_autoptr (GPtrArray) letters = desk_remind(config, book, now_at, NULL);
    assert_text(to(letters, "T")->text->str, "不计入总结材料项数");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(reminders),        TEST(each_stage_once),  TEST(overdue),     TEST(put_off),
        TEST(before_any_stage), TEST(superior_in_copy), TEST(unreachable), TEST(plans_do_not_help),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
