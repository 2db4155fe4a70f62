/* locked.h - files that an office's own program encrypts whenever they are stored, and files that are gone.
 */
#pragma once

#include <glib.h>

/* Whether the bytes begin as such a file does. Its owner opens it without a password and knows of nothing; it
 * is of no use anywhere else. Whatever the name says, nothing can be told of what is in it. */
gboolean locked_by_office(const guint8 *data, gsize length);

/* Whether nothing is left but zeros, or what memory cards have where nothing is written: text of no kind. */
gboolean locked_is_wiped(const guint8 *data, gsize length);
