/* number_parts.h - what the files of number_format.c share: format codes taken apart, decimal digits, Chinese
 * numerals.
 */
#pragma once

#include <glib.h>

/* --- format codes ----------------------------------------------------------------------------- */

typedef enum PartKind {
    PART_LITERAL, /* text, length bytes */
    PART_DIGIT,   /* letter: 0 # ? */
    PART_POINT,
    PART_COMMA,
    PART_PERCENT,
    PART_EXPONENT, /* letter: + or - */
    PART_SLASH,
    PART_GENERAL,
    PART_TEXT,    /* @ */
    PART_DATE,    /* letter: y m d h s a, or M for minutes; count times */
    PART_ELAPSED, /* letter: h m s; count times */
    PART_HALF_DAY /* text: AM/PM, A/P, 上午/下午 */
} PartKind;

typedef struct Part {
    PartKind kind;
    char letter;
    guint count; /* of PART_DATE "s": how often, and `fraction` digits behind its point */
    guint fraction;
    const char *text; /* into the format code, or static */
    gsize length;
} Part;

/* One of the (at most four) sections of a code. */
typedef struct Section {
    GArray *parts; /* of Part */
    gboolean date; /* it has parts of a date or time */
    gboolean text; /* it has PART_TEXT */
    char compare;  /* its condition: < > = , l for <=, g for >=, ! for <>; 0 if it has none */
    double limit;
    guint numerals;   /* n of [DBNumn], 0 without */
    gboolean chinese; /* [$-804] and its kin: names of days and months in Chinese */
} Section;

void section_init(Section *section, const char *code, gsize length);
void section_clear(Section *section);

/* --- digits ----------------------------------------------------------------------------------- */

/* 0.digits x 10^point, without zeros at the end; n = 0 is zero. */
typedef struct Decimal {
    gboolean negative;
    char digits[16];
    int n;
    int point;
} Decimal;

/* The 15 digits that Excel counts with. Not for infinities and NaN. */
Decimal decimal_from(double value);
/* Half up, to this many places behind the point (negative: before it). */
void decimal_round(Decimal *decimal, int places);
/* The digit in front of 10^position. */
char decimal_digit(const Decimal *decimal, int position);
/* Appends it as General shows it, with its sign. */
void decimal_general(Decimal decimal, GString *out);

/* --- Chinese numerals ------------------------------------------------------------------------- */

/* A decimal digit in the numerals of [DBNum1], [DBNum2] or [DBNum3]; other characters, and numerals 0, as
 * they are. */
void numeral_digit(char digit, guint numerals, GString *out);
/* A whole number (digits, at most 16) by place: 一千二百〇三. `brief`: 十二 for 一十二, as in dates. */
void numeral_places(const char *digits, guint numerals, gboolean brief, GString *out);

/* --- dates ------------------------------------------------------------------------------------ */

/* Appends a date or time; FALSE, and nothing appended, for a value that is none. */
gboolean number_date(double value, const Section *section, gboolean date1904, GString *out);
