/* Form fields. */
#include "parsers/doc_parts.h"
#include "parsers/forms_control.h"
#include "parsers/ole2_parts.h"
#include "parsers/symbols.h"

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

char *doc_control(const Doc *doc, guint32 number)
{
    const CfbNode *pool = cfb_child(cfb_root(doc->ole2->file), "ObjectPool");
    g_autofree char *name = g_strdup_printf("_%u", number);
    const CfbNode *storage = pool ? cfb_child(pool, name) : NULL;
    return storage ? forms_control_in(doc->ole2->file, storage, NULL) : NULL;
}
