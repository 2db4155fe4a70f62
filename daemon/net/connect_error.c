#include "daemon/net/connect_error.h"

#include <string.h>

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
    /* trust.c has looked into ca_file a moment ago. */
    {CURLE_SSL_CACERT_BADFILE, NET_ERROR_CONNECT,
     "the certificates of authorities cannot be read now (too many open files?); we try again"},
    {CURLE_SSL_CONNECT_ERROR, NET_ERROR_TLS,
     "TLS could not be started; if this port expects STARTTLS, write the scheme of url without its s"},
    {CURLE_RECV_ERROR, NET_ERROR_CLOSED, "the connection broke while receiving"},
    {CURLE_SEND_ERROR, NET_ERROR_CLOSED, "the connection broke while sending"},
    {CURLE_GOT_NOTHING, NET_ERROR_CLOSED, "the server hung up without a word"},
    {CURLE_WEIRD_SERVER_REPLY, NET_ERROR_PROTOCOL, "this does not look like a mail server of that kind"},
};

/* The value of "Expire Date" (or another field) of a certificate of the chain (0 = the server's own), or
 * NULL. */
static const char *certificate_field(CURL *handle, int index, const char *name)
{
    struct curl_certinfo *chain = NULL;
    if (handle == NULL || curl_easy_getinfo(handle, CURLINFO_CERTINFO, &chain) != CURLE_OK || chain == NULL ||
        index >= chain->num_of_certs)
        return NULL;
    for (struct curl_slist *field = chain->certinfo[index]; field != NULL; field = field->next)
        if (g_str_has_prefix(field->data, name) && field->data[strlen(name)] == ':')
            return field->data + strlen(name) + 1;
    return NULL;
}

/* Seconds from now until the date; 0 if it cannot be read. Dates of libcurl's GnuTLS flavour are
 * "2026-11-21 10:08:23 GMT". */
static gint64 seconds_until(const char *date)
{
    g_autoptr (GTimeZone) utc = g_time_zone_new_utc();
    g_autofree char *iso = date == NULL ? NULL : g_strndup(date, MIN(strlen(date), 19));
    g_autoptr (GDateTime) when = iso == NULL ? NULL : g_date_time_new_from_iso8601(iso, utc);
    return when == NULL ? 0 : g_date_time_to_unix(when) - g_get_real_time() / G_USEC_PER_SEC;
}

/* Whether a certificate of the chain (not the server's own) vouches for the one before it: servers send
 * others along, such as roots that are long out of their time. */
static gboolean vouches(CURL *handle, int index)
{
    return g_strcmp0(certificate_field(handle, index, "Subject"),
                     certificate_field(handle, index - 1, "Issuer")) == 0;
}

/* FALSE and nothing set if each certificate that vouches for the server is within its time. */
static gboolean set_date_error(GError **error, const Target *target, CURL *handle)
{
    const char *until;
    for (int i = 0; (until = certificate_field(handle, i, "Expire Date")) != NULL; i++) {
        if (i > 0 && !vouches(handle, i)) return FALSE;
        const char *from = certificate_field(handle, i, "Start Date");
        if (seconds_until(until) >= 0 && seconds_until(from) <= 0) continue;
        const char *subject = certificate_field(handle, i, "Subject");
        g_autofree char *who = subject == NULL ? g_strdup("?") : net_text(subject, strlen(subject));
        g_autofree char *what =
            i == 0 ? g_strdup("the server's certificate")
                   : g_strdup_printf("the certificate of %s, which vouches for the server,", who);
        if (seconds_until(until) < 0)
            g_set_error(
                error, NET_ERROR, NET_ERROR_TLS,
                "%s:%u: %s expired on %s; the server's operator must renew it (or the clock here is wrong)",
                target->host, target->port, what, until);
        else
            g_set_error(
                error, NET_ERROR, NET_ERROR_TLS,
                "%s:%u: %s is good from %s on only: the clock here is wrong, or the server's operator "
                "was early",
                target->host, target->port, what, from);
        return TRUE;
    }
    return FALSE;
}

static void set_certificate_error(GError **error, const Target *target, CURL *handle, const Talk *talk)
{
    const char *open = strstr(talk->error, "subject name (");
    const char *close = open == NULL ? NULL : strstr(open, ") does not match");
    const char *issuer = certificate_field(handle, 0, "Issuer");
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
    if (set_date_error(error, target, handle)) return;
    gboolean alone = issuer != NULL && certificate_field(handle, 1, "Subject") == NULL;
    g_autofree char *who =
        issuer == NULL ? g_strdup("an unknown authority") : net_text(issuer, strlen(issuer));
    g_set_error(error, NET_ERROR, NET_ERROR_TLS,
                "%s:%u: the server's certificate is issued by %s, which is not trusted here; if that is "
                "right, put this "
                "authority's certificate (PEM) into ca_file%s",
                target->host, target->port, who,
                alone ? " (or the server's operator has left an intermediate certificate out)" : "");
}

/* By its code (RFC 5530), or in words; QQ has one sentence for all that it can be, the password among it. */
static gboolean reply_is_temporary(const char *reply)
{
    static const char *const codes[] = {"[unavailable]", "[inuse]", "[limit]"};
    static const char *const words[] = {"too many", "frequen", "rate limit", "busy", "again later",
                                        "频率",     "频繁",    "繁忙",       "稍后", "稍候"};
    static const char *const wrong[] = {"password", "密码", "授权码"};
    g_autofree char *lower = g_utf8_strdown(reply, -1);
    gboolean temporary = FALSE;
    if (*reply == '4') return TRUE;
    for (gsize i = 0; i < G_N_ELEMENTS(codes); i++)
        if (strstr(lower, codes[i]) != NULL) return TRUE;
    for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++)
        if (strstr(lower, wrong[i]) != NULL) return FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++) temporary |= strstr(lower, words[i]) != NULL;
    return temporary;
}

/* Then libcurl found nothing to try, and the server has refused nothing. */
static gboolean reply_is_good(const char *reply)
{
    return *reply == '2' || g_ascii_strncasecmp(reply, "OK", strlen("OK")) == 0;
}

static void set_login_error(GError **error, const Target *target, const Talk *talk)
{
    g_autofree char *reply = talk_text(talk);
    if (reply_is_good(reply))
        g_set_error(
            error, NET_ERROR, NET_ERROR_AUTH,
            "%s:%u: the server offers no login of the kind that is configured (a password, or a token of "
            "token_command); ask its operator which it takes",
            target->host, target->port);
    else if (reply_is_temporary(reply))
        g_set_error(error, NET_ERROR, NET_ERROR_CONNECT,
                    "%s:%u: the server cannot log us in at the moment: \"%s\"; we try again", target->host,
                    target->port, reply);
    else
        g_set_error(
            error, NET_ERROR, NET_ERROR_AUTH,
            "%s:%u: the server refused the login: \"%s\"; check user and the password (QQ, 163 and others "
            "want an authorization code, 授权码, instead of the web password; what is in a credential is "
            "read when the service is started)",
            target->host, target->port, reply);
}

void connect_set_error(GError **error, const Target *target, CURL *handle, CURLcode code, const Talk *talk)
{
    if (code == CURLE_PEER_FAILED_VERIFICATION) {
        set_certificate_error(error, target, handle, talk);
        return;
    }
    if (code == CURLE_LOGIN_DENIED) {
        set_login_error(error, target, talk);
        return;
    }
    /* At its greeting, or at EHLO; IMAP's goodbye may come anywhere. */
    gboolean turned_away = code == CURLE_WEIRD_SERVER_REPLY || code == CURLE_REMOTE_ACCESS_DENIED;
    g_autofree char *reply = talk_text(talk);
    if ((turned_away && talk_code(talk) >= 400) || g_ascii_strncasecmp(reply, "* BYE", 5) == 0) {
        g_set_error(error, NET_ERROR, NET_ERROR_CONNECT,
                    "%s:%u: the server turned us away: \"%s\"; we try again", target->host, target->port,
                    reply);
        return;
    }
    const char *own = *talk->error != '\0' ? talk->error : curl_easy_strerror(code);
    g_autofree char *words = net_text(own, strlen(own));
    if (code == CURLE_SSL_CONNECT_ERROR && !target->tls_first) {
        g_set_error(
            error, NET_ERROR, NET_ERROR_TLS,
            "%s:%u: the server agreed to STARTTLS, and TLS could not be started; its log may say why (%s)",
            target->host, target->port, words);
        return;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(failures); i++) {
        if (failures[i].code != code) continue;
        g_set_error(error, NET_ERROR, failures[i].error, "%s:%u: %s (%s)", target->host, target->port,
                    failures[i].what, words);
        return;
    }
    g_set_error(error, NET_ERROR, NET_ERROR_PROTOCOL, "%s:%u: %s", target->host, target->port, words);
}
