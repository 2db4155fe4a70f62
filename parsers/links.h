/* links.h - files that a mail only links to: 超大附件, 云附件, shared folders.
 *
 * Secretaries think that they have sent a file; what has come is a link that expires. Telling them at once is
 * the point.
 */
#pragma once

#include "parsers/facts.h"

/* Finds links to files in the text of one body part: URLs in the text, with or without their scheme, those
 * that Outlook has wrapped in its own, and the HTML anchors if there are any (of HtmlAnchor, positions in
 * `text`; NULL for plain text). Appends to facts->links, each URL once, with the file's name where the text
 * near it says one. Links that are no files (home pages, signatures) are left out.
 */
void links_find(const char *text, const GPtrArray *anchors, Facts *facts);

/* Adds a link that the mail gives in a field. */
void links_add(Facts *facts, const char *url, const char *name);

/* Moves what links_find() has found in a mail in a file to the mail that the file came with. */
void links_move(Facts *from, Facts *to);

/* Adds the problem cloud-link to the mail if a link of a known cloud was found. Call once, at the end. */
void links_judge(Facts *facts);
