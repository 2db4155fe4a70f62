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
    const char *id = (mail(WEN, "【报送】读书会"), doc("a.docx"), settle()); /* a line below the greeting */
    write_to(id, WEN, "回复：回执", "收到！\n————————\n请问答辩时间定了吗");
    assert_non_null((judge(), todo("question")));
    write_to(id, WEN, "回复：回执", "老师好：\n==========\n该项申请撤回\n");
    assert_non_null((judge(), todo("withdraw")));
    write_to(id, WEN, "回复：回执", "收到，谢谢\n————————\n发件人：联系人甲\n请问定了吗");
    assert_non_null((judge(), todo("confirm")));
    write_to(NULL, STRANGE, "党建创新",
             "请查收。\n------------------ 原始邮件 ------------------\n图书馆党总支");
    doc("总结.docx");
    assert_string_equal(judge()->committee, "");
}

static const char *receipt_of_one(void)
{
    mail(WEN, "【报送】文学院党委-读书会");
    doc("读书会.docx");
    return settle();
}

/* In reply to the receipt of an item they speak of that item: no 零报告 of the whole committee. */
static void an_item_is_given_up(void **state)
{
    static const struct {
        const char *body, *code;
    } cases[] = {
        {"因负责人调离，此项目不再申报，请撤下，谢谢。", "withdraw"},
        {"这一项不报了，谢谢老师。", "withdraw"},
        {"该活动放弃申报。", "withdraw"},
        {"我院只报这一项，不再申报其他项目。", "decline"},
        {"可以不参评吗？", "question"},
    };
    const char *id = receipt_of_one();
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        write_to(id, WEN, "回复：回执：〔CX2014-001〕已登记《读书会》", cases[i].body);
        judge();
        if (!todo(cases[i].code) || verdict->todos->len != 1) fail_msg("“%s”", cases[i].body);
        assert_int_equal(verdict->items->len, 0);
    }
    write_to(id, WEN, "回复：回执：〔CX2014-001〕已登记《读书会》", "这一项不报了，换成附件里这个。");
    doc("沙盘党课.docx");
    judge();
    assert_int_equal(verdict->items->len, 1);
    assert_non_null(todo("withdraw"));
}

/* Why it is late, or when it will come: for a person, not asked for an attachment, and no activity. */
static void excuses(void **state)
{
    static const char *const cases[][3] = {
        {"关于党建创新活动材料迟报的说明", "因中考组织工作，材料将于6月6日报送，特此说明。", NULL},
        {"关于党建创新活动材料迟报的说明（盖章）", "见附件。", "说明.docx"},
        {"党建创新活动", "请老师审批。", "文学院党委延期报送申请.pdf"},
        {"党建创新活动", "见附件。", "延期说明.docx"},
        {"党建创新活动材料延期申请", "因校庆，申请延期到6月10日。", NULL},
        {"党建创新活动", "我院材料还在完善，预计6月5日报送，请老师谅解。", NULL},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        write_to(NULL, WEN, cases[i][0], cases[i][1]);
        if (cases[i][2]) doc(cases[i][2]);
        judge();
        if (verdict->items->len || !todo("question") || has_problem("no-attachment"))
            fail_msg("“%s”", cases[i][1]);
        assert_text(verdict->receipt->text->str, "已转工作人员阅处");
    }
    write_to(NULL, WEN, "回复：关于开展基层党建工作创新活动的通知", "收到，已转发各支部。");
    doc("关于开展基层党建工作创新活动的通知.docx");
    judge();
    assert_int_equal(verdict->items->len, 0);
    assert_non_null(todo("question"));
    mail(WEN, "党建创新活动材料");
    put(&doc("说明.docx")->text, "关于延缓报送创新活动材料的说明\n组织部：");
    assert_int_equal(judge()->items->len, 0);
    write_to(NULL, WEN, "【报送】文学院党委-读书会", "迟报一天，说明见附件。");
    doc("迟报说明.docx");
    doc("读书会.docx");
    assert_int_equal(judge()->items->len, 1);
    write_to(NULL, WEN, "党建创新活动材料", "请查收附件。"); /* of 制度创新 that may be the very thing */
    doc("关于建立党员旁听制度的通知.docx");
    assert_int_equal(judge()->items->len, 1);
    static const char *const late[] = {"党建创新活动材料（迟报）", "关于迟报党建创新活动总结报告"};
    for (gsize i = 0; i < G_N_ELEMENTS(late); i++) { /* that is the material */
        write_to(NULL, WEN, late[i], "请查收附件。");
        doc("总结.docx");
        assert_int_equal(judge()->items->len, 1);
    }
    write_to(NULL, WEN, "【报送】文学院党委-读书会", "预计下周还有一项，这项请查收附件。");
    assert_true((judge(), has_problem("no-attachment")));
}

/* Late is late, and handed in all the same; an archive that is called like the notice holds the forms. */
static void late_material(void **state)
{
    static const char *const cases[][3] = {
        {"党建创新活动材料", "读书会活动总结（迟报）.docx", ""},
        {"【报送】文学院党委-读书会", "读书会总结（迟交）.docx", ""},
        {"关于迟报党建创新活动材料的说明", "总结报告.docx", "文学院党委创新活动总结报告\n正文"},
        {"党建创新活动材料迟报说明", "1.docx", "基层党建工作创新活动总结\n正文"},
        {"党建创新活动材料迟报", "扫描件.pdf", ""},
        {"党建创新活动延期申请", "读书会.zip", ""},
        {"党建创新活动材料", "迟报说明及总结.docx", ""},
        {"党建创新活动申报", "延期提交论文学生党员帮扶项目申请表.docx", ""},
        {"文学院党委党建创新活动总结材料", "关于开展读书活动的通知.docx", ""},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        mail(WEN, cases[i][0]);
        put(&doc(cases[i][1])->text, cases[i][2]);
        judge();
        if (verdict->items->len != 1 || !item(0)->counts) fail_msg("“%s”", cases[i][1]);
        if (strstr(cases[i][1], "读书会")) assert_string_equal(item(0)->title_key, "读书会");
    }
    mail(WEN, "基层党建工作创新活动");
    FactsAttachment *zip = attach_to(facts->attachments, "关于开展基层党建工作创新活动的通知.zip",
                                     "application/zip", 80000, "zip");
    attach_to(zip->children, "关于开展基层党建工作创新活动的通知.doc", DOCX, 40000, "notice")->offset = -1;
    judge();
    assert_int_equal(verdict->items->len, 0);
    attach_to(zip->children, "读书会总结.docx", DOCX, 40000, "summary")->offset = -1;
    judge();
    assert_int_equal(verdict->items->len, 1);
}

/* What the receipt asks for, in one word, or another committee's name: no thanks. */
static void answers_in_one_word(void **state)
{
    static const char *const cases[] = {"读书会", "学习型", "数学学院研究生党总支",
                                        "收到，谢谢！应该是数学学院研究生党总支"};
    mail(SHU, "【报送】数学学院党委-读书会");
    doc("a.docx");
    const char *id = settle();
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        write_to(id, SHU, "回复：回执", cases[i]);
        judge();
        if (!todo("question") || !verdict->receipt) fail_msg("“%s”", cases[i]);
    }
    write_to(id, SHU, "回复：回执", "收到，谢谢！\n数学学院党委");
    judge();
    assert_non_null(todo("confirm"));
}

/* A part that is not handed in, beside one that is. */
static void some_are_declined(void **state)
{
    static const char *const subjects[] = {"【报送】文学院党委-读书会（研究生支部不参加）",
                                           "党建创新活动不推荐第二项，只报读书会"};
    for (gsize i = 0; i < G_N_ELEMENTS(subjects); i++) {
        mail(WEN, subjects[i]);
        doc("读书会.docx");
        if (judge()->items->len != 1) fail_msg("“%s”", subjects[i]);
    }
    mail(WEN, "党建创新活动零报告");
    doc("文学院党委说明.pdf");
    judge();
    assert_non_null(todo("decline"));
    mail(WEN, "我院不参加党建创新活动评比");
    doc("情况说明.pdf");
    judge();
    assert_non_null(todo("decline"));
}

/* What speaks of photographs, of the defence or of another committee gives up no item. */
static void no_item_is_given_up(void **state)
{
    static const char *const cases[] = {"负责人联系人甲出差，不参加答辩，由联系人乙代替。",
                                        "照片太大就不报了，只有文字材料。",
                                        "请把第三张照片撤下，谢谢。",
                                        "活动方案不报了，以总结为准。",
                                        "纸质版不报了，电子版已发。",
                                        "学生党支部不参加，改由教工党支部承办。",
                                        "图书馆党总支今年不报，和我院联合的，算我院一项。"};
    const char *id = receipt_of_one();
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        write_to(id, WEN, "回复：回执：〔CX2014-001〕已登记《读书会》", cases[i]);
        judge();
        if (todo("withdraw") || verdict->todos->len == 0) fail_msg("“%s”", cases[i]);
        assert_no_text(verdict->receipt->text->str, "撤回申请");
    }
    write_to(id, WEN, "回复：回执：〔CX2014-001〕已登记《读书会》", cases[0]);
    judge();
    assert_no_text(verdict->receipt->text->str, "零报告");
}

/* 按时报送 and 现补交 without a file: it was forgotten, and no promise. */
static void no_promises(void **state)
{
    static const char *const cases[] = {"老师好，我院按时报送创新活动材料，谢谢。",
                                        "根据通知要求，我院于5月28日报送材料。"};
    const char *id = receipt_of_one();
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        write_to(NULL, WEN, "党建创新活动材料", cases[i]);
        judge();
        if (!has_problem("no-attachment")) fail_msg("“%s”", cases[i]);
    }
    static const char *const answers[] = {"现按时报送材料。", "现及时补报。", "老师好，现补交，谢谢"};
    for (gsize i = 0; i < G_N_ELEMENTS(answers); i++) {
        write_to(id, WEN, "回复：提醒", answers[i]);
        judge();
        if (!has_problem("no-attachment") || !verdict->receipt) fail_msg("“%s”", answers[i]);
    }
    write_to(id, WEN, "回复：提醒", "现在正在修改，月底前报送。");
    assert_non_null((judge(), todo("confirm")));
}

/* A promise needs no answer of staff, however it is worded. */
static void promises(void **state)
{
    static const char *const cases[] = {"收到，已安排，遵照执行",
                                        "老师好，收到，谢谢！\n此致\n敬礼\n文学院党委",
                                        "辛苦老师了，节日快乐！",
                                        "收到，会尽快组织材料",
                                        "收到，我院正在整理，月底前一定报送，谢谢提醒！",
                                        "好的，我们预计5月30日前报送。",
                                        "收到，我单位明天上午一定补报"};
    const char *id = receipt_of_one();
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        write_to(id, WEN, "回复：回执", cases[i]);
        judge();
        if (!todo("confirm") || verdict->receipt) fail_msg("“%s”", cases[i]);
    }
    write_to(id, WEN, "回复：回执", "材料正在修改，6月5日报送可以吗？");
    assert_non_null((judge(), todo("question")));
}

static FactsAttachment *photo(const char *name)
{
    FactsAttachment *a = doc(name);
    put(&a->type, "image/jpeg");
    facts_add_problem(a->problems, "unsupported", "");
    return a;
}

/* Photographs for an activity whose document is there: nobody asks for that again. */
static void photographs_for_an_item(void **state)
{
    const char *id = receipt_of_one();
    write_to(id, WEN, "回复：回执：〔CX2014-001〕已登记《读书会》", "补充活动照片。");
    photo("照片1.jpg");
    judge();
    assert_int_equal(item(0)->number, 1);
    assert_int_equal(verdict->problems->len, 0);
    assert_null(strstr(verdict->receipt->text->str, "电子版"));
}

/* A mail program that puts nothing before our subject: what brings a file is answered all the same. */
static void our_subject_as_it_was(void **state)
{
    const char *id = receipt_of_one();
    static const char subject[] = "提醒：创新活动总结材料还缺1项，请于6月2日（星期一）24:00前报送";
    write_to(id, WEN, subject, "第二项报上。");
    doc("田间党课.docx");
    judge();
    assert_non_null(verdict->receipt);
    write_to(id, WEN, subject, "");
    assert_null((judge(), verdict->receipt)); /* another desk, perhaps */
}

static void late_version_of_what_was_in_time(void **state)
{
    const char *id = receipt_of_one();
    received_at = at("2014-06-03T09:00");
    now_at = received_at + 60;
    write_to(id, WEN, "回复：回执：〔CX2014-001〕已登记《读书会》", "又改了一版，请以附件为准。");
    doc("读书会（新）.docx");
    judge();
    assert_true(item(0)->on_time);
    assert_true(has_problem("late"));
    assert_text(verdict->receipt->text->str, "首次报送按时，登记不变");
    assert_null(strstr(verdict->receipt->text->str, "注明逾期"));
    mail(WEN, "【报送】文学院党委-田间党课");
    doc("田间党课.docx");
    judge();
    assert_text(verdict->receipt->text->str, "注明逾期");
}

/* Who asks something beside a file is told that a person will answer, and a person is told. */
static void questions_beside_material(void **state)
{
    static const struct {
        const char *body, *question; /* NULL: none */
    } cases[] = {
        {"联合活动，由我总支报送，两家各算一项可否？请查收。", "两家各算一项可否？"},
        {"材料见附件。\n请问答辩时间定了吗", "请问答辩时间定了吗"},
        {"请查收，收到了吗？", NULL},
        {"名称就叫“今天，你思考了吗？”，请查收。", NULL},
        {"麻烦收到后帮我看下主题归在“服务型”合适吗？", "合适吗"},
        {"附件能打开吗？请确认是否收到。", NULL},
        {"请查收附件。", NULL},
        {"请问还要交纸质版吗，请查收", "请问还要交纸质版吗"},
        {"附件能打开吗，答辩时间定了吗？", "答辩时间定了吗？"},
        {"请查收。\n咨询电话：010-00000001", NULL},
        {"材料见附件。如有疑问请咨询联系人甲。", NULL},
        {"视频见 http://v.example/play?vid=12", NULL},
        {"报上“我是谁？为了谁？依靠谁？”主题活动总结。", NULL},
        {"附件为《如何做一名合格党员？》专题讨论总结。", NULL},
        {"我们设立了学生咨询岗，总结见附件。", NULL},
        {"已请教过组织部老师，按总结材料报送。", NULL},
        {"老师，麻烦收到后回复一下可否？谢谢", NULL},
        {"您好！最近好吗？材料报上。", NULL},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        write_to(NULL, WEN, "【报送】文学院党委-读书会", cases[i].body);
        doc("读书会.docx");
        judge();
        assert_int_equal(verdict->items->len, 1);
        gboolean said = strstr(verdict->receipt->text->str, "询问已转工作人员答复") != NULL;
        if (said != (cases[i].question != NULL) || (todo("question") != NULL) != said)
            fail_msg("“%s”", cases[i].body);
        if (said) assert_text(todo("question"), cases[i].question);
    }
}

static FactsAttachment *form(const char *name, const char *title, const char *text)
{
    FactsAttachment *a =
        attach_to(facts->attachments, name, DOCX, 40000, title); /* blank ones are all the same */
    put(&a->text, text);
    field(a, "活动名称", title);
    field(a, "推荐单位", "");
    field(a, "活动主题", "□组织设置 □学习型 □服务型");
    field(a, "负责人", "");
    return a;
}

/* The form of the notice as it was: nothing was handed in, and the sender is told. */
static void blank_forms(void **state)
{
    static const char blank[] =
        "申报表\n活动名称\n推荐单位\n活动主题 □组织设置 □学习型 □服务型\n负责人\n（盖章）年 月 日";
    mail(WEN, "【报送】文学院党委-申报表");
    form("附件1：申报表.docx", "", blank);
    settle();
    assert_false(item(0)->counts);
    assert_non_null(todo("empty-document"));
    assert_text(verdict->receipt->subject, "需补正");
    assert_text(verdict->receipt->text->str, "空白表格");
    assert_text(verdict->receipt->text->str, "还缺 2 项");

    mail(SHU, "【报送】数学学院党委-数学沙龙"); /* beside the filled one it is of no interest */
    form("空表.docx", "", blank);
    form("申报表.docx", "数学沙龙", blank);
    judge();
    assert_true(item(0)->counts);
    assert_int_equal(verdict->problems->len, 0);
    assert_int_equal(verdict->todos->len, 0);

    mail(SHU,
         "【报送】数学学院党委-数学论坛"); /* a photograph may be the scan: it counts, and is looked at */
    form("申报表.docx", "", blank);
    photo("照片.jpg");
    judge();
    assert_true(item(0)->counts);
    assert_non_null(todo("verify"));

    mail(SHU, "【报送】数学学院党委-数学讲堂"); /* filled in by hand, and scanned: there is no text of it */
    form("申报表.pdf", "", blank)->size = 400000;
    judge();
    assert_true(item(0)->counts);

    g_autofree char *prose = g_strnfill(400, 'x'); /* filled in where no field is seen */
    g_autofree char *filled = g_strconcat(blank, prose, NULL);
    mail(WEN, "【报送】文学院党委-读书会");
    form("申报表.docx", "", filled);
    judge();
    assert_true(item(0)->counts);
}

/* A stranger who answers a receipt that went to others is no stranger to the campaign: staff look. */
static void strangers_who_name_an_item(void **state)
{
    receipt_of_one();
    mail(STRANGE, "回复：回执：〔CX2014-001〕已登记《读书会》");
    doc("新闻稿.docx");
    judge();
    assert_int_equal(verdict->whose, WHOSE_SUSPECT);
    assert_non_null(todo("suspect"));
    assert_null(verdict->receipt);
}

static void only_photographs(void **state)
{
    mail(WEN, "【报送】文学院党委-读书会");
    photo("IMG_0001.jpg");
    settle();
    assert_true(item(0)->counts);
    assert_text(todo("verify"), "没有填写的文档");
    mail(WEN, "【补充】文学院党委-读书会");
    photo("IMG_0002.jpg");
    judge();
    assert_int_equal(item(0)->number, 1);
    assert_null(todo("verify"));
}

/* New material comes with it: staff read which item is to go, and it stays until they have decided. */
static void withdrawal_beside_material(void **state)
{
    static const struct {
        const char *subject, *text;
        gboolean goes;
    } cases[] = {
        {"【报送】文学院-田间党课", "请查收。另：原报的“读书会”请撤回。", TRUE},
        {"【报送】文学院-田间党课，请删除之前发的“读书会”", "请查收。", TRUE},
        {"【报送】文学院-田间党课", "用田间党课替换原来的读书会，谢谢！", TRUE},
        {"【报送】文学院-田间党课", "请查收，读书会不用撤回。", FALSE},
        {"【报送】文学院-田间党课", "请查收，读书会上周已报。", FALSE},
        {"【修订】文学院-读书会", "上一版读书会请删除，以此为准。", FALSE}, /* that is a new version of it */
    };
    mail(WEN, "【报送】文学院-读书会");
    doc("读书会.docx");
    settle();
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        mail(WEN, cases[i].subject);
        put(&facts->new_text, cases[i].text);
        doc("新材料.docx");
        judge();
        if ((todo("withdraw") != NULL) != cases[i].goes)
            fail_msg("“%s” “%s”", cases[i].subject, cases[i].text);
        if (cases[i].goes) assert_text(todo("withdraw"), "CX2014-001《读书会》");
        assert_int_equal(verdict->items->len, 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(withdrawal_beside_material),
        TEST(signature_below_a_line),
        TEST(an_item_is_given_up),
        TEST(excuses),
        TEST(late_material),
        TEST(no_item_is_given_up),
        TEST(answers_in_one_word),
        TEST(some_are_declined),
        TEST(no_promises),
        TEST(promises),
        TEST(questions_beside_material),
        TEST(strangers_who_name_an_item),
        TEST(only_photographs),
        TEST(blank_forms),
        TEST(photographs_for_an_item),
        TEST(our_subject_as_it_was),
        TEST(late_version_of_what_was_in_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
