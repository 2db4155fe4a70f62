/* ooxml_objects.h - files that are embedded in .docx and .xlsx: other documents, and packages of any kind.
 */
#pragma once

#include "parsers/facts.h"
#include "parsers/ooxml.h"

/* Adds the parts (char*) that are such files, by the relationships (OoxmlRelation*) of a part, to `parts`. */
void ooxml_objects_find(GPtrArray *parts, const GPtrArray *relations);

/* Adds a child for each of the parts, once, named as ole2_objects() does. What is wrong with one is a problem
 * of the child. */
void ooxml_objects(FactsAttachment *attachment, Ooxml *ooxml, const GPtrArray *parts);
