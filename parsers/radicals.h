/* radicals.h - characters that only look like those of words.
 */
#pragma once

/* In UTF-8, in place: radicals (U+2E80 to U+2FD5) and compatibility ideographs (U+F900 to U+FAFF) become the
 * characters that look the same, where there are any of three bytes. */
void radicals_unify(char *text);
