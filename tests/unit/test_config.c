/* The config file that is right: the example, values, quotas, warnings, secrets, the reference. */
#include "tests/unit/config_fixture.h"

#include <sys/resource.h>

#include "config/keys.h"
#include "config/values.h"

static void the_example(void **state)
{
    g_autofree char *text = config_example();
    g_autoptr (Config) config = good(text);
    assert_string_equal(config->campaign.id, "party-innovation-2014");
    assert_string_equal(config->campaign.title, "基层党建工作创新活动");
    assert_string_equal(config->campaign.number_prefix, "CX2014-");
    assert_int_equal(config->campaign.starts_at, 1396281600);   /* 2014-04-01T00:00+08:00 */
    assert_int_equal(config->campaign.deadline_at, 1401724800); /* 2014-06-03T00:00+08:00 */
    assert_int_equal(config->campaign.innovation->len, 3);
    assert_int_equal(config->themes->len, 5);
    const Theme *theme = g_ptr_array_index(config->themes, 4);
    assert_string_equal(theme->short_name, "党内民主");
    assert_string_equal(theme->title, "着眼于增强活力，探索党内民主的有效形式");
    assert_true(theme->keywords->len > 3);
    assert_int_equal(config->quotas->len, 2);
    assert_int_equal(config->remind.before->len, 4);
    assert_int_equal(g_array_index(config->remind.before, guint, 0), 14);
    assert_int_equal(config->remind.at, 540);
    assert_int_equal(config->imap.max_message, 50 << 20);
    assert_int_equal(config->imap.use, MAILBOX_SHARED);
    assert_int_equal(config->smtp.sent_copy, SENT_COPY_AUTO);
    assert_int_equal(config->smtp.burst, 100);
    assert_true(config->imap.idle);
    assert_false(config->campaign.rehearsal);
    assert_string_equal(config->imap.password.credential, "imap-password");
    assert_string_equal(config->store.state_dir, "/var/lib/baosong/test");
    assert_string_equal(config->store.share_dir, "/var/lib/baosong/test/share");
    assert_int_equal(config->roster->committees->len, 30);
    assert_true(
        calendar_is_off(config->calendar, calendar_day(config->calendar, config->campaign.deadline_at - 1)));
}

/* Each default is itself a value that its key takes: taking off the comment signs changes nothing. */
static void the_defaults(void **state)
{
    g_autofree char *text = config_example();
    GString *open = g_string_new(text);
    for (guint i = 0; i < keys_count; i++) {
        if (keys[i].example || strcmp(keys[i].section, "theme") == 0) continue;
        g_autofree char *off = g_strdup_printf("\n# %s =", keys[i].name);
        g_autofree char *on = g_strdup_printf("\n%s =", keys[i].name);
        g_string_replace(open, off, on, 0);
    }
    g_autoptr (Config) config = good(open->str);
    assert_int_equal(config->imap.poll, 60);
    g_string_free(open, TRUE);
}

static void from_windows(void **state)
{
    g_autofree char *text = config_example();
    GString *windows = g_string_new(text);
    g_string_replace(windows, "\n", "\r\n", 0);
    g_string_prepend(windows, "\xEF\xBB\xBF");
    g_autoptr (Config) config = good(windows->str);
    assert_string_equal(config->desk.department, "党委组织部");
    g_string_free(windows, TRUE);
}

static void values(void **state)
{
    g_autofree char *first = changed("before = 14d, 7d, 3d, 1d", "before = 1d；10d、 3d,30d");
    GString *text = g_string_new(first);
    g_string_replace(text, "overdue = 1d, 3d", "overdue =", 0);
    g_string_replace(text, "deadline = 2014-06-02", "deadline: 2014-06-02T17:00", 0);
    g_string_replace(text, "# poll = 60s", "  poll=5m  ", 0);
    g_string_replace(text, "# max_message = 50M", "max_message = 512K", 0);
    g_string_replace(text, "mailbox = shared", "mailbox = dedicated", 0);
    g_string_replace(text, "# idle = yes", "idle = no", 0);
    g_string_replace(text, "room = 行政楼 000 室", "room = 行政楼 # 三层 ; 东", 0);
    g_string_replace(text, "# sent_copy = auto", "sent_copy = bcc", 0);
    g_string_replace(text, "学院党委 = 2", "学院党委 = 2-5", 0);
    g_string_replace(text, "# dir =", "dir = share", 0);
    g_string_replace(text, "# cc_superior =", "cc_superior = 1d", 0);
    g_string_replace(text, "imaps://imap.university.example", "imap://[::1]:1143/", 0);
    g_autoptr (Config) config = good(text->str);
    g_autofree char *share = path_of("share");
    assert_int_equal(config->remind.before->len, 4);
    assert_int_equal(g_array_index(config->remind.before, guint, 0), 30);
    assert_int_equal(g_array_index(config->remind.before, guint, 3), 1);
    assert_int_equal(config->remind.overdue->len, 0);
    assert_int_equal(config->campaign.deadline_at, 1401699600);
    assert_int_equal(config->imap.poll, 300);
    assert_int_equal(config->imap.max_message, 512 * 1024);
    assert_int_equal(config->imap.use, MAILBOX_DEDICATED);
    assert_false(config->imap.idle);
    assert_string_equal(config->desk.room, "行政楼 # 三层 ; 东");
    assert_int_equal(config->smtp.sent_copy, SENT_COPY_BCC);
    assert_string_equal(config->store.share_dir, share);
    assert_int_equal(config->remind.cc_superior->len, 1);
    const Quota *quota = g_ptr_array_index(config->quotas, 0);
    assert_int_equal(quota->least, 2);
    assert_int_equal(quota->most, 5);
    g_string_free(text, TRUE);
}

static void owed(void **state)
{
    write_file("roster.csv",
               "单位名称,类型,邮箱,应报数\n甲党委,学院党委,a@b.example,\n乙党委,学院 党委,c@d.example,\n"
               "丙总支,党总支,e@f.example,\n丁,其他,g@h.example,7\n戊,学院党委,i@j.example,9\n",
               -1);
    g_autofree char *text = changed("学院党委 = 2", "学院党委 = 2-5");
    g_autoptr (Config) config = good(text);
    static const struct {
        guint least, most;
    } expected[] = {{2, 5}, {2, 5}, {1, 0}, {7, 0}, {9, 9}};
    for (guint i = 0; i < G_N_ELEMENTS(expected); i++) {
        Quota quota = config_quota(config, g_ptr_array_index(config->roster->committees, i));
        assert_int_equal(quota.least, expected[i].least);
        assert_int_equal(quota.most, expected[i].most);
    }
}

/* --- warnings and secrets --------------------------------------------------------------------- */

static char *warned;

static GLogWriterOutput catch_warning(GLogLevelFlags level, const GLogField *fields, gsize count,
                                      gpointer data)
{
    for (gsize i = 0; i < count; i++)
        if (strcmp(fields[i].key, "MESSAGE") == 0) {
            g_free(warned);
            warned = g_strdup(fields[i].value);
        }
    return G_LOG_WRITER_HANDLED;
}

/* Loads the text and returns what was warned of, or NULL. */
static char *warning_of(const char *text)
{
    g_clear_pointer(&warned, g_free);
    g_autoptr (Config) config = good(text);
    assert_non_null(config->roster);
    return g_steal_pointer(&warned);
}

static void warnings(void **state)
{
    g_autofree char *path = path_of("imap-password");
    g_autofree char *text = changed("# password_file =", "password_file = imap-password");
    g_autofree char *slip = changed("学院党委 = 2", "学员党委 = 2");
    write_file("imap-password", "口令\n", -1);
    g_chmod(path, 0644);
    g_autofree char *open = warning_of(text);
    g_chmod(path, 0640);
    g_autofree char *closed = warning_of(text);
    g_autofree char *kind = warning_of(slip);
    g_autofree char *wide = changed("keywords = 基层党建工作创新,", "keywords = 活动, 基层党建工作创新,");
    g_autofree char *keyword = warning_of(wide);
    assert_non_null(strstr(open, "has mode 0644; run: chmod 0600 "));
    assert_null(closed);
    assert_non_null(strstr(keyword, "“活动” stands in all sorts of mail"));
    assert_non_null(strstr(kind, "[quota] 学员党委: no committee of the roster is of this type"));
}

/* NULL contents = no such file. `expected` NULL = no secret; else a secret or the part of an error. */
static void secret(const char *contents, gssize length, gboolean as_credential, gboolean fails,
                   const char *expected)
{
    g_autofree char *path = path_of("secret");
    g_autoptr (GError) error = NULL;
    g_unlink(path);
    if (contents) write_file("secret", contents, length);
    g_setenv("CREDENTIALS_DIRECTORY", folder, TRUE);
    Secret where = {.file = as_credential ? "" : path, .credential = "secret"};
    g_autofree char *value = config_secret(&where, &error);
    assert_int_equal(error != NULL, fails);
    if (fails && !strstr(error->message, expected)) fail_msg("%s", error->message);
    if (!fails && expected) assert_string_equal(value, expected);
    if (fails || !expected) assert_null(value);
    g_unsetenv("CREDENTIALS_DIRECTORY");
}

static void secrets(void **state)
{
    g_autofree char *huge = g_strnfill(5000, 'x');
    for (int as_credential = 0; as_credential < 2; as_credential++) {
        g_clear_pointer(&warned, g_free);
        secret("hunter2\n", -1, as_credential, FALSE, "hunter2");
        secret("hunter2", -1, as_credential, FALSE, "hunter2");
        assert_null(warned);
        secret("\xEF\xBB\xBF 口 令 \r\n", -1, as_credential, FALSE, " 口 令 ");
        assert_non_null(strstr(warned, "begins or ends with a blank"));
        secret("one\ntwo\n", -1, as_credential, TRUE, "several lines");
        secret("a\0b", 3, as_credential, TRUE, "NUL");
        secret(huge, -1, as_credential, TRUE, "4096");
    }
    secret("", -1, FALSE, TRUE, "is empty");
    secret("\r\n", -1, TRUE, FALSE, NULL); /* SetCredential= with nothing stands for “not given” */
    secret(NULL, 0, TRUE, FALSE, NULL);
    secret(NULL, 0, FALSE, TRUE, "No such file");
    g_autoptr (GError) error = NULL;
    assert_null(config_secret(&(Secret){.file = "", .credential = "x"}, &error)); /* not under systemd */
    assert_null(error);
}

/* What cannot be opened for want of descriptors is not wrong: 75, and the service tries again. */
static void no_descriptors(void **state)
{
    struct rlimit most;
    write_file("secret", "hunter2\n", -1);
    g_autofree char *example = config_example();
    write_file("right.conf", example, -1);
    g_autofree char *path = path_of("secret"), *config = path_of("right.conf");
    g_autoptr (GError) unread = NULL, unloaded = NULL, unstarted = NULL;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &most), 0);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &(struct rlimit){0, most.rlim_max}), 0);
    char *secret = config_secret(&(Secret){.file = path}, &unread);
    Config *loaded = config_load(config, &unloaded);
    char *token = config_token(&(Secret){.command = "/bin/echo token"}, &unstarted);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &most), 0);
    assert_null(secret);
    assert_null(loaded);
    assert_null(token);
    assert_true(g_error_matches(unread, CONFIG_ERROR, CONFIG_ERROR_PASSING));
    assert_true(g_error_matches(unloaded, CONFIG_ERROR, CONFIG_ERROR_PASSING));
    assert_true(g_error_matches(unstarted, CONFIG_ERROR, CONFIG_ERROR_TOKEN));
    g_clear_error(&unstarted);
    assert_null(config_token(&(Secret){.command = "/no/such/command"}, &unstarted));
    assert_true(g_error_matches(unstarted, CONFIG_ERROR, CONFIG_ERROR_FILE));
}

static void nearest(void **state)
{
    static const char *const words[] = {"deadline", "dedicated", "at", "关键词", NULL};
    assert_string_equal(values_nearest("daedline", words), "deadline");
    assert_string_equal(values_nearest("关建词", words), "关键词");
    assert_string_equal(values_nearest("ta", words), "at");
    assert_null(values_nearest("something", words));
    assert_null(values_nearest("", words));
    g_autofree char *huge = g_strnfill(100000, 'x');
    assert_null(values_nearest(huge, words));
}

static void reference(void **state)
{
    g_autofree char *text = config_reference();
    for (guint i = 0; i < keys_count; i++) {
        g_autofree char *item = g_strdup_printf(".It Ic %s\n", keys[i].name);
        assert_non_null(strstr(text, item));
        assert_true(keys[i].help && *keys[i].help);
    }
}

int main(void)
{
    g_log_set_writer_func(catch_warning, NULL, NULL);
    const struct CMUnitTest tests[] = {
        TEST(the_example), TEST(the_defaults), TEST(from_windows), TEST(values),    TEST(owed),
        TEST(warnings),    TEST(secrets),      TEST(nearest),      TEST(reference), TEST(no_descriptors),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    g_free(warned);
    return failed;
}
