/* doc_parts.h - what the files of doc.c share (numbers in brackets are sections of MS-DOC).
 *
 * A character of a document has a position (cp) in the text as it is read, and a place (fc) in the file; the
 * piece table leads from one to the other. Formatting belongs to places, and to pieces.
 */
#pragma once

#include <glib.h>

#include "parsers/ole2.h"
#include "parsers/textout.h"

/* Bytes that are looked at: never owned, reads beyond the end give 0. */
typedef struct DocBytes {
    const guint8 *data;
    gsize length;
} DocBytes;

guint doc_u8(DocBytes bytes, gsize offset);
guint doc_u16(DocBytes bytes, gsize offset);
guint32 doc_u32(DocBytes bytes, gsize offset);
/* The part that begins at offset, at most `length` long; empty where there is none. */
DocBytes doc_part(DocBytes bytes, gsize offset, gsize length);

/* How the characters of a piece are kept. */
typedef enum DocCoding {
    DOC_UNICODE, /* 16 bits */
    DOC_WESTERN, /* 8 bits, Windows-1252 */
    DOC_CODEPAGE /* 8 bits, in the code page of the document; a character may take two */
} DocCoding;

typedef struct DocPiece {
    guint32 begin, end; /* cp */
    guint32 fc;         /* of its first character */
    DocCoding coding;
    guint16 prm; /* formatting of the piece [2.9.177] */
} DocPiece;

/* The parts of the text, in the order of their positions. */
typedef enum DocStory {
    DOC_MAIN,
    DOC_FOOTNOTES,
    DOC_HEADERS,
    DOC_MACROS,
    DOC_COMMENTS,
    DOC_ENDNOTES,
    DOC_BOXES,
    DOC_HEADER_BOXES,
    DOC_STORIES
} DocStory;

/* Formatting of a stretch of the file: the list of changes to the defaults. */
typedef struct DocRange {
    guint32 begin, end; /* fc */
    DocBytes changes;
} DocRange;

typedef struct Doc {
    Ole2 *ole2;                 /* owned */
    GBytes *streams[3];         /* owned */
    DocBytes word, table, data; /* WordDocument, 0Table or 1Table, Data */
    gboolean old;               /* Word 6 or 95 */
    guint codepage;
    guint32 lengths[DOC_STORIES]; /* in characters */
    GArray *pieces;               /* of DocPiece, in order; gaps where the file is cut */
    GArray *piece_changes;        /* of DocBytes: the lists that pieces refer to */
    GArray *runs, *paragraphs;    /* of DocRange, in order */
    GPtrArray *fonts;             /* of char* */
    gboolean picture;             /* there is one */
} Doc;

/* Opens the streams of the file and reads what leads to the text. NULL and a problem of the attachment if
 * that cannot be. *whole is FALSE if streams are cut off. */
Doc *doc_open(GBytes *bytes, FactsAttachment *attachment, gboolean *whole);
void doc_close(Doc *doc);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Doc, doc_close)

/* An offset and length pair of the head of the file [2.5.6], by its number, into the table stream. */
DocBytes doc_table_part(const Doc *doc, guint number);

/* --- formatting (doc_props.c) ----------------------------------------------------------------- */

/* Fills runs and paragraphs; not of Word 6 and 95. */
void doc_read_properties(Doc *doc);

/* What is looked at in the formatting of characters. */
typedef struct DocCharacter {
    guint32 begin, end; /* fc: it is the same from begin to end */
    gboolean deleted, has_symbol, has_picture;
    guint symbol, symbol_font;
    guint font;
    guint32 picture; /* offset into the data stream; of an object that too: its number */
    gboolean has_object, is_object;
    guint32 object; /* its number in the storage of objects */
} DocCharacter;

DocCharacter doc_character(const Doc *doc, guint32 fc, guint16 prm);

/* What is looked at in the formatting of a paragraph. */
typedef struct DocParagraph {
    gboolean known; /* the file says something about it */
    guint level;    /* of tables around it */
    gboolean row_end;
    gboolean cell_end; /* in tables in tables, where no character says so */
    DocBytes row[2];   /* of a row's end: changes that describe the row */
} DocParagraph;

DocParagraph doc_paragraph(const Doc *doc, guint32 fc, guint16 prm);

/* The next change of a list: code and operand. FALSE at its end. */
gboolean doc_next_change(DocBytes *list, guint *code, DocBytes *operand);

/* --- rows of tables (doc_row.c) --------------------------------------------------------------- */

#define DOC_CELLS_MAX 63 /* of a row */

typedef struct DocRow {
    guint n;                       /* cells; 0 if nothing is known */
    gint edges[DOC_CELLS_MAX + 1]; /* in twips, n + 1 of them */
    gboolean left[DOC_CELLS_MAX];  /* it is part of the cell to the left */
    gboolean above[DOC_CELLS_MAX]; /* it is part of the cell above */
} DocRow;

void doc_row(const DocParagraph *end, DocRow *row);

/* The edges of all rows of a table: columns. */
typedef struct DocGrid {
    guint n;
    gint edges[DOC_CELLS_MAX + 1];
} DocGrid;

void doc_grid_add(DocGrid *grid, const DocRow *row);
/* How many columns lie between two edges. */
guint doc_grid_columns(const DocGrid *grid, gint from, gint to);

/* --- text (doc_text.c, doc_run.c, doc_form.c) ------------------------------------------------- */

/* Puts the text between two positions. */
void doc_put_text(Doc *doc, TextOut *out, guint32 begin, guint32 end);

/* The state of a form field in the data stream [2.9.78]: a check box, or the chosen entry of a list; NULL of
 * other fields. Caller frees. */
char *doc_form_field(const Doc *doc, guint32 offset);

/* What the control with that number in the storage of objects shows (forms_control.h), or NULL. Caller frees.
 */
char *doc_control(const Doc *doc, guint32 number);
