/* migrate.h - private to daemon/store: brings a database to the schema of this version.
 *
 * migrations/NNNN-name.sql are numbered from 0001 without gaps and embedded by the Makefile. One that has
 * been released is never edited: a change is a new file.
 */
#pragma once

#include "daemon/store/db.h"

typedef struct StoreMigration {
    const char *name; /* 0001-first */
    const unsigned char *sql;
} StoreMigration;

extern const StoreMigration STORE_MIGRATIONS[]; /* in order; ends with {NULL, NULL} */

#define STORE_APPLICATION_ID 0x62616f73 /* "baos": file(1) and we know the database by it */

/* Checks whose database it is and how old, then runs what it lacks, each migration in a transaction with its
 * user_version. STORE_ERROR_SCHEMA if it is newer than we are; with read_only also if it is older;
 * STORE_ERROR_CORRUPT if it is somebody else's. A database that we refuse is not changed. */
gboolean migrate_database(Db *db, gboolean read_only, GError **error);
