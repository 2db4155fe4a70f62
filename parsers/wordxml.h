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
     * paragraphs. */
    void (*chunk)(gpointer user, const char *id);
    /* What a control shows (for the caller to free), or NULL; with the id of its relationship. May be NULL.
     */
    char *(*control)(gpointer user, const char *id);
    /* The font of symbols (symbols.h) of a style, or NULL; asked of short texts only. May be NULL. */
    const char *(*style_font)(gpointer user, const char *id);
    gpointer user;
} WordxmlSink;

/* Reads the XML of a part. FALSE if it is not well-formed: what came before the fault is in `out`. */
gboolean wordxml_read(GBytes *part, WordxmlSink *sink);
