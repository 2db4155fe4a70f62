/* values.h - small readers of text that the config file and the roster share. Pure. */
#pragma once

#include <glib.h>

/* The parts of `text` between any of ; ； , ， 、 and line breaks, trimmed of white space (U+3000 too), empty
 * ones left out, each once. With `also_spaces` white space separates too. An array of char*, maybe empty; the
 * caller owns it. */
GPtrArray *values_split(const char *text, gboolean also_spaces);

/* Trimmed of white space as Unicode has it, zero-width characters and BOMs included. Caller frees. */
char *values_trim(const char *text);

/* `text` fit for a message of one line: control characters and invisible marks of direction as <U+XXXX>, what
 * is no UTF-8 as U+FFFD. Caller frees. */
char *values_printable(const char *text);

/* Decimal digits only, at most `most`. */
gboolean values_number(const char *text, guint64 most, guint64 *number);

/* The entry of `words` (NULL-terminated, lower case) that is nearest to `word` in lower case and without
 * spaces around it, by edit distance in characters, if it is near enough to have been meant; else NULL. Owned
 * by the caller of words. */
const char *values_nearest(const char *word, const char *const *words);
