/* Reports about mails: who did not get it, why, which it was; receipts, automatic replies, recalls. The
 * layouts are those of real servers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "parsers/mime.h"

#define OURS  "ours@shili.example"
#define LOST  "lost@x.example"
#define TO_US "To: zzb@shili.example\n"
#define REPORT                                                                                               \
    "MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
#define STATUS "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x.example\n\n"
#define HEADERS                                                                                              \
    "--b\nContent-Type: text/rfc822-headers\n\nReceived: x\nMessage-Id:\n <" OURS ">\nSubject: x\n--b--\n"

static Facts *read_mail(const char *text)
{
    g_autoptr (GBytes) bytes = g_bytes_new(text, strlen(text));
    return mime_read(bytes, NULL, NULL);
}

static const struct Bounce {
    const char *server, *mail, *recipient, *action, *status, *reason, *message_id;
    FactsNotice notice;
} BOUNCES[] = {
    {"RFC 3464",
     "From: MAILER-DAEMON@x.example\n" TO_US REPORT "--b\n\nsorry\n" STATUS "Final-Recipient: rfc822; " LOST
     "\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1\n user unknown\n" HEADERS,
     LOST, "failed", "5.1.1", "550 5.1.1 user unknown", OURS, FACTS_NOTICE_FAILED},
    {"several recipients: the one that failed",
     "From: MAILER-DAEMON@x.example\n" TO_US REPORT STATUS
     "Final-Recipient: rfc822; a@x.example\nAction: delivered\nStatus: 2.0.0\n\n"
     "Final-Recipient: rfc822; b@x.example\nAction: delayed\nStatus: 4.0.0\n\n"
     "Original-Recipient: rfc822;" LOST
     "\nFinal-Recipient: rfc822; other@x.example\nAction: failed (5)\nStatus: 5.2.2 (full)\n" HEADERS,
     LOST, "failed", "5.2.2", "", OURS, FACTS_NOTICE_FAILED},
    {"delayed",
     "From: MAILER-DAEMON@x.example\n" TO_US REPORT STATUS "Final-Recipient: rfc822; " LOST
     "\nAction: delayed\nStatus: 4.4.1\nDiagnostic-Code: smtp; connection timed out\n" HEADERS,
     LOST, "delayed", "4.4.1", "connection timed out", OURS, FACTS_NOTICE_DELAYED},
    {"delivered, as was asked",
     "From: MAILER-DAEMON@x.example\n" TO_US REPORT STATUS "Final-Recipient: rfc822; " LOST
     "\nAction: relayed\nStatus: 2.1.5\n" HEADERS,
     LOST, "relayed", "2.1.5", "", OURS, FACTS_NOTICE_DELIVERED},
    {"Postfix without a report",
     "From: MAILER-DAEMON@x.example (Mail Delivery System)\n" TO_US
     "Subject: Undelivered Mail Returned to Sender\n\n"
     "This is the mail system at host x.example.\n\nI'm sorry to have to inform you that your message could "
     "not\nbe delivered.\n\n"
     "<" LOST ">: host mx.x.example[192.0.2.1] said: 550 5.1.1\n    <" LOST
     ">: Recipient address rejected (in reply to RCPT TO\n    command)\n",
     LOST, "failed", "5.1.1",
     "host mx.x.example[192.0.2.1] said: 550 5.1.1 <" LOST ">: Recipient address rejected", "",
     FACTS_NOTICE_FAILED},
    {"qmail",
     "Return-Path: <>\nFrom: MAILER-DAEMON@x.example\n" TO_US
     "Subject: failure notice\n\nHi. This is the qmail-send program at x.example.\n"
     "I'm afraid I wasn't able to deliver your message to the following addresses.\n\n<" LOST
     ">:\n192.0.2.1 does not like recipient.\n"
     "Remote host said: 553 sorry, no mailbox here by that name (#5.7.1)\nGiving up on 192.0.2.1.\n\n"
     "--- Below this line is a copy of the message.\n\nReturn-Path: <zzb@shili.example>\nMessage-ID: <" OURS
     ">\n",
     LOST, "failed", "5.7.1", "Remote host said: 553 sorry", OURS, FACTS_NOTICE_FAILED},
    {"Exim",
     "From: Mail Delivery System <Mailer-Daemon@x.example>\nX-Failed-Recipients: " LOST "\n" TO_US
     "Subject: Mail delivery failed: returning message to sender\n\nThis message was created "
     "automatically.\n\n  " LOST "\n    SMTP error from remote mail server after RCPT TO:<" LOST
     ">:\n    550 5.1.1 no such user\n\n------ This is a copy of the message, "
     "including all the headers. ------\n\nMessage-ID: <" OURS ">\n",
     LOST, "failed", "5.1.1", "550 5.1.1 no such user", OURS, FACTS_NOTICE_FAILED},
    {"Sendmail",
     "From: MAILER-DAEMON (Mail Delivery Subsystem)\n" TO_US
     "Subject: Returned mail: see transcript for details\n\n"
     "The original message was received at Fri, 30 May 2014\nfrom localhost\n\n   ----- The following "
     "addresses had permanent fatal errors -----\n<" LOST
     ">\n    (reason: 550 5.7.1 Unable to relay)\n\n   ----- Transcript of session follows -----\n>>> RCPT "
     "To:<" LOST ">\n<<< 550 5.7.1 Unable to relay\n",
     LOST, "failed", "5.7.1", "(reason: 550 5.7.1 Unable to relay)", "", FACTS_NOTICE_FAILED},
    {"Exchange",
     "From: System Administrator <postmaster@x.example>\n" TO_US
     "Subject: Undeliverable: x\n\nYour message did not reach some or all of "
     "the intended recipients.\n\n      Subject:  x\n      Sent:  2014/5/30 9:00\n\nThe following "
     "recipient(s) cannot be reached:\n\n      " LOST
     " on 2014/5/30 9:01\n            The e-mail account does not exist.\n            <x.example #5.1.1>\n",
     LOST, "failed", "5.1.1", "#5.1.1", "", FACTS_NOTICE_FAILED},
    {"Exchange in Chinese",
     "From: postmaster@x.example\n" TO_US "Subject: 未送达: 通知\n\n传递到以下收件人或组失败:\n\n" LOST
     "<mailto:" LOST
     ">\n找不到您输入的电子邮件地址。\n\n\n供管理员使用的诊断信息:\n\n生成服务器: x.example\n\n" LOST
     "\n#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##\n",
     LOST, "failed", "5.1.1", "550 5.1.1 RESOLVER.ADR.RecipNotFound", "", FACTS_NOTICE_FAILED},
    {"QQ Mail",
     "From: PostMaster@qq.example\n" TO_US
     "Subject: =?utf-8?B?57O757uf6YCA5L+h?=\nMIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n"
     "<div>抱歉，您的邮件被退回来了……</div><table><tr><td>原邮件信息</td></tr><tr><td>主题</td><td>通知</"
     "td></tr><tr><td>收件人</td><td>" LOST "</td></tr><tr><td>退信原因</td><td>收件人邮件地址（" LOST
     "）不存在，邮件无法送达。<br>host mx.x.example said: 550 Mailbox not found</td></tr></table>",
     LOST, "failed", "", "不存在，邮件无法送达", "", FACTS_NOTICE_FAILED},
    {"163",
     "From: Postmaster@163.example\n" TO_US "Subject: =?gbk?B?z7XNs83L0MU=?=\nContent-Type: text/plain; "
     "charset=utf-8\n\n抱歉，您的邮件被退回来了……\n"
     "原邮件信息：\n时间： 2014-05-30 09:00:00\n主题： 通知\n收件人： " LOST
     "\n退信原因：\nSMTP error, RCPT TO: 550 User not found: " LOST "\n\n建议解决方案：\n"
     "请核对。\n",
     LOST, "failed", "", "SMTP error, RCPT TO: 550 User not found", "", FACTS_NOTICE_FAILED},
    {"Coremail",
     "Return-Path: <>\nFrom: postmaster@mail.shili.example\n" TO_US "Subject: 系统退信\n" REPORT
     "--b\nContent-Type: text/plain; charset=gbk\n\n\xce\xde\xb7\xa8\xb7\xa2\xcb\xcd\xb5\xbd " LOST
     "\n" STATUS "Final-Recipient: RFC822; " LOST "\nAction: failed\nStatus: 5.0.0\nDiagnostic-Code: SMTP; "
     "550 Requested action not taken: mailbox full\n" HEADERS,
     LOST, "failed", "5.0.0", "550 Requested action not taken: mailbox full", OURS, FACTS_NOTICE_FAILED},
    {"labels behind wide blanks",
     "Return-Path: <>\nFrom: mail-system@x.example\n" TO_US
     "Subject: 邮件投递失败通知\n\n尊敬的用户：\n\n　　您好！您发往 <" LOST
     "> 的邮件投递失败。\n\n　　错误代码：550\n　　失败原因：对方邮箱不存在\n",
     LOST, "failed", "", "对方邮箱不存在", "", FACTS_NOTICE_FAILED},
    {"the mail itself comes back",
     "From: MAILER-DAEMON@x.example\n" TO_US REPORT STATUS "Final-Recipient: rfc822; " LOST
     "\nAction: failed\nStatus: 5.1.1\n--b\nContent-Type: message/rfc822\n\nMessage-ID: <" OURS
     ">\nSubject: x\n\nbody\n--b--\n",
     LOST, "failed", "5.1.1", "", OURS, FACTS_NOTICE_FAILED},
    {"the mail itself comes back as a file",
     "From: PostMaster@qq.com\n" TO_US "Subject: 系统退信\nMIME-Version: 1.0\n"
     "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain; "
     "charset=utf-8\n\n收件人：" LOST
     "\n退信原因：550 用户不存在\n--b\nContent-Type: application/octet-stream; name=a.eml\n\nFrom: "
     "b@x.example\nMessage-ID: <" OURS ">\nSubject: x\n\nbody\n--b--\n",
     LOST, "failed", "", "550 用户不存在", OURS, FACTS_NOTICE_FAILED},
    {"Exchange waits, in Chinese",
     "From: postmaster@x.example\n" TO_US "Subject: 延迟: 通知\nContent-Type: text/plain; "
     "charset=utf-8\n\n传递到这些收件人或通讯组列表已被延迟:\n\n" LOST "\n\n此邮件尚未送达。\n",
     LOST, "delayed", "", "此邮件尚未送达。", "", FACTS_NOTICE_DELAYED},
    {"a warning in words",
     "From: MAILER-DAEMON@x.example\n" TO_US
     "Subject: Warning: could not send message for past 4 hours\n\n" LOST "\n    421 try later\n",
     LOST, "delayed", "", "421 try later", "", FACTS_NOTICE_DELAYED},
};

static void test_bounces(void **state)
{
    for (gsize i = 0; i < G_N_ELEMENTS(BOUNCES); i++) {
        const struct Bounce *b = &BOUNCES[i];
        g_autoptr (Facts) facts = read_mail(b->mail);
        const FactsBounce *got = &facts->bounce;
        if (facts->automatic != FACTS_AUTO_BOUNCE || facts->notice != b->notice)
            fail_msg("%s: auto %d, notice %d", b->server, facts->automatic, facts->notice);
        if (strcmp(got->recipient, b->recipient) != 0 || strcmp(got->action, b->action) != 0 ||
            strcmp(got->status, b->status) != 0 || strcmp(got->message_id, b->message_id) != 0)
            fail_msg("%s: [%s] [%s] [%s] [%s]", b->server, got->recipient, got->action, got->status,
                     got->message_id);
        if (!strstr(got->diagnostic, b->reason)) fail_msg("%s: reason [%s]", b->server, got->diagnostic);
        assert_string_equal(facts->bounced, got->message_id);
    }
}

/* A mail that speaks of delivery, or carries a mail, bounces nothing. */
static void test_no_bounce(void **state)
{
    static const char *const MAILS[] = {
        "From: a@x.example\nSubject: x\nMIME-Version: 1.0\nContent-Type: multipart/mixed; "
        "boundary=b\n\n--b\nContent-Type: message/rfc822\n\n"
        "Message-ID: <1@x.example>\n\nbody\n--b--\n",
        "From: postmaster@x.example\nSubject: lunch\n\n<" LOST
        ">: 550 5.1.1 user unknown\nMessage-ID: <1@x.example>\n",
        "From: a@x.example\nSubject: Fwd: Undelivered Mail Returned to Sender\n\n<" LOST
        ">: 550 5.1.1 user unknown\n",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(MAILS); i++) {
        g_autoptr (Facts) facts = read_mail(MAILS[i]);
        assert_int_equal(facts->automatic, FACTS_AUTO_NO);
        assert_string_equal(facts->bounced, "");
        assert_string_equal(facts->bounce.recipient, "");
        assert_string_equal(facts->bounce.message_id, "");
    }
}

static void test_receipts(void **state)
{
    static const struct {
        const char *disposition;
        FactsNotice notice;
    } KINDS[] = {
        {"manual-action/MDN-sent-manually; displayed", FACTS_NOTICE_READ},
        {"automatic-action/MDN-sent-automatically; deleted", FACTS_NOTICE_UNREAD},
        {"automatic-action/MDN-sent-automatically; dispatched", FACTS_NOTICE_DELIVERED},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(KINDS); i++) {
        g_autofree char *mail = g_strconcat(
            "From: " LOST
            "\nSubject: =?utf-8?B?5bey6K+7OiDpgJrnn6U=?=\nMIME-Version: 1.0\nContent-Type: multipart/report; "
            "report-type=disposition-notification; boundary=b\n\n--b\n\nread\n--b\nContent-Type: "
            "message/disposition-notification\n\n"
            "Final-Recipient: rfc822;" LOST "\nOriginal-Message-ID: <" OURS ">\nDisposition: ",
            KINDS[i].disposition, "\n\n--b--\n", NULL);
        g_autoptr (Facts) facts = read_mail(mail);
        assert_int_equal(facts->automatic, FACTS_AUTO_REPLY);
        assert_int_equal(facts->notice, KINDS[i].notice);
    }
    g_autoptr (Facts) plain = read_mail("From: a@x.example\nSubject: 未读: 通知\n\n未读即删\n");
    assert_int_equal(plain->notice, FACTS_NOTICE_UNREAD);
    g_autoptr (Facts) read = read_mail("From: a@x.example\nSubject: 邮件阅读回执: 通知\n\n对方已打开\n");
    assert_int_equal(read->notice, FACTS_NOTICE_READ);
}

/* No report, no Return-Path, and a subject that begins with something else. */
static void test_sent_back(void **state)
{
    static const char *const BACK[] = {
        "From: PostMaster@qq.example\nSubject: 来自qq.example的退信\n\n很遗憾\n",
        "From: postmaster@exmail.example\nSubject: 来自 exmail.example 的退信\n\nx\n",
        "From: QQ邮箱管理员 <10000@qq.example>\nSubject: 退信：您的邮件被对方拒收\n\nx\n",
        "From: <>\nSubject: Returned mail: see transcript for details\n\nx\n",
        ("From: postmaster@x.example\nSubject: x\nContent-Type: multipart/mixed; "
         "boundary=b\n\n--b\n\nx\n--b\n"
         "Content-Type: message/rfc822\n\nMessage-ID: <1@y.example>\nSubject: r\n\nx\n--b--\n"),
    };
    static const char *const NOT[] = {
        "From: postmaster@x.example\nSubject: 报送\n\n材料\n",
        "From: postmaster@x.example\nSubject: 回复：来自qq.example的退信\n\n已处理\n",
        "From: a@x.example\nSubject: 来自qq.example的退信\n\n请看\n",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(BACK); i++) {
        g_autoptr (Facts) facts = read_mail(BACK[i]);
        if (facts->automatic != FACTS_AUTO_BOUNCE) fail_msg("%s", BACK[i]);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(NOT); i++) {
        g_autoptr (Facts) facts = read_mail(NOT[i]);
        if (facts->automatic != FACTS_AUTO_NO) fail_msg("%s", NOT[i]);
    }
}

/* What to do about it is not why it came back. */
static void test_advice(void **state)
{
    g_autoptr (Facts)
        facts = read_mail("From: PostMaster@qq.example\n" TO_US
                          "Subject: 来自qq.example的退信\nContent-Type: text/html; "
                          "charset=utf-8\n\n<table><tr><td>收件人</td><td>" LOST
                          "</td></tr></table><div>退信原因：</div><div>收件人邮件地址"
                          "不存在。<br>host mx.x.example said: 550 Mailbox not "
                          "found</div><div>解决方案：</div><div>请联系您的收件人。</div>");
    assert_string_equal(facts->bounce.diagnostic,
                        "收件人邮件地址不存在。 host mx.x.example said: 550 Mailbox not found");
}

static void test_replies(void **state)
{
    static const char *const MAILS[] = {
        "From: a@qq.example\nSubject: Re: x\nContent-Type: text/plain; "
        "charset=utf-8\n\n这是来自QQ邮箱的假期自动回复邮件。\n\n您好，我最近正在休假中。\n",
        "From: a@qq.example\nSubject: 自动回复:通知\n\n您的邮件我已收到。\n",
        "From: a@163.example\nSubject: Re:通知\nContent-Type: text/html; "
        "charset=utf-8\n\n<div>您好！这是一封自动回复邮件，来信已收到。</div>",
        "From: a@163.example\nSubject: =?gbk?B?19S2r7vYuLQ6zajWqg==?=\n\nx\n",
        "From: a@x.example\nSubject: Re: x\nAuto-Submitted: auto-replied\n\nx\n",
        "From: a@x.example\nSubject: Automatic reply: x\n\nx\n",
        "From: a@x.example\nSubject: 回复：通知\n\n您的来信已收到。（本邮件由系统自动发送，请勿直接回复）\n",
        "From: a@qq.example\nSubject: Re:通知\n\n您好，我最近正在休假中，无法亲自回复您的邮件。\n",
        "From: a@qq.example\nSubject: Re:通知\n\n这是来自 QQ 邮箱的假期自动回复邮件。\n",
        "From: a@x.example\nSubject: Re: 通知\n\n您好，邮件已收到，祝工作顺利！（自动回复）\n",
        "From: a@163.example\nSubject: Re: 通知\n\n来信已收到。\n\n这是一封来自网易邮箱的自动回复邮件\n",
        "From: a@x.example\nSubject: Re: 通知 [自动回复]\n\n收到来信\n",
        "From: a@x.example\nSubject: (自动答复) 通知\n\nx\n",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(MAILS); i++) {
        g_autoptr (Facts) facts = read_mail(MAILS[i]);
        if (facts->automatic != FACTS_AUTO_REPLY || facts->notice != FACTS_NOTICE_REPLY)
            fail_msg("%s", MAILS[i]);
    }
    static const char *const PERSONS[] = {
        "From: a@x.example\nSubject: 报送\n\n请看，这是一封自动回复以外的邮件。\n",
        "From: a@x.example\nSubject: 报送\n\n昨天只收到你们的（自动回复），材料收到了吗？\n",
        "From: a@x.example\nSubject: 请问\n\n你们的回信为什么都写（自动回复）\n",
        "From: a@x.example\nSubject: 报送\n\n材料已发，网易邮箱的自动回复好像坏了。\n",
        "From: a@x.example\nSubject: 回复：通知 [自动回复]\n\n老师好！我们的材料上周五已经发过一次，"
        "但是只收到了这封回信，不知道是不是漏了。现在重新报送，活动名称是读书会，负责人是联系人甲，"
        "请查收后告诉我们登记编号，谢谢！\n",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(PERSONS); i++) {
        g_autoptr (Facts) person = read_mail(PERSONS[i]);
        assert_int_equal(person->automatic, FACTS_AUTO_NO);
        assert_int_equal(person->notice, FACTS_NOTICE_NONE);
    }
}

static void test_recalls(void **state)
{
    static const struct {
        const char *mail;
        FactsNotice notice;
    } MAILS[] = {
        {"From: a@x.example\nSubject: 撤回: 【报送】读书会\n\n联系人甲 将撤回邮件“【报送】读书会”。\n",
         FACTS_NOTICE_RECALL},
        {"From: a@x.example\nSubject: Recall: x\n\nA would like to recall the message, \"x\".\n",
         FACTS_NOTICE_RECALL},
        {"From: a@x.example\nSubject: 邮件撤回通知\n\n发件人已撤回该邮件。\n", FACTS_NOTICE_RECALL},
        {"From: postmaster@x.example\nSubject: 邮件撤回通知\n\n发件人 a@x.example "
         "已撤回主题为“报送”的邮件。\n",
         FACTS_NOTICE_RECALL},
        {"From: a@x.example\nSubject: 发信方已撤回邮件：报送\n\n发信方已撤回邮件\n", FACTS_NOTICE_RECALL},
        {"From: a@x.example\nSubject: 邮件召回\n\n联系人甲 想要召回邮件“报送”。\n", FACTS_NOTICE_RECALL},
        {"From: a@x.example\nSubject: 【撤回】读书会\n\n我院撤回读书会一项。\n", FACTS_NOTICE_NONE},
        {"From: a@x.example\nSubject: 报送读书会（上一封邮件已撤回）\nContent-Type: multipart/mixed; "
         "boundary=B\n\n--B\nContent-Type: text/plain; "
         "charset=utf-8\n\n上一封邮件我已经撤回，以本邮件为准。\n"
         "--B\nContent-Type: text/plain; name=a.txt\n\nx\n--B--\n",
         FACTS_NOTICE_NONE},
        {"From: a@x.example\nSubject: x\n\nA would like to recall the message, \"x\".\n", FACTS_NOTICE_NONE},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(MAILS); i++) {
        g_autoptr (Facts) facts = read_mail(MAILS[i].mail);
        assert_int_equal(facts->notice, MAILS[i].notice);
        assert_int_equal(facts->automatic, FACTS_AUTO_NO);
    }
}

static int start(void **state)
{
    mime_init();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bounces),   cmocka_unit_test(test_no_bounce), cmocka_unit_test(test_receipts),
        cmocka_unit_test(test_sent_back), cmocka_unit_test(test_advice),    cmocka_unit_test(test_replies),
        cmocka_unit_test(test_recalls),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
