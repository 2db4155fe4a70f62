/* ole2_objects.h - files that are embedded in .doc and .xls: other documents, and "packages" of any kind.
 */
#pragma once

#include "parsers/facts.h"
#include "parsers/ole2.h"

/* Adds a child for each (see archive.h), in the order of their storages: a package under the name that it was
 * given, anything else as 嵌入对象1 … A document that lies in a storage is made a file of its own. Pictures,
 * formulas and links are no files. What is larger than the file around it, all together, is left out with the
 * problem archive-bomb. */
void ole2_objects(FactsAttachment *attachment, Ole2 *ole2);

/* The same for what is an object alone, as OOXML keeps them; whoever calls has entered (archive.h). *number
 * is that of the last child without a name, and is raised. */
void ole2_object(FactsAttachment *attachment, GBytes *object, guint *number);

/* Whether ole2_objects() may find any in a document of Word or Excel, by the names of its streams and
 * storages: the directory is not looked for, every place that it could have is taken for it. FALSE is
 * certain. */
gboolean ole2_may_hold_objects(const char *data, gsize length);
