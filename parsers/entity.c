/* entity.c - GMime's objects to entities, and multiparts that GMime finds no parts in. */
#include "parsers/entity.h"

#include <gmime/gmime.h>
#include <iconv.h>
#include <string.h>

#include "parsers/boundary.h"
#include "parsers/entity_parts.h"
#include "parsers/header.h"
#include "parsers/limits.h"
#include "parsers/params.h"
#include "parsers/regular.h"

#define AGAIN_MAX 3 /* multiparts with a wrong boundary in each other */

typedef struct Parse {
    GBytes *bytes; /* what GMime reads */
    const char *data;
    gsize length;
    Boundaries open; /* of the multiparts that we are in */
    Entity *top; /* whose fields are read already, since GMime has seen but a few of them; NULL below it */
    EntityTree *tree;
    guint *parts;
    guint again; /* how often what is in it was given to GMime before: each time takes another copy */
} Parse;

static Entity *convert(Parse *parse, GMimeObject *object, GMimeMessage *message, guint depth);
static void read_unsaid_parts(Entity *entity, EntityTree *tree, guint depth, guint *parts, guint again);

/* GMime decodes what it reads of the header, and closes its descriptors; glibc then unloads the charset. */
static void keep_charsets(void)
{
    static const char *const NAMES[] = {"GBK", "GB2312", "GB18030", "BIG5", "ISO-2022-JP", "WINDOWS-1252"};
    static iconv_t kept[G_N_ELEMENTS(NAMES)];
    for (gsize i = 0; i < G_N_ELEMENTS(NAMES); i++)
        if (!kept[i]) kept[i] = iconv_open("UTF-8", NAMES[i]);
}

void entity_init(void)
{
    g_mime_init();
    keep_charsets();
}

const char *entity_field(const Entity *entity, const char *name)
{
    for (guint i = 0; i < entity->fields->len; i++) {
        const EntityField *field = &g_array_index(entity->fields, EntityField, i);
        if ((*field->name | 0x20) == (*name | 0x20) && g_ascii_strcasecmp(field->name, name) == 0)
            return field->value;
    }
    return NULL;
}

void entity_free(gpointer data)
{
    Entity *entity = data;
    g_array_unref(entity->fields);
    g_clear_pointer(&entity->children, g_ptr_array_unref);
    g_clear_pointer(&entity->body, g_bytes_unref);
    g_free(entity->type);
    g_free(entity->text);
    g_free(entity);
}

void entity_tree_clear(EntityTree *tree)
{
    g_clear_pointer(&tree->top, entity_free);
}

/* --- fields and bytes ------------------------------------------------------------------------- */

/* Appends the fields to the text, name and value each with a NUL behind. GMime keeps what is said of the
 * content with the part, and the rest with the message. */
static void append_fields(GString *text, GMimeObject *object)
{
    GMimeHeaderList *headers = g_mime_object_get_header_list(object);
    int count = g_mime_header_list_get_count(headers);
    for (int i = 0; i < count; i++) {
        GMimeHeader *header = g_mime_header_list_get_header_at(headers, i);
        const char *name = g_mime_header_get_name(header), *value = g_mime_header_get_raw_value(header);
        value = value ? value + strspn(value, " \t\r\n") : "";
        gsize length = strlen(value);
        while (length > 0 && (value[length - 1] == '\n' || value[length - 1] == '\r')) length--;
        g_string_append_len(text, name, (gssize)strlen(name) + 1);
        g_string_append_len(text, value, (gssize)length);
        g_string_append_c(text, '\0');
    }
}

static void take_fields(Entity *entity, GMimeObject *object, GMimeMessage *message)
{
    GString *text = g_string_sized_new(512);
    if (message) append_fields(text, GMIME_OBJECT(message));
    append_fields(text, object);
    const gsize length = text->len;
    entity->text = g_string_free(text, FALSE);
    for (const char *p = entity->text; p < entity->text + length;) {
        const EntityField field = {p, p + strlen(p) + 1};
        g_array_append_val(entity->fields, field);
        p = field.value + strlen(field.value) + 1;
    }
}

static gint64 first_offset(GMimeObject *object)
{
    GMimeHeaderList *headers = g_mime_object_get_header_list(object);
    if (g_mime_header_list_get_count(headers) == 0) return G_MAXINT64;
    gint64 offset = g_mime_header_get_offset(g_mime_header_list_get_header_at(headers, 0));
    return offset < 0 ? G_MAXINT64 : offset;
}

static GBytes *slice(const Parse *parse, gint64 start, gint64 end)
{
    gsize from = CLAMP(start, 0, (gint64)parse->length), to = CLAMP(end, (gint64)from, (gint64)parse->length);
    return g_bytes_new_from_bytes(parse->bytes, from, to - from);
}

static GBytes *leaf_bytes(const Parse *parse, GMimePart *part)
{
    GMimeDataWrapper *content = g_mime_part_get_content(part);
    GMimeStream *stream = content ? g_mime_data_wrapper_get_stream(content) : NULL;
    if (!stream || !GMIME_IS_STREAM_MEM(stream)) return g_bytes_new_static("", 0);
    return slice(parse, stream->bound_start, stream->bound_end);
}

/* A forwarded mail is the bytes from its header to the next boundary line of what it is in. */
static GBytes *message_bytes(const Parse *parse, GMimeMessage *message)
{
    GMimeObject *top = g_mime_message_get_mime_part(message);
    gint64 offset = MIN(first_offset(GMIME_OBJECT(message)), top ? first_offset(top) : G_MAXINT64);
    if (offset >= (gint64)parse->length) return g_bytes_new_static("", 0);
    const char *start = parse->data + offset;
    BoundaryLine stop = boundary_next(&parse->open, start, parse->data + parse->length);
    return slice(parse, offset, stop.start - parse->data);
}

/* --- parts ------------------------------------------------------------------------------------ */

static GMimeMessage *run_gmime(const Parse *parse)
{
    GMimeStream *stream = g_mime_stream_mem_new_with_buffer(parse->data, parse->length);
    GMimeParser *parser = g_mime_parser_new_with_stream(stream);
    g_object_unref(stream);
    GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);
    g_object_unref(parser);
    return message;
}

static void add_child(Entity *entity, Entity *part)
{
    if (!part) return;
    gboolean empty = part->kind == ENTITY_LEAF && part->fields->len == 0 && g_bytes_get_size(part->body) == 0;
    if (empty) /* the boundary line stands there twice */
        entity_free(part);
    else
        g_ptr_array_add(entity->children, part);
}

static void add_children(Parse *parse, Entity *entity, GMimeMultipart *multipart, guint depth)
{
    const char *boundary = g_mime_object_get_content_type_parameter(GMIME_OBJECT(multipart), "boundary");
    gboolean opened = boundary && boundary_open(&parse->open, boundary);
    int count = g_mime_multipart_get_count(multipart);
    for (int i = 0; i < count && !parse->tree->too_many; i++)
        add_child(entity, convert(parse, g_mime_multipart_get_part(multipart, i), NULL, depth + 1));
    if (opened) parse->open.n--;
}

/* Adds the parts that GMime finds in `content` when the boundary is this one. */
static void read_with(Parse *parse, Entity *entity, GBytes *content, const char *boundary, guint depth)
{
    gsize length = 0;
    const char *data = g_bytes_get_data(content, &length);
    if (parse->again >= AGAIN_MAX) return;
    g_autofree char *escaped = g_strescape(boundary, NULL);
    g_autoptr (GString) mail = g_string_sized_new(length + 200);
    g_string_printf(mail, "Content-Type: multipart/mixed; boundary=\"%s\"\n\n", escaped);
    g_string_append_len(mail, data, (gssize)length);
    g_autoptr (GBytes) bytes = g_string_free_to_bytes(g_steal_pointer(&mail));
    Parse inner = {.bytes = bytes, .tree = parse->tree, .parts = parse->parts, .again = parse->again + 1};
    inner.data = g_bytes_get_data(bytes, &inner.length);
    GMimeMessage *message = run_gmime(&inner);
    GMimeObject *top = message ? g_mime_message_get_mime_part(message) : NULL;
    if (top && GMIME_IS_MULTIPART(top)) add_children(&inner, entity, GMIME_MULTIPART(top), depth);
    if (message) g_object_unref(message);
}

/* No line has the boundary that the header says: it is wrong or missing, or the body is encoded. */
static void find_parts(Parse *parse, Entity *entity, guint depth)
{
    for (guint decode = entity->transfer != TRANSFER_NONE ? 2 : 1; decode-- > 0 && !entity->guessed;) {
        gsize length = 0;
        const char *data = g_bytes_get_data(entity->body, &length);
        g_autoptr (GBytes)
            content = decode ? transfer_decode(entity->transfer, data ? data : "", length)
                             : g_bytes_ref(entity->body);
        data = g_bytes_get_data(content, &length);
        g_autofree char *guess = length > 0 ? boundary_guess(data, data + length) : NULL;
        if (!guess) continue;
        read_with(parse, entity, content, guess, depth);
        entity->guessed = entity->children->len > 0;
    }
}

/* Of all closing lines but the last, the two dashes become spaces: what comes behind is read with the rest.
 */
static gboolean join_parts(char *text, gsize length, const char *boundary)
{
    Boundaries own = {.n = 0};
    const char *end = text + length, *closing = NULL;
    gboolean any = FALSE;
    if (!boundary_open(&own, boundary)) return FALSE;
    for (const char *p = text; p < end;) {
        BoundaryLine line = boundary_next(&own, p, end);
        if (line.level != 0) break;
        if (closing) memset(text + (closing - text) + 2 + strlen(boundary), ' ', 2);
        closing = line.closing ? line.line : NULL;
        any |= !line.closing;
        p = line.after;
    }
    return any;
}

/* Parts may come after the closing line: a server has added its own, or a program has lost count. */
static void find_more(Parse *parse, Entity *entity, GMimeMultipart *multipart, guint depth)
{
    const char *boundary = g_mime_object_get_content_type_parameter(GMIME_OBJECT(multipart), "boundary");
    const char *epilogue = g_mime_multipart_get_epilogue(multipart);
    if (!epilogue || !boundary) return;
    gsize length = strlen(epilogue);
    g_autofree char *copy = g_memdup2(epilogue, length + 1);
    if (!join_parts(copy, length, boundary)) return;
    g_autoptr (GBytes) content = g_bytes_new_take(g_steal_pointer(&copy), length);
    read_with(parse, entity, content, boundary, depth);
}

/* What stands where parts should be. */
static GBytes *loose_text(GMimeMultipart *multipart)
{
    const char *before = g_mime_multipart_get_prologue(multipart),
               *after = g_mime_multipart_get_epilogue(multipart);
    char *both = g_strconcat(before ? before : "", after ? after : "", NULL);
    return g_bytes_new_take(both, strlen(both));
}

static void read_multipart(Parse *parse, Entity *entity, GMimeObject *object, guint depth)
{
    entity->kind = ENTITY_MULTIPART;
    entity->children = g_ptr_array_new_with_free_func(entity_free);
    if (GMIME_IS_MULTIPART(object)) {
        add_children(parse, entity, GMIME_MULTIPART(object), depth);
        if (entity->children->len > 0)
            find_more(parse, entity, GMIME_MULTIPART(object), depth);
        else
            entity->body = loose_text(GMIME_MULTIPART(object));
    } else {
        entity->body = leaf_bytes(parse, GMIME_PART(object));
    }
    if (entity->children->len == 0) find_parts(parse, entity, depth);
}

static void read_message(Parse *parse, Entity *entity, GMimeMessagePart *part, guint depth)
{
    GMimeMessage *message = g_mime_message_part_get_message(part);
    GMimeObject *top = message ? g_mime_message_get_mime_part(message) : NULL;
    gsize length = 0;
    entity->body = message ? message_bytes(parse, message) : g_bytes_new_static("", 0);
    const char *data = g_bytes_get_data(entity->body, &length);
    if (length > 0 && header_ends_twice(data, data + length)) return; /* a leaf, like an encoded one */
    Entity *inner = top ? convert(parse, top, message, depth + 1) : NULL;
    if (!inner) return;
    entity->kind = ENTITY_MESSAGE;
    entity->children = g_ptr_array_new_with_free_func(entity_free);
    g_ptr_array_add(entity->children, inner);
}

Entity *entity_new(void)
{
    Entity *entity = g_new0(Entity, 1);
    entity->fields = g_array_sized_new(FALSE, FALSE, sizeof(EntityField), 24);
    return entity;
}

void entity_read_type(Entity *entity, const char *otherwise)
{
    const char *said = entity_field(entity, "Content-Type");
    entity->type = said ? params_value(said) : g_strdup(otherwise);
    if (strcmp(entity->type, "multipart") == 0) {
        g_free(entity->type);
        entity->type = g_strdup("multipart/mixed");
    }
    entity->transfer = transfer_of(entity_field(entity, "Content-Transfer-Encoding"));
}

static void add_header(Entity *entity, Header *header)
{
    EntityField field;
    char *rest = entity->text = g_steal_pointer(&header->fields);
    while (header_next(&rest, &field.name, &field.value)) g_array_append_val(entity->fields, field);
}

/* `message`: whose top the object is, or NULL. NULL at a cap. */
static Entity *convert(Parse *parse, GMimeObject *object, GMimeMessage *message, guint depth)
{
    parse->tree->too_many |= *parse->parts >= LIMIT_MAIL_PARTS;
    if (parse->tree->too_many) return NULL;
    ++*parse->parts;
    gboolean forwarded = GMIME_IS_MESSAGE_PART(object);
    Entity *entity = g_steal_pointer(&parse->top);
    if (!entity) {
        entity = entity_new();
        take_fields(entity, object, message);
        entity_read_type(entity, forwarded ? "message/rfc822" : "");
    }
    gboolean multipart =
        GMIME_IS_MULTIPART(object) || (GMIME_IS_PART(object) && g_str_has_prefix(entity->type, "multipart/"));
    if ((multipart || forwarded) && depth >= LIMIT_MAIL_DEPTH) {
        parse->tree->too_deep = TRUE;
        entity_free(entity);
        return NULL;
    }
    if (multipart)
        read_multipart(parse, entity, object, depth);
    else if (forwarded)
        read_message(parse, entity, GMIME_MESSAGE_PART(object), depth);
    else if (GMIME_IS_PART(object))
        entity->body = leaf_bytes(parse, GMIME_PART(object));
    if (!entity->body) entity->body = g_bytes_new_static("", 0);
    if (message && entity->kind == ENTITY_LEAF) /* a mail in a mail */
        read_unsaid_parts(entity, parse->tree, depth, parse->parts, parse->again);
    return entity;
}

/* --- the mail --------------------------------------------------------------------------------- */

/* How many fields follow the boundary line at `p`, up to a blank line; *stop is where that is. */
static gsize count_fields(const char *p, const char *end, const char **stop)
{
    gsize fields = 0;
    while ((p = memchr(p, '\n', (gsize)(end - p))) && ++p < end && *p != '\n' && *p != '\r') {
        const char *q = p;
        while (q<end && * q> ' ' && *q < 0x7f && *q != ':') q++;
        fields += q > p && q < end && *q == ':';
    }
    *stop = p ? p : end;
    return fields;
}

/* Whether there are more boundary lines, or fields of parts, than GMime can be asked to look at. In base64
 * there is no dash. */
static gboolean is_too_much(const char *data, gsize length)
{
    const char *end = data + length, *counted = data;
    gsize lines = 0, fields = 0;
    for (const char *p = data; length > 0 && (p = memchr(p, '-', (gsize)(end - p))); p++) {
        if ((p > data && p[-1] != '\n') || p + 1 == end || p[1] != '-') continue;
        if (++lines > LIMIT_BOUNDARY_LINES) return TRUE;
        if (p >= counted) fields += count_fields(p, end, &counted);
        if (fields > LIMIT_PART_FIELDS) return TRUE;
    }
    return FALSE;
}

static gboolean is_body_of_two_kinds(const GPtrArray *parts)
{
    if (parts->len != 2) return FALSE;
    const Entity *plain = parts->pdata[0], *rich = parts->pdata[1];
    return strcmp(plain->type, "text/plain") == 0 && strcmp(rich->type, "text/html") == 0;
}

/* The header has lost the field that calls it a multipart, or somebody has written text/plain there. */
static void read_unsaid_parts(Entity *entity, EntityTree *tree, guint depth, guint *parts, guint again)
{
    gsize length = 0;
    const char *data = g_bytes_get_data(entity->body, &length);
    gboolean text =
        !*entity->type || strcmp(entity->type, "text") == 0 || strcmp(entity->type, "text/plain") == 0;
    if (!text || depth >= LIMIT_MAIL_DEPTH || length == 0 || !boundary_begins(data, data + length)) return;
    Parse parse = {.bytes = entity->body, .data = data, .length = length, .tree = tree, .parts = parts};
    parse.again = again;
    entity->children = g_ptr_array_new_with_free_func(entity_free);
    find_parts(&parse, entity, depth);
    if (entity->children->len == 0) {
        g_clear_pointer(&entity->children, g_ptr_array_unref);
        return;
    }
    entity->kind = ENTITY_MULTIPART;
    g_free(entity->type);
    entity->type =
        g_strdup(is_body_of_two_kinds(entity->children) ? "multipart/alternative" : "multipart/mixed");
}

/* Nobody needs to find the parts of what has none. */
static gboolean is_single(const Entity *entity)
{
    return !g_str_has_prefix(entity->type, "multipart/") && !g_str_has_prefix(entity->type, "message/");
}

static void ask_gmime(const Header *header, EntityTree *tree, guint depth, guint *parts)
{
    g_autoptr (GBytes) bytes = header_mail(header);
    Parse parse = {.bytes = bytes, .tree = tree, .parts = parts};
    parse.data = g_bytes_get_data(bytes, &parse.length);
    parse.top = g_steal_pointer(&tree->top);
    GMimeMessage *message = run_gmime(&parse);
    GMimeObject *object = message ? g_mime_message_get_mime_part(message) : NULL;
    Entity *top = object ? convert(&parse, object, message, depth) : NULL;
    if (message) g_object_unref(message);
    tree->top = top ? top : parse.top;
}

EntityTree entity_parse(GBytes *mail, guint depth, guint *parts)
{
    EntityTree tree = {.top = NULL};
    g_auto(Header) header = {.fields = NULL};
    if (!header_read(mail, &header)) return tree;
    gsize length = 0;
    const char *data = g_bytes_get_data(header.body, &length);
    tree.monstrous = header.length > LIMIT_HEADERS_BYTES || is_too_much(data, length);
    if (tree.monstrous) header.fields[MIN(header.length, LIMIT_HEADERS_BYTES)] = '\0';
    tree.top = entity_new();
    add_header(tree.top, &header);
    entity_read_type(tree.top, "");
    if (!tree.monstrous && !is_single(tree.top)) {
        if (!regular_read(tree.top, header.body, depth, parts)) ask_gmime(&header, &tree, depth, parts);
    } else {
        ++*parts;
        tree.top->body = tree.monstrous ? g_bytes_new_static("", 0) : g_bytes_ref(header.body);
        read_unsaid_parts(tree.top, &tree, depth, parts, 0);
    }
    if (tree.top && !tree.top->body && !tree.top->children) tree.top->body = g_bytes_ref(header.body);
    return tree;
}
