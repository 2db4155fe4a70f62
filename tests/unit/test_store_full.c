/* A full disk: told as such, nothing half kept, and the next run goes on. On a small tmpfs where that can be
 * mounted, and with a limit on file sizes everywhere. */
#include "store_fixture.h"

#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>

static char *large_document(guint seed)
{
    GString *text = g_string_new(NULL);
    while (text->len < (700u << 10)) g_string_append_printf(text, "%u-%zu ", seed, text->len);
    return g_string_free(text, FALSE);
}

static void limit_files(rlim_t bytes)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* Adds a batch of mails from `first` on, where no file may grow beyond `largest` bytes; FALSE with the error
 * when it did not go. */
static gboolean add_batch(Fixture *fixture, guint first, guint count, rlim_t largest, GError **error)
{
    if (!store_begin(fixture->store, NOW, error)) return FALSE;
    for (guint i = 0; i < count; i++) {
        g_autofree char *document = large_document(first + i);
        g_autoptr (Sample) sample = sample_new(first + i, document);
        sample_item(sample, store_book(fixture->store)->next_number, TRUE);
        limit_files(largest); /* the sample itself is a file too */
        gboolean added = store_add_mail(fixture->store, &sample->mail, sample->verdict, NULL, error);
        limit_files(RLIM_INFINITY);
        if (added) continue;
        store_rollback(fixture->store);
        return FALSE;
    }
    return store_commit(fixture->store, error);
}

static void assert_whole(Fixture *fixture, guint mails)
{
    assert_int_equal(number(fixture, "SELECT count(*) FROM mail"), mails);
    assert_int_equal(
        number(fixture, "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'"), 1);
    assert_int_equal(number(fixture, "SELECT count(*) FROM pragma_foreign_key_check"), 0);
    assert_book_is_stored(fixture);
    g_autofree char *temporary = g_build_filename(fixture->folder, "tmp", NULL);
    g_autoptr (GDir) folder = g_dir_open(temporary, 0, NULL);
    assert_null(g_dir_read_name(folder));
}

static void assert_full(GError *error)
{
    if (!g_error_matches(error, STORE_ERROR, STORE_ERROR_FULL))
        fail_msg("%s", error ? error->message : "no error");
    assert_true(g_str_has_prefix(error->message, "no space left under "));
    assert_null(strchr(error->message, '\n'));
}

static gboolean fill_disk(const char *path, guint mebibytes)
{
    g_autofree char *bytes = g_malloc0((gsize)mebibytes << 20);
    return g_file_set_contents(path, bytes, (gssize)mebibytes << 20, NULL);
}

static void test_small_disk(void **state)
{
    char *folder = g_dir_make_tmp("baosong-full-XXXXXX", NULL);
    if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("tmpfs", folder, "tmpfs", 0, "size=12m") != 0) {
        g_rmdir(folder);
        g_free(folder);
        skip();
    }
    g_autofree char *mounted = g_strdup(folder);
    g_autofree char *filler = g_build_filename(folder, "filler", NULL);
    Fixture *fixture = fixture_new_at(g_build_filename(folder, "state", NULL));
    g_free(folder);
    fixture_open(fixture);
    g_autoptr (GError) error = NULL;
    assert_fine(add_batch(fixture, 1, 1, RLIM_INFINITY, FAULT));

    /* It runs full within a batch … */
    assert_false(add_batch(fixture, 2, 9, RLIM_INFINITY, &error));
    assert_full(error);
    assert_whole(fixture, 1);
    g_clear_error(&error);

    /* … or is nearly full before: not begun. */
    assert_true(fill_disk(filler, 7));
    assert_false(add_batch(fixture, 2, 1, RLIM_INFINITY, &error));
    assert_full(error);
    g_clear_error(&error);
    assert_whole(fixture, 1);

    assert_int_equal(g_unlink(filler), 0);
    assert_fine(add_batch(fixture, 2, 2, RLIM_INFINITY, FAULT));
    assert_whole(fixture, 3);
    fixture_close(fixture);
    fixture_open(fixture);
    assert_whole(fixture, 3);
    fixture_free(fixture);
    umount2(mounted, MNT_DETACH);
    g_rmdir(mounted);
}

/* A quota or limit in the raw mail, and in the database itself. */
static void test_limited_files(void **state)
{
    Fixture *fixture = *state;
    g_autoptr (GError) error = NULL;
    signal(SIGXFSZ, SIG_IGN);
    assert_fine(add_batch(fixture, 1, 1, RLIM_INFINITY, FAULT));

    assert_false(add_batch(fixture, 2, 1, 512 << 10, &error));
    assert_full(error);
    g_clear_error(&error);
    assert_whole(fixture, 1);

    limit_files(4 << 10); /* the journal is longer already */
    gboolean set = store_add_todo(fixture->store, "burst", "多", 0, NOW, &error);
    limit_files(RLIM_INFINITY);
    assert_false(set);
    assert_full(error);
    assert_whole(fixture, 1);
    assert_fine(add_batch(fixture, 2, 1, RLIM_INFINITY, FAULT));
    assert_whole(fixture, 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_limited_files),
        cmocka_unit_test(test_small_disk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
