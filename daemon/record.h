/* record.h - record mails: what the campaign decided, APPENDed to the ledger folder before it takes effect.
 *
 *     kind        written                                       says
 *     mails       at the end of each portion of intake          every mail that was kept, and its items
 *     reminders   before reminders are queued                   committee, stage and sequence of each
 *     request     before an administrator's request is applied  the request
 *     notes       at the end of a pass                          what no mail caused (store_notes())
 *     lease       while this instance is the one that acts      host and seconds (lease.h)
 *
 * All but leases are numbered 1, 2, … ("seq"): a number that is missing is a gap. "by" names the instance and
 * "at" is the campaign's clock. A long record stands in the body, a short one in the header field. */
#pragma once

#include <jansson.h>

#include "daemon/cycle.h"

/* APPENDs a record (which this takes over). Numbered records: within a store batch, and only while the lease
 * holds; their number and, where the server says UIDs, the cursor of the ledger folder become part of the
 * batch. `cause` and `stage` make the Message-ID; `summary` is one English line for who looks into the
 * folder. Connects if necessary. FALSE: the batch must be rolled back (the record may be there: the next pass
 * finds it and takes it over). */
gboolean record_append(Cycle *cycle, json_t *record, const char *kind, const char *cause, const char *stage,
                       const char *summary, GError **error);

/* Keeps a copy of a numbered record in the store. Within a batch or alone. */
gboolean record_keep(Cycle *cycle, const json_t *record, const char *message_id, const char *summary,
                     GError **error);
/* After lease_take(): records that the folder has lost and the store has are written again, each in a
 * transaction of its own. Mostly there is nothing to do. */
gboolean record_restore(Cycle *cycle, GError **error);

/* Settings: numbers of records that are missing from the folder (gaps.h), and the Message-ID of the mail that
 * the folder's cursor stands at. */
#define RECORD_GAPS "ledger_gaps"
#define RECORD_LAST "ledger_last"

/* The record in a mail of the ledger folder or of Sent (whole, or its fields Message-ID and Baosong-Record).
 * NULL without error: no record mail; with LEDGER_ERROR_RECORD: torn, or signed with another key. Caller owns
 * it. */
json_t *record_open(const Ledger *ledger, GBytes *mail, GError **error);
/* Whether the mail says that it is of this campaign (Baosong-Loop), whoever signed it. */
gboolean record_is_ours(const Config *config, GBytes *mail);
/* The value of a header field, unfolded; NULL if it has none. Caller frees. */
char *record_field(GBytes *mail, const char *name);

/* Whatever happened and causes no mail, as one record: at the end of a pass. */
gboolean record_notes(Cycle *cycle, GError **error);

/* Short ways into JSON from our own hand, signed: what is missing reads as "" and 0. */
const char *record_text(const json_t *record, const char *key);
gint64 record_int(const json_t *record, const char *key);
