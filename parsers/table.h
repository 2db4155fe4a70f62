/* table.h - a table of text cells, and reading one from CSV as Excel and WPS save it. */
#pragma once

#include <glib.h>

/* One cell: where it stood in the source, for messages to people. */
typedef struct TableRow {
    guint line;       /* 1-based line of the file (CSV) or row number (worksheet) */
    GPtrArray *cells; /* of char*, UTF-8, never NULL; may be shorter than other rows */
} TableRow;

typedef struct Table {
    GPtrArray *rows; /* of TableRow* */
} Table;

Table *table_new(void);
void table_free(Table *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Table, table_free)

/* Appends an empty row that stood at `line` and returns it (owned by the table). */
TableRow *table_add_row(Table *table, guint line);

/* The cell, or "" where the row is shorter. Never NULL; owned by the table. Both indexes are 0-based. */
const char *table_cell(const Table *table, guint row, guint column);

#define TABLE_ERROR (g_quark_from_static_string("table"))
enum { TABLE_ERROR_TOO_LARGE, TABLE_ERROR_ENCODING, TABLE_ERROR_QUOTE };

/* Reads RFC 4180 CSV: quoted fields with "" and line breaks inside, CRLF, LF or CR; separator comma, tab or
 * semicolon (whichever the first line has most of, outside quotes). Bytes are UTF-8 with or without BOM,
 * UTF-16 with BOM, else GB18030. Cells are trimmed of white space (U+3000 too); rows of only empty cells are
 * left out. Caps: LIMIT_CSV_*. Errors name the line. The caller owns the table. */
Table *table_read_csv(const char *bytes, gsize length, GError **error);

/* The same for a file that anybody may have sent: as much of it as can be read. Bytes that are nothing are
 * U+FFFD, text behind a closing quote is part of the cell, a quote that is never closed is a character, ="01"
 * is 01, and a first line sep=; names the separator. Caps: LIMIT_CSV_BYTES and _COLUMNS, LIMIT_TABLE_CELLS;
 * what they leave out is left out, and *cut (static) is then "bytes", "columns" or "cells", else NULL. Never
 * NULL; the caller owns the table. */
Table *table_read_csv_sent(const char *bytes, gsize length, const char **cut);
