/* biff_records.h - records of BIFF streams (.xls, .et), and what spans several of them
 * (MS-XLS 2.1.4, 2.5.293).
 */
#pragma once

#include <glib.h>

/* Types that are read (MS-XLS 2.3; the older ones OpenOffice's "Excel File Format"). */
enum {
    BIFF_FORMULA = 0x0006,
    BIFF_EOF = 0x000A,
    BIFF_HEADER = 0x0014,
    BIFF_FOOTER = 0x0015,
    BIFF_DATEMODE = 0x0022,
    BIFF_FILEPASS = 0x002F,
    BIFF_FONT = 0x0031,
    BIFF_CONTINUE = 0x003C,
    BIFF_CODEPAGE = 0x0042,
    BIFF_OBJ = 0x005D,
    BIFF_IMDATA = 0x007F,
    BIFF_BOUNDSHEET = 0x0085,
    BIFF_MULRK = 0x00BD,
    BIFF_RSTRING = 0x00D6,
    BIFF_XF = 0x00E0,
    BIFF_MERGEDCELLS = 0x00E5,
    BIFF_MSODRAWINGGROUP = 0x00EB,
    BIFF_MSODRAWING = 0x00EC,
    BIFF_SST = 0x00FC,
    BIFF_LABELSST = 0x00FD,
    BIFF_TXO = 0x01B6,
    BIFF_NUMBER = 0x0203,
    BIFF_LABEL = 0x0204,
    BIFF_BOOLERR = 0x0205,
    BIFF_STRING = 0x0207,
    BIFF_RK = 0x027E,
    BIFF_FORMAT = 0x041E,
    BIFF_BOF = 0x0809
};

/* One record: its body, and where in the stream it stands. */
typedef struct BiffRecord {
    guint type;
    const guint8 *data;
    gsize length;
    gsize offset;
} BiffRecord;

/* A stream that is walked through. */
typedef struct BiffStream {
    const guint8 *data;
    gsize length;
    gsize at;     /* of the next record */
    gboolean cut; /* the last record is longer than the stream */
} BiffStream;

/* The next record; FALSE at the end. */
gboolean biff_next(BiffStream *stream, BiffRecord *record);

/* Little-endian numbers of a record, 0 beyond its end. */
guint biff_u8(const BiffRecord *record, gsize offset);
guint biff_u16(const BiffRecord *record, gsize offset);
guint32 biff_u32(const BiffRecord *record, gsize offset);
double biff_double(const BiffRecord *record, gsize offset);

/* The body of a record and of the CONTINUE records behind it, read on from `at` bytes behind its start. */
typedef struct BiffBody {
    const guint8 *p, *end;
    BiffStream rest;
    gboolean over; /* there was less than asked for */
} BiffBody;

BiffBody biff_body(const BiffStream *stream, const BiffRecord *record, gsize at);
guint biff_body_u8(BiffBody *body);
guint biff_body_u16(BiffBody *body);
guint32 biff_body_u32(BiffBody *body);
void biff_body_skip(BiffBody *body, gsize length);

/* The characters of a BIFF8 string after its flags: `wide` says whether of 16 or 8 bits, and each CONTINUE
 * says it anew. UTF-8 without NUL; the caller frees. */
char *biff_body_characters(BiffBody *body, gsize characters, gboolean wide);

/* Where a run of formatting begins: a UTF-16 unit of the string, and the number of its font. */
typedef struct BiffRun {
    guint16 begin, font;
} BiffRun;

/* A whole BIFF8 string with its flags, runs of formatting and phonetic text. The text is kept, and the runs
 * are appended to `runs` (of BiffRun) if that is not NULL. */
char *biff_body_string(BiffBody *body, gsize characters, GArray *runs);
