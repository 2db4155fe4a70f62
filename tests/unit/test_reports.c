#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "reports/check.h"
#include "tests/unit/reports_season.h"

static void write_it(Season *season, gboolean expect)
{
    GError *error = NULL;
    gboolean written;
    if (!reports_write_summary(season->config, &season->place, season->now, &written, &error))
        fail_msg("%s", error->message);
    assert_int_equal(written, expect);
}

static void test_first(void **state)
{
    Season *season = season_new();
    write_it(season, TRUE);
    g_print("%s\n", season->dir);
    season_free(season, g_getenv("REPORTS_KEEP") != NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_first)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
