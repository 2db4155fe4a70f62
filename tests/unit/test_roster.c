/* Rosters as offices keep them, and every fault with its line and column. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "config/config.h"

#define HEADER "代码,单位名称,类型,简称,邮箱,联系人,电话,书记,书记邮箱,党支部数,应报数\n"

static Roster *read_text(const char *text, GPtrArray *faults)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (Table) table = table_read_csv(text, strlen(text), &error);
    if (!table) fail_msg("%s", error->message);
    return roster_from_table(table, faults);
}

static Roster *good(const char *text)
{
    g_autoptr (GPtrArray) faults = g_ptr_array_new_with_free_func(g_free);
    Roster *roster = read_text(text, faults);
    if (!roster) fail_msg("%s", (char *)g_ptr_array_index(faults, 0));
    return roster;
}

/* `expected`: the faults, one a line, each at least its beginning. */
static void bad(const char *text, const char *expected)
{
    g_autoptr (GPtrArray) faults = g_ptr_array_new_with_free_func(g_free);
    g_auto(GStrv) lines = g_strsplit(expected, "\n", -1);
    g_autoptr (Roster) roster = read_text(text, faults);
    assert_null(roster);
    for (guint i = 0; i < faults->len; i++) {
        const char *fault = g_ptr_array_index(faults, i);
        if (i >= g_strv_length(lines) || !g_str_has_prefix(fault, lines[i]))
            fail_msg("fault %u: %s", i + 1, fault);
    }
    assert_int_equal(faults->len, g_strv_length(lines));
}

static const Committee *nth(const Roster *roster, guint i)
{
    return g_ptr_array_index(roster->committees, i);
}

static const char *text_of(const GPtrArray *list, guint i)
{
    return i < list->len ? g_ptr_array_index(list, i) : "";
}

static void a_roster(void **state)
{
    g_autoptr (Roster)
        roster = good(HEADER "DW01,文学院党委,学院党委,文学院；中文系、文院,WX@University.example; "
                             "wx2@mail.example,联系人甲,010-00000000,"
                             "书记甲,sj@university.example,12,3\n"
                             ",图书馆党总支,党总支,,tsg@university.example,,,,sj@university.example,,\n");
    assert_int_equal(roster->committees->len, 2);
    const Committee *first = nth(roster, 0), *second = nth(roster, 1);
    assert_string_equal(first->code, "DW01");
    assert_string_equal(first->name, "文学院党委");
    assert_string_equal(first->kind, "学院党委");
    assert_int_equal(first->aliases->len, 3);
    assert_string_equal(text_of(first->aliases, 2), "文院");
    assert_int_equal(first->addresses->len, 2);
    assert_string_equal(text_of(first->addresses, 0), "wx@university.example");
    assert_string_equal(first->secretary_address, "sj@university.example");
    assert_int_equal(first->branches, 12);
    assert_int_equal(first->owed, 3);
    assert_int_equal(first->line, 2);
    assert_string_equal(second->code, "图书馆党总支");
    assert_int_equal(second->owed, -1);
    assert_int_equal(second->branches, 0);
    assert_int_equal(second->position, 1);

    assert_ptr_equal(roster_find_address(roster, "wX2@Mail.Example"), first);
    assert_null(roster_find_address(roster, "sj@university.example"));
    assert_ptr_equal(roster_find_name(roster, " 文学院 党委 "), first);
    assert_ptr_equal(roster_find_name(roster, "【中文系】"), first);
    assert_null(roster_find_name(roster, "文学"));
    assert_null(roster_find_name(roster, ""));
    assert_ptr_equal(roster_find_code(roster, "图书馆党总支"), second);
}

/* A heading above the titles, other names and order of columns, columns of the office's own, full-width
 * typing. */
static void as_offices_keep_them(void **state)
{
    static const char text[] =
        "\xEF\xBB\xBF示例大学二级党组织名册,,,,\r\n2014年3月制,,,,\r\n"
        "序号,二级党组织,电子邮箱,联系电话,支部数,单位类型,备注\r\n"
        "1,\"法学院\n党委\",\"ｆａ＠university.example\n联系人乙 "
        "<fa2@mail.example>\",０１０－００００００００,"
        "１２,学院党委,\r\n"
        "2,体育部党总支,ty@university.example ty2@mail.example，ty@university.example,,,党总支,x\r\n";
    g_autoptr (Roster) roster = good(text);
    const Committee *law = nth(roster, 0);
    assert_string_equal(law->name, "法学院党委");
    assert_int_equal(law->line, 4);
    assert_string_equal(text_of(law->addresses, 0), "fa@university.example");
    assert_string_equal(text_of(law->addresses, 1), "fa2@mail.example");
    assert_string_equal(law->telephone, "010-00000000");
    assert_int_equal(law->branches, 12);
    assert_int_equal(nth(roster, 1)->addresses->len, 2);

    g_autoptr (Table) table = table_read_csv(text, sizeof text - 1, NULL);
    g_autoptr (GPtrArray) ignored = roster_ignored_columns(table);
    assert_int_equal(ignored->len, 2);
    assert_string_equal(text_of(ignored, 0), "序号");
    assert_string_equal(text_of(ignored, 1), "备注");
}

static void every_fault(void **state)
{
    bad(HEADER "A,文学院党委,学院党委,文学院,wx@university.example,,,,,,\n"
               "B,文学院 党委,学院党委,,lsdw,,,,,十二,-1\n"
               "A,哲学院党委,,文学院,wx@university.example;zx@,,,,a@b.example;c@d.example,,\n"
               "D,,学院党委,,,,,,,,\n",
        "line 3, column 党支部数: “十二” is no whole number from 0 to 10000\n"
        "line 3, column 应报数: “-1” is no whole number\n"
        "line 3, column 邮箱: “lsdw” is no mail address: there is no @\n"
        "line 4, column 书记邮箱: more than one address\n"
        "line 4, column 邮箱: “zx@” is no mail address\n"
        "line 4, column 类型: empty\n"
        "line 5, column 单位名称: empty\n"
        "line 3, column 单位名称: “文学院 党委” belongs to 文学院党委 already (line 2)\n"
        "line 4, column 代码: “A” belongs to 文学院党委 already (line 2)\n"
        "line 4, column 简称: “文学院” belongs to 文学院党委 already (line 2)");
}

/* An office that is two committees, and one that has no mailbox yet. */
static void shared_and_missing_addresses(void **state)
{
    g_autoptr (Roster)
        roster = good(
            "单位名称,类型,邮箱\n机关党委,机关,JG@b.example\n机关第一党总支,机关,jg@b.example;y@b.example\n"
            "新能源学院党委,学院党委,\n");
    assert_null(roster_find_address(roster, "jg@b.example"));
    const GPtrArray *owners = roster_owners(roster, "Jg@b.example");
    assert_int_equal(owners->len, 2);
    assert_ptr_equal(owners->pdata[0], nth(roster, 0));
    assert_ptr_equal(owners->pdata[1], nth(roster, 1));
    assert_ptr_equal(roster_find_address(roster, "y@b.example"), nth(roster, 1));
    assert_null(roster_owners(roster, "x@b.example"));
    g_autoptr (GPtrArray) remarks = roster_remarks(roster);
    assert_int_equal(remarks->len, 2);
    assert_non_null(strstr(text_of(remarks, 0),
                           "line 3: 机关第一党总支 has the address jg@b.example of 机关党委 (line 2)"));
    assert_non_null(strstr(text_of(remarks, 1), "line 4: 新能源学院党委 has no address"));
}

/* What Excel and people leave behind. */
static void totals_and_shortened_numbers(void **state)
{
    bad("单位名称,类型,邮箱,应报数\n甲党委,x,a@b.example,2\n合 计,,,2\n",
        "line 3, column 单位名称: “合 计” is a row of totals");
    g_autoptr (Roster)
        roster = good("代码,单位名称,类型,邮箱,电话\n1,甲党委,x,a@b.example,1.38E+10\n"
                      "1.00E+05,乙党委,x,c@d.example,E+1\n");
    g_autoptr (GPtrArray) remarks = roster_remarks(roster);
    assert_int_equal(remarks->len, 2);
    assert_non_null(strstr(text_of(remarks, 0), "line 2: the telephone 1.38E+10 of 甲党委 was shortened"));
    assert_non_null(strstr(text_of(remarks, 1), "line 3: the code 1.00E+05 of 乙党委 was shortened"));
}

static void names_that_meet(void **state)
{
    /* without codes, a doubled name is one fault, not two */
    bad("单位名称,类型,邮箱\n机关党委,机关,a@b.example\n机关党委,机关,c@d.example\n",
        "line 3, column 单位名称: “机关党委” belongs to 机关党委 already (line 2)");
    /* an alias that is a later committee's name is the alias's fault */
    bad("单位名称,类型,邮箱,简称\n甲党委,x,a@b.example,乙党委\n乙党委,x,c@d.example,\n",
        "line 2, column 简称: “乙党委” belongs to 乙党委 already (line 3)");
    /* an alias that says nothing */
    bad("单位名称,类型,邮箱,简称\n甲党委,x,a@b.example,甲；党委、甲院\n乙党委,x,c@d.example,党 总 支\n",
        "line 2, column 简称: “甲” is one character\n"
        "line 2, column 简称: “党委” could be any committee\n"
        "line 3, column 简称: “党 总 支” could be any committee");
    /* one's own name as an alias is none */
    g_autoptr (Roster) roster = good("单位名称,类型,邮箱,简称\n甲党委,x,a@b.example,甲党委；甲院\n");
    assert_int_equal(roster->committees->len, 1);
}

static void columns_at_fault(void **state)
{
    bad("单位名称,邮箱,邮箱地址\n甲,a@b.example,\n",
        "line 1, column 邮箱: stands twice (as “邮箱” and “邮箱地址”)\n"
        "line 1, column 类型: no such column; name one 类型 (or 单位类型");
    bad("a,b,c\n1,2,3\n", "line 1, column 单位名称: no such column\nline 1, column 类型: no such column\n"
                          "line 1, column 邮箱: no such column");
    bad("单位名称,类型,邮箱\n", "line 2, column 单位名称: there is no committee");
    bad("单位名称，类型，邮箱\n甲党委，x，a@b.example\n",
        "line 1, column 单位名称: the whole line is one cell; separate the cells by commas\n"
        "line 1, column 单位名称: no such column\nline 1, column 类型: no such column\n"
        "line 1, column 邮箱: no such column");
    g_autoptr (Roster)
        noted = good("单位名称,类型,邮箱,\n甲党委,x,a@b.example,备注\n"); /* no title, as Excel saves it */
    assert_int_equal(noted->committees->len, 1);
    /* one comma too many, and all that follows is one column on: 12 items owed */
    bad("单位名称,类型,邮箱,联系人,电话,应报数\n甲党委,x,a@b.example,甲,乙,,12\n乙党委,x,c@d.example,,,,,,\n",
        "line 2: “12” stands behind the last column; a value that holds a comma must stand in quotes");
    g_autoptr (Roster)
        remarks = good("序号,单位名称（全称）,类 "
                       "型*,邮箱(多个用分号隔开),联系电话：\n1,甲党委,x,a@b.example,010-00000000\n");
    assert_string_equal(nth(remarks, 0)->telephone, "010-00000000");
    g_autoptr (Table) empty = table_new();
    g_autoptr (GPtrArray) faults = g_ptr_array_new_with_free_func(g_free);
    assert_null(roster_from_table(empty, faults));
    assert_int_equal(faults->len, 1);
    g_autoptr (GPtrArray) ignored = roster_ignored_columns(empty);
    assert_int_equal(ignored->len, 0);
}

static void hostile_cells(void **state)
{
    GString *text = g_string_new("单位名称,类型,邮箱\n");
    for (guint i = 0; i < 101; i++) g_string_append(text, "长");
    g_string_append(
        text, ",x,a@b.example\n甲\x07,x,c@d.example\n乙\xE2\x80\xAE,x,\"e@f.example\r\nBcc: g@h.example\"\n");
    bad(text->str, "line 2, column 单位名称: longer than 100 characters\n"
                   "line 3, column 单位名称: holds a control character (U+0007)\n"
                   "line 4, column 邮箱: “Bcc:” is no mail address");
    g_string_free(text, TRUE);
}

static void addresses(void **state)
{
    static const char *const wrong[] = {"a",
                                        "@b.example",
                                        "a@",
                                        "a@b",
                                        "a@b..example",
                                        "a@b.example.",
                                        ".a@b.example",
                                        "a..b@c.example",
                                        "a@-b.example",
                                        "a@b_c.example",
                                        "a@b@c.example",
                                        "甲@b.example",
                                        "a@b。example"};
    bad("单位名称,类型,邮箱\n甲,x,无\n乙,x,／\n丙,x,'a@b.example\n",
        "line 2, column 邮箱: “无” is no mail address: leave the cell empty\n"
        "line 3, column 邮箱: “/” is no mail address: leave the cell empty\n"
        "line 4, column 邮箱: “'a@b.example” is no mail address: take away the '");
    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autofree char *text = g_strdup_printf("单位名称,类型,邮箱\n甲,x,%s\n", wrong[i]);
        g_autofree char *fault = g_strdup_printf("line 2, column 邮箱: “%s” is no mail address: ", wrong[i]);
        bad(text, fault);
    }
}

static void keys_of_names(void **state)
{
    static const struct {
        const char *name, *key;
    } names[] = {
        {"文学院党委", "文学院党委"},     {"（文学院）　党委", "文学院党委"},   {"ＭＢＡ中心", "mba中心"},
        {"《a》<b>[c]【d】{e}", "abcde"}, {"\xE2\x80\x8B甲\xEF\xBB\xBF", "甲"}, {"", ""},
    };
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *key = roster_key(names[i].name);
        assert_string_equal(key, names[i].key);
    }
    g_autofree char *broken = roster_key("\xFF\xFE甲");
    assert_true(g_utf8_validate(broken, -1, NULL));
}

static void from_files(void **state)
{
    g_autoptr (GPtrArray) faults = g_ptr_array_new_with_free_func(g_free);
    g_autoptr (Roster) example = roster_load("config/roster.csv", faults, NULL);
    assert_non_null(example);
    assert_int_equal(example->committees->len, 30);
    assert_null(roster_load("no/such/roster.csv", faults, NULL));
    assert_non_null(strstr(text_of(faults, 0), "No such file"));
    g_autofree char *path = g_strdup("/tmp/roster-XXXXXX");
    close(g_mkstemp(path));
    assert_true(g_file_set_contents(path, "PK\x03\x04 a workbook", -1, NULL));
    assert_null(roster_load(path, faults, NULL));
    assert_non_null(strstr(text_of(faults, 1), "save it as CSV"));
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_roster),
        cmocka_unit_test(as_offices_keep_them),
        cmocka_unit_test(every_fault),
        cmocka_unit_test(shared_and_missing_addresses),
        cmocka_unit_test(names_that_meet),
        cmocka_unit_test(columns_at_fault),
        cmocka_unit_test(hostile_cells),
        cmocka_unit_test(addresses),
        cmocka_unit_test(keys_of_names),
        cmocka_unit_test(from_files),
        cmocka_unit_test(totals_and_shortened_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
