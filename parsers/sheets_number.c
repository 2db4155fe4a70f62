/* Numbers in cells, and what their formats hide. */
#include <stdlib.h>
#include <string.h>

#include "parsers/number_format.h"
#include "parsers/sheets.h"

#define PLAIN_MAX 20 /* power of ten of the largest number that is written without an exponent */

/* Whether a format code shows (part of) a date: a letter of one outside quotes and brackets. */
static gboolean is_date_format(const char *format)
{
    for (const char *p = format; *p; p++) {
        if (*p == '"') {
            p += 1 + strcspn(p + 1, "\"");
            if (!*p) return FALSE;
        } else if (*p == '[') {
            p += strcspn(p, "]");
            if (!*p) return FALSE;
        } else if (*p == '\\' || *p == '_' || *p == '*') {
            if (!*++p) return FALSE;
        } else if (strchr("yYmMdD", *p)) {
            return TRUE;
        }
    }
    return FALSE;
}

/* Up to the 15 digits that Excel counts with, as it shows them in the line above the sheet:
 * 123456789012345000, and 1.5E+21 from there on, 1.5E-05. NULL for what is no number. */
static char *all_digits(double value)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];
    g_ascii_formatd(text, sizeof text, "%.15g", value);
    char *exponent = strchr(text, 'e');
    if (!exponent) return strchr(text, 'n') ? NULL : g_strdup(text); /* nan and inf */
    int power = atoi(exponent + 1);
    *exponent = '\0';
    if (power < 0 || power > PLAIN_MAX) return g_strdup_printf("%sE%+03d", text, power);
    char *whole = g_strnfill((gsize)power + 1 + (*text == '-'), '0');
    char *to = whole;
    for (const char *p = text; *p; p++)
        if (*p != '.') *to++ = *p;
    return whole;
}

/* What is not to be seen in the cell; NULL if nothing. */
static char *hidden(const char *shown, double value, const char *format, gboolean date1904)
{
    gboolean date = is_date_format(format);
    if (date && value < 366) return NULL; /* a time of day, or a span of time */
    g_autofree char *whole = date ? number_format(value, "yyyy-mm-dd", date1904) : all_digits(value);
    g_autofree char *year = date && whole ? g_strndup(whole, strcspn(whole, "-")) : NULL;
    if (!whole || *shown == '\0' || strstr(shown, year ? year : whole + (*whole == '-'))) return NULL;
    return g_steal_pointer(&whole);
}

gboolean sheets_number(Sheets *sheets, guint row, guint column, double value, const char *format,
                       gboolean date1904)
{
    g_autofree char *shown = format ? NULL : all_digits(value);
    if (!shown) shown = number_format(value, format, date1904);
    if (!sheets_cell(sheets, row, column, shown)) return FALSE;
    g_autofree char *rest = format ? hidden(shown, value, format, date1904) : NULL;
    if (rest) sheets_full_value(sheets, rest);
    return TRUE;
}
