/* Subject lines as people type them: tags.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "parsers/tags.h"

/* kinds and fields joined by "|"; marks: r reply, f forward, a automatic */
static const struct {
    const char *subject, *kinds, *fields, *marks;
} cases[] = {
    {"【报送】文学院党委-创新学习型党组织建设-读书会", "submit", "文学院党委|创新学习型党组织建设|读书会",
     ""},
    {"Re: 报送／文学院／读书会", "submit", "文学院|读书会", "r"},
    {"报送-文学院党委-读书会", "submit", "文学院党委|读书会", ""},
    {"报送 文学院党委　读书会", "submit", "文学院党委|读书会", ""},
    {"［报送］［文学院党委］", "submit", "文学院党委", ""},
    {"〔申报〕〖文学院〗《读书会》「一」", "submit", "文学院|读书会|一", ""},
    {"【报送【文学院】读书会】", "submit", "文学院|读书会", ""},
    {"报送：文学院—读书会｜主题＿名", "submit", "文学院|读书会|主题|名", ""},
    {"回复：回复: Re: 转发：【报送】文学院", "submit", "文学院", "rf"},
    {"RE[2]: 报送-文学院", "submit", "文学院", "r"},
    {"Re（3）：报送-文学院", "submit", "文学院", "r"},
    {"Fwd:Fw: 报送", "submit", "", "f"},
    {"【转发】报送-文学院", "submit", "文学院", "f"},
    {"自动回复: 报送-文学院", "submit", "文学院", "a"},
    {"Automatic reply: 报送", "submit", "", "a"},
    {"[外部邮件] Re: 报送-文学院", "submit", "外部邮件|文学院", "r"},
    {"答复：[补充] 2014-003", "supplement", "2014|003", "r"},
    {"更正 + 报送 + 报送", "revise|submit", "", ""},
    {"撤回 读书会", "withdraw", "读书会", ""},
    {"【撤销】读书会", "withdraw", "读书会", ""},
    {"取消报送-读书会", "withdraw", "读书会", ""},
    {"关于撤销学生第二党支部的请示", "", "关于撤销学生第二党支部的请示", ""},
    {"查询报送情况", "query", "", ""},
    {"活动方案-物理学院", "plan", "物理学院", ""},
    {"典型案例/宣传/法学院", "case", "法学院", ""},
    {"进度？", "", "进度?", ""},
    {"进度", "query", "", ""},
    {"报送材料（文学院党委）", "submit", "文学院党委", ""},
    {"报送，文学院党委", "submit", "文学院党委", ""},
    {"【报　送】文学院党委", "submit", "文学院党委", ""},
    {"[报 送 材 料] 文学院", "submit", "文学院", ""},
    {"【补报】文学院党委", "submit", "文学院党委", ""},
    {"＜报送＞文学院党委", "submit", "文学院党委", ""},
    {"Re: “报送”文学院党委", "submit", "文学院党委", "r"},
    {"关于“报送”的咨询", "", "关于“报送”的咨询", ""},
    {"“推荐书目”文学院", "", "“推荐书目”文学院", ""},
    {"（报 道）文学院", "", "报|道|文学院", ""},
    {"【报 送 文学院】", "", "报|送|文学院", ""},
    {"报送!", "submit", "", ""},
    {"初审结果 初审 评分 名册 汇总 指派 催报 通知",
     "review-result|review|score|roster|summary|assign|urge|notice", "", ""},
    /* not tags */
    {"报送文学院党委材料", "", "报送文学院党委材料", ""},
    {"推荐书目一则", "", "推荐书目一则", ""},
    {"Report: real thing", "", "Report|real|thing", ""},
    {"Re 报送", "submit", "Re", ""},
    {"学习，再学习", "", "学习,再学习", ""},
    {"ＡＢＣ１２３", "", "ABC123", ""},
    {"\u200B【\uFEFF报送】\u00A0文学院", "submit", "文学院", ""},
    {"", "", "", ""},
    {"---【】：：", "", "", ""},
    {"\xFF\xFE报送", "submit", "", ""},
};

static char *joined_kinds(const Tags *tags)
{
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < tags->kinds->len; i++)
        g_string_append_printf(out, "%s%s", i ? "|" : "",
                               tags_kind_name(GPOINTER_TO_UINT(tags->kinds->pdata[i])));
    return g_string_free(out, FALSE);
}

static char *joined_fields(const Tags *tags)
{
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < tags->fields->len; i++)
        g_string_append_printf(out, "%s%s", i ? "|" : "", (const char *)tags->fields->pdata[i]);
    return g_string_free(out, FALSE);
}

static void parses(void **state)
{
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr (Tags) tags = tags_parse(cases[i].subject);
        g_autofree char *kinds = joined_kinds(tags), *fields = joined_fields(tags);
        g_autofree char *marks =
            g_strconcat(tags->reply ? "r" : "", tags->forward ? "f" : "", tags->auto_reply ? "a" : "", NULL);
        if (g_strcmp0(kinds, cases[i].kinds) || g_strcmp0(fields, cases[i].fields) ||
            g_strcmp0(marks, cases[i].marks))
            fail_msg("\"%s\": kinds %s, fields %s, marks %s", cases[i].subject, kinds, fields, marks);
    }
}

static void joins_the_rest(void **state)
{
    g_autoptr (Tags) tags = tags_parse("报送-文学院党委-“三会一课”/读书会");
    assert_string_equal(tags->rest, "文学院党委 “三会一课” 读书会");
    assert_true(tags_has_submit_kind(tags));
    g_autoptr (Tags) query = tags_parse("查询");
    assert_false(tags_has_submit_kind(query));
    assert_string_equal(query->rest, "");
    g_autoptr (Tags) none = tags_parse(NULL);
    assert_int_equal(none->fields->len, 0);
    assert_string_equal(tags_kind_name((TagKind)999), "none");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(parses), cmocka_unit_test(joins_the_rest)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
