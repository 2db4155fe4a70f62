/* rtf_fonts.h - the table of fonts of an RTF document: code pages, and which are of symbols. */
#pragma once

#include <glib.h>

typedef struct RtfFonts {
    guint16 *pages;      /* by number of font: its code page, 0 if it is the document's */
    GHashTable *symbols; /* number -> name, of those that are of symbols */
    GString *name;       /* of the one that is being defined, as far as it has come */
    int defined;
} RtfFonts;

#define RTF_FONT_NONE (-1)

void rtf_fonts_init(RtfFonts *fonts);
void rtf_fonts_clear(RtfFonts *fonts);

/* What comes is about this font: bytes of its name, which ends with a semicolon, and its code page. */
void rtf_fonts_define(RtfFonts *fonts, int font);
void rtf_fonts_name(RtfFonts *fonts, char byte);
void rtf_fonts_page(RtfFonts *fonts, guint page);

/* The code page of a font, 0 if it is not known. */
guint rtf_fonts_page_of(const RtfFonts *fonts, int font);

/* What the character is in that font, if the font is one of symbols and has it; else NULL. Static. */
const char *rtf_fonts_symbol(const RtfFonts *fonts, int font, gunichar c);
