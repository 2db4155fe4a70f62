/* mht.h - web pages with their pictures, saved as one file (.mht, RFC 2557): browsers', and the 单个文件网页
 * of Word, Excel and WPS, also under the name .doc.
 */
#pragma once

#include "parsers/facts.h"

/* Text, tables and fields of the page, and behind it of the pages that belong to it (frames, sheets,
 * headers); pictures and styles are part of it, and files that are attached are children, as members of
 * archives are (archive.h). Sets the type multipart/related. Problems: empty-document, scanned-only
 * (pictures, and no text), macro, damaged (no part was found), truncated, archive-bomb. */
void mht_read(FactsAttachment *attachment, GBytes *bytes);
