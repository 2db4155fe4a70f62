#include "reports/sheet.h"

#include "reports/cell.h"

#define HEAD_HEIGHT    32.0
#define ROW_HEIGHT     20.0  /* of one line */
#define MOST_HEIGHT    400.0 /* Excel's own limit is 409.5 */
#define TIP_CHARACTERS 120   /* Excel takes 255 UTF-16 units */
#define PADDING        5.0

lxw_error sheet_text(lxw_worksheet *worksheet, lxw_row_t row, lxw_col_t column, const char *text, guint most,
                     lxw_format *format)
{
    g_autofree char *clean = cell_text(text, most);
    return *clean ? worksheet_write_string(worksheet, row, column, clean, format)
                  : worksheet_write_blank(worksheet, row, column, format);
}

static lxw_error write_time(lxw_worksheet *worksheet, const Style *style, const Config *config, lxw_row_t row,
                            lxw_col_t column, gint64 at)
{
    /* A spreadsheet's date has no zone: it gets the local wall clock, whole minutes. */
    GTimeZone *zone = calendar_zone(config->calendar);
    int interval = g_time_zone_find_interval(zone, G_TIME_TYPE_UNIVERSAL, at);
    gint64 local = at + g_time_zone_get_offset(zone, interval);
    return worksheet_write_unixtime(worksheet, row, column, local - local % 60, style->time);
}

/* LibreOffice does not wrap a cell that is a link: one line, and the whole name as the tip of the link. */
static lxw_error write_link(lxw_worksheet *worksheet, const Style *style, lxw_row_t row, lxw_col_t at,
                            const Column *column, const SourceCell *cell)
{
    g_autofree char *whole = cell_text(cell->text, TIP_CHARACTERS);
    g_autofree char *shown = cell_fit(whole, column->width - 1);
    if (!cell->link || !*shown) return sheet_text(worksheet, row, at, whole, 0, style->text);
    lxw_error error = worksheet_write_url_opt(worksheet, row, at, cell->link, style->link, shown, whole);
    /* Too many links on a sheet, or too long: the text is worth more than the link. */
    return error ? sheet_text(worksheet, row, at, shown, 0, style->text) : LXW_NO_ERROR;
}

static lxw_error write_cell(lxw_worksheet *worksheet, const Style *style, const Config *config, lxw_row_t row,
                            lxw_col_t at, const Column *column, const SourceCell *cell)
{
    switch (column->kind) {
    case COLUMN_COUNT:
        return cell->is_number
                   ? worksheet_write_number(worksheet, row, at, (double)cell->number, style->count)
                   : worksheet_write_blank(worksheet, row, at, style->count);
    case COLUMN_TIME:
        return cell->is_number ? write_time(worksheet, style, config, row, at, cell->number)
                               : worksheet_write_blank(worksheet, row, at, style->time);
    case COLUMN_STATE:
        return sheet_text(worksheet, row, at, cell->text, column->most,
                          style->state[columns_tone(cell->text ? cell->text : "")]);
    case COLUMN_LINK: return write_link(worksheet, style, row, at, column, cell);
    case COLUMN_CENTER: return sheet_text(worksheet, row, at, cell->text, column->most, style->center);
    case COLUMN_TEXT: break;
    }
    return sheet_text(worksheet, row, at, cell->text, column->most, style->text);
}

/* Said rather than left to the program that opens the file: not all of them fit rows to wrapped text. */
static double row_height(const Column *columns, const SourceRows *rows, guint row)
{
    guint lines = 1;
    for (guint c = 0; c < rows->columns; c++) {
        const SourceCell *cell = source_cell(rows, row, c);
        if (!cell->text || cell->link) continue; /* a link is one line */
        g_autofree char *clean = cell_text(cell->text, columns[c].most);
        lines = MAX(lines, cell_lines(clean, columns[c].width - 1));
    }
    double height = lines * STYLE_LINE_HEIGHT + PADDING;
    return CLAMP(height, ROW_HEIGHT, MOST_HEIGHT);
}

static lxw_error write_head(lxw_worksheet *worksheet, const Style *style, const Column *columns, guint n)
{
    lxw_error error = worksheet_set_row(worksheet, 0, HEAD_HEIGHT, NULL);
    for (guint c = 0; c < n && !error; c++) {
        error = worksheet_set_column(worksheet, (lxw_col_t)c, (lxw_col_t)c, columns[c].width, NULL);
        if (!error)
            error = worksheet_write_string(worksheet, 0, (lxw_col_t)c, columns[c].heading, style->head);
    }
    return error;
}

static lxw_error write_body(lxw_worksheet *worksheet, const Style *style, const Config *config,
                            const Column *columns, const SourceRows *rows)
{
    lxw_error error = LXW_NO_ERROR;
    for (guint r = 0; r < rows->rows->len && !error; r++) {
        error = worksheet_set_row(worksheet, r + 1, row_height(columns, rows, r), NULL);
        for (guint c = 0; c < rows->columns && !error; c++)
            error = write_cell(worksheet, style, config, r + 1, (lxw_col_t)c, &columns[c],
                               source_cell(rows, r, c));
    }
    return error;
}

guint sheet_write(lxw_workbook *workbook, const Style *style, const Config *config, ColumnsSheet sheet,
                  const SourceRows *rows)
{
    guint n;
    const Column *columns = columns_of_sheet(sheet, &n);
    g_autofree char *title = g_strconcat(config->campaign.title, columns_sheet_title(sheet), NULL);
    lxw_worksheet *worksheet = workbook_add_worksheet(workbook, columns_sheet_name(sheet));
    if (!worksheet) return 0;

    style_page(worksheet, title);
    worksheet_fit_to_pages(worksheet, 1, 0);
    worksheet_repeat_rows(worksheet, 0, 0);
    worksheet_freeze_panes(worksheet, 1, (lxw_col_t)columns_sheet_frozen(sheet));
    worksheet_autofilter(worksheet, 0, 0, MAX(rows->rows->len, 1), (lxw_col_t)(n - 1));
    if (write_head(worksheet, style, columns, n) || write_body(worksheet, style, config, columns, rows))
        return 0;
    return rows->rows->len + 1;
}
