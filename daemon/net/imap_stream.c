/* imap_stream.c - a mailstream_low driver over curl_easy_recv and curl_easy_send. */
#include "daemon/net/imap_stream.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/net/imap_guard.h"
#include "daemon/net/net.h"

/* One TLS record. Literals larger than this are read by libetpan straight into their place. */
#define BUFFER_BYTES (16u << 10)
#define LINE_BYTES   (64u << 10)

static const char greeting[] = "* PREAUTH logged in\r\n";

struct ImapStream {
    CURL *handle;
    char *name;
    int fd;
    mailstream *etpan;
    ImapGuard guard;
    gint64 deadline; /* monotonic microseconds */
    guint seconds;   /* of the deadline, for its message */
    GError *error;
    gsize greeted;   /* bytes of the greeting already given */
    GString *passed; /* by the guard, and not read yet from `taken` on */
    gsize taken;
    GString *line; /* what imap_stream_read_line has of the next lines */
};

void imap_stream_fail(ImapStream *stream, int code, const char *message)
{
    if (stream->error == NULL) g_set_error(&stream->error, NET_ERROR, code, "%s: %s", stream->name, message);
}

/* Waits for the socket until the deadline. */
static gboolean wait_for(ImapStream *stream, short events)
{
    for (;;) {
        gint64 left = (stream->deadline - g_get_monotonic_time()) / 1000;
        if (left <= 0) {
            g_autofree char *message =
                g_strdup_printf("no complete answer within %u seconds", stream->seconds);
            imap_stream_fail(stream, NET_ERROR_TIMEOUT, message);
            return FALSE;
        }
        struct pollfd fd = {.fd = stream->fd, .events = events};
        int ready = poll(&fd, 1, (int)MIN(left, 60000));
        if (ready > 0) return TRUE;
        if (ready < 0 && errno != EINTR) {
            imap_stream_fail(stream, NET_ERROR_CLOSED, g_strerror(errno));
            return FALSE;
        }
    }
}

/* What the guard let through. */
static gsize take_passed(ImapStream *stream, char *buffer, gsize size)
{
    gsize got = MIN(size, stream->passed->len - stream->taken);
    memcpy(buffer, stream->passed->str + stream->taken, got);
    stream->taken += got;
    if (stream->taken < stream->passed->len) return got;
    g_string_truncate(stream->passed, 0);
    stream->taken = 0;
    return got;
}

/* What can be read without waiting; 0 = nothing now, -1 = failed. */
static gssize receive_now(ImapStream *stream, char *buffer, gsize size)
{
    gsize got = 0;
    while (stream->error == NULL && (got = take_passed(stream, buffer, size)) == 0) {
        CURLcode code = curl_easy_recv(stream->handle, buffer, size, &got);
        if (code == CURLE_AGAIN) return 0;
        if (code != CURLE_OK || got == 0) {
            imap_stream_fail(stream, NET_ERROR_CLOSED,
                             code == CURLE_OK ? "the server closed the connection"
                                              : "the connection broke off");
            return -1;
        }
        g_autoptr (GError) error = NULL;
        if (!imap_guard_feed(&stream->guard, buffer, got, stream->passed, &error))
            imap_stream_fail(stream, error->code, error->message);
    }
    return stream->error == NULL ? (gssize)got : -1;
}

/* At end of file -1, never 0: libetpan would wait for the rest of a literal for ever. */
static gssize receive(ImapStream *stream, char *buffer, gsize size)
{
    if (g_get_monotonic_time() >= stream->deadline && stream->error == NULL) (void)wait_for(stream, POLLIN);
    for (;;) {
        gssize got = receive_now(stream, buffer, size);
        if (got != 0) return got;
        if (!wait_for(stream, POLLIN)) return -1;
    }
}

/* --- the driver ------------------------------------------------------------------------------- */

static ssize_t low_read(mailstream_low *low, void *buffer, size_t size)
{
    ImapStream *stream = low->data;
    gsize left = sizeof greeting - 1 - stream->greeted;
    if (left == 0) return receive(stream, buffer, size);
    left = MIN(left, size);
    memcpy(buffer, greeting + stream->greeted, left);
    stream->greeted += left;
    return (ssize_t)left;
}

static ssize_t low_write(mailstream_low *low, const void *buffer, size_t size)
{
    ImapStream *stream = low->data;
    while (stream->error == NULL) {
        size_t sent = 0;
        CURLcode code = curl_easy_send(stream->handle, buffer, size, &sent);
        if (code == CURLE_OK) return (ssize_t)sent;
        if (code != CURLE_AGAIN)
            imap_stream_fail(stream, NET_ERROR_CLOSED, "the connection broke off");
        else
            (void)wait_for(stream, POLLOUT);
    }
    return -1;
}

static int low_close(mailstream_low *low)
{
    return 0; /* the connection belongs to libcurl and ends with imap_stream_free */
}

static int low_get_fd(mailstream_low *low)
{
    return ((ImapStream *)low->data)->fd;
}

static void low_free(mailstream_low *low)
{
    free(low); /* libetpan's malloc */
}

static void low_cancel(mailstream_low *low)
{
}

static struct mailstream_cancel *low_get_cancel(mailstream_low *low)
{
    return NULL;
}

static carray *low_get_certificates(mailstream_low *low)
{
    return NULL;
}

static mailstream_low_driver driver = {
    .mailstream_read = low_read,
    .mailstream_write = low_write,
    .mailstream_close = low_close,
    .mailstream_get_fd = low_get_fd,
    .mailstream_free = low_free,
    .mailstream_cancel = low_cancel,
    .mailstream_get_cancel = low_get_cancel,
    .mailstream_get_certificate_chain = low_get_certificates,
};

/* --- for the session -------------------------------------------------------------------------- */

ImapStream *imap_stream_new(CURL *handle, const char *name)
{
    ImapStream *stream = g_new0(ImapStream, 1);
    stream->handle = handle;
    stream->name = g_strdup(name);
    stream->line = g_string_new(NULL);
    stream->passed = g_string_new(NULL);
    curl_socket_t fd = CURL_SOCKET_BAD;
    curl_easy_getinfo(handle, CURLINFO_ACTIVESOCKET, &fd);
    stream->fd = fd;
    stream->etpan = mailstream_new(mailstream_low_new(stream, &driver), BUFFER_BYTES);
    return stream;
}

void imap_stream_free(ImapStream *stream)
{
    if (stream == NULL) return;
    mailstream_close(stream->etpan);
    curl_easy_cleanup(stream->handle);
    g_string_free(stream->line, TRUE);
    g_string_free(stream->passed, TRUE);
    imap_guard_clear(&stream->guard);
    g_clear_error(&stream->error);
    g_free(stream->name);
    g_free(stream);
}

mailstream *imap_stream_etpan(ImapStream *stream)
{
    return stream->etpan;
}

void imap_stream_begin(ImapStream *stream, guint64 asked, guint seconds)
{
    imap_guard_begin(&stream->guard, asked);
    stream->seconds = seconds;
    stream->deadline = g_get_monotonic_time() + (gint64)seconds * G_USEC_PER_SEC;
}

void imap_stream_await(ImapStream *stream)
{
    char unread[4096];
    while (stream->etpan->read_buffer_len > 0 &&
           mailstream_read(stream->etpan, unread, MIN(stream->etpan->read_buffer_len, sizeof unread)) > 0)
        continue;
    g_string_truncate(stream->passed, 0);
    stream->taken = 0;
    imap_guard_await(&stream->guard);
}

const GError *imap_stream_error(const ImapStream *stream)
{
    return stream->error;
}

int imap_stream_fd(const ImapStream *stream)
{
    return stream->fd;
}

/* Adds what is there to stream->line; 0 = nothing now, -1 = failed. */
static gssize fill_line(ImapStream *stream)
{
    char buffer[4096];
    if (stream->error != NULL) return -1;
    gsize held = MIN(stream->etpan->read_buffer_len, sizeof buffer);
    gssize got = held > 0 ? mailstream_read(stream->etpan, buffer, held) /* passed the guard when it came */
                          : receive_now(stream, buffer, sizeof buffer);
    if (got > 0) g_string_append_len(stream->line, buffer, got);
    if (stream->line->len > LINE_BYTES)
        imap_stream_fail(stream, NET_ERROR_LIMIT, "the server sent an endless line");
    return stream->error == NULL ? got : -1;
}

static char *cut_line(ImapStream *stream)
{
    const char *end = memchr(stream->line->str, '\n', stream->line->len);
    if (end == NULL) return NULL;
    gsize length = (gsize)(end - stream->line->str);
    char *line = g_strndup(stream->line->str, length);
    g_string_erase(stream->line, 0, (gssize)length + 1);
    return g_strchomp(line);
}

gboolean imap_stream_read_line_now(ImapStream *stream, char **line)
{
    while ((*line = cut_line(stream)) == NULL) {
        gssize got = fill_line(stream);
        if (got <= 0) return got == 0;
    }
    return TRUE;
}

char *imap_stream_read_line(ImapStream *stream)
{
    char *line = NULL;
    while (imap_stream_read_line_now(stream, &line)) {
        if (line != NULL) return line;
        if (!wait_for(stream, POLLIN)) return NULL;
    }
    return NULL;
}

gboolean imap_stream_write(ImapStream *stream, const char *text)
{
    return stream->error == NULL && mailstream_write(stream->etpan, text, strlen(text)) >= 0 &&
           mailstream_flush(stream->etpan) == 0;
}
