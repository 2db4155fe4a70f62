#include "daemon/login.h"

#include <string.h>

/* No server would let us in; one that asks for no login has an empty `user`. */
static void lacks_password(const NetEndpoint *endpoint, const Secret *secret, GError **error)
{
    if (!endpoint->user || !*endpoint->user) return;
    g_set_error(error, NET_ERROR, NET_ERROR_AUTH,
                "%s: there is no password for %s: set password_file, or write it into the credential %s "
                "(/etc/baosong/NAME/%s for baosongd@NAME) and start the service again",
                endpoint->url, endpoint->user, secret->credential, secret->credential);
}

gboolean login_fill(Login *login, const Secret *secret, char **token, GError **error)
{
    g_autoptr (GError) local = NULL;
    if (*secret->command) {
        if (!*token) *token = config_token(secret, &local);
        login->bearer = g_strdup(*token);
    } else {
        login->password = config_secret(secret, &local);
        if (!login->password && !local) lacks_password(&login->endpoint, secret, &local);
    }
    login->endpoint.password = login->password;
    login->endpoint.bearer = login->bearer;
    if (!local) return TRUE;
    /* The endpoint that gives tokens may be away as any server may, and the machine be short of something: no
     * reason to end for good. */
    if (g_error_matches(local, CONFIG_ERROR, CONFIG_ERROR_TOKEN) ||
        g_error_matches(local, CONFIG_ERROR, CONFIG_ERROR_PASSING))
        g_set_error_literal(error, NET_ERROR, NET_ERROR_AUTH, local->message);
    else
        g_propagate_error(error, g_steal_pointer(&local));
    return FALSE;
}

void login_clear(Login *login)
{
    net_endpoint_wipe(&login->endpoint);
    g_clear_pointer(&login->password, g_free);
    g_clear_pointer(&login->bearer, g_free);
}

void login_forget(char **token)
{
    if (*token) explicit_bzero(*token, strlen(*token));
    g_clear_pointer(token, g_free);
}

gboolean login_may_be_old(const Secret *secret, gboolean had, const GError *error)
{
    return had && *secret->command && g_error_matches(error, NET_ERROR, NET_ERROR_AUTH);
}
