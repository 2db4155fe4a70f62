/* fields_number.c - labels that come again. */
#include <string.h>

#include "parsers/fields.h"

typedef struct Seen {
    FactsField *first; /* borrowed */
    guint values;      /* different ones, so far */
} Seen;

/* Of the person named before it: an empty one is not filled from what stands behind another. */
static gboolean is_of_person(const char *label)
{
    return strstr(label, "电话") || strstr(label, "手机") || strstr(label, "邮箱") || strstr(label, "职务") ||
           strcmp(label, "编号") == 0;
}

static gboolean is_new(GHashTable *seen, FactsField *field)
{
    if (g_hash_table_contains(seen, field->label)) return FALSE;
    const Seen entry = {field, 1};
    g_hash_table_insert(seen, g_strdup(field->label), g_memdup2(&entry, sizeof entry));
    return TRUE;
}

void fields_number(GPtrArray *fields)
{
    g_autoptr (GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    gboolean several = FALSE;
    for (guint i = 0; i < fields->len;) {
        FactsField *field = fields->pdata[i];
        if (is_new(seen, field)) {
            i++;
            continue;
        }
        Seen *before = g_hash_table_lookup(seen, field->label);
        FactsField *first = before->first;
        gboolean known = *field->value && strcmp(field->label, "序号") != 0 && fields_is_label(field->label);
        gboolean open = known && !*first->value && !several && !is_of_person(field->label);
        if (known && !open && strcmp(field->value, first->value) != 0) {
            g_autofree char *label = field->label;
            field->label = g_strdup_printf("%s（%u）", label, ++before->values);
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
