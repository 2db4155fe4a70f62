/* Whole mails. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "parsers/input.h"
#include "parsers/limits.h"

#define MIXED "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"

static Facts *read_mail(const char *text)
{
    g_autoptr (GBytes) bytes = g_bytes_new(text, strlen(text));
    return mime_read(bytes, NULL, NULL);
}

static const FactsAttachment *attachment(const Facts *facts, guint i)
{
    assert_true(i < facts->attachments->len);
    return g_ptr_array_index(facts->attachments, i);
}

static gboolean has_problem(const GPtrArray *problems, const char *code)
{
    for (guint i = 0; i < problems->len; i++)
        if (strcmp(((FactsProblem *)g_ptr_array_index(problems, i))->code, code) == 0) return TRUE;
    return FALSE;
}

static void test_headers(void **state)
{
    g_autoptr (Facts)
        facts =
            read_mail("Return-Path: <a@x.example>\n"
                      "Received: from b by c; Fri, 30 May 2014 09:00:01 +0800\n"
                      "Received: from a by b; Fri, 30 May 2014 08:00:00 +0800\n"
                      "Message-ID: <1@x.example>\nIn-Reply-To: <0@y.example> of yesterday\n"
                      "References: <a@y.example>\n <b@y.example>\nDate: Fri, 30 May 2014 08:59:58 +0800\n"
                      "From: =?gbk?B?warPtcjLvNc=?= <A@X.Example>\nTo: b@y.example, c@y.example\n"
                      "Subject: =?utf-8?B?5oql?=\n =?utf-8?B?6YCB?=\nBaosong-Record: abc\n def=\n\n正文\r\n");
    assert_string_equal(facts->message_id, "1@x.example");
    assert_string_equal(facts->in_reply_to, "0@y.example");
    assert_int_equal(facts->references->len, 2);
    assert_string_equal(facts->date, "2014-05-30T08:59:58+08:00");
    assert_string_equal(facts->received, "2014-05-30T09:00:01+08:00");
    assert_string_equal(((FactsMailbox *)g_ptr_array_index(facts->from, 0))->address, "A@x.example");
    assert_int_equal(facts->to->len, 2);
    assert_string_equal(facts->subject, "报送");
    assert_string_equal(facts->record, "abcdef=");
    assert_string_equal(facts->body, "正文\n");
    assert_int_equal(facts->automatic, FACTS_AUTO_NO);
    assert_int_equal(facts->leaves->len, 1);
}

/* A line that begins like a parameter goes on with the field above only if that is one of those that have
 * any: it is dropped, or is the body where the blank line was forgotten. */
static void test_folds_without_space(void **state)
{
    static const struct {
        const char *mail, *subject, *body;
    } MAILS[] = {
        {"Subject: 报送;\nfrom=a\nFrom: a@x.example\n\n正文\n", "报送;", "正文\n"},
        {"Subject: 报送;\na=b\n正文\n", "报送;", "a=b\n正文\n"},
        {"Subject: 报送\nContent-Type: text/plain;\ncharset=gbk;\n\tformat=fixed;\nx=y\n\n\xd5\xfd\xce\xc4\n",
         "报送", "正文\n"},
        {"Content-Type: text/plain;\nSubject: 报送;\n=?utf-8?B?5YW7?=\n\n正文\n", "报送; 养", "正文\n"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(MAILS); i++) {
        g_autoptr (Facts) facts = read_mail(MAILS[i].mail);
        assert_string_equal(facts->subject, MAILS[i].subject);
        assert_string_equal(facts->body, MAILS[i].body);
    }
}

/* The name is lost in headers that nearly are right. */
static void test_names_astray(void **state)
{
    static const char *const HEADERS[] = {
        "Content-Type: application/octet-stream\nContent-Disposition: attachment filename=\"报.txt\"",
        "Content-Type: application/octet-stream\nContent-Disposition: filename=\"报.txt\"",
        "Content-Disposition: attachment; name=\"报.txt\"",
        "Content-Type: application/msword; filename=\"报.txt\"",
        "Content-Type: application/octet-stream name=\"报.txt\"",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(HEADERS); i++) {
        g_autofree char *mail = g_strdup_printf(
            "Subject: x\n" MIXED "--b\nContent-Type: text/plain\n\n正文\n--b\n%s\n\n文本\n--b--\n",
            HEADERS[i]);
        g_autoptr (Facts) facts = read_mail(mail);
        assert_string_equal(facts->body, "正文");
        assert_string_equal(attachment(facts, 0)->name, "报.txt");
    }
}

/* What programs without letters for a name write, and names that only describe. */
static void test_names_lost(void **state)
{
    static const struct {
        const char *header, *name;
    } PARTS[] = {
        {"Content-Type: a/b; name=\"总结.doc\"\nContent-Disposition: attachment; filename=\"????.doc\"",
         "总结.doc"},
        {"Content-Type: a/b; name=\"总结.doc\"\nContent-Disposition: attachment; filename=\"__.doc\"",
         "总结.doc"},
        {"Content-Type: a/b; name=\"??.doc\"\nContent-Disposition: attachment; filename=\"????.doc\"",
         "????.doc"},
        {"Content-Type: a/b; name=\"总结.doc\"\nContent-Disposition: attachment; filename=\"_1.doc\"",
         "_1.doc"},
        {"Content-Type: a/b\nContent-Disposition: attachment; filename=\"??.doc\"", "??.doc"},
        {"Content-Type: a/b\nContent-Description: =?utf-8?B?5oC757uTLmRvYw==?=", "总结.doc"},
        {"Content-Type: a/b; name=a.doc\nContent-Description: b.doc", "a.doc"},
        {"Content-Type: a/b\nContent-Description: minutes of No. 12", ""},
        {"Content-Type: a/b\nContent-Description: .doc", ""},
        {"Content-Type: a/b\nContent-Description: text at x.example.cn", ""},
        {"Content-Type: a/b\nContent-Description: b.PDF", "b.PDF"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(PARTS); i++) {
        g_autofree char *mail =
            g_strdup_printf("Subject: x\n" MIXED "--b\n%s\n\nx\n--b--\n", PARTS[i].header);
        g_autoptr (Facts) facts = read_mail(mail);
        assert_string_equal(attachment(facts, 0)->name, PARTS[i].name);
    }
    g_autoptr (Facts) body = read_mail("Subject: x\nContent-Description: a.txt\n\n正文");
    assert_string_equal(body->body, "正文");
}

static void test_parts(void **state)
{
    g_autoptr (Facts)
        facts = read_mail(
            "Subject: x\n" MIXED "--b\nContent-Type: multipart/alternative; boundary=c\n\n--c\n"
            "Content-Type: text/plain; charset=gb2312\nContent-Transfer-Encoding: base64\n\n1f3OxA==\n--c\n"
            "Content-Type: text/html\n\n<p>HTML</p>\n--c--\n"
            "--b\nContent-Type: application/msword; name=\"=?gb2312?B?saj0y80uZG9j?=\"\n"
            "Content-Transfer-Encoding: base64\n\nAAEC\n--b\n"
            "Content-Type: text/plain\nContent-Disposition: attachment; "
            "filename*=utf-8''%E6%8A%A5.txt\n\n文本\n"
            "--b\nContent-Type: image/png\nContent-ID: <1>\nContent-Transfer-Encoding: "
            "base64\n\nAA==\n--b--\n");
    assert_string_equal(facts->body, "正文");
    assert_int_equal(facts->attachments->len, 3);
    assert_string_equal(attachment(facts, 0)->declared_type, "application/msword");
    assert_int_equal(attachment(facts, 0)->size, 3);
    assert_string_equal(attachment(facts, 0)->sha256,
                        "ae4b3280e56e2faf83f414a6e3dabe9d5fbe18976544c05fed121accb85b53fc");
    assert_string_equal(attachment(facts, 1)->name, "报.txt");
    assert_string_equal(attachment(facts, 2)->name, "");
    assert_int_equal(facts->leaves->len, 5);
}

static void test_html_only(void **state)
{
    g_autoptr (Facts)
        facts = read_mail("MIME-Version: 1.0\nContent-Type: text/html\n\n<html><meta charset=gbk><p>"
                          "\xd5\xfd\xce\xc4</p><div>\xd2\xbb</div>");
    assert_string_equal(facts->body, "正文\n\n一");
    g_autoptr (Facts)
        empty = read_mail("MIME-Version: 1.0\nContent-Type: multipart/alternative; "
                          "boundary=b\n\n--b\nContent-Type: text/plain\n\n \n\n"
                          "--b\nContent-Type: text/html; charset=utf-8\n\n<b>有</b>\n--b--\n");
    assert_string_equal(empty->body, "有");
    g_autoptr (Facts)
        calendar = read_mail("MIME-Version: 1.0\nContent-Type: multipart/alternative; "
                             "boundary=b\n\n--b\nContent-Type: text/html\n\n一\n"
                             "--b\nContent-Type: text/calendar\n\nBEGIN:VCALENDAR\n--b--\n");
    assert_string_equal(calendar->body, "一");
    assert_int_equal(calendar->attachments->len, 1);
    g_autoptr (Facts)
        stub = read_mail(
            "MIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: "
            "text/plain; charset=utf-8\n\n您的邮件客户端不支持HTML格式，请使用浏览器查看\n--b\n"
            "Content-Type: text/html; charset=utf-8\n\n<p>见附件\n--b--\n");
    assert_string_equal(stub->body, "见附件");
    g_autoptr (Facts)
        lie = read_mail("MIME-Version: 1.0\nContent-Type: text/plain; charset=ISO-2022-JP\n\n正文");
    assert_string_equal(lie->body, "正文");
}

/* A link in a mail that is attached as a file is as much of a file that did not come as one in the mail
 * itself. */
static void test_links_in_mail_file(void **state)
{
    static const char INNER[] = "From: b@y.example\nSubject: x\nContent-Type: text/plain; charset=utf-8\n\n"
                                "总结.docx https://pan.baidu.com/s/1abc 提取码 ab12\n";
    g_autofree char *encoded = g_base64_encode((const guchar *)INNER, strlen(INNER));
    g_autofree char *mail = g_strdup_printf(
        "Subject: x\n" MIXED "--b\nContent-Type: application/octet-stream; name=a.eml\n"
        "Content-Transfer-Encoding: base64\n\n%s\n--b\nContent-Type: message/rfc822\n\n%s\n--b--\n",
        encoded, INNER);
    g_autoptr (Facts) facts = read_mail(mail);
    assert_int_equal(facts->links->len, 1);
    const FactsLink *item = g_ptr_array_index(facts->links, 0);
    assert_string_equal(item->name, "总结.docx");
    assert_string_equal(item->code, "ab12");
    assert_true(has_problem(facts->problems, "cloud-link"));
}

/* Mail programs that ask Windows declare a page saved as one file a mail. */
static void test_page_declared_mail(void **state)
{
    static const char PAGE[] =
        "MIME-Version: 1.0\nContent-Type: multipart/related; boundary=p\n\n--p\nContent-Type: text/html; "
        "charset=utf-8\n\n<p>活动名称：读书会</p>\n--p\nContent-Type: image/png\n\nx\n--p--\n";
    g_autofree char *encoded = g_base64_encode((const guchar *)PAGE, strlen(PAGE));
    const struct {
        const char *transfer, *text;
    } WAYS[] = {{"8bit", PAGE}, {"base64", encoded}};
    for (gsize i = 0; i < G_N_ELEMENTS(WAYS); i++) {
        g_autofree char *mail =
            g_strdup_printf("Subject: x\n" MIXED "--b\nContent-Type: message/rfc822; name=\"总结.mht\"\n"
                            "Content-Transfer-Encoding: %s\n\n%s\n--b--\n",
                            WAYS[i].transfer, WAYS[i].text);
        g_autoptr (Facts) facts = read_mail(mail);
        const FactsAttachment *page = attachment(facts, 0);
        assert_string_equal(page->name, "总结.mht");
        assert_string_equal(page->type, "multipart/related");
        assert_string_equal(page->text, "活动名称：读书会");
        assert_string_equal(facts_field(page, "活动名称"), "读书会");
        assert_int_equal(page->children->len, 0);
        assert_int_equal(facts->leaves->len, 1);
    }
}

static void test_enriched(void **state)
{
    static const struct {
        const char *text, *body;
    } TEXTS[] = {
        {"<bold>报送</bold>：某学院\n的材料 1 <<= 2\n<color><param>red</param>红\n色</color> a\nb\n",
         "报送：某学院的材料 1 <= 2 红色 a b\n"},
        {"一\n\n二\n\n\n三", "一\n二\n\n三"},
        {"<nofill>a\n b</nofill>\n\nc<x-y></x-y><", "a\n b\nc<"},
        {"答<excerpt>问\n\n<excerpt>先</excerpt></excerpt>又</bold></param></excerpt>",
         "答\n> 问\n>> 先\n又\n"},
        {"见 https://pan.baidu.com/s/1abc <italic>提取码 ab12</italic>\n",
         "见 https://pan.baidu.com/s/1abc 提取码 ab12\n"},
        {"<param>x", "x"},
        {"<param>a</param>감사\n합니다<param>", "감사 합니다"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(TEXTS); i++) {
        g_autofree char *mail =
            g_strconcat("Subject: x\nContent-Type: text/enriched; charset=utf-8\n\n", TEXTS[i].text, NULL);
        g_autoptr (Facts) facts = read_mail(mail);
        assert_string_equal(facts->body, TEXTS[i].body);
        assert_int_equal(facts->links->len, i == 4);
    }
}

static void test_forwarded(void **state)
{
    static const char *const ENCODINGS[] = {
        "\n\nFrom: b@y.example\nSubject: =?utf-8?B?5oql6YCB?=\n" MIXED
        "--b\n\n里面\n--b\nContent-Type: application/pdf; name=a.pdf\n\n%PDF\n--b--\n\n--o--\n",
        "\nContent-Transfer-Encoding: "
        "base64\n\nRnJvbTogYkB5LmV4YW1wbGUKU3ViamVjdDogPT91dGYtOD9CPzVvcWw2WUNCPz0KTUlNRS1WZXJzaW9u"
        "OiAxLjAKQ29udGVudC1UeXBlOiBtdWx0aXBhcnQvbWl4ZWQ7IGJvdW5kYXJ5PWIKCi0tYgoK6YeM6Z2iCi0tYgpDb250ZW50LVR5"
        "cGU6IGFwcGxp"
        "Y2F0aW9uL3BkZjsgbmFtZT1hLnBkZgoKJVBERgotLWItLQo=\n--o--\n",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(ENCODINGS); i++) {
        g_autofree char *mail =
            g_strconcat("Subject: Fw\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=o\n\n--o\n\n"
                        "请看\n--o\nContent-Type: message/rfc822",
                        ENCODINGS[i], NULL);
        g_autoptr (Facts) facts = read_mail(mail);
        const FactsAttachment *inner = attachment(facts, 0);
        assert_string_equal(facts->body, "请看");
        assert_string_equal(inner->name, "报送.eml");
        assert_string_equal(inner->type, "message/rfc822");
        assert_non_null(strstr(inner->text, "里面"));
        assert_non_null(strstr(inner->text, "b@y.example"));
        assert_int_equal(inner->children->len, 1);
        assert_string_equal(((FactsAttachment *)g_ptr_array_index(inner->children, 0))->name, "a.pdf");
    }
}

/* Checks that the bytes are those of the attachment, and notes its name. */
static void note_kept(FactsAttachment *attachment, GBytes *bytes, gpointer data)
{
    g_autofree char *sha256 = facts_sha256_bytes(bytes);
    assert_string_equal(sha256, attachment->sha256);
    g_string_append_printf(data, "%s ", attachment->name);
}

static void test_kept(void **state)
{
#define INNER                                                                                                \
    "From: b@y.example\nSubject: in\n" MIXED "--b\nContent-Type: application/pdf; "                          \
    "name=a.pdf\n\n%PDF\n--b--\n"
    /* Declared as a mail, declared as nothing in particular, and a mail in a mail: the files inside are kept.
     */
    static const struct {
        const char *head, *kept;
    } cases[] = {
        {"Content-Type: message/rfc822; name=x.eml\n\n", "a.pdf x.eml "},
        {"Content-Type: application/octet-stream; name=x.eml\n\n", "a.pdf x.eml "},
        {"Content-Type: message/rfc822; name=x.eml\n\nSubject: between\nContent-Type: message/rfc822; "
         "name=y.eml\n\n",
         "a.pdf x.eml "},
        {"Content-Type: message/rfc822; name=x.eml\n\nSubject: between\nContent-Type: "
         "application/octet-stream; "
         "name=y.eml\n\n",
         "a.pdf x.eml "},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *mail = g_strconcat("Subject: Fw\nMIME-Version: 1.0\nContent-Type: multipart/mixed; "
                                            "boundary=o\n\n--o\n",
                                            cases[i].head, INNER, "\n--o--\n", NULL);
        g_autoptr (GBytes) bytes = g_bytes_new(mail, strlen(mail));
        g_autoptr (GString) kept = g_string_new(NULL);
        g_autoptr (Facts) facts = mime_read(bytes, note_kept, kept);
        assert_string_equal(kept->str, cases[i].kept);
        assert_string_equal(attachment(facts, 0)->type, "message/rfc822");
        assert_int_equal(attachment(facts, 0)->children->len, 1);
        assert_int_equal(attachment(facts, 0)->problems->len, 0);
    }
}

static void test_broken(void **state)
{
    g_autoptr (Facts)
        lost = read_mail(
            "Subject: x\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=nowhere\n\n正文还在\n");
    assert_non_null(strstr(lost->body, "正文还在"));
    assert_true(has_problem(lost->problems, "damaged"));
    g_autoptr (Facts) none = read_mail("MIME-Version: 1.0\nContent-Type: multipart/mixed\n\n正文还在\n");
    assert_non_null(strstr(none->body, "正文还在"));
    g_autoptr (Facts)
        base64 = read_mail("MIME-Version: 1.0\nContent-Transfer-Encoding: base64\n\n5q2j!!\n5paH\n~~");
    assert_true(g_str_has_prefix(base64->body, "正文"));
    g_autoptr (Facts) nothing = read_mail("");
    assert_string_equal(nothing->body, "");
    g_autoptr (Facts) headless = read_mail("正文");
    assert_string_equal(headless->body, "正文");
    g_autoptr (Facts)
        path = read_mail(MIXED "--b\nContent-Type: a/b; name=\"../../etc/passwd\"\n\n--b\nContent-Type: a/b; "
                               "name=\"C:\\\\x\\\\y.doc\"\n\n\n--b--\n");
    assert_string_equal(attachment(path, 0)->name, "../../etc/passwd");
    assert_string_equal(attachment(path, 1)->name, "C:\\x\\y.doc");
    assert_string_equal(facts_base_name(attachment(path, 1)), "y.doc");
}

static void test_caps(void **state)
{
    g_autoptr (GString) many = g_string_new(MIXED);
    for (guint i = 0; i < LIMIT_MAIL_PARTS + 100; i++) g_string_append(many, "--b\nContent-Type: a/b\n\nx\n");
    g_autoptr (Facts) wide = read_mail(many->str);
    assert_true(wide->attachments->len <= LIMIT_MAIL_PARTS);
    assert_true(has_problem(wide->problems, "truncated"));

    g_autoptr (GString) nested = g_string_new(NULL);
    for (guint i = 0; i < 3000; i++)
        g_string_append_printf(
            nested, "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b%u\n\n--b%u\n", i, i);
    g_autoptr (Facts) deep = read_mail(nested->str);
    assert_true(has_problem(deep->problems, "truncated"));

    g_string_truncate(nested, 0);
    for (guint i = 0; i < 100; i++) g_string_append(nested, "Subject: x\nContent-Type: message/rfc822\n\n");
    g_autoptr (Facts) forwards = read_mail(nested->str);
    g_autofree char *json = facts_to_json(forwards, FALSE);
    g_autoptr (Facts) again = facts_from_json(json, strlen(json), 0, NULL);
    assert_non_null(again);
}

/* Mails made to cost time or memory: they are read up to the caps, and say so. */
static void test_monsters(void **state)
{
    g_autoptr (GString) parts = g_string_new("Subject: x\n" MIXED);
    for (guint i = 0; i <= 500000; i++) g_string_append(parts, "--b\nA:\n\n");
    g_autoptr (GString) headers = g_string_new("Subject: x\n");
    while (headers->len <= 20 * LIMIT_HEADERS_BYTES) g_string_append(headers, "X-A: b\n");
    g_string_append(headers, "\nbody");
    g_autoptr (GString) nested = g_string_new("Subject: x\n");
    for (guint i = 0; i < 100000; i++)
        g_string_append_printf(nested, "Content-Type: multipart/mixed; boundary=b%u\n\n--b%u\n", i, i);
    g_autoptr (GString) garbage = g_string_new("Subject: x\n");
    while (garbage->len <= 4 * LIMIT_HEADERS_BYTES) g_string_append(garbage, "no field\n");
    g_string_append(garbage, "To: a@x.example\n\nbody");
    g_autoptr (GString) files = g_string_new("Subject: x\n\n");
    for (guint i = 0; i < 300000; i++) g_string_append(files, "begin 644 a\n#0V%T\n");
    g_autoptr (GString) fields = g_string_new("Subject: x\n" MIXED "--b\n");
    for (guint i = 0; i < 1000000; i++) g_string_append(fields, "X: y\n");
    g_autoptr (GString) guesses = g_string_new("Subject: x\n");
    for (guint i = 0; i < 1000; i++)
        g_string_append_printf(guesses, "Content-Type: multipart/mixed\n\n--c%u\n", i);
    while (guesses->len < 10 * LIMIT_HEADERS_BYTES) g_string_append(guesses, "xxxxxxxxxx\n");
    const GString *mails[] = {parts, headers, nested, garbage, files, fields, guesses};
    static const char *const CODES[] = {"too-large", "too-large", "truncated", NULL,
                                        "truncated", "too-large", "damaged"};
    for (gsize i = 0; i < G_N_ELEMENTS(mails); i++) {
        int fd = memfd_create("mail", 0);
        assert_int_equal(write(fd, mails[i]->str, mails[i]->len), mails[i]->len);
        assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
        g_autoptr (Facts) facts = input_mail(fd, NULL, NULL, NULL);
        g_autofree char *sha256 =
            g_compute_checksum_for_string(G_CHECKSUM_SHA256, mails[i]->str, (gssize)mails[i]->len);
        assert_string_equal(facts->sha256, sha256);
        assert_string_equal(facts->subject, "x");
        if (CODES[i]) assert_true(has_problem(facts->problems, CODES[i]));
        close(fd);
    }
}

/* Wherever in a field the header is cut: in its name, at its colon, in its value. */
static void test_header_cut(void **state)
{
    for (guint n = 0; n < 8; n++) {
        g_autoptr (GString) mail = g_string_new("Subject: x\nX-Pad: ");
        for (guint i = 0; i < n; i++) g_string_append_c(mail, 'y');
        g_string_append_c(mail, '\n');
        while (mail->len <= LIMIT_HEADERS_BYTES) g_string_append(mail, "X-A: b\n");
        g_string_append(mail, "\nbody");
        g_autoptr (Facts) facts = read_mail(mail->str);
        assert_string_equal(facts->subject, "x");
        assert_true(has_problem(facts->problems, "too-large"));
    }
}

static void test_auto(void **state)
{
    static const struct {
        const char *mail;
        FactsAuto want;
    } CASES[] = {
        {"From: a@x.example\nAuto-Submitted: no\n\n", FACTS_AUTO_NO},
        {"From: a@x.example\nAuto-Submitted: auto-replied (vacation)\nReturn-Path: <>\n\n", FACTS_AUTO_REPLY},
        {"From: a@x.example\nAuto-Submitted: auto-generated\n\n", FACTS_AUTO_BULK},
        {"From: a@x.example\nSubject: =?utf-8?B?6Ieq5Yqo5Zue5aSNOiDmlLbliLA=?=\n\n", FACTS_AUTO_REPLY},
        {"From: a@x.example\nSubject: Automatic reply: x\n\n", FACTS_AUTO_REPLY},
        {"From: a@x.example\nSubject: 自动回复您的邮件\n\n", FACTS_AUTO_REPLY},
        {"From: a@x.example\nSubject: 自动回复功能的推广\nContent-Type: a/b; name=a.doc\n\nx", FACTS_AUTO_NO},
        {"From: a@x.example\nSubject: 自动回复：推广\nContent-Type: a/b; name=a.doc\n\nx", FACTS_AUTO_REPLY},
        {"From: a@x.example\nX-Autoreply: yes\n\n", FACTS_AUTO_REPLY},
        {"From: a@x.example\nPrecedence: bulk\n\n", FACTS_AUTO_BULK},
        {"From: a@x.example\nList-Id: <l.x.example>\n\n", FACTS_AUTO_BULK},
        {"From: MAILER-DAEMON@x.example\n\n", FACTS_AUTO_BOUNCE},
        {"From: PostMaster@x.example\nSubject: =?utf-8?B?57O757uf6YCA5L+h?=\n\n", FACTS_AUTO_BOUNCE},
        {"From: postmaster@x.example\nSubject: lunch\n\n", FACTS_AUTO_NO},
        {"From: a@x.example\nReturn-Path: <>\n\n", FACTS_AUTO_BOUNCE},
        {"From: a@x.example\nContent-Type: multipart/report; report-type=disposition-notification; "
         "boundary=b\n\n--b--\n",
         FACTS_AUTO_REPLY},
        {"From: a@x.example\nSubject: read: a book club\n\n", FACTS_AUTO_REPLY},
        {"From: a@x.example\nSubject: 报送\n\n自动回复", FACTS_AUTO_NO},
        {"From: a@x.example\nSubject: Re: x\n\n您好，我正在出差，回来后尽快回复，此为系统自动回复。",
         FACTS_AUTO_REPLY},
        {"From: a@x.example\nSubject: 邮件已阅读：x\n\n", FACTS_AUTO_REPLY},
        {"From: MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@x.example\nSubject: 无法传递: x\n\n",
         FACTS_AUTO_BOUNCE},
        {"From: a@x.example\nX-MS-Exchange-Message-Is-Ndr:\nAuto-Submitted: auto-replied\n\n",
         FACTS_AUTO_BOUNCE},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autoptr (Facts) facts = read_mail(CASES[i].mail);
        if (facts->automatic != CASES[i].want) fail_msg("%s is %d", CASES[i].mail, facts->automatic);
    }
}

static void test_bounce(void **state)
{
    static const char *const ORIGINALS[] = {
        "message/rfc822\n\nMessage-ID: <ours@d.example>\nSubject: x\n\nbody\n",
        "text/rfc822-headers\n\nReceived: x\nMessage-Id:\n <ours@d.example>\nSubject: x\n",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(ORIGINALS); i++) {
        g_autofree char *mail = g_strconcat("From: MAILER-DAEMON@x.example\nMIME-Version: 1.0\nContent-Type: "
                                            "multipart/report; report-type=delivery-status;"
                                            " boundary=b\n\n--b\n\nsorry\n--b\nContent-Type: "
                                            "message/delivery-status\n\nReporting-MTA: dns; x\n\n"
                                            "Final-Recipient: rfc822; a@x.example\n--b\nContent-Type: ",
                                            ORIGINALS[i], "--b--\n", NULL);
        g_autoptr (Facts) facts = read_mail(mail);
        assert_int_equal(facts->automatic, FACTS_AUTO_BOUNCE);
        assert_string_equal(facts->bounced, "ours@d.example");
    }
}

static int setup(void **state)
{
    mime_init();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_folds_without_space),
        cmocka_unit_test(test_enriched),
        cmocka_unit_test(test_page_declared_mail),
        cmocka_unit_test(test_names_lost),
        cmocka_unit_test(test_links_in_mail_file),
        cmocka_unit_test(test_headers),
        cmocka_unit_test(test_parts),
        cmocka_unit_test(test_names_astray),
        cmocka_unit_test(test_html_only),
        cmocka_unit_test(test_forwarded),
        cmocka_unit_test(test_kept),
        cmocka_unit_test(test_broken),
        cmocka_unit_test(test_caps),
        cmocka_unit_test(test_monsters),
        cmocka_unit_test(test_auto),
        cmocka_unit_test(test_bounce),
        cmocka_unit_test(test_header_cut),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
