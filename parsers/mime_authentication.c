/* mime_authentication.c - Authentication-Results fields to facts. */
#include <string.h>

#include "parsers/limits.h"
#include "parsers/mime_headers.h"

/* NetEase and Coremail cut the field into lines of so many bytes, its name included, wherever that falls. */
enum { CUT_COLUMN = 70 };

static const char FIELD[] = "Authentication-Results";

/* Which domain a method looked at: that of the first of these properties. */
static const struct {
    const char *method;
    const char *properties[5];
} METHODS[] = {
    {"spf", {"smtp.mailfrom", "smtp.mail", "smtp.mfrom", "smtp.from"}},
    {"dkim", {"header.d", "header.i"}},
    {"dmarc", {"header.from"}},
    {"auth", {"smtp.auth", "smtp.mailfrom"}},
};

/* --- lines ------------------------------------------------------------------------------------ */

static gboolean begins_property(const char *p)
{
    static const char *const words[] = {"smtp.", "header.", "policy.", "body.", "reason"};
    for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
        if (g_ascii_strncasecmp(p, words[i], strlen(words[i])) == 0) return p[strcspn(p, "= \t;")] == '=';
    return FALSE;
}

/* One line. A line that is just as long as those of NetEase and Coremail goes on in the middle of a word. */
static char *joined(const char *raw)
{
    GString *out = g_string_new(NULL);
    gsize before = strlen(FIELD) + strlen(": ");
    for (const char *p = raw; *p && out->len < LIMIT_HEADER_BYTES;) {
        gsize length = strcspn(p, "\r\n");
        gboolean cut = before + length == CUT_COLUMN && length > 0 && p[length - 1] != ' ';
        g_string_append_len(out, p, (gssize)length);
        p += length;
        p += strspn(p, "\r\n \t");
        if (!cut || begins_property(p)) g_string_append_c(out, ' ');
        before = 0;
    }
    return g_strchomp(g_string_free(out, FALSE));
}

/* --- words ------------------------------------------------------------------------------------ */

/* The text behind the comment that p begins, and behind comments in it. */
static const char *skip_comment(const char *p)
{
    for (guint depth = 0; *p; p++) {
        if (*p == '\\' && p[1])
            p++;
        else if (*p == '(')
            depth++;
        else if (*p == ')' && --depth == 0)
            return p + 1;
    }
    return p;
}

static const char *skip_space(const char *p)
{
    for (;; p = skip_comment(p)) {
        p += strspn(p, " \t");
        if (*p != '(') return p;
    }
}

/* Up to white space, a comment, "=" or ";", without quotation marks; in lower case. */
static const char *read_token(const char *p, GString *out)
{
    g_string_truncate(out, 0);
    for (gboolean quoted = FALSE; *p && (quoted || !strchr(" \t(;=", *p)); p++) {
        if (*p == '"') {
            quoted = !quoted;
            continue;
        }
        if (quoted && *p == '\\' && p[1]) p++;
        g_string_append_c(out, g_ascii_tolower(*p));
    }
    return p;
}

/* A value goes on behind an "=": SRS and VERP put such into addresses. */
static const char *read_value(const char *p, GString *out)
{
    g_autoptr (GString) token = g_string_new(NULL);
    g_string_truncate(out, 0);
    for (;; p++) {
        p = read_token(p, token);
        g_string_append_len(out, token->str, (gssize)token->len);
        if (*p != '=') return p;
        g_string_append_c(out, '=');
    }
}

/* --- results ---------------------------------------------------------------------------------- */

static void put(char **slot, const char *value)
{
    g_free(*slot);
    *slot = g_utf8_make_valid(value, -1);
}

/* Of sec@x.example, <sec@x.example>, @x.example, x.example: x.example. */
static char *domain_of(const char *value)
{
    const char *at = strrchr(value, '@');
    char *domain = g_strdup(at ? at + 1 : value);
    domain[strcspn(domain, "<>\"',=")] = '\0';
    if (g_str_has_suffix(domain, ".")) domain[strlen(domain) - 1] = '\0';
    return domain;
}

/* How early the property stands among those that tell the domain; 0 if it tells none. */
static guint rank_of(const char *method, const char *property)
{
    for (gsize i = 0; i < G_N_ELEMENTS(METHODS); i++)
        for (guint k = 0; strcmp(METHODS[i].method, method) == 0 && METHODS[i].properties[k]; k++)
            if (strcmp(METHODS[i].properties[k], property) == 0) return k + 1;
    return 0;
}

static gboolean is_method(const char *word)
{
    for (gsize i = 0; i < G_N_ELEMENTS(METHODS); i++)
        if (strcmp(METHODS[i].method, word) == 0) return TRUE;
    return FALSE;
}

/* The first half and the latest ones stay. */
static void keep_ends(GPtrArray *list)
{
    if (list->len >= LIMIT_RESULTS) g_ptr_array_remove_index(list, LIMIT_RESULTS / 2);
}

/* The results up to the next ";": one, or several where the ";" was forgotten. */
static const char *read_results(const char *p, GPtrArray *results)
{
    g_autoptr (GString) key = g_string_new(NULL);
    g_autoptr (GString) value = g_string_new(NULL);
    FactsResult *result = NULL;
    guint best = 0;
    while (*(p = skip_space(p)) && *p != ';') {
        p = skip_space(read_token(p, key));
        if (*p != '=') continue;
        p = read_value(skip_space(p + 1), value);
        key->str[strcspn(key->str, "/")] = '\0'; /* the version of a method */
        if (!*key->str) continue;
        if (is_method(key->str) || (!result && !strchr(key->str, '.'))) {
            keep_ends(results);
            result = facts_add_result(results);
            put(&result->method, key->str);
            put(&result->result, value->str);
            best = 0;
            continue;
        }
        guint rank = result ? rank_of(result->method, key->str) : 0;
        if (rank == 0 || (best && rank >= best)) continue;
        g_autofree char *domain = domain_of(value->str);
        put(&result->domain, domain);
        best = rank;
    }
    return *p == ';' ? p + 1 : p;
}

static void read_field(const char *raw, FactsAuthentication *field)
{
    g_autofree char *line = joined(raw);
    g_autoptr (GString) server = g_string_new(NULL);
    const char *p = skip_space(line), *behind = skip_space(read_token(p, server));
    if (*behind != '=') { /* a server's name, perhaps with a version; words behind it have no method */
        put(&field->server, server->str);
        p = behind + strcspn(behind, ";");
        p += *p == ';';
    }
    while (*p) p = read_results(p, field->results);
}

void mime_authentication_read(const Entity *message, Facts *facts)
{
    guint64 hop = 0;
    for (guint i = 0; i < message->fields->len; i++) {
        const EntityField *field = &g_array_index(message->fields, EntityField, i);
        if (g_ascii_strcasecmp(field->name, "Received") == 0) hop++;
        if (g_ascii_strcasecmp(field->name, FIELD) != 0) continue;
        keep_ends(facts->authentication);
        FactsAuthentication *said = facts_add_authentication(facts->authentication);
        said->hop = hop;
        read_field(field->value, said);
    }
}
