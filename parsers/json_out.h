/* json_out.h - JSON written straight into a buffer, without a tree in between.
 *
 * The caller keeps the order: json_out_open, then for each member json_out_key (objects) or json_out_item
 * (arrays) and a value, then json_out_close. Nothing is checked but strings.
 */
#pragma once

#include <glib.h>

typedef struct JsonOut {
    GString *text;
    gboolean pretty; /* line breaks, two spaces a level */
    guint depth;
    gboolean empty; /* nothing was written since the last json_out_open */
} JsonOut;

void json_out_open(JsonOut *out, char bracket);  /* '{' or '[' */
void json_out_close(JsonOut *out, char bracket); /* '}' or ']' */
void json_out_item(JsonOut *out);
void json_out_key(JsonOut *out, const char *key); /* a key of ours: not escaped */

/* A string. What is no UTF-8 becomes U+FFFD. */
void json_out_string(JsonOut *out, const char *string, gsize length);
void json_out_integer(JsonOut *out, gint64 value);
