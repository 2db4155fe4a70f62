/* test_desk_forgotten.c - a mail whose attachment was forgotten, and the one that brings it. */
#include "desk_fixture.h"

static const char BEFORE[] = "【报送】读书会";

/* The mail without its file, settled; the Message-ID of its receipt. */
static const char *forget(const char *from)
{
    mail(from, BEFORE);
    const char *id = settle();
    assert_non_null(todo(DESK_FORGOTTEN));
    return id;
}

/* Sent again, or in answer to the receipt; not from somebody else, nor as another activity. */
static void comes_again(void **state)
{
    static const struct {
        const char *from, *subject;
        gboolean answers, brings;
    } cases[] = {{YAN, "重发：【报送】读书会", FALSE, FALSE},
                 {WEN2, "重发：【报送】读书会", FALSE, FALSE},
                 {WEN, "【报送】田间党课", FALSE, FALSE},
                 {WEN, "【报送】读书会与田间党课", FALSE, FALSE},
                 {WEN, "第二项【报送】读书会", FALSE, FALSE},
                 {WEN, "【报送】读书会（补附件）", FALSE, TRUE},
                 {WEN, "【报送】读书会", FALSE, TRUE},
                 {WEN, "重发：【报送】读书会", FALSE, TRUE},
                 {WEN, "重发 【报送】读书会", FALSE, TRUE},
                 {WEN2, "回复：回执：未见附件，请补发", TRUE, FALSE},
                 {WEN, "回复：回执：未见附件，请补发", TRUE, TRUE}};
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        const char *id = forget(WEN);
        g_autofree char *receipt = g_strdup(id);
        mail(cases[i].from, cases[i].subject);
        if (cases[i].answers) put(&facts->in_reply_to, receipt);
        doc("总结.docx");
        judge();
        if ((verdict->brought->len > 0) != cases[i].brings)
            fail_msg("%s “%s”", cases[i].from, cases[i].subject);
        settle();
        assert_int_equal(g_hash_table_size(book->forgotten), !cases[i].brings);
        g_hash_table_remove_all(book->forgotten);
    }
}

/* Who forgets it twice brings both; a spoilt file, or a mail that was there before, brings none. */
static void comes_sound(void **state)
{
    forget(WEN);
    forget(WEN);
    mail(WEN, BEFORE);
    FactsAttachment *file = doc("总结.docx");
    facts_add_problem(file->problems, "encrypted", "");
    assert_int_equal(judge()->brought->len, 0);
    g_ptr_array_set_size(file->problems, 0);
    received_at -= 60;
    assert_int_equal(judge()->brought->len, 0);
    received_at += 60;
    assert_int_equal(judge()->brought->len, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(comes_again), TEST(comes_sound)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
