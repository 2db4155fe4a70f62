/* Controls that lie on a sheet (MS-OI29500 and VML: ClientData of shapes). */
#include <string.h>

#include "parsers/symbols.h"
#include "parsers/xlsx_parts.h"

enum { NOTHING, SHAPE, TEXT_BOX, CLIENT, CHECKED, ANCHOR, STATE };
enum { LEFT, LEFT_OFFSET, TOP, TOP_OFFSET, RIGHT, RIGHT_OFFSET, BOTTOM, BOTTOM_OFFSET, EDGES };

#define ROW_PIXELS 20 /* of most rows */

typedef enum Kind { OTHER, BOX, PICTURE } Kind;

typedef struct Drawing {
    XlsxBook *book;
    GString *label, *state, *anchor; /* of the present shape */
    char *shape;                     /* its number */
    Kind kind;
    GString *taking; /* what text belongs to, one of the above; or NULL */
    guint boxes;     /* so far */
} Drawing;

static int code_of(const char *uri, const char *name)
{
    static const XmlName names[] = {{"shape", SHAPE},     {"textbox", TEXT_BOX}, {"ClientData", CLIENT},
                                    {"Checked", CHECKED}, {"Anchor", ANCHOR},    {NULL, 0}};
    return xml_code_in(names, name);
}

static Kind kind_of(const XmlAttributes *attributes)
{
    g_autofree char *type = xml_attribute(attributes, "ObjectType");
    if (!type) return OTHER;
    if (strcmp(type, "Checkbox") == 0 || strcmp(type, "Radio") == 0) return BOX;
    return strcmp(type, "Pict") == 0 ? PICTURE : OTHER;
}

/* _x0000_s1025 is number 1025. */
static char *number_of(const XmlAttributes *attributes)
{
    g_autofree char *id = xml_attribute(attributes, "id");
    const char *s = id ? strrchr(id, 's') : NULL;
    return s && g_ascii_isdigit(s[1]) ? g_strdup(s + 1) : NULL;
}

static void on_start(gpointer user, int code, const XmlAttributes *attributes)
{
    Drawing *drawing = user;
    switch (code) {
    case SHAPE:
        g_string_truncate(drawing->label, 0);
        g_string_truncate(drawing->state, 0);
        g_string_truncate(drawing->anchor, 0);
        g_free(drawing->shape);
        drawing->shape = number_of(attributes);
        drawing->kind = OTHER;
        break;
    case CLIENT: drawing->kind = kind_of(attributes); break;
    case TEXT_BOX: drawing->taking = drawing->label; break;
    case CHECKED: drawing->taking = drawing->state; break;
    case ANCHOR: drawing->taking = drawing->anchor; break;
    default: break;
    }
}

/* The book's control that this shape is: by its number, else (LibreOffice) the one whose turn it is. */
static XlsxControl *control_of(const Drawing *drawing)
{
    const GPtrArray *controls = drawing->book->controls;
    XlsxControl *turn = NULL;
    for (guint i = 0, boxes = 0; i < controls->len; i++) {
        XlsxControl *control = controls->pdata[i];
        if (drawing->shape && strcmp(control->shape, drawing->shape) == 0) return control;
        if (drawing->kind == BOX && control->box && boxes++ == drawing->boxes) turn = control;
    }
    return drawing->shape ? NULL : turn;
}

/* Columns and rows of the corners, and how far in those they are, in pixels. */
static gboolean read_anchor(const char *text, guint edges[EDGES])
{
    for (guint i = 0; i < EDGES; i++) {
        while (g_ascii_isspace(*text) || (*text == ',' && i > 0)) text++;
        if (!g_ascii_isdigit(*text)) return FALSE;
        char *end;
        edges[i] = (guint)MIN(g_ascii_strtoull(text, &end, 10), G_MAXUINT16 * 16u);
        text = end;
    }
    return TRUE;
}

/* The row that it is in, where it touches two: boxes are higher than rows, and people put them into the
 * middle. */
static guint row_of(const guint edges[EDGES])
{
    if (edges[BOTTOM] <= edges[TOP]) return edges[TOP];
    if (edges[BOTTOM] > edges[TOP] + 1) return edges[TOP] + (edges[BOTTOM] - edges[TOP]) / 2;
    guint above = ROW_PIXELS - MIN(edges[TOP_OFFSET], ROW_PIXELS);
    return edges[BOTTOM_OFFSET] > above ? edges[BOTTOM] : edges[TOP];
}

static void put(const Drawing *drawing, const char *text)
{
    guint edges[EDGES];
    if (read_anchor(drawing->anchor->str, edges))
        sheets_control(drawing->book->sheets, row_of(edges), edges[LEFT], edges[LEFT_OFFSET], text);
    else
        sheets_box(drawing->book->sheets, text);
}

static void put_box(const Drawing *drawing, const XlsxControl *control)
{
    g_autofree char *label = g_strstrip(g_strdup(drawing->label->str));
    gboolean checked = g_ascii_strtoll(drawing->state->str, NULL, 10) == 1;
    if (drawing->state->len == 0 && control) checked = control->checked;
    g_autofree char *text = g_strconcat(checked ? SYMBOL_CHECKED : SYMBOL_UNCHECKED, label, NULL);
    if (*label || drawing->anchor->len > 0) put(drawing, text);
    if (*label) g_hash_table_add(drawing->book->labels, g_steal_pointer(&label));
}

static void on_end(gpointer user, int code)
{
    Drawing *drawing = user;
    if (code == TEXT_BOX || code == CHECKED || code == ANCHOR) drawing->taking = NULL;
    if (code != SHAPE || drawing->kind == OTHER) return;
    XlsxControl *control = control_of(drawing);
    if (drawing->kind == BOX) put_box(drawing, control);
    drawing->boxes += drawing->kind == BOX;
    if (drawing->kind == PICTURE && control && control->text && !control->put) {
        put(drawing, control->text);
        control->put = TRUE;
    }
    drawing->kind = OTHER;
}

static void on_text(gpointer user, const char *text, gsize length)
{
    Drawing *drawing = user;
    if (drawing->taking) g_string_append_len(drawing->taking, text, (gssize)length);
}

void xlsx_controls(XlsxBook *book, GBytes *part)
{
    static const XmlEvents events = {code_of, on_start, on_end, on_text, NULL};
    g_autoptr (GString) label = g_string_new(NULL);
    g_autoptr (GString) state = g_string_new(NULL);
    g_autoptr (GString) anchor = g_string_new(NULL);
    Drawing drawing = {.book = book, .label = label, .state = state, .anchor = anchor};
    xlsx_xml(part, &events, &drawing); /* Excel's VML is not always well-formed: what is read of it counts */
    g_free(drawing.shape);
}

/* --- states ----------------------------------------------------------------------------------- */

void xlsx_control_free(gpointer control)
{
    XlsxControl *freed = control;
    g_free(freed->shape);
    g_free(freed->relation);
    g_free(freed->text);
    g_free(freed);
}

static int state_code(const char *uri, const char *name)
{
    return strcmp(name, "formControlPr") == 0 ? STATE : NOTHING;
}

static void state_start(gpointer user, int code, const XmlAttributes *attributes)
{
    XlsxControl *control = user;
    g_autofree char *type = xml_attribute(attributes, "objectType");
    g_autofree char *checked = xml_attribute(attributes, "checked");
    control->box = g_strcmp0(type, "CheckBox") == 0 || g_strcmp0(type, "Radio") == 0;
    control->checked = g_strcmp0(checked, "Checked") == 0;
}

static void state_end(gpointer user, int code)
{
}

void xlsx_control_state(XlsxControl *control, GBytes *part)
{
    static const XmlEvents events = {state_code, state_start, state_end, NULL, NULL};
    xlsx_xml(part, &events, control);
}
