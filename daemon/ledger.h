/* ledger.h - the campaign's key, and what it signs: Message-IDs and records.
 *
 * The mailbox is the ledger. Every letter carries a Message-ID that any instance with the key derives again
 * from its cause, and a record of what it settled; what causes no letter is a record mail of its own in the
 * ledger folder. */
#pragma once

#include <glib.h>

#include "config/config.h"

typedef struct Ledger Ledger;

#define LEDGER_ERROR (g_quark_from_static_string("ledger"))
enum { LEDGER_ERROR_KEY, LEDGER_ERROR_RECORD };

/* Reads the key from [store] key_file or its credential; where neither is configured, from
 * <state_dir>/ledger.key, which is made (32 random bytes in hex, 0600) when it is not there. Caller owns the
 * ledger; the key is wiped when it is freed. */
Ledger *ledger_open(const Config *config, GError **error);
void ledger_free(Ledger *ledger);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Ledger, ledger_free)

/* <hex of HMAC-SHA-256(key, campaign, kind, cause, stage), first 40 digits>@<domain of the mailbox>, without
 * <>. The same cause gives the same Message-ID on every machine. Caller frees. */
char *ledger_message_id(const Ledger *ledger, const char *kind, const char *cause, const char *stage);

/* The value of Baosong-Record: "v1 <base64 of the JSON> <hex HMAC-SHA-256 of campaign and JSON>", not folded.
 * Caller frees. */
char *ledger_seal(const Ledger *ledger, const char *json);
/* The JSON of such a value; NULL and LEDGER_ERROR_RECORD if it is torn or signed by another key. White space
 * from folding is ignored. Caller frees. */
char *ledger_unseal(const Ledger *ledger, const char *value, GError **error);
