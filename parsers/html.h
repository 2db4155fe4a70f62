/* html.h - the HTML of a mail as text that a person can read.
 *
 * A tokenizer of our own and not a tree: mails nest tags a hundred thousand deep and close none of them, and
 * nothing here needs to know what is inside what. Time is linear in the input, memory in the output.
 */
#pragma once

#include <glib.h>

typedef struct HtmlAnchor {
    char *href;  /* entities decoded */
    gsize start; /* bytes: where the anchor's text begins and ends in the rendered text */
    gsize end;
    gsize after; /* where what was added behind it, " <href>", ends */
} HtmlAnchor;

/* Renders HTML (valid UTF-8) as text: blocks and <br> become line ends, cells tabs, white space collapses
 * (not in <pre>), scripts, styles, comments and the title vanish, entities are decoded; lines of a quoted
 * mail
 * (<blockquote> that says so) begin with one ">" a level. With `anchors` those that have an href are appended
 * to it (elements are freed by html_anchor_free) and web addresses are written behind their texts: "text
 * <https://…>". Never fails; the caller frees. */
char *html_to_text(const char *html, GPtrArray *anchors);

/* Whether nothing stands between the characters where a program has broken the line between them: both are of
 * a script without spaces, as Chinese is and Korean is not. */
gboolean html_runs_on(gunichar before, gunichar after);

void html_anchor_free(gpointer anchor);

/* What a meta element near the start says about the charset, or NULL. The caller frees. */
char *html_charset(const char *bytes, gsize length);
