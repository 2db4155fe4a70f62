/* ooxml.h - the container of .docx, .xlsx and .pptx (ECMA-376 part 2): which part is what, and its bytes.
 */
#pragma once

#include "parsers/unpack.h"

typedef enum OoxmlKind {
    OOXML_OTHER,
    OOXML_WORD, /* text documents, of whatever flavour */
    OOXML_WORKBOOK,
    OOXML_WORKBOOK_BINARY, /* .xlsb: the same parts, but in records and not in XML */
    OOXML_SLIDES,
    OOXML_DRAWING /* Visio */
} OoxmlKind;

typedef struct Ooxml {
    Unpacked *zip;           /* borrowed */
    const UnpackMember *bad; /* the first part asked for that could not be read; NULL if none */
    char *main_part;         /* name of the member that is the document itself; "" if there is none */
    char *type;              /* MIME type of the whole */
    OoxmlKind kind;
    gboolean macro; /* carries a VBA project */
} Ooxml;

/* Which members a package may need, for archives whose members cannot be read later. */
gboolean ooxml_want(const char *name, gpointer user);

/* The package in this zip, or NULL if it is another kind of zip. `zip` must outlive the result. Caller frees.
 */
Ooxml *ooxml_open(Unpacked *zip);
void ooxml_free(Ooxml *ooxml);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Ooxml, ooxml_free)

/* The bytes of a part, or NULL if it is not there or cannot be read. Owned by the package. */
GBytes *ooxml_part(Ooxml *ooxml, const char *name);

/* To what a part has a relationship, outside of the package excepted. */
typedef struct OoxmlRelation {
    char *id;   /* NULL if it has none */
    char *kind; /* how its type ends, behind the last "/" */
    char *part; /* name of the other part, which may be missing */
} OoxmlRelation;

/* Relationships (OoxmlRelation*) of a part in order; of the package itself if `part` is "". The caller frees.
 */
GPtrArray *ooxml_relations(Ooxml *ooxml, const char *part);

/* damaged, archive-bomb or too-large, if reading met any of these; else NULL. *detail is borrowed. */
const char *ooxml_problem(const Ooxml *ooxml, const char **detail);
