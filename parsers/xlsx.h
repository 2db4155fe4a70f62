/* xlsx.h - the cells of a SpreadsheetML package (.xlsx, .xlsm, .xltx; transitional and strict).
 */
#pragma once

#include "parsers/facts.h"
#include "parsers/ooxml.h"

/* Puts text, tables and fields into the attachment (see sheets.h): the sheets in the order of the workbook,
 * hidden ones too, cells as they are shown: numbers and dates under their format, the last results of
 * formulas, strings without their phonetic guides. A number under the format General keeps the digits that it
 * has, up to 15, where Excel would show but eleven places. Comments, text boxes, SmartArt and the titles of
 * charts come behind the cells of their sheet, in the text. Embedded files become children (ooxml_objects.h).
 * Problems: damaged, too-large, archive-bomb;
 * scanned-only where there are pictures and no text, empty-document where there is neither (nor a child). */
void xlsx_read(FactsAttachment *attachment, Ooxml *ooxml);
