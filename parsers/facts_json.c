/* facts_json.c - facts as JSON, and back with every promise of facts.h checked. */
#include "parsers/facts_json.h"

#include <string.h>

#include "parsers/limits.h"

/* --- lists ------------------------------------------------------------------------------------ */

static gboolean open_list(Reader *reader, const Key *key)
{
    if (!json_in_open(&reader->in, '['))
        facts_json_fault(reader, FACTS_ERROR_SHAPE, key->name, "not an array");
    return !reader->in.fault;
}

/* Whether the list has one more element, which must not be more than the `left` that it may have. */
static gboolean more_in_list(Reader *reader, gsize *left, const Key *key)
{
    if (!json_in_more(&reader->in, ']')) return FALSE;
    if ((*left)-- == 0) facts_json_fault(reader, FACTS_ERROR_LIMIT, key->name, "too many elements");
    return !reader->in.fault;
}

static void write_lines(JsonOut *out, gconstpointer slot, const Key *key)
{
    const GPtrArray *lines = *(GPtrArray *const *)slot;
    const Key one = {key->name, NULL, 0, LIMIT_SUBJECT_CHARS, NULL};
    json_out_open(out, '[');
    for (guint i = 0; i < MIN(lines->len, key->max); i++) {
        json_out_item(out);
        FACTS_LINE.write(out, &lines->pdata[i], &one);
    }
    json_out_close(out, ']');
}

static void read_strings(Reader *reader, gpointer slot, const Key *key, const Shape *shape)
{
    GPtrArray *strings = *(GPtrArray **)slot;
    const Key one = {key->name, NULL, 0, LIMIT_SUBJECT_CHARS, NULL};
    gsize left = key->max;
    if (!open_list(reader, key)) return;
    while (more_in_list(reader, &left, key)) {
        char *string = NULL;
        shape->read(reader, &string, &one);
        if (string) g_ptr_array_add(strings, string);
    }
}

static void read_lines(Reader *reader, gpointer slot, const Key *key)
{
    read_strings(reader, slot, key, &FACTS_LINE);
}

static void read_hexes(Reader *reader, gpointer slot, const Key *key)
{
    read_strings(reader, slot, key, &FACTS_HEX);
}

static void write_object(JsonOut *out, gconstpointer item, const Class *of)
{
    json_out_open(out, '{');
    for (gsize i = 0; i < of->n_keys; i++) {
        const Key *key = &of->keys[i];
        gconstpointer slot = (const char *)item + key->offset;
        if (key->shape->absent && key->shape->absent(slot)) continue;
        json_out_key(out, key->name);
        key->shape->write(out, slot, key);
    }
    json_out_close(out, '}');
}

/* The index of a key; n_keys if nobody promised it. The writer keeps to the order of the table, so it is
 * looked for from `next` on. */
static gsize find_key(const Class *of, gsize next, const char *name, gsize length)
{
    for (gsize n = 0; n < of->n_keys; n++) {
        gsize i = (next + n) % of->n_keys;
        if (strncmp(of->keys[i].name, name, length) == 0 && of->keys[i].name[length] == '\0') return i;
    }
    return of->n_keys;
}

static void read_object(Reader *reader, gpointer item, const Class *of, const char *name)
{
    guint64 seen = 0; /* a bit for each key */
    gsize i = 0, length;
    if (!json_in_open(&reader->in, '{')) facts_json_fault(reader, FACTS_ERROR_SHAPE, name, "no JSON object");
    while (json_in_more(&reader->in, '}')) {
        const char *found = json_in_name(&reader->in, &length);
        if (!found) return;
        i = find_key(of, i, found, length);
        if (i == of->n_keys || (seen >> i & 1)) {
            facts_json_fault(reader, FACTS_ERROR_SHAPE, name, "a key that nobody promised, or twice");
            return;
        }
        const Key *key = &of->keys[i];
        seen |= G_GUINT64_CONSTANT(1) << i++;
        key->shape->read(reader, (char *)item + key->offset, key);
    }
    for (i = 0; i < of->n_keys; i++)
        if (!(seen >> i & 1) && !of->keys[i].shape->absent)
            facts_json_fault(reader, FACTS_ERROR_SHAPE, of->keys[i].name, "missing");
}

static void write_one(JsonOut *out, gconstpointer slot, const Key *key)
{
    write_object(out, slot, key->of);
}

static void read_one(Reader *reader, gpointer slot, const Key *key)
{
    read_object(reader, slot, key->of, key->name);
}

static void write_objects(JsonOut *out, gconstpointer slot, const Key *key)
{
    const GPtrArray *items = *(GPtrArray *const *)slot;
    json_out_open(out, '[');
    for (guint i = 0; i < MIN(items->len, key->max); i++) {
        json_out_item(out);
        write_object(out, items->pdata[i], key->of);
    }
    json_out_close(out, ']');
}

static void read_objects(Reader *reader, gpointer slot, const Key *key)
{
    GPtrArray *items = *(GPtrArray **)slot;
    gsize left = key->max;
    if (!open_list(reader, key)) return;
    while (more_in_list(reader, &left, key)) read_object(reader, key->of->make(items), key->of, key->name);
}

/* Of keys that came later: always written, but facts that an earlier version has stored lack them. */
static gboolean is_never_absent(gconstpointer slot)
{
    return FALSE;
}

static void read_attachments(Reader *reader, gpointer slot, const Key *key)
{
    GPtrArray *attachments = *(GPtrArray **)slot;
    /* An attachment in an attachment is two levels of JSON; its own tables are four more. */
    if (++reader->depth > (LIMIT_JSON_DEPTH - 6) / 2)
        facts_json_fault(reader, FACTS_ERROR_LIMIT, key->name, "nested too deeply");
    if (!open_list(reader, key)) return;
    while (more_in_list(reader, &reader->attachments_left, key)) {
        FactsAttachment *a = key->of->make(attachments);
        read_object(reader, a, key->of, key->name);
        if (a->offset >= 0 &&
            (a->size > reader->memfd_size || (guint64)a->offset > reader->memfd_size - a->size))
            facts_json_fault(reader, FACTS_ERROR_LIMIT, key->name, "bytes outside the memfd");
    }
    reader->depth--;
}

/* An object cannot repeat a label: the first one counts. */
static void write_fields(JsonOut *out, gconstpointer slot, const Key *key)
{
    const GPtrArray *fields = *(GPtrArray *const *)slot;
    const Key one = {key->name, NULL, 0, LIMIT_TEXT_BYTES, NULL};
    g_autoptr (GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    json_out_open(out, '{');
    for (guint i = 0; i < MIN(fields->len, key->max); i++) {
        const FactsField *field = g_ptr_array_index(fields, i);
        g_autofree char *label = g_utf8_make_valid(field->label, -1);
        gsize length = strlen(label);
        if (g_hash_table_contains(seen, label)) continue;
        json_out_item(out);
        json_out_string(out, label, length);
        g_string_append(out->text, out->pretty ? ": " : ":");
        FACTS_TEXT.write(out, &field->value, &one);
        g_hash_table_add(seen, g_steal_pointer(&label));
    }
    json_out_close(out, '}');
}

/* A label that comes twice is a form's affair, not the object's: facts_field() takes the first. */
static void read_fields(Reader *reader, gpointer slot, const Key *key)
{
    GPtrArray *fields = *(GPtrArray **)slot;
    gsize length;
    if (!json_in_open(&reader->in, '{'))
        facts_json_fault(reader, FACTS_ERROR_SHAPE, key->name, "not an object");
    while (json_in_more(&reader->in, '}')) {
        g_autofree char *label = json_in_free_name(&reader->in);
        g_autofree char *value = json_in_string(&reader->in, &length);
        if (!label || !value)
            facts_json_fault(reader, FACTS_ERROR_SHAPE, key->name, "a value that is no string");
        else if (fields->len == key->max)
            facts_json_fault(reader, FACTS_ERROR_LIMIT, key->name, "too many fields");
        else {
            FactsField field = {g_steal_pointer(&label), g_steal_pointer(&value)};
            g_ptr_array_add(fields, g_memdup2(&field, sizeof field));
        }
    }
}

static void write_row(JsonOut *out, const TableRow *row)
{
    const Key cell = {"cell", NULL, 0, LIMIT_TEXT_BYTES, NULL};
    json_out_open(out, '[');
    for (guint i = 0; i < row->cells->len; i++) {
        json_out_item(out);
        FACTS_TEXT.write(out, &row->cells->pdata[i], &cell);
    }
    json_out_close(out, ']');
}

static void write_tables(JsonOut *out, gconstpointer slot, const Key *key)
{
    const GPtrArray *tables = *(GPtrArray *const *)slot;
    json_out_open(out, '[');
    for (guint t = 0; t < MIN(tables->len, key->max); t++) {
        const Table *table = g_ptr_array_index(tables, t);
        json_out_item(out);
        json_out_open(out, '[');
        for (guint i = 0; i < MIN(table->rows->len, LIMIT_TABLE_ROWS); i++) {
            json_out_item(out);
            write_row(out, g_ptr_array_index(table->rows, i));
        }
        json_out_close(out, ']');
    }
    json_out_close(out, ']');
}

static void read_row(Reader *reader, Table *table, gsize *cells_left, const Key *key)
{
    gsize length;
    if (!open_list(reader, key)) return;
    TableRow *row = table_add_row(table, table->rows->len + 1);
    while (more_in_list(reader, cells_left, key)) {
        char *cell = json_in_string(&reader->in, &length);
        if (cell)
            g_ptr_array_add(row->cells, cell);
        else
            facts_json_fault(reader, FACTS_ERROR_SHAPE, key->name, "a cell that is no string");
    }
}

static void read_tables(Reader *reader, gpointer slot, const Key *key)
{
    GPtrArray *tables = *(GPtrArray **)slot;
    gsize tables_left = key->max, cells_left = LIMIT_TABLE_CELLS;
    if (!open_list(reader, key)) return;
    while (more_in_list(reader, &tables_left, key)) {
        gsize rows_left = LIMIT_TABLE_ROWS;
        if (!open_list(reader, key)) return;
        Table *table = table_new();
        g_ptr_array_add(tables, table);
        while (more_in_list(reader, &rows_left, key)) read_row(reader, table, &cells_left, key);
    }
}

/* --- the tables ------------------------------------------------------------------------------- */

static gpointer make_mailbox(GPtrArray *into)
{
    FactsMailbox *mailbox = g_new0(FactsMailbox, 1);
    g_ptr_array_add(into, mailbox);
    return mailbox;
}

static gpointer make_authentication(GPtrArray *into)
{
    return facts_add_authentication(into);
}

static gpointer make_result(GPtrArray *into)
{
    return facts_add_result(into);
}

static gpointer make_link(GPtrArray *into)
{
    FactsLink *item = g_new0(FactsLink, 1);
    g_ptr_array_add(into, item);
    return item;
}

static gpointer make_quote(GPtrArray *into)
{
    FactsQuote *quote = g_new0(FactsQuote, 1);
    g_ptr_array_add(into, quote);
    return quote;
}

static gpointer make_problem(GPtrArray *into)
{
    FactsProblem *problem = g_new0(FactsProblem, 1);
    g_ptr_array_add(into, problem);
    return problem;
}

static gpointer make_attachment(GPtrArray *into)
{
    FactsAttachment *attachment = facts_attachment_new();
    g_ptr_array_add(into, attachment);
    return attachment;
}

static const Shape LINES = {write_lines, read_lines, NULL}, HEXES = {write_lines, read_hexes, NULL},
                   OBJECT = {write_one, read_one, NULL}, OBJECTS = {write_objects, read_objects, NULL},
                   LATER_OBJECTS = {write_objects, read_objects, is_never_absent},
                   ATTACHMENTS = {write_objects, read_attachments, NULL},
                   FIELDS = {write_fields, read_fields, NULL}, TABLES = {write_tables, read_tables, NULL};

#define MEMBER(type, member) G_STRUCT_OFFSET(type, member)
#define CLASS(keys, make)                                                                                    \
    {                                                                                                        \
        keys, G_N_ELEMENTS(keys), make                                                                       \
    }
#define ALL_ATTACHMENTS (LIMIT_MAIL_PARTS + LIMIT_MEMBERS)

static const Key MAILBOX_KEYS[] = {
    {"name", &FACTS_LINE, MEMBER(FactsMailbox, name), LIMIT_SUBJECT_CHARS, NULL},
    {"address", &FACTS_LINE, MEMBER(FactsMailbox, address), LIMIT_ADDRESS_CHARS, NULL},
};
static const Class MAILBOX = CLASS(MAILBOX_KEYS, make_mailbox);

static const Key RESULT_KEYS[] = {
    {"method", &FACTS_LINE, MEMBER(FactsResult, method), LIMIT_RESULT_CHARS, NULL},
    {"result", &FACTS_LINE, MEMBER(FactsResult, result), LIMIT_RESULT_CHARS, NULL},
    {"domain", &FACTS_LINE, MEMBER(FactsResult, domain), LIMIT_ADDRESS_CHARS, NULL},
};
static const Class RESULT = CLASS(RESULT_KEYS, make_result);

static const Key AUTHENTICATION_KEYS[] = {
    {"server", &FACTS_LINE, MEMBER(FactsAuthentication, server), LIMIT_ADDRESS_CHARS, NULL},
    {"hop", &FACTS_SIZE, MEMBER(FactsAuthentication, hop), 0, NULL},
    {"results", &OBJECTS, MEMBER(FactsAuthentication, results), LIMIT_RESULTS, &RESULT},
};
static const Class AUTHENTICATION = CLASS(AUTHENTICATION_KEYS, make_authentication);

static const Key LINK_KEYS[] = {
    {"kind", &FACTS_LINE, MEMBER(FactsLink, kind), 20, NULL},
    {"url", &FACTS_LINE, MEMBER(FactsLink, url), LIMIT_URL_CHARS, NULL},
    {"name", &FACTS_LINE, MEMBER(FactsLink, name), LIMIT_NAME_CHARS, NULL},
    {"size", &FACTS_LINE, MEMBER(FactsLink, size), 40, NULL},
    {"expires", &FACTS_LINE, MEMBER(FactsLink, expires), 40, NULL},
    {"code", &FACTS_LINE, MEMBER(FactsLink, code), 20, NULL},
};
static const Class LINK = CLASS(LINK_KEYS, make_link);

static const Key QUOTE_KEYS[] = {
    {"kind", &FACTS_QUOTE_SHAPE, MEMBER(FactsQuote, kind), 0, NULL},
    {"name", &FACTS_LINE, MEMBER(FactsQuote, name), LIMIT_SUBJECT_CHARS, NULL},
    {"address", &FACTS_LINE, MEMBER(FactsQuote, address), LIMIT_ADDRESS_CHARS, NULL},
    {"date", &FACTS_LINE, MEMBER(FactsQuote, date), LIMIT_NAME_CHARS, NULL},
    {"subject", &FACTS_LINE, MEMBER(FactsQuote, subject), LIMIT_SUBJECT_CHARS, NULL},
};
static const Class QUOTE = CLASS(QUOTE_KEYS, make_quote);

static const Key BOUNCE_KEYS[] = {
    {"recipient", &FACTS_LINE, MEMBER(FactsBounce, recipient), LIMIT_ADDRESS_CHARS, NULL},
    {"action", &FACTS_LINE, MEMBER(FactsBounce, action), 20, NULL},
    {"status", &FACTS_LINE, MEMBER(FactsBounce, status), 20, NULL},
    {"diagnostic", &FACTS_LINE, MEMBER(FactsBounce, diagnostic), LIMIT_SUBJECT_CHARS, NULL},
    {"message_id", &FACTS_LINE, MEMBER(FactsBounce, message_id), LIMIT_SUBJECT_CHARS, NULL},
};
static const Class BOUNCE = CLASS(BOUNCE_KEYS, NULL);

static const Key PROBLEM_KEYS[] = {
    {"code", &FACTS_CODE, MEMBER(FactsProblem, code), 40, NULL},
    {"detail", &FACTS_LINE, MEMBER(FactsProblem, detail), LIMIT_SUBJECT_CHARS, NULL},
};
static const Class PROBLEM = CLASS(PROBLEM_KEYS, make_problem);

static const Class ATTACHMENT;
static const Key ATTACHMENT_KEYS[] = {
    {"name", &FACTS_LINE, MEMBER(FactsAttachment, name), LIMIT_NAME_CHARS, NULL},
    {"path", &FACTS_PATH, MEMBER(FactsAttachment, path), LIMIT_NAME_CHARS, NULL},
    {"declared_type", &FACTS_LINE, MEMBER(FactsAttachment, declared_type), LIMIT_NAME_CHARS, NULL},
    {"type", &FACTS_LINE, MEMBER(FactsAttachment, type), LIMIT_NAME_CHARS, NULL},
    {"size", &FACTS_SIZE, MEMBER(FactsAttachment, size), 0, NULL},
    {"sha256", &FACTS_HEX, MEMBER(FactsAttachment, sha256), 64, NULL},
    {"offset", &FACTS_OFFSET, MEMBER(FactsAttachment, offset), 0, NULL},
    {"text", &FACTS_TEXT, MEMBER(FactsAttachment, text), LIMIT_TEXT_BYTES, NULL},
    {"fields", &FIELDS, MEMBER(FactsAttachment, fields), LIMIT_FIELDS, NULL},
    {"tables", &TABLES, MEMBER(FactsAttachment, tables), LIMIT_TABLES, NULL},
    {"children", &ATTACHMENTS, MEMBER(FactsAttachment, children), ALL_ATTACHMENTS, &ATTACHMENT},
    {"problems", &OBJECTS, MEMBER(FactsAttachment, problems), LIMIT_PROBLEMS, &PROBLEM},
};
static const Class ATTACHMENT = CLASS(ATTACHMENT_KEYS, make_attachment);

static const Key FACTS_KEYS[] = {
    {"v", &FACTS_VERSION_SHAPE, 0, 0, NULL},
    {"sha256", &FACTS_HEX, MEMBER(Facts, sha256), 64, NULL},
    {"message_id", &FACTS_LINE, MEMBER(Facts, message_id), LIMIT_SUBJECT_CHARS, NULL},
    {"in_reply_to", &FACTS_LINE, MEMBER(Facts, in_reply_to), LIMIT_SUBJECT_CHARS, NULL},
    {"references", &LINES, MEMBER(Facts, references), LIMIT_REFERENCES, NULL},
    {"subject", &FACTS_LINE, MEMBER(Facts, subject), LIMIT_SUBJECT_CHARS, NULL},
    {"from", &OBJECTS, MEMBER(Facts, from), LIMIT_ADDRESSES, &MAILBOX},
    {"to", &OBJECTS, MEMBER(Facts, to), LIMIT_ADDRESSES, &MAILBOX},
    {"cc", &OBJECTS, MEMBER(Facts, cc), LIMIT_ADDRESSES, &MAILBOX},
    {"reply_to", &OBJECTS, MEMBER(Facts, reply_to), LIMIT_ADDRESSES, &MAILBOX},
    {"date", &FACTS_INSTANT, MEMBER(Facts, date), 40, NULL},
    {"received", &FACTS_INSTANT, MEMBER(Facts, received), 40, NULL},
    {"authentication", &LATER_OBJECTS, MEMBER(Facts, authentication), LIMIT_RESULTS, &AUTHENTICATION},
    {"auto", &FACTS_AUTO_SHAPE, MEMBER(Facts, automatic), 0, NULL},
    {"notice", &FACTS_NOTICE_SHAPE, MEMBER(Facts, notice), 0, NULL},
    {"body", &FACTS_TEXT, MEMBER(Facts, body), LIMIT_TEXT_BYTES, NULL},
    {"new_text", &FACTS_TEXT, MEMBER(Facts, new_text), LIMIT_TEXT_BYTES, NULL},
    {"quoted", &OBJECTS, MEMBER(Facts, quoted), LIMIT_QUOTES, &QUOTE},
    {"attachments", &ATTACHMENTS, MEMBER(Facts, attachments), ALL_ATTACHMENTS, &ATTACHMENT},
    {"links", &OBJECTS, MEMBER(Facts, links), LIMIT_LINKS, &LINK},
    {"problems", &OBJECTS, MEMBER(Facts, problems), LIMIT_PROBLEMS, &PROBLEM},
    {"leaves", &HEXES, MEMBER(Facts, leaves), LIMIT_MAIL_PARTS, NULL},
    {"record", &FACTS_LINE, MEMBER(Facts, record), LIMIT_HEADER_BYTES, NULL},
    {"loop", &FACTS_LINE, MEMBER(Facts, loop), LIMIT_SUBJECT_CHARS, NULL},
    {"bounced", &FACTS_LINE, MEMBER(Facts, bounced), LIMIT_SUBJECT_CHARS, NULL},
    {"bounce", &OBJECT, MEMBER(Facts, bounce), 0, &BOUNCE},
};
static const Class FACTS = CLASS(FACTS_KEYS, NULL);

/* --- public ----------------------------------------------------------------------------------- */

static char *written(gconstpointer item, const Class *of, gsize room, gboolean pretty)
{
    JsonOut out = {.text = g_string_sized_new(room), .pretty = pretty};
    write_object(&out, item, of);
    return g_string_free(out.text, FALSE);
}

char *facts_to_json(const Facts *facts, gboolean pretty)
{
    gsize room = 2 * strlen(facts->body) + 4096;
    for (guint i = 0; i < facts->attachments->len; i++) {
        const FactsAttachment *attachment = facts->attachments->pdata[i];
        room += 2 * strlen(attachment->text) + 1024; /* it is in tables and fields, too */
    }
    return written(facts, &FACTS, room, pretty);
}

char *facts_attachment_to_json(const FactsAttachment *attachment, gboolean pretty)
{
    return written(attachment, &ATTACHMENT, strlen(attachment->text) + 1024, pretty);
}

Facts *facts_from_json(const char *json, gsize length, guint64 memfd_size, GError **error)
{
    Reader reader = {
        .in = {.at = json, .end = json + length, .values_left = LIMIT_JSON_VALUES},
        .memfd_size = memfd_size,
        .attachments_left = ALL_ATTACHMENTS,
    };
    g_autoptr (Facts) facts = facts_new();
    if (length > LIMIT_REPLY_BYTES) reader.in.fault = "longer than a reply may be";
    read_object(&reader, facts, &FACTS, "mail");
    if (json_in_end(&reader.in)) return g_steal_pointer(&facts);
    if (reader.error)
        g_propagate_error(error, reader.error);
    else
        g_set_error(error, FACTS_ERROR, FACTS_ERROR_JSON,
                    "the worker's reply is no JSON that we read: byte %zu: %s", (gsize)(reader.in.at - json),
                    reader.in.fault);
    return NULL;
}
