/* sandbox_fixture.h - children that shut themselves in and then try something. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "parsers/mime.h"
#include "parsers/sandbox.h"
#include "parsers/sandbox_walls.h"

static char *folder; /* of this test, with a file in it */
static char *file;
static pid_t victim; /* another process of this user */

G_GNUC_UNUSED static const char *refused(long result)
{
    if (result == -1 && (errno == EPERM || errno == EACCES || errno == ENOSYS)) return NULL;
    return result == -1 ? strerror(errno) : "it went through";
}

typedef const char *(*Inside)(gconstpointer data); /* what is wrong, or NULL */

typedef enum Walls { ALL, ALONE, SAVING, ONLY_LANDLOCK, ONLY_SECCOMP } Walls;

static int channel = -1; /* what a child writes into: the one descriptor that it keeps */

static gboolean shut(Walls walls)
{
    const SandboxPlan plan = {
        .alone = walls == ALONE, .worker = TRUE, .keep = channel, .save = walls == SAVING ? folder : NULL};
    g_autoptr (GString) lacking = g_string_new(NULL);
    if (walls == ONLY_LANDLOCK)
        return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && sandbox_landlock(FALSE, NULL) == 0;
    if (walls == ONLY_SECCOMP) return sandbox_seccomp(FALSE, FALSE) == 0;
    return sandbox_enter(&plan, lacking) && lacking->len == 0;
}

/* Runs `inside` in a child behind the walls. Its fault, "" if none; NULL if the kernel lacks a wall. */
static char *behind(Walls walls, Inside inside, gconstpointer data)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        channel = ends[1];
        if (!shut(walls)) _exit(77);
        const char *fault = inside(data);
        if (fault && write(channel, fault, strlen(fault)) < 0) _exit(1);
        _exit(0);
    }
    close(ends[1]);
    char text[200] = "";
    gssize n = read(ends[0], text, sizeof text - 1);
    close(ends[0]);
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 77) return NULL;
    if (WIFSIGNALED(status)) return g_strdup_printf("died of signal %d", WTERMSIG(status));
    return g_strndup(text, (gsize)MAX(n, 0));
}

static void good(Walls walls, const char *what, Inside inside, gconstpointer data)
{
    g_autofree char *fault = behind(walls, inside, data);
    if (!fault) {
        print_message("this kernel lacks a wall\n");
        skip();
    }
    if (*fault) fail_msg("%s: %s", what, fault);
}

static int set_up(void **state)
{
    mime_init();
    folder = g_dir_make_tmp("sandbox-XXXXXX", NULL);
    file = g_build_filename(folder, "file", NULL);
    g_file_set_contents(file, "content", -1, NULL);
    victim = fork();
    if (victim == 0)
        while (TRUE) pause();
    return victim > 0 ? 0 : -1;
}

static int tear_down(void **state)
{
    kill(victim, SIGKILL);
    waitpid(victim, NULL, 0);
    g_unlink(file);
    g_rmdir(folder);
    g_free(file);
    g_free(folder);
    return 0;
}
