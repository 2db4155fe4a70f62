/* source.h - the database as reports see it: opened read-only, one snapshot, with TEMP views over the schema
 * so that each sheet is one SELECT (reports/views.c). */
#pragma once

#include <glib.h>

#include "config/config.h"
#include "reports/columns.h"

typedef struct Source Source;

#define SOURCE_ERROR (g_quark_from_static_string("source"))
enum { SOURCE_ERROR_DATABASE };

/* Opens `file` and starts a read transaction that lasts until source_close(): all that is read belongs
 * together, whatever the daemon writes meanwhile. `now` decides what is overdue. */
Source *source_open(const Config *config, const char *file, gint64 now, GError **error);
void source_close(Source *source);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Source, source_close)

typedef struct SourceCell {
    char *text; /* NULL for a number and for an empty cell */
    char *link; /* of COLUMN_LINK: path relative to the share, NULL = none */
    gint64 number;
    gboolean is_number;
} SourceCell;

typedef struct SourceRows {
    guint columns;
    GPtrArray *rows; /* of SourceCell[columns] */
} SourceRows;

/* Runs a SELECT that gives one result column per Column (two for COLUMN_LINK). Caller owns the rows. */
SourceRows *source_select(Source *source, const char *sql, const Column *columns, guint n, GError **error);
const SourceCell *source_cell(const SourceRows *rows, guint row, guint column);
void source_rows_free(SourceRows *rows);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SourceRows, source_rows_free)

/* Adds every cell to a checksum. */
void source_digest(const SourceRows *rows, GChecksum *sum);

/* The single number of a SELECT without parameters. */
gboolean source_number(Source *source, const char *sql, gint64 *number, GError **error);

/* Runs a statement on the TEMP tables with up to 6 parameters: 's' = const char * (NULL allowed), 'i' =
 * gint64, as `types` says. */
gboolean source_run(Source *source, GError **error, const char *sql, const char *types, ...);
