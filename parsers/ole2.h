/* ole2.h - telling apart what sits in OLE2 compound files: .doc, .wps, .xls, .et, .ppt, .msg, encrypted
 * OOXML.
 */
#pragma once

#include "parsers/recognise.h"

/* Fills in type, problem and detail for bytes that begin as an OLE2 file; `name` decides only between .doc
 * and .wps and the like, which are the same inside. */
void ole2_recognise(Recognised *found, GBytes *bytes, const char *name);
