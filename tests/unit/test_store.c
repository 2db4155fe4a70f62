/* The store: positions, a batch of mails, what is known, undoing, being killed, the Book. */
#include "store_fixture.h"

#include <errno.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

/* --- positions -------------------------------------------------------------------------------- */

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

/* Where decoded bytes are (DESIGN "Files on disk"). */
static char *file_path(const Fixture *fixture, const char *sha256)
{
    return g_strdup_printf("%s/files/%.2s/%s", fixture->folder, sha256, sha256);
}

/* --- a batch ---------------------------------------------------------------------------------- */

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
    g_autofree char *file = file_path(fixture, attachment->sha256);
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
    item->sound = TRUE; /* what was wrong with its first file needs no look any more; a doubt about it does */
    assert_fine(store_add_todo(fixture->store, "empty-document", "空", 1, NOW, FAULT));
    assert_fine(store_add_todo(fixture->store, "verify", "核", 1, NOW, FAULT));
    assert_fine(store_begin(fixture->store, NOW, FAULT));
    assert_fine(store_add_mail(fixture->store, &sample->mail, sample->verdict, NULL, FAULT));
    assert_fine(store_commit(fixture->store, FAULT));
    assert_int_equal(number(fixture, "SELECT max(version) FROM version WHERE item = 1"), 2);
    assert_int_equal(number(fixture, "SELECT done_at FROM todo WHERE code = 'empty-document'"), NOW);
    assert_int_equal(number(fixture, "SELECT count(*) FROM todo WHERE code = 'verify' AND done_at IS NULL"),
                     1);
    assert_int_equal(number(fixture, "SELECT count(*) FROM item WHERE leader = '负责人乙'"
                                     " AND telephone = '010-00000000' AND updated_at > received_at"),
                     1);
    assert_book_is_stored(fixture);
    assert_ptr_equal(g_hash_table_lookup(store_book(fixture->store)->by_document,
                                         ((FactsAttachment *)sample->facts->attachments->pdata[0])->sha256),
                     book_item(store_book(fixture->store), 1));
}

/* Nobody need look at the mail whose forgotten attachment has come; the other waits. */
static void test_forgotten_attachment(void **state)
{
    Fixture *fixture = *state;
    g_autoptr (Sample) old = sample_new(1, "old"), other = sample_new(2, "other"), new = sample_new(3, "new");
    g_autoptr (Sheet) receipt = sheet_new(fixture->store, LETTER_RECEIPT, old->identity);
    Sample *const empty[] = {old, other};
    for (gsize i = 0; i < G_N_ELEMENTS(empty); i++) {
        VerdictTodo *todo = g_new0(VerdictTodo, 1);
        *todo = (VerdictTodo){.code = DESK_FORGOTTEN, .why = g_strdup("未见附件")};
        g_ptr_array_add(empty[i]->verdict->todos, todo);
    }
    assert_fine(store_begin(fixture->store, NOW, FAULT));
    assert_fine(store_add_mail(fixture->store, &old->mail, old->verdict, &receipt->outgoing, FAULT));
    assert_fine(store_add_mail(fixture->store, &other->mail, other->verdict, NULL, FAULT));
    assert_fine(store_commit(fixture->store, FAULT));
    assert_book_is_stored(fixture);
    g_autoptr (Book) read = store_load_book(fixture->store, NULL);
    const BookForgotten *waits = g_hash_table_lookup(read->forgotten, old->identity);
    assert_string_equal(waits->from, "party@unit.example");
    assert_string_equal(waits->subject, "【报送】读书会");
    assert_string_equal(waits->committee, "wen");
    assert_int_equal(waits->received_at, old->mail.received_at);
    assert_string_equal(book_letter(read, receipt->message_id)->cause, old->identity);
    assert_string_equal(book_letter(store_book(fixture->store), receipt->message_id)->cause, old->identity);

    sample_item(new, 1, TRUE);
    g_ptr_array_add(new->verdict->brought, g_strdup(old->identity));
    assert_fine(store_begin(fixture->store, NOW, FAULT));
    assert_fine(store_add_mail(fixture->store, &new->mail, new->verdict, NULL, FAULT));
    assert_fine(store_commit(fixture->store, FAULT));
    static const char left[] = "SELECT mail FROM todo WHERE code = 'no-attachment' AND done_at IS NULL";
    assert_int_equal(number(fixture, left), 2);
    assert_book_is_stored(fixture);
}

static void add_of(Fixture *fixture, guint uid, const char *committee, guint first, gboolean two)
{
    g_autoptr (Sample) sample = sample_new(uid, "same");
    set_text(&sample->verdict->committee, committee);
    for (guint i = 0; i <= (guint)two; i++) sample_item(sample, first + i, !*committee);
    if (!*committee) {
        VerdictTodo *claim = g_new0(VerdictTodo, 1);
        *claim = (VerdictTodo){.code = "claim", .why = g_strdup("请认领")};
        g_ptr_array_add(sample->verdict->todos, claim);
    }
    assert_fine(store_begin(fixture->store, NOW, FAULT));
    assert_fine(store_add_mail(fixture->store, &sample->mail, sample->verdict, NULL, FAULT));
    assert_fine(store_commit(fixture->store, FAULT));
}

/* Nobody need find out whose it is when all of it has been claimed. */
static void test_claimed(void **state)
{
    Fixture *fixture = *state;
    static const char open_claims[] = "SELECT count(*) FROM todo WHERE code = 'claim' AND done_at IS NULL";
    add_of(fixture, 1, "", 1, TRUE);
    add_of(fixture, 2, "wen", 1, FALSE);
    assert_int_equal(number(fixture, open_claims), 1); /* there is another item of that mail */
    add_of(fixture, 3, "wen", 2, FALSE);
    assert_int_equal(number(fixture, open_claims), 0);
    assert_int_equal(number(fixture, "SELECT count(*) FROM item WHERE committee = 'wen'"), 2);
    assert_book_is_stored(fixture);
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
    assert_fine(store_judge_again(fixture->store, 1, FALSE, &again, FAULT));
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
    assert_fine(store_judge_again(fixture->store, 1, FALSE, &again, FAULT));
    assert_false(again);

    /* In the inbox it stays as it was judged, unless a record says whose it is. */
    g_autoptr (Sample) other = sample_new(2, "letter");
    other->verdict->whose = WHOSE_CORRESPONDENCE;
    verdict_decide(other->verdict, "whose", "correspondence", "%s", "no keyword");
    assert_fine(store_begin(fixture->store, NOW, FAULT));
    assert_fine(store_add_mail(fixture->store, &other->mail, other->verdict, NULL, FAULT));
    assert_fine(store_commit(fixture->store, FAULT));
    assert_fine(store_judge_again(fixture->store, 2, FALSE, &again, FAULT));
    assert_false(again);
    assert_fine(store_judge_again(fixture->store, 2, TRUE, &again, FAULT));
    assert_true(again);

    /* What was settled is not judged a third time. */
    g_ptr_array_set_size(sample->verdict->items, 0);
    assert_fine(store_begin(fixture->store, NOW, FAULT));
    assert_refused(store_add_mail(fixture->store, &sample->mail, sample->verdict, NULL, FAULT),
                   STORE_ERROR_STATE);
    store_rollback(fixture->store);
}

static void put_aside(Fixture *fixture, guint uid, gboolean header_only, guint32 size)
{
    g_autofree char *text = g_strdup_printf("letter %u", uid);
    g_autoptr (Sample) sample = sample_new(uid, text);
    sample->verdict->whose = WHOSE_CORRESPONDENCE;
    sample->mail.header_only = header_only;
    sample->mail.size = size;
    verdict_decide(sample->verdict, "whose", "correspondence", "%s", "no keyword");
    assert_fine(store_begin(fixture->store, NOW, FAULT));
    assert_fine(store_add_mail(fixture->store, &sample->mail, sample->verdict, NULL, FAULT));
    assert_fine(store_commit(fixture->store, FAULT));
}

/* The rules have changed: what was nobody's is as if never seen. One that broke its readers is left alone. */
static void test_others_are_asked_again(void **state)
{
    Fixture *fixture = *state;
    fixture->config.imap.max_message = 1000;
    StoreFolder inbox = {.name = (char *)"INBOX", .role = "inbox", .uidvalidity = 1, .last_uid = 4};
    StoreFolder ledger = {.name = (char *)"Baosong", .role = "ledger", .uidvalidity = 1, .last_uid = 9};
    store_one(fixture, 1, "document");
    put_aside(fixture, 2, FALSE, 500);
    put_aside(fixture, 3, TRUE, 5000); /* too large */
    put_aside(fixture, 4, TRUE, 500);  /* given up */
    assert_fine(store_move_cursor(fixture->store, &inbox, FAULT));
    assert_fine(store_move_cursor(fixture->store, &ledger, FAULT));
    guint count;
    assert_fine(store_begin(fixture->store, NOW, FAULT));
    assert_fine(store_ask_again(fixture->store, &count, FAULT));
    assert_fine(store_commit(fixture->store, FAULT));
    assert_int_equal(count, 2);
    assert_int_equal(number(fixture, "SELECT sum(uid) FROM mail"), 1 + 4);
    assert_int_equal(number(fixture, "SELECT sum(uid) FROM sighting"), 1 + 4);
    assert_fine(store_get_folder(fixture->store, &inbox, FAULT));
    assert_fine(store_get_folder(fixture->store, &ledger, FAULT));
    assert_int_equal(inbox.last_uid, 0);
    assert_int_equal(ledger.last_uid, 9);
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

/* Stores mails with receipts in small batches, on and on, from where the cursor stands; a byte to `told` for
 * each. */
static void store_on_and_on(const Config *config, int told)
{
    Store *store = store_open(config, NULL);
    for (guint batch = 0; store && batch < 1000; batch++) {
        StoreFolder folder = {"INBOX", "inbox", 0, 0};
        if (!store_get_folder(store, &folder, NULL) || !store_begin(store, NOW, NULL)) return;
        folder.uidvalidity = 1;
        for (guint i = 0; i < 5; i++) {
            g_autofree char *document = g_strdup_printf("document %u", ++folder.last_uid);
            g_autoptr (Sample) sample = sample_new(folder.last_uid, document);
            g_autoptr (Sheet) receipt = sheet_new(store, LETTER_RECEIPT, sample->identity);
            guint item = store_book(store)->next_number;
            sample_item(sample, item, TRUE);
            g_array_append_val(receipt->letter->numbers, item);
            if (!store_add_mail(store, &sample->mail, sample->verdict, &receipt->outgoing, NULL)) return;
        }
        if (!store_move_cursor(store, &folder, NULL) || !store_commit(store, NULL) || write(told, "", 1) != 1)
            return;
    }
}

static void assert_files_are_there(Fixture *fixture)
{
    sqlite3_stmt *row = db_query(fixture->store->db, NULL,
                                 "SELECT raw_sha256, sha256, attachment.size, mail.size FROM mail"
                                 " JOIN attachment ON attachment.mail = mail.id",
                                 "");
    while (db_next(fixture->store->db, row, NULL)) {
        g_autofree char *mail = store_mail_path(fixture->store, db_text(row, 0));
        g_autofree char *file = file_path(fixture, db_text(row, 1));
        struct stat found;
        assert_int_equal(stat(mail, &found), 0);
        assert_int_equal(found.st_size, sqlite3_column_int(row, 3));
        assert_int_equal(stat(file, &found), 0);
        assert_int_equal(found.st_size, sqlite3_column_int(row, 2));
    }
}

/* kill -9 at any instruction: a mail is there with all that follows from it, once, or it is not there. */
static void test_killed_anywhere(void **state)
{
    Fixture *fixture = *state;
    for (guint round = 0; round < 15; round++) {
        fixture_close(fixture);
        int told[2];
        char byte;
        assert_int_equal(pipe(told), 0);
        pid_t child = fork();
        if (child == 0) {
            store_on_and_on(&fixture->config, told[1]);
            _exit(1);
        }
        close(told[1]);
        if (round % 3 > 0) assert_int_equal(read(told[0], &byte, 1), 1); /* else maybe before it has begun */
        g_usleep(7919 * round);
        kill(child, SIGKILL);
        close(told[0]);
        int status;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status));
        fixture_open(fixture);
        assert_files_are_there(fixture);
    }
    gint64 mails = number(fixture, "SELECT count(*) FROM mail");
    assert_true(mails > 0 && mails % 5 == 0);
    assert_int_equal(number(fixture, "SELECT last_uid FROM folder"), mails);
    assert_int_equal(number(fixture, "SELECT count(*) FROM item"), mails);
    assert_int_equal(number(fixture, "SELECT max(sequence) FROM outbox"), mails);
    assert_int_equal(number(fixture, "SELECT count(*) FROM letter_item"), mails);
    assert_int_equal(
        number(fixture, "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'"), 1);
    assert_book_is_stored(fixture);
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
        TEST(test_cursor_never_goes_back),
        TEST(test_keeps_a_mail),
        TEST(test_correspondence_leaves_only_hashes),
        TEST(test_known_by_uid_raw_and_identity),
        TEST(test_rollback_leaves_nothing),
        TEST(test_new_version_joins_its_item),
        TEST(test_forgotten_attachment),
        TEST(test_claimed),
        TEST(test_junk_is_judged_again),
        TEST(test_lying_worker_adds_nothing),
        TEST(test_killed_in_a_batch),
        TEST(test_killed_anywhere),
        TEST(test_large_batch),
        TEST(test_todo_is_not_doubled),
        TEST(test_others_are_asked_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
