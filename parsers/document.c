#include "parsers/document.h"

#include <string.h>

#include "parsers/charset.h"
#include "parsers/docx.h"
#include "parsers/recognise.h"
#include "parsers/textout.h"

static gboolean closed; /* see document_open() */

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
    if (strspn(attachment->text, " \t\n") == strlen(attachment->text))
        facts_add_problem(attachment->problems, "empty-document", "white space only");
}

void document_read(FactsAttachment *attachment, GBytes *bytes)
{
    if (closed) {
        facts_add_problem(attachment->problems, "unreadable",
                          "reading this mail's files took too much time or memory, or broke the reader");
        return;
    }
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
    case RECOGNISE_TEXT: read_plain_text(attachment, bytes); break;
    case RECOGNISE_NONE: {
        g_autofree char *detail =
            g_strdup_printf("%s (%s) is kept, but its text is not read", found->what, found->type);
        facts_add_problem(attachment->problems, "unsupported", detail);
        break;
    }
    }
}

void document_open(gboolean open)
{
    closed = !open;
}
