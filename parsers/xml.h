/* xml.h - libxml2's SAX reader, shut to everything but the bytes given: no DTD, no entities, no network.
 */
#pragma once

#include <glib.h>

/* The attributes of one start tag; valid only inside the callback. */
typedef struct XmlAttributes XmlAttributes;

typedef struct XmlEvents {
    void (*start)(gpointer user, const char *uri, const char *name, const XmlAttributes *attributes);
    void (*end)(gpointer user, const char *uri, const char *name);
    void (*text)(gpointer user, const char *text, gsize length); /* may be NULL; a run may come in pieces */
} XmlEvents;

/* Reads a document and calls back for every element and run of text; `uri` is "" outside any namespace.
 * Encodings are as XML says. After a fault reading goes on as far as there is sense in it, start and end stay
 * paired. FALSE if the bytes are not well-formed, or have a document type declaration (reading stops there).
 */
gboolean xml_read(const char *bytes, gsize length, const XmlEvents *events, gpointer user);

/* The value of the attribute with this local name, whatever its namespace, or NULL. The caller frees it. */
char *xml_attribute(const XmlAttributes *attributes, const char *name);
