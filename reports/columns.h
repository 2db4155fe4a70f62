/* columns.h - the columns of every worksheet, as data: one table per sheet. Pure.
 *
 * Sheets are written from these tables and one SELECT each, and are read back by these headings: a heading is
 * a name that people and programs rely on, so it is never changed, only added to. */
#pragma once

#include <glib.h>

typedef enum ColumnKind {
    COLUMN_TEXT,   /* wrapped, left */
    COLUMN_CENTER, /* short text, centred */
    COLUMN_COUNT,  /* a number of ours */
    COLUMN_TIME,   /* an instant of ours (Unix seconds, UTC), shown as 2014-05-30 09:05 local time */
    COLUMN_STATE,  /* short text, coloured by what it says (columns_tone) */
    COLUMN_LINK    /* one line that opens a file of the share (its middle is cut to fit, a tip shows all);
                      the SELECT gives two columns: text, path */
} ColumnKind;

typedef struct Column {
    const char *heading;
    guint width; /* in columns of half-width characters */
    ColumnKind kind;
    guint most; /* characters shown of a text; longer ones end in "…". 0 = all */
} Column;

typedef enum ColumnsSheet {
    COLUMNS_OVERVIEW,  /* 总览: no table, see overview.c */
    COLUMNS_PROGRESS,  /* 报送进度 */
    COLUMNS_ITEMS,     /* 活动一览 */
    COLUMNS_TODO,      /* 待处理 */
    COLUMNS_REMINDERS, /* 提醒记录 */
    COLUMNS_SHEETS
} ColumnsSheet;

/* Name of the worksheet; static. */
const char *columns_sheet_name(ColumnsSheet sheet);
/* What a person reads at the head of a printed page, behind the campaign's title; static. */
const char *columns_sheet_title(ColumnsSheet sheet);
/* How many columns from the left stay when scrolling. */
guint columns_sheet_frozen(ColumnsSheet sheet);
/* The columns, *n of them; static. NULL and 0 for 总览. */
const Column *columns_of_sheet(ColumnsSheet sheet, guint *n);

typedef enum ColumnsTone {
    TONE_PLAIN,
    TONE_GOOD,
    TONE_PARTLY,
    TONE_MISSING,
    TONE_BAD,
    TONE_QUIET,
    TONES
} ColumnsTone;

/* The tone of a state by its first words: 已完成 is good, 逾期 is bad … */
ColumnsTone columns_tone(const char *state);
