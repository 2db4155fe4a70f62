/* doc_run.h - the characters of a document, one after the other, as text: special characters, symbols,
 * fields.
 */
#pragma once

#include "parsers/doc_parts.h"
#include "parsers/field_code.h"

enum {
    CHAR_PICTURE = 0x01,
    CHAR_CELL = 0x07,
    CHAR_DRAWN = 0x08,
    CHAR_TAB = 0x09,
    CHAR_LINE = 0x0B,
    CHAR_PAGE = 0x0C,
    CHAR_PARAGRAPH = 0x0D,
    CHAR_COLUMN = 0x0E,
    CHAR_FIELD = 0x13,
    CHAR_FIELD_RESULT = 0x14,
    CHAR_FIELD_END = 0x15,
    CHAR_HYPHEN = 0x1E,
    CHAR_SOFT_HYPHEN = 0x1F
};

typedef struct DocRun {
    Doc *doc;
    TextOut *out;
    GHashTable
        *stray; /* cp of fields that begin and have no end: they must not swallow the text behind them */
    /* where we are */
    guint32 cp;
    guint piece;
    DocCharacter character;
    gboolean character_known;
    /* text on its way out */
    GString *pending;  /* UTF-8 */
    GByteArray *bytes; /* in the code page */
    guint high;        /* first half of a pair */
    guint64 puts;      /* characters so far */
    FieldStack fields; /* those that are open */
    guint32 control;   /* the number of the last that was put */
} DocRun;

void doc_run_init(DocRun *run, Doc *doc, TextOut *out, guint32 begin);
void doc_run_clear(DocRun *run);

/* Puts the characters from where we are to before `end`. What was put may still be on its way: */
void doc_run_to(DocRun *run, guint32 end);
void doc_run_flush(DocRun *run);

/* The piece with this position; `from` is where to look first. NULL in a gap. */
const DocPiece *doc_piece_at(const Doc *doc, guint *from, guint32 cp);
/* Where to look first for what comes at or behind this position. */
guint doc_first_piece(const Doc *doc, guint32 cp);
/* Where a gap ends in which doc_piece_at() found nothing; G_MAXUINT32 if nothing comes any more. */
guint32 doc_behind_gap(const Doc *doc, guint from);
guint32 doc_place_of(const DocPiece *piece, guint32 cp);
guint doc_unit_at(const Doc *doc, const DocPiece *piece, guint32 cp);
