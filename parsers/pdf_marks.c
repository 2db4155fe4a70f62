#include "parsers/pdf_marks.h"

#include <cairo-pdf.h>
#include <string.h>

#include "parsers/symbols.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(PopplerDocument, g_object_unref)

enum {
    MARKS_MAX = 1000, /* of a page */
    ITEMS_MAX = 1000, /* of a list */
    TEXT_MAX = 20000, /* bytes of one mark */
    LOOK_MAX = 5000,  /* letters of all marks that are looked at: each is compared with those of the page */
    SIDE_MAX = 5000,  /* points: pages that are larger are not drawn */
    COARSE = 36,      /* points an inch, of what can be drawn as a picture only */
    DRAWING_MAX = 32 << 20, /* bytes */
    SLACK = 3               /* points by which a mark may overlap what is beside it */
};

static void mark_free(gpointer data)
{
    PdfMark *mark = data;
    g_free(mark->text);
    g_free(mark->label);
    g_free(mark);
}

/* --- reading
 * ------------------------------------------------------------------------------------------------- */

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

/* What was typed or chosen; NULL if nothing was. */
static char *chosen_items(PopplerFormField *field)
{
    char *typed = one_line(poppler_form_field_choice_get_text(field));
    if (typed) return typed;
    int n = MIN(poppler_form_field_choice_get_n_items(field), ITEMS_MAX);
    g_autoptr (GString) chosen = g_string_new(NULL);
    for (int i = 0; i < n; i++) {
        if (!poppler_form_field_choice_is_item_selected(field, i)) continue;
        g_autofree char *item = poppler_form_field_choice_get_item(field, i);
        g_string_append_printf(chosen, "%s%s", chosen->len > 0 ? "、" : "", item ? item : "");
    }
    return one_line(g_strdup(chosen->str));
}

/* The state of a box; NULL of a button to press. */
static char *button_state(PopplerFormField *field)
{
    if (poppler_form_field_button_get_button_type(field) == POPPLER_FORM_BUTTON_PUSH) return NULL;
    return g_strdup(poppler_form_field_button_get_state(field) ? SYMBOL_CHECKED : SYMBOL_UNCHECKED);
}

static char *field_label(PopplerFormField *field)
{
    char *label = poppler_form_field_get_alternate_ui_name(field);
    if (!label) label = poppler_form_field_get_partial_name(field);
    if (label && g_str_is_ascii(label)) g_clear_pointer(&label, g_free);
    return one_line(label);
}

static PdfMark *add_mark(GPtrArray *marks, const PopplerRectangle *area, double height)
{
    PdfMark *mark = g_new0(PdfMark, 1);
    mark->place = (PopplerRectangle){MIN(area->x1, area->x2), height - MAX(area->y1, area->y2),
                                     MAX(area->x1, area->x2), height - MIN(area->y1, area->y2)};
    g_ptr_array_add(marks, mark);
    return mark;
}

static void add_field(GPtrArray *marks, const PopplerFormFieldMapping *mapping, double height)
{
    PopplerFormField *field = mapping->field;
    PdfMark *mark = add_mark(marks, &mapping->area, height);
    switch (poppler_form_field_get_field_type(field)) {
    case POPPLER_FORM_FIELD_TEXT: mark->text = one_line(poppler_form_field_text_get_text(field)); break;
    case POPPLER_FORM_FIELD_CHOICE: mark->text = chosen_items(field); break;
    case POPPLER_FORM_FIELD_BUTTON:
        mark->text = button_state(field);
        mark->box = mark->text != NULL;
        break;
    case POPPLER_FORM_FIELD_SIGNATURE:
    case POPPLER_FORM_FIELD_UNKNOWN: break;
    }
    mark->label = field_label(field);
}

static void add_note(GPtrArray *marks, const PopplerAnnotMapping *mapping, double height)
{
    PopplerAnnotType type = poppler_annot_get_annot_type(mapping->annot);
    if (type != POPPLER_ANNOT_FREE_TEXT && type != POPPLER_ANNOT_STAMP) return;
    PdfMark *mark = add_mark(marks, &mapping->area, height);
    if (type == POPPLER_ANNOT_FREE_TEXT) mark->text = one_line(poppler_annot_get_contents(mapping->annot));
}

GPtrArray *pdf_marks_read(PopplerPage *page)
{
    GPtrArray *marks = g_ptr_array_new_with_free_func(mark_free);
    double width, height;
    poppler_page_get_size(page, &width, &height);
    GList *fields = g_list_reverse(poppler_page_get_form_field_mapping(page)); /* it has the last first */
    for (const GList *item = fields; item && marks->len < MARKS_MAX; item = item->next)
        add_field(marks, item->data, height);
    poppler_page_free_form_field_mapping(fields);
    GList *notes = poppler_page_get_annot_mapping(page);
    for (const GList *item = notes; item && marks->len < MARKS_MAX; item = item->next)
        add_note(marks, item->data, height);
    poppler_page_free_annot_mapping(notes);
    return marks;
}

gboolean pdf_marks_unknown(const GPtrArray *marks)
{
    for (guint i = 0; i < marks->len; i++)
        if (!((PdfMark *)marks->pdata[i])->text) return TRUE;
    return FALSE;
}

/* --- letters
 * ------------------------------------------------------------------------------------------------- */

/* poppler selects, in reading order, from the block that is nearest to the one corner to that nearest to the
 * other. Corners of the page itself lose turned text, and blocks that come first in order but not in place.
 */
static PopplerRectangle selection(PopplerPage *page)
{
    const double beyond = 10000; /* points */
    double width, height;
    poppler_page_get_size(page, &width, &height);
    return (PopplerRectangle){-beyond, -beyond, width + beyond, height + beyond};
}

PdfLetters pdf_letters_read(PopplerPage *page)
{
    PopplerRectangle all = selection(page);
    PdfLetters letters = {.text = poppler_page_get_selected_text(page, POPPLER_SELECTION_GLYPH, &all)};
    if (letters.text && !g_utf8_validate(letters.text, -1, NULL)) g_clear_pointer(&letters.text, g_free);
    if (letters.text && !poppler_page_get_text_layout_for_area(page, &all, &letters.places, &letters.n))
        letters.n = 0;
    if (!letters.text) letters.text = g_strdup("");
    return letters;
}

void pdf_letters_clear(PdfLetters *letters)
{
    g_free(letters->text);
    g_free(letters->places);
}

static gboolean is_inside(const PopplerRectangle *letter, const PopplerRectangle *place)
{
    double x = (letter->x1 + letter->x2) / 2, y = (letter->y1 + letter->y2) / 2;
    return x > place->x1 && x < place->x2 && y > place->y1 && y < place->y2;
}

/* --- looking
 * ------------------------------------------------------------------------------------------------- */

static cairo_status_t append_drawing(void *closure, const unsigned char *data, unsigned int length)
{
    GByteArray *drawing = closure;
    if (drawing->len + (gsize)length > DRAWING_MAX) return CAIRO_STATUS_WRITE_ERROR;
    g_byte_array_append(drawing, data, length);
    return CAIRO_STATUS_SUCCESS;
}

/* Letters on it would be a picture of letters; and to draw a picture takes long. */
static gboolean is_picture(PopplerPage *page, double width, double height)
{
    gboolean covered = FALSE;
    GList *pictures = poppler_page_get_image_mapping(page);
    for (const GList *item = pictures; item && !covered; item = item->next) {
        const PopplerRectangle *area = &((PopplerImageMapping *)item->data)->area;
        covered = ABS((area->x2 - area->x1) * (area->y2 - area->y1)) > width * height / 2;
    }
    poppler_page_free_image_mapping(pictures);
    return covered;
}

/* The page as a PDF in which all that is to be seen is content. */
static GBytes *draw(PopplerPage *page)
{
    GByteArray *drawing = g_byte_array_new();
    double width, height;
    poppler_page_get_size(page, &width, &height);
    if (width > SIDE_MAX || height > SIDE_MAX || is_picture(page, width, height))
        return g_byte_array_free_to_bytes(drawing);
    cairo_surface_t *surface = cairo_pdf_surface_create_for_stream(append_drawing, drawing, width, height);
    cairo_surface_set_fallback_resolution(surface, COARSE, COARSE);
    cairo_t *cairo = cairo_create(surface);
    poppler_page_render(page, cairo);
    cairo_show_page(cairo);
    cairo_destroy(cairo);
    cairo_surface_finish(surface);
    cairo_surface_destroy(surface);
    return g_byte_array_free_to_bytes(drawing);
}

static gboolean has_letter(const PdfLetters *letters, gunichar c, const PopplerRectangle *place)
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

void pdf_marks_look(GPtrArray *marks, PopplerPage *page, const PdfLetters *own)
{
    g_autoptr (GBytes) drawing = draw(page);
    g_autoptr (PopplerDocument) document = poppler_document_new_from_bytes(drawing, NULL, NULL);
    PopplerPage *drawn = document ? poppler_document_get_page(document, 0) : NULL;
    if (!drawn) return;
    guint looked = 0;
    PdfLetters shown = pdf_letters_read(drawn);
    for (guint i = 0; i < marks->len; i++)
        if (!((PdfMark *)marks->pdata[i])->text) take_letters(marks->pdata[i], &shown, own, &looked);
    pdf_letters_clear(&shown);
    g_object_unref(drawn);
}

/* --- weaving
 * ------------------------------------------------------------------------------------------------- */

/* A mark, and before which character it goes. */
typedef struct Strand {
    PdfMark *mark;
    guint at;
} Strand;

static gboolean is_beside(const PopplerRectangle *a, const PopplerRectangle *b)
{
    double shared = MIN(a->y2, b->y2) - MAX(a->y1, b->y1);
    return shared > 0.5 * MIN(a->y2 - a->y1, b->y2 - b->y1);
}

/* A box that is printed where a check box lies: the one stands for the other. */
static gboolean is_printed_box(gunichar c)
{
    return g_utf8_strchr("□☐○◯❏❑口", -1, c) != NULL;
}

static double off_line(const PopplerRectangle *letter, const PopplerRectangle *place)
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
        const PopplerRectangle *letter = &letters->places[i];
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
static void add_letters(const PopplerRectangle *place, const char *letters, GString *text, GArray *places)
{
    double width = (place->x2 - place->x1) / (double)g_utf8_strlen(letters, -1), x = place->x1;
    width = MIN(width, place->y2 - place->y1);
    g_string_append(text, letters);
    for (const char *p = letters; *p; p = g_utf8_next_char(p), x += width) {
        const PopplerRectangle letter = {x, place->y1, x + width, place->y2};
        g_array_append_val(places, letter);
    }
}

static void join(PdfLetters *letters, const gunichar *chars, const GArray *strands)
{
    g_autoptr (GString) text = g_string_sized_new(strlen(letters->text));
    GArray *places = g_array_new(FALSE, FALSE, sizeof(PopplerRectangle));
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
    letters->places = (PopplerRectangle *)(void *)g_array_free(places, FALSE);
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
    GArray *places = g_array_new(FALSE, FALSE, sizeof(PopplerRectangle));
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
    letters->places = (PopplerRectangle *)(void *)g_array_free(places, FALSE);
}

void pdf_marks_weave(GPtrArray *marks, PdfLetters *letters)
{
    if (marks->len == 0) return;
    weave(marks, letters, FALSE);
    if (letters->n == (gsize)g_utf8_strlen(letters->text, -1)) append_notes(marks, letters);
    weave(marks, letters, TRUE);
}
