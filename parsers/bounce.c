/* bounce.c - message/delivery-status, RFC 3464. */
#include "parsers/bounce.h"

#include <string.h>

#include "parsers/limits.h"
#include "parsers/mime_headers.h"
#include "parsers/words.h"

static void set(char **member, char *value)
{
    g_free(*member);
    *member = value;
}

/* --- fields ----------------------------------------------------------------------------------- */

/* The unfolded value of the field at p if it is called that; *next is the line after it. */
static char *field_value(const char *p, const char *name, const char **next)
{
    gsize length = strlen(name);
    if (g_ascii_strncasecmp(p, name, length) != 0) return NULL;
    const char *value = p + length + strspn(p + length, " \t");
    if (*value++ != ':') return NULL;
    const char *end = value + strcspn(value, "\n");
    while (*end == '\n' && (end[1] == ' ' || end[1] == '\t')) end += 1 + strcspn(end + 1, "\n");
    *next = *end ? end + 1 : end;
    char *text = g_strndup(value, (gsize)(end - value));
    char *out = text;
    for (const char *q = text; *q; q++) /* white space of folding is one space */
        if (!g_ascii_isspace(*q) || (out > text && out[-1] != ' ')) *out++ = g_ascii_isspace(*q) ? ' ' : *q;
    *out = '\0';
    return g_strstrip(text);
}

char *bounce_message_id(const char *text)
{
    static const char *const NAMES[] = {"Message-ID", "Original-Message-ID", "X-Original-Message-ID"};
    for (const char *p = text; *p;) {
        const char *line = p + strspn(p, " \t>|"), *next = NULL;
        for (gsize i = 0; i < G_N_ELEMENTS(NAMES); i++) {
            g_autofree char *value = field_value(line, NAMES[i], &next);
            g_autofree char *id = value ? mime_message_id(value) : NULL;
            if (id && *id) return g_steal_pointer(&id);
        }
        p += strcspn(p, "\n");
        if (*p) p++;
    }
    return g_strdup("");
}

/* --- groups ----------------------------------------------------------------------------------- */

/* "rfc822; a@x.example", "<a@x.example>". */
static char *address_of(const char *value)
{
    const char *semicolon = strchr(value, ';');
    char *address = g_strdup(semicolon ? semicolon + 1 : value);
    g_strdelimit(address, "<>\"", ' ');
    g_strstrip(address);
    address[strcspn(address, " ")] = '\0';
    return address;
}

/* "smtp; 550 5.1.1 …" without the kind, which is not for people. */
static char *diagnostic_of(const char *value)
{
    gsize kind = strspn(value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_ ");
    return g_strstrip(g_strdup(kind < 20 && value[kind] == ';' ? value + kind + 1 : value));
}

/* "5.1.1 (bad mailbox)" */
static char *status_of(const char *value)
{
    return g_strndup(value, strspn(value, "0123456789."));
}

static guint severity(const char *action)
{
    static const char *const WORSE[] = {"expanded", "relayed", "delivered", "delayed", "failed"};
    for (guint i = 0; i < G_N_ELEMENTS(WORSE); i++)
        if (strcmp(action, WORSE[i]) == 0) return i + 1;
    return 0;
}

static void bounce_clear(FactsBounce *bounce)
{
    g_free(bounce->recipient);
    g_free(bounce->action);
    g_free(bounce->status);
    g_free(bounce->diagnostic);
    g_free(bounce->message_id);
}

/* One field of a group. */
static void take_field(FactsBounce *group, const char *p, const char **next)
{
    char *value = NULL;
    if ((value = field_value(p, "Original-Recipient", next)))
        set(&group->recipient, address_of(value));
    else if ((value = field_value(p, "Final-Recipient", next)))
        set(&group->recipient, *group->recipient ? g_strdup(group->recipient) : address_of(value));
    else if ((value = field_value(p, "X-Actual-Recipient", next)))
        set(&group->recipient, *group->recipient ? g_strdup(group->recipient) : address_of(value));
    else if ((value = field_value(p, "Action", next)))
        set(&group->action,
            g_ascii_strdown(value,
                            (gssize)strspn(value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")));
    else if ((value = field_value(p, "Status", next)))
        set(&group->status, status_of(value));
    else if ((value = field_value(p, "Diagnostic-Code", next)))
        set(&group->diagnostic, diagnostic_of(value));
    g_free(value);
}

static FactsBounce empty_group(void)
{
    return (FactsBounce){g_strdup(""), g_strdup(""), g_strdup(""), g_strdup(""), g_strdup("")};
}

static void take_group(FactsBounce *bounce, FactsBounce *group)
{
    gboolean about = *group->recipient || *group->action;
    if (about && (!*bounce->recipient || severity(group->action) > severity(bounce->action))) {
        set(&bounce->recipient, g_strdup(group->recipient));
        set(&bounce->action, g_strdup(group->action));
        set(&bounce->status, g_strdup(group->status));
        set(&bounce->diagnostic, g_strdup(group->diagnostic));
    }
    bounce_clear(group);
    *group = empty_group();
}

void bounce_read_status(FactsBounce *bounce, const char *text)
{
    FactsBounce group = empty_group();
    for (const char *p = text; *p;) {
        const char *next = p + strcspn(p, "\n");
        if (*next) next++;
        if (*p == '\n')
            take_group(bounce, &group);
        else
            take_field(&group, p, &next);
        p = next;
    }
    take_group(bounce, &group);
    bounce_clear(&group);
    if (!*bounce->message_id) set(&bounce->message_id, bounce_message_id(text));
}
