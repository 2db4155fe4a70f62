/* The outbox: a letter's way, who goes first, holds, failures; stages that are taken once. */
#include "store_fixture.h"

static void queue(Fixture *fixture, const char *cause, gboolean urgent, OutboxHold hold)
{
    g_autoptr (Sheet) sheet = sheet_new(fixture->store, LETTER_RECEIPT, cause);
    sheet->letter->urgent = urgent;
    sheet->outgoing.state = hold ? OUTBOX_HELD : OUTBOX_QUEUED;
    sheet->outgoing.hold = hold;
    store_receipt(fixture, sheet);
}

/* Cause of the letter that is to go now, or "" */
static char *next_cause(Fixture *fixture, gint64 now)
{
    g_autoptr (StoreLetter) letter = first_due(fixture, now);
    return letter ? g_strndup(letter->message_id, strcspn(letter->message_id, "-")) : g_strdup("");
}

static void assert_next(Fixture *fixture, gint64 now, const char *cause)
{
    g_autofree char *next = next_cause(fixture, now);
    assert_string_equal(next, cause);
}

/* --- the way ---------------------------------------------------------------------------------- */

static void test_from_queued_to_sent(void **state)
{
    Fixture *fixture = *state;
    queue(fixture, "first", FALSE, OUTBOX_HOLD_NONE);
    g_autoptr (StoreLetter) letter = first_due(fixture, NOW);
    assert_non_null(letter);
    assert_string_equal(letter->to, "party@unit.example");
    assert_string_equal(letter->kind, "receipt");
    assert_int_equal(letter->cc->len, 2);
    assert_string_equal(letter->cc->pdata[1], "b@unit.example");
    assert_int_equal(g_bytes_get_size(letter->bytes), 8);
    assert_int_equal(letter->sequence, 1);

    assert_refused(store_outbox_mark_accepted(fixture->store, letter->id, NOW, FAULT), STORE_ERROR_STATE);
    assert_refused(store_outbox_mark_sent(fixture->store, letter->id, FAULT), STORE_ERROR_STATE);
    assert_fine(store_outbox_mark_in_flight(fixture->store, letter->id, NOW, FAULT));
    assert_refused(store_outbox_mark_in_flight(fixture->store, letter->id, NOW, FAULT), STORE_ERROR_STATE);
    assert_next(fixture, NOW + 99999, "");
    assert_fine(store_outbox_mark_accepted(fixture->store, letter->id, NOW + 1, FAULT));
    assert_refused(store_outbox_mark_deferred(fixture->store, letter->id, NOW, "late", FAULT),
                   STORE_ERROR_STATE);
    g_autoptr (GPtrArray) accepted = store_outbox_list(fixture->store, OUTBOX_ACCEPTED, NULL);
    assert_int_equal(accepted->len, 1);
    assert_int_equal(((StoreLetter *)accepted->pdata[0])->accepted_at, NOW + 1);
    assert_int_equal(((StoreLetter *)accepted->pdata[0])->attempts, 1);
    assert_fine(store_outbox_mark_sent(fixture->store, letter->id, FAULT));
    assert_refused(store_outbox_mark_sent(fixture->store, letter->id, FAULT), STORE_ERROR_STATE);
    assert_int_equal(store_outbox_count(fixture->store, OUTBOX_SENT, OUTBOX_HOLD_NONE), 1);
    assert_int_equal(store_outbox_next_at(fixture->store), G_MAXINT64);
}

/* A daemon that died in DATA leaves the letter in flight: it is listed, never simply sent again. */
static void test_in_flight_survives_a_death(void **state)
{
    Fixture *fixture = *state;
    queue(fixture, "first", FALSE, OUTBOX_HOLD_NONE);
    assert_fine(store_outbox_mark_in_flight(fixture->store, 1, NOW, FAULT));
    fixture_close(fixture);
    fixture_open(fixture);
    assert_next(fixture, NOW + 99999, "");
    g_autoptr (GPtrArray) flying = store_outbox_list(fixture->store, OUTBOX_IN_FLIGHT, NULL);
    assert_int_equal(flying->len, 1);
    assert_fine(store_outbox_mark_deferred(fixture->store, 1, NOW, "died", FAULT));
    assert_next(fixture, NOW, "first");
}

static void test_urgent_first_then_in_order(void **state)
{
    Fixture *fixture = *state;
    queue(fixture, "one", FALSE, OUTBOX_HOLD_NONE);
    queue(fixture, "two", TRUE, OUTBOX_HOLD_NONE);
    queue(fixture, "three", FALSE, OUTBOX_HOLD_NONE);
    const char *const order[] = {"two", "one", "three"};
    for (guint i = 0; i < G_N_ELEMENTS(order); i++) {
        g_autoptr (StoreLetter) letter = first_due(fixture, NOW);
        assert_true(g_str_has_prefix(letter->message_id, order[i]));
        assert_fine(store_outbox_mark_in_flight(fixture->store, letter->id, NOW, FAULT));
    }
}

static void test_deferred_waits(void **state)
{
    Fixture *fixture = *state;
    queue(fixture, "one", FALSE, OUTBOX_HOLD_NONE);
    assert_int_equal(store_outbox_next_at(fixture->store), 0);
    assert_fine(store_outbox_mark_in_flight(fixture->store, 1, NOW, FAULT));
    assert_fine(store_outbox_mark_deferred(fixture->store, 1, NOW + 60, "451 later", FAULT));
    assert_int_equal(store_outbox_next_at(fixture->store), NOW + 60);
    assert_next(fixture, NOW + 59, "");
    assert_next(fixture, NOW + 60, "one");
    assert_int_equal(number(fixture, "SELECT count(*) FROM outbox WHERE last_error = '451 later'"), 1);
}

/* Attempts at which no server was there are none of the letter's refusals. */
static void test_refusals_are_counted_apart(void **state)
{
    Fixture *fixture = *state;
    queue(fixture, "one", FALSE, OUTBOX_HOLD_NONE);
    assert_refused(store_outbox_mark_refused(fixture->store, 1, NOW, "451 later", FAULT), STORE_ERROR_STATE);
    for (guint i = 0; i < 3; i++) {
        assert_fine(store_outbox_mark_in_flight(fixture->store, 1, NOW, FAULT));
        assert_fine(i == 1 ? store_outbox_mark_refused(fixture->store, 1, NOW, "451 later", FAULT)
                           : store_outbox_mark_deferred(fixture->store, 1, NOW, "no route", FAULT));
    }
    g_autoptr (StoreLetter) letter = first_due(fixture, NOW);
    assert_int_equal(letter->attempts, 3);
    assert_int_equal(letter->refusals, 1);
}

static void test_failed_is_shown_to_staff(void **state)
{
    Fixture *fixture = *state;
    store_one(fixture, 1, "document");
    g_autoptr (Sheet) sheet = sheet_new(fixture->store, LETTER_RECEIPT, "one");
    guint item = 1;
    g_array_append_val(sheet->letter->numbers, item);
    store_receipt(fixture, sheet);
    assert_fine(store_outbox_mark_in_flight(fixture->store, 1, NOW, FAULT));
    assert_fine(store_outbox_mark_failed(fixture->store, 1, NOW, "550 no such user", FAULT));
    assert_int_equal(number(fixture, "SELECT count(*) FROM todo JOIN problem_text USING (code) WHERE item = 1"
                                     " AND code = 'letter-failed' AND why LIKE '%550 no such user%'"),
                     1);
    assert_refused(store_outbox_mark_failed(fixture->store, 1, NOW, "again", FAULT), STORE_ERROR_STATE);
    assert_int_equal(number(fixture, "SELECT count(*) FROM todo"), 1);
}

static void test_hold_and_release(void **state)
{
    Fixture *fixture = *state;
    guint moved;
    queue(fixture, "observed", FALSE, OUTBOX_HOLD_OBSERVE);
    queue(fixture, "queued", FALSE, OUTBOX_HOLD_NONE);
    assert_next(fixture, NOW, "queued");
    assert_fine(store_outbox_hold(fixture->store, LETTER_REMINDER, OUTBOX_HOLD_ADMIN, &moved, FAULT));
    assert_int_equal(moved, 0);
    assert_fine(store_outbox_hold(fixture->store, -1, OUTBOX_HOLD_ADMIN, &moved, FAULT));
    assert_int_equal(moved, 1);
    assert_next(fixture, NOW, "");
    assert_int_equal(store_outbox_count(fixture->store, OUTBOX_HELD, OUTBOX_HOLD_NONE), 2);
    assert_int_equal(store_outbox_count(fixture->store, OUTBOX_HELD, OUTBOX_HOLD_OBSERVE), 1);
    StoreStatus status;
    assert_fine(store_fill_status(fixture->store, &status, FAULT));
    assert_int_equal(status.outbox[OUTBOX_HELD], 2);
    assert_int_equal(status.held[OUTBOX_HOLD_ADMIN], 1);
    assert_fine(store_outbox_release(fixture->store, OUTBOX_HOLD_OBSERVE, &moved, FAULT));
    assert_int_equal(moved, 1);
    assert_next(fixture, NOW, "observed");
}

/* Every reason that the headers know is one that the tables know. */
static void test_every_hold_can_be_stored(void **state)
{
    Fixture *fixture = *state;
    for (int hold = OUTBOX_HOLD_NONE + 1; hold < OUTBOX_HOLDS; hold++) {
        g_autofree char *cause = g_strdup_printf("cause%d", hold);
        queue(fixture, cause, FALSE, (OutboxHold)hold);
        assert_int_equal(store_outbox_count(fixture->store, OUTBOX_HELD, (OutboxHold)hold), 1);
    }
}

/* --- what the Book learns --------------------------------------------------------------------- */

static void test_same_cause_is_queued_once(void **state)
{
    Fixture *fixture = *state;
    queue(fixture, "one", FALSE, OUTBOX_HOLD_NONE);
    queue(fixture, "one", FALSE, OUTBOX_HOLD_NONE);
    assert_int_equal(number(fixture, "SELECT count(*) FROM outbox"), 1);
    assert_book_is_stored(fixture);
}

static void test_answer_goes_with_its_mail(void **state)
{
    Fixture *fixture = *state;
    g_autoptr (Sample) sample = sample_new(1, "document");
    g_autoptr (Sheet) sheet = sheet_new(fixture->store, LETTER_RECEIPT, "one");
    guint items[] = {1, 99};
    sample_item(sample, 1, TRUE);
    g_array_append_vals(sheet->letter->numbers, items, 2); /* 99 is no item */
    assert_fine(store_begin(fixture->store, NOW, FAULT));
    assert_fine(store_add_mail(fixture->store, &sample->mail, sample->verdict, &sheet->outgoing, FAULT));
    assert_fine(store_commit(fixture->store, FAULT));
    assert_int_equal(number(fixture, "SELECT mail FROM outbox"), 1);
    assert_int_equal(number(fixture, "SELECT item FROM letter_item"), 1);
    const BookLetter *letter = book_letter(store_book(fixture->store), sheet->message_id);
    assert_int_equal(letter->number, 1);
    assert_ptr_equal(g_hash_table_lookup(store_book(fixture->store)->daily, "party@unit.example 2014-05-30"),
                     GUINT_TO_POINTER(1));
    assert_book_is_stored(fixture);
    json_t *shown = store_show_item(fixture->store, 1, NULL);
    assert_int_equal(json_array_size(json_object_get(shown, "letters")), 1);
    json_decref(shown);
}

/* What a better parser reads changes neither that a receipt was held, nor why. */
static void test_read_again_a_hold_stays(void **state)
{
    Fixture *fixture = *state;
    const char *const asked = "SELECT count(*) FROM decision WHERE question = 'answer' AND answer = 'held'";
    g_autoptr (Sample) sample = sample_new(1, "text");
    sample_item(sample, 1, TRUE);
    verdict_decide(sample->verdict, "whose", "campaign", "%s", "tag");
    verdict_decide(sample->verdict, "answer", "held", "%s", "passed by");
    g_autoptr (Sheet) sheet = sheet_new(fixture->store, LETTER_RECEIPT, "one");
    sheet->outgoing.state = OUTBOX_IN_FLIGHT; /* told by a record: a standby's */
    assert_fine(store_begin(fixture->store, NOW, FAULT));
    assert_fine(store_add_mail(fixture->store, &sample->mail, sample->verdict, &sheet->outgoing, FAULT));
    assert_fine(store_commit(fixture->store, FAULT));

    g_autoptr (GPtrArray) kept = store_kept(fixture->store, 0, 1, NULL);
    g_autoptr (Sample) better = sample_new(1, "more text");
    verdict_decide(better->verdict, "whose", "campaign", "%s", "tag");
    verdict_decide(better->verdict, "settled", "x", "%s", "y");
    verdict_decide(better->verdict, "answer", "receipt", "%s", "campaign mail");
    gboolean changed = FALSE;
    guint opinions = 0, moved;
    for (guint time = 0; time < 2; time++) {
        assert_fine(store_begin(fixture->store, NOW, FAULT));
        assert_fine(store_reparse(fixture->store, kept->pdata[0], better->facts, better->mail.data_fd,
                                  better->verdict, &changed, &opinions, FAULT));
        assert_fine(store_commit(fixture->store, FAULT));
        assert_true(changed);
        assert_int_equal(number(fixture, "SELECT count(*) FROM decision"), 3);
        assert_int_equal(number(fixture, asked), 1);
    }
    assert_int_equal(number(fixture, "SELECT count(*) FROM decision WHERE reason = 'passed by'"), 1);
    assert_fine(store_set_mode(fixture->store, STORE_LIVE, FAULT));
    assert_fine(store_outbox_settle_unproven(fixture->store, FALSE, &moved, FAULT));
    assert_int_equal(store_outbox_count(fixture->store, OUTBOX_HELD, OUTBOX_HOLD_BURST), 1);
}

static void test_sequences_go_on(void **state)
{
    Fixture *fixture = *state;
    queue(fixture, "one", FALSE, OUTBOX_HOLD_NONE);
    queue(fixture, "two", FALSE, OUTBOX_HOLD_NONE);
    fixture_close(fixture);
    fixture_open(fixture);
    assert_int_equal(store_next_sequence(fixture->store), 3);
    assert_int_equal(store_next_sequence(fixture->store), 4);
}

/* --- reminders -------------------------------------------------------------------------------- */

static Sheet *reminder(Fixture *fixture, const char *cause, const char *first, const char *second)
{
    Sheet *sheet = sheet_new(fixture->store, LETTER_REMINDER, cause);
    set_text(&sheet->letter->stage, first);
    g_ptr_array_add(sheet->letter->stages, g_strdup(first));
    if (second) g_ptr_array_add(sheet->letter->stages, g_strdup(second));
    return sheet;
}

static void test_a_stage_is_taken_once(void **state)
{
    Fixture *fixture = *state;
    g_autoptr (Sheet) first = reminder(fixture, "first", "3d", "14d");
    assert_fine(store_add_reminder(fixture->store, &first->outgoing, NOW, FAULT));
    assert_true(g_hash_table_contains(store_book(fixture->store)->stages, "wen 14d"));
    assert_int_equal(number(fixture, "SELECT count(*) FROM reminder WHERE due_at < taken_at AND outbox = 1"),
                     1);

    g_autoptr (Sheet) second = reminder(fixture, "second", "1d", "3d");
    assert_refused(store_add_reminder(fixture->store, &second->outgoing, NOW, FAULT), STORE_ERROR_STATE);
    assert_int_equal(number(fixture, "SELECT count(*) FROM outbox"), 1);
    assert_int_equal(number(fixture, "SELECT count(*) FROM reminder"), 2);
    assert_false(g_hash_table_contains(store_book(fixture->store)->stages, "wen 1d"));
    assert_book_is_stored(fixture);
}

static void test_stages_pass_by_without_a_letter(void **state)
{
    Fixture *fixture = *state;
    g_autoptr (GPtrArray) stages = g_ptr_array_new();
    g_ptr_array_add(stages, (gpointer) "14d");
    assert_fine(store_take_stages(fixture->store, "li", stages, NOW, FAULT));
    assert_int_equal(number(fixture, "SELECT count(*) FROM reminder WHERE outbox IS NULL"), 1);
    assert_refused(store_take_stages(fixture->store, "li", stages, NOW, FAULT), STORE_ERROR_STATE);
    assert_book_is_stored(fixture);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_from_queued_to_sent),        TEST(test_in_flight_survives_a_death),
        TEST(test_urgent_first_then_in_order), TEST(test_deferred_waits),
        TEST(test_failed_is_shown_to_staff),   TEST(test_hold_and_release),
        TEST(test_every_hold_can_be_stored),   TEST(test_same_cause_is_queued_once),
        TEST(test_answer_goes_with_its_mail),  TEST(test_sequences_go_on),
        TEST(test_a_stage_is_taken_once),      TEST(test_stages_pass_by_without_a_letter),
        TEST(test_refusals_are_counted_apart), TEST(test_read_again_a_hold_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
