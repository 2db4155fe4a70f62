/* doc.h - the text of Word documents from before 2007 (.doc, .dot, and .wps of WPS): Word 97 to 2003, and the
 * text of Word 6 and 95.
 */
#pragma once

#include "parsers/facts.h"

/* Puts text, tables and fields into the attachment: the body, then foot- and endnotes, text boxes, headers
 * and footers (each text once), comments. Tracked changes are read as accepted, hidden text is left out,
 * fields are their results, check boxes ☑ and ☐. `bytes` are the whole OLE2 file. Problems: encrypted,
 * damaged, too-large; scanned-only where there are pictures and no text, empty-document where there is
 * neither. */
void doc_read(FactsAttachment *attachment, GBytes *bytes);
