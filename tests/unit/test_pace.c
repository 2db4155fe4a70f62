/* test_pace.c - how fast letters leave, when a refused one is tried again, and what servers mean by a
 * refusal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "config/config.h"
#include "daemon/metrics.h"
#include "daemon/pace.h"
#include "daemon/reply.h"

#define NOW 1401411600

static GPtrArray *to(const char *a, const char *b)
{
    GPtrArray *list = g_ptr_array_new();
    g_ptr_array_add(list, (gpointer)a);
    if (b) g_ptr_array_add(list, (gpointer)b);
    return list;
}

static gint64 when(const Pace *pace, const char *a, const char *b, gint64 now)
{
    g_autoptr (GPtrArray) list = to(a, b);
    return pace_when(pace, list, now);
}

static void send_many(Pace *pace, const char *a, guint count, gint64 first)
{
    g_autoptr (GPtrArray) list = to(a, NULL);
    for (guint i = 0; i < count; i++) pace_note(pace, list, first + i);
}

static void a_domain_has_its_own_pace(void **state)
{
    g_autoptr (Pace) pace = pace_new(30, 10, "zzb@shili.example");
    assert_int_equal(when(pace, "a@qq.example", NULL, NOW), NOW);
    send_many(pace, "a@QQ.example", 39, NOW - 39);
    assert_int_equal(when(pace, "b@qq.example", NULL, NOW), NOW);
    send_many(pace, "a@qq.example", 1, NOW);
    assert_int_equal(when(pace, "b@qq.example", NULL, NOW + 1), NOW - 39 + PACE_WINDOW);
    assert_int_equal(when(pace, "c@163.example", "b@qq.example", NOW + 1), NOW - 39 + PACE_WINDOW);
    assert_int_equal(when(pace, "c@163.example", NULL, NOW + 1), NOW + 1);
    assert_int_equal(when(pace, "b@qq.example", NULL, NOW - 39 + PACE_WINDOW), NOW - 39 + PACE_WINDOW);
}

static void our_own_domain_counts_in_all_only(void **state)
{
    g_autoptr (Pace) pace = pace_new(30, 10, "zzb@shili.example");
    send_many(pace, "a@shili.example", 119, NOW - 119);
    assert_int_equal(when(pace, "b@shili.example", NULL, NOW), NOW);
    send_many(pace, "a@shili.example", 1, NOW);
    assert_int_equal(when(pace, "b@shili.example", NULL, NOW), NOW - 119 + PACE_WINDOW);
    assert_int_equal(when(pace, "b@163.example", NULL, NOW), NOW - 119 + PACE_WINDOW);
}

static void pauses(void **state)
{
    g_autoptr (Pace) pace = pace_new(30, 10, "zzb@shili.example");
    pace_pause(pace, "qq.example", NOW + 600);
    pace_pause(pace, "qq.example", NOW + 300); /* the longer one stays */
    assert_int_equal(when(pace, "a@qq.example", NULL, NOW), NOW + 600);
    assert_int_equal(when(pace, "a@163.example", NULL, NOW), NOW);
    pace_pause(pace, "*", NOW + 60);
    assert_int_equal(when(pace, "a@163.example", NULL, NOW), NOW + 60);
    assert_int_equal(when(pace, "a@qq.example", NULL, NOW + 700), NOW + 700);
}

static void delays_grow_and_differ(void **state)
{
    guint base = 60;
    gboolean differ = FALSE;
    for (guint attempt = 1; attempt < 40; attempt++) {
        guint delay = pace_delay(attempt, "a@shili.example");
        assert_in_range(delay, base, base + base / 4);
        assert_int_equal(delay, pace_delay(attempt, "a@shili.example"));
        differ |= delay != pace_delay(attempt, "b@shili.example");
        base = MIN(base * 2, 4 * 3600);
    }
    assert_true(differ);
    assert_in_range(pace_delay(0, ""), 60, 75);
}

static void replies(void **state)
{
    static const struct {
        int code;
        const char *text;
        ReplyAbout about;
        guint pause;
    } rows[] = {
        {554, "554 DT:SPM 163 smtp1,D9GowAAn http://mail.163.com/help", REPLY_DOMAIN, 1800},
        {550, "550 Domain frequency limited. http://service.mail.qq.example", REPLY_DOMAIN, 1800},
        {550, "550 5.7.1 发信频率过高", REPLY_DOMAIN, 1800},
        {451, "451 4.7.1 try again later", REPLY_DOMAIN, 300},
        {450, "450 4.2.0 Greylisted, see help", REPLY_LETTER, 300},
        {451, "451 4.7.1 Greylisting in action, please come back later", REPLY_LETTER, 300},
        {554, "554 5.7.1 <a@qq.example>: Relay access denied", REPLY_DOMAIN, 1800},
        {550, "550 5.7.1 Unable to relay", REPLY_DOMAIN, 1800},
        {421, "421 4.3.2 shutting down", REPLY_SERVER, 300},
        {421, "421 HL:IFC 163 smtp4", REPLY_SERVER, 1800},
        {554, "554 MI:SFQ 163 smtp", REPLY_SERVER, 900},
        {550, "550 5.4.5 Daily user sending limit exceeded", REPLY_SERVER, 4 * 3600},
        {550, "550 5.7.60 SMTP; Client does not have permissions to send as this sender", REPLY_SERVER, 1800},
        {554, "554 User suspended by the administrator", REPLY_SERVER, 1800},
        {553, "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)", REPLY_DOMAIN, 1800},
        {553, "553 Local user only", REPLY_DOMAIN, 1800},
        {550, "550 authentication is required", REPLY_DOMAIN, 1800},
        {550, "550 5.7.26 blocked because the sender is unauthenticated", REPLY_LETTER, 0},
        {550, "550 5.7.1 系统繁忙，请稍后再试", REPLY_LETTER, 900},
        {554, "554 5.7.1 Service unavailable, please try again later", REPLY_LETTER, 900},
        {550, "550 5.1.1 no such user; check the address and try again later", REPLY_ADDRESS, 0},
        {550, "550 5.1.1 no such user", REPLY_ADDRESS, 0},
        {550, "550-5.1.1 the account that you tried to reach", REPLY_ADDRESS, 0},
        {553, "553 5.1.10 nobody", REPLY_ADDRESS, 0},
        {550, "550 User not found: lishi@163.example", REPLY_ADDRESS, 0},
        {550, "550 Invalid User", REPLY_ADDRESS, 0},
        {550, "550 该用户不存在", REPLY_ADDRESS, 0},
        {550, "550 Mailbox unavailable or access denied", REPLY_LETTER, 0},
        {550, "550 Requested action not taken: mailbox unavailable", REPLY_LETTER, 0},
        {550, "550", REPLY_LETTER, 0},
        {550, "550 5.7.1 client 115.1.1.3 blocked, 192.5.1.1 too", REPLY_LETTER, 0},
        {550, "550 发件人不存在", REPLY_LETTER, 0},
        {550, "550 the sender's domain does not exist", REPLY_LETTER, 0},
        {550, "550 收件人不存在", REPLY_ADDRESS, 0},
        {450, "450 4.1.1 user unknown for now", REPLY_LETTER, 0},
        {452, "452 4.2.2 mailbox full", REPLY_LETTER, 0},
        {552, "552 5.3.4 message too big", REPLY_LETTER, 0},
        {0, "", REPLY_LETTER, 0},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        guint pause = 7;
        ReplyAbout about = reply_about(rows[i].code, rows[i].text, FALSE, &pause);
        if (about != rows[i].about || pause != rows[i].pause)
            fail_msg("%s: %d, %u seconds", rows[i].text, (int)about, pause);
    }
    guint pause = 7;
    assert_int_equal(reply_about(550, "550 User suspended", TRUE, &pause), REPLY_LETTER);
    assert_int_equal(pause, 0);
    assert_int_equal(reply_about(550, "550 5.7.60 cannot send as this sender", TRUE, &pause), REPLY_SERVER);
}

static void expect_token(char *command, const char *token, const char *fault)
{
    g_autoptr (GError) error = NULL;
    Secret secret = {.file = "", .credential = "", .command = command};
    g_autofree char *got = config_token(&secret, &error);
    if (g_strcmp0(got, token) != 0) fail_msg("%s: “%s”", command, got ? got : error->message);
    if (token) return;
    /* What cannot be run is a fault of the config; what gives no token may give one later. */
    gboolean run = strcmp(fault, "cannot be run") != 0;
    assert_true(g_error_matches(error, CONFIG_ERROR, run ? CONFIG_ERROR_TOKEN : CONFIG_ERROR_FILE));
    if (!strstr(error->message, fault)) fail_msg("%s: %s", command, error->message);
    assert_null(strstr(error->message, "hush"));
}

static void tokens(void **state)
{
    expect_token("printf 'ya29.a\\nmore\\n'", "ya29.a", NULL);
    expect_token("printf 'ya29.b\\r\\n'", "ya29.b", NULL);
    expect_token("printf '%s' '$HOME; echo x'", "$HOME; echo x", NULL); /* no shell */
    expect_token("true", NULL, "printed no token");
    expect_token("sh -c 'echo hush; exit 3'", NULL, "failed");
    expect_token("sh -c 'echo hush; exec >&-; exec sleep 300'", NULL, "failed"); /* is not waited for */
    expect_token("/nowhere/token", NULL, "cannot be run");
    expect_token("sh -c 'unclosed", NULL, "cannot be run");
    expect_token("yes hushhushhushhushhushhushhushhush", NULL, "printed nothing that could be a token");
}

static void figures(void **state)
{
    Config config = {.campaign.id = (char *)"party-2014"};
    StoreStatus status = {.mode = STORE_LIVE, .last_poll_at = NOW - 7, .worker_restarts = 3, .free_bytes = 1};
    status.outbox[OUTBOX_QUEUED] = 4;
    status.held[OUTBOX_HOLD_BURST] = 5;
    g_autofree char *text = metrics_text(&config, &status, NOW);
    static const char *const lines[] = {
        "baosong_lag_seconds{campaign=\"party-2014\"} 7\n",
        "baosong_worker_restarts_total{campaign=\"party-2014\"} 3\n",
        "baosong_outbox{campaign=\"party-2014\",state=\"queued\"} 4\n",
        "baosong_held{campaign=\"party-2014\",reason=\"burst\"} 5\n",
        "baosong_mode{campaign=\"party-2014\",mode=\"live\"} 1\n",
        "# TYPE baosong_worker_restarts_total counter\n",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(lines); i++)
        if (!strstr(text, lines[i])) fail_msg("%s is not in\n%s", lines[i], text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_domain_has_its_own_pace),
        cmocka_unit_test(our_own_domain_counts_in_all_only),
        cmocka_unit_test(pauses),
        cmocka_unit_test(delays_grow_and_differ),
        cmocka_unit_test(replies),
        cmocka_unit_test(tokens),
        cmocka_unit_test(figures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
