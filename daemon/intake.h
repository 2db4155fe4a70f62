/* intake.h - from the mailbox into the store: fetch, parse, judge, commit, in portions of at most 50 mails.
 *
 * While one portion is being fetched, the workers read it and the one before it is judged and committed. The
 * cursor moves in the transaction that holds the mails it passes, so a portion is there wholly or not at all.
 *
 * The UIDs of a portion are marked before they are asked for, and the mark goes with the transaction that
 * settles them. A mark that is found stands for a run that died, hung or lost its connection there: those
 * mails are then read one by one, each marked before. After three attempts the mail is tried by a process of
 * its own (trial.h): if that fails, too, it is registered as unreadable, by its header or by its UID alone.
 */
#pragma once

#include "daemon/cycle.h"
#include "daemon/intake_mail.h"

/* Reads what is new in the folder. FALSE and an error where the server or the disk stopped it; what was
 * committed stays, and `count` says how much that was. */
gboolean intake_folder(Cycle *cycle, const char *folder, DeskFolder role, IntakeCount *count, GError **error);
