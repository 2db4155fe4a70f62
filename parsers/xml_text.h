/* xml_text.h - the text of an XML document: references, line ends, characters that may not be there,
 * encodings (XML 1.0, 2.2, 2.11, 4.1, F). Part of xml.c. */
#pragma once

#include <glib.h>

/* Appends a run with its references resolved (unless it is CDATA) and its line ends as "\n". FALSE if
 * something in it may not be there; that is left out. Only the five predefined entities are known. */
gboolean xml_decode(GString *to, const char *at, gsize length, gboolean cdata);

/* Appendix F: the document in UTF-8 if it is in another encoding (*exact is then whether all of it was text);
 * NULL if it is UTF-8, or should be. Caller frees. */
char *xml_recode(const char *bytes, gsize length, gboolean *exact);
