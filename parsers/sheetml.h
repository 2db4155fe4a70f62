/* sheetml.h - workbooks that are one XML file: Excel 2003's own, and what web systems export under the name
 * .xls. */
#pragma once

#include "parsers/facts.h"

/* Puts text, tables and fields into the attachment (see sheets.h). Problems: damaged, too-large,
 * empty-document. */
void sheetml_read(FactsAttachment *attachment, GBytes *bytes);
