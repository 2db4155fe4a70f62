#include "config/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    SECRET_MAX = 4096,  /* bytes */
    TOKEN_SECONDS = 60, /* what a token_command may take */
    LINGER_SECONDS = 5, /* and how long after it closed its output */
    LOOK_USEC = 20000,
};

void secret_warn_if_open(const Secret *secret)
{
    struct stat file;
    if (!*secret->file || stat(secret->file, &file) != 0 || !S_ISREG(file.st_mode) ||
        (file.st_mode & 027) == 0)
        return;
    g_warning("%s holds a secret but has mode %04o; run: chmod 0600 %s", secret->file,
              (guint)file.st_mode & 07777u, secret->file);
}

int secret_file_code(GFileError why)
{
    static const GFileError passing[] = {G_FILE_ERROR_MFILE, G_FILE_ERROR_NFILE, G_FILE_ERROR_NOMEM,
                                         G_FILE_ERROR_AGAIN, G_FILE_ERROR_INTR,  G_FILE_ERROR_IO};
    for (guint i = 0; i < G_N_ELEMENTS(passing); i++)
        if (passing[i] == why) return CONFIG_ERROR_PASSING;
    return CONFIG_ERROR_FILE;
}

static gboolean fail(GError **error, const char *path, const char *what)
{
    g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_FILE, "%s: %s", path, what);
    return FALSE;
}

static gboolean fail_to_read(GError **error, const char *path, int number)
{
    g_set_error(error, CONFIG_ERROR, secret_file_code(g_file_error_from_errno(number)), "%s: %s", path,
                g_strerror(number));
    return FALSE;
}

/* Reads at most SECRET_MAX bytes; errno 0 means too long. */
static gssize read_all(const char *path, char *buffer)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0) return -1;
    gssize length = 0, more = 1;
    while (more > 0 && length <= SECRET_MAX) {
        more = read(fd, buffer + length, (gsize)(SECRET_MAX + 1 - length));
        if (more < 0 && errno == EINTR)
            more = 1;
        else if (more > 0)
            length += more;
    }
    int failed = more < 0 ? errno : 0;
    close(fd);
    errno = failed;
    return failed || length > SECRET_MAX ? -1 : length;
}

/* The one line in the buffer, without BOM and line break; NULL if there are more. */
static char *one_line(char *buffer)
{
    char *start = g_str_has_prefix(buffer, "\xEF\xBB\xBF") ? buffer + 3 : buffer;
    gsize end = strlen(start);
    while (end > 0 && (start[end - 1] == '\n' || start[end - 1] == '\r')) start[--end] = '\0';
    return strpbrk(start, "\r\n") ? NULL : start;
}

static gboolean read_secret(const char *path, gboolean may_lack, char **secret, GError **error)
{
    char buffer[SECRET_MAX + 1];
    gssize length = read_all(path, buffer);
    if (length < 0 && may_lack && errno == ENOENT) return TRUE;
    if (length < 0 && errno) return fail_to_read(error, path, errno);
    if (length < 0) return fail(error, path, "longer than a secret can be (4096 bytes)");
    gboolean nul = memchr(buffer, '\0', (gsize)length) != NULL;
    buffer[length] = '\0';
    char *line = one_line(buffer);
    gboolean right = FALSE;
    if (nul)
        fail(error, path, "holds NUL bytes; a secret is one line of text");
    else if (!line)
        fail(error, path, "has several lines; it must hold the secret and nothing else");
    else if (!*line && !may_lack)
        fail(error, path, "is empty; write the secret into it, on one line");
    else
        right = TRUE;
    if (right && *line) *secret = g_strdup(line);
    if (right && *line && (g_ascii_isspace(line[0]) || g_ascii_isspace(line[strlen(line) - 1])))
        g_warning(
            "%s: the secret begins or ends with a blank, which is taken along; if the login is refused, take "
            "it away",
            path);
    explicit_bzero(buffer, sizeof buffer);
    return right;
}

char *config_secret(const Secret *secret, GError **error)
{
    char *value = NULL;
    if (*secret->file) {
        read_secret(secret->file, FALSE, &value, error);
        return value;
    }
    const char *folder = g_getenv("CREDENTIALS_DIRECTORY");
    if (!folder || !*folder || !*secret->credential) return NULL;
    g_autofree char *path = g_build_filename(folder, secret->credential, NULL);
    read_secret(path, TRUE, &value, error);
    return value;
}

/* --- commands --------------------------------------------------------------------------------- */

/* Whether it lies in the command itself; else in the machine: no process, pipe or memory left just now. */
static gboolean cannot_be_run(const GError *error)
{
    return error->domain == G_SHELL_ERROR ||
           (error->domain == G_SPAWN_ERROR && error->code != G_SPAWN_ERROR_FORK &&
            error->code != G_SPAWN_ERROR_FAILED && error->code != G_SPAWN_ERROR_NOMEM &&
            error->code != G_SPAWN_ERROR_MFILE && error->code != G_SPAWN_ERROR_NFILE &&
            error->code != G_SPAWN_ERROR_IO);
}

static gboolean spawn(const char *command, GPid *child, int *out, GError **error)
{
    g_auto(GStrv) argv = NULL;
    g_autoptr (GError) local = NULL;
    GSpawnFlags flags = G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_SEARCH_PATH | G_SPAWN_CLOEXEC_PIPES;
    if (g_shell_parse_argv(command, NULL, &argv, &local) &&
        g_spawn_async_with_pipes(NULL, argv, NULL, flags, NULL, NULL, child, NULL, out, NULL, &local))
        return TRUE;
    g_set_error(error, CONFIG_ERROR, cannot_be_run(local) ? CONFIG_ERROR_FILE : CONFIG_ERROR_TOKEN,
                "token_command cannot be run: %s", local->message);
    return FALSE;
}

/* What it prints until it closes its output; -1 = too long, or too slow. */
static gssize read_output(int out, char *buffer)
{
    gint64 end = g_get_monotonic_time() + TOKEN_SECONDS * G_USEC_PER_SEC;
    gssize length = 0;
    while (length <= SECRET_MAX) {
        gint64 left = (end - g_get_monotonic_time()) / 1000;
        struct pollfd fd = {.fd = out, .events = POLLIN};
        int ready = left > 0 ? poll(&fd, 1, (int)left) : 0;
        if (ready == 0) return -1;
        gssize more = ready > 0 ? read(out, buffer + length, (gsize)(SECRET_MAX + 1 - length)) : -1;
        if (more == 0) return length;
        if (more < 0 && errno != EINTR) return -1;
        length += MAX(more, 0);
    }
    return -1;
}

/* Its exit status, or -1; one that will not end is killed, for a stop must not wait for it. */
static int reap(GPid child, gboolean in_time)
{
    gint64 end = g_get_monotonic_time() + (in_time ? LINGER_SECONDS * G_USEC_PER_SEC : 0);
    int status = -1;
    pid_t ended = waitpid(child, &status, WNOHANG);
    for (; ended == 0 && g_get_monotonic_time() < end; ended = waitpid(child, &status, WNOHANG))
        g_usleep(LOOK_USEC);
    if (ended == 0) {
        kill(child, SIGKILL);
        while ((ended = waitpid(child, &status, 0)) < 0 && errno == EINTR)
            ;
    }
    g_spawn_close_pid(child);
    return ended == child && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

char *config_token(const Secret *secret, GError **error)
{
    GPid child;
    int out;
    if (!spawn(secret->command, &child, &out, error)) return NULL;
    char buffer[SECRET_MAX + 1];
    gssize length = read_output(out, buffer);
    close(out);
    int status = reap(child, length >= 0);
    gsize end = 0;
    while (length > 0 && end < (gsize)length && !strchr("\r\n", buffer[end])) end++; /* a NUL ends it too */
    const char *fault = length < 0 ? "printed nothing that could be a token within a minute; run it by hand"
                        : status != 0
                            ? "failed; if it goes on so, run it by hand as the daemon's user to see why"
                        : end == 0 ? "printed no token; it must print an access token on the first line"
                                   : NULL;
    char *token = fault ? NULL : g_strndup(buffer, end);
    if (fault) g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_TOKEN, "token_command %s", fault);
    explicit_bzero(buffer, sizeof buffer);
    return token;
}
