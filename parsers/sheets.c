#include "parsers/sheets.h"

#include <string.h>

#include "parsers/fields.h"
#include "parsers/limits.h"
#include "parsers/sheets_form.h"
#include "parsers/symbols.h"

#define MERGES_MAX   2000 /* ranges of one sheet: they matter only to fields */
#define CONTROLS_MAX 1000 /* of one sheet that find their cells */
#define COLUMNS_MAX  16384

typedef struct Cell {
    guint row, column, order; /* order: of being put in */
    char *text;
} Cell;

typedef struct Control {
    guint row, column, across, order;
    char *text;
} Control;

struct Sheets {
    /* the present sheet */
    char *name;
    gboolean hidden;
    GArray *cells;    /* of Cell */
    GArray *merges;   /* of SheetsMerge */
    GArray *controls; /* of Control */
    GString *boxes;
    GString *full; /* values in full of cells that do not show them so, parted by tabs */
    /* what is done */
    GString *text;
    GPtrArray *tables; /* of Table* */
    GPtrArray *fields; /* of FactsField* */
    gsize room;        /* bytes of text that may still come */
    guint cells_left;
    gboolean any;
    const char *over; /* the cap that was reached; NULL if none */
};

static void cell_clear(gpointer data)
{
    g_free(((Cell *)data)->text);
}

static void control_clear(gpointer data)
{
    g_free(((Control *)data)->text);
}

Sheets *sheets_new(void)
{
    Sheets *sheets = g_new0(Sheets, 1);
    sheets->name = g_strdup("");
    sheets->cells = g_array_new(FALSE, FALSE, sizeof(Cell));
    g_array_set_clear_func(sheets->cells, cell_clear);
    sheets->merges = g_array_new(FALSE, FALSE, sizeof(SheetsMerge));
    sheets->controls = g_array_new(FALSE, FALSE, sizeof(Control));
    g_array_set_clear_func(sheets->controls, control_clear);
    sheets->boxes = g_string_new(NULL);
    sheets->full = g_string_new(NULL);
    sheets->text = g_string_new(NULL);
    sheets->tables = g_ptr_array_new_with_free_func((GDestroyNotify)table_free);
    sheets->fields = g_ptr_array_new_with_free_func(facts_field_free);
    sheets->room = LIMIT_TEXT_BYTES;
    sheets->cells_left = LIMIT_TABLE_CELLS;
    return sheets;
}

void sheets_free(Sheets *sheets)
{
    if (!sheets) return;
    g_free(sheets->name);
    g_array_free(sheets->cells, TRUE);
    g_array_free(sheets->merges, TRUE);
    g_array_free(sheets->controls, TRUE);
    g_string_free(sheets->boxes, TRUE);
    g_string_free(sheets->full, TRUE);
    g_string_free(sheets->text, TRUE);
    g_clear_pointer(&sheets->tables, g_ptr_array_unref);
    g_clear_pointer(&sheets->fields, g_ptr_array_unref);
    g_free(sheets);
}

/* --- putting in ------------------------------------------------------------------------------- */

/* Without white space at both ends; lines end with \n. */
static char *tidy(const char *text)
{
    GString *out = g_string_new(NULL);
    for (const char *p = text; *p; p++) {
        if (*p == '\r' && p[1] == '\n') continue;
        if (*p == '\r' || *p == '\n')
            g_string_append_c(out, '\n');
        else
            g_string_append_c(out, (guchar)*p < ' ' ? ' ' : *p);
    }
    const char *begin = out->str, *end = out->str + out->len;
    while (begin < end && g_unichar_isspace(g_utf8_get_char(begin))) begin = g_utf8_next_char(begin);
    while (end > begin && g_unichar_isspace(g_utf8_get_char(g_utf8_prev_char(end))))
        end = g_utf8_prev_char(end);
    char *kept = g_strndup(begin, (gsize)(end - begin));
    g_string_free(out, TRUE);
    return kept;
}

gboolean sheets_cell(Sheets *sheets, guint row, guint column, const char *text)
{
    if (sheets->over) return FALSE;
    if (column >= COLUMNS_MAX || !*text) return TRUE;
    const Cell cell = {.row = row, .column = column, .order = sheets->cells->len, .text = tidy(text)};
    gsize length = strlen(cell.text);
    if (length == 0) {
        g_free(cell.text);
        return TRUE;
    }
    if (length + 1 > sheets->room || sheets->cells_left == 0) {
        sheets->over = sheets->cells_left ? "text" : "cells";
        g_free(cell.text);
        return FALSE;
    }
    sheets->room -= length + 1; /* a tab or line end comes with it */
    sheets->cells_left--;
    g_array_append_val(sheets->cells, cell);
    return TRUE;
}

void sheets_merge(Sheets *sheets, guint first_row, guint first_column, guint last_row, guint last_column)
{
    const SheetsMerge merge = {first_row, first_column, last_row, last_column};
    if (sheets->merges->len < MERGES_MAX && first_row <= last_row && first_column <= last_column)
        g_array_append_val(sheets->merges, merge);
}

void sheets_box(Sheets *sheets, const char *text)
{
    g_autofree char *kept = tidy(text);
    gsize length = strlen(kept);
    if (length == 0) return;
    if (length + 1 > sheets->room) {
        sheets->over = "text";
        return;
    }
    sheets->room -= length + 1;
    g_string_append_printf(sheets->boxes, "%s\n", kept);
}

void sheets_control(Sheets *sheets, guint row, guint column, guint across, const char *text)
{
    if (sheets->controls->len >= CONTROLS_MAX || column >= COLUMNS_MAX) {
        sheets_box(sheets, text);
        return;
    }
    const Control control = {row, column, across, sheets->controls->len, tidy(text)};
    gsize length = strlen(control.text);
    if (length == 0 || length + 1 > sheets->room) {
        if (length > 0) sheets->over = "text";
        g_free(control.text);
        return;
    }
    sheets->room -= length + 1;
    g_array_append_val(sheets->controls, control);
}

void sheets_full_value(Sheets *sheets, const char *text)
{
    gsize length = strlen(text);
    if (length + 1 > sheets->room) return; /* the cell itself comes first, and may find its cap reached */
    sheets->room -= length + 1;
    g_string_append_printf(sheets->full, "\t%s", text);
}

gboolean sheets_empty(const Sheets *sheets)
{
    return !sheets->any && sheets->cells->len + sheets->controls->len == 0 && sheets->boxes->len == 0;
}

/* --- handing over ----------------------------------------------------------------------------- */

static int by_place(gconstpointer left, gconstpointer right)
{
    const Cell *a = left, *b = right;
    if (a->row != b->row) return a->row < b->row ? -1 : 1;
    if (a->column != b->column) return a->column < b->column ? -1 : 1;
    return a->order < b->order ? -1 : 1;
}

static const Cell *cell_at(const Sheets *sheets, guint i)
{
    return &g_array_index(sheets->cells, Cell, i);
}

/* Where the row that begins at cell i ends. */
static guint row_end(const Sheets *sheets, guint i)
{
    guint end = i;
    while (end < sheets->cells->len && cell_at(sheets, end)->row == cell_at(sheets, i)->row) end++;
    return end;
}

static gboolean replaced(const Sheets *sheets, guint i, guint end)
{
    return i + 1 < end && cell_at(sheets, i + 1)->column == cell_at(sheets, i)->column;
}

/* Names that nobody chose say nothing. */
static gboolean is_default_name(const char *name)
{
    static const char *const stems[] = {"Sheet", "工作表", "表"};
    for (gsize i = 0; i < G_N_ELEMENTS(stems); i++) {
        gsize length = strlen(stems[i]);
        if (g_ascii_strncasecmp(name, stems[i], length) != 0) continue;
        if (strspn(name + length, "0123456789") == strlen(name + length)) return TRUE;
    }
    return *name == '\0';
}

static void add_name(Sheets *sheets)
{
    if (sheets->text->len > 0) g_string_append_c(sheets->text, '\n');
    g_autofree char *name = tidy(sheets->name);
    if (is_default_name(name) && !sheets->hidden) return;
    g_string_append_printf(sheets->text, "%s%s\n", name, sheets->hidden ? "（隐藏的工作表）" : "");
}

static void add_row_text(Sheets *sheets, guint begin, guint end)
{
    gsize before = sheets->text->len;
    for (guint i = begin; i < end; i++) {
        if (replaced(sheets, i, end)) continue;
        if (sheets->text->len > before) g_string_append_c(sheets->text, '\t');
        g_string_append(sheets->text, cell_at(sheets, i)->text);
    }
    g_string_append_c(sheets->text, '\n');
}

/* The row as a Table has it: from column 0, with empty cells between. FALSE if that is too much. */
static gboolean add_table_row(Sheets *sheets, Table *table, guint begin, guint end)
{
    guint width = cell_at(sheets, end - 1)->column + 1, fillers = width - (end - begin);
    if (table->rows->len >= LIMIT_TABLE_ROWS || fillers > sheets->cells_left) {
        sheets->over = "cells";
        return FALSE;
    }
    sheets->cells_left -= fillers;
    TableRow *row = table_add_row(table, cell_at(sheets, begin)->row + 1);
    for (guint i = begin; i < end; i++) {
        const Cell *cell = cell_at(sheets, i);
        if (replaced(sheets, i, end)) continue;
        while (row->cells->len < cell->column) g_ptr_array_add(row->cells, g_strdup(""));
        g_ptr_array_add(row->cells, g_strdup(cell->text));
    }
    return TRUE;
}

static void add_table(Sheets *sheets)
{
    if (sheets->tables->len >= LIMIT_TABLES) {
        sheets->over = "sheets";
        return;
    }
    Table *table = table_new();
    for (guint i = 0, end; i < sheets->cells->len; i = end) {
        end = row_end(sheets, i);
        if (!add_table_row(sheets, table, i, end)) break;
    }
    g_ptr_array_add(sheets->tables, table);
    if (sheets->hidden) return;
    g_autoptr (GPtrArray) rows = sheets_form_rows(table, sheets->merges);
    fields_from_table(sheets->fields, rows);
}

/* --- controls --------------------------------------------------------------------------------- */

static int by_sight(gconstpointer left, gconstpointer right)
{
    const Control *a = left, *b = right;
    if (a->row != b->row) return a->row < b->row ? -1 : 1;
    if (a->column != b->column) return a->column < b->column ? -1 : 1;
    if (a->across != b->across) return a->across < b->across ? -1 : 1;
    return a->order < b->order ? -1 : 1;
}

/* The first cell of the merged range that it lies above. */
static void find_range(const Sheets *sheets, Control *control)
{
    for (guint i = 0; i < sheets->merges->len; i++) {
        const SheetsMerge *merge = &g_array_index(sheets->merges, SheetsMerge, i);
        if (control->row < merge->first_row || control->row > merge->last_row ||
            control->column < merge->first_column || control->column > merge->last_column)
            continue;
        control->row = merge->first_row;
        control->column = merge->first_column;
        return;
    }
}

/* The cell in that place: of the first n, which are in order, the last; else one of those added since. */
static Cell *find_cell(Sheets *sheets, guint n, const Control *control)
{
    Cell key = {.row = control->row, .column = control->column, .order = G_MAXUINT};
    guint low = 0, high = n;
    while (low < high) {
        guint middle = low + (high - low) / 2;
        if (by_place(cell_at(sheets, middle), &key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (guint i = low > 0 ? low - 1 : 0; i < sheets->cells->len; i = MAX(i + 1, n)) {
        Cell *cell = &g_array_index(sheets->cells, Cell, i);
        if (cell->row == control->row && cell->column == control->column) return cell;
    }
    return NULL;
}

/* Once the cells are in order. */
static void place_controls(Sheets *sheets)
{
    guint n = sheets->cells->len;
    g_array_sort(sheets->controls, by_sight);
    for (guint i = 0; i < sheets->controls->len; i++) {
        Control *control = &g_array_index(sheets->controls, Control, i);
        find_range(sheets, control);
        Cell *cell = find_cell(sheets, n, control);
        if (cell) {
            g_autofree char *before = cell->text;
            gboolean bare =
                strcmp(control->text, SYMBOL_CHECKED) == 0 || strcmp(control->text, SYMBOL_UNCHECKED) == 0;
            cell->text =
                bare ? g_strconcat(control->text, before, NULL) : g_strjoin(" ", before, control->text, NULL);
        } else if (sheets->cells_left > 0) {
            const Cell fresh = {control->row, control->column, sheets->cells->len, NULL};
            g_array_append_val(sheets->cells, fresh);
            g_array_index(sheets->cells, Cell, sheets->cells->len - 1).text = g_steal_pointer(&control->text);
            sheets->cells_left--;
        }
    }
    if (sheets->controls->len > 0) g_array_sort(sheets->cells, by_place);
    g_array_set_size(sheets->controls, 0);
}

static void end_sheet(Sheets *sheets)
{
    if (sheets->cells->len + sheets->controls->len + sheets->boxes->len > 0) {
        sheets->any = TRUE;
        g_array_sort(sheets->cells, by_place);
        place_controls(sheets);
        add_name(sheets);
        for (guint i = 0, end; i < sheets->cells->len; i = end) {
            end = row_end(sheets, i);
            add_row_text(sheets, i, end);
        }
        if (sheets->full->len > 0) g_string_append_printf(sheets->text, "原值：%s\n", sheets->full->str + 1);
        g_string_append_len(sheets->text, sheets->boxes->str, (gssize)sheets->boxes->len);
        if (sheets->cells->len > 0) add_table(sheets);
    }
    g_array_set_size(sheets->cells, 0);
    g_array_set_size(sheets->merges, 0);
    g_string_truncate(sheets->boxes, 0);
    g_string_truncate(sheets->full, 0);
}

void sheets_begin(Sheets *sheets, const char *name, gboolean hidden)
{
    end_sheet(sheets);
    g_free(sheets->name);
    sheets->name = g_strdup(name);
    sheets->hidden = hidden;
}

void sheets_hide(Sheets *sheets)
{
    sheets->hidden = TRUE;
}

static void hand_over_text(Sheets *sheets, FactsAttachment *attachment)
{
    gsize length = sheets->text->len;
    while (length > 0 && sheets->text->str[length - 1] == '\n') length--;
    g_string_truncate(sheets->text, length);
    g_string_prepend(sheets->text, attachment->text);
    length = sheets->text->len;
    if (length > LIMIT_TEXT_BYTES) { /* names of sheets are not in the count of bytes */
        length = LIMIT_TEXT_BYTES;
        while (length > 0 && ((guchar)sheets->text->str[length] & 0xC0) == 0x80) length--;
        sheets->over = "text";
    }
    g_free(attachment->text);
    attachment->text = g_strndup(sheets->text->str, length);
}

void sheets_finish(Sheets *sheets, FactsAttachment *attachment)
{
    sheets_begin(sheets, "", FALSE);
    hand_over_text(sheets, attachment);
    g_ptr_array_extend_and_steal(attachment->tables, g_steal_pointer(&sheets->tables));
    g_ptr_array_extend_and_steal(attachment->fields, g_steal_pointer(&sheets->fields));
    fields_number(attachment->fields);
    if (!sheets->over) return;
    g_autofree char *detail = g_strdup_printf("more %s than the limit: the rest was not read", sheets->over);
    facts_add_problem(attachment->problems, "too-large", detail);
}
