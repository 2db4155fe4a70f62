/* The state of a control (MS-OE376, activeX1.xml) is in attributes, or in a part that the file names. */
#include "parsers/docx_controls.h"

#include <string.h>

#include "parsers/forms_control.h"
#include "parsers/xml.h"

enum { NOTHING, CONTROL, PROPERTY };

typedef struct Control {
    char *class_id, *value, *caption;
} Control;

static int code_of(const char *uri, const char *name)
{
    static const XmlName names[] = {{"ocx", CONTROL}, {"ocxPr", PROPERTY}, {NULL, 0}};
    return xml_code_in(names, name);
}

static void take(char **to, const XmlAttributes *attributes, const char *name)
{
    g_free(*to);
    *to = xml_attribute(attributes, name);
}

static void on_start(gpointer user, int code, const XmlAttributes *attributes)
{
    Control *control = user;
    if (code == CONTROL) take(&control->class_id, attributes, "classid");
    if (code != PROPERTY) return;
    g_autofree char *name = xml_attribute(attributes, "name");
    if (g_strcmp0(name, "Value") == 0) take(&control->value, attributes, "value");
    if (g_strcmp0(name, "Caption") == 0) take(&control->caption, attributes, "value");
}

static void on_end(gpointer user, int code)
{
}

/* Which control it is, as MS-OFORMS numbers styles; 0 unknown. */
static guint style_of(const char *class_id)
{
    static const char *const classes[] = {"8BD21D10", "8BD21D20", "8BD21D30",
                                          "8BD21D40", "8BD21D50", "8BD21D60"};
    if (!class_id) return 0;
    if (*class_id == '{') class_id++;
    for (guint i = 0; i < G_N_ELEMENTS(classes); i++)
        if (g_ascii_strncasecmp(class_id, classes[i], 8) == 0) return i + 1;
    return g_ascii_strncasecmp(class_id, "978C9E23", 8) == 0 ? 1 : 0;
}

/* What the part names: the first that it has a relationship to. */
static char *stored_text(Ooxml *ooxml, const char *part, const char *class_id)
{
    g_autoptr (GPtrArray) relations = ooxml_relations(ooxml, part);
    for (guint i = 0; i < relations->len; i++) {
        const OoxmlRelation *relation = relations->pdata[i];
        GBytes *stored =
            strstr(relation->kind, "activeXControlBinary") ? ooxml_part(ooxml, relation->part) : NULL;
        if (stored) return forms_control_text(stored, class_id);
    }
    return NULL;
}

char *docx_control_text(Ooxml *ooxml, const char *part)
{
    static const XmlEvents events = {code_of, on_start, on_end, NULL, NULL};
    Control control = {0};
    gsize length;
    GBytes *bytes = ooxml_part(ooxml, part);
    const char *data = bytes ? g_bytes_get_data(bytes, &length) : NULL;
    if (data) xml_read(data, length, &events, &control);
    guint style = style_of(control.class_id);
    gboolean known = style > 0 && (control.value || control.caption);
    char *text = known ? forms_control_shown(style, control.value, control.caption) : NULL;
    if (!text && data) text = stored_text(ooxml, part, control.class_id);
    g_free(control.class_id);
    g_free(control.value);
    g_free(control.caption);
    return text;
}
