/* names.h - the names that archives give their members: which charset they are in, and as harmless paths.
 */
#pragma once

#include <glib.h>

/* Names without any mark of their charset are in that of the machine that made the archive: one for all of
 * them, so all of them (raw bytes, joined with line ends) are asked together. The answer is a label for
 * charset_to_utf8(): UTF-8 where they are that and look it, GB18030 on Chinese Windows, Big5 or code page 437
 * where the bytes cannot be GB18030 or make no sense in it. Static. */
const char *names_charset(const char *raw, gsize length);

/* The name as a relative path: decoded first, then parted at "/" and "\" (the second byte of a GBK character
 * may be one), without "." and ".." and empty parts, drive letters and control characters; of one longer than
 * LIMIT_NAME_CHARS the end is kept. `charset` as above or NULL: find out. *folder (may be NULL): it ends in a
 * separator. Never NULL, "" if nothing is left. The caller frees. */
char *names_path(const char *raw, gsize length, const char *charset, gboolean *folder);

/* Whether the path is furniture of an operating system or Office that no person put there: __MACOSX/,
 * .DS_Store, Thumbs.db, desktop.ini, the lock files ~$….docx, and .~….docx of WPS. */
gboolean names_is_furniture(const char *path);
