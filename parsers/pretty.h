/* pretty.h - facts for a person at a terminal: baosong-parse --pretty. English labels, contents as they are.
 *
 * Whatever would move the cursor, change colours or turn the reading direction is shown escaped (\x1b,
 * \u202e); Chinese characters take two columns. Long texts and tables are cut, and say how much was left out:
 * all of it is in the JSON.
 */
#pragma once

#include "parsers/facts.h"

typedef struct PrettyStyle {
    guint width;   /* columns; 0: standard output is no terminal */
    gboolean bold; /* labels may be set off (NO_COLOR is not set, and the terminal is not "dumb") */
} PrettyStyle;

/* Of the terminal that standard output is. Ask before the sandbox shuts. */
PrettyStyle pretty_style(void);

/* UTF-8, ends in a line end. The caller frees. */
char *pretty_mail(const Facts *facts, const PrettyStyle *style);
char *pretty_attachment(const FactsAttachment *attachment, const PrettyStyle *style);
