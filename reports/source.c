#include "reports/source.h"

#include <sqlite3.h>
#include <stdarg.h>
#include <string.h>

#include "reports/views.h"

struct Source {
    sqlite3 *db;
    char *file;
};

#define WAIT_MS 10000 /* for another connection that is recovering the database */

static gboolean fault(const Source *source, GError **error)
{
    g_set_error(error, SOURCE_ERROR, SOURCE_ERROR_DATABASE,
                "cannot read %s for the workbook: %s; try `baosong fsck`", source->file,
                source->db ? sqlite3_errmsg(source->db) : "out of memory");
    return FALSE;
}

static gboolean script(Source *source, const char *sql, GError **error)
{
    return sqlite3_exec(source->db, sql, NULL, NULL, NULL) == SQLITE_OK || fault(source, error);
}

static gboolean fill_campaign(Source *source, const Config *config, gint64 now, GError **error)
{
    if (!source_run(source, error, "INSERT INTO temp.campaign VALUES (?, ?, ?)", "sii",
                    config->campaign.number_prefix, config->campaign.deadline_at, now))
        return FALSE;
    for (guint i = 0; i < config->themes->len; i++) {
        const Theme *theme = g_ptr_array_index(config->themes, i);
        if (!source_run(source, error, "INSERT INTO temp.theme VALUES (?, ?, ?)", "iss", (gint64)i,
                        theme->title, theme->short_name))
            return FALSE;
    }
    for (guint i = 0; i < config->campaign.innovation->len; i++)
        if (!source_run(source, error, "INSERT INTO temp.innovation VALUES (?, ?)", "is", (gint64)i,
                        g_ptr_array_index(config->campaign.innovation, i)))
            return FALSE;
    return TRUE;
}

Source *source_open(const Config *config, const char *file, gint64 now, GError **error)
{
    g_autoptr (Source) source = g_new0(Source, 1);
    source->file = g_strdup(file);
    if (sqlite3_open_v2(file, &source->db, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK) {
        fault(source, error);
        return NULL;
    }
    sqlite3_busy_timeout(source->db, WAIT_MS);
    if (!script(source, "PRAGMA temp_store = MEMORY; BEGIN;", error)) return NULL;
    for (const char *const *part = views_scripts(); *part; part++)
        if (!script(source, *part, error)) return NULL;
    if (!fill_campaign(source, config, now, error)) return NULL;
    return g_steal_pointer(&source);
}

void source_close(Source *source)
{
    if (!source) return;
    sqlite3_close(source->db);
    g_free(source->file);
    g_free(source);
}

/* --- rows ------------------------------------------------------------------------------------- */

static void cell_clear(SourceCell *cell)
{
    g_free(cell->text);
    g_free(cell->link);
}

void source_rows_free(SourceRows *rows)
{
    if (!rows) return;
    for (guint i = 0; i < rows->rows->len; i++) {
        SourceCell *cells = g_ptr_array_index(rows->rows, i);
        for (guint c = 0; c < rows->columns; c++) cell_clear(&cells[c]);
        g_free(cells);
    }
    g_ptr_array_unref(rows->rows);
    g_free(rows);
}

const SourceCell *source_cell(const SourceRows *rows, guint row, guint column)
{
    const SourceCell *cells = g_ptr_array_index(rows->rows, row);
    return &cells[column];
}

/* Text with NUL bytes inside ends at the first. */
static char *column_text(sqlite3_stmt *statement, int column)
{
    const char *text = (const char *)sqlite3_column_text(statement, column);
    return text && *text ? g_strdup(text) : NULL;
}

static void read_row(SourceRows *rows, sqlite3_stmt *statement, const Column *columns)
{
    SourceCell *cells = g_new0(SourceCell, rows->columns);
    int at = 0;
    for (guint c = 0; c < rows->columns; c++, at++) {
        if (columns[c].kind == COLUMN_COUNT || columns[c].kind == COLUMN_TIME) {
            cells[c].is_number = sqlite3_column_type(statement, at) == SQLITE_INTEGER;
            cells[c].number = sqlite3_column_int64(statement, at);
            continue;
        }
        cells[c].text = column_text(statement, at);
        if (columns[c].kind == COLUMN_LINK) cells[c].link = column_text(statement, ++at);
    }
    g_ptr_array_add(rows->rows, cells);
}

static int result_columns(const Column *columns, guint n)
{
    int needed = (int)n;
    for (guint i = 0; i < n; i++) needed += columns[i].kind == COLUMN_LINK;
    return needed;
}

SourceRows *source_select(Source *source, const char *sql, const Column *columns, guint n, GError **error)
{
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v2(source->db, sql, -1, &statement, NULL) != SQLITE_OK) {
        fault(source, error);
        return NULL;
    }
    g_assert(sqlite3_column_count(statement) == result_columns(columns, n));
    g_autoptr (SourceRows) rows = g_new0(SourceRows, 1);
    rows->columns = n;
    rows->rows = g_ptr_array_new();
    int step;
    while ((step = sqlite3_step(statement)) == SQLITE_ROW) read_row(rows, statement, columns);
    if (step != SQLITE_DONE) fault(source, error);
    sqlite3_finalize(statement);
    return step == SQLITE_DONE ? g_steal_pointer(&rows) : NULL;
}

/* Each part with its length, so that no two tables give the same bytes. */
static void digest_text(const char *text, GChecksum *sum)
{
    gint64 length = text ? (gint64)strlen(text) : -1;
    g_checksum_update(sum, (const guchar *)&length, sizeof length);
    if (text) g_checksum_update(sum, (const guchar *)text, (gssize)length);
}

void source_digest(const SourceRows *rows, GChecksum *sum)
{
    guint size[2] = {rows->rows->len, rows->columns};
    g_checksum_update(sum, (const guchar *)size, sizeof size);
    for (guint r = 0; r < rows->rows->len; r++)
        for (guint c = 0; c < rows->columns; c++) {
            const SourceCell *cell = source_cell(rows, r, c);
            gint64 number[2] = {cell->is_number, cell->number};
            g_checksum_update(sum, (const guchar *)number, sizeof number);
            digest_text(cell->text, sum);
            digest_text(cell->link, sum);
        }
}

gboolean source_number(Source *source, const char *sql, gint64 *number, GError **error)
{
    static const Column ONE[] = {{"", 0, COLUMN_COUNT, 0}};
    g_autoptr (SourceRows) rows = source_select(source, sql, ONE, 1, error);
    if (!rows) return FALSE;
    *number = rows->rows->len > 0 ? source_cell(rows, 0, 0)->number : 0;
    return TRUE;
}

gboolean source_run(Source *source, GError **error, const char *sql, const char *types, ...)
{
    sqlite3_stmt *statement;
    va_list args;
    if (sqlite3_prepare_v2(source->db, sql, -1, &statement, NULL) != SQLITE_OK) return fault(source, error);
    va_start(args, types);
    for (int i = 0; types[i]; i++) {
        if (types[i] == 'i')
            sqlite3_bind_int64(statement, i + 1, va_arg(args, gint64));
        else
            sqlite3_bind_text(statement, i + 1, va_arg(args, const char *), -1, SQLITE_TRANSIENT);
    }
    va_end(args);
    int step = sqlite3_step(statement);
    if (step != SQLITE_DONE) fault(source, error);
    sqlite3_finalize(statement);
    return step == SQLITE_DONE;
}
