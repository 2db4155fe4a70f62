#include "parsers/regular.h"

#include <string.h>

#include "parsers/boundary.h"
#include "parsers/entity_parts.h"
#include "parsers/header.h"
#include "parsers/limits.h"
#include "parsers/params.h"

#define BOUNDARY_MAX 100 /* bytes: RFC 2046 allows 70 */

/* A line that begins with the boundary of a multipart that is open. */
typedef enum Line {
    LINE_NONE, /* there is no more: all that is open ends here */
    LINE_PART,
    LINE_CLOSING,
    LINE_ODD /* of another multipart than it should be, or with something behind it */
} Line;

typedef struct Regular {
    GBytes *body;
    const char *start, *p, *end; /* of the bytes, what is next, of the bytes */
    const char *line;            /* where the last line that was found begins */
    char *open[LIMIT_MAIL_DEPTH + 1];
    guint n_open;
    guint parts;
} Regular;

/* --- lines ------------------------------------------------------------------------------------ */

static const char *line_stop(const char *p, const char *end)
{
    const char *newline = memchr(p, '\n', (gsize)(end - p));
    return newline ? newline : end;
}

static const char *skip_blank(const char *p, const char *stop)
{
    while (p < stop && (*p == ' ' || *p == '\t' || *p == '\r')) p++;
    return p;
}

/* The next line at or behind p that begins with two dashes, or NULL. In base64 there is no dash. */
static const char *next_dashes(const Regular *regular, const char *p)
{
    for (; p < regular->end && (p = memchr(p, '-', (gsize)(regular->end - p))); p++)
        if ((p == regular->start || p[-1] == '\n') && regular->end - p > 1 && p[1] == '-') return p;
    return NULL;
}

/* What stands behind the boundary on its line. The line end before it belongs to it, and must be of its kind:
 * what that does to the content GMime alone knows. */
static Line line_kind(const Regular *regular, const char *line, const char *rest)
{
    const char *stop = line_stop(rest, regular->end);
    gboolean closing = stop - rest >= 2 && rest[0] == '-' && rest[1] == '-';
    gboolean crlf = stop[-1] == '\r', crlf_before = line - regular->start > 1 && line[-2] == '\r';
    if (closing) rest += 2;
    rest = skip_blank(rest, stop);
    if (rest < stop || (line > regular->start && crlf != crlf_before)) return LINE_ODD;
    return closing ? LINE_CLOSING : LINE_PART;
}

/* Moves behind the next line of a multipart that is open; only the one at `level` is right. */
static Line find_line(Regular *regular, guint level)
{
    for (const char *p = regular->p; (p = next_dashes(regular, p)); p++) {
        Line found = LINE_NONE;
        for (guint i = 0; i < regular->n_open; i++) {
            gsize length = strlen(regular->open[i]);
            if ((gsize)(regular->end - p) - 2 < length || memcmp(p + 2, regular->open[i], length) != 0)
                continue;
            if (found != LINE_NONE || i != level) return LINE_ODD;
            found = line_kind(regular, p, p + 2 + length);
        }
        if (found == LINE_NONE) continue;
        const char *stop = line_stop(p, regular->end);
        regular->line = p;
        regular->p = stop < regular->end ? stop + 1 : stop;
        return found;
    }
    return LINE_NONE;
}

/* --- the header of a part --------------------------------------------------------------------- */

/* The length of a header that is nothing but fields, up to and without the blank line; -1 if it is odd. */
static gssize header_length(const Regular *regular)
{
    const char *p = regular->p, *stop;
    for (; p < regular->end && *p != '\n' && !(*p == '\r' && regular->end - p > 1 && p[1] == '\n');
         p = stop + 1) {
        gboolean folded = (*p == ' ' || *p == '\t') && p > regular->p;
        const char *q = p;
        stop = line_stop(p, regular->end);
        while (q<stop && * q> ' ' && *q < 0x7f && *q != ':') q++;
        if (folded) q = skip_blank(p, stop);
        if (stop == regular->end || (p[0] == '-' && p[1] == '-')) return -1;
        if (folded ? q == stop : (q == p || *q != ':') && !header_goes_on(regular->p, p, regular->end))
            return -1;
    }
    return p < regular->end ? p - regular->p : -1;
}

/* Name and value of each field, a NUL behind each, as GMime gives them: in the value's place, folded. */
static void take_fields(Entity *entity, const char *text, gsize length)
{
    char *p = entity->text = g_malloc(length + 1), *end = p + length;
    memcpy(p, text, length);
    *end = '\0';
    for (char *nul = p; (nul = memchr(nul, '\0', (gsize)(end - nul)));) *nul = ' ';
    while (p < end) {
        char *colon = strchr(p, ':'), *stop = colon;
        do {
            stop = strchr(stop, '\n') + 1; /* each line has one */
        } while (*stop == ' ' || *stop == '\t' || header_goes_on(p, stop, end));
        *colon = '\0';
        for (char *last = stop; last[-1] == '\n' || last[-1] == '\r';) *--last = '\0';
        const EntityField field = {p, colon + 1 + strspn(colon + 1, " \t\r\n")};
        g_array_append_val(entity->fields, field);
        p = stop;
    }
}

/* --- types ------------------------------------------------------------------------------------ */

/* Whether the type is said once, or not at all, and nobody could take it for another. */
static gboolean has_plain_type(const Entity *entity)
{
    guint said = 0;
    for (guint i = 0; i < entity->fields->len; i++)
        said += g_ascii_strcasecmp(g_array_index(entity->fields, EntityField, i).name, "Content-Type") == 0;
    if (said == 0) return TRUE;
    const char *raw = entity_field(entity, "Content-Type"), *slash = strchr(entity->type, '/');
    gsize length = strlen(entity->type);
    return said == 1 && slash && slash > entity->type && slash[1] &&
           g_ascii_strncasecmp(raw, entity->type, length) == 0 && strchr("; \t\r\n", raw[length]);
}

/* The boundary, where the type has nothing but plain parameters and it is one of them, once; else NULL. */
static char *plain_boundary(const Entity *entity)
{
    static const char BLANK[] = " \t\r\n", PLAIN[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                                     "0123456789!#$%&'*+-.^_`{|}~";
    g_autofree char *boundary = NULL;
    const char *p = entity_field(entity, "Content-Type");
    if (!p) return NULL;
    for (p += strlen(entity->type); *(p += strspn(p, BLANK));) {
        if (*p++ != ';') return NULL;
        const char *name = p + strspn(p, BLANK), *value = name + strspn(name, PLAIN);
        if (value == name && !*name) break;
        if (value == name || *value++ != '=') return NULL;
        gboolean quoted = *value == '"', wanted = g_ascii_strncasecmp(name, "boundary", 8) == 0;
        if (quoted) value++;
        gsize length = quoted ? strcspn(value, "\"\\\r\n") : strspn(value, PLAIN);
        p = value + length;
        if (length == 0 || (quoted && *p++ != '"') || (wanted && (name[8] != '=' || boundary))) return NULL;
        if (wanted) boundary = g_strndup(value, length);
    }
    for (const char *c = boundary; c && *c; c++)
        if ((guchar)*c <= ' ' || *c == 0x7f || c - boundary >= BOUNDARY_MAX) return NULL;
    return g_steal_pointer(&boundary);
}

/* --- parts ------------------------------------------------------------------------------------ */

static gboolean read_content(Regular *regular, Entity *entity, guint depth, Line *after);

/* From `start` to the line that was found, without the line end that belongs to it. */
static GBytes *content(const Regular *regular, const char *start, Line found)
{
    const char *stop = found == LINE_NONE ? regular->end : regular->line;
    if (stop > start && found != LINE_NONE) stop--;
    if (stop > start && found != LINE_NONE && stop[-1] == '\r') stop--;
    return g_bytes_new_from_bytes(regular->body, (gsize)(start - regular->start), (gsize)(stop - start));
}

/* From behind the header to the next line of the multipart, which is *after. */
static gboolean read_leaf(Regular *regular, Entity *entity, guint depth, Line *after)
{
    const char *start = regular->p;
    *after = find_line(regular, regular->n_open - 1);
    if (*after == LINE_ODD) return FALSE;
    entity->body = content(regular, start, *after);
    return g_bytes_get_size(entity->body) > 0 || entity->fields->len > 0;
}

/* Reads the header; then what is in it. */
static gboolean read_entity(Regular *regular, Entity *entity, guint depth, Line *after)
{
    gssize length = header_length(regular);
    if (length < 0) return FALSE;
    take_fields(entity, regular->p, (gsize)length);
    entity_read_type(entity, "");
    regular->p = line_stop(regular->p + length, regular->end) + 1;
    regular->parts++;
    return has_plain_type(entity) && read_content(regular, entity, depth, after);
}

static Entity *add_child(Entity *entity)
{
    Entity *child = entity_new();
    if (!entity->children) entity->children = g_ptr_array_new_with_free_func(entity_free);
    g_ptr_array_add(entity->children, child);
    return child;
}

/* Whether a mail that calls itself no multipart looks like one. */
static gboolean has_unsaid_parts(const Entity *mail)
{
    gsize length = 0;
    const char *data = mail->kind == ENTITY_LEAF ? g_bytes_get_data(mail->body, &length) : NULL;
    return length > 0 && boundary_begins(data, data + length);
}

/* A forwarded mail. One whose line ends are to be mended first is read like an encoded one. */
static gboolean read_message(Regular *regular, Entity *entity, guint depth, Line *after)
{
    const char *start = regular->p;
    if (header_ends_twice(start, regular->end)) return read_leaf(regular, entity, depth, after);
    if (depth >= LIMIT_MAIL_DEPTH || entity->transfer != TRANSFER_NONE) return FALSE;
    entity->kind = ENTITY_MESSAGE;
    Entity *inner = add_child(entity);
    if (!read_entity(regular, inner, depth + 1, after) || inner->fields->len == 0 || has_unsaid_parts(inner))
        return FALSE;
    entity->body = content(regular, start, *after);
    return TRUE;
}

/* Up to the line behind it that is of the multipart around it (*after), or to the end. */
static gboolean read_multipart(Regular *regular, Entity *entity, guint depth, Line *after)
{
    guint level = regular->n_open;
    if (depth >= LIMIT_MAIL_DEPTH || level == G_N_ELEMENTS(regular->open)) return FALSE;
    regular->open[level] = plain_boundary(entity);
    if (!regular->open[level]) return FALSE;
    regular->n_open++;
    entity->kind = ENTITY_MULTIPART;
    entity->body = g_bytes_new_static("", 0);
    Line line = find_line(regular, level);
    while (line == LINE_PART)
        if (!read_entity(regular, add_child(entity), depth + 1, &line)) return FALSE;
    if (line == LINE_ODD || !entity->children) return FALSE;
    /* Still open, so that no line of it can come again. */
    *after = line == LINE_NONE ? line : find_line(regular, level > 0 ? level - 1 : G_MAXUINT);
    g_free(regular->open[--regular->n_open]);
    return *after != LINE_ODD;
}

/* Up to the next line of the multipart around it, which is *after. */
static gboolean read_content(Regular *regular, Entity *entity, guint depth, Line *after)
{
    static const struct {
        const char *type; /* or, with "/" at its end, how it begins */
        gboolean (*read)(Regular *regular, Entity *entity, guint depth, Line *after);
    } READERS[] = {{"multipart/digest", NULL}, /* its parts are mails, though none says so */
                   {"multipart/", read_multipart},
                   {"message/rfc822", read_message},
                   {"message/delivery-status", read_leaf},
                   {"message/disposition-notification", read_leaf},
                   {"message/", NULL}};
    for (gsize i = 0; i < G_N_ELEMENTS(READERS); i++) {
        gsize length = strlen(READERS[i].type);
        if (!g_str_has_prefix(entity->type, READERS[i].type)) continue;
        if (READERS[i].type[length - 1] == '/' || !entity->type[length])
            return READERS[i].read && READERS[i].read(regular, entity, depth, after);
    }
    return read_leaf(regular, entity, depth, after);
}

gboolean regular_read(Entity *top, GBytes *body, guint depth, guint *parts)
{
    gsize length = 0;
    Line after = LINE_NONE;
    const char *data = g_bytes_get_data(body, &length);
    Regular regular = {.body = body, .start = data, .p = data, .end = data + length, .parts = 1};
    if (length == 0 || !has_plain_type(top) || !g_str_has_prefix(top->type, "multipart/")) return FALSE;
    gboolean read = read_content(&regular, top, depth, &after) && *parts + regular.parts <= LIMIT_MAIL_PARTS;
    if (read) {
        *parts += regular.parts;
        return TRUE;
    }
    while (regular.n_open > 0) g_free(regular.open[--regular.n_open]);
    g_clear_pointer(&top->children, g_ptr_array_unref);
    g_clear_pointer(&top->body, g_bytes_unref);
    top->kind = ENTITY_LEAF;
    return FALSE;
}
