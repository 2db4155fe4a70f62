/* imap_stream.h - libetpan's stream on libcurl's connection (inside daemon/net only).
 *
 * The first line read is "* PREAUTH": libcurl has logged in already. Every byte passes the guard
 * (imap_guard.h) before libetpan sees it; every command has an absolute deadline. After the first failure all
 * reads and writes fail, and imap_stream_error() says why. */
#pragma once

#include <curl/curl.h>
#include <glib.h>
#include <libetpan/mailstream.h>

typedef struct ImapStream ImapStream;

/* Takes the handle. `name` ("host:port") begins the messages. libetpan's stream is owned by the ImapStream.
 */
ImapStream *imap_stream_new(CURL *handle, const char *name);
void imap_stream_free(ImapStream *stream);

mailstream *imap_stream_etpan(ImapStream *stream);

/* Before each command: at most `asked` bytes (and some slack) within `seconds`. */
void imap_stream_begin(ImapStream *stream, guint64 asked, guint seconds);

/* After it, for a command with a literal: what the server says before it asks for the literal, which libetpan
 * does not expect there, is passed over, and so is what nobody has read yet. */
void imap_stream_await(ImapStream *stream);

/* NULL while the connection lives. Owned by the stream. */
const GError *imap_stream_error(const ImapStream *stream);

/* The socket, to poll. */
int imap_stream_fd(const ImapStream *stream);

/* The next line without its line end, within the deadline; NULL = failed (see imap_stream_error). Caller
 * frees. What libetpan's stream, libcurl or TLS hold already is read first. */
char *imap_stream_read_line(ImapStream *stream);

/* The same without waiting: *line is NULL if no whole line is there now. FALSE = failed. Call this before
 * polling imap_stream_fd: a byte held in a buffer never wakes a poll. */
gboolean imap_stream_read_line_now(ImapStream *stream, char **line);

/* Writes text (a command) at once. */
gboolean imap_stream_write(ImapStream *stream, const char *text);

/* Ends the connection with an error of our own making (the first one stays). */
void imap_stream_fail(ImapStream *stream, int code, const char *message);
