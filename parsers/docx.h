/* docx.h - the text of a WordprocessingML package (.docx, .docm, .dotx; transitional and strict).
 */
#pragma once

#include "parsers/facts.h"
#include "parsers/ooxml.h"

/* Puts text, tables and fields into the attachment: the body, then foot- and endnotes, then headers and
 * footers (each text once). Tracked changes are read as accepted, fields as their results, check boxes as ☑
 * and ☐; of alternatives (mc:AlternateContent) the first, of ruby the base; of an embedded document of
 * another format (altChunk: HTML, MHT, RTF …) the text. Problems: damaged, too-large, archive-bomb;
 * scanned-only where there are pictures and no text, empty-document where there is neither. */
void docx_read(FactsAttachment *attachment, Ooxml *ooxml);

/* The same for a document that is one XML file: Word 2003 XML, and packages written as one ("flat OPC"). */
void docx_read_flat(FactsAttachment *attachment, GBytes *bytes);
