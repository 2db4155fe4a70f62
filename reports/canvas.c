#include "reports/canvas.h"

#include "reports/sheet.h"

#define GRID_WIDTH  13.0 /* half-width characters */
#define GRID_PIXELS 96   /* what that is on a screen (Calibri 11: 7 pixels each and 5 beside) */

gboolean canvas_open(Canvas *canvas, lxw_workbook *workbook, const Style *style, const char *sheet)
{
    *canvas = (Canvas){.workbook = workbook, .style = style, .sheet = sheet};
    canvas->worksheet = workbook_add_worksheet(workbook, sheet);
    if (!canvas->worksheet) return FALSE;
    style_page(canvas->worksheet, NULL);
    worksheet_fit_to_pages(canvas->worksheet, 1, 1);
    worksheet_gridlines(canvas->worksheet, LXW_HIDE_ALL_GRIDLINES);
    canvas->error = worksheet_set_column(canvas->worksheet, 0, CANVAS_GRID - 1, GRID_WIDTH, NULL);
    return TRUE;
}

guint canvas_close(const Canvas *canvas)
{
    guint rows = 0;
    for (guint i = 0; i < CANVAS_ROWS; i++) rows += canvas->written[i];
    return canvas->error ? 0 : rows;
}

static gboolean enter(Canvas *canvas, guint row)
{
    if (!canvas->error && row >= CANVAS_ROWS) canvas->error = LXW_ERROR_WORKSHEET_INDEX_OUT_OF_RANGE;
    if (canvas->error) return FALSE;
    canvas->written[row] = TRUE;
    return TRUE;
}

static lxw_error merge(Canvas *canvas, guint row, guint column, guint span, lxw_format *format)
{
    if (span < 2) return LXW_NO_ERROR;
    return worksheet_merge_range(canvas->worksheet, row, (lxw_col_t)column, row,
                                 (lxw_col_t)(column + span - 1), "", format);
}

void canvas_text(Canvas *canvas, guint row, guint column, guint span, const char *text, lxw_format *format)
{
    if (!enter(canvas, row)) return;
    canvas->error = merge(canvas, row, column, span, format);
    if (!canvas->error)
        canvas->error = sheet_text(canvas->worksheet, row, (lxw_col_t)column, text, 120, format);
}

void canvas_number(Canvas *canvas, guint row, guint column, guint span, gint64 number, lxw_format *format)
{
    if (!enter(canvas, row)) return;
    canvas->error = merge(canvas, row, column, span, format);
    if (!canvas->error)
        canvas->error =
            worksheet_write_number(canvas->worksheet, row, (lxw_col_t)column, (double)number, format);
}

void canvas_height(Canvas *canvas, guint row, double points)
{
    if (enter(canvas, row)) canvas->error = worksheet_set_row(canvas->worksheet, row, points, NULL);
}

static lxw_chart *make_chart(Canvas *canvas, const char *title, gboolean legend)
{
    lxw_chart_font heading = {.name = STYLE_HEAVY, .size = 11, .bold = LXW_EXPLICIT_FALSE};
    lxw_chart_font small = {.name = STYLE_FONT, .size = 9};
    lxw_chart_line light = {.color = 0xD9D9D9, .width = 0.5};
    lxw_chart *chart = workbook_add_chart(canvas->workbook, LXW_CHART_BAR_STACKED);
    chart_title_set_name(chart, title);
    chart_title_set_name_font(chart, &heading);
    /* libxlsxwriter calls the upright axis of a bar chart y, though it has the categories. The values stand
     * on the bars, so that their axis can go; the first category is on top, as in the table. */
    chart_axis_set_num_font(chart->y_axis, &small);
    chart_axis_set_reverse(chart->y_axis);
    chart_axis_set_line(chart->y_axis, &light);
    chart_axis_major_gridlines_set_visible(chart->y_axis, LXW_FALSE);
    chart_axis_major_gridlines_set_visible(chart->x_axis, LXW_FALSE);
    chart_axis_set_min(chart->x_axis, 0);
    chart_axis_off(chart->x_axis);
    chart_chartarea_set_line(chart, &light);
    chart_legend_set_position(chart, legend ? LXW_CHART_LEGEND_BOTTOM : LXW_CHART_LEGEND_NONE);
    if (legend) chart_legend_set_font(chart, &small);
    return chart;
}

static void add_series(Canvas *canvas, lxw_chart *chart, const CanvasSeries *series, guint first, guint n)
{
    lxw_chart_fill fill = {.color = series->color};
    lxw_chart_font white = {.name = STYLE_FONT, .size = 9, .color = LXW_COLOR_WHITE};
    lxw_row_t last = first + n - 1;
    lxw_chart_series *added = chart_add_series(chart, NULL, NULL);
    chart_series_set_name(added, series->name);
    chart_series_set_categories(added, canvas->sheet, first, 0, last, 0);
    chart_series_set_values(added, canvas->sheet, first, (lxw_col_t)series->column, last,
                            (lxw_col_t)series->column);
    chart_series_set_fill(added, &fill);
    chart_series_set_labels(added);
    chart_series_set_labels_font(added, &white);
    chart_series_set_labels_num_format(added, "0;;;"); /* no label on nothing */
}

void canvas_chart(Canvas *canvas, const char *title, guint top, guint bottom, guint column, guint first,
                  guint n, const CanvasSeries *series, guint n_series)
{
    if (canvas->error || n == 0) return;
    lxw_chart *chart = make_chart(canvas, title, n_series > 1);
    for (guint i = 0; i < n_series; i++) add_series(canvas, chart, &series[i], first, n);
    chart_set_series_gap(chart, 80);

    double pixels = (bottom - top) * CANVAS_LINE / 0.75 + CANVAS_HEADING / 0.75; /* the rows of a block */
    double width = (CANVAS_GRID - column) * GRID_PIXELS;
    lxw_chart_options place = {.x_offset = 8,
                               .x_scale = (width - 10) / 480, /* libxlsxwriter's own size is 480 × 288 */
                               .y_scale = pixels / 288,
                               .object_position = LXW_OBJECT_MOVE_AND_SIZE};
    canvas->error = worksheet_insert_chart_opt(canvas->worksheet, top, (lxw_col_t)column, chart, &place);
}
