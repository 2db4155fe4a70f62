/* What stands in glibc's place before main() leaves out nothing but the question what the processor can. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib.h>
#include <stdio.h>
#include <string.h>

static char *path; /* of the probe */

/* What the probe prints. */
static char *probe(void)
{
    char *out = NULL, *argv[] = {path, (char *)"argument", NULL},
         *environment[] = {(char *)"PROBE=heard", NULL};
    int status = 0;
    assert_true(g_spawn_sync(NULL, argv, environment, 0, NULL, NULL, &out, NULL, &status, NULL));
    assert_int_equal(g_spawn_check_wait_status(status, NULL), FALSE);
    assert_int_equal(status >> 8, 7);
    return out;
}

static void test_everything_is_in_its_place(void **state)
{
    g_autofree char *out = probe();
    const char *rest = strstr(out, "thread ");
    assert_non_null(rest);
    assert_string_equal(rest, "thread 42\nconstructor 2 heard\nmain 2 argument\njump 1\ncopies 1\n"
                              "relocated before main\nread-only yes\natexit\ndestructor\n");
}

static guint64 number(const char *out, const char *name)
{
    const char *at = strstr(out, name);
    assert_non_null(at);
    return g_ascii_strtoull(at + strlen(name), NULL, 16);
}

static void test_each_start_has_its_own_canary(void **state)
{
    g_autofree char *one = probe(), *other = probe();
    assert_int_equal(number(one, "canary ") & 0xff, 0);
    assert_int_not_equal(number(one, "canary "), 0);
    assert_int_not_equal(number(one, "canary "), number(other, "canary "));
    assert_int_not_equal(number(one, "pointers "), 0);
    assert_int_not_equal(number(one, "pointers "), number(other, "pointers "));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_everything_is_in_its_place),
        cmocka_unit_test(test_each_start_has_its_own_canary),
    };
    const char *build = g_getenv("BUILD");
    int status = 0;
    path = g_build_filename(build ? build : "build/gcc", "tests/unit/start_probe", NULL);
    if (g_file_test(path, G_FILE_TEST_IS_EXECUTABLE))
        status = cmocka_run_group_tests(tests, NULL, NULL);
    else
        puts("skipped: with another glibc, or under sanitizers, programs begin as glibc has it");
    g_free(path);
    return status;
}
