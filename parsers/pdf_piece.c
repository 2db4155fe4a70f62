#include "parsers/pdf_piece.h"

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

char *pdf_piece_join(const GPtrArray *pieces)
{
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < pieces->len; i++) {
        const PdfPiece *piece = pieces->pdata[i];
        gboolean latin =
            text->len > 0 && (guchar)text->str[text->len - 1] < 0x80 && (guchar)*piece->text < 0x80;
        if (latin) g_string_append_c(text, ' ');
        g_string_append(text, piece->text);
    }
    return g_string_free(text, FALSE);
}
