/* canvas.h - a worksheet laid out as a page: a grid of equal columns on which texts, numbers and charts are
 * put. Remembers the first fault and the rows that were written, so that callers need not. */
#pragma once

#include "reports/style.h"

#define CANVAS_GRID    12 /* columns */
#define CANVAS_ROWS    400
#define CANVAS_LINE    21.0 /* points: a row of a table */
#define CANVAS_HEADING 24.0 /* the row above it */

typedef struct Canvas {
    lxw_workbook *workbook;
    lxw_worksheet *worksheet;
    const Style *style;
    const char *sheet;
    guint row; /* the caller's: where to go on */
    lxw_error error;
    gboolean written[CANVAS_ROWS];
} Canvas;

/* Adds the worksheet: A4 landscape, everything on one page. */
gboolean canvas_open(Canvas *canvas, lxw_workbook *workbook, const Style *style, const char *sheet);
/* The number of rows written, 0 after a fault. */
guint canvas_close(const Canvas *canvas);

/* `span` columns are merged when more than 1. Text may come from anywhere. */
void canvas_text(Canvas *canvas, guint row, guint column, guint span, const char *text, lxw_format *format);
void canvas_number(Canvas *canvas, guint row, guint column, guint span, gint64 number, lxw_format *format);
void canvas_height(Canvas *canvas, guint row, double points);

typedef struct CanvasSeries {
    guint column; /* of the grid, where its values stand */
    const char *name;
    lxw_color_t color;
} CanvasSeries;

/* A stacked bar chart over the grid from `column` to the right edge, from row `top` to row `bottom`
 * (both included). The categories stand in column 0, rows first … first + n - 1. Nothing if n is 0. */
void canvas_chart(Canvas *canvas, const char *title, guint top, guint bottom, guint column, guint first,
                  guint n, const CanvasSeries *series, guint n_series);
