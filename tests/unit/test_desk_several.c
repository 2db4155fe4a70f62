/* One activity in several mails, several in one, and what stands beside their titles. */
#include "tests/unit/desk_fixture.h"

/* A reply to that letter of ours, or a mail of its own if there is none. */
static void write_to(const char *id, const char *from, const char *subject, const char *body)
{
    mail(from, subject);
    if (id) put(&facts->in_reply_to, id);
    put(&facts->new_text, body);
}

static const char *receipt_of_one(void)
{
    mail(WEN, "【报送】文学院党委-读书会");
    doc("读书会.docx");
    return settle();
}

/* What stands beside a title is no part of it. */
static void titles_with_asides(void **state)
{
    static const char *const cases[][2] = {
        {"★★★【紧急】【报送】【文学院党委】【田间党课】★★★", "田间党课"},
        {"【报送】文学院党委-田间党课（上一封作废）", "田间党课"},
        {"【报送】文学院党委-田间党课（以此为准！）", "田间党课"},
        {"【报送】文学院党委-田间党课【请用这版】", "田间党课"},
        {"【报送】文学院党总支-田间党课", "田间党课"},
        {"【报送】文学院党委 第二封家书", "第二封家书"},
        {"【报送】【文学院】【田间党课】【010-00000014】", "田间党课"},
        {"【报送】【文学院】【田间党课】【联系人甲】", "田间党课 联系人甲"},
        {"【报送】文学院党委-田间党课 收到请回复！！！急！！", "田间党课"},
        {"【报送】文学院党委-田间党课（请忽略昨天的邮件）", "田间党课"},
        {"回复：党建创新活动材料的事", "总结材料（未命名）"},
        {"【报送】文学院 党委 —— 田间党课", "田间党课"},
        {"【报送】图书馆党支部、文学院分党委-田间党课", "田间党课"},
        {"【报送】图书馆党支部书记论坛", "党支部书记论坛"},
        {"【报送】文学院党委-田间党课（2/3）", "田间党课"},
        {"【报送】文学院党委-田间党课（共三封，第二封）", "田间党课"},
        {"【报送】文学院党委-田间党课（二）", "田间党课(二)"},
        {"党建创新活动材料更新（以此为准）", "总结材料（未命名）"},
        {"【报送】文学院党委-田间党课20140528", "田间党课20140528"},
        {"【报送】文学院党委-田间党课0528", "田间党课0528"},
        {"【报送】文学院党委-第一封家书", "第一封家书"},
        {"【报送】文学院党委-请查收读书会", "请查收读书会"},
        {"【报送】文学院党委-读书会 请查收谢谢", "读书会"},
        {"【报送】文学院党委-项目一：田间党课", "田间党课"},
        {"【报送】文学院党委-田间党课（迟报，抱歉）", "田间党课"},
        {"党建创新活动材料（因故迟报）", "总结材料（未命名）"},
        {"转发：提醒：创新活动总结材料还缺1项，请于6月2日（星期一）24:00前报送", "总结材料（未命名）"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        mail(WEN, cases[i][0]);
        doc("附件.docx");
        judge();
        if (strcmp(item(0)->title, cases[i][1]) != 0) fail_msg("“%s”: “%s”", cases[i][0], item(0)->title);
    }
}

/* Three mails because one would be too large are one activity, and so is what has another day behind it. */
static void one_activity_in_parts(void **state)
{
    static const char *const subjects[] = {
        "【报送】文学院党委-读书会（1/3）", "【报送】文学院党委-读书会（2/3）",
        "【报送】文学院党委-读书会 第三封", "【报送】文学院党委-读书会5.28",
        "【报送】文学院党委-读书会5.30修改稿"};
    for (gsize i = 0; i < G_N_ELEMENTS(subjects); i++) {
        mail(WEN, subjects[i]);
        doc("附件.docx");
        settle();
        if (item(0)->number != 1) fail_msg("“%s” is another item", subjects[i]);
    }
    static const char *const more[] = {"终稿2",  "扫描版",   "修改",     "完整版",
                                       "已盖章", "补充照片", "重新上传", "联系人甲13800000000"};
    for (gsize i = 0; i < G_N_ELEMENTS(more); i++) {
        g_autofree char *subject = g_strdup_printf("【报送】文学院党委-读书会（%s）", more[i]);
        mail(WEN, subject);
        doc("附件.docx");
        settle();
        if (item(0)->number != 1) fail_msg("“%s” is another item", subject);
    }
    mail(WEN, "【报送】文学院党委-读书会修改稿3");
    doc("附件.docx");
    assert_int_equal(judge()->items->len, 1);
    assert_int_equal(item(0)->number, 1);
    mail(WEN, "【报送】文学院党委-读书会（领导已阅）"); /* nobody can list them all: then we ask */
    doc("附件.docx");
    judge();
    assert_int_equal(item(0)->duplicate_of, 1);
    mail(WEN, "【报送】文学院党委-读书会（二）");
    doc("附件.docx");
    settle();
    assert_int_equal(item(0)->number, 2);
    assert_int_equal(item(0)->duplicate_of, 0);
    mail(WEN, "【报送】文学院党委-Web2.0读书会");
    doc("附件.docx");
    judge();
    assert_true(item(0)->is_new);
}

/* What tells one activity from the next is no aside. */
static void activities_that_differ_in_little(void **state)
{
    static const char *const pairs[][2] = {
        {"红船工程（项目一）", "红船工程（项目二）"},
        {"第一封家书", "第二封家书"},
        {"纪念5.4", "纪念12.9"},
        {"田间党课20140528", "夜话沙龙20140528"},
        {"主题党日4.15", "主题党日5.20"}, /* when they were, not when they were mended */
    };
    for (gsize i = 0; i < G_N_ELEMENTS(pairs); i++) {
        guint numbers[2];
        for (guint k = 0; k < 2; k++) {
            g_autofree char *subject = g_strdup_printf("【报送】文学院党委-%s", pairs[i][k]);
            mail(WEN, subject);
            doc("附件.docx");
            settle();
            numbers[k] = item(0)->number;
            assert_int_equal(item(0)->duplicate_of, 0);
        }
        if (numbers[0] == numbers[1]) fail_msg("“%s” is “%s”", pairs[i][1], pairs[i][0]);
    }
}

static FactsAttachment *member(FactsAttachment *archive, const char *name)
{
    FactsAttachment *a = attach_to(archive->children, name, DOCX, 40000, name);
    a->offset = -1;
    return a;
}

/* 材料.zip with a folder for each activity, and 总结.docx in each. */
static void a_folder_for_each_activity(void **state)
{
    static const struct {
        const char *files[3];
        const char *titles[2];
    } cases[] = {
        {{"田间党课/总结.docx", "田间党课/名单.docx", "夜话沙龙/总结.docx"}, {"田间党课", "夜话沙龙"}},
        {{"文学院/1.田间党课/活动总结.docx", "文学院/2.夜话沙龙/活动总结.docx",
          "文学院/2.夜话沙龙/名单.docx"},
         {"田间党课", "夜话沙龙"}},
        {{"第一阶段/总结.docx", "第二阶段/总结.docx", "田间党课.docx"}, {NULL, NULL}},
        {{"总结材料/总结.docx", "附件/总结.docx", "田间党课.docx"}, {NULL, NULL}},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        mail(WEN, "【报送】文学院党委创新活动材料");
        FactsAttachment *zip = attach_to(facts->attachments, "材料.zip", "application/zip", 80000, "zip");
        for (guint k = 0; k < 3; k++) member(zip, cases[i].files[k]);
        judge();
        assert_int_equal(verdict->items->len, cases[i].titles[0] ? 2 : 1);
        for (guint k = 0; k < 2 && cases[i].titles[0]; k++)
            assert_string_equal(item(k)->title, cases[i].titles[k]);
    }
}

/* 绿色讲堂.zip and 夜话沙龙.zip, and 总结.docx in each. */
static void an_archive_for_each_activity(void **state)
{
    mail(WEN, "党建创新材料");
    static const char *const names[] = {"绿色讲堂.zip", "夜话沙龙.zip"};
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        FactsAttachment *zip = attach_to(facts->attachments, names[i], "application/zip", 80000, names[i]);
        attach_to(zip->children, "总结.docx", DOCX, 40000, names[i])->offset = -1;
    }
    judge();
    assert_int_equal(verdict->items->len, 2);
    assert_int_equal(item(1)->files->len, 1);
    assert_string_equal(((FactsAttachment *)item(1)->files->pdata[0])->name, names[1]);
    mail(WEN, "党建创新材料");
    FactsAttachment *zip = attach_to(facts->attachments, names[0], "application/zip", 80000, "zip");
    member(zip, "总结.docx");
    member(zip, "学生党支部总结.docx");
    assert_int_equal(judge()->items->len, 1);
}

/* 两项, a form for one of them and summaries of both. */
static void a_form_for_one_of_two(void **state)
{
    mail(WEN, "文学院党委两个创新活动总结");
    doc("绿色讲堂总结.docx");
    doc("夜话沙龙总结.docx");
    field(doc("申报表.docx"), "活动名称", "绿色讲堂");
    judge();
    assert_int_equal(verdict->items->len, 2);
    assert_int_equal(item(0)->files->len, 2);
    assert_int_equal(verdict->todos->len, 0);
}

/* 两项 in the subject, and both listed in the text: that is no mail of several. */
static void both_are_listed(void **state)
{
    write_to(NULL, WEN, "【报送】文学院党委 两项", "第一项：田间党课\n第二项：夜话沙龙\n材料在压缩包。");
    FactsAttachment *zip = attach_to(facts->attachments, "大地红.zip", "application/zip", 80000, "zip");
    member(zip, "田间党课.docx");
    member(zip, "夜话沙龙.docx");
    assert_int_equal(judge()->items->len, 2);
    write_to(NULL, WEN, "【报送】文学院党委 两项", "共两项，分两封，这是第二项。");
    doc("田间党课.docx");
    judge();
    assert_int_equal(verdict->items->len, 1);
    assert_null(todo("verify"));
}

/* The second activity by Reply to the receipt of the first, with words that say so. */
static void another_by_reply(void **state)
{
    static const struct {
        const char *body, *file;
        guint number;
    } cases[] = {
        {"另一项活动的总结也一并报上，请查收。", "田间党课总结.docx", 2},
        {"老师好，这是我院第二项，请查收。", "夜话沙龙.docx", 3},
        {"第二项的电话有误，已改好，请查收。", "读书会（改）.docx", 1},
        {"又改了一版，以此为准，另一项不变。", "红色讲堂.docx", 1},
        {"补充新闻稿一份，另一项稍后报。", "校报新闻稿.docx", 1},
        {"第二个附件有误，更正如下。", "参加人员名单.docx", 1},
        {"请查收。", "附件.docx", 1},
        {"另一项已另发，这里补充本项的新闻稿。", "校报新闻稿.docx", 1},
        {"按要求填了第二项负责人电话，表格重新发送。", "负责人信息.docx", 1},
        {"还有另外一个创新活动，请查收", "青蓝工程.docx", 4},
    };
    const char *first = receipt_of_one();
    g_autofree char *id = g_strdup(first);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        write_to(id, WEN, "回复：回执：〔CX2014-001〕已登记《读书会》", cases[i].body);
        doc(cases[i].file);
        settle();
        if (item(0)->number != cases[i].number || todo("possible-duplicate"))
            fail_msg("“%s” is item %u", cases[i].body, item(0)->number);
    }
}

static FactsAttachment *form(const char *name, const char *title, const char *text)
{
    FactsAttachment *a =
        attach_to(facts->attachments, name, DOCX, 40000, title); /* blank ones are all the same */
    put(&a->text, text);
    field(a, "活动名称", title);
    field(a, "推荐单位", *title ? "文学院党委" : "");
    field(a, "活动主题", "□组织设置 □学习型 □服务型");
    field(a, "负责人", "");
    return a;
}

/* The form says 理论微课堂, the summary 理论微课堂活动. */
static void one_title_with_and_without_its_kind(void **state)
{
    mail(WEN, "【报送】文学院党委材料");
    form("申报表.docx", "“理论微课堂”", "x");
    form("总结.docx", "理论微课堂活动", "y");
    judge();
    assert_int_equal(verdict->items->len, 1);
    assert_int_equal(item(0)->files->len, 2);
    mail(WEN, "【报送】文学院党委材料");
    form("申报表.docx", "理论微课堂", "x");
    form("总结.docx", "理论微论坛活动", "y");
    assert_int_equal(judge()->items->len, 2);
}

/* Two forms in one file, and 两项 in the subject. */
static void two_forms_in_one_file(void **state)
{
    for (guint again = 0; again < 2; again++) {
        mail(WEN, "【报送】文学院党委两项活动");
        FactsAttachment *a = attach_to(facts->attachments, "申报表.docx", DOCX, 40000, "both");
        field(a, "活动名称", "案例党课");
        field(a, "负责人", "联系人甲");
        field(a, "活动名称（2）", "沙盘讲堂");
        field(a, "负责人（2）", "联系人乙");
        settle();
        assert_int_equal(verdict->items->len, 2);
        assert_string_equal(item(1)->title, "沙盘讲堂");
        assert_string_equal(item(1)->leader, ""); /* not the first one's */
        assert_true(item(0)->counts && item(1)->counts);
        assert_int_equal(item(0)->number, 1);
        assert_int_equal(item(1)->number, 2);
        assert_int_equal(verdict->todos->len, 0);
        assert_text(verdict->receipt->text->str, "已报 2 项");
    }
}

/* An old letter of ours is as good as a blank one to write the next mail in. */
static void another_subject_in_the_same_thread(void **state)
{
    const char *id = receipt_of_one();
    write_to(id, WEN, "【报送】文学院党委-田间党课", "请查收");
    doc("田间党课.docx");
    judge();
    assert_true(item(0)->is_new);
    assert_int_equal(item(0)->duplicate_of, 0);
    write_to(id, WEN, "【报送】文学院党委-读书会（二）", "请查收");
    doc("读书会二期.docx");
    assert_true(judge()->items->len == 1 && item(0)->is_new);
    write_to(id, WEN, "【报送】文学院党委-补充说明", "请查收");
    doc("附件.docx");
    judge();
    assert_int_equal(item(0)->number, 1);
    write_to(id, WEN, "【修订】文学院党委-材料", "请查收");
    doc("田间党课.docx");
    judge();
    assert_int_equal(item(0)->number, 1);
}

/* What may be another activity, or the same, is looked at. */
static void another_by_reply_in_doubt(void **state)
{
    const char *first = receipt_of_one();
    g_autofree char *id = g_strdup(first);
    write_to(id, WEN, "回复：回执：〔CX2014-001〕已登记《读书会》", "第二项改了名称，见附件。");
    doc("红烛讲堂.docx");
    judge();
    assert_true(item(0)->is_new && item(0)->counts);
    assert_int_equal(item(0)->duplicate_of, 1);
    write_to(id, WEN, "回复：回执：〔CX2014-001〕已登记《读书会》", "请查收。");
    doc("红烛讲堂.docx");
    judge();
    assert_int_equal(item(0)->number, 1);
    assert_text(todo("verify"), "红烛讲堂");
    write_to(id, WEN, "回复：回执：〔CX2014-001〕已登记《读书会》", "上一封作废。");
    doc("红烛讲堂.docx");
    judge();
    assert_int_equal(item(0)->number, 1);
    assert_text(todo("verify"), "红烛讲堂"); /* as the sender wants it, and nothing hidden */
    static const char *const subjects[] = {"【报送】〔CX2014-001〕心得", "【报送】文学院党委-活动新闻稿",
                                           "【报送】文学院党委-佐证材料"};
    for (gsize i = 0; i < G_N_ELEMENTS(subjects); i++) {
        write_to(id, WEN, subjects[i], "请查收");
        doc("附件.docx");
        judge();
        if (item(0)->number != 1) fail_msg("“%s”", subjects[i]);
    }
}

/* 新闻稿 in a mail of its own is of something that has come, most likely. */
static void what_comes_after_an_activity(void **state)
{
    receipt_of_one();
    mail(WEN, "【报送】文学院党委-校报新闻稿");
    doc("附件.docx");
    settle();
    assert_true(item(0)->is_new && item(0)->counts);
    assert_int_equal(item(0)->duplicate_of, 1);
    mail(SHU, "【报送】数学学院党委-志愿服务通知"); /* the only one */
    doc("附件.docx");
    judge();
    assert_int_equal(item(0)->duplicate_of, 0);
}

static FactsAttachment *headed(const char *name, const char *text)
{
    FactsAttachment *a = doc(name);
    put(&a->text, text);
    return a;
}

/* Nobody says how many; but the headings call themselves summaries, or the subject has all the titles. */
static void several_by_heading_or_subject(void **state)
{
    static const struct {
        const char *subject;
        const char *headings[2];
        guint items;
    } cases[] = {
        {"文学院党委关于报送党建创新活动总结材料的报告",
         {"绿色讲堂活动总结\n正文", "夜话沙龙活动总结\n正文"},
         2},
        {"文学院党委关于报送党建创新活动总结材料的报告", {"绿色讲堂活动总结\n正文", "新闻报道两则\n正文"}, 1},
        {"文学院党委报送党建创新活动材料",
         {"绿色讲堂活动总结\n正文", "学生支部2014年上半年工作总结\n正文"},
         1},
        {"【报送】文学院党委：中文系《绿色讲堂》、新闻系《夜话沙龙》",
         {"绿色讲堂\n正文", "夜话沙龙\n正文"},
         2},
        {"【报送】文学院党委-绿色讲堂+夜话沙龙", {"绿色讲堂\n正文", "夜话沙龙\n正文"}, 2},
        {"【报送】文学院党委-绿色讲堂夜话沙龙", {"绿色讲堂\n正文", "夜话沙龙\n正文"}, 1},
        {"【报送】文学院党委-绿色讲堂", {"绿色讲堂\n正文", "夜话沙龙\n正文"}, 1},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        mail(WEN, cases[i].subject);
        headed("一.docx", cases[i].headings[0]);
        headed("二.docx", cases[i].headings[1]);
        judge();
        if (verdict->items->len != cases[i].items)
            fail_msg("“%s”: %u", cases[i].subject, verdict->items->len);
    }
    write_to(NULL, WEN, "【报送】文学院党委-绿色讲堂、夜话沙龙", "两个系各一项。");
    headed("一.docx", "绿色讲堂\n正文");
    headed("二.docx", "夜话沙龙\n正文");
    assert_int_equal(judge()->items->len, 2);
    write_to(NULL, WEN, "【报送】文学院党委-绿色讲堂、夜话沙龙", "两个活动合为一项申报。");
    headed("一.docx", "绿色讲堂\n正文");
    headed("二.docx", "夜话沙龙\n正文");
    assert_int_equal(judge()->items->len, 1);
}

/* 2个 is a count, too, and names nothing. */
static void counted_in_pieces(void **state)
{
    static const struct {
        const char *subject, *body;
        guint items;
        gboolean row;
    } cases[] = {
        {"【报送】文学院党委创新活动2个", "见附件", 2, FALSE},
        {"【报送】文学院党委推荐项目（2个）", "", 2, FALSE},
        {"【报送】文学院党委", "一共报两个，一个是绿色讲堂，一个是夜话沙龙。", 2, FALSE},
        {"【报送】文学院党委创新活动3个", "", 1, TRUE},
        {"【报送】文学院党委", "发送2个附件", 1, FALSE},
        {"文学院党委创新活动推荐材料（共2项，本邮件为第1项）", "", 1, FALSE},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        write_to(NULL, WEN, cases[i].subject, cases[i].body);
        headed("一.docx", "绿色讲堂\n正文");
        headed("二.docx", "夜话沙龙\n正文");
        judge();
        if (verdict->items->len != cases[i].items || (todo("verify") != NULL) != cases[i].row)
            fail_msg("“%s”: %u", cases[i].subject, verdict->items->len);
        assert_string_equal(item(0)->title, "绿色讲堂");
    }
}

/* What comes with an activity, the stages of one, and what a branch or a person sums up are no activities. */
static void parts_of_one_activity(void **state)
{
    static const struct {
        const char *subject;
        const char *files[3], *headings[3];
        guint items;
        gboolean looked_at;
    } cases[] = {
        {"【报送】文学院党委-读书会总结和新闻稿", {"读书会总结.docx", "新闻稿.docx"}, {0}, 1, FALSE},
        {"文学院党委读书会创新活动总结、签到表、心得体会",
         {"读书会创新活动总结.docx", "签到表.docx", "心得体会.docx"},
         {0},
         1,
         FALSE},
        {"【报送】文学院党委-绿色讲堂、夜话沙龙系列活动", {"绿色讲堂.docx", "夜话沙龙.docx"}, {0}, 1, TRUE},
        {"【报送】文学院党委-“青春+志愿”", {"青春.docx", "志愿.docx"}, {0}, 1, TRUE},
        {"文学院党委“党员讲堂”和“实践基地”创新活动材料", {"党员讲堂.docx", "实践基地.docx"}, {0}, 2, FALSE},
        {"【报送】文学院党委-绿色讲堂、夜话沙龙及新闻稿",
         {"绿色讲堂.docx", "夜话沙龙.docx", "新闻稿.docx"},
         {0},
         2,
         FALSE},
        {"文学院党委报送两项党建创新活动", {"绿色讲堂.docx", "夜话沙龙.docx", "新闻稿.docx"}, {0}, 2, FALSE},
        {"文学院党委创新活动材料",
         {"一.docx", "二.docx"},
         {"读书会第一阶段总结\n正文", "读书会第二阶段总结\n正文"},
         1,
         FALSE},
        {"【报送】文学院党委-读书会", {"第一阶段总结.docx", "第二阶段总结.docx"}, {0}, 1, FALSE},
        {"【报送】文学院党委-读书会",
         {"一.docx", "二.docx"},
         {"读书会活动总结\n正文", "学生第一党支部工作总结\n正文"},
         1,
         TRUE},
        {"文学院党委创新活动材料",
         {"一.docx", "二.docx"},
         {"读书会活动总结\n正文", "个人学习总结\n正文"},
         1,
         FALSE},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        mail(WEN, cases[i].subject);
        for (guint k = 0; k < 3 && cases[i].files[k]; k++) {
            FactsAttachment *a = doc(cases[i].files[k]);
            if (cases[i].headings[k]) put(&a->text, cases[i].headings[k]);
        }
        judge();
        if (verdict->items->len != cases[i].items || (todo("verify") != NULL) != cases[i].looked_at)
            fail_msg("“%s”: %u, %s", cases[i].subject, verdict->items->len, todo("verify"));
        assert_true(item(0)->counts);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(titles_with_asides),
        TEST(one_activity_in_parts),
        TEST(activities_that_differ_in_little),
        TEST(a_folder_for_each_activity),
        TEST(an_archive_for_each_activity),
        TEST(a_form_for_one_of_two),
        TEST(both_are_listed),
        TEST(another_by_reply),
        TEST(two_forms_in_one_file),
        TEST(another_subject_in_the_same_thread),
        TEST(another_by_reply_in_doubt),
        TEST(what_comes_after_an_activity),
        TEST(several_by_heading_or_subject),
        TEST(counted_in_pieces),
        TEST(parts_of_one_activity),
        TEST(one_title_with_and_without_its_kind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
