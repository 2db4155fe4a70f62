/* facts.c - making, freeing and asking facts.h's structures. */
#include "parsers/facts.h"

#include <nettle/sha2.h>
#include <string.h>

#include "parsers/traditional.h"

/* Codes that bytes alone can earn. Those that need a campaign (late, over-quota, unknown-committee …) are the
 * desk's and must not come from a worker. */
static const char *const PROBLEM_CODES[] = {
    "unreadable",         /* nothing could be made of it */
    "encrypted",          /* needs a password that we do not have */
    "damaged",            /* breaks its own format; what could be read was read */
    "unsupported",        /* recognised, no reader for it */
    "cloud-link",         /* the mail links to a file in some cloud instead of carrying it */
    "too-large",          /* of a mail: only its headers were read; of a file: as truncated */
    "truncated",          /* over a cap of limits.h; what was below it was read */
    "archive-bomb",       /* unpacks to absurd sizes */
    "split-volume",       /* one part of an archive that was split into several */
    "macro",              /* carries a program */
    "misnamed",           /* its name says another format than its content */
    "empty-document",     /* no text, no picture */
    "scanned-only",       /* pictures of text */
    "classified-marking", /* 绝密, 机密 or 秘密 with ★ or a term */
};

static void mailbox_free(gpointer data)
{
    FactsMailbox *mailbox = data;
    g_free(mailbox->name);
    g_free(mailbox->address);
    g_free(mailbox);
}

static void result_free(gpointer data)
{
    FactsResult *result = data;
    g_free(result->method);
    g_free(result->result);
    g_free(result->domain);
    g_free(result);
}

static void authentication_free(gpointer data)
{
    FactsAuthentication *authentication = data;
    g_free(authentication->server);
    g_ptr_array_unref(authentication->results);
    g_free(authentication);
}

static void problem_free(gpointer data)
{
    FactsProblem *problem = data;
    g_free(problem->code);
    g_free(problem->detail);
    g_free(problem);
}

static void link_free(gpointer data)
{
    FactsLink *item = data;
    g_free(item->kind);
    g_free(item->url);
    g_free(item->name);
    g_free(item->size);
    g_free(item->expires);
    g_free(item->code);
    g_free(item);
}

static void quote_free(gpointer data)
{
    FactsQuote *quote = data;
    g_free(quote->name);
    g_free(quote->address);
    g_free(quote->date);
    g_free(quote->subject);
    g_free(quote);
}

void facts_field_free(gpointer data)
{
    FactsField *field = data;
    g_free(field->label);
    g_free(field->value);
    g_free(field);
}

FactsAttachment *facts_attachment_new(void)
{
    FactsAttachment *a = g_new0(FactsAttachment, 1);
    a->name = g_strdup("");
    a->path = g_strdup("");
    a->declared_type = g_strdup("");
    a->type = g_strdup("");
    a->sha256 = g_strdup("");
    a->offset = -1;
    a->text = g_strdup("");
    a->fields = g_ptr_array_new_with_free_func(facts_field_free);
    a->tables = g_ptr_array_new_with_free_func((GDestroyNotify)table_free);
    a->children = g_ptr_array_new_with_free_func((GDestroyNotify)facts_attachment_free);
    a->problems = g_ptr_array_new_with_free_func(problem_free);
    return a;
}

void facts_attachment_free(FactsAttachment *attachment)
{
    if (!attachment) return;
    g_free(attachment->name);
    g_free(attachment->path);
    g_free(attachment->declared_type);
    g_free(attachment->type);
    g_free(attachment->sha256);
    g_free(attachment->text);
    g_ptr_array_unref(attachment->fields);
    g_ptr_array_unref(attachment->tables);
    g_ptr_array_unref(attachment->children);
    g_ptr_array_unref(attachment->problems);
    g_free(attachment);
}

/* Its own strings: freed and made by one list. */
#define FACTS_STRINGS(f)                                                                                     \
    {                                                                                                        \
        &(f)->sha256, &(f)->message_id, &(f)->in_reply_to, &(f)->subject, &(f)->date, &(f)->received,        \
            &(f)->body, &(f)->new_text, &(f)->record, &(f)->loop, &(f)->bounced, &(f)->bounce.recipient,     \
            &(f)->bounce.action, &(f)->bounce.status, &(f)->bounce.diagnostic, &(f)->bounce.message_id       \
    }

Facts *facts_new(void)
{
    Facts *facts = g_new0(Facts, 1);
    char **const strings[] = FACTS_STRINGS(facts);
    for (gsize i = 0; i < G_N_ELEMENTS(strings); i++) *strings[i] = g_strdup("");
    GPtrArray **const lists[] = {&facts->from, &facts->to, &facts->cc, &facts->reply_to};
    for (gsize i = 0; i < G_N_ELEMENTS(lists); i++) *lists[i] = g_ptr_array_new_with_free_func(mailbox_free);
    facts->references = g_ptr_array_new_with_free_func(g_free);
    facts->authentication = g_ptr_array_new_with_free_func(authentication_free);
    facts->quoted = g_ptr_array_new_with_free_func(quote_free);
    facts->attachments = g_ptr_array_new_with_free_func((GDestroyNotify)facts_attachment_free);
    facts->links = g_ptr_array_new_with_free_func(link_free);
    facts->problems = g_ptr_array_new_with_free_func(problem_free);
    facts->leaves = g_ptr_array_new_with_free_func(g_free);
    return facts;
}

void facts_free(Facts *facts)
{
    if (!facts) return;
    char **const strings[] = FACTS_STRINGS(facts);
    for (gsize i = 0; i < G_N_ELEMENTS(strings); i++) g_free(*strings[i]);
    GPtrArray *const lists[] = {facts->references, facts->from,          facts->to,
                                facts->cc,         facts->reply_to,      facts->quoted,
                                facts->links,      facts->attachments,   facts->problems,
                                facts->leaves,     facts->authentication};
    for (gsize i = 0; i < G_N_ELEMENTS(lists); i++) g_ptr_array_unref(lists[i]);
    g_free(facts);
}

void facts_add_problem(GPtrArray *problems, const char *code, const char *detail)
{
    FactsProblem *problem = g_new(FactsProblem, 1);
    problem->code = g_strdup(code);
    problem->detail = g_strdup(detail ? detail : "");
    g_ptr_array_add(problems, problem);
}

FactsAuthentication *facts_add_authentication(GPtrArray *authentication)
{
    FactsAuthentication *field = g_new(FactsAuthentication, 1);
    *field =
        (FactsAuthentication){.server = g_strdup(""), .results = g_ptr_array_new_with_free_func(result_free)};
    g_ptr_array_add(authentication, field);
    return field;
}

FactsResult *facts_add_result(GPtrArray *results)
{
    FactsResult *result = g_new(FactsResult, 1);
    *result = (FactsResult){.method = g_strdup(""), .result = g_strdup(""), .domain = g_strdup("")};
    g_ptr_array_add(results, result);
    return result;
}

FactsLink *facts_add_link(GPtrArray *links, const char *kind, const char *url, const char *name)
{
    FactsLink *item = g_new(FactsLink, 1);
    *item = (FactsLink){.kind = g_strdup(kind),
                        .url = g_strdup(url),
                        .name = g_strdup(name ? name : ""),
                        .size = g_strdup(""),
                        .expires = g_strdup(""),
                        .code = g_strdup("")};
    g_ptr_array_add(links, item);
    return item;
}

const char *facts_base_of(const char *name)
{
    const char *base = name;
    for (const char *p = name; *p; p++)
        if (*p == '/' || *p == '\\') base = p + 1;
    return *base ? base : name;
}

const char *facts_base_name(const FactsAttachment *attachment)
{
    return facts_base_of(*attachment->path ? attachment->path : attachment->name);
}

const char *facts_field(const FactsAttachment *attachment, const char *label)
{
    const char *empty = NULL;
    for (guint i = 0; i < attachment->fields->len; i++) {
        const FactsField *field = g_ptr_array_index(attachment->fields, i);
        if (!traditional_is(field->label, label)) continue;
        if (*field->value) return field->value;
        empty = field->value;
    }
    return empty;
}

gboolean facts_problem_known(const char *code)
{
    for (gsize i = 0; i < G_N_ELEMENTS(PROBLEM_CODES); i++)
        if (strcmp(code, PROBLEM_CODES[i]) == 0) return TRUE;
    return FALSE;
}

/* Each part goes in with its NUL, so that no two lists of parts give the same bytes. */
char *facts_hex(const guint8 *digest, gsize length)
{
    char *hex = g_malloc(2 * length + 1);
    for (gsize i = 0; i < length; i++) {
        hex[2 * i] = "0123456789abcdef"[digest[i] >> 4];
        hex[2 * i + 1] = "0123456789abcdef"[digest[i] & 15];
    }
    hex[2 * length] = '\0';
    return hex;
}

char *facts_sha256(const void *bytes, gsize length)
{
    struct sha256_ctx context;
    guint8 digest[SHA256_DIGEST_SIZE];
    sha256_init(&context);
    sha256_update(&context, length, bytes);
    sha256_digest(&context, sizeof digest, digest);
    return facts_hex(digest, sizeof digest);
}

char *facts_sha256_bytes(GBytes *bytes)
{
    gsize length;
    gconstpointer data = g_bytes_get_data(bytes, &length);
    return facts_sha256(data, length);
}

static void identity_part(GChecksum *sum, const char *part)
{
    g_checksum_update(sum, (const guchar *)part, strlen(part) + 1);
}

char *facts_identity(const Facts *facts)
{
    g_autoptr (GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    identity_part(sum, facts->message_id);
    for (guint i = 0; i < facts->from->len; i++)
        identity_part(sum, ((FactsMailbox *)g_ptr_array_index(facts->from, i))->address);
    identity_part(sum, "");
    identity_part(sum, facts->date);
    identity_part(sum, facts->subject);
    for (guint i = 0; i < facts->leaves->len; i++) identity_part(sum, g_ptr_array_index(facts->leaves, i));
    return g_strdup(g_checksum_get_string(sum));
}
