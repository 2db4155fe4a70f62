/* test_net.c - modified UTF-7, texts of servers, urls. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/net/connect.h"
#include "daemon/net/mutf7.h"
#include "daemon/net/net.h"
#include "daemon/net/smtp.h"

static void folder_names(void **state)
{
    static const char *const pairs[][2] = {
        {"INBOX", "INBOX"},
        {"已发送", "&XfJT0ZAB-"},
        {"垃圾邮件", "&V4NXPpCuTvY-"},
        {"已发送邮件", "&XfJT0ZABkK5O9g-"},
        {"A&B", "A&-B"},
        {"&", "&-"},
        {"a/台北/日本語", "a/&U,BTFw-/&ZeVnLIqe-"}, /* RFC 3501 5.1.3 */
        {"𠮷田", "&2ELft3Uw-"},
        {"", ""},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(pairs); i++) {
        g_autofree char *wire = mutf7_encode(pairs[i][0]);
        assert_string_equal(wire, pairs[i][1]);
        g_autofree char *back = mutf7_decode(wire);
        assert_string_equal(back, pairs[i][0]);
    }
}

static void folder_names_that_are_wrong(void **state)
{
    static const char *const wrong[] = {"&",     "&XfJ",  "&XfJT0ZAB", "已发送", "&****-",
                                        "&2EI-", "&3,8-", "&AAA-",     "a\tb",   "&XfJT0ZB-"};
    for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) assert_null(mutf7_decode(wrong[i]));
    g_autofree char *latin = mutf7_encode("\xe4"); /* not UTF-8 */
    assert_string_equal(latin, "&AOQ-");
}

static void expect_text(const char *bytes, const char *text)
{
    g_autofree char *shown = net_text(bytes, strlen(bytes));
    assert_string_equal(shown, text);
}

static void texts(void **state)
{
    expect_text("A1 NO 密码错误\r\n", "A1 NO 密码错误");
    expect_text("\xc3\xdc\xc2\xeb\xb4\xed\xce\xf3", "密码错误"); /* GBK */
    expect_text("a\r\nFAKE LOG LINE\x1b[31m", "a\\x0D\\x0AFAKE LOG LINE\\x1B[31m");
    expect_text("a\xe2\x80\xae"
                "b\xe2\x80\xa8",
                "a\\u{202E}b\\u{2028}"); /* bidi override, line separator */
    expect_text("\xff\xff", "ÿÿ");
    expect_text("", "");
    g_autofree char *long_bytes = g_strnfill(100000, 'x');
    g_autofree char *shown = net_text(long_bytes, 100000);
    assert_int_equal(strlen(shown), 500);
}

static void expect_target(const char *url, const char *host, guint port, gboolean tls, gboolean loopback)
{
    g_autoptr (Target) target = target_new(url, "imap", NULL);
    assert_non_null(target);
    assert_string_equal(target->host, host);
    assert_int_equal(target->port, port);
    assert_int_equal(target->tls_first, tls);
    assert_int_equal(target->loopback, loopback);
}

static void urls(void **state)
{
    expect_target("imaps://imap.example", "imap.example", 993, TRUE, FALSE);
    expect_target("IMAPS://imap.example/", "imap.example", 993, TRUE, FALSE);
    expect_target("imap://imap.example:1143", "imap.example", 1143, FALSE, FALSE);
    expect_target("imap://127.1.2.3", "127.1.2.3", 143, FALSE, TRUE);
    expect_target("imaps://[::1]:1993", "::1", 1993, TRUE, TRUE);
    expect_target("imap://localhost", "localhost", 143, FALSE, TRUE);
    expect_target("imap://127.0.0.1.example", "127.0.0.1.example", 143, FALSE, FALSE);
    expect_target("imap://localhost.example", "localhost.example", 143, FALSE, FALSE);
    g_autoptr (Target) four = target_new("smtp://127.0.0.1", "smtp", NULL);
    g_autofree char *literal = target_own_literal(four);
    assert_string_equal(literal, "[127.0.0.1]");
    g_autoptr (Target) six = target_new("smtp://[::1]", "smtp", NULL);
    g_autofree char *longer = target_own_literal(six);
    if (longer != NULL) assert_string_equal(longer, "[IPv6:::1]"); /* NULL: a kernel without it */
    assert_true(smtp_url_is_loopback("smtp://127.0.0.1:25"));
    assert_false(smtp_url_is_loopback("smtp://10.0.0.1:25"));
    assert_false(smtp_url_is_loopback("nonsense"));
    assert_false(smtp_url_is_loopback(NULL));
}

static void urls_that_are_wrong(void **state)
{
    static const char *const wrong[] = {"",
                                        "imap.example",
                                        "http://imap.example",
                                        "smtp://imap.example",
                                        "imaps://",
                                        "imaps://u@imap.example",
                                        "imaps://imap.example/INBOX",
                                        "imaps://imap.example?x",
                                        "imaps://imap.example:99999",
                                        "imap s://x"};
    for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr (GError) error = NULL;
        assert_null(target_new(wrong[i], "imap", &error));
        assert_int_equal(error->code, NET_ERROR_URL);
        assert_non_null(strstr(error->message, "imaps://host"));
    }
    g_autoptr (GError) error = NULL;
    assert_null(target_new("imaps://u:topsecret@imap.example", "imap", &error));
    assert_null(strstr(error->message, "topsecret"));
}

static void secrets_are_wiped(void **state)
{
    char password[] = "topsecret", bearer[] = "token";
    NetEndpoint endpoint = {.url = "http://x", .user = "u", .password = password, .bearer = bearer};
    g_autoptr (GError) error = NULL;
    assert_null(smtp_open(&endpoint, &error));
    for (gsize i = 0; i < sizeof password; i++) assert_int_equal(password[i], 0);
    for (gsize i = 0; i < sizeof bearer; i++) assert_int_equal(bearer[i], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folder_names),
        cmocka_unit_test(folder_names_that_are_wrong),
        cmocka_unit_test(texts),
        cmocka_unit_test(urls),
        cmocka_unit_test(urls_that_are_wrong),
        cmocka_unit_test(secrets_are_wiped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
