/* xml.h - a reader of XML 1.0 with namespaces, shut to everything but the bytes given: no document type, no
 * entities but the five, no network.
 *
 * Of our own, since the documents that we read are little text in much mark-up: it decodes no attribute that
 * nobody asks for, looks names up once and not at each element, and is some five times as fast as libxml2.
 * Memory is linear in the depth, time in the length.
 */
#pragma once

#include <glib.h>

/* The attributes of one start tag; valid only inside the callback. */
typedef struct XmlAttributes XmlAttributes;

typedef struct XmlEvents {
    /* What elements of this name are to the reader: any number, 0 by custom for nothing. Asked once for each
     * name and namespace (or a few times more); `uri` is "" outside any namespace. */
    int (*code)(const char *uri, const char *name);
    /* Called for every element, whatever its code. FALSE if nothing inside it is of interest: that is passed
     * over, nearly without a look, and `end` is called. */
    gboolean (*start)(gpointer user, int code, const XmlAttributes *attributes);
    void (*end)(gpointer user, int code);
    /* A run of valid UTF-8 inside the root element, without NUL; may come in pieces. May be NULL. */
    void (*text)(gpointer user, const char *text, gsize length);
    /* Whether the reader wants no more: asked at the end of each element. May be NULL. */
    gboolean (*enough)(gpointer user);
} XmlEvents;

/* Reads a document. Encodings are as XML says. After a fault reading goes on as far as there is sense in it;
 * start and end are paired in any case. FALSE if the bytes are not well-formed, if elements are nested deeper
 * than LIMIT_XML_DEPTH, or if there is a document type declaration (reading stops there): no format that we
 * read has one, and every known trick with entities needs one. */
gboolean xml_read(const char *bytes, gsize length, const XmlEvents *events, gpointer user);

/* The value of the attribute with this local name, whatever its namespace, or NULL. The caller frees it. */
char *xml_attribute(const XmlAttributes *attributes, const char *name);

/* The same as it stands in the file, with its references: for numbers and the like, which need none. Not
 * terminated; "" of length 0 if there is none. */
const char *xml_attribute_raw(const XmlAttributes *attributes, const char *name, gsize *length);

/* For XmlEvents.code: the code of the name in a table that ends with a NULL name, else 0. */
typedef struct XmlName {
    const char *name;
    int code;
} XmlName;
int xml_code_in(const XmlName *names, const char *name);
