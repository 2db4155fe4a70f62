/* Check boxes that lie on a sheet (MS-OI29500 and VML: ClientData of shapes). */
#include <string.h>

#include "parsers/symbols.h"
#include "parsers/xlsx_parts.h"

enum { NOTHING, SHAPE, TEXT_BOX, CLIENT, CHECKED };

typedef struct Controls {
    XlsxBook *book;
    GString *label, *state; /* of the present shape */
    gboolean box;           /* it is a check box or radio button */
    int taking;             /* TEXT_BOX or CHECKED: what text belongs to */
} Controls;

static int code_of(const char *uri, const char *name)
{
    static const XmlName names[] = {
        {"shape", SHAPE}, {"textbox", TEXT_BOX}, {"ClientData", CLIENT}, {"Checked", CHECKED}, {NULL, 0}};
    return xml_code_in(names, name);
}

static void on_start(gpointer user, int code, const XmlAttributes *attributes)
{
    Controls *controls = user;
    if (code == SHAPE) {
        g_string_truncate(controls->label, 0);
        g_string_truncate(controls->state, 0);
        controls->box = FALSE;
    } else if (code == CLIENT) {
        g_autofree char *type = xml_attribute(attributes, "ObjectType");
        controls->box = type && (strcmp(type, "Checkbox") == 0 || strcmp(type, "Radio") == 0);
    } else if (code == TEXT_BOX || code == CHECKED) {
        controls->taking = code;
    }
}

static void put_box(Controls *controls)
{
    g_autofree char *label = g_strstrip(g_strdup(controls->label->str));
    gboolean checked = g_ascii_strtoll(controls->state->str, NULL, 10) == 1;
    g_autofree char *text = g_strconcat(checked ? SYMBOL_CHECKED : SYMBOL_UNCHECKED, label, NULL);
    if (*label) sheets_box(controls->book->sheets, text);
    if (*label) g_hash_table_add(controls->book->labels, g_steal_pointer(&label));
}

static void on_end(gpointer user, int code)
{
    Controls *controls = user;
    if (code == TEXT_BOX || code == CHECKED) controls->taking = NOTHING;
    if (code == SHAPE && controls->box) put_box(controls);
    if (code == SHAPE) controls->box = FALSE;
}

static void on_text(gpointer user, const char *text, gsize length)
{
    Controls *controls = user;
    if (controls->taking == TEXT_BOX)
        g_string_append_len(controls->label, text, (gssize)length);
    else if (controls->taking == CHECKED)
        g_string_append_len(controls->state, text, (gssize)length);
}

void xlsx_controls(XlsxBook *book, GBytes *part)
{
    static const XmlEvents events = {code_of, on_start, on_end, on_text, NULL};
    g_autoptr (GString) label = g_string_new(NULL);
    g_autoptr (GString) state = g_string_new(NULL);
    Controls controls = {.book = book, .label = label, .state = state};
    xlsx_xml(part, &events, &controls); /* Excel's VML is not always well-formed: what is read of it counts */
}
