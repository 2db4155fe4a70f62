/* What comes in answer to a receipt, and is not of the one item that its subject names. */
#include "tests/unit/desk_fixture.h"

static void form(const char *name, const char *title)
{
    FactsAttachment *a = doc(name);
    field(a, "活动名称", title);
    field(a, "推荐单位", "文学院党委");
}

static void answer(const char *to, const char *subject, const char *text)
{
    mail(WEN, subject);
    put(&facts->in_reply_to, to);
    put(&facts->new_text, text);
}

static const char *two_in_one_mail(void)
{
    static char id[32];
    mail(WEN, "【报送】文学院-创新活动两项");
    form("1.docx", "田间党课");
    form("2.docx", "银龄讲堂");
    g_strlcpy(id, settle(), sizeof id);
    assert_int_equal(verdict->items->len, 2);
    assert_text(verdict->receipt->subject, "〔CX2014-001〕等2项");
    return id;
}

/* The subject names the first of them. The title says which is meant. */
static void of_a_receipt_for_several(void **state)
{
    const char *receipt = two_in_one_mail();
    g_autofree char *subject = g_strconcat("回复：", verdict->receipt->subject, NULL);
    answer(receipt, subject, "银龄讲堂一项电话有误，以此为准。");
    form("银龄讲堂.docx", "银龄讲堂");
    settle();
    assert_int_equal(item(0)->number, 2);
    assert_false(item(0)->is_new);
    assert_string_equal(book_item(book, 1)->title, "田间党课");
    answer(receipt, subject, "请查收。");
    doc("附件.docx");
    judge();
    assert_true(item(0)->is_new); /* of which of them nobody can tell */
    assert_true(has_problem("possible-duplicate"));
    answer(receipt, subject, "另一项，请查收。");
    form("绿色课堂.docx", "绿色课堂");
    judge();
    assert_true(item(0)->is_new);
    assert_false(has_problem("possible-duplicate"));
    answer(receipt, subject, "银龄讲堂申请撤回。");
    judge();
    assert_non_null(todo("withdraw"));
    assert_int_equal(((VerdictTodo *)verdict->todos->pdata[0])->number, 0); /* and not the first */
}

/* The second activity comes by Reply, and is called like what may come with the first. */
static void another_that_sounds_like_a_companion(void **state)
{
    static const char *const titles[] = {"党员承诺公示", "支部结对联系人", "论文答辩", "一封承诺书"};
    mail(WEN, "【报送】文学院-田间党课");
    form("1.docx", "田间党课");
    g_autofree char *receipt = g_strdup(settle());
    for (gsize i = 0; i < G_N_ELEMENTS(titles); i++) {
        g_autofree char *subject = g_strconcat("【报送】文学院-", titles[i], NULL);
        g_autofree char *name = g_strconcat(titles[i], ".docx", NULL);
        answer(receipt, subject, "请查收。");
        doc(name);
        if (judge(), !item(0)->is_new) fail_msg("%s", titles[i]);
        answer(receipt, "回复：回执：〔CX2014-001〕已登记《田间党课》", "请查收。");
        doc(name);
        if (judge(), !item(0)->is_new && !todo("verify")) fail_msg("%s", titles[i]);
    }
    answer(receipt, "回复：回执：〔CX2014-001〕已登记《田间党课》", "补充答辩PPT。");
    doc("答辩PPT.pptx");
    judge();
    assert_int_equal(item(0)->number, 1);
    assert_null(todo("verify"));
}

/* Whichever letter was at hand when Reply was pressed. */
static void with_the_form_of_another(void **state)
{
    mail(WEN, "【报送】文学院-田间党课");
    form("田间党课.docx", "田间党课");
    g_autofree char *receipt = g_strdup(settle());
    g_autofree char *subject = g_strconcat("回复：", verdict->receipt->subject, NULL);
    mail(WEN, "【报送】文学院-银龄讲堂");
    form("银龄讲堂.docx", "银龄讲堂");
    settle();
    answer(receipt, subject, "更正电话，以此为准。");
    form("银龄讲堂.docx", "银龄讲堂");
    settle();
    assert_int_equal(item(0)->number, 2);
    assert_string_equal(book_item(book, 1)->title, "田间党课");
    answer(receipt, subject, "更正电话，以此为准。");
    form("田间党课.docx", "田间党课");
    settle();
    assert_int_equal(item(0)->number, 1);
    answer(receipt, subject, "活动改了名字，以此为准。");
    form("田头党课.docx", "把党课开到田头");
    settle();
    assert_int_equal(item(0)->number, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(of_a_receipt_for_several), TEST(with_the_form_of_another),
                                       TEST(another_that_sounds_like_a_companion)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
