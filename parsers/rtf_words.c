#include "parsers/rtf_words.h"

static const RtfWord words[] = {
    {"ansi", RTF_CHARSET, 1252},
    {"mac", RTF_CHARSET, 10000},
    {"pc", RTF_CHARSET, 437},
    {"pca", RTF_CHARSET, 850},
    {"ansicpg", RTF_CODE_PAGE, 0},
    {"uc", RTF_UNICODE_SKIP, 0},
    {"u", RTF_UNICODE, 0},
    {"bin", RTF_BINARY, 0},
    {"f", RTF_FONT, 0},
    {"deff", RTF_FONT_DEFAULT, 0},
    {"fonttbl", RTF_FONT_TABLE, 0},
    {"fcharset", RTF_FONT_CHARSET, 0},
    {"cpg", RTF_FONT_PAGE, 0},
    {"plain", RTF_PLAIN, 0},
    {"pard", RTF_RESET, 0},
    {"par", RTF_PARAGRAPH, 0},
    {"sect", RTF_PARAGRAPH, 0},
    {"page", RTF_PARAGRAPH, 0},
    {"softline", RTF_BREAK, 0},
    {"line", RTF_BREAK, 0},
    {"lbr", RTF_BREAK, 0},
    {"column", RTF_PARAGRAPH, 0},
    {"intbl", RTF_IN_TABLE, 0},
    {"trowd", RTF_ROW_BEGINS, 0},
    {"cellx", RTF_CELL_DEFINED, 0},
    {"clmrg", RTF_CELL_COVERED, 0},
    {"clvmrg", RTF_CELL_COVERED, TRUE},
    {"cell", RTF_CELL_ENDS, 0},
    {"row", RTF_ROW_ENDS, 0},
    {"itap", RTF_TABLES, 0},
    {"nestcell", RTF_NEST_CELL_ENDS, 0},
    {"nestrow", RTF_NEST_ROW_ENDS, 0},
    {"nesttableprops", RTF_NEST_ROW, 0},
    {"v", RTF_HIDDEN, 0},
    {"deleted", RTF_HIDDEN, 0},
    {"webhidden", RTF_HIDDEN, 0},
    {"tab", RTF_CHARACTER, '\t'},
    {"emdash", RTF_CHARACTER, 0x2014},
    {"endash", RTF_CHARACTER, 0x2013},
    {"emspace", RTF_CHARACTER, 0x2003},
    {"enspace", RTF_CHARACTER, 0x2002},
    {"qmspace", RTF_CHARACTER, ' '},
    {"bullet", RTF_CHARACTER, 0x2022},
    {"lquote", RTF_CHARACTER, 0x2018},
    {"rquote", RTF_CHARACTER, 0x2019},
    {"ldblquote", RTF_CHARACTER, 0x201C},
    {"rdblquote", RTF_CHARACTER, 0x201D},
    /* destinations */
    {"rtf", RTF_KEEP, 0},
    {"field", RTF_FIELD, 0},
    {"fldinst", RTF_FIELD_CODE, 0},
    {"fldrslt", RTF_FIELD_RESULT, 0},
    {"formfield", RTF_FORM, 0},
    {"fftype", RTF_FORM_TYPE, 0},
    {"ffres", RTF_FORM_RESULT, 0},
    {"ffdefres", RTF_FORM_PRESET, 0},
    {"ffl", RTF_FORM_ITEM, 0},
    {"shpinst", RTF_KEEP, 0},
    {"shptxt", RTF_BOX, 0},
    {"shppict", RTF_KEEP, 0},
    {"footnote", RTF_KEEP, 0},
    {"dptxbxtext", RTF_KEEP, 0},
    {"txbxtext", RTF_KEEP, 0},
    {"result", RTF_KEEP, 0},
    {"pict", RTF_PICTURE, 0},
    {"object", RTF_OBJECT, 0},
    {"objdata", RTF_SKIP, 0},
    {"objclass", RTF_SKIP, 0},
    {"objname", RTF_SKIP, 0},
    {"nonshppict", RTF_SKIP, 0},
    {"shprslt", RTF_SKIP, 0},
    {"sp", RTF_SKIP, 0},
    {"nonesttables", RTF_SKIP, 0},
    {"colortbl", RTF_SKIP, 0},
    {"stylesheet", RTF_SKIP, 0},
    {"info", RTF_SKIP, 0},
    {"listtable", RTF_SKIP, 0},
    {"listoverridetable", RTF_SKIP, 0},
    {"leveltext", RTF_SKIP, 0},
    {"levelnumbers", RTF_SKIP, 0},
    {"listname", RTF_SKIP, 0},
    {"liststylename", RTF_SKIP, 0},
    {"revtbl", RTF_SKIP, 0},
    {"rsidtbl", RTF_SKIP, 0},
    {"filetbl", RTF_SKIP, 0},
    {"pnseclvl", RTF_SKIP, 0},
    {"pntxta", RTF_SKIP, 0},
    {"pntxtb", RTF_SKIP, 0},
    {"xe", RTF_SKIP, 0},
    {"tc", RTF_SKIP, 0},
    {"tcn", RTF_SKIP, 0},
    {"rxe", RTF_SKIP, 0},
    {"txe", RTF_SKIP, 0},
    {"annotation", RTF_SKIP, 0},
    {"atnid", RTF_SKIP, 0},
    {"atnauthor", RTF_SKIP, 0},
    {"bkmkstart", RTF_SKIP, 0},
    {"bkmkend", RTF_SKIP, 0},
    {"template", RTF_SKIP, 0},
    {"private", RTF_SKIP, 0},
    {"ftnsep", RTF_SKIP, 0},
    {"ftnsepc", RTF_SKIP, 0},
    {"ftncn", RTF_SKIP, 0},
    {"aftnsep", RTF_SKIP, 0},
    {"aftnsepc", RTF_SKIP, 0},
    {"aftncn", RTF_SKIP, 0},
};

const RtfWord *rtf_word(const char *name)
{
    static GHashTable *table; /* name -> RtfWord*, made once */
    if (!table) {
        table = g_hash_table_new(g_str_hash, g_str_equal);
        for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
            g_hash_table_insert(table, (gpointer)words[i].name, (gpointer)&words[i]);
    }
    return g_hash_table_lookup(table, name);
}

/* --- charsets --------------------------------------------------------------------------------- */

guint rtf_page_of_charset(int charset)
{
    static const struct {
        int charset;
        guint page;
    } pages[] = {{77, 10000}, {128, 932},  {129, 949},  {130, 1361}, {134, 936},  {136, 950},
                 {161, 1253}, {162, 1254}, {163, 1258}, {177, 1255}, {178, 1256}, {186, 1257},
                 {204, 1251}, {222, 874},  {238, 1250}, {254, 437},  {255, 850}};
    for (gsize i = 0; i < G_N_ELEMENTS(pages); i++)
        if (pages[i].charset == charset) return pages[i].page;
    return 0;
}

char *rtf_label_of_page(guint page)
{
    static const struct {
        guint page;
        const char *label;
    } labels[] = {{936, "GB18030"},     {54936, "GB18030"}, {950, "BIG5"},    {949, "UHC"}, {1361, "JOHAB"},
                  {10000, "MACINTOSH"}, {10008, "GB18030"}, {65001, "UTF-8"}, {0, "CP1252"}};
    for (gsize i = 0; i < G_N_ELEMENTS(labels); i++)
        if (labels[i].page == page) return g_strdup(labels[i].label);
    return g_strdup_printf("CP%u", page);
}
