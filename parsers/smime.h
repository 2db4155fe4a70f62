/* smime.h - what a signed mail holds that is no multipart/signed (RFC 8551, smime.p7m; RFC 5652). */
#pragma once

#include <glib.h>

/* The mail within the signature: header fields of its content, an empty line, the content. NULL if the bytes
 * are something else: encrypted, compressed, or broken. Nobody checks the signature here. The caller unrefs.
 */
GBytes *smime_content(GBytes *cms);

/* Whether it is a message of CMS that only who has a key can read: EnvelopedData, AuthEnvelopedData,
 * EncryptedData. */
gboolean smime_is_encrypted(GBytes *cms);
