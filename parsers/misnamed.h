/* misnamed.h - a file whose name says another format than its content: report.doc that is a PDF. */
#pragma once

#include <glib.h>

/* Whether the name's suffix promises another kind of file than the (MIME) type that was found in it. FALSE
 * where either says nothing, and for names that promise no document. */
gboolean misnamed(const char *name, const char *type);

/* Whether the name's suffix promises a document or an archive of a kind that has marks of its own. */
gboolean misnamed_promises(const char *name);
