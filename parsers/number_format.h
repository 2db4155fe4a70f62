/* number_format.h - numbers as Excel and WPS show them in a cell (ECMA-376 part 1, 18.8.30 and 18.8.31).
 *
 * Codes may come from a file: any bytes are safe. Chinese ones are understood: yyyy"年"m"月"d"日", 上午/下午,
 * aaaa, [DBNum1], [$-804], G/通用格式. What the system's region decides is as on a Chinese system. Padding
 * ("_)", "?", "* ") is not kept at the ends. The width of the column, which can turn a number into ####, is
 * not known here.
 */
#pragma once

#include <glib.h>

/* The number under a format code (UTF-8; NULL and "" are General), up to four sections with conditions. Dates
 * and times are days since 1900, with the day too many that Excel has in February of that year, or since
 * 1904. A value that is no date under a date's code is shown as General, which has at most 11
 * digits: 1.23457E+11. May be "" (the code ";;;"). Never NULL; the caller frees. */
char *number_format(double value, const char *format_code, gboolean date1904);

/* The same for a text in a cell: only the section with "@", if there is one, changes it. Caller frees. */
char *number_format_text(const char *text, const char *format_code);

/* The code of the built-in formats that files name by number (0 to 58, as on a Chinese system), "General" for
 * the numbers between that have none. NULL beyond: those are defined in the file. Static. */
const char *number_format_builtin(guint id);
