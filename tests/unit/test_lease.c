/* Who holds the lease, read from the ledger in the order of its UIDs; and records in and out of mails. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "daemon/compose.h"
#include "daemon/lease.h"
#include "daemon/record.h"

static Cycle cycle;
static time_t slept;

/* As if the machine had slept: CLOCK_MONOTONIC stands still meanwhile. */
int clock_gettime(clockid_t which, struct timespec *now)
{
    long done = syscall(SYS_clock_gettime, which, now);
    if (done == 0 && which == CLOCK_BOOTTIME) now->tv_sec += slept;
    return (int)done;
}

static void lease(const char *instance, gint64 seconds, gint64 at)
{
    g_autofree char *rules = g_strconcat("rules of ", instance, NULL);
    json_t *record = json_pack("{s:s s:s s:I s:s}", "by", instance, "host", "host-of-it", "seconds",
                               (json_int_t)seconds, "rules", rules);
    lease_read(&cycle, record, at);
    json_decref(record);
}

static int begin(void **state)
{
    cycle = (Cycle){0};
    return 0;
}

static int end(void **state)
{
    lease_clear(&cycle.lease);
    return 0;
}

static void test_first_comes_first(void **state)
{
    lease("a", 1800, 1000);
    lease("b", 1800, 1001);
    assert_string_equal(cycle.lease.holder, "a");
    assert_int_equal(cycle.lease.expires_at, 2800);
}

static void test_a_renewal_counts_while_it_holds(void **state)
{
    lease("a", 1800, 1000);
    lease("a", 1800, 1900);
    assert_int_equal(cycle.lease.expires_at, 3700);
    lease("b", 1800, 2900); /* the first would be over, the chain is not */
    assert_string_equal(cycle.lease.holder, "a");
}

static void test_expiry_is_by_the_servers_clock(void **state)
{
    lease("a", 1800, 1000);
    lease("b", 1800, 2799);
    assert_string_equal(cycle.lease.holder, "a");
    lease("b", 1800, 2800);
    assert_string_equal(cycle.lease.holder, "b");
    lease("a", 1800, 2801); /* too late to renew */
    assert_string_equal(cycle.lease.holder, "b");
}

/* By which rules the last other one read, and until when; until when others were read by others; a lease that
 * is void says nothing. */
static void test_the_rules_of_another(void **state)
{
    cycle.lease.instance = g_strdup("b");
    lease("b", 1800, 1000);
    assert_null(cycle.lease.rules);
    lease("a", 1800, 2000);
    assert_null(cycle.lease.rules);
    lease("a", 1800, 2800);
    lease("a", 1800, 3000);
    lease("b", 1800, 4800);
    assert_string_equal(cycle.lease.rules, "rules of a");
    assert_int_equal(cycle.lease.rules_at, 3000);
    assert_int_equal(cycle.lease.mixed_until, 0);
    lease("c", 1800, 7000);
    lease("c", 1800, 8000);
    assert_string_equal(cycle.lease.rules, "rules of c");
    assert_int_equal(cycle.lease.mixed_until, 7000);
}

static void test_an_ended_lease_is_free(void **state)
{
    lease("a", 1800, 1000);
    lease("a", 0, 1100);
    lease("b", 1800, 1100);
    assert_string_equal(cycle.lease.holder, "b");
}

static void test_what_is_written_without_the_lease_is_void(void **state)
{
    assert_false(lease_is_void(&cycle, "a", 900));
    lease("a", 1800, 1000);
    assert_false(lease_is_void(&cycle, "a", 1500));
    assert_true(lease_is_void(&cycle, "b", 1500));
    assert_false(lease_is_void(&cycle, "b", 2800)); /* nobody's any more */
    assert_false(lease_is_void(&cycle, "", 1500));  /* of an older baosong */
}

static void test_a_lease_of_nobody_or_for_ever(void **state)
{
    lease("", 1800, 1000);
    assert_null(cycle.lease.holder);
    lease("a", G_MAXINT64 / 2, 1000);
    assert_int_equal(cycle.lease.expires_at, 1000 + 7 * 86400);
}

static void field(const char *mail, const char *name, const char *expected)
{
    g_autoptr (GBytes) bytes = g_bytes_new_static(mail, strlen(mail));
    g_autofree char *value = record_field(bytes, name);
    if (expected)
        assert_string_equal(value, expected);
    else
        assert_null(value);
}

static void test_fields(void **state)
{
    field("Subject: a\r\nBaosong-Record: v1\r\n ab\r\n\tcd\r\nTo: x\r\n\r\nbody\r\n", "Baosong-Record",
          "v1 ab\tcd");
    field("baosong-record: v1\n x\n\nbody", "Baosong-Record", "v1 x");
    field("Subject: a\r\n\r\nBaosong-Record: in the body\r\n", "Baosong-Record", NULL);
    field("Baosong-Recorded: no\r\n\r\n", "Baosong-Record", NULL);
    field("Baosong-Record:", "Baosong-Record", "");
    field("", "Baosong-Record", NULL);
}

static void test_a_machine_that_slept_has_no_lease(void **state)
{
    struct timespec now;
    clock_gettime(CLOCK_BOOTTIME, &now);
    cycle.lease.until = now.tv_sec + 1800;
    assert_true(lease_check(&cycle, NULL));
    slept = 1800;
    g_autoptr (GError) error = NULL;
    assert_false(lease_check(&cycle, &error));
    assert_non_null(strstr(error->message, "run out"));
    slept = 0;
    assert_false(lease_check(&cycle, NULL)); /* and does not come back */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_first_comes_first, begin, end),
        cmocka_unit_test_setup_teardown(test_a_renewal_counts_while_it_holds, begin, end),
        cmocka_unit_test_setup_teardown(test_expiry_is_by_the_servers_clock, begin, end),
        cmocka_unit_test_setup_teardown(test_the_rules_of_another, begin, end),
        cmocka_unit_test_setup_teardown(test_an_ended_lease_is_free, begin, end),
        cmocka_unit_test_setup_teardown(test_what_is_written_without_the_lease_is_void, begin, end),
        cmocka_unit_test_setup_teardown(test_a_lease_of_nobody_or_for_ever, begin, end),
        cmocka_unit_test_setup_teardown(test_a_lease_of_nobody_or_for_ever, begin, end),
        cmocka_unit_test_setup_teardown(test_a_machine_that_slept_has_no_lease, begin, end),
        cmocka_unit_test(test_fields),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
