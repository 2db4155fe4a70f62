/* zip_span.h - bytes of a zip, for zip.c and zip_content.c.
 */
#pragma once

#include <string.h>

#include "parsers/zip.h"

enum { ZIP_STORED = 0, ZIP_DEFLATED = 8, ZIP_LOCAL_BYTES = 30 };

#define ZIP_LOCAL "PK\x03\x04" /* begins a local header (4.3.7) */
#define ZIP_ENTRY "PK\x01\x02" /* an entry of the directory (4.3.12) */
#define ZIP_END   "PK\x05\x06" /* the record that ends it (4.3.16) */

typedef struct ZipSpan {
    const guint8 *data;
    gsize length;
} ZipSpan;

static inline ZipSpan zip_span(GBytes *bytes)
{
    ZipSpan span;
    span.data = g_bytes_get_data(bytes, &span.length);
    return span;
}

static inline guint64 zip_number(const guint8 *at, gsize n)
{
    guint64 value = 0;
    while (n-- > 0) value = value << 8 | at[n];
    return value;
}

/* Whether `length` bytes (at least 4) stand at `offset`, and begin with the signature. */
static inline gboolean zip_stands_at(ZipSpan span, guint64 offset, guint64 length, const char *signature)
{
    return offset <= span.length && length <= span.length - offset &&
           memcmp(span.data + offset, signature, 4) == 0;
}

/* Where data begin, or FALSE if there is no local header. */
static inline gboolean zip_find_data(ZipSpan span, const ZipMember *member, guint64 *at)
{
    if (!zip_stands_at(span, member->header, ZIP_LOCAL_BYTES, ZIP_LOCAL)) return FALSE;
    const guint8 *header = span.data + member->header;
    *at = member->header + ZIP_LOCAL_BYTES + zip_number(header + 26, 2) + zip_number(header + 28, 2);
    return *at <= span.length;
}
