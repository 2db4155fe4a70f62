/* worker_process.c - starting, asking and burying baosong-parse. */
#include "daemon/net/worker_process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "parsers/facts.h"
#include "parsers/limits.h"

#define HEAD_BYTES 4     /* of a frame */
#define READ_BYTES 65536 /* asked for at once */

struct WorkerProcess {
    pid_t pid;      /* of the nursery; 0 once reaped */
    int nursery;    /* its socket, for sockets of readers; -1 once it was told to end */
    int socket;     /* of the reader */
    GByteArray *in; /* what was read of the next frame */
    gsize taken;    /* bytes at the start of `in` that the caller has seen */
};

#define PROCESS_ERROR (g_quark_from_static_string("worker-process"))

/* Nothing of the daemon's environment (credentials are in it), but what sanitizers and tests need to be told.
 */
static char **worker_environment(void)
{
    GStrvBuilder *builder = g_strv_builder_new();
    g_strv_builder_add(builder, "LC_ALL=C.UTF-8");
#ifdef BAOSONG_SANITIZE
    static const char *const KEPT[] = {"ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "G_DEBUG"};
    for (gsize i = 0; i < G_N_ELEMENTS(KEPT); i++) {
        if (!g_getenv(KEPT[i])) continue;
        g_autofree char *entry = g_strdup_printf("%s=%s", KEPT[i], g_getenv(KEPT[i]));
        g_strv_builder_add(builder, entry);
    }
#endif
    char **environment = g_strv_builder_end(builder);
    g_strv_builder_unref(builder);
    return environment;
}

/* 0 or an errno. */
static int spawn(const char *path, int theirs, pid_t *pid)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, theirs, FACTS_WORKER_FD);
    posix_spawn_file_actions_addclosefrom_np(&actions, FACTS_WORKER_FD + 1);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setflags(&attributes,
                             POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    char *const argv[] = {(char *)path, (char *)"--serve", NULL};
    g_auto(GStrv) environment = worker_environment();
    int fault = posix_spawn(pid, path, &actions, &attributes, argv, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return fault;
}

static void close_it(int *fd)
{
    if (*fd >= 0) close(*fd);
    *fd = -1;
}

/* All bytes with these descriptors, or FALSE and errno. */
static gboolean send_fds(int socket, const void *bytes, gsize length, const int *fds, gsize n_fds)
{
    union {
        struct cmsghdr align;
        char space[CMSG_SPACE(2 * sizeof *fds)];
    } control = {0};
    struct iovec io = {(void *)bytes, length};
    struct msghdr message = {.msg_iov = &io,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = CMSG_SPACE(n_fds * sizeof *fds)};
    struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(n_fds * sizeof *fds);
    memcpy(CMSG_DATA(head), fds, n_fds * sizeof *fds);
    gssize n = 0;
    do {
        n = sendmsg(socket, &message, MSG_NOSIGNAL);
    } while (n < 0 && errno == EINTR);
    return n == (gssize)length;
}

gboolean worker_process_renew(WorkerProcess *process)
{
    int ends[2] = {-1, -1};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return FALSE;
    gboolean sent = send_fds(process->nursery, "", 1, &ends[1], 1);
    int fault = errno;
    close(ends[1]);
    close_it(&process->socket);
    process->socket = ends[0];
    g_byte_array_set_size(process->in, 0); /* what the reader before it said last */
    process->taken = 0;
    errno = fault;
    return sent;
}

WorkerProcess *worker_process_new(const char *path, GError **error)
{
    int ends[2] = {-1, -1};
    WorkerProcess *process = g_new0(WorkerProcess, 1);
    process->socket = -1;
    process->in = g_byte_array_new();
    int fault = socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0 ? 0 : errno;
    process->nursery = ends[0];
    if (fault == 0) fault = spawn(path, ends[1], &process->pid);
    close_it(&ends[1]);
    if (fault == 0 && !worker_process_renew(process)) fault = errno;
    if (fault == 0) return process;
    g_set_error(error, PROCESS_ERROR, 0, "%s", g_strerror(fault));
    worker_process_free(process);
    return NULL;
}

/* The nursery ends as its reader has ended, or ends it; which takes a moment. What waitpid() returns: 0 if it
 * takes longer than that. A nursery that was killed left its reader behind: while it is not reaped the group
 * is ours. */
static pid_t end(WorkerProcess *process, int *status)
{
    siginfo_t info = {0};
    close_it(&process->nursery);
    for (guint waited = 0; info.si_pid == 0 && waited < 100; waited++) {
        if (waitid(P_PID, (id_t)process->pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0) break;
        if (info.si_pid == 0) g_usleep(1000);
    }
    if (info.si_pid == process->pid) kill(-process->pid, SIGKILL);
    pid_t got = waitpid(process->pid, status, WNOHANG);
    if (got == process->pid) process->pid = 0;
    return got;
}

void worker_process_free(WorkerProcess *process)
{
    int status = 0;
    if (!process) return;
    close_it(&process->socket);
    if (process->pid > 0 && end(process, &status) == 0) {
        kill(-process->pid, SIGKILL); /* its reader, too */
        while (waitpid(process->pid, NULL, 0) < 0 && errno == EINTR) continue;
    }
    g_byte_array_unref(process->in);
    g_free(process);
}

int worker_process_fd(const WorkerProcess *process)
{
    return process->socket;
}

gboolean worker_process_request(WorkerProcess *process, const FactsRequest *request, int mail, int memfd)
{
    const int fds[2] = {mail, memfd};
    return send_fds(process->socket, request, sizeof *request, fds, G_N_ELEMENTS(fds));
}

/* The length that the frame at the start of `in` announces; G_MAXSIZE while its head is not complete. */
static gsize announced(const WorkerProcess *process)
{
    guint32 head = 0;
    if (process->in->len < HEAD_BYTES) return G_MAXSIZE;
    memcpy(&head, process->in->data, HEAD_BYTES);
    return GUINT32_FROM_BE(head);
}

WorkerProcessState worker_process_read(WorkerProcess *process, const char **frame, gsize *length)
{
    g_byte_array_remove_range(process->in, 0, (guint)process->taken);
    process->taken = 0;
    for (;;) {
        gsize size = announced(process);
        if (size != G_MAXSIZE && size > LIMIT_REPLY_BYTES) return WORKER_PROCESS_BAD;
        if (size != G_MAXSIZE && process->in->len >= size + HEAD_BYTES) {
            *frame = (const char *)process->in->data + HEAD_BYTES;
            *length = size;
            process->taken = size + HEAD_BYTES;
            return WORKER_PROCESS_FRAME;
        }
        guint have = process->in->len;
        g_byte_array_set_size(process->in, have + READ_BYTES);
        gssize n = recv(process->socket, process->in->data + have, READ_BYTES, MSG_DONTWAIT);
        int fault = errno;
        g_byte_array_set_size(process->in, have + (guint)MAX(n, 0));
        if (n < 0 && fault == EINTR) continue;
        if (n < 0 && (fault == EAGAIN || fault == EWOULDBLOCK)) return WORKER_PROCESS_MORE;
        if (n <= 0) return WORKER_PROCESS_GONE;
    }
}

char *worker_process_epitaph(WorkerProcess *process)
{
    int status = 0;
    if (end(process, &status) <= 0) return g_strdup("the worker closed its socket");
    if (WIFSIGNALED(status))
        return g_strdup_printf("the worker died of signal %d (%s)", WTERMSIG(status),
                               g_strsignal(WTERMSIG(status)));
    return g_strdup_printf("the worker ended with status %d", WEXITSTATUS(status));
}
