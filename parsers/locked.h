/* locked.h - files that an office's own program encrypts whenever they are stored, and files of which nothing
 * can be read.
 */
#pragma once

#include <glib.h>

/* Whether the bytes begin as such a file does. Its owner opens it without a password and knows of nothing; it
 * is of no use anywhere else. Whatever the name says, nothing can be told of what is in it. */
gboolean locked_by_office(const guint8 *data, gsize length);

/* What is wrong with bytes that are text to whoever reads on: zeros, or 0xFF, and nothing else; a document in
 * base64. NULL if nothing is. Static. */
const char *locked_fault(const guint8 *data, gsize length);
