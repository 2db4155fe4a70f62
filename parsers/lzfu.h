/* lzfu.h - the compressed RTF of Outlook (MS-OXRTFCP).
 */
#pragma once

#include <glib.h>

/* What the bytes of PR_RTF_COMPRESSED unpack to, at most nine times as many; what could be read of broken
 * ones; NULL if they do not begin as such. The caller frees. */
GBytes *lzfu_expand(const guint8 *bytes, gsize length);
