/* document.h - what one file contains: its type, text, tables, form fields and faults.
 */
#pragma once

#include "parsers/facts.h"

/* Reads the decoded bytes of a file into the attachment, whose name, declared_type, size, sha256 and offset
 * the caller has set (name and declared_type are hints only where bytes cannot say: content wins). Sets type,
 * text (at most LIMIT_TEXT_BYTES), fields, tables, children; adds problems: unsupported for a type that is
 * recognised but not read (detail names it), encrypted, damaged, empty-document, macro, archive-bomb,
 * too-large, scanned-only, split-volume; unreadable where watch.h says not to read. Never fails: what cannot
 * be read is a problem on the attachment. */
void document_read(FactsAttachment *attachment, GBytes *bytes);

/* Takes the decoded bytes of a file that was read. */
typedef void (*DocumentKeep)(FactsAttachment *attachment, GBytes *bytes, gpointer data);

/* The same, where the files in a mere wrapping (winmail.dat) are given to `keep` (may be NULL) one by one,
 * since they are what was sent. Members of archives are not: the archive is. */
void document_read_keeping(FactsAttachment *attachment, GBytes *bytes, DocumentKeep keep, gpointer data);
