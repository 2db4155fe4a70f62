#include "parsers/docx.h"

#include <string.h>

#include "parsers/charset.h"
#include "parsers/document.h"
#include "parsers/docx_controls.h"
#include "parsers/docx_styles.h"
#include "parsers/html.h"
#include "parsers/ooxml_objects.h"
#include "parsers/textout.h"
#include "parsers/wordxml.h"

/* What is read besides the body, by kind of relationship, in this order. (Diagrams and charts have text of
 * DrawingML.) */
static const char *const others[] = {"diagramData", "chart", "footnotes", "endnotes", "header", "footer"};

#define CONTROLS_MAX 1000

typedef struct Docx {
    Ooxml *ooxml;
    GPtrArray *relations; /* of OoxmlRelation*: of the main part */
    GPtrArray *seen;      /* of GBytes*, borrowed: the parts that were read */
    GHashTable *styles;   /* docx_styles.h; NULL until somebody asks */
    guint controls;       /* that were read */
    WordxmlSink sink;
} Docx;

/* Reads a part unless one with the same bytes was read: sections often repeat their headers. */
static gboolean read_part(Docx *docx, GBytes *part)
{
    for (guint i = 0; i < docx->seen->len; i++)
        if (g_bytes_equal(part, docx->seen->pdata[i])) return TRUE;
    g_ptr_array_add(docx->seen, part);
    return wordxml_read(part, &docx->sink);
}

static const char *style_font(gpointer user, const char *id)
{
    Docx *docx = user;
    for (guint i = 0; i < docx->relations->len && !docx->styles; i++) {
        const OoxmlRelation *relation = docx->relations->pdata[i];
        if (strcmp(relation->kind, "styles") == 0)
            docx->styles = docx_styles_read(ooxml_part(docx->ooxml, relation->part));
    }
    if (!docx->styles) docx->styles = docx_styles_read(NULL);
    return docx_styles_font(docx->styles, id);
}

static char *control_text(gpointer user, const char *id)
{
    Docx *docx = user;
    for (guint i = 0; i < docx->relations->len && docx->controls < CONTROLS_MAX; i++) {
        const OoxmlRelation *relation = docx->relations->pdata[i];
        if (g_strcmp0(relation->id, id) != 0) continue;
        docx->controls++;
        return docx_control_text(docx->ooxml, relation->part);
    }
    return NULL;
}

/* --- embedded documents ----------------------------------------------------------------------- */

/* The text of a document of whatever format; "" if it has none that can be read. */
static char *text_of(GBytes *bytes, const char *name)
{
    static gboolean inside; /* what is embedded in what is embedded is not read */
    if (inside) return g_strdup("");
    inside = TRUE;
    g_autoptr (FactsAttachment) document = facts_attachment_new();
    g_free(document->name);
    document->name = g_strdup(name);
    document_read(document, bytes);
    inside = FALSE;
    gsize length;
    const char *data = g_bytes_get_data(bytes, &length);
    if (!*document->text && strcmp(document->type, "text/html") == 0) {
        g_autofree char *charset = html_charset(data, length);
        g_autofree char *html = charset_to_utf8(data, length, charset, NULL);
        return html_to_text(html, NULL);
    }
    return g_steal_pointer(&document->text);
}

static void on_chunk(gpointer user, const char *id)
{
    Docx *docx = user;
    for (guint i = 0; i < docx->relations->len; i++) {
        const OoxmlRelation *relation = docx->relations->pdata[i];
        GBytes *part = g_strcmp0(relation->id, id) == 0 ? ooxml_part(docx->ooxml, relation->part) : NULL;
        g_autofree char *text = part ? text_of(part, relation->part) : NULL;
        for (const char *line = text; line && *line; line += *line == '\n') {
            gsize length = strcspn(line, "\n");
            textout_text(docx->sink.out, line, length);
            textout_paragraph(docx->sink.out);
            line += length;
        }
    }
}

/* --- the whole -------------------------------------------------------------------------------- */

static gboolean has_relation(const Docx *docx, const char *kind)
{
    for (guint i = 0; i < docx->relations->len; i++)
        if (strcmp(((OoxmlRelation *)docx->relations->pdata[i])->kind, kind) == 0) return TRUE;
    return FALSE;
}

static void report_nothing_found(const Docx *docx, FactsAttachment *attachment)
{
    if (has_relation(docx, "aFChunk"))
        facts_add_problem(attachment->problems, "unsupported",
                          "the text is in an embedded document of another format");
    else if (docx->sink.picture)
        facts_add_problem(attachment->problems, "scanned-only", "pictures or objects, and no text");
    else
        facts_add_problem(attachment->problems, "empty-document", "no text, no picture");
}

static gboolean has_text(const char *text)
{
    for (; *text; text = g_utf8_next_char(text))
        if (!g_unichar_isspace(g_utf8_get_char(text))) return TRUE;
    return FALSE;
}

void docx_read(FactsAttachment *attachment, Ooxml *ooxml)
{
    g_autoptr (TextOut) out = textout_new();
    g_autoptr (GPtrArray) seen = g_ptr_array_new();
    g_autoptr (GPtrArray) relations = ooxml_relations(ooxml, ooxml->main_part);
    Docx docx = {
        .ooxml = ooxml,
        .relations = relations,
        .seen = seen,
        .sink = {
            .out = out, .chunk = on_chunk, .control = control_text, .style_font = style_font, .user = &docx}};
    GBytes *body = ooxml_part(ooxml, ooxml->main_part);
    gboolean good = body && read_part(&docx, body);
    for (gsize k = 0; k < G_N_ELEMENTS(others); k++)
        for (guint i = 0; i < relations->len; i++) {
            const OoxmlRelation *relation = relations->pdata[i];
            if (strcmp(relation->kind, others[k]) != 0) continue;
            GBytes *part = ooxml_part(ooxml, relation->part);
            good &= part && read_part(&docx, part);
        }
    textout_finish(out, attachment);
    g_clear_pointer(&docx.styles, g_hash_table_unref);
    const char *detail;
    const char *problem = ooxml_problem(ooxml, &detail);
    g_autoptr (GPtrArray) objects = g_ptr_array_new_with_free_func(g_free);
    ooxml_objects_find(objects, relations);
    ooxml_objects(attachment, ooxml, objects);
    if (problem)
        facts_add_problem(attachment->problems, problem, detail);
    else if (!good)
        facts_add_problem(attachment->problems, "damaged",
                          body ? "a part is not well-formed XML" : "the main part is missing");
    else if (!has_text(attachment->text) && attachment->children->len == 0)
        report_nothing_found(&docx, attachment);
}
