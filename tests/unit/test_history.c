/* What is new in a mail, and what is quoted in it. The layouts are those of mail programs; the words are
 * ours. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "parsers/history.h"
#include "parsers/html.h"

#define REPLY   FACTS_QUOTE_REPLY
#define FORWARD FACTS_QUOTE_FORWARD
#define NAME    "联系人甲"
#define ADDRESS "a@x.example"

static const struct Case {
    const char *program, *subject, *body, *fresh;
    FactsQuoteKind kind;
    const char *name, *address, *date, *quoted_subject;
} CASES[] = {
    {"QQ Mail", "回复：通知",
     "收到，谢谢。\n\n\n------------------ 原始邮件 ------------------\n发件人: \"联系人甲\" <a@x.example>;\n"
     "发送时间: 2014年5月30日(星期五) 上午9:00\n收件人: \"b\"<b@x.example>;\n\n主题: 通知\n\n\n请报送。\n",
     "收到，谢谢。", REPLY, NAME, ADDRESS, "2014年5月30日(星期五) 上午9:00", "通知"},
    {"QQ Mail, forwarded", "转发：通知",
     "\n------------------ 原始邮件 ------------------\n发件人: \"联系人甲\" <a@x.example>;\n"
     "发送时间: 2014年5月30日(星期五) 上午9:00\n收件人: \"b\"<b@x.example>;\n主题: 通知\n\n请报送。\n",
     "", FORWARD, NAME, ADDRESS, "2014年5月30日(星期五) 上午9:00", "通知"},
    {"QQ Mail in English", "Re:通知",
     "收到。\n------------------ Original ------------------\nFrom: \"联系人甲\"<a@x.example>;\n"
     "Date: Fri, May 30, 2014 09:00 AM\nTo: \"b\"<b@x.example>;\nSubject: 通知\n\n请报送。\n",
     "收到。", REPLY, NAME, ADDRESS, "Fri, May 30, 2014 09:00 AM", "通知"},
    {"163", "Re:通知",
     "收到。\n\n\n\nAt 2014-05-30 09:00:00, \"联系人甲\" <a@x.example> wrote:\n\n请报送。\n", "收到。", REPLY,
     NAME, ADDRESS, "2014-05-30 09:00:00", ""},
    {"a name right before the address", "Re:通知",
     "收到。\n在 2014-05-30 09:00:00，联系人甲a@x.example 写道：\n\n> 请报送。\n", "收到。", REPLY, NAME,
     ADDRESS, "2014-05-30 09:00:00", ""},
    {"163 in Chinese", "Re:通知",
     "收到。\n在 2014-05-30 09:00:00，\"联系人甲\" <a@x.example> 写道：\n\n> 请报送。\n> 谢谢\n", "收到。",
     REPLY, NAME, ADDRESS, "2014-05-30 09:00:00", ""},
    {"163, forwarded", "Fw:通知",
     "请看。\n-------- 转发邮件信息 --------\n发件人：联系人甲 <a@x.example>\n发送日期：2014-05-30 09:00:00\n"
     "收件人：b@x.example\n主题：通知\n\n请报送。\n",
     "请看。", FORWARD, NAME, ADDRESS, "2014-05-30 09:00:00", "通知"},
    {"NetEase Mail Master", "回复：通知",
     "收到\n| |\n联系人乙\n|\n---- 回复的原邮件 ----\n| 发件人 | 联系人甲<a@x.example> |\n| 发送日期 | "
     "2014年05月30日 "
     "09:00 |\n| 收件人 | b<b@x.example> |\n| 主题 | 通知 |\n请报送。\n",
     "收到\n| |\n联系人乙\n|", REPLY, NAME, ADDRESS, "2014年05月30日 09:00", "通知"},
    {"a letter with labels on lines of their own", "报送",
     "发件人：联系人甲\n收件人：b\n主题\n读书会\n日期\n5月\n我们读书。",
     "发件人：联系人甲\n收件人：b\n主题\n读书会\n日期\n5月\n我们读书。", REPLY, NULL, NULL, NULL, NULL},
    {"NetEase Mail Master, a cell without a value", "回复：通知",
     "收到\n---- 回复的原邮件 ----\n发件人\t联系人甲<a@x.example>\n日期\t2014年05月30日 "
     "09:00\n收件人\tb<b@x.example>\n抄送至\n主题\t通知\n请报送。\n",
     "收到", REPLY, NAME, ADDRESS, "2014年05月30日 09:00", "通知"},
    {"Foxmail before 7", "Re: 通知",
     "联系人甲，您好！\n\n收到\n\n======= 2014-05-30 09:00:00 "
     "您在来信中写道：=======\n\n请报送。\n\n= = = = = = = = = =\n\n　　　　致\n礼！\n",
     "联系人甲，您好！\n\n收到", REPLY, "", "", "2014-05-30 09:00:00", ""},
    {"Windows Mail, its dates full of marks", "答复: 通知",
     "收到\n\n发件人: \u200e联系人甲\u200e <a@x.example>\n发送时间: \u200e2014\u200e/\u200e5\u200e/\u200e30 "
     "9\u200e:\u200e00\n收件人: b\n主题: 通知\n\n请报送。\n",
     "收到", REPLY, NAME, ADDRESS, "2014/5/30 9:00", "通知"},
    {"Outlook, folded recipients", "答复: 通知",
     "收到\n\n发件人: 联系人甲 [a@x.example]\n发送时间: 2014年5月30日 9:00\n收件人: b <b@x.example>;\n c "
     "<c@x.example>\n主题: 通知\n重要性: 高\n\n请报送。\n",
     "收到", REPLY, NAME, ADDRESS, "2014年5月30日 9:00", "通知"},
    {"Hotmail, the date first", "Re: 通知",
     "收到\n\nDate: Fri, 30 May 2014 09:00:00 +0800\nFrom: a@x.example\nTo: b@x.example\nSubject: "
     "通知\n\n请报送。\n",
     "收到", REPLY, "", ADDRESS, "Fri, 30 May 2014 09:00:00 +0800", "通知"},
    {"Zoho", "Re: 通知",
     "收到\n\n---- 在 星期五, 30 五月 2014 09:00:00 +0800 联系人甲 <a@x.example> 写道 ----\n\n请报送。\n",
     "收到", REPLY, NAME, ADDRESS, "星期五, 30 五月 2014 09:00:00 +0800", ""},
    {"Roundcube, no address", "Re: 通知", "收到\n\nOn 2014-05-30 09:00, 联系人甲 wrote:\n请报送。\n", "收到",
     REPLY, NAME, "", "2014-05-30 09:00", ""},
    {"a clock in words, no address", "Re: 通知",
     "收到\n\n在 2014年5月30日 09点00分，联系人甲写道：\n请报送。\n", "收到", REPLY, NAME, "",
     "2014年5月30日 09点00分", ""},
    {"no clock, no address, but an answer", "回复：通知",
     "收到\n\n2014年5月30日 星期五，联系人甲 写道：\n请报送。\n", "收到", REPLY, NAME, "",
     "2014年5月30日 星期五", ""},
    {"what somebody wrote at a meeting", "报送",
     "校长在2014年5月30日的会上写道：\n读书好。\n\n2014年5月，联系人甲在总结中写道：\n读书好。",
     "校长在2014年5月30日的会上写道：\n读书好。\n\n2014年5月，联系人甲在总结中写道：\n读书好。", REPLY, NULL,
     NULL, NULL, NULL},
    {"Foxmail", "回复: 通知",
     "收到\n\n\n联系人乙\n \n发件人： 联系人甲\n发送时间： 2014-05-30 09:00\n收件人： b\n抄送： c\n主题： "
     "通知\n请报送。\n",
     "收到\n\n\n联系人乙", REPLY, NAME, "", "2014-05-30 09:00", "通知"},
    {"Coremail", "Re: 通知",
     "收到\n\n-----原始邮件-----\n发件人:\"联系人甲\" <a@x.example>\n发送时间:2014-05-30 09:00:00 "
     "(星期五)\n收件人: "
     "b@x.example\n抄送: \n主题: 通知\n\n请报送。\n",
     "收到", REPLY, NAME, ADDRESS, "2014-05-30 09:00:00 (星期五)", "通知"},
    {"Outlook", "答复: 通知",
     "收到\n\n\n发件人: 联系人甲 [mailto:a@x.example] \n发送时间: 2014年5月30日 9:00\n收件人: b; c\n主题: "
     "通知\n\n请报送。\n",
     "收到", REPLY, NAME, ADDRESS, "2014年5月30日 9:00", "通知"},
    {"Outlook in English", "RE: x",
     "Thanks\n\n-----Original Message-----\nFrom: 联系人甲 [mailto:a@x.example]\nSent: Friday, May 30, "
     "2014 9:00 AM\nTo: b\nSubject: 通知\n\nplease\n",
     "Thanks", REPLY, NAME, ADDRESS, "Friday, May 30, 2014 9:00 AM", "通知"},
    {"Outlook on the web", "回复: 通知",
     "收到\n________________________________\n发件人: 联系人甲 <a@x.example>\n发送时间: 2014年5月30日 "
     "9:00\n收件人: "
     "b <b@x.example>\n主题: 通知\n \n请报送。\n",
     "收到", REPLY, NAME, ADDRESS, "2014年5月30日 9:00", "通知"},
    {"Gmail", "Re: x",
     "收到\n\n联系人甲 <a@x.example> 于2014年5月30日周五 09:00写道：\n\n> 请报送。\n>\n> 谢谢\n", "收到",
     REPLY, NAME, ADDRESS, "2014年5月30日周五 09:00", ""},
    {"Gmail, old", "Re: x", "收到\n\n在 2014年5月30日 上午9:00，联系人甲 <a@x.example>写道：\n\n> 请报送。\n",
     "收到", REPLY, NAME, ADDRESS, "2014年5月30日 上午9:00", ""},
    {"Gmail, folded", "Re: x",
     "ok\n\nOn Fri, May 30, 2014 at 9:00 AM, 联系人甲 of the Committee\n<a@x.example>\nwrote:\n> please\n",
     "ok", REPLY, "联系人甲 of the Committee", ADDRESS, "Fri, May 30, 2014 at 9:00 AM", ""},
    {"Gmail, forwarded", "Fwd: x",
     "---------- Forwarded message ---------\n发件人： 联系人甲 <a@x.example>\nDate: 2014年5月30日周五 "
     "09:00\nSubject: "
     "通知\nTo: <b@x.example>\n\n请报送。\n",
     "", FORWARD, NAME, ADDRESS, "2014年5月30日周五 09:00", "通知"},
    {"Apple Mail, forwarded", "Fwd: x",
     "请看\n\n> Begin forwarded message:\n> \n> From: 联系人甲 <a@x.example>\n> Subject: 通知\n> Date: "
     "May 30, 2014 at 09:00:00 GMT+8\n> To: b@x.example\n> \n> 请报送。\n",
     "请看", FORWARD, NAME, ADDRESS, "May 30, 2014 at 09:00:00 GMT+8", "通知"},
    {"iPhone", "回复：x",
     "收到\n\n发自我的iPhone\n\n> 在 2014年5月30日，09:00，联系人甲 <a@x.example> 写道：\n> \n> 请报送。\n",
     "收到", REPLY, NAME, ADDRESS, "2014年5月30日，09:00", ""},
    {"Thunderbird, forwarded", "Fwd: x",
     "-------- 转发的消息 --------\n主题: \t通知\n日期: \tFri, 30 May 2014 09:00:00 +0800\n发件人: "
     "\t联系人甲 "
     "<a@x.example>\n收件人: \tb@x.example\n\n\n请报送。\n",
     "", FORWARD, NAME, ADDRESS, "Fri, 30 May 2014 09:00:00 +0800", "通知"},
    {"Yahoo", "Re: x", "ok\n\n--- On Fri, 5/30/14, 联系人甲 <a@x.example> wrote:\n\nplease\n", "ok", REPLY,
     NAME, ADDRESS, "Fri, 5/30/14", ""},
    {"answers between the lines", "Re: x",
     "联系人甲 <a@x.example> 于2014年5月30日周五 09:00写道：\n> 几份？\n\n两份。\n\n> 何时？\n\n明天。\n",
     "两份。\n\n\n明天。", REPLY, NAME, ADDRESS, "2014年5月30日周五 09:00", ""},
    {"QQ Mail of today, without dashes", "回复：通知",
     "收到\n\n\n原始邮件\n\n发件人：联系人甲 <a@x.example>\n发件时间：2014年5月30日 09:00\n收件人：b "
     "<b@x.example>\n主题：通知\n\n请报送。\n",
     "收到", REPLY, NAME, ADDRESS, "2014年5月30日 09:00", "通知"},
    {"QQ Mail of today in English", "转发：通知",
     "请看\nOriginal Email\nSender:\"联系人甲\"<a@x.example>;\nSent Time:2014/5/30 "
     "09:00\nTo:\"b\"<b@x.example>;\nCc "
     "recipient:\"c\"<c@x.example>;\nSubject:通知\n\n请报送。\n",
     "请看", FORWARD, NAME, ADDRESS, "2014/5/30 09:00", "通知"},
    {"Sina", "回复：通知",
     "收到\n--------------------------------\n\n\n----- 原始邮件 -----\n发件人：联系人甲 "
     "<a@x.example>\n主题：通知\n日期：2014年05月30日 09点00分\n\n请报送。\n",
     "收到", REPLY, NAME, ADDRESS, "2014年05月30日 09点00分", "通知"},
    {"Xiaomi, its line in the same line", "Fw:x",
     "发自我的小米手机在 联系人甲 <a@x.example>，2014年5月30日 上午9:00写道：\n\n请报送。\n", "", FORWARD,
     NAME, ADDRESS, "2014年5月30日 上午9:00", ""},
    {"vivo", "Re: x",
     "好的\n\n来自vivo手机邮箱\n\n联系人甲 <a@x.example> 于 2014年5月30日 09:00 写道：\n\n请报送。\n", "好的",
     REPLY, NAME, ADDRESS, "2014年5月30日 09:00", ""},
    {"QQ without dashes, no address", "回复：通知",
     "收到。\n\n原始邮件\n发件人：联系人甲\n日期：2014年5月30日\n主题：通知\n\n旧\n", "收到。", REPLY, NAME,
     "", "2014年5月30日", "通知"},
    {"Outlook, ruled, no address", "答复: 通知",
     "收到。\n________________________________\n发件人: 联系人甲\n日期: 2014年5月30日\n主题: 通知\n\n旧\n",
     "收到。", REPLY, NAME, "", "2014年5月30日", "通知"},
    {"Foxmail, no recipient", "回复: 通知",
     "收到\n \n发件人： 联系人甲\n发送时间： 2014-05-30 09:00\n主题： 通知\n旧", "收到", REPLY, NAME, "",
     "2014-05-30 09:00", "通知"},
    {"Outlook in English, no address", "RE: 通知",
     "收到\n\nFrom: 联系人甲\nSent: Friday, May 30, 2014\nSubject: 通知\n\n旧", "收到", REPLY, NAME, "",
     "Friday, May 30, 2014", "通知"},
    {"a telephone, no address", "Re: 通知",
     "收到\n\n发件人: 联系人甲\n日期: 星期五, 2014年5月30日 09:00\n主题: 通知\n\n旧", "收到", REPLY, NAME, "",
     "星期五, 2014年5月30日 09:00", "通知"},
    {"a letter with a head", "报送读书会",
     "发件人：文学院党委\n日期：2014年5月30日\n主题：读书会\n\n活动名称：读书会\n\n原始邮件\n见附件\n",
     "发件人：文学院党委\n日期：2014年5月30日\n主题：读书会\n\n活动名称：读书会\n\n原始邮件\n见附件", REPLY,
     NULL, NULL, NULL, NULL},
    {"who sends it, below dashes", "报送",
     "现报送材料。\n----\n发件人：文学院党委\n日期：2014年5月30日\n主题：读书会\n",
     "现报送材料。\n----\n发件人：文学院党委\n日期：2014年5月30日\n主题：读书会", REPLY, NULL, NULL, NULL,
     NULL},
    {"the same below a line of signs", "报送",
     "现报送材料。\n====================\n发件人：文学院党委\n日期：2014年5月30日\n",
     "现报送材料。\n====================\n发件人：文学院党委\n日期：2014年5月30日", REPLY, NULL, NULL, NULL,
     NULL},
    {"a letter's head with a recipient", "报送",
     "发件人：文学院党委\n收件人：组织部\n日期：5月30日\n\n现报送材料。\n",
     "发件人：文学院党委\n收件人：组织部\n日期：5月30日\n\n现报送材料。", REPLY, NULL, NULL, NULL, NULL},
    {"fields of a program below dashes", "Re: 通知",
     "收到\n----\n发件人：联系人甲\n发送时间：2014年5月30日\n主题：通知\n\n旧\n", "收到", REPLY, NAME, "",
     "2014年5月30日", "通知"},
    {"a letter with a recipient and a subject", "报送",
     "发件人：文学院党委\n收件人：组织部\n主题：读书会\n\n现报送材料。",
     "发件人：文学院党委\n收件人：组织部\n主题：读书会\n\n现报送材料。", REPLY, NULL, NULL, NULL, NULL},
    {"a letter with a sender that has an address", "报送",
     "单位：文学院\n发件人：联系人甲 <a@x.example>\n日期：2014年5月30日\n活动名称：读书会",
     "单位：文学院\n发件人：联系人甲 <a@x.example>\n日期：2014年5月30日\n活动名称：读书会", REPLY, NULL, NULL,
     NULL, NULL},
    {"who sends it, below a long line", "报送",
     "现报送材料。\n--------------------\n主题：读书会\n发件人：联系人甲\n\n见附件",
     "现报送材料。\n--------------------\n主题：读书会\n发件人：联系人甲\n\n见附件", REPLY, NULL, NULL, NULL,
     NULL},
    {"what somebody wrote at an hour", "报送",
     "5月30日20:"
     "00，联系人甲在朋友圈写道：\n读书好。\n\n2014年5月30日上午9时，联系人甲在笔记本上写道：\n读书好。",
     "5月30日20:"
     "00，联系人甲在朋友圈写道：\n读书好。\n\n2014年5月30日上午9时，联系人甲在笔记本上写道：\n读书好。",
     REPLY, NULL, NULL, NULL, NULL},
    {"sentences about mails that were sent", "报送",
     "-- "
     "原始邮件中的附件打不开，现重新发送。\n——原邮件附件有误。\n--"
     "转发内容为主的有3个\n以下是转发的邮件中未提及的内容：\n读书会",
     "-- "
     "原始邮件中的附件打不开，现重新发送。\n——原邮件附件有误。\n--"
     "转发内容为主的有3个\n以下是转发的邮件中未提及的内容：\n读书会",
     REPLY, NULL, NULL, NULL, NULL},
    {"NetEase Mail Master in English", "Re:通知",
     "收到\n\n---- Replied Message ----\n| From | 联系人甲<a@x.example> |\n| Date | 05/30/2014 09:00 |\n| To "
     "| b<b@x.example> |\n| Subject | 通知 |\n旧\n",
     "收到", REPLY, NAME, ADDRESS, "05/30/2014 09:00", "通知"},
    {"a rule with the first field on its line", "回复：通知",
     "收到\n-----原始邮件-----发件人：联系人甲 <a@x.example>\n发送时间：2014年5月30日 09:00\n旧\n", "收到",
     REPLY, "", "", "", ""},
    {"no quotation", "报送",
     "组织部：\n\n现报送材料，主题：读书会。\n收件人：组织部\n日期：5月30日\n\n----\n联系人甲\n",
     "组织部：\n\n现报送材料，主题：读书会。\n收件人：组织部\n日期：5月30日\n\n----\n联系人甲", REPLY, NULL,
     NULL, NULL, NULL},
};

static Facts *read_text(const char *subject, const char *body)
{
    Facts *facts = facts_new();
    g_free(facts->subject);
    g_free(facts->body);
    facts->subject = g_strdup(subject);
    facts->body = g_strdup(body);
    history_read(facts);
    return facts;
}

static void test_programs(void **state)
{
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
        const struct Case *c = &CASES[i];
        g_autoptr (Facts) facts = read_text(c->subject, c->body);
        if (strcmp(facts->new_text, c->fresh) != 0)
            fail_msg("%s\n got  [%s]\n want [%s]", c->program, facts->new_text, c->fresh);
        if (facts->quoted->len != (c->name != NULL))
            fail_msg("%s: %u quotes", c->program, facts->quoted->len);
        if (!c->name) continue;
        const FactsQuote *q = g_ptr_array_index(facts->quoted, 0);
        const char *got[] = {q->name, q->address, q->date, q->subject},
                   *want[] = {c->name, c->address, c->date, c->quoted_subject};
        for (gsize k = 0; k < G_N_ELEMENTS(got); k++)
            if (strcmp(got[k], want[k]) != 0)
                fail_msg("%s\n got  [%s]\n want [%s]", c->program, got[k], want[k]);
        if (q->kind != c->kind) fail_msg("%s: kind %d", c->program, q->kind);
    }
}

/* The same in HTML: the quotation is marked by its element, or by its fields. */
static void test_html(void **state)
{
    static const char *const MAILS[] = {
        "<div>收到</div><div class=\"gmail_quote\"><div>联系人甲 &lt;<a "
        "href=\"mailto:a@x.example\">a@x.example</a>&gt; "
        "于2014年5月30日周五 09:00写道：<br></div><blockquote class=\"gmail_quote\" "
        "style=\"margin:0\"><p>请报送。</p></blockquote></div>",
        "<div>收到</div><div>------------------&nbsp;原始邮件&nbsp;------------------</div><div><b>发件人:</"
        "b>&nbsp;\"联系人甲\"&lt;"
        "a@x.example&gt;;</div><div><b>发送时间:</b>&nbsp;2014年5月30日</div><div><b>主题:</b>&nbsp;通知</"
        "div><div>请报送。</div>",
        "<p>收到</p><div style='border-top:solid'><p><b>发件人<span>:</span></b> 联系人甲 "
        "&lt;a@x.example&gt; <br><b>发送时间:</b> "
        "2014年5月30日<br><b>收件人:</b> b<br><b>主题:</b> 通知</p></div><p>请报送。</p>",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(MAILS); i++) {
        g_autofree char *body = html_to_text(MAILS[i], NULL);
        g_autoptr (Facts) facts = read_text("回复：通知", body);
        assert_string_equal(facts->new_text, "收到");
        assert_int_equal(facts->quoted->len, 1);
        const FactsQuote *q = g_ptr_array_index(facts->quoted, 0);
        assert_string_equal(q->name, NAME);
        assert_string_equal(q->address, ADDRESS);
    }
}

/* What programs add below the text; and what only begins like it. */
static void test_taglines(void **state)
{
    static const char *const ADDED[] = {"发自我的 HUAWEI Mate 40 Pro",
                                        "发自三星 Galaxy 智能手机。",
                                        "使用 K-9 Mail 发送自我的Android设备。",
                                        "来自网易手机号码邮箱了解更多",
                                        "由 Outlook for Android 发送",
                                        "从 Windows 版邮件 <https://go.x.example/>发送",
                                        "来自 魅族 18",
                                        "通过QQ邮箱手机版发送",
                                        "签名由网易邮箱大师定制",
                                        "来自vivo手机邮箱",
                                        "来自钉钉专属商务邮箱",
                                        "发自钉钉专属商务邮箱",
                                        "下载适用于 iOS 的 Outlook<https://go.x.example/>",
                                        "来自阿里邮箱 iPhone版",
                                        "来自移动139邮箱",
                                        "发自iPhone",
                                        "发自 红米手机",
                                        "发自Android客户端",
                                        "发自新浪手机邮箱",
                                        "发送自我的iPad",
                                        "从 Windows 10 版邮件发送",
                                        "下载 Outlook for iOS",
                                        "从我的 iPhone 发送",
                                        "发自企业微信",
                                        "Sent from iPhone",
                                        "Sent via my phone",
                                        "Sent from my Huawei phone",
                                        "获取 Outlook for iOS<https://aka.ms/o0ukef>"},
                             *const WRITTEN[] = {"来自华为的工程师讲了党课",
                                                 "发自三星电子党支部的来信",
                                                 "发自内心感谢，另请问答辩时间。",
                                                 "发自安卓开发党支部的材料",
                                                 "下载Outlook文件后请审阅",
                                                 "通过QQ邮箱报送",
                                                 "由支部书记带头",
                                                 "签名表见附件",
                                                 "从五月起",
                                                 "通过QQ邮箱手机版发送的材料请查收。",
                                                 "来自华为手机的照片见附件",
                                                 "来自华为手机联合党支部的问候：",
                                                 "由OUTLOOK FORUM组织的活动",
                                                 "来自网易邮箱的投稿",
                                                 "来自我的家乡的红色故事",
                                                 "下载适用于读书会的材料",
                                                 "从我的角度看，活动很好",
                                                 "从我的家乡看乡村振兴",
                                                 "从手机发送的材料见附件",
                                                 "Sender : University\nRecipient : Zhang\nThis is new."};
    for (gsize i = 0; i < G_N_ELEMENTS(ADDED); i++) {
        g_autofree char *body = g_strconcat("材料见附件\n\n", ADDED[i], "\n", NULL);
        g_autoptr (Facts) facts = read_text("报送", body);
        assert_string_equal(facts->new_text, "材料见附件");
    }
    for (gsize i = 0; i < G_N_ELEMENTS(WRITTEN); i++) {
        g_autoptr (Facts) facts = read_text("报送", WRITTEN[i]);
        assert_string_equal(facts->new_text, WRITTEN[i]);
    }
}

/* Mails in mails in mails, each told once. */
static void test_many(void **state)
{
    g_autoptr (GString) body = g_string_new("收到\n");
    for (guint i = 0; i < 200; i++)
        g_string_append(body, "-----原始邮件-----\n发件人: a@x.example\n发送时间: 2014\n主题: x\n\n请报送\n");
    g_autoptr (Facts) facts = read_text("Re: x", body->str);
    assert_string_equal(facts->new_text, "收到");
    assert_int_equal(facts->quoted->len, 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_programs),
        cmocka_unit_test(test_html),
        cmocka_unit_test(test_taglines),
        cmocka_unit_test(test_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
