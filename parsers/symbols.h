/* symbols.h - characters of dingbat fonts as text. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define SYMBOL_CHECKED   "☑"
#define SYMBOL_UNCHECKED "☐"

/* The character `code` (0x20 to 0xFF, or the same from 0xF020) of a font as forms use it: check boxes,
 * bullets, arrows. NULL if it is not known. Static. */
const char *symbol_text(const char *font, guint code);

/* What a character of a font of symbols is where the font says what it is in Unicode (PDF): NULL unless it
 * says nothing of use. `font` NULL: one that nobody knows, of which only U+F0xx can be guessed. Static. */
const char *symbol_of_file(const char *font, guint code);

/* Whether the character is a symbol in any of the fonts. */
gboolean symbol_is_code(guint code);

/* The font whose name begins `name`, if it is one of symbols; else NULL. Static, so that it can be kept. */
const char *symbol_font(const char *name, gsize length);

/* Text in a font that symbol_font() gave, with the characters that are known replaced. Caller frees. */
char *symbol_string(const char *font, const char *text, gsize length);

/* The same of a text of a PDF, UTF-8 or nearly, one for one. `fonts`: of each of its characters, static, as
 * symbol_font() gives it; fewer, where they are not known. Caller frees. */
char *symbol_page(const char *text, const GPtrArray *fonts);

G_END_DECLS
