#include "parsers/wordxml.h"

#include <stdlib.h>
#include <string.h>

#include "parsers/field_code.h"
#include "parsers/limits.h"
#include "parsers/symbols.h"
#include "parsers/wordxml_elements.h"
#include "parsers/xml.h"

/* An element that is open. */
typedef struct Element {
    Action action;
    gboolean level; /* began a level of the TextOut */
    gboolean flag;  /* ALTERNATIVES: a choice was taken; CONTROL: it is a check box; CHECKBOX: it is checked;
                       PARAGRAPH: its mark is deleted; CONTROL_CONTENT: a check box has been written */
    gboolean checked; /* CONTROL */
    gboolean hint;    /* CONTROL: shows its placeholder */
    guint entry;      /* FORM_LIST: entries seen */
    guint chosen;     /* FORM_LIST: the entry that is the result */
} Element;

typedef struct Reading {
    WordxmlSink *sink;
    TextOut *out;
    Element open[LIMIT_XML_DEPTH];
    guint n_open;
    guint texts; /* TEXT elements that are open */
    guint boxes; /* CONTROL elements so far that are check boxes */
    guint hints; /* CONTROL elements that are open and show their placeholder */
    guint codes; /* FIELD_CODE elements that are open */
    FieldStack fields;
    guint64 puts;     /* times that text was put */
    const char *font; /* of the run, where it is one of symbols; else NULL */
    char *style;      /* of the run, if its font is to be looked up; else NULL */
    char *paragraph;  /* style of the paragraph, NULL for that of all */
    gboolean plain;   /* the run says that its font is another one */
} Reading;

static void put(Reading *reading, const char *text)
{
    textout_text(reading->out, text, strlen(text));
    reading->puts++;
}

/* The open element `up` steps above the one being handled (1 = its parent), or NULL. */
static Element *above(Reading *reading, guint up)
{
    return reading->n_open > up ? &reading->open[reading->n_open - 1 - up] : NULL;
}

static Action action_above(Reading *reading, guint up)
{
    const Element *element = above(reading, up);
    return element ? element->action : NOTHING;
}

/* The innermost open element of that action, or NULL. */
static Element *enclosing(Reading *reading, Action action)
{
    for (guint i = reading->n_open; i-- > 0;)
        if (reading->open[i].action == action) return &reading->open[i];
    return NULL;
}

/* ST_OnOff: an element without w:val means yes. */
static gboolean is_on(const XmlAttributes *attributes)
{
    g_autofree char *value = xml_attribute(attributes, "val");
    return !value || strcmp(value, "1") == 0 || strcmp(value, "true") == 0 || strcmp(value, "on") == 0;
}

static guint number(const XmlAttributes *attributes)
{
    g_autofree char *value = xml_attribute(attributes, "val");
    return value ? (guint)CLAMP(g_ascii_strtoll(value, NULL, 10), 0, 1000) : 0;
}

/* --- what single elements do ------------------------------------------------------------------ */

/* Text in a font of symbols: what they look like, where that is known. */
static void put_in_font(Reading *reading, const char *text, gsize length)
{
    g_autofree char *shown = symbol_string(reading->font, text, length);
    textout_text(reading->out, shown, strlen(shown));
}

static void on_run(Reading *reading)
{
    reading->font = NULL;
    reading->plain = FALSE;
    g_clear_pointer(&reading->style, g_free);
}

static gboolean is_of_run(Reading *reading)
{
    return action_above(reading, 1) == PROPERTIES && action_above(reading, 2) == RUN;
}

/* The last one counts. Nothing but broken files has two. */
static void on_run_style(Reading *reading, const XmlAttributes *attributes)
{
    if (!reading->sink->style_font || !is_of_run(reading)) return;
    g_free(reading->style);
    reading->style = xml_attribute(attributes, "val");
}

static void on_paragraph_style(Reading *reading, const XmlAttributes *attributes)
{
    if (!reading->sink->style_font || action_above(reading, 1) != MARK_PROPERTIES) return;
    g_free(reading->paragraph);
    reading->paragraph = xml_attribute(attributes, "val");
}

/* Whether the text begins with a check box, if it is in such a font: a letter that stands for one and is no
 * word's. */
static gboolean may_be_symbol(const char *text, gsize length)
{
    return symbol_is_code(g_utf8_get_char(text)) && !(length > 1 && g_ascii_isalnum(text[1]));
}

/* Styles are looked into for what may be a check box. */
static void find_font(Reading *reading, const char *text, gsize length)
{
    const char *(*font)(gpointer, const char *) = reading->sink->style_font;
    if (reading->style && length <= 4) reading->font = font(reading->sink->user, reading->style);
    if (!reading->font && reading->paragraph && !reading->plain && may_be_symbol(text, length))
        reading->font = font(reading->sink->user, reading->paragraph);
}

/* w:rFonts of a run. Latin letters and private characters, which symbols are, go by the first two. */
static void on_fonts(Reading *reading, const XmlAttributes *attributes)
{
    static const char *const kinds[] = {"ascii", "hAnsi"};
    if (!is_of_run(reading)) return;
    for (gsize i = 0; i < G_N_ELEMENTS(kinds) && !reading->font; i++) {
        gsize length;
        const char *name = xml_attribute_raw(attributes, kinds[i], &length);
        reading->font = symbol_font(name, length);
        if (length == 0) continue;
        g_clear_pointer(&reading->style, g_free); /* w:rStyle comes before it, and loses */
        reading->plain = TRUE;
    }
}

static void put_symbol(Reading *reading, const XmlAttributes *attributes)
{
    g_autofree char *font = xml_attribute(attributes, "font");
    g_autofree char *hex = xml_attribute(attributes, "char");
    guint code = hex ? (guint)strtoul(hex, NULL, 16) : 0;
    const char *known = font ? symbol_text(font, code) : NULL;
    if (known) {
        put(reading, known);
        return;
    }
    char text[8] = "";
    gboolean private = code >= 0xF000 && code <= 0xF0FF;
    if (private || code < ' ' || code > 0x10FFFF || !g_unichar_validate(code)) return;
    text[g_unichar_to_utf8(code, text)] = '\0';
    put(reading, text);
}

/* Text inside w:t; in a check box control the first text is replaced by the state. */
static void on_text(gpointer user, const char *text, gsize length)
{
    Reading *reading = user;
    if (reading->codes > 0) field_code(&reading->fields, text, length);
    if (reading->texts == 0 || length == 0) return;
    reading->puts++;
    Element *content = reading->boxes > 0 ? enclosing(reading, CONTROL_CONTENT) : NULL;
    const Element *control = content && content > reading->open ? content - 1 : NULL; /* its parent */
    if (!control || control->action != CONTROL || !control->flag) {
        find_font(reading, text, length);
        if (reading->font)
            put_in_font(reading, text, length);
        else
            textout_text(reading->out, text, length);
    } else if (!content->flag) {
        put(reading, control->checked ? SYMBOL_CHECKED : SYMBOL_UNCHECKED);
        content->flag = TRUE;
    }
}

/* w:del stands around runs, or says that a paragraph's mark or a row is deleted. */
static void on_deleted(Reading *reading, Element *element)
{
    Element *paragraph = above(reading, 3);
    if (action_above(reading, 1) == ROW_PROPERTIES) {
        textout_row_drop(reading->out);
    } else if (action_above(reading, 1) == PROPERTIES && action_above(reading, 2) == MARK_PROPERTIES &&
               paragraph) {
        paragraph->flag = TRUE;
    } else {
        element->level = TRUE;
        textout_begin(reading->out, TEXTOUT_DROP);
    }
}

static void on_merged(Reading *reading, gboolean above, const XmlAttributes *attributes)
{
    g_autofree char *value = xml_attribute(attributes, "val");
    if (!value || strcmp(value, "restart") != 0) textout_cell_continues(reading->out, above);
}

static void on_field_end(Reading *reading)
{
    g_autofree char *shown = field_end(&reading->fields, reading->puts);
    if (shown) put(reading, shown);
}

static void on_field_part(Reading *reading, const XmlAttributes *attributes)
{
    g_autofree char *type = xml_attribute(attributes, "fldCharType");
    if (g_strcmp0(type, "begin") == 0)
        field_begin(&reading->fields);
    else if (g_strcmp0(type, "separate") == 0)
        field_result(&reading->fields, reading->puts);
    else if (g_strcmp0(type, "end") == 0)
        on_field_end(reading);
}

static void on_whole_field(Reading *reading, const XmlAttributes *attributes)
{
    g_autofree char *code = xml_attribute(attributes, "instr");
    field_begin(&reading->fields);
    if (code) field_code(&reading->fields, code, strlen(code));
    field_result(&reading->fields, reading->puts);
}

/* The separators between text and notes are notes too, of a type. */
static gboolean is_real_note(const XmlAttributes *attributes)
{
    g_autofree char *type = xml_attribute(attributes, "type");
    return !type || strcmp(type, "normal") == 0;
}

static void on_word_art(Reading *reading, const XmlAttributes *attributes)
{
    g_autofree char *text = xml_attribute(attributes, "string");
    if (!text) return;
    textout_begin(reading->out, TEXTOUT_BOX);
    put(reading, text);
    textout_end(reading->out);
}

static void on_chunk(Reading *reading, const XmlAttributes *attributes)
{
    g_autofree char *id = xml_attribute(attributes, "id");
    if (id) reading->sink->chunk(reading->sink->user, id);
}

static void on_activex(Reading *reading, const XmlAttributes *attributes)
{
    g_autofree char *id = xml_attribute(attributes, "id");
    g_autofree char *shown =
        id && reading->sink->control ? reading->sink->control(reading->sink->user, id) : NULL;
    if (shown) put(reading, shown);
}

static void on_list_entry(Reading *reading, const XmlAttributes *attributes)
{
    Element *list = above(reading, 1);
    if (!list || list->action != FORM_LIST || list->entry++ != list->chosen) return;
    g_autofree char *text = xml_attribute(attributes, "val");
    if (text) put(reading, text);
}

/* A check box is either a content control's (state kept there) or a form field's (written at its end). */
static void on_checked(Reading *reading, const XmlAttributes *attributes)
{
    Element *box = above(reading, 1);
    Element *control = above(reading, 3);
    if (!box || box->action != CHECKBOX) return;
    box->flag = is_on(attributes);
    if (control && control->action == CONTROL) control->checked = box->flag;
}

static gboolean takes_alternative(Reading *reading, Action action)
{
    Element *alternatives = above(reading, 1);
    if (!alternatives || alternatives->action != ALTERNATIVES) return TRUE;
    gboolean taken = alternatives->flag;
    alternatives->flag = TRUE;
    return !taken;
}

/* --- start and end ---------------------------------------------------------------------------- */

/* The level of the TextOut that an element begins, TEXTOUT_DOCUMENT for none. */
static TextOutKind level_of(Reading *reading, Action action, const XmlAttributes *attributes)
{
    switch (action) {
    case TABLE: return TEXTOUT_TABLE;
    case ROW: return TEXTOUT_ROW;
    case CELL: return TEXTOUT_CELL;
    case BOX: return TEXTOUT_BOX;
    case DROP: return TEXTOUT_DROP;
    case NOTE: return is_real_note(attributes) ? TEXTOUT_PLAIN : TEXTOUT_DROP;
    case CHOICE:
    case FALLBACK: return takes_alternative(reading, action) ? TEXTOUT_PLAIN : TEXTOUT_DROP;
    default: return TEXTOUT_DOCUMENT;
    }
}

static void on_control_element(Reading *reading, Element *element, const XmlAttributes *attributes)
{
    Element *parent = above(reading, 1), *control = above(reading, 2);
    switch (element->action) {
    case PLACEHOLDER:
        if (!control || control->action != CONTROL || control->hint || !is_on(attributes)) break;
        control->hint = TRUE;
        reading->hints++;
        break;
    case CHECKBOX:
        if (control && control->action == CONTROL) {
            control->flag = TRUE;
            reading->boxes++;
        }
        break;
    case CHECKED_STATE: on_checked(reading, attributes); break;
    case LIST_RESULT:
        if (parent && parent->action == FORM_LIST) parent->chosen = number(attributes);
        break;
    case LIST_ENTRY: on_list_entry(reading, attributes); break;
    default: break;
    }
}

static void on_start(gpointer user, int action, const XmlAttributes *attributes)
{
    Reading *reading = user;
    Element *element = &reading->open[reading->n_open++];
    *element = (Element){.action = (Action)action};
    if (action == NOTHING) return;
    TextOutKind level = level_of(reading, element->action, attributes);
    if (level != TEXTOUT_DOCUMENT) {
        element->level = TRUE;
        textout_begin(reading->out, level);
        return;
    }
    switch (element->action) {
    case TEXT:
        if (reading->texts++ == 0 && reading->hints > 0) textout_hint_begin(reading->out);
        break;
    case TAB: /* w:tab also stands in w:tabs, as a setting */
        if (action_above(reading, 1) == RUN) put(reading, "\t");
        break;
    case BREAK: put(reading, "\n"); break;
    case HYPHEN: put(reading, "-"); break;
    case SYMBOL: put_symbol(reading, attributes); break;
    case RUN: on_run(reading); break;
    case FONTS: on_fonts(reading, attributes); break;
    case RUN_STYLE: on_run_style(reading, attributes); break;
    case PARAGRAPH: g_clear_pointer(&reading->paragraph, g_free); break;
    case PARAGRAPH_STYLE: on_paragraph_style(reading, attributes); break;
    case ACTIVEX: on_activex(reading, attributes); break;
    case FIELD_PART: on_field_part(reading, attributes); break;
    case FIELD_CODE: reading->codes++; break;
    case FIELD_WHOLE: on_whole_field(reading, attributes); break;
    case DELETED: on_deleted(reading, element); break;
    case GRID_SPAN: textout_cell_span(reading->out, number(attributes)); break;
    case GRID_BEFORE: textout_row_skip(reading->out, number(attributes)); break;
    case MERGED: on_merged(reading, FALSE, attributes); break;
    case MERGED_DOWN: on_merged(reading, TRUE, attributes); break;
    case PICTURE: reading->sink->picture = TRUE; break;
    case CHUNK: on_chunk(reading, attributes); break;
    case WORD_ART: on_word_art(reading, attributes); break;
    default: on_control_element(reading, element, attributes); break;
    }
}

static void on_end(gpointer user, int action)
{
    Reading *reading = user;
    const Element *element = &reading->open[reading->n_open - 1], *control = above(reading, 2);
    switch (element->action) {
    case TEXT:
        if (--reading->texts == 0 && reading->hints > 0) textout_hint_end(reading->out);
        break;
    case PARAGRAPH:
        if (!element->flag) textout_paragraph(reading->out);
        break;
    case RUN: on_run(reading); break;
    case FIELD_CODE: reading->codes--; break;
    case FIELD_WHOLE: on_field_end(reading); break;
    case CONTROL: reading->hints -= element->hint ? 1 : 0; break;
    case CHECKBOX:
        if (!control || control->action != CONTROL)
            put(reading, element->flag ? SYMBOL_CHECKED : SYMBOL_UNCHECKED);
        break;
    default: break;
    }
    if (element->level) textout_end(reading->out);
    reading->n_open--;
}

gboolean wordxml_read(GBytes *part, WordxmlSink *sink)
{
    static const XmlEvents events = {wordxml_action, on_start, on_end, on_text, NULL};
    Reading reading = {.sink = sink, .out = sink->out};
    gsize length;
    const char *data = g_bytes_get_data(part, &length);
    field_stack_init(&reading.fields);
    gboolean good = data && xml_read(data, length, &events, &reading);
    field_stack_clear(&reading.fields);
    g_free(reading.style);
    g_free(reading.paragraph);
    return good;
}
