/* imap_mend.h - what servers say wrongly, in the words that libetpan can read. Pure.
 *
 * One mail whose date is NIL would keep a whole folder from being listed, an OK without a word behind it a
 * whole mailbox from being read. What cannot be mended is left as it is.
 */
#pragma once

#include <glib.h>

/* The first line of a response, with its line end (RFC 3501 7), without the bytes of a literal that it may
 * announce. Mended are: OK, NO and the like without text (an ALERT without one is the end of libetpan), or
 * untagged with a code that nobody reads (it is left out: PERMANENTFLAGS may hold anything); FETCH with an
 * INTERNALDATE in another form, or with none (it is left out: the mail has no date), a size that is no number
 * (0), BODY.PEEK for BODY; LIST with a bare or odd delimiter, with flags that are none, with a name that
 * lacks its quotes, or with what RFC 5258 adds behind it (without a name it is left out); CAPABILITY with
 * words that are none. */
void imap_mend_line(GString *line);
