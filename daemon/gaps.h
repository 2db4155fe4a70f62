/* gaps.h - numbers that are missing, as people read them: "3, 7-9". Pure. */
#pragma once

#include <glib.h>

/* `gaps` and what comes back: NULL or "" = none missing (NULL comes back). Caller frees. */
char *gaps_with(const char *gaps, gint64 first, gint64 last);
char *gaps_without(const char *gaps, gint64 number);

/* The least missing number above `after`; 0 if there is none. */
gint64 gaps_next(const char *gaps, gint64 after);
