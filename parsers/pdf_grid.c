/* pdf_grid.c - see pdf_grid.h. */
#include "parsers/pdf_grid_parts.h"

enum {
    SEGMENTS_MAX = 2000, /* of a page, level or upright */
    GRIDS_MAX = 50,      /* of a page */
    COLUMNS_MAX = 63,    /* of a table; textout.h spans no more */
    ROWS_MAX = 200,
    SQUARE = 1,       /* for the time being, what belongs to one */
    SQUARE_MOST = 16, /* points */
    SQUARE_SLACK = 2
};

/* A line: where it lies, and from where to where it goes along the other axis. */
typedef struct Segment {
    double at, from, to;
    guint group;
} Segment;

void pdf_grid_free(gpointer data)
{
    PdfGrid *grid = data;
    for (guint i = 0; i < grid->columns * grid->rows; i++)
        if (grid->cells[i].letters) g_array_unref(grid->cells[i].letters);
    g_free(grid->cells);
    g_array_unref(grid->xs);
    g_array_unref(grid->ys);
    g_free(grid);
}

/* --- lines ------------------------------------------------------------------------------------ */

static Segment *segment_at(const GArray *segments, guint i)
{
    return &g_array_index(segments, Segment, i);
}

static int by_place(gconstpointer a, gconstpointer b)
{
    const Segment *one = a, *other = b;
    if (one->at != other->at) return one->at < other->at ? -1 : 1;
    return one->from < other->from ? -1 : one->from > other->from;
}

static int by_number(gconstpointer a, gconstpointer b)
{
    const double one = *(const double *)a, other = *(const double *)b;
    return one < other ? -1 : one > other;
}

/* Pieces of one line become one: programs draw the sides of each cell. */
static GArray *joined(GArray *segments)
{
    GArray *lines = g_array_new(FALSE, FALSE, sizeof(Segment));
    g_array_sort(segments, by_place);
    for (guint i = 0; i < segments->len && lines->len < SEGMENTS_MAX; i++) {
        const Segment *segment = segment_at(segments, i);
        gboolean found = FALSE;
        for (guint k = lines->len;
             k-- > 0 && !found && segment->at - segment_at(lines, k)->at <= PDF_GRID_NEAR;) {
            Segment *line = segment_at(lines, k);
            found = segment->from <= line->to + PDF_GRID_NEAR && segment->to >= line->from - PDF_GRID_NEAR;
            if (!found) continue;
            line->from = MIN(line->from, segment->from);
            line->to = MAX(line->to, segment->to);
        }
        if (!found) g_array_append_vals(lines, segment, 1);
    }
    return lines;
}

static gboolean is_near(double one, double other)
{
    return ABS(one - other) < 1;
}

/* Whether there is a letter in the square that is no tick: a cell, then. */
static gboolean holds_letter(const PdfLetters *letters, const Segment *top, double side)
{
    const char *p = letters->text;
    for (guint i = 0; i < letters->n && *p; i++, p = g_utf8_next_char(p)) {
        const PdfRectangle *place = &letters->places[i];
        double x = (place->x1 + place->x2) / 2, y = (place->y1 + place->y2) / 2;
        if (x < top->from || x > top->to || y < top->at || y > top->at + side) continue;
        gunichar c = g_utf8_get_char(p);
        if (!g_unichar_isspace(c) && g_unichar_type(c) != G_UNICODE_PRIVATE_USE &&
            !g_utf8_strchr("✓✔√×✗✘■●☑☒", -1, c))
            return TRUE;
    }
    return FALSE;
}

/* Takes out the sides of small squares: boxes to be ticked, which are drawn where fonts have none. Each level
 * line has another one below it at just its own length, and upright ones between their ends. */
static void drop_squares(GArray *rows, GArray *columns, const PdfLetters *letters)
{
    for (guint i = 0; i < rows->len; i++) {
        Segment *top = segment_at(rows, i);
        double side = top->to - top->from;
        guint below = G_MAXUINT, sides[2] = {G_MAXUINT, G_MAXUINT};
        if (side > SQUARE_MOST) continue;
        for (guint k = 0; k < rows->len && below == G_MAXUINT; k++) {
            const Segment *other = segment_at(rows, k);
            if (is_near(other->from, top->from) && is_near(other->to, top->to) && k != i &&
                ABS(other->at - top->at - side) < SQUARE_SLACK)
                below = k;
        }
        for (guint k = 0; k < columns->len && below != G_MAXUINT; k++) {
            const Segment *line = segment_at(columns, k);
            if (!is_near(line->from, top->at) || !is_near(line->to, segment_at(rows, below)->at)) continue;
            if (is_near(line->at, top->from)) sides[0] = k;
            if (is_near(line->at, top->to)) sides[1] = k;
        }
        if (sides[0] == G_MAXUINT || sides[1] == G_MAXUINT || holds_letter(letters, top, side)) continue;
        segment_at(rows, i)->group = segment_at(rows, below)->group = SQUARE;
        segment_at(columns, sides[0])->group = segment_at(columns, sides[1])->group = SQUARE;
    }
    for (guint i = rows->len; i-- > 0;)
        if (segment_at(rows, i)->group == SQUARE) g_array_remove_index_fast(rows, i);
    for (guint i = columns->len; i-- > 0;)
        if (segment_at(columns, i)->group == SQUARE) g_array_remove_index_fast(columns, i);
}

static void split(const GArray *rules, const PdfLetters *letters, GArray **level, GArray **upright)
{
    g_autoptr (GArray) rows = g_array_new(FALSE, FALSE, sizeof(Segment));
    g_autoptr (GArray) columns = g_array_new(FALSE, FALSE, sizeof(Segment));
    for (guint i = 0; i < rules->len; i++) {
        const PdfRectangle *rule = &g_array_index(rules, PdfRectangle, i);
        if (rule->x2 - rule->x1 > rule->y2 - rule->y1) {
            const Segment line = {.at = (rule->y1 + rule->y2) / 2, .from = rule->x1, .to = rule->x2};
            g_array_append_val(rows, line);
        } else {
            const Segment line = {.at = (rule->x1 + rule->x2) / 2, .from = rule->y1, .to = rule->y2};
            g_array_append_val(columns, line);
        }
    }
    drop_squares(rows, columns, letters);
    *level = joined(rows);
    *upright = joined(columns);
}

static gboolean touches(const Segment *level, const Segment *upright)
{
    return level->at >= upright->from - PDF_GRID_NEAR && level->at <= upright->to + PDF_GRID_NEAR &&
           upright->at >= level->from - PDF_GRID_NEAR && upright->at <= level->to + PDF_GRID_NEAR;
}

/* Gives all lines that hang together with the first one the group; from one kind to the other and back. */
static void spread(GArray *from, GArray *to, guint i, guint group, GArray *todo, gboolean from_level)
{
    for (guint k = 0; k < to->len; k++) {
        Segment *one = segment_at(from, i), *other = segment_at(to, k);
        if (other->group || !(from_level ? touches(one, other) : touches(other, one))) continue;
        other->group = group;
        g_array_append_val(todo, k);
    }
}

static guint group_lines(GArray *level, GArray *upright)
{
    guint group = 0;
    for (guint start = 0; start < level->len && group < GRIDS_MAX; start++) {
        if (segment_at(level, start)->group) continue;
        g_autoptr (GArray) levels = g_array_new(FALSE, FALSE, sizeof(guint));
        g_autoptr (GArray) uprights = g_array_new(FALSE, FALSE, sizeof(guint));
        segment_at(level, start)->group = ++group;
        g_array_append_val(levels, start);
        for (guint l = 0, u = 0; l < levels->len || u < uprights->len;) {
            if (l < levels->len)
                spread(level, upright, g_array_index(levels, guint, l++), group, uprights, TRUE);
            else
                spread(upright, level, g_array_index(uprights, guint, u++), group, levels, FALSE);
        }
    }
    return group;
}

/* --- cells ------------------------------------------------------------------------------------ */

/* Where the lines of a group lie, and where those across begin and end: a table may be open at its sides.
 * Lines close to each other (double ones) are one. */
static GArray *borders(const GArray *lines, const GArray *across, guint group)
{
    g_autoptr (GArray) all = g_array_new(FALSE, FALSE, sizeof(double));
    GArray *found = g_array_new(FALSE, FALSE, sizeof(double));
    double first = G_MAXDOUBLE, last = -G_MAXDOUBLE;
    for (guint i = 0; i < lines->len; i++)
        if (segment_at(lines, i)->group == group) g_array_append_val(all, segment_at(lines, i)->at);
    for (guint i = 0; i < across->len; i++) {
        const Segment *line = segment_at(across, i);
        if (line->group != group) continue;
        first = MIN(first, line->from);
        last = MAX(last, line->to);
    }
    g_array_append_val(all, first);
    g_array_append_val(all, last);
    g_array_sort(all, by_number);
    for (guint i = 0; i < all->len; i++)
        if (found->len == 0 ||
            pdf_grid_border(all, i) - pdf_grid_border(found, found->len - 1) > 2 * PDF_GRID_NEAR)
            g_array_append_val(found, g_array_index(all, double, i));
    return found;
}

/* Whether a line of the group lies at `at` for most of the way from one place to the other. */
static gboolean has_line(const GArray *lines, guint group, double at, double from, double to)
{
    double covered = 0;
    for (guint i = 0; i < lines->len; i++) {
        const Segment *line = segment_at(lines, i);
        if (line->group == group && ABS(line->at - at) <= 2 * PDF_GRID_NEAR)
            covered = MAX(covered, MIN(line->to, to) - MAX(line->from, from));
    }
    return covered > (to - from) / 2;
}

guint pdf_grid_region(const PdfGrid *grid, guint i)
{
    while (grid->cells[i].region != i) i = grid->cells[i].region;
    return i;
}

static void unite(PdfGrid *grid, guint a, guint b)
{
    a = pdf_grid_region(grid, a);
    b = pdf_grid_region(grid, b);
    grid->cells[MAX(a, b)].region = MIN(a, b);
}

static void unite_cells(PdfGrid *grid, const GArray *level, const GArray *upright, guint group)
{
    for (guint r = 0; r < grid->rows; r++)
        for (guint c = 0; c < grid->columns; c++) {
            guint i = r * grid->columns + c;
            double x1 = pdf_grid_border(grid->xs, c), x2 = pdf_grid_border(grid->xs, c + 1);
            double y1 = pdf_grid_border(grid->ys, r), y2 = pdf_grid_border(grid->ys, r + 1);
            if (c + 1 < grid->columns && !has_line(upright, group, x2, y1, y2)) unite(grid, i, i + 1);
            if (r + 1 < grid->rows && !has_line(level, group, y2, x1, x2)) unite(grid, i, i + grid->columns);
        }
}

/* NULL if the group is no grid of more than one cell. */
static PdfGrid *grid_of(const GArray *level, const GArray *upright, guint group)
{
    guint n = 0;
    for (guint i = 0; i < upright->len; i++) n += segment_at(upright, i)->group == group;
    if (n == 0) return NULL;
    PdfGrid *grid = g_new0(PdfGrid, 1);
    grid->xs = borders(upright, level, group);
    grid->ys = borders(level, upright, group);
    gboolean good = grid->xs->len > 1 && grid->ys->len > 1 && grid->xs->len <= COLUMNS_MAX + 1 &&
                    grid->ys->len <= ROWS_MAX + 1;
    if (good) {
        grid->columns = grid->xs->len - 1;
        grid->rows = grid->ys->len - 1;
        grid->cells = g_new0(PdfGridCell, grid->columns * grid->rows);
        for (guint i = 0; i < grid->columns * grid->rows; i++) grid->cells[i].region = i;
        unite_cells(grid, level, upright, group);
        for (guint i = good = FALSE; i < grid->columns * grid->rows; i++)
            good |= pdf_grid_region(grid, i) != 0;
    }
    if (good) return grid;
    pdf_grid_free(grid);
    return NULL;
}

static double area(const PdfGrid *grid)
{
    return (pdf_grid_border(grid->xs, grid->columns) - pdf_grid_border(grid->xs, 0)) *
           (pdf_grid_border(grid->ys, grid->rows) - pdf_grid_border(grid->ys, 0));
}

static int by_area(gconstpointer a, gconstpointer b)
{
    const double one = area(*(PdfGrid *const *)a), other = area(*(PdfGrid *const *)b);
    return one < other ? -1 : one > other;
}

GPtrArray *pdf_grids_find(const GArray *rules, const PdfLetters *letters, const PdfGrid *above)
{
    g_autoptr (GArray) level = NULL, upright = NULL;
    GPtrArray *grids = g_ptr_array_new_with_free_func(pdf_grid_free);
    split(rules, letters, &level, &upright);
    guint n = group_lines(level, upright), all = 0;
    for (guint group = 1; group <= n; group++) {
        PdfGrid *grid = grid_of(level, upright, group);
        if (grid) g_ptr_array_add(grids, grid);
    }
    g_ptr_array_sort(grids, by_area);
    while (all != grids->len) { /* letters of what is none belong to what is around it */
        all = grids->len;
        pdf_grids_fill(grids, letters);
        for (guint i = grids->len; i-- > 0;)
            if (!pdf_grid_is_table(grids->pdata[i]) &&
                !(above && pdf_grid_continues(above, grids->pdata[i]) && pdf_grid_has_text(grids->pdata[i])))
                g_ptr_array_remove_index(grids, i);
    }
    return grids;
}
