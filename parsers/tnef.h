/* tnef.h - winmail.dat: mails as Outlook wraps them (MS-OXTNEF).
 *
 * Ours, and not libytnef's, because that prints to standard output, believes lengths and loses memory on
 * broken input; what is needed of the format is little.
 */
#pragma once

#include "parsers/document.h"

/* Adds a child for each attachment, read by document_read() and given to `keep` (may be NULL), and the body
 * as text: plain, else that of the compressed RTF, else that of the HTML. Problems: damaged (it breaks off,
 * or a checksum is wrong), empty-document (neither body nor attachment). */
void tnef_read(FactsAttachment *attachment, GBytes *bytes, DocumentKeep keep, gpointer data);
