/* The store: opening and refusing to open, the roster in it, settings, reading beside the daemon. */
#include "store_fixture.h"

#include <sys/stat.h>

#include "daemon/store/migrate.h"

/* --- opening ---------------------------------------------------------------------------------- */

static void test_opens_empty_and_again(void **state)
{
    Fixture *fixture = *state;
    guint newest = 0;
    while (STORE_MIGRATIONS[newest].sql) {
        g_autofree char *prefix = g_strdup_printf("%04u-", newest + 1);
        assert_true(g_str_has_prefix(STORE_MIGRATIONS[newest].name, prefix));
        newest++;
    }
    assert_int_equal(number(fixture, "PRAGMA user_version"), newest);
    assert_int_equal(number(fixture, "PRAGMA application_id"), STORE_APPLICATION_ID);
    assert_int_equal(number(fixture, "PRAGMA foreign_keys"), 1);
    assert_int_equal(number(fixture, "PRAGMA synchronous"), 2);
    assert_int_equal(number(fixture, "PRAGMA trusted_schema"), 0);
    assert_int_equal(number(fixture, "SELECT count(*) FROM pragma_journal_mode WHERE journal_mode = 'wal'"),
                     1);
    assert_int_equal(number(fixture, "SELECT count(*) FROM pragma_table_list"
                                     " WHERE schema = 'main' AND type = 'table' AND NOT strict"
                                     " AND name NOT LIKE 'sqlite_%'"),
                     0);
    struct stat found;
    g_autofree char *path = store_database_path(&fixture->config);
    assert_int_equal(stat(path, &found), 0);
    assert_int_equal(found.st_mode & 0777, 0600);

    fixture_close(fixture);
    fixture_open(fixture);
    assert_int_equal(store_book(fixture->store)->next_number, 1);
}

static void test_mirrors_the_roster(void **state)
{
    Fixture *fixture = *state;
    assert_int_equal(number(fixture, "SELECT least FROM committee WHERE code = 'wen'"), 2);
    assert_int_equal(number(fixture, "SELECT least FROM committee WHERE code = 'jiguan'"), 1);
    g_ptr_array_remove_index(fixture->roster.committees, 1);
    fixture_close(fixture);
    fixture_open(fixture);
    assert_int_equal(number(fixture, "SELECT count(*) FROM committee"), 3);
    assert_int_equal(number(fixture, "SELECT in_roster FROM committee WHERE code = 'li'"), 0);
}

static void test_second_daemon_is_refused(void **state)
{
    Fixture *fixture = *state;
    g_autoptr (GError) error = NULL;
    assert_null(store_open(&fixture->config, &error));
    assert_true(g_error_matches(error, STORE_ERROR, STORE_ERROR_BUSY));
    g_autofree char *pid = g_strdup_printf("process %d)", (int)getpid());
    assert_non_null(strstr(error->message, pid));
}

static void refused_to_open(Fixture *fixture, StoreError code, const char *says)
{
    g_autoptr (GError) error = NULL;
    assert_null(store_open(&fixture->config, &error));
    if (!g_error_matches(error, STORE_ERROR, (gint)code) || !strstr(error->message, says))
        fail_msg("wrong error: %s", error->message);
    assert_null(strchr(error->message, '\n'));
}

static void test_newer_schema_is_refused(void **state)
{
    Fixture *fixture = *state;
    assert_true(db_script(fixture->store->db, "PRAGMA user_version = 4711", NULL));
    fixture_close(fixture);
    refused_to_open(fixture, STORE_ERROR_SCHEMA, "newer baosong");
}

static void test_other_campaign_is_refused(void **state)
{
    Fixture *fixture = *state;
    fixture_close(fixture);
    fixture->config.campaign.id = (char *)"other";
    refused_to_open(fixture, STORE_ERROR_SCHEMA, "belongs to campaign cx2014");
}

/* Until the first item it may be mended; from then on people know numbers of that shape. */
static void test_another_prefix_is_refused(void **state)
{
    Fixture *fixture = *state;
    fixture_close(fixture);
    fixture->config.campaign.number_prefix = (char *)"DJ-";
    fixture_open(fixture);
    store_one(fixture, 1, "document");
    fixture_close(fixture);
    fixture->config.campaign.number_prefix = (char *)"CX2014-";
    refused_to_open(fixture, STORE_ERROR_SCHEMA, "put “number_prefix = DJ-” back");
    fixture->config.campaign.number_prefix = (char *)"DJ-";
    fixture_open(fixture);

    /* A database from before this was looked at. */
    assert_true(db_script(fixture->store->db, "DELETE FROM setting WHERE key = 'number_prefix'", NULL));
    fixture_close(fixture);
    fixture_open(fixture);
    fixture_close(fixture);
    fixture->config.campaign.number_prefix = (char *)"";
    refused_to_open(fixture, STORE_ERROR_SCHEMA, "put “number_prefix = DJ-” back");
}

static void set_code(Fixture *fixture, Committee *committee, const char *code)
{
    g_hash_table_remove(fixture->roster.by_code, committee->code);
    committee->code = (char *)code;
    g_hash_table_insert(fixture->roster.by_code, committee->code, committee);
}

/* Codes are what items and reminders hang on: Excel makes 1 of 001, and everybody would be reminded again. */
static void test_other_codes_are_refused(void **state)
{
    Fixture *fixture = *state;
    Committee *committee = fixture->config.roster->committees->pdata[0];
    char *right = committee->code;
    fixture->config.campaign.roster_file = (char *)"/etc/roster.csv";
    fixture_close(fixture);
    set_code(fixture, committee, "other"); /* nothing is known of it yet */
    fixture_open(fixture);
    fixture_close(fixture);
    set_code(fixture, committee, right);
    fixture_open(fixture);
    store_one(fixture, 1, "document");
    fixture_close(fixture);
    set_code(fixture, committee, "other");
    g_autofree char *says = g_strdup_printf("had “%s”", right);
    refused_to_open(fixture, STORE_ERROR_SCHEMA, says);
    refused_to_open(fixture, STORE_ERROR_SCHEMA, "/etc/roster.csv: line ");
    set_code(fixture, committee, right);
    char *name = committee->name; /* a new name under the old code is a new name */
    committee->name = (char *)"新名学院党委";
    fixture_open(fixture);
    fixture_close(fixture);
    committee->name = name;
}

static void test_foreign_files_are_refused(void **state)
{
    Fixture *fixture = *state;
    g_autofree char *path = store_database_path(&fixture->config);
    fixture_close(fixture);
    assert_true(
        g_file_set_contents(path, "this is no database, but long enough to look at, by far", -1, NULL));
    refused_to_open(fixture, STORE_ERROR_CORRUPT, "baosong rebuild");

    g_unlink(path);
    sqlite3 *other;
    assert_int_equal(sqlite3_open(path, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "CREATE TABLE x (y)", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(other);
    refused_to_open(fixture, STORE_ERROR_CORRUPT, "some other program");
}

/* A restore that was killed leaves a copy of everything; a link leads out of our folder. */
static void test_leftovers_go(void **state)
{
    Fixture *fixture = *state;
    g_autofree char *deep = g_build_filename(fixture->config.store.state_dir, "tmp", "restore", "mail", NULL);
    g_autofree char *file = g_build_filename(deep, "a.eml", NULL), *link = g_build_filename(deep, "l", NULL);
    g_autofree char *outside = g_build_filename(fixture->config.store.state_dir, "instance", NULL);
    fixture_close(fixture);
    assert_int_equal(g_mkdir_with_parents(deep, 0700), 0);
    assert_true(g_file_set_contents(file, "x", 1, NULL) && g_file_set_contents(outside, "y", 1, NULL));
    assert_int_equal(symlink(fixture->config.store.state_dir, link), 0);
    fixture_open(fixture);
    g_autofree char *left = g_build_filename(fixture->config.store.state_dir, "tmp", "restore", NULL);
    assert_false(g_file_test(left, G_FILE_TEST_EXISTS));
    assert_true(g_file_test(outside, G_FILE_TEST_EXISTS));
}

static void test_unusable_folder(void **state)
{
    Fixture *fixture = *state;
    g_autofree char *blocked = g_build_filename(fixture->folder, "lock", "state", NULL);
    fixture_close(fixture);
    fixture->config.store.state_dir = blocked;
    refused_to_open(fixture, STORE_ERROR_IO, "cannot make the folder");
}

/* The command line looks while the daemon works, and sees only what was committed. */
static void test_reads_beside_the_daemon(void **state)
{
    Fixture *fixture = *state;
    store_one(fixture, 1, "first");
    g_autoptr (Sample) second = sample_new(2, "second");
    assert_fine(store_begin(fixture->store, NOW, FAULT));
    assert_fine(store_add_mail(fixture->store, &second->mail, second->verdict, NULL, FAULT));

    g_autoptr (Store) reader = store_open_read_only(&fixture->config, NULL);
    assert_non_null(reader);
    StoreStatus status;
    assert_fine(store_fill_status(reader, &status, FAULT));
    assert_int_equal(status.mails, 1);
    assert_int_equal(status.items, 1);
    assert_int_equal(status.committees, 3);
    assert_int_equal(status.silent, 2);
    assert_int_equal(status.owed, 5);
    assert_int_equal(status.reported, 1);
    assert_int_equal(status.mode, STORE_OBSERVE);
    assert_true(status.free_bytes > 0);
    assert_refused(store_set_mode(reader, STORE_LIVE, FAULT), STORE_ERROR_IO);
    assert_fine(store_commit(fixture->store, FAULT));
    assert_fine(store_fill_status(reader, &status, FAULT));
    assert_int_equal(status.mails, 2);
}

static void test_nothing_to_read(void **state)
{
    g_autoptr (GError) error = NULL;
    Fixture *fixture = fixture_new();
    assert_null(store_open_read_only(&fixture->config, &error));
    assert_true(g_error_matches(error, STORE_ERROR, STORE_ERROR_IO));
    g_autofree char *path = store_database_path(&fixture->config);
    assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
    fixture_free(fixture);
}

static void test_settings(void **state)
{
    Fixture *fixture = *state;
    assert_int_equal(store_mode(fixture->store), STORE_OBSERVE);
    assert_fine(store_set_mode(fixture->store, STORE_LIVE, FAULT));
    assert_fine(store_set_setting_int(fixture->store, "last_poll_at", NOW, FAULT));
    fixture_close(fixture);
    fixture_open(fixture);
    assert_int_equal(store_mode(fixture->store), STORE_LIVE);
    assert_int_equal(store_setting_int(fixture->store, "last_poll_at", 0), NOW);
    assert_fine(store_set_setting(fixture->store, "last_poll_at", NULL, FAULT));
    assert_null(store_setting(fixture->store, "last_poll_at"));
    assert_fine(store_set_setting(fixture->store, "mode", "nonsense", FAULT));
    assert_int_equal(store_mode(fixture->store), STORE_OBSERVE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_opens_empty_and_again),
        TEST(test_mirrors_the_roster),
        TEST(test_second_daemon_is_refused),
        TEST(test_newer_schema_is_refused),
        TEST(test_other_campaign_is_refused),
        TEST(test_another_prefix_is_refused),
        TEST(test_other_codes_are_refused),
        TEST(test_foreign_files_are_refused),
        TEST(test_leftovers_go),
        TEST(test_unusable_folder),
        TEST(test_reads_beside_the_daemon),
        cmocka_unit_test(test_nothing_to_read),
        TEST(test_settings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
