/* wordxml.h - one part of a WordprocessingML package (body, notes, header, footer) to lines, tables and
 * boxes.
 */
#pragma once

#include <glib.h>

#include "parsers/textout.h"

/* Reads the XML of a part. FALSE if it is not well-formed: what came before the fault is in `out`. Sets
 * *picture if there is a drawing, picture or embedded object; leaves it alone otherwise. */
gboolean wordxml_read(GBytes *part, TextOut *out, gboolean *picture);
