/* ole2.h - telling apart what sits in OLE2 compound files: .doc, .wps, .xls, .et, .ppt, .msg, encrypted
 * OOXML.
 */
#pragma once

#include "parsers/recognise.h"

/* Fills in type, problem and detail for bytes that begin as an OLE2 file; `name` decides only between .doc
 * and .wps and the like, which are the same inside. */
void ole2_recognise(Recognised *found, GBytes *bytes, const char *name);

/* An OLE2 file that is read from. */
typedef struct Ole2 Ole2;

/* NULL and *why (may be NULL; static) if the bytes are no whole OLE2 file. */
Ole2 *ole2_open(GBytes *bytes, const char **why);
void ole2_close(Ole2 *ole2);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Ole2, ole2_close)

/* The bytes of a stream of the root, its name compared without case; NULL if there is none. Of one that is
 * cut off, what is there, and *whole (may be NULL) is FALSE. At most LIMIT_MAIL_BYTES. The caller unrefs. */
GBytes *ole2_stream(Ole2 *ole2, const char *name, gboolean *whole);
