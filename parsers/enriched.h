/* enriched.h - text/enriched, RFC 1896: plain text with a few marks, which some mail programs of Macs and
 * Unix write still.
 */
#pragma once

#include <glib.h>

/* The text as a person would see it: marks and their parameters are left out, << is <, a single line end is a
 * space (nothing between Chinese characters) and of several one is left out, lines in <nofill> stay, those in
 * <excerpt> begin with one ">" a level. `text`: valid UTF-8, lines end in LF. Never fails; the caller frees.
 */
char *enriched_to_text(const char *text);
