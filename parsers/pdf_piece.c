#include "parsers/pdf_piece.h"

#include <string.h>

static gboolean is_wide(gunichar c)
{
    return g_unichar_iswide(c);
}

gboolean pdf_piece_is_gap(const PdfRectangle *before, gunichar a, const PdfRectangle *after, gunichar b)
{
    double distance = after->x1 - before->x2, height = before->y2 - before->y1;
    double letter = is_wide(a) ? before->x2 - before->x1 : is_wide(b) ? after->x2 - after->x1 : height;
    return distance > 0.75 * letter && distance > 1;
}

gboolean pdf_piece_is_glue(const PdfRectangle *before, gunichar a, const PdfRectangle *after, gunichar b)
{
    if (is_wide(a) == is_wide(b) || !g_unichar_isalnum(a) || !g_unichar_isalnum(b)) return FALSE;
    const PdfRectangle *wide = is_wide(a) ? before : after;
    return after->x1 - before->x2 < 0.23 * (wide->x2 - wide->x1);
}

gboolean pdf_piece_is_beside(const PdfPiece *a, const PdfPiece *b)
{
    double shared = MIN(a->bottom, b->bottom) - MAX(a->top, b->top);
    return shared > 0.5 * MIN(a->bottom - a->top, b->bottom - b->top);
}

/* The number of a mobile telephone, or of an identity card. */
static gboolean is_number(const char *text)
{
    gsize n = strspn(text, "0123456789");
    if (n == 17 && (text[n] == 'X' || text[n] == 'x')) n++;
    return !g_ascii_isalnum(text[n]) && (n == 18 || (n == 11 && text[0] == '1' && text[1] >= '3'));
}

/* The end of a mail address that lacks nothing. */
static gboolean ends_address(const char *word)
{
    static const char *const ends[] = {".cn", ".com", ".net", ".org", NULL};
    for (gsize i = 0; ends[i]; i++)
        if (g_str_has_suffix(word, ends[i])) return TRUE;
    return FALSE;
}

/* Whether what is too long for its line goes on in the next: 1380000 0000, somebody@x.ed u.cn. `word` is the
 * last of a line. */
static gboolean goes_on(const char *word, const char *line)
{
    static const char OF_ADDRESS[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-@";
    g_autofree char *rest = g_strndup(line, strspn(line, OF_ADDRESS));
    g_autofree char *both = g_strconcat(word, rest, NULL);
    if (g_ascii_isdigit(*rest) && strspn(word, "0123456789") == strlen(word)) return is_number(both);
    const char *at = strchr(both, '@');
    return at && at > both && !strchr(at + 1, '@') && !ends_address(word) && ends_address(both) &&
           (*rest == '@' || strchr(word, '@'));
}

void pdf_piece_join_line(GString *text, const char *line)
{
    const char *end = text->str + text->len, *word = end;
    const gboolean latin = text->len > 0 && (guchar)end[-1] < 0x80 && end[-1] != '-' && (guchar)*line < 0x80;
    while (latin && word > text->str && (guchar)word[-1] < 0x80 && !strchr(" \t\n:;,(/", word[-1])) word--;
    if (latin && !goes_on(word, line)) g_string_append_c(text, ' ');
    g_string_append(text, line);
}

char *pdf_piece_join(const GPtrArray *pieces)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < pieces->len; i++)
        pdf_piece_join_line(text, ((const PdfPiece *)pieces->pdata[i])->text);
    return g_string_free(text, FALSE);
}
