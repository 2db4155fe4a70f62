/* Numbers in cells, and what their formats hide. */
#include <string.h>

#include "parsers/number_format.h"
#include "parsers/sheets.h"

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

/* Up to the 15 digits that Excel counts with; NULL where that takes an exponent. */
static char *all_digits(double value)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE];
    g_ascii_formatd(text, sizeof text, "%.15g", value);
    return strpbrk(text, "en") ? NULL : g_strdup(text); /* nan and inf too */
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
