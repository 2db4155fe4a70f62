/* webpage.h - .html files: what Word, WPS and Excel save as a web page, and tables that web sites call .xls.
 *
 * Unlike html.h, which is made for the bodies of mails, this one keeps tables.
 */
#pragma once

#include "parsers/facts.h"

/* Text, tables and fields. The charset is that of the byte order mark, of the meta element, or found out.
 * Problems: empty-document, too-large. */
void webpage_read(FactsAttachment *attachment, GBytes *bytes);
