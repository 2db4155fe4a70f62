/* style.h - how the workbook looks: fonts that Windows, WPS and Excel in China have, light lines, one red. */
#pragma once

#include <xlsxwriter.h>

#include "reports/columns.h"

#define STYLE_RED   0x9E1B1B
#define STYLE_SHADE 0xF6EAE6
#define STYLE_LINE  0xBFBFBF
#define STYLE_GREEN 0x6A9A5B
#define STYLE_AMBER 0xE0A93B
#define STYLE_BRICK 0xC0504D
#define STYLE_FONT  "宋体"
#define STYLE_HEAVY "黑体"

#define STYLE_LINE_HEIGHT 15.0 /* points: a line of 10 pt text with its leading, whatever font stands in */

typedef struct Style {
    lxw_format *title;   /* 总览: the campaign */
    lxw_format *note;    /* small, grey */
    lxw_format *section; /* a heading within 总览 */
    lxw_format *head;    /* headings of columns */
    lxw_format *text, *center, *count, *time, *link;
    lxw_format *total_text, *total_count;
    lxw_format *state[TONES];
    lxw_format *card_label, *card_value, *card_alert;
} Style;

/* Formats belong to the workbook. */
void style_make(Style *style, lxw_workbook *workbook);

/* A4 landscape, one page wide, sheet name and page numbers below; `title` above each page (may be NULL). */
void style_page(lxw_worksheet *worksheet, const char *title);
