/* biff_book.h - what the files of biff.c share: the state of a workbook that is being read, and its cells. */
#pragma once

#include "parsers/biff_records.h"
#include "parsers/sheets.h"

typedef struct BiffSheet {
    gsize offset; /* of its BOF in the stream */
    gboolean hidden;
    char *name;
} BiffSheet;

/* Which cells a shape lies above. */
typedef struct BiffAnchor {
    gboolean known;
    guint row, column, across;
} BiffAnchor;

typedef struct BiffBook {
    guint version; /* 2, 3, 4, 5 (also 7) or 8 */
    guint codepage;
    gboolean date1904;
    GPtrArray *strings;  /* of char*: the shared ones */
    GHashTable *rich;    /* indexes of those that have fonts of their own */
    GPtrArray *fonts;    /* of char*, static: their names, if they are of symbols; else NULL */
    GArray *xf_fonts;    /* of guint16: number of the font */
    GHashTable *formats; /* number -> code */
    GArray *xfs;         /* of guint16: number of the format */
    GArray *sheets;      /* of BiffSheet */
    guint formats_seen;  /* BIFF2 to 4 number them in order */
    Sheets *out;
    gboolean picture, macro;
    const char *box;  /* static: the state of a check box whose label comes in a later record; NULL without */
    GBytes *controls; /* the stream with ActiveX controls; may be NULL */
    BiffAnchor anchor; /* of the present shape */
    /* a formula whose result is a text, which comes in a later record */
    gboolean awaits;
    guint await_row, await_column, await_xf;
} BiffBook;

/* A record of a worksheet: cells, merged ranges, text boxes. FALSE when a cap is reached. */
gboolean biff_sheet_record(BiffBook *book, const BiffStream *stream, const BiffRecord *record);

/* What is drawn on the sheet (biff_drawing.c): where the next shape lies, what shape it is, its text. */
void biff_drawing(BiffBook *book, const BiffRecord *record);
void biff_object(BiffBook *book, const BiffRecord *record);
void biff_text_box(BiffBook *book, const BiffStream *stream, const BiffRecord *record);

/* A string at `offset`: of BIFF8 with a length of `size` bytes, flags and units; else length and bytes. */
char *biff_string(const BiffBook *book, const BiffStream *stream, const BiffRecord *record, gsize offset,
                  guint size);

/* The font of that number, if it is one of symbols; else NULL. Static. */
const char *biff_font(const BiffBook *book, guint number);
