/* webpage.h - .html files: what Word, WPS and Excel save as a web page, and tables that web sites call .xls.
 *
 * Unlike html.h, which is made for the bodies of mails, this one keeps tables.
 */
#pragma once

#include "parsers/facts.h"
#include "parsers/textout.h"

/* Text, tables and fields. The charset is that of the byte order mark, of the meta element, or found out.
 * Problems: empty-document, truncated, too-large (of a table). */
void webpage_read(FactsAttachment *attachment, GBytes *bytes);

/* The same of one page of several, into `out`. `charset`: as what it comes with says, NULL where nothing
 * does. FALSE if only the first part of it was read. */
gboolean webpage_put(TextOut *out, GBytes *bytes, const char *charset);
