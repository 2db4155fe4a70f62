#include "parsers/document.h"

#include <string.h>

#include "parsers/archive.h"
#include "parsers/biff.h"
#include "parsers/doc.h"
#include "parsers/docx.h"
#include "parsers/mht.h"
#include "parsers/misnamed.h"
#include "parsers/opendocument.h"
#include "parsers/pdf.h"
#include "parsers/recognise.h"
#include "parsers/rtf.h"
#include "parsers/sheetml.h"
#include "parsers/textout.h"
#include "parsers/texts.h"
#include "parsers/tnef.h"
#include "parsers/watch.h"
#include "parsers/webpage.h"
#include "parsers/wordxml.h"
#include "parsers/works.h"
#include "parsers/xlsx.h"

static gboolean has_text(const char *text)
{
    return strspn(text, " \t\n") < strlen(text);
}

/* Word 2003 XML, and packages written as one XML file. */
static void read_word_xml(FactsAttachment *attachment, GBytes *bytes)
{
    g_autoptr (TextOut) out = textout_new();
    WordxmlSink sink = {.out = out};
    gboolean good = wordxml_read(bytes, &sink);
    textout_finish(out, attachment);
    if (!good)
        facts_add_problem(attachment->problems, "damaged", "it is not well-formed XML");
    else if (!has_text(attachment->text))
        facts_add_problem(attachment->problems, sink.picture ? "scanned-only" : "empty-document",
                          sink.picture ? "pictures or objects, and no text" : "no text, no picture");
}

static void read_watched(FactsAttachment *attachment, GBytes *bytes, DocumentKeep keep, gpointer data)
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
    case RECOGNISE_ODF_TEXT: opendocument_read(attachment, found->zip, FALSE); break;
    case RECOGNISE_ODF_WORKBOOK: opendocument_read(attachment, found->zip, TRUE); break;
    case RECOGNISE_BIFF: biff_read(attachment, bytes); break;
    case RECOGNISE_WORKS: works_read(attachment, bytes); break;
    case RECOGNISE_DOC: doc_read(attachment, bytes); break;
    case RECOGNISE_SHEETML: sheetml_read(attachment, bytes); break;
    case RECOGNISE_WORDXML: read_word_xml(attachment, bytes); break;
    case RECOGNISE_TEXT: texts_read_plain(attachment, bytes); break;
    case RECOGNISE_CSV: texts_read_csv(attachment, bytes); break;
    case RECOGNISE_HTML: webpage_read(attachment, bytes); break;
    case RECOGNISE_ARCHIVE: archive_read(attachment, bytes); break;
    case RECOGNISE_GZIP: archive_read_gzip(attachment, bytes); break;
    case RECOGNISE_WEB_ARCHIVE: mht_read(attachment, bytes); break;
    case RECOGNISE_PDF: pdf_read(attachment, bytes); break;
    case RECOGNISE_RTF: rtf_read(attachment, bytes); break;
    case RECOGNISE_TNEF: tnef_read(attachment, bytes, keep, data); break;
    case RECOGNISE_WORKBOOK: xlsx_read(attachment, found->ooxml); break;
    case RECOGNISE_NONE: {
        g_autofree char *detail =
            g_strdup_printf("%s (%s) is kept, but its text is not read", found->what, found->type);
        facts_add_problem(attachment->problems, "unsupported", detail);
        break;
    }
    }
}

/* A file that is broken or locked is not what its name says, either: then that is the trouble. */
static void judge_name(FactsAttachment *attachment)
{
    static const char *const worse[] = {"damaged", "encrypted", "empty-document", "split-volume",
                                        "unreadable"};
    if (!misnamed(attachment->name, attachment->type)) return;
    for (guint i = 0; i < attachment->problems->len; i++)
        for (gsize k = 0; k < G_N_ELEMENTS(worse); k++)
            if (strcmp(((FactsProblem *)attachment->problems->pdata[i])->code, worse[k]) == 0) return;
    g_autofree char *detail =
        g_strdup_printf("by its content it is %s, and was read as that", attachment->type);
    facts_add_problem(attachment->problems, "misnamed", detail);
}

void document_read_keeping(FactsAttachment *attachment, GBytes *bytes, DocumentKeep keep, gpointer data)
{
    const char *outer;
    if (!watch_enter(attachment, &outer)) {
        g_free(attachment->type);
        attachment->type = g_strdup("application/octet-stream");
        return;
    }
    read_watched(attachment, bytes, keep, data);
    judge_name(attachment);
    watch_leave(outer);
}

void document_read(FactsAttachment *attachment, GBytes *bytes)
{
    document_read_keeping(attachment, bytes, NULL, NULL);
}
