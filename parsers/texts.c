#include "parsers/texts.h"

#include <string.h>

#include "parsers/charset.h"
#include "parsers/fields.h"
#include "parsers/limits.h"
#include "parsers/textout.h"

#define BYTES_MAX (8u * LIMIT_TEXT_BYTES) /* of a file that are decoded: more would be cut off anyway */

gboolean texts_is_blank(const char *text)
{
    while (*text && g_unichar_isspace(g_utf8_get_char(text))) text = g_utf8_next_char(text);
    return !*text;
}

void texts_check_empty(FactsAttachment *attachment)
{
    if (texts_is_blank(attachment->text))
        facts_add_problem(attachment->problems, "empty-document", "no text");
}

/* Controls are left out; lines and pages end. */
static void put_text(TextOut *out, const char *text)
{
    for (const char *p = text; *p;) {
        gsize n = 0;
        while ((guchar)p[n] >= ' ' || p[n] == '\t') n++;
        textout_text(out, p, n);
        p += n;
        if (*p == '\n' || *p == '\v' || (*p == '\r' && p[1] != '\n')) textout_paragraph(out);
        if (*p) p++;
    }
}

void texts_read_plain(FactsAttachment *attachment, GBytes *bytes)
{
    gsize length;
    const char *data = g_bytes_get_data(bytes, &length);
    g_autofree char *text = charset_to_utf8(data, MIN(length, BYTES_MAX), NULL, NULL);
    g_autoptr (TextOut) out = textout_new();
    put_text(out, text);
    textout_finish(out, attachment);
    texts_check_empty(attachment);
}

/* Whether a row has a label before the empty cell and another behind it: then the one before has no value. */
static gboolean is_between_labels(const Table *table, guint row, guint column)
{
    guint n = ((TableRow *)table->rows->pdata[row])->cells->len, next = column + 1;
    if (column == 0 || column >= n || !*table_cell(table, row, column - 1)) return FALSE;
    if (!fields_is_label(table_cell(table, row, column - 1))) return FALSE;
    while (next < n && !*table_cell(table, row, next)) next++;
    return next < n && fields_is_label(table_cell(table, row, next));
}

/* Which columns say nothing, though others behind them do: spreadsheets leave them empty where cells were
 * merged. All behind the first do so where only that says something. */
static gboolean *silent_columns(const Table *table, guint *used)
{
    guint widest = 0;
    *used = 0;
    for (guint r = 0; r < table->rows->len; r++)
        widest = MAX(widest, ((TableRow *)table->rows->pdata[r])->cells->len);
    gboolean *silent = g_new(gboolean, widest + 1);
    for (guint i = 0; i < widest; i++) silent[i] = TRUE;
    for (guint r = 0; r < table->rows->len; r++)
        for (guint i = 0; i < ((TableRow *)table->rows->pdata[r])->cells->len; i++) {
            if (!*table_cell(table, r, i)) continue;
            silent[i] = FALSE;
            *used = MAX(*used, i + 1);
        }
    const guint first_behind = *used;
    for (guint i = 1; i < widest && first_behind > 1; i++) {
        gboolean values = i >= first_behind; /* that were not filled in */
        for (guint r = 0; r < table->rows->len && silent[i] && !values; r++)
            values = is_between_labels(table, r, i);
        silent[i] = silent[i] && !values;
    }
    return silent;
}

static void put_row(TextOut *out, const Table *table, guint row, const gboolean *silent)
{
    const TableRow *source = table->rows->pdata[row];
    textout_begin(out, TEXTOUT_ROW);
    for (guint i = 0; i < source->cells->len; i++) {
        textout_begin(out, TEXTOUT_CELL);
        if (silent[i] && i > 0) textout_cell_continues(out, FALSE);
        put_text(out, table_cell(table, row, i));
        textout_end(out);
    }
    textout_end(out);
}

/* Where the row's text ends, if nothing was trimmed. */
static guint last_line(const Table *table, guint row)
{
    const TableRow *source = table->rows->pdata[row];
    guint line = source->line;
    for (guint i = 0; i < source->cells->len; i++)
        for (const char *p = table_cell(table, row, i); (p = strchr(p, '\n')); p++) line++;
    return line;
}

void texts_read_csv(FactsAttachment *attachment, GBytes *bytes)
{
    gsize length;
    const char *data = g_bytes_get_data(bytes, &length), *cut;
    g_autoptr (Table) table = table_read_csv_sent(data, length, &cut);
    g_autoptr (TextOut) out = textout_new();
    if (table->rows->len > 0) textout_begin(out, TEXTOUT_TABLE);
    guint row = 0, used;
    g_autofree gboolean *silent = silent_columns(table, &used);
    for (; row < table->rows->len && !textout_is_full(out); row++) {
        const TableRow *next = table->rows->pdata[row];
        if (used == 1 && row > 0 && next->line > last_line(table, row - 1) + 1) textout_row_left_out(out);
        put_row(out, table, row, silent);
    }
    if (row > 0) textout_end(out);
    textout_finish(out, attachment);
    if (cut && attachment->problems->len == 0) { /* the text may have been cut before */
        g_autofree char *detail = g_strdup_printf("more %s than the limit: the rest was not read", cut);
        facts_add_problem(attachment->problems, "too-large", detail);
    }
    texts_check_empty(attachment);
}
