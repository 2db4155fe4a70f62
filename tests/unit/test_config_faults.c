/* Every kind of fault of a config file, with its line. */
#include "tests/unit/config_fixture.h"

/* The message must start with `start` (behind the folder) and hold `part`; it is one line. */
static void bad(const char *text, gssize length, int code, const char *start, const char *part)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (Config) config = load_bytes(text, length, &error);
    if (config) fail_msg("loaded, but should be: %s … %s", start, part);
    const char *message = error->message + strlen(folder) + 1;
    if (!g_str_has_prefix(message, start)) fail_msg("starts otherwise: %s\nexpected: %s", message, start);
    if (!strstr(message, part)) fail_msg("lacks “%s”: %s", part, message);
    assert_null(strpbrk(message, "\r\n"));
    assert_true(error->domain == CONFIG_ERROR);
    assert_int_equal(error->code, code);
}

static guint line_of(const char *text, const char *part)
{
    guint line = 1;
    const char *end = strstr(text, part);
    assert_non_null(end);
    for (const char *p = text; p < end; p++) line += *p == '\n';
    return line;
}

/* The fault of the example with `from` replaced by `to` is on the line of `at` (in the changed text). */
static void bad_change(const char *from, const char *to, int code, const char *at, const char *where,
                       const char *part)
{
    g_autofree char *text = changed(from, to);
    g_autofree char *start = g_strdup_printf("test.conf:%u: %s", line_of(text, at), where);
    bad(text, -1, code, start, part);
}

static void no_file(void **state)
{
    g_autoptr (GError) error = NULL;
    g_autofree char *path = path_of("absent.conf");
    assert_null(config_load(path, &error));
    assert_int_equal(error->code, CONFIG_ERROR_FILE);
    assert_non_null(strstr(error->message, "absent.conf: No such file"));
    assert_non_null(strstr(error->message, "baosongd --print-example"));
    g_clear_error(&error);
    assert_null(config_load(folder, &error));
    assert_non_null(strstr(error->message, "directory"));
}

static void wrong_syntax(void **state)
{
    GString *longest = g_string_new("[campaign]\ntitle = ");
    for (guint i = 0; i < 4000; i++) g_string_append_c(longest, 'x');
    static const struct {
        const char *text, *start, *part;
    } wrong[] = {
        {"[campaign]\nid = a\nnonsense\n", "test.conf:3: ", "neither [section] nor key = value"},
        {"[campaign]\nid ＝ a\n", "test.conf:2: ", "full-width"},
        {"\n【campaign】\n", "test.conf:2: ", "brackets"},
        {"[campaign]\nkeywords = 甲乙,\n  丙丁\n", "test.conf:3: ", "next line"},
        {"[campaign\nid = a\n", "test.conf:1: ", "a section heading is [name]"},
        {"[campaign] # what\n", "test.conf:1: ", "nothing behind it"},
        {"id = a\n", "test.conf:1: ", "before the first [section]"},
        {"[campaign]\nid = a\ntitle = \xBB\xF9\xB2\xE3\n", "test.conf:3: ", "iconv -f GB18030 -t UTF-8"},
        {"[theme 一个名字长得谁也不会在邮件主题里打出来的主题]\n", "test.conf:1: ", "longer than 49 bytes"},
        {"", "test.conf", "[campaign] id: missing"},
        {"= a\n", "test.conf:1: ", "before the first"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++)
        bad(wrong[i].text, -1, *wrong[i].text ? CONFIG_ERROR_SYNTAX : CONFIG_ERROR_KEY, wrong[i].start,
            wrong[i].part);
    bad(longest->str, -1, CONFIG_ERROR_SYNTAX, "test.conf:2: ", "longer than 4000 bytes");
    bad("\xFF\xFE[\0c\0", 6, CONFIG_ERROR_SYNTAX, "test.conf:1: ", "save the file as UTF-8");
    g_string_set_size(longest, (1 << 20) + 1);
    memset(longest->str, '\n', longest->len);
    bad(longest->str, -1, CONFIG_ERROR_FILE, "test.conf: ", "larger than 1 MiB");
    g_string_free(longest, TRUE);
}

static void wrong_keys(void **state)
{
    const int code = CONFIG_ERROR_KEY;
    bad_change("deadline =", "deadlin =", code, "deadlin =", "[campaign] deadlin: there is no such key",
               "did you mean “deadline”?");
    bad_change("[imap]", "[imap]\nburst = 3", code, "burst = 3", "[imap] burst: ", "it belongs to [smtp]");
    bad_change("[imap]", "[imap]\npassword = 口令", code, "password = 口令",
               "[imap] password: ", "did you mean “password_file”?");
    bad_change("[desk]", "[desk]\nxyzzyplugh = 1", code, "xyzzyplugh",
               "[desk] xyzzyplugh: ", "known here: university, department");
    bad_change("[imap]", "[imapp]", code, "[imapp]", "[imapp]: there is no such section",
               "did you mean [imap]?");
    bad_change("[imap]", "[IMAP]", code, "[IMAP]", "[IMAP]: there is no such section",
               "did you mean [imap]?");
    bad_change("[imap]", "[ imap ]", code, "[ imap ]", "[ imap ]: there is no such section",
               "did you mean [imap]?");
    bad_change("[imap]", "[zzz]\n[imap]", code, "[zzz]", "[zzz]: there is no such section", "");
    bad_change("[imap]", "[theme]\n[imap]", code, "[theme]", "[theme]: ", "[theme 组织设置]");
}

static void doubled(void **state)
{
    const int code = CONFIG_ERROR_KEY;
    g_autofree char *example = config_example();
    g_autofree char *imap = g_strdup_printf("stands twice (line %u already)", line_of(example, "[imap]"));
    g_autofree char *id = g_strdup_printf("stands twice (line %u already)", line_of(example, "id = party"));
    g_autofree char *college =
        g_strdup_printf("stands twice (line %u already)", line_of(example, "学院党委 = 2"));
    bad_change("[store]\n", "[imap] \n", code, "[imap] \n", "[imap]: ", imap);
    bad_change("title = 基层", "id = other\ntitle = 基层", code, "id = other", "[campaign] id: ", id);
    bad_change("* = 1", "学院  党委 = 3", code, "学院  党委", "[quota] 学院  党委: ", college);
    bad_change("title = 着眼于科学合理", "title = x\ntitle = 着眼于科学合理", code, "title = 着眼于科学合理",
               "[theme 组织设置] title: ", "stands twice");
    bad_change("[theme 党内民主]", "[theme 组织 设置]", CONFIG_ERROR_VALUE, "[theme 组织 设置]",
               "[theme 组织 设置]: ", "the same name as [theme 组织设置]");
    bad_change("[theme 党内民主]", "[theme 其他]", CONFIG_ERROR_VALUE, "[theme 其他]",
               "[theme 其他]: ", "其他");
    bad_change("[theme 党内民主]", "[theme  ]", CONFIG_ERROR_VALUE, "[theme  ]", "[theme  ]: ", "no name");
}

static void missing(void **state)
{
    bad_change("deadline = 2014-06-02\n", "", CONFIG_ERROR_KEY, "[campaign]", "[campaign] deadline: missing",
               "add “deadline = 2014-06-02”");
    bad_change("title = 着眼于科学合理，创新基层党组织设置\n", "", CONFIG_ERROR_KEY, "[theme 组织设置]",
               "[theme 组织设置] title: missing", "add");
    bad_change("user = djcx@university.example\n", "", CONFIG_ERROR_KEY, "[imap]", "[imap] user: missing",
               "add");
}

static void wrong_values(void **state)
{
    static const struct {
        const char *from, *to, *where, *part;
    } wrong[] = {
        {"id = party-innovation-2014", "id = 党建2014", "[campaign] id: ", "lower-case letters"},
        {"title = 基层党建工作创新活动", "title =", "[campaign] title: ", "empty"},
        {"title = 基层党建工作创新活动", "title = \"基层\"", "[campaign] title: ", "quotation marks"},
        {"title = 基层党建工作创新活动", "title = a\x01", "[campaign] title: ", "control character"},
        {"item_word = 创新活动", "item_word =", "[campaign] item_word: ", "leave the line out"},
        {"keywords = 基层党建工作创新, 基层党建创新, 党建创新活动", "keywords = 党建, 党",
         "[campaign] keywords: ", "“党” is one character"},
        {"keywords = 基层党建工作创新, 基层党建创新, 党建创新活动", "keywords = ，",
         "[campaign] keywords: ", "there is none"},
        {"number_prefix = CX2014-", "number_prefix = CX 2014",
         "[campaign] number_prefix: ", "letters, digits"},
        {"number_prefix = CX2014-", "number_prefix = 2014-", "[campaign] number_prefix: ", "no letter"},
        {"timezone = Asia/Shanghai", "timezone = Asia/Beijing", "[campaign] timezone: ", "tzdata"},
        {"timezone = Asia/Shanghai", "timezone = UTC+8", "[campaign] timezone: ", "Asia/Shanghai"},
        {"timezone = Asia/Shanghai", "timezone = CST-8", "[campaign] timezone: ", "Asia/Shanghai"},
        {"starts = 2014-04-01", "starts = 4\x1b[31m\r1",
         "[campaign] starts: ", "“4<U+001B>[31m<U+000D>1” is wrong"},
        {"starts = 2014-04-01", "starts = 4月1日", "[campaign] starts: ", "YYYY-MM-DD"},
        {"deadline = 2014-06-02", "deadline = 2014-06-31", "[campaign] deadline: ", "“2014-06-31” is wrong"},
        {"deadline = 2014-06-02", "deadline = 2014-06-02 # 端午",
         "[campaign] deadline: ", "a comment needs a line"},
        {"deadline = 2014-06-02", "deadline = 2014-03-31", "[campaign] deadline: ", "not after starts"},
        {"roster = roster.csv", "roster = rooster.csv", "[campaign] roster: ", "rooster.csv"},
        {"holidays = holidays-2014.conf", "holidays = roster.csv",
         "[campaign] holidays: ", "roster.csv: line 1: "},
        {"address = djcx@university.example", "address = djcx", "[desk] address: ", "there is no @"},
        {"address = djcx@university.example", "address = wenxuedw@university.example",
         "[desk] address: ", "文学院党委 (line 2)"},
        {"url = imaps://imap.university.example", "url = imap.university.example",
         "[imap] url: ", "must start with imaps:// or imap://"},
        {"url = imaps://imap.university.example", "url = imaps://me@imap.example",
         "[imap] url: ", "in the key user"},
        {"url = imaps://imap.university.example", "url = imaps://imap.example:99999",
         "[imap] url: ", "no port"},
        {"url = imaps://imap.university.example", "url = imaps://", "[imap] url: ", "no host name"},
        {"url = imaps://imap.university.example", "url = imaps://a/INBOX",
         "[imap] url: ", "nothing may follow"},
        {"url = smtps://smtp.university.example", "url = imaps://a.example", "[smtp] url: ", "smtps://"},
        {"mailbox = shared", "mailbox = dedicate", "[imap] mailbox: ", "did you mean “dedicated”?"},
        {"# poll = 60s", "poll = 9", "[imap] poll: ", "from 10 to 86400"},
        {"# poll = 60s", "poll = 99999999999999999999h", "[imap] poll: ", "from 10"},
        {"# max_message = 50M", "max_message = 51M", "[imap] max_message: ", "to 52428800"},
        {"# max_message = 50M", "max_message = 5G", "[imap] max_message: ", "512K"},
        {"# idle = yes", "idle = true", "[imap] idle: ", "yes or no"},
        {"# ledger = Baosong", "ledger = inbox", "[imap] ledger: ", "folder of their own"},
        {"# token_command =", "token_command = cat \"x",
         "[imap] token_command: ", "cannot be cut into words"},
        {"# burst = 100", "burst = 0", "[smtp] burst: ", "from 1 to 100000"},
        {"# workers = 2", "workers = -1", "[store] workers: ", "whole number"},
        {"before = 14d, 7d, 3d, 1d", "before = 14, 7", "[remind] before: ", "“14” is no number of days"},
        {"before = 14d, 7d, 3d, 1d", "before = 7d, 07d", "[remind] before: ", "7d stands twice"},
        {"overdue = 1d, 3d", "overdue = 0d", "[remind] overdue: ", "from 1 to 365"},
        {"at = 09:00", "at = 9:00", "[remind] at: ", "HH:MM"},
        {"at = 09:00", "at = 24:00", "[remind] at: ", "no such time"},
        {"# cc_superior =", "cc_superior = 5d", "[remind] cc_superior: ", "“5d” is no stage"},
        {"# other_keywords =", "other_keywords = 评优, 党建创新活动",
         "[campaign] other_keywords: ", "“党建创新活动” stands in keywords, too"},
        {"学院党委 = 2", "学院党委 = 5-2", "[quota] 学院党委: ", "a range such as 2-5"},
        {"学院党委 = 2", "学院党委 = 两项", "[quota] 学院党委: ", "a number such as 2"},
        {"# password_file =", "password_file = absent", "[imap] password_file: there is no file ", "absent"},
        {"# key_file =", "key_file = ~/key", "[store] key_file: ", "write the whole path"},
        {"# dir =", "dir = /", "[share] dir: ", "a folder of their own"},
        {"# dir =", "dir = /var/lib/baosong/test", "[share] dir: ", "a folder of their own"},
        {"# dir =", "dir = /var/lib", "[share] dir: ", "a folder of their own"},
        {"# rehearsal = no", "rehearsal = yes", "[campaign] rehearsal: ", "letters would reach people"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
        int code = strstr(wrong[i].to, "holidays =") ? CONFIG_ERROR_FILE : CONFIG_ERROR_VALUE;
        bad_change(wrong[i].from, wrong[i].to, code, wrong[i].to, wrong[i].where, wrong[i].part);
    }
}

/* Some programs want the password there; it must not get into a log. */
static void password_in_a_url(void **state)
{
    g_autofree char *text =
        changed("url = imaps://imap.university.example", "url = imaps://me:hunter2@imap.example");
    g_autoptr (GError) error = NULL;
    g_autoptr (Config) config = load_bytes(text, -1, &error);
    assert_null(config);
    assert_non_null(strstr(error->message, "[imap] url: the login name stands in the key user"));
    assert_null(strstr(error->message, "hunter2"));
}

static void wrong_roster(void **state)
{
    write_file("roster.csv", "单位名称,类型,邮箱\n甲,学院党委,a@b.example\n甲,,x\n", -1);
    bad_change("roster = roster.csv", "roster = roster.csv", CONFIG_ERROR_ROSTER, "roster = roster.csv",
               "[campaign] roster: ", "line 3, column 邮箱: “x” is no mail address");
    bad_change("roster = roster.csv", "roster = roster.csv", CONFIG_ERROR_ROSTER, "roster = roster.csv",
               "[campaign] roster: ", "(and 2 more; see baosong roster check ");
    write_file("roster.csv", "单位名称,类型,邮箱\n甲,学院党委,a@b.example\n乙,党总支,c@d.example\n", -1);
    bad_change("* = 1\n", "", CONFIG_ERROR_KEY, "[quota]",
               "[quota] 党总支: missing, and 乙 is of that type (line 3", "add “党总支 = 1”");
}

static void rehearsals(void **state)
{
    static const char *const safe[] = {"smtp://127.0.0.1:2525", "smtp://localhost", "smtp://[::1]:25",
                                       "smtp://127.8.9.1"};
    static const char *const unsafe[] = {"smtp://127.0.0.1.evil.example", "smtp://localhost.example",
                                         "smtp://10.0.0.1"};
    g_autofree char *text = changed("# rehearsal = no", "rehearsal = yes");
    for (guint i = 0; i < G_N_ELEMENTS(safe) + G_N_ELEMENTS(unsafe); i++) {
        gboolean is_safe = i < G_N_ELEMENTS(safe);
        GString *with = g_string_new(text);
        g_string_replace(with, "smtps://smtp.university.example",
                         is_safe ? safe[i] : unsafe[i - G_N_ELEMENTS(safe)], 1);
        if (is_safe) {
            g_autoptr (Config) config = good(with->str);
            assert_true(config->campaign.rehearsal);
        } else {
            bad(with->str, -1, CONFIG_ERROR_VALUE, "test.conf:", "letters would reach people");
        }
        g_string_free(with, TRUE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(no_file),      TEST(wrong_syntax), TEST(wrong_keys), TEST(doubled),           TEST(missing),
        TEST(wrong_values), TEST(wrong_roster), TEST(rehearsals), TEST(password_in_a_url),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
