/* What a person sees on a terminal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "parsers/pretty.h"

static const PrettyStyle PLAIN = {.width = 40};

static char *put(char **member, const char *text)
{
    g_free(*member);
    return *member = g_strdup(text);
}

/* Columns that a terminal needs: Chinese characters take two. */
static guint widest(const char *text)
{
    guint most = 0, n = 0;
    for (const char *p = text; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        n = c == '\n' ? 0 : n + (g_unichar_iswide(c) ? 2 : 1);
        most = MAX(most, n);
    }
    return most;
}

static void test_mail(void **state)
{
    g_autoptr (Facts) facts = facts_new();
    put(&facts->subject, "【报送】文学院党委-读书会");
    put(&facts->new_text,
        "各位老师：\n\n请查收我院党委报送的党建工作创新活动总结材料，谢谢。\n"
        "请查收我院党委报送的党建工作创新活动表，谢谢。\nno space is left behind the word at the end\n");
    facts->automatic = FACTS_AUTO_BOUNCE;
    facts->notice = FACTS_NOTICE_FAILED;
    put(&facts->bounce.recipient, "a@x.example");
    put(&facts->bounce.action, "failed");
    facts_add_problem(facts->problems, "truncated", "");
    g_autofree char *page = pretty_mail(facts, &PLAIN);
    assert_string_equal(page, "Subject   【报送】文学院党委-读书会\n"
                              "Kind      bounce, failed, a@x.example\n"
                              "Problem   truncated\n"
                              "\n"
                              "Text\n"
                              "  各位老师：\n"
                              "\n"
                              "  请查收我院党委报送的党建工作创新活动总\n"
                              "  结材料，谢谢。\n"
                              "  请查收我院党委报送的党建工作创新活动\n"
                              "  表，谢谢。\n"
                              "  no space is left behind the word at\n"
                              "  the end\n");
    assert_true(widest(page) <= PLAIN.width);
}

/* Nothing that a stranger writes reaches the terminal as a command. */
static void test_escapes(void **state)
{
    g_autoptr (Facts) facts = facts_new();
    put(&facts->subject, "\033]0;x\a\xe2\x80\xaetxt.exe \xc2\x9b"
                         "2J \xff");
    put(&facts->new_text, "a\rb\033[2Jc\xe2\x80\xa8"
                          "d");
    facts_add_problem(facts->problems, "damaged", "\033[31m");
    const PrettyStyle bold = {.width = 80, .bold = TRUE};
    g_autofree char *page = pretty_mail(facts, &bold);
    assert_non_null(strstr(page, "\\x1b]0;x\\x07\\u202etxt.exe \\x9b2J \xef\xbf\xbd"));
    assert_non_null(strstr(page, "a\\x0db\\x1b[2Jc\\u2028d"));
    assert_null(strchr(page, '\r'));
    for (const char *p = page; (p = strchr(p, '\033')); p++) /* only our own: bold on, bold off */
        assert_true(g_str_has_prefix(p, "\033[1m") || g_str_has_prefix(p, "\033[0m"));
}

static void test_attachment(void **state)
{
    g_autoptr (FactsAttachment) a = facts_attachment_new();
    put(&a->name, "申报表.xls");
    a->size = 32047;
    Table *table = table_new();
    g_ptr_array_add(a->tables, table);
    for (guint i = 0; i < 30; i++) {
        TableRow *row = table_add_row(table, i + 1);
        g_ptr_array_add(row->cells, g_strdup(i % 2 ? "推荐单位" : "名"));
        g_ptr_array_add(row->cells, g_strdup_printf("第%u项基层党建工作创新活动的很长的名称", i));
    }
    g_autoptr (GString) text = g_string_new(NULL);
    for (guint i = 0; i < 100; i++) g_string_append_printf(text, "行%u\n", i);
    put(&a->text, text->str);
    g_autofree char *page = pretty_attachment(a, &PLAIN);
    assert_true(g_str_has_prefix(page, "File 1    申报表.xls  (31.3 KB)\n"));
    assert_non_null(strstr(page, "    名       │ 第0项基层党建工作创新活…\n"
                                 "    推荐单位 │ 第1项基层党建工作创新活…\n"));
    assert_non_null(strstr(page, "… 15 more rows\n"));
    assert_non_null(strstr(page, "行14\n    … 85 more lines\n"));
    assert_true(widest(page) <= PLAIN.width);
}

/* One character is wider than the room that is left: still there is an end. */
static void test_narrow(void **state)
{
    const PrettyStyle narrow = {.width = 1};
    g_autoptr (Facts) facts = facts_new();
    put(&facts->subject, "报送报送报送 supercalifragilistic 报");
    g_autofree char *page = pretty_mail(facts, &narrow);
    assert_non_null(strstr(page, "Subject   报送报送\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mail),
        cmocka_unit_test(test_escapes),
        cmocka_unit_test(test_attachment),
        cmocka_unit_test(test_narrow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
