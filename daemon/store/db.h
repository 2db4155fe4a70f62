/* db.h - private to daemon/store: one SQLite connection, its kept statements, and its errors as GError.
 *
 * Values are bound by a string of types, one letter each:
 *     i int, guint, gboolean    l gint64    t text (NULL = SQL NULL)    n text, "" = SQL NULL
 *     z gint64, 0 = SQL NULL    b GBytes
 */
#pragma once

#include <glib.h>
#include <sqlite3.h>

typedef struct Db {
    sqlite3 *handle;
    char *path;
    char *folder; /* of the database, for messages */
    gboolean read_only;
    GHashTable *statements; /* SQL text -> sqlite3_stmt*, kept until db_close */
} Db;

/* Opens the file (made 0600 if missing, unless read_only) with foreign keys, WAL and synchronous=FULL.
 * Nothing of the file's content is changed but the journal mode: call db_use_wal() once it is known to be
 * ours. */
Db *db_open(const char *path, gboolean read_only, GError **error);
gboolean db_use_wal(Db *db, GError **error);
void db_close(Db *db);

/* Runs a statement to its end. The bound values are only read during the call. */
gboolean db_run(Db *db, GError **error, const char *sql, const char *types, ...);

/* Starts a query; values are copied. Step with db_next() until it says FALSE (the statement is then reset),
 * or db_done() earlier. NULL on error. The same SQL cannot be run within itself. */
sqlite3_stmt *db_query(Db *db, GError **error, const char *sql, const char *types, ...);
gboolean db_next(Db *db, sqlite3_stmt *statement, GError **error);
void db_done(sqlite3_stmt *statement);

/* The first column of the first row; `otherwise` where there is none or it is NULL. FALSE on error. */
gboolean db_int(Db *db, gint64 *value, gint64 otherwise, GError **error, const char *sql, const char *types,
                ...);

/* Several statements without values (migrations, pragmas). */
gboolean db_script(Db *db, const char *sql, GError **error);

/* Rows that the last db_run() changed; the rowid that it gave. */
guint db_changes(Db *db);
gint64 db_last_id(Db *db);
gboolean db_in_transaction(Db *db);

/* Text of a column, "" for NULL; borrowed until the next step. */
const char *db_text(sqlite3_stmt *statement, int column);

/* What sqlite3 last complained of, in our words. Returns FALSE. */
gboolean db_fail(Db *db, int code, GError **error);
