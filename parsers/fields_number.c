/* fields_number.c - labels that come again. */
#include <string.h>

#include "parsers/fields.h"

typedef struct Seen {
    FactsField *first; /* borrowed */
    guint form;        /* the last that had the label */
} Seen;

static gboolean is_new(GHashTable *seen, FactsField *field, guint form)
{
    if (g_hash_table_contains(seen, field->label)) return FALSE;
    const Seen entry = {field, form};
    g_hash_table_insert(seen, g_strdup(field->label), g_memdup2(&entry, sizeof entry));
    return TRUE;
}

void fields_number(GPtrArray *fields)
{
    g_autoptr (GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    guint form = 1;
    gboolean several = FALSE;
    for (guint i = 0; i < fields->len;) {
        FactsField *field = fields->pdata[i];
        if (is_new(seen, field, form)) {
            i++;
            continue;
        }
        Seen *before = g_hash_table_lookup(seen, field->label);
        FactsField *first = before->first;
        form += before->form == form;
        before->form = form;
        gboolean known = *field->value && strcmp(field->label, "序号") != 0 && fields_is_label(field->label);
        gboolean open = known && !*first->value && !several;
        if (known && !open && strcmp(field->value, first->value) != 0) {
            g_autofree char *label = field->label;
            field->label = g_strdup_printf("%s（%u）", label, form);
            several = TRUE;
            i++;
            continue;
        }
        if (open) {
            g_free(first->value);
            first->value = g_strdup(field->value);
        }
        g_ptr_array_remove_index(fields, i);
    }
}
