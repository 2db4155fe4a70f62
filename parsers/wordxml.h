/* wordxml.h - one part of a WordprocessingML package (body, notes, header, footer) to lines, tables and
 * boxes.
 */
#pragma once

#include <glib.h>

#include "parsers/textout.h"

/* Where what is found goes. */
typedef struct WordxmlSink {
    TextOut *out;
    gboolean picture; /* set if there is a drawing, picture or embedded object; left alone otherwise */
    /* Called where a document of another format is embedded, with the id of its relationship, between
     * paragraphs. May be NULL. */
    void (*chunk)(gpointer user, const char *id);
    gpointer user;
} WordxmlSink;

/* Reads the XML of a part. FALSE if it is not well-formed: what came before the fault is in `out`. */
gboolean wordxml_read(GBytes *part, WordxmlSink *sink);
