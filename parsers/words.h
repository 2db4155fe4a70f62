/* words.h - text out of mail headers, as people's programs really write them.
 *
 * All functions take the raw value of a header field (folded or not, any bytes, NUL-terminated) and give
 * valid UTF-8 on one line: no control characters, white space trimmed at both ends. They never fail; callers
 * free the result.
 */
#pragma once

#include <glib.h>

/* Unstructured text (Subject) and phrases. RFC 2047, read generously: adjacent words of one charset are
 * joined before the charset is decoded (characters, and base64 groups, cut between words), padding may be
 * missing or stand in the middle, white space inside or missing around words is no obstacle, words inside
 * words are decoded too. Bytes outside words: UTF-8 if valid, else GB18030. */
char *words_decode(const char *raw);

/* The raw value as UTF-8 on one line with encoded words left alone: what structure (addresses, parameters) is
 * looked for in. Structure must come second: the second byte of a GBK character may be a backslash. */
char *words_unfold(const char *raw);

/* Decodes %XX in place of RFC 2231 and URLs; "%" without two hex digits stays. *length (may be NULL) is the
 * number of bytes: they may be in any charset. */
char *words_percent(const char *text, gsize *length);

/* Whether there is an encoded word in the text. */
gboolean words_encoded(const char *text);
