/* reply.h - what a submission server's refusal is about: the letter, its address, or how fast we write. Pure.
 *
 * Providers say "too fast" with codes that mean "never" (554 DT:SPM, 550 5.7.1 frequency …): here is the
 * table of what they say and how long to wait. */
#pragma once

#include <glib.h>

typedef enum ReplyAbout {
    REPLY_LETTER,  /* nothing more than the code says */
    REPLY_ADDRESS, /* nobody has this address */
    REPLY_DOMAIN,  /* letters to this domain come too fast or look too alike: temporary, whatever the code */
    REPLY_SERVER   /* we write too much, whoever it is to: temporary */
} ReplyAbout;

/* `text` is the server's words (UTF-8), code included or not; at_rcpt: said of one recipient, so that an
 * account of which it speaks is his and not ours. *pause gets the seconds to wait: with that letter alone,
 * with the domain, or with all; 0 = nothing is said about that. */
ReplyAbout reply_about(int code, const char *text, gboolean at_rcpt, guint *pause);
