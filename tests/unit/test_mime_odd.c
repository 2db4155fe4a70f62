/* Mails that programs and people have made oddly, and what is not to be taken for what it is like. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "parsers/limits.h"
#include "parsers/mime.h"

static Facts *read_mail(const char *text)
{
    g_autoptr (GBytes) bytes = g_bytes_new(text, strlen(text));
    return mime_read(bytes, NULL, NULL);
}

/* Lines of white space in a header, folded or not; blank_headers() of the bombs has more of them. */
static void test_blank_headers(void **state)
{
    static const char *const LINES[] = {" \f\n", "\f\n", "a=b;\n\f\n"};
    for (gsize i = 0; i < G_N_ELEMENTS(LINES); i++) {
        g_autoptr (GString) mail = g_string_new("Subject: x\nContent-Type: text/plain;\n");
        for (guint n = 0; n < 1000; n++) g_string_append(mail, LINES[i]);
        g_string_append(mail, "charset=utf-8\nTo: a@x.example\n\nbody\n");
        g_autoptr (Facts) facts = read_mail(mail->str);
        assert_string_equal(facts->subject, "x");
    }
}

/* A mail that is attached as a file is no saved page, and its attachment is told. */
static void test_mail_like_page(void **state)
{
    static const char INNER[] =
        "From: =?utf-8?B?5byg5LiJ?=\n <a@x.example>\nSubject: y\nMIME-Version: 1.0\n"
        "Content-Type: multipart/related; boundary=B\n\n--B\nContent-Type: text/html\n\n<p>a</p>\n--B\n"
        "Content-Type: text/plain; name=b.txt\nContent-Disposition: attachment; filename=b.txt\n\nb\n--B--\n";
    static const char *const NAMES[] = {"a.eml", "a.dat"};
    g_autofree char *encoded = g_base64_encode((const guchar *)INNER, strlen(INNER));
    for (gsize i = 0; i < G_N_ELEMENTS(NAMES); i++) {
        g_autofree char *mail = g_strdup_printf(
            "Subject: x\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=o\n\n--o\n"
            "Content-Type: application/octet-stream; name=%s\nContent-Transfer-Encoding: "
            "base64\n\n%s\n--o--\n",
            NAMES[i], encoded);
        g_autoptr (Facts) facts = read_mail(mail);
        assert_int_equal(facts->attachments->len, 1);
        const FactsAttachment *inner = g_ptr_array_index(facts->attachments, 0);
        assert_string_equal(inner->type, "message/rfc822");
        assert_true(inner->children->len >= 1);
    }
}

/* A page that was saved as text, and a file that is attached to it. */
static void test_page_of_text(void **state)
{
    static const char MAIL[] =
        "Subject: x\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=o\n\n--o\n"
        "Content-Type: application/octet-stream; name=a.mht\n\nFrom: \"Saved by Internet Explorer\"\n"
        "MIME-Version: 1.0\nContent-Type: multipart/related; boundary=B\n\n--B\n"
        "Content-Type: text/plain; charset=utf-8\n\n活动名称：读书会\n--B--\n--o--\n";
    g_autoptr (Facts) facts = read_mail(MAIL);
    const FactsAttachment *page = g_ptr_array_index(facts->attachments, 0);
    assert_non_null(strstr(page->text, "活动名称：读书会"));
    assert_int_equal(page->problems->len, 0);

    g_autoptr (GString) attached = g_string_new(MAIL);
    g_string_replace(attached, "--B--",
                     "--B\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n"
                     "Content-Disposition: attachment; "
                     "filename=\"=?utf-8?B?5oC757uTLnR4dA==?=\"\n\n6LSf6LSj5Lq677ya55Sy\n--B--",
                     1);
    g_autoptr (Facts) more = read_mail(attached->str);
    page = g_ptr_array_index(more->attachments, 0);
    assert_int_equal(page->problems->len, 0);
    assert_null(strstr(page->text, "负责人"));
    assert_int_equal(page->children->len, 1);
    const FactsAttachment *file = g_ptr_array_index(page->children, 0);
    assert_string_equal(file->name, "总结.txt");
    assert_string_equal(facts_field(file, "负责人"), "甲");
    assert_int_equal(file->offset, -1);

    g_string_assign(attached, MAIL);
    g_string_replace(
        attached, "--B--",
        "--B\nContent-Type: message/rfc822\nContent-Disposition: attachment; filename=../c.eml\n\n"
        "From: a@x.example\nTo: b@x.example\nSubject: y\n\n内文\n--B--",
        1);
    g_autoptr (Facts) forwarded = read_mail(attached->str);
    page = g_ptr_array_index(forwarded->attachments, 0);
    assert_int_equal(page->children->len, 1);
    file = g_ptr_array_index(page->children, 0);
    assert_string_equal(file->name, "c.eml");
    assert_string_equal(file->type, "message/rfc822");
    assert_non_null(strstr(file->text, "内文"));
}

/* Files in files are as many as there may be members of archives: the daemon takes no more from a worker. */
static void test_files_in_pages(void **state)
{
    g_autoptr (GString)
        page = g_string_new("From: \"Saved\"\nMIME-Version: 1.0\n"
                            "Content-Type: multipart/related; boundary=B\n\n--B\n"
                            "Content-Type: text/html\n\na\n");
    for (guint i = 0; i < LIMIT_MEMBERS * 2 / 3; i++)
        g_string_append(page, "--B\nContent-Disposition: attachment; filename=a\n\nx\n");
    g_autofree char *file = g_base64_encode((const guchar *)page->str, page->len);
    g_autoptr (GString)
        mail = g_string_new("Subject: x\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=o\n\n");
    for (guint i = 0; i < 2; i++)
        g_string_append_printf(
            mail, "--o\nContent-Type: a/b; name=a.mht\nContent-Transfer-Encoding: base64\n\n%s\n", file);
    g_autoptr (Facts) facts = read_mail(mail->str);
    const FactsAttachment *first = g_ptr_array_index(facts->attachments, 0),
                          *second = g_ptr_array_index(facts->attachments, 1);
    assert_int_equal(first->children->len + second->children->len, LIMIT_MEMBERS);
    assert_int_equal(first->problems->len, 0);
    assert_string_equal(((FactsProblem *)g_ptr_array_index(second->problems, 0))->code, "truncated");
}

/* The plain text that QQ makes of its HTML keeps references, doubled where it is quoted again. Who explains
 * one has it kept. */
static void test_references_in_text(void **state)
{
    static const char HEAD[] =
        "From: a@x.example\nSubject: Re: x\nContent-Type: text/plain; charset=utf-8\n\n";
    g_autofree char
        *mail = g_strconcat(
            HEAD,
            "活动名称：&nbsp;&ldquo;读书会&rdquo;&middot;A&amp;B\n\n\n------------------&nbsp;原始邮件&nbsp;-"
            "-----------------\n"
            "发件人:        \"联系人甲\"        <b@x.example&gt;;\n发送时间:&nbsp;2014年5月30日(星期五) "
            "上午9:00\n主题:&nbsp;通知\n\n旧 &amp;nbsp; 文\n",
            NULL),
        *explained = g_strconcat(HEAD, "请用 &gt; 代替 >。\n", NULL);
    g_autoptr (Facts) facts = read_mail(mail);
    assert_string_equal(facts->new_text, "活动名称： “读书会”·A&B");
    assert_non_null(strstr(facts->body, "旧   文"));
    assert_int_equal(facts->quoted->len, 1);
    const FactsQuote *quote = g_ptr_array_index(facts->quoted, 0);
    assert_string_equal(quote->address, "b@x.example");
    assert_string_equal(quote->subject, "通知");
    assert_string_equal(quote->date, "2014年5月30日(星期五) 上午9:00");
    g_autoptr (Facts) kept = read_mail(explained);
    assert_string_equal(kept->new_text, "请用 &gt; 代替 >。");
}

/* What is copied from a PDF. */
static void test_radicals_in_text(void **state)
{
    g_autoptr (Facts)
        facts = read_mail("From: a@x.example\nContent-Type: text/html; charset=utf-8\n\n<p>⺠族学院⼯会</p>");
    assert_string_equal(facts->new_text, "民族学院工会");
}

/* Machines that mark no field, and people who write of them. */
static void test_machines(void **state)
{
    static const struct {
        const char *subject, *text;
        FactsAuto is;
        FactsNotice notice;
    } MAILS[] = {
        {"Re: x", "您好，来信收到！此信为自动回复，无需再回。", FACTS_AUTO_REPLY, FACTS_NOTICE_REPLY},
        {"Re: x", "自动回复：您好，邮件已收到。", FACTS_AUTO_REPLY, FACTS_NOTICE_REPLY},
        {"Re: x", "您好！【系统自动回复】\n邮件已收到。", FACTS_AUTO_REPLY, FACTS_NOTICE_REPLY},
        {"Re: x", "邮件收到，谢谢。\n——自动回复", FACTS_AUTO_REPLY, FACTS_NOTICE_REPLY},
        {"Re: x", "你好，这是一封自动回复邮件~已收到", FACTS_AUTO_REPLY, FACTS_NOTICE_REPLY},
        {"Re: x", "This is an automated response. I am away.", FACTS_AUTO_REPLY, FACTS_NOTICE_REPLY},
        {"【系统自动回复】x", "y", FACTS_AUTO_REPLY, FACTS_NOTICE_REPLY},
        {"[Auto-Reply] x", "y", FACTS_AUTO_REPLY, FACTS_NOTICE_REPLY},
        {"不在办公室: x", "y", FACTS_AUTO_REPLY, FACTS_NOTICE_REPLY},
        {"已阅读: x", "y", FACTS_AUTO_REPLY, FACTS_NOTICE_READ},
        {"【已读回执】x", "y", FACTS_AUTO_REPLY, FACTS_NOTICE_READ},
        {"[邮件已撤回] x", "该邮件已被发件人撤回", FACTS_AUTO_NO, FACTS_NOTICE_RECALL},
        {"张三撤回了一封邮件", "张三撤回了邮件：x", FACTS_AUTO_NO, FACTS_NOTICE_RECALL},
        {"Re: x", "贵处答复“此为自动回复”，收到了吗？", FACTS_AUTO_NO, FACTS_NOTICE_NONE},
        {"Re: x", "请问这是自动回复吗？", FACTS_AUTO_NO, FACTS_NOTICE_NONE},
        {"Re: x", "自动回复、菜单等已上线，请指导。", FACTS_AUTO_NO, FACTS_NOTICE_NONE},
        {"Re: x", "公众号有：\n菜单\n自动回复", FACTS_AUTO_NO, FACTS_NOTICE_NONE},
        {"Re: x", "为什么总是系统自动回复，材料收到没有？", FACTS_AUTO_NO, FACTS_NOTICE_NONE},
        {"Re: x", "您好，收到的这是自动回复。请人工确认材料是否收到。", FACTS_AUTO_NO, FACTS_NOTICE_NONE},
        {"x", "昨天收到的邮件说此邮件为自动回复，不知是否收到，请确认。", FACTS_AUTO_NO, FACTS_NOTICE_NONE},
        {"Re: x", "贵处来信：“此邮件为自动回复。”请确认收到。", FACTS_AUTO_NO, FACTS_NOTICE_NONE},
        {"Re: x", "您好此邮件为自动回复，来信收到。", FACTS_AUTO_REPLY, FACTS_NOTICE_REPLY},
        {"Re: x", "来信已收到 此邮件为自动回复", FACTS_AUTO_REPLY, FACTS_NOTICE_REPLY},
        {"撤回报送 x", "我院已被发件人撤回的那份作废。", FACTS_AUTO_NO, FACTS_NOTICE_NONE},
        {"不在办公室学习", "在校史馆。", FACTS_AUTO_NO, FACTS_NOTICE_NONE},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(MAILS); i++) {
        g_autofree char *mail =
            g_strdup_printf("From: a@x.example\nSubject: %s\nContent-Type: text/plain; charset=utf-8\n\n%s\n",
                            MAILS[i].subject, MAILS[i].text);
        g_autoptr (Facts) facts = read_mail(mail);
        if (facts->automatic != MAILS[i].is || facts->notice != MAILS[i].notice)
            fail_msg("%s / %s: %d %d", MAILS[i].subject, MAILS[i].text, facts->automatic, facts->notice);
    }
}

/* Whose subject begins like a receipt, and who sends a file, is no machine; a receipt may bring the mail
 * back. */
static void test_receipt_with_file(void **state)
{
    static const struct {
        const char *part;
        FactsAuto is;
    } MAILS[] = {{"Content-Type: text/plain; name=a.txt\n\nx", FACTS_AUTO_NO},
                 {"Content-Type: image/png; name=a.png\n\n\x89PNG\r\n\x1a\n", FACTS_AUTO_REPLY},
                 {"Content-Type: message/rfc822\n\nSubject: y\n\ny", FACTS_AUTO_REPLY},
                 {"Content-Type: message/rfc822\n\nSubject: y\nContent-Type: text/plain; name=a.txt\n\ny",
                  FACTS_AUTO_NO},
                 {"Content-Type: application/x-pkcs7-signature; name=smime.p7s\n\n\x30\x80\x06\x09*",
                  FACTS_AUTO_REPLY}};
    for (gsize i = 0; i < G_N_ELEMENTS(MAILS); i++) {
        g_autofree char *mail =
            g_strdup_printf("From: a@x.example\nSubject: 已读：红星照耀中国\nMIME-Version: 1.0\n"
                            "Content-Type: multipart/mixed; boundary=B\n\n--B\n\nx\n--B\n%s\n--B--\n",
                            MAILS[i].part);
        g_autoptr (Facts) facts = read_mail(mail);
        if (facts->automatic != MAILS[i].is) fail_msg("%s: %d", MAILS[i].part, facts->automatic);
    }
}

/* What rules and servers pass on, and what they say themselves. */
static void test_passed_on(void **state)
{
    static const char FILE[] = "Content-Type: text/plain; name=a.txt\n\nx\n",
                      TEXT[] = "Content-Type: text/plain\n\nx\n";
    static const struct {
        const char *fields, *part;
        FactsAuto is;
    } MAILS[] = {{"X-MS-Exchange-Inbox-Rules-Loop: b@x.example\nSubject: x\n", FILE, FACTS_AUTO_NO},
                 {"X-MS-Exchange-Inbox-Rules-Loop: b@x.example\nSubject: x\n", TEXT, FACTS_AUTO_NO},
                 {"X-MS-Exchange-Inbox-Rules-Loop: b@x.example\nIn-Reply-To: <a@x>\nSubject: x\n", TEXT,
                  FACTS_AUTO_NO},
                 {"X-MS-Exchange-Inbox-Rules-Loop: A@x.example\nIn-Reply-To: <a@x>\nSubject: x\n", TEXT,
                  FACTS_AUTO_REPLY},
                 {"X-MS-Exchange-Inbox-Rules-Loop: b@x.example\nReturn-Path: <>\nIn-Reply-To: <a@x>\n", TEXT,
                  FACTS_AUTO_NO},
                 {"Return-Path: <>\nSubject: x\n", FILE, FACTS_AUTO_BULK},
                 {"Return-Path: <>\nSubject: x\n", TEXT, FACTS_AUTO_BOUNCE}};
    for (gsize i = 0; i < G_N_ELEMENTS(MAILS); i++) {
        g_autofree char *mail =
            g_strdup_printf("From: a@x.example\n%sMIME-Version: 1.0\nContent-Type: multipart/mixed; "
                            "boundary=B\n\n--B\n\nx\n--B\n%s--B--\n",
                            MAILS[i].fields, MAILS[i].part);
        g_autoptr (Facts) facts = read_mail(mail);
        if (facts->automatic != MAILS[i].is)
            fail_msg("%s%s: %d", MAILS[i].fields, MAILS[i].part, facts->automatic);
    }
}

/* Dates in Chinese: raw in GBK, and encoded, where figures of the code are none of the date. */
static void test_dates_in_chinese(void **state)
{
    static const char *const DATES[] = {"\xD6\xDC\xCE\xE5, 30 5\xD4\xC2 2014 09:00:00 +0800",
                                        "=?utf-8?B?5ZGo5LqU?=, 30 May 2014 09:00:00 +0800",
                                        "=?gb2312?B?1tzO5Sw=?= 30 May 2014 09:00:00 +0800"};
    for (gsize i = 0; i < G_N_ELEMENTS(DATES); i++) {
        g_autofree char *mail = g_strdup_printf("From: a@x.example\nDate: %s\nSubject: x\n\nx\n", DATES[i]);
        g_autoptr (Facts) facts = read_mail(mail);
        assert_string_equal(facts->date, "2014-05-30T09:00:00+08:00");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dates_in_chinese),  cmocka_unit_test(test_blank_headers),
        cmocka_unit_test(test_mail_like_page),    cmocka_unit_test(test_page_of_text),
        cmocka_unit_test(test_files_in_pages),    cmocka_unit_test(test_references_in_text),
        cmocka_unit_test(test_radicals_in_text),  cmocka_unit_test(test_machines),
        cmocka_unit_test(test_receipt_with_file), cmocka_unit_test(test_passed_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
