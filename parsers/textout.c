#include "parsers/textout.h"

#include <string.h>

#include "parsers/fields.h"
#include "parsers/limits.h"
#include "parsers/radicals.h"

#define HINT_BEGIN                                                                                           \
    '\x01' /* these two stand in lines and texts until the hand-over; no text has them of its own */
#define HINT_END '\x02'
#define SPAN_MAX 63 /* columns that one cell may cover: Word's own limit */

/* Something that is open. Members beyond the first belong to some kinds only. */
typedef struct Level {
    TextOutKind kind;
    /* document, box, cell: they hold paragraphs */
    GString *text;      /* everything, nested tables too */
    GString *own;       /* without tables */
    GString *line;      /* the open paragraph */
    GString *after;     /* boxes anchored in it: everything */
    GString *after_own; /* boxes anchored in it, without tables */
    gboolean hinted;    /* the open paragraph has hints */
    /* cell */
    guint span;
    gboolean continues, above;
    /* table */
    Table *table;       /* owned by TextOut; NULL when over the caps: then there is only text */
    GPtrArray *logical; /* of rows (GPtrArray of char*) as fields.h wants them; a Chunk's too */
    guint n_rows;
    /* row */
    GPtrArray *cells, *logical_cells; /* of char* */
    GString *row_text;
    gboolean dropped;
} Level;

/* A stretch of the document, so that fields come in order: prose, or a table. */
typedef struct Chunk {
    char *prose;
    GPtrArray *logical;
} Chunk;

struct TextOut {
    GPtrArray *levels; /* of Level*; [0] is the document */
    GPtrArray *chunks; /* of Chunk* */
    GPtrArray *tables; /* of Table*, in the order of their beginnings */
    gsize prose_done;  /* bytes of the document's own text that are in chunks */
    gsize room;        /* bytes of text that may still come */
    guint cells_left;
    guint dropping;
    gboolean laid_out;
    const char *over; /* the cap that was reached; NULL if none */
};

static gboolean holds_text(TextOutKind kind)
{
    return kind == TEXTOUT_DOCUMENT || kind == TEXTOUT_BOX || kind == TEXTOUT_CELL;
}

/* --- making and freeing ----------------------------------------------------------------------- */

static Level *level_new(TextOutKind kind)
{
    Level *level = g_new0(Level, 1);
    level->kind = kind;
    level->span = 1;
    if (holds_text(kind)) {
        level->text = g_string_new(NULL);
        level->own = g_string_new(NULL);
        level->line = g_string_new(NULL);
        level->after = g_string_new(NULL);
        level->after_own = g_string_new(NULL);
    } else if (kind == TEXTOUT_ROW) {
        level->cells = g_ptr_array_new_with_free_func(g_free);
        level->logical_cells = g_ptr_array_new_with_free_func(g_free);
        level->row_text = g_string_new(NULL);
    }
    return level;
}

static void level_free(gpointer data)
{
    Level *level = data;
    GString *strings[] = {level->text,  level->own,       level->line,
                          level->after, level->after_own, level->row_text};
    for (gsize i = 0; i < G_N_ELEMENTS(strings); i++)
        if (strings[i]) g_string_free(strings[i], TRUE);
    g_clear_pointer(&level->logical, g_ptr_array_unref);
    g_clear_pointer(&level->cells, g_ptr_array_unref);
    g_clear_pointer(&level->logical_cells, g_ptr_array_unref);
    g_free(level);
}

static void chunk_free(gpointer data)
{
    Chunk *chunk = data;
    g_free(chunk->prose);
    g_clear_pointer(&chunk->logical, g_ptr_array_unref);
    g_free(chunk);
}

TextOut *textout_new(void)
{
    TextOut *out = g_new0(TextOut, 1);
    out->levels = g_ptr_array_new_with_free_func(level_free);
    out->chunks = g_ptr_array_new_with_free_func(chunk_free);
    out->tables = g_ptr_array_new_with_free_func((GDestroyNotify)table_free);
    out->room = LIMIT_TEXT_BYTES;
    out->cells_left = LIMIT_TABLE_CELLS;
    g_ptr_array_add(out->levels, level_new(TEXTOUT_DOCUMENT));
    return out;
}

void textout_free(TextOut *out)
{
    if (!out) return;
    g_ptr_array_unref(out->levels);
    g_ptr_array_unref(out->chunks);
    g_ptr_array_unref(out->tables);
    g_free(out);
}

/* The innermost open level of a kind, or NULL. TEXTOUT_PLAIN asks for the one that text goes to. */
static Level *innermost(TextOut *out, TextOutKind kind)
{
    for (guint i = out->levels->len; i-- > 0;) {
        Level *level = out->levels->pdata[i];
        if (kind == TEXTOUT_PLAIN ? holds_text(level->kind) : level->kind == kind) return level;
    }
    return NULL;
}

static void append(GString *to, const GString *from)
{
    g_string_append_len(to, from->str, (gssize)from->len);
}

/* --- paragraphs ------------------------------------------------------------------------------- */

void textout_text(TextOut *out, const char *text, gsize length)
{
    if (out->dropping > 0 || length == 0) return;
    if (length > out->room) {
        out->over = "text";
        length = out->room;
        while (length > 0 && ((guchar)text[length] & 0xC0) == 0x80) length--;
        out->room = length;
    }
    out->room -= length;
    g_string_append_len(innermost(out, TEXTOUT_PLAIN)->line, text, (gssize)length);
}

gboolean textout_is_full(const TextOut *out)
{
    return out->room == 0;
}

void textout_laid_out(TextOut *out)
{
    out->laid_out = TRUE;
}

void textout_hint_begin(TextOut *out)
{
    if (out->dropping > 0) return;
    Level *level = innermost(out, TEXTOUT_PLAIN);
    level->hinted = TRUE;
    g_string_append_c(level->line, HINT_BEGIN);
}

void textout_hint_end(TextOut *out)
{
    if (out->dropping == 0) g_string_append_c(innermost(out, TEXTOUT_PLAIN)->line, HINT_END);
}

static void append_without_hints(GString *to, const char *line)
{
    gboolean hint = FALSE;
    for (const char *p = line; *p; p++) {
        if (*p == HINT_BEGIN || *p == HINT_END)
            hint = *p == HINT_BEGIN;
        else if (!hint || *p == '\n')
            g_string_append_c(to, *p);
    }
}

void textout_paragraph(TextOut *out)
{
    if (out->dropping > 0) return;
    Level *level = innermost(out, TEXTOUT_PLAIN);
    const GString *own = level->own; /* it may be long: its end is found by its length */
    gboolean needless = level->line->len == 0 &&
                        (own->len == 0 || (own->len > 1 && memcmp(own->str + own->len - 2, "\n\n", 2) == 0));
    if (!needless) textout_text(out, "\n", 1);
    append(level->text, level->line);
    if (level->hinted)
        append_without_hints(level->own, level->line->str);
    else
        append(level->own, level->line);
    append(level->text, level->after);
    append(level->own, level->after_own);
    level->hinted = FALSE;
    g_string_truncate(level->line, 0);
    g_string_truncate(level->after, 0);
    g_string_truncate(level->after_own, 0);
}

static void close_paragraph(TextOut *out)
{
    const Level *level = innermost(out, TEXTOUT_PLAIN);
    if (level->line->len > 0 || level->after->len > 0) textout_paragraph(out);
}

static char *without_line_ends(const GString *text)
{
    gsize length = text->len;
    while (length > 0 && text->str[length - 1] == '\n') length--;
    return g_strndup(text->str, length);
}

/* --- tables ----------------------------------------------------------------------------------- */

static void add_prose_chunk(TextOut *out)
{
    const Level *document = out->levels->pdata[0];
    if (document->own->len == out->prose_done) return;
    Chunk *chunk = g_new0(Chunk, 1);
    chunk->prose = g_strdup(document->own->str + out->prose_done);
    out->prose_done = document->own->len;
    g_ptr_array_add(out->chunks, chunk);
}

static void begin_table(TextOut *out, Level *level)
{
    close_paragraph(out);
    add_prose_chunk(out);
    Chunk *chunk = g_new0(Chunk, 1);
    chunk->logical = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
    g_ptr_array_add(out->chunks, chunk);
    level->logical = g_ptr_array_ref(chunk->logical);
    if (out->tables->len < LIMIT_TABLES) {
        level->table = table_new();
        g_ptr_array_add(out->tables, level->table);
    } else {
        out->over = "tables";
    }
}

static void end_cell(TextOut *out, Level *cell)
{
    Level *row = innermost(out, TEXTOUT_ROW);
    g_autofree char *text = without_line_ends(cell->text);
    if (row->n_rows++ > 0) g_string_append_c(row->row_text, '\t');
    g_string_append(row->row_text, text);
    g_autofree char *own = without_line_ends(cell->own);
    g_strstrip(own);
    g_ptr_array_add(row->cells, g_strdup(cell->continues ? "" : own));
    if (!cell->continues || cell->above || *own)
        g_ptr_array_add(row->logical_cells, g_strdup(cell->above && !*own ? FIELDS_CONTINUES : own));
    textout_row_skip(out, cell->span - 1);
}

/* The row as one line of the text around the table. */
static void add_row_text(TextOut *out, const Level *row)
{
    Level *around = innermost(out, TEXTOUT_PLAIN);
    const char *text = row->row_text->str;
    if (text[strspn(text, "\t\n ")] == '\0') return;
    g_string_append(around->text, text);
    g_string_append_c(around->text, '\n');
}

static void end_row(TextOut *out, Level *row)
{
    Level *table = innermost(out, TEXTOUT_TABLE);
    if (row->dropped) return;
    add_row_text(out, row);
    if (!table->table) return;
    if (table->n_rows >= LIMIT_TABLE_ROWS || row->cells->len > out->cells_left) {
        out->over = "table cells";
        return;
    }
    out->cells_left -= row->cells->len;
    TableRow *kept = table_add_row(table->table, ++table->n_rows);
    g_ptr_array_extend_and_steal(kept->cells, g_steal_pointer(&row->cells));
    g_ptr_array_add(table->logical, g_steal_pointer(&row->logical_cells));
}

static void end_box(TextOut *out, Level *box)
{
    Level *around = innermost(out, TEXTOUT_PLAIN);
    append(around->after, box->text);
    append(around->after_own, box->own);
}

void textout_begin(TextOut *out, TextOutKind kind)
{
    const Level *top = out->levels->pdata[out->levels->len - 1];
    if (out->dropping > 0 && kind != TEXTOUT_DROP) kind = TEXTOUT_PLAIN;
    if (kind == TEXTOUT_ROW && !innermost(out, TEXTOUT_TABLE)) kind = TEXTOUT_PLAIN;
    if (kind == TEXTOUT_CELL && (!innermost(out, TEXTOUT_ROW) || holds_text(top->kind))) kind = TEXTOUT_PLAIN;
    if (kind == TEXTOUT_ROW && holds_text(top->kind)) kind = TEXTOUT_PLAIN;
    if (kind == TEXTOUT_DROP) out->dropping++;
    Level *level = level_new(kind);
    if (kind == TEXTOUT_TABLE) begin_table(out, level);
    g_ptr_array_add(out->levels, level);
}

void textout_end(TextOut *out)
{
    if (out->levels->len < 2) return;
    Level *level = out->levels->pdata[out->levels->len - 1];
    if (holds_text(level->kind)) close_paragraph(out);
    g_ptr_array_steal_index(out->levels, out->levels->len - 1);
    switch (level->kind) {
    case TEXTOUT_BOX: end_box(out, level); break;
    case TEXTOUT_ROW: end_row(out, level); break;
    case TEXTOUT_CELL: end_cell(out, level); break;
    case TEXTOUT_DROP: out->dropping--; break;
    case TEXTOUT_DOCUMENT:
    case TEXTOUT_TABLE:
    case TEXTOUT_PLAIN: break;
    }
    level_free(level);
}

void textout_row_skip(TextOut *out, guint columns)
{
    Level *row = innermost(out, TEXTOUT_ROW);
    for (guint i = 0; row && i < MIN(columns, SPAN_MAX - 1); i++) g_ptr_array_add(row->cells, g_strdup(""));
}

void textout_row_drop(TextOut *out)
{
    Level *row = innermost(out, TEXTOUT_ROW);
    if (row) row->dropped = TRUE;
}

void textout_row_left_out(TextOut *out)
{
    Level *table = innermost(out, TEXTOUT_TABLE);
    if (!table || !table->table || table->n_rows >= LIMIT_TABLE_ROWS) return;
    GPtrArray *row = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(row, g_strdup(""));
    g_ptr_array_add(table->logical, row);
}

void textout_cell_span(TextOut *out, guint columns)
{
    Level *cell = innermost(out, TEXTOUT_CELL);
    if (cell) cell->span = CLAMP(columns, 1, SPAN_MAX);
}

void textout_cell_continues(TextOut *out, gboolean above)
{
    Level *cell = innermost(out, TEXTOUT_CELL);
    if (!cell) return;
    cell->continues = TRUE;
    cell->above = above;
}

void textout_row_continues(TextOut *out, guint cell, gboolean above)
{
    Level *row = innermost(out, TEXTOUT_ROW);
    if (!row || cell >= row->cells->len || cell >= row->logical_cells->len) return;
    char **shown = (char **)&row->cells->pdata[cell], **logical = (char **)&row->logical_cells->pdata[cell];
    if (above && !**logical) {
        g_free(*logical);
        *logical = g_strdup(FIELDS_CONTINUES);
    } else if (!above && !**logical) {
        g_ptr_array_remove_index(row->logical_cells, cell);
    }
    g_free(*shown);
    *shown = g_strdup("");
}

/* --- handing over ----------------------------------------------------------------------------- */

static void remove_hint_marks(char *text)
{
    static const char MARKS[] = {HINT_BEGIN, HINT_END, '\0'};
    char *to = text + strcspn(text, MARKS); /* mostly the end */
    for (const char *p = to; *p; p++)
        if (*p != HINT_BEGIN && *p != HINT_END) *to++ = *p;
    *to = '\0';
}

static void hand_over_text(TextOut *out, FactsAttachment *attachment)
{
    const Level *document = out->levels->pdata[0];
    g_autofree char *found = without_line_ends(document->text);
    remove_hint_marks(found);
    char *text = g_strconcat(attachment->text, found, NULL);
    gsize length = strlen(text);
    if (length > LIMIT_TEXT_BYTES) { /* tabs and line ends of rows are not in the count above */
        length = LIMIT_TEXT_BYTES;
        while (length > 0 && ((guchar)text[length] & 0xC0) == 0x80) length--;
        text[length] = '\0';
        out->over = "text";
    }
    radicals_unify(text); /* who makes a document of a PDF, or copies from one, brings them along */
    g_free(attachment->text);
    attachment->text = text;
}

void textout_finish(TextOut *out, FactsAttachment *attachment)
{
    close_paragraph(out);
    add_prose_chunk(out);
    hand_over_text(out, attachment);
    for (guint i = 0; i < out->chunks->len; i++) {
        const Chunk *chunk = out->chunks->pdata[i];
        if (chunk->prose)
            fields_from_text(attachment->fields, chunk->prose, !out->laid_out);
        else
            fields_from_table(attachment->fields, chunk->logical);
    }
    fields_number(attachment->fields);
    g_ptr_array_extend_and_steal(attachment->tables, g_steal_pointer(&out->tables));
    out->tables = g_ptr_array_new_with_free_func((GDestroyNotify)table_free);
    if (!out->over) return;
    g_autofree char *detail = g_strdup_printf("more %s than the limit: the rest was not read", out->over);
    facts_add_problem(attachment->problems, "too-large", detail);
}
