#include "parsers/table.h"

#include <string.h>

#include "parsers/charset.h"
#include "parsers/limits.h"

static void row_free(gpointer data)
{
    TableRow *row = data;
    g_ptr_array_unref(row->cells);
    g_free(row);
}

Table *table_new(void)
{
    Table *table = g_new0(Table, 1);
    table->rows = g_ptr_array_new_with_free_func(row_free);
    return table;
}

void table_free(Table *table)
{
    if (!table) return;
    g_ptr_array_unref(table->rows);
    g_free(table);
}

TableRow *table_add_row(Table *table, guint line)
{
    TableRow *row = g_new0(TableRow, 1);
    row->line = line;
    row->cells = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(table->rows, row);
    return row;
}

const char *table_cell(const Table *table, guint row, guint column)
{
    if (row >= table->rows->len) return "";
    const TableRow *r = table->rows->pdata[row];
    return column < r->cells->len ? r->cells->pdata[column] : "";
}

/* --- CSV -------------------------------------------------------------------------------------- */

typedef struct Reader {
    const char *p;
    char separator;
    guint line;        /* of p, 1-based */
    gboolean sent;     /* as far as can be: table_read_csv_sent() */
    guint cells;       /* of all rows */
    gboolean unquoted; /* a quote was never closed: no further one means anything */
    const char *cut;   /* the cap that was reached; NULL if none */
} Reader;

/* Steps over one line end (CRLF, LF or CR) and counts it. */
static void skip_line_end(Reader *reader)
{
    reader->p += reader->p[0] == '\r' && reader->p[1] == '\n' ? 2 : 1;
    reader->line++;
}

static gboolean at_line_end(const Reader *reader)
{
    return *reader->p == '\n' || *reader->p == '\r';
}

/* The candidate that the first line has most of outside quotes; comma if it has none. */
static char find_separator(const char *text)
{
    static const char candidates[] = {',', '\t', ';'};
    guint count[G_N_ELEMENTS(candidates)] = {0};
    gboolean quoted = FALSE;
    for (const char *p = text + strspn(text, "\r\n"); *p && (quoted || !strchr("\r\n", *p)); p++) {
        if (*p == '"') quoted = !quoted;
        for (gsize i = 0; i < G_N_ELEMENTS(candidates) && !quoted; i++) count[i] += *p == candidates[i];
    }
    gsize best = 0;
    for (gsize i = 1; i < G_N_ELEMENTS(candidates); i++)
        if (count[i] > count[best]) best = i;
    return candidates[best];
}

static char *trimmed(const char *text)
{
    const char *end = text + strlen(text);
    while (*text && (g_unichar_isspace(g_utf8_get_char(text)) || g_utf8_get_char(text) == 0xFEFF))
        text = g_utf8_next_char(text);
    while (end > text) {
        const char *last = g_utf8_prev_char(end);
        if (!g_unichar_isspace(g_utf8_get_char(last)) && g_utf8_get_char(last) != 0xFEFF) break;
        end = last;
    }
    return g_strndup(text, (gsize)(end - text));
}

/* The part of a field between its quotes; reader->p stands on the opening one. FALSE: error is set, or (of
 * what was sent) the quote is never closed and nothing was read. */
static gboolean read_quoted(Reader *reader, GString *cell, GError **error)
{
    const Reader before = *reader;
    guint opened = reader->line;
    g_string_truncate(cell, 0); /* white space before the quote */
    for (reader->p++; *reader->p;) {
        if (at_line_end(reader)) {
            skip_line_end(reader);
            g_string_append_c(cell, '\n');
        } else if (*reader->p != '"') {
            g_string_append_c(cell, *reader->p++);
        } else if (reader->p[1] == '"') {
            g_string_append_c(cell, '"');
            reader->p += 2;
        } else {
            reader->p++;
            while (*reader->p == ' ' || (*reader->p == '\t' && reader->separator != '\t')) reader->p++;
            if (*reader->p == reader->separator || *reader->p == '\0' || at_line_end(reader)) return TRUE;
            if (reader->sent) return TRUE; /* Excel takes what follows for part of the cell */
            g_set_error(
                error, TABLE_ERROR, TABLE_ERROR_QUOTE,
                "line %u: text follows the closing quote of the cell that was opened on line %u; quotes "
                "inside a cell are written twice (\"\")",
                reader->line, opened);
            return FALSE;
        }
    }
    if (reader->sent) {
        *reader = before;
        reader->unquoted = TRUE;
        g_string_truncate(cell, 0);
        return FALSE;
    }
    g_set_error(error, TABLE_ERROR, TABLE_ERROR_QUOTE,
                "line %u: the cell that begins here with a quote (\") is never closed", opened);
    return FALSE;
}

/* Whether the cell's quotes begin here. Programs write ="0123" so that Excel leaves a number as it is. */
static gboolean at_quote(Reader *reader, const GString *cell)
{
    const gboolean formula = reader->sent && reader->p[0] == '=' && reader->p[1] == '"';
    if (!formula && *reader->p != '"') return FALSE; /* mostly */
    if (reader->unquoted || strspn(cell->str, " \t") < cell->len) return FALSE;
    reader->p += formula;
    return TRUE;
}

/* One cell, up to its separator or line end, which stay unread. NULL: error is set. */
static char *read_cell(Reader *reader, GError **error)
{
    g_autoptr (GString) cell = g_string_new(NULL);
    gboolean quoted = FALSE;
    while (*reader->p && *reader->p != reader->separator && !at_line_end(reader)) {
        if (!quoted && at_quote(reader, cell)) {
            quoted = TRUE;
            if (read_quoted(reader, cell, error)) continue;
            if (!reader->sent) return NULL;
        }
        g_string_append_c(cell, *reader->p++);
    }
    return trimmed(cell->str);
}

/* One row and its line end. */
static gboolean read_row(Reader *reader, GPtrArray *cells, GError **error)
{
    guint line = reader->line;
    while (TRUE) {
        g_autofree char *cell = read_cell(reader, error);
        if (!cell) return FALSE;
        if (cells->len < LIMIT_CSV_COLUMNS)
            g_ptr_array_add(cells, g_steal_pointer(&cell));
        else if (*cell)
            reader->cut = "columns";
        if (*reader->p != reader->separator) break;
        reader->p++;
        if (cells->len >= LIMIT_CSV_COLUMNS && !reader->sent) {
            g_set_error(error, TABLE_ERROR, TABLE_ERROR_TOO_LARGE, "line %u: more than %d columns", line,
                        LIMIT_CSV_COLUMNS);
            return FALSE;
        }
    }
    if (*reader->p) skip_line_end(reader);
    return TRUE;
}

static gboolean all_empty(const GPtrArray *cells)
{
    for (guint i = 0; i < cells->len; i++)
        if (*(const char *)cells->pdata[i]) return FALSE;
    return TRUE;
}

/* The bytes as text; an error that names the first line with bytes that could not be read. */
static char *decode(const char *bytes, gsize length, GError **error)
{
    if (length > LIMIT_CSV_BYTES) {
        g_set_error(error, TABLE_ERROR, TABLE_ERROR_TOO_LARGE,
                    "the file has %" G_GSIZE_FORMAT " bytes, more than %u", length, LIMIT_CSV_BYTES);
        return NULL;
    }
    gboolean exact;
    g_autofree char *text = charset_to_utf8(bytes, length, NULL, &exact);
    if (exact) return g_steal_pointer(&text);
    const char *bad = strstr(text, "\xEF\xBF\xBD");
    guint line = 1;
    for (const char *p = text; bad && p < bad; p++) line += *p == '\n' || (*p == '\r' && p[1] != '\n');
    g_set_error(error, TABLE_ERROR, TABLE_ERROR_ENCODING,
                "line %u: bytes that are neither UTF-8 nor GB18030; save the file as \"CSV UTF-8\"", line);
    return NULL;
}

/* All rows; FALSE: error is set. */
static gboolean read_rows(Reader *reader, Table *table, GError **error)
{
    while (*reader->p) {
        guint line = reader->line;
        g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func(g_free);
        if (!read_row(reader, cells, error)) return FALSE;
        if (all_empty(cells)) continue;
        reader->cells += cells->len;
        if (reader->sent && reader->cells > LIMIT_TABLE_CELLS) {
            reader->cut = "cells";
            return TRUE;
        }
        if (!reader->sent && table->rows->len >= LIMIT_CSV_ROWS) {
            g_set_error(error, TABLE_ERROR, TABLE_ERROR_TOO_LARGE, "line %u: more than %d rows", line,
                        LIMIT_CSV_ROWS);
            return FALSE;
        }
        TableRow *row = table_add_row(table, line);
        g_ptr_array_unref(row->cells);
        row->cells = g_steal_pointer(&cells);
    }
    return TRUE;
}

Table *table_read_csv(const char *bytes, gsize length, GError **error)
{
    g_autofree char *text = decode(bytes, length, error);
    if (!text) return NULL;
    g_autoptr (Table) table = table_new();
    Reader reader = {.p = text, .separator = find_separator(text), .line = 1};
    if (!read_rows(&reader, table, error)) return NULL;
    return g_steal_pointer(&table);
}

/* Excel's own first line, "sep=;", is no row. */
static void skip_separator_line(Reader *reader)
{
    if (g_ascii_strncasecmp(reader->p, "sep=", 4) != 0 || !reader->p[4] || strcspn(reader->p + 5, "\r\n") > 0)
        return;
    reader->separator = reader->p[4];
    reader->p += 5;
    if (*reader->p) skip_line_end(reader);
}

Table *table_read_csv_sent(const char *bytes, gsize length, const char **cut)
{
    g_autofree char *text = charset_to_utf8(bytes, MIN(length, LIMIT_CSV_BYTES), NULL, NULL);
    Reader reader = {.p = text, .line = 1, .sent = TRUE};
    if (length > LIMIT_CSV_BYTES) {
        reader.cut = "bytes";
        char *last = strrchr(text, '\n');
        if (last) last[1] = '\0'; /* the line that was cut in two */
    }
    Table *table = table_new();
    reader.separator = find_separator(text);
    skip_separator_line(&reader);
    read_rows(&reader, table, NULL);
    *cut = reader.cut;
    return table;
}
