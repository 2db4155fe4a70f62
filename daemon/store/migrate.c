#include "daemon/store/migrate.h"

#include "daemon/store/store.h"

static gint64 newest(void)
{
    gint64 count = 0;
    while (STORE_MIGRATIONS[count].sql) count++;
    return count;
}

/* Foreign keys are checked as a whole: a migration may rebuild a table that others refer to. */
static gboolean check_references(Db *db, const char *name, GError **error)
{
    sqlite3_stmt *rows = db_query(db, error, "PRAGMA foreign_key_check", "");
    if (!rows) return FALSE;
    GError *fault = NULL;
    if (db_next(db, rows, &fault)) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_CORRUPT,
                    "%s: after migration %s table %s has rows that refer to nothing: run baosong fsck",
                    db->path, name, db_text(rows, 0));
        db_done(rows);
        return FALSE;
    }
    if (!fault) return TRUE;
    g_propagate_error(error, fault);
    return FALSE;
}

static gboolean run(Db *db, const StoreMigration *migration, gint64 number, GError **error)
{
    g_autofree char *stamp = g_strdup_printf("PRAGMA application_id = %d; PRAGMA user_version = %d",
                                             STORE_APPLICATION_ID, (int)number);
    return db_script(db, "BEGIN IMMEDIATE", error) && db_script(db, (const char *)migration->sql, error) &&
           check_references(db, migration->name, error) && db_script(db, stamp, error) &&
           db_script(db, "COMMIT", error);
}

static gboolean run_all(Db *db, gint64 version, GError **error)
{
    if (!db_script(db, "PRAGMA foreign_keys = OFF", error)) return FALSE;
    for (gint64 i = version; STORE_MIGRATIONS[i].sql; i++) {
        if (!run(db, &STORE_MIGRATIONS[i], i + 1, error)) {
            db_script(db, "ROLLBACK", NULL);
            return FALSE;
        }
        g_debug("%s: migration %s done", db->path, STORE_MIGRATIONS[i].name);
    }
    return db_script(db, "PRAGMA foreign_keys = ON", error);
}

gboolean migrate_database(Db *db, gboolean read_only, GError **error)
{
    gint64 application, version, tables;
    if (!db_int(db, &application, 0, error, "PRAGMA application_id", "") ||
        !db_int(db, &version, 0, error, "PRAGMA user_version", "") ||
        !db_int(db, &tables, 0, error, "SELECT count(*) FROM sqlite_schema", ""))
        return FALSE;

    gboolean ours = application == STORE_APPLICATION_ID || (application == 0 && version == 0 && tables == 0);
    if (!ours) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_CORRUPT,
                    "%s is a database of some other program: give baosong a state_dir of its own", db->path);
        return FALSE;
    }
    if (version > newest()) {
        g_set_error(
            error, STORE_ERROR, STORE_ERROR_SCHEMA,
            "%s was made by a newer baosong (schema %d, this one knows %d): install that version again; "
            "nothing was changed",
            db->path, (int)version, (int)newest());
        return FALSE;
    }
    if (!read_only) return db_use_wal(db, error) && run_all(db, version, error);
    if (version == newest()) return TRUE;
    g_set_error(error, STORE_ERROR, STORE_ERROR_SCHEMA,
                "%s is of an older baosong (schema %d, this one needs %d): start baosongd once", db->path,
                (int)version, (int)newest());
    return FALSE;
}
