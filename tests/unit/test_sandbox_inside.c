/* Behind the walls: what is forgotten, what still works, and kernels that have fewer of them. The plain build
 * only. */
#include "tests/unit/sandbox_fixture.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <seccomp.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "parsers/charset.h"
#include "parsers/limits.h"

/* --- what it has forgotten -------------------------------------------------------------------- */

static char *secret; /* where the environment had it */
static int secret_fd;

static const char *forgotten_inside(gconstpointer data)
{
    char byte;
    if (getenv("BAOSONG_SECRET")) return "the environment is there";
    if (*secret) return "the text of the environment is there";
    if (read(secret_fd, &byte, 1) >= 0 || errno != EBADF) return "a descriptor is open";
    struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
    return syscall(SYS_capget, &head, NULL) == 0 ? "capget" : NULL;
}

static void test_forgotten(void **state)
{
    static char entry[] = "BAOSONG_SECRET=hunter2";
    putenv(entry);
    secret = entry + strlen("BAOSONG_SECRET=");
    secret_fd = open(file, O_RDONLY | O_CLOEXEC);
    assert_true(secret_fd > 2);
    good(ALL, "secrets", forgotten_inside, NULL);
    close(secret_fd);
    unsetenv("BAOSONG_SECRET");
}

/* --- what must go on -------------------------------------------------------------------------- */

/* Charsets that mime_init() did not warm: their modules are loaded inside. */
static const char *charsets_inside(gconstpointer data)
{
    static const struct {
        const char *label, *bytes, *text;
    } texts[] = {
        {"gb18030", "\xB1\xA8\xCB\xCD\x81\x30\x81\x30", "报送\xC2\x80"},
        {"big5", "\xB3\xF8\xB0\x65", "報送"},
        {"hz-gb-2312", "~{1(KM~}", "报送"},
        {"iso-2022-kr", "\x1B$)C\x0E\x30\x21\x0F", "가"},
        {"euc-tw", "\xC4\xA1", "一"},
        {"koi8-r", "\xC1", "а"},
        {"utf-7", "+YqWQAQ-", "报送"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autofree char *text = charset_to_utf8(texts[i].bytes, strlen(texts[i].bytes), texts[i].label, NULL);
        if (strcmp(text, texts[i].text) != 0) return texts[i].label;
    }
    return NULL;
}

static const char *folders_inside(gconstpointer data)
{
    const char *const *folders = data;
    for (; *folders; folders++) {
        errno = 0;
        g_autoptr (GDir) dir = g_dir_open(*folders, 0, NULL);
        if (!dir && errno != ENOENT) return *folders;
    }
    return NULL;
}

static const char *memory_inside(gconstpointer data)
{
    char *some = malloc(200 << 20);
    if (!some) return "200 MiB are too much";
    memset(some, 1, 200 << 20);
    char *volatile too_much = malloc(LIMIT_WORKER_MEMORY);
    const char *fault = too_much ? "more than the limit is to be had" : NULL;
    free(too_much);
    free(some);
    return fault;
}

static int by_bytes(const void *a, const void *b)
{
    return memcmp(a, b, 16);
}

static const char *itself_inside(gconstpointer data)
{
    GArray *many = g_array_new(FALSE, TRUE, 16);
    g_array_set_size(many, 100000);
    qsort(many->data, many->len, 16, by_bytes); /* asks how much memory there is */
    g_array_unref(many);
    g_autoptr (GDateTime) now = g_date_time_new_now_utc();
    if (g_date_time_get_year(now) < 2000) return "no clock";
    struct rlimit cpu;
    sandbox_grant_cpu(LIMIT_WORKER_CPU_SECONDS);
    if (getrlimit(RLIMIT_CPU, &cpu) != 0 || cpu.rlim_cur > LIMIT_WORKER_CPU_SECONDS + 10)
        return "no limit of CPU";
    return NULL;
}

static void test_goes_on(void **state)
{
    static const char *const folders[] = {"/usr/share/fonts", "/etc/fonts", "/usr/share/poppler",
                                          "/var/cache/fontconfig", NULL};
    good(ALL, "charsets", charsets_inside, NULL);
    good(ALL, "folders", folders_inside, folders);
    good(ALL, "memory", memory_inside, NULL);
    good(ALL, "itself", itself_inside, NULL);
}

/* abort() must end it, by the signal that says so. */
static const char *abort_inside(gconstpointer data)
{
    abort();
}

static void test_abort(void **state)
{
    g_autofree char *fault = behind(ALL, abort_inside, NULL);
    if (!fault) skip();
    assert_string_equal(fault, "died of signal 6");
}

/* What a worker hands over is capped, whatever it does. */
static const char *flood_inside(gconstpointer data)
{
    static char block[1 << 20];
    for (guint i = 0; i <= LIMIT_HANDOVER_BYTES / sizeof block; i++)
        if (write(STDIN_FILENO, block, sizeof block) != sizeof block)
            return errno == EFBIG && i == LIMIT_HANDOVER_BYTES / sizeof block ? NULL : strerror(errno);
    return "there is no end";
}

static void test_memfd(void **state)
{
    int saved = dup(STDIN_FILENO), memfd = memfd_create("decoded", MFD_CLOEXEC);
    assert_true(dup2(memfd, STDIN_FILENO) == STDIN_FILENO);
    good(ALL, "a memfd", flood_inside, NULL);
    struct stat st;
    assert_int_equal(fstat(memfd, &st), 0);
    assert_int_equal(st.st_size, LIMIT_HANDOVER_BYTES);
    dup2(saved, STDIN_FILENO);
    close(saved);
    close(memfd);
}

/* --- --save ----------------------------------------------------------------------------------- */

static const char *save_inside(gconstpointer data)
{
    g_autofree char *fresh = g_build_filename(folder, "new", NULL),
                    *other = g_strconcat(folder, "-breakout", NULL);
    const int new_file = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    int fd = open(fresh, new_file, 0600);
    if (fd < 0 || write(fd, "x", 1) != 1) return "a new file cannot be made";
    if (refused(open(fresh, O_WRONLY))) return "a file that is there can be written";
    if (refused(open(fresh, O_RDWR | O_CREAT, 0600))) return "a file that is there can be written, or made";
    if (refused(open(fresh, O_RDONLY))) return "a file can be read";
    if (refused(open(other, new_file, 0600))) return "a new file can be made elsewhere";
    if (refused(unlink(fresh)) || refused(rename(fresh, file)) || refused(truncate(fresh, 0)))
        return "a file can be changed";
    return refused(mkdir(other, 0700));
}

static void test_save(void **state)
{
    good(SAVING, "--save", save_inside, NULL);
    g_autofree char *fresh = g_build_filename(folder, "new", NULL);
    g_unlink(fresh);
}

/* --- a kernel that has less ------------------------------------------------------------------- */

/* Lacking Landlock, or seccomp, or both: the reader goes on, and says so. */
static void lack(gboolean landlock, gboolean seccomp)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    const struct scmp_arg_cmp installing = {0, SCMP_CMP_EQ, PR_SET_SECCOMP, 0};
    if (landlock) seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(landlock_create_ruleset), 0);
    if (seccomp) seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(seccomp), 0);
    if (seccomp) seccomp_rule_add_array(filter, SCMP_ACT_ERRNO(EINVAL), SCMP_SYS(prctl), 1, &installing);
    if (seccomp_load(filter) != 0) _exit(77);
    seccomp_release(filter);
}

static void test_lacking(void **state)
{
    for (guint i = 0; i < 3; i++) {
        gboolean landlock = i != 1, seccomp = i != 0;
        pid_t child = fork();
        if (child == 0) {
            const SandboxPlan plan = {.keep = -1};
            g_autoptr (GString) lacking = g_string_new(NULL);
            lack(landlock, seccomp);
            if (!sandbox_enter(&plan, lacking)) _exit(1);
            if ((strstr(lacking->str, "Landlock") != NULL) != landlock) _exit(2);
            if ((strstr(lacking->str, "seccomp") != NULL) != seccomp) _exit(3);
            _exit(strchr(lacking->str, '\n') ? 4 : 0);
        }
        int status = 0;
        assert_int_equal(waitpid(child, &status, 0), child);
        if (WIFEXITED(status) && WEXITSTATUS(status) == 77) skip();
        assert_int_equal(status, 0);
    }
}

/* --- one thread only -------------------------------------------------------------------------- */

/* Landlock shuts in the thread that asks for it. */
static void test_one_thread(void **state)
{
    g_autoptr (GDir) tasks = g_dir_open("/proc/self/task", 0, NULL);
    guint n = 0;
    while (g_dir_read_name(tasks)) n++;
    assert_int_equal(n, 1);
}

int main(void)
{
#ifdef BAOSONG_SANITIZE
    print_message("skipped: under sanitizers the walls have holes\n");
    return 0;
#endif
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_thread), cmocka_unit_test(test_forgotten), cmocka_unit_test(test_goes_on),
        cmocka_unit_test(test_abort),      cmocka_unit_test(test_memfd),     cmocka_unit_test(test_save),
        cmocka_unit_test(test_lacking),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
