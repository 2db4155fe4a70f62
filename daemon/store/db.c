#include "daemon/store/db.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "daemon/store/store.h"

#define BUSY_MS     10000 /* a reader may copy the database meanwhile */
#define PROBE_BYTES 65536
#define SETTINGS                                                                                             \
    "PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF; PRAGMA foreign_keys = ON;"                      \
    "PRAGMA temp_store = MEMORY; PRAGMA cell_size_check = ON; PRAGMA cache_size = -16000;"                   \
    "PRAGMA journal_size_limit = 16777216; PRAGMA wal_autocheckpoint = 4000;"

/* --- errors ----------------------------------------------------------------------------------- */

typedef struct Cause {
    int code; /* primary result code of SQLite */
    StoreError error;
    const char *what, *remedy;
} Cause;

static const Cause CAUSES[] = {
    {SQLITE_BUSY, STORE_ERROR_BUSY, "stayed locked by another program", "end it and start again"},
    {SQLITE_LOCKED, STORE_ERROR_BUSY, "stayed locked by another program", "end it and start again"},
    {SQLITE_CANTOPEN, STORE_ERROR_IO, "cannot be opened", "check that the folder exists and is ours"},
    {SQLITE_PERM, STORE_ERROR_IO, "may not be used", "check the owner of the folder and its files"},
    {SQLITE_READONLY, STORE_ERROR_IO, "may not be written", "check the owner of the folder and its files"},
    {SQLITE_IOERR, STORE_ERROR_IO, "cannot be read or written", "check the disk (journalctl -k)"},
    {SQLITE_CORRUPT, STORE_ERROR_CORRUPT, "is damaged",
     "run 'baosong rebuild', which makes it anew from the mailbox, or restore a backup"},
    {SQLITE_NOTADB, STORE_ERROR_CORRUPT, "is no database",
     "run 'baosong rebuild', which makes it anew from the mailbox, or restore a backup"},
    {SQLITE_CONSTRAINT, STORE_ERROR_STATE, "refused a row that contradicts others", "report this as a bug"},
};

static gboolean is_no_space(int error_number)
{
    return error_number == ENOSPC || error_number == EDQUOT || error_number == EFBIG;
}

/* SQLite tells only ENOSPC as such, and errno is long overwritten: see whether others can write there. */
static gboolean can_write(const Db *db)
{
    static const char zeros[PROBE_BYTES];
    g_autofree char *path = g_build_filename(db->folder, ".probe-XXXXXX", NULL);
    int fd = g_mkstemp(path);
    if (fd < 0) return !is_no_space(errno);
    ssize_t written = write(fd, zeros, sizeof zeros);
    gboolean no_space = written < 0 ? is_no_space(errno) : (gsize)written < sizeof zeros;
    close(fd);
    g_unlink(path);
    return !no_space;
}

/* As kernels make it when a disk errs. */
static gboolean is_frozen(const Db *db)
{
    struct statvfs disk;
    return statvfs(db->folder, &disk) == 0 && (disk.f_flag & ST_RDONLY);
}

static gboolean is_full(Db *db, int code)
{
    int primary = code & 0xff;
    gboolean writes = primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN;
    return primary == SQLITE_FULL || (writes && !db->read_only && !can_write(db));
}

gboolean db_fail(Db *db, int code, GError **error)
{
    int primary = code & 0xff;
    if (primary == SQLITE_NOMEM)
        g_error("%s: no memory", db->path); /* as everywhere: we end, and start again */
    if (is_full(db, code)) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_FULL,
                    "no space left under %s: free some and start again; nothing is lost", db->folder);
        return FALSE;
    }
    const char *detail = db->handle ? sqlite3_errmsg(db->handle) : sqlite3_errstr(code);
    for (guint i = 0; i < G_N_ELEMENTS(CAUSES); i++) {
        if (CAUSES[i].code != primary) continue;
        const char *remedy = CAUSES[i].error == STORE_ERROR_IO && is_frozen(db)
                                 ? "its file system is read-only now: see why (journalctl -k), and remount it"
                                 : CAUSES[i].remedy;
        g_set_error(error, STORE_ERROR, (gint)CAUSES[i].error, "%s %s (%s): %s", db->path, CAUSES[i].what,
                    detail, remedy);
        return FALSE;
    }
    g_set_error(error, STORE_ERROR, STORE_ERROR_CORRUPT,
                "%s is not as this version expects it (%s): run baosong fsck", db->path, detail);
    return FALSE;
}

/* --- opening ---------------------------------------------------------------------------------- */

/* SQLite gives its journals the mode of the database: made by us it is 0600 whatever the umask. */
static void make_private(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd >= 0) close(fd);
}

/* Neither locks nor counters for threads that there are not: they cost more than many a statement. Too late
 * for a library that is in use already is no fault. */
static void configure(void)
{
    static gboolean done;
    if (done) return;
    done = TRUE;
    sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

/* The name to open it by. SQLite writes even to read (the index of the journal), which a file system that is
 * read-only refuses; but there nobody else writes either, and where no journal is left the file is all. */
static char *name_for(const Db *db)
{
    g_autofree char *journal = g_strconcat(db->path, "-wal", NULL);
    struct stat left;
    if (!db->read_only || !is_frozen(db) || (stat(journal, &left) == 0 && left.st_size > 0))
        return g_strdup(db->path);
    g_autofree char *escaped = g_uri_escape_string(db->path, "/", FALSE);
    return g_strdup_printf("file:%s?immutable=1", escaped);
}

Db *db_open(const char *path, gboolean read_only, GError **error)
{
    configure();
    Db *db = g_new0(Db, 1);
    db->path = g_strdup(path);
    db->folder = g_path_get_dirname(path);
    db->read_only = read_only;
    db->statements = g_hash_table_new(g_str_hash, g_str_equal);
    if (!read_only) make_private(path);

    g_autofree char *name = name_for(db);
    int flags =
        SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI | (read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE);
    int code = sqlite3_open_v2(name, &db->handle, flags, NULL);
    if (code == SQLITE_OK) {
        sqlite3_extended_result_codes(db->handle, 1);
        sqlite3_busy_timeout(db->handle, BUSY_MS);
        sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    }
    if (code != SQLITE_OK) {
        db_fail(db, code, error);
        db_close(db);
        return NULL;
    }
    if (!db_script(db, SETTINGS, error)) {
        db_close(db);
        return NULL;
    }
    return db;
}

gboolean db_use_wal(Db *db, GError **error)
{
    return db_script(db, "PRAGMA journal_mode = WAL", error);
}

void db_close(Db *db)
{
    if (!db) return;
    GHashTableIter iter;
    gpointer statement;
    g_hash_table_iter_init(&iter, db->statements);
    while (g_hash_table_iter_next(&iter, NULL, &statement)) sqlite3_finalize(statement);
    g_hash_table_unref(db->statements);
    sqlite3_close(db->handle);
    g_free(db->path);
    g_free(db->folder);
    g_free(db);
}

/* --- statements ------------------------------------------------------------------------------- */

static sqlite3_stmt *prepare(Db *db, const char *sql, GError **error)
{
    sqlite3_stmt *statement = g_hash_table_lookup(db->statements, sql);
    if (statement) return statement;
    int code = sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL);
    if (code != SQLITE_OK) {
        db_fail(db, code, error);
        return NULL;
    }
    g_hash_table_insert(db->statements, (gpointer)sqlite3_sql(statement), statement);
    return statement;
}

static int bind_text(sqlite3_stmt *statement, int column, const char *text, sqlite3_destructor_type life)
{
    return text ? sqlite3_bind_text(statement, column, text, -1, life) : sqlite3_bind_null(statement, column);
}

static int bind_bytes(sqlite3_stmt *statement, int column, GBytes *bytes, sqlite3_destructor_type life)
{
    gsize size;
    const void *data = g_bytes_get_data(bytes, &size);
    return size ? sqlite3_bind_blob64(statement, column, data, size, life)
                : sqlite3_bind_zeroblob(statement, column, 0);
}

static gboolean bind_all(Db *db, sqlite3_stmt *statement, sqlite3_destructor_type life, const char *types,
                         va_list values, GError **error)
{
    int code = SQLITE_OK;
    for (int column = 1; *types && code == SQLITE_OK; types++, column++) {
        gint64 number;
        const char *text;
        switch (*types) {
        case 'i': code = sqlite3_bind_int64(statement, column, va_arg(values, int)); break;
        case 'l': code = sqlite3_bind_int64(statement, column, va_arg(values, gint64)); break;
        case 'z':
            number = va_arg(values, gint64);
            code =
                number ? sqlite3_bind_int64(statement, column, number) : sqlite3_bind_null(statement, column);
            break;
        case 't': code = bind_text(statement, column, va_arg(values, const char *), life); break;
        case 'n':
            text = va_arg(values, const char *);
            code = bind_text(statement, column, text && *text ? text : NULL, life);
            break;
        case 'b': code = bind_bytes(statement, column, va_arg(values, GBytes *), life); break;
        default: g_assert_not_reached();
        }
    }
    return code == SQLITE_OK || db_fail(db, code, error);
}

static sqlite3_stmt *start(Db *db, sqlite3_destructor_type life, const char *sql, const char *types,
                           va_list values, GError **error)
{
    sqlite3_stmt *statement = prepare(db, sql, error);
    if (!statement) return NULL;
    g_assert(!sqlite3_stmt_busy(statement));
    if (bind_all(db, statement, life, types, values, error)) return statement;
    db_done(statement);
    return NULL;
}

gboolean db_run(Db *db, GError **error, const char *sql, const char *types, ...)
{
    va_list values;
    va_start(values, types);
    sqlite3_stmt *statement = start(db, SQLITE_STATIC, sql, types, values, error);
    va_end(values);
    if (!statement) return FALSE;
    int code;
    do {
        code = sqlite3_step(statement);
    } while (code == SQLITE_ROW);
    gboolean ok = code == SQLITE_DONE || db_fail(db, code, error);
    db_done(statement);
    return ok;
}

sqlite3_stmt *db_query(Db *db, GError **error, const char *sql, const char *types, ...)
{
    va_list values;
    va_start(values, types);
    sqlite3_stmt *statement = start(db, SQLITE_TRANSIENT, sql, types, values, error);
    va_end(values);
    return statement;
}

gboolean db_next(Db *db, sqlite3_stmt *statement, GError **error)
{
    int code = sqlite3_step(statement);
    if (code == SQLITE_ROW) return TRUE;
    if (code != SQLITE_DONE) db_fail(db, code, error);
    db_done(statement);
    return FALSE;
}

void db_done(sqlite3_stmt *statement)
{
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
}

gboolean db_int(Db *db, gint64 *value, gint64 otherwise, GError **error, const char *sql, const char *types,
                ...)
{
    *value = otherwise;
    va_list values;
    va_start(values, types);
    sqlite3_stmt *statement = start(db, SQLITE_STATIC, sql, types, values, error);
    va_end(values);
    if (!statement) return FALSE;
    int code = sqlite3_step(statement);
    if (code == SQLITE_ROW && sqlite3_column_type(statement, 0) != SQLITE_NULL)
        *value = sqlite3_column_int64(statement, 0);
    gboolean ok = code == SQLITE_ROW || code == SQLITE_DONE || db_fail(db, code, error);
    db_done(statement);
    return ok;
}

gboolean db_script(Db *db, const char *sql, GError **error)
{
    int code = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);
    return code == SQLITE_OK || db_fail(db, code, error);
}

guint db_changes(Db *db)
{
    return (guint)sqlite3_changes(db->handle);
}

gint64 db_last_id(Db *db)
{
    return sqlite3_last_insert_rowid(db->handle);
}

gboolean db_in_transaction(Db *db)
{
    return !sqlite3_get_autocommit(db->handle);
}

const char *db_text(sqlite3_stmt *statement, int column)
{
    const char *text = (const char *)sqlite3_column_text(statement, column);
    return text ? text : "";
}
