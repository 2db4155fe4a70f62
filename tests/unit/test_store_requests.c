/* Requests of the administrator's command: whole or not at all, in order, once. */
#include "store_fixture.h"

#include <sys/stat.h>

#include "daemon/store/requests.h"

static char *path_of(Fixture *fixture, const char *name)
{
    return g_build_filename(fixture->folder, "requests", name, NULL);
}

static void ask(Fixture *fixture, const char *verb, json_t *args)
{
    GError *fault = NULL;
    g_autofree char *id = store_request_write(&fixture->config, verb, args, &fault);
    if (!id) fail_msg("%s", fault->message);
    g_autofree char *name = g_strconcat(id, ".json", NULL);
    g_autofree char *path = path_of(fixture, name);
    struct stat found;
    assert_int_equal(stat(path, &found), 0);
    assert_int_equal(found.st_mode & 0777, 0600);
}

static GPtrArray *listed(Fixture *fixture)
{
    GPtrArray *requests = store_requests_list(fixture->store, NULL);
    assert_non_null(requests);
    return requests;
}

static void test_asked_listed_done(void **state)
{
    Fixture *fixture = *state;
    json_t *args = json_pack("{s:i}", "number", 7);
    ask(fixture, "go-live", NULL);
    ask(fixture, "assign", args);
    json_decref(args);
    StoreStatus status;
    assert_fine(store_fill_status(fixture->store, &status, FAULT));
    assert_int_equal(status.requests, 2);

    g_autoptr (GPtrArray) requests = listed(fixture);
    assert_int_equal(requests->len, 2);
    StoreRequest *first = requests->pdata[0], *second = requests->pdata[1];
    assert_string_equal(first->verb, "go-live");
    assert_string_equal(second->verb, "assign");
    assert_int_equal(json_integer_value(json_object_get(second->args, "number")), 7);
    assert_true(first->at > 0);
    assert_fine(store_request_done(fixture->store, first, "live now", NOW, FAULT));
    g_autoptr (GPtrArray) rest = listed(fixture);
    assert_int_equal(rest->len, 1);
    assert_int_equal(number(fixture, "SELECT count(*) FROM request WHERE verb = 'go-live' AND args = '{}'"),
                     1);
}

/* In a batch the file goes with the commit, and stays with a rollback. */
static void test_done_with_its_batch(void **state)
{
    Fixture *fixture = *state;
    ask(fixture, "go-live", NULL);
    g_autoptr (GPtrArray) requests = listed(fixture);
    assert_fine(store_begin(fixture->store, NOW, FAULT));
    assert_fine(store_set_mode(fixture->store, STORE_LIVE, FAULT));
    assert_fine(store_request_done(fixture->store, requests->pdata[0], "ok", NOW, FAULT));
    store_rollback(fixture->store);
    assert_int_equal(store_mode(fixture->store), STORE_OBSERVE);
    g_autoptr (GPtrArray) again = listed(fixture);
    assert_int_equal(again->len, 1);
    assert_fine(store_begin(fixture->store, NOW, FAULT));
    assert_fine(store_request_done(fixture->store, requests->pdata[0], "ok", NOW, FAULT));
    assert_fine(store_commit(fixture->store, FAULT));
    g_autoptr (GPtrArray) none = listed(fixture);
    assert_int_equal(none->len, 0);
}

/* A daemon that died after its commit: the file is still there, and is not applied twice. */
static void test_applied_once(void **state)
{
    Fixture *fixture = *state;
    g_autofree char *id = store_request_write(&fixture->config, "hold", NULL, NULL);
    g_autofree char *name = g_strconcat(id, ".json", NULL);
    g_autofree char *path = path_of(fixture, name);
    g_autofree char *text = NULL;
    gsize length;
    assert_true(g_file_get_contents(path, &text, &length, NULL));
    g_autoptr (GPtrArray) requests = listed(fixture);
    assert_fine(store_request_done(fixture->store, requests->pdata[0], "ok", NOW, FAULT));
    assert_true(g_file_set_contents(path, text, (gssize)length, NULL));
    g_autoptr (GPtrArray) none = listed(fixture);
    assert_int_equal(none->len, 0);
    assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
}

static void test_strange_files(void **state)
{
    Fixture *fixture = *state;
    static const char *const texts[] = {"", "{", "[]", "{\"verb\": 1}",
                                        "{\"verb\": \"hold\", \"by\": \"x\", \"at\": 1, \"args\": []}"};
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autofree char *name = g_strdup_printf("%u.json", i);
        g_autofree char *path = path_of(fixture, name);
        assert_true(g_file_set_contents(path, texts[i], -1, NULL));
    }
    g_autofree char *link = path_of(fixture, "link.json");
    assert_int_equal(symlink("/etc/passwd", link), 0);
    g_autofree char *half = path_of(fixture, ".half");
    assert_true(g_file_set_contents(half, "{", -1, NULL));
    ask(fixture, "hold", NULL);
    g_autoptr (GPtrArray) requests = listed(fixture);
    assert_int_equal(requests->len, 1);
    g_autofree char *aside = path_of(fixture, "0.json.bad");
    assert_true(g_file_test(aside, G_FILE_TEST_EXISTS));
}

static void test_nowhere_to_ask(void **state)
{
    g_autoptr (GError) error = NULL;
    Fixture *fixture = *state;
    g_autofree char *blocked = g_build_filename(fixture->folder, "lock", "state", NULL);
    fixture->config.store.state_dir = blocked;
    assert_null(store_request_write(&fixture->config, "hold", NULL, &error));
    assert_true(g_error_matches(error, STORE_ERROR, STORE_ERROR_IO));
}

/* Before the daemon ever ran; root's command, another user's daemon. */
static void test_request_is_given_to_the_daemon(void **state)
{
    Fixture *fixture = *state;
    g_autofree char *first = g_build_filename(fixture->folder, "campaigns", "first", NULL);
    fixture->config.store.state_dir = first;
    if (geteuid() == 0) assert_int_equal(chown(fixture->folder, 12345, 12345), 0);
    g_autofree char *id = store_request_write(&fixture->config, "hold", NULL, NULL);
    assert_non_null(id);
    g_autofree char *name = g_strconcat(id, ".json", NULL);
    g_autofree char *path = g_build_filename(first, "requests", name, NULL);
    const char *const made[] = {path, first};
    for (guint i = 0; i < G_N_ELEMENTS(made); i++) {
        struct stat found;
        assert_int_equal(stat(made[i], &found), 0);
        assert_int_equal(found.st_uid, geteuid() == 0 ? 12345 : geteuid());
        assert_int_equal(found.st_mode & 077, 0);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_asked_listed_done), TEST(test_done_with_its_batch),
        TEST(test_applied_once),      TEST(test_strange_files),
        TEST(test_nowhere_to_ask),    TEST(test_request_is_given_to_the_daemon),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
