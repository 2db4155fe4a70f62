/* docx.h - the text of a WordprocessingML package (.docx, .docm, .dotx; transitional and strict).
 */
#pragma once

#include "parsers/facts.h"
#include "parsers/ooxml.h"

/* Puts text, tables and fields into the attachment: the body, then foot- and endnotes, then headers and
 * footers (each text once). Tracked changes are read as accepted, fields as their results, check boxes as ☑
 * and ☐; of alternatives (mc:AlternateContent) the first, of ruby the base; of an embedded document of
 * another format (altChunk: HTML, MHT, RTF …) the text. Embedded files become children (ooxml_objects.h).
 * Problems: damaged, too-large, archive-bomb;
 * scanned-only where there are pictures and no text, empty-document where there is neither (nor a child). */
void docx_read(FactsAttachment *attachment, Ooxml *ooxml);
