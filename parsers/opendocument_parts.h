/* opendocument_parts.h - what the files of opendocument.h share. */
#pragma once

#include "parsers/sheets.h"
#include "parsers/textout.h"
#include "parsers/xml.h"

enum {
    ODF_NOTHING,
    ODF_DROP, /* with all that is in it: deletions, marks of notes */
    ODF_STYLE,
    ODF_STYLE_FONT,
    ODF_STYLE_TABLE,
    ODF_FORM_CONTROL,
    ODF_FORM_BOX,
    ODF_FORM_OPTION,
    ODF_BODY,
    ODF_PARAGRAPH,
    ODF_SPAN,
    ODF_SPACES,
    ODF_TAB,
    ODF_BREAK,
    ODF_HINT,
    ODF_BOX,
    ODF_COMMENT,
    ODF_PICTURE,
    ODF_CONTROL, /* where a control stands */
    ODF_FIELD,
    ODF_FIELD_STATE,
    ODF_TABLE,
    ODF_ROW,
    ODF_CELL,
    ODF_CELL_COVERED
};

#define ODF_COLUMNS_MAX 63 /* of a table in a text: textout.h spans no more */
#define ODF_TABLES_MAX  20 /* in each other */

/* A table that is open. */
typedef struct OdfTable {
    guint column, left; /* left: cells that are covered from the left, still to come */
    guint down[ODF_COLUMNS_MAX], span[ODF_COLUMNS_MAX]; /* rows and columns that a cell above covers */
} OdfTable;

/* A cell of the present row of a workbook. */
typedef struct OdfCell {
    guint column;
    char *text;
} OdfCell;

typedef struct OdfReading {
    TextOut *out;         /* of a text; else NULL */
    Sheets *sheets;       /* of a workbook; else NULL */
    GHashTable *fonts;    /* name of a style -> font of symbols, static */
    GHashTable *hidden;   /* set of names of styles: their tables are not shown */
    GHashTable *controls; /* id -> GString*: what a control shows */
    guint dropping, bodies, paragraphs;
    char *style;      /* that is being described */
    GString *control; /* that is being described */
    GArray *spans;    /* of const char*: fonts of the spans that are open */
    gboolean space;   /* what came was white space, or a line begins */
    GString *field;   /* what the open field of a form shows, or its entries, a line each */
    guint entries;
    gboolean picture, full;
    OdfTable tables[ODF_TABLES_MAX];
    guint n_tables;
    /* of a workbook */
    guint row, rows, column, columns; /* rows, columns: times that the present one is there */
    guint cells, boxes;               /* open */
    GString *cell, *box;
    GArray *line; /* of OdfCell */
} OdfReading;

/* A number of times, from 1 on. */
guint odf_number(const XmlAttributes *attributes, const char *name, guint most);

/* Tables, rows, cells, boxes: of a text, and of a workbook. */
void odf_begin_in_text(OdfReading *reading, int code, const XmlAttributes *attributes);
void odf_end_in_text(OdfReading *reading, int code);
void odf_begin_in_sheets(OdfReading *reading, int code, const XmlAttributes *attributes);
void odf_end_in_sheets(OdfReading *reading, int code);
void odf_cell_clear(gpointer cell);
