/* mend.h - the header of a mail, made into one that GMime reads whole. Private to entity.c. */
#pragma once

#include <glib.h>

/* The mail with its header mended, or NULL if it needs no mending: "From " lines and blank lines before it
 * go; blank lines and lines that are no fields inside of it go; the blank line behind it is added where it
 * was forgotten; NUL becomes a space; lines that end in CR alone end in LF. The body's bytes stay (but for
 * the last). */
GBytes *mend_mail(GBytes *mail);
