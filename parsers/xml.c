#include "parsers/xml.h"

#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <limits.h>
#include <string.h>

struct XmlAttributes {
    const xmlChar **array; /* of name, prefix, URI, value, end of value */
    int count;
};

typedef struct Reading {
    const XmlEvents *events;
    gpointer user;
    xmlParserCtxtPtr parser;
    gboolean refused; /* there was a document type declaration */
} Reading;

static void on_start(void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
                     int n_namespaces, const xmlChar **namespaces, int n_attributes, int n_defaulted,
                     const xmlChar **attributes)
{
    const Reading *reading = data;
    const XmlAttributes all = {attributes, n_attributes};
    reading->events->start(reading->user, uri ? (const char *)uri : "", (const char *)name, &all);
}

static void on_end(void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
    const Reading *reading = data;
    reading->events->end(reading->user, uri ? (const char *)uri : "", (const char *)name);
}

static void on_text(void *data, const xmlChar *text, int length)
{
    const Reading *reading = data;
    if (reading->events->text) reading->events->text(reading->user, (const char *)text, (gsize)length);
}

/* A document type declaration: no format that we read has one, and every known trick with entities needs one.
 */
static void on_doctype(void *data, const xmlChar *name, const xmlChar *external, const xmlChar *system)
{
    Reading *reading = data;
    reading->refused = TRUE;
    xmlStopParser(reading->parser);
}

static void on_fault(void *data, xmlErrorPtr fault)
{
}

gboolean xml_read(const char *bytes, gsize length, const XmlEvents *events, gpointer user)
{
    if (length == 0 || length > INT_MAX) return FALSE;
    xmlParserCtxtPtr parser = xmlCreateMemoryParserCtxt(bytes, (int)length);
    if (!parser) return FALSE;
    Reading reading = {events, user, parser, FALSE};
    xmlCtxtUseOptions(parser, XML_PARSE_RECOVER | XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    memset(parser->sax, 0, sizeof *parser->sax);
    parser->sax->initialized = XML_SAX2_MAGIC;
    parser->sax->startElementNs = on_start;
    parser->sax->endElementNs = on_end;
    parser->sax->characters = on_text;
    parser->sax->ignorableWhitespace = on_text;
    parser->sax->cdataBlock = on_text;
    parser->sax->internalSubset = on_doctype;
    parser->sax->serror = on_fault;
    parser->userData = &reading;
    xmlParseDocument(parser);
    gboolean good = parser->wellFormed && !reading.refused;
    if (parser->myDoc) xmlFreeDoc(parser->myDoc);
    parser->myDoc = NULL;
    xmlFreeParserCtxt(parser);
    return good;
}

char *xml_attribute(const XmlAttributes *attributes, const char *name)
{
    for (int i = 0; i < attributes->count; i++) {
        const xmlChar **a = attributes->array + 5 * (gsize)i;
        if (strcmp((const char *)a[0], name) == 0) return g_strndup((const char *)a[3], (gsize)(a[4] - a[3]));
    }
    return NULL;
}
