/* forms_control.h - check boxes and fields of Microsoft Forms (ActiveX) that people put into documents
 * (MS-OFORMS). */
#pragma once

#include "parsers/cfb.h"

/* What a person sees of a control: ☑ or ☐ and its caption, the text of a field or of what is chosen, a label.
 * `stored` is the content of activeX1.bin: the control's stream behind the id of its class, or an OLE2 file
 * with it. `class_id` ({8BD21D40-…}) is what the document says of its class, where that file does not; may be
 * NULL. NULL if it is something else, broken or shows nothing. Caller frees. */
char *forms_control_text(GBytes *stored, const char *class_id);

/* The same of one that is a storage of an OLE2 file. */
char *forms_control_in(const Cfb *file, const CfbNode *storage, const char *class_id);

/* The same of one whose parts are known: `style` is that of MS-OFORMS 2.5.4 (4 check box, 5 option, 6
 * toggle). */
char *forms_control_shown(guint style, const char *value, const char *caption);
