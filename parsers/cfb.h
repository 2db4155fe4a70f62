/* cfb.h - compound files (MS-CFB, "OLE2"): a file of streams, as .doc, .xls and their kin are.
 *
 * Of our own: it is a list of sectors, and a library for it would take longer to load than a document to
 * read. No offset, size or chain of the file is believed.
 */
#pragma once

#include <glib.h>

typedef struct CfbEntry {
    char *name; /* UTF-8 */
    gboolean storage;
    guint32 start; /* sector */
    guint64 size;  /* bytes, as the file says */
} CfbEntry;

typedef struct Cfb Cfb;

/* NULL, and *why (static, English; may be NULL), if there is no directory to be found. The caller frees. */
Cfb *cfb_open(GBytes *bytes, const char **why);
void cfb_free(Cfb *cfb);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Cfb, cfb_free)

/* A stream or storage of the root, its name compared without regard to case (2.6.4; ASCII letters only);
 * NULL if there is none. Owned by the file. */
const CfbEntry *cfb_find(const Cfb *cfb, const char *name);

/* The bytes of a stream, at most `most`. Of one that is cut off, what is there; *whole (may be NULL) tells
 * whether it has all the bytes that it should (or `most`). Never NULL; the caller unrefs. */
GBytes *cfb_read(Cfb *cfb, const CfbEntry *entry, gsize most, gboolean *whole);
