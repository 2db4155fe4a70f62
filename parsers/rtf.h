/* rtf.h - the text of RTF files (Rich Text Format 1.9.1), as Word and WordPad write them.
 */
#pragma once

#include "parsers/facts.h"

/* Text, tables and fields. Of fields the result, of footnotes the text, nothing of headers of styles, fonts,
 * pictures and other destinations; deleted text is left out. Problems: damaged (groups are not closed, or too
 * deep), scanned-only (pictures or objects, and no text), empty-document. */
void rtf_read(FactsAttachment *attachment, GBytes *bytes);

/* The same text alone, for RTF inside something else. The caller frees. */
char *rtf_text(const char *bytes, gsize length);
