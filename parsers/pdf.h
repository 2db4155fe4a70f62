/* pdf.h - the text of PDF files, through poppler.
 */
#pragma once

#include "parsers/facts.h"

/* Text page by page in reading order, with what was filled into form fields and typed onto the page; fields;
 * embedded files as children. Files that only forbid printing or copying are read.
 *
 * Problems: encrypted (it asks for a password), damaged, truncated (over LIMIT_PDF_PAGES, LIMIT_PDF_SECONDS
 * or the text cap: what comes before is read, to the middle of a page), scanned-only (something is drawn, but
 * next to no text, or in fonts that do not say which letters they show), empty-document (nothing is). */
void pdf_read(FactsAttachment *attachment, GBytes *bytes);
