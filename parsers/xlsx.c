#include "parsers/xlsx.h"

#include <string.h>

#include "parsers/docx_controls.h"
#include "parsers/ooxml_objects.h"
#include "parsers/xlsx_parts.h"

enum { NOTHING, SHEET, PROPERTIES };

/* A line of the workbook's list of sheets. */
typedef struct Listed {
    char *name, *relation;
    gboolean hidden;
} Listed;

typedef struct Workbook {
    XlsxBook book;
    Ooxml *ooxml;
    GPtrArray *relations; /* of OoxmlRelation*: of the workbook */
    GPtrArray *objects;   /* of char*: parts that are embedded files */
    GPtrArray *sheets;    /* of Listed* */
    gboolean good;        /* all parts were there, and well-formed */
    gboolean picture;
} Workbook;

/* --- the list of sheets ----------------------------------------------------------------------- */

static void listed_free(gpointer data)
{
    Listed *listed = data;
    g_free(listed->name);
    g_free(listed->relation);
    g_free(listed);
}

static int code_of(const char *uri, const char *name)
{
    static const XmlName names[] = {{"sheet", SHEET}, {"workbookPr", PROPERTIES}, {NULL, 0}};
    return xml_code_in(names, name);
}

static void on_start(gpointer user, int code, const XmlAttributes *attributes)
{
    Workbook *workbook = user;
    if (code == PROPERTIES) {
        g_autofree char *date1904 = xml_attribute(attributes, "date1904");
        /* an extension has another element of that name */
        workbook->book.date1904 |= date1904 && (strcmp(date1904, "1") == 0 || strcmp(date1904, "true") == 0);
    } else if (code == SHEET) {
        Listed *listed = g_new0(Listed, 1);
        g_autofree char *state = xml_attribute(attributes, "state");
        listed->name = xml_attribute(attributes, "name");
        listed->relation = xml_attribute(attributes, "id");
        listed->hidden = state && g_str_has_suffix(state, "idden"); /* hidden, veryHidden */
        if (!listed->name) listed->name = g_strdup("");
        xlsx_unescape(listed->name);
        g_ptr_array_add(workbook->sheets, listed);
    }
}

static void on_end(gpointer user, int code)
{
}

/* --- sheets ----------------------------------------------------------------------------------- */

/* The texts of what a drawing is related to; drawings of drawings are not gone into. */
static void read_drawing(Workbook *workbook, const char *part)
{
    static const char *const kinds[] = {"diagramData", "chart", NULL};
    workbook->good &= xlsx_drawing(&workbook->book, ooxml_part(workbook->ooxml, part), &workbook->picture);
    g_autoptr (GPtrArray) relations = ooxml_relations(workbook->ooxml, part);
    for (guint i = 0; i < relations->len; i++) {
        const OoxmlRelation *relation = relations->pdata[i];
        GBytes *bytes =
            g_strv_contains(kinds, relation->kind) ? ooxml_part(workbook->ooxml, relation->part) : NULL;
        if (bytes) xlsx_drawing(&workbook->book, bytes, &workbook->picture);
    }
}

/* The states of the sheet's controls. */
static void read_controls(Workbook *workbook, const GPtrArray *relations)
{
    for (guint i = 0; i < workbook->book.controls->len; i++) {
        XlsxControl *control = workbook->book.controls->pdata[i];
        for (guint k = 0; k < relations->len; k++) {
            const OoxmlRelation *relation = relations->pdata[k];
            if (!control->relation || g_strcmp0(relation->id, control->relation) != 0) continue;
            if (strcmp(relation->kind, "control") == 0)
                control->text = docx_control_text(workbook->ooxml, relation->part);
            else if (strcmp(relation->kind, "ctrlProp") == 0)
                xlsx_control_state(control, ooxml_part(workbook->ooxml, relation->part));
            break;
        }
    }
}

static void read_sheet(Workbook *workbook, const char *part)
{
    GBytes *bytes = ooxml_part(workbook->ooxml, part);
    g_ptr_array_set_size(workbook->book.controls, 0);
    workbook->good &= xlsx_sheet(&workbook->book, bytes);
    g_autoptr (GPtrArray) relations = ooxml_relations(workbook->ooxml, part);
    g_hash_table_remove_all(workbook->book.labels);
    ooxml_objects_find(workbook->objects, relations);
    read_controls(workbook, relations);
    for (guint i = 0; i < relations->len && !workbook->book.full; i++) {
        const OoxmlRelation *relation = relations->pdata[i];
        if (strcmp(relation->kind, "vmlDrawing") == 0)
            xlsx_controls(&workbook->book, ooxml_part(workbook->ooxml, relation->part));
    }
    for (guint i = 0; i < workbook->book.controls->len; i++) { /* that lie nowhere */
        const XlsxControl *control = workbook->book.controls->pdata[i];
        if (control->text && !control->put) sheets_box(workbook->book.sheets, control->text);
    }
    for (guint i = 0; i < relations->len && !workbook->book.full; i++) {
        const OoxmlRelation *relation = relations->pdata[i];
        if (strcmp(relation->kind, "comments") == 0)
            xlsx_comments(&workbook->book, ooxml_part(workbook->ooxml, relation->part));
        else if (strcmp(relation->kind, "drawing") == 0)
            read_drawing(workbook, relation->part);
    }
}

/* Where the sheet is; NULL if the workbook does not say. */
static const char *part_of(const Workbook *workbook, const Listed *listed)
{
    for (guint i = 0; listed->relation && i < workbook->relations->len; i++) {
        const OoxmlRelation *relation = workbook->relations->pdata[i];
        if (g_strcmp0(relation->id, listed->relation) == 0) return relation->part;
    }
    return NULL;
}

static void read_sheets(Workbook *workbook)
{
    for (guint i = 0; i < workbook->sheets->len && !workbook->book.full; i++) {
        const Listed *listed = workbook->sheets->pdata[i];
        const char *part = part_of(workbook, listed);
        sheets_begin(workbook->book.sheets, listed->name, listed->hidden);
        if (part)
            read_sheet(workbook, part);
        else if (listed->relation && *listed->relation) /* modules of old programs have none */
            workbook->good = FALSE;
    }
}

/* Parts that there is at most one of. */
static void read_common(Workbook *workbook)
{
    static const struct {
        const char *kind;
        gboolean (*read)(XlsxBook *book, GBytes *part);
    } kinds[] = {{"sharedStrings", xlsx_strings}, {"styles", xlsx_styles}};
    for (guint i = 0; i < workbook->relations->len; i++) {
        const OoxmlRelation *relation = workbook->relations->pdata[i];
        for (gsize k = 0; k < G_N_ELEMENTS(kinds); k++)
            if (strcmp(relation->kind, kinds[k].kind) == 0)
                workbook->good &= kinds[k].read(&workbook->book, ooxml_part(workbook->ooxml, relation->part));
    }
}

/* --- the whole -------------------------------------------------------------------------------- */

static void report(const Workbook *workbook, FactsAttachment *attachment, gboolean empty)
{
    const char *detail, *problem = ooxml_problem(workbook->ooxml, &detail);
    if (problem)
        facts_add_problem(attachment->problems, problem, detail);
    else if (!workbook->good)
        facts_add_problem(attachment->problems, "damaged", "a part is missing, or not well-formed XML");
    else if (empty && (workbook->picture || workbook->book.picture))
        facts_add_problem(attachment->problems, "scanned-only", "pictures or objects, and no text");
    else if (empty)
        facts_add_problem(attachment->problems, "empty-document", "all cells are empty");
}

void xlsx_read(FactsAttachment *attachment, Ooxml *ooxml)
{
    static const XmlEvents events = {code_of, on_start, on_end, NULL, NULL};
    g_autoptr (Sheets) sheets = sheets_new();
    Workbook workbook = {.ooxml = ooxml, .book.sheets = sheets};
    workbook.book.text = g_string_new(NULL);
    workbook.book.strings = g_array_new(FALSE, FALSE, sizeof(gsize));
    workbook.book.rich = g_hash_table_new(NULL, NULL);
    workbook.book.labels = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    workbook.book.controls = g_ptr_array_new_with_free_func(xlsx_control_free);
    workbook.book.fonts = g_ptr_array_new();
    workbook.book.formats = g_ptr_array_new_with_free_func(g_free);
    workbook.sheets = g_ptr_array_new_with_free_func(listed_free);
    workbook.relations = ooxml_relations(ooxml, ooxml->main_part);
    workbook.objects = g_ptr_array_new_with_free_func(g_free);
    workbook.good = xlsx_xml(ooxml_part(ooxml, ooxml->main_part), &events, &workbook);
    read_common(&workbook);
    read_sheets(&workbook);
    gboolean empty = sheets_empty(sheets);
    sheets_finish(sheets, attachment);
    ooxml_objects(attachment, ooxml, workbook.objects);
    report(&workbook, attachment, empty && attachment->children->len == 0);
    g_string_free(workbook.book.text, TRUE);
    g_array_free(workbook.book.strings, TRUE);
    g_hash_table_unref(workbook.book.rich);
    g_hash_table_unref(workbook.book.labels);
    g_ptr_array_unref(workbook.book.controls);
    g_ptr_array_unref(workbook.book.fonts);
    g_ptr_array_unref(workbook.book.formats);
    g_ptr_array_unref(workbook.sheets);
    g_ptr_array_unref(workbook.relations);
    g_ptr_array_unref(workbook.objects);
}
