/* xlsx_parts.h - what the files of xlsx.c share: the parts of a workbook, each read by one function.
 *
 * Elements are known by their local names: strict and transitional files differ in nothing else that is read
 * here. All functions return FALSE if the part is missing or not well-formed; what came before the fault has
 * been read.
 */
#pragma once

#include "parsers/sheets.h"
#include "parsers/xml.h"

/* A control of a sheet: of the sheet itself, or ActiveX. */
typedef struct XlsxControl {
    char *shape;           /* its number among the shapes */
    char *relation;        /* to the part with its state */
    char *text;            /* what an ActiveX control shows; else NULL */
    gboolean box, checked; /* it is a check box or radio button of the sheet itself */
    gboolean put;
} XlsxControl;

void xlsx_control_free(gpointer control);

/* What cells refer to. */
typedef struct XlsxBook {
    GString *text;    /* shared strings, each with its NUL, one after the other */
    GArray *strings;  /* of gsize: where each begins in `text` */
    GHashTable *rich; /* indexes of strings whose runs have fonts of their own */
    GPtrArray
        *fonts; /* of char*, static: for each cell format its font, if that is one of symbols, or NULL */
    GPtrArray *formats;  /* of char*: the format code of each cell format; NULL for General */
    GHashTable *labels;  /* set of char*: labels of the present sheet's check boxes */
    GPtrArray *controls; /* of XlsxControl*: the present sheet's, in order */
    gboolean date1904;
    gboolean picture; /* a cell shows one */
    Sheets *sheets;   /* where everything goes */
    gboolean full;    /* and that it takes no more */
} XlsxBook;

gboolean xlsx_strings(XlsxBook *book, GBytes *part);
gboolean xlsx_styles(XlsxBook *book, GBytes *part);
gboolean xlsx_sheet(XlsxBook *book, GBytes *part);
/* Controls of a VML drawing, where they lie: check boxes and radio buttons as ☑ or ☐ and their labels. What
 * the drawing does not say of them the book's controls do. */
void xlsx_controls(XlsxBook *book, GBytes *part);
/* The state of one that has a part of its own (formControlPr). */
void xlsx_control_state(XlsxControl *control, GBytes *part);
gboolean xlsx_comments(XlsxBook *book, GBytes *part);
/* Text in DrawingML: text boxes, SmartArt, charts; not the labels of check boxes once more. Sets *picture if
 * there is one. */
gboolean xlsx_drawing(XlsxBook *book, GBytes *part, gboolean *picture);

/* A string of the file format (ST_Xstring): _x4E00_ stands for a character. In place. */
void xlsx_unescape(char *text);

/* The XML of a part, which may be NULL. */
gboolean xlsx_xml(GBytes *part, const XmlEvents *events, gpointer user);
