#include "parsers/pdf_spread.h"

#include <string.h>

#include "parsers/pdf_grid.h"

enum {
    REACH = 3,        /* heights of a letter */
    LINES_MAX = 2000, /* of a page that are looked at */
    SINGLES_MAX = 60  /* of these, with a single hanzi */
};

/* A line of poppler's. */
typedef struct Line {
    const char *text;
    gsize length;     /* bytes, without its end */
    guint first, n;   /* characters, without its end */
    gboolean ended;   /* the last one may have no end */
    PdfRectangle box; /* of its letters */
    gboolean single;  /* a hanzi and nothing else, in no table */
    gboolean put;     /* it has its place */
} Line;

static gboolean is_hanzi(gunichar c)
{
    return c >= 0x4E00 && c <= 0x9FFF;
}

static gboolean is_beside(const PdfRectangle *a, const PdfRectangle *b)
{
    const double height = MIN(a->y2 - a->y1, b->y2 - b->y1);
    return MIN(a->y2, b->y2) - MAX(a->y1, b->y1) >= height / 2;
}

gboolean pdf_spread_is_near(const PdfRectangle *left, const PdfRectangle *right)
{
    const double height = MIN(left->y2 - left->y1, right->y2 - right->y1), distance = right->x1 - left->x2;
    return is_beside(left, right) && distance >= 0 && distance <= REACH * height;
}

/* The lines of the text; NULL if there are too many, or too few places. */
static GArray *lines_of(const PdfLetters *letters, const GPtrArray *grids)
{
    g_autoptr (GArray) lines = g_array_new(FALSE, TRUE, sizeof(Line));
    guint i = 0;
    for (const char *p = letters->text; *p;) {
        Line line = {.text = p, .first = i};
        guint inked = 0;
        gboolean hanzi = FALSE;
        for (; *p && !strchr("\n\f\r", *p); p = g_utf8_next_char(p), i++) {
            const gunichar c = g_utf8_get_char(p);
            if (g_unichar_isspace(c) || i >= letters->n) continue;
            const PdfRectangle *place = &letters->places[i];
            PdfRectangle *box = &line.box;
            *box = inked++ == 0 ? *place
                                : (PdfRectangle){MIN(box->x1, place->x1), MIN(box->y1, place->y1),
                                                 MAX(box->x2, place->x2), MAX(box->y2, place->y2)};
            hanzi = is_hanzi(c);
        }
        line.length = (gsize)(p - line.text);
        line.n = i - line.first;
        line.single = inked == 1 && hanzi && !pdf_grids_at(grids, &line.box);
        line.ended = *p != '\0';
        p += line.ended;
        i += line.ended;
        g_array_append_val(lines, line);
        if (lines->len > LINES_MAX || i > letters->n) return NULL;
    }
    return g_steal_pointer(&lines);
}

static int by_left(gconstpointer a, gconstpointer b)
{
    const Line *one = *(Line *const *)a, *other = *(Line *const *)b;
    return one->box.x1 < other->box.x1 ? -1 : one->box.x1 > other->box.x1;
}

/* The single letters on the line of one of them, from left to right; NULL if something else stands there. */
static GPtrArray *letters_beside(GArray *lines, const Line *line)
{
    g_autoptr (GPtrArray) beside = g_ptr_array_new();
    for (guint i = 0; i < lines->len; i++) {
        Line *other = &g_array_index(lines, Line, i);
        if (other->box.y2 <= other->box.y1 || !is_beside(&line->box, &other->box)) continue;
        if (!other->single || other->put) return NULL;
        g_ptr_array_add(beside, other);
    }
    g_ptr_array_sort(beside, by_left);
    return g_steal_pointer(&beside);
}

/* Whether they are letters of one size at even distances. */
static gboolean is_title(const GPtrArray *beside)
{
    double least = G_MAXDOUBLE, most = 0;
    for (guint i = 1; i < beside->len; i++) {
        const PdfRectangle *left = &((const Line *)beside->pdata[i - 1])->box,
                           *right = &((const Line *)beside->pdata[i])->box;
        const double height = left->y2 - left->y1, distance = right->x1 - left->x2;
        if (!pdf_spread_is_near(left, right) || ABS(height - (right->y2 - right->y1)) > height / 10)
            return FALSE;
        least = MIN(least, distance);
        most = MAX(most, distance);
        if (most - least > height / 2) return FALSE;
    }
    return beside->len > 1;
}

typedef struct Output {
    const PdfLetters *letters;
    const GArray *lines;
    GString *text;
    GArray *places;
    guint n; /* lines so far */
} Output;

/* Lines change their places, and their ends do not. */
static void put(Output *output, Line *line)
{
    line->put = TRUE;
    const Line *here = &g_array_index(output->lines, Line, output->n++);
    const guint all = output->letters->n, end = here->first + here->n;
    g_string_append_len(output->text, line->text, (gssize)line->length);
    if (line->first < all)
        g_array_append_vals(output->places, output->letters->places + line->first,
                            MIN(line->n, all - line->first));
    if (!here->ended) return;
    g_string_append_c(output->text, here->text[here->length]);
    if (end < all) g_array_append_vals(output->places, output->letters->places + end, 1);
}

/* Whether there may be two lines of a single hanzi: few pages have any. */
static gboolean has_short_lines(const char *text)
{
    enum { SHORTEST = 3, LONGEST = 8 }; /* bytes: a hanzi, and blanks */
    guint n = 0;
    for (const char *p = text; *p && n < 2;) {
        const gsize length = strcspn(p, "\n");
        n += length >= SHORTEST && length <= LONGEST && (guchar)*p >= 0x80;
        p += length + (p[length] != '\0');
    }
    return n >= 2;
}

void pdf_spread_gather(PdfLetters *letters, const GPtrArray *grids)
{
    if (!has_short_lines(letters->text)) return;
    g_autoptr (GArray) lines = lines_of(letters, grids);
    guint singles = 0;
    for (guint i = 0; lines && i < lines->len; i++) singles += g_array_index(lines, Line, i).single;
    if (singles < 2 || singles > SINGLES_MAX) return;
    g_autoptr (GString) text = g_string_sized_new(strlen(letters->text));
    g_autoptr (GArray) places = g_array_new(FALSE, FALSE, sizeof(PdfRectangle));
    Output output = {.letters = letters, .lines = lines, .text = text, .places = places};
    for (guint i = 0; i < lines->len; i++) {
        Line *line = &g_array_index(lines, Line, i);
        g_autoptr (GPtrArray) beside = line->single && !line->put ? letters_beside(lines, line) : NULL;
        const gboolean title = beside && is_title(beside);
        for (guint k = 0; title && k < beside->len; k++) {
            Line *letter = beside->pdata[k];
            put(&output, letter);
        }
        if (!line->put) put(&output, line);
    }
    memcpy(letters->text, text->str, text->len);
    memcpy(letters->places, places->data, MIN(places->len, letters->n) * sizeof(PdfRectangle));
}
