/* serve.c - requests in, JSON and decoded bytes out. */
#include "parsers/serve.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sysexits.h>
#include <unistd.h>

#include "parsers/input.h"
#include "parsers/limits.h"
#include "parsers/sandbox.h"
#include "parsers/watch.h"

typedef struct Request {
    FactsRequest what;
    int mail, memfd; /* -1 if the daemon did not send one */
} Request;

/* Where decoded bytes go. */
typedef struct Handover {
    int memfd;
    guint64 used; /* bytes */
} Handover;

/* `at`: where in the file; -1 for a socket. */
static gboolean write_all(int fd, const void *data, gsize length, gint64 at)
{
    for (gsize done = 0; done < length;) {
        const char *p = (const char *)data + done;
        gssize n = at < 0 ? write(fd, p, length - done) : pwrite(fd, p, length - done, at + (gint64)done);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return FALSE;
        done += (gsize)n;
    }
    return TRUE;
}

/* Both at once: the length alone would wake the reader for nothing. */
static gboolean write_frame(const char *text)
{
    gsize length = strlen(text);
    guint32 head = GUINT32_TO_BE((guint32)length);
    struct iovec parts[] = {{&head, sizeof head}, {(void *)(guintptr)text, length}};
    gssize n = 0;
    do {
        n = writev(FACTS_WORKER_FD, parts, G_N_ELEMENTS(parts));
    } while (n < 0 && errno == EINTR);
    if (n < (gssize)sizeof head) return FALSE; /* on a socket that is empty, four bytes are never cut */
    gsize sent = (gsize)n - sizeof head;
    return write_all(FACTS_WORKER_FD, text + sent, length - sent, -1);
}

/* FALSE at the end of the socket. */
static gboolean read_request(Request *request)
{
    FactsRequest what;
    union {
        struct cmsghdr align;
        char space[CMSG_SPACE(2 * sizeof(int))];
    } control;
    struct iovec io = {&what, sizeof what};
    struct msghdr message = {
        .msg_iov = &io, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    gssize n = 0;
    do {
        n = recvmsg(FACTS_WORKER_FD, &message, MSG_CMSG_CLOEXEC | MSG_WAITALL);
    } while (n < 0 && errno == EINTR);
    if (n != sizeof what) return FALSE;
    struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    int fds[2] = {-1, -1};
    for (gsize i = 1; i <= G_N_ELEMENTS(fds); i++)
        if (head && head->cmsg_type == SCM_RIGHTS && head->cmsg_len == CMSG_LEN(i * sizeof *fds))
            memcpy(fds, CMSG_DATA(head), i * sizeof *fds);
    *request = (Request){what, fds[0], fds[1]};
    return TRUE;
}

/* Decoded bytes go one after the other; a write that fails leaves the attachment without bytes, and says so.
 */
static void hand_over(FactsAttachment *attachment, GBytes *bytes, gpointer data)
{
    Handover *handover = data;
    gsize length = 0;
    const char *p = g_bytes_get_data(bytes, &length);
    if (!write_all(handover->memfd, p, length, (gint64)handover->used)) {
        facts_add_problem(attachment->problems, "unreadable", "the bytes could not be handed over");
        return;
    }
    attachment->offset = (gint64)handover->used;
    handover->used += length;
}

/* See facts.h. If it cannot be written, a death costs all files instead of one. */
static void note(const char *sha256, gpointer data)
{
    static const char none[FACTS_SHA256_CHARS];
    const Handover *handover = data;
    (void)!pwrite(handover->memfd, sha256 ? sha256 : none, FACTS_SHA256_CHARS, 0);
}

/* Documents can hold more text than a reply may: better the files without their text than no mail. */
static void shed_text(GPtrArray *attachments)
{
    for (guint i = 0; i < attachments->len; i++) {
        FactsAttachment *attachment = g_ptr_array_index(attachments, i);
        if (*attachment->text || attachment->tables->len || attachment->children->len)
            facts_add_problem(attachment->problems, "too-large",
                              "the mail holds too much text; this file's was left out");
        g_free(attachment->text);
        attachment->text = g_strdup("");
        g_ptr_array_set_size(attachment->tables, 0);
        g_ptr_array_set_size(attachment->children, 0);
    }
}

/* How many attachments are in each other. */
static guint nesting(const GPtrArray *attachments)
{
    guint most = 0;
    for (guint i = 0; i < attachments->len; i++) {
        const FactsAttachment *attachment = g_ptr_array_index(attachments, i);
        most = MAX(most, 1 + nesting(attachment->children));
    }
    return most;
}

/* A reply that may be near a cap of the daemon's reader is tried on it first. */
static gboolean is_surely_accepted(const Facts *facts, gsize length)
{
    const guint levels = 2; /* of JSON: the object and the list of children */
    return length < MIN(LIMIT_REPLY_BYTES, LIMIT_JSON_VALUES) &&
           levels * nesting(facts->attachments) + 8 < LIMIT_JSON_DEPTH;
}

static char *reply_for(Facts *facts)
{
    char *json = facts_to_json(facts, FALSE);
    if (is_surely_accepted(facts, strlen(json))) return json; /* a value takes a byte at least */
    g_autoptr (Facts) check = facts_from_json(json, strlen(json), G_MAXINT64, NULL);
    if (check) return json;
    g_free(json);
    shed_text(facts->attachments);
    return facts_to_json(facts, FALSE);
}

static void close_it(int *fd)
{
    if (*fd >= 0) close(*fd);
    *fd = -1;
}

/* Before the reply: the daemon goes on with them, and what is done with here is not ours to tidy up behind
 * it. */
static void forget(Request *request)
{
    close_it(&request->mail);
    close_it(&request->memfd);
}

static gboolean answer(Request *request)
{
    Handover handover = {request->memfd, FACTS_SHA256_CHARS};
    watch_begin(&request->what, note, &handover);
    char sha256[FACTS_SHA256_CHARS + 1] = "";
    memcpy(sha256, request->what.sha256, FACTS_SHA256_CHARS);
    g_autoptr (Facts)
        facts = input_mail(request->mail, sha256, request->memfd < 0 ? NULL : hand_over, &handover);
    if (!facts) {
        fprintf(stderr, "baosong-parse: cannot read the mail: %s\n", strerror(errno));
        return FALSE;
    }
    g_autofree char *json = reply_for(facts);
    forget(request);
    return write_frame(json);
}

/* FALSE if the daemon is not there. */
static gboolean say_hello(const char *lacking)
{
    g_autofree char *hello = g_strconcat(FACTS_WORKER_HELLO, *lacking ? "\n" : "", lacking, NULL);
    return write_frame(hello);
}

int serve_mails(void)
{
    const SandboxPlan plan = {.worker = TRUE, .keep = FACTS_WORKER_FD};
    g_autoptr (GString) lacking = g_string_new(NULL);
    if (!sandbox_enter(&plan, lacking)) return EX_OSERR;
    if (!say_hello(lacking->str)) return EX_USAGE;
    Request request;
    while (read_request(&request)) {
        gboolean answered = answer(&request);
        forget(&request);
        if (!answered) return EX_IOERR;
    }
    return EX_OK;
}
