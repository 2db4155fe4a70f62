/* codepage.h - 8-bit text of old Office files, whose code page is a number. */
#pragma once

#include <glib.h>

/* Decodes text in a Windows (or Mac) code page: 936, 1252, 10000 … 0 and unknown ones: Western. Western code
 * pages are not believed of text that is plainly GBK: old Chinese programs leave the number at what it was.
 * UTF-8, see charset.h; the caller frees. */
char *codepage_to_utf8(const guint8 *bytes, gsize length, guint codepage);

/* The code page of a Windows language identifier: 936 for 0x0804. 1252 where nothing else is known. */
guint codepage_of_language(guint language);

/* Whether the bytes above 0x7F are GB 2312 characters in pairs, two of them or more side by side. */
gboolean codepage_looks_chinese(const guint8 *bytes, gsize length);
