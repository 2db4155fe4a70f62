/* imap_idle.c - IDLE (RFC 2177), read line by line past libetpan, which knows no descriptors but its own. */
#include <errno.h>
#include <string.h>

#include "daemon/net/imap.h"
#include "daemon/net/imap_session.h"

#define IDLE_TAG   "idle"
#define IDLE_BYTES (16u << 20) /* half an hour of a busy mailbox */

static gboolean fail(ImapSession *session, GError **error)
{
    const GError *cause = imap_stream_error(session->stream);
    if (cause == NULL) {
        imap_stream_fail(session->stream, NET_ERROR_PROTOCOL, "IDLE failed");
        cause = imap_stream_error(session->stream);
    }
    session->idling = FALSE;
    if (error != NULL) *error = g_error_copy(cause);
    return FALSE;
}

/* What a line during IDLE means. */
typedef enum Line { LINE_NEWS, LINE_NOISE, LINE_READY, LINE_END } Line;

static Line line_kind(const char *line)
{
    if (*line == '+') return LINE_READY;
    if (g_str_has_prefix(line, IDLE_TAG " ")) return LINE_END;
    if (g_ascii_strncasecmp(line, "* OK", 4) == 0 || *line == '\0') return LINE_NOISE; /* "Still here" */
    return LINE_NEWS;
}

gboolean imap_idle_start(ImapSession *session, GError **error)
{
    if (!imap_session_begin(session, IDLE_BYTES, error)) return FALSE;
    session->idling = TRUE;
    session->idle_ended = session->idle_news = FALSE;
    if (!imap_stream_write(session->stream, IDLE_TAG " IDLE\r\n")) return fail(session, error);
    for (;;) {
        g_autofree char *line = imap_stream_read_line(session->stream);
        if (line == NULL) return fail(session, error);
        switch (line_kind(line)) {
        case LINE_READY: return TRUE;
        case LINE_NEWS: session->idle_news = TRUE; break;
        case LINE_NOISE: break;
        case LINE_END: {
            g_autofree char *said = net_text(line, strlen(line));
            session->idling = FALSE;
            g_set_error(error, NET_ERROR, NET_ERROR_REFUSED, "%s: the server refused IDLE: \"%s\"",
                        session->name, said);
            return FALSE;
        }
        }
    }
}

/* Reads what is there without waiting. FALSE = the connection failed. */
static gboolean take_lines(ImapSession *session)
{
    for (;;) {
        g_autofree char *line = NULL;
        if (!imap_stream_read_line_now(session->stream, &line)) return FALSE;
        if (line == NULL) return TRUE;
        Line kind = line_kind(line);
        if (kind == LINE_NEWS || kind == LINE_END) session->idle_news = TRUE;
        if (kind == LINE_END) session->idle_ended = TRUE;
    }
}

static gboolean any_ready(const struct pollfd *extra, guint n_extra)
{
    for (guint i = 0; i < n_extra; i++)
        if (extra[i].revents != 0) return TRUE;
    return FALSE;
}

ImapWake imap_idle_wait(ImapSession *session, struct pollfd *extra, guint n_extra, guint seconds,
                        GError **error)
{
    gint64 end = g_get_monotonic_time() + (gint64)seconds * G_USEC_PER_SEC;
    g_autofree struct pollfd *all = g_new0(struct pollfd, n_extra + 1);
    for (;;) {
        if (!take_lines(session)) {
            (void)fail(session, error);
            return IMAP_WAKE_ERROR;
        }
        if (session->idle_news) return IMAP_WAKE_SERVER;
        gint64 left = MAX((end - g_get_monotonic_time() + 999) / 1000, 0);
        all[0] = (struct pollfd){.fd = imap_stream_fd(session->stream), .events = POLLIN};
        if (n_extra > 0) memcpy(all + 1, extra, n_extra * sizeof *extra);
        int ready = poll(all, n_extra + 1, (int)MIN(left, G_MAXINT));
        if (ready < 0 && errno == EINTR) return IMAP_WAKE_CALLER;
        if (ready == 0) return IMAP_WAKE_TIMEOUT;
        if (n_extra > 0) memcpy(extra, all + 1, n_extra * sizeof *extra);
        if (any_ready(extra, n_extra)) return IMAP_WAKE_CALLER;
    }
}

gboolean imap_idle_done(ImapSession *session, GError **error)
{
    if (!session->idling) return imap_session_begin(session, 0, error);
    /* The first moment at which a connection that died in silence shows: do not wait a whole command for it.
     */
    imap_stream_begin(session->stream, IDLE_BYTES, MIN(session->seconds, 2 * IMAP_SHORT_SECONDS));
    if (!session->idle_ended && !imap_stream_write(session->stream, "DONE\r\n")) return fail(session, error);
    while (!session->idle_ended) {
        g_autofree char *line = imap_stream_read_line(session->stream);
        if (line == NULL) return fail(session, error);
        session->idle_ended = line_kind(line) == LINE_END;
    }
    session->idling = FALSE;
    return TRUE;
}
