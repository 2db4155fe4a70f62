/* traditional.h - words of offices in traditional characters. */
#pragma once

#include <glib.h>

/* The text with those traditional characters that labels and kinds of letters are made of as simplified ones;
 * others stay. NULL if it has none of them, as nearly all have. Caller frees. */
char *traditional_simplified(const char *text);
/* Whether that text, or else the text itself, is `simple`, which has none of them. */
gboolean traditional_is(const char *text, const char *simple);
