/* config_fixture.h - a folder with roster and holidays beside which the tests of the config write config
 * files. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/config.h"

static char *folder; /* of this test */

static char *path_of(const char *name)
{
    return g_build_filename(folder, name, NULL);
}

G_GNUC_UNUSED static void write_file(const char *name, const char *text, gssize length)
{
    g_autofree char *path = path_of(name);
    assert_true(g_file_set_contents(path, text, length, NULL));
}

static void copy_file(const char *from, const char *name)
{
    g_autofree char *text = NULL;
    gsize length;
    assert_true(g_file_get_contents(from, &text, &length, NULL));
    write_file(name, text, (gssize)length);
}

static int set_up(void **state)
{
    folder = g_dir_make_tmp("config-XXXXXX", NULL);
    copy_file("config/roster.csv", "roster.csv");
    copy_file("config/holidays-2014.conf", "holidays-2014.conf");
    return 0;
}

static int tear_down(void **state)
{
    g_autoptr (GDir) dir = g_dir_open(folder, 0, NULL);
    for (const char *name; (name = g_dir_read_name(dir));) {
        g_autofree char *path = path_of(name);
        g_unlink(path);
    }
    g_rmdir(folder);
    g_clear_pointer(&folder, g_free);
    return 0;
}

static Config *load_bytes(const char *text, gssize length, GError **error)
{
    g_autofree char *path = path_of("test.conf");
    write_file("test.conf", text, length);
    return config_load(path, error);
}

static Config *good(const char *text)
{
    g_autoptr (GError) error = NULL;
    Config *config = load_bytes(text, -1, &error);
    if (!config) fail_msg("%s", error->message);
    return config;
}

/* The example with one text replaced by another, which must be there. */
static char *changed(const char *from, const char *to)
{
    g_autofree char *example = config_example();
    g_auto(GStrv) parts = g_strsplit(example, from, 2);
    if (!parts[1]) fail_msg("the example has no “%s”", from);
    return g_strconcat(parts[0], to, parts[1], NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
