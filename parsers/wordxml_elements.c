#include "parsers/wordxml_elements.h"

#include <glib.h>
#include <string.h>

typedef enum Space { OTHER, W, M, A, V, MC } Space;

/* Transitional, strict (ISO 29500-1) and beta namespaces. The prefix says nothing. */
static const struct {
    const char *uri;
    Space space;
} spaces[] = {
    {"http://schemas.openxmlformats.org/wordprocessingml/2006/main", W},
    {"http://purl.oclc.org/ooxml/wordprocessingml/main", W},
    {"http://schemas.openxmlformats.org/wordprocessingml/2006/5/main", W},
    {"http://schemas.openxmlformats.org/wordprocessingml/2006/3/main", W},
    {"http://schemas.microsoft.com/office/word/2010/wordml", W},
    {"http://schemas.microsoft.com/office/word/2012/wordml", W},
    {"http://schemas.microsoft.com/office/word/2003/wordml", W},
    {"http://schemas.openxmlformats.org/officeDocument/2006/math", M},
    {"http://purl.oclc.org/ooxml/officeDocument/math", M},
    {"http://schemas.openxmlformats.org/drawingml/2006/main", A},
    {"http://purl.oclc.org/ooxml/drawingml/main", A},
    {"urn:schemas-microsoft-com:vml", V},
    {"http://schemas.openxmlformats.org/markup-compatibility/2006", MC},
};

/* Every element that means something; all others are transparent. */
static const struct {
    Space space;
    const char *name;
    Action action;
} elements[] = {
    {W, "p", PARAGRAPH},
    {W, "r", RUN},
    {W, "t", TEXT},
    {M, "t", TEXT},
    {A, "t", TEXT},
    {A, "p", PARAGRAPH},
    {A, "txBody", BOX},
    {W, "tab", TAB},
    {W, "ptab", TAB},
    {W, "br", BREAK},
    {W, "cr", BREAK},
    {A, "br", BREAK},
    {W, "noBreakHyphen", HYPHEN},
    {W, "sym", SYMBOL},
    {W, "fldChar", FIELD_PART},
    {W, "instrText", FIELD_CODE},
    {W, "fldSimple", FIELD_WHOLE},
    {W, "rFonts", FONTS},
    {W, "rStyle", RUN_STYLE},
    {W, "pStyle", PARAGRAPH_STYLE},
    {W, "tbl", TABLE},
    {W, "tr", ROW},
    {W, "tc", CELL},
    {W, "pPr", MARK_PROPERTIES},
    {W, "rPr", PROPERTIES},
    {W, "trPr", ROW_PROPERTIES},
    {W, "gridSpan", GRID_SPAN},
    {W, "gridBefore", GRID_BEFORE},
    {W, "vMerge", MERGED_DOWN},
    {W, "hMerge", MERGED},
    {W, "txbxContent", BOX},
    {W, "del", DELETED},
    {W, "moveFrom", DROP},
    {W, "delText", DROP},
    {W, "delInstrText", DROP},
    {W, "rt", DROP},
    {W, "pPrChange", DROP},
    {W, "rPrChange", DROP},
    {W, "trPrChange", DROP},
    {W, "tcPrChange", DROP},
    {W, "tblPrChange", DROP},
    {W, "footnote", NOTE},
    {W, "endnote", NOTE},
    {W, "drawing", PICTURE},
    {W, "pict", PICTURE},
    {W, "object", PICTURE},
    {W, "control", ACTIVEX},
    {W, "altChunk", CHUNK},
    {V, "textpath", WORD_ART},
    {W, "sdt", CONTROL},
    {W, "sdtContent", CONTROL_CONTENT},
    {W, "showingPlcHdr", PLACEHOLDER},
    {W, "checkbox", CHECKBOX},
    {W, "checkBox", CHECKBOX},
    {W, "checked", CHECKED_STATE},
    {W, "default", CHECKED_STATE},
    {W, "ddList", FORM_LIST},
    {W, "result", LIST_RESULT},
    {W, "listEntry", LIST_ENTRY},
    {MC, "AlternateContent", ALTERNATIVES},
    {MC, "Choice", CHOICE},
    {MC, "Fallback", FALLBACK},
};

/* name -> index in `elements` of the first with that name */
static GHashTable *elements_by_name(void)
{
    static GHashTable *table;
    if (table) return table;
    table = g_hash_table_new(g_str_hash, g_str_equal);
    for (gsize i = G_N_ELEMENTS(elements); i-- > 0;)
        g_hash_table_insert(table, (gpointer)elements[i].name, GSIZE_TO_POINTER(i));
    return table;
}

int wordxml_action(const char *uri, const char *name)
{
    gpointer first;
    if (!g_hash_table_lookup_extended(elements_by_name(), name, NULL, &first)) return NOTHING;
    for (gsize i = 0; i < G_N_ELEMENTS(spaces); i++) {
        if (strcmp(uri, spaces[i].uri) != 0) continue;
        for (gsize e = GPOINTER_TO_SIZE(first); e < G_N_ELEMENTS(elements); e++)
            if (elements[e].space == spaces[i].space && strcmp(elements[e].name, name) == 0)
                return (int)elements[e].action;
    }
    return NOTHING;
}
