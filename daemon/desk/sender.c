/* sender.c - does the mail come from whom its From names?
 *
 * Anybody can write a committee's address into From. The servers that took the mail in say in
 * Authentication-Results (RFC 8601) what they found; who else may have written such a field shapes the rules:
 *     - Doubt is believed wherever it stands. Who forges it harms himself.
 *     - What speaks for the sender counts against a doubt in the same field only, or above the first
 *       Received, where no sender can write. NetEase and Coremail put their field below all that the sender
 *       wrote, so neither the topmost nor the lowest one is surely the server's.
 *     - No field, no doubt: mail within one server has none.
 * Doubt is: DMARC failed; or SPF failed, or SPF or DMARC passed for another domain than From's, and neither a
 * signature of From's domain nor a login of that domain speaks for it. Softfail, none and errors say nothing:
 * too many honest domains earn them.
 *
 * [imap] authserv_id names our servers. While it is empty nobody is known, and only a failed DMARC counts:
 * SPF fails for every mail behind a gateway that hands mail on.
 */
#include <string.h>

#include "daemon/desk/ask.h"

/* Our domains may be related: a signature of the university speaks for its faculties, and the other way
 * round (the relaxed alignment of RFC 7489, but for sisters, which need a list of registries). */
static gboolean is_below(const char *domain, const char *above)
{
    g_autofree char *end = g_strconcat(".", above, NULL);
    return strchr(above, '.') && g_str_has_suffix(domain, end);
}

static gboolean is_aligned(const char *domain, const char *from)
{
    g_autofree char *a = g_hostname_to_ascii(domain), *b = g_hostname_to_ascii(from);
    return a && b && (strcmp(a, b) == 0 || is_below(a, b) || is_below(b, a));
}

/* What the fields say that may be read together. */
typedef struct Said {
    const char *server;
    const char *against; /* in the words of staff, NULL = nothing */
    const char *other;   /* the domain that it is about, or NULL */
    gboolean dmarc;      /* DMARC failed: no signature helps */
    gboolean signature, login;
} Said;

static void accuse(Said *said, const char *against, const char *other)
{
    if (said->against) return;
    said->against = against;
    said->other = other;
}

static void hear(Said *said, const FactsResult *result, const char *from)
{
    const gboolean pass = strcmp(result->result, "pass") == 0;
    const gboolean fail = strcmp(result->result, "fail") == 0 || strcmp(result->result, "hardfail") == 0;
    const gboolean aligned = is_aligned(result->domain, from), other = *result->domain && !aligned;
    if (strcmp(result->method, "dmarc") == 0) {
        if (fail) {
            said->against = NULL; /* it weighs more than what stands there */
            accuse(said, "DMARC 验证未通过", NULL);
        }
        if (pass && other) accuse(said, "通过验证的发件域是", result->domain);
        said->dmarc |= fail;
        said->signature |= pass && aligned;
    } else if (strcmp(result->method, "spf") == 0) {
        if (fail) accuse(said, "SPF 验证未通过", NULL);
        if (pass && other) accuse(said, "实际发信域是", result->domain);
    } else if (strcmp(result->method, "dkim") == 0) {
        said->signature |= pass && aligned;
    } else if (strcmp(result->method, "auth") == 0) {
        said->login |= pass && (aligned || !strchr(result->domain, '.'));
    }
}

static void hear_all(Said *said, const FactsAuthentication *field, const char *from)
{
    said->server = *field->server ? field->server : "a server that gives no name";
    for (guint i = 0; i < field->results->len; i++) hear(said, field->results->pdata[i], from);
}

static gboolean is_of(const GPtrArray *servers, const FactsAuthentication *field)
{
    for (guint i = 0; i < servers->len; i++) {
        g_autofree char *pattern = g_ascii_strdown(servers->pdata[i], -1);
        if (g_pattern_match_simple(pattern, field->server)) return TRUE;
    }
    return FALSE;
}

/* `known`: the field is of a server that the config names. */
static void judge(Ask *ask, const Said *said, gboolean known)
{
    if (ask->doubt || !said->against || said->login || !(said->dmarc || (known && !said->signature))) return;
    ask->doubt = g_strconcat(said->against, said->other ? " " : "", said->other, NULL);
    verdict_decide(ask->verdict, "sender", "doubtful", "Authentication-Results of %s", said->server);
}

void sender_ask(Ask *ask)
{
    const GPtrArray *fields = ask->facts->authentication, *servers = ask->config->imap.authserv_id;
    const char *at = strrchr(ask->from, '@');
    const gboolean known = fields->len > 0 && servers->len > 0;
    Said top = {0};
    for (guint i = 0; i < fields->len && at; i++) {
        const FactsAuthentication *field = fields->pdata[i];
        Said apart = {0};
        if (known && !is_of(servers, field)) continue;
        hear_all(field->hop == 0 ? &top : &apart, field, at + 1);
        judge(ask, &apart, known);
    }
    judge(ask, &top, known);
}
