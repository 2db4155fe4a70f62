/* What is read of RTF: charsets, tables, what is no text; and the compressed form. */
#include "tests/unit/reader_fixture.h"

#include "parsers/limits.h"
#include "parsers/lzfu.h"
#include "parsers/rtf.h"

static const struct {
    const char *what, *rtf, *text, *codes;
} cases[] = {
    {"lines", "{\\rtf1\\ansi a\\par\nb\\line c\\tab d\\~e}", "a\nb\nc\td\u00A0e", ""},
    {"escapes", "{\\rtf1 \\{a\\}\\\\b}", "{a}\\b", ""},
    {"code page of the document", "{\\rtf1\\ansi\\ansicpg936 \\'d7\\'dc\\'bd\\'e1}", "总结", ""},
    {"second byte in the clear", "{\\rtf1\\ansi\\ansicpg936 \\'81\\\\}", "乗", ""},
    {"charset of the font",
     "{\\rtf1\\ansi\\ansicpg1252{\\fonttbl{\\f0\\fcharset0 Arial;}{\\f1\\fcharset134 \\'cb\\'ce\\'cc\\'e5;}}"
     "\\f0\\'e9{\\f1 \\'d7\\'dc}\\'e9}",
     "é总é", ""},
    {"Unicode", "{\\rtf1\\uc1 \\u24635?\\u32467?\\u-10179 ?\\u-8704 ?}", "总结😀", ""},
    {"Unicode with two bytes beside", "{\\rtf1\\ansi\\ansicpg936\\uc2 \\u24635\\'d7\\'dcx}", "总x", ""},
    {"no fallback", "{\\rtf1\\uc0 \\u24635\\u32467 x}", "总结x", ""},
    {"destinations",
     "{\\rtf1{\\stylesheet{a;}}{\\info{\\title b}}{\\*\\generator c;}{\\*\\unknown{d}}{\\colortbl;}"
     "{\\header e\\par}f{\\field{\\*\\fldinst HYPERLINK x}{\\fldrslt g}}{\\v h}{\\deleted i}{\\*\\bkmkstart "
     "j}}",
     "e\nfg", ""},
    {"fields that are all code",
     "{\\rtf1\\uc1{\\fonttbl{\\f0 SimSun;}}{\\field{\\*\\fldinst { eq \\\\o\\\\ac(\\u9633 ?,}{\\u8730 "
     "?)}}{\\fldrslt }}\\u30002 ?{\\field\\fldedit{\\*\\fldinst SYMBOL 82 \\\\f \"Wingdings 2\" \\\\s "
     "10}{\\fldrslt\\f0\\fs21}}{\\field{\\*\\fldinst EQ \\\\o\\\\ac(\\u9675 ?,1)}{\\fldrslt "
     "7}}{\\field{\\*\\fldinst "
     "PAGE \\par{\\field{\\*\\fldinst EQ \\\\o(a,b)}{\\fldrslt}}}}x}",
     "√甲☑7x", ""},
    {"fonts of symbols",
     "{\\rtf1\\uc1{\\fonttbl{\\f0\\fcharset0 Arial;}{\\f1\\fcharset2{\\*\\panose 05}Wingdings "
     "2;}}\\f0 R{\\f1 R\\'a3\\u-4014 ?\\u21326 ?}\\'52}",
     "R☑☐☑\u534eR", ""},
    {"form fields",
     "{\\rtf1{\\field{\\*\\fldinst{ FORMCHECKBOX }{\\*\\formfield{\\fftype1\\ffres1\\ffdefres0{\\*\\ffname "
     "a}}}}"
     "{\\fldrslt }}b{\\field{\\*\\fldinst FORMCHECKBOX "
     "{\\*\\formfield\\fftype1\\ffres25\\ffdefres0}}{\\fldrslt}}c"
     "{\\field{\\*\\fldinst FORMCHECKBOX {\\*\\formfield\\fftype1\\ffres25\\ffdefres1}}{\\fldrslt}}d"
     "{\\field{\\*\\fldinst FORMDROPDOWN {\\*\\formfield\\fftype2\\ffres1{\\*\\ffl e}{\\*\\ffl f}{\\*\\ffl "
     "g}}}"
     "{\\fldrslt}}{\\field{\\*\\fldinst FORMTEXT {\\*\\formfield\\fftype0}}{\\fldrslt h}}\\fftype1\\ffl i}",
     "☑b☐c☑dfhi", ""},
    {"text box", "{\\rtf1 a{\\shp{\\*\\shpinst{\\sp{\\sn x}{\\sv y}}{\\shptxt b\\par}}{\\shprslt b}}c}",
     "ac\nb", ""},
    {"table in a text box, beside a table",
     "{\\rtf1\\trowd\\cellx1\\intbl a{\\shp{\\*\\shpinst{\\shptxt \\pard\\trowd\\cellx1\\intbl "
     "b\\cell\\row\\pard "
     "c\\par}}}\\cell\\row\\pard d}",
     "a\nb\nc\nd", ""},
    {"table in a table",
     "{\\rtf1\\trowd\\cellx1\\cellx2\\pard\\intbl a\\cell\\pard\\intbl\\itap2 b\\nestcell c\\nestcell"
     "{\\*\\nesttableprops\\trowd\\cellx1\\cellx2\\nestrow}{\\nonesttables\\par}\\pard\\intbl "
     "d\\cell\\row\\pard e}",
     "a\tb\tc\nd\ne", ""},
    {"picture", "{\\rtf1{\\pict\\pngblip 89504e47}}", "", "scanned-only"},
    {"binary", "{\\rtf1{\\pict\\bin4 }{}}}a}", "a", ""},
    {"nothing", "{\\rtf1\\ansi\\par}", "", "empty-document"},
    {"cut off", "{\\rtf1 {\\b a", "a", "damaged"},
    {"what follows is no RTF", "{\\rtf1 a}b", "a", ""},
    {"table",
     "{\\rtf1 a\\par\\trowd\\cellx1\\cellx2\\pard\\intbl b\\cell c\\par "
     "d\\cell\\row\\trowd\\clvmrg\\cellx1\\cellx2"
     "\\intbl\\cell e\\cell\\row\\pard f}",
     "a\nb\tc\nd\n\te\nf", ""},
};

static void reads_text(void **state)
{
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr (FactsAttachment) attachment = read_text_as(cases[i].rtf, "a.rtf");
        assert_string_equal(attachment->type, "application/rtf");
        expect_text(cases[i].what, g_strdup(attachment->text), cases[i].text);
        expect_text(cases[i].what, problems_text(attachment), cases[i].codes);
    }
}

static void reads_tables_and_fields(void **state)
{
    g_autoptr (FactsAttachment)
        form = read_text_as("{\\rtf1\\ansi\\ansicpg936\\trowd\\cellx1\\cellx2 \\intbl "
                            "\\u27963?\\u21160?\\u21517?\\u31216?\\cell "
                            "\\u35835?\\cell\\row\\pard \\u32852?\\u31995?\\u20154?: \\u30002?\\par}",
                            "a.doc");
    expect_text("fields", fields_text(form), "活动名称=读;联系人=甲");
    expect_text("table", tables_text(form), "活动名称|读");
    g_autoptr (FactsAttachment)
        merged = read_text_as(
            "{\\rtf1\\ansi\\trowd\\clvmgf\\cellx1\\cellx2 \\intbl \\u20027?\\u39064?\\cell a\\cell\\row"
            "\\trowd\\clvmrg\\cellx1\\cellx2 \\intbl\\cell b\\cell\\row}",
            "a.rtf");
    expect_text("label over rows", fields_text(merged), "主题=a\nb");
#define NEST_ROW(first) "{\\*\\nesttableprops\\trowd" first "\\cellx1\\cellx2\\nestrow}{\\nonesttables\\par}"
#define IN_NEST         "\\pard\\intbl\\itap2 "
    g_autoptr (FactsAttachment)
        nested =
            read_text_as("{\\rtf1\\ansi\\trowd\\cellx1\\cellx2\\pard\\intbl \\u21333?\\u20301?\\cell " IN_NEST
                         "\\u20027?\\u39064?\\nestcell a\\nestcell" NEST_ROW("\\clvmgf") IN_NEST
                         "\\nestcell b\\nestcell" NEST_ROW("\\clvmrg") "\\pard\\intbl x\\cell\\row}",
                         "a.rtf");
    expect_text("tables in a table", tables_text(nested), "单位|x#主题|a/|b");
    expect_text("label over rows of one", fields_text(nested), "单位=x;主题=a\nb");
}

static void survives_deep_groups(void **state)
{
    g_autoptr (GString) deep = g_string_new("{\\rtf1 a");
    for (int i = 0; i < 100000; i++) g_string_append(deep, "{\\b x");
    for (int i = 0; i < 100000; i++) g_string_append_c(deep, '}');
    g_string_append(deep, " b}");
    g_autoptr (FactsAttachment) attachment = read_text_as(deep->str, "a.rtf");
    assert_true(g_str_has_prefix(attachment->text, "axx"));
    assert_true(g_str_has_suffix(attachment->text, " b"));
    expect_text("deep", problems_text(attachment), "damaged");
}

static void survives_changes(void **state)
{
    for (gsize k = 0; k < G_N_ELEMENTS(cases); k++) {
        gsize n = strlen(cases[k].rtf);
        for (gsize i = 6; i < n; i++) {
            char *copy = g_strdup(cases[k].rtf);
            copy[i] = (char)(i % 3 == 0 ? '}' : i % 3 == 1 ? '\\' : '{');
            g_free(rtf_text(copy, n));
            g_free(rtf_text(copy, i));
            g_free(copy);
        }
    }
}

/* The examples of MS-OXRTFCP 4.1 and 4.2. */
static void expands(void **state)
{
    static const guint8 simple[] = {
        0x2d, 0x00, 0x00, 0x00, 0x2b, 0x00, 0x00, 0x00, 0x4c, 0x5a, 0x46, 0x75, 0xf1, 0xc5, 0xc7, 0xa7, 0x03,
        0x00, 0x0a, 0x00, 0x72, 0x63, 0x70, 0x67, 0x31, 0x32, 0x35, 0x42, 0x32, 0x0a, 0xf3, 0x20, 0x68, 0x65,
        0x6c, 0x09, 0x00, 0x20, 0x62, 0x77, 0x05, 0xb0, 0x6c, 0x64, 0x7d, 0x0a, 0x80, 0x0f, 0xa0};
    static const guint8 crossing[] = {0x1a, 0x00, 0x00, 0x00, 0x1c, 0x00, 0x00, 0x00, 0x4c, 0x5a,
                                      0x46, 0x75, 0xe2, 0xd4, 0x4b, 0x51, 0x41, 0x00, 0x04, 0x20,
                                      0x57, 0x58, 0x59, 0x5a, 0x0d, 0x6e, 0x7d, 0x01, 0x0e, 0xb0};
    static const guint8 plain[] = "\x15\0\0\0\x05\0\0\0MELA\0\0\0\0hello";
    const struct {
        const guint8 *bytes;
        gsize n;
        const char *text;
    } examples[] = {{simple, sizeof simple, "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"},
                    {crossing, sizeof crossing, "{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}"},
                    {plain, sizeof plain - 1, "hello"}};
    for (gsize i = 0; i < G_N_ELEMENTS(examples); i++) {
        g_autoptr (GBytes) out = lzfu_expand(examples[i].bytes, examples[i].n);
        assert_non_null(out);
        assert_int_equal(g_bytes_get_size(out), strlen(examples[i].text));
        assert_memory_equal(g_bytes_get_data(out, NULL), examples[i].text, strlen(examples[i].text));
        for (gsize n = 0; n < examples[i].n; n++) {
            GBytes *cut = lzfu_expand(examples[i].bytes, n);
            if (cut) g_bytes_unref(cut);
        }
    }
    assert_null(lzfu_expand((const guint8 *)"short", 5));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_text),       cmocka_unit_test(reads_tables_and_fields),
        cmocka_unit_test(survives_changes), cmocka_unit_test(survives_deep_groups),
        cmocka_unit_test(expands),
    };
    setlocale(LC_ALL, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
