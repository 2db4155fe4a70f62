/* Dead addresses, pauses, what left lately, readings that a run did not survive, and the words of codes. */
#include "daemon/store/delivery.h"
#include "store_fixture.h"

static void test_dead_and_alive(void **state)
{
    Fixture *fixture = *state;
    assert_fine(store_mark_dead(fixture->store, "Party@Unit.example", "wen", NULL, "550 no", NOW, FAULT));
    assert_fine(store_mark_dead(fixture->store, "party@unit.example", "", NULL, "", NOW + 9, FAULT));
    assert_true(book_is_dead(store_book(fixture->store), "PARTY@unit.example"));
    assert_int_equal(number(fixture, "SELECT since_at FROM dead_address"), NOW);
    fixture_close(fixture);
    fixture_open(fixture);
    assert_true(book_is_dead(store_book(fixture->store), "party@unit.example"));
    assert_fine(store_begin(fixture->store, NOW, FAULT));
    assert_fine(store_mark_alive(fixture->store, "party@unit.example", FAULT));
    store_rollback(fixture->store);
    assert_true(book_is_dead(store_book(fixture->store), "party@unit.example"));
    assert_fine(store_mark_alive(fixture->store, "party@unit.example", FAULT));
    assert_false(book_is_dead(store_book(fixture->store), "party@unit.example"));
    assert_int_equal(number(fixture, "SELECT count(*) FROM dead_address"), 0);
}

static void collect_pause(const char *domain, gint64 until, gpointer data)
{
    g_string_append_printf(data, "%s %d;", domain, (int)(until - NOW));
}

static void test_pauses(void **state)
{
    Fixture *fixture = *state;
    assert_fine(store_pause(fixture->store, "qq.example", NOW + 60, "451", FAULT));
    assert_fine(store_pause(fixture->store, "qq.example", NOW + 30, "451", FAULT));
    assert_fine(store_pause(fixture->store, "*", NOW + 10, "421", FAULT));
    g_autoptr (GString) all = g_string_new(NULL);
    assert_fine(store_each_pause(fixture->store, NOW + 20, collect_pause, all, FAULT));
    assert_string_equal(all->str, "qq.example 60;");
    assert_int_equal(number(fixture, "SELECT count(*) FROM pause"), 1);
}

static void collect_tried(const char *to, const char *cc, gint64 at, gpointer data)
{
    g_string_append_printf(data, "%s %s %d;", to, cc, (int)(at - NOW));
}

static void test_what_left(void **state)
{
    Fixture *fixture = *state;
    const char *const causes[] = {"bulk", "urgent", "later"};
    for (guint i = 0; i < 3; i++) {
        g_autoptr (Sheet) sheet = sheet_new(fixture->store, LETTER_RECEIPT, causes[i]);
        sheet->letter->urgent = i == 1;
        store_receipt(fixture, sheet);
    }
    assert_fine(store_outbox_mark_deferred(fixture->store, 3, NOW + 60, "451", FAULT));
    g_autoptr (GPtrArray) due = store_outbox_due(fixture->store, NOW, FALSE, NULL);
    assert_int_equal(due->len, 2);
    assert_int_equal(((StoreDue *)due->pdata[0])->id, 2);
    assert_int_equal(((StoreDue *)due->pdata[0])->cc->len, 2);
    g_autoptr (GPtrArray) all = store_outbox_due(fixture->store, NOW, TRUE, NULL);
    assert_int_equal(all->len, 3);
    assert_int_equal(((StoreDue *)all->pdata[2])->next_at, NOW + 60);

    g_autoptr (StoreLetter) letter = store_outbox_letter(fixture->store, 2, NULL);
    assert_true(g_str_has_prefix(letter->message_id, "urgent"));
    assert_refused(store_outbox_letter(fixture->store, 99, FAULT), STORE_ERROR_STATE);
    assert_fine(store_outbox_mark_in_flight(fixture->store, 2, NOW + 5, FAULT));
    assert_int_equal(store_count_tried(fixture->store, NOW + 5, NOW + 9), 1);
    assert_int_equal(store_count_tried(fixture->store, NOW, NOW + 4), 0); /* the clock was ahead */
    assert_int_equal(store_count_tried(fixture->store, NOW + 6, NOW + 9), 0);
    g_autoptr (GString) tried = g_string_new(NULL);
    assert_fine(store_each_tried(fixture->store, NOW, collect_tried, tried, FAULT));
    assert_string_equal(tried->str, "party@unit.example a@unit.example,b@unit.example 5;");

    gboolean flying = FALSE;
    assert_fine(store_outbox_seen(fixture->store, letter->message_id, &flying, FAULT));
    assert_true(flying);
    assert_int_equal(store_outbox_count(fixture->store, OUTBOX_SENT, OUTBOX_HOLD_NONE), 1);
    assert_fine(store_outbox_seen(fixture->store, letter->message_id, &flying, FAULT));
    assert_false(flying);
}

static void test_readings(void **state)
{
    Fixture *fixture = *state;
    StoreFolder folder = {.name = "INBOX", .role = "inbox", .uidvalidity = 7};
    assert_fine(store_reading_begin(fixture->store, &folder, 1, 50, FAULT));
    assert_fine(store_reading_begin(fixture->store, &folder, 3, 3, FAULT));
    fixture_close(fixture);
    fixture_open(fixture);
    assert_fine(store_reading_begin(fixture->store, &folder, 3, 3, FAULT));
    g_autoptr (GArray) readings = store_readings(fixture->store, &folder, NULL);
    assert_int_equal(readings->len, 2);
    assert_int_equal(g_array_index(readings, StoreReading, 1).attempts, 2);
    assert_fine(store_reading_end(fixture->store, &folder, 3, FAULT));
    assert_int_equal(number(fixture, "SELECT count(*) FROM reading"), 1);
    folder.uidvalidity = 8; /* made anew: those UIDs are gone */
    assert_fine(store_reading_end(fixture->store, &folder, 1, FAULT));
    assert_int_equal(number(fixture, "SELECT count(*) FROM reading"), 0);
}

/* The Chinese words of a code are written once in a process, and again where that was rolled back. */
static void test_words_of_codes(void **state)
{
    Fixture *fixture = *state;
    assert_fine(store_begin(fixture->store, NOW, FAULT));
    assert_fine(store_add_todo(fixture->store, "verify", "核", 0, NOW, FAULT));
    store_rollback(fixture->store);
    for (guint i = 0; i < 2; i++) {
        assert_fine(store_begin(fixture->store, NOW, FAULT));
        assert_fine(store_add_todo(fixture->store, "verify", i ? "再核" : "核", 0, NOW, FAULT));
        assert_fine(store_commit(fixture->store, FAULT));
    }
    assert_int_equal(number(fixture, "SELECT count(*) FROM todo JOIN problem_text USING (code)"), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_dead_and_alive, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_pauses, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_what_left, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_readings, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_words_of_codes, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
