/* login.h - the secrets of a connection: a password, or an OAuth2 token that is kept until a server refuses
 * it.
 */
#pragma once

#include <glib.h>

#include "config/config.h"
#include "daemon/net/net.h"

typedef struct Login {
    NetEndpoint endpoint;
    char *password, *bearer; /* owned; wiped by whoever takes the endpoint */
} Login;

/* Fills the endpoint's secrets: *token (kept by the caller; NULL = none yet, then token_command is run) or
 * the password. FALSE and an error if they cannot be had. */
gboolean login_fill(Login *login, const Secret *secret, char **token, GError **error);
void login_clear(Login *login);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Login, login_clear)

/* Wipes and frees a token: the next login_fill() runs the command again. */
void login_forget(char **token);

/* Whether this failure may be a token that has run out: `had` says that one was kept before. */
gboolean login_may_be_old(const Secret *secret, gboolean had, const GError *error);
