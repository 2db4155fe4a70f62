/* What archives hold is read like any other document; the archive itself is what is kept and counted. */
#include "tests/unit/desk_fixture.h"

#define ZIP "application/zip"

static FactsAttachment *zip(const char *name)
{
    return attach_to(facts->attachments, name, ZIP, 80000, name);
}

static FactsAttachment *member(FactsAttachment *archive, const char *name)
{
    FactsAttachment *a = attach_to(archive->children, name, DOCX, 40000, name);
    a->offset = -1;
    return a;
}

static void form(FactsAttachment *archive, const char *name, const char *title)
{
    FactsAttachment *a = member(archive, name);
    field(a, "活动名称", title);
    field(a, "推荐单位", "文学院党委");
    field(a, "负责人", title);
    field(a, "活动主题", "□组织设置 ☑学习型 □服务型");
}

static void a_form_inside(void **state)
{
    mail(STRANGE, "【报送】压缩包");
    form(zip("材料.zip"), "附件/申报表.docx", "田间党课");
    judge();
    assert_string_equal(verdict->committee, "W");
    assert_int_equal(verdict->items->len, 1);
    assert_string_equal(item(0)->title, "田间党课");
    assert_string_equal(item(0)->leader, "田间党课");
    assert_string_equal(item(0)->theme_source, "表格");
    assert_true(item(0)->counts);
    assert_int_equal(item(0)->files->len, 1);
    assert_string_equal(((FactsAttachment *)item(0)->files->pdata[0])->name, "材料.zip");
}

static void keywords_inside(void **state)
{
    mail(STRANGE, "材料");
    member(zip("材料.zip"), "党建创新活动总结.docx");
    assert_int_equal(judge()->whose, WHOSE_CAMPAIGN);
    mail(WEN, "材料"); /* a document may hold other documents: that is no archive */
    member(doc("材料.docx"), "党建创新活动总结.docx");
    assert_int_equal(judge()->whose, WHOSE_SUSPECT);
}

/* What is inserted in a document that has text may be empty; what is locked is told. */
static void objects_inside(void **state)
{
    static const char *const codes[] = {"empty-document", "scanned-only", "encrypted"};
    mail(WEN, "【报送】读书会");
    FactsAttachment *document = doc("读书会总结.docx"), *archive = zip("材料.zip");
    put(&document->text, "我们读书。");
    for (gsize i = 0; i < G_N_ELEMENTS(codes); i++)
        facts_add_problem(member(document, codes[i])->problems, codes[i], "");
    judge();
    assert_int_equal(verdict->problems->len, 1);
    assert_true(has_problem("encrypted"));
    facts_add_problem(member(archive, "空.docx")->problems, "empty-document", "");
    judge();
    assert_true(has_problem("empty-document"));
}

static void two_items(const char *subject)
{
    mail(WEN, subject);
    FactsAttachment *archive = zip("两项材料.zip");
    form(archive, "一/申报表.docx", "田间党课");
    form(archive, "二/申报表.docx", "夜话沙龙");
    member(archive, "二/夜话沙龙照片说明.docx");
    doc("封面.docx");
}

/* One archive with two activities is two items, and each has the archive. */
static void several_inside(void **state)
{
    two_items("【报送】文学院党委两项材料");
    settle();
    assert_int_equal(verdict->items->len, 2);
    assert_string_equal(item(0)->title, "田间党课");
    assert_string_equal(item(1)->title, "夜话沙龙");
    assert_string_equal(item(1)->leader, "夜话沙龙");
    assert_int_equal(item(0)->files->len, 2); /* the cover goes with the first */
    assert_int_equal(item(1)->files->len, 1);
    assert_true(item(0)->counts && item(1)->counts);

    two_items("重发：【报送】文学院党委两项材料");
    judge();
    assert_int_equal(verdict->items->len, 2);
    for (guint i = 0; i < 2; i++) {
        assert_false(item(i)->is_new);
        assert_int_equal(item(i)->number, i + 1);
    }
}

static void marked_inside(void **state)
{
    mail(WEN, "【报送】读书会");
    FactsAttachment *inner =
        attach_to(zip("外层.zip")->children, "内层.rar", "application/vnd.rar", 5000, "内层");
    put(&member(inner, "总结.docx")->text, "机密★\n猎户座行动总结");
    judge();
    assert_true(has_problem("classified-marking"));
    assert_non_null(todo("classified-marking"));
    assert_no_text(verdict->receipt->text->str, "外层");
}

static void many_members(void **state)
{
    mail(WEN, "【报送】读书会");
    FactsAttachment *archive = zip("照片说明.zip");
    for (guint i = 0; i < 1000; i++) member(archive, "说明.docx");
    doc("总结.docx");
    judge();
    assert_int_equal(verdict->items->len, 1);
    assert_int_equal(item(0)->files->len, 2);
}

/* Two activities never become one, and the committee's own title is the one that stands. */
static void claims_of_two(void **state)
{
    for (int again = 0; again < 2; again++) {
        if (again)
            mail(WEN, "【报送】文学院党委材料");
        else
            mail(STRANGE, "【报送】文学院党委与数学学院党委共建材料");
        FactsAttachment *archive = attach_to(facts->attachments, "材料.zip", "application/zip", 90000, "zip");
        field(attach_to(archive->children, "a.docx", DOCX, 40000, "A"), "活动名称", "科普讲堂进社区");
        field(attach_to(archive->children, "b.docx", DOCX, 40000, "B"), "活动名称", "读书会十周年");
        settle();
        assert_int_equal(item(0)->number, 1);
        assert_int_equal(item(1)->number, 2);
        assert_null(todo("possible-duplicate"));
    }
    assert_text(verdict->receipt->text->str, "文学院党委 已报 2 项");
    mail(STRANGE, "【报送】共建成果");
    attach_to(facts->attachments, "大讲堂.docx", DOCX, 40000, "C");
    attach_to(facts->attachments, "示范岗.docx", DOCX, 40000, "D");
    settle();
    mail(SHU, "【报送】数学学院党委报送创新活动两项");
    attach_to(facts->attachments, "大讲堂.docx", DOCX, 40000, "C");
    attach_to(facts->attachments, "示范岗.docx", DOCX, 40000, "D");
    settle();
    assert_int_equal(item(0)->number, 3);
    assert_string_equal(item(0)->title, "大讲堂");
    assert_int_equal(item(1)->number, 4);
    assert_null(todo("possible-duplicate"));
    assert_int_equal(book_counting(book, "S"), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(a_form_inside),  TEST(keywords_inside), TEST(objects_inside),
                                       TEST(several_inside), TEST(marked_inside),   TEST(many_members),
                                       TEST(claims_of_two)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
