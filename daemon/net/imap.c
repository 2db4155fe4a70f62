/* imap.c - the session: open, capabilities, ID, close, EXAMINE, CREATE, APPEND. */
#include "daemon/net/imap.h"

#include <string.h>

#include "daemon/net/connect.h"
#include "daemon/net/imap_session.h"
#include "daemon/net/mutf7.h"

#define COMMAND_SECONDS 300
#define SLOWEST         (128u << 10) /* bytes a second that a line must carry: a large mail takes its time */
#define MOST_AT_ONCE    (64ull << 20)

/* --- running a command ------------------------------------------------------------------------ */

static gboolean dead(ImapSession *session, GError **error)
{
    const GError *cause = imap_stream_error(session->stream);
    if (cause == NULL) return FALSE;
    if (error != NULL) *error = g_error_copy(cause);
    return TRUE;
}

gboolean imap_session_begin(ImapSession *session, guint64 asked, GError **error)
{
    if (dead(session, error)) return FALSE;
    guint64 more = MIN(asked, MOST_AT_ONCE) / SLOWEST;
    imap_stream_begin(session->stream, asked, session->seconds + (guint)more);
    return TRUE;
}

/* After these libetpan no longer knows where in the stream it is. BAD (our syntax is not liked) is among
 * them. */
static gboolean result_is_fatal(int result)
{
    switch (result) {
    case MAILIMAP_ERROR_STREAM:
    case MAILIMAP_ERROR_PARSE:
    case MAILIMAP_ERROR_PROTOCOL:
    case MAILIMAP_ERROR_FATAL:
    case MAILIMAP_ERROR_CONNECTION_REFUSED: return TRUE;
    default: return FALSE;
    }
}

gboolean imap_session_end(ImapSession *session, int result, const char *what, GError **error)
{
    if (dead(session, error)) return FALSE;
    if (result == MAILIMAP_NO_ERROR) return TRUE;
    if (result == MAILIMAP_ERROR_BAD_STATE) { /* nothing was sent */
        g_set_error(error, NET_ERROR, NET_ERROR_REFUSED, "%s: %s before a folder was examined", session->name,
                    what);
        return FALSE;
    }
    const char *response = session->etpan->imap_response;
    g_autofree char *said = response == NULL ? g_strdup("") : net_text(response, strlen(response));
    if (!result_is_fatal(result)) {
        g_set_error(error, NET_ERROR, NET_ERROR_REFUSED, "%s: the server refused %s: \"%s\"", session->name,
                    what, said);
        return FALSE;
    }
    g_autofree char *message =
        *said != '\0'
            ? g_strdup_printf("the server answered %s with BAD or out of order: \"%s\"", what, said)
            : g_strdup_printf("the server's answer to %s is not IMAP that we can read (%d)", what, result);
    imap_stream_fail(session->stream, NET_ERROR_PROTOCOL, message);
    (void)dead(session, error);
    return FALSE;
}

gboolean imap_alive(const ImapSession *session)
{
    return session != NULL && imap_stream_error(session->stream) == NULL;
}

/* --- open and close --------------------------------------------------------------------------- */

gboolean imap_has(const ImapSession *session, const char *capability)
{
    g_autofree char *upper = g_ascii_strup(capability, -1);
    return g_hash_table_contains(session->capabilities, upper);
}

static void handle_message(struct mailimap_msg_att *message, void *context)
{
    ImapSession *session = context;
    if (session->on_message != NULL) session->on_message(message, session->on_message_data);
}

/* libetpan calls the handler only if a progress function is there too. */
static void no_progress(size_t current, size_t maximum, void *context)
{
}

/* Past libetpan, which dies of an OK without the line before it. Who refuses has none. */
static gboolean read_capabilities(ImapSession *session, GError **error)
{
    static const char begin[] = "* CAPABILITY ";
    gboolean ended = FALSE;
    if (!imap_session_begin(session, 0, error)) return FALSE;
    gboolean asked = imap_stream_write(session->stream, "can CAPABILITY\r\n");
    for (char *line; asked && !ended && (line = imap_stream_read_line(session->stream)) != NULL;
         g_free(line)) {
        ended = g_str_has_prefix(line, "can ");
        if (g_ascii_strncasecmp(line, begin, sizeof begin - 1) != 0) continue;
        g_auto(GStrv) words = g_strsplit(line + sizeof begin - 1, " ", -1);
        for (guint i = 0; words[i] != NULL; i++)
            g_hash_table_add(session->capabilities, g_ascii_strup(words[i], -1));
    }
    return imap_session_begin(session, 0, error);
}

/* NetEase (and Coremail, which is the same software) answers SELECT with "Unsafe Login" unless ID came first,
 * and has not always named ID among its capabilities. */
static gboolean wants_id(const ImapSession *session)
{
    static const char *const hosts[] = {"163.com", "126.com", "yeah.net", "188.com", "netease.com"};
    if (imap_has(session, "ID") || imap_has(session, "X-CM-EXT-1")) return TRUE;
    for (gsize i = 0; i < G_N_ELEMENTS(hosts); i++)
        if (strstr(session->name, hosts[i]) != NULL) return TRUE;
    return FALSE;
}

gboolean imap_session_introduce(ImapSession *session, GError **error)
{
    if (!imap_session_begin(session, 0, error)) return FALSE;
    session->introduced = TRUE;
    struct mailimap_id_params_list *ours = mailimap_id_params_list_new_empty();
    struct mailimap_id_params_list *theirs = NULL;
    mailimap_id_params_list_add_name_value(ours, (char *)"name", (char *)"baosong"); /* copied */
    mailimap_id_params_list_add_name_value(ours, (char *)"version", (char *)BAOSONG_VERSION);
    int result = mailimap_id(session->etpan, ours, &theirs);
    mailimap_id_params_list_free(ours);
    if (theirs != NULL) mailimap_id_params_list_free(theirs);
    /* NO and BAD are fine: a courtesy was declined. */
    if (result == MAILIMAP_ERROR_EXTENSION || result == MAILIMAP_ERROR_PROTOCOL) result = MAILIMAP_NO_ERROR;
    return imap_session_end(session, result, "ID", error);
}

/* Past libetpan, which believes that we are logged in. */
static gboolean say_login(ImapSession *session, const char *login, GError **error)
{
    static const char tag[] = "login ";
    g_autofree char *line = g_strconcat(tag, login, "\r\n", NULL);
    if (!imap_session_begin(session, 0, error)) return FALSE;
    gboolean said = imap_stream_write(session->stream, line);
    explicit_bzero(line, strlen(line));
    for (char *answer; said && (answer = imap_stream_read_line(session->stream)) != NULL; g_free(answer)) {
        if (!g_str_has_prefix(answer, tag)) continue;
        g_autofree char *words = net_text(answer + strlen(tag), strlen(answer + strlen(tag)));
        g_free(answer);
        if (g_ascii_strncasecmp(words, "OK", 2) == 0) return TRUE;
        g_set_error(error, NET_ERROR, NET_ERROR_AUTH,
                    "%s: the server refused the login: \"%s\"; check user and the password file",
                    session->name, words);
        return FALSE;
    }
    return imap_session_begin(session, 0, error);
}

static gboolean greet(ImapSession *session, const char *login, GError **error)
{
    imap_stream_begin(session->stream, 0, session->seconds);
    int result = mailimap_connect(session->etpan, imap_stream_etpan(session->stream));
    if (result == MAILIMAP_NO_ERROR_AUTHENTICATED) result = MAILIMAP_NO_ERROR;
    return imap_session_end(session, result, "our own greeting", error) &&
           (login == NULL || say_login(session, login, error)) && read_capabilities(session, error) &&
           (!wants_id(session) || imap_session_introduce(session, error));
}

ImapSession *imap_session_over(CURL *handle, const char *name, guint seconds, const char *login,
                               GError **error)
{
    mmap_string_set_ceil(G_MAXSIZE); /* or libetpan puts large mails into files in /tmp */
    g_autoptr (ImapSession) session = g_new0(ImapSession, 1);
    session->name = g_strdup(name);
    session->seconds = seconds > 0 ? seconds : COMMAND_SECONDS;
    session->capabilities = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    session->stream = imap_stream_new(handle, session->name);
    session->etpan = mailimap_new(0, NULL);
    mailimap_set_progress_callback(session->etpan, NULL, no_progress, NULL);
    mailimap_set_msg_att_handler(session->etpan, handle_message, session);
    return greet(session, login, error) ? g_steal_pointer(&session) : NULL;
}

ImapSession *imap_open(NetEndpoint *endpoint, GError **error)
{
    g_autoptr (Target) target = target_new(endpoint->url, "imap", error);
    gboolean named = endpoint->user != NULL && *endpoint->user != '\0';
    if (target != NULL && !named)
        g_set_error(error, NET_ERROR, NET_ERROR_URL, "%s:%u: user is missing", target->host, target->port);
    if (target == NULL || !named) {
        net_endpoint_wipe(endpoint);
        return NULL;
    }
    char *login;
    CURL *handle = connect_imap(endpoint, target, &login, error);
    g_autofree char *name = g_strdup_printf("%s:%u", target->host, target->port);
    ImapSession *session =
        handle ? imap_session_over(handle, name, endpoint->command_timeout_seconds, login, error) : NULL;
    if (login != NULL) explicit_bzero(login, strlen(login));
    g_free(login);
    return session;
}

void imap_hurry(ImapSession *session, guint seconds)
{
    session->seconds = MIN(session->seconds, seconds);
}

/* libetpan's own logout parses what comes; ours only waits for the server to have read it. */
static void log_out(ImapSession *session)
{
    imap_stream_begin(session->stream, 0, IMAP_SHORT_SECONDS);
    if (session->idling) imap_stream_write(session->stream, "DONE\r\n");
    if (!imap_stream_write(session->stream, "bye LOGOUT\r\n")) return;
    for (;;) {
        g_autofree char *line = imap_stream_read_line(session->stream);
        if (line == NULL || g_str_has_prefix(line, "bye ")) return;
    }
}

void imap_close(ImapSession *session)
{
    if (session == NULL) return;
    if (imap_alive(session)) log_out(session);
    session->etpan->imap_stream = NULL; /* ours to close; mailimap_free would log out again */
    mailimap_free(session->etpan);
    imap_stream_free(session->stream);
    g_hash_table_unref(session->capabilities);
    g_free(session->examined);
    g_free(session->prefix);
    g_free(session->name);
    g_free(session);
}
