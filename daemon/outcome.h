/* outcome.h - what the submission server's answer means for a letter, its recipients, and the letters behind
 * it.
 */
#pragma once

#include "daemon/cycle.h"
#include "daemon/net/smtp.h"
#include "daemon/pace.h"
#include "daemon/store/outbox.h"

typedef struct SendCount {
    guint due; /* letters that waited when sending began */
    guint sent, deferred, failed;
    guint paced; /* left waiting: too many at once */
} SendCount;

/* Keeps it: accepted, put off (and until when), held, failed (and who must telephone); pauses of domains,
 * addresses that nobody has. result->error is cleared where it is no reason to stop any more. FALSE only when
 * the store fails. */
gboolean outcome_keep(Cycle *cycle, Pace *pace, const StoreLetter *letter, SmtpResult *result,
                      SendCount *count, GError **error);
