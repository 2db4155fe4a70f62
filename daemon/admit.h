/* admit.h - one mail whose bytes and facts are here: known already? else judged, answered, put into the
 * store. */
#pragma once

#include "daemon/cycle.h"
#include "daemon/intake_mail.h"

/* The header of a mail, with the empty line behind it, as far as a reader would look. Caller owns it. */
GBytes *admit_header_of(GBytes *raw);

/* Nothing of the mail can be had: its name stands for it, so that it is registered, and seen. */
void admit_give_up(const StoreFolder *folder, IntakeMail *mail);

/* Within a store batch. `folder` gives name and uidvalidity. Counts what it found. */
gboolean admit_mail(Cycle *cycle, const StoreFolder *folder, DeskFolder role, IntakeMail *mail,
                    IntakeCount *count, GError **error);
