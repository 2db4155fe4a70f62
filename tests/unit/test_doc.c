/* Word documents from before 2007. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "parsers/document.h"
#include "tests/unit/doc_maker.h"
#include "tests/unit/facts_text.h"

/* --- reading ---------------------------------------------------------------------------------- */

static FactsAttachment *read_bytes(GBytes *bytes, const char *name)
{
    FactsAttachment *attachment = facts_attachment_new();
    g_free(attachment->name);
    attachment->name = g_strdup(name);
    document_read(attachment, bytes);
    return attachment;
}

static FactsAttachment *make_read(Maker *maker, guint main_length)
{
    g_autoptr (GBytes) bytes = make_end(maker, main_length);
    return read_bytes(bytes, "a.doc");
}

static void assert_problems(const FactsAttachment *attachment, const char *problems)
{
    g_autofree char *found = problems_text(attachment);
    assert_string_equal(found, problems);
}

/* --- text ------------------------------------------------------------------------------------- */

/* Fast-saved: pieces lie in another order than they are read, of both widths, beside text that is read no
 * more. */
static void test_pieces(void **state)
{
    Maker maker;
    begin_97(&maker);
    put_bytes(maker.word, "what was deleted long ago", 25);
    guint32 late = maker.word->len;
    put_bytes(maker.word, "in \x93quotes\x94\r", 12);
    text_16(&maker, "关于", 0);
    text_16(&maker, "读书会𠀀的总结\r", 0);
    add_piece(&maker, late, 12, TRUE, 0);
    text_8(&maker, "end", 0);
    g_autoptr (FactsAttachment) attachment = make_read(&maker, 0);
    assert_string_equal(attachment->type, "application/msword");
    assert_string_equal(attachment->text, "关于读书会𠀀的总结\nin “quotes”\nend");
    assert_problems(attachment, "");
}

static void test_special_characters(void **state)
{
    Maker maker;
    begin_97(&maker);
    text_16(&maker,
            "a\tb\vc\fd\x1E"
            "e\x1F"
            "f\u00A0g\x02\x05h\r\r\r\ri",
            0);
    g_autoptr (FactsAttachment) attachment = make_read(&maker, 0);
    assert_string_equal(attachment->text, "a\tb\nc\nd-ef gh\n\ni");
}

/* Bytes that are said to be Western in a Chinese document: GBK if they can be nothing else. */
static void test_bytes(void **state)
{
    Maker maker;
    begin_97(&maker);
    text_8(&maker, "\xB6\xC1\xCA\xE9\xBB\xE1\r", 0);
    text_8(&maker, "caf\xE9 \x96 \xA9\r", 0);
    g_autoptr (FactsAttachment) attachment = make_read(&maker, 0);
    assert_string_equal(attachment->text, "读书会\ncafé – ©");
}

static void test_stories(void **state)
{
    Maker maker;
    begin_97(&maker);
    text_16(&maker, "正文\r", 0);
    guint main_length = maker.cp;
    static const char *const texts[] = {"\x02 脚注\r", "线\r页眉\r页眉\r页脚\r", "", "批注\r", "尾注\r",
                                        "框\r"};
    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        guint32 before = maker.cp;
        if (*texts[i]) text_16(&maker, texts[i], 0);
        set_n(maker.word, 0x50 + 4 * i, maker.cp - before, 4);
    }
    g_autoptr (GByteArray) headers = g_byte_array_new();
    static const guint ends[] = {0, 0, 2, 2, 2, 2, 2, 5, 8, 11}; /* six separators, then three headers */
    for (guint i = 0; i < G_N_ELEMENTS(ends); i++) put_n(headers, ends[i], 4);
    set_pair(&maker, 11, headers);
    g_autoptr (FactsAttachment) attachment = make_read(&maker, main_length);
    assert_string_equal(attachment->text, "正文\n 脚注\n尾注\n框\n页眉\n页脚\n批注");
}

static void test_deleted(void **state)
{
    Maker maker;
    begin_97(&maker);
    guint32 fc = text_16(&maker, "新旧文\r", 0);
    format(maker.runs, fc, fc + 2, "01080100");
    format(maker.runs, fc + 2, fc + 4, "000881");
    text_16(&maker, "也旧",
            list(&maker, "3508010008"
                         "01")); /* bold, deleted */
    text_16(&maker, "还旧", 0x41 << 1 | 1 << 8);
    text_16(&maker, "末\r", 0x41 << 1);
    g_autoptr (FactsAttachment) attachment = make_read(&maker, 0);
    assert_string_equal(attachment->text, "新文\n末");
}

static void test_fields(void **state)
{
    static const struct {
        const char *stored, *text;
    } fields[] = {
        {"见\x13 HYPERLINK \"http://a.test\" \x14这里\x15。", "见这里。"},
        {"\x13 TOC \x14第\x13 PAGEREF _1 \x14"
         "3\x15页\x15",
         "第3页"},
        {"\x13 XE \"词\" \x15字", "字"},
        {"\x13 EQ \\o\\ac(○,甲) \x15\x13 EQ \\* jc2 \\o\\ad(\\s\\up 9(dang),党) \x14\x15", "甲党"},
        {"\x13 SYMBOL 82 \\f \"Wingdings 2\" \\s 12 \x15理论", "☑理论"},
        {"\x13 MACROBUTTON NoMacro 在此填写 \x15", "在此填写"},
        {"a\x13 没有结尾的域", "a 没有结尾的域"},
        {"a\x15"
         "b\x14"
         "c",
         "abc"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(fields); i++) {
        Maker maker;
        begin_97(&maker);
        text_16(&maker, fields[i].stored, 0);
        g_autoptr (FactsAttachment) attachment = make_read(&maker, 0);
        assert_string_equal(attachment->text, fields[i].text);
    }
}

/* Check boxes: of a dingbat font as a symbol, as a private character, and of form fields; and a list. */
static void test_symbols(void **state)
{
    Maker maker;
    begin_97(&maker);
    g_autoptr (GByteArray) fonts = g_byte_array_new();
    put_n(fonts, 1, 2), put_n(fonts, 0, 2);
    put_n(fonts, 39 + 24, 1);
    for (int i = 0; i < 39; i++) put_n(fonts, 0, 1);
    put_utf16(fonts, "Wingdings 2"), put_n(fonts, 0, 2);
    guint32 fc =
        text_16(&maker, "(理\uF0A3论\x13 FORMCHECKBOX \x01\x15实\x13 FORMDROPDOWN \x01\x14\x15\r", 0);
    format(maker.runs, fc, fc + 2, "096A000052F0");
    format(maker.runs, fc + 4, fc + 6, "4F4A0000");
    format(maker.runs, fc + 38, fc + 40, "036A00000000550801");
    format(maker.runs, fc + 74, fc + 76, "036A40000000");
    for (guint i = 0; i < 2; i++) { /* length of all, of the head, the head; then the form field */
        guint form = 0x40 * i + 10;
        set_n(maker.data, 0x40 * i, 0x40, 4);
        set_n(maker.data, 0x40 * i + 4, 10, 2);
        set_n(maker.data, form, 0xFFFFFFFF, 4);
        set_n(maker.data, form + 4, i == 0 ? 25 << 2 | 1 : 1 << 2 | 2, 2);
        set_n(maker.data, form + 14, 1, 2); /* what it was made with: after an empty name */
    }
    set_n(maker.data, 0x40, 0x60, 4);
    g_byte_array_set_size(maker.data, 0x40 + 10 + 16 + 5 * 4);
    memset(maker.data->data + 0x40 + 10 + 16, 0, 20);
    set_n(maker.data, 0x40 + 10 + 14, 0, 2);
    put_n(maker.data, 0xFFFF, 2), put_n(maker.data, 2, 2), put_n(maker.data, 0, 2);
    put_n(maker.data, 1, 2), put_utf16(maker.data, "甲"), put_n(maker.data, 1, 2),
        put_utf16(maker.data, "乙");
    set_pair(&maker, 15, fonts);
    g_autoptr (FactsAttachment) attachment = make_read(&maker, 0);
    assert_string_equal(attachment->text, "☑理☐论☑实乙");
}

/* ActiveX: the mark of the field's result names a storage, or its picture does. */
static void test_controls(void **state)
{
    static const char *const changes[] = {"0A08010E6805000000", "0A0801036A05000000", "0E6805000000",
                                          "036A05000000"};
    for (gsize i = 0; i < G_N_ELEMENTS(changes); i++) {
        Maker maker;
        begin_97(&maker);
        maker.about = g_byte_array_new();
        maker.contents = g_byte_array_new();
        unhex(maker.about, "0100FEFF030A0000FFFFFFFF401DD28B42ECCE119E0D00AA006002F3");
        unhex(maker.contents, "000234004601C08000000000FFFFFF000000000004000000010000800900008000000000000000"
                              "0031000000436865636B426F78310000");
        guint32 fc = text_16(&maker, "a\x13 CONTROL \x14\x01\x15z\r", 0);
        format(maker.runs, fc + 22, fc + 26, changes[i]);
        g_autoptr (FactsAttachment) attachment = make_read(&maker, 0);
        assert_string_equal(attachment->text, i < 3 ? "a☑CheckBox1z" : "az");
    }
}

/* --- tables ----------------------------------------------------------------------------------- */

#define IN_TABLE "162401"
#define ROW_END  IN_TABLE "172401"
#define NESTED   IN_TABLE "496602000000"

/* A row with two cells at 0, 1000, 2000 twips; with one from 0 to 2000; and with the first cell continued
 * from above. */
#define ROW_2                                                                                                \
    ROW_END "08D6"                                                                                           \
            "3000"                                                                                           \
            "02"                                                                                             \
            "0000"                                                                                           \
            "E803"                                                                                           \
            "D007"                                                                                           \
            "0000000000000000000000000000000000000000"                                                       \
            "0000000000000000000000000000000000000000"
#define ROW_1                                                                                                \
    ROW_END "08D6"                                                                                           \
            "1A00"                                                                                           \
            "01"                                                                                             \
            "0000"                                                                                           \
            "D007"                                                                                           \
            "0000000000000000000000000000000000000000"
#define ROW_DOWN                                                                                             \
    ROW_END "08D6"                                                                                           \
            "3000"                                                                                           \
            "02"                                                                                             \
            "0000"                                                                                           \
            "E803"                                                                                           \
            "D007"                                                                                           \
            "2000000000000000000000000000000000000000"                                                       \
            "0000000000000000000000000000000000000000"

static void test_tables(void **state)
{
    Maker maker;
    begin_97(&maker);
    paragraph(&maker, "前\r", "");
    paragraph(&maker, "活动名称\a", IN_TABLE);
    paragraph(&maker, "读书会\r", IN_TABLE);
    paragraph(&maker, "第二行\a", IN_TABLE);
    paragraph(&maker, "\a", ROW_2);
    paragraph(&maker, "推荐意见：同意\a", IN_TABLE);
    paragraph(&maker, "\a", ROW_1);
    paragraph(&maker, "联系人\a", IN_TABLE);
    paragraph(&maker, "甲\a", IN_TABLE);
    paragraph(&maker, "\a", ROW_2);
    paragraph(&maker, "\a", IN_TABLE);
    paragraph(&maker, "乙\a", IN_TABLE);
    paragraph(&maker, "\a", ROW_DOWN);
    paragraph(&maker, "后\r", "");
    g_autoptr (FactsAttachment) attachment = make_read(&maker, 0);
    assert_string_equal(attachment->text,
                        "前\n活动名称\t读书会\n第二行\n推荐意见：同意\n联系人\t甲\n\t乙\n后");
    g_autofree char *tables = tables_text(attachment), *fields = fields_text(attachment);
    assert_string_equal(tables, "活动名称|读书会\n第二行/推荐意见：同意|/联系人|甲/|乙");
    assert_string_equal(fields, "活动名称=读书会\n第二行;推荐意见=同意;联系人=甲\n乙");
}

/* A table in a cell; its rows say what they are with changes of their own. */
static void test_nested(void **state)
{
    Maker maker;
    begin_97(&maker);
    paragraph(&maker, "外\r", IN_TABLE);
    paragraph(&maker, "内一\r", NESTED "4B2401");
    paragraph(&maker, "内二\r", NESTED "4B2401");
    paragraph(&maker, "\r", NESTED "4B24014C2401");
    paragraph(&maker, "尾\a", IN_TABLE);
    paragraph(&maker, "右\a", IN_TABLE);
    paragraph(&maker, "\a", ROW_2);
    g_autoptr (FactsAttachment) attachment = make_read(&maker, 0);
    g_autofree char *tables = tables_text(attachment);
    assert_string_equal(attachment->text, "外\n内一\t内二\n尾\t右");
    assert_string_equal(tables, "外\n尾|右#内一|内二");
}

/* The description of a row that is too long for its page lies in the data stream. */
static void test_far_row(void **state)
{
    Maker maker;
    begin_97(&maker);
    put_n(maker.data, strlen(ROW_1) / 2, 2);
    unhex(maker.data, ROW_1);
    paragraph(&maker, "一\a", IN_TABLE);
    paragraph(&maker, "\a", "466600000000");
    paragraph(&maker, "甲\a", IN_TABLE);
    paragraph(&maker, "乙\a", IN_TABLE);
    paragraph(&maker, "\a", ROW_2);
    g_autoptr (FactsAttachment) attachment = make_read(&maker, 0);
    g_autofree char *tables = tables_text(attachment);
    assert_string_equal(tables, "一|/甲|乙");
}

/* Rows whose ends are missing, and levels from nowhere. */
static void test_odd_tables(void **state)
{
    Maker maker;
    begin_97(&maker);
    paragraph(&maker, "a\a", IN_TABLE);
    paragraph(&maker, "b\r", "4966FF000000");
    paragraph(&maker, "c\r", "");
    paragraph(&maker, "\a", ROW_END);
    paragraph(&maker, "d\a", "");
    g_autoptr (FactsAttachment) attachment = make_read(&maker, 0);
    for (const char *letter = "abcd"; *letter; letter++) assert_non_null(strchr(attachment->text, *letter));
}

/* --- older and other files -------------------------------------------------------------------- */

static void test_word_6(void **state)
{
    Maker maker;
    make_begin(&maker, 0x65, 0, 0x0804);
    guint32 begin = maker.word->len;
    static const char text[] = "\xB6\xC1\xCA\xE9\xBB\xE1\r1\a2\a\a3\a4\a\aend\r";
    put_bytes(maker.word, text, strlen(text));
    set_n(maker.word, 0x18, begin, 4);
    set_n(maker.word, 0x1C, maker.word->len, 4);
    set_n(maker.word, 0x34, maker.word->len - begin, 4);
    const Ole2Stream stream = {"WordDocument", maker.word};
    g_autoptr (GBytes) bytes = ole2_make(&stream, 1);
    g_autoptr (GBytes) rest G_GNUC_UNUSED = make_end(&maker, 0);
    g_autoptr (FactsAttachment) attachment = read_bytes(bytes, "a.doc");
    g_autofree char *tables = tables_text(attachment);
    assert_string_equal(attachment->text, "读书会\n1\t2\n3\t4\nend");
    assert_string_equal(tables, "1|2/3|4");
}

static void test_wps(void **state)
{
    Maker maker;
    begin_97(&maker);
    text_16(&maker, "总结\r", 0);
    g_autoptr (GBytes) bytes = make_end(&maker, 0);
    g_autoptr (FactsAttachment) attachment = read_bytes(bytes, "总结.WPS");
    assert_string_equal(attachment->type, "application/wps-office.wps");
    assert_string_equal(attachment->text, "总结");
}

/* Works, whose files have the same name as those of WPS: text behind a head, or in chunks. */
static void test_works(void **state)
{
    g_autoptr (GByteArray) old = g_byte_array_new(), chunks = g_byte_array_new();
    set_n(old, 0, 0xFE04, 2);
    set_n(old, 0x22, 0x100, 4);
    set_n(old, 0x26, 0x106, 4);
    set_n(old, 0xFF, 0, 1);
    put_bytes(old, "a\r\nb\xE9.rest", 10);
    put_bytes(chunks, "CHNKWKS ", 8);
    set_n(chunks, 0x20, 24, 2);
    put_bytes(chunks, "TEXT", 4), put_n(chunks, 0, 6), put_bytes(chunks, "TEXT", 4);
    put_n(chunks, 0x60, 4), put_n(chunks, 6, 4);
    set_n(chunks, 0x5F, 0, 1);
    put_utf16(chunks, "总\r结 ");
    const Ole2Stream streams[] = {{"MN0", old}, {"CONTENTS", chunks}};
    static const char *const texts[] = {"a\nbé.", "总\n结", "a\nbé."};
    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr (GBytes) bytes = i < 2 ? ole2_make(&streams[i], 1) : g_bytes_new(old->data, old->len);
        g_autoptr (FactsAttachment) attachment = read_bytes(bytes, "a.wps");
        assert_string_equal(attachment->type, "application/vnd.ms-works");
        assert_string_equal(attachment->text, texts[i]);
    }
}

static void test_faults(void **state)
{
    static const struct {
        guint flags;
        const char *text, *problems;
    } faults[] = {{0x0300, "密", "encrypted"},
                  {0x8200, "密", "encrypted"},
                  {0x0200, "\r\r ", "empty-document"},
                  {0x0200, "\x01\x08\r", "scanned-only"}};
    for (gsize i = 0; i < G_N_ELEMENTS(faults); i++) {
        Maker maker;
        make_begin(&maker, 0xC1, faults[i].flags, 0x0804);
        text_16(&maker, faults[i].text, 0);
        g_autoptr (FactsAttachment) attachment = make_read(&maker, 0);
        assert_problems(attachment, faults[i].problems);
    }
}

static void test_cut(void **state)
{
    Maker maker;
    begin_97(&maker);
    g_autofree char *much = g_strnfill(20000, 'x');
    text_8(&maker, much, 0);
    g_autoptr (GBytes) bytes = make_end(&maker, 0);
    for (gsize length = 0; length < g_bytes_get_size(bytes); length += 511) {
        g_autoptr (GBytes) cut = g_bytes_new_from_bytes(bytes, 0, length);
        g_autoptr (FactsAttachment) attachment = read_bytes(cut, "a.doc");
        assert_true(attachment->problems->len > 0);
    }
}

/* No piece table: there is nothing to go by. */
static void test_no_pieces(void **state)
{
    Maker maker;
    begin_97(&maker);
    text_16(&maker, "总结\r", 0);
    set_n(maker.positions, 4, 0, 4);
    g_autoptr (FactsAttachment) attachment = make_read(&maker, 100);
    assert_problems(attachment, "damaged");
}

static void test_macro(void **state)
{
    g_autoptr (GByteArray) nothing = g_byte_array_new();
    Maker maker;
    begin_97(&maker);
    text_16(&maker, "总结\r", 0);
    g_autoptr (GBytes) plain G_GNUC_UNUSED = make_end(&maker, 0);
    begin_97(&maker);
    put_n(nothing, 0, 8);
    const Ole2Stream streams[] = {{"WordDocument", maker.word}, {"Macros/VBA", nothing}};
    g_autoptr (GBytes) bytes = ole2_make(streams, G_N_ELEMENTS(streams));
    g_autoptr (GBytes) rest G_GNUC_UNUSED = make_end(&maker, 0);
    g_autoptr (FactsAttachment) attachment = read_bytes(bytes, "a.doc");
    assert_problems(attachment, "macro,empty-document");
}

/* What is called .doc may be anything: content wins. */
static void test_others(void **state)
{
    static const struct {
        const char *bytes, *type, *text;
    } others[] = {
        {"{\\rtf1 x}", "application/rtf", "x"},
        {"读书会\r\n", "text/plain", "读书会"},
        {"<?xml version=\"1.0\"?><?mso-application progid=\"Word.Document\"?><w:wordDocument "
         "xmlns:w=\"http://schemas.microsoft.com/office/word/2003/wordml\"><w:body><w:p><w:r><w:t>读书会</"
         "w:t></w:r>"
         "</w:p></w:body></w:wordDocument>",
         "application/msword+xml", "读书会"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(others); i++) {
        g_autoptr (GBytes) bytes = g_bytes_new_static(others[i].bytes, strlen(others[i].bytes));
        g_autoptr (FactsAttachment) attachment = read_bytes(bytes, "a.doc");
        assert_string_equal(attachment->type, others[i].type);
        assert_string_equal(attachment->text, others[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pieces),   cmocka_unit_test(test_special_characters),
        cmocka_unit_test(test_bytes),    cmocka_unit_test(test_stories),
        cmocka_unit_test(test_deleted),  cmocka_unit_test(test_fields),
        cmocka_unit_test(test_controls), cmocka_unit_test(test_symbols),
        cmocka_unit_test(test_tables),   cmocka_unit_test(test_nested),
        cmocka_unit_test(test_far_row),  cmocka_unit_test(test_odd_tables),
        cmocka_unit_test(test_word_6),   cmocka_unit_test(test_wps),
        cmocka_unit_test(test_works),    cmocka_unit_test(test_faults),
        cmocka_unit_test(test_cut),      cmocka_unit_test(test_no_pieces),
        cmocka_unit_test(test_macro),    cmocka_unit_test(test_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
