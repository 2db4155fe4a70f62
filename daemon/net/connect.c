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

/* CURLOPT_HEADERFUNCTION: libcurl gives each line of the server here. */
static size_t hear(char *bytes, size_t size, size_t count, void *data)
{
    ConnectTalk *talk = data;
    gsize length = size * count;
    if (talk->reply == NULL) talk->reply = g_string_new(NULL);
    g_string_truncate(talk->reply, 0);
    g_string_append_len(talk->reply, bytes, (gssize)MIN(length, REPLY_BYTES));
    if (g_strstr_len(bytes, (gssize)length, "AUTH=PLAIN") != NULL ||
        g_strstr_len(bytes, (gssize)length, "AUTH=LOGIN") != NULL)
        talk->offers_auth = TRUE;
    return length;
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

/* --- failures
 * ----------------------------------------------------------------------------------------------- */

static const struct {
    CURLcode code;
    NetError error;
    const char *what; /* and what to do */
} failures[] = {
    {CURLE_COULDNT_RESOLVE_HOST, NET_ERROR_CONNECT,
     "this host name is not known (DNS); correct url or see to DNS"},
    {CURLE_COULDNT_CONNECT, NET_ERROR_CONNECT,
     "cannot connect (refused or no route); check host and port in url, and firewalls"},
    {CURLE_OPERATION_TIMEDOUT, NET_ERROR_TIMEOUT,
     "no answer in time; check host and port in url, and firewalls"},
    {CURLE_USE_SSL_FAILED, NET_ERROR_TLS,
     "the server does not offer STARTTLS here, and without TLS we do not log in; use the s:// scheme of url "
     "(imaps, "
     "smtps), or the right port"},
    {CURLE_SSL_CACERT_BADFILE, NET_ERROR_URL, "ca_file cannot be used; it must hold PEM certificates"},
    {CURLE_SSL_CONNECT_ERROR, NET_ERROR_TLS,
     "TLS could not be started; if this port expects STARTTLS, write the scheme of url without its s"},
    {CURLE_RECV_ERROR, NET_ERROR_CLOSED, "the connection broke while receiving"},
    {CURLE_SEND_ERROR, NET_ERROR_CLOSED, "the connection broke while sending"},
    {CURLE_GOT_NOTHING, NET_ERROR_CLOSED, "the server hung up without a word"},
    {CURLE_WEIRD_SERVER_REPLY, NET_ERROR_PROTOCOL, "this does not look like a mail server of that kind"},
};

/* The value of "Expire Date" (or another field) of the server's own certificate, or NULL. */
static const char *certificate_field(CURL *handle, const char *name)
{
    struct curl_certinfo *chain = NULL;
    if (handle == NULL || curl_easy_getinfo(handle, CURLINFO_CERTINFO, &chain) != CURLE_OK || chain == NULL ||
        chain->num_of_certs < 1)
        return NULL;
    for (struct curl_slist *field = chain->certinfo[0]; field != NULL; field = field->next)
        if (g_str_has_prefix(field->data, name) && field->data[strlen(name)] == ':')
            return field->data + strlen(name) + 1;
    return NULL;
}

/* Dates of libcurl's GnuTLS flavour are "2026-11-21 10:08:23 GMT". */
static gboolean certificate_is_past(const char *date)
{
    g_autoptr (GTimeZone) utc = g_time_zone_new_utc();
    g_autofree char *iso = date == NULL ? NULL : g_strndup(date, MIN(strlen(date), 19));
    g_autoptr (GDateTime) when = iso == NULL ? NULL : g_date_time_new_from_iso8601(iso, utc);
    return when != NULL && g_date_time_to_unix(when) < g_get_real_time() / G_USEC_PER_SEC;
}

static void set_certificate_error(GError **error, const ConnectTarget *target, CURL *handle,
                                  const ConnectTalk *talk)
{
    const char *open = strstr(talk->error, "subject name (");
    const char *close = open == NULL ? NULL : strstr(open, ") does not match");
    const char *until = certificate_field(handle, "Expire Date");
    const char *issuer = certificate_field(handle, "Issuer");
    if (close != NULL) {
        const char *name = open + strlen("subject name (");
        g_autofree char *shown = net_text(name, (gsize)(close - name));
        g_set_error(error, NET_ERROR, NET_ERROR_TLS,
                    "%s:%u: the server's certificate is for %s, not for %s; put the name that the "
                    "certificate has into "
                    "url, or have the server's certificate corrected",
                    target->host, target->port, *shown != '\0' ? shown : "other names", target->host);
        return;
    }
    if (certificate_is_past(until)) {
        g_set_error(
            error, NET_ERROR, NET_ERROR_TLS,
            "%s:%u: the server's certificate expired on %s; its operator must renew it (or the clock here is "
            "wrong)",
            target->host, target->port, until);
        return;
    }
    g_autofree char *who =
        issuer == NULL ? g_strdup("an unknown authority") : net_text(issuer, strlen(issuer));
    g_set_error(error, NET_ERROR, NET_ERROR_TLS,
                "%s:%u: the server's certificate is issued by %s, which is not trusted here; if that is "
                "right, put this "
                "authority's certificate (PEM) into ca_file",
                target->host, target->port, who);
}

/* The server's words without "A002 NO" or "535-". */
static char *reply_text(const ConnectTalk *talk)
{
    if (talk->reply == NULL || talk->reply->len == 0) return g_strdup("");
    return net_text(talk->reply->str, talk->reply->len);
}

static gboolean reply_is_temporary(const char *reply)
{
    return *reply == '4' || strstr(reply, "[UNAVAILABLE]") != NULL || strstr(reply, "[INUSE]") != NULL;
}

static void set_login_error(GError **error, const ConnectTarget *target, const ConnectTalk *talk)
{
    g_autofree char *reply = reply_text(talk);
    if (reply_is_temporary(reply))
        g_set_error(error, NET_ERROR, NET_ERROR_CONNECT,
                    "%s:%u: the server cannot log us in at the moment: \"%s\"; we try again", target->host,
                    target->port, reply);
    else
        g_set_error(error, NET_ERROR, NET_ERROR_AUTH,
                    "%s:%u: the server refused the login: \"%s\"; check user and the password file (QQ, 163 "
                    "and others "
                    "want an authorization code, 授权码, instead of the web password)",
                    target->host, target->port, reply);
}

void connect_set_error(GError **error, const ConnectTarget *target, CURL *handle, CURLcode code,
                       const ConnectTalk *talk)
{
    if (code == CURLE_PEER_FAILED_VERIFICATION) {
        set_certificate_error(error, target, handle, talk);
        return;
    }
    if (code == CURLE_LOGIN_DENIED) {
        set_login_error(error, target, talk);
        return;
    }
    const char *own = *talk->error != '\0' ? talk->error : curl_easy_strerror(code);
    g_autofree char *words = net_text(own, strlen(own));
    for (gsize i = 0; i < G_N_ELEMENTS(failures); i++) {
        if (failures[i].code != code) continue;
        g_set_error(error, NET_ERROR, failures[i].error, "%s:%u: %s (%s)", target->host, target->port,
                    failures[i].what, words);
        return;
    }
    g_set_error(error, NET_ERROR, NET_ERROR_PROTOCOL, "%s:%u: %s", target->host, target->port, words);
}

/* --- IMAP
 * --------------------------------------------------------------------------------------------------- */

static CURLcode perform_login(CURL *handle, const NetEndpoint *endpoint, ConnectTalk *talk)
{
    CURLcode code = curl_easy_perform(handle);
    gboolean bearer = endpoint->bearer != NULL && *endpoint->bearer != '\0';
    if (code != CURLE_LOGIN_DENIED || talk->offers_auth || bearer) return code;
    /* A server that names no AUTH= at all still has the LOGIN command of RFC 3501. */
    curl_easy_setopt(handle, CURLOPT_LOGIN_OPTIONS, "AUTH=+LOGIN");
    return curl_easy_perform(handle);
}

CURL *connect_imap(NetEndpoint *endpoint, const ConnectTarget *target, GError **error)
{
    ConnectTalk talk = {0};
    CURL *handle = connect_handle_new(endpoint, target, FALSE, &talk, error);
    if (handle != NULL) {
        guint seconds =
            endpoint->connect_timeout_seconds > 0 ? endpoint->connect_timeout_seconds : CONNECT_SECONDS;
        curl_easy_setopt(handle, CURLOPT_CONNECT_ONLY, 1L);
        curl_easy_setopt(handle, CURLOPT_TIMEOUT, (long)seconds); /* connection and login together */
        CURLcode code = perform_login(handle, endpoint, &talk);
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
