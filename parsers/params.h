/* params.h - the value and the parameters of Content-Type and Content-Disposition. */
#pragma once

#include <glib.h>

/* The value before the first ";": "text/plain", "attachment"; lower case, without comments and without a
 * parameter that has lost its semicolon, "" if there is none. `raw` may be NULL. Caller frees. */
char *params_value(const char *raw);

/* A parameter by name (case ignored) of a raw header value, decoded to UTF-8, or NULL if there is none. RFC
 * 2231 (charset, continuations in any order, cut inside characters, encoded and plain pieces mixed) goes
 * before the plain form; RFC 2047 words inside quotes or without any, raw 8-bit bytes and %XX UTF-8 in the
 * plain form are decoded too. The first of several wins. Caller frees. */
char *params_get(const char *raw, const char *name);

/* The same, but a backslash that does not escape a quote or a backslash is one: name="C:\\files\\a.doc" is
 * often written with single ones. */
char *params_path(const char *raw, const char *name);

/* A parameter (of one word: "name" is none in "filename") that stands where params_get() does not look:
 * before any semicolon, as the value itself, behind a comma. Decoded as there; NULL if there is none. Caller
 * frees. */
char *params_astray(const char *raw, const char *name);
