/* Address lists. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "parsers/addresses.h"
#include "parsers/facts.h"

static const struct Case {
    const char *raw, *want; /* name|address, joined by ; */
} CASES[] = {
    {"", ""},
    {"a@x.example", "|a@x.example"},
    {"<a@X.Example>", "|a@x.example"},
    {"A.B@X.example", "|A.B@x.example"},
    {"Zhang San <a@x.example>", "Zhang San|a@x.example"},
    {"\"Zhang, San\" <a@x.example>", "Zhang, San|a@x.example"},
    {"Zhang, San <a@x.example>", "Zhang, San|a@x.example"},
    {"a@x.example, b@x.example", "|a@x.example;|b@x.example"},
    {"a@x.example; b@x.example;", "|a@x.example;|b@x.example"},
    {"=?gb2312?B?warPtcjLvNc=?= <a@x.example>", "联系人甲|a@x.example"},
    {"\"=?utf-8?B?6IGU57O75Lq655Sy?=\" <a@x.example>", "联系人甲|a@x.example"},
    {"\"=?utf-8?B?6IGU57O75Lq655Sy?=\"<a@x.example>", "联系人甲|a@x.example"},
    {"=?utf-8?Q?Wang,_Ming:_x?= <a@x.example>, b@x.example", "Wang, Ming: x|a@x.example;|b@x.example"},
    {"联系人甲 <a@x.example>", "联系人甲|a@x.example"},
    {"\xc1\xaa\xcf\xb5\xc8\xcb <a@x.example>", "联系人|a@x.example"},
    {"\"\xc1\xaa\xcf\xb5\xc8\xcb\" <a@x.example>", "联系人|a@x.example"},
    {"a@x.example (Zhang San)", "Zhang San|a@x.example"},
    {"a@x.example (=?utf-8?B?6IGU57O75Lq6?=)", "联系人|a@x.example"},
    {"Zhang (in the office) San <a@x.example>", "Zhang  San|a@x.example"},
    {"committees: a@x.example, B <b@x.example>;, c@x.example", "|a@x.example;B|b@x.example;|c@x.example"},
    {"undisclosed-recipients:;", ""},
    {"\"a b\"@x.example", "|\"a b\"@x.example"},
    {"<@relay.example,@b.example:a@x.example>", "|a@x.example"},
    {"a@x.example <a@x.example>", "a@x.example|a@x.example"},
    {"'a@x.example' <a@x.example>", "a@x.example|a@x.example"},
    {"< a @ x.example >", "|a@x.example"},
    {"Zhang <a@x.example", "Zhang|a@x.example"},
    {"Zhang San", "Zhang San|"},
    {"root", "|root"},
    {"MAILER-DAEMON (Mail Delivery System)", "Mail Delivery System|MAILER-DAEMON"},
    {"联系人甲", "联系人甲|"},
    {"<Saved by a program>", "Saved by a program|"},
    {"a@x.example <Zhang San>", "Zhang San|a@x.example"},
    {"a@x.example b@x.example", "|a@x.example;|b@x.example"},
    {"<a(at home)@(of) x.example>", "|a@x.example"},
    {"=?utf-8?B?6IGU57O75Lq6IDxhQHguZXhhbXBsZT4=?=", "联系人|a@x.example"},
    {"=?utf-8?Q?a=40x.example?=", "|a@x.example"},
    {"<mailto:a@x.example>", "|a@x.example"},
    {"<>", ""},
    {"\"unclosed <a@x.example>", "unclosed|a@x.example"},
    {"\"Zhang\" \"San <a@x.example>, b@x.example", "Zhang San|a@x.example;|b@x.example"},
    {"<<a@x.example>>", "|a@x.example"},
    {"Zhang <a@x.example> Li <b@x.example>", "Zhang|a@x.example;Li|b@x.example"},
    {"=?utf-8?B?6IGU57O75Lq6?= a@x.example", "联系人|a@x.example"},
    {"\"Zhang, San\" a@x.example", "Zhang, San|a@x.example"},
    {"Zhang San a@x.example, b@x.example", "Zhang San|a@x.example;|b@x.example"},
    {"联系人＜a@x.example＞", "联系人|a@x.example"},
    {"联系人甲 <a@x.example>，联系人乙 <b@x.example>；c@x.example",
     "联系人甲|a@x.example;联系人乙|b@x.example;|c@x.example"},
    {"甲＜文学院＞ <a@x.example>", "甲＜文学院＞|a@x.example"},
    {"文学院 @甲，乙 <b@x.example>", "文学院 @甲，乙|b@x.example"},
    {"文学院，甲 <a@x.example>", "文学院，甲|a@x.example"},
    {"联系人\u00a0\u3000<a@x.example>", "联系人|a@x.example"},
};

static void test_parse(void **state)
{
    for (gsize i = 0; i < G_N_ELEMENTS(CASES); i++) {
        g_autoptr (Facts) facts = facts_new();
        g_autoptr (GString) got = g_string_new(NULL);
        addresses_parse(CASES[i].raw, facts->from);
        for (guint k = 0; k < facts->from->len; k++) {
            const FactsMailbox *box = g_ptr_array_index(facts->from, k);
            g_string_append_printf(got, "%s%s|%s", k ? ";" : "", box->name, box->address);
        }
        if (strcmp(got->str, CASES[i].want) != 0)
            fail_msg("%s\n got  [%s]\n want [%s]", CASES[i].raw, got->str, CASES[i].want);
    }
}

static void test_many(void **state)
{
    g_autoptr (Facts) facts = facts_new();
    g_autoptr (GString) list = g_string_new(NULL);
    for (guint i = 0; i < 3000; i++) g_string_append_printf(list, "a%u@x.example,", i);
    addresses_parse(list->str, facts->to);
    assert_int_equal(facts->to->len, 1000);
    g_string_truncate(list, 0);
    for (guint i = 0; i < 30000; i++) g_string_append(list, "(<");
    addresses_parse(list->str, facts->cc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
