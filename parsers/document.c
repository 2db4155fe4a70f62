#include "parsers/document.h"

#include "parsers/archive.h"
#include "parsers/biff.h"
#include "parsers/doc.h"
#include "parsers/docx.h"
#include "parsers/pdf.h"
#include "parsers/recognise.h"
#include "parsers/rtf.h"
#include "parsers/texts.h"
#include "parsers/tnef.h"
#include "parsers/webpage.h"
#include "parsers/xlsx.h"

void document_read(FactsAttachment *attachment, GBytes *bytes)
{
    document_read_keeping(attachment, bytes, NULL, NULL);
}

void document_read_keeping(FactsAttachment *attachment, GBytes *bytes, DocumentKeep keep, gpointer data)
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
    case RECOGNISE_TEXT: texts_read_plain(attachment, bytes); break;
    case RECOGNISE_CSV: texts_read_csv(attachment, bytes); break;
    case RECOGNISE_HTML: webpage_read(attachment, bytes); break;
    case RECOGNISE_ARCHIVE: archive_read(attachment, bytes); break;
    case RECOGNISE_GZIP: archive_read_gzip(attachment, bytes); break;
    case RECOGNISE_PDF: pdf_read(attachment, bytes); break;
    case RECOGNISE_RTF: rtf_read(attachment, bytes); break;
    case RECOGNISE_TNEF: tnef_read(attachment, bytes, keep, data); break;
    case RECOGNISE_BIFF: biff_read(attachment, bytes); break;
    case RECOGNISE_DOC: doc_read(attachment, bytes); break;
    case RECOGNISE_WORDXML: docx_read_flat(attachment, bytes); break;
    case RECOGNISE_WORKBOOK: xlsx_read(attachment, found->ooxml); break;
    case RECOGNISE_NONE: {
        g_autofree char *detail =
            g_strdup_printf("%s (%s) is kept, but its text is not read", found->what, found->type);
        facts_add_problem(attachment->problems, "unsupported", detail);
        break;
    }
    }
}
