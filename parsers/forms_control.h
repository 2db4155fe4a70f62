/* forms_control.h - check boxes and fields of Microsoft Forms (ActiveX) that people put into documents
 * (MS-OFORMS). */
#pragma once

#include <glib.h>

/* What a person sees of a control: ☑ or ☐ and its caption, the text of a field or of what is chosen, a label.
 * `stored` is the content of activeX1.bin: the control's stream behind the id of its class, or an OLE2 file
 * with it. NULL if it is something else, broken or shows nothing. Caller frees. */
char *forms_control_text(GBytes *stored);

/* The same of one whose parts are known: `style` is that of MS-OFORMS 2.5.4 (4 check box, 5 option, 6
 * toggle). */
char *forms_control_shown(guint style, const char *value, const char *caption);
