#include "parsers/xml.h"

#include <string.h>

#include "parsers/charset_census.h"
#include "parsers/limits.h"
#include "parsers/xml_text.h"

#define NAME_MAX_BYTES 127 /* of an element: a longer one has code 0 */
#define NAMES          256 /* of the table of names: 2^8 */
#define BINDINGS_MAX   200 /* namespace declarations open at once */
#define ATTRIBUTES_MAX 256 /* of one element; further ones are a fault */
#define TAGS           256 /* of the table of tags: 2^8 */

typedef struct Span {
    const char *at;
    gsize length;
} Span;

/* The name of an element, with its prefix. */
typedef struct Name {
    const char *at;
    gsize length;
    guint64 key; /* its bytes, where it has at most 8; else a sum of them */
} Name;

typedef struct Attribute {
    Span name, value;
} Attribute;

struct XmlAttributes {
    struct Reader *reader; /* knows the present tag */
};

/* A namespace declaration that is open. */
typedef struct Binding {
    Span prefix, value;
    char *uri; /* the value decoded; NULL until somebody asks */
} Binding;

typedef struct Element {
    Name name;
    int code;
    guint bindings;     /* open before it */
    guint64 generation; /* of the bindings before it */
} Element;

/* What a name meant when it was last looked up. */
typedef struct Known {
    Name name;
    guint64 generation; /* 0: free */
    int code;
} Known;

/* A start tag without faults and declarations, as it was last met: the same bytes again mean the same. */
typedef struct Tag {
    guint64 generation; /* 0: free */
    gsize length;       /* of the tag behind the "<", with the ">" */
    Name name;          /* where it begins */
    int code;
    gboolean empty;
} Tag;

typedef struct Reader {
    const XmlEvents *events;
    gpointer user;
    const char *p, *end;
    const char *last;   /* the last ">": names and spaces inside tags end there at the latest */
    guint depth;        /* elements that are open */
    guint n_attributes; /* of the present tag */
    const char *unread; /* where attributes begin that nobody asked for; NULL: they are in the list */
    guint n_bindings;
    guint64 generation; /* names the present bindings: another number, other bindings, of any document */
    gboolean good, done, seen_root;
    /* not cleared at the start */
    Element open[LIMIT_XML_DEPTH];
    Attribute attributes[ATTRIBUTES_MAX];
    Binding bindings[BINDINGS_MAX];
    Known known[NAMES];
    Tag tags[TAGS];
} Reader;

static guint64 generations; /* so many numbers have been given */

static void fault(Reader *reader)
{
    reader->good = FALSE;
}

static gboolean span_equal(Span a, Span b)
{
    return a.length == b.length && memcmp(a.at, b.at, a.length) == 0;
}

/* --- bytes ------------------------------------------------------------------------------------ */

enum {
    SPACE = 1,      /* between attributes */
    NAME_END = 2,   /* cannot be part of a name */
    VALUE_STOP = 4, /* ends, or may not be in, a value */
    HIGH = 8,       /* part of a character of several bytes */
    ODD = 16        /* does not stand for itself in a text, or may not be in one */
};

static const guint8 classes[256] = {
    [0 ... 8] = NAME_END | ODD,
    ['\t' ... '\n'] = SPACE | NAME_END,
    [11 ... 12] = NAME_END | ODD,
    ['\r'] = SPACE | NAME_END | ODD,
    [14 ... 31] = NAME_END | ODD,
    [' '] = SPACE | NAME_END,
    ['"'] = NAME_END | VALUE_STOP,
    ['&'] = NAME_END | ODD,
    ['\''] = NAME_END | VALUE_STOP,
    ['/'] = NAME_END,
    ['<'] = NAME_END | VALUE_STOP | ODD,
    ['='] = NAME_END,
    ['>'] = NAME_END,
    [128 ... 255] = HIGH,
};

static gboolean is(char byte, guint8 class)
{
    return (classes[(guchar)byte] & class) != 0;
}

/* The first byte after p that cannot be part of a name, or is no space; p is inside a tag that is closed. */
static const char *name_end(const char *p)
{
    while (!is(*p, NAME_END)) p++;
    return p;
}

static const char *skip_space(const char *p)
{
    while (is(*p, SPACE)) p++;
    return p;
}

static gboolean looking_at(const Reader *reader, const char *text)
{
    gsize length = strlen(text);
    return (gsize)(reader->end - reader->p) >= length && memcmp(reader->p, text, length) == 0;
}

/* --- text ------------------------------------------------------------------------------------- */

static void on_text(Reader *reader, Span run, gboolean cdata)
{
    if (!reader->events->text || run.length == 0) return;
    guint8 seen = 0;
    for (gsize i = 0; i < run.length; i++) seen |= classes[(guchar)run.at[i]];
    if (!(seen & ODD) && (!(seen & HIGH) || census_is_utf8(run.at, run.length))) {
        reader->events->text(reader->user, run.at, run.length);
        return;
    }
    g_autoptr (GString) decoded = g_string_sized_new(run.length);
    if (!xml_decode(decoded, run.at, run.length, cdata)) fault(reader);
    reader->events->text(reader->user, decoded->str, decoded->len);
}

/* --- attributes ------------------------------------------------------------------------------- */

static const char *read_attributes(Reader *reader, const char *p, gboolean *empty);

const char *xml_attribute_raw(const XmlAttributes *attributes, const char *name, gsize *length)
{
    Reader *reader = attributes->reader;
    gboolean empty;
    if (reader->unread) read_attributes(reader, reader->unread, &empty);
    gsize n = strlen(name);
    for (guint i = 0; i < reader->n_attributes; i++) {
        const Attribute *attribute = reader->attributes + i;
        gsize prefix = attribute->name.length - n;
        if (attribute->name.length < n || (prefix > 0 && attribute->name.at[prefix - 1] != ':') ||
            memcmp(attribute->name.at + prefix, name, n) != 0)
            continue;
        *length = attribute->value.length;
        return attribute->value.at;
    }
    *length = 0;
    return NULL;
}

static char *decoded_value(Span value)
{
    guint8 seen = 0;
    for (gsize i = 0; i < value.length; i++) seen |= classes[(guchar)value.at[i]];
    if (!(seen & (ODD | HIGH))) return g_strndup(value.at, value.length);
    g_autoptr (GString) decoded = g_string_sized_new(value.length);
    xml_decode(decoded, value.at, value.length, FALSE);
    return g_strndup(decoded->str, decoded->len);
}

char *xml_attribute(const XmlAttributes *attributes, const char *name)
{
    Span value;
    value.at = xml_attribute_raw(attributes, name, &value.length);
    return value.at ? decoded_value(value) : NULL;
}

/* xmlns="…" and xmlns:prefix="…" */
static gboolean is_declaration(Span name)
{
    return name.length >= 5 && name.at[0] == 'x' && memcmp(name.at, "xmlns", 5) == 0 &&
           (name.length == 5 || name.at[5] == ':');
}

static void declare(Reader *reader, Span name, Span value)
{
    if (reader->n_bindings == BINDINGS_MAX) {
        fault(reader);
        return;
    }
    gsize skip = MIN(name.length, 6);
    const Span prefix = {name.at + skip, name.length - skip};
    reader->bindings[reader->n_bindings++] = (Binding){prefix, value, NULL};
    reader->generation = ++generations;
}

static void add_attribute(Reader *reader, Span name, Span value)
{
    if (is_declaration(name))
        declare(reader, name, value);
    else if (reader->n_attributes < ATTRIBUTES_MAX)
        reader->attributes[reader->n_attributes++] = (Attribute){name, value};
    else
        fault(reader);
}

/* Reads attributes from p to the end of the tag, and declares namespaces. Returns what follows the tag;
 * *empty if it ended with "/>". */
static const char *read_attributes(Reader *reader, const char *p, gboolean *empty)
{
    reader->n_attributes = 0;
    reader->unread = NULL;
    while (p <= reader->last) {
        p = skip_space(p);
        if (*p == '>') return p + 1;
        if (*p == '/' && p[1] == '>') {
            *empty = TRUE;
            return p + 2;
        }
        if (*p == '<') break;
        Span name = {p, 0};
        p = name_end(p);
        name.length = (gsize)(p - name.at);
        p = skip_space(p);
        const char *quote = *p == '=' ? skip_space(p + 1) : p;
        if (name.length == 0 || (*quote != '"' && *quote != '\'')) {
            fault(reader);
            p += *p != '>' && *p != '<';
            continue;
        }
        const char *value = p = quote + 1;
        while (p < reader->end && (!is(*p, VALUE_STOP) || (*p != *quote && *p != '<'))) p++;
        if (p == reader->end || *p == '<') break;
        add_attribute(reader, name, (Span){value, (gsize)(p++ - value)});
    }
    fault(reader);
    return p;
}

/* --- names ------------------------------------------------------------------------------------ */

/* Up to 8 bytes as a number. */
static guint64 word(const Reader *reader, const char *p, gsize length)
{
    guint64 bytes = 0;
    if (reader->end - p < 8) {
        memcpy(&bytes, p, MIN(length, (gsize)(reader->end - p)));
        return bytes;
    }
    memcpy(&bytes, p, 8);
    if (length >= 8) return bytes;
    gsize bits = 8 * length;
    return GUINT64_TO_LE(GUINT64_FROM_LE(bytes) & (((guint64)1 << bits) - 1));
}

static Name name_at(const Reader *reader, const char *p, gsize length)
{
    guint64 key = word(reader, p, length);
    if (length > 8) key = key * 31 + word(reader, p + length - 8, 8);
    return (Name){p, length, key};
}

static gboolean name_equal(const Name *a, const Name *b)
{
    return a->key == b->key && a->length == b->length &&
           (a->length <= 8 || memcmp(a->at, b->at, a->length) == 0);
}

int xml_code_in(const XmlName *names, const char *name)
{
    for (; names->name; names++)
        if (strcmp(names->name, name) == 0) return names->code;
    return 0;
}

static const char *uri_of(Binding *binding)
{
    if (!binding->uri) binding->uri = decoded_value(binding->value);
    return binding->uri;
}

static int ask_code(Reader *reader, const Name *name)
{
    const char *colon = memchr(name->at, ':', name->length);
    const Span prefix = {name->at, colon ? (gsize)(colon - name->at) : 0};
    gsize skip = colon ? prefix.length + 1 : 0, length = name->length - skip;
    char local[NAME_MAX_BYTES + 1];
    if (length > NAME_MAX_BYTES) return 0;
    memcpy(local, name->at + skip, length);
    local[length] = '\0';
    const char *uri = "";
    for (guint i = reader->n_bindings; i-- > 0;) {
        if (!span_equal(reader->bindings[i].prefix, prefix)) continue;
        uri = uri_of(&reader->bindings[i]);
        break;
    }
    return reader->events->code(uri, local);
}

static int code_of(Reader *reader, const Name *name)
{
    guint64 hash = name->key * 0x9E3779B97F4A7C15u;
    Known *known = &reader->known[hash >> (64 - 8)];
    if (known->generation != reader->generation || !name_equal(&known->name, name))
        *known = (Known){*name, reader->generation, ask_code(reader, name)};
    return known->code;
}

/* --- elements --------------------------------------------------------------------------------- */

static void restore_bindings(Reader *reader, const Element *element)
{
    while (reader->n_bindings > element->bindings) g_free(reader->bindings[--reader->n_bindings].uri);
    reader->generation = element->generation;
}

static void end_element(Reader *reader)
{
    const Element *element = &reader->open[--reader->depth];
    reader->events->end(reader->user, element->code);
    restore_bindings(reader, element);
    reader->done |= reader->events->enough && reader->events->enough(reader->user);
}

/* Where a tag that begins so may stand in the table. */
static Tag *tag_place(Reader *reader, const char *begin)
{
    guint64 bytes = word(reader, begin, 8) * 31 + word(reader, MIN(begin + 8, reader->end), 8);
    return &reader->tags[bytes * 0x9E3779B97F4A7C15u >> (64 - 8)];
}

static gboolean is_again(const Reader *reader, const Tag *tag, const char *begin)
{
    return tag->generation == reader->generation && tag->length <= (gsize)(reader->end - begin) &&
           memcmp(tag->name.at, begin, tag->length) == 0;
}

static void read_tag(Reader *reader, const char *begin, const char *end, Tag *tag)
{
    const gboolean good = reader->good;
    const guint64 generation = reader->generation;
    *tag = (Tag){.name = name_at(reader, begin, (gsize)(end - begin))};
    reader->p = read_attributes(reader, end, &tag->empty);
    tag->code = code_of(reader, &tag->name);
    tag->length = (gsize)(reader->p - begin);
    if (good && reader->good && reader->generation == generation) tag->generation = generation;
}

static void read_start(Reader *reader)
{
    const char *begin = reader->p + 1;
    Tag *tag = tag_place(reader, begin);
    const gboolean again = is_again(reader, tag, begin);
    const char *end = again ? begin + tag->name.length : name_end(begin);
    if (end == begin || reader->depth >= LIMIT_XML_DEPTH || (reader->depth == 0 && reader->seen_root)) {
        fault(reader);
        reader->done = end > begin;
        reader->p++;
        return;
    }
    reader->seen_root = TRUE;
    Element *element = &reader->open[reader->depth];
    element->bindings = reader->n_bindings;
    element->generation = reader->generation;
    if (again) {
        reader->p = begin + tag->length;
        reader->unread = end;
    } else {
        read_tag(reader, begin, end, tag);
    }
    element->name = tag->name;
    element->code = tag->code;
    const XmlAttributes attributes = {reader};
    reader->depth++;
    reader->events->start(reader->user, element->code, &attributes);
    if (tag->empty) end_element(reader);
}

/* Behind the name at p, if it is that of the innermost element; NULL. p is inside a tag that is closed. */
static const char *behind_open_name(const Reader *reader, const char *p)
{
    const Name *open = reader->depth > 0 ? &reader->open[reader->depth - 1].name : NULL;
    if (!open || (gsize)(reader->last - p) < open->length || !is(p[open->length], NAME_END)) return NULL;
    const Name name = name_at(reader, p, open->length);
    return name_equal(&name, open) ? p + open->length : NULL;
}

/* An end that does not fit ends the elements down to the one that it does fit, or nothing. */
static void read_end(Reader *reader)
{
    const char *begin = reader->p + 2, *end = behind_open_name(reader, begin);
    const gboolean fits = end != NULL;
    if (!fits) end = name_end(begin);
    reader->p = skip_space(end);
    if (*reader->p == '>')
        reader->p++;
    else
        fault(reader);
    if (fits) {
        end_element(reader);
        return;
    }
    const Name name = name_at(reader, begin, (gsize)(end - begin));
    guint up = 1;
    while (up <= reader->depth && !name_equal(&name, &reader->open[reader->depth - up].name)) up++;
    if (up > 1) fault(reader);
    if (up > reader->depth) return;
    for (; up > 0; up--) end_element(reader);
}

/* --- the document ----------------------------------------------------------------------------- */

/* What stands in "<!" and "<?": moves behind it. */
static void read_special(Reader *reader)
{
    static const struct {
        const char *begin, *end;
        gboolean text;
    } kinds[] = {{"<!--", "-->", FALSE}, {"<![CDATA[", "]]>", TRUE}, {"<?", "?>", FALSE}};
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (!looking_at(reader, kinds[i].begin)) continue;
        const char *begin = reader->p + strlen(kinds[i].begin);
        gsize rest = (gsize)(reader->end - begin), skip = strlen(kinds[i].end);
        const char *end = memmem(begin, rest, kinds[i].end, skip);
        if (!end) fault(reader);
        if (kinds[i].text && reader->depth > 0)
            on_text(reader, (Span){begin, end ? (gsize)(end - begin) : rest}, TRUE);
        reader->p = end ? end + skip : reader->end;
        return;
    }
    fault(reader); /* a document type, or nothing known */
    reader->done = TRUE;
}

/* What stands outside the root element may be nothing but white space. */
static void check_outside(Reader *reader, Span run)
{
    for (gsize i = 0; i < run.length; i++)
        if (!is(run.at[i], SPACE)) fault(reader);
}

/* Everything up to the next tag. FALSE if there is none that is closed. */
static gboolean read_run(Reader *reader)
{
    const char *from = reader->p;
    if (from < reader->end && *from == '<') return from < reader->last;
    const char *tag = memchr(from, '<', (gsize)(reader->end - from));
    const Span run = {from, (gsize)((tag ? tag : reader->end) - from)};
    if (reader->depth > 0)
        on_text(reader, run, FALSE);
    else
        check_outside(reader, run);
    reader->p = tag ? tag : reader->end;
    if (tag && tag > reader->last) fault(reader);
    return tag && tag < reader->last;
}

static void read_all(Reader *reader)
{
    while (!reader->done && read_run(reader)) {
        char next = reader->p[1];
        if (next == '/')
            read_end(reader);
        else if (next == '!' || next == '?')
            read_special(reader);
        else
            read_start(reader);
    }
    if (!reader->done && reader->p < reader->end) fault(reader);
}

gboolean xml_read(const char *bytes, gsize length, const XmlEvents *events, gpointer user)
{
    gboolean exact = TRUE;
    g_autofree char *recoded = xml_recode(bytes, length, &exact);
    if (recoded) bytes = recoded, length = strlen(recoded);
    if (length >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0) bytes += 3, length -= 3;
    static Reader *spare; /* what its tables hold is of generations that are no more */
    g_autofree Reader *reader = g_steal_pointer(&spare);
    if (!reader) reader = g_new0(Reader, 1);
    memset(reader, 0, G_STRUCT_OFFSET(Reader, open));
    reader->events = events;
    reader->user = user;
    reader->p = bytes;
    reader->end = bytes + length;
    reader->last = length > 0 ? memrchr(bytes, '>', length) : NULL;
    reader->good = exact;
    reader->generation = ++generations;
    if (reader->last) read_all(reader);
    gboolean enough = reader->done && reader->good;
    if (!reader->seen_root || (reader->depth > 0 && !enough)) fault(reader);
    while (reader->depth > 0) end_element(reader);
    const gboolean good = reader->good;
    if (!spare) spare = g_steal_pointer(&reader); /* one document may be read while another is */
    return good;
}
