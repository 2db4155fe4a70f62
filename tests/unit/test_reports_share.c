/* What staff find in the share when the daemon is forbidden what its unit forbids. */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/reports_season.h"

/* As RestrictSUIDSGID= does it: whoever asks for the set-group-ID bit is refused. */
static gboolean forbid_setgid(void)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_fchmod, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[1])),
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, S_ISGID, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {G_N_ELEMENTS(filter), filter};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

/* In a child, since that cannot be undone; with the unit's umask. */
static gboolean write_as_service(const Season *season, const char *share)
{
    ReportsPlace place = season->place;
    place.share = share;
    pid_t child = fork();
    if (child == 0) {
        umask(077);
        g_autoptr (GError) error = NULL;
        gboolean done =
            forbid_setgid() && reports_write_summary(season->config, &place, season->now, NULL, &error);
        if (error) g_printerr("%s\n", error->message);
        _exit(done ? EXIT_SUCCESS : EXIT_FAILURE);
    }
    int status = -1;
    return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

static void assert_mode(const char *folder, const char *name, mode_t mode)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    struct stat found;
    assert_int_equal(stat(path, &found), 0);
    assert_int_equal(found.st_mode & 07777, mode);
}

static void assert_modes(const char *share, mode_t folders)
{
    assert_mode(share, "", folders);
    assert_mode(share, "附件", folders);
    assert_mode(share, "附件/CX2014-010 总结材料", folders);
    assert_mode(share, "附件/CX2014-010 总结材料/_CON.docx", 0640);
    assert_mode(share, REPORTS_SUMMARY, 0640);
}

/* `install -d -m 2750`, as the manual says: what we make in it is of its group, and the group can open it. */
static void test_folder_of_administrator(void **state)
{
    Season *season = *state;
    g_autofree char *share = g_build_filename(season->dir, "administrator", NULL);
    assert_int_equal(mkdir(share, 0750), 0);
    assert_int_equal(chmod(share, 02750), 0);
    assert_true(write_as_service(season, share));
    assert_modes(share, 02750);
}

static void test_folder_of_ours(void **state)
{
    Season *season = *state;
    g_autofree char *share = g_build_filename(season->dir, "ours", NULL);
    assert_true(write_as_service(season, share));
    assert_modes(share, 0750);
}

static int begin(void **state)
{
    *state = season_new();
    return 0;
}

static int end(void **state)
{
    season_free(*state, FALSE);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_folder_of_administrator, begin, end),
        cmocka_unit_test_setup_teardown(test_folder_of_ours, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
