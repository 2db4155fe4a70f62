/* Forms as text, as a table, and as a .csv: the first byte says which. */
#include "parsers/fields.h"
#include "parsers/limits.h"
#include "tests/fuzz/fuzz.h"

static void check(const GPtrArray *fields)
{
    FUZZ_PROMISE(fields->len <= LIMIT_FIELDS, "as many fields as there may be");
    for (guint i = 0; i < fields->len; i++) {
        const FactsField *field = fields->pdata[i];
        FUZZ_PROMISE(*field->label && g_utf8_validate(field->label, -1, NULL), "labels are text");
        FUZZ_PROMISE(g_utf8_validate(field->value, -1, NULL), "values are text");
    }
}

/* Cells are parted by "|", rows by line ends; "^" is part of the cell above. */
static void read_table(GPtrArray *fields, const char *text)
{
    g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (guint r = 0; lines[r]; r++) {
        GPtrArray *row = g_ptr_array_new_with_free_func(g_free);
        g_auto(GStrv) cells = g_strsplit(lines[r], "|", -1);
        for (guint i = 0; cells[i]; i++)
            g_ptr_array_add(row, g_strdup(g_str_equal(cells[i], "^") ? FIELDS_CONTINUES : cells[i]));
        g_ptr_array_add(rows, row);
    }
    fields_from_table(fields, rows);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_start();
    if (size == 0) return 0;
    g_autofree char *raw = fuzz_text(data + 1, size - 1), *text = g_utf8_make_valid(raw, -1);
    g_autoptr (GPtrArray) fields = g_ptr_array_new_with_free_func(facts_field_free);
    if (data[0] % 3 == 0)
        read_table(fields, text);
    else
        fields_from_text(fields, text, data[0] % 3 == 1);
    check(fields);
    fields_number(fields);
    check(fields);
    g_autoptr (GBytes) bytes = g_bytes_new(data + 1, size - 1);
    if (data[0] >= 0x80) fuzz_document(bytes, "a.csv");
    return 0;
}
