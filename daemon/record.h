/* record.h - record mails: JSON that is signed with the campaign's key, in the ledger folder or in a letter.
 *
 * Each says its version ("v"), its kind, which instance wrote it ("by") and when by the campaign's clock
 * ("at"). A long record stands in the body, a short one in the header field. Kinds: those of journal.h, which
 * are numbered, and "lease" (lease.h). */
#pragma once

#include <jansson.h>

#include "daemon/cycle.h"

/* Sets what each record says; its Message-ID, made of kind, cause and stage, comes back. Caller frees. */
char *record_fill(Cycle *cycle, json_t *record, const char *kind, const char *cause, const char *stage);

/* It as a line of JSON, always the same for the same record; NULL if it holds text that is none. free() it.
 */
char *record_dump(const json_t *record);

/* APPENDs it, as record_dump() gave it (NULL: LEDGER_ERROR_RECORD), to the ledger folder, which is made if
 * there is none. Connects if necessary. `summary` is one English line for who looks into the folder;
 * `appended` (may be NULL) says where it lies. */
gboolean record_write(Cycle *cycle, const char *json, const char *message_id, const char *summary,
                      ImapAppended *appended, GError **error);

/* The record in a mail of the ledger folder or of Sent (whole, or its fields Message-ID and Baosong-Record).
 * NULL without error: no record mail; with LEDGER_ERROR_RECORD: torn, or signed with another key. Caller owns
 * it. */
json_t *record_open(const Ledger *ledger, GBytes *mail, GError **error);
/* Without <>; "" if there is none. Caller frees. */
char *record_message_id(GBytes *mail);
/* Whether the mail says that it is of this campaign (Baosong-Loop), whoever signed it. */
gboolean record_is_ours(const Config *config, GBytes *mail);
/* The value of a header field, unfolded; NULL if it has none. Caller frees. */
char *record_field(GBytes *mail, const char *name);

/* Short ways into JSON from our own hand, signed: what is missing reads as "" and 0. */
const char *record_text(const json_t *record, const char *key);
gint64 record_int(const json_t *record, const char *key);
