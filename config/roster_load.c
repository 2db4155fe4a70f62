#include <string.h>

#include "config/roster.h"

/* People rename workbooks instead of saving them as CSV. */
static gboolean is_workbook(const char *bytes, gsize length)
{
    static const struct {
        const char *magic;
        gsize length;
    } workbooks[] = {{"PK\x03\x04", 4}, {"\xD0\xCF\x11\xE0", 4}};
    for (guint i = 0; i < G_N_ELEMENTS(workbooks); i++)
        if (length >= workbooks[i].length && memcmp(bytes, workbooks[i].magic, workbooks[i].length) == 0)
            return TRUE;
    return FALSE;
}

Roster *roster_load(const char *file, GPtrArray *faults, GError **unread)
{
    g_autofree char *bytes = NULL;
    gsize length;
    g_autoptr (GError) error = NULL;
    if (!g_file_get_contents(file, &bytes, &length, &error)) {
        g_ptr_array_add(faults, g_strdup(error->message));
        g_propagate_error(unread, g_steal_pointer(&error));
        return NULL;
    }
    if (is_workbook(bytes, length)) {
        g_ptr_array_add(faults,
                        g_strdup("line 1: this is a workbook; open it and save it as CSV (CSV UTF-8)"));
        return NULL;
    }
    g_autoptr (Table) table = table_read_csv(bytes, length, &error);
    if (table) return roster_from_table(table, faults);
    g_ptr_array_add(faults, g_strdup(error->message));
    return NULL;
}
