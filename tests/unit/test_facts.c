/* Facts as JSON and back, and every lie that a worker could tell. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "parsers/facts.h"
#include "parsers/limits.h"

#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void set(char **member, const char *value)
{
    g_free(*member);
    *member = g_strdup(value);
}

static void add_mailbox(GPtrArray *list, const char *name, const char *address)
{
    FactsMailbox *mailbox = g_new(FactsMailbox, 1);
    *mailbox = (FactsMailbox){g_strdup(name), g_strdup(address)};
    g_ptr_array_add(list, mailbox);
}

static FactsAttachment *add_attachment(GPtrArray *list, const char *name, guint64 size, gint64 offset)
{
    FactsAttachment *attachment = facts_attachment_new();
    set(&attachment->name, name);
    set(&attachment->sha256, HEX);
    attachment->size = size;
    attachment->offset = offset;
    g_ptr_array_add(list, attachment);
    return attachment;
}

static Facts *sample(void)
{
    Facts *facts = facts_new();
    set(&facts->sha256, HEX);
    set(&facts->message_id, "1@x.example");
    set(&facts->subject, "【报送】\"quoted\" \\ ");
    set(&facts->date, "2014-05-30T09:00:00+08:00");
    set(&facts->body, "第一行\n\t第二行");
    facts->automatic = FACTS_AUTO_BULK;
    add_mailbox(facts->from, "联系人甲", "a@x.example");
    g_ptr_array_add(facts->references, g_strdup("0@x.example"));
    g_ptr_array_add(facts->leaves, g_strdup(HEX));
    facts_add_problem(facts->problems, "cloud-link", "qq: a.zip");
    FactsAttachment *a = add_attachment(facts->attachments, "报送.docx", 10, 0);
    FactsField *field = g_new(FactsField, 1);
    *field = (FactsField){g_strdup("活动名称"), g_strdup("读书会")};
    g_ptr_array_add(a->fields, field);
    Table *table = table_new();
    g_ptr_array_add(table_add_row(table, 1)->cells, g_strdup("负责人"));
    g_ptr_array_add(a->tables, table);
    add_attachment(a->children, "a/b.txt", 3, -1);
    FactsLink *item = facts_add_link(facts->links, "qq", "http://mail.qq.com.example/ftn", "a.zip");
    set(&item->size, "23.5M");
    set(&item->expires, "2014-06-30 14:00");
    FactsQuote *quote = g_new(FactsQuote, 1);
    *quote = (FactsQuote){FACTS_QUOTE_FORWARD, g_strdup("联系人乙"), g_strdup("b@x.example"),
                          g_strdup("2014年5月30日"), g_strdup("报送")};
    g_ptr_array_add(facts->quoted, quote);
    facts->notice = FACTS_NOTICE_FAILED;
    set(&facts->bounce.recipient, "c@x.example");
    set(&facts->bounce.status, "5.1.1");
    set(&a->path, "C:\\报送\\报送.docx");
    return facts;
}

static Facts *read_back(const char *json, guint64 memfd_size, GError **error)
{
    return facts_from_json(json, strlen(json), memfd_size, error);
}

static void test_round_trip(void **state)
{
    g_autoptr (Facts) facts = sample();
    g_autofree char *json = facts_to_json(facts, FALSE);
    g_autoptr (GError) error = NULL;
    g_autoptr (Facts) again = read_back(json, 10, &error);
    if (!again) fail_msg("%s", error->message);
    g_autofree char *second = facts_to_json(again, FALSE);
    assert_string_equal(json, second);
    const FactsAttachment *a = g_ptr_array_index(again->attachments, 0);
    assert_string_equal(facts_field(a, "活动名称"), "读书会");
    assert_null(facts_field(a, "负责人"));
    assert_string_equal(table_cell(g_ptr_array_index(a->tables, 0), 0, 0), "负责人");
    assert_int_equal(((FactsAttachment *)g_ptr_array_index(a->children, 0))->offset, -1);
    assert_int_equal(again->automatic, FACTS_AUTO_BULK);
    g_autofree char *pretty = facts_to_json(facts, TRUE);
    g_autoptr (Facts) third = read_back(pretty, 10, NULL);
    assert_non_null(third);
}

/* The writer mends what would make the reader refuse: a hostile mail must not cost its reading. */
static void test_writer_mends(void **state)
{
    g_autoptr (Facts) facts = sample();
    g_autoptr (GString) longer = g_string_new(NULL);
    for (guint i = 0; i < 2000000; i++) g_string_append(longer, "报");
    set(&facts->subject, "a\r\nBcc: \x01\xff");
    set(&facts->body, longer->str);
    FactsAttachment *a = g_ptr_array_index(facts->attachments, 0);
    set(&a->name, longer->str);
    set(&a->text, "\xb1\xa8");
    for (guint i = 0; i < 3000; i++) add_mailbox(facts->to, "", "a@x.example");
    for (guint i = 0; i < 500; i++) facts_add_problem(a->problems, "damaged", "");
    g_autofree char *json = facts_to_json(facts, FALSE);
    g_autoptr (GError) error = NULL;
    g_autoptr (Facts) again = read_back(json, 10, &error);
    if (!again) fail_msg("%s", error->message);
    assert_null(strpbrk(again->subject, "\r\n\x01"));
    assert_true(strlen(again->body) <= LIMIT_TEXT_BYTES);
    assert_true(g_utf8_validate(again->body, -1, NULL));
    assert_int_equal(again->to->len, LIMIT_ADDRESSES);
}

/* --- lies: the sample's JSON with one thing replaced ------------------------------------------ */

static void refuse(const char *from, const char *to)
{
    g_autoptr (Facts) facts = sample();
    g_autofree char *json = facts_to_json(facts, FALSE);
    g_autoptr (GString) lie = g_string_new(json);
    if (g_string_replace(lie, from, to, 1) != 1) fail_msg("the sample has no %s", from);
    g_autoptr (GError) error = NULL;
    g_autoptr (Facts) again = read_back(lie->str, 10, &error);
    if (again) fail_msg("believed: %s -> %s", from, to);
    assert_non_null(error);
    assert_int_equal(error->domain, FACTS_ERROR);
}

static void test_lies(void **state)
{
    static const struct {
        const char *from, *to;
    } LIES[] = {
        {"{\"v\"", "[\"v\""},                                          /* no JSON */
        {"\"v\":1", "\"v\":2"},                                        /* another format */
        {"\"v\":1", "\"v\":\"1\""},                                    /* no number */
        {"\"v\":1,", ""},                                              /* no version */
        {"\"notice\":\"failed\"", "\"notice\":\"lost\""},              /* no such value */
        {"\"kind\":\"forward\"", "\"kind\":\"\""},                     /* no such value */
        {"\"bounce\":{", "\"bounce\":{\"extra\":1,"},                  /* unknown inside */
        {"\"status\":\"5.1.1\"", "\"status\":511"},                    /* no string */
        {"\"bounce\":{", "\"bounce\":[],\"x\":{"},                     /* an array */
        {"\"expires\":\"2014-06-30 14:00\"", "\"expires\":null"},      /* no string */
        {"\"path\":\"C:", "\"path\":\"C\\n:"},                         /* a line end in a path */
        {"\"subject\":", "\"subject\":1,\"subject\":"},                /* twice */
        {"\"subject\":", "\"sobject\":"},                              /* missing, and unknown */
        {"\"subject\":", "\"extra\":1,\"subject\":"},                  /* unknown */
        {"\"auto\":\"bulk\"", "\"auto\":\"maybe\""},                   /* no such value */
        {"\"auto\":\"bulk\"", "\"auto\":3"},                           /* a number */
        {"\"body\":\"", "\"body\":[],\"x\":\""},                       /* an array */
        {"第一行", "\\u0000"},                                         /* NUL */
        {"第一行", "\xb1\xa8"},                                        /* no UTF-8 */
        {"第一行", "\\ud800"},                                         /* half a character */
        {"1@x.example\"", "1@x.example\\r\\nBcc: b\""},                /* a line end in a Message-ID */
        {"报送.docx", "a\\nb.docx"},                                   /* a line end in a name */
        {"a@x.example", "a@x\\u001b[0m"},                              /* an escape in an address */
        {"{\"name\":\"联系人甲\",\"address\":\"a@x.example\"}", "7"},  /* no object */
        {"{\"name\":\"联系人甲\",", "{"},                              /* a key missing inside */
        {"{\"name\":\"联系人甲\",\"address\":\"a@x.example\"}", "{:"}, /* no name of a member */
        {"2014-05-30T09:00:00+08:00", "yesterday"},                    /* no date */
        {"\"sha256\":\"0", "\"sha256\":\""},                           /* 63 digits */
        {"\"sha256\":\"0", "\"sha256\":\"A"},                          /* upper case */
        {"\"leaves\":[\"0", "\"leaves\":[\"g"},                        /* no hex */
        {"\"size\":10", "\"size\":-1"},                                /* negative */
        {"\"size\":10", "\"size\":10.5"},                              /* no integer */
        {"\"size\":10", "\"size\":11"},                                /* beyond the memfd */
        {"\"offset\":0", "\"offset\":1"},                              /* beyond, by one */
        {"\"offset\":0", "\"offset\":9223372036854775807"},            /* offset + size overflows */
        {"\"size\":10", "\"size\":9223372036854775807"},               /* the same from the other side */
        {"\"offset\":0", "\"offset\":-1"},                             /* negative */
        {"\"offset\":0", "\"offset\":99999999999999999999"},           /* no 64 bits */
        {"cloud-link", "late"},                                        /* the desk's code, not the worker's */
        {"cloud-link", "nonsense"},                                    /* nobody's */
        {"\"fields\":{\"活动名称\":\"读书会\"}", "\"fields\":[]"},     /* an array */
        {"\"读书会\"", "{}"},                                          /* no string */
        {"[[[\"负责人\"]]]", "[[\"负责人\"]]"},                        /* a level short */
        {"[[[\"负责人\"]]]", "[[[1]]]"},                               /* a cell that is no string */
        {"\"children\":[", "\"children\":[1,"},                        /* no attachment */
        {"\"references\":[\"0@x.example\"]", "\"references\":[0]"},    /* no string */
        {"\"links\":[", "\"links\":null,\"y\":["},                     /* null */
    };
    for (gsize i = 0; i < G_N_ELEMENTS(LIES); i++) refuse(LIES[i].from, LIES[i].to);
}

static char *repeated(const char *head, const char *unit, guint n, const char *tail)
{
    GString *text = g_string_new(head);
    for (guint i = 0; i < n; i++) g_string_append(text, unit);
    g_string_append(text, tail);
    return g_string_free(text, FALSE);
}

static void refuse_text(const char *json)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (Facts) facts = read_back(json, 0, &error);
    assert_null(facts);
    assert_non_null(error);
}

static void test_sizes(void **state)
{
    g_autofree char *deep = repeated("", "[", 100000, "");
    g_autofree char *wide = repeated("[", "[],", 4000000, "[]]");
    g_autofree char *quoted = repeated("\"", "\\\"[[[[", 100, "\"");
    refuse_text(deep);
    refuse_text(wide);
    refuse_text(quoted); /* brackets in a string are no depth; but a string is no mail */
    refuse_text("");
    refuse_text("{}");
    refuse_text("{:");
    refuse_text("\"");

    g_autofree char *names = repeated("【报送】", "字", LIMIT_SUBJECT_CHARS, "");
    refuse("【报送】", names);
    g_autofree char *address = repeated("", "a", LIMIT_ADDRESS_CHARS + 1, "@x.example");
    refuse("a@x.example", address);
    g_autofree char *references = repeated("[\"0@x.example\"", ",\"0@x.example\"", LIMIT_REFERENCES, "]");
    refuse("[\"0@x.example\"]", references);
    g_autofree char *rows = repeated("[[[\"负责人\"]", ",[]", LIMIT_TABLE_ROWS, "]]");
    refuse("[[[\"负责人\"]]]", rows);
    g_autofree char *cells = repeated("[[[\"负责人\"", ",\"\"", LIMIT_TABLE_CELLS, "]]]");
    refuse("[[[\"负责人\"]]]", cells);
    g_autofree char *tables = repeated("[[[\"负责人\"]]", ",[]", LIMIT_TABLES, "]");
    refuse("[[[\"负责人\"]]]", tables);
    g_autofree char *body = repeated("第一行", "x", LIMIT_TEXT_BYTES, "");
    refuse("第一行", body);
}

static void test_nested(void **state)
{
    /* As many mails in mails as the caps allow, and then too many. */
    for (guint levels = LIMIT_MAIL_DEPTH + LIMIT_ARCHIVE_DEPTH; levels <= 60; levels += 25) {
        g_autoptr (Facts) facts = sample();
        GPtrArray *list = facts->attachments;
        for (guint i = 0; i < levels; i++) list = add_attachment(list, "a.eml", 0, -1)->children;
        g_autofree char *json = facts_to_json(facts, FALSE);
        g_autoptr (Facts) again = read_back(json, 10, NULL);
        assert_int_equal(again != NULL, levels < 45);
    }
}

/* Titles, keywords and files on disk come from the last component, whichever way the folders are written. */
static void test_base_name(void **state)
{
    static const char *const CASES[][3] = {
        {"报送.docx", "", "报送.docx"}, {"../../etc/passwd", "", "passwd"},
        {"a/b\\c.doc", "", "c.doc"},    {"C:TEMPa.png", "C:\\TEMP\\a.png", "a.png"},
        {"资料/", "", "资料/"},         {"", "", ""},
        {"php://foo", "", "foo"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autoptr (FactsAttachment) a = facts_attachment_new();
        set(&a->name, CASES[i][0]);
        set(&a->path, CASES[i][1]);
        assert_string_equal(facts_base_name(a), CASES[i][2]);
    }
}

static void test_identity(void **state)
{
    g_autoptr (Facts) a = sample();
    g_autoptr (Facts) b = sample();
    g_autofree char *first = facts_identity(a);
    set(&b->received, "2014-05-30T09:00:00+08:00"); /* a trace header */
    set(&b->sha256, "");
    g_autofree char *second = facts_identity(b);
    assert_string_equal(first, second);
    set(&b->subject, "other");
    g_autofree char *third = facts_identity(b);
    assert_string_not_equal(first, third);
    assert_int_equal(strlen(first), 64);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip), cmocka_unit_test(test_writer_mends),
        cmocka_unit_test(test_lies),       cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_nested),     cmocka_unit_test(test_identity),
        cmocka_unit_test(test_base_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
