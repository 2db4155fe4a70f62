/* header.h - the header of a mail, found and cut. Private to entity.c.
 *
 * GMime is given the mail with those fields alone that say how to read its body: it would decode the others,
 * and what it does not forgive (a header that is broken off and goes on) is mended on the way.
 */
#pragma once

#include <glib.h>

typedef struct Header {
    char *fields; /* all, as they came (folded, any bytes), each line with its line end; NUL became a space */
    gsize length;
    GByteArray *content; /* those that say how to read the body: Content-…, MIME-Version */
    GBytes *body;        /* a slice of the mail (of a copy, if its line ends had to be mended) */
} Header;

/* FALSE if there are no header fields at all. "From " lines and blank lines before the header, and lines in
 * it that are no fields, are left out; it goes on behind a blank line if what says how to read the body comes
 * only there; a forgotten blank line behind it is no harm; so is forgotten white space before what goes on
 * with a field. Lines that end in CR alone end in LF, those that end in CR CR LF in CR LF. Clear with
 * header_clear. */
gboolean header_read(GBytes *mail, Header *header);
void header_clear(Header *header);

/* Whether the line at p belongs to the field above it all the same, though it begins with no white space:
 * with an encoded word, or, in a field that has parameters (Content-Type …), with one where a semicolon was
 * the last. `start`: where the header begins, or the field. */
gboolean header_goes_on(const char *start, const char *p, const char *end);

/* Whether the first line at p ends in CR CR LF: with more than one CR. */
gboolean header_ends_twice(const char *p, const char *end);

/* What GMime is given: the fields of the content, a blank line, and the body. The caller unrefs. */
GBytes *header_mail(const Header *header);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Header, header_clear)

/* The next field of `fields`, cut in place: sets *name and *value (both end in NUL, without white space
 * around) and *rest, what is behind it. FALSE at the end, and where a field was cut off in its name. `fields`
 * ends in NUL. */
gboolean header_next(char **rest, const char **name, const char **value);
