/* What people add to their mails, and how they answer: the clerk's eye on each. */
#include "tests/unit/desk_fixture.h"

/* A reply to that letter of ours, or a mail of its own if there is none. */
static void write_to(const char *id, const char *from, const char *subject, const char *body)
{
    mail(from, subject);
    if (id) put(&facts->in_reply_to, id);
    put(&facts->new_text, body);
}

/* QQ Mail draws a line of dashes above a signature. */
static void signature_below_a_line(void **state)
{
    static const char *const lines[] = {"------------------", "--", "————————"};
    for (gsize i = 0; i < G_N_ELEMENTS(lines); i++) {
        g_autofree char *body =
            g_strdup_printf("老师，材料在附件。\n\n%s\n图书馆党总支办公室\n联系人戊", lines[i]);
        write_to(NULL, STRANGE, "党建创新", body);
        doc("总结.docx");
        judge();
        assert_string_equal(verdict->committee, "T");
        assert_int_equal(verdict->certainty, CERTAINTY_PROBABLE);
        assert_false(has_problem("unknown-committee"));
        const char *id = (mail(WEN, "【报送】读书会"), doc("a.docx"), settle());
        g_autofree char *thanks = g_strdup_printf(
            "收到，谢谢老师提醒。\n%s\n文学院党委办公室\n联系人甲\n地址：示例路1号", lines[i]);
        write_to(id, WEN, "回复：回执", thanks);
        judge();
        assert_non_null(todo("confirm"));
        assert_null(verdict->receipt);
    }
    write_to(NULL, STRANGE, "党建创新",
             "请查收。\n------------------ 原始邮件 ------------------\n图书馆党总支");
    doc("总结.docx");
    assert_string_equal(judge()->committee, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(signature_below_a_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
