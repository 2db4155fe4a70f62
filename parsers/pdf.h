/* pdf.h - the text of PDF files, through poppler.
 */
#pragma once

#include "parsers/facts.h"

/* Text page by page in reading order, with what was filled into form fields and typed onto the page; fields;
 * embedded files as children. Files that only forbid printing or copying are read.
 *
 * Problems: encrypted (it asks for a password), damaged, too-large (over LIMIT_PDF_PAGES, LIMIT_PDF_SECONDS
 * or the text cap: the pages before are read), scanned-only (something is drawn, but next to no text),
 * empty-document (nothing is). */
void pdf_read(FactsAttachment *attachment, GBytes *bytes);
