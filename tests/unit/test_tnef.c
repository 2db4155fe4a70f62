/* What is read of winmail.dat. */
#include "tests/unit/reader_fixture.h"

#include "parsers/mime.h"
#include "tests/unit/archive_maker.h"

enum {
    BODY = 0x2800C,
    RENDERING = 0x69002,
    TITLE = 0x18010,
    DATA = 0x6800F,
    MESSAGE = 0x69003,
    ATTACHMENT = 0x69005,
    CODE_PAGE = 0x69007
};

#define BYTES(text) text, sizeof text - 1

static GBytes *end(GByteArray *tnef)
{
    return g_byte_array_free_to_bytes(tnef);
}

static void reads_attachments(void **state)
{
    GByteArray *tnef = tnef_begin();
    g_autoptr (GByteArray) long_name = g_byte_array_new();
    tnef_attribute(tnef, 1, CODE_PAGE, BYTES("\xA8\x03\0\0\0\0\0\0")); /* 936 */
    tnef_attribute(tnef, 1, BODY, BYTES("\xC1\xAA\xCF\xB5\xC8\xCB: \xBC\xD7\r\n\0"));
    tnef_attribute(tnef, 2, RENDERING, BYTES("\x01\0"));
    tnef_attribute(tnef, 2, TITLE, BYTES("\xD7\xDC\xBD\xE1.txt\0"));
    tnef_attribute(tnef, 2, DATA, BYTES("one"));
    tnef_attribute(tnef, 2, RENDERING, BYTES("\x01\0"));
    tnef_attribute(tnef, 2, TITLE, BYTES("SHORT~1.TXT\0"));
    tnef_attribute(tnef, 2, DATA, BYTES("two"));
    put_number(long_name, 1, 4);
    tnef_property(long_name, 0x1F, 0x3707, BYTES("\x44\x96\xF6\x4E/\0.\0t\0\0\0")); /* 附件/.t */
    tnef_attribute(tnef, 2, ATTACHMENT, long_name->data, long_name->len);
    put_bytes(tnef, "\r\n", 2); /* what gateways add */
    g_autoptr (FactsAttachment) mail = read_as(end(tnef), "winmail.dat");
    assert_string_equal(mail->type, "application/ms-tnef");
    expect_text("children", tree_line(mail), "总结.txt .t");
    assert_string_equal(((FactsAttachment *)mail->children->pdata[1])->text, "two");
    assert_string_equal(mail->text, "联系人: 甲");
    expect_text("fields", fields_text(mail), "联系人=甲");
    expect_text("codes", problems_text(mail), "");
}

static void reads_bodies(void **state)
{
    static const guint8 rtf[] =
        "\x15\0\0\0\x05\0\0\0MELA\0\0\0\0{\\rtf1\\ansi\\ansicpg936 \\'d7\\'dc\\'bd\\'e1}";
    static const struct {
        guint type, id;
        const void *data;
        gsize n;
    } bodies[] = {{0x1F, 0x1000, BYTES("\x3B\x60\xD3\x7E\0\0")},
                  {0x1E, 0x1000, BYTES("总结\0")},
                  {0x102, 0x1009, rtf, sizeof rtf - 1},
                  {0x102, 0x1013, BYTES("<p>总结</p>")}};
    for (gsize i = 0; i < G_N_ELEMENTS(bodies); i++) {
        GByteArray *tnef = tnef_begin();
        g_autoptr (GByteArray) properties = g_byte_array_new();
        put_number(properties, 3, 4);
        put_number(properties, 0x0003, 2); /* a number, a named property, the body */
        put_number(properties, 0x0017, 2);
        put_number(properties, 1, 4);
        put_number(properties, 0x0003, 2);
        put_number(properties, 0x8001, 2);
        put_bytes(properties, "0123456789abcdef\1\0\0\0\6\0\0\0a\0b\0\0\0\0\0", 32);
        put_number(properties, 1, 4);
        tnef_property(properties, bodies[i].type, bodies[i].id, bodies[i].data, bodies[i].n);
        tnef_attribute(tnef, 1, MESSAGE, properties->data, properties->len);
        g_autoptr (FactsAttachment) mail = read_as(end(tnef), "winmail.dat");
        expect_text("body", g_strdup(mail->text), "总结");
        expect_text("codes", problems_text(mail), "");
    }
}

/* An object is preceded by the interface that it is for; a mail in a mail is TNEF again. */
static void reads_mails_in_mails(void **state)
{
    GByteArray *inner = tnef_begin(), *tnef = tnef_begin();
    g_autoptr (GByteArray) object = g_byte_array_new(), properties = g_byte_array_new();
    tnef_attribute(inner, 2, RENDERING, BYTES("\x01\0"));
    tnef_attribute(inner, 2, TITLE, BYTES("a.txt\0"));
    tnef_attribute(inner, 2, DATA, BYTES("a"));
    put_bytes(object, "0123456789abcdef", 16);
    put_bytes(object, inner->data, inner->len);
    put_number(properties, 2, 4);
    tnef_property(properties, 0x1E, 0x3001, BYTES("mail\0"));
    tnef_property(properties, 0x0D, 0x3701, object->data, object->len);
    tnef_attribute(tnef, 2, RENDERING, BYTES("\x01\0"));
    tnef_attribute(tnef, 2, ATTACHMENT, properties->data, properties->len);
    g_byte_array_unref(inner);
    expect_tree("nested", end(tnef), "winmail.dat", "mail(a.txt)", "");
}

static void keep(FactsAttachment *attachment, GBytes *bytes, gpointer names)
{
    g_string_append_printf(names, "%s:%zu ", attachment->name, g_bytes_get_size(bytes));
}

/* The files in it are what was sent: they are handed over one by one. */
static void hands_files_over(void **state)
{
    GByteArray *tnef = tnef_begin();
    tnef_attribute(tnef, 2, RENDERING, BYTES("\x01\0"));
    tnef_attribute(tnef, 2, TITLE, BYTES("a.txt\0"));
    tnef_attribute(tnef, 2, DATA, BYTES("abc"));
    g_autofree char *base64 = g_base64_encode(tnef->data, tnef->len);
    g_autofree char *text =
        g_strdup_printf("From: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: application/ms-tnef; "
                        "name=winmail.dat\r\nContent-Transfer-Encoding: base64\r\n\r\n%s\r\n",
                        base64);
    g_autoptr (GBytes) mail = g_bytes_new(text, strlen(text));
    g_autoptr (GString) names = g_string_new(NULL);
    mime_init();
    g_autoptr (Facts) facts = mime_read(mail, keep, names);
    assert_string_equal(((FactsAttachment *)facts->attachments->pdata[0])->type, "application/ms-tnef");
    g_autofree char *wanted = g_strdup_printf("a.txt:3 winmail.dat:%u ", tnef->len);
    assert_string_equal(names->str, wanted);
    g_byte_array_unref(tnef);
}

static void tells_damage(void **state)
{
    GByteArray *tnef = tnef_begin();
    expect_tree("empty", g_bytes_new(tnef->data, tnef->len), "w", "", "damaged");
    tnef_attribute(tnef, 2, RENDERING, BYTES("\x01\0"));
    tnef_attribute(tnef, 2, TITLE, BYTES("a.txt\0"));
    tnef_attribute(tnef, 2, DATA, BYTES("aaaaaaaa"));
    expect_tree("cut", g_bytes_new(tnef->data, tnef->len - 5), "w", "a.txt", "damaged");
    tnef->data[tnef->len - 4] ^= 1;
    expect_tree("changed", g_bytes_new(tnef->data, tnef->len), "w", "a.txt", "damaged");
    for (guint i = 6; i < tnef->len; i++) {
        guint8 before = tnef->data[i];
        for (guint k = 0; k < 3; k++) {
            tnef->data[i] = k == 0 ? 0xFF : k == 1 ? 0 : before ^ 0x80;
            facts_attachment_free(read_as(g_bytes_new(tnef->data, tnef->len), "w"));
        }
        tnef->data[i] = before;
    }
    g_byte_array_unref(tnef);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_attachments),    cmocka_unit_test(reads_bodies),
        cmocka_unit_test(reads_mails_in_mails), cmocka_unit_test(hands_files_over),
        cmocka_unit_test(tells_damage),
    };
    setlocale(LC_ALL, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
