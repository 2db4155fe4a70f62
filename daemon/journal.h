/* journal.h - what the campaign decided, as numbered records (record.h) in the ledger folder before it takes
 * effect.
 *
 *     kind        written                                       says
 *     mails       at the end of each portion of intake          every mail that was kept, and its items
 *     reminders   before reminders are queued                   committee, stage and sequence of each
 *     request     before an administrator's request is applied  the request
 *     notes       at the end of a pass                          what no mail caused (store_notes())
 *
 * They are numbered 1, 2, … ("seq"): a number that is missing is a gap. Only who holds the lease writes them.
 */
#pragma once

#include <jansson.h>

#include "daemon/cycle.h"

/* Settings: the last record's number, the numbers of records that are missing from the folder (gaps.h), and
 * the Message-ID of the mail that the folder's cursor stands at. */
#define JOURNAL_SEQUENCE "ledger_sequence"
#define JOURNAL_GAPS     "ledger_gaps"
#define JOURNAL_LAST     "ledger_last"

/* APPENDs a record (which this takes over). Within a store batch, and only while the lease holds; its number
 * and, where the server says UIDs, the cursor of the ledger folder become part of the batch. `cause` and
 * `stage` make the Message-ID; `summary` is one English line for who looks into the folder. Connects if
 * necessary. FALSE: the batch must be rolled back (the record may be there: the next pass finds it and takes
 * it over). */
gboolean journal_append(Cycle *cycle, json_t *record, const char *kind, const char *cause, const char *stage,
                        const char *summary, GError **error);

/* Keeps a copy of a numbered record (as record_dump() gave it) in the store. Within a batch or alone. */
gboolean journal_keep(Cycle *cycle, gint64 seq, const char *json, const char *message_id, const char *summary,
                      GError **error);
/* After lease_take(): records that the folder has lost and the store has are written again, each in a
 * transaction of its own. Mostly there is nothing to do. */
gboolean journal_restore(Cycle *cycle, GError **error);

/* Whatever happened and causes no mail, as one record: at the end of a pass. */
gboolean journal_notes(Cycle *cycle, GError **error);
