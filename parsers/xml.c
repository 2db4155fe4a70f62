#include "parsers/xml.h"

#include <string.h>

#include "parsers/charset.h"
#include "parsers/limits.h"

#define NAME_MAX_BYTES 127 /* of an element: a longer one has code 0 */
#define NAMES          512 /* of the table of names; a power of 2 */
#define BINDINGS_MAX   200 /* namespace declarations open at once */

typedef struct Span {
    const char *at;
    gsize length;
} Span;

typedef struct Attribute {
    Span name, value; /* name without prefix */
} Attribute;

struct XmlAttributes {
    const Attribute *array;
    guint n;
};

/* A namespace declaration that is open. */
typedef struct Binding {
    Span prefix;
    char *uri;
} Binding;

typedef struct Element {
    Span name; /* with prefix */
    int code;
    guint bindings;   /* open before it */
    guint generation; /* of the bindings before it */
} Element;

/* What a name meant when it was last looked up. */
typedef struct Known {
    Span name;
    guint generation; /* 0: free */
    int code;
} Known;

typedef struct Reader {
    const XmlEvents *events;
    gpointer user;
    const char *p, *end;
    GArray *open;       /* of Element */
    GArray *attributes; /* of Attribute, of the present tag */
    GArray *bindings;   /* of Binding */
    guint generation;   /* names the present bindings: another number, other bindings */
    guint generations;  /* so many numbers have been given */
    gboolean good, done, seen_root;
    Known known[NAMES];
} Reader;

static void fault(Reader *reader)
{
    reader->good = FALSE;
}

static gboolean span_equal(Span a, Span b)
{
    return a.length == b.length && memcmp(a.at, b.at, a.length) == 0;
}

/* --- bytes
 * ---------------------------------------------------------------------------------------------------- */

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

/* The first byte of the class at or after p, or the end. */
static const char *find(const Reader *reader, const char *p, guint8 class)
{
    while (p < reader->end && !is(*p, class)) p++;
    return p;
}

static const char *skip_space(const Reader *reader, const char *p)
{
    while (p < reader->end && is(*p, SPACE)) p++;
    return p;
}

static gboolean looking_at(const Reader *reader, const char *text)
{
    gsize length = strlen(text);
    return (gsize)(reader->end - reader->p) >= length && memcmp(reader->p, text, length) == 0;
}

/* --- text
 * ----------------------------------------------------------------------------------------------------- */

/* Section 2.2; NUL is none either. */
static gboolean is_char(gunichar c)
{
    return c >= 0x20 ? g_unichar_validate(c) && c != 0xFFFE && c != 0xFFFF
                     : c == '\t' || c == '\n' || c == '\r';
}

/* The character that "&…;" stands for, 0 if none; *p is moved behind it. */
static gunichar reference(const char **p, const char *end)
{
    static const struct {
        const char *name;
        gunichar c;
    } entities[] = {{"amp;", '&'}, {"lt;", '<'}, {"gt;", '>'}, {"quot;", '"'}, {"apos;", '\''}};
    const char *semicolon = memchr(*p, ';', MIN((gsize)(end - *p), 40)), *begin = *p + 1;
    if (!semicolon) {
        (*p)++;
        return 0;
    }
    *p = semicolon + 1;
    for (gsize i = 0; i < G_N_ELEMENTS(entities); i++)
        if (strncmp(begin, entities[i].name, (gsize)(*p - begin)) == 0) return entities[i].c;
    if (*begin != '#') return 0;
    gboolean hex = begin[1] == 'x';
    char *stop;
    guint64 c = g_ascii_strtoull(begin + (hex ? 2 : 1), &stop, hex ? 16 : 10);
    gboolean digits = g_ascii_isxdigit(begin[hex ? 2 : 1]) && stop == semicolon;
    return digits && c <= 0x10FFFF && is_char((gunichar)c) ? (gunichar)c : 0;
}

/* Appends a run with its references resolved (unless it is CDATA) and its line ends as "\n". FALSE if
 * something in it may not be there; that is left out. */
static gboolean decode(GString *to, Span run, gboolean cdata)
{
    gboolean good = TRUE;
    const char *end = run.at + run.length;
    for (const char *p = run.at; p < end;) {
        if (*p == '&' && !cdata) {
            gunichar c = reference(&p, end);
            if (c) g_string_append_unichar(to, c);
            good &= c != 0;
        } else if (*p == '\r') {
            if (++p == end || *p != '\n') g_string_append_c(to, '\n');
        } else if (is(*p, ODD) && *p != '<' && *p != '&') {
            good = FALSE;
            p++;
        } else {
            g_string_append_c(to, *p++);
        }
    }
    if (g_utf8_validate(to->str, (gssize)to->len, NULL)) return good;
    g_autofree char *valid = g_utf8_make_valid(to->str, (gssize)to->len);
    g_string_assign(to, valid);
    return FALSE;
}

static void on_text(Reader *reader, Span run, gboolean cdata)
{
    if (reader->open->len == 0 || !reader->events->text || run.length == 0) return;
    guint8 seen = 0;
    for (gsize i = 0; i < run.length; i++) seen |= classes[(guchar)run.at[i]];
    if (!(seen & ODD) && (!(seen & HIGH) || g_utf8_validate(run.at, (gssize)run.length, NULL))) {
        reader->events->text(reader->user, run.at, run.length);
        return;
    }
    g_autoptr (GString) decoded = g_string_sized_new(run.length);
    if (!decode(decoded, run, cdata)) fault(reader);
    reader->events->text(reader->user, decoded->str, decoded->len);
}

/* --- attributes
 * ----------------------------------------------------------------------------------------------- */

const char *xml_attribute_raw(const XmlAttributes *attributes, const char *name, gsize *length)
{
    gsize n = strlen(name);
    for (guint i = 0; i < attributes->n; i++) {
        const Attribute *attribute = attributes->array + i;
        if (attribute->name.length != n || memcmp(attribute->name.at, name, n) != 0) continue;
        *length = attribute->value.length;
        return attribute->value.at;
    }
    *length = 0;
    return NULL;
}

static char *decoded_value(Span value)
{
    g_autoptr (GString) decoded = g_string_sized_new(value.length);
    decode(decoded, value, FALSE);
    return g_strndup(decoded->str, decoded->len);
}

char *xml_attribute(const XmlAttributes *attributes, const char *name)
{
    Span value;
    value.at = xml_attribute_raw(attributes, name, &value.length);
    return value.at ? decoded_value(value) : NULL;
}

/* Splits off the prefix; "" if there is none. */
static Span prefix_of(Span name, Span *local)
{
    const char *colon = memchr(name.at, ':', name.length);
    gsize length = colon ? (gsize)(colon - name.at) : 0;
    gsize skip = colon ? length + 1 : 0;
    *local = (Span){name.at + skip, name.length - skip};
    return (Span){name.at, length};
}

/* xmlns="…" and xmlns:prefix="…" */
static gboolean is_declaration(Span name, Span *prefix)
{
    if (name.length < 5 || memcmp(name.at, "xmlns", 5) != 0) return FALSE;
    if (name.length > 5 && name.at[5] != ':') return FALSE;
    gsize skip = MIN(name.length, 6);
    *prefix = (Span){name.at + skip, name.length - skip};
    return TRUE;
}

static void declare(Reader *reader, Span prefix, Span value)
{
    if (reader->bindings->len >= BINDINGS_MAX) {
        fault(reader);
        return;
    }
    const Binding binding = {prefix, decoded_value(value)};
    g_array_append_val(reader->bindings, binding);
    reader->generation = ++reader->generations;
}

/* Reads attributes from p to the end of the tag, and declares namespaces. Returns what follows the tag;
 * *empty if it ended with "/>". */
static const char *read_attributes(Reader *reader, const char *p, gboolean *empty)
{
    g_array_set_size(reader->attributes, 0);
    while ((p = skip_space(reader, p)) < reader->end) {
        if (*p == '>') return p + 1;
        if (*p == '/' && p + 1 < reader->end && p[1] == '>') {
            *empty = TRUE;
            return p + 2;
        }
        if (*p == '<') break;
        Span name = {p, (gsize)(find(reader, p, NAME_END) - p)}, prefix, local;
        p = skip_space(reader, p + name.length);
        const char *quote = p < reader->end && *p == '=' ? skip_space(reader, p + 1) : reader->end;
        if (name.length == 0 || quote == reader->end || (*quote != '"' && *quote != '\'')) {
            fault(reader);
            p += p < reader->end && *p != '>' && *p != '<';
            continue;
        }
        const char *value = quote + 1;
        p = find(reader, value, VALUE_STOP);
        while (p < reader->end && *p != *quote && *p != '<') p = find(reader, p + 1, VALUE_STOP);
        if (p == reader->end || *p == '<') break;
        const Span between = {value, (gsize)(p++ - value)};
        if (is_declaration(name, &prefix)) {
            declare(reader, prefix, between);
            continue;
        }
        prefix_of(name, &local);
        const Attribute attribute = {local, between};
        g_array_append_val(reader->attributes, attribute);
    }
    fault(reader);
    return p;
}

/* --- names
 * ---------------------------------------------------------------------------------------------------- */

int xml_code_in(const XmlName *names, const char *name)
{
    for (; names->name; names++)
        if (strcmp(names->name, name) == 0) return names->code;
    return 0;
}

static int ask_code(const Reader *reader, Span name)
{
    Span local, prefix = prefix_of(name, &local);
    char text[NAME_MAX_BYTES + 1];
    if (local.length > NAME_MAX_BYTES) return 0;
    memcpy(text, local.at, local.length);
    text[local.length] = '\0';
    const char *uri = "";
    for (guint i = reader->bindings->len; i-- > 0;) {
        const Binding *binding = &g_array_index(reader->bindings, Binding, i);
        if (!span_equal(binding->prefix, prefix)) continue;
        uri = binding->uri;
        break;
    }
    return reader->events->code(uri, text);
}

static int code_of(Reader *reader, Span name)
{
    guint hash = (guint)name.length;
    for (gsize i = 0; i < MIN(name.length, 12); i++) hash = hash * 31 + (guchar)name.at[i];
    Known *known = &reader->known[hash % NAMES];
    if (known->generation == reader->generation && span_equal(known->name, name)) return known->code;
    *known = (Known){name, reader->generation, ask_code(reader, name)};
    return known->code;
}

/* --- elements
 * ------------------------------------------------------------------------------------------------- */

static void restore_bindings(Reader *reader, const Element *element)
{
    while (reader->bindings->len > element->bindings) {
        g_free(g_array_index(reader->bindings, Binding, reader->bindings->len - 1).uri);
        g_array_set_size(reader->bindings, reader->bindings->len - 1);
    }
    reader->generation = element->generation;
}

static void end_element(Reader *reader)
{
    const Element element = g_array_index(reader->open, Element, reader->open->len - 1);
    g_array_set_size(reader->open, reader->open->len - 1);
    reader->events->end(reader->user, element.code);
    restore_bindings(reader, &element);
    reader->done |= reader->events->enough && reader->events->enough(reader->user);
}

static void read_start(Reader *reader)
{
    Element element = {.bindings = reader->bindings->len, .generation = reader->generation};
    element.name.at = reader->p + 1;
    element.name.length = (gsize)(find(reader, reader->p + 1, NAME_END) - element.name.at);
    if (element.name.length == 0 || reader->open->len >= LIMIT_XML_DEPTH ||
        (reader->open->len == 0 && reader->seen_root)) {
        fault(reader);
        reader->done = element.name.length > 0;
        reader->p++;
        return;
    }
    reader->seen_root = TRUE;
    gboolean empty = FALSE;
    reader->p = read_attributes(reader, element.name.at + element.name.length, &empty);
    element.code = code_of(reader, element.name);
    const XmlAttributes attributes = {(const Attribute *)(void *)reader->attributes->data,
                                      reader->attributes->len};
    g_array_append_val(reader->open, element);
    reader->events->start(reader->user, element.code, &attributes);
    if (empty) end_element(reader);
}

/* An end that does not fit ends the elements down to the one that it does fit, or nothing. */
static void read_end(Reader *reader)
{
    Span name = {reader->p + 2, 0};
    name.length = (gsize)(find(reader, name.at, NAME_END) - name.at);
    reader->p = skip_space(reader, name.at + name.length);
    if (reader->p < reader->end && *reader->p == '>')
        reader->p++;
    else
        fault(reader);
    guint up = 0;
    while (up < reader->open->len &&
           !span_equal(name, g_array_index(reader->open, Element, reader->open->len - 1 - up).name))
        up++;
    if (up > 0) fault(reader);
    if (up == reader->open->len) return;
    for (guint i = 0; i <= up; i++) end_element(reader);
}

/* --- the document
 * --------------------------------------------------------------------------------------------- */

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
        if (kinds[i].text) on_text(reader, (Span){begin, end ? (gsize)(end - begin) : rest}, TRUE);
        reader->p = end ? end + skip : reader->end;
        return;
    }
    fault(reader); /* a document type, or nothing known */
    reader->done = TRUE;
}

static void read_all(Reader *reader)
{
    while (reader->p < reader->end && !reader->done) {
        const char *tag = memchr(reader->p, '<', (gsize)(reader->end - reader->p));
        const Span run = {reader->p, (gsize)((tag ? tag : reader->end) - reader->p)};
        on_text(reader, run, FALSE);
        if (reader->open->len == 0 && skip_space(reader, run.at) < run.at + run.length) fault(reader);
        reader->p = tag ? tag : reader->end;
        if (!tag) break;
        char next = tag + 1 < reader->end ? tag[1] : ' ';
        if (next == '/')
            read_end(reader);
        else if (next == '!' || next == '?')
            read_special(reader);
        else
            read_start(reader);
    }
}

/* Appendix F: what is not UTF-8 is made so. NULL if it is, or should be. */
static char *recode(const char *bytes, gsize length, gboolean *exact)
{
    if (length >= 2 && (memcmp(bytes, "\xFE\xFF", 2) == 0 || memcmp(bytes, "\xFF\xFE", 2) == 0))
        return charset_to_utf8(bytes, length, "utf-16", exact);
    if (length >= 4 && memcmp(bytes, "<\0?\0", 4) == 0)
        return charset_to_utf8(bytes, length, "utf-16le", exact);
    if (length >= 4 && memcmp(bytes, "\0<\0?", 4) == 0)
        return charset_to_utf8(bytes, length, "utf-16be", exact);
    if (length < 5 || memcmp(bytes, "<?xml", 5) != 0) return NULL;
    const char *end = memchr(bytes, '>', MIN(length, 300));
    const char *encoding = end ? memmem(bytes, (gsize)(end - bytes), "encoding", 8) : NULL;
    const char *quote = encoding ? encoding + strcspn(encoding, "\"'>") : end;
    if (!quote || quote >= end || *quote == '>') return NULL;
    g_autofree char *label = g_ascii_strdown(quote + 1, (gssize)strcspn(quote + 1, "\"'>"));
    gboolean already =
        g_str_has_prefix(label, "utf") || g_str_has_prefix(label, "ucs"); /* since "<?xml" was read */
    return already ? NULL : charset_to_utf8(bytes, length, label, exact);
}

gboolean xml_read(const char *bytes, gsize length, const XmlEvents *events, gpointer user)
{
    gboolean exact = TRUE;
    g_autofree char *recoded = recode(bytes, length, &exact);
    if (recoded) bytes = recoded, length = strlen(recoded);
    if (length >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0) bytes += 3, length -= 3;
    g_autofree Reader *reader = g_new0(Reader, 1);
    *reader = (Reader){.events = events, .user = user, .p = bytes, .end = bytes + length, .good = exact};
    reader->generation = reader->generations = 1;
    reader->open = g_array_new(FALSE, FALSE, sizeof(Element));
    reader->attributes = g_array_new(FALSE, FALSE, sizeof(Attribute));
    reader->bindings = g_array_new(FALSE, FALSE, sizeof(Binding));
    read_all(reader);
    gboolean enough = reader->done && reader->good;
    if (!reader->seen_root || (reader->open->len > 0 && !enough)) fault(reader);
    while (reader->open->len > 0) end_element(reader);
    g_array_free(reader->open, TRUE);
    g_array_free(reader->attributes, TRUE);
    g_array_free(reader->bindings, TRUE);
    return reader->good;
}
