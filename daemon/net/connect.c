/* connect.c - one way to set up libcurl for IMAP and SMTP. */
#include "daemon/net/connect.h"

#include <string.h>

#include "daemon/net/connect_error.h"

#define CONNECT_SECONDS 30

/* --- handles ---------------------------------------------------------------------------------- */

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

CURL *connect_handle_new(const NetEndpoint *endpoint, const Target *target, gboolean plain,
                         const Trust *trust, Talk *talk)
{
    CURL *handle = curl_easy_init();
    if (handle == NULL) g_error("libcurl cannot be initialised");
    curl_easy_setopt(handle, CURLOPT_URL, target->url);
    curl_easy_setopt(handle, CURLOPT_USE_SSL, (long)(plain ? CURLUSESSL_NONE : CURLUSESSL_ALL));
    curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, talk->error);
    curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, talk_hear);
    curl_easy_setopt(handle, CURLOPT_HEADERDATA, talk);
    curl_easy_setopt(handle, CURLOPT_CERTINFO, 1L); /* to say why a certificate was refused */
    trust_use(trust, handle);
    set_login(handle, endpoint);
    set_limits(handle, endpoint);
    return handle;
}

/* --- IMAP ------------------------------------------------------------------------------------- */

static CURLcode perform_login(CURL *handle, const NetEndpoint *endpoint, Talk *talk)
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
static gboolean is_misunderstood(CURLcode code, const NetEndpoint *endpoint, const Talk *talk)
{
    g_autofree char *reply = talk_text(talk);
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

CURL *connect_imap(NetEndpoint *endpoint, const Target *target, char **login, GError **error)
{
    Talk talk = {0};
    *login = NULL;
    CURL *handle = NULL;
    g_autoptr (Trust) trust = trust_new(endpoint->ca_file, error);
    if (trust != NULL) {
        handle = connect_handle_new(endpoint, target, FALSE, trust, &talk);
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
    talk_clear(&talk);
    return handle;
}
