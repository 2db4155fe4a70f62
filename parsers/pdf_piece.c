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

/* --- words that are broken -------------------------------------------------------------------- */

static gboolean is_between(const char *digits, gsize n, guint least, guint most)
{
    g_autofree char *number = g_strndup(digits, n);
    const guint64 value = g_ascii_strtoull(number, NULL, 10);
    return value >= least && value <= most;
}

/* The number of a telephone, with an area code if it is none of a mobile one, or of an identity card, which
 * has a date of birth in it. */
static gboolean is_number(const char *text)
{
    const gsize n = strspn(text, "0123456789");
    if (n == 11 && !text[n] && text[0] == '1' && text[1] >= '3') return TRUE;
    if (n == 18 || (n == 17 && (text[n] == 'X' || text[n] == 'x')))
        return !text[18] && is_between(text + 6, 4, 1900, 2100) && is_between(text + 10, 2, 1, 12);
    const gsize local = text[n] == '-' ? strspn(text + n + 1, "0123456789") : 0;
    return text[0] == '0' && (n == 3 || n == 4) && (local == 7 || local == 8) && !text[n + 1 + local];
}

/* Behind a date such as 2014.04.01; NULL if none begins there. */
static const char *behind_date(const char *p)
{
    for (guint part = 0; part < 3; part++) {
        const gsize n = strspn(p, "0123456789");
        if (part == 0 ? n != 4 || !is_between(p, n, 1900, 2100) : n == 0 || n > 2) return NULL;
        p += n;
        if (part < 2 && *p != '.' && *p != '/') return NULL;
        p += part < 2;
    }
    return p;
}

static gboolean is_date(const char *text)
{
    const char *p = behind_date(text);
    if (p && (*p == '-' || *p == '~')) p = behind_date(p + 1);
    return p && !*p;
}

/* The end of a mail address that lacks nothing. */
static gboolean ends_address(const char *word)
{
    static const char *const ends[] = {".cn", ".com", ".net", ".org", NULL};
    for (gsize i = 0; ends[i]; i++)
        if (g_str_has_suffix(word, ends[i])) return TRUE;
    return FALSE;
}

static gboolean is_address(const char *text)
{
    const char *at = strchr(text, '@');
    return at && at > text && !strchr(at + 1, '@') && ends_address(at);
}

/* Whether more may belong to the word: behind a whole address only .cn, and no address goes before one. */
static gboolean may_go_on(const char *word, const char *rest)
{
    if (strchr(word, '@')) return !ends_address(word) || *rest == '.';
    return *rest == '@' || !is_address(rest);
}

/* How many lines from `i` on have the word that ends the text in them, because it is longer than a line:
 * 1380000 / 0000, some / body@x.ed / u.cn. 0 if it is whole. `room` is how many figures a line can hold, or
 * 0. */
static guint lines_of_word(const char *word, gsize room, const GPtrArray *lines, guint i)
{
    static const char LETTERS[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-@/~";
    enum { LINES_MAX = 8 };
    g_autoptr (GString) all = g_string_new(word);
    guint whole = 0;
    for (guint n = i; *word && n < lines->len && n < i + LINES_MAX; n++) {
        const char *line = lines->pdata[n];
        g_autofree char *rest = g_strndup(line, strspn(line, LETTERS));
        if (!*rest || !may_go_on(all->str, rest)) break;
        if (room > 0 && strspn(rest, "0123456789") > room) break; /* 130 / 12345678 are two */
        g_string_append(all, rest);
        if (is_number(all->str) || is_date(all->str) || is_address(all->str)) whole = n - i + 1;
        if (line[strlen(rest)]) break; /* the word ends in it */
    }
    return whole;
}

/* The last word of the text, if it is one of figures or Latin letters. */
static const char *last_word(const GString *text)
{
    const char *word = text->str + text->len;
    while (word > text->str && (guchar)word[-1] < 0x80 && !strchr(" \t\n:;,(", word[-1])) word--;
    return word;
}

char *pdf_piece_join_lines(const GPtrArray *lines)
{
    GString *text = g_string_new(NULL);
    guint same = 0; /* lines that go on with the word before */
    for (guint i = 0; i < lines->len; i++) {
        const char *line = lines->pdata[i];
        const char before = text->len > 0 ? text->str[text->len - 1] : '\0';
        const gboolean latin = (guchar)before < 0x80 && (guchar)*line < 0x80;
        if (same > 0)
            same--;
        else if (before && latin && before != '-' && *line != '\n')
            g_string_append_c(text, ' ');
        g_string_append(text, line);
        const char *word = last_word(text);
        const gboolean alone = word == text->str || strchr(" \n", word[-1]);
        if (same == 0) same = lines_of_word(word, alone ? strlen(word) : 0, lines, i + 1);
    }
    return g_string_free(text, FALSE);
}

char *pdf_piece_join(const GPtrArray *pieces)
{
    g_autoptr (GPtrArray) lines = g_ptr_array_sized_new(pieces->len);
    for (guint i = 0; i < pieces->len; i++)
        g_ptr_array_add(lines, (gpointer)((const PdfPiece *)pieces->pdata[i])->text);
    return pdf_piece_join_lines(lines);
}
