/* Themes, titles, form values; and what hostile text does to them. */
#include "daemon/desk/ask.h"
#include "tests/unit/desk_fixture.h"

static char *long_text(const char *unit, guint times)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < times; i++) g_string_append(text, unit);
    return g_string_free(text, FALSE);
}

static void titles_of_subjects(void **state)
{
    static const struct {
        const char *subject, *title;
    } cases[] = {
        {"【报送】文学院党委-创新学习型党组织建设-读书会", "读书会"},
        {"Re: 转发：［报送］ 文学院 ｜ “书香支部”读书会", "“书香支部”读书会"},
        {"报送／文学院党委／互联网+党建", "互联网+党建"},
        {"重发：【报送】文学院党委：读书会（基层党建工作创新活动总结材料）", "读书会"},
        {"【报送】文学院党委-读书会(2)", "读书会(2)"},
        {"【报送】文学院党委《田间党课》侧记", "《田间党课》侧记"},
        {"【报送】文学院党委-“三讲”活动", "“三讲”活动"},
        {"【报送】文学院党委：读书会（一）", "读书会(一)"},
        {"报送文学院党委党建创新读书会", "党建创新读书会"},
        {"【修订】CX2014-001 读书会", "读书会"},
        {"【报送】文学院-主题二-读书会", "读书会"},
        {"【报送】文学院-二-读书会", "读书会"},
        {"【报送】实践创新 读书会", "读书会"},
        {"【报送】文学院党委总结材料", "总结材料（未命名）"},
        {"基层党建工作创新活动申报表", "总结材料（未命名）"},
        {"【报送】2014年文学院党建创新活动推荐表", "总结材料（未命名）"},
        {"【方案】文学院党委活动方案", "活动方案（未命名）"},
        {"【报送】文学院党委、数学学院党委-联合党课", "联合党课"},
        {"【报送】文学院党委与数学学院党委联合主题党日", "文学院党委与数学学院党委联合主题党日"},
        {"【报送】文学院党委和谐宿舍创建", "和谐宿舍创建"},
        {"【报送】示例大学文学院党委-读书会", "读书会"},
        {"【报送】中共示例大学文学院委员会-读书会", "读书会"},
        {"(报送)(文学院党委)(读书会)", "读书会"},
        {"《田间党课》文学院党委 报送", "田间党课"},
        {"【报送】<script>alert(1)</script>", "<script>alert(1)</script>"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        mail(WEN, cases[i].subject);
        doc("附件1.docx");
        judge();
        assert_int_equal(verdict->whose, WHOSE_CAMPAIGN);
        if (strcmp(item(0)->title, cases[i].title) != 0)
            fail_msg("“%s” is “%s”, not “%s”", cases[i].subject, item(0)->title, cases[i].title);
    }
}

static void title_order(void **state)
{
    mail(WEN, "【报送】文学院-读书会");
    FactsAttachment *a = doc("别的名字.docx");
    put(&a->text, "第三个名字\n正文。");
    assert_string_equal((judge(), item(0)->title), "读书会");
    field(a, "活动名称", " 田间 党课 ");
    assert_string_equal((judge(), item(0)->title), "田间 党课");

    mail(WEN, "【报送】总结材料");
    a = doc("田间党课总结（修改稿）(1).docx");
    assert_string_equal((judge(), item(0)->title), "田间党课总结");
    put(&a->text, "附件2\n文学院党委基层党建工作创新活动总结\n红色讲堂进宿舍\n我院……。");
    assert_string_equal((judge(), item(0)->title), "红色讲堂进宿舍");
    put(&a->text, "总结材料\n一、基本情况\n……");
    assert_string_equal((judge(), item(0)->title), "田间党课总结");
    put(&a->text, "普法下乡支部行——基层党建工作创新活动总结\n正文");
    assert_string_equal((judge(), item(0)->title), "普法下乡支部行");
    put(&a->text, "这是一个很长的句子，它说明了许多事情。后面还有。\n红色讲堂");
    assert_string_equal((judge(), item(0)->title), "田间党课总结");
}

static void generic_titles(void **state)
{
    static const char *const generic[] = {
        "总结材料",       "文学院党委总结",      "2014年党建创新活动总结材料（最终版）",
        "附件1",          "创新活动申报推荐表",  "新建 Microsoft Word 文档",
        "人文学院报送表", "IMG_20140528_101500", "scan0001"};
    for (gsize i = 0; i < G_N_ELEMENTS(generic); i++) {
        mail(WEN, "【报送】");
        g_autofree char *name = g_strconcat(generic[i], ".docx", NULL);
        doc(name);
        judge();
        if (*item(0)->title_key) fail_msg("“%s” has the key “%s”", generic[i], item(0)->title_key);
    }
}

static void title_keys(void **state)
{
    static const struct {
        const char *a, *b;
        gboolean equal;
    } cases[] = {
        {"“书香支部”读书会", "《书香支部》 读书会", TRUE},
        {"读书会活动总结", "读书会", TRUE},
        {"读书会（修改稿）", "读书会", TRUE},
        {"读书会2014年5月28日", "读书会", TRUE},
        {"读书会 v2", "读书会", TRUE},
        {"银龄讲师团（基层党建工作创新活动）", "银龄讲师团", TRUE},
        {"ＡＢＣ 论坛", "abc论坛", TRUE},
        {"读书会（一）", "读书会（二）", FALSE},
        {"读书会", "读书班", FALSE},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        mail(WEN, "【报送】材料");
        field(doc("a.docx"), "活动名称", cases[i].a);
        g_autofree char *key = g_strdup((judge(), item(0)->title_key));
        mail(WEN, "【报送】材料");
        field(doc("a.docx"), "活动名称", cases[i].b);
        judge();
        if ((strcmp(key, item(0)->title_key) == 0) != cases[i].equal)
            fail_msg("“%s” (%s) and “%s” (%s)", cases[i].a, key, cases[i].b, item(0)->title_key);
    }
}

static void themes(void **state)
{
    static const struct {
        const char *subject, *label, *value, *theme, *source;
    } cases[] = {
        {"【报送】学习型-甲乙丙", NULL, NULL, "着眼于能力素质，创新学习型党组织建设", "标签"},
        {"【报送】创新学习型党组织建设-甲乙丙", NULL, NULL, "着眼于能力素质，创新学习型党组织建设", "标签"},
        {"【报送】主题三-甲乙丙", NULL, NULL, "着眼于功能定位，创新服务型党组织建设", "标签"},
        {"【报送】主题3-甲乙丙", NULL, NULL, "着眼于功能定位，创新服务型党组织建设", "标签"},
        {"【报送】第一个主题-甲乙丙", NULL, NULL, "着眼于科学合理，创新基层党组织设置", "标签"},
        {"【报送】【二】甲乙丙", NULL, NULL, "着眼于能力素质，创新学习型党组织建设", "标签"},
        {"【报送】甲乙丙（二）", NULL, NULL, "", ""},
        {"【报送】主题九-甲乙丙", NULL, NULL, "", ""},
        {"【报送】其他-甲乙丙", NULL, NULL, "其他", "标签"},
        {"【报送】甲乙丙", "活动主题", "创新服务型党组织建设", "着眼于功能定位，创新服务型党组织建设",
         "表格"},
        {"【报送】甲乙丙", "活动主题", "□组织设置 ☑学习型 □服务型", "着眼于能力素质，创新学习型党组织建设",
         "表格"},
        {"【报送】甲乙丙", "活动主题", "☑组织设置 ☑学习型 □服务型", "", ""},
        {"【报送】甲乙丙", "活动主题", "□组织设置 □学习型 □服务型", "", ""},
        {"【报送】甲乙丙", "活动主题", "组织设置□  学习型√  服务型□", "着眼于能力素质，创新学习型党组织建设",
         "表格"},
        {"【报送】甲乙丙", "活动主题", "组织设置\n学习型 √\n服务型", "着眼于能力素质，创新学习型党组织建设",
         "表格"},
        {"【报送】甲乙丙", "活动主题", "（ ）组织设置（√）学习型（　）服务型",
         "着眼于能力素质，创新学习型党组织建设", "表格"},
        {"【报送】甲乙丙", "活动主题", "[ ]组织设置\n[x]学习型\n[ ]服务型",
         "着眼于能力素质，创新学习型党组织建设", "表格"},
        {"【报送】甲乙丙", "活动主题", "请勾选：□组织设置 ■学习型 □服务型",
         "着眼于能力素质，创新学习型党组织建设", "表格"},
        {"【报送】甲乙丙", "活动主题", "☐\n组织设置\n☑\n学习型", "着眼于能力素质，创新学习型党组织建设",
         "表格"},
        {"【报送】甲乙丙", "活动主题", "组织设置（ ）学习型（ ）服务型（ ）", "", ""},
        {"【报送】党员队伍-甲乙丙", NULL, NULL, "着眼于作用发挥，创新党员队伍建设", "标签"},
        {"【报送】党员队伍类-甲乙丙", NULL, NULL, "着眼于作用发挥，创新党员队伍建设", "标签"},
        {"【报送】甲乙丙", "主题", "（二）", "着眼于能力素质，创新学习型党组织建设", "表格"},
        {"【报送】甲乙丙", "主题", "", "", ""},
        {"【报送】学习型-甲乙丙", "主题", "服务型", "着眼于能力素质，创新学习型党组织建设", "标签"},
        {"【报送】志愿进社区", NULL, NULL, "着眼于功能定位，创新服务型党组织建设", "系统建议"},
        {"【报送】志愿与读书", NULL, NULL, "", ""},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        mail(WEN, cases[i].subject);
        FactsAttachment *a = doc("附件.docx");
        if (cases[i].label) field(a, cases[i].label, cases[i].value);
        judge();
        if (strcmp(item(0)->theme, cases[i].theme) != 0 ||
            strcmp(item(0)->theme_source, cases[i].source) != 0)
            fail_msg("“%s” %s: %s (%s)", cases[i].subject, cases[i].value, item(0)->theme,
                     item(0)->theme_source);
        assert_false(has_problem("no-theme"));
    }
}

static void form_values(void **state)
{
    mail(WEN, "【报送】材料");
    FactsAttachment *a = doc("表.docx");
    field(a, "活动名称", "田间党课");
    field(a, "负责人", "联系人乙");
    field(a, "联系电话", "010-00000001");
    field(a, "所属党支部", "教工第一党支部");
    field(a, "创新类型", "理论创新□ 实践创新☑ 制度创新□");
    judge();
    assert_string_equal(item(0)->leader, "联系人乙");
    assert_string_equal(item(0)->telephone, "010-00000001");
    assert_string_equal(item(0)->branch, "教工第一党支部");
    assert_string_equal(item(0)->innovation, "实践创新");
    assert_true(item(0)->counts);
}

/* Text of only simple characters takes a short way to its key; it must lead where the long way leads. */
static void keys_by_both_ways(void **state)
{
    static const char slow[] = "\xf0\x9f\x98\x80"; /* a smiling face: whatever holds it goes the long way */
    g_autofree char *face = text_key(slow);
    for (gunichar c = 1; c < 0x10000; c++) {
        char one[8] = "";
        if (!g_unichar_validate(c)) continue;
        g_unichar_to_utf8(c, one);
        g_autofree char *both = g_strconcat(one, slow, NULL);
        g_autofree char *key = text_key(one), *key_slow = text_key(both);
        g_autofree char *bare = text_bare(one), *bare_slow = text_bare(both);
        g_autofree char *joined = g_strconcat(key, face, NULL);
        if (strcmp(joined, key_slow) != 0 || strcmp(bare, bare_slow) != 0)
            fail_msg("U+%04X: “%s” and “%s”, “%s” and “%s”", c, joined, key_slow, bare, bare_slow);
    }
}

static void hostile(void **state)
{
    g_autofree char *many = long_text("长", 5000);
    g_autofree char *fields = long_text("a-", 2500);
    g_autofree char *brackets = long_text("【（《", 1600);
    const char *const texts[] = {many,
                                 fields,
                                 brackets,
                                 "=HYPERLINK(\"http://x.invalid\",\"点这里\")",
                                 "读书会\r\nBcc: all@shili.example\r\n\r\n正文",
                                 "\xff\xfe\x80 读书会",
                                 "\xe2\x80\xae"
                                 "xcod.会书读"};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autofree char *subject = g_strconcat("【报送】", texts[i], NULL);
        mail(WEN, subject);
        FactsAttachment *a = doc(texts[i]);
        field(a, "活动名称", texts[i]);
        field(a, "负责人", texts[i]);
        field(a, "活动主题", texts[i]);
        put(&a->text, texts[i]);
        put(&facts->body, texts[i]);
        put(&facts->new_text, texts[i]);
        judge();
        assert_int_equal(verdict->items->len, 1);
        assert_true(g_utf8_validate(item(0)->title, -1, NULL));
        assert_true(g_utf8_strlen(item(0)->title, -1) <= 100);
        assert_true(g_utf8_strlen(item(0)->leader, -1) <= 60);
        assert_null(strpbrk(item(0)->title, "\r\n"));
        assert_null(strpbrk(verdict->receipt->subject, "\r\n"));
        assert_true(g_utf8_validate(verdict->receipt->html->str, -1, NULL));
        assert_true(verdict->receipt->text->len < 8000);
    }
}

/* The number of an official letter, and what opens a file, name nothing. */
static void letters_with_a_number(void **state)
{
    static const char *const cases[][3] = {
        {"文学院创新活动材料", "中共示例大学文学院委员会文件\n文院党字〔2014〕12号\n田间党课\n", "田间党课"},
        {"文学院创新活动材料", "文院党发[2014]3号\n关于报送创新活动材料的报告\n", "总结材料（未命名）"},
        {"文院党字〔2014〕12号 关于报送文学院党委创新活动材料的函", "", "总结材料（未命名）"},
        {"【报送】文学院-田间党课（文院党字〔2014〕12号）", "", "田间党课"},
        {"【报送】文学院-田间党课（压缩包密码：2014）", "", "田间党课"},
        {"文学院党委关于推荐创新活动的请示", "关于推荐创新活动的请示\n组织部：\n", "总结材料（未命名）"},
        {"【报送】文学院-住在〔2014〕3号楼的支部", "", "住在〔2014〕3号楼的支部"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        mail(WEN, cases[i][0]);
        put(&doc("附件.docx")->text, cases[i][1]);
        judge();
        if (strcmp(item(0)->title, cases[i][2]) != 0) fail_msg("“%s”: “%s”", cases[i][0], item(0)->title);
    }
}

/* Of what only says whose it is, and of what campaign, the document knows the name. */
static void material_of_a_branch(void **state)
{
    static const char *const cases[][3] = {
        {"文学院教工党支部创新活动总结", "雨中讲堂\n", "雨中讲堂"},
        {"【报送】文学院学生第一党小组基层党建工作创新活动材料", "雨中讲堂\n", "雨中讲堂"},
        {"文学院教工党支部创新活动总结", "基层党建工作创新活动总结\n", "教工党支部创新活动总结"},
        {"【报送】文学院-实习团队临时党支部", "雨中讲堂\n", "实习团队临时党支部"},
        {"文学院创新活动：田间党课", "雨中讲堂\n", "田间党课"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        mail(WEN, cases[i][0]);
        put(&doc("附件.docx")->text, cases[i][1]);
        judge();
        if (strcmp(item(0)->title, cases[i][2]) != 0) fail_msg("“%s”: “%s”", cases[i][0], item(0)->title);
    }
}

static const char HOSPITALS[] = "代码,单位名称,类型,简称,邮箱,联系人,电话,书记,书记邮箱,党支部数,应报数\n"
                                "M,医学院党委,学院党委,医学院,yi@shili.example,联系人甲,,,,,\n"
                                "H,附属第一医院党委,附属医院,附一院,fu1@shili.example,联系人乙,,,,,\n"
                                "Z,附属肿瘤医院党委,附属医院,肿瘤医院,zl@shili.example,联系人丙,,,,,\n";

static int set_up_hospitals(void **state)
{
    set_up(state);
    roster_free(config->roster);
    g_autoptr (Table) table = table_read_csv(HOSPITALS, strlen(HOSPITALS), NULL);
    g_autoptr (GPtrArray) faults = g_ptr_array_new_with_free_func(g_free);
    config->roster = roster_from_table(table, faults);
    return 0;
}

/* 医学院附属肿瘤医院 is the hospital and not the school; 医学院、附属肿瘤医院 are two. */
static void hospitals_of_a_school(void **state)
{
    static const char *const cases[][2] = {
        {"【报送】示例大学医学院附属肿瘤医院-田间党课", "Z"},
        {"医学院附属第一医院党委创新活动：田间党课", "H"},
        {"医学院创新活动：田间党课", "M"},
        {"附属第一医院创新活动：田间党课", "H"},
        {"医学院、附属肿瘤医院创新活动：田间党课", ""},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        mail(STRANGE, cases[i][0]);
        doc("附件.docx");
        judge();
        if (strcmp(verdict->committee, cases[i][1]) != 0)
            fail_msg("“%s”: %s", cases[i][0], verdict->committee);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(titles_of_subjects),
        TEST(title_order),
        TEST(generic_titles),
        TEST(title_keys),
        TEST(themes),
        TEST(form_values),
        TEST(keys_by_both_ways),
        TEST(hostile),
        TEST(material_of_a_branch),
        TEST(letters_with_a_number),
        cmocka_unit_test_setup_teardown(hospitals_of_a_school, set_up_hospitals, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
