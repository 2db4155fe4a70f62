/* nursery.c - fresh readers, one after the other, from a process that has looked at nothing.
 *
 * A reader that has seen two hundred strangers' mails is not trusted with more. Starting the program anew
 * takes longer than many mails; so this process loads it once, and forks.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "parsers/facts.h"
#include "parsers/mime.h"
#include "parsers/serve.h"

/* The next reader's socket; -1 at the end. */
static int receive_socket(void)
{
    char byte;
    union {
        struct cmsghdr align;
        char space[CMSG_SPACE(sizeof(int))];
    } control;
    struct iovec io = {&byte, sizeof byte};
    struct msghdr message = {
        .msg_iov = &io, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    gssize n = 0;
    do {
        n = recvmsg(FACTS_WORKER_FD, &message, MSG_CMSG_CLOEXEC);
    } while (n < 0 && errno == EINTR);
    if (n < 0) fprintf(stderr, "baosong-parse: --serve is for baosongd: %s\n", strerror(errno));
    struct cmsghdr *head = n > 0 ? CMSG_FIRSTHDR(&message) : NULL;
    int socket = -1;
    if (head && head->cmsg_type == SCM_RIGHTS && head->cmsg_len == CMSG_LEN(sizeof socket))
        memcpy(&socket, CMSG_DATA(head), sizeof socket);
    return socket;
}

static G_NORETURN void be_reader(int socket)
{
    int status = dup2(socket, FACTS_WORKER_FD) < 0 ? EX_OSERR : serve_mails(); /* which closes all others */
#ifdef BAOSONG_SANITIZE
    exit(status); /* leaks are looked for */
#endif
    _exit(status); /* fifty libraries need not tidy up */
}

/* How it ended; it is told to, if it has not yet. */
static int end_reader(pid_t reader)
{
    int status = 0;
    kill(reader, SIGKILL);
    while (waitpid(reader, &status, 0) < 0 && errno == EINTR) continue;
    return status;
}

/* Where memory runs out, the machine's or the unit's, a reader goes, who is replaced, and not the daemon. */
static void go_first(void)
{
    int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    ssize_t written = fd >= 0 ? write(fd, "500", 3) : -1;
    (void)written; /* without /proc the larger one goes */
    if (fd >= 0) close(fd);
}

int serve(void)
{
    pid_t reader = 0;
    int socket = -1, status = 0;
    go_first(); /* who is not dumpable may not */
    /* It dies with the daemon, and leaves no memory behind when it dies of what a reader died of. */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_DUMPABLE, 0);
    mime_init();
    while ((socket = receive_socket()) >= 0) {
        if (reader > 0) end_reader(reader);
        reader = fork();
        if (reader == 0) be_reader(socket);
        close(socket);
        if (reader < 0) return EX_OSERR;
    }
    if (reader == 0) return EX_USAGE;
    status = end_reader(reader);
    if (WIFEXITED(status)) return WEXITSTATUS(status);
    signal(WTERMSIG(status), SIG_DFL);
    raise(WTERMSIG(status));
    return EX_SOFTWARE;
}
