/* name.h - names of files and folders that every system of the staff can open. Pure. */
#pragma once

#include <glib.h>

/* A single path component made from any text (the name of a file in a mail is whatever its sender liked):
 *   - NFC, valid UTF-8; control characters, marks that turn the reading direction, invisible characters and
 *     noncharacters are left out;
 *   - / \ : * ? " < > | (Windows) and # % (links in workbooks) become their full-width forms;
 *   - no white space or dot at the ends; a leading ~$ (hidden by office programs) becomes _;
 *   - device names of Windows (CON, NUL, COM1 …) get a leading _;
 *   - at most `most` UTF-16 units and 200 bytes; the extension survives the cut.
 * "" and what nothing is left of give `fallback`. Caller frees. */
char *name_safe(const char *raw, guint most, const char *fallback);

/* The same for a file, and two more rules: of a name with folders (/ or \) only the last component is taken,
 * and a type that Windows would run or obey when it is opened (.exe .lnk
 * .js desktop.ini …) gets a trailing _, so that a click in a workbook opens nothing. */
char *name_safe_file(const char *raw, guint most, const char *fallback);

/* "总结.docx", 2 -> "总结（2）.docx". The result keeps within 40 more bytes. Caller frees. */
char *name_numbered(const char *name, guint n);

/* The form in which two names are one name on Windows. Caller frees. */
char *name_key(const char *name);
