/* docx_controls.h - ActiveX controls of an OOXML package (.docx, .xlsx) as text. */
#pragma once

#include "parsers/ooxml.h"

/* What the control in that part (activeX1.xml) shows: see forms_control.h. NULL if nothing. Caller frees. */
char *docx_control_text(Ooxml *ooxml, const char *part);
