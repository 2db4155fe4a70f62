/* What is printed above and below a sheet (ECMA-376 part 1, 18.3.1.46; MS-XLS 2.4.136). */
#include <string.h>

#include "parsers/sheets.h"

/* One of the three parts that &L, &C and &R begin. *counted: it has the number of the page, or a date, or the
 * like. */
static const char *read_part(const char *p, GString *text, gboolean *counted)
{
    while (*p && !(*p == '&' && p[1] && strchr("LCRlcr", p[1]))) {
        if (*p != '&' || !p[1]) {
            g_string_append_c(text, *p++);
        } else if (p[1] == '&') {
            g_string_append_c(text, '&');
            p += 2;
        } else if (p[1] == '"') { /* a font */
            const char *close = strchr(p + 2, '"');
            p = close ? close + 1 : p + strlen(p);
        } else if (p[1] == 'K' || p[1] == 'k') { /* a colour */
            p += 2;
            for (int i = 0; i < 6 && (g_ascii_isxdigit(*p) || *p == '+' || *p == '-'); i++) p++;
        } else if (g_ascii_isdigit(p[1])) { /* a size */
            for (p++; g_ascii_isdigit(*p);) p++;
        } else {
            *counted |= strchr("PNDTFAZpndtfaz", p[1]) != NULL;
            p += (guchar)p[1] < 0x80 ? 2 : 1;
        }
    }
    return p;
}

void sheets_header(Sheets *sheets, const char *code)
{
    g_autoptr (GString) text = g_string_new(NULL);
    for (const char *p = code; *p;) {
        gboolean counted = FALSE;
        p = read_part(p, text, &counted);
        if (!counted) sheets_box(sheets, text->str);
        g_string_truncate(text, 0);
        if (*p) p += 2;
    }
}
