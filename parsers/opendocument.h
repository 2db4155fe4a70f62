/* opendocument.h - texts and workbooks of LibreOffice and its kin (OpenDocument 1.3: .odt, .ott, .ods, .ots).
 */
#pragma once

#include "parsers/facts.h"
#include "parsers/unpack.h"

/* Whether a MIME type is one of those, and whether it is a workbook. */
gboolean opendocument_is_type(const char *type, gboolean *sheets);

/* Puts text, tables and fields into the attachment, as docx.h and sheets.h do: changes as accepted, notes
 * behind their paragraphs, text boxes behind those they hang on, controls as what they show, headers and
 * footers at the end. Comments of a text are left out. `zip` is the package. Problems: damaged, archive-bomb,
 * too-large, scanned-only, empty-document. */
void opendocument_read(FactsAttachment *attachment, Unpacked *zip, gboolean sheets);
