/* html_tag.h - one tag of HTML, or one reference (&amp;), by itself. Private to html.c.
 *
 * A tag is given by p, its "<", and `end`, behind it, as html_tag_end() finds it.
 */
#pragma once

#include <glib.h>

#define HTML_TAG_NAME 16 /* bytes: no element that we know has a longer name */

/* The character of the reference at p ("&…"); *length is 1 and the result '&' if it is none. */
gunichar html_entity(const char *p, gsize *length);

/* Where the tag ends: after its ">", quotes respected unless they never close. */
const char *html_tag_end(const char *p);

/* Its name in lower case, "" if it has none; as much of it as there is room for. */
void html_tag_name(const char *p, char name[HTML_TAG_NAME]);

/* The value of the attribute, references decoded; NULL if there is none. Caller frees. */
char *html_tag_attribute(const char *p, const char *end, const char *name);

/* Whether the value of a style attribute says display:none. */
gboolean html_style_is_unseen(const char *style);

/* Whether a tag of that name begins an element that is not shown (display:none). Not the page itself, nor
 * what has no end. */
gboolean html_tag_is_unseen(const char *p, const char *end, const char *name);

/* Behind the element of that name whose content begins at p, or where others end it: a cell ends in it, a
 * list begins below its <p>. NULL if it does not end. */
const char *html_tag_behind(const char *p, const char *name);

/* Whether there is an anchor that leads somewhere between the two. */
gboolean html_tag_holds_link(const char *p, const char *end);
