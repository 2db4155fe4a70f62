/* biff.h - the cells of Excel workbooks from before 2007 (.xls, and .et of WPS): BIFF8, BIFF5/7, and the
 * single sheets of BIFF2 to BIFF4.
 */
#pragma once

#include "parsers/facts.h"

/* Puts text, a table per sheet and fields into the attachment (see sheets.h): cells as they are shown,
 * formulas as the results that are kept with them. `bytes` are the whole file: OLE2, or a stream of records
 * alone. Problems: encrypted, damaged, too-large, scanned-only (pictures and no text), empty-document. */
void biff_read(FactsAttachment *attachment, GBytes *bytes);

/* Whether bytes begin as a stream of records outside of an OLE2 file. */
gboolean biff_is_stream(const guint8 *data, gsize length);
