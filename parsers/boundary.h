/* boundary.h - the lines between the parts of a multipart. RFC 2046 section 5.1.1. Private to entity.c.
 */
#pragma once

#include <glib.h>

#include "parsers/limits.h"

/* Boundaries of the multiparts that are open, the innermost last. */
typedef struct Boundaries {
    struct {
        const char *text;
        gsize length;
    } list[LIMIT_MAIL_DEPTH + 1];
    guint n;
} Boundaries;

/* A line "--boundary" or "--boundary--". */
typedef struct BoundaryLine {
    guint level;       /* which of the open boundaries; n at the end of the bytes */
    gboolean closing;  /* with the two dashes behind */
    const char *start; /* where the content before it ends: without the line end that belongs to the line */
    const char *line;  /* where the line itself begins */
    const char *after; /* the line after it */
} BoundaryLine;

/* Whether the line at p is a boundary line of any that is open, the innermost first; fills `found` (may be
 * NULL) but for `start`. White space behind the boundary is allowed. */
gboolean boundary_line_at(const Boundaries *open, const char *p, const char *end, BoundaryLine *found);

/* Adds one as the innermost; FALSE if too many are open. The text must outlive the list. */
gboolean boundary_open(Boundaries *open, const char *text);

/* The next boundary line at or after p, which begins a line; at the end level is open->n. */
BoundaryLine boundary_next(const Boundaries *open, const char *p, const char *end);

/* What the boundary of a multipart must be, by its lines: a line of two dashes and more that header fields
 * (Content-…) follow, or one that comes back with two dashes behind it. NULL if there is none. The caller
 * frees. */
char *boundary_guess(const char *p, const char *end);

/* Whether bytes that nobody calls a multipart are one: the first line that is not blank is one of two dashes
 * and more, a header field (Content-…) follows it, and it comes back. */
gboolean boundary_begins(const char *p, const char *end);
