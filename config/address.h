/* address.h - what a mail address must look like to be written in a config file or a roster. Pure. */
#pragma once

#include <glib.h>

/* NULL if `text` is one bare address (RFC 5321 Mailbox without quoted local part, address literal or
 * SMTPUTF8: what Chinese providers give out); else what is wrong with it, as a static phrase that fits after
 * "ADDRESS: ". */
const char *address_fault(const char *text);
