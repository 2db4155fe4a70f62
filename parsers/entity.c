/* entity.c - header fields, and parts between boundary lines. */
#include "parsers/entity.h"

#include <string.h>

#include "parsers/boundary.h"
#include "parsers/limits.h"
#include "parsers/params.h"

typedef struct Parse {
    const char *p, *end;
    Boundaries open; /* of the multiparts that we are in */
    BoundaryLine at; /* the line that ended the last part */
    guint parts;
    gboolean too_many, too_deep, too_long;
} Parse;

static Entity *parse_entity(Parse *parse, guint depth, const char *type);

const char *entity_field(const Entity *entity, const char *name)
{
    for (guint i = 0; i < entity->fields->len; i++) {
        const EntityField *field = &g_array_index(entity->fields, EntityField, i);
        if (g_ascii_strcasecmp(field->name, name) == 0) return field->value;
    }
    return NULL;
}

static void entity_free(gpointer data)
{
    Entity *entity = data;
    g_array_unref(entity->fields);
    g_clear_pointer(&entity->children, g_ptr_array_unref);
    g_clear_pointer(&entity->own, g_bytes_unref);
    g_free(entity->type);
    g_free(entity->text);
    g_free(entity);
}

void entity_tree_clear(EntityTree *tree)
{
    g_clear_pointer(&tree->top, entity_free);
}

/* --- header fields ------------------------------------------------------------------------------------- */

/* The length of a field name at p that a colon follows, or 0. */
static gsize name_length(const char *p, const char *end)
{
    const char *q = p;
    while (q<end && * q> ' ' && *q < 0x7f && *q != ':') q++;
    gsize length = (gsize)(q - p);
    while (q < end && (*q == ' ' || *q == '\t')) q++;
    return length > 0 && q < end && *q == ':' ? length : 0;
}

static const char *next_line(const char *p, const char *end)
{
    const char *newline = memchr(p, '\n', (gsize)(end - p));
    return newline ? newline + 1 : end;
}

static gboolean is_blank(const char *p, const char *end)
{
    while (p < end && (*p == ' ' || *p == '\t' || *p == '\r' || *p == '\n')) p++;
    return p == end;
}

static gboolean is_folded(const char *p, const char *end)
{
    return p < end && (*p == ' ' || *p == '\t');
}

/* A line of white space belongs to the field above it if the header goes on behind it. */
static gboolean ends_header(const char *p, const char *next, const char *end)
{
    if (!is_blank(p, next)) return FALSE;
    if (*p == '\r' || *p == '\n') return TRUE;
    return next == end || (name_length(next, end) == 0 && !is_folded(next, end)) ||
           is_blank(next, next_line(next, end));
}

/* Fields that hardly any text begins with; the first four say how to read the body. */
static gboolean is_known_field(const char *p, const char *end, gboolean only_content)
{
    static const char *const NAMES[] = {"Content-Type:",
                                        "Content-Transfer-Encoding:",
                                        "Content-Disposition:",
                                        "MIME-Version:",
                                        "From:",
                                        "To:",
                                        "Cc:",
                                        "Date:",
                                        "Subject:",
                                        "Message-ID:",
                                        "Received:",
                                        "Return-Path:",
                                        "Reply-To:",
                                        "DKIM-Signature:",
                                        "In-Reply-To:",
                                        "References:"};
    for (gsize i = 0; i < (only_content ? 4 : G_N_ELEMENTS(NAMES)); i++) {
        gsize n = strlen(NAMES[i]);
        if ((gsize)(end - p) > n && g_ascii_strncasecmp(p, NAMES[i], n) == 0) return TRUE;
    }
    return FALSE;
}

/* Whether the fields up to a blank line say the type. */
static gboolean has_type(const char *p, const char *end)
{
    for (; p < end && *p != '\n' && *p != '\r'; p = next_line(p, end))
        if (end - p > 13 && g_ascii_strncasecmp(p, "Content-Type:", 13) == 0) return TRUE;
    return FALSE;
}

/* What comes behind a blank line is a header all the same, and the type was not yet said. */
static gboolean goes_on(const char *start, const char *p, const char *next, const char *end)
{
    return is_known_field(next, end, TRUE) && has_type(next, end) && !has_type(start, p);
}

/* The next known field before a blank line, or NULL. */
static const char *known_field_after(const char *p, const char *end)
{
    for (; p < end; p = next_line(p, end)) {
        if (is_known_field(p, end, FALSE)) return p;
        if (*p == '\n' || *p == '\r') return NULL;
    }
    return NULL;
}

/* Where the fields that begin at `start` end; *body is where the body begins. The header goes on behind a
 * blank line when what says how to read the body comes only there, and behind lines that are no fields
 * (folded without the space) when known fields come before the blank line; else such a line begins the body:
 * the blank line was forgotten. */
static const char *header_end(const Parse *parse, const char *start, const char **body)
{
    const char *end = parse->end, *p = start, *known = start;
    gboolean any = FALSE;
    while (p < end) {
        const char *next = next_line(p, end);
        gboolean blank = ends_header(p, next, end);
        if (blank && !(any && goes_on(start, p, next, end))) {
            *body = next;
            return p;
        }
        if (*p == '-' && boundary_line_at(&parse->open, p, end, NULL)) break;
        gboolean field = name_length(p, end) > 0 || (any && is_folded(p, end));
        if (!field && !blank && known && known <= p) known = known_field_after(next, end);
        if (!field && !blank && !known) break;
        any |= field;
        p = next;
    }
    *body = p;
    return p;
}

/* Cuts the copied header in place: names and values end in NUL, the last line end of a value goes. */
static void cut_fields(Entity *entity, gsize length)
{
    char *p = entity->text, *end = p + length;
    for (char *q = p; q < end; q++)
        if (*q == '\0') *q = ' ';
    while (p < end) {
        gsize name = name_length(p, end);
        char *colon = memchr(p + name, ':', (gsize)(end - p) - name);
        char *stop = p;
        do {
            stop = (char *)next_line(stop, end);
        } while (is_folded(stop, end));
        if (name > 0 && colon) {
            EntityField field = {p, colon + 1};
            while (*field.value == ' ' || *field.value == '\t') field.value++;
            p[name] = '\0';
            char *last = stop;
            while (last > field.value && (last[-1] == '\n' || last[-1] == '\r')) last--;
            *last = '\0'; /* there is room: the line end, or the NUL behind all */
            g_array_append_val(entity->fields, field);
        }
        p = stop;
    }
}

/* "From a@x.example Fri May 30 …", also quoted, before a mail that was in a mailbox file. */
static const char *skip_envelope(const char *p, const char *end)
{
    while (p < end && (*p == '\r' || *p == '\n')) p++;
    while (end - p > 5 && (memcmp(p, "From ", 5) == 0 || (end - p > 6 && memcmp(p, ">From ", 6) == 0)))
        p = next_line(p, end);
    return p;
}

static void read_fields(Parse *parse, Entity *entity, gboolean message)
{
    if (message) parse->p = skip_envelope(parse->p, parse->end);
    const char *start = parse->p, *body = start, *stop = header_end(parse, start, &body);
    gsize length = (gsize)(stop - start);
    entity->text = g_malloc(length + 1);
    memcpy(entity->text, start, length);
    entity->text[length] = '\0';
    cut_fields(entity, MIN(length, LIMIT_HEADERS_BYTES));
    parse->too_long |= length > LIMIT_HEADERS_BYTES;
    parse->p = body;
}

/* --- parts --------------------------------------------------------------------------------------------- */

static gboolean is_message(const char *type)
{
    return strcmp(type, "message/rfc822") == 0 || strcmp(type, "message/global") == 0 ||
           strcmp(type, "message/news") == 0;
}

/* Ends the entity at the next boundary line. */
static void take_rest(Parse *parse, Entity *entity)
{
    parse->at = boundary_next(&parse->open, parse->p, parse->end);
    entity->length = (gsize)(parse->at.start - entity->body);
    parse->p = parse->at.after;
}

static gboolean open_boundary(Parse *parse, const char *text)
{
    if (parse->open.n >= G_N_ELEMENTS(parse->open.list)) return FALSE;
    parse->open.list[parse->open.n].text = text;
    parse->open.list[parse->open.n++].length = strlen(text);
    return TRUE;
}

/* Whether an open multipart further out has the same boundary: then its lines after the closing one are not
 * ours. */
static gboolean is_shared(const Boundaries *open)
{
    for (guint i = 0; i + 1 < open->n; i++)
        if (strcmp(open->list[i].text, open->list[open->n - 1].text) == 0) return TRUE;
    return FALSE;
}

/* The parts of the multipart whose boundary is the innermost. More parts after the closing line are read too.
 */
static void read_parts(Parse *parse, Entity *entity, guint depth)
{
    guint own = parse->open.n - 1;
    const char *type = strcmp(entity->type, "multipart/digest") == 0 ? "message/rfc822" : "";
    parse->at = boundary_next(&parse->open, parse->p, parse->end);
    parse->p = parse->at.after;
    while (parse->at.level == own && !parse->too_many) {
        if (parse->at.closing) {
            entity->tail = parse->p;
            if (is_shared(&parse->open)) break;
            parse->at = boundary_next(&parse->open, parse->p, parse->end);
            entity->tail_length = (gsize)(parse->at.start - entity->tail);
            parse->p = parse->at.after;
        } else {
            Entity *part = parse_entity(parse, depth + 1, type);
            if (part->fields->len > 0 || part->length > 0)
                g_ptr_array_add(entity->children, part);
            else
                entity_free(part); /* the line stands there twice */
        }
    }
    parse->open.n = own;
    if (parse->at.level ==
        own) { /* it was closed, or cut short: go on to where the multipart around it does */
        parse->at = boundary_next(&parse->open, parse->p, parse->end);
        parse->p = parse->at.after;
    }
    entity->length = (gsize)(parse->at.start - entity->body);
}

/* Reads the parts of a body once more, with another boundary, apart from what is around it. */
static void read_again(Parse *parse, Entity *entity, guint depth, const char *boundary)
{
    Parse inner = {.p = entity->body, .end = entity->body + entity->length, .parts = parse->parts};
    gsize length = entity->length;
    open_boundary(&inner, boundary);
    read_parts(&inner, entity, depth);
    entity->length = length;
    entity->guessed = TRUE;
    parse->parts = inner.parts;
    parse->too_many |= inner.too_many;
    parse->too_deep |= inner.too_deep;
    parse->too_long |= inner.too_long;
}

/* No line has the boundary that the header says: it is wrong or missing, or the body is encoded. */
static void find_parts(Parse *parse, Entity *entity, guint depth)
{
    if (entity->transfer != TRANSFER_NONE && !entity->own) {
        gsize length = 0;
        entity->own = transfer_decode(entity->transfer, entity->body, entity->length);
        const char *data = g_bytes_get_data(entity->own, &length);
        g_autofree char *guess = data ? boundary_guess(data, data + length) : NULL;
        if (guess) {
            entity->body = data;
            entity->length = length;
            read_again(parse, entity, depth, guess);
            return;
        }
    }
    g_autofree char *guess = boundary_guess(entity->body, entity->body + entity->length);
    if (guess) read_again(parse, entity, depth, guess);
}

static void read_multipart(Parse *parse, Entity *entity, guint depth)
{
    g_autofree char *boundary = params_raw(entity_field(entity, "Content-Type"), "boundary");
    entity->kind = ENTITY_MULTIPART;
    entity->children = g_ptr_array_new_with_free_func(entity_free);
    if (boundary) g_strchomp(boundary);
    if (boundary && *boundary && open_boundary(parse, boundary))
        read_parts(parse, entity, depth);
    else
        take_rest(parse, entity);
    if (entity->children->len == 0) find_parts(parse, entity, depth);
}

static void read_message(Parse *parse, Entity *entity, guint depth)
{
    entity->kind = ENTITY_MESSAGE;
    entity->children = g_ptr_array_new_with_free_func(entity_free);
    g_ptr_array_add(entity->children, parse_entity(parse, depth + 1, NULL));
    entity->length = (gsize)(parse->at.start - entity->body);
}

/* `type`: what it is if it does not say; NULL for a mail. */
static Entity *parse_entity(Parse *parse, guint depth, const char *type)
{
    Entity *entity = g_new0(Entity, 1);
    entity->fields = g_array_new(FALSE, FALSE, sizeof(EntityField));
    read_fields(parse, entity, type == NULL);
    const char *said = entity_field(entity, "Content-Type");
    entity->type = said ? params_value(said) : g_strdup(type ? type : "");
    entity->transfer = transfer_of(entity_field(entity, "Content-Transfer-Encoding"));
    entity->body = parse->p;
    gboolean multipart = g_str_has_prefix(entity->type, "multipart/");
    gboolean message = is_message(entity->type) && entity->transfer == TRANSFER_NONE;
    parse->too_many |= ++parse->parts > LIMIT_MAIL_PARTS;
    parse->too_deep |= (multipart || message) && depth >= LIMIT_MAIL_DEPTH;
    if (multipart && depth < LIMIT_MAIL_DEPTH && !parse->too_many)
        read_multipart(parse, entity, depth);
    else if (message && depth < LIMIT_MAIL_DEPTH && !parse->too_many)
        read_message(parse, entity, depth);
    else
        take_rest(parse, entity);
    return entity;
}

EntityTree entity_parse(const char *data, gsize length, guint depth, guint *parts)
{
    Parse parse = {.p = data, .end = data + length, .parts = *parts};
    EntityTree tree = {.top = parse_entity(&parse, depth, NULL)};
    *parts = parse.parts;
    tree.too_many = parse.too_many;
    tree.too_deep = parse.too_deep;
    tree.too_long = parse.too_long;
    return tree;
}
