#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <grp.h>
#include <minizip/unzip.h>
#include <setjmp.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "reports/check.h"
#include "reports/columns.h"
#include "reports/share.h"
#include "reports/source.h"
#include "tests/unit/reports_season.h"

static int begin(void **state)
{
    *state = season_new();
    return 0;
}

/* REPORTS_KEEP=1 leaves the folders there, for looking at. */
static int end(void **state)
{
    Season *season = *state;
    gboolean keep = g_getenv("REPORTS_KEEP") != NULL;
    if (keep) g_print("%s\n", season->dir);
    season_free(season, keep);
    return 0;
}

static void write_it(Season *season, gboolean expected)
{
    g_autoptr (GError) error = NULL;
    gboolean written;
    if (!reports_write_summary(season->config, &season->place, season->now, &written, &error))
        fail_msg("%s", error->message);
    assert_int_equal(written, expected);
}

static void must_fail(Season *season, const char *words)
{
    g_autoptr (GError) error = NULL;
    gboolean written = TRUE;
    assert_false(reports_write_summary(season->config, &season->place, season->now, &written, &error));
    assert_false(written);
    assert_non_null(error);
    if (!strstr(error->message, words) || strchr(error->message, '\n')) fail_msg("%s", error->message);
}

/* One member of the workbook as text; caller frees. */
static char *member(const Season *season, const char *name)
{
    g_autofree char *path = season_share(season, REPORTS_SUMMARY);
    unzFile zip = unzOpen64(path);
    assert_non_null(zip);
    assert_int_equal(unzLocateFile(zip, name, 1), UNZ_OK);
    assert_int_equal(unzOpenCurrentFile(zip), UNZ_OK);
    GString *text = g_string_new(NULL);
    char buffer[4096];
    for (int got; (got = unzReadCurrentFile(zip, buffer, sizeof buffer)) > 0;)
        g_string_append_len(text, buffer, got);
    unzCloseCurrentFile(zip);
    unzClose(zip);
    return g_string_free(text, FALSE);
}

static guint count(const char *text, const char *what)
{
    guint n = 0;
    for (const char *p = text; (p = strstr(p, what)); p += strlen(what)) n++;
    return n;
}

static void assert_has(const char *text, const char *what)
{
    if (!strstr(text, what)) fail_msg("not found: %s", what);
}

static guint mode_of(const char *path)
{
    struct stat file;
    assert_int_equal(lstat(path, &file), 0);
    return file.st_mode & 07777;
}

static char *contents(const char *path)
{
    char *text = NULL;
    if (!g_file_get_contents(path, &text, NULL, NULL)) fail_msg("no %s", path);
    return text;
}

/* --- what it says ----------------------------------------------------------------------------- */

static void test_sheets(void **state)
{
    Season *season = *state;
    write_it(season, TRUE);
    g_autofree char *workbook = member(season, "xl/workbook.xml");
    g_autofree char *strings = member(season, "xl/sharedStrings.xml");
    for (guint s = 0; s < COLUMNS_SHEETS; s++) {
        guint n;
        const Column *columns = columns_of_sheet(s, &n);
        g_autofree char *name = g_strdup_printf("<sheet name=\"%s\"", columns_sheet_name(s));
        assert_has(workbook, name);
        for (guint c = 0; c < n; c++) {
            g_autofree char *heading = g_strdup_printf("<t>%s</t>", columns[c].heading);
            assert_has(strings, heading);
        }
    }
    g_autofree char *progress = member(season, "xl/worksheets/sheet2.xml");
    g_autofree char *items = member(season, "xl/worksheets/sheet3.xml");
    assert_int_equal(count(progress, "<row "), SEASON_COMMITTEES + 1);
    assert_int_equal(count(items, "<row "), SEASON_ITEMS + 1);
    assert_has(items, "<pane xSplit=\"2\" ySplit=\"1\"");
    assert_has(items, "<autoFilter ref=\"A1:P45\"/>");
    assert_has(items, "orientation=\"landscape\"");
    assert_has(items, "fitToHeight=\"0\"");
    assert_has(workbook, "_xlnm.Print_Titles");
}

static void test_no_formulas(void **state)
{
    Season *season = *state;
    write_it(season, TRUE);
    for (guint s = 1; s <= COLUMNS_SHEETS; s++) {
        g_autofree char *name = g_strdup_printf("xl/worksheets/sheet%u.xml", s);
        g_autofree char *sheet = member(season, name);
        assert_null(strstr(sheet, "<f"));
    }
    g_autofree char *strings = member(season, "xl/sharedStrings.xml");
    assert_has(strings, "<t>=HYPERLINK(\"http://attacker.invalid/\",\"点我\")</t>");
    assert_has(strings, "<t>+1 加一行动");
    assert_has(strings, "<t>@全体党员");
    assert_has(strings, "_x005F_x0041_");
    assert_null(strstr(strings, "\xE2\x80\xAE"));
    for (const char *p = strings; *p; p++) assert_true((guchar)*p >= 0x20 || *p == '\n');
}

/* Every link leads to a file or folder of the share. */
static void test_links(void **state)
{
    Season *season = *state;
    write_it(season, TRUE);
    g_autofree char *rels = member(season, "xl/worksheets/_rels/sheet3.xml.rels");
    guint found = 0;
    g_auto(GStrv) parts = g_strsplit(rels, "Target=\"", -1);
    for (guint i = 1; parts[i]; i++, found++) {
        *strchr(parts[i], '"') = '\0';
        g_autofree char *plain = g_uri_unescape_string(parts[i], NULL);
        g_autoptr (GString) path = g_string_new(plain);
        g_string_replace(path, "&amp;", "&", 0);
        g_string_replace(path, "&apos;", "'", 0);
        g_autofree char *file = season_share(season, path->str);
        assert_true(g_str_has_prefix(path->str, "附件/CX2014-0"));
        if (!g_file_test(file, G_FILE_TEST_EXISTS)) fail_msg("link to nothing: %s", path->str);
    }
    assert_true(found > SEASON_ITEMS);
}

static gint64 number(Season *season, const char *sql)
{
    gint64 value = -1;
    g_autoptr (GError) error = NULL;
    g_autoptr (Source) source = source_open(season->config, season->place.database, season->now, &error);
    if (!source || !source_number(source, sql, &value, &error)) fail_msg("%s", error->message);
    return value;
}

static void test_states(void **state)
{
    Season *season = *state;
    const char *const none = "SELECT count(*) FROM progress WHERE state = '未报'";
    const char *const late = "SELECT count(*) FROM progress WHERE state LIKE '逾期%'";
    assert_true(number(season, none) > 0);
    assert_int_equal(number(season, late), 0);
    assert_int_equal(number(season, "SELECT count(*) FROM progress"), SEASON_COMMITTEES);
    assert_int_equal(
        number(season, "SELECT count(*) FROM progress WHERE reported >= least AND state NOT LIKE '已完成%'"),
        0);
    season->now = season->config->campaign.deadline_at; /* the first second that is late */
    assert_int_equal(number(season, none), 0);
    assert_true(number(season, late) > 0);

    season_sql(season, "UPDATE committee SET in_roster = 0 WHERE code = 'C00'");
    assert_int_equal(number(season, "SELECT count(*) FROM progress WHERE state = '不在名册'"), 1);
    season_sql(season, "UPDATE committee SET least = 0 WHERE code = 'C30'");
    assert_int_equal(number(season, "SELECT count(*) FROM progress WHERE state = '不要求'"), 1);
}

static void test_matters(void **state)
{
    Season *season = *state;
    assert_int_equal(number(season, "SELECT count(*) FROM matter WHERE text = '提醒发送失败'"), 1);
    assert_int_equal(number(season, "SELECT count(*) FROM matter WHERE text = '回执发送失败'"), 2);
    assert_int_equal(
        number(season, "SELECT count(*) FROM matter WHERE text = '信件暂缓' AND why LIKE '%3 封%'"), 1);
    /* what already has a row of its own is not told twice */
    season_sql(season, "INSERT INTO todo (code, why, created_at) VALUES ('burst', '回执过多', 1)");
    assert_int_equal(number(season, "SELECT count(*) FROM matter WHERE text = '信件暂缓'"), 0);
    season_sql(season, "INSERT INTO todo (code, why, created_at) VALUES ('address-refused',"
                       " '发给 c13@committee.example 的信件被拒收', 1)");
    assert_int_equal(number(season, "SELECT count(*) FROM matter WHERE text = '提醒发送失败'"), 0);
    assert_int_equal(number(season, "SELECT count(*) FROM matter WHERE text = 'strange-code'"), 1);
}

/* --- when it is written ----------------------------------------------------------------------- */

static void test_only_when_changed(void **state)
{
    Season *season = *state;
    write_it(season, TRUE);
    write_it(season, FALSE);
    season->now += 600;
    write_it(season, FALSE);
    season_sql(season, "UPDATE item SET leader = '联系人丁' WHERE number = 3");
    write_it(season, TRUE);
    season->now += 86400; /* one day less is left */
    write_it(season, TRUE);
    write_it(season, FALSE);
    g_unlink(season->place.note);
    write_it(season, TRUE);
    g_autofree char *path = season_share(season, REPORTS_SUMMARY);
    g_unlink(path);
    write_it(season, TRUE);
}

static guint kept_copies(const Season *season)
{
    guint n = 0;
    GDir *dir = g_dir_open(season->place.share, 0, NULL);
    for (const char *name; (name = g_dir_read_name(dir));) n += strstr(name, "（保留 2014-05-30") != NULL;
    g_dir_close(dir);
    return n;
}

static void test_changed_by_a_person(void **state)
{
    Season *season = *state;
    write_it(season, TRUE);
    g_autofree char *path = season_share(season, REPORTS_SUMMARY);
    g_assert_true(g_file_set_contents(path, "notes of a clerk", -1, NULL));
    write_it(season, TRUE);
    assert_int_equal(kept_copies(season), 1);
    season_sql(season, "UPDATE item SET leader = '联系人丁' WHERE number = 3");
    write_it(season, TRUE);
    assert_int_equal(kept_copies(season), 1);
}

/* The daemon is in the middle of a transaction: the last committed state is told. */
static void test_while_written(void **state)
{
    Season *season = *state;
    sqlite3 *db;
    assert_int_equal(sqlite3_open(season->place.database, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "BEGIN IMMEDIATE; DELETE FROM todo;", NULL, NULL, NULL), SQLITE_OK);
    write_it(season, TRUE);
    sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    write_it(season, FALSE);
    sqlite3_close(db);
}

/* --- the share -------------------------------------------------------------------------------- */

static void test_modes(void **state)
{
    Season *season = *state;
    mode_t before = umask(0);
    write_it(season, TRUE);
    umask(before);
    g_autofree char *book = season_share(season, REPORTS_SUMMARY);
    g_autofree char *folder = season_share(season, "附件/CX2014-010 总结材料");
    g_autofree char *file = g_build_filename(folder, "_CON.docx", NULL);
    assert_int_equal(mode_of(season->place.share), 02750);
    assert_int_equal(mode_of(book), 0640);
    assert_int_equal(mode_of(folder), 02750);
    assert_int_equal(mode_of(file), 0640);
    struct stat dated;
    assert_int_equal(stat(file, &dated), 0);
    assert_true(dated.st_mtime < season->now);
}

static void test_group(void **state)
{
    Season *season = *state;
    g_free(season->config->store.share_group);
    season->config->store.share_group = g_strdup("no-such-group-here");
    must_fail(season, "there is no group no-such-group-here");
}

/* A group that we may give files to, other than the one that they get by themselves. */
static const struct group *another_group(void)
{
    gid_t groups[64];
    int n = getgroups(G_N_ELEMENTS(groups), groups);
    for (int i = 0; i < n; i++)
        if (groups[i] != getegid() && getgrgid(groups[i])) return getgrgid(groups[i]);
    return geteuid() == 0 ? getgrgid(1) : NULL;
}

/* [share] group is often thought of when the clerk cannot open what is there already. */
static void test_group_of_later(void **state)
{
    Season *season = *state;
    const struct group *group = another_group();
    if (!group) skip();
    write_it(season, TRUE);
    g_free(season->config->store.share_group);
    season->config->store.share_group = g_strdup(group->gr_name);
    gid_t gid = group->gr_gid;
    write_it(season, FALSE); /* there is nothing new to say */
    static const char *const names[] = {REPORTS_SUMMARY, "附件", "附件/CX2014-010 总结材料",
                                        "附件/CX2014-010 总结材料/_CON.docx"};
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = season_share(season, names[i]);
        struct stat there;
        assert_int_equal(stat(path, &there), 0);
        if (there.st_gid != gid) fail_msg("%s is of group %u", names[i], (guint)there.st_gid);
    }
}

/* What staff put into the tree stays, and ours goes beside it. */
static void test_tree_spares_others(void **state)
{
    Season *season = *state;
    g_autofree char *folder = season_share(season, "附件/CX2014-010 staff named it");
    g_autofree char *theirs = g_build_filename(folder, "_CON.docx", NULL);
    g_autofree char *ours = g_build_filename(folder, "_CON（2）.docx", NULL);
    assert_int_equal(g_mkdir_with_parents(folder, 0755), 0);
    assert_true(g_file_set_contents(theirs, "staff", -1, NULL));
    write_it(season, TRUE);
    write_it(season, FALSE);
    g_autofree char *a = contents(theirs), *b = contents(ours);
    assert_string_equal(a, "staff");
    assert_string_equal(b, "item 10 version 1 file 0");
    season_sql(season,
               "UPDATE item SET title = '新的名称' WHERE number = 10"); /* the folder keeps its name */
    write_it(season, TRUE);
    g_autofree char *other = season_share(season, "附件/CX2014-010 新的名称");
    assert_false(g_file_test(other, G_FILE_TEST_EXISTS));
}

static void test_tree_follows_no_link(void **state)
{
    Season *season = *state;
    g_autofree char *attachments = season_share(season, "附件");
    g_mkdir_with_parents(season->place.share, 0755);
    assert_int_equal(symlink(season->dir, attachments), 0);
    must_fail(season, "cannot open folder 附件");
}

/* Two files of one name in one item, both there; the same file sent again only once. */
static void test_tree_names(void **state)
{
    Season *season = *state;
    season_sql(season,
               "UPDATE attachment SET name = CASE WHEN position % 2 THEN 'A总结.DOCX' ELSE 'a总结.docx' END"
               " WHERE mail IN (SELECT mail FROM version WHERE item = 4)");
    write_it(season, TRUE);
    const char *const names[] = {"a总结.docx", "A总结（2）.DOCX", "a总结（3）.docx", "A总结（4）.DOCX",
                                 "a总结（5）.docx"};
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *relative = g_strconcat("附件/CX2014-004 -2+3｜cmd' ／C calc'!A0/", names[i], NULL);
        g_autofree char *path = season_share(season, relative);
        g_autofree char *text = contents(path);
        g_autofree char *expected = g_strdup_printf("item 4 version 1 file %u", (guint)i);
        assert_string_equal(text, expected);
    }
    assert_int_equal(number(season, "SELECT count(*) FROM temp.file"),
                     0); /* only of the connection that wrote */
}

static gboolean tree_has(const char *dir, const char *content)
{
    GDir *entries = g_dir_open(dir, 0, NULL);
    gboolean found = FALSE;
    for (const char *name; entries && !found && (name = g_dir_read_name(entries));) {
        g_autofree char *path = g_build_filename(dir, name, NULL);
        g_autofree char *text = NULL;
        if (g_file_test(path, G_FILE_TEST_IS_DIR))
            found = tree_has(path, content);
        else if (g_file_get_contents(path, &text, NULL, NULL))
            found = g_str_equal(text, content);
    }
    if (entries) g_dir_close(entries);
    return found;
}

/* A marking of secrecy keeps every file of the mail in the store, and the same bytes from other mails. */
static void test_withheld(void **state)
{
    Season *season = *state;
    season_sql(season,
               "INSERT INTO problem (mail, attachment, item, code, detail)"
               " SELECT mail, NULL, NULL, 'classified-marking', '' FROM version WHERE item IN (7, 40)");
    write_it(season, TRUE);
    g_autofree char *strings = member(season, "xl/sharedStrings.xml");
    assert_has(strings, "（疑似涉密，未导出）");
    assert_null(strstr(strings, "党员旁听院（系）级单位党委会制度</t>")); /* title of item 7 */
    assert_has(strings, "（疑似涉密，不显示）");
    assert_true(tree_has(season->place.share, "item 6 version 1 file 0"));
    assert_false(tree_has(season->place.share, "item 7 version 1 file 0"));
    assert_false(tree_has(season->place.share, "item 40 version 1 file 0"));
    assert_false(tree_has(season->place.share, "item 40 version 2 file 0"));
}

static void test_lost_file(void **state)
{
    Season *season = *state;
    season_sql(season, "UPDATE attachment SET sha256 = printf('%064d', 7) WHERE mail ="
                       " (SELECT mail FROM version WHERE item = 5)");
    write_it(season, TRUE);
    g_autofree char *strings = member(season, "xl/sharedStrings.xml");
    assert_has(strings, "（原件缺失）");
}

/* --- faults ----------------------------------------------------------------------------------- */

static void test_no_database(void **state)
{
    Season *season = *state;
    season_sql(season, "PRAGMA journal_mode = DELETE");
    g_unlink(season->place.database);
    must_fail(season, "unable to open database file");
    assert_true(g_file_set_contents(season->place.database,
                                    "no database at all, but long enough to be looked at", -1, NULL));
    must_fail(season, "not a database");
}

/* A file system without room, as libxlsxwriter meets it: it may even say that all went well. */
static void test_full_disk(void **state)
{
    Season *season = *state;
    write_it(season, TRUE);
    g_autofree char *path = season_share(season, REPORTS_SUMMARY);
    struct stat old;
    assert_int_equal(stat(path, &old), 0);
    season_sql(season, "UPDATE item SET leader = '联系人丁' WHERE number = 3");

    struct rlimit limit, small;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    for (rlim_t room = 1000; room < (rlim_t)old.st_size + 20000; room += 7000) {
        g_autoptr (GError) error = NULL;
        small = (struct rlimit){room, limit.rlim_max};
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
        gboolean good = reports_write_summary(season->config, &season->place, season->now, NULL, &error);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
        if (good) break;
        assert_true(strlen(error->message) > 20 && !strchr(error->message, '\n'));
        struct stat now;
        assert_int_equal(stat(path, &now), 0);
        assert_int_equal(now.st_ino, old.st_ino);
        g_autofree char *hidden = season_share(season, "." REPORTS_SUMMARY ".new");
        assert_false(g_file_test(hidden, G_FILE_TEST_EXISTS));
    }
    g_autoptr (GError) error = NULL;
    assert_true(reports_write_summary(season->config, &season->place, season->now, NULL, &error));
}

static void test_check(void **state)
{
    Season *season = *state;
    write_it(season, TRUE);
    g_autofree char *path = season_share(season, REPORTS_SUMMARY);
    g_autofree char *copy = g_build_filename(season->dir, "copy.xlsx", NULL);
    g_autofree char *bytes = NULL;
    gsize length;
    assert_true(g_file_get_contents(path, &bytes, &length, NULL));
    const guint rows[] = {0};
    assert_true(check_workbook(path, rows, 0, NULL));
    g_autoptr (GError) wrong = NULL;
    assert_false(check_workbook(path, rows, 1, &wrong));
    assert_true(g_error_matches(wrong, CHECK_ERROR, CHECK_ERROR_ROWS));

    for (gsize cut = 0; cut < length; cut += 997) {
        g_autoptr (GError) error = NULL;
        assert_true(g_file_set_contents(copy, bytes, (gssize)cut, NULL));
        assert_false(check_workbook(copy, rows, 0, &error));
        assert_non_null(error);
    }
    bytes[length / 3] ^= 0x20; /* inside the packed bytes of some member */
    assert_true(g_file_set_contents(copy, bytes, (gssize)length, NULL));
    assert_false(check_workbook(copy, rows, 0, NULL));
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {EACH(test_sheets),
                                       EACH(test_no_formulas),
                                       EACH(test_links),
                                       EACH(test_states),
                                       EACH(test_matters),
                                       EACH(test_only_when_changed),
                                       EACH(test_changed_by_a_person),
                                       EACH(test_while_written),
                                       EACH(test_modes),
                                       EACH(test_group),
                                       EACH(test_group_of_later),
                                       EACH(test_tree_spares_others),
                                       EACH(test_tree_follows_no_link),
                                       EACH(test_tree_names),
                                       EACH(test_withheld),
                                       EACH(test_lost_file),
                                       EACH(test_no_database),
                                       EACH(test_full_disk),
                                       EACH(test_check)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
