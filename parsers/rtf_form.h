/* rtf_form.h - form fields of RTF (1.9.1, "Form Fields"): check boxes and lists, whose state is in control
 * words.
 */
#pragma once

#include "parsers/rtf_words.h"

typedef struct RtfForm {
    gboolean open; /* the innermost field is one */
    int type, result, preset;
    int items;     /* of its list, so far */
    GString *item; /* the one that is chosen */
    guint64 puts;  /* times that text was put when it began: what was put since is its result */
} RtfForm;

/* A form field begins in the code of a field. */
void rtf_form_begin(RtfForm *form, guint64 puts);

/* \fftype, \ffres or \ffdefres. */
void rtf_form_word(RtfForm *form, RtfAction action, int number);

/* An item of the list begins; whether it is the one that is chosen, whose text goes to `item`. */
gboolean rtf_form_item(RtfForm *form);

/* The field ends: what is shown of it, if it has no result of its own; else NULL. Good until the next begins.
 */
const char *rtf_form_end(RtfForm *form, guint64 puts);

void rtf_form_clear(RtfForm *form);
