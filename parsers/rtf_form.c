#include "parsers/rtf_form.h"

#include "parsers/symbols.h"

enum { CHECK_BOX = 1, LIST = 2, AS_PRESET = 25 };

void rtf_form_begin(RtfForm *form, guint64 puts)
{
    if (!form->item) form->item = g_string_new(NULL);
    g_string_truncate(form->item, 0);
    form->open = TRUE;
    form->type = form->preset = form->items = 0;
    form->result = AS_PRESET;
    form->puts = puts;
}

void rtf_form_word(RtfForm *form, RtfAction action, int number)
{
    if (action == RTF_FORM_TYPE)
        form->type = number;
    else if (action == RTF_FORM_RESULT)
        form->result = number;
    else
        form->preset = number;
}

static int state(const RtfForm *form)
{
    return form->result == AS_PRESET ? form->preset : form->result;
}

gboolean rtf_form_item(RtfForm *form)
{
    return form->open && form->items++ == state(form);
}

const char *rtf_form_end(RtfForm *form, guint64 puts)
{
    gboolean bare = form->open && form->puts == puts;
    form->open = FALSE;
    if (!bare || form->type < CHECK_BOX || form->type > LIST) return NULL;
    if (form->type == LIST) return form->item->str;
    return state(form) ? SYMBOL_CHECKED : SYMBOL_UNCHECKED;
}

void rtf_form_clear(RtfForm *form)
{
    if (form->item) g_string_free(form->item, TRUE);
}
