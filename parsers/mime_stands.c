/* mime_stands.c - parts that stand for something else. */
#include "parsers/mime_stands.h"

#include <string.h>

#include "parsers/links.h"
#include "parsers/mime_text.h"
#include "parsers/params.h"
#include "parsers/smime.h"

/* --- encrypted -------------------------------------------------------------------------------- */

gboolean mime_is_smime(const Entity *entity, const char *name)
{
    return strcmp(entity->type, "application/pkcs7-mime") == 0 ||
           strcmp(entity->type, "application/x-pkcs7-mime") == 0 ||
           (strcmp(entity->type, "application/octet-stream") == 0 &&
            g_ascii_strcasecmp(name, "smime.p7m") == 0);
}

void mime_note_encrypted(Facts *facts, const Entity *entity, FactsAttachment *attachment, GBytes *bytes)
{
    if (!mime_is_smime(entity, attachment->name)) return;
    g_autofree char *kind = params_get(entity_field(entity, "Content-Type"), "smime-type");
    gboolean said = kind && g_ascii_strcasecmp(kind, "enveloped-data") == 0;
    if (!said && !smime_is_encrypted(bytes)) return;
    facts_add_problem(facts->problems, "encrypted", "the mail itself is encrypted (S/MIME)");
    g_ptr_array_set_size(attachment->problems, 0); /* that documents of this type are not read */
    facts_add_problem(attachment->problems, "encrypted", "it is an encrypted mail (S/MIME)");
}

void mime_note_armour(Facts *facts, const char *text)
{
    static const char MARK[] = "-----BEGIN PGP MESSAGE-----";
    const char *found = strstr(text, MARK);
    if (found && (found == text || found[-1] == '\n'))
        facts_add_problem(facts->problems, "encrypted", "the text of the mail is encrypted (PGP)");
}

/* --- elsewhere -------------------------------------------------------------------------------- */

static void set(char **member, const char *value)
{
    g_free(*member);
    *member = g_strdup(value);
}

/* RFC 2017 wants long addresses folded. In place. */
static void remove_space(char *text)
{
    char *out = text;
    for (const char *p = text; *p; p++)
        if (!g_ascii_isspace(*p)) *out++ = *p;
    *out = '\0';
}

gboolean mime_read_external(Facts *facts, const Entity *entity, FactsAttachment *attachment)
{
    if (strcmp(entity->type, "message/external-body") != 0) return FALSE;
    const char *type = entity_field(entity, "Content-Type");
    g_autofree char *url = params_get(type, "url"), *site = params_get(type, "site");
    if (url) remove_space(url);
    g_autofree char *detail = g_strconcat("the mail names a file that lies elsewhere (message/external-body)",
                                          site ? ": " : "", site, NULL);
    set(&attachment->type, entity->type);
    facts_add_problem(attachment->problems, "cloud-link", detail);
    facts_add_problem(facts->problems, "cloud-link", detail);
    if (url && *url) links_add(facts, url, attachment->name);
    return TRUE;
}

/* --- in pieces -------------------------------------------------------------------------------- */

static guint number_of(const char *type, const char *name)
{
    g_autofree char *value = params_get(type, name);
    return value ? (guint)MIN(g_ascii_strtoull(value, NULL, 10), 9999) : 0;
}

guint mime_note_piece(const Entity *entity, FactsAttachment *attachment)
{
    if (strcmp(entity->type, "message/partial") != 0) return 0;
    const char *type = entity_field(entity, "Content-Type");
    const guint number = MAX(number_of(type, "number"), 1), total = number_of(type, "total");
    g_autofree char *of = total > 0 ? g_strdup_printf(" of %u", total) : g_strdup("");
    g_autofree char *detail =
        g_strdup_printf("piece %u%s of a mail that was sent in several (message/partial)", number, of);
    facts_add_problem(attachment->problems, "split-volume", detail);
    return number;
}
