/* The store: opening, a batch of mails, what is known, undoing, the Book. */
#include "store_fixture.h"

#include <errno.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "daemon/store/migrate.h"

/* --- opening ------------------------------------------------------------------------------------------ */

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
    assert_true(store_error_is_temporary(error));
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

static void test_foreign_files_are_refused(void **state)
{
    Fixture *fixture = *state;
    g_autofree char *path = store_database_path(&fixture->config);
    fixture_close(fixture);
    assert_true(
        g_file_set_contents(path, "this is no database, but long enough to look at, by far", -1, NULL));
    refused_to_open(fixture, STORE_ERROR_CORRUPT, "rebuild");

    g_unlink(path);
    sqlite3 *other;
    assert_int_equal(sqlite3_open(path, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "CREATE TABLE x (y)", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(other);
    refused_to_open(fixture, STORE_ERROR_CORRUPT, "some other program");
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

/* --- positions ---------------------------------------------------------------------------------------- */

static void test_cursor_never_goes_back(void **state)
{
    Fixture *fixture = *state;
    StoreFolder folder = {"INBOX", "inbox", 0, 0};
    assert_fine(store_get_folder(fixture->store, &folder, FAULT));
    assert_int_equal(folder.uidvalidity, 0);
    const StoreFolder steps[] = {{"INBOX", "inbox", 7, 100}, {"INBOX", "inbox", 7, 50}};
    for (guint i = 0; i < G_N_ELEMENTS(steps); i++)
        assert_fine(store_move_cursor(fixture->store, &steps[i], FAULT));
    assert_fine(store_get_folder(fixture->store, &folder, FAULT));
    assert_int_equal(folder.last_uid, 100);
    const StoreFolder anew = {"INBOX", "inbox", 4294967295u, 3};
    assert_fine(store_move_cursor(fixture->store, &anew, FAULT));
    assert_fine(store_get_folder(fixture->store, &folder, FAULT));
    assert_int_equal(folder.uidvalidity, 4294967295u);
    assert_int_equal(folder.last_uid, 3);
}

/* --- a batch ------------------------------------------------------------------------------------------ */

static void test_keeps_a_mail(void **state)
{
    Fixture *fixture = *state;
    g_autoptr (Sample) sample = sample_new(1, "document");
    VerdictItem *item = sample_item(sample, 1, TRUE);
    verdict_problem(sample->verdict, "macro", item->files->pdata[0], "%s", "文件含宏");
    verdict_todo(sample->verdict, "verify", 1, "%s", "请核对");
    verdict_decide(sample->verdict, "whose", "campaign", "%s", "tag");
    FactsAttachment *inside = facts_attachment_new();
    set_text(&inside->sha256, sample->raw_sha256);
    inside->offset = -1;
    g_ptr_array_add(((FactsAttachment *)sample->facts->attachments->pdata[0])->children, inside);

    assert_fine(store_begin(fixture->store, NOW, FAULT));
    assert_fine(store_add_mail(fixture->store, &sample->mail, sample->verdict, NULL, FAULT));
    assert_fine(store_commit(fixture->store, FAULT));

    g_autofree char *mail = store_mail_path(fixture->store, sample->raw_sha256);
    g_autofree char *kept = NULL;
    assert_true(g_file_get_contents(mail, &kept, NULL, NULL));
    assert_memory_equal(kept, g_bytes_get_data(sample->mail.raw, NULL), g_bytes_get_size(sample->mail.raw));
    const FactsAttachment *attachment = item->files->pdata[0];
    g_autofree char *file = store_file_path(fixture->store, attachment->sha256);
    g_autofree char *document = NULL;
    assert_true(g_file_get_contents(file, &document, NULL, NULL));
    assert_string_equal(document, "document");

    assert_int_equal(number(fixture, "SELECT count(*) FROM attachment WHERE held AND path = '1'"), 1);
    assert_int_equal(number(fixture, "SELECT count(*) FROM attachment WHERE NOT held AND path = '1.1'"), 1);
    assert_int_equal(number(fixture, "SELECT item FROM problem WHERE attachment = 1"), 1);
    assert_int_equal(number(fixture, "SELECT count(*) FROM problem JOIN problem_text USING (code)"), 1);
    assert_int_equal(number(fixture, "SELECT count(*) FROM todo WHERE created_at = 1401411600"), 1);
    assert_int_equal(
        number(fixture, "SELECT count(*) FROM mail WHERE json_extract(facts, '$.subject') = subject"), 1);
    assert_book_is_stored(fixture);

    json_t *shown = store_show_item(fixture->store, 1, NULL);
    assert_non_null(shown);
    assert_string_equal(json_string_value(json_object_get(shown, "name")), "文学院党委");
    assert_true(json_is_true(json_object_get(shown, "counts")));
    json_t *version = json_array_get(json_object_get(shown, "versions"), 0);
    assert_int_equal(json_array_size(json_object_get(version, "files")), 1);
    assert_int_equal(json_array_size(json_object_get(version, "decisions")), 1);
    assert_int_equal(json_array_size(json_object_get(shown, "problems")), 1);
    json_decref(shown);
    assert_null(store_show_item(fixture->store, 2, NULL));
}

static void test_correspondence_leaves_only_hashes(void **state)
{
    Fixture *fixture = *state;
    g_autoptr (Sample) sample = sample_new(1, "private");
    sample->verdict->whose = WHOSE_CORRESPONDENCE;
    verdict_decide(sample->verdict, "whose", "correspondence", "%s", "no sign");
    verdict_decide(sample->verdict, "committee", "文学院党委", "%s", "party@unit.example");
    assert_fine(store_begin(fixture->store, NOW, FAULT));
    assert_fine(store_add_mail(fixture->store, &sample->mail, sample->verdict, NULL, FAULT));
    assert_fine(store_commit(fixture->store, FAULT));
    assert_int_equal(number(fixture,
                            "SELECT count(*) FROM mail WHERE message_id IS NULL AND from_address IS NULL"
                            " AND subject IS NULL AND date IS NULL AND facts IS NULL"
                            " AND committee IS NULL"),
                     1);
    assert_int_equal(number(fixture, "SELECT count(*) FROM attachment"), 0);
    assert_int_equal(number(fixture, "SELECT count(*) FROM decision"), 1);
    g_autofree char *mail = store_mail_path(fixture->store, sample->raw_sha256);
    assert_false(g_file_test(mail, G_FILE_TEST_EXISTS));
    gint64 known;
    assert_fine(store_known_raw(fixture->store, sample->raw_sha256, &known, FAULT));
    assert_int_equal(known, 1);
}

static void test_known_by_uid_raw_and_identity(void **state)
{
    Fixture *fixture = *state;
    g_autoptr (Sample) sample = sample_new(1, "document");
    gint64 known;
    store_one(fixture, 1, "document");
    assert_fine(store_known_uid(fixture->store, "INBOX", 1, 1, &known, FAULT));
    assert_int_equal(known, 1);
    assert_fine(store_known_uid(fixture->store, "INBOX", 2, 1, &known, FAULT));
    assert_int_equal(known, 0);
    assert_fine(store_known_identity(fixture->store, sample->identity, &known, FAULT));
    assert_int_equal(known, 1);
    assert_fine(store_known_raw(fixture->store, sample->raw_sha256, &known, FAULT));
    assert_int_equal(known, 1);
    for (guint i = 0; i < 2; i++) assert_fine(store_add_sighting(fixture->store, "INBOX", 2, 9, 1, FAULT));
    assert_fine(store_known_uid(fixture->store, "INBOX", 2, 9, &known, FAULT));
    assert_int_equal(known, 1);
    assert_int_equal(number(fixture, "SELECT count(*) FROM sighting"), 2);

    /* Whoever does not ask is refused: the tables hold one row per mail. */
    assert_fine(store_begin(fixture->store, NOW, FAULT));
    assert_refused(store_add_mail(fixture->store, &sample->mail, sample->verdict, NULL, FAULT),
                   STORE_ERROR_STATE);
    store_rollback(fixture->store);
    assert_int_equal(number(fixture, "SELECT count(*) FROM mail"), 1);
}

static void test_rollback_leaves_nothing(void **state)
{
    Fixture *fixture = *state;
    store_one(fixture, 1, "first");
    g_autoptr (Sample) sample = sample_new(2, "second");
    sample_item(sample, 2, TRUE);
    g_autoptr (Sheet) receipt = sheet_new(fixture->store, LETTER_RECEIPT, "second");
    assert_fine(store_begin(fixture->store, NOW, FAULT));
    assert_fine(store_add_mail(fixture->store, &sample->mail, sample->verdict, &receipt->outgoing, FAULT));
    assert_int_equal(store_book(fixture->store)->items->len, 2);
    assert_non_null(book_letter(store_book(fixture->store), receipt->message_id));
    store_rollback(fixture->store);

    assert_int_equal(store_book(fixture->store)->items->len, 1);
    assert_null(book_letter(store_book(fixture->store), receipt->message_id));
    assert_int_equal(number(fixture, "SELECT (SELECT count(*) FROM mail) + (SELECT count(*) FROM outbox)"),
                     1);
    assert_int_equal(store_next_sequence(fixture->store), 1);
    g_autofree char *mail = store_mail_path(fixture->store, sample->raw_sha256);
    assert_false(g_file_test(mail, G_FILE_TEST_EXISTS));
    g_autofree char *temporary = g_build_filename(fixture->folder, "tmp", NULL);
    assert_int_equal(g_rmdir(temporary), 0); /* empty */
}

static void test_new_version_joins_its_item(void **state)
{
    Fixture *fixture = *state;
    store_one(fixture, 1, "first");
    g_autoptr (Sample) sample = sample_new(2, "second");
    VerdictItem *item = sample_item(sample, 1, FALSE);
    set_text(&item->leader, "");
    set_text(&item->telephone, "010-00000000");
    assert_fine(store_begin(fixture->store, NOW, FAULT));
    assert_fine(store_add_mail(fixture->store, &sample->mail, sample->verdict, NULL, FAULT));
    assert_fine(store_commit(fixture->store, FAULT));
    assert_int_equal(number(fixture, "SELECT max(version) FROM version WHERE item = 1"), 2);
    assert_int_equal(number(fixture, "SELECT count(*) FROM item WHERE leader = '负责人乙'"
                                     " AND telephone = '010-00000000' AND updated_at > received_at"),
                     1);
    assert_book_is_stored(fixture);
    assert_ptr_equal(g_hash_table_lookup(store_book(fixture->store)->by_document,
                                         ((FactsAttachment *)sample->facts->attachments->pdata[0])->sha256),
                     book_item(store_book(fixture->store), 1));
}

/* In the junk folder it was nobody's; staff move it to the inbox. */
static void test_junk_is_judged_again(void **state)
{
    Fixture *fixture = *state;
    g_autoptr (Sample) sample = sample_new(1, "document");
    gboolean again;
    sample->verdict->whose = WHOSE_CORRESPONDENCE;
    sample->mail.where = DESK_JUNK;
    sample->mail.folder = "Junk";
    verdict_decide(sample->verdict, "whose", "correspondence", "%s", "junk");
    assert_fine(store_begin(fixture->store, NOW, FAULT));
    assert_fine(store_add_mail(fixture->store, &sample->mail, sample->verdict, NULL, FAULT));
    assert_fine(store_commit(fixture->store, FAULT));
    assert_fine(store_judge_again(fixture->store, 1, &again, FAULT));
    assert_true(again);

    sample->verdict->whose = WHOSE_CAMPAIGN;
    sample->mail.where = DESK_INBOX;
    sample->mail.folder = "INBOX";
    sample->mail.again = 1;
    sample_item(sample, 1, TRUE);
    assert_fine(store_begin(fixture->store, NOW, FAULT));
    assert_fine(store_add_mail(fixture->store, &sample->mail, sample->verdict, NULL, FAULT));
    assert_fine(store_commit(fixture->store, FAULT));
    assert_int_equal(number(fixture, "SELECT count(*) FROM mail WHERE whose = 'campaign' AND id = 1"), 1);
    assert_int_equal(number(fixture, "SELECT count(*) FROM sighting WHERE mail = 1"), 2);
    assert_fine(store_judge_again(fixture->store, 1, &again, FAULT));
    assert_false(again);

    /* What was settled is not judged a third time. */
    g_ptr_array_set_size(sample->verdict->items, 0);
    assert_fine(store_begin(fixture->store, NOW, FAULT));
    assert_refused(store_add_mail(fixture->store, &sample->mail, sample->verdict, NULL, FAULT),
                   STORE_ERROR_STATE);
    store_rollback(fixture->store);
}

static void test_lying_worker_adds_nothing(void **state)
{
    Fixture *fixture = *state;
    g_autoptr (Sample) honest = sample_new(1, "honest");
    g_autoptr (Sample) liar = sample_new(2, "forged");
    FactsAttachment *claimed = liar->facts->attachments->pdata[0];
    assert_fine(store_begin(fixture->store, NOW, FAULT));
    assert_fine(store_add_mail(fixture->store, &honest->mail, honest->verdict, NULL, FAULT));
    set_text(&claimed->sha256, ((FactsAttachment *)honest->facts->attachments->pdata[0])->sha256);
    assert_refused(store_add_mail(fixture->store, &liar->mail, liar->verdict, NULL, FAULT), STORE_ERROR_DATA);
    claimed->size += 1000; /* beyond the end */
    assert_refused(store_add_mail(fixture->store, &liar->mail, liar->verdict, NULL, FAULT), STORE_ERROR_DATA);
    /* The batch goes on: it is judged again, as unreadable. */
    g_autoptr (Facts) nothing = facts_new();
    liar->mail.facts = nothing;
    liar->mail.data_fd = -1;
    assert_fine(store_add_mail(fixture->store, &liar->mail, liar->verdict, NULL, FAULT));
    assert_fine(store_commit(fixture->store, FAULT));
    assert_int_equal(number(fixture, "SELECT count(*) FROM mail"), 2);
    assert_int_equal(number(fixture, "SELECT count(*) FROM attachment"), 1);
}

/* Killed at the worst moments: before the commit nothing is there, and the same mails go in afterwards. */
static void test_killed_in_a_batch(void **state)
{
    Fixture *fixture = *state;
    fixture_close(fixture);
    pid_t child = fork();
    if (child == 0) {
        Store *store = store_open(&fixture->config, NULL);
        g_autoptr (Sample) sample = sample_new(1, "document");
        sample_item(sample, 1, TRUE);
        if (store && store_begin(store, NOW, NULL) &&
            store_add_mail(store, &sample->mail, sample->verdict, NULL, NULL))
            kill(getpid(), SIGKILL);
        _exit(1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    fixture_open(fixture);
    assert_int_equal(number(fixture, "SELECT count(*) FROM mail"), 0);
    store_one(fixture, 1, "document");
    assert_int_equal(number(fixture, "SELECT count(*) FROM item"), 1);
}

/* More files than we keep descriptors for, in one batch; equal ones are one file. */
static void test_large_batch(void **state)
{
    Fixture *fixture = *state;
    assert_fine(store_begin(fixture->store, NOW, FAULT));
    for (guint i = 1; i <= 600; i++) {
        g_autofree char *document = g_strdup_printf("document %u", i / 2);
        g_autoptr (Sample) sample = sample_new(i, document);
        sample_item(sample, i, TRUE);
        assert_fine(store_add_mail(fixture->store, &sample->mail, sample->verdict, NULL, FAULT));
    }
    assert_fine(store_commit(fixture->store, FAULT));
    assert_int_equal(number(fixture, "SELECT count(DISTINCT sha256) FROM attachment"), 301);
    assert_int_equal(number(fixture, "SELECT count(*) FROM item"), 600);
    assert_book_is_stored(fixture);
}

static void test_todo_is_not_doubled(void **state)
{
    Fixture *fixture = *state;
    for (guint i = 0; i < 2; i++) assert_fine(store_add_todo(fixture->store, "burst", "多", 0, NOW, FAULT));
    assert_int_equal(number(fixture, "SELECT count(*) FROM todo"), 1);
    assert_true(db_script(fixture->store->db, "UPDATE todo SET done_at = 1", NULL));
    assert_fine(store_add_todo(fixture->store, "burst", "多", 0, NOW, FAULT));
    assert_int_equal(number(fixture, "SELECT count(*) FROM todo WHERE done_at IS NULL"), 1);
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
        TEST(test_foreign_files_are_refused),
        TEST(test_unusable_folder),
        TEST(test_reads_beside_the_daemon),
        cmocka_unit_test(test_nothing_to_read),
        TEST(test_settings),
        TEST(test_cursor_never_goes_back),
        TEST(test_keeps_a_mail),
        TEST(test_correspondence_leaves_only_hashes),
        TEST(test_known_by_uid_raw_and_identity),
        TEST(test_rollback_leaves_nothing),
        TEST(test_new_version_joins_its_item),
        TEST(test_junk_is_judged_again),
        TEST(test_lying_worker_adds_nothing),
        TEST(test_killed_in_a_batch),
        TEST(test_large_batch),
        TEST(test_todo_is_not_doubled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
