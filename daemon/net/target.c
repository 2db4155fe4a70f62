#include "daemon/net/target.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netdb.h>
#include <string.h>
#include <unistd.h>

#include "daemon/net/net.h"

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

static Target *target_from(CURLU *handle, const char *url, const char *protocol, GError **error)
{
    const char *fault = url_fault(handle);
    g_autofree char *scheme = url_part(handle, CURLUPART_SCHEME);
    g_autofree char *host = url_part(handle, CURLUPART_HOST);
    g_autofree char *port = url_part(handle, CURLUPART_PORT);
    for (gsize i = 0; fault == NULL && i < G_N_ELEMENTS(schemes); i++) {
        if (strcmp(schemes[i].scheme, scheme) != 0 || !g_str_has_prefix(scheme, protocol)) continue;
        Target *target = g_new0(Target, 1);
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

Target *target_new(const char *url, const char *protocol, GError **error)
{
    if (url == NULL) url = "";
    CURLU *handle = curl_url();
    Target *target = NULL;
    if (curl_url_set(handle, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK)
        target = target_from(handle, url, protocol, error);
    else
        set_url_error(error, url, protocol, "is not a url");
    curl_url_cleanup(handle);
    return target;
}

/* A datagram socket is told where it would send to: the system chooses the address, and nothing goes. */
static char *literal_towards(const struct addrinfo *there)
{
    char text[NI_MAXHOST];
    struct sockaddr_storage own;
    socklen_t length = sizeof own;
    int fd = socket(there->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    gboolean known =
        fd >= 0 && connect(fd, there->ai_addr, there->ai_addrlen) == 0 &&
        getsockname(fd, (struct sockaddr *)&own, &length) == 0 &&
        getnameinfo((struct sockaddr *)&own, length, text, sizeof text, NULL, 0, NI_NUMERICHOST) == 0;
    if (fd >= 0) close(fd);
    if (!known) return NULL;
    text[strcspn(text, "%")] = '\0'; /* the interface of a link-local address */
    return g_strdup_printf(there->ai_family == AF_INET6 ? "[IPv6:%s]" : "[%s]", text);
}

char *target_own_literal(const Target *target)
{
    const struct addrinfo wish = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_DGRAM};
    g_autofree char *port = g_strdup_printf("%u", target->port);
    struct addrinfo *found = NULL;
    char *literal = NULL;
    if (getaddrinfo(target->host, port, &wish, &found) != 0) return NULL;
    for (const struct addrinfo *at = found; at != NULL && literal == NULL; at = at->ai_next)
        literal = literal_towards(at);
    freeaddrinfo(found);
    return literal;
}

void target_free(Target *target)
{
    if (target == NULL) return;
    g_free(target->url);
    g_free(target->host);
    g_free(target);
}
