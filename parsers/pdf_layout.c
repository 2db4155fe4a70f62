#include "parsers/pdf_layout.h"

#include <string.h>

#include "parsers/fields.h"
#include "parsers/limits.h"
#include "parsers/pdf_piece.h"
#include "parsers/pdf_spread.h"
#include "parsers/pdf_table.h"

enum {
    PIECES_MAX = 2000, /* of one page in which labels are looked for */
    LABELS_MAX = 100,  /* of one page */
    LABEL_PIECES = 6,  /* letter-spaced labels: 联 系 电 话 */
    VALUE_LINES = 40,  /* lines of one value */
    LABEL_BYTES = 120,
    LOOKS_MAX = 200 /* through the whole text, for values below their labels */
};

struct PdfLayout {
    GString *text;
    GString *pieces_text; /* each piece, with a NUL */
    GArray *pieces;       /* of PdfPiece */
    GPtrArray *grids;     /* of PdfGrid*, borrowed, in the order of their marks in the text */
};

/* --- pieces ----------------------------------------------------------------------------------- */

/* Whether the letter stands below or above the line of the one before, and further back: poppler joins some
 * lines of columns without a word. */
static gboolean is_elsewhere(const PdfRectangle *before, const PdfRectangle *after)
{
    double shared = MIN(before->y2, after->y2) - MAX(before->y1, after->y1);
    double height = MIN(before->y2 - before->y1, after->y2 - after->y1);
    return shared < 0.3 * height && after->x1 < before->x1;
}

static void end_piece(PdfLayout *layout, PdfPiece *piece)
{
    if (layout->pieces_text->len > piece->offset && layout->pieces->len < PIECES_MAX) {
        g_string_append_c(layout->pieces_text, '\0');
        g_array_append_vals(layout->pieces, piece, 1);
    }
    *piece = (PdfPiece){.offset = layout->pieces_text->len};
}

static void grow_piece(PdfLayout *layout, PdfPiece *piece, gunichar c, const PdfRectangle *where)
{
    gboolean first = layout->pieces_text->len == piece->offset;
    piece->left = first ? where->x1 : MIN(piece->left, where->x1);
    piece->top = first ? where->y1 : MIN(piece->top, where->y1);
    piece->right = first ? where->x2 : MAX(piece->right, where->x2);
    piece->bottom = first ? where->y2 : MAX(piece->bottom, where->y2);
    g_string_append_unichar(layout->pieces_text, c);
}

/* Unless it has, or a table stands there. */
static void end_line(PdfLayout *layout)
{
    const char last = layout->text->len > 0 ? layout->text->str[layout->text->len - 1] : '\n';
    if (last != '\n' && last != PDF_LAYOUT_GRID) g_string_append_c(layout->text, '\n');
}

/* The table of lines in which a letter stands has its mark in the text where the first one does. FALSE if
 * there is none.
 */
static gboolean is_in_grid(PdfLayout *layout, const GPtrArray *grids, const PdfRectangle *where)
{
    PdfGrid *grid = where ? pdf_grids_at(grids, where) : NULL;
    if (!grid || g_ptr_array_find(layout->grids, grid, NULL)) return grid != NULL;
    end_line(layout);
    g_string_append_c(layout->text, PDF_LAYOUT_GRID);
    g_ptr_array_add(layout->grids, grid);
    return TRUE;
}

static gboolean is_hanzi(gunichar c)
{
    return c >= 0x4E00 && c <= 0x9FFF;
}

/* Whether the line of poppler's that ends with a piece goes on beside it: 总　　结 is two to it. One of them
 * is a single hanzi, the first at the start of its line or the second behind what is no label; else they may
 * be columns. */
static gboolean is_spread(const PdfLayout *layout, const PdfPiece *piece, const PdfRectangle *before,
                          const char *next, const PdfRectangle *after)
{
    const char *text = layout->pieces_text->str + piece->offset;
    const gsize length = layout->pieces_text->len - piece->offset, start = layout->text->len - length;
    if (!before || !after || length == 0 || !is_hanzi(g_utf8_get_char(next))) return FALSE;
    if (!pdf_spread_is_near(before, after)) return FALSE;
    const gboolean first = is_hanzi(g_utf8_get_char(text)) && *g_utf8_next_char(text) == '\0' &&
                           (length == layout->text->len || strchr("\n ", layout->text->str[start - 1]));
    return first || (strchr("\n\f", *g_utf8_next_char(next)) && !fields_is_label(text));
}

/* White space between letters is dropped from the pieces: labels are compared without, and what poppler calls
 * a space may be the gap between two cells. */
static void read_letters(PdfLayout *layout, const char *text, const PdfRectangle *places, guint n,
                         const GPtrArray *grids)
{
    PdfPiece piece = {.offset = 0};
    const PdfRectangle *before = NULL;
    gunichar last = 0;
    gboolean space = FALSE, inside = FALSE; /* a grid; a line end is not if the letter before it is not */
    guint i = 0;
    for (const char *p = text; *p; p = g_utf8_next_char(p), i++) {
        gunichar c = g_utf8_get_char(p);
        const PdfRectangle *here = i < n ? &places[i] : NULL;
        if (c == PDF_LAYOUT_GRID) continue;
        const gboolean was_inside = inside, white = g_unichar_isspace(c);
        if (grids->len > 0 && (was_inside || !white)) inside = is_in_grid(layout, grids, here);
        if (was_inside && !inside && !white) end_line(layout);
        if (inside) {
            if (!white) end_piece(layout, &piece);
            before = NULL;
            space = FALSE;
            continue;
        }
        gboolean line_end = c == '\n' || c == '\f' || c == '\r';
        if (c == '\n' && i + 1 < n &&
            is_spread(layout, &piece, before, g_utf8_next_char(p), &places[i + 1])) {
            end_piece(layout, &piece);
            before = NULL;
            space = FALSE;
            g_string_append_c(layout->text, ' ');
            continue;
        }
        if (line_end || (before && here && !g_unichar_isspace(c) && is_elsewhere(before, here))) {
            end_piece(layout, &piece);
            before = NULL;
            space = FALSE;
            g_string_append_c(layout->text, line_end ? (char)c : '\n');
            if (line_end) continue;
        }
        if (g_unichar_isspace(c)) {
            space = TRUE;
            continue;
        }
        gboolean gap = before && here && pdf_piece_is_gap(before, last, here, c);
        if (gap) end_piece(layout, &piece);
        space = space && !(before && here && pdf_piece_is_glue(before, last, here, c));
        if (gap || space) g_string_append_c(layout->text, gap ? '\t' : ' ');
        if (!gap && space && layout->pieces_text->len > piece.offset)
            g_string_append_c(layout->pieces_text, ' ');
        g_string_append_unichar(layout->text, c);
        if (here) grow_piece(layout, &piece, c, here);
        before = here;
        last = c;
        space = FALSE;
    }
    end_piece(layout, &piece);
}

/* --- labels ----------------------------------------------------------------------------------- */

static PdfPiece *piece_at(const PdfLayout *layout, guint i)
{
    return &g_array_index(layout->pieces, PdfPiece, i);
}

static double middle(const PdfPiece *piece)
{
    return (piece->top + piece->bottom) / 2;
}

/* The nearest piece to the right on the same line, at most a few letters away; NULL if there is none. */
static PdfPiece *piece_right_of(const PdfLayout *layout, const PdfPiece *left)
{
    PdfPiece *best = NULL;
    double reach = 3 * (left->bottom - left->top);
    for (guint i = 0; i < layout->pieces->len; i++) {
        PdfPiece *piece = piece_at(layout, i);
        double distance = piece->left - left->right;
        if (distance < 0 || distance > reach || piece->taken || !pdf_piece_is_beside(piece, left)) continue;
        best = piece;
        reach = distance;
    }
    return best;
}

static gboolean is_colon(gunichar c)
{
    return c == ':' || c == 0xFF1A || c == 0x2236;
}

/* Behind the colon in a piece, or NULL. */
static const char *behind_colon(const char *text)
{
    const char *p = text;
    while (*p && !is_colon(g_utf8_get_char(p))) p = g_utf8_next_char(p);
    return *p ? g_utf8_next_char(p) : NULL;
}

/* 姓　　名：联系人甲 comes as two pieces, the second of which is the end of a label and its value. The label
 * goes to the first piece, and the value stays in the second. FALSE if that is not so. */
static gboolean split_label(PdfPiece *first, const char *before, PdfPiece *piece)
{
    const char *value = behind_colon(piece->text);
    if (!value) return FALSE;
    g_autofree char *label = g_strdup_printf("%s%.*s", before, (int)(value - piece->text), piece->text);
    if (!fields_is_label(label)) return FALSE;
    glong all = g_utf8_strlen(piece->text, -1), ours = all - g_utf8_strlen(value, -1);
    first->label = g_steal_pointer(&label);
    first->taken = TRUE;
    first->right = piece->left + (piece->right - piece->left) * (double)ours / (double)all;
    piece->taken = *value == '\0';
    piece->left = first->right;
    piece->text = value;
    return TRUE;
}

/* Makes a label of the piece, or of single letters that begin with it, if they are a known one. */
static void find_label(PdfLayout *layout, PdfPiece *first)
{
    PdfPiece *pieces[LABEL_PIECES];
    g_autoptr (GString) joined = g_string_new(NULL);
    PdfPiece *piece = first;
    for (guint n = 0; n < LABEL_PIECES && piece && !g_str_is_ascii(piece->text); n++) {
        glong letters = g_utf8_strlen(piece->text, -1);
        if (n > 0 && letters > 2) {
            if (split_label(first, joined->str, piece))
                for (guint k = 0; k < n; k++) pieces[k]->taken = TRUE;
            return;
        }
        g_string_append(joined, piece->text);
        pieces[n] = piece;
        if (fields_is_label(joined->str)) {
            first->label = g_strdup(joined->str);
            first->right = piece->right;
            for (guint k = 0; k <= n; k++) pieces[k]->taken = TRUE;
            return;
        }
        if (letters > 2) return;
        piece = piece_right_of(layout, piece);
    }
}

static void find_labels(PdfLayout *layout)
{
    for (guint i = 0; i < layout->pieces->len; i++)
        if (!piece_at(layout, i)->taken) find_label(layout, piece_at(layout, i));
}

/* --- values
 * -------------------------------------------------------------------------------------------------
 *
 * The cell of a value is as high as its lines, and the label stands in the middle of it or at its top. So the
 * value is first what stands beside the label; then, as long as there are lines both above and below, both
 * (the middle); at last the lines below that no other label wants (the top). */

typedef struct Value {
    const PdfPiece *label;
    double left, right; /* of the cell: where its text begins, where the next label does */
    double top, bottom; /* of the lines so far */
    GPtrArray *pieces;  /* of PdfPiece* */
} Value;

static void value_free(gpointer data)
{
    Value *value = data;
    g_ptr_array_unref(value->pieces);
    g_free(value);
}

static gboolean is_in_column(const Value *value, const PdfPiece *piece)
{
    return !piece->taken && piece->left >= value->left - 1 && piece->right <= value->right + 1;
}

static void take(Value *value, PdfPiece *piece)
{
    value->top = value->pieces->len ? MIN(value->top, piece->top) : piece->top;
    value->bottom = value->pieces->len ? MAX(value->bottom, piece->bottom) : piece->bottom;
    piece->taken = TRUE;
    g_ptr_array_add(value->pieces, piece);
}

/* The start of the next label on the same line. */
static double right_bound(const PdfLayout *layout, const PdfPiece *label)
{
    double bound = G_MAXDOUBLE;
    for (guint i = 0; i < layout->pieces->len; i++) {
        const PdfPiece *piece = piece_at(layout, i);
        if (piece->label && piece->left > label->right && pdf_piece_is_beside(piece, label))
            bound = MIN(bound, piece->left);
    }
    return bound;
}

static Value *value_beside(const PdfLayout *layout, const PdfPiece *label)
{
    Value *value = g_new0(Value, 1);
    value->label = label;
    value->pieces = g_ptr_array_new();
    value->left = label->right;
    value->right = right_bound(layout, label);
    double reach = 0.75 * (label->bottom - label->top), left = G_MAXDOUBLE;
    for (guint i = 0; i < layout->pieces->len; i++) {
        PdfPiece *piece = piece_at(layout, i);
        if (!is_in_column(value, piece) || ABS(middle(piece) - middle(label)) > reach) continue;
        left = MIN(left, piece->left);
        take(value, piece);
    }
    value->left = left;
    return value;
}

/* Whether a line of the column stands to the right of another label or text, and so is not of this value. */
static gboolean has_neighbour(const PdfLayout *layout, const Value *value, const PdfPiece *line)
{
    for (guint i = 0; i < layout->pieces->len; i++) {
        const PdfPiece *piece = piece_at(layout, i);
        if (piece != line && piece->right <= value->left && pdf_piece_is_beside(piece, line)) return TRUE;
    }
    return FALSE;
}

/* The nearest free line of the column, at most one line away: above (-1) or below (1). NULL if there is none.
 */
static PdfPiece *next_line(const PdfLayout *layout, const Value *value, int direction)
{
    PdfPiece *best = NULL;
    double best_distance = 0.8 * (value->label->bottom - value->label->top);
    for (guint i = 0; i < layout->pieces->len; i++) {
        PdfPiece *piece = piece_at(layout, i);
        double distance = direction < 0 ? value->top - piece->bottom : piece->top - value->bottom;
        gboolean beyond = direction < 0 ? middle(piece) < value->top : middle(piece) > value->bottom;
        if (!beyond || distance > best_distance || !is_in_column(value, piece)) continue;
        best = piece;
        best_distance = distance;
    }
    return best && !has_neighbour(layout, value, best) ? best : NULL;
}

/* Takes a line, and what else of the column stands on it. */
static void take_line(const PdfLayout *layout, Value *value, PdfPiece *line)
{
    take(value, line);
    for (guint i = 0; i < layout->pieces->len; i++) {
        PdfPiece *piece = piece_at(layout, i);
        if (is_in_column(value, piece) && pdf_piece_is_beside(piece, line)) take(value, piece);
    }
}

static void grow(const PdfLayout *layout, Value *value, gboolean both)
{
    for (int lines = 0; lines < VALUE_LINES && value->pieces->len > 0; lines++) {
        PdfPiece *above = both ? next_line(layout, value, -1) : NULL, *below = next_line(layout, value, 1);
        if (!below || (both && !above)) return;
        if (above) take_line(layout, value, above);
        take_line(layout, value, below);
    }
}

static int compare_pieces(gconstpointer a, gconstpointer b)
{
    const PdfPiece *one = *(PdfPiece *const *)a, *other = *(PdfPiece *const *)b;
    double by = pdf_piece_is_beside(one, other) ? one->left - other->left : one->top - other->top;
    return by < 0 ? -1 : by > 0;
}

/* In the order of lines, and on a line. */
static int compare_values(gconstpointer a, gconstpointer b)
{
    const Value *one = *(Value *const *)a, *other = *(Value *const *)b;
    return compare_pieces(&one->label, &other->label);
}

/* The colon behind a label may stand apart from it, and look like the beginning of the value. */
static const char *without_colon(const char *text)
{
    while (*text && (g_unichar_isspace(g_utf8_get_char(text)) || is_colon(g_utf8_get_char(text))))
        text = g_utf8_next_char(text);
    return text;
}

void pdf_layout_add_row(GPtrArray *rows, const char *label, const char *value)
{
    if (rows->len >= LIMIT_FIELDS) return;
    GPtrArray *row = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(row, g_strdup(label));
    g_ptr_array_add(row, g_strdup(value));
    g_ptr_array_add(rows, row);
}

void pdf_layout_rows(const PdfLayout *layout, GPtrArray *rows)
{
    g_autoptr (GPtrArray) values = g_ptr_array_new_with_free_func(value_free);
    for (guint i = 0; i < layout->pieces->len && values->len < LABELS_MAX; i++)
        if (piece_at(layout, i)->label) g_ptr_array_add(values, value_beside(layout, piece_at(layout, i)));
    for (guint i = 0; i < values->len; i++) grow(layout, values->pdata[i], TRUE);
    for (guint i = 0; i < values->len; i++) grow(layout, values->pdata[i], FALSE);
    g_ptr_array_sort(values, compare_values);
    for (guint i = 0; i < values->len && rows->len < LIMIT_FIELDS; i++) {
        const Value *value = values->pdata[i];
        if (value->pieces->len == 0) continue;
        g_ptr_array_sort(value->pieces, compare_pieces);
        g_autofree char *text = pdf_piece_join(value->pieces);
        pdf_layout_add_row(rows, value->label->label, without_colon(text));
    }
}

/* Whether the text has the value on a line of its own, below one that is the label, and it is no part of what
 * stands beside that. */
static gboolean is_below(const char *text, const char *label, const char *value, const char *beside)
{
    if (strstr(beside, value)) return FALSE;
    gsize length = strlen(value), n;
    const char *above = "";
    for (const char *p = text; *p; p += n + (p[n] == '\n')) {
        n = strcspn(p, "\n");
        if (n == length && memcmp(p, value, n) == 0) {
            g_autofree char *raw = g_strndup(above, strcspn(above, "\n"));
            g_autofree char *found = strlen(raw) < LABEL_BYTES ? fields_label(raw) : g_strdup("");
            if (strcmp(found, label) == 0) return TRUE;
        }
        if (n > 0) above = p;
    }
    return FALSE;
}

void pdf_layout_fields(const GPtrArray *rows, const char *text, GPtrArray *fields)
{
    g_autoptr (GPtrArray) found = g_ptr_array_new();
    guint looks = LOOKS_MAX;
    fields_from_table(found, rows);
    for (guint i = 0; i < found->len; i++) {
        FactsField *field = found->pdata[i];
        gboolean known = fields->len >= LIMIT_FIELDS;
        for (guint k = 0; k < fields->len && !known; k++) {
            FactsField *other = fields->pdata[k];
            if (strcmp(other->label, field->label) != 0) continue;
            known = *other->value == '\0' || strcmp(other->value, field->value) == 0;
            if (*other->value == '\0' || (!known && looks > 0 && looks-- &&
                                          is_below(text, field->label, other->value, field->value))) {
                g_free(other->value); /* its value stood too far away in the text, or another line between */
                other->value = g_steal_pointer(&field->value);
                known = TRUE;
            }
        }
        if (known)
            facts_field_free(field);
        else
            g_ptr_array_add(fields, field);
    }
}

/* --- making ----------------------------------------------------------------------------------- */

PdfLayout *pdf_layout_new(const PdfLetters *letters, const GPtrArray *grids, GPtrArray *tables,
                          gsize *cells_left)
{
    PdfLayout *layout = g_new0(PdfLayout, 1);
    layout->text = g_string_new(NULL);
    layout->pieces_text = g_string_new(NULL);
    layout->pieces = g_array_new(FALSE, TRUE, sizeof(PdfPiece));
    layout->grids = g_ptr_array_new();
    read_letters(layout, letters->text, letters->places, letters->n, grids);
    for (guint i = 0; i < layout->pieces->len; i++)
        piece_at(layout, i)->text = layout->pieces_text->str + piece_at(layout, i)->offset;
    pdf_table_find(layout->pieces, tables, cells_left); /* before labels are cut from the pieces */
    find_labels(layout);
    return layout;
}

void pdf_layout_free(PdfLayout *layout)
{
    for (guint i = 0; i < layout->pieces->len; i++) g_free(piece_at(layout, i)->label);
    g_string_free(layout->text, TRUE);
    g_string_free(layout->pieces_text, TRUE);
    g_array_unref(layout->pieces);
    g_ptr_array_unref(layout->grids);
    g_free(layout);
}

PdfGrid *pdf_layout_grid(const PdfLayout *layout, guint n)
{
    return layout->grids->pdata[n];
}

const char *pdf_layout_text(const PdfLayout *layout)
{
    return layout->text->str;
}
