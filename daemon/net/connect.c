/* connect.c - one way to set up libcurl for IMAP and SMTP, and one table from its failures to sentences. */
#include "daemon/net/connect.h"

#include <arpa/inet.h>
#include <string.h>

#define CONNECT_SECONDS 30
#define REPLY_BYTES     1024

/* --- urls
 * --------------------------------------------------------------------------------------------------- */

static const struct {
    const char *scheme;
    guint port;
    gboolean tls_first;
} schemes[] = {
    {"imap", 143, FALSE},
    {"imaps", 993, TRUE},
    {"smtp", 587, FALSE},
    {"smtps", 465, TRUE},
};

static gboolean host_is_loopback(const char *host)
{
    struct in_addr four;
    struct in6_addr six;
    if (g_ascii_strcasecmp(host, "localhost") == 0) return TRUE;
    if (inet_pton(AF_INET, host, &four) == 1) return ntohl(four.s_addr) >> 24 == 127;
    return inet_pton(AF_INET6, host, &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
}

static char *url_part(CURLU *url, CURLUPart part)
{
    char *value = NULL;
    if (curl_url_get(url, part, &value, 0) != CURLUE_OK) return NULL;
    char *copy = g_strdup(value);
    curl_free(value);
    return copy;
}

/* What a url of ours may hold: scheme, host, port. NULL if it is so, else what is too much or missing. */
static const char *url_fault(CURLU *url)
{
    static const struct {
        CURLUPart part;
        const char *fault;
    } foreign[] = {
        {CURLUPART_USER, "has a user name in it (that belongs into user)"},
        {CURLUPART_PASSWORD, "has a password in it (that belongs into password_file)"},
        {CURLUPART_OPTIONS, "has options"},
        {CURLUPART_QUERY, "has a query"},
        {CURLUPART_FRAGMENT, "has a fragment"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(foreign); i++) {
        g_autofree char *value = url_part(url, foreign[i].part);
        if (value != NULL) return foreign[i].fault;
    }
    g_autofree char *path = url_part(url, CURLUPART_PATH);
    if (path != NULL && *path != '\0' && strcmp(path, "/") != 0) return "has a path";
    g_autofree char *host = url_part(url, CURLUPART_HOST);
    return host == NULL || *host == '\0' ? "has no host" : NULL;
}

static void set_url_error(GError **error, const char *url, const char *protocol, const char *fault)
{
    g_autofree char *shown = net_text(url, strlen(url));
    const char *at = strrchr(shown, '@'); /* never show a password that was put into the url */
    g_set_error(error, NET_ERROR, NET_ERROR_URL,
                "url \"%s\" %s: write %ss://host or %s://host, with :port if unusual",
                at == NULL ? shown : at + 1, fault, protocol, protocol);
}

static ConnectTarget *target_from(CURLU *handle, const char *url, const char *protocol, GError **error)
{
    const char *fault = url_fault(handle);
    g_autofree char *scheme = url_part(handle, CURLUPART_SCHEME);
    g_autofree char *host = url_part(handle, CURLUPART_HOST);
    g_autofree char *port = url_part(handle, CURLUPART_PORT);
    for (gsize i = 0; fault == NULL && i < G_N_ELEMENTS(schemes); i++) {
        if (strcmp(schemes[i].scheme, scheme) != 0 || !g_str_has_prefix(scheme, protocol)) continue;
        ConnectTarget *target = g_new0(ConnectTarget, 1);
        target->port = port == NULL ? schemes[i].port : (guint)g_ascii_strtoull(port, NULL, 10);
        target->url = g_strdup_printf("%s://%s:%u", scheme, host, target->port);
        gsize length = strlen(host);
        target->host = *host == '[' ? g_strndup(host + 1, length - 2) : g_strdup(host);
        target->tls_first = schemes[i].tls_first;
        target->loopback = host_is_loopback(target->host);
        return target;
    }
    set_url_error(error, url, protocol, fault != NULL ? fault : "has another scheme");
    return NULL;
}

ConnectTarget *connect_target_new(const char *url, const char *protocol, GError **error)
{
    if (url == NULL) url = "";
    CURLU *handle = curl_url();
    ConnectTarget *target = NULL;
    if (curl_url_set(handle, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK)
        target = target_from(handle, url, protocol, error);
    else
        set_url_error(error, url, protocol, "is not a url");
    curl_url_cleanup(handle);
    return target;
}

void connect_target_free(ConnectTarget *target)
{
    if (target == NULL) return;
    g_free(target->url);
    g_free(target->host);
    g_free(target);
}

/* --- what the server says while libcurl talks to it
 * --------------------------------------------------------- */

void connect_talk_clear(ConnectTalk *talk)
{
    if (talk->reply != NULL) g_string_free(talk->reply, TRUE);
    *talk = (ConnectTalk){0};
}

static gboolean starts_with_code(const char *line, gsize length, char mark)
{
    return length > 3 && g_ascii_isdigit(line[0]) && g_ascii_isdigit(line[1]) && g_ascii_isdigit(line[2]) &&
           line[3] == mark;
}

/* CURLOPT_HEADERFUNCTION: libcurl gives each line of the server here. The lines of one SMTP reply ("550-",
 * "550 ") are joined, with one code in front. */
static size_t hear(char *bytes, size_t size, size_t count, void *data)
{
    ConnectTalk *talk = data;
    gsize length = size * count, skip = 0;
    if (talk->reply == NULL) talk->reply = g_string_new(NULL);
    if (starts_with_code(talk->reply->str, talk->reply->len, '-') && length > 3) {
        talk->reply->str[3] = bytes[3];
        g_strchomp(talk->reply->str);
        g_string_set_size(talk->reply, strlen(talk->reply->str));
        g_string_append_c(talk->reply, ' ');
        skip = 4;
    } else {
        g_string_truncate(talk->reply, 0);
    }
    gsize room = REPLY_BYTES - MIN(REPLY_BYTES, talk->reply->len);
    if (length > skip) g_string_append_len(talk->reply, bytes + skip, (gssize)MIN(length - skip, room));
    talk->lines++;
    if (g_strstr_len(bytes, (gssize)length, "AUTH=PLAIN") != NULL ||
        g_strstr_len(bytes, (gssize)length, "AUTH=LOGIN") != NULL)
        talk->offers_auth = TRUE;
    return length;
}

char *connect_reply_text(const ConnectTalk *talk)
{
    if (talk->reply == NULL || talk->reply->len == 0) return g_strdup("");
    const char *text = talk->reply->str;
    const char *space = strchr(text, ' ');
    if (*text == 'A' && space != NULL && strspn(text + 1, "0123456789") == (gsize)(space - text - 1))
        text = space + 1;
    return net_text(text, strlen(text));
}

int connect_reply_code(const ConnectTalk *talk)
{
    const GString *reply = talk->reply;
    if (reply == NULL || !starts_with_code(reply->str, reply->len, ' ')) return 0;
    return (int)g_ascii_strtoull(reply->str, NULL, 10);
}

/* --- handles
 * ------------------------------------------------------------------------------------------------ */

static void set_login(CURL *handle, const NetEndpoint *endpoint)
{
    if (endpoint->user == NULL || *endpoint->user == '\0') return;
    curl_easy_setopt(handle, CURLOPT_USERNAME, endpoint->user);
    if (endpoint->bearer != NULL && *endpoint->bearer != '\0') {
        curl_easy_setopt(handle, CURLOPT_XOAUTH2_BEARER, endpoint->bearer);
        curl_easy_setopt(handle, CURLOPT_LOGIN_OPTIONS, "AUTH=OAUTHBEARER;AUTH=XOAUTH2");
        return;
    }
    curl_easy_setopt(handle, CURLOPT_PASSWORD, endpoint->password != NULL ? endpoint->password : "");
    /* The line is encrypted, so the plain mechanisms are safe; left to choose, libcurl may take GSSAPI or
     * NTLM where a server offers them and fail without a ticket. */
    curl_easy_setopt(handle, CURLOPT_LOGIN_OPTIONS, "AUTH=PLAIN;AUTH=LOGIN");
}

static gboolean set_trust(CURL *handle, const char *ca_file, GError **error)
{
    curl_easy_setopt(handle, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(handle, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(handle, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(handle, CURLOPT_CERTINFO, 1L); /* to say why a certificate was refused */
    if (ca_file == NULL || *ca_file == '\0') return TRUE;
    g_autofree char *pem = NULL;
    g_autoptr (GError) cause = NULL;
    if (!g_file_get_contents(ca_file, &pem, NULL, &cause)) {
        g_set_error(error, NET_ERROR, NET_ERROR_URL, "ca_file cannot be read: %s", cause->message);
        return FALSE;
    }
    if (strstr(pem, "-----BEGIN CERTIFICATE-----") == NULL) {
        g_set_error(error, NET_ERROR, NET_ERROR_URL, "ca_file \"%s\" holds no certificate in PEM form",
                    ca_file);
        return FALSE;
    }
    /* The system's authorities stay trusted through CURLOPT_CAPATH, whose default is theirs. */
    curl_easy_setopt(handle, CURLOPT_CAINFO, ca_file);
    return TRUE;
}

static void set_limits(CURL *handle, const NetEndpoint *endpoint)
{
    guint seconds =
        endpoint->connect_timeout_seconds > 0 ? endpoint->connect_timeout_seconds : CONNECT_SECONDS;
    curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT, (long)seconds);
    curl_easy_setopt(handle, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)seconds);
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(handle, CURLOPT_PROXY,
                     ""); /* no proxy from the environment: it would see the mail's host */
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "imap,imaps,smtp,smtps");
}

CURL *connect_handle_new(const NetEndpoint *endpoint, const ConnectTarget *target, gboolean plain,
                         ConnectTalk *talk, GError **error)
{
    CURL *handle = curl_easy_init();
    if (handle == NULL) g_error("libcurl cannot be initialised");
    curl_easy_setopt(handle, CURLOPT_URL, target->url);
    curl_easy_setopt(handle, CURLOPT_USE_SSL, (long)(plain ? CURLUSESSL_NONE : CURLUSESSL_ALL));
    curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, talk->error);
    curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, hear);
    curl_easy_setopt(handle, CURLOPT_HEADERDATA, talk);
    set_login(handle, endpoint);
    set_limits(handle, endpoint);
    if (set_trust(handle, endpoint->ca_file, error)) return handle;
    curl_easy_cleanup(handle);
    return NULL;
}

/* --- IMAP
 * --------------------------------------------------------------------------------------------------- */

static CURLcode perform_login(CURL *handle, const NetEndpoint *endpoint, ConnectTalk *talk)
{
    CURLcode code = curl_easy_perform(handle);
    gboolean bearer = endpoint->bearer != NULL && *endpoint->bearer != '\0';
    if (code != CURLE_LOGIN_DENIED || talk->offers_auth || bearer) return code;
    /* A server that names no AUTH= at all still has the LOGIN command of RFC 3501. */
    curl_easy_setopt(handle, CURLOPT_LOGIN_OPTIONS, NULL);
    return curl_easy_perform(handle);
}

/* Some (Coremail) name SASL-IR and do not understand an initial response: BAD, not NO. libcurl cannot leave
 * it out, so it connects without login, and we say LOGIN ourselves. */
static gboolean is_misunderstood(CURLcode code, const NetEndpoint *endpoint, const ConnectTalk *talk)
{
    g_autofree char *reply = connect_reply_text(talk);
    return code == CURLE_LOGIN_DENIED && g_ascii_strncasecmp(reply, "BAD", 3) == 0 &&
           endpoint->password != NULL && *endpoint->password != '\0';
}

/* RFC 3501 quoted; NULL if it cannot be. */
static char *quoted(const char *text)
{
    GString *out = g_string_new("\"");
    for (const char *p = text; *p; p++) {
        if ((guchar)*p < ' ' || (guchar)*p > '~') {
            explicit_bzero(out->str, out->len);
            g_string_free(out, TRUE);
            return NULL;
        }
        if (*p == '"' || *p == '\\') g_string_append_c(out, '\\');
        g_string_append_c(out, *p);
    }
    g_string_append_c(out, '"');
    return g_string_free(out, FALSE);
}

static char *login_command(const NetEndpoint *endpoint)
{
    g_autofree char *user = quoted(endpoint->user);
    char *password = quoted(endpoint->password);
    char *command = user && password ? g_strdup_printf("LOGIN %s %s", user, password) : NULL;
    if (password) explicit_bzero(password, strlen(password));
    g_free(password);
    return command;
}

CURL *connect_imap(NetEndpoint *endpoint, const ConnectTarget *target, char **login, GError **error)
{
    ConnectTalk talk = {0};
    *login = NULL;
    CURL *handle = connect_handle_new(endpoint, target, FALSE, &talk, error);
    if (handle != NULL) {
        guint seconds =
            endpoint->connect_timeout_seconds > 0 ? endpoint->connect_timeout_seconds : CONNECT_SECONDS;
        curl_easy_setopt(handle, CURLOPT_CONNECT_ONLY, 1L);
        curl_easy_setopt(handle, CURLOPT_TIMEOUT, (long)seconds); /* connection and login together */
        CURLcode code = perform_login(handle, endpoint, &talk);
        if (is_misunderstood(code, endpoint, &talk) && (*login = login_command(endpoint)) != NULL) {
            curl_easy_setopt(handle, CURLOPT_USERNAME, NULL);
            curl_easy_setopt(handle, CURLOPT_PASSWORD, NULL);
            curl_easy_setopt(handle, CURLOPT_LOGIN_OPTIONS, NULL);
            code = curl_easy_perform(handle);
        }
        if (code != CURLE_OK) {
            connect_set_error(error, target, handle, code, &talk);
            curl_easy_cleanup(handle);
            handle = NULL;
        }
    }
    net_endpoint_wipe(endpoint);
    if (handle != NULL) { /* talk ends here; libcurl must not keep pointers into it, nor the secrets */
        curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, NULL);
        curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, NULL);
        curl_easy_setopt(handle, CURLOPT_HEADERDATA, NULL);
        curl_easy_setopt(handle, CURLOPT_PASSWORD, NULL);
        curl_easy_setopt(handle, CURLOPT_XOAUTH2_BEARER, NULL);
    }
    connect_talk_clear(&talk);
    return handle;
}
