/* docx_styles.h - which styles of a WordprocessingML package set their text in a font of symbols. */
#pragma once

#include <glib.h>

/* Style id -> what is known of it, for docx_styles_font(). `part` may be NULL or broken: what can be read
 * counts. The caller unrefs. */
GHashTable *docx_styles_read(GBytes *part);

/* The font of symbols (symbols.h) that the style has, or inherits; else NULL. Static. */
const char *docx_styles_font(GHashTable *styles, const char *id);
