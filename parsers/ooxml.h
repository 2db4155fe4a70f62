/* ooxml.h - the container of .docx, .xlsx and .pptx (ECMA-376 part 2): which part is what, and its bytes.
 */
#pragma once

#include "parsers/unpack.h"

typedef struct Ooxml {
    GBytes *bytes;
    const Unpacked *zip; /* the first walk; borrowed */
    Unpacked *more;      /* a second walk, where the first did not foresee what is needed; else NULL */
    char *main_part;     /* name of the member that is the document itself; "" if there is none */
    char *type;          /* MIME type of the whole */
    gboolean word;       /* a text document, of whatever flavour */
    gboolean macro;      /* carries a VBA project */
} Ooxml;

/* Which members the first walk over any zip should keep so that a usual package needs no second one. */
gboolean ooxml_want(const char *name, gpointer user);

/* The package in this zip, or NULL if it is another kind of zip. `zip` must outlive the result. Caller frees.
 */
Ooxml *ooxml_open(GBytes *bytes, const Unpacked *zip);
void ooxml_free(Ooxml *ooxml);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Ooxml, ooxml_free)

/* The bytes of a part, or NULL if it is not there or cannot be read. Owned by the package. */
GBytes *ooxml_part(Ooxml *ooxml, const char *name);

/* Names (char*) of the parts to which `part` has a relationship whose type ends in "/kind", in order, each
 * once. The caller frees. */
GPtrArray *ooxml_related(Ooxml *ooxml, const char *part, const char *kind);

/* damaged, archive-bomb or too-large, if reading met any of these; else NULL. *detail is borrowed. */
const char *ooxml_problem(const Ooxml *ooxml, const char **detail);
