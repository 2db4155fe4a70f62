/* batch.c - several mails by hand. This process opens files and passes lines on; it looks into nothing. */
#include "parsers/batch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "parsers/facts.h"
#include "parsers/limits.h"
#include "parsers/mime.h"
#include "parsers/serve.h"

typedef struct Child {
    pid_t pid; /* 0: none */
    int socket;
    guint mails;
} Child;

static void stop(Child *child)
{
    if (child->pid == 0) return;
    close(child->socket);
    while (waitpid(child->pid, NULL, 0) < 0 && errno == EINTR) continue;
    *child = (Child){0, -1, 0};
}

static gboolean receive(int socket, void *buffer, gsize length)
{
    gssize n = 0;
    do {
        n = recv(socket, buffer, length, MSG_WAITALL);
    } while (n < 0 && errno == EINTR);
    return n == (gssize)length;
}

/* The text of the next frame, NULL if the child is gone. */
static char *read_frame(int socket)
{
    guint32 head = 0;
    if (!receive(socket, &head, sizeof head)) return NULL;
    gsize length = GUINT32_FROM_BE(head);
    if (length > LIMIT_REPLY_BYTES) return NULL;
    g_autofree char *text = g_malloc(length + 1);
    if (!receive(socket, text, length)) return NULL;
    text[length] = '\0';
    return g_steal_pointer(&text);
}

static gboolean start(Child *child)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) return FALSE;
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        if (pair[1] != FACTS_WORKER_FD && dup2(pair[1], FACTS_WORKER_FD) < 0) _exit(EX_OSERR);
        _exit(serve_mails()); /* which closes all other descriptors */
    }
    close(pair[1]);
    *child = (Child){MAX(pid, 0), pair[0], 0};
    g_autofree char *hello = pid > 0 ? read_frame(pair[0]) : NULL;
    if (!hello) {
        close(pair[0]);
        child->pid = 0;
    }
    return hello != NULL;
}

/* One request with the mail alone: its files are not handed over. */
static gboolean request(int socket, int mail)
{
    FactsRequest what = {.kind = FACTS_WORKER_READ};
    union {
        struct cmsghdr align;
        char space[CMSG_SPACE(sizeof(int))];
    } control = {.space = {0}};
    struct iovec io = {&what, sizeof what};
    struct msghdr message = {
        .msg_iov = &io, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(head), &mail, sizeof mail);
    gssize n = 0;
    do {
        n = sendmsg(socket, &message, MSG_NOSIGNAL);
    } while (n < 0 && errno == EINTR);
    return n == sizeof what;
}

/* What killed the child is read in one that prints its last words. */
static int read_alone(const char *path, int fd, int (*alone)(const char *path, int fd))
{
    fflush(stdout);
    if (lseek(fd, 0, SEEK_SET) != 0) return EX_NOINPUT;
    pid_t pid = fork();
    if (pid == 0) exit(alone(path, fd));
    int status = 0;
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR) continue;
    return pid > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : EX_OSERR;
}

static int read_one(Child *child, const char *path, int (*alone)(const char *path, int fd))
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        fprintf(stderr, "baosong-parse: %s: %s\n", path, strerror(errno));
        return EX_NOINPUT;
    }
    if (child->mails >= LIMIT_WORKER_MAILS) stop(child);
    int status = EX_OK;
    if (child->pid == 0 && !start(child)) {
        status = EX_OSERR;
    } else {
        child->mails++;
        g_autofree char *json = request(child->socket, fd) ? read_frame(child->socket) : NULL;
        if (!json) stop(child);
        if (!json)
            status = read_alone(path, fd, alone);
        else if (puts(json) == EOF)
            status = EX_IOERR;
    }
    close(fd);
    return status;
}

int batch_run(char **paths, int (*alone)(const char *path, int fd))
{
    Child child = {0, -1, 0};
    int worst = EX_OK;
    mime_init(); /* once: children inherit what is loaded */
    for (; *paths && worst != EX_IOERR && worst != EX_OSERR; paths++) {
        int status = read_one(&child, *paths, alone);
        if (status != EX_OK) worst = status;
    }
    stop(&child);
    return fflush(stdout) == 0 ? worst : EX_IOERR;
}
