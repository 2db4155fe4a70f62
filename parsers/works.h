/* works.h - the text of Microsoft Works documents, whose files are called .wps as those of WPS are.
 */
#pragma once

#include "parsers/facts.h"

/* Puts the text into the attachment: of Works 1 to 4 (a stream MN0, or the file itself) in the code page of
 * the West, of Works 2000 and later (CONTENTS in chunks) in UTF-16. Problems: damaged, empty-document,
 * too-large. */
void works_read(FactsAttachment *attachment, GBytes *bytes);

/* Whether bytes begin as a document of Works 1 to 4 outside of an OLE2 file. */
gboolean works_is_stream(const guint8 *data, gsize length);
