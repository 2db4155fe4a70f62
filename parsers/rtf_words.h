/* rtf_words.h - what the control words of RTF mean to rtf.c, and its charsets.
 */
#pragma once

#include <glib.h>

typedef enum RtfAction {
    RTF_UNKNOWN,
    RTF_SKIP,    /* a destination that is no text of the document */
    RTF_KEEP,    /* one that is, even when marked to be ignored by those who do not know it */
    RTF_PICTURE, /* no text, but something to see */
    RTF_OBJECT,
    RTF_FIELD,
    RTF_FIELD_CODE,
    RTF_FIELD_RESULT,
    RTF_FORM,
    RTF_FORM_TYPE,
    RTF_FORM_RESULT,
    RTF_FORM_PRESET,
    RTF_FORM_ITEM,
    RTF_CHARACTER, /* stands for the character `value` */
    RTF_PARAGRAPH,
    RTF_BREAK,
    RTF_PLAIN, /* formats of characters as at the beginning */
    RTF_RESET, /* formats of paragraphs as at the beginning */
    RTF_IN_TABLE,
    RTF_ROW_BEGINS,
    RTF_CELL_DEFINED,
    RTF_CELL_COVERED, /* part of the one to the left or, with `value`, above */
    RTF_CELL_ENDS,
    RTF_ROW_ENDS,
    RTF_TABLES,   /* how many are around the paragraph */
    RTF_NEST_ROW, /* a destination that describes a row of a table in a table, behind it */
    RTF_NEST_CELL_ENDS,
    RTF_NEST_ROW_ENDS,
    RTF_BOX, /* a text box */
    RTF_HIDDEN,
    RTF_FONT,
    RTF_FONT_DEFAULT,
    RTF_FONT_TABLE,
    RTF_FONT_CHARSET,
    RTF_FONT_PAGE,
    RTF_CODE_PAGE,
    RTF_CHARSET, /* the document's is code page `value` */
    RTF_UNICODE,
    RTF_UNICODE_SKIP,
    RTF_BINARY
} RtfAction;

typedef struct RtfWord {
    const char *name;
    RtfAction action;
    guint value;
} RtfWord;

/* The word, or NULL if it is none that matters. Static. */
const RtfWord *rtf_word(const char *name);

/* The code page of a font by its \fcharset (RTF 1.9.1, "Font Table"); 0 where that says nothing. */
guint rtf_page_of_charset(int charset);

/* A label of the code page for charset_to_utf8(). The caller frees. */
char *rtf_label_of_page(guint page);
