/* test_gaps.c - numbers of records that are missing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "daemon/gaps.h"

static void expect(char *gaps, const char *wanted)
{
    if (wanted)
        assert_string_equal(gaps, wanted);
    else
        assert_null(gaps);
    g_free(gaps);
}

static void more(void **state)
{
    (void)state;
    expect(gaps_with(NULL, 3, 3), "3");
    expect(gaps_with("", 7, 9), "7-9");
    expect(gaps_with("7-9", 3, 3), "3, 7-9");
    expect(gaps_with("3, 7-9", 4, 6), "3-9");
    expect(gaps_with("3-9", 5, 20), "3-20");
    expect(gaps_with("3", 5, 4), "3"); /* nothing */
    expect(gaps_with(NULL, 1, 0), NULL);
}

static void fewer(void **state)
{
    (void)state;
    expect(gaps_without("3", 3), NULL);
    expect(gaps_without("7-9", 8), "7, 9");
    expect(gaps_without("3, 7-9", 7), "3, 8-9");
    expect(gaps_without("3, 7-9", 5), "3, 7-9");
    expect(gaps_without(NULL, 5), NULL);
    expect(gaps_without("nonsense, 5-2, -7, 4", 1), "4");
}

static void in_turn(void **state)
{
    (void)state;
    assert_int_equal(gaps_next("3, 7-9", 0), 3);
    assert_int_equal(gaps_next("3, 7-9", 3), 7);
    assert_int_equal(gaps_next("3, 7-9", 7), 8);
    assert_int_equal(gaps_next("3, 7-9", 9), 0);
    assert_int_equal(gaps_next("7-9, 3", 0), 3); /* out of order, from an earlier version */
    assert_int_equal(gaps_next(NULL, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(more), cmocka_unit_test(fewer),
                                       cmocka_unit_test(in_turn)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
