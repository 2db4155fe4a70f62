/* The pool of workers: the real worker for the good path, this program itself (run with --serve) for every
 * fault. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/net/worker.h"
#include "daemon/net/worker_process.h"
#include "parsers/limits.h"
#include "tests/unit/worker_fake.h"

static char *self, *real_worker;

/* --- helpers ---------------------------------------------------------------------------------- */

static void submit(WorkerPool *pool, const char *text, guint tag)
{
    g_autoptr (GBytes) mail = g_bytes_new(text, strlen(text));
    g_autofree char *sha256 = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, mail);
    worker_pool_submit(pool, mail, sha256, GUINT_TO_POINTER(tag));
}

static WorkerResult *collect(WorkerPool *pool)
{
    g_autoptr (GError) error = NULL;
    WorkerResult *result = worker_pool_collect(pool, -1, &error);
    if (error) fail_msg("%s", error->message);
    assert_non_null(result);
    return result;
}

/* The bytes handed over of an attachment, which are what the facts say. */
static char *bytes_of(const WorkerResult *result, guint index)
{
    const FactsAttachment *attachment = g_ptr_array_index(result->facts->attachments, index);
    char *bytes = g_malloc0(attachment->size + 1);
    assert_true(attachment->offset >= 0);
    assert_int_equal(pread(result->data_fd, bytes, attachment->size, attachment->offset), attachment->size);
    g_autofree char *sha256 = facts_sha256(bytes, attachment->size);
    assert_string_equal(sha256, attachment->sha256);
    return bytes;
}

static void check_result(WorkerResult *taken, guint *done)
{
    g_autoptr (WorkerResult) result = taken;
    if (!result->facts) fail_msg("mail %u: %s", *done, result->detail);
    for (guint i = 0; i < result->facts->attachments->len; i++) {
        g_autofree char *bytes G_GNUC_UNUSED = bytes_of(result, i); /* it fails the test itself */
    }
    (*done)++;
}

/* --- tests ------------------------------------------------------------------------------------ */

static void test_real(void **state)
{
    g_autoptr (GError) error = NULL;
    if (access(real_worker, X_OK) != 0) {
        print_message("%s is not built\n", real_worker);
        skip();
    }
    g_autoptr (WorkerPool) pool = worker_pool_new(real_worker, 2, 20, &error);
    const char *mail =
        "From: =?gbk?B?warPtcjLvNc=?= <a@x.example>\nSubject: =?utf-8?B?5oql6YCB?=\nMIME-Version: 1.0\n"
        "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain; charset=utf-8\n\n正文\n"
        "--b\nContent-Type: application/octet-stream; name=a.bin\nContent-Transfer-Encoding: base64\n\n"
        "AAECAw==\n--b\nContent-Type: application/octet-stream; name=b.bin\n\nxyz\n--b--\n";
    for (guint i = 0; i < 20; i++) submit(pool, mail, i + 1);
    guint seen = 0;
    for (guint i = 0; i < 20; i++) {
        g_autoptr (WorkerResult) result = collect(pool);
        if (!result->facts) fail_msg("%s", result->detail);
        seen |= 1u << GPOINTER_TO_UINT(result->tag);
        assert_string_equal(result->facts->subject, "报送");
        assert_string_equal(result->facts->body, "正文");
        assert_int_equal(result->facts->attachments->len, 2);
        g_autofree char *a = bytes_of(result, 0), *b = bytes_of(result, 1);
        assert_memory_equal(a, "\0\1\2\3", 5);
        assert_string_equal(b, "xyz");
    }
    assert_int_equal(seen, 0x1ffffe);
    assert_int_equal(worker_pool_pending(pool), 0);
    assert_null(worker_pool_collect(pool, 0, &error));
    assert_null(error);
}

static void wait_for(WorkerProcess *process, const char **frame, gsize *length)
{
    struct pollfd ready = {worker_process_fd(process), POLLIN, 0};
    WorkerProcessState got = WORKER_PROCESS_MORE;
    while (got == WORKER_PROCESS_MORE && poll(&ready, 1, 20000) == 1)
        got = worker_process_read(process, frame, length);
    assert_int_equal(got, WORKER_PROCESS_FRAME);
}

/* Asked to keep, the real worker hands over what is attached, and says of each file that it was not read. */
static void test_real_keep(void **state)
{
    if (access(real_worker, X_OK) != 0) skip();
    const char *mail =
        "From: a@x.example\nSubject: s\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"
        "--b\n\nbody\n--b\nContent-Type: text/plain; name=a.txt\n\nxyz\n--b--\n";
    const FactsWorkerKind kinds[] = {FACTS_WORKER_KEEP, FACTS_WORKER_READ};
    WorkerProcess *process = worker_process_new(real_worker, NULL);
    assert_non_null(process);
    for (gsize i = 0; i < 1 + G_N_ELEMENTS(kinds); i++) {
        const char *frame = NULL;
        gsize length = 0;
        wait_for(process, &frame, &length);
        g_autoptr (Facts) facts = i > 0 ? facts_from_json(frame, length, LIMIT_HANDOVER_BYTES, NULL) : NULL;
        if (i > 0) {
            const FactsAttachment *file = g_ptr_array_index(facts->attachments, 0);
            assert_string_equal(facts->body, "body");
            assert_int_equal(file->size, 3);
            assert_string_equal(file->text, kinds[i - 1] == FACTS_WORKER_KEEP ? "" : "xyz");
            assert_int_equal(file->problems->len, kinds[i - 1] == FACTS_WORKER_KEEP);
        }
        if (i == G_N_ELEMENTS(kinds)) break;
        int fds[] = {memfd_create("mail", MFD_CLOEXEC), memfd_create("decoded", MFD_CLOEXEC)};
        assert_int_equal(pwrite(fds[0], mail, strlen(mail), 0), strlen(mail));
        assert_true(worker_process_request(process, &(FactsRequest){.kind = kinds[i]}, fds[0], fds[1]));
        close(fds[0]);
        close(fds[1]);
    }
    worker_process_free(process);
}

/* Of one process, one reader after the other: each says hello, and reads; what the one before was given, and
 * what it has said that nobody has heard, is gone. The hash that it was told is in its reply. */
static void test_real_renewed(void **state)
{
    if (access(real_worker, X_OK) != 0) skip();
    WorkerProcess *process = worker_process_new(real_worker, NULL);
    assert_non_null(process);
    for (guint i = 0; i < 5; i++) {
        const char *frame = NULL;
        gsize length = 0;
        g_autofree char *mail = g_strdup_printf("From: a@x.example\nSubject: %u\n\nbody\n", i),
                        *sha256 = g_strdup_printf("%064u", i), *subject = g_strdup_printf("%u", i);
        FactsRequest request = {.kind = FACTS_WORKER_READ};
        memcpy(request.sha256, sha256, sizeof request.sha256);
        if (i > 0) assert_true(worker_process_renew(process));
        wait_for(process, &frame, &length);
        assert_true(g_str_has_prefix(frame, FACTS_WORKER_HELLO));
        for (guint times = 0; times < 2; times++) {
            int fds[] = {memfd_create("mail", MFD_CLOEXEC), memfd_create("decoded", MFD_CLOEXEC)};
            assert_int_equal(pwrite(fds[0], mail, strlen(mail), 0), strlen(mail));
            assert_true(worker_process_request(process, &request, fds[0], fds[1]));
            close(fds[0]);
            close(fds[1]);
            if (times > 0) break; /* it is not waited for */
            wait_for(process, &frame, &length);
            g_autoptr (Facts) facts = facts_from_json(frame, length, LIMIT_HANDOVER_BYTES, NULL);
            assert_non_null(facts);
            assert_string_equal(facts->subject, subject);
            assert_string_equal(facts->sha256, sha256);
        }
    }
    worker_process_free(process);
}

/* Mails that nobody here wrote: each reply passes the check, each attachment's bytes are what it says. */
/* The corpus's mails, NULL if it is not there. skip() jumps out of the test, so it must hold nothing then. */
static char *corpus_mails(void)
{
    const char *root = g_getenv("BAOSONG_CORPUS") ? g_getenv("BAOSONG_CORPUS") : "../shared/corpus";
    g_autofree char *mails = g_build_filename(root, "eml", NULL);
    if (g_file_test(mails, G_FILE_TEST_IS_DIR) && access(real_worker, X_OK) == 0)
        return g_steal_pointer(&mails);
    print_message("no corpus at %s (BAOSONG_CORPUS names another)\n", mails);
    return NULL;
}

static void test_corpus(void **state)
{
    g_autofree char *mails = corpus_mails();
    if (!mails) skip();
    g_autoptr (GDir) sources = g_dir_open(mails, 0, NULL);
    assert_non_null(sources);
    g_autoptr (WorkerPool) pool = worker_pool_new(real_worker, 2, 20, NULL);
    guint sent = 0, done = 0;
    for (const char *source; (source = g_dir_read_name(sources));) {
        g_autofree char *folder = g_build_filename(mails, source, NULL);
        g_autoptr (GDir) files = g_dir_open(folder, 0, NULL);
        for (const char *file; files && (file = g_dir_read_name(files)); sent++) {
            g_autofree char *path = g_build_filename(folder, file, NULL);
            g_autofree char *mail = NULL;
            gsize length;
            assert_true(g_file_get_contents(path, &mail, &length, NULL));
            g_autoptr (GBytes) bytes = g_bytes_new_take(g_steal_pointer(&mail), length);
            worker_pool_submit(pool, bytes, NULL, NULL);
            if (worker_pool_pending(pool) >= 6) check_result(collect(pool), &done);
        }
    }
    while (worker_pool_pending(pool) > 0) check_result(collect(pool), &done);
    assert_int_equal(done, sent);
    print_message("%u mails\n", done);
}

/* Each fault costs its own mail only, whoever reads beside it or after it. */
static void test_faults(void **state)
{
    static const struct {
        const char *mail, *detail;
    } FAULTS[] = {
        {"die", "signal 9"},
        {"hang", "in time"},
        {"garbage", "no JSON object"},
        {"huge", "impossible length"},
        {"half", "ended with status 0"},
        {"other", "another mail"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(FAULTS); i++) {
        g_autoptr (WorkerPool) pool = worker_pool_new(self, 2, 1, NULL);
        submit(pool, "good 0", 100);
        submit(pool, FAULTS[i].mail, 200);
        for (guint k = 0; k < 4; k++) submit(pool, "good", 300 + k);
        guint good = 0;
        for (guint k = 0; k < 6; k++) {
            g_autoptr (WorkerResult) result = collect(pool);
            if (GPOINTER_TO_UINT(result->tag) == 200) {
                assert_null(result->facts);
                assert_string_equal(result->problem, "unreadable");
                assert_int_equal(result->data_fd, -1);
                if (!strstr(result->detail, FAULTS[i].detail))
                    fail_msg("%s: %s", FAULTS[i].mail, result->detail);
            } else {
                if (!result->facts) fail_msg("%s beside %s", result->detail, FAULTS[i].mail);
                assert_null(result->problem);
                good++;
            }
        }
        assert_int_equal(good, 5);
        assert_int_equal(worker_pool_pending(pool), 0);
    }
}

static void test_second_chance(void **state)
{
    /* Fails only in a worker that read something before: a fresh one reads it. */
    g_autoptr (WorkerPool) pool = worker_pool_new(self, 1, 5, NULL);
    for (guint i = 0; i < 5; i++) submit(pool, i % 2 ? "second" : "good", i);
    for (guint i = 0; i < 5; i++) {
        g_autoptr (WorkerResult) result = collect(pool);
        assert_non_null(result->facts);
    }
}

/* What breaks every reader is still taken apart by one that reads no files. */
static void test_kept(void **state)
{
    g_autoptr (WorkerPool) pool = worker_pool_new(self, 1, 5, NULL);
    submit(pool, "good", 1);
    submit(pool, "glutton", 2);
    submit(pool, "flood", 3);
    for (guint i = 1; i <= 3; i++) {
        g_autoptr (WorkerResult) result = collect(pool);
        if (!result->facts) fail_msg("%s", result->detail);
        assert_int_equal(GPOINTER_TO_UINT(result->tag), i);
    }
}

static guint told; /* of mails that are read without a file, without any file */

static void count_told(GLogLevelFlags level, const GLogField *fields, gsize n)
{
    for (gsize i = 0; level == G_LOG_LEVEL_MESSAGE && i < n; i++) {
        if (strcmp(fields[i].key, "MESSAGE") != 0) continue;
        told += strstr(fields[i].value, "read without the file") ? 1 : 100;
    }
}

/* A mail is read again without the file over which its reader broke; when there are too many of them, without
 * all. */
static void test_skipped(void **state)
{
    static const struct {
        const char *mail;
        guint told;
    } CASES[] = {{"poison 1", 1}, {"poison 3", 3}, {"poison 4", 103}, {"poison 9", 103}};
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autoptr (WorkerPool) pool = worker_pool_new(self, 1, 5, NULL);
        told = 0;
        for (guint k = 0; k < 3; k++) submit(pool, k == 1 ? CASES[i].mail : "good", k);
        for (guint k = 0; k < 3; k++) {
            g_autoptr (WorkerResult) result = collect(pool);
            assert_non_null(result->facts);
            assert_int_equal(GPOINTER_TO_UINT(result->tag), k);
        }
        assert_int_equal(told, CASES[i].told);
    }
}

static guint warnings;

static GLogWriterOutput write_log(GLogLevelFlags level, const GLogField *fields, gsize n, gpointer data)
{
    count_told(level, fields, n);
    for (gsize i = 0; level == G_LOG_LEVEL_WARNING && i < n; i++)
        if (strcmp(fields[i].key, "MESSAGE") == 0 && strstr(fields[i].value, "no ??1mwalls")) warnings++;
    return G_LOG_WRITER_HANDLED;
}

static void test_chatter(void **state)
{
    /* What a worker says unasked is not taken for the answer about the next mail. */
    g_autoptr (WorkerPool) pool = worker_pool_new(self, 1, 5, NULL);
    submit(pool, "chatter", 1);
    submit(pool, "good", 2);
    for (guint i = 0; i < 2; i++) {
        g_autoptr (WorkerResult) result = collect(pool);
        assert_non_null(result->facts);
        assert_int_equal(GPOINTER_TO_UINT(result->tag), i + 1);
    }
}

static void test_recycled(void **state)
{
    g_autoptr (WorkerPool) pool = worker_pool_new(self, 1, 5, NULL);
    for (guint i = 0; i < LIMIT_WORKER_MAILS + 50; i++) {
        submit(pool, "good", i);
        g_autoptr (WorkerResult) result = collect(pool);
        assert_non_null(result->facts);
    }
}

/* Out of memory, who forks the readers may be killed instead of them: at the first mail, between two, with
 * the last that its reader may read, and once more. */
static void test_nursery_killed(void **state)
{
    static const guint at[] = {0, 5, LIMIT_WORKER_MAILS - 1, LIMIT_WORKER_MAILS + 1};
    for (gsize k = 0; k < G_N_ELEMENTS(at); k++) {
        g_autoptr (WorkerPool) pool = worker_pool_new(self, 1, 5, NULL);
        for (guint i = 0; i < LIMIT_WORKER_MAILS + 10; i++) {
            submit(pool, i == at[k] ? "orphan" : "good", i);
            g_autoptr (WorkerResult) result = collect(pool);
            if (!result->facts) fail_msg("mail %u: %s", i, result->detail);
        }
    }
}

/* A reader that hangs is ended, too, when nobody else is there to end it. */
static void test_orphan_hangs(void **state)
{
    int status = 0;
    prctl(PR_SET_CHILD_SUBREAPER, 1); /* its fate is told to us */
    WorkerPool *pool = worker_pool_new(self, 1, 1, NULL);
    submit(pool, "orphan, hang", 1);
    g_autoptr (WorkerResult) result = collect(pool);
    assert_null(result->facts);
    worker_pool_free(pool);
    prctl(PR_SET_CHILD_SUBREAPER, 0);
    guint ended = 0, looked = 0;
    for (pid_t got = 0; (got = waitpid(-1, &status, WNOHANG)) >= 0; ended += got > 0) {
        if (++looked > 5000) fail_msg("the reader runs on");
        g_usleep(1000);
    }
    assert_true(ended > 0);
}

/* Told, not waited for: nobody has any work. Once there are descriptors again the mail is read. */
static void test_no_descriptors(void **state)
{
    struct rlimit before;
    g_autoptr (GError) error = NULL;
    g_autoptr (WorkerPool) pool = worker_pool_new(self, 1, 5, NULL);
    submit(pool, "good", 1);
    g_autoptr (WorkerResult) first G_GNUC_UNUSED = collect(pool);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    int next = dup(0);
    close(next);
    struct rlimit none = {.rlim_cur = (rlim_t)next, .rlim_max = before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    submit(pool, "good", 2);
    assert_null(worker_pool_collect(pool, -1, &error));
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    assert_true(g_error_matches(error, WORKER_ERROR, WORKER_ERROR_START));
    g_autoptr (WorkerResult) second = collect(pool);
    assert_non_null(second->facts);
}

static void test_does_not_start(void **state)
{
    g_autoptr (GError) error = NULL;
    assert_null(worker_pool_new("/nonexistent/baosong-parse", 2, 5, &error));
    assert_true(g_error_matches(error, WORKER_ERROR, WORKER_ERROR_START));
    g_clear_error(&error);

    g_autoptr (WorkerPool) pool = worker_pool_new("/bin/true", 2, 5, NULL);
    submit(pool, "good", 1);
    assert_null(worker_pool_collect(pool, -1, &error));
    assert_true(g_error_matches(error, WORKER_ERROR, WORKER_ERROR_START));
    assert_int_equal(worker_pool_pending(pool), 1); /* no mail is blamed for it */
}

static void test_timeout(void **state)
{
    g_autoptr (WorkerPool) pool = worker_pool_new(self, 2, 5, NULL);
    submit(pool, "hang", 1);
    assert_null(worker_pool_collect(pool, 0, NULL));
    assert_null(worker_pool_collect(pool, 50, NULL));
    struct pollfd fds[2];
    int timeout = -1;
    assert_true(worker_pool_poll(pool, fds, 2, &timeout) >= 1);
    assert_true(timeout > 0 && timeout <= 20000);
}

/* Of the dozens of workers that ran until here, all of which lacked something. */
static void test_warned_once(void **state)
{
    assert_int_equal(warnings, 1);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "--serve") == 0) return fake_worker();
    self = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *unit = g_path_get_dirname(self), *tests_folder = g_path_get_dirname(unit);
    g_autofree char *build = g_path_get_dirname(tests_folder);
    real_worker = g_build_filename(build, "baosong-parse", NULL);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_real),           cmocka_unit_test(test_real_keep),
        cmocka_unit_test(test_real_renewed),   cmocka_unit_test(test_corpus),
        cmocka_unit_test(test_faults),         cmocka_unit_test(test_second_chance),
        cmocka_unit_test(test_kept),           cmocka_unit_test(test_skipped),
        cmocka_unit_test(test_chatter),        cmocka_unit_test(test_recycled),
        cmocka_unit_test(test_does_not_start), cmocka_unit_test(test_timeout),
        cmocka_unit_test(test_warned_once),    cmocka_unit_test(test_nursery_killed),
        cmocka_unit_test(test_orphan_hangs),   cmocka_unit_test(test_no_descriptors),
    };
    g_log_set_writer_func(write_log, NULL, NULL);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    g_free(self);
    g_free(real_worker);
    return failed;
}
