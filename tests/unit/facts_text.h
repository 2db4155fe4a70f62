/* facts_text.h - what was found in a document, as short strings for tests. */
#pragma once

#include "parsers/facts.h"

/* "label=value" in order, parted by ";" */
static inline char *fields_text(const FactsAttachment *attachment)
{
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < attachment->fields->len; i++) {
        const FactsField *field = attachment->fields->pdata[i];
        g_string_append_printf(out, "%s%s=%s", i ? ";" : "", field->label, field->value);
    }
    return g_string_free(out, FALSE);
}

/* Cells parted by "|", rows by "/", tables by "#" */
static inline char *tables_text(const FactsAttachment *attachment)
{
    GString *out = g_string_new(NULL);
    for (guint t = 0; t < attachment->tables->len; t++) {
        const Table *table = attachment->tables->pdata[t];
        for (guint r = 0; r < table->rows->len; r++) {
            const TableRow *row = table->rows->pdata[r];
            g_string_append(out, r ? "/" : t ? "#" : "");
            for (guint c = 0; c < row->cells->len; c++)
                g_string_append_printf(out, "%s%s", c ? "|" : "", table_cell(table, r, c));
        }
    }
    return g_string_free(out, FALSE);
}

/* Codes parted by "," */
static inline char *problems_text(const FactsAttachment *attachment)
{
    GString *out = g_string_new(NULL);
    for (guint i = 0; i < attachment->problems->len; i++)
        g_string_append_printf(out, "%s%s", i ? "," : "",
                               ((FactsProblem *)attachment->problems->pdata[i])->code);
    return g_string_free(out, FALSE);
}
