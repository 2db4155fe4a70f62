/* mime.c - walking the parts of a mail. */
#include "parsers/mime.h"

#include <malloc.h>
#include <string.h>

#include "parsers/charset.h"
#include "parsers/document.h"
#include "parsers/history.h"
#include "parsers/lastwords.h"
#include "parsers/limits.h"
#include "parsers/links.h"
#include "parsers/mime_headers.h"
#include "parsers/mime_name.h"
#include "parsers/mime_stands.h"
#include "parsers/mime_text.h"
#include "parsers/params.h"
#include "parsers/recognise.h"
#include "parsers/smime.h"
#include "parsers/unpack.h"
#include "parsers/words.h"

typedef struct Walk {
    Facts *facts; /* of the whole mail: leaves, links, problems */
    const Entity *top;
    MimeKeep keep;
    gpointer data;
} Walk;

/* Where the parts of one message go: the mail itself, or a mail forwarded in it. */
typedef struct Level {
    GPtrArray *attachments;
    GString *body;
    gboolean outmost; /* the mail itself, not one forwarded in it */
} Level;

/* Mails can be files in mails in files: what is nested that way is counted here, since mime_read(). */
static struct {
    guint depth; /* multiparts and mails that we are in */
    guint parts;
} inside;

static void walk_entity(Walk *walk, Level *level, const Entity *entity);
static void read_inner(const Walk *outer, FactsAttachment *attachment, GBytes *mail);

static void set(char **member, char *value)
{
    g_free(*member);
    *member = value;
}

/* --- bytes and names -------------------------------------------------------------------------- */

/* Bytes after transfer decoding; a copy only if there is something to decode. */
static GBytes *decoded_bytes(const Entity *entity)
{
    if (entity->transfer == TRANSFER_NONE) return g_bytes_ref(entity->body);
    gsize length = 0;
    const char *data = mime_bytes(entity->body, &length);
    return transfer_decode(entity->transfer, data, length);
}

static FactsAttachment *new_attachment(const Entity *entity, GBytes *bytes)
{
    FactsAttachment *a = facts_attachment_new();
    g_autofree char *name = mime_part_name(entity, params_get);
    g_autofree char *path = name ? mime_part_name(entity, params_path) : NULL;
    if (!name) name = mime_described_name(entity);
    if (path && strcmp(path, name) != 0) set(&a->path, g_steal_pointer(&path));
    if (name) set(&a->name, g_steal_pointer(&name));
    set(&a->declared_type, g_strdup(entity->type));
    a->size = g_bytes_get_size(bytes);
    set(&a->sha256, facts_sha256_bytes(bytes));
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

/* --- text ------------------------------------------------------------------------------------- */

/* A file that was put into the text. */
static void add_text_file(Walk *walk, Level *level, const TransferFile *file)
{
    FactsAttachment *a = facts_attachment_new();
    set(&a->name, words_decode(file->name));
    set(&a->declared_type, g_strdup("application/octet-stream"));
    a->size = g_bytes_get_size(file->content);
    set(&a->sha256, facts_sha256_bytes(file->content));
    g_ptr_array_add(walk->facts->leaves, g_strdup(a->sha256));
    document_read_keeping(a, file->content, walk->keep, walk->data);
    if (file->torn)
        facts_add_problem(
            a->problems, "damaged",
            "the mail ends before the file does (uuencode), or the rest of it is in other mails (yEnc)");
    add_attachment(walk, level, a, file->content);
}

/* Takes files out of a text; gives what is left. */
static GBytes *without_files(Walk *walk, Level *level, GBytes *bytes)
{
    gsize length = 0, done = 0;
    const char *text = mime_bytes(bytes, &length);
    TransferFile file;
    if (!transfer_find_file(text, length, 0, &file)) return g_bytes_ref(bytes);
    g_autoptr (GByteArray) rest = g_byte_array_new();
    do {
        g_byte_array_append(rest, (const guint8 *)text + done, (guint)(file.start - done));
        done = file.end;
        add_text_file(walk, level, &file);
        transfer_file_clear(&file);
    } while (++inside.parts < LIMIT_MAIL_PARTS && transfer_find_file(text, length, done, &file));
    g_byte_array_append(rest, (const guint8 *)text + done, (guint)(length - done));
    return g_byte_array_free_to_bytes(g_steal_pointer(&rest));
}

static void add_text(Walk *walk, Level *level, GBytes *bytes, const MimeText *how)
{
    g_autoptr (GBytes) rest = how->html ? g_bytes_ref(bytes) : without_files(walk, level, bytes);
    g_autofree char *text = mime_readable(walk->facts, rest, how);
    if (how->html && strstr(text, "begin")) { /* a page that a program has made of such a text */
        g_autoptr (GBytes) shown = g_bytes_new_take(text, strlen(text));
        g_autoptr (GBytes) left = without_files(walk, level, shown);
        gsize length = 0;
        const char *data = mime_bytes(left, &length);
        text = g_strndup(data, length);
    }
    mime_note_armour(walk->facts, text);
    mime_append(level->body, walk->facts, text);
}

/* Types of what is there to be read, some as scripts misspell them; and the same once more for phones and for
 * watches. */
static gboolean is_text(const char *type)
{
    static const char *const TYPES[] = {"",           "text",         "text/plain",      "text/html",
                                        "plain/text", "text/x-plain", "text/x-amp-html", "text/watch-html",
                                        "html/text",  "text/enriched"};
    for (gsize i = 0; i < G_N_ELEMENTS(TYPES); i++)
        if (strcmp(type, TYPES[i]) == 0) return TRUE;
    return FALSE;
}

static gboolean is_body(const Entity *entity)
{
    if (!is_text(entity->type)) return FALSE;
    g_autofree char *disposition = params_value(entity_field(entity, "Content-Disposition"));
    g_autofree char *name = mime_part_name(entity, params_get);
    return !name && strcmp(disposition, "attachment") != 0;
}

static void walk_body(Walk *walk, Level *level, const Entity *entity, GBytes *bytes)
{
    const char *type = entity_field(entity, "Content-Type");
    g_autofree char *charset = params_get(type, "charset"), *format = params_get(type, "format"),
                    *delsp = params_get(type, "delsp");
    const MimeText how = {.html = strstr(entity->type, "html") != NULL,
                          .enriched = strcmp(entity->type, "text/enriched") == 0,
                          .charset = charset,
                          .flowed = format && g_ascii_strcasecmp(format, "flowed") == 0,
                          .delsp = delsp && g_ascii_strcasecmp(delsp, "yes") == 0};
    add_text(walk, level, bytes, &how);
}

/* --- leaves ----------------------------------------------------------------------------------- */

/* What is signed and not encrypted can be read: its parts are children of the file, and its text that of the
 * mail. */
static void read_signed(Walk *walk, Level *level, const Entity *entity, FactsAttachment *attachment,
                        GBytes *bytes)
{
    if (!mime_is_smime(entity, attachment->name)) return;
    g_autoptr (GBytes) content = smime_content(bytes);
    if (!content) return;
    g_ptr_array_set_size(attachment->problems, 0); /* that documents of this type are not read */
    read_inner(walk, attachment, content);
    gboolean said = g_str_has_suffix(entity->type, "pkcs7-mime");
    set(&attachment->type, g_strdup(said ? entity->type : "application/pkcs7-mime"));
    mime_append(level->body, walk->facts, attachment->text);
}

/* A mail saved as a file and attached: nothing says so but its content. */
static gboolean is_mail_file(FactsAttachment *attachment)
{
    if (strcmp(attachment->type, "message/rfc822") != 0) return FALSE;
    g_ptr_array_set_size(attachment->problems, 0); /* that documents of this type are not read */
    return TRUE;
}

/* A part with the header of a mail on it: a server has put the mail itself there, for the part. */
static void note_message_id(Walk *walk, const Entity *entity)
{
    const char *id = entity == walk->top ? NULL : entity_field(entity, "Message-ID");
    if (id && !*walk->facts->bounce.message_id) set(&walk->facts->bounce.message_id, mime_message_id(id));
}

/* The first piece has the header of the whole, and what its files begin with. */
static void read_piece(Walk *walk, FactsAttachment *attachment, GBytes *bytes, guint number)
{
    if (number == 1) read_inner(walk, attachment, bytes);
    set(&attachment->type, g_strdup("message/partial"));
}

/* Windows takes .mht for a mail, and so do mail programs that ask it: a page saved as one file. */
static gboolean is_page_file(const FactsAttachment *attachment, GBytes *bytes)
{
    g_autoptr (Recognised) found = *attachment->name ? recognise(bytes, attachment->name, "") : NULL;
    return found && found->reader == RECOGNISE_WEB_ARCHIVE;
}

static void read_file(Walk *walk, const Entity *entity, FactsAttachment *attachment, GBytes *bytes)
{
    if (mime_read_external(walk->facts, entity, attachment)) return;
    const guint piece = mime_note_piece(entity, attachment);
    if (piece > 0) {
        read_piece(walk, attachment, bytes, piece);
        return;
    }
    const char *type = attachment->declared_type;
    gboolean mail = strcmp(type, "message/rfc822") == 0 && /* it is encoded, or nested too deeply */
                    !is_page_file(attachment, bytes);
    if (!*attachment->name && mime_is_report_part(type)) {
        set(&attachment->type, g_strdup(type));
        set(&attachment->text, mime_report_text(bytes));
        return;
    }
    if (!mail) document_read_keeping(attachment, bytes, walk->keep, walk->data);
    if (mail || is_mail_file(attachment)) read_inner(walk, attachment, bytes);
}

static void walk_leaf(Walk *walk, Level *level, const Entity *entity)
{
    g_autoptr (GBytes) bytes = decoded_bytes(entity);
    note_message_id(walk, entity);
    if (is_body(entity)) {
        g_ptr_array_add(walk->facts->leaves, facts_sha256_bytes(bytes));
        walk_body(walk, level, entity, bytes);
        return;
    }
    FactsAttachment *attachment = new_attachment(entity, bytes);
    g_ptr_array_add(walk->facts->leaves, g_strdup(attachment->sha256));
    mime_bounce_part(walk->facts, entity->type, bytes);
    read_file(walk, entity, attachment, bytes);
    mime_note_encrypted(walk->facts, entity, attachment, bytes);
    read_signed(walk, level, entity, attachment, bytes);
    add_attachment(walk, level, attachment, bytes);
}

/* --- messages in messages --------------------------------------------------------------------- */

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

static void walk_message(Walk *walk, const Entity *message, FactsAttachment *attachment)
{
    g_autoptr (Facts) inner = facts_new();
    mime_headers_read(message, inner);
    if (!*attachment->name) {
        set(&attachment->name, g_strconcat(*inner->subject ? inner->subject : "message", ".eml", NULL));
        g_strdelimit(attachment->name, "/\\", '_');
    }
    if (!*walk->facts->bounce.message_id) set(&walk->facts->bounce.message_id, g_strdup(inner->message_id));
    g_autoptr (GString) text = g_string_new(NULL);
    append_heading(text, inner);
    Level level = {.attachments = attachment->children, .body = text};
    walk_entity(walk, &level, message);
    set(&attachment->text, g_strdup(text->str));
    set(&attachment->type, g_strdup("message/rfc822"));
}

static void walk_message_part(Walk *walk, Level *level, const Entity *entity)
{
    FactsAttachment *attachment = new_attachment(entity, entity->body);
    if (is_page_file(attachment, entity->body)) {
        g_ptr_array_add(walk->facts->leaves, g_strdup(attachment->sha256));
        document_read_keeping(attachment, entity->body, walk->keep, walk->data);
    } else {
        walk_message(walk, g_ptr_array_index(entity->children, 0), attachment);
    }
    add_attachment(walk, level, attachment, entity->body);
}

/* --- multiparts ------------------------------------------------------------------------------- */

/* Of alternatives the plain text is the body, unless it is empty or says only that there is another: then the
 * first of the others that has text.
 * Attachments of all count. */
static void walk_alternative(Walk *walk, Level *level, const Entity *multipart)
{
    g_autoptr (GString) plain = g_string_new(NULL);
    g_autoptr (GString) rich = g_string_new(NULL);
    g_autoptr (GString) unused = g_string_new(NULL);
    GString *body = level->body;
    for (guint i = 0; i < multipart->children->len; i++) {
        const Entity *child = g_ptr_array_index(multipart->children, i);
        gboolean is_plain = strcmp(child->type, "text/plain") == 0 || !*child->type;
        level->body = is_plain ? plain : rich->len == 0 ? rich : unused;
        walk_entity(walk, level, child);
    }
    level->body = body;
    gboolean is_rich = plain->len == 0 || (rich->len > 0 && mime_is_stub(plain->str) &&
                                           (rich->len > plain->len || !mime_is_stub(rich->str)));
    mime_append(level->body, walk->facts, is_rich ? rich->str : plain->str);
}

/* No part was found: no boundary line, none announced, none to be guessed. What is there is kept as text. */
static void walk_empty_multipart(Walk *walk, Level *level, const Entity *entity)
{
    g_autoptr (GBytes) bytes = decoded_bytes(entity);
    facts_add_problem(walk->facts->problems, "damaged",
                      "a multipart has no parts; its content was kept as text");
    if (g_bytes_get_size(bytes) == 0) return;
    gsize length = 0;
    const char *data = mime_bytes(bytes, &length);
    g_ptr_array_add(walk->facts->leaves, facts_sha256(data, length));
    g_autofree char *head = g_ascii_strdown(data, (gssize)MIN(length, 4096));
    const MimeText how = {.html = strstr(head, "<html") || strstr(head, "<body")};
    add_text(walk, level, bytes, &how);
}

static void walk_multipart(Walk *walk, Level *level, const Entity *entity)
{
    if (strcmp(entity->type, "multipart/encrypted") == 0)
        facts_add_problem(walk->facts->problems, "encrypted", "the mail itself is encrypted (PGP/MIME)");
    if (entity->guessed)
        facts_add_problem(walk->facts->problems, "damaged",
                          "the header does not say where the parts begin; they were found by their lines");
    if (entity->children->len == 0) {
        walk_empty_multipart(walk, level, entity);
    } else if (strcmp(entity->type, "multipart/alternative") == 0) {
        walk_alternative(walk, level, entity);
    } else {
        for (guint i = 0; i < entity->children->len; i++)
            walk_entity(walk, level, g_ptr_array_index(entity->children, i));
    }
}

static void walk_entity(Walk *walk, Level *level, const Entity *entity)
{
    inside.depth++;
    switch (entity->kind) {
    case ENTITY_LEAF: walk_leaf(walk, level, entity); break;
    case ENTITY_MULTIPART: walk_multipart(walk, level, entity); break;
    case ENTITY_MESSAGE: walk_message_part(walk, level, entity); break;
    }
    inside.depth--;
}

static void note_caps(Facts *facts, const EntityTree *tree)
{
    if (tree->too_many)
        facts_add_problem(facts->problems, "truncated", "too many parts; the rest was not read");
    if (tree->too_deep)
        facts_add_problem(facts->problems, "truncated", "parts nested too deeply were not read");
    if (tree->monstrous)
        facts_add_problem(facts->problems, "too-large",
                          "there are too many header fields or boundary lines; only the header was read");
}

/* --- public ----------------------------------------------------------------------------------- */

/* No header fields at all: text is better than nothing. */
static void read_headless(Facts *facts, GBytes *mail)
{
    g_autoptr (GString) body = g_string_new(NULL);
    const MimeText how = {0};
    g_autofree char *text = mime_readable(facts, mail, &how);
    mime_append(body, facts, text);
    set(&facts->body, g_strdup(body->str));
    set(&facts->new_text, g_strdup(body->str));
    g_ptr_array_add(facts->leaves, g_strdup(facts->sha256));
    facts_add_problem(facts->problems, "damaged", "no mail: there are no header fields; it was kept as text");
}

static void read_whole(Facts *facts, const Entity *top, Walk *walk)
{
    g_autoptr (GString) body = g_string_new(NULL);
    Level level = {.attachments = facts->attachments, .body = body, .outmost = TRUE};
    mime_headers_read(top, facts);
    lastwords_mail(facts);
    walk_entity(walk, &level, top);
    set(&facts->body, g_string_free(g_steal_pointer(&body), FALSE));
    history_read(facts);
    links_judge(facts);
    mime_auto_read(top, facts);
    mime_bounce_read(top, facts);
}

Facts *mime_read(GBytes *mail, MimeKeep keep, gpointer data)
{
    return mime_read_known(mail, NULL, keep, data);
}

Facts *mime_read_known(GBytes *mail, const char *sha256, MimeKeep keep, gpointer data)
{
    Facts *facts = facts_new();
    unpack_reset(); /* the cap on unpacked bytes is one for all attachments of a mail */
    inside.depth = inside.parts = 0;
    set(&facts->sha256, sha256 && *sha256 ? g_strdup(sha256) : facts_sha256_bytes(mail));
    lastwords_mail(facts);
    g_auto(EntityTree) tree = entity_parse(mail, 0, &inside.parts);
    Walk walk = {.facts = facts, .top = tree.top, .keep = keep, .data = data};
    note_caps(facts, &tree);
    if (!tree.top)
        read_headless(facts, mail);
    else if (tree.monstrous)
        mime_headers_read(tree.top, facts);
    else
        read_whole(facts, tree.top, &walk);
    return facts;
}

/* A mail in a file: its problems are the file's, its links the mail's, and so is its Message-ID, if the mail
 * says that it was not delivered. */
static void read_inner(const Walk *outer, FactsAttachment *attachment, GBytes *mail)
{
    set(&attachment->type, g_strdup("message/rfc822"));
    if (inside.depth >= LIMIT_MAIL_DEPTH || inside.parts >= LIMIT_MAIL_PARTS) {
        facts_add_problem(attachment->problems, "truncated", "it is nested too deeply, or one of too many");
        return;
    }
    g_autoptr (Facts) facts = facts_new();
    g_auto(EntityTree) tree = entity_parse(mail, inside.depth, &inside.parts);
    Walk walk = {.facts = facts, .top = tree.top, .keep = outer->keep, .data = outer->data};
    note_caps(facts, &tree);
    if (!tree.top)
        facts_add_problem(attachment->problems, "damaged", "no mail: there are no header fields");
    else
        walk_message(&walk, tree.top, attachment);
    if (outer->facts) links_move(facts, outer->facts);
    if (outer->facts && !*outer->facts->bounce.message_id)
        set(&outer->facts->bounce.message_id, g_strdup(facts->bounce.message_id));
    for (guint i = 0; i < facts->problems->len; i++) {
        const FactsProblem *problem = g_ptr_array_index(facts->problems, i);
        facts_add_problem(attachment->problems, problem->code, problem->detail);
    }
}

void mime_read_attachment(FactsAttachment *attachment, GBytes *mail)
{
    const Walk alone = {0};
    read_inner(&alone, attachment, mail);
}

/* What one mail took is what the next one takes: giving it back to the kernel in between costs more than most
 * mails. Large blocks still go back at once. */
static void keep_memory(void)
{
    mallopt(M_MMAP_THRESHOLD, 1 << 20);
    mallopt(M_TRIM_THRESHOLD, 16 << 20);
    mallopt(M_TOP_PAD, 1 << 20);
    mallopt(M_MXFAST, 0); /* what lies in fast bins is put in order at each large block, over and over */
}

void mime_init(void)
{
    static const char *const CHARSETS[] = {"gb18030", "big5",        "iso-8859-1",
                                           "utf-16",  "iso-2022-jp", "shift_jis"};
    keep_memory();
    entity_init();
    for (gsize i = 0; i < G_N_ELEMENTS(CHARSETS); i++) {
        char *text = charset_to_utf8("a\xb1\xa8", 3, CHARSETS[i], NULL);
        g_free(text);
    }
}
