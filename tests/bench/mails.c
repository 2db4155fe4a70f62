/* mails.c - how long the worker takes for a batch of mails, and how long GMime alone takes for the same
 * decode.
 *
 *   mails reader KIND FILE...          baosong-parse's readers in this process, to JSON
 *   mails worker PARSER KIND FILE...   through baosong-parse --serve, as the daemon asks it; KIND is r (the
 * whole mail, documents included) or k (files are decoded, not looked into) mails gmime FILE... subject,
 * addresses, date, the text of the body in UTF-8, the decoded bytes of each part with their SHA-256, and that
 * of the mail
 *
 * Prints mails, bytes that came out, seconds of CPU (starting included) and the most memory in KiB of the
 * process that reads.
 */
#include <fcntl.h>
#include <gmime/gmime.h>
#include <nettle/sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "parsers/document.h"
#include "parsers/input.h"
#include "parsers/watch.h"

#define ROUND_MAILS 200 /* mails of one reader, as the daemon has it (LIMIT_WORKER_MAILS) */
#define AHEAD       3   /* mails that a reader has, of which it reads one: the daemon's number, too */

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static double cpu(const struct rusage *used)
{
    return (double)(used->ru_utime.tv_sec + used->ru_stime.tv_sec) +
           (double)(used->ru_utime.tv_usec + used->ru_stime.tv_usec) / 1e6;
}

/* --- GMime alone ------------------------------------------------------------------------------ */

static guint64 decoded;

static void read_file(GMimePart *part)
{
    GMimeStream *stream = g_mime_stream_mem_new();
    GMimeDataWrapper *content = g_mime_part_get_content(part);
    if (content) g_mime_data_wrapper_write_to_stream(content, stream);
    GByteArray *bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
    struct sha256_ctx sha256;
    uint8_t digest[SHA256_DIGEST_SIZE];
    sha256_init(&sha256);
    sha256_update(&sha256, bytes->len, bytes->data);
    sha256_digest(&sha256, sizeof digest, digest);
    decoded += bytes->len + (g_mime_part_get_filename(part) != NULL) + digest[0] % 2;
    g_object_unref(stream);
}

static void read_part(GMimeObject *parent, GMimeObject *part, gpointer data)
{
    if (GMIME_IS_TEXT_PART(part) && !g_mime_part_is_attachment(GMIME_PART(part))) {
        char *text = g_mime_text_part_get_text(GMIME_TEXT_PART(part));
        decoded += text ? strlen(text) : 0;
        g_free(text);
    }
    if (GMIME_IS_PART(part)) read_file(GMIME_PART(part));
}

static const char *const IDS[] = {"Message-ID", "In-Reply-To", "References"};
static const GMimeAddressType LISTS[] = {GMIME_ADDRESS_TYPE_FROM, GMIME_ADDRESS_TYPE_TO,
                                         GMIME_ADDRESS_TYPE_CC, GMIME_ADDRESS_TYPE_REPLY_TO};

static void read_ids(const char *header)
{
    GMimeReferences *list = header ? g_mime_references_parse(NULL, header) : NULL;
    for (int i = 0; list && i < g_mime_references_length(list); i++)
        decoded += strlen(g_mime_references_get_message_id(list, i));
    if (list) g_mime_references_free(list);
}

static void read_addresses(InternetAddressList *list)
{
    for (int i = 0; list && i < internet_address_list_length(list); i++) {
        InternetAddress *box = internet_address_list_get_address(list, i);
        const char *name = internet_address_get_name(box);
        decoded += name ? strlen(name) : 0;
        if (INTERNET_ADDRESS_IS_MAILBOX(box))
            decoded += internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(box)) != NULL;
    }
}

static void read_mail(GBytes *mail)
{
    gsize length;
    const char *data = g_bytes_get_data(mail, &length);
    uint8_t digest[SHA256_DIGEST_SIZE]; /* of the raw mail */
    struct sha256_ctx sha256;
    sha256_init(&sha256);
    sha256_update(&sha256, length, (const uint8_t *)data);
    sha256_digest(&sha256, sizeof digest, digest);
    GMimeStream *stream = g_mime_stream_mem_new_with_buffer(data, length);
    GMimeParser *parser = g_mime_parser_new_with_stream(stream);
    g_object_unref(stream);
    GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);
    g_object_unref(parser);
    if (!message) return;
    const char *subject = g_mime_message_get_subject(message);
    decoded += (subject ? strlen(subject) : 0) + (g_mime_message_get_date(message) != NULL);
    for (int i = 0; i < 3; i++) read_ids(g_mime_object_get_header(GMIME_OBJECT(message), IDS[i]));
    for (int i = 0; i < 4; i++) read_addresses(g_mime_message_get_addresses(message, LISTS[i]));
    g_mime_message_foreach(message, read_part, NULL);
    g_object_unref(message);
}

static int gmime(int count, char **paths)
{
    g_mime_init();
    for (int i = 0; i < count; i++) {
        char *data;
        gsize length;
        if (!g_file_get_contents(paths[i], &data, &length, NULL)) die(paths[i]);
        GBytes *mail = g_bytes_new_take(data, length);
        read_mail(mail);
        g_bytes_unref(mail);
    }
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    printf("%d %" G_GUINT64_FORMAT " %.4f %ld\n", count, decoded, cpu(&used), used.ru_maxrss);
    return 0;
}

/* --- our readers ------------------------------------------------------------------------------ */

static void forget(FactsAttachment *attachment, GBytes *bytes, gpointer data)
{
    decoded += g_bytes_get_size(bytes);
}

static int reader(char kind, int count, char **paths)
{
    mime_init();
    const FactsRequest what = {.kind = (FactsWorkerKind)kind};
    for (int i = 0; i < count; i++) {
        watch_begin(&what, NULL, NULL);
        int fd = open(paths[i], O_RDONLY | O_CLOEXEC);
        if (fd < 0) die(paths[i]);
        Facts *facts = input_mail(fd, NULL, forget, NULL);
        char *json = facts_to_json(facts, FALSE);
        decoded += strlen(json);
        g_free(json);
        facts_free(facts);
        close(fd);
    }
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    printf("%d %" G_GUINT64_FORMAT " %.4f %ld\n", count, decoded, cpu(&used), used.ru_maxrss);
    return 0;
}

/* --- the worker ------------------------------------------------------------------------------- */

static void send_fds(int socket, const void *bytes, gsize length, const int *fds, gsize n)
{
    union {
        struct cmsghdr align;
        char space[CMSG_SPACE(2 * sizeof(int))];
    } control = {.space = {0}};
    struct iovec io = {(void *)bytes, length};
    struct msghdr message = {.msg_iov = &io,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = CMSG_SPACE(n * sizeof *fds)};
    struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    *head = (struct cmsghdr){
        .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(n * sizeof *fds)};
    memcpy(CMSG_DATA(head), fds, n * sizeof *fds);
    if (sendmsg(socket, &message, 0) != (gssize)length) die("sendmsg");
}

static pid_t start_worker(const char *parser, int *nursery)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) die("socketpair");
    pid_t pid = fork();
    if (pid == 0) {
        if (pair[1] == 3)
            fcntl(3, F_SETFD, 0);
        else
            dup2(pair[1], 3);
        execl(parser, parser, "--serve", NULL);
        die(parser);
    }
    close(pair[1]);
    *nursery = pair[0];
    return pid;
}

/* The socket of a fresh reader. */
static int next_reader(int nursery)
{
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) die("socketpair");
    send_fds(nursery, "", 1, &pair[1], 1);
    close(pair[1]);
    return pair[0];
}

static gsize read_frame(int socket)
{
    static char buffer[1 << 20];
    guint32 head = 0;
    if (recv(socket, &head, sizeof head, MSG_WAITALL) != sizeof head) die("the worker is gone");
    gsize left = GUINT32_FROM_BE(head), length = left;
    while (left > 0) {
        gssize n = recv(socket, buffer, MIN(left, sizeof buffer), 0);
        if (n <= 0) die("the worker is gone");
        left -= (gsize)n;
    }
    return length;
}

static void ask(int socket, char kind, int mail, int memfd)
{
    FactsRequest what = {.kind = (FactsWorkerKind)kind};
    send_fds(socket, &what, sizeof what, (int[]){mail, memfd}, 2);
}

static int worker(const char *parser, char kind, int count, char **paths)
{
    guint64 bytes = 0;
    int nursery;
    pid_t pid = start_worker(parser, &nursery);
    for (int done = 0; done < count;) {
        int socket = next_reader(nursery);
        read_frame(socket);
        const int end = MIN(done + ROUND_MAILS, count);
        int memfds[ROUND_MAILS]; /* the daemon reads them when it has the reply */
        for (int given = done, first = done; done < end; done++) {
            for (; given < MIN(done + AHEAD, end); given++) {
                int mail = open(paths[given], O_RDONLY | O_CLOEXEC);
                int memfd = memfds[given - first] = memfd_create("decoded", MFD_CLOEXEC);
                if (mail < 0 || memfd < 0) die(paths[given]);
                ask(socket, kind, mail, memfd);
                close(mail);
            }
            bytes += read_frame(socket);
            close(memfds[done - first]);
        }
        close(socket);
    }
    close(nursery);
    waitpid(pid, NULL, 0);
    struct rusage used;
    getrusage(RUSAGE_CHILDREN, &used);
    printf("%d %" G_GUINT64_FORMAT " %.4f %ld\n", count, bytes, cpu(&used), used.ru_maxrss);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc > 4 && strcmp(argv[1], "worker") == 0) return worker(argv[2], *argv[3], argc - 4, argv + 4);
    if (argc > 3 && strcmp(argv[1], "reader") == 0) return reader(*argv[2], argc - 3, argv + 3);
    if (argc > 2 && strcmp(argv[1], "gmime") == 0) return gmime(argc - 2, argv + 2);
    fputs("usage: mails reader r|k FILE... | mails worker PARSER r|k FILE... | mails gmime FILE...\n",
          stderr);
    return 64;
}
