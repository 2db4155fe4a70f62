#include "parsers/pdf_marks.h"

#include <string.h>

#include "parsers/radicals.h"
#include "parsers/symbols.h"

enum {
    TEXT_MAX = 20000, /* bytes of one mark */
    LOOK_MAX = 5000,  /* letters of all marks that are looked at: each is compared with those of the page */
    SLACK = 3         /* points by which a mark may overlap what is beside it */
};

static void mark_free(gpointer data)
{
    PdfMark *mark = data;
    g_free(mark->text);
    g_free(mark->label);
    g_free(mark);
}

/* --- reading ---------------------------------------------------------------------------------- */

/* Takes the text. NULL if there is nothing in it. */
static char *one_line(char *text)
{
    if (!text) return NULL;
    for (char *p = text; *p; p++)
        if ((guchar)*p < ' ' || *p == 0x7F) *p = ' ';
    if (strlen(text) > TEXT_MAX) *g_utf8_find_prev_char(text, text + TEXT_MAX) = '\0';
    if (*g_strstrip(text)) return text;
    g_free(text);
    return NULL;
}

static void add_mark(GPtrArray *marks, PdfEntry *entry)
{
    PdfMark *mark = g_new0(PdfMark, 1);
    mark->place = entry->place;
    mark->box = entry->box;
    mark->text = one_line(g_steal_pointer(&entry->text));
    if (entry->name && !g_str_is_ascii(entry->name)) mark->label = one_line(g_steal_pointer(&entry->name));
    g_ptr_array_add(marks, mark);
}

GPtrArray *pdf_marks_read(PdfPage *page)
{
    GPtrArray *marks = g_ptr_array_new_with_free_func(mark_free);
    g_autoptr (GPtrArray) entries = pdf_page_entries(page);
    for (guint i = 0; i < entries->len; i++) add_mark(marks, entries->pdata[i]);
    return marks;
}

gboolean pdf_marks_unknown(const GPtrArray *marks)
{
    for (guint i = 0; i < marks->len; i++)
        if (!((PdfMark *)marks->pdata[i])->text) return TRUE;
    return FALSE;
}

/* --- letters ---------------------------------------------------------------------------------- */

static PdfLetters letters_of(PdfPage *page, gboolean entries, GArray *rules)
{
    PdfLetters letters = {0};
    letters.text = pdf_page_text(page, entries, &letters.places, &letters.n, rules);
    if (g_utf8_validate(letters.text, -1, NULL)) {
        radicals_unify(letters.text);
        return letters;
    }
    *letters.text = '\0';
    letters.n = 0;
    return letters;
}

PdfLetters pdf_letters_read(PdfPage *page, GArray *rules)
{
    return letters_of(page, FALSE, rules);
}

void pdf_letters_clear(PdfLetters *letters)
{
    g_free(letters->text);
    g_free(letters->places);
}

static gboolean is_inside(const PdfRectangle *letter, const PdfRectangle *place)
{
    double x = (letter->x1 + letter->x2) / 2, y = (letter->y1 + letter->y2) / 2;
    return x > place->x1 && x < place->x2 && y > place->y1 && y < place->y2;
}

/* --- looking ---------------------------------------------------------------------------------- */

static gboolean has_letter(const PdfLetters *letters, gunichar c, const PdfRectangle *place)
{
    guint i = 0;
    for (const char *p = letters->text; *p && i < letters->n; p = g_utf8_next_char(p), i++)
        if (g_utf8_get_char(p) == c && is_inside(&letters->places[i], place)) return TRUE;
    return FALSE;
}

static void take_letters(PdfMark *mark, const PdfLetters *shown, const PdfLetters *own, guint *looked)
{
    g_autoptr (GString) text = g_string_new(NULL);
    guint i = 0;
    for (const char *p = shown->text; *p && i < shown->n; p = g_utf8_next_char(p), i++) {
        gunichar c = g_utf8_get_char(p);
        if (!is_inside(&shown->places[i], &mark->place) || ++*looked > LOOK_MAX) continue;
        if (g_unichar_isspace(c))
            g_string_append_c(text, ' ');
        else if (!has_letter(own, c, &shown->places[i]))
            g_string_append_unichar(text, c);
    }
    mark->text = one_line(g_strdup(text->str));
}

void pdf_marks_look(GPtrArray *marks, PdfPage *page, const PdfLetters *own)
{
    guint looked = 0;
    PdfLetters shown = letters_of(page, TRUE, NULL);
    for (guint i = 0; i < marks->len; i++)
        if (!((PdfMark *)marks->pdata[i])->text) take_letters(marks->pdata[i], &shown, own, &looked);
    pdf_letters_clear(&shown);
}

/* --- weaving ---------------------------------------------------------------------------------- */

/* A mark, and before which character it goes. */
typedef struct Strand {
    PdfMark *mark;
    guint at;
} Strand;

static gboolean is_beside(const PdfRectangle *a, const PdfRectangle *b)
{
    double shared = MIN(a->y2, b->y2) - MAX(a->y1, b->y1);
    return shared > 0.5 * MIN(a->y2 - a->y1, b->y2 - b->y1);
}

/* A box that is printed where a check box lies: the one stands for the other. */
static gboolean is_printed_box(gunichar c)
{
    return g_utf8_strchr("□☐○◯❏❑口", -1, c) != NULL;
}

static double off_line(const PdfRectangle *letter, const PdfRectangle *place)
{
    return ABS((letter->y1 + letter->y2) - (place->y1 + place->y2)) / 2;
}

/* How far from the mark's line a letter may be: of two lines that are beside it the nearer one counts. */
static double nearest_line(const PdfMark *mark, const gunichar *chars, const PdfLetters *letters)
{
    double nearest = G_MAXDOUBLE;
    for (guint i = 0; chars[i] && i < letters->n; i++)
        if (!g_unichar_isspace(chars[i]) && is_beside(&letters->places[i], &mark->place))
            nearest = MIN(nearest, off_line(&letters->places[i], &mark->place));
    return nearest + SLACK;
}

/* FALSE if nothing stands beside the mark. *over: a printed box on which it lies. */
static gboolean find_place(const PdfMark *mark, const gunichar *chars, const PdfLetters *letters, guint *at,
                           gboolean *over)
{
    double left = G_MAXDOUBLE, right = G_MAXDOUBLE, line = nearest_line(mark, chars, letters);
    guint behind = 0, before = 0;
    for (guint i = 0; chars[i] && i < letters->n; i++) {
        const PdfRectangle *letter = &letters->places[i];
        if (g_unichar_isspace(chars[i]) || !is_beside(letter, &mark->place)) continue;
        *over = mark->box && is_printed_box(chars[i]) && is_inside(letter, &mark->place);
        *at = i;
        if (*over) return TRUE;
        if (off_line(letter, &mark->place) > line) continue;
        if (letter->x2 <= mark->place.x1 + SLACK && mark->place.x1 - letter->x2 < left) {
            left = mark->place.x1 - letter->x2;
            behind = i + 1;
        } else if (letter->x1 >= mark->place.x2 - SLACK && letter->x1 - mark->place.x2 < right) {
            right = letter->x1 - mark->place.x2;
            before = i;
        }
    }
    gboolean any = left < G_MAXDOUBLE || right < G_MAXDOUBLE;
    *at = left < G_MAXDOUBLE && (!mark->box || left < right) ? behind : before;
    return any;
}

static int compare_strands(gconstpointer a, gconstpointer b)
{
    const Strand *one = a, *other = b;
    if (one->at != other->at) return one->at < other->at ? -1 : 1;
    double by = one->mark->place.x1 - other->mark->place.x1;
    return by < 0 ? -1 : by > 0;
}

/* Its letters share its width, but are no wider than high. */
static void add_letters(const PdfRectangle *place, const char *letters, GString *text, GArray *places)
{
    double width = (place->x2 - place->x1) / (double)g_utf8_strlen(letters, -1), x = place->x1;
    width = MIN(width, place->y2 - place->y1);
    g_string_append(text, letters);
    for (const char *p = letters; *p; p = g_utf8_next_char(p), x += width) {
        const PdfRectangle letter = {x, place->y1, x + width, place->y2};
        g_array_append_val(places, letter);
    }
}

static void join(PdfLetters *letters, const gunichar *chars, const GArray *strands)
{
    g_autoptr (GString) text = g_string_sized_new(strlen(letters->text));
    GArray *places = g_array_new(FALSE, FALSE, sizeof(PdfRectangle));
    guint next = 0;
    for (guint i = 0; i == 0 || chars[i - 1]; i++) {
        for (; next < strands->len && g_array_index(strands, Strand, next).at == i; next++) {
            const PdfMark *mark = g_array_index(strands, Strand, next).mark;
            if (next > 0 && g_array_index(strands, Strand, next - 1).at == i) {
                g_string_append_c(text, ' ');
                g_array_append_val(places, mark->place);
            }
            add_letters(&mark->place, mark->text, text, places);
        }
        if (!chars[i]) break;
        g_string_append_unichar(text, chars[i]);
        if (i < letters->n) g_array_append_val(places, letters->places[i]);
    }
    pdf_letters_clear(letters);
    letters->text = g_strdup(text->str);
    letters->n = places->len;
    letters->places = (PdfRectangle *)(void *)g_array_free(places, FALSE);
}

static void weave(GPtrArray *marks, PdfLetters *letters, gboolean boxes)
{
    g_autoptr (GArray) strands = g_array_new(FALSE, FALSE, sizeof(Strand));
    g_autofree gunichar *chars = g_utf8_to_ucs4_fast(letters->text, -1, NULL);
    gboolean replaced = FALSE;
    for (guint i = 0; i < marks->len; i++) {
        Strand strand = {.mark = marks->pdata[i]};
        gboolean over = FALSE;
        if (!strand.mark->text || strand.mark->box != boxes) continue;
        if (!find_place(strand.mark, chars, letters, &strand.at, &over)) continue;
        strand.mark->woven = TRUE;
        replaced |= over;
        if (over)
            chars[strand.at] = g_utf8_get_char(strand.mark->text);
        else
            g_array_append_val(strands, strand);
    }
    g_array_sort(strands, compare_strands);
    if (strands->len > 0 || replaced) join(letters, chars, strands);
}

/* What was typed where nothing stands beside it: lines of their own, which may have boxes before them. */
static void append_notes(GPtrArray *marks, PdfLetters *letters)
{
    g_autoptr (GString) text = g_string_new(letters->text);
    GArray *places = g_array_new(FALSE, FALSE, sizeof(PdfRectangle));
    if (letters->n > 0) g_array_append_vals(places, letters->places, letters->n);
    for (guint i = 0; i < marks->len; i++) {
        PdfMark *mark = marks->pdata[i];
        if (!mark->text || mark->box || mark->woven) continue;
        if (text->len > 0 && text->str[text->len - 1] != '\n') {
            g_string_append_c(text, '\n');
            g_array_append_val(places, mark->place);
        }
        g_autofree char *line = mark->label ? g_strconcat(mark->label, "：", mark->text, NULL) : NULL;
        add_letters(&mark->place, line ? line : mark->text, text, places);
        mark->woven = TRUE;
    }
    pdf_letters_clear(letters);
    letters->text = g_strdup(text->str);
    letters->n = places->len;
    letters->places = (PdfRectangle *)(void *)g_array_free(places, FALSE);
}

void pdf_marks_weave(GPtrArray *marks, PdfLetters *letters)
{
    if (marks->len == 0) return;
    weave(marks, letters, FALSE);
    if (letters->n == (gsize)g_utf8_strlen(letters->text, -1)) append_notes(marks, letters);
    weave(marks, letters, TRUE);
}
