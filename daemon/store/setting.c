/* setting.c - table setting: the mode, what the daemon notes for itself, the gaps of a rebuild. */
#include "daemon/store/private.h"

#include <string.h>

static const char *const MODES[] = {
    [STORE_OBSERVE] = "observe", [STORE_LIVE] = "live", [STORE_HOLD] = "hold"};

char *store_setting(Store *store, const char *key)
{
    g_autoptr (GError) error = NULL;
    sqlite3_stmt *row = db_query(store->db, &error, "SELECT value FROM setting WHERE key = ?", "t", key);
    char *value = NULL;
    if (row && db_next(store->db, row, &error)) {
        value = g_strdup(db_text(row, 0));
        db_done(row);
    }
    if (error) g_warning("setting %s: %s", key, error->message);
    return value;
}

gboolean store_set_setting(Store *store, const char *key, const char *value, GError **error)
{
    if (!value) return db_run(store->db, error, "DELETE FROM setting WHERE key = ?", "t", key);
    return db_run(store->db, error,
                  "INSERT INTO setting (key, value) VALUES (?, ?)"
                  " ON CONFLICT (key) DO UPDATE SET value = excluded.value WHERE value <> excluded.value",
                  "tt", key, value);
}

gint64 store_setting_int(Store *store, const char *key, gint64 otherwise)
{
    g_autofree char *value = store_setting(store, key);
    gint64 number;
    return value && g_ascii_string_to_signed(value, 10, G_MININT64, G_MAXINT64, &number, NULL) ? number
                                                                                               : otherwise;
}

gboolean store_set_setting_int(Store *store, const char *key, gint64 value, GError **error)
{
    g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, value);
    return store_set_setting(store, key, text, error);
}

/* Settings of their own: each is written once, whatever many there are. */
#define GAP "gap: "

gboolean store_note_gap(Store *store, const char *line, GError **error)
{
    g_autofree char *key = g_strconcat(GAP, line, NULL);
    return store_set_setting(store, key, "1", error);
}

GPtrArray *store_gaps(Store *store, GError **error)
{
    GError *fault = NULL;
    g_autoptr (GPtrArray) gaps = g_ptr_array_new_with_free_func(g_free);
    sqlite3_stmt *row = db_query(store->db, &fault,
                                 "SELECT substr(key, ?) FROM setting WHERE key GLOB '" GAP "*' ORDER BY key",
                                 "i", (gint)strlen(GAP) + 1);
    while (row && db_next(store->db, row, &fault)) g_ptr_array_add(gaps, g_strdup(db_text(row, 0)));
    if (!fault) return g_steal_pointer(&gaps);
    g_propagate_error(error, fault);
    return NULL;
}

/* What cannot be read as a mode mails nobody. */
StoreMode store_mode(const Store *store)
{
    g_autofree char *mode = store_setting((Store *)store, "mode");
    for (guint i = 0; mode && i < G_N_ELEMENTS(MODES); i++)
        if (strcmp(mode, MODES[i]) == 0) return (StoreMode)i;
    return STORE_OBSERVE;
}

gboolean store_set_mode(Store *store, StoreMode mode, GError **error)
{
    return store_set_setting(store, "mode", MODES[mode], error);
}

const char *store_mode_name(StoreMode mode)
{
    return MODES[mode];
}
