/* recognise.h - what kind of file some bytes are, and whether they can be read at all without a password.
 */
#pragma once

#include "parsers/ooxml.h"
#include "parsers/unpack.h"

typedef enum RecogniseReader {
    RECOGNISE_NONE,     /* no reader here: it is kept and named */
    RECOGNISE_WORD,     /* docx.h, through `ooxml` */
    RECOGNISE_WORKBOOK, /* xlsx.h, through `ooxml` */
    RECOGNISE_ODF_TEXT, /* opendocument.h, through `zip` */
    RECOGNISE_ODF_WORKBOOK,
    RECOGNISE_DOC,     /* doc.h */
    RECOGNISE_WORDXML, /* wordxml.h: a document that is all one part */
    RECOGNISE_SHEETML, /* sheetml.h */
    RECOGNISE_BIFF,    /* biff.h */
    RECOGNISE_WORKS,   /* works.h */
    RECOGNISE_TEXT,    /* texts.h */
    RECOGNISE_CSV,
    RECOGNISE_HTML,    /* webpage.h */
    RECOGNISE_ARCHIVE, /* archive.h */
    RECOGNISE_GZIP,
    RECOGNISE_WEB_ARCHIVE, /* mht.h */
    RECOGNISE_PDF,         /* pdf.h */
    RECOGNISE_RTF,         /* rtf.h */
    RECOGNISE_TNEF         /* tnef.h */
} RecogniseReader;

typedef struct Recognised {
    char *type;       /* MIME type */
    const char *what; /* in English, static */
    RecogniseReader reader;
    gboolean macro;
    const char *problem; /* encrypted, damaged, empty-document …: it is not worth reading on. NULL if none */
    char *detail;
    Unpacked *zip; /* of zip containers */
    Ooxml *ooxml;  /* of OOXML packages */
} Recognised;

/* Looks at content first; `name` and `declared_type` (UTF-8, may be "") only where content cannot say. Never
 * NULL. The caller frees. */
Recognised *recognise(GBytes *bytes, const char *name, const char *declared_type);
void recognised_free(Recognised *found);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Recognised, recognised_free)

/* For the probes: sets type and what; sets the problem unless there is one already. */
void recognised_set(Recognised *found, const char *type, const char *what);
void recognised_problem(Recognised *found, const char *problem, const char *detail);
