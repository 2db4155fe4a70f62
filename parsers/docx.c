#include "parsers/docx.h"

#include "parsers/textout.h"
#include "parsers/wordxml.h"

/* What is read besides the body, by kind of relationship, in this order. */
static const char *const others[] = {"footnotes", "endnotes", "header", "footer"};

/* Reads a part unless one with the same bytes was read: sections often repeat their headers. */
static gboolean read_part(GBytes *part, GPtrArray *seen, TextOut *out, gboolean *picture)
{
    for (guint i = 0; i < seen->len; i++)
        if (g_bytes_equal(part, seen->pdata[i])) return TRUE;
    g_ptr_array_add(seen, part);
    return wordxml_read(part, out, picture);
}

static void report_nothing_found(FactsAttachment *attachment, Ooxml *ooxml, gboolean picture)
{
    g_autoptr (GPtrArray) chunks = ooxml_related(ooxml, ooxml->main_part, "aFChunk");
    if (chunks->len > 0)
        facts_add_problem(attachment->problems, "unsupported",
                          "the text is in an embedded document of another format");
    else if (picture)
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
    gboolean picture = FALSE;
    GBytes *body = ooxml_part(ooxml, ooxml->main_part);
    gboolean good = body && read_part(body, seen, out, &picture);
    for (gsize k = 0; k < G_N_ELEMENTS(others); k++) {
        g_autoptr (GPtrArray) parts = ooxml_related(ooxml, ooxml->main_part, others[k]);
        for (guint i = 0; i < parts->len; i++) {
            GBytes *part = ooxml_part(ooxml, parts->pdata[i]);
            good &= part && read_part(part, seen, out, &picture);
        }
    }
    textout_finish(out, attachment);
    const char *detail;
    const char *problem = ooxml_problem(ooxml, &detail);
    if (problem)
        facts_add_problem(attachment->problems, problem, detail);
    else if (!good)
        facts_add_problem(attachment->problems, "damaged",
                          body ? "a part is not well-formed XML" : "the main part is missing");
    else if (!has_text(attachment->text))
        report_nothing_found(attachment, ooxml, picture);
}
