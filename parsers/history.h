/* history.h - what is new in the text of a mail, and what is quoted from earlier ones.
 *
 * Works on the readable text, so that plain text and HTML (whose quotes html.c marks with ">") are one.
 */
#pragma once

#include "parsers/facts.h"

/* Fills facts->new_text and facts->quoted from facts->body and facts->subject. */
void history_read(Facts *facts);
