/* mime.c - walking the parts of a mail. GMime finds the structure; names, charsets and text are ours. */
#include "parsers/mime.h"

#include <gmime/gmime.h>
#include <string.h>

#include "parsers/charset.h"
#include "parsers/document.h"
#include "parsers/limits.h"
#include "parsers/links.h"
#include "parsers/mime_headers.h"
#include "parsers/mime_text.h"
#include "parsers/params.h"
#include "parsers/unpack.h"
#include "parsers/words.h"

typedef struct Walk {
    Facts *facts; /* of the whole mail: leaves, links, problems */
    MimeKeep keep;
    gpointer data;
    guint parts;
    gboolean full; /* LIMIT_MAIL_PARTS was reached, and said */
    gboolean deep;
} Walk;

/* Where the parts of one message go: the mail itself, or a mail forwarded in it. */
typedef struct Level {
    GPtrArray *attachments;
    GString *body;
    guint depth;      /* of MIME nesting, over all levels */
    gboolean outmost; /* the mail itself, not one forwarded in it */
} Level;

static void walk_part(Walk *walk, Level *level, GMimeObject *part);
static void read_inner(Walk *outer, FactsAttachment *attachment, GBytes *mail, guint depth);

/* --- bytes and names -------------------------------------------------------------------------------------
 */

static GBytes *stream_bytes(GMimeStream *stream)
{
    GByteArray *array = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
    g_mime_stream_mem_set_owner(GMIME_STREAM_MEM(stream), FALSE);
    g_object_unref(stream);
    return g_byte_array_free_to_bytes(array);
}

/* Bytes after transfer decoding. */
static GBytes *decoded_bytes(GMimePart *part)
{
    GMimeStream *stream = g_mime_stream_mem_new();
    GMimeDataWrapper *content = g_mime_part_get_content(part);
    if (content) g_mime_data_wrapper_write_to_stream(content, stream);
    return stream_bytes(stream);
}

static GBytes *message_bytes(GMimeMessage *message)
{
    GMimeStream *stream = g_mime_stream_mem_new();
    g_mime_object_write_to_stream(GMIME_OBJECT(message), NULL, stream);
    return stream_bytes(stream);
}

/* File name of a part: the disposition's, else the type's; without folders; NULL if none. */
static char *part_name(GMimeObject *part)
{
    g_autofree char *name = params_get(mime_header(part, "Content-Disposition"), "filename");
    if (!name || !*name) {
        g_free(name);
        name = params_get(mime_header(part, "Content-Type"), "name");
    }
    if (!name || !*name) return NULL;
    const char *slash = strrchr(name, '/');
    const char *base = slash ? slash + 1 : name;
    const char *backslash = strrchr(base, '\\');
    if (backslash) base = backslash + 1;
    return g_strdup(*base ? base : name);
}

static char *declared_type(GMimeObject *part)
{
    return params_value(mime_header(part, "Content-Type"));
}

/* --- leaves ----------------------------------------------------------------------------------------------
 */

static FactsAttachment *new_attachment(GMimeObject *part, GBytes *bytes)
{
    FactsAttachment *a = facts_attachment_new();
    char *name = part_name(part);
    g_free(a->name);
    a->name = name ? name : g_strdup("");
    g_free(a->declared_type);
    a->declared_type = declared_type(part);
    a->size = g_bytes_get_size(bytes);
    g_free(a->sha256);
    a->sha256 = facts_sha256_bytes(bytes);
    return a;
}

/* A mail in a forwarded mail is not kept as such: it is inside what is kept already, and its files are kept
 * one by one. That way no byte is kept more than twice, however deep mails are packed into each other. */
static void add_attachment(Walk *walk, Level *level, FactsAttachment *attachment, GBytes *bytes)
{
    g_ptr_array_add(level->attachments, attachment);
    gboolean packed = !level->outmost && strcmp(attachment->type, "message/rfc822") == 0;
    if (walk->keep && !packed) walk->keep(attachment, bytes, walk->data);
}

/* Parts that say which of our mails came back: the headers of a bounced mail, or the report about it. */
static void note_bounced(Walk *walk, const char *type, GBytes *bytes)
{
    static const char *const TYPES[] = {"text/rfc822-headers", "message/delivery-status",
                                        "message/global-headers", "message/disposition-notification"};
    gboolean known = FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(TYPES); i++) known |= strcmp(type, TYPES[i]) == 0;
    if (!known || *walk->facts->bounced) return;
    gsize length = 0;
    const char *data = mime_bytes(bytes, &length);
    g_autofree char *text = charset_to_utf8(data, MIN(length, LIMIT_HEADER_BYTES), NULL, NULL);
    for (const char *p = text; p && *p; p = strchr(p, '\n'), p = p ? p + 1 : NULL) {
        static const char *const FIELDS[] = {"Message-ID:", "Original-Message-ID:", "X-Original-Message-ID:"};
        for (gsize i = 0; i < G_N_ELEMENTS(FIELDS); i++) {
            if (g_ascii_strncasecmp(p, FIELDS[i], strlen(FIELDS[i])) != 0) continue;
            const char *value = p + strlen(FIELDS[i]), *end = value;
            while (*end && !(*end == '\n' && end[1] != ' ' && end[1] != '\t')) end++;
            g_autofree char *folded = g_strndup(value, (gsize)(end - value));
            g_free(walk->facts->bounced);
            walk->facts->bounced = mime_message_id(folded);
            return;
        }
    }
}

static gboolean is_body(GMimeObject *part, const char *type)
{
    g_autofree char *disposition = params_value(mime_header(part, "Content-Disposition"));
    g_autofree char *name = part_name(part);
    return !name && strcmp(disposition, "attachment") != 0 &&
           (!*type || strcmp(type, "text") == 0 || strcmp(type, "text/plain") == 0 ||
            strcmp(type, "text/html") == 0);
}

/* A mail saved as a file and attached: nothing says so but its content. */
static gboolean is_mail_file(const Level *level, FactsAttachment *attachment)
{
    if (strcmp(attachment->type, "message/rfc822") != 0 || level->depth >= LIMIT_MAIL_DEPTH) return FALSE;
    g_ptr_array_set_size(attachment->problems, 0); /* that documents of this type are not read */
    return TRUE;
}

static void walk_leaf(Walk *walk, Level *level, GMimePart *part)
{
    GMimeObject *object = GMIME_OBJECT(part);
    g_autoptr (GBytes) bytes = decoded_bytes(part);
    g_autofree char *type = declared_type(object);
    g_ptr_array_add(walk->facts->leaves, facts_sha256_bytes(bytes));
    if (is_body(object, type)) {
        g_autofree char *charset = params_get(mime_header(object, "Content-Type"), "charset");
        g_autofree char *text = mime_readable(walk->facts, bytes, strcmp(type, "text/html") == 0, charset);
        mime_append(level->body, walk->facts, text);
        return;
    }
    note_bounced(walk, type, bytes);
    FactsAttachment *attachment = new_attachment(object, bytes);
    gboolean declared = strcmp(type, "message/rfc822") == 0; /* GMime leaves it alone when it is encoded */
    if (!declared) document_read_keeping(attachment, bytes, walk->keep, walk->data);
    if (declared || is_mail_file(level, attachment)) read_inner(walk, attachment, bytes, level->depth + 1);
    add_attachment(walk, level, attachment, bytes);
}

/* --- messages in messages --------------------------------------------------------------------------------
 */

static void append_mailboxes(GString *text, const char *label, const GPtrArray *list)
{
    for (guint i = 0; i < MIN(list->len, 20); i++) {
        const FactsMailbox *box = g_ptr_array_index(list, i);
        g_string_append_printf(text, "%s%s%s<%s>", i ? ", " : label, box->name, *box->name ? " " : "",
                               box->address);
    }
    if (list->len > 0) g_string_append_c(text, '\n');
}

/* What a mail program shows above a forwarded mail. */
static void append_heading(GString *text, const Facts *inner)
{
    append_mailboxes(text, "发件人: ", inner->from);
    if (*inner->date) g_string_append_printf(text, "日期: %s\n", inner->date);
    append_mailboxes(text, "收件人: ", inner->to);
    if (*inner->subject) g_string_append_printf(text, "主题: %s\n", inner->subject);
    if (text->len > 0) g_string_append_c(text, '\n');
}

static void walk_message(Walk *walk, guint depth, GMimeMessage *message, FactsAttachment *attachment)
{
    g_autoptr (Facts) inner = facts_new();
    mime_headers_read(GMIME_OBJECT(message), inner);
    if (!*attachment->name) {
        g_free(attachment->name);
        attachment->name = g_strconcat(*inner->subject ? inner->subject : "message", ".eml", NULL);
        g_strdelimit(attachment->name, "/\\", '_');
    }
    if (!*walk->facts->bounced) {
        g_free(walk->facts->bounced);
        walk->facts->bounced = g_strdup(inner->message_id);
    }
    g_autoptr (GString) text = g_string_new(NULL);
    append_heading(text, inner);
    Level level = {.attachments = attachment->children, .body = text, .depth = depth};
    GMimeObject *top = g_mime_message_get_mime_part(message);
    if (top) walk_part(walk, &level, top);
    g_free(attachment->text);
    attachment->text = g_strdup(text->str);
    g_free(attachment->type);
    attachment->type = g_strdup("message/rfc822");
}

static void walk_message_part(Walk *walk, Level *level, GMimeMessagePart *part)
{
    GMimeMessage *message = g_mime_message_part_get_message(part);
    g_autoptr (GBytes) bytes = message ? message_bytes(message) : g_bytes_new(NULL, 0);
    FactsAttachment *attachment = new_attachment(GMIME_OBJECT(part), bytes);
    if (message) walk_message(walk, level->depth + 1, message, attachment);
    add_attachment(walk, level, attachment, bytes);
}

/* --- multiparts ------------------------------------------------------------------------------------------
 */

/* Of alternatives the plain text is the body, unless it is empty: then the first of the others that has text.
 * Attachments of all count. */
static void walk_alternative(Walk *walk, Level *level, GMimeMultipart *multipart)
{
    g_autoptr (GString) plain = g_string_new(NULL);
    g_autoptr (GString) rich = g_string_new(NULL);
    g_autoptr (GString) unused = g_string_new(NULL);
    GString *body = level->body;
    int count = g_mime_multipart_get_count(multipart);
    for (int i = 0; i < count; i++) {
        GMimeObject *child = g_mime_multipart_get_part(multipart, i);
        g_autofree char *type = declared_type(child);
        gboolean is_plain = strcmp(type, "text/plain") == 0 || !*type;
        level->body = is_plain ? plain : rich->len == 0 ? rich : unused;
        walk_part(walk, level, child);
    }
    level->body = body;
    mime_append(level->body, walk->facts, plain->len > 0 ? plain->str : rich->str);
}

/* No part was found: no boundary line, or none announced. What is there is kept as text. */
static void walk_empty_multipart(Walk *walk, Level *level, GMimeMultipart *multipart)
{
    const char *texts[] = {g_mime_multipart_get_prologue(multipart),
                           g_mime_multipart_get_epilogue(multipart)};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        if (!texts[i] || !*texts[i]) continue;
        g_autoptr (GBytes) bytes = g_bytes_new(texts[i], strlen(texts[i]));
        g_ptr_array_add(walk->facts->leaves, facts_sha256_bytes(bytes));
        gboolean html = strstr(texts[i], "<html") || strstr(texts[i], "<HTML") || strstr(texts[i], "<body");
        g_autofree char *text = mime_readable(walk->facts, bytes, html, NULL);
        mime_append(level->body, walk->facts, text);
    }
    facts_add_problem(walk->facts->problems, "damaged",
                      "a multipart has no parts; its content was kept as text");
}

static void walk_multipart(Walk *walk, Level *level, GMimeMultipart *multipart)
{
    GMimeContentType *type = g_mime_object_get_content_type(GMIME_OBJECT(multipart));
    int count = g_mime_multipart_get_count(multipart);
    if (g_mime_content_type_is_type(type, "multipart", "encrypted"))
        facts_add_problem(walk->facts->problems, "encrypted", "the mail itself is encrypted (PGP/MIME)");
    level->depth++;
    if (count == 0) {
        walk_empty_multipart(walk, level, multipart);
    } else if (g_mime_content_type_is_type(type, "multipart", "alternative")) {
        walk_alternative(walk, level, multipart);
    } else {
        for (int i = 0; i < count; i++) walk_part(walk, level, g_mime_multipart_get_part(multipart, i));
    }
    level->depth--;
}

static void walk_part(Walk *walk, Level *level, GMimeObject *part)
{
    if (++walk->parts > LIMIT_MAIL_PARTS) {
        if (!walk->full)
            facts_add_problem(walk->facts->problems, "truncated", "too many parts; the rest was not read");
        walk->full = TRUE;
    } else if (level->depth > LIMIT_MAIL_DEPTH) {
        if (!walk->deep)
            facts_add_problem(walk->facts->problems, "truncated", "parts nested too deeply were not read");
        walk->deep = TRUE;
    } else if (GMIME_IS_MULTIPART(part)) {
        walk_multipart(walk, level, GMIME_MULTIPART(part));
    } else if (GMIME_IS_MESSAGE_PART(part)) {
        walk_message_part(walk, level, GMIME_MESSAGE_PART(part));
    } else if (GMIME_IS_PART(part)) {
        walk_leaf(walk, level, GMIME_PART(part));
    }
}

/* --- public ----------------------------------------------------------------------------------------------
 */

static GMimeMessage *parse(GBytes *mail)
{
    gsize length = 0;
    const char *data = mime_bytes(mail, &length);
    GMimeStream *stream = g_mime_stream_mem_new_with_buffer(data, length);
    GMimeParser *parser = g_mime_parser_new_with_stream(stream);
    g_object_unref(stream);
    GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);
    g_object_unref(parser);
    return message;
}

/* No header fields at all: text is better than nothing. */
static void read_headless(Facts *facts, GBytes *mail)
{
    g_autoptr (GString) body = g_string_new(NULL);
    g_autofree char *text = mime_readable(facts, mail, FALSE, NULL);
    mime_append(body, facts, text);
    g_free(facts->body);
    facts->body = g_strdup(body->str);
    g_ptr_array_add(facts->leaves, g_strdup(facts->sha256));
    facts_add_problem(facts->problems, "damaged", "no mail: there are no header fields; it was kept as text");
}

Facts *mime_read(GBytes *mail, MimeKeep keep, gpointer data)
{
    Facts *facts = facts_new();
    unpack_reset(); /* the cap on unpacked bytes is one for all attachments of a mail */
    g_free(facts->sha256);
    facts->sha256 = facts_sha256_bytes(mail);
    GMimeMessage *message = parse(mail);
    if (!message) {
        read_headless(facts, mail);
        return facts;
    }
    mime_headers_read(GMIME_OBJECT(message), facts);
    g_autoptr (GString) body = g_string_new(NULL);
    Walk walk = {.facts = facts, .keep = keep, .data = data};
    Level level = {.attachments = facts->attachments, .body = body, .outmost = TRUE};
    GMimeObject *top = g_mime_message_get_mime_part(message);
    if (top) walk_part(&walk, &level, top);
    g_free(facts->body);
    facts->body = g_strdup(body->str);
    links_judge(facts);
    mime_auto_read(message, facts);
    g_object_unref(message);
    return facts;
}

/* A mail in a file: its problems are the file's. */
static void read_inner(Walk *outer, FactsAttachment *attachment, GBytes *mail, guint depth)
{
    g_autoptr (Facts) facts = facts_new();
    GMimeMessage *message = parse(mail);
    g_free(attachment->type);
    attachment->type = g_strdup("message/rfc822");
    if (!message) {
        facts_add_problem(attachment->problems, "damaged", "no mail: there are no header fields");
        return;
    }
    Walk walk = {.facts = facts, .keep = outer->keep, .data = outer->data, .parts = outer->parts};
    walk_message(&walk, depth, message, attachment);
    outer->parts = walk.parts;
    g_object_unref(message);
    for (guint i = 0; i < facts->problems->len; i++) {
        const FactsProblem *problem = g_ptr_array_index(facts->problems, i);
        facts_add_problem(attachment->problems, problem->code, problem->detail);
    }
}

void mime_read_attachment(FactsAttachment *attachment, GBytes *mail)
{
    Walk walk = {.facts = NULL};
    read_inner(&walk, attachment, mail, 1);
}

void mime_init(void)
{
    static const char *const CHARSETS[] = {"gb18030", "big5",        "iso-8859-1",
                                           "utf-16",  "iso-2022-jp", "shift_jis"};
    g_mime_init();
    for (gsize i = 0; i < G_N_ELEMENTS(CHARSETS); i++) {
        char *text = charset_to_utf8("a\xb1\xa8", 3, CHARSETS[i], NULL);
        g_free(text);
    }
}
