/* charsets.h - the charsets of Office documents as tables, for a program that can load no modules of iconv.
 */
#pragma once

#include <glib.h>

#define CHARSET_NONE  0xFFFFFFFFu /* no character */
#define CHARSET_LEAD  0xFFFFFFFEu /* of a byte: another one belongs to it */
#define CHARSET_MARKS 0x0300u /* the second character of a code that means two is one of 1023 behind this */

/* Codes of two bytes: the second is from 0x40 on. */
enum { CHARSET_FIRST = 0x81, CHARSET_FIRSTS = 126, CHARSET_SECOND = 0x40, CHARSET_SECONDS = 191 };

/* A character, which so many bytes stand for, and the byte behind them: they are one character together. */
typedef struct CharsetPair {
    guint32 character, bytes, byte, together;
} CharsetPair;

/* Codes of four bytes, counted without gaps: those from `code` on are the characters from `character` on. */
typedef struct CharsetRun {
    guint32 code, character;
} CharsetRun;

typedef struct CharsetTable {
    const char *name;       /* for iconv */
    const guint32 *singles; /* of 256 */
    const guint32
        *doubles; /* a row for each first byte; the upper 11 bits: a second character; may be NULL */
    const CharsetPair *pairs;
    const CharsetRun *runs;
    gsize n_pairs, n_runs;
} CharsetTable;

/* Written by charsets_make.c when this is built; a name that is NULL ends them. */
extern const CharsetTable CHARSET_TABLES[];
