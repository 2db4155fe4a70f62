/* Form fields and fields without a result. */
#include <stdlib.h>
#include <string.h>

#include "parsers/doc_parts.h"
#include "parsers/symbols.h"

/* --- form fields
 * --------------------------------------------------------------------------------------------- */

enum { FORM_CHECK_BOX = 1, FORM_LIST = 2 };

#define RESULT_DEFAULT 25 /* of a check box or list: what the field was made with */

/* Behind a string with its length before it and a zero behind. */
static gsize skip_string(DocBytes form, gsize at)
{
    return at + 2 + 2 * ((gsize)doc_u16(form, at) + 1);
}

/* The entry of a list of strings [2.2.4]. */
static char *list_entry(DocBytes list, guint index)
{
    gsize at = 6;
    if (doc_u16(list, 0) != 0xFFFF || index >= doc_u16(list, 2)) return NULL;
    for (guint i = 0; i < index && at < list.length; i++) at += 2 + 2 * (gsize)doc_u16(list, at);
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < doc_u16(list, at) && at + 4 + 2 * (gsize)i <= list.length; i++) {
        guint unit = doc_u16(list, at + 2 + 2 * (gsize)i);
        if (unit >= ' ' && (unit < 0xD800 || unit > 0xDFFF)) g_string_append_unichar(text, unit);
    }
    return g_string_free(text, FALSE);
}

char *doc_form_field(const Doc *doc, guint32 offset)
{
    gsize head =
        doc_u16(doc->data, (gsize)offset + 4); /* [2.9.158]: length, length of the head, head, form */
    DocBytes block = doc_part(doc->data, offset, doc_u32(doc->data, offset));
    DocBytes form = doc_part(block, head, block.length);
    if (head < 6 || doc_u32(form, 0) != 0xFFFFFFFF) return NULL;
    guint kind = doc_u8(form, 4) & 3, result = (doc_u8(form, 4) >> 2) & 0x1F;
    if (kind != FORM_CHECK_BOX && kind != FORM_LIST) return NULL;
    gsize at = skip_string(form, 10);
    if (result == RESULT_DEFAULT) result = doc_u16(form, at);
    if (kind == FORM_CHECK_BOX) return g_strdup(result ? SYMBOL_CHECKED : SYMBOL_UNCHECKED);
    at += 2;
    for (int i = 0; i < 5; i++) at = skip_string(form, at);
    return list_entry(doc_part(form, at, form.length), result);
}

/* --- fields that are all code
 * -------------------------------------------------------------------------------- */

/* The last argument of the first list in parentheses: EQ \o(○,1), EQ \o\ad(\s\up 9(pin),拼). What stands
 * before it lies over it. */
static char *overstrike(const char *code)
{
    const char *open = strstr(code, "\\o");
    open = open ? strchr(open, '(') : NULL;
    if (!open) return NULL;
    const char *begin = open + 1, *p = begin;
    for (int depth = 1; *p; p++) {
        if (*p == '\\' && p[1]) {
            p++;
        } else if (*p == '(') {
            depth++;
        } else if (*p == ')' && --depth == 0) {
            break;
        } else if ((*p == ',' || *p == ';') && depth == 1) {
            begin = p + 1;
        }
    }
    return g_strndup(begin, (gsize)(p - begin));
}

/* SYMBOL 82 \f "Wingdings 2" \s 12 */
static char *symbol(const char *code)
{
    guint number = (guint)strtoul(code, NULL, 0);
    const char *option = strstr(code, "\\f");
    g_autofree char *font = g_strdup(option ? option + 2 : "");
    g_strchug(g_strdelimit(font, "\"", ' '));
    const char *text = symbol_text(font, number);
    if (text) return g_strdup(text);
    char plain[8] = "";
    if (!*font && number >= ' ' && number < 0x7F) plain[0] = (char)number;
    return *plain ? g_strdup(plain) : NULL;
}

/* MACROBUTTON Name text to click on */
static char *button(const char *code)
{
    const char *text = code + strcspn(code, " ");
    return g_strstrip(g_strdup(text));
}

char *doc_code_text(const char *code)
{
    static const struct {
        const char *name;
        char *(*text)(const char *code);
    } kinds[] = {{"EQ ", overstrike}, {"SYMBOL ", symbol}, {"MACROBUTTON ", button}};
    code += strspn(code, " ");
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
        gsize length = strlen(kinds[i].name);
        if (g_ascii_strncasecmp(code, kinds[i].name, length) != 0) continue;
        code += length;
        return kinds[i].text(code + strspn(code, " "));
    }
    return NULL;
}
