/* texts.h - files that are nothing but text: .txt in any charset, .csv.
 */
#pragma once

#include "parsers/facts.h"

/* Text and fields. Problem: empty-document. */
void texts_read_plain(FactsAttachment *attachment, GBytes *bytes);

/* One table, its text (cells parted by tabs) and its fields; what is no CSV (see table_read_csv()) is read as
 * plain text. Problem: empty-document. */
void texts_read_csv(FactsAttachment *attachment, GBytes *bytes);

/* Whether the text (UTF-8) is nothing but white space. */
gboolean texts_is_blank(const char *text);

/* The problem empty-document if the attachment has no text but white space. */
void texts_check_empty(FactsAttachment *attachment);
