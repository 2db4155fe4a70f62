/* A CSV table, and the roster in it. */
#include "config/roster.h"
#include "parsers/limits.h"
#include "tests/fuzz/fuzz.h"

static void is_text(const Table *table)
{
    for (guint r = 0; r < table->rows->len; r++) {
        const TableRow *row = g_ptr_array_index(table->rows, r);
        FUZZ_PROMISE(row->cells->len <= LIMIT_CSV_COLUMNS, "the cap on columns");
        for (guint c = 0; c < row->cells->len; c++)
            FUZZ_PROMISE(g_utf8_validate(table_cell(table, r, c), -1, NULL), "valid UTF-8");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_start();
    const char *cut;
    g_autoptr (Table) sent = table_read_csv_sent((const char *)data, size, &cut);
    is_text(sent);
    g_autoptr (GError) error = NULL;
    g_autoptr (Table) table = table_read_csv((const char *)data, size, &error);
    FUZZ_PROMISE(!table == (error != NULL), "a table or an error");
    if (!table) return 0;
    is_text(table);
    g_autoptr (GPtrArray) faults = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_unref(roster_ignored_columns(table));
    g_autoptr (Roster) roster = roster_from_table(table, faults);
    FUZZ_PROMISE(!roster == (faults->len > 0), "a roster or faults");
    for (guint i = 0; i < faults->len; i++) fuzz_is_line(g_ptr_array_index(faults, i));
    if (!roster) return 0;
    for (guint i = 0; i < roster->committees->len; i++) {
        const Committee *committee = g_ptr_array_index(roster->committees, i);
        FUZZ_PROMISE(roster_find_name(roster, committee->name) == committee, "a committee has its name");
        FUZZ_PROMISE(roster_find_code(roster, committee->code) == committee, "a committee has its code");
    }
    return 0;
}
