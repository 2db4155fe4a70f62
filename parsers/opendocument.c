#include "parsers/opendocument.h"

#include <string.h>

#include "parsers/limits.h"
#include "parsers/opendocument_parts.h"
#include "parsers/symbols.h"

#define ENTRIES_MAX 1000 /* of a list in a form */

/* --- elements --------------------------------------------------------------------------------- */

static int code_of(const char *uri, const char *name)
{
    static const XmlName names[] = {{"tracked-changes", ODF_DROP},
                                    {"note-citation", ODF_DROP},
                                    {"ruby-text", ODF_DROP},
                                    {"style", ODF_STYLE},
                                    {"text-properties", ODF_STYLE_FONT},
                                    {"table-properties", ODF_STYLE_TABLE},
                                    {"checkbox", ODF_FORM_BOX},
                                    {"radio", ODF_FORM_BOX},
                                    {"textarea", ODF_FORM_CONTROL},
                                    {"formatted-text", ODF_FORM_CONTROL},
                                    {"combobox", ODF_FORM_CONTROL},
                                    {"listbox", ODF_FORM_CONTROL},
                                    {"fixed-text", ODF_FORM_CONTROL},
                                    {"date", ODF_FORM_CONTROL},
                                    {"option", ODF_FORM_OPTION},
                                    {"body", ODF_BODY},
                                    {"header", ODF_BODY},
                                    {"footer", ODF_BODY},
                                    {"header-first", ODF_BODY},
                                    {"footer-first", ODF_BODY},
                                    {"header-left", ODF_BODY},
                                    {"footer-left", ODF_BODY},
                                    {"p", ODF_PARAGRAPH},
                                    {"h", ODF_PARAGRAPH},
                                    {"span", ODF_SPAN},
                                    {"s", ODF_SPACES},
                                    {"tab", ODF_TAB},
                                    {"line-break", ODF_BREAK},
                                    {"placeholder", ODF_HINT},
                                    {"note-body", ODF_BOX},
                                    {"text-box", ODF_BOX},
                                    {"custom-shape", ODF_BOX},
                                    {"rect", ODF_BOX},
                                    {"ellipse", ODF_BOX},
                                    {"annotation", ODF_COMMENT},
                                    {"image", ODF_PICTURE},
                                    {"object", ODF_PICTURE},
                                    {"control", ODF_CONTROL},
                                    {"param", ODF_FIELD_STATE},
                                    {"fieldmark", ODF_FIELD},
                                    {"table", ODF_TABLE},
                                    {"table-row", ODF_ROW},
                                    {"table-cell", ODF_CELL},
                                    {"covered-table-cell", ODF_CELL_COVERED},
                                    {NULL, 0}};
    static const XmlName drawing[] = {{"title", ODF_DROP}, {"desc", ODF_DROP}, {NULL, 0}};
    static const XmlName forms[] = {{"text", ODF_FORM_CONTROL}, {NULL, 0}};
    gboolean form = g_str_has_suffix(uri, ":form:1.0");
    int code = form ? xml_code_in(forms, name) : ODF_NOTHING;
    if (strstr(uri, ":svg-compatible:")) return xml_code_in(drawing, name);
    if (code == ODF_NOTHING) code = xml_code_in(names, name);
    gboolean of_form = code == ODF_FORM_CONTROL || code == ODF_FORM_BOX || code == ODF_FORM_OPTION;
    return of_form && !form ? ODF_NOTHING : code;
}

/* --- text ------------------------------------------------------------------------------------- */

static void put(OdfReading *reading, const char *text, gsize length)
{
    if (length == 0 || reading->dropping > 0) return;
    if (reading->out)
        textout_text(reading->out, text, length);
    else if (reading->boxes > 0)
        g_string_append_len(reading->box, text, (gssize)length);
    else if (reading->cells > 0)
        g_string_append_len(reading->cell, text, (gssize)length);
}

static void put_string(OdfReading *reading, const char *text)
{
    put(reading, text, strlen(text));
    reading->space = FALSE;
}

/* White space of whatever length is one space, and none where a line begins. */
static void on_text(gpointer user, const char *text, gsize length)
{
    OdfReading *reading = user;
    if (reading->paragraphs == 0 || reading->dropping > 0 || reading->bodies == 0) return;
    g_autoptr (GString) plain = g_string_sized_new(length);
    for (gsize i = 0; i < length; i++) {
        gboolean space = g_ascii_isspace(text[i]);
        if (space && !reading->space) g_string_append_c(plain, ' ');
        if (!space && ((guchar)text[i] >= ' ')) g_string_append_c(plain, text[i]);
        reading->space = space;
    }
    const char *font =
        reading->spans->len ? g_array_index(reading->spans, const char *, reading->spans->len - 1) : NULL;
    g_autofree char *shown = font ? symbol_string(font, plain->str, plain->len) : NULL;
    put(reading, shown ? shown : plain->str, shown ? strlen(shown) : plain->len);
}

static void begin_span(OdfReading *reading, const XmlAttributes *attributes)
{
    g_autofree char *style = xml_attribute(attributes, "style-name");
    const char *around =
        reading->spans->len ? g_array_index(reading->spans, const char *, reading->spans->len - 1) : NULL;
    const char *font = style ? g_hash_table_lookup(reading->fonts, style) : NULL;
    if (!font) font = around;
    g_array_append_val(reading->spans, font);
}

static void end_paragraph(OdfReading *reading)
{
    reading->paragraphs--;
    reading->space = TRUE;
    if (reading->dropping > 0) return;
    if (reading->out)
        textout_paragraph(reading->out);
    else
        put(reading, "\n", 1);
}

/* --- controls --------------------------------------------------------------------------------- */

static void string_free(gpointer string)
{
    g_string_free(string, TRUE);
}

static gboolean is_true(const XmlAttributes *attributes, const char *name, const char *word)
{
    g_autofree char *value = xml_attribute(attributes, name);
    return g_strcmp0(value, word) == 0;
}

/* What a person sees of it; what was filled in before what it was made with. */
static void describe_control(OdfReading *reading, int code, const XmlAttributes *attributes)
{
    static const char *const values[] = {"current-value", "value", "label"};
    g_autofree char *id = xml_attribute(attributes, "id"), *label = xml_attribute(attributes, "label");
    reading->control = g_string_new(NULL);
    if (code == ODF_FORM_BOX) {
        gboolean ticked = is_true(attributes, "current-state", "checked") ||
                          is_true(attributes, "current-selected", "true");
        g_string_append_printf(reading->control, "%s%s", ticked ? SYMBOL_CHECKED : SYMBOL_UNCHECKED,
                               label ? label : "");
    }
    for (gsize i = 0; code != ODF_FORM_BOX && i < G_N_ELEMENTS(values) && reading->control->len == 0; i++) {
        g_autofree char *value = xml_attribute(attributes, values[i]);
        g_string_append(reading->control, value ? value : "");
    }
    g_hash_table_replace(reading->controls, id ? g_steal_pointer(&id) : g_strdup(""), reading->control);
}

static void describe_option(const OdfReading *reading, const XmlAttributes *attributes)
{
    g_autofree char *label = xml_attribute(attributes, "label");
    if (label && reading->control && is_true(attributes, "current-selected", "true"))
        g_string_assign(reading->control, label);
}

static void put_control(OdfReading *reading, const XmlAttributes *attributes)
{
    g_autofree char *id = xml_attribute(attributes, "control");
    const GString *text = id ? g_hash_table_lookup(reading->controls, id) : NULL;
    if (!text || text->len == 0 || reading->dropping > 0 || reading->bodies == 0) return;
    if (reading->out) {
        put_string(reading, text->str);
        if (reading->paragraphs == 0) textout_paragraph(reading->out);
    } else if (reading->cells > 0) {
        sheets_control(reading->sheets, reading->row, reading->column, reading->boxes, text->str);
    } else {
        sheets_box(reading->sheets, text->str);
    }
}

/* Check boxes and lists that are fields, as Word's forms have them: their states are inside. */
static void begin_field(OdfReading *reading, const XmlAttributes *attributes)
{
    g_autofree char *type = xml_attribute(attributes, "type");
    g_string_truncate(reading->field, 0);
    reading->entries = 0;
    if (type && g_str_has_suffix(type, ".FORMCHECKBOX")) g_string_assign(reading->field, SYMBOL_UNCHECKED);
}

/* Entries come before the number of the one that is chosen. */
static void describe_field(OdfReading *reading, const XmlAttributes *attributes)
{
    g_autofree char *name = xml_attribute(attributes, "name"), *value = xml_attribute(attributes, "value");
    if (!name || !value || reading->entries >= ENTRIES_MAX) return;
    if (strcmp(name, "Checkbox_Checked") == 0 && strcmp(value, "true") == 0) {
        g_string_assign(reading->field, SYMBOL_CHECKED);
    } else if (strcmp(name, "Dropdown_ListEntry") == 0) {
        g_string_append_printf(reading->field, "%s%s", reading->entries++ ? "\n" : "", value);
    } else if (strcmp(name, "Dropdown_Selected") == 0) {
        g_auto(GStrv) entries = g_strsplit(reading->field->str, "\n", -1);
        guint64 chosen = g_ascii_strtoull(value, NULL, 10);
        g_string_assign(reading->field, chosen < g_strv_length(entries) ? entries[chosen] : "");
        reading->entries = 0;
    }
}

static void end_field(OdfReading *reading)
{
    if (reading->paragraphs > 0 && reading->entries == 0) put_string(reading, reading->field->str);
    g_string_truncate(reading->field, 0);
}

/* --- styles ----------------------------------------------------------------------------------- */

static void describe_font(const OdfReading *reading, const XmlAttributes *attributes)
{
    static const char *const names[] = {"font-name", "font-family"};
    for (gsize i = 0; reading->style && i < G_N_ELEMENTS(names); i++) {
        g_autofree char *name = xml_attribute(attributes, names[i]);
        const char *plain = name ? name + strspn(name, "'\"") : "";
        const char *font = symbol_font(plain, strlen(plain));
        if (font) g_hash_table_replace(reading->fonts, g_strdup(reading->style), (gpointer)font);
    }
}

/* --- both ------------------------------------------------------------------------------------- */

static void on_start(gpointer user, int code, const XmlAttributes *attributes)
{
    OdfReading *reading = user;
    switch (code) {
    case ODF_DROP: reading->dropping++; break;
    case ODF_BODY: reading->bodies++; break;
    case ODF_STYLE:
        g_free(reading->style);
        reading->style = xml_attribute(attributes, "name");
        break;
    case ODF_STYLE_FONT: describe_font(reading, attributes); break;
    case ODF_STYLE_TABLE:
        if (reading->style && is_true(attributes, "display", "false"))
            g_hash_table_add(reading->hidden, g_strdup(reading->style));
        break;
    case ODF_FORM_BOX:
    case ODF_FORM_CONTROL: describe_control(reading, code, attributes); break;
    case ODF_FORM_OPTION: describe_option(reading, attributes); break;
    case ODF_PARAGRAPH:
        reading->paragraphs++;
        reading->space = TRUE;
        break;
    case ODF_SPAN: begin_span(reading, attributes); break;
    case ODF_SPACES:
        for (guint n = odf_number(attributes, "c", 200); n > 0; n--) put(reading, " ", 1);
        break;
    case ODF_TAB: put_string(reading, "\t"); break;
    case ODF_BREAK:
        put(reading, "\n", 1);
        reading->space = TRUE;
        break;
    case ODF_HINT:
        if (reading->out) textout_hint_begin(reading->out);
        break;
    case ODF_PICTURE: reading->picture |= reading->bodies > 0; break;
    case ODF_CONTROL: put_control(reading, attributes); break;
    case ODF_FIELD: begin_field(reading, attributes); break;
    case ODF_FIELD_STATE: describe_field(reading, attributes); break;
    default:
        if (reading->out && reading->bodies > 0)
            odf_begin_in_text(reading, code, attributes);
        else if (reading->sheets)
            odf_begin_in_sheets(reading, code, attributes);
    }
}

static void on_end(gpointer user, int code)
{
    OdfReading *reading = user;
    switch (code) {
    case ODF_DROP: reading->dropping--; break;
    case ODF_BODY: reading->bodies--; break;
    case ODF_STYLE: g_clear_pointer(&reading->style, g_free); break;
    case ODF_PARAGRAPH: end_paragraph(reading); break;
    case ODF_SPAN: g_array_set_size(reading->spans, reading->spans->len - 1); break;
    case ODF_FIELD: end_field(reading); break;
    case ODF_HINT:
        if (reading->out) textout_hint_end(reading->out);
        break;
    default:
        if (reading->out && reading->bodies > 0)
            odf_end_in_text(reading, code);
        else if (reading->sheets)
            odf_end_in_sheets(reading, code);
    }
}

static gboolean enough(gpointer user)
{
    const OdfReading *reading = user;
    return reading->full || (reading->out && textout_is_full(reading->out));
}

/* --- the package ------------------------------------------------------------------------------ */

gboolean opendocument_is_type(const char *type, gboolean *sheets)
{
    static const struct {
        const char *type;
        gboolean sheets;
    } types[] = {{"application/vnd.oasis.opendocument.text", FALSE},
                 {"application/vnd.oasis.opendocument.text-template", FALSE},
                 {"application/vnd.oasis.opendocument.text-master", FALSE},
                 {"application/vnd.oasis.opendocument.spreadsheet", TRUE},
                 {"application/vnd.oasis.opendocument.spreadsheet-template", TRUE}};
    for (gsize i = 0; i < G_N_ELEMENTS(types); i++) {
        if (strcmp(type, types[i].type) != 0) continue;
        *sheets = types[i].sheets;
        return TRUE;
    }
    return FALSE;
}

/* FALSE if it is not there or not well-formed. */
static gboolean read_part(OdfReading *reading, Unpacked *zip, const char *name)
{
    static const XmlEvents events = {code_of, on_start, on_end, on_text, enough};
    UnpackMember *member = unpacked_find(zip, name);
    GBytes *bytes = member ? unpacked_content(zip, member) : NULL;
    gsize length = 0;
    const char *data = bytes ? g_bytes_get_data(bytes, &length) : NULL;
    return data && xml_read(data, length, &events, reading);
}

static gboolean has_text(const char *text)
{
    for (; *text; text = g_utf8_next_char(text))
        if (!g_unichar_isspace(g_utf8_get_char(text))) return TRUE;
    return FALSE;
}

static void report(FactsAttachment *attachment, const Unpacked *zip, gboolean good, gboolean picture)
{
    const UnpackMember *content = unpacked_find(zip, "content.xml");
    if (zip->problem)
        facts_add_problem(attachment->problems, zip->problem, zip->detail);
    else if (content && content->problem)
        facts_add_problem(attachment->problems, content->problem, content->detail);
    else if (!good)
        facts_add_problem(attachment->problems, "damaged", "content.xml is missing, or not well-formed XML");
    else if (!has_text(attachment->text))
        facts_add_problem(attachment->problems, picture ? "scanned-only" : "empty-document",
                          picture ? "pictures or objects, and no text" : "no text, no picture");
}

void opendocument_read(FactsAttachment *attachment, Unpacked *zip, gboolean sheets)
{
    OdfReading reading = {0};
    reading.fonts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    reading.hidden = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    reading.controls = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, string_free);
    reading.spans = g_array_new(FALSE, FALSE, sizeof(const char *));
    reading.field = g_string_new(NULL);
    reading.cell = g_string_new(NULL);
    reading.box = g_string_new(NULL);
    reading.line = g_array_new(FALSE, FALSE, sizeof(OdfCell));
    g_array_set_clear_func(reading.line, odf_cell_clear);
    if (sheets)
        reading.sheets = sheets_new();
    else
        reading.out = textout_new();
    gboolean good = read_part(&reading, zip, "content.xml");
    if (sheets) {
        sheets_finish(reading.sheets, attachment);
    } else {
        read_part(&reading, zip, "styles.xml"); /* headers and footers */
        textout_finish(reading.out, attachment);
    }
    report(attachment, zip, good, reading.picture);
    sheets_free(reading.sheets);
    textout_free(reading.out);
    g_hash_table_unref(reading.fonts);
    g_hash_table_unref(reading.hidden);
    g_hash_table_unref(reading.controls);
    g_array_unref(reading.spans);
    g_string_free(reading.field, TRUE);
    g_string_free(reading.cell, TRUE);
    g_string_free(reading.box, TRUE);
    g_array_unref(reading.line);
    g_free(reading.style);
}
