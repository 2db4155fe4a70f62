#include "parsers/sheets_form.h"

#include "parsers/fields.h"

#define FORM_COLUMNS 256 /* a form that is merged over more is not */

typedef struct Sheet {
    const GArray *merges;   /* of SheetsMerge */
    guint leftmost, widest; /* columns: the first that is used, the one behind the last */
} Sheet;

static const SheetsMerge *merge_at(const Sheet *sheet, guint i)
{
    return &g_array_index(sheet->merges, SheetsMerge, i);
}

/* Whether the cell is part of a merged range, and not its first; *above: in its first column. */
static gboolean is_covered(const Sheet *sheet, guint row, guint column, gboolean *above)
{
    for (guint i = 0; i < sheet->merges->len; i++) {
        const SheetsMerge *merge = merge_at(sheet, i);
        if (row >= merge->first_row && row <= merge->last_row && column >= merge->first_column &&
            column <= merge->last_column && (row > merge->first_row || column > merge->first_column)) {
            *above = column == merge->first_column;
            return TRUE;
        }
    }
    return FALSE;
}

/* Whether an empty cell over several columns stands behind the last that is used. */
static gboolean merged_follows(const Sheet *sheet, const TableRow *row)
{
    for (guint i = 0; i < sheet->merges->len; i++) {
        const SheetsMerge *merge = merge_at(sheet, i);
        if (merge->first_row == row->line - 1 && merge->first_column == row->cells->len) return TRUE;
    }
    return FALSE;
}

/* Whether the last cell ends before the sheet does, wherever it begins. */
static gboolean has_room(const Sheet *sheet, const TableRow *row)
{
    guint end = row->cells->len;
    for (guint i = 0; i < sheet->merges->len; i++) {
        const SheetsMerge *merge = merge_at(sheet, i);
        if (row->line - 1 >= merge->first_row && row->line - 1 <= merge->last_row &&
            merge->first_column == row->cells->len - 1)
            end = merge->last_column + 1;
    }
    return end < sheet->widest;
}

/* Whether the row has a label and its value was not filled in. */
static gboolean lacks_value(const Sheet *sheet, const TableRow *row, const GPtrArray *cells)
{
    if (cells->len == 1 && merged_follows(sheet, row)) return TRUE;
    return fields_lack_value(cells) && (has_room(sheet, row) || merged_follows(sheet, row));
}

/* From which column on a row says something: a single cell from there, more of them also what is empty before
 * them, as below the cell that names a group. */
static guint first_column(const Sheet *sheet, const TableRow *row)
{
    guint n = 0;
    for (guint i = 0; i < row->cells->len; i++) n += *(char *)row->cells->pdata[i] != '\0';
    return n > 1 ? sheet->leftmost : row->cells->len - 1;
}

/* The row as fields.h wants it. */
static GPtrArray *logical_row(const Sheet *sheet, const TableRow *row)
{
    GPtrArray *cells = g_ptr_array_new();
    guint first = first_column(sheet, row);
    for (guint i = 0; i < row->cells->len; i++) {
        char *text = row->cells->pdata[i];
        gboolean above = FALSE, covered = !*text && is_covered(sheet, row->line - 1, i, &above);
        if (above)
            g_ptr_array_add(cells, (gpointer)FIELDS_CONTINUES);
        else if (*text || (i >= first && !covered))
            g_ptr_array_add(cells, text);
    }
    if (lacks_value(sheet, row, cells)) g_ptr_array_add(cells, (gpointer) "");
    return cells;
}

/* Between rows of one cell each, rows that were left out say something: a value was not filled in. */
static void add_gap(GPtrArray *logical, const TableRow *above, const TableRow *row)
{
    const GPtrArray *last = logical->len > 0 ? logical->pdata[logical->len - 1] : NULL;
    if (!above || !last || last->len != 1 || row->line == above->line + 1) return;
    GPtrArray *gap = g_ptr_array_new();
    g_ptr_array_add(gap, (gpointer) "");
    g_ptr_array_add(logical, gap);
}

static Sheet measure(const Table *table, const GArray *merges)
{
    Sheet sheet = {merges, G_MAXUINT, 0};
    for (guint r = 0; r < table->rows->len; r++) {
        const GPtrArray *cells = ((TableRow *)table->rows->pdata[r])->cells;
        guint first = 0;
        while (first + 1 < cells->len && !*(char *)cells->pdata[first]) first++;
        sheet.leftmost = MIN(sheet.leftmost, first);
        sheet.widest = MAX(sheet.widest, cells->len);
    }
    for (guint i = 0; i < merges->len; i++) { /* where nothing was filled in, they show how wide it is */
        const SheetsMerge *merge = merge_at(&sheet, i);
        if (merge->first_column <= sheet.widest && merge->last_column < FORM_COLUMNS)
            sheet.widest = MAX(sheet.widest, merge->last_column + 1);
    }
    return sheet;
}

/* Lines of a list are as wide as its head: the first of the rows of that width, or one that can be nothing
 * else. */
typedef struct Block {
    const GPtrArray *first;
    gboolean asked, head;
} Block;

static void fill_row(Block *block, GPtrArray *row)
{
    if (block->first && row->len > 1 && row->len < block->first->len) {
        if (!block->asked) block->head = fields_head_scores(block->first) || fields_head_list(block->first);
        block->asked = TRUE;
        while (block->head && row->len < block->first->len) g_ptr_array_add(row, (gpointer) "");
    }
    if (!block->first || row->len != block->first->len || fields_head_scores(row))
        *block = (Block){.first = row};
}

GPtrArray *sheets_form_rows(const Table *table, const GArray *merges)
{
    const Sheet sheet = measure(table, merges);
    GPtrArray *rows = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
    Block block = {0};
    for (guint i = 0; i < table->rows->len; i++) {
        const TableRow *source = table->rows->pdata[i];
        GPtrArray *row = logical_row(&sheet, source);
        fill_row(&block, row);
        if (row->len == 1 && i > 0) add_gap(rows, table->rows->pdata[i - 1], source);
        g_ptr_array_add(rows, row);
    }
    return rows;
}
