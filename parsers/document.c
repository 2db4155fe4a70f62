#include "parsers/document.h"

#include <string.h>

#include "parsers/biff.h"
#include "parsers/charset.h"
#include "parsers/doc.h"
#include "parsers/docx.h"
#include "parsers/recognise.h"
#include "parsers/textout.h"
#include "parsers/wordxml.h"

static gboolean has_text(const char *text)
{
    return strspn(text, " \t\n") < strlen(text);
}

static void read_plain_text(FactsAttachment *attachment, GBytes *bytes)
{
    gsize length;
    const char *data = g_bytes_get_data(bytes, &length);
    g_autofree char *text = charset_to_utf8(data, length, NULL, NULL);
    g_autoptr (TextOut) out = textout_new();
    for (const char *p = text; *p;) {
        gsize n = strcspn(p, "\r\n\f\x1B\x01\x02");
        textout_text(out, p, n);
        p += n;
        if (*p == '\n' || (*p == '\r' && p[1] != '\n')) textout_paragraph(out);
        if (*p) p++;
    }
    textout_finish(out, attachment);
    if (!has_text(attachment->text))
        facts_add_problem(attachment->problems, "empty-document", "white space only");
}

/* Word 2003 XML, and packages written as one XML file. */
static void read_word_xml(FactsAttachment *attachment, GBytes *bytes)
{
    g_autoptr (TextOut) out = textout_new();
    gboolean picture = FALSE, good = wordxml_read(bytes, out, &picture);
    textout_finish(out, attachment);
    if (!good)
        facts_add_problem(attachment->problems, "damaged", "it is not well-formed XML");
    else if (!has_text(attachment->text))
        facts_add_problem(attachment->problems, picture ? "scanned-only" : "empty-document",
                          picture ? "pictures or objects, and no text" : "no text, no picture");
}

void document_read(FactsAttachment *attachment, GBytes *bytes)
{
    g_autoptr (Recognised) found = recognise(bytes, attachment->name, attachment->declared_type);
    g_free(attachment->type);
    attachment->type = g_strdup(found->type);
    if (found->macro) facts_add_problem(attachment->problems, "macro", "the file carries a program");
    if (found->problem) {
        facts_add_problem(attachment->problems, found->problem, found->detail);
        return;
    }
    switch (found->reader) {
    case RECOGNISE_WORD: docx_read(attachment, found->ooxml); break;
    case RECOGNISE_BIFF: biff_read(attachment, bytes); break;
    case RECOGNISE_DOC: doc_read(attachment, bytes); break;
    case RECOGNISE_WORDXML: read_word_xml(attachment, bytes); break;
    case RECOGNISE_TEXT: read_plain_text(attachment, bytes); break;
    case RECOGNISE_NONE: {
        g_autofree char *detail =
            g_strdup_printf("%s (%s) is kept, but its text is not read", found->what, found->type);
        facts_add_problem(attachment->problems, "unsupported", detail);
        break;
    }
    }
}
